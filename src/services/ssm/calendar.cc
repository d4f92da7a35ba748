#include "services/ssm/calendar.h"

#include <algorithm>

#include "base/number.h"
#include "workflow/automation/action.h"

namespace riposte::ssm {
namespace {

constexpr int kMaxSteps = 10'000;
constexpr size_t kMaxEvents = 1000;
constexpr int kMaxJoins = 1000;

std::unexpected<Error> Bad(std::string message) {
  return Fail(Code::kInvalidArgument, "The calendar isn't valid: " + std::move(message) + ".");
}

TimePoint ToUtc(const TimeZone* zone, LocalTime time) {
  return zone ? zone->ToUtc(time).first : TimePoint(time.time_since_epoch());
}

/// One unfolded line: NAME;PARAMETERS:VALUE.
struct Line {
  std::string name, parameters, value;
};

std::vector<Line> LinesOf(std::string_view text) {
  std::string unfolded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') continue;
    if (text[i] == '\n' && i + 1 < text.size() && (text[i + 1] == ' ' || text[i + 1] == '\t')) {
      ++i;
      continue;
    }
    unfolded += text[i];
  }
  std::vector<Line> lines;
  std::string_view rest = unfolded;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const size_t semicolon = std::min(line.find(';'), colon);
    lines.push_back(
        {std::string(line.substr(0, semicolon)),
         std::string(semicolon < colon ? line.substr(semicolon + 1, colon - semicolon - 1)
                                       : std::string_view()),
         std::string(line.substr(colon + 1))});
  }
  return lines;
}

std::string_view ParameterOf(std::string_view parameters, std::string_view name) {
  while (!parameters.empty()) {
    const size_t end = std::min(parameters.find(';'), parameters.size());
    const std::string_view one = parameters.substr(0, end);
    if (one.starts_with(name) && one.size() > name.size() && one[name.size()] == '=') {
      return one.substr(name.size() + 1);
    }
    parameters.remove_prefix(std::min(end + 1, parameters.size()));
  }
  return {};
}

std::optional<LocalTime> ParseLocal(std::string_view text) {
  const auto number = [&](size_t at, size_t size) {
    return text.size() >= at + size ? ParseNumber<int>(text.substr(at, size)) : std::nullopt;
  };
  const auto year = number(0, 4), month = number(4, 2), day = number(6, 2);
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  LocalTime time{std::chrono::local_days(date)};
  if (text.size() == 8) return time;
  const auto hour = number(9, 2), minute = number(11, 2), second = number(13, 2);
  if (text.size() != 15 || text[8] != 'T' || !hour || !minute || !second || *hour > 23 ||
      *minute > 59 || *second > 60) {
    return std::nullopt;
  }
  return time + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second);
}

}  // namespace

class ChangeCalendar::Reader {
 public:
  explicit Reader(TimeZones* zones) : zones_(zones) {}

  Result<ChangeCalendar> Read(std::string_view text) {
    ChangeCalendar calendar;
    const std::vector<Line> lines = LinesOf(text);
    if (lines.empty() || lines.front().name != "BEGIN" || lines.front().value != "VCALENDAR") {
      return Bad("it must begin with BEGIN:VCALENDAR");
    }
    std::vector<std::string> open;  // components
    bool typed = false;
    Event event;
    Ends ends;
    for (const Line& line : lines) {
      if (line.name == "BEGIN") {
        open.push_back(line.value);
        if (line.value == "VEVENT") {
          event = Event();
          ends = Ends();
        }
        continue;
      }
      if (line.name == "END") {
        if (open.empty() || open.back() != line.value) return Bad("END:" + line.value);
        open.pop_back();
        if (line.value != "VEVENT") continue;
        if (auto ok = Complete(event, ends); !ok) return std::unexpected(ok.error());
        if (calendar.events_.size() >= kMaxEvents) return Bad("it has too many events");
        calendar.events_.push_back(event);
        continue;
      }
      if (line.name == "X-CALENDAR-TYPE") {
        typed = line.value == "DEFAULT_OPEN" || line.value == "DEFAULT_CLOSED";
        if (!typed) return Bad("X-CALENDAR-TYPE must be DEFAULT_OPEN or DEFAULT_CLOSED");
        calendar.open_by_default_ = line.value == "DEFAULT_OPEN";
      }
      if (open.empty() || open.back() != "VEVENT") continue;
      if (auto ok = ReadProperty(line, event, ends); !ok) return std::unexpected(ok.error());
    }
    if (!open.empty()) return Bad("END:" + open.back() + " is missing");
    if (!typed) return Bad("X-CALENDAR-TYPE is missing");
    return calendar;
  }

