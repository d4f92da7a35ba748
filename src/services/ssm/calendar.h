// Change calendars: when changes may be made, as an iCalendar text says (RFC 5545).
//
// X-CALENDAR-TYPE tells whether the calendar is open but for its events (DEFAULT_OPEN) or closed
// but for them (DEFAULT_CLOSED). Of an event count DTSTART, DTEND or DURATION, RRULE with FREQ
// DAILY, WEEKLY (with BYDAY), MONTHLY or YEARLY and INTERVAL, COUNT, UNTIL, and EXDATE. A calendar
// with any other rule is refused when it is made, rather than read wrongly when it counts.
// Cost: At() walks the occurrences of each event around the time asked about.
// Pure, but for the zones it is given.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time_zone.h"

namespace riposte::ssm {

class ChangeCalendar {
 public:
  /// Errors: kInvalidArgument, saying what is not understood. `zones` may be null: then times are
  /// in UTC or not understood. It must outlive the calendar.
  [[nodiscard]] static Result<ChangeCalendar> Parse(std::string_view text, TimeZones* zones);

  struct State {
    bool open = true;
    std::optional<TimePoint> next;  ///< When it changes; nullopt: never.
  };
  [[nodiscard]] State At(TimePoint time) const;

 private:
  struct Event {
    const TimeZone* zone = nullptr;  ///< nullptr: UTC.
    LocalTime start;
    Millis length{0};
    enum class Every { kOnce, kDay, kWeek, kMonth, kYear } every = Every::kOnce;
    int interval = 1;
    std::optional<int> count;
    std::optional<TimePoint> until;  ///< Occurrences begin no later.
    unsigned weekdays = 0;           ///< Bits, Sunday 1; 0: that of the start.
    std::vector<LocalTime> except;
  };
  struct Span {
    TimePoint begin, end;
  };
  class Reader;
  template <class Visit>
  static void EachOccurrence(const Event& event, TimePoint from, const Visit& visit);
  /// The occurrence that covers `time` and ends last; or, when there is none, the next begin.
  struct Look {
    std::optional<TimePoint> covered_until;
    std::optional<TimePoint> next_begin;
  };
  [[nodiscard]] Look LookAt(TimePoint time) const;

  bool open_by_default_ = true;
  std::vector<Event> events_;
};

}  // namespace riposte::ssm
