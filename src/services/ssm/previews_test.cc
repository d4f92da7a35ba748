// StartExecutionPreview and GetExecutionPreview.
#include "base/encoding.h"
#include "services/ssm/testing/ssm_fixture.h"

namespace riposte::ssm {
namespace {

constexpr const char* kMixed = R"({
  "schemaVersion": "0.3",
  "parameters": {"InstanceId": {"type": "AWS::EC2::Instance::Id"}},
  "mainSteps": [
    {"name": "look", "action": "aws:executeAwsApi",
     "inputs": {"Service": "ec2", "Api": "DescribeInstances", "InstanceIds": ["{{ InstanceId }}"]}},
    {"name": "stop", "action": "aws:executeAwsApi",
     "inputs": {"Service": "ec2", "Api": "StopInstances", "InstanceIds": ["{{ InstanceId }}"]}},
    {"name": "think", "action": "aws:executeScript",
     "inputs": {"Runtime": "python3.11", "Handler": "h", "Script": "def h(e, c): pass"}},
    {"name": "rest", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}
  ]})";

class PreviewsTest : public SsmTest {
 protected:
  PreviewsTest() { Create("Mixed", kMixed); }

  Object Preview(const std::string& name, Object inputs = {}) {
    Object start{{"DocumentName", name}};
    if (!inputs.empty()) start["ExecutionInputs"] = Object{{"Automation", std::move(inputs)}};
    const std::string id = At(Run("StartExecutionPreview", std::move(start)), "ExecutionPreviewId");
    return Run("GetExecutionPreview", {{"ExecutionPreviewId", id}});
  }
  static Object Of(const Object& preview) {
    return preview.at("ExecutionPreview").at("Automation").as_object();
  }
  static Object Target(const std::string& key, const std::string& value) {
    return {{"Key", key}, {"Values", Array{value}}};
  }
};

TEST_F(PreviewsTest, StepsAreCountedAndNothingRuns) {
  const Object preview = Preview("Mixed");
  EXPECT_EQ(At(preview, "Status"), "Success");
  EXPECT_EQ(preview.at("EndedAt"), json::Value(ToSeconds(clock_.Now())));
  const Object shown = Of(preview);
  EXPECT_EQ(shown.at("StepPreviews"),
            (json::Value{{"Mutating", 1}, {"NonMutating", 2}, {"Undetermined", 1}}));
  EXPECT_EQ(shown.at("Regions"), json::Value(Array{scope_.region.str()}));
  EXPECT_EQ(shown.at("TotalAccounts"), json::Value(1));
  EXPECT_EQ(shown.at("TargetPreviews"), json::Value(Array{}));
  EXPECT_TRUE(invoker_.calls.empty());
  EXPECT_TRUE(Run("DescribeAutomationExecutions", {})
                  .at("AutomationExecutionMetadataList")
                  .as_array()
                  .empty());
}

TEST_F(PreviewsTest, NestedRunbooksAreFound) {
  Create("Outer", R"({"schemaVersion":"0.3","mainSteps":[
    {"name":"a","action":"aws:executeAutomation","inputs":{"DocumentName":"Mixed"}},
    {"name":"b","action":"aws:executeAutomation","inputs":{"DocumentName":"Nobody"}}]})");
  EXPECT_EQ(Of(Preview("Outer")).at("StepPreviews"),
            (json::Value{{"Mutating", 1}, {"NonMutating", 0}, {"Undetermined", 1}}));
}

TEST_F(PreviewsTest, GivenTargetsAreCounted) {
  const Object values{{"TargetParameterName", "InstanceId"},
                      {"Targets", Array{Object{{"Key", "ParameterValues"},
                                               {"Values", Array{"i-0000000a", "i-0000000b"}}}}}};
  EXPECT_EQ(Of(Preview("Mixed", values)).at("TargetPreviews"),
            (json::Value{{{"Count", 2}, {"TargetType", "AWS::EC2::Instance"}}}));
  const Object maps{{"TargetMaps", Array{Object{{"InstanceId", Array{"i-0000000a"}}},
                                         Object{{"InstanceId", Array{"i-0000000b"}}},
                                         Object{{"InstanceId", Array{"i-0000000c"}}}}}};
  EXPECT_EQ(At(Of(Preview("Mixed", maps)), "TargetPreviews.0.Count"), "3");
}

TEST_F(PreviewsTest, TaggedInstancesAreCountedPageByPage) {
  answer = [](const api::Invocation& call) {
    const bool first = json::GetString(call.input, "NextToken").empty();
    Object reply{
        {"Reservations", Array{Object{{"Instances", Array{Object{{"InstanceId", "i-1"}},
                                                          Object{{"InstanceId", "i-2"}}}}}}}};
    if (first) reply["NextToken"] = "more";
    return std::optional(Ok(std::move(reply)));
  };
  const Object inputs{{"TargetParameterName", "InstanceId"},
                      {"Targets", Array{Target("tag:Team", "blue")}}};
  EXPECT_EQ(Of(Preview("Mixed", inputs)).at("TargetPreviews"),
            (json::Value{{{"Count", 4}, {"TargetType", "AWS::EC2::Instance"}}}));
  ASSERT_EQ(invoker_.calls.size(), 2u);
  EXPECT_EQ(invoker_.calls[0].operation, "DescribeInstances");
  EXPECT_EQ(invoker_.calls[0].principal.arn, "arn:aws:iam::123456789012:root");
}

