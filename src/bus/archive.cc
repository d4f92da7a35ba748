#include "bus/archive.h"

#include "base/arn.h"
#include "bus/ingest.h"

namespace riposte::bus {
namespace {

constexpr std::string_view kResource = "archive/";
constexpr std::string_view kRulePrefix = "Events-Archive-";
constexpr std::string_view kNotReplayed = R"("replay-name":[{"exists":false}]})";

}  // namespace

std::string ArchiveArn(const Scope& scope, std::string_view name) {
  return MakeArn("events", scope, std::string(kResource).append(name));
}

std::string ArchiveOfArn(std::string_view arn) {
  const auto parsed = Arn::Parse(arn);
  if (!parsed || parsed->service != "events" || !parsed->resource.starts_with(kResource)) return "";
  return parsed->resource.substr(kResource.size());
}

RuleKey ArchiveRule(const ArchiveRow& archive) {
  return {archive.scope, archive.bus, std::string(kRulePrefix) + archive.name};
}

std::string ArchiveRulePattern(std::string_view pattern) {
  // Into the text, so that all of it stays as it was written. Of two equal keys the last counts.
  const size_t end = pattern.rfind('}');
  if (end == std::string_view::npos) return "{" + std::string(kNotReplayed);
  return std::string(pattern.substr(0, end)) + "," + std::string(kNotReplayed);
}

void PutArchiveRule(store::Transaction& tx, const ArchiveRow& archive) {
  RuleRow rule;
  rule.key = ArchiveRule(archive);
  rule.pattern = ArchiveRulePattern(archive.pattern);
  rule.state = "ENABLED";
  rule.created = archive.created;
  rule.managed_by = kArchiveOwner;
  tables::PutRule(tx, rule);
  const std::string arn = ArchiveArn(archive.scope, archive.name);
  tables::PutTarget(tx, rule.key, {rule.key.name, arn, {{"Id", rule.key.name}, {"Arn", arn}}});
}

void DeleteArchiveRule(store::Transaction& tx, const ArchiveRow& archive) {
  const RuleKey key = ArchiveRule(archive);
  tables::DeleteTarget(tx, key, key.name);
  tables::DeleteRule(tx, key);
}

void LoseArchiveRule(store::Transaction& tx, const RuleKey& rule) {
  const std::string_view name(rule.name);
  if (!name.starts_with(kRulePrefix)) return;
  const int64_t number =
      archive_tables::FindNumber(tx, rule.scope, std::string(name.substr(kRulePrefix.size())));
  archive_tables::SetState(tx, number, "DISABLED",
                           "The rule " + rule.name +
                               " was changed; update the archive to enable "
                               "it again.");
}

delivery::Work ArchiveWork(const CompiledRule& rule, const CompiledTarget& target,
                           const api::Event& event, const std::string& text, TimePoint now) {
  delivery::Work work;
  work.kind = kArchiveKind;
  work.scope = rule.key.scope;
  work.source_arn = rule.arn;
  work.target_arn = target.arn;
  work.detail["archive"] = target.archive;
  work.detail["bus"] = rule.key.bus;
  work.detail["rule"] = rule.key.name;
  // As the envelope tells it, which is what a replay's range of times is held against.
  work.detail["time_ms"] = ToMillis(std::chrono::floor<std::chrono::seconds>(event.time));
  work.detail["event"] = text;
  work.trace = event.trace;
  work.created = now;
  work.due = now;
  return work;
}

bool ArchiveTarget::DeliverWithin(store::Transaction& tx, const delivery::Work& work) {
  const json::Object& detail = work.detail;
  const bool kept = archive_tables::Keep(tx, json::GetInt(detail, "archive"),
                                         FromMillis(json::GetInt(detail, "time_ms")), clock_.Now(),
                                         json::GetString(detail, "event"));
  if (kept) {
    PutRuleMetric(metrics_,
                  {work.scope, std::string(json::GetString(detail, "bus")),
                   std::string(json::GetString(detail, "rule"))},
                  "Invocations", 1);
  }
  return true;
}

void ArchiveTarget::Deliver(const delivery::Work& work, Completion completion) {
  store_.Write([this, work](store::Transaction& tx) { (void)DeliverWithin(tx, work); },
               [completion = std::move(completion)](std::exception_ptr failure) mutable {
                 completion(failure ? delivery::Result::Retry("INTERNAL_ERROR", "not stored")
                                    : delivery::Result::Done());
               });
}

delivery::Target::DeadLetter ArchiveTarget::MakeDeadLetter(const delivery::Work& work,
                                                           const delivery::Result& last,
                                                           const std::string& exhausted) const {
  DeadLetter letter;
  letter.body = json::GetString(work.detail, "event");
  letter.attributes["RULE_ARN"] = work.source_arn;
  letter.attributes["TARGET_ARN"] = work.target_arn;
  letter.attributes["ERROR_CODE"] = last.error_code;
  letter.attributes["EXHAUSTED_RETRY_CONDITION"] = exhausted;
  return letter;
}

void ArchiveTarget::OnOutcome(store::Transaction& /*tx*/, const delivery::Work& /*work*/,
                              const delivery::Result& /*result*/, Disposition /*disposition*/) {}

}  // namespace riposte::bus
