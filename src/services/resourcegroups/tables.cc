#include "services/resourcegroups/tables.h"

#include "base/arn.h"

namespace riposte::resourcegroups {

std::string Group::Arn() const {
  return MakeArn("resource-groups", scope, "group/" + name);
}

namespace tables {
namespace {

constexpr store::Migration kMigrations[] = {{"resourcegroups", 1, R"sql(
  CREATE TABLE resourcegroups_groups (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (account, region, name)
  ) WITHOUT ROWID;
)sql"}};

}  // namespace

std::span<const store::Migration> Migrations() {
  return kMigrations;
}

std::optional<Group> FindGroup(store::Transaction& tx, const Scope& scope,
                               const std::string& name) {
  std::optional<Group> found;
  tx.QueryOne(
      "SELECT document FROM resourcegroups_groups WHERE account = ? AND region = ? AND name = ?",
      {scope.account.str(), scope.region.str(), name}, [&](const store::Row& row) {
        found = Group{scope, name, std::move(row.Json(0).as_object())};
      });
  return found;
}

void EachGroup(store::Transaction& tx, const Scope& scope, const std::string& after,
               const std::function<bool(Group&&)>& each) {
  tx.Query(
      "SELECT name, document FROM resourcegroups_groups"
      " WHERE account = ? AND region = ? AND name > ? ORDER BY name",
      {scope.account.str(), scope.region.str(), after}, [&](const store::Row& row) {
        return each(Group{scope, row.Str(0), std::move(row.Json(1).as_object())});
      });
}

int64_t CountGroups(store::Transaction& tx, const Scope& scope) {
  return tx
      .QueryInt("SELECT count(*) FROM resourcegroups_groups WHERE account = ? AND region = ?",
                {scope.account.str(), scope.region.str()})
      .value_or(0);
}

void PutGroup(store::Transaction& tx, const Group& group) {
  tx.Execute(
      "INSERT OR REPLACE INTO resourcegroups_groups (account, region, name, document)"
      " VALUES (?, ?, ?, ?)",
      {group.scope.account.str(), group.scope.region.str(), group.name,
       json::Serialize(group.document)});
}

void DeleteGroup(store::Transaction& tx, const Group& group) {
  tx.Execute("DELETE FROM resourcegroups_groups WHERE account = ? AND region = ? AND name = ?",
             {group.scope.account.str(), group.scope.region.str(), group.name});
}

}  // namespace tables
}  // namespace riposte::resourcegroups