TEST_F(PreviewsTest, WhatCannotBeLookedAtFails) {
  answer = [](const api::Invocation&) {
    return std::optional(Fails("UnauthorizedOperation", "You are not authorized."));
  };
  const Object preview = Preview("Mixed", {{"TargetParameterName", "InstanceId"},
                                           {"Targets", Array{Target("tag:Team", "blue")}}});
  EXPECT_EQ(At(preview, "Status"), "Failed");
  EXPECT_EQ(At(preview, "StatusMessage"),
            "The targets could not be found: You are not authorized.");
}

TEST_F(PreviewsTest, MembersOfAGroupAreCountedByTheirType) {
  answer = [](const api::Invocation& call) {
    EXPECT_EQ(call.operation, "ListGroupResources");
    Array found;
    for (const char* type : {"AWS::EC2::Volume", "AWS::S3::Bucket", "AWS::EC2::Volume"}) {
      found.push_back(Object{{"ResourceArn", "arn:aws:x:::a/b"}, {"ResourceType", type}});
    }
    return std::optional(Ok(Object{{"ResourceIdentifiers", std::move(found)}}));
  };
  Create("Plain", R"({"schemaVersion":"0.3","parameters":{"Id":{"type":"String"}},
    "mainSteps":[{"name":"a","action":"aws:pause"}]})");
  const Object inputs{{"TargetParameterName", "Id"},
                      {"Targets", Array{Target("ResourceGroup", "ours")}}};
  EXPECT_EQ(Of(Preview("Plain", inputs)).at("TargetPreviews"),
            (json::Value{{{"Count", 2}, {"TargetType", "AWS::EC2::Volume"}},
                         {{"Count", 1}, {"TargetType", "AWS::S3::Bucket"}}}));
}

class LocatedPreviewsTest : public PreviewsTest {
 protected:
  LocatedPreviewsTest() {
    answer = [](const api::Invocation& call) {
      Array instances{Object{{"InstanceId", "i-1"}}};
      if (call.scope.account.str() == kAway) instances.push_back(Object{{"InstanceId", "i-2"}});
      return std::optional(
          Ok(Object{{"Reservations", Array{Object{{"Instances", std::move(instances)}}}}}));
    };
  }
  static Object Inputs() {
    return {{"TargetParameterName", "InstanceId"},
            {"Targets", Array{Target("tag:Team", "blue")}},
            {"TargetLocations", Array{Object{{"Accounts", Array{"123456789012", kAway}},
                                             {"Regions", Array{"eu-west-1", "us-east-1"}}}}}};
  }
  void AddRoleAway() {
    const Scope home = std::exchange(scope_, {AccountId(kAway), scope_.region});
    AddRole("AWS-SystemsManager-AutomationExecutionRole", "ssm.amazonaws.com");
    scope_ = home;
  }
  static constexpr const char* kAway = "999988887777";
};

TEST_F(LocatedPreviewsTest, OtherAccountsAreLookedAtAsTheirRole) {
  AddRoleAway();
  const Object shown = Of(Preview("Mixed", Inputs()));
  EXPECT_EQ(shown.at("Regions"), json::Value(Array{"eu-west-1", "us-east-1"}));
  EXPECT_EQ(shown.at("TotalAccounts"), json::Value(2));
  // One instance in each region at home, two in each away.
  EXPECT_EQ(shown.at("TargetPreviews"),
            (json::Value{{{"Count", 6}, {"TargetType", "AWS::EC2::Instance"}}}));
  ASSERT_EQ(invoker_.calls.size(), 4u);
  EXPECT_EQ(invoker_.calls[0].principal.arn, "arn:aws:iam::123456789012:root");
  EXPECT_EQ(invoker_.calls[3].scope.account.str(), kAway);
  EXPECT_TRUE(invoker_.calls[3].principal.arn.starts_with(
      "arn:aws:sts::999988887777:assumed-role/AWS-SystemsManager-AutomationExecutionRole/"))
      << invoker_.calls[3].principal.arn;
}

TEST_F(LocatedPreviewsTest, APlaceThatCannotBeLookedAtFailsThePreview) {
  const Object preview = Preview("Mixed", Inputs());
  EXPECT_EQ(At(preview, "Status"), "Failed");
  EXPECT_NE(At(preview, "StatusMessage").find("AWS-SystemsManager-AutomationExecutionRole"),
            std::string::npos)
      << At(preview, "StatusMessage");
  EXPECT_EQ(At(Of(preview), "TotalAccounts"), "2");
  EXPECT_TRUE(invoker_.calls.empty());
}

