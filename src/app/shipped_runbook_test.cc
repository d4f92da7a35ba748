// What holds for all shipped runbooks; and those that fit nowhere else, with the recipe's own.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

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

automation::Document Load(const std::string& text) {
  const auto content = automation::ParseDocumentText(text, automation::Format::kYaml).value();
  return automation::Document::Load(content).value();
}

/// It says how it is undone, by a shipped runbook whose parameters it fills, or why it is not.
void ExpectUndo(const std::string& name, const automation::Document& document) {
  SCOPED_TRACE(name);
  EXPECT_TRUE(document.FindParameter("AutomationAssumeRole"));
  const std::string undo = DefaultOf(document, "Undo");
  if (undo.empty()) {
    EXPECT_NE(DefaultOf(document, "NoUndo"), "");
    return;
  }
  const auto found = ssm::ShippedDocuments().find(undo);
  ASSERT_NE(found, ssm::ShippedDocuments().end()) << "it is undone by " << undo;
  const automation::Step* save = document.FindStep("SaveState");
  ASSERT_TRUE(save);
  for (const automation::Parameter& wanted : Load(found->second.content).parameters) {
    const bool filled =
        !wanted.required() || document.FindParameter(wanted.name) ||
        document.FindVariable(wanted.name) ||
        std::ranges::any_of(save->outputs, [&](const automation::StepOutput& output) {
          return output.name == wanted.name;
        });
    EXPECT_TRUE(filled) << undo << " needs " << wanted.name;
  }
}

TEST_F(ShippedRunbookTest, EachIsUndoneOrSaysWhyNot) {
  int undoable = 0;
  for (const auto& [name, stored] : ssm::ShippedDocuments()) {
    if (name.starts_with("Riposte-")) continue;  // what undoes
    ExpectUndo(name, Load(stored.content));
    ++undoable;
  }
  EXPECT_GE(undoable, 40);
}

TEST_F(ShippedRunbookTest, SoIsEachOfThePacks) {
  int count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("packs")) {
    const std::filesystem::path& path = entry.path();
    if (path.extension() != ".yaml" ||
        path.parent_path() == std::filesystem::path("packs/runbooks") ||
        path.parent_path().filename() != "runbooks") {
      continue;
    }
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    ExpectUndo(path.stem().string(), Load(text.str()));
    ++count;
  }
  EXPECT_GE(count, 6);
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
