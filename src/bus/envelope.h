// The EventBridge envelope: what patterns match and targets get.
//
//   version ("0"), id, detail-type, source, account, time, region, resources, detail
// Pure functions.
#pragma once

#include "api/sinks.h"
#include "json/json.h"

namespace riposte::bus {

/// `account` and `region` are where the event comes from; a forwarded event keeps its first ones.
struct Origin {
  std::string_view account;
  std::string_view region;
};

/// Takes `detail` and its memory resource: no copy of it is made.
[[nodiscard]] json::Value MakeEnvelope(const api::Event& event, const Origin& origin,
                                       json::Value detail);
/// The same as text, from a detail that is text: numbers and escapes stay as they were written.
/// REQUIRES: `detail` is a JSON object.
[[nodiscard]] std::string EnvelopeText(const api::Event& event, const Origin& origin,
                                       std::string_view detail);

}  // namespace riposte::bus
