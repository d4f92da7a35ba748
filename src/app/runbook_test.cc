// Runbooks through the whole engine: the pipeline, real services, the bus.
#include <gtest/gtest.h>

#include "app/testing/harness.h"

namespace riposte::app::testing {
namespace {

using json::Array;
using json::Object;

std::string Text(const json::Value& value) {
  return std::string(json::View(value));
}

class RunbookTest : public ::testing::Test {
 protected:
  void Create(Harness& engine, const std::string& name, const std::string& content,
              const std::string& format = "YAML") {
    engine.Call("ssm", "CreateDocument",
                {{"Name", name},
                 {"Content", content},
                 {"DocumentType", "Automation"},
                 {"DocumentFormat", format}});
  }
  std::string Start(Harness& engine, const std::string& name, Object parameters = {}) {
    Object input{{"DocumentName", name}};
    if (!parameters.empty()) input["Parameters"] = std::move(parameters);
    return Text(engine.Call("ssm", "StartAutomationExecution", std::move(input))
                    .at("AutomationExecutionId"));
  }
  Object Get(Harness& engine, const std::string& id) {
    return engine.Call("ssm", "GetAutomationExecution", {{"AutomationExecutionId", id}})
        .at("AutomationExecution")
        .as_object();
  }
  std::string Status(Harness& engine, const std::string& id) {
    return Text(Get(engine, id).at("AutomationExecutionStatus"));
  }
};

TEST_F(RunbookTest, StepsCallServicesNativelyAndFitTheModel) {
  Harness engine;
  Create(engine, "Doc", R"(
schemaVersion: '0.3'
parameters: {Value: {type: Integer}}
mainSteps:
- name: put
  action: aws:executeAwsApi
  inputs: {Service: SSM, Api: put_parameter, Name: [answer], Value: "{{ Value }}", Type: String, Overwrite: "True"}
- name: check
  action: aws:assertAwsResourceProperty
  inputs: {Service: ssm, Api: GetParameter, Name: answer, PropertySelector: $.Parameter.Value, DesiredValues: ["42"]}
)");
  const std::string id = Start(engine, "Doc", {{"Value", Array{"42"}}});
  EXPECT_EQ(Status(engine, id), "Success");
  EXPECT_EQ(engine.Call("ssm", "GetParameter", {{"Name", "answer"}}).at("Parameter").at("Value"),
            "42");
}

TEST_F(RunbookTest, AFailingCallShowsTheServicesError) {
  Harness engine;
  Create(engine, "Doc", R"(
schemaVersion: '0.3'
mainSteps:
- {name: get, action: aws:executeAwsApi, inputs: {Service: ssm, Api: GetParameter, Name: nobody}}
- {name: none, action: aws:executeAwsApi, inputs: {Service: ssm, Api: NoSuchCall}}
)");
  const Object execution = Get(engine, Start(engine, "Doc"));
  EXPECT_EQ(execution.at("AutomationExecutionStatus"), "Failed");
  EXPECT_NE(Text(execution.at("FailureMessage"))
                .find("An error occurred (ParameterNotFound) when calling the GetParameter "
                      "operation: Parameter nobody not found."),
            std::string::npos);
}

TEST_F(RunbookTest, WaitingForApprovalSurvivesARestart) {
  Harness engine({.durable = true});
  Create(engine, "Ask", R"(
schemaVersion: '0.3'
mainSteps:
- {name: ask, action: aws:approve, inputs: {Approvers: ['arn:aws:iam::123456789012:root']}}
- {name: put, action: aws:executeAwsApi, inputs: {Service: ssm, Api: PutParameter, Name: done, Value: "yes", Type: String}}
)");
  const std::string id = Start(engine, "Ask");
  EXPECT_EQ(Status(engine, id), "Waiting");
  engine.Restart();
  EXPECT_EQ(Status(engine, id), "Waiting");
  engine.Call("ssm", "SendAutomationSignal",
              {{"AutomationExecutionId", id}, {"SignalType", "Approve"}});
  EXPECT_EQ(Status(engine, id), "Success");
  EXPECT_EQ(engine.CallError("ssm", "GetParameter", {{"Name", "done"}}), "");
}

TEST_F(RunbookTest, ChildrenAreStartedThroughThePipeline) {
  Harness engine;
  Create(engine, "Child", R"(
schemaVersion: '0.3'
parameters: {Name: {type: String}}
mainSteps:
- {name: put, action: aws:executeAwsApi, inputs: {Service: ssm, Api: PutParameter, Name: "{{ Name }}", Value: "yes", Type: String}}
)");
  Create(engine, "Parent", R"(
schemaVersion: '0.3'
mainSteps:
- {name: kid, action: aws:executeAutomation, inputs: {DocumentName: Child, RuntimeParameters: {Name: made-by-child}}}
)");
  const std::string id = Start(engine, "Parent");
  EXPECT_EQ(Status(engine, id), "Success");
  EXPECT_EQ(engine.CallError("ssm", "GetParameter", {{"Name", "made-by-child"}}), "");
}

// Whether it waits for them or not.
TEST_F(RunbookTest, ARunbookThatStartsItselfComesToAnEnd) {
  for (const char* step :
       {"{name: again, action: aws:executeAutomation, inputs: {DocumentName: Self}}",
        "{name: again, action: aws:executeAwsApi, inputs: {Service: ssm, Api: "
        "StartAutomationExecution, DocumentName: Self}}"}) {
    Harness engine;
    Create(engine, "Self", "schemaVersion: '0.3'\nmainSteps:\n- " + std::string(step) + "\n");
    const std::string first = Start(engine, "Self");
    for (int i = 0; i < 100; ++i) engine.AdvanceTime(std::chrono::seconds(1));
    const Object reply = engine.Call("ssm", "DescribeAutomationExecutions", {});
    const Array& executions = reply.at("AutomationExecutionMetadataList").as_array();
    EXPECT_EQ(executions.size(), 16u);
    // The last one could not start another.
    const auto refused = std::ranges::count_if(executions, [](const json::Value& execution) {
      return json::GetString(execution.as_object(), "FailureMessage")
                 .find("AutomationExecutionLimitExceededException") != std::string_view::npos;
    });
    EXPECT_EQ(refused, 1);
  }
}

TEST_F(RunbookTest, WithoutPermissionTheStepFails) {
  Harness engine;
  engine.Call(
      "iam", "CreateRole",
      {{"RoleName", "weak"},
       {"AssumeRolePolicyDocument",
        R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ssm.amazonaws.com"},"Action":"sts:AssumeRole"}]})"}});
  Create(engine, "Doc", R"(
schemaVersion: '0.3'
assumeRole: arn:aws:iam::123456789012:role/weak
mainSteps:
- {name: put, action: aws:executeAwsApi, inputs: {Service: ssm, Api: PutParameter, Name: p, Value: "1", Type: String}}
)");
  const Object execution = Get(engine, Start(engine, "Doc"));
  EXPECT_EQ(execution.at("AutomationExecutionStatus"), "Failed");
  EXPECT_NE(Text(execution.at("FailureMessage")).find("AccessDenied"), std::string::npos);
  // Each service refuses in its own words, to runbooks as to clients.
  Create(engine, "OfEc2", R"(
schemaVersion: '0.3'
assumeRole: arn:aws:iam::123456789012:role/weak
mainSteps:
- {name: look, action: aws:executeAwsApi, inputs: {Service: ec2, Api: DescribeInstances}}
)");
  const Object of_ec2 = Get(engine, Start(engine, "OfEc2"));
  EXPECT_EQ(of_ec2.at("AutomationExecutionStatus"), "Failed");
  EXPECT_NE(Text(of_ec2.at("FailureMessage")).find("UnauthorizedOperation"), std::string::npos);
  EXPECT_NE(Text(of_ec2.at("FailureMessage"))
                .find("You are not authorized to perform this operation. User: "
                      "arn:aws:sts::123456789012:assumed-role/weak/"),
            std::string::npos)
      << of_ec2.at("FailureMessage");
}

}  // namespace
}  // namespace riposte::app::testing
