// Simple values as text: in query strings, form bodies, XML, headers and URI labels.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "json/json.h"
#include "wire/catalog.h"

namespace riposte::wire {

/// The document's value for `text` under `shape`, a simple one. Blobs stay base64 text.
/// Errors: kInvalidArgument with "STRING_VALUE can not be converted to an Integer" or alike.
[[nodiscard]] Result<json::Value> ParseText(const Shape& shape, std::string_view text);

/// A simple value as text; `fallback` is the protocol's timestamp format where neither the member
/// nor its shape names one. A value of another type than the model's is written as JSON.
[[nodiscard]] std::string FormatText(const json::Value& value, const Member& member,
                                     TimestampFormat fallback);

/// The member's own format, else its target's, else `fallback`.
[[nodiscard]] TimestampFormat FormatOf(const Member& member, TimestampFormat fallback);
/// A number of seconds in that format; epoch seconds have at most three decimals.
[[nodiscard]] std::string FormatTimestamp(double seconds, TimestampFormat format);
/// "Sat, 21 Nov 2026 09:08:07 GMT". Errors: kInvalidArgument.
[[nodiscard]] Result<TimePoint> ParseHttpDate(std::string_view text);

/// `text` as it is when well-formed, else with U+FFFD for each byte that is not.
[[nodiscard]] std::string ToUtf8(std::string_view text);

/// The value as a whole number, when it is one (also 5.0); else nullopt.
[[nodiscard]] std::optional<int64_t> AsWhole(const json::Value& value);

}  // namespace riposte::wire
