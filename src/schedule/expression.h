// rate(…), cron(…) and at(…): when a scheduled rule, or a schedule, runs.
//
//   rate(1 minute) | rate(5 minutes | hours | days)        singular with 1 only
//   at(yyyy-mm-ddThh:mm:ss)                               once
//   cron(minutes hours day-of-month month day-of-week year)
//     minutes 0-59, hours 0-23, month 1-12 or JAN-DEC, year 1970-2199:  * , - /
//     day-of-month 1-31: also ? L W;  day-of-week 1-7 or SUN-SAT: also ? L #
//     exactly one of day-of-month and day-of-week is ?
// Source: "Setting a schedule pattern", EventBridge user guide, and "Schedule types", EventBridge
// Scheduler user guide. Immutable; any thread. Times here are UTC; zoned.h knows of time zones.
// Cost: a rate is arithmetic; a cron looks at each day up to the one found, about 10 ns a day.
#pragma once

#include <bitset>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace riposte::schedule {

class ScheduleExpression {
 public:
  enum class Kind { kRate, kCron, kOnce };

  /// A rate or a cron. Errors: kInvalidArgument.
  [[nodiscard]] static Result<ScheduleExpression> Parse(std::string_view text);
  /// The same, or at(…).
  [[nodiscard]] static Result<ScheduleExpression> ParseAny(std::string_view text);

  [[nodiscard]] Kind kind() const { return kind_; }
  /// Of a rate.
  [[nodiscard]] Millis period() const { return period_; }
  /// Of at(…): the time as written, as though it were UTC.
  [[nodiscard]] TimePoint once() const { return once_; }

  /// The first time strictly after `after`; rates count from `anchor`. nullopt: never again.
  [[nodiscard]] std::optional<TimePoint> Next(TimePoint after, TimePoint anchor) const;

 private:
  static constexpr int kFirstYear = 1970;
  static constexpr int kLastYear = 2199;

  [[nodiscard]] bool ParseCron(std::string_view fields);
  [[nodiscard]] bool ParseDayOfMonth(std::string_view field);
  [[nodiscard]] bool ParseDayOfWeek(std::string_view field);
  [[nodiscard]] bool RunsOn(std::chrono::sys_days day) const;

  [[nodiscard]] std::optional<TimePoint> NextCron(TimePoint after) const;

  Kind kind_ = Kind::kCron;
  Millis period_{0};
  TimePoint once_;
  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<13> months_;
  std::bitset<kLastYear - kFirstYear + 1> years_;
  bool by_day_of_month_ = false;
  std::bitset<32> days_;           ///< Of the month.
  bool last_day_ = false;          ///< L
  bool last_weekday_ = false;      ///< LW
  int nearest_weekday_ = 0;        ///< nW
  std::bitset<8> weekdays_;        ///< 1 is Sunday.
  int last_of_weekday_ = 0;        ///< nL
  int nth_weekday_ = 0, nth_ = 0;  ///< n#k
};

}  // namespace riposte::schedule
