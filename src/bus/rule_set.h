// The enabled rules of one bus, compiled: an immutable snapshot, and the book of all snapshots.
//
// Data path:     PutRule, PutTargets … -> RuleBook::Refresh() (in their commit) -> published whole
//                -> RuleSet::Candidates() -> pattern::Matches() in bus::Ingest
// Thread safety: a RuleSet is immutable; RuleBook::Find from any thread, Refresh inside write
//                transactions. A reader sees all of a change or none.
// Cost:          Candidates is four look-ups by hash plus the rules that could match: a rule that
//                names other sources or detail-types costs nothing.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bus/tables.h"
#include "delivery/delivery.h"
#include "pattern/input_transformer.h"
#include "pattern/pattern.h"

namespace riposte::bus {

struct CompiledTarget {
  std::string id;
  std::string arn;
  std::string role_arn;
  pattern::TargetInput input;
  std::string dead_letter_arn;
  delivery::RetryPolicy policy;
  json::Object parameters;  ///< SqsParameters and the like, as PutTargets gave them.
};

struct CompiledRule {
  RuleKey key;
  std::string arn;
  std::string pattern_text;                         ///< "" for a rule with a schedule only.
  std::shared_ptr<const pattern::Pattern> pattern;  ///< Null likewise.
  std::vector<CompiledTarget> targets;
  /// Its pattern names the source aws.events: its failures are not announced, so that no failure
  /// can announce itself for ever.
  bool watches_events = false;
};

/// REQUIRES: the target was accepted by PutTargets. Errors: kCorrupt.
[[nodiscard]] Result<CompiledTarget> CompileTarget(const TargetRow& row);

class RuleSet {
 public:
  explicit RuleSet(std::vector<std::shared_ptr<const CompiledRule>> rules);
  /// Appends the rules that could match an event with this source and detail-type.
  void Candidates(std::string_view source, std::string_view detail_type,
                  std::vector<const CompiledRule*>& out) const;
  [[nodiscard]] const CompiledRule* Find(std::string_view name) const;
  /// Some pattern asks for the event's time; else nobody needs it as text before a rule matches.
  [[nodiscard]] bool asks_for_time() const { return asks_for_time_; }
  [[nodiscard]] const std::vector<std::shared_ptr<const CompiledRule>>& rules() const {
    return rules_;
  }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using Index =
      std::unordered_map<std::string, std::vector<const CompiledRule*>, Hash, std::equal_to<>>;

  std::vector<std::shared_ptr<const CompiledRule>> rules_;
  Index by_both_;  ///< source NUL detail-type
  Index by_source_;
  Index by_detail_type_;
  std::vector<const CompiledRule*> others_;
  bool asks_for_time_ = false;
  std::unordered_map<std::string_view, const CompiledRule*> by_name_;
};

class RuleBook {
 public:
  explicit RuleBook(const telemetry::Log& log) : log_(log) {}

  /// Never null: a bus without rules has an empty set. Any thread.
  [[nodiscard]] std::shared_ptr<const RuleSet> Find(const Scope& scope, std::string_view bus) const;
  /// Compiles the bus as `tx` sees it and publishes the result when `tx` commits.
  void Refresh(store::Transaction& tx, const Scope& scope, const std::string& bus);
  /// Everything anew: at start, and after Store::DeleteAllRows.
  void Load(store::Store& store);

 private:
  using Map = std::unordered_map<std::string, std::shared_ptr<const RuleSet>>;

  [[nodiscard]] static std::string Key(const Scope& scope, std::string_view bus);
  [[nodiscard]] std::shared_ptr<const RuleSet> Compile(store::Transaction& tx, const Scope& scope,
                                                       const std::string& bus) const;
  [[nodiscard]] std::shared_ptr<const Map> Snapshot() const;
  void Publish(std::shared_ptr<const Map> sets);

  const telemetry::Log& log_;
  mutable std::mutex mutex_;  ///< Held for a pointer's copy only.
  std::shared_ptr<const Map> sets_ = std::make_shared<const Map>();
};

}  // namespace riposte::bus
