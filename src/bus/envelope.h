// The EventBridge envelope: what patterns match and targets get.
//
//   version ("0"), id, detail-type, source, account, time, region, resources, detail
//   and replay-name, when a replay brings the event back
// Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "api/sinks.h"
#include "base/result.h"
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

/// An event taken out of its envelope. `detail` is a view into the text that was read.
struct EnvelopeParts {
  api::Event event;  ///< Without scope, bus, trace and detail.
  std::string account;
  std::string region;
  std::string_view detail;
};
/// The inverse of EnvelopeText, and of MakeEnvelope serialised. Errors: kCorrupt for other texts.
[[nodiscard]] Result<EnvelopeParts> ReadEnvelope(std::string_view text);

}  // namespace riposte::bus
