#include "bus/schedule_tables.h"

namespace riposte::bus::schedule_tables {
namespace {

constexpr store::Migration kMigrations[] = {{"bus_schedules", 1, R"(
CREATE TABLE bus_schedules (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  bus TEXT NOT NULL,
  name TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  schedule TEXT NOT NULL,
  used TEXT NOT NULL,
  PRIMARY KEY (account, region, bus, name)
) WITHOUT ROWID;
)"}};

}  // namespace

std::span<const store::Migration> Migrations() {
  return kMigrations;
}

std::map<RuleKey, std::string> List(store::Transaction& tx) {
  std::map<RuleKey, std::string> used;
  tx.Query(
      "SELECT account, region, bus, name, used FROM bus_schedules JOIN bus_rules "
      "USING (account, region, bus, name, created_ms, schedule)",
      {}, [&](const store::Row& row) {
        used[{{AccountId(row.Str(0)), Region(row.Str(1))}, row.Str(2), row.Str(3)}] = row.Str(4);
        return true;
      });
  return used;
}

void Put(store::Transaction& tx, const RuleKey& key, TimePoint created, const std::string& schedule,
         const std::string& used) {
  tx.Execute("INSERT OR REPLACE INTO bus_schedules VALUES (?, ?, ?, ?, ?, ?, ?)",
             {key.scope.account.str(), key.scope.region.str(), key.bus, key.name, created, schedule,
              used});
}

void DeleteOrphans(store::Transaction& tx) {
  tx.Execute(
      "DELETE FROM bus_schedules WHERE NOT EXISTS (SELECT 1 FROM bus_rules r WHERE "
      "r.account = bus_schedules.account AND r.region = bus_schedules.region AND "
      "r.bus = bus_schedules.bus AND r.name = bus_schedules.name)");
}

}  // namespace riposte::bus::schedule_tables
