#include <algorithm>
#include <map>

#include "services/ec2/ec2.h"
#include "services/ec2/input.h"

namespace riposte::ec2 {
namespace {

using estate::Compute;
using estate::Resource;

constexpr int kMaxInstancesPerCall = 100;  // Bounds one write transaction.

constexpr std::pair<std::string_view, std::string_view> kFilters[] = {
    {"architecture", "Architecture"},
    {"availability-zone", "Placement.AvailabilityZone"},
    {"block-device-mapping.device-name", "BlockDeviceMappings.DeviceName"},
    {"block-device-mapping.status", "BlockDeviceMappings.Ebs.Status"},
    {"block-device-mapping.volume-id", "BlockDeviceMappings.Ebs.VolumeId"},
    {"dns-name", "PublicDnsName"},
    {"group-id", "SecurityGroups.GroupId"},
    {"group-name", "SecurityGroups.GroupName"},
    {"iam-instance-profile.arn", "IamInstanceProfile.Arn"},
    {"image-id", "ImageId"},
    {"instance-id", "InstanceId"},
    {"instance-state-code", "State.Code"},
    {"instance-state-name", "State.Name"},
    {"instance-type", "InstanceType"},
    {"instance.group-id", "SecurityGroups.GroupId"},
    {"instance.group-name", "SecurityGroups.GroupName"},
    {"ip-address", "PublicIpAddress"},
    {"key-name", "KeyName"},
    {"launch-time", "@LaunchTime"},
    {"metadata-options.http-tokens", "MetadataOptions.HttpTokens"},
    {"network-interface.network-interface-id", "NetworkInterfaces.NetworkInterfaceId"},
    {"private-dns-name", "PrivateDnsName"},
    {"private-ip-address", "PrivateIpAddress"},
    {"root-device-name", "RootDeviceName"},
    {"subnet-id", "SubnetId"},
    {"vpc-id", "VpcId"},
};
constexpr std::pair<std::string_view, std::string_view> kStatusFilters[] = {
    {"availability-zone", "AvailabilityZone"},
    {"instance-state-code", "InstanceState.Code"},
    {"instance-state-name", "InstanceState.Name"},
    {"instance-status.status", "InstanceStatus.Status"},
    {"system-status.status", "SystemStatus.Status"},
};

json::Object ReservationOf(const Resource& instance, json::Array instances) {
  return {{"ReservationId", json::GetString(*instance.internal(), "ReservationId")},
          {"OwnerId", instance.scope.account.str()},
          {"Groups", json::Array()},
          {"Instances", std::move(instances)}};
}

std::vector<Compute::Device> DevicesOf(const json::Object& input) {
  std::vector<Compute::Device> out;
  const json::Array* mappings = json::GetArray(input, "BlockDeviceMappings");
  if (mappings == nullptr) return out;
  for (const json::Value& value : *mappings) {
    const json::Object& mapping = value.as_object();
    const json::Object* ebs = json::GetObject(mapping, "Ebs");
    if (ebs == nullptr) continue;
    Compute::Device device;
    device.name = RequireText(mapping, "DeviceName");
    device.volume.snapshot_id = json::GetString(*ebs, "SnapshotId");
    device.volume.size_gib = json::GetInt(*ebs, "VolumeSize");
    device.volume.type = json::GetString(*ebs, "VolumeType", "gp2");
    device.volume.iops = json::GetInt(*ebs, "Iops");
    device.volume.throughput = json::GetInt(*ebs, "Throughput");
    device.volume.encrypted = json::GetBool(*ebs, "Encrypted");
    device.volume.kms_key_id = json::GetString(*ebs, "KmsKeyId");
    device.delete_on_termination = json::GetBool(*ebs, "DeleteOnTermination", true);
    out.push_back(std::move(device));
  }
  return out;
}

/// {"InstanceId", "CurrentState", "PreviousState"}
json::Object StateChange(const Resource& instance, const std::string& before) {
  return {{"InstanceId", instance.id},
          {"CurrentState", estate::InstanceState(Compute::StateOf(instance))},
          {"PreviousState", estate::InstanceState(before)}};
}

std::vector<std::string> InstanceIds(const json::Object& input) {
  std::vector<std::string> ids = json::GetStrings(input, "InstanceIds");
  if (ids.empty()) {
    throw api::Error("MissingParameter", "The request must contain the parameter InstanceId");
  }
  return ids;
}

}  // namespace

json::Value Ec2Service::RunInstances(const Call& call, Tx& tx) {
  const json::Object& input = call.input;
  estate::Act act = ActOf(call, tx);
  // A repeated client token names the reservation that it made before.
  const std::string token = Text(input, "ClientToken");
  if (!token.empty()) {
    json::Array again;
    std::optional<Resource> first;
    for (const Resource& instance : estate::List(tx, call.scope, estate::kind::kInstance)) {
      if (instance.Get("ClientToken") != token) continue;
      if (!first) first = instance;
      again.push_back(Compute::Describe(tx, instance));
    }
    if (first) return ReservationOf(*first, std::move(again));
  }
  const int64_t least = json::GetInt(input, "MinCount", 1);
  const int64_t most = json::GetInt(input, "MaxCount", least);
  if (least < 1 || most < least) {
    throw api::Error("InvalidParameterValue",
                     "Value (" + std::to_string(least) + ") for parameter minCount is invalid.");
  }
  if (least > kMaxInstancesPerCall) {
    throw api::Error("InstanceLimitExceeded",
                     "You have requested more instances (" + std::to_string(least) +
                         ") than your current instance limit of " +
                         std::to_string(kMaxInstancesPerCall) + " allows.");
  }
  Compute::Launch launch;
  launch.image_id = RequireText(input, "ImageId");
  launch.instance_type = json::GetString(input, "InstanceType", "m1.small");
  launch.count = static_cast<int>(std::min<int64_t>(most, kMaxInstancesPerCall));
  launch.subnet_id = Text(input, "SubnetId");
  if (const json::Object* placement = json::GetObject(input, "Placement")) {
    launch.zone = Text(*placement, "AvailabilityZone");
  }
  launch.group_ids = json::GetStrings(input, "SecurityGroupIds");
  launch.private_ip = Text(input, "PrivateIpAddress");
  if (const json::Array* interfaces = json::GetArray(input, "NetworkInterfaces");
      interfaces != nullptr && !interfaces->empty()) {
    const json::Object& first = interfaces->front().as_object();
    if (launch.subnet_id.empty()) launch.subnet_id = Text(first, "SubnetId");
    for (const std::string& id : json::GetStrings(first, "Groups")) launch.group_ids.push_back(id);
    if (launch.private_ip.empty()) launch.private_ip = Text(first, "PrivateIpAddress");
  }
  for (const std::string& name : json::GetStrings(input, "SecurityGroups")) {
    launch.group_ids.push_back(estate::Network::RequireGroupByName(tx, call.scope, name).id);
  }
  launch.key_name = Text(input, "KeyName");
  launch.user_data = Text(input, "UserData");
  launch.disable_api_termination = json::GetBool(input, "DisableApiTermination");
  launch.devices = DevicesOf(input);
  if (const json::Object* profile = json::GetObject(input, "IamInstanceProfile")) {
    launch.profile_arn = Text(*profile, "Arn");
    if (launch.profile_arn.empty()) {
      launch.profile_arn =
          MakeGlobalArn("iam", call.scope.account, "instance-profile/" + Text(*profile, "Name"));
    }
  }
  if (const json::Object* monitoring = json::GetObject(input, "Monitoring")) {
    launch.monitoring = json::GetBool(*monitoring, "Enabled");
  }
  if (const json::Object* options = json::GetObject(input, "MetadataOptions")) {
    launch.metadata_options = *options;
  }
  launch.tags = TagsFor(input, estate::kind::kInstance);
  launch.volume_tags = TagsFor(input, estate::kind::kVolume);
  launch.interface_tags = TagsFor(input, estate::kind::kNetworkInterface);

  std::vector<Resource> instances = estate_.compute().Run(act, launch);
  json::Array documents;
  for (Resource& instance : instances) {
    if (!token.empty()) {
      instance.document["ClientToken"] = token;
      estate_.core().Put(act, instance);
    }
    documents.push_back(Compute::Describe(tx, instance));
  }
  return ReservationOf(instances.front(), std::move(documents));
}

json::Value Ec2Service::DescribeInstances(const Call& call, Tx& tx) {
  const std::vector<std::string> ids = json::GetStrings(call.input, "InstanceIds");
  if (!ids.empty() && json::Find(call.input, "MaxResults") != nullptr) {
    throw api::Error("InvalidParameterCombination",
                     "The parameter instancesSet cannot be used with the parameter maxResults");
  }
  if (!ids.empty()) static_cast<void>(Compute::RequireAll(tx, call.scope, ids));
  std::map<std::string, std::string> reservations;  // instance -> reservation
  auto listed = Select(
      call, tx, estate::kind::kInstance, ids,
      [&](const std::string& id) { return Compute::Require(tx, call.scope, id); }, kFilters,
      [&](const Resource& instance) {
        reservations[instance.id] = json::GetString(*instance.internal(), "ReservationId");
        return Compute::Describe(tx, instance);
      });
  json::Object page = Page(call.input, "Instances", std::move(listed));
  // Instances of one reservation that are on the same page stand together.
  json::Array out;
  std::map<std::string, size_t> places;
  for (json::Value& value : page["Instances"].as_array()) {
    const std::string& id = reservations[Text(value.as_object(), "InstanceId")];
    const auto [place, added] = places.try_emplace(id, out.size());
    if (added) {
      out.push_back(json::Object{{"ReservationId", id},
                                 {"OwnerId", call.scope.account.str()},
                                 {"Groups", json::Array()},
                                 {"Instances", json::Array()}});
    }
    out[place->second].as_object()["Instances"].as_array().push_back(std::move(value));
  }
  page.erase("Instances");
  page["Reservations"] = std::move(out);
  return page;
}

json::Value Ec2Service::DescribeInstanceStatus(const Call& call, Tx& tx) {
  const std::vector<std::string> ids = json::GetStrings(call.input, "InstanceIds");
  if (!ids.empty()) static_cast<void>(Compute::RequireAll(tx, call.scope, ids));
  const bool all = json::GetBool(call.input, "IncludeAllInstances");
  auto listed = Select(
      call, tx, estate::kind::kInstance, ids,
      [&](const std::string& id) { return Compute::Require(tx, call.scope, id); }, kStatusFilters,
      [&](const Resource& instance) {
        const std::string state = Compute::StateOf(instance);
        const std::string_view status = state == "running" ? "ok" : "not-applicable";
        json::Object summary{{"Status", status}};
        if (state == "running") {
          summary["Details"] =
              json::Array{json::Object{{"Name", "reachability"}, {"Status", "passed"}}};
        }
        return json::Object{
            {"InstanceId", instance.id},
            {"AvailabilityZone",
             json::GetString(*json::GetObject(instance.document, "Placement"), "AvailabilityZone")},
            {"InstanceState", estate::InstanceState(state)},
            {"InstanceStatus", summary},
            {"SystemStatus", summary},
            {"Events", json::Array()}};
      });
  if (!all) {
    std::erase_if(listed, [](const Listed& item) {
      return json::GetString(*json::GetObject(item.document, "InstanceState"), "Name") != "running";
    });
  }
  return Page(call.input, "InstanceStatuses", std::move(listed));
}

json::Value Ec2Service::StartInstances(const Call& call, Tx& tx) {
  estate::Act act = ActOf(call, tx);
  json::Array out;
  for (Resource& instance : Compute::RequireAll(tx, call.scope, InstanceIds(call.input))) {
    const std::string before = estate_.compute().StartInstance(act, instance);
    out.push_back(StateChange(instance, before));
  }
  return json::Object{{"StartingInstances", std::move(out)}};
}

json::Value Ec2Service::StopInstances(const Call& call, Tx& tx) {
  estate::Act act = ActOf(call, tx);
  json::Array out;
  for (Resource& instance : Compute::RequireAll(tx, call.scope, InstanceIds(call.input))) {
    const std::string before = estate_.compute().StopInstance(act, instance);
    out.push_back(StateChange(instance, before));
  }
  return json::Object{{"StoppingInstances", std::move(out)}};
}

json::Value Ec2Service::RebootInstances(const Call& call, Tx& tx) {
  estate::Act act = ActOf(call, tx);
  for (const Resource& instance : Compute::RequireAll(tx, call.scope, InstanceIds(call.input))) {
    estate_.compute().RebootInstance(act, instance);
  }
  return json::Object();
}

json::Value Ec2Service::TerminateInstances(const Call& call, Tx& tx) {
  estate::Act act = ActOf(call, tx);
  json::Array out;
  for (Resource& instance : Compute::RequireAll(tx, call.scope, InstanceIds(call.input))) {
    const std::string before = estate_.compute().TerminateInstance(act, instance);
    out.push_back(StateChange(instance, before));
  }
  return json::Object{{"TerminatingInstances", std::move(out)}};
}

}  // namespace riposte::ec2
