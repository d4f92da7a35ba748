// Undoing an execution: what is started with what, and when it is refused.
#include "app/testing/runbook_fixture.h"

namespace riposte::app::testing {
namespace {

using json::Array;
using json::Object;

// Sets the tag Owner of an instance; puts back the one it had.
constexpr const char* kSetOwner = R"(
schemaVersion: '0.3'
parameters:
  InstanceId: {type: String}
  Owner: {type: String}
variables:
  Undo: {type: String, default: restore-owner}
mainSteps:
- name: SaveState
  action: aws:executeAwsApi
  inputs:
    Service: ec2
    Api: DescribeTags
    Filters: [{Name: resource-id, Values: ['{{ InstanceId }}']}, {Name: key, Values: [Owner]}]
  outputs:
  - {Name: Before, Selector: '$.Tags[0].Value', Type: String}
  - {Name: Ignored, Selector: '$.Tags', Type: MapList}
- name: Set
  action: aws:createTags
  inputs: {ResourceIds: ['{{ InstanceId }}'], Tags: [{Key: Owner, Value: '{{ Owner }}'}]}
)";
constexpr const char* kRestoreOwner = R"(
schemaVersion: '0.3'
parameters:
  InstanceId: {type: String}
  Before: {type: String, default: nobody}
  Else: {type: String, default: ''}
mainSteps:
- name: Set
  action: aws:createTags
  inputs: {ResourceIds: ['{{ InstanceId }}'], Tags: [{Key: Owner, Value: '{{ Before }}'}]}
)";

class UndoTest : public RunbookFixture {
 protected:
  UndoTest() {
    CreateRunbook("set-owner", kSetOwner);
    CreateRunbook("restore-owner", kRestoreOwner);
    instance = Launch();
  }
  Object SetOwner(const std::string& owner) {
    return RunToEnd("set-owner", {{"InstanceId", Array{instance}}, {"Owner", Array{owner}}});
  }
  std::string Owner() {
    const json::Value shown = Instance(instance);
    for (const json::Value& tag : shown.at("Tags").as_array()) {
      if (tag.at("Key") == "Owner") return Text(tag.at("Value"));
    }
    return "";
  }
  size_t Executions() {
    return engine.Call("ssm", "DescribeAutomationExecutions")
        .at("AutomationExecutionMetadataList")
        .as_array()
        .size();
  }
  std::string instance;
};

TEST_F(UndoTest, ParametersComeFromSaveStateThenTheExecutionThenDefaults) {
  const Object first = SetOwner("ann");
  const Object second = SetOwner("bob");
  ASSERT_EQ(Owner(), "bob");
  const Object undo = UndoToEnd(second);
  EXPECT_EQ(Outcome(undo), "Success");
  EXPECT_EQ(Owner(), "ann");
  EXPECT_EQ(undo.at("DocumentName"), "restore-owner");
  EXPECT_EQ(undo.at("Parameters"),
            json::Value(
                {{"InstanceId", Array{instance}}, {"Before", Array{"ann"}}, {"Else", Array{""}}}));
  // The first found no tag, so SaveState has no such output and the default stands.
  EXPECT_EQ(Outcome(UndoToEnd(first)), "Success");
  EXPECT_EQ(Owner(), "nobody");
}

// What a runbook makes is known after SaveState: its variables remember it.
TEST_F(UndoTest, VariablesStandBetweenSaveStateAndParameters) {
  CreateRunbook("remembers", R"(
schemaVersion: '0.3'
parameters:
  InstanceId: {type: String}
  Before: {type: String, default: parameter}
  Else: {type: String, default: parameter}
variables:
  Undo: {type: String, default: restore-owner}
  Before: {type: String, default: ''}
mainSteps:
- {name: SaveState, action: aws:executeAwsApi, inputs: {Service: ec2, Api: DescribeVpcs}}
- {name: Note, action: aws:updateVariable, inputs: {Name: 'variable:Before', Value: variable}}
)");
  const Object undo = UndoToEnd(RunToEnd("remembers", {{"InstanceId", Array{instance}}}));
  EXPECT_EQ(Outcome(undo), "Success");
  EXPECT_EQ(Owner(), "variable");
  EXPECT_EQ(undo.at("Parameters").at("Else"), json::Value(Array{"parameter"}));
}

TEST_F(UndoTest, BothExecutionsNameTheOther) {
  const Object done = SetOwner("ann");
  const Object undo = UndoToEnd(done);
  const auto tag_of = [&](const std::string& id) {
    const Array tags = engine
                           .Call("ssm", "ListTagsForResource",
                                 {{"ResourceType", "Automation"}, {"ResourceId", id}})
                           .at("TagList")
                           .as_array();
    return Text(tags.at(0).at("Key")) + "=" + Text(tags.at(0).at("Value"));
  };
  EXPECT_EQ(tag_of(IdOf(undo)), "riposte:undo-of=" + IdOf(done));
  EXPECT_EQ(tag_of(IdOf(done)), "riposte:undone-by=" + IdOf(undo));
}

