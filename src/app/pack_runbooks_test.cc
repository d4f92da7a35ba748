// The runbooks of packs/security-response: what each does on the simulated estate, what its undo
// leaves, and how it fails.
#include <fstream>
#include <map>
#include <sstream>

#include "app/testing/runbook_fixture.h"

namespace riposte::app::testing {
namespace {

using json::Array;
using json::Object;

class PackRunbooksTest : public RunbookFixture {
 protected:
  PackRunbooksTest() {
    role = CreateRole("automation", R"("*")");
    group = Text(
        engine.Call("ec2", "CreateSecurityGroup", {{"GroupName", "web"}, {"Description", "Web"}})
            .at("GroupId"));
    Array permissions;
    for (const int port : {22, 443, 5432}) {
      permissions.push_back(Object{{"IpProtocol", "tcp"},
                                   {"FromPort", port},
                                   {"ToPort", port},
                                   {"IpRanges", Array{Object{{"CidrIp", "0.0.0.0/0"}}}},
                                   {"Ipv6Ranges", Array{Object{{"CidrIpv6", "::/0"}}}}});
    }
    engine.Call("ec2", "AuthorizeSecurityGroupIngress",
                {{"GroupId", group}, {"IpPermissions", std::move(permissions)}});
    instance = Launch();
    engine.Call("ec2", "ModifyInstanceAttribute",
                {{"InstanceId", instance}, {"Groups", Array{group}}});
  }
  void CreateFromPack(const std::string& name) {
    std::ifstream file("packs/security-response/runbooks/" + name + ".yaml");
    std::stringstream text;
    text << file.rdbuf();
    CreateRunbook(name, text.str());
  }
  Object About(const std::string& kind, const std::string& id) {
    const Array resources{Object{{"Id", engine.Arn("ec2", kind + "/" + id)}}};
    return {{"Resources", Array{json::Serialize(resources)}},
            {"AutomationAssumeRole", Array{role}}};
  }
  /// "22x2 443x2": the open ports, with the number of sources.
  std::string OpenPorts() {
    const Object reply = engine.Call("ec2", "DescribeSecurityGroups", {{"GroupIds", Array{group}}});
    std::map<int64_t, size_t> ports;
    const json::Value& permissions = reply.at("SecurityGroups").at(0).at("IpPermissions");
    for (const json::Value& permission : permissions.as_array()) {
      ports[json::GetInt(permission.as_object(), "FromPort")] =
          permission.at("IpRanges").as_array().size() +
          permission.at("Ipv6Ranges").as_array().size();
    }
    std::string out;
    for (const auto& [port, sources] : ports) {
      out += (out.empty() ? "" : " ") + std::to_string(port) + "x" + std::to_string(sources);
    }
    return out;
  }
  std::string Seen() {
    std::string out = StateOf(instance);
    const json::Value shown = Instance(instance);
    const Array& interfaces = shown.at("NetworkInterfaces").as_array();
    for (const json::Value& interface : interfaces) {
      for (const json::Value& one : interface.at("Groups").as_array()) {
        out += " " + Text(one.at("GroupName"));
      }
    }
    for (const json::Value& tag : shown.at("Tags").as_array()) out += " " + Text(tag.at("Key"));
    return out;
  }
  void NameNobody(Object& parameters) {
    parameters["Resources"] = About("instance", "i-00000000000000000").at("Resources");
  }

