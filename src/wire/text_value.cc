#include "wire/text_value.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>

#include "base/encoding.h"
#include "base/number.h"
#include "http/message.h"

namespace riposte::wire {
namespace {

std::unexpected<Error> Bad(std::string_view wanted) {
  return Fail(Code::kInvalidArgument,
              fmt::format("STRING_VALUE can not be converted to {}", wanted));
}

template <class Number>
bool ParseWhole(std::string_view text, Number& number) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto parsed = ParseNumber<Number>(text);
  if (parsed) number = *parsed;
  return parsed.has_value();
}

Result<json::Value> ParseReal(std::string_view text) {
  if (text == "NaN") return json::Value(std::numeric_limits<double>::quiet_NaN());
  if (text == "Infinity") return json::Value(std::numeric_limits<double>::infinity());
  if (text == "-Infinity") return json::Value(-std::numeric_limits<double>::infinity());
  double number = 0;
  if (!ParseWhole(text, number) || !std::isfinite(number)) return Bad("a Double");
  return json::Value(number);
}

/// Seconds for the document: whole where they are.
json::Value ToDocument(TimePoint time) {
  const int64_t millis = ToMillis(time);
  if (millis % 1000 == 0) return millis / 1000;
  return ToSeconds(time);
}

Result<json::Value> ParseTimestamp(std::string_view text) {
  double seconds = 0;
  if (ParseWhole(text, seconds) && std::isfinite(seconds)) {
    if (int64_t whole = 0; ParseWhole(text, whole)) return json::Value(whole);
    return json::Value(seconds);
  }
  if (const auto time = ParseIso8601(text)) return ToDocument(*time);
  if (const auto time = ParseHttpDate(text)) return ToDocument(*time);
  return Bad("milliseconds since epoch");
}

}  // namespace

std::string ToUtf8(std::string_view text) {
  if (IsUtf8(text)) return std::string(text);
  std::string out;
  for (size_t i = 0; i < text.size();) {
    size_t length = 1;
    while (length <= 4 && i + length <= text.size() && !IsUtf8(text.substr(i, length))) ++length;
    if (length <= 4 && i + length <= text.size()) {
      out += text.substr(i, length);
      i += length;
    } else {
      out += "\xEF\xBF\xBD";
      ++i;
    }
  }
  return out;
}

std::optional<int64_t> AsWhole(const json::Value& value) {
  if (value.is_int64()) return value.get_int64();
  if (value.is_uint64() && value.get_uint64() <= uint64_t{std::numeric_limits<int64_t>::max()}) {
    return static_cast<int64_t>(value.get_uint64());
  }
  if (value.is_double() && value.get_double() == std::floor(value.get_double()) &&
      std::abs(value.get_double()) < 9e18) {
    return static_cast<int64_t>(value.get_double());
  }
  return std::nullopt;
}

Result<TimePoint> ParseHttpDate(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  // "Sat, 21 Nov 2026 09:08:07 GMT" says the same as "2026-11-21T09:08:07Z".
  if (text.size() == 29 && text.substr(3, 2) == ", " && text.substr(25) == " GMT") {
    for (size_t month = 0; month < kMonths.size(); ++month) {
      if (text.substr(8, 3) != kMonths[month]) continue;
      return ParseIso8601(fmt::format("{}-{:02}-{}T{}Z", text.substr(12, 4), month + 1,
                                      text.substr(5, 2), text.substr(17, 8)));
    }
  }
  return Fail(Code::kInvalidArgument, "not an HTTP date");
}

Result<json::Value> ParseText(const Shape& shape, std::string_view text) {
  switch (shape.type) {
    case ShapeType::kBoolean:
      if (http::EqualsIgnoreCase(text, "true")) return json::Value(true);
      if (http::EqualsIgnoreCase(text, "false")) return json::Value(false);
      return Bad("a Boolean");
    case ShapeType::kInteger:
    case ShapeType::kLong: {
      int64_t number = 0;
      if (!ParseWhole(text, number)) {
        return Bad(shape.type == ShapeType::kLong ? "a Long" : "an Integer");
      }
      return json::Value(number);
    }
    case ShapeType::kFloat:
    case ShapeType::kDouble:
      return ParseReal(text);
    case ShapeType::kTimestamp:
      return ParseTimestamp(text);
    default:
      if (!IsUtf8(text)) return Fail(Code::kInvalidArgument, "Invalid UTF-8 in a text");
      return json::Value(text);
  }
}

TimestampFormat FormatOf(const Member& member, TimestampFormat fallback) {
  if (member.timestamp_format != TimestampFormat::kDefault) return member.timestamp_format;
  if (member.target->timestamp_format != TimestampFormat::kDefault) {
    return member.target->timestamp_format;
  }
  return fallback;
}

std::string FormatTimestamp(double seconds, TimestampFormat format) {
  const double limit = 253402300799.0;  // The end of the year 9999.
  const auto millis =
      static_cast<int64_t>(std::llround(std::clamp(seconds, -limit, limit) * 1000.0));
  switch (format) {
    case TimestampFormat::kDateTime:
      return FormatIso8601(FromMillis(millis), millis % 1000 != 0);
    case TimestampFormat::kHttpDate:
      return FormatHttpDate(FromMillis(millis));
    case TimestampFormat::kDefault:
    case TimestampFormat::kEpochSeconds:
      break;
  }
  if (millis % 1000 == 0) return std::to_string(millis / 1000);
  std::string text = fmt::format("{:.3f}", static_cast<double>(millis) / 1000.0);
  while (text.back() == '0') text.pop_back();
  return text;
}

std::string FormatText(const json::Value& value, const Member& member, TimestampFormat fallback) {
  if (value.is_string()) return std::string(json::View(value));
  if (value.is_bool()) return value.get_bool() ? "true" : "false";
  if (!value.is_number()) return json::Serialize(value);
  switch (member.target->type) {
    case ShapeType::kTimestamp:
      return FormatTimestamp(value.to_number<double>(), FormatOf(member, fallback));
    case ShapeType::kFloat:
    case ShapeType::kDouble: {
      const double number = value.to_number<double>();
      if (std::isnan(number)) return "NaN";
      if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
      return number == std::floor(number) && std::abs(number) < 1e15 ? fmt::format("{:.1f}", number)
                                                                     : fmt::format("{}", number);
    }
    default:
      if (const auto whole = AsWhole(value)) return std::to_string(*whole);
      return json::Serialize(value);
  }
}

}  // namespace riposte::wire
