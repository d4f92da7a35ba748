// The table of services/resourcegroups, and all SQL over it.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "base/scope.h"
#include "json/json.h"
#include "store/store.h"

namespace riposte::resourcegroups {

struct Group {
  Scope scope;
  std::string name;
  json::Object document;  ///< ResourceQuery, Tags; Description, Criticality, Owner, DisplayName.

  [[nodiscard]] std::string Arn() const;
};

namespace tables {

[[nodiscard]] std::span<const store::Migration> Migrations();
[[nodiscard]] std::optional<Group> FindGroup(store::Transaction& tx, const Scope& scope,
                                             const std::string& name);
/// In order of name, those after `after`. Return false from `each` to stop.
void EachGroup(store::Transaction& tx, const Scope& scope, const std::string& after,
               const std::function<bool(Group&&)>& each);
[[nodiscard]] int64_t CountGroups(store::Transaction& tx, const Scope& scope);
/// Inserts or replaces.
void PutGroup(store::Transaction& tx, const Group& group);
void DeleteGroup(store::Transaction& tx, const Group& group);

}  // namespace tables
}  // namespace riposte::resourcegroups