TEST_F(LocatedPreviewsTest, TargetsThatAreGivenNeedNoLook) {
  Object inputs = Inputs();
  inputs["Targets"] = Array{Target("ParameterValues", "i-0000000a")};
  EXPECT_EQ(At(Of(Preview("Mixed", inputs)), "TargetPreviews.0.Count"), "4");
  EXPECT_TRUE(invoker_.calls.empty());
}

TEST_F(LocatedPreviewsTest, TheDocumentsRoleIsWhoTakesOnTheirs) {
  AddRoleAway();
  AddRole("Runner", "ssm.amazonaws.com");
  Create("Acting", R"({"schemaVersion":"0.3","assumeRole":")" + RoleArn("Runner") + R"(",
    "parameters":{"InstanceId":{"type":"AWS::EC2::Instance::Id"}},
    "mainSteps":[{"name":"a","action":"aws:pause"}]})");
  EXPECT_EQ(At(Preview("Acting", Inputs()), "Status"), "Success");
  EXPECT_TRUE(invoker_.calls.at(0).principal.arn.starts_with(
      "arn:aws:sts::123456789012:assumed-role/Runner/"))
      << invoker_.calls[0].principal.arn;
}

TEST_F(PreviewsTest, LocationsMayLieInAFile) {
  std::string file = R"([{"Accounts": ["999988887777"], "Regions": ["eu-west-1"]}])";
  answer = [&](const api::Invocation& call) {
    EXPECT_EQ(call.service + ":" + call.operation, "s3:GetObject");
    return std::optional(Ok(Object{{"Body", Base64Encode(file)}}));
  };
  const std::string url = "https://lists.s3.us-east-1.amazonaws.com/places.json";
  const Object shown = Of(Preview("Mixed", {{"TargetLocationsURL", url}}));
  EXPECT_EQ(shown.at("Regions"), json::Value(Array{"eu-west-1"}));
  EXPECT_EQ(shown.at("TotalAccounts"), json::Value(1));
  file = "{}";
  const auto refused = [&](const std::string& from) {
    return ErrorOf(
        "StartExecutionPreview",
        {{"DocumentName", "Mixed"},
         {"ExecutionInputs", Object{{"Automation", Object{{"TargetLocationsURL", from}}}}}});
  };
  EXPECT_EQ(refused(url),
            "ValidationException: The file of TargetLocationsURL is not a JSON list of target "
            "locations.");
  EXPECT_EQ(refused("https://lists.s3.us-east-1.amazonaws.com/").substr(0, 20),
            "ValidationException:");
}

TEST_F(PreviewsTest, BadInputIsAValidationException) {
  const auto error = [&](Object input) { return ErrorOf("StartExecutionPreview", input); };
  EXPECT_EQ(error({{"DocumentName", "Nobody"}}).substr(0, 20), "ValidationException:");
  EXPECT_EQ(error({{"DocumentName", "Mixed"}, {"DocumentVersion", "7"}}).substr(0, 20),
            "ValidationException:");
  EXPECT_EQ(error({{"DocumentName", "Mixed"},
                   {"ExecutionInputs",
                    Object{{"Automation", Object{{"Parameters", Object{{"No", Array{"x"}}}}}}}}}),
            "ValidationException: The document has no parameter No.");
  EXPECT_EQ(error({{"DocumentName", "Mixed"},
                   {"ExecutionInputs",
                    Object{{"Automation", Object{{"Targets", Array{Target("tag:a", "b")}}}}}}}),
            "ValidationException: TargetParameterName is required with Targets.");
  EXPECT_EQ(ErrorOf("GetExecutionPreview",
                    {{"ExecutionPreviewId", "00000000-0000-0000-0000-000000000000"}})
                .substr(0, 26),
            "ResourceNotFoundException:");
}

TEST_F(PreviewsTest, PreviewsAreTheAccountsOwnAndAreForgottenAfterAWeek) {
  const Object asked{
      {"ExecutionPreviewId",
       At(Run("StartExecutionPreview", {{"DocumentName", "Mixed"}}), "ExecutionPreviewId")}};
  const Scope home = std::exchange(scope_, Scope{AccountId("999988887777"), scope_.region});
  EXPECT_EQ(ErrorOf("GetExecutionPreview", asked).substr(0, 26), "ResourceNotFoundException:");
  scope_ = home;
  Run("GetExecutionPreview", asked);
  loop_.Advance(std::chrono::hours(24 * 7 + 1));
  Run("StartExecutionPreview", {{"DocumentName", "Mixed"}});
  EXPECT_EQ(ErrorOf("GetExecutionPreview", asked).substr(0, 26), "ResourceNotFoundException:");
}

}  // namespace
}  // namespace riposte::ssm
