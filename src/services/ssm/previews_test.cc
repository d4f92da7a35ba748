// StartExecutionPreview and GetExecutionPreview.
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

TEST_F(PreviewsTest, LocationsSayWhere) {
  answer = [](const api::Invocation&) {
    return std::optional(Ok(Object{
        {"Reservations", Array{Object{{"Instances", Array{Object{{"InstanceId", "i-1"}}}}}}}}));
  };
  const Object inputs{
      {"TargetParameterName", "InstanceId"},
      {"Targets", Array{Target("tag:Team", "blue")}},
      {"TargetLocations", Array{Object{{"Accounts", Array{"123456789012", "999988887777"}},
                                       {"Regions", Array{"eu-west-1", "us-east-1"}}}}}};
  const Object shown = Of(Preview("Mixed", inputs));
  EXPECT_EQ(shown.at("Regions"), json::Value(Array{"eu-west-1", "us-east-1"}));
  EXPECT_EQ(shown.at("TotalAccounts"), json::Value(2));
  // One in each region of the caller's own account; the other account is not looked into.
  EXPECT_EQ(At(shown, "TargetPreviews.0.Count"), "2");
  EXPECT_EQ(invoker_.calls.size(), 2u);
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
