#include "services/sts/sts_service.h"

#include "access/schema.h"
#include "access/testing/identities.h"
#include "api/testing/service_fixture.h"

namespace riposte::sts {
namespace {

using access::testing::Policy;
using access::testing::PolicyFor;

class StsServiceTest : public ::testing::Test {
 protected:
  StsServiceTest() { service_.Register(registry_); }

  /// The output; an error is kept in error_.
  json::Object Run(const access::Principal& caller, std::string_view operation,
                   json::Object input = {}) {
    api::Call call;
    call.input = std::move(input);
    call.caller = caller;
    call.scope = {caller.account, Region("us-east-1")};
    call.now = identities_.clock.Now();
    json::Value output;
    error_.clear();
    try {
      identities_.store->WriteAndWait([&](store::Transaction& tx) {
        output = registry_.Find("sts", operation)->sync(call, tx);
      });
    } catch (const api::Error& error) {
      error_ = error.code() + ": " + error.message();
      return {};
    }
    return output.as_object();
  }
  json::Object Assume(const access::Principal& caller, json::Object more = {}) {
    json::Object input{{"RoleArn", role_}, {"RoleSessionName", "session"}};
    for (const auto& [name, value] : more) input[name] = value;
    return Run(caller, "AssumeRole", std::move(input));
  }
  static std::string KeyIn(const json::Object& output) {
    return std::string(json::GetString(*json::GetObject(output, "Credentials"), "AccessKeyId"));
  }

  access::testing::Identities identities_;
  access::Authorizer authorizer_{identities_.directory};
  api::Registry registry_;
  StsService service_{identities_.directory, authorizer_};
  access::Principal ann_ = identities_.AddUser("ann").principal;
  std::string role_ = identities_.AddRole(
      "R", PolicyFor(R"({"AWS":"arn:aws:iam::111122223333:user/ann"})", "sts:AssumeRole"));
  std::string error_;
};

TEST_F(StsServiceTest, CallerIdentity) {
  const auto who = Run(ann_, "GetCallerIdentity");
  EXPECT_EQ(who.at("Account"), "111122223333");
  EXPECT_EQ(who.at("Arn"), "arn:aws:iam::111122223333:user/ann");
  EXPECT_EQ(who.at("UserId"), "AIDAann");
}

TEST_F(StsServiceTest, AssumedSessionsActAsTheRole) {
  const auto out = Assume(ann_);
  ASSERT_EQ(error_, "");
  EXPECT_EQ(json::Serialize(out.at("AssumedRoleUser")),
            R"({"AssumedRoleId":"AROAR:session",)"
            R"("Arn":"arn:aws:sts::111122223333:assumed-role/R/session"})");
  const auto key = identities_.directory.FindKey(KeyIn(out));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->expires, identities_.clock.Now() + std::chrono::hours(1));
  EXPECT_EQ(key->principal.role_arn, role_);
}

TEST_F(StsServiceTest, TheTrustPolicyDecides) {
  const access::Principal bob = identities_.AddUser("bob").principal;
  identities_.PutInline("user", "bob", Policy("Allow", "sts:AssumeRole"));
  Assume(bob);
  EXPECT_EQ(error_,
            "AccessDenied: User: arn:aws:iam::111122223333:user/bob is not authorized to perform: "
            "sts:AssumeRole on resource: arn:aws:iam::111122223333:role/R");
  Run(ann_, "AssumeRole",
      {{"RoleArn", "arn:aws:iam::111122223333:role/none"}, {"RoleSessionName", "s2"}});
  EXPECT_EQ(error_.substr(0, 12), "AccessDenied");
}

TEST_F(StsServiceTest, ExternalIdIsAFact) {
  role_ = identities_.AddRole("E", R"({"Version":"2012-10-17","Statement":{"Effect":"Allow",
      "Principal":{"AWS":"arn:aws:iam::111122223333:user/ann"},"Action":"sts:AssumeRole",
      "Condition":{"StringEquals":{"sts:ExternalId":"42"}}}})");
  Assume(ann_);
  EXPECT_NE(error_, "");
  Assume(ann_, {{"ExternalId", "42"}});
  EXPECT_EQ(error_, "");
}

TEST_F(StsServiceTest, DurationsAreLimited) {
  Assume(ann_, {{"DurationSeconds", 3601}});
  EXPECT_EQ(error_,
            "ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for "
            "this role.");
  const auto out = Assume(ann_, {{"DurationSeconds", 900}});
  EXPECT_EQ(identities_.directory.FindKey(KeyIn(out))->expires,
            identities_.clock.Now() + std::chrono::minutes(15));
}

TEST_F(StsServiceTest, SessionPoliciesNarrowTheSession) {
  identities_.PutInline("role", "R", Policy("Allow", "*"));
  Assume(ann_, {{"Policy", "{"}});
  EXPECT_EQ(error_, "MalformedPolicyDocument: This policy contains invalid Json");
  json::Array arns;
  arns.push_back(json::Object{{"arn", "arn:aws:iam::aws:policy/AmazonSNSFullAccess"}});
  const auto out = Assume(ann_, {{"Policy", Policy("Allow", "sqs:*")}, {"PolicyArns", arns}});
  const auto key = identities_.directory.FindKey(KeyIn(out));
  ASSERT_TRUE(key);
  const auto may = [&](const char* action) {
    access::AccessRequest request;
    request.principal = &key->principal;
    request.action = action;
    request.resources = {"*"};
    request.resource_account = key->principal.account;
    return authorizer_.Decide(request).allowed;
  };
  EXPECT_TRUE(may("sqs:SendMessage"));
  EXPECT_TRUE(may("sns:Publish"));
  EXPECT_FALSE(may("s3:GetObject"));
}

TEST_F(StsServiceTest, SessionTokens) {
  const auto out = Run(ann_, "GetSessionToken", {{"DurationSeconds", 900}});
  const auto key = identities_.directory.FindKey(KeyIn(out));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->principal.arn, ann_.arn);
  Run(key->principal, "GetSessionToken");
  EXPECT_EQ(error_, "AccessDenied: Cannot call GetSessionToken with session credentials");
  EXPECT_EQ(Run(ann_, "GetAccessKeyInfo", {{"AccessKeyId", key->id}}).at("Account"),
            "111122223333");
  Run(ann_, "GetAccessKeyInfo", {{"AccessKeyId", "AKIAUNKNOWNUNKNOWN00"}});
  EXPECT_NE(error_, "");
}

TEST_F(StsServiceTest, TrustPoliciesAreResourcePolicies) {
  identities_.store->Read([&](store::Transaction& tx) {
    EXPECT_NE((*registry_.FindResourcePolicy("sts"))(role_, tx), "");
    EXPECT_EQ((*registry_.FindResourcePolicy("sts"))("*", tx), "");
  });
}

}  // namespace
}  // namespace riposte::sts
