#include "base/time.h"

#include <array>
#include <cstdio>

#include "base/encoding.h"

namespace riposte {
namespace {

struct Civil {
  int year;
  unsigned month, day;
  int hour, minute, second, millis;
  unsigned weekday;
};

Civil ToCivil(TimePoint t) {
  const auto days = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss<Millis> clock(t - days);
  return {static_cast<int>(date.year()),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          static_cast<int>(clock.hours().count()),
          static_cast<int>(clock.minutes().count()),
          static_cast<int>(clock.seconds().count()),
          static_cast<int>(clock.subseconds().count()),
          std::chrono::weekday(days).c_encoding()};
}

/// Reads exactly `digits` decimal digits and moves past them; -1 when they are not there.
int Take(std::string_view& text, size_t digits) {
  if (text.size() < digits) return -1;
  int value = 0;
  for (size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool Skip(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string FormatIso8601(TimePoint t, bool with_millis) {
  const Civil c = ToCivil(t);
  std::array<char, 64> out;
  const int n = with_millis
                    ? std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                                    c.year, c.month, c.day, c.hour, c.minute, c.second, c.millis)
                    : std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                                    c.year, c.month, c.day, c.hour, c.minute, c.second);
  return std::string(out.data(), static_cast<size_t>(n));
}

std::string FormatBasic(TimePoint t) {
  const Civil c = ToCivil(t);
  std::array<char, 64> out;
  const int n = std::snprintf(out.data(), out.size(), "%04d%02u%02uT%02d%02d%02dZ", c.year, c.month,
                              c.day, c.hour, c.minute, c.second);
  return std::string(out.data(), static_cast<size_t>(n));
}

std::string FormatHttpDate(TimePoint t) {
  static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const Civil c = ToCivil(t);
  std::array<char, 64> out;
  const int n =
      std::snprintf(out.data(), out.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT", kDays[c.weekday],
                    c.day, kMonths[c.month - 1], c.year, c.hour, c.minute, c.second);
  return std::string(out.data(), static_cast<size_t>(n));
}

Result<TimePoint> ParseIso8601(std::string_view text) {
  const auto bad = [whole = text] {
    return Fail(Code::kInvalidArgument, "not a date-time: " + std::string(whole.substr(0, 64)));
  };
  const int year = Take(text, 4);
  const bool extended = Skip(text, '-');
  const int month = Take(text, 2);
  if (extended && !Skip(text, '-')) return bad();
  const int day = Take(text, 2);
  if (year < 0 || month < 0 || day < 0) return bad();
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return bad();
  TimePoint result = std::chrono::sys_days(date);
  if (text.empty()) return result;
  if (!Skip(text, 'T') && !Skip(text, 't') && !Skip(text, ' ')) return bad();

  const int hour = Take(text, 2);
  if (extended && !Skip(text, ':')) return bad();
  const int minute = Take(text, 2);
  int second = 0;
  if (extended ? Skip(text, ':') : true) second = Take(text, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return bad();
  result += std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);

  if (Skip(text, '.')) {
    int scale = 100;
    int millis = 0;
    size_t digits = 0;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; ++digits) {
      millis += (text.front() - '0') * scale;
      scale /= 10;
      text.remove_prefix(1);
    }
    if (digits == 0 || digits > 9) return bad();
    result += Millis(millis);
  }
  if (Skip(text, 'Z') || Skip(text, 'z')) return text.empty() ? Result<TimePoint>(result) : bad();
  if (text.empty()) return result;
  const int sign = Skip(text, '+') ? 1 : Skip(text, '-') ? -1 : 0;
  const int offset_hours = Take(text, 2);
  Skip(text, ':');
  const int offset_minutes = Take(text, 2);
  if (sign == 0 || offset_hours < 0 || offset_hours > 23 || offset_minutes < 0 ||
      offset_minutes > 59 || !text.empty()) {
    return bad();
  }
  return result - sign * (std::chrono::hours(offset_hours) + std::chrono::minutes(offset_minutes));
}

std::string Random::Uuid() {
  std::string bytes = Bytes(16);
  bytes[6] = static_cast<char>((static_cast<unsigned char>(bytes[6]) & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3f) | 0x80);
  std::string out(36, '-');
  char* at = out.data();
  for (size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) ++at;
    const auto byte = static_cast<unsigned char>(bytes[i]);
    *at++ = "0123456789abcdef"[byte >> 4];
    *at++ = "0123456789abcdef"[byte & 15];
  }
  return out;
}

std::string Random::Pick(size_t length, std::string_view alphabet) {
  std::string out(length, '\0');
  for (char& c : out) c = alphabet[Below(alphabet.size())];
  return out;
}

}  // namespace riposte
