#include <algorithm>

#include "services/ec2/ec2.h"
#include "services/ec2/input.h"

namespace riposte::ec2 {
namespace {

using estate::Blocks;
using estate::Resource;

constexpr std::pair<std::string_view, std::string_view> kSnapshotFilters[] = {
    {"description", "Description"},
    {"encrypted", "Encrypted"},
    {"owner-id", "OwnerId"},
    {"progress", "Progress"},
    {"snapshot-id", "SnapshotId"},
    {"start-time", "@StartTime"},
    {"status", "State"},
    {"volume-id", "VolumeId"},
    {"volume-size", "VolumeSize"},
};
constexpr std::pair<std::string_view, std::string_view> kImageFilters[] = {
    {"architecture", "Architecture"},
    {"block-device-mapping.snapshot-id", "BlockDeviceMappings.Ebs.SnapshotId"},
    {"description", "Description"},
    {"image-id", "ImageId"},
    {"image-type", "ImageType"},
    {"is-public", "Public"},
    {"name", "Name"},
    {"owner-id", "OwnerId"},
    {"root-device-type", "RootDeviceType"},
    {"source-instance-id", "SourceInstanceId"},
    {"state", "State"},
    {"virtualization-type", "VirtualizationType"},
};

/// True when `owners` (ids, "self", "amazon" …) include the account.
bool Owned(const std::vector<std::string>& owners, const Scope& scope) {
  return owners.empty() || std::ranges::any_of(owners, [&](const std::string& owner) {
           return owner == "self" || owner == scope.account.str();
         });
}

json::Object Described(const Resource& snapshot) {
  return snapshot.Public();
}

}  // namespace

json::Value Ec2Service::CreateSnapshot(const Call& call, Tx& tx) {
  estate::Act act = ActOf(call, tx);
  const Resource volume =
      Blocks::RequireVolume(tx, call.scope, RequireText(call.input, "VolumeId"));
  return Described(
      estate_.blocks().CreateSnapshot(act, volume,
                                      {.description = Text(call.input, "Description"),
                                       .tags = TagsFor(call.input, estate::kind::kSnapshot)}));
}

json::Value Ec2Service::CreateSnapshots(const Call& call, Tx& tx) {
  estate::Act act = ActOf(call, tx);
  const json::Object* specification = json::GetObject(call.input, "InstanceSpecification");
  if (specification == nullptr) {
    throw api::Error("MissingParameter",
                     "The request must contain the parameter InstanceSpecification");
  }
  const Resource instance =
      estate::Compute::Require(tx, call.scope, Text(*specification, "InstanceId"));
  const bool skip_root = json::GetBool(*specification, "ExcludeBootVolume");
  const bool copy_tags = Text(call.input, "CopyTagsFromSource") == "volume";
  const auto excluded = json::GetStrings(*specification, "ExcludeDataVolumeIds");
  json::Array out;
  const json::Array* mappings = json::GetArray(instance.document, "BlockDeviceMappings");
  if (mappings != nullptr) {
    for (const json::Value& value : *mappings) {
      const json::Object& mapping = value.as_object();
      if (skip_root && Text(mapping, "DeviceName") == instance.Get("RootDeviceName")) continue;
      const std::string id = Text(*json::GetObject(mapping, "Ebs"), "VolumeId");
      if (std::ranges::find(excluded, id) != excluded.end()) continue;
      const Resource volume = Blocks::RequireVolume(tx, call.scope, id);
      json::Array tags = TagsFor(call.input, estate::kind::kSnapshot);
      if (copy_tags) {
        for (const json::Value& tag : *json::GetArray(volume.document, "Tags")) {
          estate::SetTag(tags, Text(tag.as_object(), "Key"), Text(tag.as_object(), "Value"));
        }
      }
      out.push_back(Described(estate_.blocks().CreateSnapshot(
          act, volume, {.description = Text(call.input, "Description"), .tags = std::move(tags)})));
    }
  }
  return json::Object{{"Snapshots", std::move(out)}};
}

json::Value Ec2Service::CopySnapshot(const Call& call, Tx& tx) {
  estate::Act act = ActOf(call, tx);
  Scope from = call.scope;
  if (const std::string region = Text(call.input, "SourceRegion"); !region.empty()) {
    from.region = Region(region);
  }
  const Resource source =
      Blocks::RequireSnapshot(tx, from, RequireText(call.input, "SourceSnapshotId"));
  const Resource copy = estate_.blocks().CopySnapshot(
      act, source,
      {.description = Text(call.input, "Description"),
       .tags = TagsFor(call.input, estate::kind::kSnapshot)},
      json::GetBool(call.input, "Encrypted"), Text(call.input, "KmsKeyId"));
  return json::Object{{"SnapshotId", copy.id}, {"Tags", *json::Find(copy.document, "Tags")}};
}

json::Value Ec2Service::DeleteSnapshot(const Call& call, Tx& tx) {
  estate::Act act = ActOf(call, tx);
  estate_.blocks().DeleteSnapshot(
      act, Blocks::RequireSnapshot(tx, call.scope, RequireText(call.input, "SnapshotId")));
  return json::Object();
}

json::Value Ec2Service::DescribeSnapshots(const Call& call, Tx& tx) {
  auto listed = Select(
      call, tx, estate::kind::kSnapshot, json::GetStrings(call.input, "SnapshotIds"),
      [&](const std::string& id) { return Blocks::RequireSnapshot(tx, call.scope, id); },
      kSnapshotFilters, Described);
  if (!Owned(json::GetStrings(call.input, "OwnerIds"), call.scope)) listed.clear();
  return Page(call.input, "Snapshots", std::move(listed));
}

json::Value Ec2Service::ModifySnapshotAttribute(const Call& call, Tx& tx) {
  estate::Act act = ActOf(call, tx);
  Resource snapshot =
      Blocks::RequireSnapshot(tx, call.scope, RequireText(call.input, "SnapshotId"));
  json::Value& kept = snapshot.internal()["CreateVolumePermissions"];
  if (!kept.is_array()) kept = json::Array();
  json::Array& permissions = kept.as_array();
  const auto change = [&](const json::Object& who, bool add) {
    const auto at = std::ranges::find(permissions, json::Value(who));
    if (add && at == permissions.end()) permissions.push_back(who);
    if (!add && at != permissions.end()) permissions.erase(at);
  };
  bool changed = false;
  if (const json::Object* both = json::GetObject(call.input, "CreateVolumePermission")) {
    for (const bool add : {true, false}) {
      const json::Array* list = json::GetArray(*both, add ? "Add" : "Remove");
      if (list == nullptr) continue;
      for (const json::Value& who : *list) change(who.as_object(), add);
      changed = true;
    }
  }
  const std::string operation = Text(call.input, "OperationType");
  for (const std::string& user : json::GetStrings(call.input, "UserIds")) {
    change({{"UserId", user}}, operation != "remove");
    changed = true;
  }
  for (const std::string& group : json::GetStrings(call.input, "GroupNames")) {
    change({{"Group", group}}, operation != "remove");
    changed = true;
  }
  if (!changed) {
    throw api::Error("InvalidParameterCombination", "No attributes specified.");
  }
  const bool shared = std::ranges::any_of(permissions, [](const json::Value& who) {
    return json::GetString(who.as_object(), "Group") == "all";
  });
  if (shared && json::GetBool(snapshot.document, "Encrypted")) {
    throw api::Error("OperationNotPermitted",
                     "Encrypted snapshots with EBS default key cannot be shared");
  }
  estate_.core().Put(act, snapshot);
  return json::Object();
}

json::Value Ec2Service::DescribeSnapshotAttribute(const Call& call, Tx& tx) {
  const Resource snapshot =
      Blocks::RequireSnapshot(tx, call.scope, RequireText(call.input, "SnapshotId"));
  json::Object out{{"SnapshotId", snapshot.id}};
  if (RequireText(call.input, "Attribute") == "productCodes") {
    out["ProductCodes"] = json::Array();
    return out;
  }
  const json::Object* internal = snapshot.internal();
  const json::Array* permissions =
      internal == nullptr ? nullptr : json::GetArray(*internal, "CreateVolumePermissions");
  out["CreateVolumePermissions"] = permissions == nullptr ? json::Array() : *permissions;
  return out;
}

json::Value Ec2Service::CreateImage(const Call& call, Tx& tx) {
  estate::Act act = ActOf(call, tx);
  const Resource instance =
      estate::Compute::Require(tx, call.scope, RequireText(call.input, "InstanceId"));
  const std::string state = estate::Compute::StateOf(instance);
  if (state == "terminated" || state == "shutting-down") {
    throw api::Error("IncorrectInstanceState",
                     "The instance '" + instance.id + "' is not in a valid state for imaging.");
  }
  const std::string name = RequireText(call.input, "Name");
  if (name.size() < 3 || name.size() > 128) {
    throw api::Error("InvalidAMIName.Malformed",
                     "AMI names must be between 3 and 128 characters long.");
  }
  const Resource image =
      estate_.blocks().CreateImage(act, instance,
                                   {.name = name,
                                    .description = Text(call.input, "Description"),
                                    .tags = TagsFor(call.input, estate::kind::kImage),
                                    .snapshot_tags = TagsFor(call.input, estate::kind::kSnapshot)});
  return json::Object{{"ImageId", image.id}};
}

json::Value Ec2Service::CopyImage(const Call& call, Tx& tx) {
  estate::Act act = ActOf(call, tx);
  const Scope from{call.scope.account, Region(RequireText(call.input, "SourceRegion"))};
  const Resource source = Blocks::RequireImage(tx, from, RequireText(call.input, "SourceImageId"));
  // A repeated token names the copy that it made before.
  const std::string token = Text(call.input, "ClientToken");
  if (!token.empty()) {
    for (const Resource& image : estate::List(tx, call.scope, estate::kind::kImage)) {
      const json::Object* internal = image.internal();
      if (internal != nullptr && json::GetString(*internal, "CopyToken") == token) {
        return json::Object{{"ImageId", image.id}};
      }
    }
  }
  Blocks::NewImage request{.name = RequireText(call.input, "Name"),
                           .description = Text(call.input, "Description"),
                           .tags = TagsFor(call.input, estate::kind::kImage),
                           .snapshot_tags = TagsFor(call.input, estate::kind::kSnapshot)};
  if (json::GetBool(call.input, "CopyImageTags")) {
    for (const json::Value& tag : *json::GetArray(source.document, "Tags")) {
      estate::SetTag(request.tags, Text(tag.as_object(), "Key"), Text(tag.as_object(), "Value"));
    }
  }
  Resource copy = estate_.blocks().CopyImage(
      act, source, request, json::GetBool(call.input, "Encrypted"), Text(call.input, "KmsKeyId"));
  if (!token.empty()) {
    copy.internal()["CopyToken"] = token;
    estate_.core().Put(act, copy);
  }
  return json::Object{{"ImageId", copy.id}};
}

json::Value Ec2Service::DescribeImages(const Call& call, Tx& tx) {
  auto listed = Select(
      call, tx, estate::kind::kImage, json::GetStrings(call.input, "ImageIds"),
      [&](const std::string& id) { return Blocks::RequireImage(tx, call.scope, id); },
      kImageFilters, [](const Resource& image) { return image.Public(); });
  if (!Owned(json::GetStrings(call.input, "Owners"), call.scope)) listed.clear();
  return Page(call.input, "Images", std::move(listed));
}

json::Value Ec2Service::DeregisterImage(const Call& call, Tx& tx) {
  estate::Erase(tx, Blocks::RequireImage(tx, call.scope, RequireText(call.input, "ImageId")));
  return json::Object{{"Return", true}};
}

}  // namespace riposte::ec2
