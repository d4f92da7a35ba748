// rate(…) and cron(…): when a scheduled rule runs.
//
//   rate(1 minute) | rate(5 minutes | hours | days)        singular with 1 only
//   cron(minutes hours day-of-month month day-of-week year)  UTC
//     minutes 0-59, hours 0-23, month 1-12 or JAN-DEC, year 1970-2199:  * , - /
//     day-of-month 1-31: also ? L W;  day-of-week 1-7 or SUN-SAT: also ? L #
//     exactly one of day-of-month and day-of-week is ?
// Source: "Setting a schedule pattern", EventBridge user guide. Immutable; any thread.
#pragma once

#include <bitset>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace riposte::bus {

class ScheduleExpression {
 public:
  /// Errors: kInvalidArgument.
  [[nodiscard]] static Result<ScheduleExpression> Parse(std::string_view text);

  /// The first time strictly after `after`; rates count from `anchor`. nullopt: never again.
  [[nodiscard]] std::optional<TimePoint> Next(TimePoint after, TimePoint anchor) const;

 private:
  static constexpr int kFirstYear = 1970;
  static constexpr int kLastYear = 2199;

  [[nodiscard]] bool ParseCron(std::string_view fields);
  [[nodiscard]] bool ParseDayOfMonth(std::string_view field);
  [[nodiscard]] bool ParseDayOfWeek(std::string_view field);
  [[nodiscard]] bool RunsOn(std::chrono::sys_days day) const;

  Millis period_{0};  ///< Of a rate; 0: cron.
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

}  // namespace riposte::bus