TEST_F(UndoTest, ADryRunSaysWhatWouldRunAndStartsNothing) {
  const Object done = SetOwner("ann");
  const Object planned = engine.Call("riposte", "UndoAutomationExecution",
                                     {{"AutomationExecutionId", IdOf(done)}, {"DryRun", true}});
  EXPECT_FALSE(planned.contains("AutomationExecutionId"));
  EXPECT_EQ(planned.at("DocumentName"), "restore-owner");
  EXPECT_EQ(planned.at("Parameters").at("InstanceId"), json::Value(Array{instance}));
  EXPECT_EQ(Executions(), 1u);
  EXPECT_EQ(Owner(), "ann");
}

TEST_F(UndoTest, IsDoneOnce) {
  const Object done = SetOwner("ann");
  const Object undo = UndoToEnd(done);
  EXPECT_EQ(UndoRefusal(IdOf(done)),
            "UndoNotPossibleException: It was undone by the execution " + IdOf(undo) + ".");
  EXPECT_EQ(Executions(), 2u);
}

// As after a crash between the start and the tag, and as from two callers at once.
TEST_F(UndoTest, ARepeatedCallFindsWhatTheFirstStarted) {
  const Object done = SetOwner("ann");
  const Object undo = UndoToEnd(done);
  engine.Call("ssm", "RemoveTagsFromResource",
              {{"ResourceType", "Automation"},
               {"ResourceId", IdOf(done)},
               {"TagKeys", Array{"riposte:undone-by"}}});
  EXPECT_EQ(IdOf(UndoToEnd(done)), IdOf(undo));
  EXPECT_EQ(Executions(), 2u);
  EXPECT_NE(UndoRefusal(IdOf(done)), "");
}

