#include "estate/seed.h"

#include <yaml-cpp/yaml.h>

#include <map>

#include "api/error.h"

namespace riposte::estate {
namespace {

constexpr size_t kMaxResources = 100'000;

[[noreturn]] void Refuse(const YAML::Node& where, const std::string& message) {
  throw api::Error("ValidationException",
                   "estate, line " + std::to_string(where.Mark().line + 1) + ": " + message);
}

std::string Text(const YAML::Node& node, const char* member, const std::string& fallback) {
  const YAML::Node value = node[member];
  if (!value.IsDefined()) return fallback;
  if (!value.IsScalar()) Refuse(value, std::string(member) + " must be text");
  return value.Scalar();
}

std::string Required(const YAML::Node& node, const char* member) {
  if (!node.IsMap()) Refuse(node, "expected a mapping");
  std::string text = Text(node, member, "");
  if (text.empty()) Refuse(node, std::string(member) + " is missing");
  return text;
}

int64_t Number(const YAML::Node& node, const char* member, int64_t fallback) {
  const YAML::Node value = node[member];
  if (!value.IsDefined()) return fallback;
  int64_t number = 0;
  if (!YAML::convert<int64_t>::decode(value, number)) {
    Refuse(value, std::string(member) + " must be a number");
  }
  return number;
}

bool Flag(const YAML::Node& node, const char* member) {
  const YAML::Node value = node[member];
  bool flag = false;
  if (value.IsDefined() && !YAML::convert<bool>::decode(value, flag)) {
    Refuse(value, std::string(member) + " must be true or false");
  }
  return flag;
}

YAML::Node ListOf(const YAML::Node& node, const char* member) {
  const YAML::Node list = node[member];
  if (list.IsDefined() && !list.IsSequence()) Refuse(list, std::string(member) + " must be a list");
  if (list.IsDefined() && list.size() > kMaxResources) Refuse(list, "too many");
  return list.IsDefined() ? list : YAML::Node(YAML::NodeType::Sequence);
}

json::Array TagsOf(const YAML::Node& node) {
  json::Array tags;
  const YAML::Node map = node["tags"];
  if (!map.IsDefined()) return tags;
  if (!map.IsMap()) Refuse(map, "tags must be a mapping");
  for (const auto& tag : map) SetTag(tags, tag.first.Scalar(), tag.second.Scalar());
  return tags;
}

/// One rule of a group as an IpPermission.
json::Object Permission(const YAML::Node& rule) {
  json::Object permission{{"IpProtocol", Text(rule, "protocol", "tcp")}};
  if (rule["from"].IsDefined()) permission["FromPort"] = Number(rule, "from", 0);
  if (rule["to"].IsDefined()) permission["ToPort"] = Number(rule, "to", 0);
  json::Array v4;
  json::Array v6;
  for (const YAML::Node& cidr : ListOf(rule, "cidrs")) {
    const std::string& text = cidr.Scalar();
    if (text.find(':') == std::string::npos) {
      v4.push_back(json::Object{{"CidrIp", text}});
    } else {
      v6.push_back(json::Object{{"CidrIpv6", text}});
    }
  }
  if (!v4.empty()) permission["IpRanges"] = std::move(v4);
  if (!v6.empty()) permission["Ipv6Ranges"] = std::move(v6);
  return permission;
}

void RefuseTaken(Act& act, std::string_view kind, const YAML::Node& node, const std::string& id) {
  if (Find(act.tx, act.scope, kind, id)) Refuse(node, id + " is there already");
}

class Loader {
 public:
  Loader(Estate& estate, Act& act) : estate_(estate), act_(act) {}

  void Group(const YAML::Node& node) {
    Network::NewGroup request;
    request.id = Required(node, "id");
    request.name = Required(node, "name");
    request.description = Text(node, "description", request.name);
    request.tags = TagsOf(node);
    RefuseTaken(act_, kind::kSecurityGroup, node, request.id);
    Resource group = estate_.network().CreateGroup(act_, request);
    json::Array permissions;
    for (const YAML::Node& rule : ListOf(node, "ingress")) permissions.push_back(Permission(rule));
    if (permissions.empty()) return;
    estate_.network().Authorize(
        act_, group, Network::RulesOf(act_.tx, group, permissions, /*egress=*/false), {});
  }

