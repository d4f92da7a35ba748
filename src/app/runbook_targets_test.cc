// Automations over many targets in the whole engine: alarms that stop them, also after a restart,
// and previews of what they would find in other accounts.
#include <gtest/gtest.h>

#include "app/testing/harness.h"

namespace riposte::app::testing {
namespace {

using json::Array;
using json::Object;

/// Leaves a parameter behind when it is stopped.
constexpr const char* kHold = R"(
schemaVersion: '0.3'
parameters: {Id: {type: String}}
mainSteps:
- {name: hold, action: aws:pause, onCancel: 'step:tidy', isEnd: true}
- name: tidy
  action: aws:executeAwsApi
  inputs: {Service: ssm, Api: PutParameter, Name: 'tidied-{{ Id }}', Value: 'yes', Type: String}
)";

class RunbookTargetsFlow : public ::testing::Test {
 protected:
  RunbookTargetsFlow() : engine(DurableOptions()) {
    engine.Call("ssm", "CreateDocument",
                {{"Name", "Hold"},
                 {"DocumentType", "Automation"},
                 {"DocumentFormat", "YAML"},
                 {"Content", kHold}});
    engine.Call("monitoring", "PutMetricAlarm",
                {{"AlarmName", "high"},
                 {"MetricName", "m"},
                 {"Namespace", "n"},
                 {"Statistic", "Sum"},
                 {"Period", 60},
                 {"EvaluationPeriods", 1},
                 {"Threshold", 1.0},
                 {"ComparisonOperator", "GreaterThanThreshold"}});
  }
  static Harness::Options DurableOptions() {
    Harness::Options options;
    options.durable = true;
    return options;
  }
  std::string Start() {
    const Object started = engine.Call(
        "ssm", "StartAutomationExecution",
        {{"DocumentName", "Hold"},
         {"TargetParameterName", "Id"},
         {"Targets", Array{Object{{"Key", "ParameterValues"}, {"Values", Array{"a", "b", "c"}}}}},
         {"AlarmConfiguration", Object{{"Alarms", Array{Object{{"Name", "high"}}}}}}});
    return std::string(json::GetString(started, "AutomationExecutionId"));
  }
  Object Execution(const std::string& id) {
    return engine.Call("ssm", "GetAutomationExecution", {{"AutomationExecutionId", id}})
        .at("AutomationExecution")
        .as_object();
  }
  /// "Cancelled a:Success b:Pending"
  std::string Look(const std::string& id) {
    const Object execution = Execution(id);
    std::string out(json::GetString(execution, "AutomationExecutionStatus"));
    for (const json::Value& step : execution.at("StepExecutions").as_array()) {
      out += " " + std::string(json::GetString(step.as_object(), "StepName")) + ":" +
             std::string(json::GetString(step.as_object(), "StepStatus"));
    }
    return out;
  }
  void Ring() {
    engine.Call("monitoring", "SetAlarmState",
                {{"AlarmName", "high"}, {"StateValue", "ALARM"}, {"StateReason", "a test"}});
  }
  std::string Tidied(const char* target) {
    return engine.CallError("ssm", "GetParameter", {{"Name", std::string("tidied-") + target}});
  }

  Harness engine;
};

TEST_F(RunbookTargetsFlow, AnAlarmStopsTheTargetsAlsoAfterARestart) {
  const std::string id = Start();
  EXPECT_EQ(Look(id), "InProgress a:InProgress b:Pending c:Pending");
  engine.Restart();
  engine.AdvanceTime(std::chrono::seconds(20));
  EXPECT_EQ(Look(id), "InProgress a:InProgress b:Pending c:Pending");
  Ring();
  engine.AdvanceTime(std::chrono::seconds(20));
  EXPECT_EQ(Look(id), "Cancelled a:Cancelled b:Pending c:Pending");
  EXPECT_EQ(Tidied("a"), "");
  EXPECT_EQ(Tidied("b"), "ParameterNotFound");
  const Object execution = Execution(id);
  EXPECT_EQ(json::Serialize(execution.at("TriggeredAlarms")),
            R"([{"Name":"high","State":"ALARM"}])");
  const std::string child(
      json::View(execution.at("StepExecutions").at(0).at("Outputs").at("ExecutionId").at(0)));
  EXPECT_EQ(json::GetString(Execution(child), "AutomationExecutionStatus"), "Cancelled");
  EXPECT_EQ(json::GetString(Execution(child), "Target"), "a");
}

TEST_F(RunbookTargetsFlow, NothingStartsWhileItRings) {
  Ring();
  EXPECT_EQ(Look(Start()), "Cancelled a:Pending b:Pending c:Pending");
}

TEST_F(RunbookTargetsFlow, APreviewCountsWhatAnotherAccountHas) {
  const Object start{
      {"DocumentName", "AWS-StopEC2Instance"},
      {"ExecutionInputs",
       Object{
           {"Automation",
            Object{
                {"TargetParameterName", "InstanceId"},
                {"Targets", Array{Object{{"Key", "AWS::EC2::Instance"}, {"Values", Array{"*"}}}}},
                {"TargetLocations",
                 Array{Object{{"Accounts", Array{engine.scope().account.str(), "999988887777"}},
                              {"Regions", Array{engine.scope().region.str()}}}}}}}}}};
  const auto preview = [&] {
    const Object started = engine.Call("ssm", "StartExecutionPreview", start);
    return engine.Call("ssm", "GetExecutionPreview",
                       {{"ExecutionPreviewId", started.at("ExecutionPreviewId")}});
  };
  EXPECT_EQ(json::GetString(preview(), "Status"), "Failed");
  const AccountId away("999988887777");
  const auto call = [&](const char* service, const char* operation, Object input) {
    std::optional<api::Outcome> outcome;
    engine.engine().pipeline().Invoke(
        {service,
         operation,
         std::move(input),
         access::Principal::Root(away),
         Scope{away, engine.scope().region},
         {},
         "test"},
        [&outcome](api::Outcome result) { outcome = std::move(result); });
    engine.RunUntilIdle();
    ASSERT_TRUE(outcome && outcome->ok());
  };
  call("iam", "CreateRole",
       {{"RoleName", "AWS-SystemsManager-AutomationExecutionRole"},
        {"AssumeRolePolicyDocument",
         R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":")" +
             engine.scope().account.str() + R"("},"Action":"sts:AssumeRole"}]})"}});
  // Its role may not look yet.
  EXPECT_EQ(json::GetString(preview(), "Status"), "Failed");
  call("iam", "PutRolePolicy",
       {{"RoleName", "AWS-SystemsManager-AutomationExecutionRole"},
        {"PolicyName", "p"},
        {"PolicyDocument", R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",)"
                           R"("Action":"ec2:DescribeInstances","Resource":"*"}]})"}});
  call("ec2", "RunInstances", {{"ImageId", "ami-12345678"}, {"MinCount", 2}, {"MaxCount", 2}});
  const Object seen = preview();
  EXPECT_EQ(json::GetString(seen, "Status"), "Success") << json::Serialize(seen);
  const json::Value& shown = seen.at("ExecutionPreview").at("Automation");
  EXPECT_EQ(shown.at("TargetPreviews").at(0).at("Count"), json::Value(2));
  EXPECT_EQ(shown.at("TotalAccounts"), json::Value(2));
}

}  // namespace
}  // namespace riposte::app::testing
