#include "bus/tables.h"

#include "base/arn.h"
#include "store/text_range.h"

namespace riposte::bus {

std::string BusArn(const Scope& scope, std::string_view bus) {
  return MakeArn("events", scope, "event-bus/" + std::string(bus));
}

std::string RuleArn(const RuleKey& key) {
  return MakeArn("events", key.scope,
                 key.bus == kDefaultBus ? "rule/" + key.name : "rule/" + key.bus + "/" + key.name);
}

std::optional<RuleKey> RuleOfArn(std::string_view text) {
  const auto arn = Arn::Parse(text);
  if (!arn || arn->service != "events" || !arn->resource.starts_with("rule/")) return std::nullopt;
  const std::string_view name = arn->ResourceName();
  const size_t slash = name.find('/');
  if (slash == std::string_view::npos) {
    return RuleKey{arn->scope(), std::string(kDefaultBus), std::string(name)};
  }
  return RuleKey{arn->scope(), std::string(name.substr(0, slash)),
                 std::string(name.substr(slash + 1))};
}

namespace tables {
namespace {

constexpr store::Migration kMigrations[] = {{"bus", 1, R"(
CREATE TABLE bus_buses (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  kms_key TEXT NOT NULL,
  dead_letter_arn TEXT NOT NULL,
  log_config TEXT NOT NULL,
  policy TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL,
  PRIMARY KEY (account, region, name)
) WITHOUT ROWID;
CREATE TABLE bus_rules (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  bus TEXT NOT NULL,
  name TEXT NOT NULL,
  pattern TEXT NOT NULL,
  schedule TEXT NOT NULL,
  state TEXT NOT NULL,
  description TEXT NOT NULL,
  role_arn TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (account, region, bus, name)
) WITHOUT ROWID;
CREATE TABLE bus_targets (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  bus TEXT NOT NULL,
  rule TEXT NOT NULL,
  id TEXT NOT NULL,
  arn TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (account, region, bus, rule, id)
) WITHOUT ROWID;
CREATE INDEX bus_targets_by_arn ON bus_targets(account, region, bus, arn, rule);
CREATE TABLE bus_tags (
  arn TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (arn, key)
) WITHOUT ROWID;
)"},
                                            {"bus", 2, R"(
ALTER TABLE bus_rules ADD COLUMN managed_by TEXT NOT NULL DEFAULT '';
)"}};

#define RIPOSTE_BUS_COLUMNS \
  "name, description, kms_key, dead_letter_arn, log_config, policy, created_ms, modified_ms"
#define RIPOSTE_RULE_COLUMNS                                                                  \
  "account, region, bus, name, pattern, schedule, state, description, role_arn, created_ms, " \
  "managed_by"

BusRow ReadBus(const store::Row& row) {
  return {row.Str(0), row.Str(1), row.Str(2),  row.Str(3),
          row.Str(4), row.Str(5), row.Time(6), row.Time(7)};
}

RuleRow ReadRule(const store::Row& row) {
  RuleRow rule;
  rule.key = {{AccountId(row.Str(0)), Region(row.Str(1))}, row.Str(2), row.Str(3)};
  rule.pattern = row.Str(4);
  rule.schedule = row.Str(5);
  rule.state = row.Str(6);
  rule.description = row.Str(7);
  rule.role_arn = row.Str(8);
  rule.created = row.Time(9);
  rule.managed_by = row.Str(10);
  return rule;
}

}  // namespace

std::span<const store::Migration> Migrations() {
  return kMigrations;
}

std::optional<BusRow> FindBus(store::Transaction& tx, const Scope& scope, const std::string& name) {
  std::optional<BusRow> bus;
  tx.QueryOne("SELECT " RIPOSTE_BUS_COLUMNS
              " FROM bus_buses WHERE account = ? AND region = ? AND name = ?",
              {scope.account.str(), scope.region.str(), name},
              [&](const store::Row& row) { bus = ReadBus(row); });
  return bus;
}

bool BusExists(store::Transaction& tx, const Scope& scope, const std::string& name) {
  return name == kDefaultBus || FindBus(tx, scope, name).has_value();
}

void PutBus(store::Transaction& tx, const Scope& scope, const BusRow& bus) {
  tx.Execute("INSERT OR REPLACE INTO bus_buses (account, region, " RIPOSTE_BUS_COLUMNS
             ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
             {scope.account.str(), scope.region.str(), bus.name, bus.description, bus.kms_key,
              bus.dead_letter_arn, bus.log_config, bus.policy, bus.created, bus.modified});
}

void DeleteBus(store::Transaction& tx, const Scope& scope, const std::string& name) {
  tx.Execute("DELETE FROM bus_buses WHERE account = ? AND region = ? AND name = ?",
             {scope.account.str(), scope.region.str(), name});
}

std::vector<BusRow> ListBuses(store::Transaction& tx, const Scope& scope, const std::string& prefix,
                              const std::string& after, int64_t limit) {
  std::vector<BusRow> buses;
  tx.Query(
      "SELECT " RIPOSTE_BUS_COLUMNS
      " FROM bus_buses WHERE account = ? AND region = ? AND name > ? AND name >= ? AND "
      "name < ? ORDER BY name LIMIT ?",
      {scope.account.str(), scope.region.str(), after, prefix, store::AfterPrefix(prefix), limit},
      [&](const store::Row& row) {
        buses.push_back(ReadBus(row));
        return true;
      });
  return buses;
}

void EachBusWithRules(store::Transaction& tx,
                      const std::function<void(const Scope&, const std::string& bus)>& each) {
  std::vector<std::pair<Scope, std::string>> buses;
  tx.Query("SELECT DISTINCT account, region, bus FROM bus_rules", {}, [&](const store::Row& row) {
    buses.emplace_back(Scope{AccountId(row.Str(0)), Region(row.Str(1))}, row.Str(2));
    return true;
  });
  for (const auto& [scope, bus] : buses) each(scope, bus);
}

std::optional<RuleRow> FindRule(store::Transaction& tx, const RuleKey& key) {
  std::optional<RuleRow> rule;
  tx.QueryOne("SELECT " RIPOSTE_RULE_COLUMNS
              " FROM bus_rules WHERE account = ? AND region = ? AND bus = ? AND name = ?",
              {key.scope.account.str(), key.scope.region.str(), key.bus, key.name},
              [&](const store::Row& row) { rule = ReadRule(row); });
  return rule;
}

void PutRule(store::Transaction& tx, const RuleRow& rule) {
  tx.Execute("INSERT OR REPLACE INTO bus_rules (" RIPOSTE_RULE_COLUMNS
             ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
             {rule.key.scope.account.str(), rule.key.scope.region.str(), rule.key.bus,
              rule.key.name, rule.pattern, rule.schedule, rule.state, rule.description,
              rule.role_arn, rule.created, rule.managed_by});
}

void SetRuleState(store::Transaction& tx, const RuleKey& key, const std::string& state) {
  tx.Execute(
      "UPDATE bus_rules SET state = ? WHERE account = ? AND region = ? AND bus = ? AND name = ?",
      {state, key.scope.account.str(), key.scope.region.str(), key.bus, key.name});
}

void DeleteRule(store::Transaction& tx, const RuleKey& key) {
  tx.Execute("DELETE FROM bus_rules WHERE account = ? AND region = ? AND bus = ? AND name = ?",
             {key.scope.account.str(), key.scope.region.str(), key.bus, key.name});
}

int64_t CountRules(store::Transaction& tx, const Scope& scope, const std::string& bus) {
  return tx
      .QueryInt("SELECT COUNT(*) FROM bus_rules WHERE account = ? AND region = ? AND bus = ?",
                {scope.account.str(), scope.region.str(), bus})
      .value_or(0);
}

std::vector<RuleRow> ListRules(store::Transaction& tx, const Scope& scope, const std::string& bus,
                               const std::string& prefix, const std::string& after, int64_t limit) {
  std::vector<RuleRow> rules;
  tx.Query("SELECT " RIPOSTE_RULE_COLUMNS
           " FROM bus_rules WHERE account = ? AND region = ? AND bus = ? AND name > ? AND "
           "name >= ? AND name < ? ORDER BY name LIMIT ?",
           {scope.account.str(), scope.region.str(), bus, after, prefix, store::AfterPrefix(prefix),
            limit},
           [&](const store::Row& row) {
             rules.push_back(ReadRule(row));
             return true;
           });
  return rules;
}

std::vector<std::string> ListRuleNamesByTarget(store::Transaction& tx, const Scope& scope,
                                               const std::string& bus,
                                               const std::string& target_arn,
                                               const std::string& after, int64_t limit) {
  std::vector<std::string> names;
  tx.Query(
      "SELECT DISTINCT rule FROM bus_targets WHERE account = ? AND region = ? AND bus = ? AND "
      "arn = ? AND rule > ? ORDER BY rule LIMIT ?",
      {scope.account.str(), scope.region.str(), bus, target_arn, after, limit},
      [&](const store::Row& row) {
        names.push_back(row.Str(0));
        return true;
      });
  return names;
}

std::vector<RuleRow> ListScheduledRules(store::Transaction& tx) {
  std::vector<RuleRow> rules;
  tx.Query("SELECT " RIPOSTE_RULE_COLUMNS
           " FROM bus_rules WHERE schedule <> '' AND state <> 'DISABLED'",
           {}, [&](const store::Row& row) {
             rules.push_back(ReadRule(row));
             return true;
           });
  return rules;
}

void PutTarget(store::Transaction& tx, const RuleKey& key, const TargetRow& target) {
  tx.Execute(
      "INSERT OR REPLACE INTO bus_targets (account, region, bus, rule, id, arn, document) VALUES "
      "(?, ?, ?, ?, ?, ?, ?)",
      {key.scope.account.str(), key.scope.region.str(), key.bus, key.name, target.id, target.arn,
       json::Serialize(target.document)});
}

bool DeleteTarget(store::Transaction& tx, const RuleKey& key, const std::string& id) {
  return tx.Execute(
             "DELETE FROM bus_targets WHERE account = ? AND region = ? AND bus = ? AND rule = ? "
             "AND id = ?",
             {key.scope.account.str(), key.scope.region.str(), key.bus, key.name, id}) > 0;
}

int64_t CountTargets(store::Transaction& tx, const RuleKey& key) {
  return tx
      .QueryInt(
          "SELECT COUNT(*) FROM bus_targets WHERE account = ? AND region = ? AND bus = ? AND "
          "rule = ?",
          {key.scope.account.str(), key.scope.region.str(), key.bus, key.name})
      .value_or(0);
}

bool HasTarget(store::Transaction& tx, const RuleKey& key, const std::string& id) {
  return tx
      .QueryInt(
          "SELECT 1 FROM bus_targets WHERE account = ? AND region = ? AND bus = ? AND rule = ? "
          "AND id = ?",
          {key.scope.account.str(), key.scope.region.str(), key.bus, key.name, id})
      .has_value();
}

std::vector<TargetRow> ListTargets(store::Transaction& tx, const RuleKey& key,
                                   const std::string& after, int64_t limit) {
  std::vector<TargetRow> targets;
  tx.Query(
      "SELECT id, arn, document FROM bus_targets WHERE account = ? AND region = ? AND bus = ? AND "
      "rule = ? AND id > ? ORDER BY id LIMIT ?",
      {key.scope.account.str(), key.scope.region.str(), key.bus, key.name, after, limit},
      [&](const store::Row& row) {
        targets.push_back({row.Str(0), row.Str(1), row.Json(2).as_object()});
        return true;
      });
  return targets;
}

void PutTag(store::Transaction& tx, const std::string& arn, const std::string& key,
            const std::string& value) {
  tx.Execute("INSERT OR REPLACE INTO bus_tags (arn, key, value) VALUES (?, ?, ?)",
             {arn, key, value});
}

void DeleteTag(store::Transaction& tx, const std::string& arn, const std::string& key) {
  tx.Execute("DELETE FROM bus_tags WHERE arn = ? AND key = ?", {arn, key});
}

void DeleteTags(store::Transaction& tx, const std::string& arn) {
  tx.Execute("DELETE FROM bus_tags WHERE arn = ?", {arn});
}

std::vector<std::pair<std::string, std::string>> ListTags(store::Transaction& tx,
                                                          const std::string& arn) {
  std::vector<std::pair<std::string, std::string>> tags;
  tx.Query("SELECT key, value FROM bus_tags WHERE arn = ? ORDER BY key", {arn},
           [&](const store::Row& row) {
             tags.emplace_back(row.Str(0), row.Str(1));
             return true;
           });
  return tags;
}

}  // namespace tables
}  // namespace riposte::bus