  void Volume(const YAML::Node& node) {
    Blocks::NewVolume volume;
    volume.id = Required(node, "id");
    volume.size_gib = Number(node, "size", 8);
    volume.type = Text(node, "type", "gp3");
    volume.encrypted = Flag(node, "encrypted");
    volume.zone = Text(node, "zone", act_.scope.region.str() + "a");
    volume.tags = TagsOf(node);
    volume.ready = true;
    RefuseTaken(act_, kind::kVolume, node, volume.id);
    if (!volumes_.emplace(volume.id, volume).second) Refuse(node, volume.id + " is named twice");
  }

  void Instance(const YAML::Node& node) {
    Compute::Launch launch;
    launch.id = Required(node, "id");
    launch.image_id = Text(node, "image", "ami-0d3a51f0c7b2e9000");
    launch.instance_type = Text(node, "type", "t3.micro");
    launch.state = Text(node, "state", "running");
    launch.zone = Text(node, "zone", act_.scope.region.str() + "a");
    launch.tags = TagsOf(node);
    RefuseTaken(act_, kind::kInstance, node, launch.id);
    for (const YAML::Node& group : ListOf(node, "security_groups")) {
      launch.group_ids.push_back(group.Scalar());
    }
    if (const YAML::Node devices = node["volumes"]; devices.IsDefined()) {
      if (!devices.IsMap()) Refuse(devices, "volumes must map device names to volume ids");
      for (const auto& entry : devices) {
        const auto volume = volumes_.extract(entry.second.Scalar());
        if (volume.empty()) Refuse(entry.second, "no such volume, or one that is attached already");
        launch.devices.push_back({entry.first.Scalar(), volume.mapped(), false});
      }
    }
    (void)estate_.compute().Run(act_, launch);
  }

  void LeftoverVolumes() {
    for (const auto& [id, volume] : volumes_) (void)estate_.blocks().CreateVolume(act_, volume);
  }

 private:
  Estate& estate_;
  Act& act_;
  std::map<std::string, Blocks::NewVolume> volumes_;  ///< Not attached yet.
};

}  // namespace

json::Object Seed::Load(store::Transaction& tx, const Scope& scope, std::string_view document,
                        TimePoint now) {
  YAML::Node root;
  try {
    root = YAML::Load(std::string(document));
  } catch (const YAML::Exception& error) {
    throw api::Error("ValidationException", std::string("estate: ") + error.what());
  }
  if (!root.IsMap()) Refuse(root, "expected a mapping");
  for (const auto& entry : root) {
    const std::string& key = entry.first.Scalar();
    if (key != "security_groups" && key != "volumes" && key != "instances" && key != "buckets") {
      Refuse(entry.first, "unknown key " + key);
    }
  }
  Act act{tx, scope, now, {}};
  Loader loader(estate_, act);
  const YAML::Node groups = ListOf(root, "security_groups");
  const YAML::Node volumes = ListOf(root, "volumes");
  const YAML::Node instances = ListOf(root, "instances");
  const YAML::Node buckets = ListOf(root, "buckets");
  for (const YAML::Node& node : groups) loader.Group(node);
  for (const YAML::Node& node : volumes) loader.Volume(node);
  for (const YAML::Node& node : instances) loader.Instance(node);
  loader.LeftoverVolumes();
  for (const YAML::Node& node : buckets) make_bucket_(act, Required(node, "name"));
  return {{"Instances", static_cast<int64_t>(instances.size())},
          {"Volumes", static_cast<int64_t>(volumes.size())},
          {"SecurityGroups", static_cast<int64_t>(groups.size())},
          {"Buckets", static_cast<int64_t>(buckets.size())}};
}

}  // namespace riposte::estate
