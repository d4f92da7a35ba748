// Which rules does an event match?
//
// A Matcher holds all patterns of one event bus (or topic) at once and answers for all of them in
// one pass over the event's text: fields that no rule names are only checked, equal conditions of
// many rules are judged once, and a rule is looked at only when its rarest condition holds.
//
// Data path:     bus::Ingest -> RuleSet -> Matcher::Match() -> deliveries owed
// Thread safety: Match from any number of threads, each with its own Scratch; Change from one
//                thread at a time, while they match. All of a change becomes visible at once, as
//                Change returns; nobody waits for it, it waits for matches that are under way.
// Cost:          Match: the event is read once (about 1 GB/s); then it grows with the values of
//                named fields and with the rules that match, hardly with those that do not.
//                Change: some microseconds a rule, whatever else is there. See bench/README.md.
// Memory:        some 250 bytes a rule beyond its own words; patterns are not kept.
// Design:        docs/decisions/0006-matcher.md. Grammar: pattern.h, README.md.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "pattern/envelope.h"
#include "pattern/pattern.h"

namespace riposte::pattern {

class Matcher {
 public:
  using RuleId = uint32_t;

  /// What a set of rules may grow to. A rule that would cross a limit is refused by name.
  struct Limits {
    size_t max_combinations = 4'000'000;  ///< Of $or, over all rules.
    size_t max_conditions = 16'000'000;   ///< Before equal ones are put together.
    size_t max_bytes = size_t{2} << 30;   ///< Estimated, operands included.
    size_t max_same_path = 8;             ///< Ways to cut one dotted path into names.
    size_t max_collisions = 64;           ///< Conditions that share 32 bits of hash: no accident.
  };

  struct NewRule {
    std::string_view name;  ///< For refusals.
    const Pattern* pattern = nullptr;
    std::shared_ptr<const void> payload;  ///< Given to whoever matches.
  };

  /// Memory for matching that one thread keeps from event to event, whatever the Matcher.
  class Scratch {
   public:
    Scratch();
    ~Scratch();
    /// The last match ended at its budget: rules that it had not judged count as not matching.
    [[nodiscard]] bool exhausted() const;
    /// Steps of judgement in the last match, beyond reading; their bound is kMaxSteps.
    [[nodiscard]] int64_t steps() const;
    [[nodiscard]] size_t bytes() const;  ///< Does not grow in steady state.

   private:
    friend class Matcher;
    struct Impl;
    std::unique_ptr<Impl> impl_;
  };
  /// See Scratch::exhausted: with reading 256 KB this is below 5 ms.
  static constexpr int64_t kMaxSteps = 80'000;

  Matcher();
  explicit Matcher(const Limits& limits);
  ~Matcher();

  /// Removes and adds at once, or nothing. Returns the ids of `add` in its order; an id is good
  /// until it is removed. REQUIRES: each of `remove` is there, once.
  /// Errors: kLimitExceeded, naming the rule.
  [[nodiscard]] Result<std::vector<RuleId>> Change(std::span<const RuleId> remove,
                                                   std::span<const NewRule> add);
  /// Whether Change would take these.
  [[nodiscard]] Status Check(std::span<const NewRule> add) const;
  [[nodiscard]] Result<RuleId> Add(std::string_view name, const Pattern& pattern,
                                   std::shared_ptr<const void> payload = nullptr);
  void Remove(RuleId id);

  /// The rules that the event (a JSON object) matches: each once, in no order; the view is good
  /// until the next match with `scratch`. Errors: kInvalidArgument for malformed JSON, all of it
  /// checked whatever the rules.
  [[nodiscard]] Result<std::span<const RuleId>> Match(std::string_view event,
                                                      Scratch& scratch) const;
  [[nodiscard]] Result<std::span<const RuleId>> Match(const Envelope& envelope,
                                                      std::string_view detail,
                                                      Scratch& scratch) const;
  /// The payloads instead, which outlive the rules. False for malformed JSON.
  [[nodiscard]] bool Match(const Envelope& envelope, std::string_view detail, Scratch& scratch,
                           std::vector<std::shared_ptr<const void>>& payloads) const;

  [[nodiscard]] size_t size() const { return size_.load(std::memory_order_relaxed); }
  /// Some rule names this top-level field.
  [[nodiscard]] bool AsksFor(std::string_view name) const;
  /// What the rules take, without their names and payloads. Walks everything: for measurements.
  [[nodiscard]] size_t bytes() const;

 private:
  struct State;
  class ReadLock;

  std::unique_ptr<State> state_;
  std::atomic<size_t> size_ = 0;
};

}  // namespace riposte::pattern
