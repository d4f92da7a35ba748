// Security groups with their rules, and network interfaces.
//
// A group's rules are kept one by one, each with its id, as DescribeSecurityGroupRules shows them;
// the older form (IpPermissions, rules of one protocol and port range together) is computed.
// Source of names, errors and messages: Amazon EC2 API reference. Inside a write transaction.
#pragma once

#include <string>
#include <vector>

#include "estate/core.h"

namespace riposte::estate {

class Network {
 public:
  explicit Network(Core& core) : core_(core) {}

  /// The group, or throws InvalidGroup.NotFound (InvalidGroupId.Malformed).
  [[nodiscard]] static Resource RequireGroup(store::Transaction& tx, const Scope& scope,
                                             const std::string& id);
  [[nodiscard]] static Resource RequireGroupByName(store::Transaction& tx, const Scope& scope,
                                                   const std::string& name);
  [[nodiscard]] static Resource RequireInterface(store::Transaction& tx, const Scope& scope,
                                                 const std::string& id);
  /// The subnet, or the default one (of `zone`, when given) if `id` is empty.
  [[nodiscard]] static Resource RequireSubnet(store::Transaction& tx, const Scope& scope,
                                              const std::string& id, const std::string& zone = {});
  [[nodiscard]] static Resource RequireVpc(store::Transaction& tx, const Scope& scope,
                                           const std::string& id);

  struct NewGroup {
    std::string id;  ///< "": one is made.
    std::string name;
    std::string description;
    std::string vpc_id;  ///< "": the default VPC.
    json::Array tags;
  };
  Resource CreateGroup(Act& act, const NewGroup& request);
  /// Throws DependencyViolation while an interface or another group's rule names it.
  void DeleteGroup(Act& act, const Resource& group);

  /// The rules that `permissions` (a list of IpPermission) stand for, without ids; one a source.
  /// Throws InvalidParameterValue and its kin.
  [[nodiscard]] static std::vector<json::Object> RulesOf(store::Transaction& tx,
                                                         const Resource& group,
                                                         const json::Array& permissions,
                                                         bool egress);
  /// Adds `rules` and returns them with their ids. Throws InvalidPermission.Duplicate,
  /// RulesPerSecurityGroupLimitExceeded.
  json::Array Authorize(Act& act, Resource& group, std::vector<json::Object> rules,
                        const json::Array& tags);
  /// Removes the rules like these and returns them. Throws InvalidPermission.NotFound.
  json::Array Revoke(Act& act, Resource& group, const std::vector<json::Object>& rules);
  /// The same by rule ids. Throws InvalidSecurityGroupRuleId.NotFound.
  json::Array RevokeByIds(Act& act, Resource& group, const std::vector<std::string>& ids,
                          bool egress);

  /// Describes a group: its document with IpPermissions and IpPermissionsEgress.
  [[nodiscard]] static json::Object Describe(const Resource& group);
  [[nodiscard]] static const json::Array& RulesIn(const Resource& group);

  struct NewInterface {
    Resource subnet;
    std::vector<Resource> groups;
    std::string instance_id;
    std::string private_ip;  ///< "": one is drawn.
    int device_index = 0;
    json::Array tags;
  };
  Resource CreateInterface(Act& act, const NewInterface& request);
  /// Replaces the groups of an interface, and of its instance's description if it is the primary.
  void SetInterfaceGroups(Act& act, Resource& interface, const std::vector<Resource>& groups);

  /// [{"GroupId":…,"GroupName":…}…]
  [[nodiscard]] static json::Array GroupIdentifiers(const std::vector<Resource>& groups);

 private:
  Core& core_;
};

/// The canonical text of an IPv4 block ("10.0.0.9/24" -> "10.0.0.0/24"), or "" when malformed.
[[nodiscard]] std::string CanonicalCidr4(std::string_view text);

}  // namespace riposte::estate
