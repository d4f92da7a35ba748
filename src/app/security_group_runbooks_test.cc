// The shipped runbooks for security groups, and containment: what each does on the simulated
// estate, what its undo leaves, and how it fails.
#include <algorithm>

#include "app/testing/runbook_fixture.h"

namespace riposte::app::testing {
namespace {

using json::Array;
using json::Object;

Object Permission(int port, const std::string& source) {
  Object permission{{"IpProtocol", "tcp"}, {"FromPort", port}, {"ToPort", port}};
  if (source.find(':') == std::string::npos) {
    permission["IpRanges"] =
        Array{Object{{"CidrIp", source}, {"Description", "port " + std::to_string(port)}}};
  } else {
    permission["Ipv6Ranges"] = Array{Object{{"CidrIpv6", source}}};
  }
  return permission;
}

class SecurityGroupRunbooksTest : public RunbookFixture {
 protected:
  std::string CreateGroup(const std::string& name) {
    return Text(engine
                    .Call("ec2", "CreateSecurityGroup",
                          {{"GroupName", name}, {"Description", "Group " + name}})
                    .at("GroupId"));
  }
  void Open(const std::string& id, int port, const std::string& source) {
    engine.Call("ec2", "AuthorizeSecurityGroupIngress",
                {{"GroupId", id}, {"IpPermissions", Array{Permission(port, source)}}});
  }
  void Close(const std::string& id, int port, const std::string& source) {
    engine.Call("ec2", "RevokeSecurityGroupIngress",
                {{"GroupId", id}, {"IpPermissions", Array{Permission(port, source)}}});
  }
  void OpenGroup() {
    group = CreateGroup("web");
    for (const char* source : {"0.0.0.0/0", "::/0", "10.0.0.0/8", "198.51.100.0/24"}) {
      Open(group, 22, source);
    }
    Open(group, 3389, "::/0");
    Open(group, 443, "0.0.0.0/0");
  }
  std::string Role() { return CreateRole("automation", R"("*")"); }
  /// "out all 0.0.0.0/0, 22 10.0.0.0/8 (port 22), …", sorted.
  std::string RulesOf(const std::string& id) {
    std::vector<std::string> rules;
    const Object reply =
        engine.Call("ec2", "DescribeSecurityGroupRules",
                    {{"Filters", Array{Object{{"Name", "group-id"}, {"Values", Array{id}}}}}});
    for (const json::Value& entry : reply.at("SecurityGroupRules").as_array()) {
      const Object& rule = entry.as_object();
      const std::string_view description = json::GetString(rule, "Description");
      const std::string_view v4 = json::GetString(rule, "CidrIpv4");
      const int64_t port = json::GetInt(rule, "FromPort");
      rules.push_back((json::GetBool(rule, "IsEgress") ? "out " : "") +
                      (port == -1 ? "all" : std::to_string(port)) + " " +
                      std::string(v4.empty() ? json::GetString(rule, "CidrIpv6") : v4) +
                      (description.empty() ? "" : " (" + std::string(description) + ")"));
    }
    std::ranges::sort(rules);
    std::string out;
    for (const std::string& rule : rules) out += (out.empty() ? "" : ", ") + rule;
    return out;
  }
  std::string Rules() { return RulesOf(group); }
  std::string GroupsOf(const std::string& instance) {
    std::string names;
    const json::Value shown = Instance(instance);
    const Array& interfaces = shown.at("NetworkInterfaces").as_array();
    if (interfaces.empty()) return "";
    for (const json::Value& one : interfaces[0].at("Groups").as_array()) {
      names += (names.empty() ? "" : " ") + Text(one.at("GroupName"));
    }
    return names;
  }
  std::string GroupNames() {
    std::string names;
    const Object reply = engine.Call("ec2", "DescribeSecurityGroups");
    std::vector<std::string> list;
    for (const json::Value& one : reply.at("SecurityGroups").as_array()) {
      list.push_back(Text(one.at("GroupName")));
    }
    std::ranges::sort(list);
    for (const std::string& name : list) names += " " + name;
    return names;
  }

