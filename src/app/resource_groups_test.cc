// Resource groups over the whole path: who may do what with which group, and runbooks over them.
#include "app/testing/runbook_fixture.h"

namespace riposte::app::testing {
namespace {

using json::Array;
using json::Object;

class ResourceGroupsFlow : public RunbookFixture {
 protected:
  void TagTeam(const std::string& id, const char* team) {
    engine.Call(
        "ec2", "CreateTags",
        {{"Resources", Array{id}}, {"Tags", Array{Object{{"Key", "team"}, {"Value", team}}}}});
  }
  void CreateGroup(const char* name) {
    engine.Call("resource-groups", "CreateGroup",
                {{"Name", name},
                 {"ResourceQuery",
                  Object{{"Type", "TAG_FILTERS_1_0"},
                         {"Query", R"({"ResourceTypeFilters":["AWS::AllSupported"],)"
                                   R"("TagFilters":[{"Key":"team","Values":["blue"]}]})"}}}});
  }
  /// A user with that policy.
  access::Principal UserWho(const std::string& statements) {
    engine.Call("iam", "CreateUser", {{"UserName", "ann"}});
    engine.Call(
        "iam", "PutUserPolicy",
        {{"UserName", "ann"},
         {"PolicyName", "p"},
         {"PolicyDocument", R"({"Version":"2012-10-17","Statement":[)" + statements + "]}"}});
    access::Principal user;
    user.kind = access::Principal::Kind::kUser;
    user.account = engine.scope().account;
    user.arn = "arn:aws:iam::" + user.account.str() + ":user/ann";
    return user;
  }
  std::string Try(const access::Principal& who, const char* operation, Object input) {
    const auto outcome = engine.TryCallAs(who, "resource-groups", operation, std::move(input));
    return outcome.ok() ? "" : outcome.error->code();
  }
};

TEST_F(ResourceGroupsFlow, ARunbookRunsOnWhatIsInTheGroup) {
  const std::string blue = Launch(), red = Launch();
  TagTeam(blue, "blue");
  TagTeam(red, "red");
  TagTeam(CreateVolume(), "blue");
  CreateGroup("ours");
  // The group holds a volume, too: the type of the parameter says what is meant.
  CreateRunbook("Halt", R"(
schemaVersion: '0.3'
parameters: {Id: {type: 'AWS::EC2::Instance::Id'}}
mainSteps:
- name: stop
  action: aws:changeInstanceState
  inputs: {InstanceIds: ['{{ Id }}'], DesiredState: stopped}
)");
  const Object started = engine.Call(
      "ssm", "StartAutomationExecution",
      {{"DocumentName", "Halt"},
       {"TargetParameterName", "Id"},
       {"Targets", Array{Object{{"Key", "ResourceGroup"}, {"Values", Array{"ours"}}}}}});
  const Object execution = AwaitEnd(Text(started.at("AutomationExecutionId")));
  EXPECT_EQ(Outcome(execution), "Success");
  EXPECT_EQ(execution.at("ResolvedTargets").at("ParameterValues"), json::Value(Array{blue}));
  EXPECT_EQ(StateOf(blue) + " " + StateOf(red), "stopped running");
}

TEST_F(ResourceGroupsFlow, ARunbookCallsTheServiceByItsName) {
  const std::string blue = Launch();
  TagTeam(blue, "blue");
  CreateGroup("ours");
  CreateRunbook("Look", R"(
schemaVersion: '0.3'
outputs: [look.Arn]
mainSteps:
- name: look
  action: aws:executeAwsApi
  inputs: {Service: resource-groups, Api: ListGroupResources, Group: ours}
  outputs:
  - {Name: Arn, Type: String, Selector: '$.Resources[0].Identifier.ResourceArn'}
)");
  const Object execution = RunToEnd("Look", {});
  EXPECT_EQ(Outcome(execution), "Success");
  EXPECT_EQ(execution.at("Outputs").at("look.Arn").at(0),
            json::Value(engine.Arn("ec2", "instance/" + blue)));
}

TEST_F(ResourceGroupsFlow, AGroupIsReachedOnlyByThoseWhoMay) {
  CreateGroup("ours");
  CreateGroup("theirs");
  const access::Principal ann =
      UserWho(R"({"Effect":"Allow","Action":"resource-groups:*","Resource":"*"},)"
              R"({"Effect":"Deny","Action":"resource-groups:*","Resource":")" +
              engine.Arn("resource-groups", "group/theirs") + R"("})");
  // However the group is named.
  for (const char* member : {"Group", "GroupName"}) {
    EXPECT_EQ(Try(ann, "GetGroup", {{member, "ours"}}), "") << member;
    EXPECT_EQ(Try(ann, "GetGroup", {{member, "theirs"}}), "AccessDeniedException") << member;
  }
  const std::string arn = engine.Arn("resource-groups", "group/theirs");
  EXPECT_EQ(Try(ann, "ListGroupResources", {{"Group", arn}}), "AccessDeniedException");
  EXPECT_EQ(Try(ann, "GetTags", {{"Arn", arn}}), "AccessDeniedException");
}

TEST_F(ResourceGroupsFlow, GroupsOutliveARestart) {
  Harness::Options options;
  options.durable = true;
  Harness durable(options);
  durable.Call("resource-groups", "CreateGroup",
               {{"Name", "kept"},
                {"ResourceQuery", Object{{"Type", "TAG_FILTERS_1_0"},
                                         {"Query", R"({"ResourceTypeFilters":)"
                                                   R"(["AWS::AllSupported"]})"}}}});
  durable.Restart();
  EXPECT_EQ(durable.CallError("resource-groups", "GetGroup", {{"Group", "kept"}}), "");
}

}  // namespace
}  // namespace riposte::app::testing
