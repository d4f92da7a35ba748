#include "access/authorizer.h"

#include <gtest/gtest.h>

#include "access/directory.h"
#include "access/testing/identities.h"

namespace riposte::access {
namespace {

using testing::Policy;
using testing::PolicyFor;

constexpr const char* kTopic = "arn:aws:sns:eu-west-1:111122223333:alerts";
constexpr const char* kOther = "444455556666";

class AuthorizerTest : public ::testing::Test {
 protected:
  [[nodiscard]] Decision Ask(const Principal& principal, const std::string& action = "sns:Publish",
                             const std::string& resource_policy = "",
                             const std::string& resource_account = "111122223333") const {
    AccessRequest request;
    request.principal = &principal;
    request.action = action;
    request.resources = {kTopic};
    request.resource_account = AccountId(resource_account);
    request.resource_policy = resource_policy;
    return authorizer_.Decide(request);
  }
  [[nodiscard]] static std::string ByArn(const std::string& arn) {
    return PolicyFor(R"({"AWS":")" + arn + R"("})", "sns:Publish");
  }

  testing::Identities identities_;
  Authorizer authorizer_{identities_.directory};
};

TEST_F(AuthorizerTest, RootMayInItsAccountOnly) {
  const Principal root = Principal::Root(identities_.account());
  EXPECT_EQ(Ask(root).evidence, "root");
  EXPECT_TRUE(Ask(root).allowed);
  EXPECT_FALSE(Ask(root, "sns:Publish", "", kOther).allowed);
  EXPECT_TRUE(Ask(root, "sns:Publish", ByArn("111122223333"), kOther).allowed);
  EXPECT_FALSE(Ask(root, "sns:Publish", PolicyFor(R"("*")", "sns:*", "Deny")).allowed);
}

TEST_F(AuthorizerTest, UsersNeedAPolicy) {
  const Principal ann = identities_.AddUser("ann").principal;
  EXPECT_FALSE(Ask(ann).allowed);
  EXPECT_EQ(Ask(ann).evidence, "implicit deny: no identity policy allows");
  identities_.PutInline("user", "ann", Policy("Allow", "sns:Publish"));
  EXPECT_TRUE(Ask(ann).allowed);
  EXPECT_EQ(Ask(ann).evidence, "identity policy inline statement #1");
  EXPECT_FALSE(Ask(ann, "sns:DeleteTopic").allowed);
  identities_.Attach("user", "ann", "arn:aws:iam::aws:policy/AmazonSNSFullAccess");
  EXPECT_TRUE(Ask(ann, "sns:DeleteTopic").allowed);
  identities_.PutInline("user", "ann", Policy("Deny", "sns:Delete*"), "no-delete");
  const Decision denied = Ask(ann, "sns:DeleteTopic");
  EXPECT_FALSE(denied.allowed);
  EXPECT_TRUE(denied.explicit_deny);
  EXPECT_EQ(denied.evidence, "explicit deny: identity policy no-delete statement #1");
}

TEST_F(AuthorizerTest, GroupsGiveTheirPolicies) {
  const Principal ann = identities_.AddUser("ann").principal;
  identities_.store->WriteAndWait([](store::Transaction& tx) {
    tx.Execute("INSERT INTO access_group_members VALUES ('111122223333', 'ops', 'ann')");
  });
  identities_.PutInline("group", "ops", Policy("Allow", "sns:*"));
  EXPECT_TRUE(Ask(ann).allowed);
}

TEST_F(AuthorizerTest, AResourcePolicyAloneSufficesWithinTheAccount) {
  const Principal ann = identities_.AddUser("ann").principal;
  EXPECT_TRUE(Ask(ann, "sns:Publish", ByArn(ann.arn)).allowed);
  EXPECT_TRUE(Ask(ann, "sns:Publish", PolicyFor(R"("*")", "sns:Publish")).allowed);
  // Naming the account leaves it to the account's own policies.
  EXPECT_FALSE(Ask(ann, "sns:Publish", ByArn("111122223333")).allowed);
  EXPECT_FALSE(Ask(ann, "sns:Publish", ByArn("444455556666")).allowed);
  EXPECT_FALSE(Ask(ann, "sns:Publish", "not a policy").allowed);
}

TEST_F(AuthorizerTest, AcrossAccountsBothMustAllow) {
  const Principal ann = identities_.AddUser("ann").principal;
  EXPECT_FALSE(Ask(ann, "sns:Publish", ByArn(ann.arn), kOther).allowed);
  identities_.PutInline("user", "ann", Policy("Allow", "sns:Publish"));
  EXPECT_TRUE(Ask(ann, "sns:Publish", ByArn(ann.arn), kOther).allowed);
  EXPECT_TRUE(Ask(ann, "sns:Publish", ByArn("111122223333"), kOther).allowed);
  EXPECT_FALSE(Ask(ann, "sns:Publish", "", kOther).allowed);
}

TEST_F(AuthorizerTest, TheBoundaryLimits) {
  const Principal ann =
      identities_.AddUser("ann", "arn:aws:iam::aws:policy/AmazonSQSFullAccess").principal;
  identities_.PutInline("user", "ann", Policy("Allow", "*"));
  EXPECT_FALSE(Ask(ann).allowed);
  EXPECT_TRUE(Ask(ann, "sqs:SendMessage").allowed);
  EXPECT_TRUE(Ask(ann, "sns:Publish", ByArn(ann.arn)).allowed);
  // A boundary that does not exist lets nothing through.
  const Principal bob =
      identities_.AddUser("bob", "arn:aws:iam::111122223333:policy/gone").principal;
  identities_.PutInline("user", "bob", Policy("Allow", "*"));
  EXPECT_FALSE(Ask(bob).allowed);
}

TEST_F(AuthorizerTest, SessionPoliciesNarrow) {
  const std::string role = identities_.AddRole(
      "R", PolicyFor(R"({"Service":"lambda.amazonaws.com"})", "sts:AssumeRole"));
  identities_.PutInline("role", "R", Policy("Allow", "*"));
  Principal session = Directory::SessionOf(*identities_.directory.FindRole(role), "s");
  EXPECT_TRUE(Ask(session).allowed);
  session.session_policies = {Policy("Allow", "sqs:*")};
  EXPECT_FALSE(Ask(session).allowed);
  EXPECT_TRUE(Ask(session, "sqs:SendMessage").allowed);
  EXPECT_FALSE(Ask(session, "sns:Publish", ByArn(role)).allowed);
  session.session_policies = {"broken"};
  EXPECT_FALSE(Ask(session, "sqs:SendMessage").allowed);
}

TEST_F(AuthorizerTest, ServicesActByAResourcePolicyOnly) {
  const Principal events = Principal::Service(identities_.account(), "events.amazonaws.com",
                                              "arn:aws:events:eu-west-1:111122223333:rule/r");
  EXPECT_FALSE(Ask(events).allowed);
  const std::string policy = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",
      "Principal":{"Service":"events.amazonaws.com"},"Action":"sns:Publish","Resource":"*",
      "Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:events:eu-west-1:111122223333:rule/r"},
                   "StringEquals":{"aws:SourceAccount":"111122223333"}}}]})";
  EXPECT_TRUE(Ask(events, "sns:Publish", policy).allowed);
  Principal other = events;
  other.source_arn = "arn:aws:events:eu-west-1:111122223333:rule/x";
  EXPECT_FALSE(Ask(other, "sns:Publish", policy).allowed);
  Principal anonymous;
  EXPECT_FALSE(Ask(anonymous).allowed);
  EXPECT_TRUE(Ask(anonymous, "sns:Publish", PolicyFor(R"("*")", "sns:Publish")).allowed);
}

