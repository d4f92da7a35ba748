// The shipped runbooks for instances, volumes, snapshots and images: what each does on the
// simulated estate, what its undo leaves, and how it fails.
#include "app/testing/runbook_fixture.h"

namespace riposte::app::testing {
namespace {

using json::Array;
using json::Object;

constexpr const char* kNobody = "i-00000000000000000";

class InstanceRunbooksTest : public RunbookFixture {
 protected:
  Object OneInstance() {
    instance = Launch();
    return {{"InstanceId", Array{instance}}};
  }
  Object OneStoppedInstance() {
    Object parameters = OneInstance();
    engine.Call("ec2", "StopInstances", {{"InstanceIds", Array{instance}}});
    engine.AdvanceTime(std::chrono::minutes(5));
    return parameters;
  }
  Object OneInstanceAndRole() {
    Object parameters = OneInstance();
    parameters["AutomationAssumeRole"] = Array{CreateRole("automation", R"("*")")};
    return parameters;
  }
  std::string State() { return StateOf(instance); }
  static void NameNobody(Object& parameters) { parameters["InstanceId"] = Array{kNobody}; }
  std::string CountOf(const std::string& operation, const std::string& member) {
    return std::to_string(engine.Call("ec2", operation).at(member).as_array().size());
  }
  std::string SnapshotsAndImages() {
    return CountOf("DescribeSnapshots", "Snapshots") + " snapshots, " +
           CountOf("DescribeImages", "Images") + " images";
  }
  std::string Profile() {
    const json::Value shown = Instance(instance);
    const Object* profile = json::GetObject(shown.as_object(), "IamInstanceProfile");
    std::string arn(profile ? json::GetString(*profile, "Arn") : "none");
    return arn.substr(arn.rfind('/') + 1);
  }
  void CreateProfile(const std::string& name) {
    engine.Call("iam", "CreateInstanceProfile", {{"InstanceProfileName", name}});
  }
  void AttachProfile(const std::string& name) {
    engine.Call("ec2", "AssociateIamInstanceProfile",
                {{"InstanceId", instance}, {"IamInstanceProfile", Object{{"Name", name}}}});
  }
  std::string Profiles() {
    std::string names;
    const Object reply = engine.Call("iam", "ListInstanceProfiles");
    for (const json::Value& profile : reply.at("InstanceProfiles").as_array()) {
      names += " " + Text(profile.at("InstanceProfileName"));
    }
    return names;
  }