TEST_F(UndoTest, AFailedUndoMayBeRepeatedAndARunningOneNot) {
  const Object done = SetOwner("ann");
  engine.Call("ssm", "UpdateDocument",
              {{"Name", "restore-owner"},
               {"DocumentVersion", "$LATEST"},
               {"DocumentFormat", "YAML"},
               {"Content", R"(
schemaVersion: '0.3'
mainSteps:
- {name: Wait, action: aws:pause}
)"}});
  engine.Call("ssm", "UpdateDocumentDefaultVersion",
              {{"Name", "restore-owner"}, {"DocumentVersion", "2"}});
  const std::string first = Text(
      engine.Call("riposte", "UndoAutomationExecution", {{"AutomationExecutionId", IdOf(done)}})
          .at("AutomationExecutionId"));
  EXPECT_EQ(UndoRefusal(IdOf(done)),
            "UndoNotPossibleException: It is being undone by the execution " + first + ".");
  engine.Call("ssm", "StopAutomationExecution", {{"AutomationExecutionId", first}});
  EXPECT_EQ(Outcome(AwaitEnd(first)), "Cancelled");
  engine.Call("ssm", "UpdateDocumentDefaultVersion",
              {{"Name", "restore-owner"}, {"DocumentVersion", "1"}});
  const Object second = UndoToEnd(done);
  EXPECT_NE(IdOf(second), first);
  EXPECT_EQ(Outcome(second), "Success");
  EXPECT_EQ(Owner(), "nobody");
}

TEST_F(UndoTest, IsRefusedWithTheReason) {
  const std::string save =
      "mainSteps:\n"
      "- {name: SaveState, action: aws:executeAwsApi, inputs: {Service: ec2, Api: DescribeVpcs}}\n";
  const auto refusal = [&](const std::string& name, const std::string& rest) {
    CreateRunbook(name, "schemaVersion: '0.3'\n" + rest);
    return UndoRefusal(IdOf(RunToEnd(name, {})));
  };
  EXPECT_EQ(refusal("no-undo",
                    "variables:\n  Undo: {type: String, default: restore-owner}\n"
                    "  NoUndo: {type: String, default: It is gone.}\n" +
                        save),
            "UndoNotPossibleException: It is gone.");
  EXPECT_EQ(refusal("silent", save),
            "UndoNotPossibleException: The runbook silent does not say how it is undone: it has no "
            "variable Undo.");
  const std::string undo = "variables:\n  Undo: {type: String, default: restore-owner}\n";
  EXPECT_EQ(refusal("unsaved", undo + "mainSteps:\n- {name: Nap, action: aws:sleep, inputs: "
                                      "{Duration: PT1S}}\n"),
            "UndoNotPossibleException: The state before was not saved: the runbook has no step "
            "SaveState.");
  EXPECT_EQ(
      refusal("failed", undo + "mainSteps:\n- {name: SaveState, action: aws:executeAwsApi, "
                               "inputs: {Service: ec2, Api: DescribeVpcs, VpcIds: [vpc-0]}}\n"),
      "UndoNotPossibleException: The state before was not saved: the step SaveState is "
      "Failed.");
  EXPECT_EQ(refusal("wanting", undo + save),
            "UndoNotPossibleException: The undo runbook restore-owner needs InstanceId, which "
            "neither SaveState nor the execution's variables and parameters have.");
  EXPECT_EQ(refusal("astray", "variables:\n  Undo: {type: String, default: nowhere}\n" + save),
            "UndoNotPossibleException: There is no undo runbook nowhere.");
  EXPECT_EQ(UndoRefusal("00000000-0000-4000-8000-000000000000").substr(0, 37),
            "AutomationExecutionNotFoundException:");
}

TEST_F(UndoTest, ARunningExecutionIsNotUndone) {
  CreateRunbook("waits", R"(
schemaVersion: '0.3'
variables: {Undo: {type: String, default: restore-owner}}
mainSteps:
- {name: SaveState, action: aws:executeAwsApi, inputs: {Service: ec2, Api: DescribeVpcs}}
- {name: Wait, action: aws:pause}
)");
  EXPECT_EQ(UndoRefusal(StartRunbook("waits", {})),
            "UndoNotPossibleException: The execution has not ended: its status is Waiting.");
}

// While it runs a step may find that there is nothing to undo, or who undoes it.
TEST_F(UndoTest, AStepMayChangeTheVariables) {
  CreateRunbook("nothing", R"(
schemaVersion: '0.3'
variables:
  Undo: {type: String, default: restore-owner}
  NoUndo: {type: String, default: ''}
mainSteps:
- {name: SaveState, action: aws:executeAwsApi, inputs: {Service: ec2, Api: DescribeVpcs}}
- name: Tell
  action: aws:updateVariable
  inputs: {Name: 'variable:NoUndo', Value: Nothing was changed.}
)");
  EXPECT_EQ(UndoRefusal(IdOf(RunToEnd("nothing", {}))),
            "UndoNotPossibleException: Nothing was changed.");
}

TEST_F(UndoTest, OverTargetsItsExecutionsAreUndoneOneByOne) {
  const std::string parent = Text(
      engine
          .Call(
              "ssm", "StartAutomationExecution",
              {{"DocumentName", "set-owner"},
               {"Parameters", Object{{"Owner", Array{"ann"}}}},
               {"TargetParameterName", "InstanceId"},
               {"Targets", Array{Object{{"Key", "ParameterValues"}, {"Values", Array{instance}}}}}})
          .at("AutomationExecutionId"));
  const Object done = AwaitEnd(parent);
  const std::string child =
      Text(done.at("StepExecutions").at(0).at("Outputs").at("ExecutionId").at(0));
  EXPECT_EQ(UndoRefusal(parent),
            "UndoNotPossibleException: The execution ran over targets. Undo its executions one by "
            "one: " +
                child);
  EXPECT_EQ(Outcome(UndoToEnd(Execution(child))), "Success");
  EXPECT_EQ(Owner(), "nobody");
}

// It is the caller who reads the execution and starts the undo.
TEST_F(UndoTest, TheCallerNeedsThePermissions) {
  const Object done = SetOwner("ann");
  engine.Call("iam", "CreateUser", {{"UserName", "eve"}});
  const auto allow = [&](const std::string& actions) {
    engine.Call(
        "iam", "PutUserPolicy",
        {{"UserName", "eve"},
         {"PolicyName", "p"},
         {"PolicyDocument", R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":)" +
                                actions + R"(,"Resource":"*"}]})"}});
  };
  const auto undo_as_eve = [&]() -> std::string {
    access::Principal eve;
    eve.kind = access::Principal::Kind::kUser;
    eve.account = engine.scope().account;
    eve.arn = "arn:aws:iam::123456789012:user/eve";
    const api::Outcome outcome = engine.TryCallAs(eve, "riposte", "UndoAutomationExecution",
                                                  {{"AutomationExecutionId", IdOf(done)}});
    return outcome.ok() ? "" : outcome.error->message();
  };
  EXPECT_NE(undo_as_eve().find("riposte:UndoAutomationExecution"), std::string::npos);
  allow(R"(["riposte:UndoAutomationExecution","ssm:GetAutomationExecution"])");
  EXPECT_NE(undo_as_eve().find("ssm:ListTagsForResource"), std::string::npos);
  allow(
      R"(["riposte:UndoAutomationExecution","ssm:GetAutomationExecution","ssm:ListTagsForResource",
"ssm:DescribeDocument","ssm:StartAutomationExecution","ssm:AddTagsToResource"])");
  EXPECT_EQ(undo_as_eve(), "");
}

}  // namespace
}  // namespace riposte::app::testing