TEST_F(AuthorizerTest, AllResourcesMustBeAllowed) {
  const Principal ann = identities_.AddUser("ann").principal;
  identities_.PutInline("user", "ann", Policy("Allow", "sns:*", kTopic));
  AccessRequest request;
  request.principal = &ann;
  request.action = "sns:Publish";
  request.resource_account = identities_.account();
  request.resources = {kTopic};
  EXPECT_TRUE(authorizer_.Decide(request).allowed);
  request.resources = {kTopic, "arn:aws:sns:eu-west-1:111122223333:other"};
  EXPECT_FALSE(authorizer_.Decide(request).allowed);
  request.resources = {};
  EXPECT_FALSE(authorizer_.Decide(request).allowed);
}

TEST_F(AuthorizerTest, SessionPoliciesAddUpAmongThemselves) {
  const std::string role = identities_.AddRole(
      "R", PolicyFor(R"({"Service":"lambda.amazonaws.com"})", "sts:AssumeRole"));
  identities_.PutInline("role", "R", Policy("Allow", "*"));
  Principal session = Directory::SessionOf(*identities_.directory.FindRole(role), "s");
  session.session_policies = {Policy("Allow", "sqs:*"), Policy("Allow", "sns:*")};
  EXPECT_TRUE(Ask(session).allowed);
  EXPECT_FALSE(Ask(session, "s3:GetObject").allowed);
}

