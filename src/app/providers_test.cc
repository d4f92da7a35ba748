// An account that lives on another node: this one decides and sends, that one acts.
#include <gtest/gtest.h>

#include <filesystem>

#include "app/provider_config.h"
#include "app/testing/harness.h"
#include "os/files.h"

namespace riposte::app::testing {
namespace {

using json::Array;
using json::Object;

struct Capture final : http::Responder::Channel {
  void Send(http::Response response) override { reply = std::move(response); }
  [[nodiscard]] bool IsOpen() const override { return true; }
  std::optional<http::Response> reply;
};

std::string Trust(std::string_view who) {
  return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":)" +
         std::string(who) + R"(,"Action":"sts:AssumeRole"}]})";
}

std::string Allow(std::string_view action) {
  return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":")" +
         std::string(action) + R"(","Resource":"*"}]})";
}

class ProvidersTest : public ::testing::Test {
 protected:
  ProvidersTest() {
    // There, a user whose key this engine has, and the role that runbooks act as.
    there.Call("iam", "CreateUser", {{"UserName", "riposte"}});
    there.Call("iam", "PutUserPolicy",
               {{"UserName", "riposte"}, {"PolicyName", "p"}, {"PolicyDocument", Allow("*")}});
    const Object made = there.Call("iam", "CreateAccessKey", {{"UserName", "riposte"}});
    const Object& key = made.at("AccessKey").as_object();
    file_ = ::testing::TempDir() + "riposte-provider-" + there.random.Uuid();
    EXPECT_TRUE(os::WriteFileAtomically(
        file_, "[there]\naws_access_key_id = " + std::string(json::GetString(key, "AccessKeyId")) +
                   "\naws_secret_access_key = " +
                   std::string(json::GetString(key, "SecretAccessKey")) + "\n"));
    MakeRole(there, R"({"AWS":")" + UserArn() + R"("})");
    Harness::Options options;
    options.config.providers = {{.account = there.scope().account,
                                 .services = {"EC2", "s3"},
                                 .endpoint = "https://there.example:4566",
                                 .credentials_file = file_,
                                 .profile = "there"}};
    here_.emplace(options);
    here().http.answer = [this](const http::OutgoingRequest& request) { return Carry(request); };
    MakeRole(here(), R"({"Service":"ssm.amazonaws.com"})");
  }
  ~ProvidersTest() override { std::filesystem::remove(file_); }

  Harness& here() { return *here_; }
  static std::string UserArn() { return "arn:aws:iam::123456789012:user/riposte"; }
  static void MakeRole(Harness& engine, std::string_view trusted) {
    engine.Call("iam", "CreateRole",
                {{"RoleName", "Responder"}, {"AssumeRolePolicyDocument", Trust(trusted)}});
    engine.Call("iam", "PutRolePolicy",
                {{"RoleName", "Responder"}, {"PolicyName", "p"}, {"PolicyDocument", Allow("*")}});
  }
  /// What the network does: the request as it was sent, and the reply.
  Result<http::Response> Carry(const http::OutgoingRequest& sent) {
    if (fails > 0) {
      --fails;
      return http::Response{503,
                            {},
                            "<Response><Errors><Error><Code>RequestLimitExceeded</Code>"
                            "<Message>slower</Message></Error></Errors></Response>"};
    }
    constexpr std::string_view kBase = "https://there.example:4566";
    EXPECT_TRUE(sent.url.starts_with(kBase)) << sent.url;
    there.clock.Set(here().clock.Now());
    http::Request request{sent.method, sent.url.substr(kBase.size()), sent.headers, sent.body,
                          "192.0.2.1"};
    const auto channel = std::make_shared<Capture>();
    there.engine().pipeline().Handle(std::move(request), http::Responder(channel));
    there.RunUntilIdle();
    if (!channel->reply) return Fail(Code::kTimeout, "no reply");
    return *channel->reply;
  }
  std::string Run(const std::string& steps) {
    here().Call("ssm", "CreateDocument",
                {{"Name", "Doc"},
                 {"DocumentType", "Automation"},
                 {"DocumentFormat", "YAML"},
                 {"Content",
                  "schemaVersion: '0.3'\nassumeRole: "
                  "arn:aws:iam::123456789012:role/Responder\nmainSteps:\n" +
                      steps}});
    const Object started =
        here().Call("ssm", "StartAutomationExecution", {{"DocumentName", "Doc"}});
    return std::string(json::GetString(started, "AutomationExecutionId"));
  }
  Object Get(const std::string& id) {
    return here()
        .Call("ssm", "GetAutomationExecution", {{"AutomationExecutionId", id}})
        .at("AutomationExecution")
        .as_object();
  }
  Array Events(Harness& engine, const std::string& name) {
    engine.AdvanceTime(std::chrono::seconds(10));
    return engine
        .Call("cloudtrail", "LookupEvents",
              {{"LookupAttributes",
                Array{Object{{"AttributeKey", "EventName"}, {"AttributeValue", name}}}}})
        .at("Events")
        .as_array();
  }

