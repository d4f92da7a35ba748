#include <algorithm>

#include "services/ec2/ec2.h"
#include "services/ec2/input.h"

namespace riposte::ec2 {
namespace {

using estate::Network;
using estate::Resource;

constexpr std::pair<std::string_view, std::string_view> kInterfaceFilters[] = {
    {"attachment.attachment-id", "Attachment.AttachmentId"},
    {"attachment.instance-id", "Attachment.InstanceId"},
    {"attachment.device-index", "Attachment.DeviceIndex"},
    {"availability-zone", "AvailabilityZone"},
    {"description", "Description"},
    {"group-id", "Groups.GroupId"},
    {"group-name", "Groups.GroupName"},
    {"network-interface-id", "NetworkInterfaceId"},
    {"private-ip-address", "PrivateIpAddress"},
    {"status", "Status"},
    {"subnet-id", "SubnetId"},
    {"vpc-id", "VpcId"},
};
constexpr std::pair<std::string_view, std::string_view> kVpcFilters[] = {
    {"cidr", "CidrBlock"},   {"is-default", "IsDefault"}, {"isDefault", "IsDefault"},
    {"owner-id", "OwnerId"}, {"state", "State"},          {"vpc-id", "VpcId"},
};
constexpr std::pair<std::string_view, std::string_view> kSubnetFilters[] = {
    {"availability-zone", "AvailabilityZone"},
    {"cidr-block", "CidrBlock"},
    {"default-for-az", "DefaultForAz"},
    {"defaultForAz", "DefaultForAz"},
    {"owner-id", "OwnerId"},
    {"state", "State"},
    {"subnet-id", "SubnetId"},
    {"vpc-id", "VpcId"},
};
constexpr std::pair<std::string_view, std::string_view> kRegionFilters[] = {
    {"endpoint", "Endpoint"},
    {"opt-in-status", "OptInStatus"},
    {"region-name", "RegionName"},
};
constexpr std::pair<std::string_view, std::string_view> kZoneFilters[] = {
    {"region-name", "RegionName"}, {"state", "State"},        {"zone-id", "ZoneId"},
    {"zone-name", "ZoneName"},     {"zone-type", "ZoneType"},
};

/// The regions that need no opting in.
constexpr std::string_view kRegions[] = {
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1",
    "ap-southeast-2", "ca-central-1",   "eu-central-1",   "eu-north-1", "eu-west-1",
    "eu-west-2",      "eu-west-3",      "sa-east-1",      "us-east-1",  "us-east-2",
    "us-west-1",      "us-west-2"};

}  // namespace

json::Value Ec2Service::DescribeNetworkInterfaces(const Call& call, Tx& tx) {
  auto listed = Select(
      call, tx, estate::kind::kNetworkInterface,
      json::GetStrings(call.input, "NetworkInterfaceIds"),
      [&](const std::string& id) { return Network::RequireInterface(tx, call.scope, id); },
      kInterfaceFilters, [](const Resource& interface) { return interface.Public(); });
  return Page(call.input, "NetworkInterfaces", std::move(listed));
}

json::Value Ec2Service::ModifyNetworkInterfaceAttribute(const Call& call, Tx& tx) {
  estate::Act act = ActOf(call, tx);
  Resource interface =
      Network::RequireInterface(tx, call.scope, RequireText(call.input, "NetworkInterfaceId"));
  if (const auto ids = json::GetStrings(call.input, "Groups"); !ids.empty()) {
    std::vector<Resource> groups;
    for (const std::string& id : ids) {
      groups.push_back(Network::RequireGroup(tx, call.scope, id));
    }
    estate_.network().SetInterfaceGroups(act, interface, groups);
    return json::Object();
  }
  if (const json::Object* given = json::GetObject(call.input, "Description")) {
    interface.document["Description"] = Text(*given, "Value");
  } else if (const json::Object* check = json::GetObject(call.input, "SourceDestCheck")) {
    interface.document["SourceDestCheck"] = json::GetBool(*check, "Value");
  } else {
    throw api::Error("InvalidParameterCombination", "No attributes specified.");
  }
  estate_.core().Put(act, interface);
  return json::Object();
}

json::Value Ec2Service::DescribeVpcs(const Call& call, Tx& tx) {
  auto listed = Select(
      call, tx, estate::kind::kVpc, json::GetStrings(call.input, "VpcIds"),
      [&](const std::string& id) { return Network::RequireVpc(tx, call.scope, id); }, kVpcFilters,
      [](const Resource& vpc) { return vpc.Public(); });
  return Page(call.input, "Vpcs", std::move(listed));
}

json::Value Ec2Service::DescribeSubnets(const Call& call, Tx& tx) {
  auto listed = Select(
      call, tx, estate::kind::kSubnet, json::GetStrings(call.input, "SubnetIds"),
      [&](const std::string& id) { return Network::RequireSubnet(tx, call.scope, id); },
      kSubnetFilters, [](const Resource& subnet) { return subnet.Public(); });
  return Page(call.input, "Subnets", std::move(listed));
}

json::Value Ec2Service::DescribeRegions(const Call& call, Tx& /*tx*/) {
  const Filters filters(call.input, kRegionFilters);
  std::vector<std::string> wanted = json::GetStrings(call.input, "RegionNames");
  json::Array out;
  for (const std::string_view region : kRegions) {
    const bool named = json::Find(call.input, "RegionNames") == nullptr ||
                       std::erase(wanted, std::string(region)) > 0;
    json::Object document{{"RegionName", region},
                          {"Endpoint", "ec2." + std::string(region) + ".amazonaws.com"},
                          {"OptInStatus", "opt-in-not-required"}};
    if (named && filters.Match(document)) out.push_back(std::move(document));
  }
  if (!wanted.empty()) {
    throw api::Error("InvalidParameterValue", "Invalid region provided: " + wanted.front());
  }
  return json::Object{{"Regions", std::move(out)}};
}

json::Value Ec2Service::DescribeAvailabilityZones(const Call& call, Tx& /*tx*/) {
  const Filters filters(call.input, kZoneFilters);
  std::vector<std::string> wanted = json::GetStrings(call.input, "ZoneNames");
  const std::string& region = call.scope.region.str();
  json::Array out;
  for (char letter = 'a'; letter <= 'c'; ++letter) {
    const std::string name = region + letter;
    const bool named =
        json::Find(call.input, "ZoneNames") == nullptr || std::erase(wanted, name) > 0;
    json::Object document{{"ZoneName", name},
                          {"ZoneId", region + "-az" + static_cast<char>('1' + letter - 'a')},
                          {"RegionName", region},
                          {"GroupName", region},
                          {"NetworkBorderGroup", region},
                          {"State", "available"},
                          {"OptInStatus", "opt-in-not-required"},
                          {"ZoneType", "availability-zone"},
                          {"Messages", json::Array()}};
    if (named && filters.Match(document)) out.push_back(std::move(document));
  }
  if (!wanted.empty()) {
    throw api::Error("InvalidParameterValue",
                     "Invalid availability zone: [" + wanted.front() + "]");
  }
  return json::Object{{"AvailabilityZones", std::move(out)}};
}

}  // namespace riposte::ec2