  std::string role;
  std::string group;
  std::string instance;
};

TEST_F(PackRunbooksTest, BlockNetworkAccessOfAnInstance) {
  CreateFromPack("Riposte-BlockNetworkAccess");
  Check({.document = "Riposte-BlockNetworkAccess",
         .prepare = [&] { return About("instance", instance); },
         .look = [&] { return OpenPorts(); },
         .before = "22x2 443x2 5432x2",
         .after = "",
         .spoil = [&](Object& p) { NameNobody(p); },
         .failure = "InvalidInstanceID.NotFound"});
}

TEST_F(PackRunbooksTest, BlockNetworkAccessOfAGroup) {
  CreateFromPack("Riposte-BlockNetworkAccess");
  Check({.document = "Riposte-BlockNetworkAccess",
         .prepare = [&] { return About("security-group", group); },
         .look = [&] { return OpenPorts(); },
         .before = "22x2 443x2 5432x2",
         .after = "",
         .spoil = [&](Object& p) { p["Resources"] = Array{R"([{"Id":"arn:aws:s3:::b"}])"}; },
         .failure = "The finding names no security group and no instance."});
}

TEST_F(PackRunbooksTest, FixSecurityGroup) {
  CreateFromPack("Riposte-FixSecurityGroup");
  Check({.document = "Riposte-FixSecurityGroup",
         .prepare = [&] { return About("security-group", group); },
         .look = [&] { return OpenPorts(); },
         .before = "22x2 443x2 5432x2",
         .after = "443x2",
         .spoil = [&](Object& p) { NameNobody(p); },
         .failure = "The finding names no security group."});
}

TEST_F(PackRunbooksTest, IsolateInstance) {
  CreateFromPack("Riposte-IsolateInstance");
  Check({.document = "Riposte-IsolateInstance",
         .prepare = [&] { return About("instance", instance); },
         .look = [&] { return Seen(); },
         .before = "running web",
         .after = "running riposte-quarantine riposte:security-groups",
         .spoil = [&](Object& p) { NameNobody(p); },
         .failure = "InvalidInstanceID.NotFound"});
}

TEST_F(PackRunbooksTest, QuarantineInstance) {
  CreateFromPack("Riposte-QuarantineInstance");
  const auto look = [&] {
    return Seen() + ", " +
           std::to_string(
               engine.Call("ec2", "DescribeSnapshots").at("Snapshots").as_array().size()) +
           " snapshots";
  };
  Check({.document = "Riposte-QuarantineInstance",
         .prepare = [&] { return About("instance", instance); },
         .look = look,
         .before = "running web, 0 snapshots",
         .after = "stopped web, 1 snapshots",
         .undone = "running web, 1 snapshots",
         .spoil = [&](Object& p) { NameNobody(p); },
         .failure = "InvalidInstanceID.NotFound"});
}

TEST_F(PackRunbooksTest, EnableEncryptionOfAVolume) {
  CreateFromPack("Riposte-EnableEncryption");
  const auto disk = [&] {
    return Instance(instance).at("BlockDeviceMappings").at(0).at("Ebs").at("VolumeId");
  };
  const json::Value old = disk();
  Check({.document = "Riposte-EnableEncryption",
         .prepare = [&] { return About("volume", Text(old)); },
         .look =
             [&] {
               const Object volumes =
                   engine.Call("ec2", "DescribeVolumes", {{"VolumeIds", Array{disk()}}});
               return StateOf(instance) + " from " + (disk() == old ? "the old, " : "a new, ") +
                      json::Serialize(volumes.at("Volumes").at(0).at("Encrypted"));
             },
         .before = "running from the old, false",
         .after = "running from a new, true",
         .no_undo = "What was written to the new volume would be lost. The old one is kept: see "
                    "its tag riposte:replaced-by.",
         .spoil = [&](Object& p) { NameNobody(p); },
         .failure = "The finding names no volume and no bucket."});
}

TEST_F(PackRunbooksTest, EnableEncryptionOfABucket) {
  CreateFromPack("Riposte-EnableEncryption");
  const auto put = [&](const char* algorithm) {
    const Object by_default{{"SSEAlgorithm", algorithm}};
    engine.Call(
        "s3", "PutBucketEncryption",
        {{"Bucket", "ledger"},
         {"ServerSideEncryptionConfiguration",
          Object{{"Rules", Array{Object{{"ApplyServerSideEncryptionByDefault", by_default}}}}}}});
  };
  engine.Call("s3", "CreateBucket", {{"Bucket", "ledger"}});
  put("aws:kms");
  Check({.document = "Riposte-EnableEncryption",
         .prepare =
             [&] {
               Object parameters = About("instance", instance);
               parameters["Resources"] = Array{R"([{"Id":"arn:aws:s3:::ledger"}])"};
               return parameters;
             },
         .look =
             [&] {
               return Text(engine.Call("s3", "GetBucketEncryption", {{"Bucket", "ledger"}})
                               .at("ServerSideEncryptionConfiguration")
                               .at("Rules")
                               .at(0)
                               .at("ApplyServerSideEncryptionByDefault")
                               .at("SSEAlgorithm"));
             },
         .before = "aws:kms",
         .after = "AES256",
         .spoil = [](Object& p) { p["Resources"] = Array{R"([{"Id":"arn:aws:s3:::nobody"}])"}; },
         .failure = "NoSuchBucket"});
}

}  // namespace
}  // namespace riposte::app::testing
