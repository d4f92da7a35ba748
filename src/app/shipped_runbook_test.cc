// The shipped runbooks and the recipe's own, on the simulated estate.
#include <gtest/gtest.h>

#include "app/testing/harness.h"

namespace riposte::app::testing {
namespace {

using json::Array;
using json::Object;

std::string Text(const json::Value& value) {
  return std::string(json::View(value));
}

class ShippedRunbookTest : public ::testing::Test {
 protected:
  /// Runs a document to its end; its execution.
  Object RunToEnd(const std::string& document, Object parameters) {
    Object input{{"DocumentName", document}, {"Parameters", std::move(parameters)}};
    const std::string id = Text(engine.Call("ssm", "StartAutomationExecution", std::move(input))
                                    .at("AutomationExecutionId"));
    for (int i = 0; i < 600; ++i) {
      const Object execution =
          engine.Call("ssm", "GetAutomationExecution", {{"AutomationExecutionId", id}})
              .at("AutomationExecution")
              .as_object();
      if (execution.contains("ExecutionEndTime")) return execution;
      engine.AdvanceTime(std::chrono::seconds(5));
    }
    ADD_FAILURE() << document << " does not end";
    return {};
  }
  std::string Status(const std::string& document, Object parameters) {
    const Object execution = RunToEnd(document, std::move(parameters));
    return Text(execution.at("AutomationExecutionStatus")) +
           (execution.contains("FailureMessage") ? ": " + Text(execution.at("FailureMessage"))
                                                 : "");
  }
  std::string Launch() {
    const Object run = engine.Call("ec2", "RunInstances",
                                   {{"ImageId", "ami-12345678"}, {"MinCount", 1}, {"MaxCount", 1}});
    engine.AdvanceTime(std::chrono::minutes(5));
    return Text(run.at("Instances").at(0).at("InstanceId"));
  }
  json::Value Instance(const std::string& id) {
    return engine.Call("ec2", "DescribeInstances", {{"InstanceIds", Array{id}}})
        .at("Reservations")
        .at(0)
        .at("Instances")
        .at(0);
  }
  std::string StateOf(const std::string& id) { return Text(Instance(id).at("State").at("Name")); }
  std::string OpenGroup() {
    const std::string group =
        Text(engine.Call("ec2", "CreateSecurityGroup", {{"GroupName", "g"}, {"Description", "d"}})
                 .at("GroupId"));
    const auto rule = [](int port, bool v6) {
      Object permission{{"IpProtocol", "tcp"}, {"FromPort", port}, {"ToPort", port}};
      if (v6) {
        permission["Ipv6Ranges"] = Array{Object{{"CidrIpv6", "::/0"}}};
      } else {
        permission["IpRanges"] = Array{Object{{"CidrIp", "0.0.0.0/0"}}};
      }
      return permission;
    };
    Object own{{"IpProtocol", "tcp"}, {"FromPort", 22}, {"ToPort", 22}};
    own["IpRanges"] = Array{Object{{"CidrIp", "10.0.0.0/8"}}};
    engine.Call(
        "ec2", "AuthorizeSecurityGroupIngress",
        {{"GroupId", group},
         {"IpPermissions", Array{rule(22, false), rule(3389, true), rule(443, false), own}}});
    return group;
  }
  /// "22 10.0.0.0/8, …" of the ingress rules.
  std::string RulesOf(const std::string& group) {
    std::string out;
    const Object reply =
        engine.Call("ec2", "DescribeSecurityGroupRules",
                    {{"Filters", Array{Object{{"Name", "group-id"}, {"Values", Array{group}}}}}});
    for (const json::Value& rule : reply.at("SecurityGroupRules").as_array()) {
      if (json::GetBool(rule.as_object(), "IsEgress")) continue;
      out += std::to_string(json::GetInt(rule.as_object(), "FromPort")) + " " +
             std::string(json::GetString(rule.as_object(), "CidrIpv4",
                                         json::GetString(rule.as_object(), "CidrIpv6"))) +
             ", ";
    }
    return out;
  }
  std::string Role() {
    return Text(
        engine
            .Call(
                "iam", "CreateRole",
                {{"RoleName", "automation"},
                 {"AssumeRolePolicyDocument",
                  R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ssm.amazonaws.com"},"Action":"sts:AssumeRole"}]})"}})
            .at("Role")
            .at("Arn"));
  }
  void Allow(const std::string& actions) {
    engine.Call(
        "iam", "PutRolePolicy",
        {{"RoleName", "automation"},
         {"PolicyName", "p"},
         {"PolicyDocument", R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":)" +
                                actions + R"(,"Resource":"*"}]})"}});
  }

