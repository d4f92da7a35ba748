// AWS Resource Groups: groups that are queries by tags, and what is in them.
//
// Data path:     api::Pipeline -> handler -> tables; members are looked for in the estate each time
// Thread safety: as api/registry.h says.
// Source of errors and limits: AWS Resource Groups API reference, 2017-11-27, and its quotas.
#pragma once

#include <span>

#include "api/registry.h"
#include "services/resourcegroups/tables.h"

namespace riposte::resourcegroups {

class ResourceGroupsService {
 public:
  [[nodiscard]] static std::span<const store::Migration> Migrations() {
    return tables::Migrations();
  }
  void Register(api::Registry& registry);

 private:
  using Call = api::Call;
  using Tx = store::Transaction;

  // groups.cc
  json::Value CreateGroup(const Call& call, Tx& tx);
  json::Value GetGroup(const Call& call, Tx& tx);
  json::Value ListGroups(const Call& call, Tx& tx);
  json::Value UpdateGroup(const Call& call, Tx& tx);
  json::Value DeleteGroup(const Call& call, Tx& tx);
  json::Value GetGroupQuery(const Call& call, Tx& tx);
  json::Value UpdateGroupQuery(const Call& call, Tx& tx);

  // members.cc
  json::Value ListGroupResources(const Call& call, Tx& tx);
  json::Value SearchResources(const Call& call, Tx& tx);
  json::Value GetTags(const Call& call, Tx& tx);
  json::Value Tag(const Call& call, Tx& tx);
  json::Value Untag(const Call& call, Tx& tx);
};

/// The group that a name or ARN means. Throws NotFoundException.
[[nodiscard]] Group RequireGroup(const api::Call& call, store::Transaction& tx,
                                 std::string_view name_or_arn);
/// The same by the call's Group, or its older GroupName.
[[nodiscard]] Group RequireGroup(const api::Call& call, store::Transaction& tx);

/// Adds `tags`, a map, to those of `group`. Throws BadRequestException.
void AddTags(Group& group, const json::Object& tags);

/// Pages: how many there may be, and after what text of the token's they begin. Throws
/// BadRequestException.
[[nodiscard]] size_t PageSize(const api::Call& call);
[[nodiscard]] std::string PageStart(const api::Call& call);
[[nodiscard]] std::string PageToken(const std::string& last);

}  // namespace riposte::resourcegroups