  Harness there;
  std::optional<Harness> here_;
  std::string file_;
  int fails = 0;
};

constexpr char kCreate[] = R"(
- name: create
  action: aws:executeAwsApi
  inputs: {Service: ec2, Api: CreateVolume, AvailabilityZone: "{{global:REGION}}a", Size: 3}
  outputs: [{Name: Id, Selector: $.VolumeId, Type: String}]
- name: wait
  action: aws:waitForAwsResourceProperty
  timeoutSeconds: 60
  inputs: {Service: ec2, Api: DescribeVolumes, VolumeIds: ["{{ create.Id }}"],
           PropertySelector: "$.Volumes[0].State", DesiredValues: [available]}
- name: keep
  action: aws:executeAwsApi
  inputs: {Service: ssm, Api: PutParameter, Name: made, Type: String, Value: "{{ create.Id }}"}
)";

TEST_F(ProvidersTest, ARunbookActsThereAsItsRole) {
  const std::string id = Run(kCreate);
  here().AdvanceTime(std::chrono::seconds(30));
  const Object execution = Get(id);
  EXPECT_EQ(json::GetString(execution, "AutomationExecutionStatus"), "Success")
      << json::Serialize(execution);
  const Object found = there.Call("ec2", "DescribeVolumes");
  ASSERT_EQ(found.at("Volumes").as_array().size(), 1u);
  EXPECT_EQ(found.at("Volumes").at(0).at("Size"), 3);
  // What has no provider is kept here, and refers to what was made there.
  EXPECT_EQ(here().Call("ssm", "GetParameter", {{"Name", "made"}}).at("Parameter").at("Value"),
            found.at("Volumes").at(0).at("VolumeId"));
  const Object seen = here().Call("ec2", "DescribeVolumes");
  ASSERT_EQ(seen.at("Volumes").as_array().size(), 1u) << "clients see the same account";
  EXPECT_EQ(seen.at("Volumes").at(0).at("VolumeId"), found.at("Volumes").at(0).at("VolumeId"));
  // Both ends know who did it.
  const Array calls = Events(there, "CreateVolume");
  ASSERT_EQ(calls.size(), 1u);
  EXPECT_NE(json::GetString(calls[0].as_object(), "CloudTrailEvent").find("role/Responder"),
            std::string::npos);
  EXPECT_EQ(Events(here(), "CreateVolume").size(), 1u);
  EXPECT_EQ(Events(there, "AssumeRole").size(), 1u) << "kept for the next calls";
}

TEST_F(ProvidersTest, WhoMayNotHereSendsNothing) {
  here().Call("iam", "CreateUser", {{"UserName", "guest"}});
  access::Principal guest{access::Principal::Kind::kUser, here().scope().account,
                          "arn:aws:iam::123456789012:user/guest", "guest"};
  const size_t before = here().http.sent.size();
  const api::Outcome refused = here().TryCallAs(guest, "ec2", "DescribeVolumes");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error->code(), "UnauthorizedOperation");
  EXPECT_EQ(here().http.sent.size(), before);
}

