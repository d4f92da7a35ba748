#include <algorithm>

#include "services/ec2/ec2.h"
#include "services/ec2/input.h"

namespace riposte::ec2 {
namespace {

using estate::Blocks;
using estate::Resource;

constexpr std::pair<std::string_view, std::string_view> kFilters[] = {
    {"attachment.attach-time", "@Attachments.AttachTime"},
    {"attachment.delete-on-termination", "Attachments.DeleteOnTermination"},
    {"attachment.device", "Attachments.Device"},
    {"attachment.instance-id", "Attachments.InstanceId"},
    {"attachment.status", "Attachments.State"},
    {"availability-zone", "AvailabilityZone"},
    {"create-time", "@CreateTime"},
    {"encrypted", "Encrypted"},
    {"size", "Size"},
    {"snapshot-id", "SnapshotId"},
    {"status", "State"},
    {"volume-id", "VolumeId"},
    {"volume-type", "VolumeType"},
};

/// The reply of attach and detach: the attachment itself.
json::Object AttachmentOf(const Resource& volume) {
  const json::Array* list = json::GetArray(volume.document, "Attachments");
  return list == nullptr || list->empty() ? json::Object() : list->front().as_object();
}

}  // namespace

json::Value Ec2Service::CreateVolume(const Call& call, Tx& tx) {
  estate::Act act = ActOf(call, tx);
  Blocks::NewVolume request;
  // The token names the volume, so that a repeated call finds the one that it made before.
  const std::string token = Text(call.input, "ClientToken");
  json::Object asked = call.input;
  asked.erase("ClientToken");
  const std::string fingerprint = estate::IdFor("request", json::Serialize(asked));
  if (!token.empty()) {
    request.id = estate::IdFor(
        "vol", call.scope.account.str() + "/" + call.scope.region.str() + "/" + token);
    if (const auto made = estate::Find(tx, call.scope, estate::kind::kVolume, request.id)) {
      const json::Object* internal = made->internal();
      if (internal == nullptr || json::GetString(*internal, "Request") != fingerprint) {
        throw api::Error("IdempotentParameterMismatch",
                         "The specified client token was used with other parameters before.");
      }
      return made->Public();
    }
  }
  // Checks that the zone exists.
  const std::string zone = RequireText(call.input, "AvailabilityZone");
  request.zone = estate::Network::RequireSubnet(tx, call.scope, "", zone).Get("AvailabilityZone");
  request.snapshot_id = Text(call.input, "SnapshotId");
  request.size_gib = json::GetInt(call.input, "Size");
  request.type = json::GetString(call.input, "VolumeType", "gp2");
  request.iops = json::GetInt(call.input, "Iops");
  request.throughput = json::GetInt(call.input, "Throughput");
  request.encrypted = json::GetBool(call.input, "Encrypted");
  request.kms_key_id = Text(call.input, "KmsKeyId");
  request.tags = TagsFor(call.input, estate::kind::kVolume);
  Resource volume = estate_.blocks().CreateVolume(act, request);
  if (!token.empty()) {
    volume.internal()["Request"] = fingerprint;
    estate_.core().Put(act, volume);
  }
  return volume.Public();
}

json::Value Ec2Service::DeleteVolume(const Call& call, Tx& tx) {
  estate::Act act = ActOf(call, tx);
  estate_.blocks().DeleteVolume(
      act, Blocks::RequireVolume(tx, call.scope, RequireText(call.input, "VolumeId")));
  return json::Object();
}

json::Value Ec2Service::AttachVolume(const Call& call, Tx& tx) {
  estate::Act act = ActOf(call, tx);
  Resource volume = Blocks::RequireVolume(tx, call.scope, RequireText(call.input, "VolumeId"));
  Resource instance =
      estate::Compute::Require(tx, call.scope, RequireText(call.input, "InstanceId"));
  estate_.blocks().Attach(act, volume, instance, {.device = RequireText(call.input, "Device")});
  return AttachmentOf(volume);
}

json::Value Ec2Service::DetachVolume(const Call& call, Tx& tx) {
  estate::Act act = ActOf(call, tx);
  Resource volume = Blocks::RequireVolume(tx, call.scope, RequireText(call.input, "VolumeId"));
  const json::Object attachment = AttachmentOf(volume);
  const std::string instance = Text(call.input, "InstanceId");
  const std::string device = Text(call.input, "Device");
  if (!attachment.empty() && ((!instance.empty() && instance != Text(attachment, "InstanceId")) ||
                              (!device.empty() && device != Text(attachment, "Device")))) {
    throw api::Error("InvalidAttachment.NotFound", "The volume '" + volume.id +
                                                       "' is not attached to instance '" +
                                                       instance + "' as device '" + device + "'.");
  }
  estate_.blocks().Detach(act, volume, /*at_once=*/false);
  return AttachmentOf(volume);
}

json::Value Ec2Service::ModifyVolume(const Call& call, Tx& tx) {
  estate::Act act = ActOf(call, tx);
  Resource volume = Blocks::RequireVolume(tx, call.scope, RequireText(call.input, "VolumeId"));
  const int64_t size = json::GetInt(volume.document, "Size");
  const int64_t wanted = json::GetInt(call.input, "Size", size);
  if (wanted < size) {
    throw api::Error("InvalidParameterValue", "New size cannot be smaller than existing size");
  }
  json::Object out{{"VolumeId", volume.id},
                   {"ModificationState", "completed"},
                   {"OriginalSize", size},
                   {"TargetSize", wanted},
                   {"OriginalVolumeType", volume.Get("VolumeType")},
                   {"Progress", 100},
                   {"StartTime", ToSeconds(call.now)},
                   {"EndTime", ToSeconds(call.now)}};
  volume.document["Size"] = wanted;
  for (const std::string_view member : {"VolumeType", "Iops", "Throughput"}) {
    if (const json::Value* value = json::Find(call.input, member)) {
      volume.document[member] = *value;
    }
  }
  out["TargetVolumeType"] = volume.Get("VolumeType");
  estate_.core().Put(act, volume);
  return json::Object{{"VolumeModification", std::move(out)}};
}

json::Value Ec2Service::DescribeVolumes(const Call& call, Tx& tx) {
  auto listed = Select(
      call, tx, estate::kind::kVolume, json::GetStrings(call.input, "VolumeIds"),
      [&](const std::string& id) { return Blocks::RequireVolume(tx, call.scope, id); }, kFilters,
      [](const Resource& volume) { return volume.Public(); });
  return Page(call.input, "Volumes", std::move(listed));
}

json::Value Ec2Service::EnableEbsEncryptionByDefault(const Call& call, Tx& tx) {
  estate::PutSetting(tx, call.scope, "ebs-encryption-by-default", "true");
  return json::Object{{"EbsEncryptionByDefault", true}};
}

json::Value Ec2Service::DisableEbsEncryptionByDefault(const Call& call, Tx& tx) {
  estate::PutSetting(tx, call.scope, "ebs-encryption-by-default", "false");
  return json::Object{{"EbsEncryptionByDefault", false}};
}

json::Value Ec2Service::GetEbsEncryptionByDefault(const Call& call, Tx& tx) {
  return json::Object{
      {"EbsEncryptionByDefault",
       estate::GetSetting(tx, call.scope, "ebs-encryption-by-default", "false") == "true"}};
}

json::Value Ec2Service::GetEbsDefaultKmsKeyId(const Call& call, Tx& tx) {
  return json::Object{{"KmsKeyId", Blocks::DefaultKey(tx, call.scope)}};
}

}  // namespace riposte::ec2
