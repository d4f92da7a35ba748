// Tests of runbooks on the simulated estate: run one to its end, undo it, look at what is there.
// Scripts run as they are (python_scripts.h).
//
//   const json::Object execution = RunToEnd("AWS-StopEC2Instance", {{"InstanceId", Array{id}}});
//   EXPECT_EQ(Outcome(execution), "Success");
//   EXPECT_EQ(Outcome(UndoToEnd(execution)), "Success");
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "app/testing/python_scripts.h"

namespace riposte::app::testing {

class RunbookFixture : public ::testing::Test {
 protected:
  RunbookFixture() { python.Bind(engine); }

  static std::string Text(const json::Value& value) { return std::string(json::View(value)); }
  static std::string IdOf(const json::Object& execution) {
    return Text(execution.at("AutomationExecutionId"));
  }
  /// "Success", or "Failed: why".
  static std::string Outcome(const json::Object& execution) {
    const std::string why(json::GetString(execution, "FailureMessage"));
    return Text(execution.at("AutomationExecutionStatus")) + (why.empty() ? "" : ": " + why);
  }

  json::Object Execution(const std::string& id) {
    return engine.Call("ssm", "GetAutomationExecution", {{"AutomationExecutionId", id}})
        .at("AutomationExecution")
        .as_object();
  }
  std::string StartRunbook(const std::string& document, json::Object parameters) {
    json::Object input{{"DocumentName", document}};
    if (!parameters.empty()) input["Parameters"] = std::move(parameters);
    return Text(engine.Call("ssm", "StartAutomationExecution", std::move(input))
                    .at("AutomationExecutionId"));
  }
  json::Object AwaitEnd(const std::string& id) {
    for (int i = 0; i < 600; ++i) {
      json::Object execution = Execution(id);
      if (execution.contains("ExecutionEndTime")) return execution;
      engine.AdvanceTime(std::chrono::seconds(5));
    }
    throw std::runtime_error("execution " + id + " does not end");
  }
  json::Object RunToEnd(const std::string& document, json::Object parameters) {
    return AwaitEnd(StartRunbook(document, std::move(parameters)));
  }
  /// The execution of the undo.
  json::Object UndoToEnd(const json::Object& execution) {
    return AwaitEnd(Text(engine
                             .Call("riposte", "UndoAutomationExecution",
                                   {{"AutomationExecutionId", IdOf(execution)}})
                             .at("AutomationExecutionId")));
  }
  /// "Code: message" of an undo that is refused; "" when it is not.
  std::string UndoRefusal(const std::string& id) {
    const api::Outcome outcome =
        engine.TryCall("riposte", "UndoAutomationExecution", {{"AutomationExecutionId", id}});
    return outcome.ok() ? "" : outcome.error->code() + ": " + outcome.error->message();
  }
  /// A document of the account's own.
  void CreateRunbook(const std::string& name, const std::string& yaml) {
    engine.Call("ssm", "CreateDocument",
                {{"Name", name},
                 {"DocumentType", "Automation"},
                 {"DocumentFormat", "YAML"},
                 {"Content", yaml}});
  }
  /// What a call shows, or the code of its error.
  std::string See(const std::string& service, const std::string& operation, json::Object input) {
    const api::Outcome outcome = engine.TryCall(service, operation, std::move(input));
    return outcome.ok() ? json::Serialize(outcome.output) : outcome.error->code();
  }
  /// A running instance.
  std::string Launch() {
    const json::Object run = engine.Call(
        "ec2", "RunInstances", {{"ImageId", "ami-12345678"}, {"MinCount", 1}, {"MaxCount", 1}});
    engine.AdvanceTime(std::chrono::minutes(5));
    return Text(run.at("Instances").at(0).at("InstanceId"));
  }
  json::Value Instance(const std::string& id) {
    return engine.Call("ec2", "DescribeInstances", {{"InstanceIds", json::Array{id}}})
        .at("Reservations")
        .at(0)
        .at("Instances")
        .at(0);
  }
  std::string StateOf(const std::string& id) { return Text(Instance(id).at("State").at("Name")); }

  std::string CreateVolume() {
    const json::Object volume =
        engine.Call("ec2", "CreateVolume",
                    {{"AvailabilityZone", "eu-west-1a"}, {"Size", 1}, {"ClientToken", "volume"}});
    engine.AdvanceTime(std::chrono::minutes(1));
    return Text(volume.at("VolumeId"));
  }
  /// A completed snapshot.
  std::string CreateSnapshot(const std::string& volume) {
    const json::Object snapshot = engine.Call("ec2", "CreateSnapshot", {{"VolumeId", volume}});
    engine.AdvanceTime(std::chrono::minutes(1));
    return Text(snapshot.at("SnapshotId"));
  }
  /// The ARN of a role that Automation may take, with one policy that allows `actions`.
  std::string CreateRole(const std::string& name, const std::string& actions) {
    const json::Object role =
        engine.Call("iam", "CreateRole",
                    {{"RoleName", name},
                     {"AssumeRolePolicyDocument",
                      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":)"
                      R"({"Service":"ssm.amazonaws.com"},"Action":"sts:AssumeRole"}]})"}});
    Allow(name, actions);
    return Text(role.at("Role").at("Arn"));
  }
  /// Replaces that policy. `actions`: JSON, "\"ec2:*\"".
  void Allow(const std::string& role, const std::string& actions) {
    engine.Call(
        "iam", "PutRolePolicy",
        {{"RoleName", role},
         {"PolicyName", "p"},
         {"PolicyDocument", R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":)" +
                                actions + R"(,"Resource":"*"}]})"}});
  }

  /// One runbook: what it does, what its undo leaves, and how it fails.
  struct Case {
    std::string document;
    /// Makes what the runbook needs; its parameters.
    std::function<json::Object()> prepare;
    /// What is seen of the estate.
    std::function<std::string()> look;
    std::string before;
    std::string after;
    std::string undone;   ///< What the undo leaves, when that is not `before`.
    std::string no_undo;  ///< Why there is none.
    /// Changes the parameters, or the estate, so that the runbook fails.
    std::function<void(json::Object&)> spoil;
    std::string failure;  ///< In the failure's message.
  };
  void Check(const Case& test) {
    SCOPED_TRACE(test.document);
    json::Object parameters = test.prepare();
    EXPECT_EQ(test.look(), test.before);
    const json::Object done = RunToEnd(test.document, parameters);
    EXPECT_EQ(Outcome(done), "Success");
    EXPECT_EQ(test.look(), test.after);
    if (test.no_undo.empty()) {
      EXPECT_EQ(Outcome(UndoToEnd(done)), "Success");
      EXPECT_EQ(test.look(), test.undone.empty() ? test.before : test.undone);
    } else {
      EXPECT_EQ(UndoRefusal(IdOf(done)), "UndoNotPossibleException: " + test.no_undo);
      EXPECT_EQ(test.look(), test.after);
    }
    test.spoil(parameters);
    const std::string seen = test.look();
    const std::string outcome = Outcome(RunToEnd(test.document, parameters));
    EXPECT_TRUE(outcome.starts_with("Failed: ")) << outcome;
    EXPECT_NE(outcome.find(test.failure), std::string::npos) << outcome;
    EXPECT_EQ(test.look(), seen);
  }

  PythonScripts python;
  Harness engine{python.In({})};
};

}  // namespace riposte::app::testing