TEST_F(ProvidersTest, WhoMayNotThereIsRefusedInItsWords) {
  there.Call("iam", "DeleteRolePolicy", {{"RoleName", "Responder"}, {"PolicyName", "p"}});
  const Object execution = Get(Run(kCreate));
  EXPECT_EQ(json::GetString(execution, "AutomationExecutionStatus"), "Failed");
  EXPECT_NE(json::GetString(execution, "FailureMessage").find("UnauthorizedOperation"),
            std::string::npos)
      << json::GetString(execution, "FailureMessage");
}

TEST_F(ProvidersTest, ThrottlingIsWaitedForAndErrorsKeepTheirNames) {
  fails = 3;
  const std::string id = Run(kCreate);
  here().AdvanceTime(std::chrono::minutes(2));
  EXPECT_EQ(json::GetString(Get(id), "AutomationExecutionStatus"), "Success");
  EXPECT_EQ(fails, 0);
  EXPECT_EQ(here().CallError("ec2", "DescribeVolumes", {{"VolumeIds", Array{"vol-00000000"}}}),
            "InvalidVolume.NotFound");
  EXPECT_EQ(here().CallError("s3", "GetBucketPolicy", {{"Bucket", "none-such"}}), "NoSuchBucket");
}

TEST_F(ProvidersTest, AProviderThatIsAwayIsUnavailable) {
  here().http.answer = [](const http::OutgoingRequest&) -> Result<http::Response> {
    return Fail(Code::kUnavailable, "connection refused");
  };
  EXPECT_EQ(here().CallError("ec2", "DescribeVolumes"), "ServiceUnavailable");
  EXPECT_EQ(here().CallError("ssm", "DescribeAutomationExecutions"), "");
}

TEST_F(ProvidersTest, BucketsTravelInEveryPartOfARequest) {
  here().Call("s3", "CreateBucket", {{"Bucket", "evidence-1"}});
  here().Call("s3", "PutPublicAccessBlock",
              {{"Bucket", "evidence-1"},
               {"PublicAccessBlockConfiguration",
                Object{{"BlockPublicAcls", true}, {"BlockPublicPolicy", true}}}});
  EXPECT_EQ(there.Call("s3", "GetPublicAccessBlock", {{"Bucket", "evidence-1"}}),
            here().Call("s3", "GetPublicAccessBlock", {{"Bucket", "evidence-1"}}));
  here().Call("s3", "PutObject",
              {{"Bucket", "evidence-1"}, {"Key", "a b/c+d.txt"}, {"Body", "aGVsbG8="}});
  EXPECT_EQ(
      there.Call("s3", "GetObject", {{"Bucket", "evidence-1"}, {"Key", "a b/c+d.txt"}}).at("Body"),
      "aGVsbG8=");
}

TEST(LoadProvidersTest, SaysWhatIsWrong) {
  const wire::Catalog catalog;
  const auto refusal = [&](Config::Provider provider) {
    Config config;
    config.providers = {std::move(provider)};
    const auto loaded = LoadProviders(config, catalog);
    return loaded ? "" : loaded.error().message;
  };
  Config::Provider given{.account = AccountId("111122223333"),
                         .services = {"ec2"},
                         .endpoint = "aws",
                         .credentials_file = "/nonexistent"};
  EXPECT_NE(refusal(given).find("/nonexistent"), std::string::npos);
  given.services = {"quantum"};
  EXPECT_EQ(refusal(given), "provider of account 111122223333: there is no service quantum");
  given.services.clear();
  EXPECT_EQ(refusal(given), "provider of account 111122223333: services names none");
  given.endpoint = "ftp://x";
  EXPECT_NE(refusal(given).find("endpoint must be"), std::string::npos);
  given.account = AccountId("1");
  EXPECT_NE(refusal(given).find("twelve digits"), std::string::npos);
}

}  // namespace
}  // namespace riposte::app::testing
