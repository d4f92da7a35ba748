// Event in, deliveries owed.
//
// Data path:     services/events PutEvents -> Match() on the calling thread -> nothing owed: reply;
//                else Store::Write -> Owe() -> delivery::Dispatcher -> RuleTargets
//                other services -> Emit() inside their own write transaction
// Thread safety: Match from any thread; Owe and Emit inside write transactions.
// Cost:          an event that no rule could match costs a few look-ups and no write; from text,
//                documents and the envelope are built only when some rule does match.
//
// Matching uses the snapshot of the rules at that moment: a rule changed in the same instant may
// or may not see the event, as in the service.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "api/sinks.h"
#include "bus/envelope.h"
#include "bus/rule_set.h"
#include "delivery/delivery.h"

namespace riposte::bus {

class Ingest final : public api::EventSink {
 public:
  Ingest(const RuleBook& rules, delivery::Dispatcher& dispatcher, const Clock& clock,
         Random& random, api::MetricSink& metrics)
      : rules_(rules), dispatcher_(dispatcher), clock_(clock), random_(random), metrics_(metrics) {}

  /// Appends what is owed for `event`, one Work a (rule, target). Sets event.id when it is empty;
  /// event.detail is used up when some rule matches.
  void Match(api::Event& event, std::vector<delivery::Work>& owed) const;
  /// The same for a detail still in its text, from elsewhere: the hot path. False when the detail
  /// is not a JSON object; nothing is owed then.
  [[nodiscard]] bool MatchText(api::Event& event, std::string_view detail, const Origin& origin,
                               std::vector<delivery::Work>& owed) const;
  /// The same for an event that a replay brings back: of the rules that it matches, those named by
  /// `only` get it, or all when that is empty.
  [[nodiscard]] bool MatchReplayed(api::Event& event, std::string_view detail, const Origin& origin,
                                   std::span<const std::string> only,
                                   std::vector<delivery::Work>& owed) const;
  /// True while more is owed than may be: events from outside that would owe more are refused.
  [[nodiscard]] bool Full() const { return dispatcher_.Full(); }
  /// From the commit of `tx` on, all of it is owed.
  void Owe(store::Transaction& tx, std::vector<delivery::Work> owed) const;

  void Emit(store::Transaction& tx, api::Event event) override;
  /// One rule's targets get `event` without asking its pattern (schedules).
  void Trigger(store::Transaction& tx, const CompiledRule& rule, api::Event event) const;

 private:
  /// The rules that the event matches; nullopt when the detail is not a JSON object.
  [[nodiscard]] std::optional<std::vector<RuleSet::RulePtr>> FindRules(api::Event& event,
                                                                       std::string_view detail,
                                                                       const Origin& origin) const;
  /// False when the detail is not a JSON object.
  [[nodiscard]] bool OweText(const std::vector<RuleSet::RulePtr>& rules, const api::Event& event,
                             std::string_view detail, const Origin& origin,
                             std::vector<delivery::Work>& owed) const;
  /// `envelope` as a document may be null when no target needs it, as text "" when none is made
  /// yet.
  void Owe(const std::vector<RuleSet::RulePtr>& rules, const api::Event& event,
           const json::Value& envelope, std::string text, std::vector<delivery::Work>& owed) const;
  void OweRule(const CompiledRule& rule, const api::Event& event, const json::Value& envelope,
               std::string& text, std::vector<delivery::Work>& owed) const;

  const RuleBook& rules_;
  delivery::Dispatcher& dispatcher_;
  const Clock& clock_;
  Random& random_;
  api::MetricSink& metrics_;
};

/// The dimensions under which a rule's metrics are kept (AWS/Events): by rule, and on other buses
/// than the default also by bus and rule.
void PutRuleMetric(api::MetricSink& metrics, const RuleKey& rule, std::string_view name,
                   double value, std::string_view unit = "Count");

}  // namespace riposte::bus