  Harness engine;
};

TEST_F(ShippedRunbookTest, StopsStartsRestartsAndTerminates) {
  const std::string id = Launch();
  const Object target{{"InstanceId", Array{id}}};
  EXPECT_EQ(Status("AWS-StopEC2Instance", target), "Success");
  EXPECT_EQ(StateOf(id), "stopped");
  EXPECT_EQ(Status("AWS-StartEC2Instance", target), "Success");
  EXPECT_EQ(StateOf(id), "running");
  EXPECT_EQ(Status("AWS-RestartEC2Instance", target), "Success");
  EXPECT_EQ(StateOf(id), "running");
  EXPECT_EQ(Status("AWS-TerminateEC2Instance", target), "Success");
  EXPECT_EQ(StateOf(id), "terminated");
  EXPECT_EQ(
      Status("AWS-StopEC2Instance", {{"InstanceId", Array{"i-00000000000000000"}}}).substr(0, 7),
      "Failed:");
}

TEST_F(ShippedRunbookTest, PublishesToATopic) {
  const std::string topic =
      Text(engine.Call("sns", "CreateTopic", {{"Name", "alerts"}}).at("TopicArn"));
  EXPECT_EQ(Status("AWS-PublishSNSNotification",
                   {{"TopicArn", Array{topic}}, {"Message", Array{"Instance isolated"}}}),
            "Success");
}

TEST_F(ShippedRunbookTest, CreatesSnapshots) {
  const json::Value instance = Instance(Launch());
  const std::string volume =
      Text(instance.at("BlockDeviceMappings").at(0).at("Ebs").at("VolumeId"));
  const Object execution = RunToEnd("AWS-CreateSnapshot", {{"VolumeId", Array{volume}}});
  EXPECT_EQ(execution.at("AutomationExecutionStatus"), "Success");
  const std::string snapshot = Text(execution.at("Outputs").at("createSnapshot.SnapshotId").at(0));
  EXPECT_EQ(engine.Call("ec2", "DescribeSnapshots", {{"SnapshotIds", Array{snapshot}}})
                .at("Snapshots")
                .at(0)
                .at("State"),
            "completed");
}

TEST_F(ShippedRunbookTest, ClosesWhatIsOpenToEverybody) {
  const std::string group = OpenGroup();
  EXPECT_EQ(Status("AWS-DisablePublicAccessForSecurityGroup", {{"GroupId", Array{group}}}),
            "Success");
  EXPECT_EQ(RulesOf(group).find("22 0.0.0.0/0"), std::string::npos);
  EXPECT_NE(RulesOf(group).find("443 0.0.0.0/0"), std::string::npos);
  EXPECT_NE(RulesOf(group).find("22 10.0.0.0/8"), std::string::npos);
  const std::string role = Role();
  const Object parameters{{"SecurityGroupId", Array{group}}, {"AutomationAssumeRole", Array{role}}};
  const std::string document = "AWSConfigRemediation-RemoveUnrestrictedSourceIngressRules";
  EXPECT_NE(Status(document, parameters).find("not authorized"), std::string::npos);
  Allow(R"(["ec2:DescribeSecurityGroupRules","ec2:RevokeSecurityGroupIngress"])");
  EXPECT_EQ(Status(document, parameters), "Success");
  EXPECT_EQ(RulesOf(group), "22 10.0.0.0/8, ");
}

// The recipe's runbook: stop the instance, then snapshot its volumes from a script.
TEST_F(ShippedRunbookTest, TheRecipesRunbookRunsToItsEnd) {
  const std::string id = Launch();
  const std::string role = Role();
  Allow(R"(["ec2:StopInstances","ec2:CreateSnapshot","ec2:DescribeInstances"])");
  engine.scripts.handlers["create_snapshot"] = [](const functions::ScriptJob& job) {
    EXPECT_EQ(job.principal.role_arn, "arn:aws:iam::123456789012:role/automation");
    return functions::ScriptResult{
        .ok = true, .payload = Object{{"snapshots", Array{job.input.at("InstanceId")}}}};
  };
  engine.Call("ssm", "CreateDocument",
              {{"Name", "isolate-instance"},
               {"DocumentType", "Automation"},
               {"DocumentFormat", "JSON"},
               {"Content", R"({
    "schemaVersion": "0.3",
    "assumeRole": "{{ AutomationAssumeRole }}",
    "parameters": {"InstanceId": {"type": "String"}, "AutomationAssumeRole": {"type": "String"}},
    "mainSteps": [
      {"name": "StopInstance", "action": "aws:executeAwsApi",
       "inputs": {"Service": "ec2", "Api": "StopInstances", "InstanceIds": ["{{ InstanceId }}"]}},
      {"name": "CreateSnapshot", "action": "aws:executeScript",
       "inputs": {"Runtime": "python3.8", "Handler": "create_snapshot", "Script": "…",
                  "InputPayload": {"InstanceId": "{{ InstanceId }}"}}}]})"}});
  EXPECT_EQ(Status("isolate-instance",
                   {{"InstanceId", Array{id}}, {"AutomationAssumeRole", Array{role}}}),
            "Success");
  engine.AdvanceTime(std::chrono::minutes(2));
  EXPECT_EQ(StateOf(id), "stopped");
  ASSERT_EQ(engine.scripts.jobs.size(), 1u);
  EXPECT_EQ(Text(engine.scripts.jobs[0].input.at("InstanceId")), id);
}

}  // namespace
}  // namespace riposte::app::testing