 private:
  struct Ends {
    bool started = false;
    bool whole_day = false;
    std::optional<TimePoint> end;
    std::optional<Millis> duration;
  };

  Status ReadProperty(const Line& line, Event& event, Ends& ends) {
    if (line.name == "DTSTART") {
      ends.started = true;
      ends.whole_day = line.value.size() == 8;
      return ReadTime(line, event.start, event.zone);
    }
    if (line.name == "DTEND") {
      LocalTime time;
      const TimeZone* zone = nullptr;
      if (auto ok = ReadTime(line, time, zone); !ok) return ok;
      ends.end = ToUtc(zone, time);
      return {};
    }
    if (line.name == "DURATION") {
      const auto duration = automation::ParseDuration(line.value);
      if (!duration) return Bad("DURATION " + line.value);
      ends.duration = *duration;
      return {};
    }
    if (line.name == "EXDATE") {
      std::string_view rest = line.value;
      while (!rest.empty()) {
        const size_t end = std::min(rest.find(','), rest.size());
        LocalTime time;
        const TimeZone* zone = nullptr;
        Line one = line;
        one.value = rest.substr(0, end);
        if (auto ok = ReadTime(one, time, zone); !ok) return ok;
        event.except.push_back(time);
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
      return {};
    }
    if (line.name == "RRULE") return ReadRule(line.value, event);
    if (line.name == "RDATE" || line.name == "EXRULE") return Bad(line.name + " is not supported");
    return {};
  }

  Status ReadTime(const Line& line, LocalTime& time, const TimeZone*& zone) {
    std::string_view text = line.value;
    const bool utc = text.ends_with('Z');
    if (utc) text.remove_suffix(1);
    const auto parsed = ParseLocal(text);
    if (!parsed) return Bad(line.name + " " + line.value);
    time = *parsed;
    const std::string_view name = ParameterOf(line.parameters, "TZID");
    zone = nullptr;
    if (utc || name.empty() || name == "UTC") return {};
    zone = zones_ ? zones_->Find(name) : nullptr;
    if (!zone) return Bad("there is no time zone " + std::string(name));
    return {};
  }

  Status ReadRule(std::string_view rule, Event& event) {
    while (!rule.empty()) {
      const size_t end = std::min(rule.find(';'), rule.size());
      const std::string_view part = rule.substr(0, end);
      rule.remove_prefix(std::min(end + 1, rule.size()));
      const size_t equals = std::min(part.find('='), part.size());
      const std::string_view key = part.substr(0, equals);
      const std::string_view value = part.substr(std::min(equals + 1, part.size()));
      if (key == "FREQ") {
        if (value == "DAILY") {
          event.every = Event::Every::kDay;
        } else if (value == "WEEKLY") {
          event.every = Event::Every::kWeek;
        } else if (value == "MONTHLY") {
          event.every = Event::Every::kMonth;
        } else if (value == "YEARLY") {
          event.every = Event::Every::kYear;
        } else {
          return Bad("FREQ=" + std::string(value) + " is not supported");
        }
      } else if (key == "INTERVAL" || key == "COUNT") {
        const auto number = ParseNumber<int>(value);
        if (!number || *number < 1) return Bad(std::string(part));
        if (key == "INTERVAL") event.interval = *number;
        if (key == "COUNT") event.count = *number;
      } else if (key == "UNTIL") {
        Line line{"UNTIL", "", std::string(value)};
        LocalTime time;
        const TimeZone* zone = nullptr;
        if (auto ok = ReadTime(line, time, zone); !ok) return ok;
        event.until = ToUtc(value.ends_with('Z') ? nullptr : event.zone, time);
      } else if (key == "BYDAY") {
        if (auto ok = ReadDays(value, event); !ok) return ok;
      } else if (key != "WKST") {
        return Bad(std::string(key) + " is not supported");
      }
    }
    if (event.weekdays != 0 && event.every != Event::Every::kWeek) {
      return Bad("BYDAY is supported with FREQ=WEEKLY only");
    }
    return {};
  }

  static Status ReadDays(std::string_view value, Event& event) {
    static constexpr std::string_view kDays = "SUMOTUWETHFRSA";
    while (!value.empty()) {
      const size_t end = std::min(value.find(','), value.size());
      const std::string_view day = value.substr(0, end);
      const size_t at = day.size() == 2 ? kDays.find(day) : std::string_view::npos;
      if (at == std::string_view::npos || at % 2 != 0) return Bad("BYDAY " + std::string(day));
      event.weekdays |= 1u << (at / 2);
      value.remove_prefix(std::min(end + 1, value.size()));
    }
    return {};
  }

  static Status Complete(Event& event, const Ends& ends) {
    if (!ends.started) return Bad("an event has no DTSTART");
    if (ends.end) {
      event.length = *ends.end - ToUtc(event.zone, event.start);
    } else if (ends.duration) {
      event.length = *ends.duration;
    } else {
      event.length = ends.whole_day ? Millis(std::chrono::hours(24)) : Millis(0);
    }
    if (event.length < Millis(0)) return Bad("an event ends before it begins");
    return {};
  }

  TimeZones* zones_;
};

Result<ChangeCalendar> ChangeCalendar::Parse(std::string_view text, TimeZones* zones) {
  return Reader(zones).Read(text);
}

/// In order, those that end after `from` among them; `visit` returns false to stop.
template <class Visit>
void ChangeCalendar::EachOccurrence(const Event& event, TimePoint from, const Visit& visit) {
  using Every = Event::Every;
  // What is counted must be walked from its start; the rest begins shortly before `from`.
  int64_t first = 0;
  if (!event.count && event.every != Every::kOnce) {
    const int64_t unit = event.every == Every::kDay     ? 1
                         : event.every == Every::kWeek  ? 7
                         : event.every == Every::kMonth ? 31
                                                        : 366;
    const auto elapsed =
        std::chrono::floor<std::chrono::days>(from - event.length - ToUtc(event.zone, event.start));
    first = std::clamp<int64_t>(elapsed.count() / (unit * event.interval) - 2, 0, 1'000'000);
  }
  const auto day = std::chrono::floor<std::chrono::days>(event.start);
  const auto of_day = event.start - day;
  const std::chrono::year_month_day date(day);
  const unsigned own = 1u << std::chrono::weekday(day).c_encoding();
  int given = 0;
  for (int64_t step = first; step < first + kMaxSteps; ++step) {
    std::vector<std::chrono::local_days> days;
    const int n = static_cast<int>(step) * event.interval;
    switch (event.every) {
      case Every::kOnce:
        if (step > 0) return;
        days.push_back(day);
        break;
      case Every::kDay:
        days.push_back(day + std::chrono::days(n));
        break;
      case Every::kWeek: {
        const auto sunday = day - std::chrono::days(std::chrono::weekday(day).c_encoding()) +
                            std::chrono::days(7 * n);
        const unsigned wanted = event.weekdays != 0 ? event.weekdays : own;
        for (unsigned i = 0; i < 7; ++i) {
          const auto one = sunday + std::chrono::days(i);
          if ((wanted >> i & 1) != 0 && one >= day) days.push_back(one);
        }
        break;
      }
      case Every::kMonth:
      case Every::kYear: {
        const auto moved = event.every == Every::kMonth ? date + std::chrono::months(n)
                                                        : date + std::chrono::years(n);
        if (moved.ok()) days.emplace_back(moved);  // the 31st of a short month is left out
        break;
      }
    }
    for (const auto& one : days) {
      const LocalTime local = one + of_day;
      const TimePoint begin = ToUtc(event.zone, local);
      if (event.until && begin > *event.until) return;
      if (event.count && given >= *event.count) return;
      ++given;
      if (std::ranges::find(event.except, local) != event.except.end()) continue;
      if (!visit(Span{begin, begin + event.length})) return;
    }
  }
}

ChangeCalendar::Look ChangeCalendar::LookAt(TimePoint time) const {
  Look look;
  for (const Event& event : events_) {
    EachOccurrence(event, time, [&](const Span& span) {
      if (span.begin > time) {
        if (!look.next_begin || span.begin < *look.next_begin) look.next_begin = span.begin;
        return false;
      }
      if (span.end > time && (!look.covered_until || span.end > *look.covered_until)) {
        look.covered_until = span.end;
      }
      return true;
    });
  }
  return look;
}

ChangeCalendar::State ChangeCalendar::At(TimePoint time) const {
  Look look = LookAt(time);
  if (!look.covered_until) return {open_by_default_, look.next_begin};
  // Events that touch or overlap are one stretch.
  TimePoint end = *look.covered_until;
  for (int i = 0; i < kMaxJoins; ++i) {
    look = LookAt(end);
    if (!look.covered_until) return {!open_by_default_, end};
    end = *look.covered_until;
  }
  return {!open_by_default_, std::nullopt};
}

}  // namespace riposte::ssm
