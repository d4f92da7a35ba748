// Archives: what a bus keeps of its events, to be replayed.
//
// Data path:     Ingest::OweRule -> ArchiveWork -> Dispatcher::Enqueue ->
// ArchiveTarget::DeliverWithin:
//                one row, in the commit that accepts the event
// Thread safety: DeliverWithin and the functions over a transaction as store::Transaction says; all
//                else on any thread.
// Cost:          nothing for a bus without archives; else one more rule that matches, and two
//                statements an event and archive.
//
// An archive is a rule of its bus, called Events-Archive-NAME and managed by the service, whose
// pattern is the archive's with "replay-name": [{"exists": false}] added: the matcher of all rules
// finds what belongs into it, and what a replay brings back never does. Its one target is the
// archive itself. Without its rule (deleted by force) an archive is DISABLED until it is updated.
// Source: "Archiving and replaying events in Amazon EventBridge", EventBridge user guide.
#pragma once

#include <string>
#include <string_view>

#include "bus/archive_tables.h"
#include "bus/rule_set.h"

namespace riposte::bus {

inline constexpr std::string_view kArchiveKind = "archive";
/// Who manages the rules of archives.
inline constexpr std::string_view kArchiveOwner = "prod.vhs.events.aws.internal";

/// "arn:aws:events:R:A:archive/NAME"
[[nodiscard]] std::string ArchiveArn(const Scope& scope, std::string_view name);
/// The name in such an ARN, "" in others.
[[nodiscard]] std::string ArchiveOfArn(std::string_view arn);
[[nodiscard]] RuleKey ArchiveRule(const ArchiveRow& archive);
/// `pattern` is "" for all events. REQUIRES: Pattern::Parse() accepts it otherwise.
[[nodiscard]] std::string ArchiveRulePattern(std::string_view pattern);

/// Makes the archive's rule what the archive says, or takes it away. The caller refreshes the rule.
void PutArchiveRule(store::Transaction& tx, const ArchiveRow& archive);
void DeleteArchiveRule(store::Transaction& tx, const ArchiveRow& archive);
/// Somebody has, by force, deleted the rule or its target.
void LoseArchiveRule(store::Transaction& tx, const RuleKey& rule);

/// The event on its way into the archive that is `target`. `text` is its envelope.
[[nodiscard]] delivery::Work ArchiveWork(const CompiledRule& rule, const CompiledTarget& target,
                                         const api::Event& event, const std::string& text,
                                         TimePoint now);

class ArchiveTarget final : public delivery::Target {
 public:
  ArchiveTarget(store::Store& store, const Clock& clock, api::MetricSink& metrics)
      : store_(store), clock_(clock), metrics_(metrics) {}

  /// Always: an archive that has gone in the meantime needs nothing more.
  bool DeliverWithin(store::Transaction& tx, const delivery::Work& work) override;
  /// Not on the way of any event; for work that is on the list all the same.
  void Deliver(const delivery::Work& work, Completion completion) override;
  [[nodiscard]] DeadLetter MakeDeadLetter(const delivery::Work& work, const delivery::Result& last,
                                          const std::string& exhausted) const override;
  void OnOutcome(store::Transaction& tx, const delivery::Work& work, const delivery::Result& result,
                 Disposition disposition) override;

 private:
  store::Store& store_;
  const Clock& clock_;
  api::MetricSink& metrics_;
};

}  // namespace riposte::bus