  std::string instance;
};

TEST_F(InstanceRunbooksTest, Stop) {
  Check({.document = "AWS-StopEC2Instance",
         .prepare = [&] { return OneInstance(); },
         .look = [&] { return State(); },
         .before = "running",
         .after = "stopped",
         .spoil = NameNobody,
         .failure = "InvalidInstanceID.NotFound"});
}

TEST_F(InstanceRunbooksTest, Start) {
  Check({.document = "AWS-StartEC2Instance",
         .prepare = [&] { return OneStoppedInstance(); },
         .look = [&] { return State(); },
         .before = "stopped",
         .after = "running",
         .spoil = NameNobody,
         .failure = "InvalidInstanceID.NotFound"});
}

TEST_F(InstanceRunbooksTest, RestartOfAStoppedInstance) {
  Check({.document = "AWS-RestartEC2Instance",
         .prepare = [&] { return OneStoppedInstance(); },
         .look = [&] { return State(); },
         .before = "stopped",
         .after = "running",
         .spoil = NameNobody,
         .failure = "InvalidInstanceID.NotFound"});
}

// Nothing to take back: the undo leaves it running.
TEST_F(InstanceRunbooksTest, RestartOfARunningInstance) {
  Check({.document = "AWS-RestartEC2Instance",
         .prepare = [&] { return OneInstance(); },
         .look = [&] { return State(); },
         .before = "running",
         .after = "running",
         .spoil =
             [&](Object&) {
               engine.Call("ec2", "ModifyInstanceAttribute",
                           {{"InstanceId", instance}, {"DisableApiStop", Object{{"Value", true}}}});
             },
         .failure = "OperationNotPermitted"});
}

TEST_F(InstanceRunbooksTest, Terminate) {
  Check({.document = "AWS-TerminateEC2Instance",
         .prepare = [&] { return OneInstance(); },
         .look = [&] { return State(); },
         .before = "running",
         .after = "terminated",
         .no_undo = "A terminated instance cannot be brought back.",
         .spoil = NameNobody,
         .failure = "InvalidInstanceID.NotFound"});
}

// Only what the runbook stopped is started again.
TEST_F(InstanceRunbooksTest, TheUndoOfStopLeavesWhatWasStoppedBefore) {
  OneStoppedInstance();
  const std::string other = Launch();
  const Object done = RunToEnd("AWS-StopEC2Instance", {{"InstanceId", Array{instance, other}}});
  EXPECT_EQ(StateOf(other), "stopped");
  EXPECT_EQ(Outcome(UndoToEnd(done)), "Success");
  EXPECT_EQ(StateOf(other), "running");
  EXPECT_EQ(State(), "stopped");
}

TEST_F(InstanceRunbooksTest, TheUndoOfStopFailsWhenTheInstanceIsGone) {
  const Object done = RunToEnd("AWS-StopEC2Instance", OneInstance());
  engine.Call("ec2", "TerminateInstances", {{"InstanceIds", Array{instance}}});
  engine.AdvanceTime(std::chrono::minutes(5));
  const Object undo = UndoToEnd(done);
  EXPECT_NE(Outcome(undo).find("is not in a state from which it can be started"), std::string::npos)
      << Outcome(undo);
  EXPECT_NE(IdOf(UndoToEnd(done)), IdOf(undo)) << "a failed undo may be repeated";
}

TEST_F(InstanceRunbooksTest, StopWithApproval) {
  const std::string topic =
      Text(engine.Call("sns", "CreateTopic", {{"Name", "Automation-approvals"}}).at("TopicArn"));
  const auto decide = [&](const char* signal) {
    Object parameters{{"InstanceId", Array{instance}},
                      {"Approvers", Array{"arn:aws:iam::123456789012:root"}},
                      {"SNSTopicArn", Array{topic}}};
    const std::string id = StartRunbook("AWS-StopEC2InstanceWithApproval", std::move(parameters));
    EXPECT_EQ(Execution(id).at("AutomationExecutionStatus"), "Waiting");
    EXPECT_EQ(State(), "running");
    engine.Call("ssm", "SendAutomationSignal",
                {{"AutomationExecutionId", id}, {"SignalType", signal}});
    return AwaitEnd(id);
  };
  OneInstance();
  const Object refused = decide("Reject");
  EXPECT_TRUE(Outcome(refused).starts_with("Failed: ")) << Outcome(refused);
  EXPECT_EQ(State(), "running");
  EXPECT_NE(UndoRefusal(IdOf(refused)), "");
  const Object done = decide("Approve");
  EXPECT_EQ(Outcome(done), "Success");
  EXPECT_EQ(State(), "stopped");
  EXPECT_EQ(Outcome(UndoToEnd(done)), "Success");
  EXPECT_EQ(State(), "running");
}

TEST_F(InstanceRunbooksTest, CreateSnapshot) {
  Check({.document = "AWS-CreateSnapshot",
         .prepare = [&] { return Object{{"VolumeId", Array{CreateVolume()}}}; },
         .look = [&] { return SnapshotsAndImages(); },
         .before = "0 snapshots, 0 images",
         .after = "1 snapshots, 0 images",
         .spoil = [](Object& p) { p["VolumeId"] = Array{"vol-00000000000000000"}; },
         .failure = "InvalidVolume.NotFound"});
}

TEST_F(InstanceRunbooksTest, TheUndoOfCreateSnapshotMayFindItGone) {
  const Object done = RunToEnd("AWS-CreateSnapshot", {{"VolumeId", Array{CreateVolume()}}});
  const std::string snapshot = Text(done.at("Outputs").at("createSnapshot.SnapshotId").at(0));
  engine.Call("ec2", "DeleteSnapshot", {{"SnapshotId", snapshot}});
  EXPECT_EQ(Outcome(UndoToEnd(done)), "Success") << "gone already is no failure";
}

TEST_F(InstanceRunbooksTest, DeleteSnapshot) {
  Check({.document = "AWS-DeleteSnapshot",
         .prepare = [&] { return Object{{"SnapshotId", Array{CreateSnapshot(CreateVolume())}}}; },
         .look = [&] { return SnapshotsAndImages(); },
         .before = "1 snapshots, 0 images",
         .after = "0 snapshots, 0 images",
         .no_undo = "A deleted snapshot cannot be brought back.",
         .spoil = [](Object&) {},
         .failure = "InvalidSnapshot.NotFound"});
}

TEST_F(InstanceRunbooksTest, CopySnapshot) {
  Check({.document = "AWS-CopySnapshot",
         .prepare =
             [&] {
               return Object{{"SnapshotId", Array{CreateSnapshot(CreateVolume())}},
                             {"SourceRegion", Array{"eu-west-1"}}};
             },
         .look = [&] { return SnapshotsAndImages(); },
         .before = "1 snapshots, 0 images",
         .after = "2 snapshots, 0 images",
         .spoil = [](Object& p) { p["SnapshotId"] = Array{"snap-00000000000000000"}; },
         .failure = "InvalidSnapshot.NotFound"});
}

TEST_F(InstanceRunbooksTest, CreateImage) {
  Check({.document = "AWS-CreateImage",
         .prepare =
             [&] {
               Object parameters = OneInstance();
               parameters["NoReboot"] = Array{"true"};
               return parameters;
             },
         .look = [&] { return SnapshotsAndImages(); },
         .before = "0 snapshots, 0 images",
         .after = "1 snapshots, 1 images",
         .spoil = NameNobody,
         .failure = "InvalidInstanceID.NotFound"});
}

TEST_F(InstanceRunbooksTest, AttachTheProfileOfARoleThatHasNone) {
  Check({.document = "AWS-AttachIAMToInstance",
         .prepare =
             [&] {
               CreateRole("reader", R"("s3:*")");
               Object parameters = OneInstance();
               parameters["RoleName"] = Array{"reader"};
               return parameters;
             },
         .look = [&] { return Profile() + "," + Profiles(); },
         .before = "none,",
         .after = "reader, reader",
         .spoil = [](Object& p) { p["RoleName"] = Array{"nobody"}; },
         .failure = "NoSuchEntity"});
}

TEST_F(InstanceRunbooksTest, AttachAProfileInsteadOfAnother) {
  Check({.document = "AWS-AttachIAMToInstance",
         .prepare =
             [&] {
               CreateRole("reader", R"("s3:*")");
               CreateProfile("old");
               CreateProfile("readers");
               engine.Call("iam", "AddRoleToInstanceProfile",
                           {{"InstanceProfileName", "readers"}, {"RoleName", "reader"}});
               Object parameters = OneInstance();
               AttachProfile("old");
               parameters["RoleName"] = Array{"reader"};
               return parameters;
             },
         .look = [&] { return Profile() + "," + Profiles(); },
         .before = "old, old readers",
         .after = "readers, old readers",
         .spoil = [](Object& p) { p["ForceReplace"] = Array{"false"}; },
         .failure = "There is an existing association"});
}

TEST_F(InstanceRunbooksTest, TheUndoOfAttachLeavesAProfileThatSomebodyAttachedSince) {
  CreateRole("reader", R"("s3:*")");
  CreateProfile("newer");
  Object parameters = OneInstance();
  parameters["RoleName"] = Array{"reader"};
  const Object done = RunToEnd("AWS-AttachIAMToInstance", std::move(parameters));
  const json::Value id = engine.Call("ec2", "DescribeIamInstanceProfileAssociations")
                             .at("IamInstanceProfileAssociations")
                             .at(0)
                             .at("AssociationId");
  engine.Call("ec2", "DisassociateIamInstanceProfile", {{"AssociationId", id}});
  AttachProfile("newer");
  EXPECT_EQ(Outcome(UndoToEnd(done)), "Success");
  EXPECT_EQ(Profile() + "," + Profiles(), "newer, newer");
}

TEST_F(InstanceRunbooksTest, RequireVersion2OfTheMetadataService) {
  const auto look = [&] {
    const json::Value shown = Instance(instance);
    return Text(shown.at("MetadataOptions").at("HttpTokens"));
  };
  Check({.document = "AWSConfigRemediation-EnforceEC2InstanceIMDSv2",
         .prepare = [&] { return OneInstanceAndRole(); },
         .look = look,
         .before = "optional",
         .after = "required",
         .spoil = [&](Object&) { Allow("automation", R"("ec2:Describe*")"); },
         .failure = "ec2:ModifyInstanceMetadataOptions"});
  Allow("automation", R"("*")");
  Object parameters{{"InstanceId", Array{instance}},
                    {"AutomationAssumeRole", Array{"arn:aws:iam::123456789012:role/automation"}}};
  const std::string document = "AWSConfigRemediation-EnforceEC2InstanceIMDSv2";
  EXPECT_EQ(Outcome(RunToEnd(document, parameters)), "Success");
  const Object again = RunToEnd(document, parameters);
  EXPECT_EQ(UndoRefusal(IdOf(again)),
            "UndoNotPossibleException: Nothing was changed: the instance required tokens already.");
}

TEST_F(InstanceRunbooksTest, EncryptNewVolumes) {
  const auto look = [&] {
    return json::Serialize(
        engine.Call("ec2", "GetEbsEncryptionByDefault").at("EbsEncryptionByDefault"));
  };
  const Object parameters{{"AutomationAssumeRole", Array{CreateRole("automation", R"("*")")}}};
  const std::string document = "AWSConfigRemediation-EnableEbsEncryptionByDefault";
  Check({.document = document,
         .prepare = [&] { return parameters; },
         .look = look,
         .before = "false",
         .after = "true",
         .spoil = [&](Object&) { Allow("automation", R"("ec2:Get*")"); },
         .failure = "ec2:EnableEbsEncryptionByDefault"});
  engine.Call("ec2", "EnableEbsEncryptionByDefault");
  EXPECT_EQ(UndoRefusal(IdOf(RunToEnd(document, parameters))),
            "UndoNotPossibleException: Nothing was changed: new volumes were encrypted already.");
}

}  // namespace
}  // namespace riposte::app::testing
