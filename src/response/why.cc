#include "response/why.h"

#include "bus/envelope.h"
#include "bus/tables.h"
#include "pattern/explain.h"

namespace riposte::response {
namespace {

json::Object ToDocument(const std::string& rule, const std::string& state,
                        const pattern::Explanation& answer) {
  json::Array fields;
  for (const pattern::FieldVerdict& field : answer.fields) {
    json::Array found;
    for (const std::string& value : field.found) found.emplace_back(value);
    fields.push_back(json::Object{{"Path", field.path},
                                  {"Wanted", field.wanted},
                                  {"Found", std::move(found)},
                                  {"More", field.more},
                                  {"Satisfied", field.satisfied}});
  }
  return {{"Rule", rule},
          {"State", state},
          {"Matches", answer.matches},
          {"SplitOverElements", answer.split_over_elements},
          {"Fields", std::move(fields)},
          {"Text", pattern::Describe(answer)}};
}

}  // namespace

void KeepEvent(store::Transaction& tx, const api::Event& event) {
  const json::Value envelope =
      bus::MakeEnvelope(event, {event.scope.account.str(), event.scope.region.str()}, event.detail);
  const std::string text = json::Serialize(envelope);
  if (text.size() > kMaxKeptEnvelope) return;
  tx.Execute(
      "INSERT INTO response_events (account, region, incident, bus, envelope) "
      "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET bus = excluded.bus, "
      "envelope = excluded.envelope",
      {event.scope.account.str(), event.scope.region.str(), event.trace.correlation, event.bus,
       text});
}

std::optional<json::Object> ExplainRules(store::Transaction& tx, const Scope& scope,
                                         const WhyQuery& query) {
  std::string bus;
  json::Value envelope;
  const bool found = tx.QueryOne(
      "SELECT bus, envelope FROM response_events WHERE account = ? AND region = ? AND incident = ?",
      {scope.account.str(), scope.region.str(), query.incident}, [&](const store::Row& row) {
        bus = row.Str(0);
        envelope = row.Json(1);
      });
  if (!found) return std::nullopt;
  json::Array rules;
  // One more than asked for says whether there are more.
  const auto listed =
      bus::tables::ListRules(tx, scope, bus, query.rule_prefix, query.token, query.limit + 1);
  json::Object out;
  for (size_t i = 0; i < listed.size(); ++i) {
    if (static_cast<int64_t>(i) == query.limit) {
      out["NextToken"] = listed[i - 1].key.name;
      break;
    }
    const bus::RuleRow& rule = listed[i];
    if (rule.pattern.empty()) continue;
    const auto pattern = pattern::Pattern::Parse(rule.pattern);
    if (!pattern) continue;
    rules.push_back(
        ToDocument(rule.key.name, rule.state, pattern::Explain(*pattern, envelope.as_object())));
  }
  out["EventBusName"] = bus;
  out["Event"] = std::move(envelope);
  out["Rules"] = std::move(rules);
  return out;
}

}  // namespace riposte::response