  std::string group;
};

constexpr const char* kOpen =
    "22 0.0.0.0/0 (port 22), 22 10.0.0.0/8 (port 22), 22 198.51.100.0/24 (port 22), 22 ::/0, "
    "3389 ::/0, 443 0.0.0.0/0 (port 443), out all 0.0.0.0/0";

TEST_F(SecurityGroupRunbooksTest, DisablePublicAccess) {
  Check({.document = "AWS-DisablePublicAccessForSecurityGroup",
         .prepare =
             [&] {
               OpenGroup();
               return Object{{"GroupId", Array{group}},
                             {"IpAddressToBlock", Array{"198.51.100.0/24"}}};
             },
         .look = [&] { return Rules(); },
         .before = kOpen,
         .after = "22 10.0.0.0/8 (port 22), 443 0.0.0.0/0 (port 443), out all 0.0.0.0/0",
         .spoil = [](Object& p) { p["GroupId"] = Array{"sg-00000000000000000"}; },
         .failure = "InvalidGroup.NotFound"});
}

// What others changed since stays: a rule they added again, one of theirs they took away.
TEST_F(SecurityGroupRunbooksTest, TheUndoLeavesWhatOthersChanged) {
  OpenGroup();
  const Object done =
      RunToEnd("AWS-DisablePublicAccessForSecurityGroup", {{"GroupId", Array{group}}});
  EXPECT_EQ(Rules(),
            "22 10.0.0.0/8 (port 22), 22 198.51.100.0/24 (port 22), 443 0.0.0.0/0 (port 443), "
            "out all 0.0.0.0/0");
  Open(group, 22, "0.0.0.0/0");
  Open(group, 8080, "10.0.0.0/8");
  Close(group, 22, "10.0.0.0/8");
  EXPECT_EQ(Outcome(UndoToEnd(done)), "Success");
  EXPECT_EQ(Rules(),
            "22 0.0.0.0/0 (port 22), 22 198.51.100.0/24 (port 22), 22 ::/0, 3389 ::/0, "
            "443 0.0.0.0/0 (port 443), 8080 10.0.0.0/8 (port 8080), out all 0.0.0.0/0");
}

TEST_F(SecurityGroupRunbooksTest, TheUndoFailsWhenTheGroupIsGone) {
  OpenGroup();
  const Object done = RunToEnd("AWS-CloseSecurityGroup", {{"SecurityGroupId", Array{group}}});
  engine.Call("ec2", "DeleteSecurityGroup", {{"GroupId", group}});
  const std::string outcome = Outcome(UndoToEnd(done));
  EXPECT_NE(outcome.find("The security group '" + group + "' does not exist"), std::string::npos)
      << outcome;
}

// What a runbook did before it failed is taken back all the same.
TEST_F(SecurityGroupRunbooksTest, TheUndoOfWhatWasHalfDone) {
  OpenGroup();
  const std::string role = Role();
  Allow("automation", R"(["ec2:Describe*","ec2:RevokeSecurityGroupIngress"])");
  const Object failed = RunToEnd("AWS-CloseSecurityGroup", {{"SecurityGroupId", Array{group}},
                                                            {"AutomationAssumeRole", Array{role}}});
  EXPECT_NE(Outcome(failed).find("ec2:RevokeSecurityGroupEgress"), std::string::npos);
  EXPECT_EQ(Rules(), "out all 0.0.0.0/0");
  const std::string refused = Outcome(UndoToEnd(failed));
  EXPECT_NE(refused.find("ec2:AuthorizeSecurityGroupIngress"), std::string::npos)
      << "the undo has the role of what it undoes: " << refused;
  Allow("automation", R"("ec2:*")");
  EXPECT_EQ(Outcome(UndoToEnd(failed)), "Success");
  EXPECT_EQ(Rules(), kOpen);
}

TEST_F(SecurityGroupRunbooksTest, RemoveUnrestrictedSources) {
  Check({.document = "AWSConfigRemediation-RemoveUnrestrictedSourceIngressRules",
         .prepare =
             [&] {
               OpenGroup();
               return Object{{"SecurityGroupId", Array{group}},
                             {"AutomationAssumeRole", Array{Role()}}};
             },
         .look = [&] { return Rules(); },
         .before = kOpen,
         .after = "22 10.0.0.0/8 (port 22), 22 198.51.100.0/24 (port 22), out all 0.0.0.0/0",
         .spoil = [&](Object&) { Allow("automation", R"("ec2:Describe*")"); },
         .failure = "ec2:RevokeSecurityGroupIngress"});
}

TEST_F(SecurityGroupRunbooksTest, Close) {
  Check({.document = "AWS-CloseSecurityGroup",
         .prepare =
             [&] {
               OpenGroup();
               const Object from_web{{"IpProtocol", "-1"},
                                     {"UserIdGroupPairs", Array{Object{{"GroupId", group}}}}};
               engine.Call("ec2", "AuthorizeSecurityGroupIngress",
                           {{"GroupId", group}, {"IpPermissions", Array{from_web}}});
               return Object{{"SecurityGroupId", Array{group}}};
             },
         .look = [&] { return Rules(); },
         .before = "22 0.0.0.0/0 (port 22), 22 10.0.0.0/8 (port 22), 22 198.51.100.0/24 (port 22), "
                   "22 ::/0, 3389 ::/0, 443 0.0.0.0/0 (port 443), all , out all 0.0.0.0/0",
         .after = "",
         .spoil = [](Object& p) { p["SecurityGroupId"] = Array{"sg-00000000000000000"}; },
         .failure = "InvalidGroup.NotFound"});
}

TEST_F(SecurityGroupRunbooksTest, CloseADefaultGroup) {
  const Object groups =
      engine.Call("ec2", "DescribeSecurityGroups", {{"GroupNames", Array{"default"}}});
  const std::string other = CreateGroup("web");
  Check({.document = "AWSConfigRemediation-RemoveVPCDefaultSecurityGroupRules",
         .prepare =
             [&] {
               group = Text(groups.at("SecurityGroups").at(0).at("GroupId"));
               Open(group, 22, "0.0.0.0/0");
               return Object{{"GroupId", Array{group}}, {"AutomationAssumeRole", Array{Role()}}};
             },
         .look = [&] { return Rules() + "; " + RulesOf(other); },
         .before = "22 0.0.0.0/0 (port 22), all , out all 0.0.0.0/0; out all 0.0.0.0/0",
         .after = "; out all 0.0.0.0/0",
         .spoil = [&](Object& p) { p["GroupId"] = Array{other}; },
         .failure = "Property value: web"});
}

TEST_F(SecurityGroupRunbooksTest, DisableIncomingSshOfSeveralGroups) {
  std::string other;
  Check({.document = "AWS-DisableIncomingSSHOnPort22",
         .prepare =
             [&] {
               OpenGroup();
               other = CreateGroup("db");
               Open(other, 22, "0.0.0.0/0");
               return Object{{"SecurityGroupIds", Array{group, other}}};
             },
         .look = [&] { return Rules() + "; " + RulesOf(other); },
         .before = std::string(kOpen) + "; 22 0.0.0.0/0 (port 22), out all 0.0.0.0/0",
         .after = "22 10.0.0.0/8 (port 22), 22 198.51.100.0/24 (port 22), 3389 ::/0, "
                  "443 0.0.0.0/0 (port 443), out all 0.0.0.0/0; out all 0.0.0.0/0",
         .spoil = [&](Object& p) { p["SecurityGroupIds"] = Array{group, "sg-00000000000000000"}; },
         .failure = "InvalidGroup.NotFound"});
}

TEST_F(SecurityGroupRunbooksTest, DeleteAnUnusedGroup) {
  const auto look = [&] {
    const Object reply =
        engine.Call("ec2", "DescribeSecurityGroups",
                    {{"Filters", Array{Object{{"Name", "group-name"}, {"Values", Array{"web"}}}}}});
    const Array& groups = reply.at("SecurityGroups").as_array();
    if (groups.empty()) return std::string("none");
    const Object& found = groups[0].as_object();
    return Text(found.at("Description")) + ": " + RulesOf(Text(found.at("GroupId"))) + " " +
           json::Serialize(found.at("Tags"));
  };
  const std::string whole =
      std::string("Group web: ") + kOpen + R"( [{"Key":"Team","Value":"blue"}])";
  Check({.document = "AWSConfigRemediation-DeleteUnusedSecurityGroup",
         .prepare =
             [&] {
               OpenGroup();
               engine.Call("ec2", "CreateTags",
                           {{"Resources", Array{group}},
                            {"Tags", Array{Object{{"Key", "Team"}, {"Value", "blue"}}}}});
               return Object{{"GroupId", Array{group}}, {"AutomationAssumeRole", Array{Role()}}};
             },
         .look = look,
         .before = whole,
         .after = "none",
         .spoil =
             [&](Object& p) {
               const Object made = engine.Call(
                   "ec2", "DescribeSecurityGroups",
                   {{"Filters", Array{Object{{"Name", "group-name"}, {"Values", Array{"web"}}}}}});
               const std::string used = Text(made.at("SecurityGroups").at(0).at("GroupId"));
               EXPECT_NE(used, group);
               engine.Call("ec2", "RunInstances",
                           {{"ImageId", "ami-12345678"},
                            {"MinCount", 1},
                            {"MaxCount", 1},
                            {"SecurityGroupIds", Array{used}}});
               p["GroupId"] = Array{used};
             },
         .failure = "Property value: "});
}

class ContainmentTest : public SecurityGroupRunbooksTest {
 protected:
  Object Prepare() {
    OpenGroup();
    const std::string db = CreateGroup("db");
    instance = Launch();
    engine.Call("ec2", "ModifyInstanceAttribute",
                {{"InstanceId", instance}, {"Groups", Array{group, db}}});
    engine.Call("s3", "CreateBucket", {{"Bucket", "backups"}});
    return {{"Action", Array{"Contain"}},
            {"InstanceId", Array{instance}},
            {"DryRun", Array{"false"}},
            {"BackupS3BucketName", Array{"backups"}}};
  }
  std::string Look() {
    std::string out = GroupsOf(instance);
    const json::Value shown = Instance(instance);
    for (const json::Value& tag : shown.at("Tags").as_array()) out += ", " + Text(tag.at("Key"));
    return out;
  }
  std::string instance;
};

TEST_F(ContainmentTest, Contain) {
  Check({.document = "AWSSupport-ContainEC2Instance",
         .prepare = [&] { return Prepare(); },
         .look = [&] { return Look() + ";" + GroupNames(); },
         .before = "web db; db default web",
         .after = "riposte-containment, riposte:contained; db default riposte-containment "
                  "riposte-containment-open web",
         .spoil =
             [&](Object&) {
               engine.Call("ec2", "TerminateInstances", {{"InstanceIds", Array{instance}}});
               engine.AdvanceTime(std::chrono::minutes(5));
             },
         .failure = "Property value: terminated"});
}

// In the first stage everything is allowed, so that connections are tracked no longer.
TEST_F(ContainmentTest, InTwoStages) {
  RunToEnd("AWSSupport-ContainEC2Instance", Prepare());
  const auto rules = [&](const char* name) {
    return RulesOf(Text(engine.Call("ec2", "DescribeSecurityGroups", {{"GroupNames", Array{name}}})
                            .at("SecurityGroups")
                            .at(0)
                            .at("GroupId")));
  };
  EXPECT_EQ(rules("riposte-containment-open"), "all 0.0.0.0/0, all ::/0, out all 0.0.0.0/0");
  EXPECT_EQ(rules("riposte-containment"), "");
}

TEST_F(ContainmentTest, ADryRunChangesNothing) {
  Object parameters = Prepare();
  parameters.erase("DryRun");
  const Object done = RunToEnd("AWSSupport-ContainEC2Instance", parameters);
  EXPECT_EQ(Outcome(done), "Success");
  EXPECT_EQ(Look(), "web db");
  EXPECT_EQ(UndoRefusal(IdOf(done)),
            "UndoNotPossibleException: Nothing was changed: it was a dry run.");
}

TEST_F(ContainmentTest, ReleaseFromTheBackup) {
  Object parameters = Prepare();
  // Contained twice: the backup keeps what was before the first.
  RunToEnd("AWSSupport-ContainEC2Instance", parameters);
  RunToEnd("AWSSupport-ContainEC2Instance", parameters);
  EXPECT_EQ(Look(), "riposte-containment, riposte:contained");
  parameters["Action"] = Array{"Release"};
  Object dry = parameters;
  dry["DryRun"] = Array{"true"};
  EXPECT_EQ(UndoRefusal(IdOf(RunToEnd("AWSSupport-ContainEC2Instance", dry))),
            "UndoNotPossibleException: Nothing was changed: it was a dry run.");
  EXPECT_EQ(Look(), "riposte-containment, riposte:contained");
  const Object done = RunToEnd("AWSSupport-ContainEC2Instance", parameters);
  EXPECT_EQ(Outcome(done), "Success");
  EXPECT_EQ(Look(), "web db");
  EXPECT_EQ(Outcome(UndoToEnd(done)), "Success");
  EXPECT_EQ(Look(), "riposte-containment, riposte:contained");
  parameters["BackupS3BucketName"] = Array{""};
  const std::string outcome = Outcome(RunToEnd("AWSSupport-ContainEC2Instance", parameters));
  EXPECT_NE(outcome.find("BackupS3BucketName is required"), std::string::npos) << outcome;
}

TEST_F(ContainmentTest, TheUndoLeavesGroupsThatSomebodyChoseSince) {
  const Object done = RunToEnd("AWSSupport-ContainEC2Instance", Prepare());
  engine.Call("ec2", "ModifyInstanceAttribute",
              {{"InstanceId", instance}, {"Groups", Array{group}}});
  EXPECT_EQ(Outcome(UndoToEnd(done)), "Success");
  EXPECT_EQ(Look(), "web");
}

TEST_F(ContainmentTest, WithAnImageAndAnEncryptedCopy) {
  Object parameters = Prepare();
  parameters["CreateAMIBackup"] = Array{"true"};
  parameters["KmsKeyId"] = Array{"alias/evidence"};
  EXPECT_EQ(Outcome(RunToEnd("AWSSupport-ContainEC2Instance", parameters)), "Success");
  const Object images = engine.Call("ec2", "DescribeImages");
  int encrypted = 0;
  for (const json::Value& image : images.at("Images").as_array()) {
    const json::Value& disk = image.at("BlockDeviceMappings").at(0).at("Ebs");
    if (json::GetBool(disk.as_object(), "Encrypted")) ++encrypted;
  }
  EXPECT_EQ(images.at("Images").as_array().size(), 2u);
  EXPECT_EQ(encrypted, 1);
}

}  // namespace
}  // namespace riposte::app::testing
