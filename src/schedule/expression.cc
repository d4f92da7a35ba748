#include "schedule/expression.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "base/number.h"

namespace riposte::schedule {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  size_t begin = 0;
  while (begin <= text.size()) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::optional<int> Number(std::string_view text) {
  const auto value = ParseNumber<int>(text);
  return value && *value >= 0 ? value : std::nullopt;
}

using Names = std::span<const std::string_view>;
constexpr auto kMonths = std::to_array<std::string_view>(
    {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"});
constexpr auto kWeekdays =
    std::to_array<std::string_view>({"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"});

/// A number in [low, high], or a name that stands for one (the first is `low`).
std::optional<int> Value(std::string_view text, int low, int high, Names names) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
  const auto name = std::ranges::find(names, upper);
  const auto value =
      name != names.end() ? std::optional<int>(low + (name - names.begin())) : Number(text);
  if (!value || *value < low || *value > high) return std::nullopt;
  return value;
}

/// "*", "a", "a-b", "a/step", "*/step", and lists of these. Bit (value - base) is set.
template <size_t kSize>
bool ParseSet(std::string_view field, int low, int high, int base, Names names,
              std::bitset<kSize>& out) {
  for (std::string_view part : Split(field, ',')) {
    int step = 1;
    const size_t slash = part.find('/');
    if (slash != std::string_view::npos) {
      const auto parsed = Number(part.substr(slash + 1));
      if (!parsed || *parsed < 1) return false;
      step = *parsed;
      part = part.substr(0, slash);
    }
    int first = low;
    int last = high;
    if (part != "*") {
      const size_t dash = part.find('-');
      const auto begin = Value(part.substr(0, dash), low, high, names);
      const auto end = dash != std::string_view::npos
                           ? Value(part.substr(dash + 1), low, high, names)
                           : (slash != std::string_view::npos ? std::optional<int>(high) : begin);
      if (!begin || !end) return false;
      first = *begin;
      last = *end;
    }
    // "22-2" and "FRI-MON" wrap around.
    const int span = last >= first ? last - first : last - first + (high - low + 1);
    for (int i = 0; i <= span; i += step) {
      int value = first + i;
      if (value > high) value -= high - low + 1;
      out.set(static_cast<size_t>(value - base));
    }
  }
  return true;
}

int WeekdayOf(sys_days day) {  // 1 is Sunday
  return static_cast<int>(std::chrono::weekday(day).c_encoding()) + 1;
}

bool IsWorkday(sys_days day) {
  const int weekday = WeekdayOf(day);
  return weekday >= 2 && weekday <= 6;
}

/// The workday nearest to `day` in the same month.
sys_days NearestWorkday(sys_days day) {
  using std::chrono::days;
  if (IsWorkday(day)) return day;
  const year_month_day date(day);
  const bool saturday = WeekdayOf(day) == 7;
  const sys_days near = saturday ? day - days(1) : day + days(1);
  if (year_month_day(near).month() == date.month()) return near;
  return saturday ? day + days(2) : day - days(2);
}

sys_days LastDay(const year_month_day& date) {
  return sys_days(date.year() / date.month() / std::chrono::last);
}

}  // namespace

Result<ScheduleExpression> ScheduleExpression::Parse(std::string_view text) {
  const auto refuse = [] {
    return Fail(Code::kInvalidArgument, "Parameter ScheduleExpression is not valid.");
  };
  ScheduleExpression schedule;
  if (text.starts_with("rate(") && text.ends_with(")")) {
    const auto words = Split(text.substr(5, text.size() - 6), ' ');
    const auto value = words.size() == 2 ? Number(words[0]) : std::nullopt;
    if (!value || *value < 1) return refuse();
    std::string_view unit = words[1];
    if (unit.ends_with('s') != (*value > 1)) return refuse();
    if (*value > 1) unit.remove_suffix(1);
    if (unit == "minute") {
      schedule.period_ = std::chrono::minutes(*value);
    } else if (unit == "hour") {
      schedule.period_ = std::chrono::hours(*value);
    } else if (unit == "day") {
      schedule.period_ = std::chrono::days(*value);
    } else {
      return refuse();
    }
    schedule.kind_ = Kind::kRate;
    return schedule;
  }
  if (!text.starts_with("cron(") || !text.ends_with(")") ||
      !schedule.ParseCron(text.substr(5, text.size() - 6))) {
    return refuse();
  }
  return schedule;
}

Result<ScheduleExpression> ScheduleExpression::ParseAny(std::string_view text) {
  constexpr std::string_view kForm = "at(0000-00-00T00:00:00)";
  if (!text.starts_with("at(")) return Parse(text);
  bool fits = text.size() == kForm.size();
  for (size_t i = 0; fits && i < kForm.size(); ++i) {
    fits = kForm[i] == '0' ? text[i] >= '0' && text[i] <= '9' : text[i] == kForm[i];
  }
  const auto time = fits ? ParseIso8601(std::string(text.substr(3, text.size() - 4)) + "Z")
                         : Fail(Code::kInvalidArgument, "");
  if (!time) return Fail(Code::kInvalidArgument, "Parameter ScheduleExpression is not valid.");
  ScheduleExpression schedule;
  schedule.kind_ = Kind::kOnce;
  schedule.once_ = *time;
  return schedule;
}

bool ScheduleExpression::ParseCron(std::string_view text) {
  std::vector<std::string_view> fields = Split(text, ' ');
  std::erase(fields, std::string_view());
  if (fields.size() != 6) return false;
  if ((fields[2] == "?") == (fields[4] == "?")) return false;
  by_day_of_month_ = fields[4] == "?";
  return ParseSet(fields[0], 0, 59, 0, {}, minutes_) && ParseSet(fields[1], 0, 23, 0, {}, hours_) &&
         ParseSet(fields[3], 1, 12, 0, kMonths, months_) &&
         ParseSet(fields[5], kFirstYear, kLastYear, kFirstYear, {}, years_) &&
         (by_day_of_month_ ? ParseDayOfMonth(fields[2]) : ParseDayOfWeek(fields[4]));
}

bool ScheduleExpression::ParseDayOfMonth(std::string_view field) {
  last_day_ = field == "L";
  last_weekday_ = field == "LW";
  if (last_day_ || last_weekday_) return true;
  if (field.ends_with('W')) {
    const auto day = Value(field.substr(0, field.size() - 1), 1, 31, {});
    nearest_weekday_ = day.value_or(0);
    return day.has_value();
  }
  return ParseSet(field, 1, 31, 0, {}, days_);
}

bool ScheduleExpression::ParseDayOfWeek(std::string_view field) {
  if (field == "L") {
    weekdays_.set(7);
    return true;
  }
  if (const size_t hash = field.find('#'); hash != std::string_view::npos) {
    const auto day = Value(field.substr(0, hash), 1, 7, kWeekdays);
    const auto nth = Value(field.substr(hash + 1), 1, 5, {});
    nth_weekday_ = day.value_or(0);
    nth_ = nth.value_or(0);
    return day && nth;
  }
  if (field.ends_with('L')) {
    const auto day = Value(field.substr(0, field.size() - 1), 1, 7, kWeekdays);
    last_of_weekday_ = day.value_or(0);
    return day.has_value();
  }
  return ParseSet(field, 1, 7, 0, kWeekdays, weekdays_);
}

bool ScheduleExpression::RunsOn(sys_days day) const {
  const year_month_day date(day);
  if (!months_.test(static_cast<unsigned>(date.month()))) return false;
  const unsigned of_month = static_cast<unsigned>(date.day());
  if (by_day_of_month_) {
    const sys_days last = LastDay(date);
    if (last_day_) return day == last;
    if (last_weekday_) return day == NearestWorkday(last);
    if (nearest_weekday_ > 0) {
      const auto wanted =
          date.year() / date.month() / std::chrono::day(static_cast<unsigned>(nearest_weekday_));
      return wanted.ok() && day == NearestWorkday(sys_days(wanted));
    }
    return days_.test(of_month);
  }
  const int weekday = WeekdayOf(day);
  if (last_of_weekday_ > 0) {
    return weekday == last_of_weekday_ && (LastDay(date) - day) < std::chrono::days(7);
  }
  if (nth_weekday_ > 0) {
    return weekday == nth_weekday_ && static_cast<int>((of_month - 1) / 7) + 1 == nth_;
  }
  return weekdays_.test(static_cast<size_t>(weekday));
}

std::optional<TimePoint> ScheduleExpression::Next(TimePoint after, TimePoint anchor) const {
  switch (kind_) {
    case Kind::kRate:
      if (after < anchor) return anchor + period_;
      return anchor + ((after - anchor) / period_ + 1) * period_;
    case Kind::kOnce:
      return once_ > after ? std::optional(once_) : std::nullopt;
    case Kind::kCron:
      return NextCron(after);
  }
  return std::nullopt;
}

std::optional<TimePoint> ScheduleExpression::NextCron(TimePoint after) const {
  using std::chrono::days;
  sys_days day = std::chrono::floor<days>(after);
  while (true) {
    const year_month_day date(day);
    const int year = static_cast<int>(date.year());
    if (year > kLastYear) return std::nullopt;
    if (year < kFirstYear || !years_.test(static_cast<size_t>(year - kFirstYear))) {
      day = sys_days(std::chrono::year(std::max(year + 1, kFirstYear)) / 1 / 1);
      continue;
    }
    if (RunsOn(day)) {
      for (size_t hour = 0; hour < 24; ++hour) {
        if (!hours_.test(hour)) continue;
        for (size_t minute = 0; minute < 60; ++minute) {
          const TimePoint at = day + std::chrono::hours(hour) + std::chrono::minutes(minute);
          if (minutes_.test(minute) && at > after) return at;
        }
      }
    }
    day += days(1);
  }
}

}  // namespace riposte::schedule
