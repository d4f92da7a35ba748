// Why an incident's event matched the rules it did, and why not the others.
//
// Data path:     Incidents::Emit keeps the event -> ExplainRules reads it and the rules of its bus
// Thread safety: inside a transaction, on its thread.
// Cost:          each rule asked about is judged field by field on documents: a page of some rules
//                takes milliseconds. The rules are those of now, the event that of then.
#pragma once

#include <optional>
#include <string>

#include "api/sinks.h"
#include "json/json.h"
#include "store/store.h"

namespace riposte::response {

/// Larger envelopes are not kept.
inline constexpr size_t kMaxKeptEnvelope = 256 * 1024;

/// Keeps the event as its rules saw it; the last one of an incident counts.
void KeepEvent(store::Transaction& tx, const api::Event& event);

struct WhyQuery {
  std::string incident;
  std::string rule_prefix;  ///< "": all rules of the bus.
  int64_t limit = 50;
  std::string token;  ///< From the page before.
};
/// The event, and for each rule with a pattern whether it matches, with every field: what was
/// wanted and what was there. nullopt when there is no such incident, or its event was not kept.
[[nodiscard]] std::optional<json::Object> ExplainRules(store::Transaction& tx, const Scope& scope,
                                                       const WhyQuery& query);

}  // namespace riposte::response
