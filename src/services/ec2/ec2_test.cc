#include "services/ec2/ec2.h"

#include "api/testing/service_fixture.h"
#include "store/testing/temp_dir.h"

namespace riposte::ec2 {
namespace {

using json::Array;
using json::Object;

class Ec2Test : public api::testing::ServiceFixture {
 protected:
  explicit Ec2Test(std::string path = "")
      : ServiceFixture("ec2", {estate::Estate::Migrations()}, std::move(path)) {
    service_object_.Register(registry_);
    estate_->Start();
    loop_.RunUntilIdle();
  }

  std::unique_ptr<estate::Estate> MakeEstate() {
    return std::make_unique<estate::Estate>(estate::Timings(), *store_, loop_, clock_, random_,
                                            events_, log_);
  }

  std::string Launch(Object more = {}) {
    Object input{{"ImageId", "ami-12345678"}, {"MinCount", 1}, {"MaxCount", 1}};
    for (const auto& [name, value] : more) input[name] = value;
    return At(Run("RunInstances", input), "Instances.0.InstanceId");
  }
  std::string State(const std::string& id) {
    return At(Run("DescribeInstances", {{"InstanceIds", Array{id}}}),
              "Reservations.0.Instances.0.State.Name");
  }
  std::string RootVolume(const std::string& id) {
    return At(Run("DescribeInstances", {{"InstanceIds", Array{id}}}),
              "Reservations.0.Instances.0.BlockDeviceMappings.0.Ebs.VolumeId");
  }
  std::string NewGroup(const std::string& name) {
    return At(Run("CreateSecurityGroup", {{"GroupName", name}, {"Description", "d"}}), "GroupId");
  }
  /// The states that were announced, in order.
  std::vector<std::string> Announced() {
    std::vector<std::string> out;
    for (const api::Event& event : events_.events) out.push_back(At(event.detail, "state"));
    return out;
  }

