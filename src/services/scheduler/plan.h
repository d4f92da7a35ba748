// Which time of a schedule is next, and when in its window it comes.
//
// Data path:     CreateSchedule, Timer -> NextPlanned -> the schedule's row
// Thread safety: pure but for the randomness passed in. Cost: as schedule::NextInZone.
#pragma once

#include <optional>

#include "base/time_zone.h"
#include "schedule/expression.h"
#include "schedule/used_times.h"
#include "services/scheduler/tables.h"

namespace riposte::scheduler {

/// What decides the times of a schedule, read from its document.
struct Timing {
  schedule::ScheduleExpression expression;
  const TimeZone* zone = nullptr;
  std::optional<TimePoint> start, end;  ///< Of recurring schedules: first and last times.
  Millis window{0};                     ///< Of flexible schedules.
  [[nodiscard]] bool recurring() const {
    return expression.kind() != schedule::ScheduleExpression::Kind::kOnce;
  }
};

/// Errors: kInvalidArgument, in the words of the service.
[[nodiscard]] Result<Timing> ReadTiming(const json::Object& document, TimeZones& zones);

/// The first unused time strictly after `after`, with a moment drawn from its window; nullopt when
/// there is none any more. Rates begin at `anchor`.
[[nodiscard]] std::optional<Planned> NextPlanned(const Timing& timing, TimePoint anchor,
                                                 const schedule::UsedTimes& used, TimePoint after,
                                                 Random& random);

/// Marks `time` as used.
void Use(const Timing& timing, TimePoint anchor, TimePoint time, schedule::UsedTimes& used);

}  // namespace riposte::scheduler
