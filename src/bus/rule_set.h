// The enabled rules of one bus, compiled, and the book of all buses.
//
// Data path:     PutRule, PutTargets … -> RuleBook::Refresh() (in their commit)
//                -> RuleSet::Change() -> RuleSet::Match() in bus::Ingest
// Thread safety: Match, Find from any thread; changes inside write transactions, one at a time. A
//                reader sees all of a change or none, and keeps the rules it was given.
// Cost:          one pattern::Matcher a bus: matching hardly depends on the rules that do not
// match,
//                and a change costs microseconds whatever else the bus has.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bus/http_parameters.h"
#include "bus/tables.h"
#include "delivery/delivery.h"
#include "pattern/input_transformer.h"
#include "pattern/matcher.h"

namespace riposte::bus {

struct CompiledTarget {
  std::string id;
  std::string arn;
  std::string role_arn;
  pattern::TargetInput input;
  std::string dead_letter_arn;
  delivery::RetryPolicy policy;
  json::Object parameters;  ///< SqsParameters and the like, as PutTargets gave them.
  HttpParameters http;      ///< Of an API destination.
  int64_t archive = 0;      ///< Number of the archive that the target is, or 0.

  /// Apply or Resolve looks into the event's document; else its text is enough.
  [[nodiscard]] bool needs_document() const {
    return input.needs_document() || http.needs_document();
  }
};

struct CompiledRule {
  RuleKey key;
  std::string arn;
  std::string pattern_text;  ///< "" for a rule with a schedule only.
  std::vector<CompiledTarget> targets;
  /// Its pattern names the source aws.events: its failures are not announced, so that no failure
  /// can announce itself for ever.
  bool watches_events = false;
};

/// REQUIRES: the target was accepted by PutTargets. Errors: kCorrupt.
[[nodiscard]] Result<CompiledTarget> CompileTarget(const TargetRow& row);

class RuleSet {
 public:
  using RulePtr = std::shared_ptr<const CompiledRule>;
  /// A rule on its way into the set, with its pattern as it was read.
  struct Incoming {
    RulePtr rule;
    std::optional<pattern::Pattern> pattern;  ///< Nothing for a schedule only.
  };

  /// Appends the rules that the event matches. False when the detail is not a JSON object.
  /// What a hostile set of patterns left unjudged is told by scratch.exhausted().
  [[nodiscard]] bool Match(const pattern::Envelope& envelope, std::string_view detail,
                           pattern::Matcher::Scratch& scratch, std::vector<RulePtr>& out) const;
  [[nodiscard]] RulePtr Find(std::string_view name) const;
  [[nodiscard]] size_t size() const;
  [[nodiscard]] bool empty() const { return size() == 0; }
  /// Some pattern asks for the event's time; else nobody needs it as text before a rule matches.
  [[nodiscard]] bool asks_for_time() const { return matcher_.AsksFor("time"); }

  /// Puts the rules in place of those of the same names, and takes out the names in `gone`.
  /// Errors: kLimitExceeded, naming the rule; nothing has changed then.
  [[nodiscard]] Status Change(std::vector<Incoming> rules, const std::vector<std::string>& gone);
  /// As Change without touching anything: the answer it would give.
  [[nodiscard]] Status Check(const Incoming& rule) const;
  [[nodiscard]] std::vector<std::string> Names() const;

 private:
  struct Entry {
    RulePtr rule;
    std::optional<pattern::Matcher::RuleId> id;  ///< Nothing for a schedule only.
  };

  pattern::Matcher matcher_;
  mutable std::mutex mutex_;  ///< Of by_name_; matching does not need it.
  std::map<std::string, Entry, std::less<>> by_name_;
};

class RuleBook {
 public:
  explicit RuleBook(const telemetry::Log& log) : log_(log) {}

  /// Never null: a bus without rules has an empty set. Any thread.
  [[nodiscard]] std::shared_ptr<const RuleSet> Find(const Scope& scope, std::string_view bus) const;
  /// Compiles one rule as `tx` sees it (or sees it gone); in force when `tx` commits.
  /// Errors: kLimitExceeded, naming the rule.
  [[nodiscard]] Status Refresh(store::Transaction& tx, const RuleKey& key);
  /// The same for a whole bus.
  void Refresh(store::Transaction& tx, const Scope& scope, const std::string& bus);
  /// Everything anew: at start, and after Store::DeleteAllRows.
  void Load(store::Store& store);

 private:
  using Map = std::unordered_map<std::string, std::shared_ptr<RuleSet>>;

  [[nodiscard]] static std::string Key(const Scope& scope, std::string_view bus);
  /// Nothing for what does not compile, which is logged.
  [[nodiscard]] std::optional<RuleSet::Incoming> Compile(store::Transaction& tx,
                                                         const RuleRow& row) const;
  [[nodiscard]] std::vector<RuleSet::Incoming> CompileBus(store::Transaction& tx,
                                                          const Scope& scope,
                                                          const std::string& bus) const;
  [[nodiscard]] std::shared_ptr<const Map> Snapshot() const;
  [[nodiscard]] std::shared_ptr<RuleSet> FindOrMake(const std::string& key);
  void Change(RuleSet& set, std::vector<RuleSet::Incoming> rules,
              const std::vector<std::string>& gone) const;

  const telemetry::Log& log_;
  mutable std::mutex mutex_;  ///< Held for a pointer's copy only.
  std::shared_ptr<const Map> sets_ = std::make_shared<const Map>();
};

}  // namespace riposte::bus