  telemetry::Log log_{{.silent = true}};
  std::unique_ptr<estate::Estate> estate_ = MakeEstate();
  Ec2Service service_object_{*estate_};
};

TEST_F(Ec2Test, InstancesPassThroughTheirStatesAndAnnounceThem) {
  trace_ = {"inc-0123456789abcdef", 2};
  const std::string id = Launch();
  EXPECT_EQ(State(id), "pending");
  loop_.Advance(std::chrono::seconds(2));
  EXPECT_EQ(State(id), "running");
  const Object stopped = Run("StopInstances", {{"InstanceIds", Array{id}}});
  EXPECT_EQ(At(stopped, "StoppingInstances.0.PreviousState.Name"), "running");
  EXPECT_EQ(At(stopped, "StoppingInstances.0.CurrentState.Code"), "64");
  EXPECT_EQ(State(id), "stopping");
  loop_.Advance(std::chrono::seconds(2));
  EXPECT_EQ(State(id), "stopped");
  Run("TerminateInstances", {{"InstanceIds", Array{id}}});
  loop_.Advance(std::chrono::seconds(2));
  EXPECT_EQ(State(id), "terminated");
  EXPECT_EQ(Announced(), (std::vector<std::string>{"pending", "running", "stopping", "stopped",
                                                   "shutting-down", "terminated"}));
  for (const api::Event& event : events_.events) {
    EXPECT_EQ(event.detail_type, "EC2 Instance State-change Notification");
    EXPECT_EQ(event.trace.correlation, "inc-0123456789abcdef");
    EXPECT_EQ(event.resources.at(0), "arn:aws:ec2:us-east-1:123456789012:instance/" + id);
  }
  loop_.Advance(std::chrono::hours(1));
  EXPECT_EQ(ErrorOf("DescribeInstances", {{"InstanceIds", Array{id}}}),
            "InvalidInstanceID.NotFound: The instance ID '" + id + "' does not exist");
  EXPECT_EQ(At(Run("DescribeVolumes"), "Volumes"), "[]");
  EXPECT_EQ(At(Run("DescribeNetworkInterfaces"), "NetworkInterfaces"), "[]");
}

TEST_F(Ec2Test, RefusesInTheServicesWords) {
  EXPECT_EQ(ErrorOf("StopInstances", {{"InstanceIds", Array{"i-0123456789abcdef0"}}}),
            "InvalidInstanceID.NotFound: The instance ID 'i-0123456789abcdef0' does not exist");
  EXPECT_EQ(ErrorOf("StopInstances", {{"InstanceIds", Array{"web-1"}}}),
            "InvalidInstanceID.Malformed: Invalid id: \"web-1\"");
  const std::string id = Launch();
  EXPECT_EQ(ErrorOf("RebootInstances", {{"InstanceIds", Array{id}}}), "");
  EXPECT_EQ(ErrorOf("StopInstances", {{"InstanceIds", Array{id}}, {"DryRun", true}}),
            "DryRunOperation: Request would have succeeded, but DryRun flag is set.");
  EXPECT_EQ(State(id), "pending");
  EXPECT_EQ(ErrorOf("StopInstances", {{"InstanceIds", Array{id}}}),
            "IncorrectInstanceState: This instance '" + id +
                "' is not in a state from which it can be stopped.");
  Run("ModifyInstanceAttribute",
      {{"InstanceId", id}, {"DisableApiTermination", Object{{"Value", true}}}});
  EXPECT_EQ(ErrorOf("TerminateInstances", {{"InstanceIds", Array{id}}}).substr(0, 21),
            "OperationNotPermitted");
  EXPECT_EQ(At(Run("DescribeInstanceAttribute",
                   {{"InstanceId", id}, {"Attribute", "disableApiTermination"}}),
               "DisableApiTermination.Value"),
            "true");
  EXPECT_EQ(ErrorOf("RunInstances", {{"ImageId", "ami-12345678"},
                                     {"MinCount", 1},
                                     {"MaxCount", 1},
                                     {"SecurityGroupIds", Array{"sg-00000000"}}}),
            "InvalidGroup.NotFound: The security group 'sg-00000000' does not exist");
}

TEST_F(Ec2Test, FiltersAndPages) {
  const std::string a =
      Launch({{"TagSpecifications",
               Array{Object{{"ResourceType", "instance"},
                            {"Tags", Array{Object{{"Key", "Role"}, {"Value", "web"}}}}}}}});
  Launch();
  Launch();
  const auto count = [&](Array filters) {
    return Run("DescribeInstances", {{"Filters", std::move(filters)}})["Reservations"]
        .as_array()
        .size();
  };
  EXPECT_EQ(count({Object{{"Name", "tag:Role"}, {"Values", Array{"w*"}}}}), 1u);
  EXPECT_EQ(count({Object{{"Name", "instance-state-name"}, {"Values", Array{"pending"}}}}), 3u);
  EXPECT_EQ(count({Object{{"Name", "instance-state-name"}, {"Values", Array{"running"}}}}), 0u);
  EXPECT_EQ(ErrorOf("DescribeInstances",
                    {{"Filters", Array{Object{{"Name", "colour"}, {"Values", Array{"x"}}}}}}),
            "InvalidParameterValue: The filter 'colour' is invalid");
  std::set<std::string> seen;
  std::string token;
  int pages = 0;
  do {
    Object input{{"MaxResults", 2}};
    json::SetIfNotEmpty(input, "NextToken", token);
    Object page = Run("DescribeInstances", input);
    for (const json::Value& reservation : page["Reservations"].as_array()) {
      seen.insert(At(reservation, "Instances.0.InstanceId"));
    }
    token = At(page, "NextToken");
    ++pages;
  } while (!token.empty() && pages < 5);
  EXPECT_EQ(pages, 2);
  EXPECT_EQ(seen.size(), 3u);
  EXPECT_TRUE(seen.contains(a));
}

TEST_F(Ec2Test, RevokesWhatDescribeShowed) {
  const std::string group = NewGroup("web");
  const Object ssh{{"IpProtocol", "tcp"},
                   {"FromPort", 22},
                   {"ToPort", 22},
                   {"IpRanges", Array{Object{{"CidrIp", "0.0.0.0/0"}, {"Description", "all"}},
                                      Object{{"CidrIp", "10.1.2.3/8"}}}},
                   {"Ipv6Ranges", Array{Object{{"CidrIpv6", "::/0"}}}}};
  const Object added =
      Run("AuthorizeSecurityGroupIngress", {{"GroupId", group}, {"IpPermissions", Array{ssh}}});
  EXPECT_EQ(At(added, "SecurityGroupRules.0.CidrIpv4"), "0.0.0.0/0");
  EXPECT_TRUE(At(added, "SecurityGroupRules.2.SecurityGroupRuleId").starts_with("sgr-"));
  EXPECT_EQ(ErrorOf("AuthorizeSecurityGroupIngress", {{"GroupId", group},
                                                      {"IpProtocol", "tcp"},
                                                      {"FromPort", 22},
                                                      {"ToPort", 22},
                                                      {"CidrIp", "0.0.0.0/0"}}),
            "InvalidPermission.Duplicate: the specified rule \"peer: 0.0.0.0/0, TCP, from port: "
            "22, to port: 22, ALLOW\" already exists");
  Object described = Run("DescribeSecurityGroups", {{"GroupIds", Array{group}}});
  EXPECT_EQ(At(described, "SecurityGroups.0.IpPermissions.0.IpRanges.1.CidrIp"), "10.0.0.0/8");
  EXPECT_EQ(At(described, "SecurityGroups.0.IpPermissions.0.IpRanges.0.Description"), "all");
  Array permissions =
      described["SecurityGroups"].as_array()[0].as_object()["IpPermissions"].as_array();
  Run("RevokeSecurityGroupIngress", {{"GroupId", group}, {"IpPermissions", permissions}});
  described = Run("DescribeSecurityGroups", {{"GroupIds", Array{group}}});
  EXPECT_EQ(At(described, "SecurityGroups.0.IpPermissions"), "[]");
  EXPECT_EQ(At(described, "SecurityGroups.0.IpPermissionsEgress.0.IpProtocol"), "-1");
  EXPECT_EQ(
      ErrorOf("RevokeSecurityGroupIngress", {{"GroupId", group}, {"IpPermissions", permissions}}),
      "InvalidPermission.NotFound: The specified rule does not exist in this security "
      "group.");
}

TEST_F(Ec2Test, RulesHaveIdsAndAreRevokedByThem) {
  const std::string group = NewGroup("a");
  const Object added = Run(
      "AuthorizeSecurityGroupEgress",
      {{"GroupId", group},
       {"IpPermissions", Array{Object{{"IpProtocol", "17"},
                                      {"FromPort", 53},
                                      {"ToPort", 53},
                                      {"UserIdGroupPairs", Array{Object{{"GroupId", group}}}}}}}});
  const std::string id = At(added, "SecurityGroupRules.0.SecurityGroupRuleId");
  EXPECT_EQ(At(added, "SecurityGroupRules.0.IpProtocol"), "udp");
  const Object rules =
      Run("DescribeSecurityGroupRules",
          {{"Filters", Array{Object{{"Name", "group-id"}, {"Values", Array{group}}}}}});
  EXPECT_EQ(json::GetArray(rules, "SecurityGroupRules")->size(), 2u);
  EXPECT_NE(ErrorOf("RevokeSecurityGroupIngress",
                    {{"GroupId", group}, {"SecurityGroupRuleIds", Array{id}}}),
            "");
  const Object revoked =
      Run("RevokeSecurityGroupEgress", {{"GroupId", group}, {"SecurityGroupRuleIds", Array{id}}});
  EXPECT_EQ(At(revoked, "RevokedSecurityGroupRules.0.ReferencedGroupId"), group);
}

TEST_F(Ec2Test, GroupsInUseCannotBeDeletedAndCanBeSwapped) {
  const std::string web = NewGroup("web");
  const std::string quarantine = NewGroup("quarantine");
  const std::string id = Launch({{"SecurityGroupIds", Array{web}}});
  EXPECT_EQ(ErrorOf("DeleteSecurityGroup", {{"GroupId", web}}),
            "DependencyViolation: resource " + web + " has a dependent object");
  Run("ModifyInstanceAttribute", {{"InstanceId", id}, {"Groups", Array{quarantine}}});
  const Object described = Run("DescribeInstances", {{"InstanceIds", Array{id}}});
  EXPECT_EQ(At(described, "Reservations.0.Instances.0.SecurityGroups.0.GroupId"), quarantine);
  EXPECT_EQ(At(described, "Reservations.0.Instances.0.NetworkInterfaces.0.Groups.0.GroupName"),
            "quarantine");
  Run("DeleteSecurityGroup", {{"GroupId", web}});
  EXPECT_EQ(ErrorOf("DescribeSecurityGroups", {{"GroupIds", Array{web}}}),
            "InvalidGroup.NotFound: The security group '" + web + "' does not exist");
}

TEST_F(Ec2Test, AFreshRegionHasADefaultNetworkThatReadsDoNotStore) {
  scope_.region = Region("eu-west-1");
  Object first = Run("DescribeSecurityGroups", {{"GroupNames", Array{"default"}}});
  const std::string group = At(first, "SecurityGroups.0.GroupId");
  EXPECT_EQ(At(first, "SecurityGroups.0.IpPermissions.0.UserIdGroupPairs.0.GroupId"), group);
  EXPECT_EQ(At(Run("DescribeVpcs"), "Vpcs.0.VpcId"), At(first, "SecurityGroups.0.VpcId"));
  EXPECT_EQ(json::GetArray(Run("DescribeSubnets"), "Subnets")->size(), 3u);
  store_->Read([&](store::Transaction& tx) {
    EXPECT_EQ(tx.QueryInt("SELECT count(*) FROM estate_resources"), 0);
  });
  // A change makes it real, with the same id.
  Run("AuthorizeSecurityGroupIngress", {{"GroupId", group},
                                        {"IpProtocol", "tcp"},
                                        {"FromPort", 443},
                                        {"ToPort", 443},
                                        {"CidrIp", "0.0.0.0/0"}});
  const Object again = Run("DescribeSecurityGroups");
  EXPECT_EQ(json::GetArray(again, "SecurityGroups")->size(), 1u);
  EXPECT_EQ(At(again, "SecurityGroups.0.IpPermissions.1.FromPort"), "443");
}

TEST_F(Ec2Test, SnapshotsProgressAndAnnounceTheirEnd) {
  const std::string id = Launch();
  const std::string volume = RootVolume(id);
  events_.events.clear();
  const std::string snapshot =
      At(Run("CreateSnapshot", {{"VolumeId", volume}, {"Description", "evidence"}}), "SnapshotId");
  EXPECT_EQ(At(Run("DescribeSnapshots"), "Snapshots.0.State"), "pending");
  loop_.Advance(Millis(900));
  EXPECT_EQ(At(Run("DescribeSnapshots"), "Snapshots.0.Progress"), "50%");
  loop_.Advance(std::chrono::seconds(2));
  const Object done =
      Run("DescribeSnapshots", {{"SnapshotIds", Array{snapshot}}, {"OwnerIds", Array{"self"}}});
  EXPECT_EQ(At(done, "Snapshots.0.State"), "completed");
  EXPECT_EQ(At(done, "Snapshots.0.Encrypted"), "false");
  ASSERT_FALSE(events_.events.empty());
  const api::Event& event = events_.events.back();
  EXPECT_EQ(event.detail_type, "EBS Snapshot Notification");
  EXPECT_EQ(At(event.detail, "result"), "succeeded");
  EXPECT_EQ(At(event.detail, "source"), "arn:aws:ec2:us-east-1::volume/" + volume);
}

TEST_F(Ec2Test, AVolumeIsEncryptedBySnapshotCopyAndSwap) {
  const std::string id = Launch();
  loop_.Advance(std::chrono::seconds(2));
  const std::string old = RootVolume(id);
  const std::string plain = At(Run("CreateSnapshot", {{"VolumeId", old}}), "SnapshotId");
  loop_.Advance(std::chrono::seconds(2));
  const std::string copy =
      At(Run("CopySnapshot",
             {{"SourceSnapshotId", plain}, {"SourceRegion", "us-east-1"}, {"Encrypted", true}}),
         "SnapshotId");
  loop_.Advance(std::chrono::seconds(2));
  const Object created =
      Run("CreateVolume", {{"SnapshotId", copy}, {"AvailabilityZone", "us-east-1a"}});
  EXPECT_EQ(At(created, "Encrypted"), "true");
  EXPECT_EQ(At(created, "KmsKeyId"), "arn:aws:kms:us-east-1:123456789012:alias/aws/ebs");
  EXPECT_EQ(At(created, "State"), "creating");
  const std::string fresh = At(created, "VolumeId");
  EXPECT_TRUE(ErrorOf("DetachVolume", {{"VolumeId", old}}).starts_with("OperationNotPermitted"));
  Run("StopInstances", {{"InstanceIds", Array{id}}});
  loop_.Advance(std::chrono::seconds(2));
  EXPECT_EQ(At(Run("DetachVolume", {{"VolumeId", old}}), "State"), "detaching");
  loop_.Advance(std::chrono::seconds(1));
  EXPECT_EQ(
      At(Run("AttachVolume", {{"VolumeId", fresh}, {"InstanceId", id}, {"Device", "/dev/xvda"}}),
         "State"),
      "attaching");
  EXPECT_TRUE(ErrorOf("DeleteVolume", {{"VolumeId", fresh}}).starts_with("VolumeInUse"));
  loop_.Advance(std::chrono::seconds(1));
  EXPECT_EQ(RootVolume(id), fresh);
  EXPECT_EQ(At(Run("DescribeVolumes", {{"VolumeIds", Array{old}}}), "Volumes.0.State"),
            "available");
  Run("DeleteVolume", {{"VolumeId", old}});
  EXPECT_EQ(ErrorOf("DescribeVolumes", {{"VolumeIds", Array{old}}}),
            "InvalidVolume.NotFound: The volume '" + old + "' does not exist.");
}

TEST_F(Ec2Test, NewVolumesAreEncryptedByDefaultOnceThatIsOn) {
  Run("EnableEbsEncryptionByDefault");
  EXPECT_EQ(At(Run("GetEbsEncryptionByDefault"), "EbsEncryptionByDefault"), "true");
  EXPECT_EQ(At(Run("CreateVolume", {{"Size", 1}, {"AvailabilityZone", "us-east-1b"}}), "Encrypted"),
            "true");
  scope_.region = Region("us-west-2");
  EXPECT_EQ(At(Run("GetEbsEncryptionByDefault"), "EbsEncryptionByDefault"), "false");
}

TEST_F(Ec2Test, ARepeatedClientTokenFindsTheVolumeThatItMade) {
  const Object request{{"Size", 1}, {"AvailabilityZone", "us-east-1a"}, {"ClientToken", "t"}};
  const std::string volume = At(Run("CreateVolume", request), "VolumeId");
  loop_.Advance(std::chrono::seconds(2));
  const Object again = Run("CreateVolume", request);
  EXPECT_EQ(At(again, "VolumeId"), volume);
  EXPECT_EQ(At(again, "State"), "available");
  Object other = request;
  other["Size"] = 2;
  EXPECT_TRUE(ErrorOf("CreateVolume", other).starts_with("IdempotentParameterMismatch"));
  other["ClientToken"] = "u";
  EXPECT_NE(At(Run("CreateVolume", other), "VolumeId"), volume);
}

TEST_F(Ec2Test, ImagesBecomeAvailableAndGuardTheirSnapshots) {
  const std::string id = Launch();
  const std::string image =
      At(Run("CreateImage", {{"InstanceId", id}, {"Name", "golden"}}), "ImageId");
  EXPECT_EQ(At(Run("DescribeImages", {{"ImageIds", Array{image}}}), "Images.0.State"), "pending");
  loop_.Advance(std::chrono::seconds(5));
  const Object described = Run("DescribeImages", {{"Owners", Array{"self"}}});
  EXPECT_EQ(At(described, "Images.0.State"), "available");
  const std::string snapshot = At(described, "Images.0.BlockDeviceMappings.0.Ebs.SnapshotId");
  EXPECT_EQ(ErrorOf("DeleteSnapshot", {{"SnapshotId", snapshot}}),
            "InvalidSnapshot.InUse: The snapshot " + snapshot + " is currently in use by " + image);
  EXPECT_FALSE(Launch({{"ImageId", image}}).empty());
  Run("DeregisterImage", {{"ImageId", image}});
  Run("DeleteSnapshot", {{"SnapshotId", snapshot}});
}

TEST_F(Ec2Test, ACopiedImageHasSnapshotsOfItsOwn) {
  const std::string id = Launch();
  const std::string image =
      At(Run("CreateImage", {{"InstanceId", id}, {"Name", "golden"}}), "ImageId");
  Object request{{"SourceImageId", image},
                 {"SourceRegion", "us-east-1"},
                 {"Name", "golden-encrypted"},
                 {"Encrypted", true},
                 {"ClientToken", "once"}};
  EXPECT_TRUE(ErrorOf("CopyImage", request).starts_with("InvalidAMIID.Unavailable"));
  loop_.Advance(std::chrono::seconds(5));
  const std::string copy = At(Run("CopyImage", request), "ImageId");
  EXPECT_EQ(At(Run("CopyImage", request), "ImageId"), copy);
  loop_.Advance(std::chrono::seconds(5));
  const Object described = Run("DescribeImages", {{"ImageIds", Array{copy}}});
  EXPECT_EQ(At(described, "Images.0.State"), "available");
  EXPECT_EQ(At(described, "Images.0.BlockDeviceMappings.0.Ebs.Encrypted"), "true");
  EXPECT_EQ(
      Run("DescribeSnapshots", {{"OwnerIds", Array{"self"}}}).at("Snapshots").as_array().size(),
      2u);
  request["ClientToken"] = "twice";
  EXPECT_TRUE(ErrorOf("CopyImage", request).starts_with("InvalidAMIName.Duplicate"));
  request["SourceRegion"] = "us-west-2";
  EXPECT_TRUE(ErrorOf("CopyImage", request).starts_with("InvalidAMIID.NotFound"));
}

TEST_F(Ec2Test, AnInstanceLaunchedWithAProfileHasAnAssociation) {
  const std::string id =
      Launch({{"ImageId", "ami-12345678"}, {"IamInstanceProfile", Object{{"Name", "web"}}}});
  const Object listed =
      Run("DescribeIamInstanceProfileAssociations",
          {{"Filters", Array{Object{{"Name", "instance-id"}, {"Values", Array{id}}}}}});
  EXPECT_EQ(At(listed, "IamInstanceProfileAssociations.0.State"), "associated");
  Run("DisassociateIamInstanceProfile",
      {{"AssociationId", At(listed, "IamInstanceProfileAssociations.0.AssociationId")}});
  EXPECT_EQ(Run("DescribeIamInstanceProfileAssociations")
                .at("IamInstanceProfileAssociations")
                .as_array()
                .size(),
            0u);
}

TEST_F(Ec2Test, TagsAreSetDescribedAndDeleted) {
  const std::string id = Launch();
  Run("CreateTags", {{"Resources", Array{id}},
                     {"Tags", Array{Object{{"Key", "Incident"}, {"Value", "7"}},
                                    Object{{"Key", "A"}, {"Value", ""}}}}});
  EXPECT_EQ(State(id), "pending");
  loop_.Advance(std::chrono::seconds(2));
  EXPECT_EQ(State(id), "running");  // Tagging did not stop what was under way.
  const Object tags = Run(
      "DescribeTags", {{"Filters", Array{Object{{"Name", "resource-id"}, {"Values", Array{id}}}}}});
  EXPECT_EQ(At(tags, "Tags.0.Key"), "A");
  EXPECT_EQ(At(tags, "Tags.1.ResourceType"), "instance");
  Run("DeleteTags", {{"Resources", Array{id}}, {"Tags", Array{Object{{"Key", "A"}}}}});
  EXPECT_EQ(json::GetArray(Run("DescribeTags"), "Tags")->size(), 1u);
  EXPECT_TRUE(ErrorOf("CreateTags", {{"Resources", Array{id}},
                                     {"Tags", Array{Object{{"Key", "aws:x"}, {"Value", ""}}}}})
                  .starts_with("InvalidParameterValue"));
}

TEST_F(Ec2Test, SnapshotPermissionsAreKept) {
  const std::string volume = RootVolume(Launch());
  const std::string snapshot = At(Run("CreateSnapshot", {{"VolumeId", volume}}), "SnapshotId");
  const Object query{{"SnapshotId", snapshot}, {"Attribute", "createVolumePermission"}};
  Run("ModifySnapshotAttribute",
      {{"SnapshotId", snapshot},
       {"CreateVolumePermission", Object{{"Add", Array{Object{{"Group", "all"}}}}}}});
  EXPECT_EQ(At(Run("DescribeSnapshotAttribute", query), "CreateVolumePermissions.0.Group"), "all");
  Run("ModifySnapshotAttribute", {{"SnapshotId", snapshot},
                                  {"Attribute", "createVolumePermission"},
                                  {"OperationType", "remove"},
                                  {"GroupNames", Array{"all"}}});
  EXPECT_EQ(At(Run("DescribeSnapshotAttribute", query), "CreateVolumePermissions"), "[]");
}

TEST_F(Ec2Test, MetadataOptionsAndProfilesAreKept) {
  const std::string id = Launch();
  Run("ModifyInstanceMetadataOptions", {{"InstanceId", id}, {"HttpTokens", "required"}});
  const Object association =
      Run("AssociateIamInstanceProfile",
          {{"InstanceId", id}, {"IamInstanceProfile", Object{{"Name", "web"}}}});
  Object described = Run("DescribeInstances", {{"InstanceIds", Array{id}}});
  EXPECT_EQ(At(described, "Reservations.0.Instances.0.MetadataOptions.HttpTokens"), "required");
  EXPECT_EQ(At(described, "Reservations.0.Instances.0.IamInstanceProfile.Arn"),
            "arn:aws:iam::123456789012:instance-profile/web");
  Run("DisassociateIamInstanceProfile",
      {{"AssociationId", At(association, "IamInstanceProfileAssociation.AssociationId")}});
  described = Run("DescribeInstances", {{"InstanceIds", Array{id}}});
  EXPECT_EQ(At(described, "Reservations.0.Instances.0.IamInstanceProfile"), "");
}

TEST_F(Ec2Test, ScopesAreApart) {
  const std::string id = Launch();
  scope_.account = AccountId("210987654321");
  EXPECT_TRUE(ErrorOf("StopInstances", {{"InstanceIds", Array{id}}})
                  .starts_with("InvalidInstanceID.NotFound"));
}

struct OnDisk {
  store::testing::TempDir dir;
};
class Ec2RestartTest : private OnDisk, public Ec2Test {
 protected:
  Ec2RestartTest() : Ec2Test(dir.path() + "/store.db") {}
};

TEST_F(Ec2RestartTest, TransitionsUnderWaySurviveARestart) {
  const std::string id = Launch();
  loop_.Advance(std::chrono::seconds(2));
  trace_ = {"inc-00000000000000aa", 1};
  Run("StopInstances", {{"InstanceIds", Array{id}}});
  estate_->Stop();
  loop_.RunUntilIdle();
  clock_.Set(clock_.Now() + std::chrono::minutes(1));
  loop_.RunUntilIdle();
  EXPECT_EQ(State(id), "stopping");  // Nothing moved while it was down.
  estate_.reset();
  OpenStore();
  events_.events.clear();
  estate_ = MakeEstate();
  Ec2Service again(*estate_);
  registry_ = api::Registry();
  again.Register(registry_);
  estate_->Start();
  loop_.RunUntilIdle();
  EXPECT_EQ(State(id), "stopped");
  ASSERT_EQ(events_.events.size(), 1u);
  EXPECT_EQ(events_.events[0].trace.correlation, "inc-00000000000000aa");
}

}  // namespace
}  // namespace riposte::ec2