TEST_F(AuthorizerTest, AnyoneWithAKeyMayAskWhoHeIs) {
  const Principal ann = identities_.AddUser("ann").principal;
  EXPECT_TRUE(Ask(ann, "sts:GetCallerIdentity").allowed);
  EXPECT_FALSE(Ask(Principal(), "sts:GetCallerIdentity").allowed);
}

TEST_F(AuthorizerTest, TagsOfThePrincipalAreFacts) {
  const Principal ann =
      identities_.AddUser("ann", "", R"([{"Key":"Team","Value":"red"}])").principal;
  identities_.PutInline("user", "ann", R"({"Version":"2012-10-17","Statement":{"Effect":"Allow",
      "Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"red",
      "aws:username":"ann","aws:PrincipalType":"User"}}}})");
  EXPECT_TRUE(Ask(ann).allowed);
}

TEST_F(AuthorizerTest, PassRole) {
  const Principal ann = identities_.AddUser("ann").principal;
  const std::string role = identities_.AddRole(
      "R", PolicyFor(R"({"Service":"lambda.amazonaws.com"})", "sts:AssumeRole"));
  const auto pass = [&](const Principal& who, const std::string& service) {
    return authorizer_.DecidePassRole(who, role, service).allowed;
  };
  const Principal root = Principal::Root(identities_.account());
  EXPECT_TRUE(pass(root, "lambda.amazonaws.com"));
  EXPECT_FALSE(pass(root, "events.amazonaws.com"));
  EXPECT_FALSE(pass(Principal::Root(AccountId(kOther)), "lambda.amazonaws.com"));
  EXPECT_FALSE(pass(ann, "lambda.amazonaws.com"));
  identities_.PutInline("user", "ann", R"({"Version":"2012-10-17","Statement":{"Effect":"Allow",
      "Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{
      "iam:PassedToService":"lambda.amazonaws.com"}}}})");
  EXPECT_TRUE(pass(ann, "lambda.amazonaws.com"));
  EXPECT_FALSE(
      authorizer_.DecidePassRole(root, "arn:aws:iam::111122223333:role/none", "x.y").allowed);
}

TEST_F(AuthorizerTest, AssumeRoleNeedsTheTrustPolicy) {
  const Principal ann = identities_.AddUser("ann").principal;
  const std::string by_name =
      identities_.AddRole("N", PolicyFor(R"({"AWS":")" + ann.arn + R"("})", "sts:AssumeRole"));
  const std::string by_account =
      identities_.AddRole("A", PolicyFor(R"({"AWS":"111122223333"})", "sts:AssumeRole"));
  const std::string by_nobody = identities_.AddRole(
      "L", PolicyFor(R"({"Service":"lambda.amazonaws.com"})", "sts:AssumeRole"));
  const std::string abroad = identities_.AddRole(
      "X", PolicyFor(R"({"AWS":")" + ann.arn + R"("})", "sts:AssumeRole"), kOther);
  const auto assume = [&](const std::string& role) {
    return authorizer_.DecideAssumeRole(ann, role, {}).allowed;
  };
  EXPECT_TRUE(assume(by_name));
  EXPECT_FALSE(assume(by_account));
  EXPECT_FALSE(assume(by_nobody));
  EXPECT_FALSE(assume(abroad));
  identities_.PutInline("user", "ann", Policy("Allow", "sts:AssumeRole"));
  EXPECT_TRUE(assume(by_account));
  EXPECT_FALSE(assume(by_nobody));
  EXPECT_TRUE(assume(abroad));
  EXPECT_TRUE(
      authorizer_.DecideAssumeRole(Principal::Root(identities_.account()), by_account, {}).allowed);
}

}  // namespace
}  // namespace riposte::access
