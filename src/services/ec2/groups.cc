#include <algorithm>

#include "services/ec2/ec2.h"
#include "services/ec2/input.h"

namespace riposte::ec2 {
namespace {

using estate::Network;
using estate::Resource;

constexpr std::pair<std::string_view, std::string_view> kFilters[] = {
    {"description", "Description"},
    {"egress.ip-permission.cidr", "IpPermissionsEgress.IpRanges.CidrIp"},
    {"egress.ip-permission.from-port", "IpPermissionsEgress.FromPort"},
    {"egress.ip-permission.group-id", "IpPermissionsEgress.UserIdGroupPairs.GroupId"},
    {"egress.ip-permission.ipv6-cidr", "IpPermissionsEgress.Ipv6Ranges.CidrIpv6"},
    {"egress.ip-permission.protocol", "IpPermissionsEgress.IpProtocol"},
    {"egress.ip-permission.to-port", "IpPermissionsEgress.ToPort"},
    {"group-id", "GroupId"},
    {"group-name", "GroupName"},
    {"ip-permission.cidr", "IpPermissions.IpRanges.CidrIp"},
    {"ip-permission.from-port", "IpPermissions.FromPort"},
    {"ip-permission.group-id", "IpPermissions.UserIdGroupPairs.GroupId"},
    {"ip-permission.ipv6-cidr", "IpPermissions.Ipv6Ranges.CidrIpv6"},
    {"ip-permission.protocol", "IpPermissions.IpProtocol"},
    {"ip-permission.to-port", "IpPermissions.ToPort"},
    {"owner-id", "OwnerId"},
    {"vpc-id", "VpcId"},
};
constexpr std::pair<std::string_view, std::string_view> kRuleFilters[] = {
    {"group-id", "GroupId"},
    {"security-group-rule-id", "SecurityGroupRuleId"},
};

/// By GroupId, else by GroupName.
Resource GroupOf(const api::Call& call, store::Transaction& tx) {
  const std::string id = Text(call.input, "GroupId");
  if (!id.empty()) return Network::RequireGroup(tx, call.scope, id);
  const std::string name = Text(call.input, "GroupName");
  if (name.empty()) {
    throw api::Error("MissingParameter",
                     "The request must contain the parameter groupName or groupId");
  }
  return Network::RequireGroupByName(tx, call.scope, name);
}

/// IpPermissions, or the flat parameters of older clients as one of them.
json::Array PermissionsOf(const json::Object& input) {
  if (const json::Array* given = json::GetArray(input, "IpPermissions");
      given != nullptr && !given->empty()) {
    return *given;
  }
  json::Object permission;
  for (const std::string_view name : {"IpProtocol", "FromPort", "ToPort"}) {
    if (const json::Value* value = json::Find(input, name)) permission[name] = *value;
  }
  if (const std::string cidr = Text(input, "CidrIp"); !cidr.empty()) {
    permission["IpRanges"] = json::Array{json::Object{{"CidrIp", cidr}}};
  }
  if (const std::string name = Text(input, "SourceSecurityGroupName"); !name.empty()) {
    json::Object pair{{"GroupName", name}};
    json::SetIfNotEmpty(pair, "UserId", Text(input, "SourceSecurityGroupOwnerId"));
    permission["UserIdGroupPairs"] = json::Array{std::move(pair)};
    if (!permission.contains("IpProtocol")) permission["IpProtocol"] = "-1";
  }
  if (permission.empty()) {
    throw api::Error("MissingParameter", "The request must contain the parameter ipPermissions");
  }
  return {std::move(permission)};
}

}  // namespace

json::Value Ec2Service::CreateSecurityGroup(const Call& call, Tx& tx) {
  estate::Act act = ActOf(call, tx);
  Network::NewGroup request;
  request.name = RequireText(call.input, "GroupName");
  request.description = RequireText(call.input, "Description");
  if (request.name.size() > 255 || request.description.size() > 255) {
    throw api::Error("InvalidParameterValue",
                     "Invalid value for groupName or groupDescription: at most 255 characters.");
  }
  request.vpc_id = Text(call.input, "VpcId");
  request.tags = TagsFor(call.input, estate::kind::kSecurityGroup);
  const Resource group = estate_.network().CreateGroup(act, request);
  return json::Object{{"GroupId", group.id},
                      {"SecurityGroupArn", group.Get("SecurityGroupArn")},
                      {"Tags", *json::Find(group.document, "Tags")}};
}

json::Value Ec2Service::DeleteSecurityGroup(const Call& call, Tx& tx) {
  estate::Act act = ActOf(call, tx);
  const Resource group = GroupOf(call, tx);
  estate_.network().DeleteGroup(act, group);
  return json::Object{{"Return", true}, {"GroupId", group.id}};
}

json::Value Ec2Service::DescribeSecurityGroups(const Call& call, Tx& tx) {
  std::vector<std::string> ids = json::GetStrings(call.input, "GroupIds");
  for (const std::string& name : json::GetStrings(call.input, "GroupNames")) {
    ids.push_back(Network::RequireGroupByName(tx, call.scope, name).id);
  }
  auto listed = Select(
      call, tx, estate::kind::kSecurityGroup, ids,
      [&](const std::string& id) { return Network::RequireGroup(tx, call.scope, id); }, kFilters,
      [](const Resource& group) { return Network::Describe(group); });
  return Page(call.input, "SecurityGroups", std::move(listed));
}

json::Value Ec2Service::DescribeSecurityGroupRules(const Call& call, Tx& tx) {
  const Filters filters(call.input, kRuleFilters);
  std::vector<std::string> wanted = json::GetStrings(call.input, "SecurityGroupRuleIds");
  std::vector<Listed> all;
  for (const Resource& group : estate::List(tx, call.scope, estate::kind::kSecurityGroup)) {
    for (const json::Value& rule : Network::RulesIn(group)) {
      const std::string id = Text(rule.as_object(), "SecurityGroupRuleId");
      const bool named =
          json::Find(call.input, "SecurityGroupRuleIds") == nullptr || std::erase(wanted, id) > 0;
      if (named && filters.Match(rule.as_object())) all.push_back({id, rule.as_object()});
    }
  }
  if (!wanted.empty()) {
    throw api::Error("InvalidSecurityGroupRuleId.NotFound",
                     "The security group rule ID '" + wanted.front() + "' does not exist");
  }
  std::ranges::sort(all, {}, &Listed::id);
  return Page(call.input, "SecurityGroupRules", std::move(all));
}

json::Value Ec2Service::Authorize(const Call& call, Tx& tx, bool egress) {
  estate::Act act = ActOf(call, tx);
  Resource group = GroupOf(call, tx);
  auto rules = Network::RulesOf(tx, group, PermissionsOf(call.input), egress);
  json::Array added = estate_.network().Authorize(act, group, std::move(rules),
                                                  TagsFor(call.input, "security-group-rule"));
  return json::Object{{"Return", true}, {"SecurityGroupRules", std::move(added)}};
}

json::Value Ec2Service::Revoke(const Call& call, Tx& tx, bool egress) {
  estate::Act act = ActOf(call, tx);
  Resource group = GroupOf(call, tx);
  json::Array revoked;
  if (const auto ids = json::GetStrings(call.input, "SecurityGroupRuleIds"); !ids.empty()) {
    revoked = estate_.network().RevokeByIds(act, group, ids, egress);
  } else {
    const auto rules = Network::RulesOf(tx, group, PermissionsOf(call.input), egress);
    revoked = estate_.network().Revoke(act, group, rules);
  }
  for (json::Value& rule : revoked) {
    // Here the referenced group is a bare id, unlike in DescribeSecurityGroupRules.
    json::Object& object = rule.as_object();
    if (const json::Object* peer = json::GetObject(object, "ReferencedGroupInfo")) {
      object["ReferencedGroupId"] = Text(*peer, "GroupId");
    }
  }
  return json::Object{{"Return", true},
                      {"UnknownIpPermissions", json::Array()},
                      {"RevokedSecurityGroupRules", std::move(revoked)}};
}

json::Value Ec2Service::AuthorizeSecurityGroupIngress(const Call& call, Tx& tx) {
  return Authorize(call, tx, /*egress=*/false);
}
json::Value Ec2Service::AuthorizeSecurityGroupEgress(const Call& call, Tx& tx) {
  return Authorize(call, tx, /*egress=*/true);
}
json::Value Ec2Service::RevokeSecurityGroupIngress(const Call& call, Tx& tx) {
  return Revoke(call, tx, /*egress=*/false);
}
json::Value Ec2Service::RevokeSecurityGroupEgress(const Call& call, Tx& tx) {
  return Revoke(call, tx, /*egress=*/true);
}

}  // namespace riposte::ec2
