#include "estate/blocks.h"

#include <algorithm>

#include "api/error.h"
#include "base/arn.h"

namespace riposte::estate {
namespace {

std::string SnapshotArn(const Scope& scope, const std::string& id) {
  // These ARNs have no account: "Amazon EBS event types", EBS user guide.
  return MakeArn("ec2", {AccountId(), scope.region}, "snapshot/" + id);
}

json::Object* AttachmentOf(Resource& volume) {
  json::Value& list = volume.document["Attachments"];
  if (!list.is_array() || list.as_array().empty()) return nullptr;
  return &list.as_array().front().as_object();
}

Resource Require(store::Transaction& tx, const Scope& scope, std::string_view kind,
                 std::string_view prefix, const std::string& id, std::string not_found,
                 std::string_view what) {
  if (!id.starts_with(prefix)) {
    throw api::Error("InvalidParameterValue", "Value (" + id + ") for parameter " +
                                                  std::string(what) + "Id is invalid. Expected: '" +
                                                  std::string(prefix) + "...'.");
  }
  auto found = Find(tx, scope, kind, id);
  if (!found) {
    throw api::Error(std::move(not_found),
                     "The " + std::string(what) + " '" + id + "' does not exist.");
  }
  return std::move(*found);
}

}  // namespace

Blocks::Blocks(Core& core) : core_(core) {
  core.SetAdvance(kind::kVolume, [this](Act& act, Resource& r) { AdvanceVolume(act, r); });
  core.SetAdvance(kind::kSnapshot, [this](Act& act, Resource& r) { AdvanceSnapshot(act, r); });
  core.SetAdvance(kind::kImage, [this](Act& act, Resource& r) { AdvanceImage(act, r); });
}

Resource Blocks::RequireVolume(store::Transaction& tx, const Scope& scope, const std::string& id) {
  return Require(tx, scope, kind::kVolume, "vol-", id, "InvalidVolume.NotFound", "volume");
}
Resource Blocks::RequireSnapshot(store::Transaction& tx, const Scope& scope,
                                 const std::string& id) {
  return Require(tx, scope, kind::kSnapshot, "snap-", id, "InvalidSnapshot.NotFound", "snapshot");
}
Resource Blocks::RequireImage(store::Transaction& tx, const Scope& scope, const std::string& id) {
  if (!id.starts_with("ami-")) {
    throw api::Error("InvalidAMIID.Malformed",
                     "Invalid id: \"" + id + "\" (expecting \"ami-...\")");
  }
  auto found = Find(tx, scope, kind::kImage, id);
  if (!found) {
    throw api::Error("InvalidAMIID.NotFound", "The image id '[" + id + "]' does not exist");
  }
  return std::move(*found);
}

std::string Blocks::DefaultKey(store::Transaction& tx, const Scope& scope) {
  return GetSetting(tx, scope, "ebs-default-key", MakeArn("kms", scope, "alias/aws/ebs"));
}

Resource Blocks::CreateVolume(Act& act, const NewVolume& request) {
  std::optional<Resource> snapshot;
  if (!request.snapshot_id.empty()) {
    snapshot = RequireSnapshot(act.tx, act.scope, request.snapshot_id);
    if (snapshot->Get("State") != "completed") {
      throw api::Error("IncorrectState", "Snapshot '" + snapshot->id + "' is not 'completed'.");
    }
  }
  const int64_t snapshot_size = snapshot ? json::GetInt(snapshot->document, "VolumeSize") : 0;
  const int64_t size = request.size_gib != 0 ? request.size_gib : snapshot_size;
  if (size <= 0) {
    throw api::Error("MissingParameter", "The request must contain the parameter size/snapshot");
  }
  if (size < snapshot_size) {
    throw api::Error("InvalidParameterValue",
                     "Volume of size " + std::to_string(size) + "GiB is smaller than snapshot '" +
                         snapshot->id + "', expect size >= " + std::to_string(snapshot_size) +
                         "GiB");
  }
  if (size > 65'536) {
    throw api::Error(
        "InvalidParameterValue",
        "Volume of " + std::to_string(size) + "GiB is too large for volume type " + request.type);
  }
  const bool encrypted =
      request.encrypted || (snapshot && json::GetBool(snapshot->document, "Encrypted")) ||
      GetSetting(act.tx, act.scope, "ebs-encryption-by-default", "false") == "true";
  if (!encrypted && !request.kms_key_id.empty()) {
    throw api::Error("InvalidParameterDependency",
                     "The parameter KmsKeyId requires the parameter Encrypted to be set.");
  }
  Resource volume{act.scope,
                  std::string(kind::kVolume),
                  request.id.empty() ? core_.NewId("vol") : request.id,
                  {},
                  {},
                  {}};
  volume.document = {{"VolumeId", volume.id},
                     {"Size", size},
                     {"SnapshotId", request.snapshot_id},
                     {"AvailabilityZone", request.zone},
                     {"State", request.ready ? "available" : "creating"},
                     {"CreateTime", ToSeconds(act.now)},
                     {"VolumeType", request.type},
                     {"Encrypted", encrypted},
                     {"MultiAttachEnabled", false},
                     {"Attachments", json::Array()},
                     {"Tags", request.tags}};
  if (encrypted) {
    std::string key = request.kms_key_id;
    if (key.empty() && snapshot) key = snapshot->Get("KmsKeyId");
    if (key.empty()) key = DefaultKey(act.tx, act.scope);
    volume.document["KmsKeyId"] = key;
  }
  int64_t iops = request.iops;
  if (iops == 0 && request.type == "gp3") iops = 3000;
  if (iops == 0 && request.type == "gp2") iops = std::clamp<int64_t>(size * 3, 100, 16'000);
  if (iops != 0) volume.document["Iops"] = iops;
  if (request.type == "gp3") {
    volume.document["Throughput"] = request.throughput != 0 ? request.throughput : 125;
  }
  if (request.ready) {
    core_.Put(act, volume);
  } else {
    core_.PutDue(act, volume, core_.timings().volume_create);
  }
  return volume;
}

void Blocks::DeleteVolume(Act& act, const Resource& volume) {
  Resource copy = volume;
  if (const json::Object* attachment = AttachmentOf(copy)) {
    throw api::Error("VolumeInUse", "Volume " + volume.id + " is currently attached to " +
                                        std::string(json::GetString(*attachment, "InstanceId")));
  }
  Erase(act.tx, volume);
}

void Blocks::SetMapping(Act& act, const Resource& volume, std::string_view status) {
  Resource copy = volume;
  const json::Object* attachment = AttachmentOf(copy);
  if (attachment == nullptr) return;
  auto instance =
      Find(act.tx, act.scope, kind::kInstance, json::GetString(*attachment, "InstanceId"));
  if (!instance) return;
  json::Value& value = instance->document["BlockDeviceMappings"];
  if (!value.is_array()) value = json::Array();
  json::Array& mappings = value.as_array();
  const auto at = std::ranges::find_if(mappings, [&](const json::Value& mapping) {
    const json::Object* ebs = json::GetObject(mapping.as_object(), "Ebs");
    return ebs != nullptr && json::GetString(*ebs, "VolumeId") == volume.id;
  });
  if (status == "detached") {
    if (at != mappings.end()) mappings.erase(at);
  } else if (at != mappings.end()) {
    at->as_object()["Ebs"].as_object()["Status"] = status;
  } else {
    mappings.push_back(json::Object{
        {"DeviceName", json::GetString(*attachment, "Device")},
        {"Ebs", json::Object{
                    {"VolumeId", volume.id},
                    {"Status", status},
                    {"AttachTime", json::GetDouble(*attachment, "AttachTime")},
                    {"DeleteOnTermination", json::GetBool(*attachment, "DeleteOnTermination")}}}});
  }
  core_.Put(act, *instance);
}

void Blocks::Attach(Act& act, Resource& volume, Resource& instance, const Attachment& attachment) {
  if (AttachmentOf(volume) != nullptr) {
    throw api::Error("VolumeInUse", volume.id + " is already attached to an instance");
  }
  if (volume.Get("State") != "available") {
    throw api::Error("IncorrectState", "Volume '" + volume.id + "' is not 'available'.");
  }
  const std::string state(json::GetString(*json::GetObject(instance.document, "State"), "Name"));
  if (state == "terminated" || state == "shutting-down") {
    throw api::Error("IncorrectState", "Instance '" + instance.id + "' is not 'running'.");
  }
  const json::Object* placement = json::GetObject(instance.document, "Placement");
  if (placement == nullptr ||
      json::GetString(*placement, "AvailabilityZone") != volume.Get("AvailabilityZone")) {
    throw api::Error("InvalidVolume.ZoneMismatch",
                     "The volume '" + volume.id +
                         "' is not in the same availability zone as instance '" + instance.id +
                         "'");
  }
  if (const json::Array* mappings = json::GetArray(instance.document, "BlockDeviceMappings")) {
    for (const json::Value& mapping : *mappings) {
      if (json::GetString(mapping.as_object(), "DeviceName") == attachment.device) {
        throw api::Error("InvalidParameterValue", "Invalid value '" + attachment.device +
                                                      "' for unixDevice. Attachment point " +
                                                      attachment.device + " is already in use");
      }
    }
  }
  volume.document["State"] = "in-use";
  const std::string_view status = attachment.ready ? "attached" : "attaching";
  volume.document["Attachments"] =
      json::Array{json::Object{{"VolumeId", volume.id},
                               {"InstanceId", instance.id},
                               {"Device", attachment.device},
                               {"State", status},
                               {"AttachTime", ToSeconds(act.now)},
                               {"DeleteOnTermination", attachment.delete_on_termination}}};
  if (attachment.ready) {
    core_.Put(act, volume);
  } else {
    core_.PutDue(act, volume, core_.timings().volume_attach);
  }
  SetMapping(act, volume, status);
  if (auto fresh = Find(act.tx, act.scope, kind::kInstance, instance.id)) {
    instance = std::move(*fresh);
  }
}

void Blocks::Detach(Act& act, Resource& volume, bool at_once) {
  json::Object* attachment = AttachmentOf(volume);
  if (attachment == nullptr) {
    throw api::Error("IncorrectState",
                     "Volume '" + volume.id + "' is in the '" + volume.Get("State") + "' state.");
  }
  if (at_once) {
    SetMapping(act, volume, "detached");
    volume.document["Attachments"] = json::Array();
    volume.document["State"] = "available";
    volume.due.reset();
    core_.Put(act, volume);
    return;
  }
  const std::string instance_id(json::GetString(*attachment, "InstanceId"));
  const auto instance = Find(act.tx, act.scope, kind::kInstance, instance_id);
  if (instance && instance->Get("RootDeviceName") == json::GetString(*attachment, "Device") &&
      json::GetString(*json::GetObject(instance->document, "State"), "Name") != "stopped") {
    throw api::Error("OperationNotPermitted", "Unable to detach root volume '" +
                                                  instance->Get("RootDeviceName") +
                                                  "' from instance '" + instance_id + "'");
  }
  (*attachment)["State"] = "detaching";
  core_.PutDue(act, volume, core_.timings().volume_detach);
  SetMapping(act, volume, "detaching");
}

void Blocks::AdvanceVolume(Act& act, Resource& volume) {
  json::Object* attachment = AttachmentOf(volume);
  if (attachment == nullptr) {
    if (volume.Get("State") == "creating") {
      volume.document["State"] = "available";
      core_.Emit(
          act, "EBS Volume Notification", MakeArn("ec2", act.scope, "volume/" + volume.id),
          {{"result", "available"}, {"cause", ""}, {"event", "createVolume"}, {"request-id", ""}});
    }
    core_.Put(act, volume);
    return;
  }
  const std::string_view state = json::GetString(*attachment, "State");
  if (state == "attaching") {
    (*attachment)["State"] = "attached";
    core_.Put(act, volume);
    SetMapping(act, volume, "attached");
  } else if (state == "detaching") {
    Detach(act, volume, /*at_once=*/true);
  } else {
    core_.Put(act, volume);
  }
}

Resource Blocks::CreateSnapshot(Act& act, const Resource& volume, const NewSnapshot& request) {
  Resource snapshot{act.scope,
                    std::string(kind::kSnapshot),
                    request.id.empty() ? core_.NewId("snap") : request.id,
                    {},
                    {},
                    {}};
  snapshot.document = {{"SnapshotId", snapshot.id},
                       {"VolumeId", volume.id},
                       {"VolumeSize", json::GetInt(volume.document, "Size")},
                       {"State", request.ready ? "completed" : "pending"},
                       {"Progress", request.ready ? "100%" : "0%"},
                       {"StartTime", ToSeconds(act.now)},
                       {"OwnerId", act.scope.account.str()},
                       {"Description", request.description},
                       {"StorageTier", "standard"},
                       {"Encrypted", json::GetBool(volume.document, "Encrypted")},
                       {"Tags", request.tags}};
  json::SetIfNotEmpty(snapshot.document, "KmsKeyId", volume.Get("KmsKeyId"));
  if (request.ready) {
    core_.Put(act, snapshot);
  } else {
    core_.PutDue(act, snapshot, core_.timings().snapshot_step);
  }
  return snapshot;
}

Resource Blocks::CopySnapshot(Act& act, const Resource& source, const NewSnapshot& request,
                              bool encrypted, const std::string& kms_key_id) {
  if (source.Get("State") != "completed") {
    throw api::Error("IncorrectState", "Snapshot '" + source.id + "' is not 'completed'.");
  }
  Resource copy{act.scope, std::string(kind::kSnapshot), core_.NewId("snap"), source.document, {},
                {}};
  copy.document.erase("Internal");
  copy.document.erase("CompletionTime");
  copy.document["SnapshotId"] = copy.id;
  copy.document["VolumeId"] = "vol-ffffffff";  // As the service marks copies.
  copy.document["State"] = "pending";
  copy.document["Progress"] = "0%";
  copy.document["StartTime"] = ToSeconds(act.now);
  copy.document["Description"] = request.description;
  copy.document["Tags"] = request.tags;
  copy.internal()["CopyOf"] = SnapshotArn(source.scope, source.id);
  if (encrypted || json::GetBool(source.document, "Encrypted")) {
    copy.document["Encrypted"] = true;
    copy.document["KmsKeyId"] = kms_key_id.empty() ? DefaultKey(act.tx, act.scope) : kms_key_id;
  }
  core_.PutDue(act, copy, core_.timings().snapshot_step);
  return copy;
}

void Blocks::AdvanceSnapshot(Act& act, Resource& snapshot) {
  const std::string progress = snapshot.Get("Progress");
  const int percent = std::min(100, std::atoi(progress.c_str()) + 25);
  snapshot.document["Progress"] = std::to_string(percent) + "%";
  if (percent < 100) {
    core_.PutDue(act, snapshot, core_.timings().snapshot_step);
    return;
  }
  snapshot.document["State"] = "completed";
  snapshot.document["CompletionTime"] = ToSeconds(act.now);
  const std::string copy_of(json::GetString(snapshot.internal(), "CopyOf"));
  core_.Put(act, snapshot);
  const std::string arn = SnapshotArn(act.scope, snapshot.id);
  const TimePoint start =
      FromMillis(static_cast<int64_t>(json::GetDouble(snapshot.document, "StartTime") * 1000.0));
  core_.Emit(act, "EBS Snapshot Notification", arn,
             {{"event", copy_of.empty() ? "createSnapshot" : "copySnapshot"},
              {"result", "succeeded"},
              {"cause", ""},
              {"request-id", ""},
              {"snapshot_id", arn},
              {"source", copy_of.empty() ? MakeArn("ec2", {AccountId(), act.scope.region},
                                                   "volume/" + snapshot.Get("VolumeId"))
                                         : copy_of},
              {"startTime", FormatIso8601(start)},
              {"endTime", FormatIso8601(act.now)}});
}

void Blocks::DeleteSnapshot(Act& act, const Resource& snapshot) {
  for (const Resource& image : List(act.tx, act.scope, kind::kImage)) {
    const json::Array* mappings = json::GetArray(image.document, "BlockDeviceMappings");
    if (mappings == nullptr) continue;
    for (const json::Value& mapping : *mappings) {
      const json::Object* ebs = json::GetObject(mapping.as_object(), "Ebs");
      if (ebs != nullptr && json::GetString(*ebs, "SnapshotId") == snapshot.id) {
        throw api::Error("InvalidSnapshot.InUse",
                         "The snapshot " + snapshot.id + " is currently in use by " + image.id);
      }
    }
  }
  Erase(act.tx, snapshot);
}

void Blocks::RequireFreeName(Act& act, const std::string& name) {
  for (const Resource& image : List(act.tx, act.scope, kind::kImage)) {
    if (image.Get("Name") == name) {
      throw api::Error("InvalidAMIName.Duplicate",
                       "AMI name " + name + " is already in use by AMI " + image.id);
    }
  }
}

Resource Blocks::CopyImage(Act& act, const Resource& source, const NewImage& request,
                           bool encrypted, const std::string& kms_key_id) {
  RequireFreeName(act, request.name);
  if (source.Get("State") != "available") {
    throw api::Error("InvalidAMIID.Unavailable",
                     "The image ID '" + source.id + "' is not available.");
  }
  Resource copy{act.scope, std::string(kind::kImage), core_.NewId("ami"), source.document, {}, {}};
  copy.document.erase("Internal");
  copy.document.erase("SourceInstanceId");
  for (json::Value& mapping : copy.document["BlockDeviceMappings"].as_array()) {
    json::Value* ebs = mapping.as_object().if_contains("Ebs");
    if (ebs == nullptr) continue;
    json::Object& disk = ebs->as_object();
    const Resource snapshot = CopySnapshot(
        act,
        RequireSnapshot(act.tx, source.scope, std::string(json::GetString(disk, "SnapshotId"))),
        {.description = "Copied for " + copy.id + " from " + source.id,
         .tags = request.snapshot_tags},
        encrypted, kms_key_id);
    disk["SnapshotId"] = snapshot.id;
    disk["Encrypted"] = json::GetBool(snapshot.document, "Encrypted");
  }
  copy.document["ImageId"] = copy.id;
  copy.document["Name"] = request.name;
  copy.document["Description"] = request.description;
  copy.document["State"] = "pending";
  copy.document["ImageLocation"] = act.scope.account.str() + "/" + request.name;
  copy.document["CreationDate"] = FormatIso8601(act.now, true);
  copy.document["Tags"] = request.tags;
  copy.document["SourceImageId"] = source.id;
  copy.document["SourceImageRegion"] = source.scope.region.str();
  core_.PutDue(act, copy, core_.timings().image);
  return copy;
}

Resource Blocks::CreateImage(Act& act, const Resource& instance, const NewImage& request) {
  RequireFreeName(act, request.name);
  Resource image{act.scope, std::string(kind::kImage), core_.NewId("ami"), {}, {}, {}};
  json::Array mappings;
  if (const json::Array* devices = json::GetArray(instance.document, "BlockDeviceMappings")) {
    for (const json::Value& device : *devices) {
      const json::Object& mapping = device.as_object();
      const json::Object* ebs = json::GetObject(mapping, "Ebs");
      if (ebs == nullptr) continue;
      const Resource volume =
          RequireVolume(act.tx, act.scope, std::string(json::GetString(*ebs, "VolumeId")));
      const Resource snapshot = CreateSnapshot(
          act, volume,
          {.description = "Created by CreateImage(" + instance.id + ") for " + image.id,
           .tags = request.snapshot_tags});
      mappings.push_back(json::Object{
          {"DeviceName", json::GetString(mapping, "DeviceName")},
          {"Ebs", json::Object{{"SnapshotId", snapshot.id},
                               {"VolumeSize", json::GetInt(volume.document, "Size")},
                               {"VolumeType", volume.Get("VolumeType")},
                               {"DeleteOnTermination", json::GetBool(*ebs, "DeleteOnTermination")},
                               {"Encrypted", json::GetBool(volume.document, "Encrypted")}}}});
    }
  }
  image.document = {{"ImageId", image.id},
                    {"Name", request.name},
                    {"Description", request.description},
                    {"State", "pending"},
                    {"OwnerId", act.scope.account.str()},
                    {"ImageLocation", act.scope.account.str() + "/" + request.name},
                    {"CreationDate", FormatIso8601(act.now, true)},
                    {"Architecture", instance.Get("Architecture")},
                    {"ImageType", "machine"},
                    {"Public", false},
                    {"RootDeviceName", instance.Get("RootDeviceName")},
                    {"RootDeviceType", "ebs"},
                    {"VirtualizationType", "hvm"},
                    {"Hypervisor", "xen"},
                    {"EnaSupport", true},
                    {"PlatformDetails", "Linux/UNIX"},
                    {"UsageOperation", "RunInstances"},
                    {"SourceInstanceId", instance.id},
                    {"BlockDeviceMappings", std::move(mappings)},
                    {"Tags", request.tags}};
  core_.PutDue(act, image, core_.timings().image);
  return image;
}

void Blocks::AdvanceImage(Act& act, Resource& image) {
  if (image.Get("State") != "pending") {
    core_.Put(act, image);
    return;
  }
  for (const json::Value& mapping : image.document["BlockDeviceMappings"].as_array()) {
    const json::Object* ebs = json::GetObject(mapping.as_object(), "Ebs");
    if (ebs == nullptr) continue;
    const auto snapshot =
        Find(act.tx, act.scope, kind::kSnapshot, json::GetString(*ebs, "SnapshotId"));
    if (snapshot && snapshot->Get("State") != "completed") {
      core_.PutDue(act, image, core_.timings().snapshot_step);
      return;
    }
  }
  image.document["State"] = "available";
  core_.Put(act, image);
  core_.Emit(
      act, "EC2 AMI State Change",
      MakeArn("ec2", {AccountId(), act.scope.region}, "image/" + image.id),
      {{"RequestId", ""}, {"State", "available"}, {"ImageId", image.id}, {"ErrorMessage", ""}});
}

}  // namespace riposte::estate
