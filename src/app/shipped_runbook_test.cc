// What holds for all shipped runbooks; and those that fit nowhere else, with the recipe's own.
#include "app/testing/runbook_fixture.h"
#include "services/ssm/shipped.h"
#include "workflow/automation/document.h"

namespace riposte::app::testing {
namespace {

using json::Array;
using json::Object;

class ShippedRunbookTest : public RunbookFixture {};

std::string DefaultOf(const automation::Document& document, std::string_view variable) {
  const automation::Parameter* found = document.FindVariable(variable);
  return found && found->default_value ? std::string(json::View(*found->default_value)) : "";
}

// Each says how it is undone, or why it is not; what undoes is shipped too, and has a default for
// every parameter that no runbook need fill.
TEST_F(ShippedRunbookTest, EachIsUndoneOrSaysWhyNot) {
  const auto& shipped = ssm::ShippedDocuments();
  EXPECT_GE(shipped.size(), 28u);
  for (const auto& [name, stored] : shipped) {
    const auto content =
        automation::ParseDocumentText(stored.content, automation::Format::kYaml).value();
    const auto document = automation::Document::Load(content).value();
    EXPECT_TRUE(document.FindParameter("AutomationAssumeRole")) << name;
    if (name.starts_with("Riposte-")) continue;
    const std::string undo = DefaultOf(document, "Undo");
    if (undo.empty()) {
      EXPECT_NE(DefaultOf(document, "NoUndo"), "") << name;
      continue;
    }
    EXPECT_TRUE(shipped.contains(undo)) << name << " is undone by " << undo;
    EXPECT_TRUE(document.FindStep("SaveState")) << name;
  }
}

TEST_F(ShippedRunbookTest, PublishesToATopic) {
  const std::string topic =
      Text(engine.Call("sns", "CreateTopic", {{"Name", "alerts"}}).at("TopicArn"));
  Check({.document = "AWS-PublishSNSNotification",
         .prepare =
             [&] {
               return Object{{"TopicArn", Array{topic}}, {"Message", Array{"Instance isolated"}}};
             },
         .look = [] { return std::string(); },
         .no_undo = "A message that was published cannot be taken back.",
         .spoil = [&](Object& p) { p["TopicArn"] = Array{topic + "s"}; },
         .failure = "NotFound"});
}

// The recipe's runbook: stop the instance, then snapshot its volumes from a script.
TEST_F(ShippedRunbookTest, TheRecipesRunbookRunsToItsEnd) {
  const std::string id = Launch();
  const std::string role = CreateRole(
      "automation", R"(["ec2:StopInstances","ec2:CreateSnapshot","ec2:DescribeInstances"])");
  CreateRunbook("isolate-instance", R"(
schemaVersion: '0.3'
assumeRole: '{{ AutomationAssumeRole }}'
parameters:
  InstanceId: {type: String}
  AutomationAssumeRole: {type: String}
mainSteps:
- name: StopInstance
  action: aws:executeAwsApi
  inputs: {Service: ec2, Api: StopInstances, InstanceIds: ['{{ InstanceId }}']}
- name: CreateSnapshot
  action: aws:executeScript
  inputs:
    Runtime: python3.8
    Handler: create_snapshot
    InputPayload: {InstanceId: '{{ InstanceId }}'}
    Script: |
      import boto3
      def create_snapshot(events, context):
          ec2 = boto3.client('ec2')
          instance = ec2.describe_instances(InstanceIds=[events['InstanceId']])
          devices = instance['Reservations'][0]['Instances'][0]['BlockDeviceMappings']
          return {'Snapshots': [ec2.create_snapshot(VolumeId=d['Ebs']['VolumeId'])['SnapshotId']
                                for d in devices]}
)");
  const Object execution = RunToEnd(
      "isolate-instance", {{"InstanceId", Array{id}}, {"AutomationAssumeRole", Array{role}}});
  EXPECT_EQ(Outcome(execution), "Success");
  engine.AdvanceTime(std::chrono::minutes(2));
  EXPECT_EQ(StateOf(id), "stopped");
  EXPECT_EQ(engine.Call("ec2", "DescribeSnapshots").at("Snapshots").as_array().size(), 1u);
}

}  // namespace
}  // namespace riposte::app::testing
