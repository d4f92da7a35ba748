#include "estate/compute.h"

#include <algorithm>

#include "api/error.h"
#include "base/arn.h"

namespace riposte::estate {
namespace {

int StateCode(std::string_view name) {
  if (name == "running") return 16;
  if (name == "shutting-down") return 32;
  if (name == "terminated") return 48;
  if (name == "stopping") return 64;
  if (name == "stopped") return 80;
  return 0;  // pending
}

std::string Quoted(const std::vector<std::string>& ids) {
  std::string out;
  for (const std::string& id : ids) out += (out.empty() ? "" : ", ") + id;
  return out;
}

std::vector<std::string> VolumesOf(const Resource& instance) {
  std::vector<std::string> ids;
  if (const json::Array* mappings = json::GetArray(instance.document, "BlockDeviceMappings")) {
    for (const json::Value& mapping : *mappings) {
      const json::Object* ebs = json::GetObject(mapping.as_object(), "Ebs");
      if (ebs != nullptr) ids.emplace_back(json::GetString(*ebs, "VolumeId"));
    }
  }
  return ids;
}

/// The devices of an image, with `over` in place of those of the same name. An image that the
/// estate does not hold counts as a public one with a root disk of 8 GiB.
std::vector<Compute::Device> DevicesFor(const std::optional<Resource>& image,
                                        const std::string& root,
                                        const std::vector<Compute::Device>& over) {
  std::vector<Compute::Device> devices;
  const json::Array* mappings =
      image ? json::GetArray(image->document, "BlockDeviceMappings") : nullptr;
  if (mappings != nullptr) {
    for (const json::Value& value : *mappings) {
      const json::Object* ebs = json::GetObject(value.as_object(), "Ebs");
      if (ebs == nullptr) continue;
      Compute::Device device;
      device.name = json::GetString(value.as_object(), "DeviceName");
      device.volume.snapshot_id = json::GetString(*ebs, "SnapshotId");
      device.volume.size_gib = json::GetInt(*ebs, "VolumeSize");
      device.volume.type = json::GetString(*ebs, "VolumeType", "gp3");
      device.delete_on_termination = json::GetBool(*ebs, "DeleteOnTermination", true);
      devices.push_back(std::move(device));
    }
  } else {
    Compute::Device device;
    device.name = root;
    device.volume.size_gib = 8;
    device.volume.type = "gp3";
    devices.push_back(std::move(device));
  }
  for (const Compute::Device& device : over) {
    const auto same = std::ranges::find(devices, device.name, &Compute::Device::name);
    if (same == devices.end()) {
      devices.push_back(device);
      continue;
    }
    const Compute::Device from_image = *same;
    *same = device;
    if (same->volume.size_gib == 0) same->volume.size_gib = from_image.volume.size_gib;
    if (same->volume.snapshot_id.empty()) {
      same->volume.snapshot_id = from_image.volume.snapshot_id;
    }
  }
  return devices;
}

}  // namespace

json::Object InstanceState(std::string_view name) {
  return {{"Code", StateCode(name)}, {"Name", name}};
}

Compute::Compute(Core& core, Network& network, Blocks& blocks)
    : core_(core), network_(network), blocks_(blocks) {
  core.SetAdvance(kind::kInstance, [this](Act& act, Resource& r) { Advance(act, r); });
}

Resource Compute::Require(store::Transaction& tx, const Scope& scope, const std::string& id) {
  std::vector<Resource> found = RequireAll(tx, scope, {id});
  return std::move(found.front());
}

std::vector<Resource> Compute::RequireAll(store::Transaction& tx, const Scope& scope,
                                          const std::vector<std::string>& ids) {
  std::vector<Resource> out;
  std::vector<std::string> missing;
  for (const std::string& id : ids) {
    if (!id.starts_with("i-") || !IsWellFormedId(id)) {
      throw api::Error("InvalidInstanceID.Malformed", "Invalid id: \"" + id + "\"");
    }
    if (std::ranges::find(out, id, &Resource::id) != out.end()) continue;  // Named twice.
    auto found = Find(tx, scope, kind::kInstance, id);
    if (found) {
      out.push_back(std::move(*found));
    } else {
      missing.push_back(id);
    }
  }
  if (missing.size() == 1) {
    throw api::Error("InvalidInstanceID.NotFound",
                     "The instance ID '" + missing.front() + "' does not exist");
  }
  if (!missing.empty()) {
    throw api::Error("InvalidInstanceID.NotFound",
                     "The instance IDs '" + Quoted(missing) + "' do not exist");
  }
  return out;
}

std::string Compute::StateOf(const Resource& instance) {
  const json::Object* state = json::GetObject(instance.document, "State");
  return state == nullptr ? "" : std::string(json::GetString(*state, "Name"));
}

std::vector<Resource> Compute::Run(Act& act, const Launch& launch) {
  if (!launch.image_id.starts_with("ami-") || !IsWellFormedId(launch.image_id)) {
    throw api::Error("InvalidAMIID.Malformed",
                     "Invalid id: \"" + launch.image_id + "\" (expecting \"ami-...\")");
  }
  const auto image = Find(act.tx, act.scope, kind::kImage, launch.image_id);
  if (image && image->Get("State") != "available") {
    throw api::Error("InvalidAMIID.Unavailable",
                     "The image id '[" + launch.image_id + "]' is not available");
  }
  const Resource subnet = Network::RequireSubnet(act.tx, act.scope, launch.subnet_id, launch.zone);
  const std::string zone = subnet.Get("AvailabilityZone");
  std::vector<Resource> groups;
  for (const std::string& id : launch.group_ids) {
    groups.push_back(Network::RequireGroup(act.tx, act.scope, id));
  }
  if (groups.empty()) {
    groups.push_back(Network::RequireGroupByName(act.tx, act.scope, "default"));
  }
  std::string root = image ? image->Get("RootDeviceName") : "/dev/xvda";
  if (root.empty()) root = "/dev/xvda";
  const std::vector<Device> devices = DevicesFor(image, root, launch.devices);
  const std::string reservation = core_.NewId("r");
  const bool arm = launch.instance_type.starts_with("t4g.") ||
                   launch.instance_type.find("g.") == 2;  // m6g., c7g., …

  std::vector<Resource> instances;
  for (int index = 0; index < launch.count; ++index) {
    Resource instance{act.scope,
                      std::string(kind::kInstance),
                      launch.id.empty() ? core_.NewId("i") : launch.id,
                      {},
                      {},
                      {}};
    const Resource interface =
        network_.CreateInterface(act, {.subnet = subnet,
                                       .groups = groups,
                                       .instance_id = instance.id,
                                       .private_ip = launch.count == 1 ? launch.private_ip : "",
                                       .tags = launch.interface_tags});
    json::Object metadata{{"State", "applied"},
                          {"HttpTokens", "optional"},
                          {"HttpPutResponseHopLimit", 1},
                          {"HttpEndpoint", "enabled"},
                          {"HttpProtocolIpv6", "disabled"},
                          {"InstanceMetadataTags", "disabled"}};
    for (const auto& [name, value] : launch.metadata_options) metadata[name] = value;
    instance.document = {
        {"InstanceId", instance.id},
        {"ImageId", launch.image_id},
        {"InstanceType", launch.instance_type},
        {"AmiLaunchIndex", index},
        {"LaunchTime", ToSeconds(act.now)},
        {"Placement",
         json::Object{{"AvailabilityZone", zone}, {"GroupName", ""}, {"Tenancy", "default"}}},
        {"Monitoring", json::Object{{"State", launch.monitoring ? "enabled" : "disabled"}}},
        {"SubnetId", subnet.id},
        {"VpcId", subnet.Get("VpcId")},
        {"PrivateIpAddress", interface.Get("PrivateIpAddress")},
        {"PrivateDnsName", interface.Get("PrivateDnsName")},
        {"PublicDnsName", ""},
        {"StateTransitionReason", ""},
        {"Architecture", arm ? "arm64" : "x86_64"},
        {"RootDeviceName", root},
        {"RootDeviceType", "ebs"},
        {"VirtualizationType", "hvm"},
        {"Hypervisor", "xen"},
        {"EbsOptimized", false},
        {"EnaSupport", true},
        {"SourceDestCheck", true},
        {"ClientToken", ""},
        {"BlockDeviceMappings", json::Array()},
        {"SecurityGroups", Network::GroupIdentifiers(groups)},
        {"MetadataOptions", std::move(metadata)},
        {"PlatformDetails", "Linux/UNIX"},
        {"Tags", launch.tags},
        {"Internal", json::Object{{"ReservationId", reservation},
                                  {"InterfaceIds", json::Array{json::Value(interface.id)}},
                                  {"DisableApiTermination", launch.disable_api_termination},
                                  {"UserData", launch.user_data}}}};
    json::SetIfNotEmpty(instance.document, "KeyName", launch.key_name);
    // The attachments look for the instance, so it is stored first.
    instance.document["State"] = InstanceState("pending");
    core_.Put(act, instance);
    if (!launch.profile_arn.empty()) AssociateProfile(act, instance, launch.profile_arn);
    for (const Device& device : devices) {
      Blocks::NewVolume request = device.volume;
      request.zone = zone;
      request.ready = true;
      for (const json::Value& tag : launch.volume_tags) {
        SetTag(request.tags, json::GetString(tag.as_object(), "Key"),
               json::GetString(tag.as_object(), "Value"));
      }
      Resource volume = blocks_.CreateVolume(act, request);
      blocks_.Attach(act, volume, instance,
                     {.device = device.name,
                      .delete_on_termination = device.delete_on_termination,
                      .ready = true});
    }
    Enter(act, instance, launch.state);
    instances.push_back(std::move(instance));
  }
  return instances;
}

/// Puts `instance` into `state`, announces it, and sets the time of what follows.
void Compute::Enter(Act& act, Resource& instance, std::string_view state) {
  instance.document["State"] = InstanceState(state);
  const bool by_user = state == "stopping" || state == "shutting-down";
  if (by_user) {
    instance.document["StateTransitionReason"] = "User initiated (" + FormatIso8601(act.now) + ")";
    instance.document["StateReason"] =
        json::Object{{"Code", "Client.UserInitiatedShutdown"},
                     {"Message", "Client.UserInitiatedShutdown: User initiated shutdown"}};
  } else if (state == "pending" || state == "running") {
    instance.document["StateTransitionReason"] = "";
    instance.document.erase("StateReason");
  }
  if (state == "running") {
    // From the block set aside for documentation (RFC 5737): never anyone's address.
    const std::string ip = "203.0.113." + std::to_string(1 + core_.random().Below(254));
    std::string dashed = ip;
    std::ranges::replace(dashed, '.', '-');
    instance.document["PublicIpAddress"] = ip;
    instance.document["PublicDnsName"] =
        "ec2-" + dashed + "." + act.scope.region.str() + ".compute.amazonaws.com";
  } else if (state != "pending" && state != "stopping") {
    instance.document.erase("PublicIpAddress");
    instance.document["PublicDnsName"] = "";
  }
  const Timings& timings = core_.timings();
  if (state == "pending") {
    core_.PutDue(act, instance, timings.launch);
  } else if (state == "stopping") {
    core_.PutDue(act, instance, timings.stop);
  } else if (state == "shutting-down") {
    core_.PutDue(act, instance, timings.terminate);
  } else if (state == "terminated") {
    core_.PutDue(act, instance, timings.terminated_record);
  } else {
    instance.due.reset();
    core_.Put(act, instance);
  }
  core_.Emit(act, "EC2 Instance State-change Notification",
             MakeArn("ec2", act.scope, "instance/" + instance.id),
             {{"instance-id", instance.id}, {"state", state}});
}

void Compute::Advance(Act& act, Resource& instance) {
  const std::string state = StateOf(instance);
  if (state == "pending") {
    Enter(act, instance, "running");
  } else if (state == "stopping") {
    Enter(act, instance, "stopped");
  } else if (state == "shutting-down") {
    Release(act, instance);
    Enter(act, instance, "terminated");
  } else if (state == "terminated") {
    Erase(act.tx, instance);
  } else {
    core_.Put(act, instance);
  }
}

/// Gives back what a terminated instance held.
void Compute::Release(Act& act, Resource& instance) {
  for (const std::string& id : VolumesOf(instance)) {
    auto volume = Find(act.tx, act.scope, kind::kVolume, id);
    if (!volume) continue;
    const json::Array* attachments = json::GetArray(volume->document, "Attachments");
    const bool remove = attachments != nullptr && !attachments->empty() &&
                        json::GetBool(attachments->front().as_object(), "DeleteOnTermination");
    blocks_.Detach(act, *volume, /*at_once=*/true);
    if (remove) Erase(act.tx, *volume);
  }
  for (const Resource& interface : InterfacesOf(act.tx, instance)) Erase(act.tx, interface);
  for (const Resource& association : List(act.tx, act.scope, kind::kProfileAssociation)) {
    if (association.Get("InstanceId") == instance.id) Erase(act.tx, association);
  }
  instance.document["BlockDeviceMappings"] = json::Array();
  instance.document["SecurityGroups"] = json::Array();
  for (const std::string_view gone : {"SubnetId", "VpcId", "PrivateIpAddress"}) {
    instance.document.erase(gone);
  }
  instance.document["PrivateDnsName"] = "";
}

std::string Compute::StartInstance(Act& act, Resource& instance) {
  const std::string before = StateOf(instance);
  if (before == "running" || before == "pending") return before;
  if (before != "stopped") {
    throw api::Error(
        "IncorrectInstanceState",
        "The instance '" + instance.id + "' is not in a state from which it can be started.");
  }
  instance.document["LaunchTime"] = ToSeconds(act.now);
  Enter(act, instance, "pending");
  return before;
}

std::string Compute::StopInstance(Act& act, Resource& instance) {
  const std::string before = StateOf(instance);
  if (before == "stopped" || before == "stopping") return before;
  if (before != "running") {
    throw api::Error(
        "IncorrectInstanceState",
        "This instance '" + instance.id + "' is not in a state from which it can be stopped.");
  }
  if (json::GetBool(instance.internal(), "DisableApiStop")) {
    throw api::Error("OperationNotPermitted",
                     "The instance '" + instance.id +
                         "' may not be stopped. Modify its 'disableApiStop' instance attribute "
                         "and try again.");
  }
  Enter(act, instance, "stopping");
  return before;
}

std::string Compute::TerminateInstance(Act& act, Resource& instance) {
  const std::string before = StateOf(instance);
  if (before == "terminated" || before == "shutting-down") return before;
  if (json::GetBool(instance.internal(), "DisableApiTermination")) {
    throw api::Error("OperationNotPermitted",
                     "The instance '" + instance.id +
                         "' may not be terminated. Modify its 'disableApiTermination' instance "
                         "attribute and try again.");
  }
  Enter(act, instance, "shutting-down");
  return before;
}

void Compute::RebootInstance(Act& /*act*/, const Resource& instance) {
  const std::string state = StateOf(instance);
  if (state != "running" && state != "pending") {
    throw api::Error(
        "IncorrectInstanceState",
        "The instance '" + instance.id + "' is not in a state from which it can be rebooted.");
  }
}

void Compute::SetGroups(Act& act, Resource& instance, const std::vector<std::string>& group_ids) {
  std::vector<Resource> groups;
  for (const std::string& id : group_ids) {
    groups.push_back(Network::RequireGroup(act.tx, act.scope, id));
  }
  std::vector<Resource> interfaces = InterfacesOf(act.tx, instance);
  if (!interfaces.empty()) {
    network_.SetInterfaceGroups(act, interfaces.front(), groups);
    instance = Require(act.tx, act.scope, instance.id);
    return;
  }
  throw api::Error("IncorrectInstanceState",
                   "The instance '" + instance.id + "' has no network interface.");
}

Resource Compute::AssociateProfile(Act& act, Resource& instance, const std::string& profile_arn) {
  const json::Object profile{
      {"Arn", profile_arn},
      {"Id", "AIPA" + core_.random().Pick(17, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}};
  instance.document["IamInstanceProfile"] = profile;
  core_.Put(act, instance);
  Resource association{
      act.scope, std::string(kind::kProfileAssociation), core_.NewId("iip-assoc"), {}, {}, {}};
  association.document = {{"AssociationId", association.id},
                          {"InstanceId", instance.id},
                          {"IamInstanceProfile", profile},
                          {"State", "associated"},
                          {"Timestamp", ToSeconds(act.now)}};
  core_.Put(act, association);
  return association;
}

std::vector<Resource> Compute::InterfacesOf(store::Transaction& tx, const Resource& instance) {
  std::vector<Resource> out;
  const json::Object* internal = instance.internal();
  if (internal == nullptr) return out;
  for (const std::string& id : json::GetStrings(*internal, "InterfaceIds")) {
    auto interface = Find(tx, instance.scope, kind::kNetworkInterface, id);
    if (interface) out.push_back(std::move(*interface));
  }
  return out;
}

json::Object Compute::Describe(store::Transaction& tx, const Resource& instance) {
  json::Object out = instance.Public();
  json::Array list;
  for (const Resource& interface : InterfacesOf(tx, instance)) list.push_back(interface.Public());
  out["NetworkInterfaces"] = std::move(list);
  return out;
}

}  // namespace riposte::estate
