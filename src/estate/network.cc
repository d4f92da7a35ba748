#include "estate/network.h"

#include <algorithm>
#include <charconv>

#include "api/error.h"
#include "base/number.h"

namespace riposte::estate {
namespace {

constexpr size_t kRulesPerGroup = 60;  ///< For each direction; the quota of a new account.

api::Error NotFound(std::string code, std::string_view what, const std::string& id) {
  return {std::move(code), "The " + std::string(what) + " '" + id + "' does not exist"};
}

std::string_view ProtocolName(std::string_view given) {
  if (given == "6") return "tcp";
  if (given == "17") return "udp";
  if (given == "1") return "icmp";
  if (given == "58") return "icmpv6";
  if (given == "all") return "-1";
  return given;
}

bool HasPorts(std::string_view protocol) {
  return protocol == "tcp" || protocol == "udp";
}
bool IsIcmp(std::string_view protocol) {
  return protocol == "icmp" || protocol == "icmpv6";
}

/// Protocol and port range of a permission, checked.
json::Object RangeOf(const json::Object& permission) {
  std::string protocol(json::GetString(permission, "IpProtocol"));
  std::ranges::transform(protocol, protocol.begin(),
                         [](unsigned char c) { return std::tolower(c); });
  if (protocol.empty()) {
    throw api::Error("MissingParameter", "The request must contain the parameter ipProtocol");
  }
  protocol = ProtocolName(protocol);
  const bool number = protocol.find_first_not_of("0123456789") == std::string::npos;
  if (protocol != "-1" && !HasPorts(protocol) && !IsIcmp(protocol) &&
      !(number && protocol.size() <= 3 && std::stoi(protocol) <= 255)) {
    throw api::Error("InvalidParameterValue",
                     "Invalid value '" + protocol + "' for IP protocol. Unknown protocol.");
  }
  int64_t from = json::GetInt(permission, "FromPort", -1);
  int64_t to = json::GetInt(permission, "ToPort", -1);
  if (HasPorts(protocol)) {
    if (json::Find(permission, "FromPort") == nullptr ||
        json::Find(permission, "ToPort") == nullptr) {
      throw api::Error("InvalidParameterValue",
                       "Invalid value 'Must specify both from and to ports with TCP/UDP.' "
                       "for portRange.");
    }
    if (from == -1 && to == -1) {
      from = 0;
      to = 65535;
    }
    if (from < 0 || to > 65535 || from > to) {
      throw api::Error("InvalidParameterValue", "Invalid value '" + std::to_string(from) + "-" +
                                                    std::to_string(to) + "' for portRange.");
    }
  } else if (!IsIcmp(protocol)) {
    from = to = -1;
  }
  return {{"IpProtocol", protocol}, {"FromPort", from}, {"ToPort", to}};
}

bool IsPlausibleCidr6(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view address = text.substr(0, slash);
  const std::string_view bits = text.substr(slash + 1);
  return address.find(':') != std::string_view::npos &&
         address.find_first_not_of("0123456789abcdef:.") == std::string_view::npos &&
         !bits.empty() && bits.size() <= 3 &&
         bits.find_first_not_of("0123456789") == std::string_view::npos &&
         std::stoi(std::string(bits)) <= 128;
}

/// What makes two rules the same: direction, protocol, ports and peer; not the description.
std::string PeerOf(const json::Object& rule) {
  for (const std::string_view member : {"CidrIpv4", "CidrIpv6", "PrefixListId"}) {
    const std::string_view value = json::GetString(rule, member);
    if (!value.empty()) return std::string(value);
  }
  const json::Object* group = json::GetObject(rule, "ReferencedGroupInfo");
  return group == nullptr ? "" : std::string(json::GetString(*group, "GroupId"));
}

bool SameRule(const json::Object& a, const json::Object& b) {
  return json::GetBool(a, "IsEgress") == json::GetBool(b, "IsEgress") &&
         json::GetString(a, "IpProtocol") == json::GetString(b, "IpProtocol") &&
         json::GetInt(a, "FromPort") == json::GetInt(b, "FromPort") &&
         json::GetInt(a, "ToPort") == json::GetInt(b, "ToPort") && PeerOf(a) == PeerOf(b);
}

/// "peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, ALLOW"
std::string Spell(const json::Object& rule) {
  std::string protocol(json::GetString(rule, "IpProtocol"));
  std::ranges::transform(protocol, protocol.begin(),
                         [](unsigned char c) { return std::toupper(c); });
  if (protocol == "-1") return "peer: " + PeerOf(rule) + ", ALL, ALLOW";
  return "peer: " + PeerOf(rule) + ", " + protocol +
         ", from port: " + std::to_string(json::GetInt(rule, "FromPort")) +
         ", to port: " + std::to_string(json::GetInt(rule, "ToPort")) + ", ALLOW";
}

json::Array& MutableRules(Resource& group) {
  json::Value& rules = group.internal()["Rules"];
  if (!rules.is_array()) rules = json::Array();
  return rules.as_array();
}

const json::Array& ListOf(const json::Object& object, std::string_view name) {
  static const json::Array kNone;
  const json::Array* list = json::GetArray(object, name);
  return list == nullptr ? kNone : *list;
}

void EachObject(const json::Object& object, std::string_view name,
                const std::function<void(const json::Object&)>& each) {
  for (const json::Value& item : ListOf(object, name)) {
    if (item.is_object()) each(item.as_object());
  }
}

/// Addresses of a subnet are given out in turn, so that no list of those in use is needed; after
/// the last one it begins again. The default subnets are /20: 4 096 less the five reserved ones.
std::string NextAddress(Act& act, const Resource& subnet) {
  constexpr int64_t kReserved = 4;
  constexpr int64_t kUsable = 4091;
  const std::string setting = "addresses/" + subnet.id;
  const int64_t given = std::atoll(GetSetting(act.tx, act.scope, setting, "0").c_str());
  PutSetting(act.tx, act.scope, setting, std::to_string(given + 1));
  const int64_t host = kReserved + given % kUsable;
  const std::string cidr = subnet.Get("CidrBlock");
  const size_t second_dot = cidr.find('.', cidr.find('.') + 1);
  const int64_t base = std::atoll(cidr.c_str() + second_dot + 1);
  return cidr.substr(0, second_dot + 1) + std::to_string(base + host / 256) + "." +
         std::to_string(host % 256);
}

}  // namespace

std::string CanonicalCidr4(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return {};
  uint32_t address = 0;
  const char* at = text.data();
  const char* const end = text.data() + slash;
  for (int part = 0; part < 4; ++part) {
    unsigned value = 256;
    const auto [next, error] = std::from_chars(at, end, value);
    if (error != std::errc() || value > 255) return {};
    address = (address << 8) | value;
    at = next;
    if (part < 3) {
      if (at == end || *at != '.') return {};
      ++at;
    }
  }
  if (at != end) return {};
  const unsigned bits = ParseNumber<unsigned>(text.substr(slash + 1)).value_or(33);
  if (bits > 32) return {};
  address &= bits == 0 ? 0 : ~uint32_t{0} << (32 - bits);
  return std::to_string(address >> 24) + "." + std::to_string((address >> 16) & 255) + "." +
         std::to_string((address >> 8) & 255) + "." + std::to_string(address & 255) + "/" +
         std::to_string(bits);
}

Resource Network::RequireGroup(store::Transaction& tx, const Scope& scope, const std::string& id) {
  if (!id.starts_with("sg-")) {
    throw api::Error("InvalidGroupId.Malformed",
                     "Invalid id: \"" + id + "\" (expecting \"sg-...\")");
  }
  auto group = Find(tx, scope, kind::kSecurityGroup, id);
  if (!group) {
    throw api::Error("InvalidGroup.NotFound", "The security group '" + id + "' does not exist");
  }
  return std::move(*group);
}

Resource Network::RequireGroupByName(store::Transaction& tx, const Scope& scope,
                                     const std::string& name) {
  for (Resource& group : List(tx, scope, kind::kSecurityGroup)) {
    if (group.Get("GroupName") == name) return std::move(group);
  }
  throw api::Error("InvalidGroup.NotFound",
                   "The security group '" + name + "' does not exist in default VPC");
}

Resource Network::RequireInterface(store::Transaction& tx, const Scope& scope,
                                   const std::string& id) {
  auto found = Find(tx, scope, kind::kNetworkInterface, id);
  if (!found) {
    throw api::Error("InvalidNetworkInterfaceID.NotFound",
                     "The networkInterface ID '" + id + "' does not exist");
  }
  return std::move(*found);
}

Resource Network::RequireSubnet(store::Transaction& tx, const Scope& scope, const std::string& id,
                                const std::string& zone) {
  if (!id.empty()) {
    auto found = Find(tx, scope, kind::kSubnet, id);
    if (!found) throw NotFound("InvalidSubnetID.NotFound", "subnet ID", id);
    return std::move(*found);
  }
  for (Resource& subnet : List(tx, scope, kind::kSubnet)) {
    if (json::GetBool(subnet.document, "DefaultForAz") &&
        (zone.empty() ? subnet.Get("AvailabilityZone").ends_with('a')
                      : subnet.Get("AvailabilityZone") == zone)) {
      return std::move(subnet);
    }
  }
  throw api::Error("InvalidParameterValue", "Invalid availability zone: [" + zone + "]");
}

Resource Network::RequireVpc(store::Transaction& tx, const Scope& scope, const std::string& id) {
  for (Resource& vpc : List(tx, scope, kind::kVpc)) {
    if (id.empty() ? json::GetBool(vpc.document, "IsDefault") : vpc.id == id) {
      return std::move(vpc);
    }
  }
  throw NotFound("InvalidVpcID.NotFound", "vpc ID", id);
}

Resource Network::CreateGroup(Act& act, const NewGroup& request) {
  const Resource vpc = RequireVpc(act.tx, act.scope, request.vpc_id);
  if (request.name == "default" || request.name.starts_with("sg-")) {
    throw api::Error("InvalidParameterValue",
                     "Cannot use reserved security group name: " + request.name);
  }
  for (const Resource& group : List(act.tx, act.scope, kind::kSecurityGroup)) {
    if (group.Get("GroupName") == request.name && group.Get("VpcId") == vpc.id) {
      throw api::Error("InvalidGroup.Duplicate", "The security group '" + request.name +
                                                     "' already exists for VPC '" + vpc.id + "'");
    }
  }
  Resource group{act.scope,
                 std::string(kind::kSecurityGroup),
                 request.id.empty() ? core_.NewId("sg") : request.id,
                 {},
                 {},
                 {}};
  const std::string& account = act.scope.account.str();
  group.document = {{"GroupId", group.id},
                    {"GroupName", request.name},
                    {"Description", request.description},
                    {"VpcId", vpc.id},
                    {"OwnerId", account},
                    {"SecurityGroupArn", MakeArn("ec2", act.scope, "security-group/" + group.id)},
                    {"Tags", request.tags}};
  MutableRules(group).push_back(json::Object{{"SecurityGroupRuleId", core_.NewId("sgr")},
                                             {"GroupId", group.id},
                                             {"GroupOwnerId", account},
                                             {"IsEgress", true},
                                             {"IpProtocol", "-1"},
                                             {"FromPort", -1},
                                             {"ToPort", -1},
                                             {"CidrIpv4", "0.0.0.0/0"},
                                             {"Tags", json::Array()}});
  core_.Put(act, group);
  return group;
}

void Network::DeleteGroup(Act& act, const Resource& group) {
  if (group.Get("GroupName") == "default") {
    throw api::Error("CannotDelete", "the specified group: \"" + group.id +
                                         "\" name: \"default\" cannot be deleted by a user");
  }
  const auto refuse = [&] {
    throw api::Error("DependencyViolation", "resource " + group.id + " has a dependent object");
  };
  for (const Resource& interface : List(act.tx, act.scope, kind::kNetworkInterface)) {
    EachObject(interface.document, "Groups", [&](const json::Object& used) {
      if (json::GetString(used, "GroupId") == group.id) refuse();
    });
  }
  for (const Resource& other : List(act.tx, act.scope, kind::kSecurityGroup)) {
    if (other.id == group.id) continue;
    for (const json::Value& rule : RulesIn(other)) {
      if (PeerOf(rule.as_object()) == group.id) refuse();
    }
  }
  Erase(act.tx, group);
}

std::vector<json::Object> Network::RulesOf(store::Transaction& tx, const Resource& group,
                                           const json::Array& permissions, bool egress) {
  std::vector<json::Object> rules;
  for (const json::Value& value : permissions) {
    const json::Object& permission = value.as_object();
    const json::Object range = RangeOf(permission);
    const size_t before = rules.size();
    const auto add = [&](std::string_view member, json::Value peer, const json::Object& source) {
      json::Object rule = range;
      rule["GroupId"] = group.id;
      rule["GroupOwnerId"] = group.scope.account.str();
      rule["IsEgress"] = egress;
      rule[member] = std::move(peer);
      json::SetIfNotEmpty(rule, "Description", json::GetString(source, "Description"));
      rules.push_back(std::move(rule));
    };
    EachObject(permission, "IpRanges", [&](const json::Object& source) {
      const std::string_view given = json::GetString(source, "CidrIp");
      const std::string cidr = CanonicalCidr4(given);
      if (cidr.empty()) {
        throw api::Error("InvalidParameterValue",
                         "CIDR block " + std::string(given) + " is malformed");
      }
      add("CidrIpv4", json::Value(cidr), source);
    });
    EachObject(permission, "Ipv6Ranges", [&](const json::Object& source) {
      std::string cidr(json::GetString(source, "CidrIpv6"));
      std::ranges::transform(cidr, cidr.begin(), [](unsigned char c) { return std::tolower(c); });
      if (!IsPlausibleCidr6(cidr)) {
        throw api::Error("InvalidParameterValue", "CIDR block " + cidr + " is malformed");
      }
      add("CidrIpv6", json::Value(cidr), source);
    });
    EachObject(permission, "PrefixListIds", [&](const json::Object& source) {
      add("PrefixListId", json::Value(json::GetString(source, "PrefixListId")), source);
    });
    EachObject(permission, "UserIdGroupPairs", [&](const json::Object& source) {
      const std::string id(json::GetString(source, "GroupId"));
      const std::string name(json::GetString(source, "GroupName"));
      const std::string_view user = json::GetString(source, "UserId", group.scope.account.str());
      // A peer in another account is taken as given: it is not ours to look up.
      std::string peer = id;
      if (user == group.scope.account.str()) {
        peer = (id.empty() ? RequireGroupByName(tx, group.scope, name)
                           : RequireGroup(tx, group.scope, id))
                   .id;
      }
      add("ReferencedGroupInfo", json::Object{{"GroupId", peer}, {"UserId", user}}, source);
    });
    if (rules.size() == before) {
      throw api::Error("MissingParameter",
                       "The request must contain a source or destination: cidrIp, cidrIpv6, "
                       "prefixListId or a security group");
    }
  }
  return rules;
}

json::Array Network::Authorize(Act& act, Resource& group, std::vector<json::Object> rules,
                               const json::Array& tags) {
  json::Array& kept = MutableRules(group);
  json::Array added;
  for (json::Object& rule : rules) {
    const bool egress = json::GetBool(rule, "IsEgress");
    size_t same_direction = 0;
    for (const json::Value& existing : kept) {
      if (SameRule(existing.as_object(), rule)) {
        throw api::Error("InvalidPermission.Duplicate",
                         "the specified rule \"" + Spell(rule) + "\" already exists");
      }
      if (json::GetBool(existing.as_object(), "IsEgress") == egress) ++same_direction;
    }
    if (same_direction >= kRulesPerGroup) {
      throw api::Error("RulesPerSecurityGroupLimitExceeded",
                       "The maximum number of rules per security group has been reached.");
    }
    const std::string id = core_.NewId("sgr");
    rule["SecurityGroupRuleId"] = id;
    rule["SecurityGroupRuleArn"] = MakeArn("ec2", act.scope, "security-group-rule/" + id);
    rule["Tags"] = tags;
    added.push_back(rule);
    kept.push_back(std::move(rule));
  }
  core_.Put(act, group);
  return added;
}

json::Array Network::Revoke(Act& act, Resource& group, const std::vector<json::Object>& rules) {
  json::Array& kept = MutableRules(group);
  json::Array revoked;
  for (const json::Object& rule : rules) {
    const auto at = std::ranges::find_if(
        kept, [&](const json::Value& existing) { return SameRule(existing.as_object(), rule); });
    if (at == kept.end()) {
      throw api::Error("InvalidPermission.NotFound",
                       "The specified rule does not exist in this security group.");
    }
    revoked.push_back(std::move(*at));
    kept.erase(at);
  }
  core_.Put(act, group);
  return revoked;
}

json::Array Network::RevokeByIds(Act& act, Resource& group, const std::vector<std::string>& ids,
                                 bool egress) {
  json::Array& kept = MutableRules(group);
  json::Array revoked;
  for (const std::string& id : ids) {
    const auto at = std::ranges::find_if(kept, [&](const json::Value& existing) {
      return json::GetString(existing.as_object(), "SecurityGroupRuleId") == id &&
             json::GetBool(existing.as_object(), "IsEgress") == egress;
    });
    if (at == kept.end()) {
      throw api::Error("InvalidSecurityGroupRuleId.NotFound",
                       "The security group rule ID '" + id + "' does not exist");
    }
    revoked.push_back(std::move(*at));
    kept.erase(at);
  }
  core_.Put(act, group);
  return revoked;
}

const json::Array& Network::RulesIn(const Resource& group) {
  static const json::Array kNone;
  const json::Object* internal = group.internal();
  return internal == nullptr ? kNone : ListOf(*internal, "Rules");
}

json::Object Network::Describe(const Resource& group) {
  json::Array lists[2];
  for (const json::Value& value : RulesIn(group)) {
    const json::Object& rule = value.as_object();
    json::Array& list = lists[json::GetBool(rule, "IsEgress") ? 1 : 0];
    const auto same = std::ranges::find_if(list, [&](const json::Value& other) {
      const json::Object& permission = other.as_object();
      return json::GetString(permission, "IpProtocol") == json::GetString(rule, "IpProtocol") &&
             json::GetInt(permission, "FromPort", -1) == json::GetInt(rule, "FromPort") &&
             json::GetInt(permission, "ToPort", -1) == json::GetInt(rule, "ToPort");
    });
    json::Object* permission = nullptr;
    if (same != list.end()) {
      permission = &same->as_object();
    } else {
      json::Object made{{"IpProtocol", json::GetString(rule, "IpProtocol")},
                        {"IpRanges", json::Array()},
                        {"Ipv6Ranges", json::Array()},
                        {"PrefixListIds", json::Array()},
                        {"UserIdGroupPairs", json::Array()}};
      if (json::GetString(rule, "IpProtocol") != "-1") {
        made["FromPort"] = json::GetInt(rule, "FromPort");
        made["ToPort"] = json::GetInt(rule, "ToPort");
      }
      list.push_back(std::move(made));
      permission = &list.back().as_object();
    }
    const auto add = [&](std::string_view member, json::Object source) {
      json::SetIfNotEmpty(source, "Description", json::GetString(rule, "Description"));
      (*permission)[member].as_array().push_back(std::move(source));
    };
    if (const auto* referenced = json::GetObject(rule, "ReferencedGroupInfo")) {
      add("UserIdGroupPairs", *referenced);
    } else if (const auto ipv6 = json::GetString(rule, "CidrIpv6"); !ipv6.empty()) {
      add("Ipv6Ranges", {{"CidrIpv6", ipv6}});
    } else if (const auto prefix = json::GetString(rule, "PrefixListId"); !prefix.empty()) {
      add("PrefixListIds", {{"PrefixListId", prefix}});
    } else {
      add("IpRanges", {{"CidrIp", json::GetString(rule, "CidrIpv4")}});
    }
  }
  json::Object out = group.Public();
  out["IpPermissions"] = std::move(lists[0]);
  out["IpPermissionsEgress"] = std::move(lists[1]);
  return out;
}

json::Array Network::GroupIdentifiers(const std::vector<Resource>& groups) {
  json::Array out;
  for (const Resource& group : groups) {
    out.push_back(json::Object{{"GroupId", group.id}, {"GroupName", group.Get("GroupName")}});
  }
  return out;
}

Resource Network::CreateInterface(Act& act, const NewInterface& request) {
  Resource interface{act.scope, std::string(kind::kNetworkInterface), core_.NewId("eni"), {}, {},
                     {}};
  const std::string ip =
      request.private_ip.empty() ? NextAddress(act, request.subnet) : request.private_ip;
  std::string dashed = ip;
  std::ranges::replace(dashed, '.', '-');
  const std::string name = "ip-" + dashed + "." + act.scope.region.str() + ".compute.internal";
  std::string mac = "02";
  for (int i = 0; i < 5; ++i) mac += ":" + core_.random().Pick(2, "0123456789abcdef");
  interface.document = {{"NetworkInterfaceId", interface.id},
                        {"SubnetId", request.subnet.id},
                        {"VpcId", request.subnet.Get("VpcId")},
                        {"AvailabilityZone", request.subnet.Get("AvailabilityZone")},
                        {"Description", ""},
                        {"OwnerId", act.scope.account.str()},
                        {"RequesterManaged", false},
                        {"Status", "in-use"},
                        {"MacAddress", mac},
                        {"PrivateIpAddress", ip},
                        {"PrivateDnsName", name},
                        {"SourceDestCheck", true},
                        {"InterfaceType", "interface"},
                        {"Groups", GroupIdentifiers(request.groups)},
                        {"Attachment", json::Object{{"AttachmentId", core_.NewId("eni-attach")},
                                                    {"InstanceId", request.instance_id},
                                                    {"InstanceOwnerId", act.scope.account.str()},
                                                    {"DeviceIndex", request.device_index},
                                                    {"Status", "attached"},
                                                    {"AttachTime", ToSeconds(act.now)},
                                                    {"DeleteOnTermination", true}}},
                        {"PrivateIpAddresses", json::Array{json::Object{{"PrivateIpAddress", ip},
                                                                        {"PrivateDnsName", name},
                                                                        {"Primary", true}}}},
                        {"Ipv6Addresses", json::Array()},
                        {"TagSet", request.tags}};
  core_.Put(act, interface);
  return interface;
}

void Network::SetInterfaceGroups(Act& act, Resource& interface,
                                 const std::vector<Resource>& groups) {
  if (groups.empty()) {
    throw api::Error("InvalidParameterValue", "You must specify at least one security group");
  }
  for (const Resource& group : groups) {
    if (group.Get("VpcId") != interface.Get("VpcId")) {
      throw api::Error("InvalidGroup.NotFound",
                       "You have specified two resources that belong to different networks.");
    }
  }
  interface.document["Groups"] = GroupIdentifiers(groups);
  core_.Put(act, interface);
  const json::Object* attachment = json::GetObject(interface.document, "Attachment");
  if (attachment == nullptr || json::GetInt(*attachment, "DeviceIndex") != 0) return;
  auto instance =
      Find(act.tx, act.scope, kind::kInstance, json::GetString(*attachment, "InstanceId"));
  if (!instance) return;
  instance->document["SecurityGroups"] = GroupIdentifiers(groups);
  core_.Put(act, *instance);
}

}  // namespace riposte::estate
