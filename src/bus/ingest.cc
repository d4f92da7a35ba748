#include "bus/ingest.h"

#include <algorithm>

#include "bus/archive.h"
#include "bus/rule_delivery.h"

namespace riposte::bus {

void PutRuleMetric(api::MetricSink& metrics, const RuleKey& rule, std::string_view name,
                   double value, std::string_view unit) {
  metrics.Put(rule.scope, "AWS/Events", name, {{"RuleName", rule.name}}, value, unit);
  if (rule.bus != kDefaultBus) {
    metrics.Put(rule.scope, "AWS/Events", name,
                {{"EventBusName", rule.bus}, {"RuleName", rule.name}}, value, unit);
  }
}

namespace {

/// Memory for matching, one a thread: it stays from event to event.
pattern::Matcher::Scratch& ThreadScratch() {
  thread_local pattern::Matcher::Scratch scratch;
  return scratch;
}

}  // namespace

std::optional<std::vector<RuleSet::RulePtr>> Ingest::FindRules(api::Event& event,
                                                               std::string_view detail,
                                                               const Origin& origin) const {
  if (event.id.empty()) event.id = random_.Uuid();
  const auto set = rules_.Find(event.scope, event.bus);
  const std::string time = set->asks_for_time() ? FormatIso8601(event.time) : std::string();
  const pattern::Envelope seen{event.id, event.detail_type, event.source,    origin.account,
                               time,     origin.region,     event.resources, event.replay_name};
  std::vector<RuleSet::RulePtr> rules;
  if (!set->Match(seen, detail, ThreadScratch(), rules)) return std::nullopt;
  if (ThreadScratch().exhausted()) {
    metrics_.Put(event.scope, "AWS/Events", "MatchingBudgetExhausted",
                 {{"EventBusName", event.bus}}, 1, "Count");
  }
  return rules;
}

void Ingest::Match(api::Event& event, std::vector<delivery::Work>& owed) const {
  const Origin origin{event.scope.account.str(), event.scope.region.str()};
  if (rules_.Find(event.scope, event.bus)->empty()) {
    if (event.id.empty()) event.id = random_.Uuid();
    return;
  }
  const auto rules = FindRules(event, json::Serialize(event.detail), origin);
  if (!rules || rules->empty()) return;
  Owe(*rules, event, MakeEnvelope(event, origin, std::move(event.detail)), {}, owed);
}

bool Ingest::MatchText(api::Event& event, std::string_view detail, const Origin& origin,
                       std::vector<delivery::Work>& owed) const {
  const auto rules = FindRules(event, detail, origin);
  if (!rules) return false;
  return rules->empty() || OweText(*rules, event, detail, origin, owed);
}

bool Ingest::MatchReplayed(api::Event& event, std::string_view detail, const Origin& origin,
                           std::span<const std::string> only,
                           std::vector<delivery::Work>& owed) const {
  auto rules = FindRules(event, detail, origin);
  if (!rules) return false;
  if (!only.empty()) {
    std::erase_if(*rules, [&](const RuleSet::RulePtr& rule) {
      return std::ranges::find(only, rule->key.name) == only.end();
    });
  }
  return rules->empty() || OweText(*rules, event, detail, origin, owed);
}

bool Ingest::OweText(const std::vector<RuleSet::RulePtr>& rules, const api::Event& event,
                     std::string_view detail, const Origin& origin,
                     std::vector<delivery::Work>& owed) const {
  const bool needs_document = std::ranges::any_of(rules, [](const RuleSet::RulePtr& rule) {
    return std::ranges::any_of(rule->targets, &CompiledTarget::needs_document);
  });
  json::Value envelope;
  if (needs_document) {
    auto document = json::Parse(detail);
    if (!document) return false;
    envelope = MakeEnvelope(event, origin, std::move(*document));
  }
  Owe(rules, event, envelope, EnvelopeText(event, origin, detail), owed);
  return true;
}

void Ingest::Owe(const std::vector<RuleSet::RulePtr>& rules, const api::Event& event,
                 const json::Value& envelope, std::string text,
                 std::vector<delivery::Work>& owed) const {
  for (const RuleSet::RulePtr& rule : rules) OweRule(*rule, event, envelope, text, owed);
}

void Ingest::OweRule(const CompiledRule& rule, const api::Event& event, const json::Value& envelope,
                     std::string& text, std::vector<delivery::Work>& owed) const {
  PutRuleMetric(metrics_, rule.key, "MatchedEvents", 1);
  PutRuleMetric(metrics_, rule.key, "TriggeredRules", 1);
  if (rule.targets.empty()) return;
  if (text.empty()) text = json::Serialize(envelope);
  const TimePoint now = clock_.Now();
  const std::string ingestion_time = FormatIso8601(now);
  for (const CompiledTarget& target : rule.targets) {
    if (target.archive != 0) {
      owed.push_back(ArchiveWork(rule, target, event, text, now));
      continue;
    }
    RuleDelivery delivery;
    delivery.event_id = event.id;
    delivery.event = text;
    delivery.input = target.input.Apply(envelope, text, {rule.arn, rule.key.name, ingestion_time});
    delivery.rule = rule.key.name;
    delivery.bus = rule.key.bus;
    delivery.target_id = target.id;
    delivery.role_arn = target.role_arn;
    delivery.parameters = target.parameters;
    if (!target.http.empty()) delivery.parameters["HttpParameters"] = target.http.Resolve(envelope);
    delivery.announce = !rule.watches_events && event.source != "aws.events";
    delivery::Work work;
    work.kind = kRuleTargetKind;
    work.scope = rule.key.scope;
    work.source_arn = rule.arn;
    work.target_arn = target.arn;
    work.detail = std::move(delivery).ToJson();
    work.policy = target.policy;
    work.dead_letter_arn = target.dead_letter_arn;
    work.trace.correlation = event.trace.correlation.empty() ? event.id : event.trace.correlation;
    work.trace.hops = event.trace.hops + 1;
    work.created = now;
    work.due = now;
    owed.push_back(std::move(work));
  }
}

void Ingest::Owe(store::Transaction& tx, std::vector<delivery::Work> owed) const {
  for (delivery::Work& work : owed) dispatcher_.Enqueue(tx, std::move(work));
}

void Ingest::Emit(store::Transaction& tx, api::Event event) {
  std::vector<delivery::Work> owed;
  Match(event, owed);
  Owe(tx, std::move(owed));
}

void Ingest::Trigger(store::Transaction& tx, const CompiledRule& rule, api::Event event) const {
  if (event.id.empty()) event.id = random_.Uuid();
  const Origin origin{rule.key.scope.account.str(), rule.key.scope.region.str()};
  json::Value detail = std::move(event.detail);
  const json::Value envelope = MakeEnvelope(event, origin, std::move(detail));
  std::string text;
  std::vector<delivery::Work> owed;
  OweRule(rule, event, envelope, text, owed);
  Owe(tx, std::move(owed));
}

}  // namespace riposte::bus
