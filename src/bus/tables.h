// The tables of buses, rules, targets and tags, and every statement on them.
//
// Functions over a store::Transaction; writes need a write transaction. The default bus of a scope
// exists without a row; it gets one when something about it is stored (a policy, a description).
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/scope.h"
#include "base/time.h"
#include "json/json.h"
#include "store/store.h"

namespace riposte::bus {

inline constexpr std::string_view kDefaultBus = "default";

struct BusRow {
  std::string name;
  std::string description;
  std::string kms_key;
  std::string dead_letter_arn;
  std::string log_config;  ///< JSON, or "".
  std::string policy;      ///< Policy document, or "".
  TimePoint created;
  TimePoint modified;
};

/// Which rule: the key of everything that hangs on one.
struct RuleKey {
  Scope scope;
  std::string bus{kDefaultBus};
  std::string name;
  friend auto operator<=>(const RuleKey&, const RuleKey&) = default;
};

struct RuleRow {
  RuleKey key;
  std::string pattern;   ///< JSON, or "".
  std::string schedule;  ///< "rate(…)" or "cron(…)", or "".
  std::string state;     ///< ENABLED, DISABLED, ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS.
  std::string description;
  std::string role_arn;
  TimePoint created;
  std::string managed_by = {};  ///< The service that owns it; "": its account does.
  [[nodiscard]] bool enabled() const { return state != "DISABLED"; }
};

struct TargetRow {
  std::string id;
  std::string arn;
  json::Object document;  ///< The target as PutTargets gave it.
};

/// "arn:aws:events:R:A:event-bus/NAME"
[[nodiscard]] std::string BusArn(const Scope& scope, std::string_view bus);
/// "arn:aws:events:R:A:rule/NAME", on other buses than the default "…:rule/BUS/NAME".
[[nodiscard]] std::string RuleArn(const RuleKey& key);
/// Which rule such an ARN names; nullopt for other texts.
[[nodiscard]] std::optional<RuleKey> RuleOfArn(std::string_view text);

namespace tables {

[[nodiscard]] std::span<const store::Migration> Migrations();

[[nodiscard]] std::optional<BusRow> FindBus(store::Transaction& tx, const Scope& scope,
                                            const std::string& name);
/// True also for the default bus without a row.
[[nodiscard]] bool BusExists(store::Transaction& tx, const Scope& scope, const std::string& name);
void PutBus(store::Transaction& tx, const Scope& scope, const BusRow& bus);
void DeleteBus(store::Transaction& tx, const Scope& scope, const std::string& name);
/// By name, after `after`, at most `limit`; rows only.
[[nodiscard]] std::vector<BusRow> ListBuses(store::Transaction& tx, const Scope& scope,
                                            const std::string& prefix, const std::string& after,
                                            int64_t limit);
/// Each bus that has rules.
void EachBusWithRules(store::Transaction& tx,
                      const std::function<void(const Scope&, const std::string& bus)>& each);

[[nodiscard]] std::optional<RuleRow> FindRule(store::Transaction& tx, const RuleKey& key);
void PutRule(store::Transaction& tx, const RuleRow& rule);
void SetRuleState(store::Transaction& tx, const RuleKey& key, const std::string& state);
void DeleteRule(store::Transaction& tx, const RuleKey& key);
[[nodiscard]] int64_t CountRules(store::Transaction& tx, const Scope& scope,
                                 const std::string& bus);
/// By name, after `after`, at most `limit`.
[[nodiscard]] std::vector<RuleRow> ListRules(store::Transaction& tx, const Scope& scope,
                                             const std::string& bus, const std::string& prefix,
                                             const std::string& after, int64_t limit);
[[nodiscard]] std::vector<std::string> ListRuleNamesByTarget(
    store::Transaction& tx, const Scope& scope, const std::string& bus,
    const std::string& target_arn, const std::string& after, int64_t limit);
/// Enabled rules with a schedule, of every scope.
[[nodiscard]] std::vector<RuleRow> ListScheduledRules(store::Transaction& tx);

void PutTarget(store::Transaction& tx, const RuleKey& key, const TargetRow& target);
/// False when there was none.
bool DeleteTarget(store::Transaction& tx, const RuleKey& key, const std::string& id);
[[nodiscard]] int64_t CountTargets(store::Transaction& tx, const RuleKey& key);
[[nodiscard]] bool HasTarget(store::Transaction& tx, const RuleKey& key, const std::string& id);
[[nodiscard]] std::vector<TargetRow> ListTargets(store::Transaction& tx, const RuleKey& key,
                                                 const std::string& after, int64_t limit);

void PutTag(store::Transaction& tx, const std::string& arn, const std::string& key,
            const std::string& value);
void DeleteTag(store::Transaction& tx, const std::string& arn, const std::string& key);
void DeleteTags(store::Transaction& tx, const std::string& arn);
[[nodiscard]] std::vector<std::pair<std::string, std::string>> ListTags(store::Transaction& tx,
                                                                        const std::string& arn);

}  // namespace tables
}  // namespace riposte::bus
