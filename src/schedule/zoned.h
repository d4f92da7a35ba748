// The next time of an expression whose fields are meant in a time zone.
//
// Daylight saving: a cron time that the clocks skip is left out; one that comes twice is used the
// first time only. A rate counts hours and days as they pass, whatever the clocks show. An at() in
// skipped time means the moment it would have been, had the clocks not changed; in repeated time
// the first. Source: "Schedule types", EventBridge Scheduler user guide (but for at(), on which it
// says nothing). Pure; any thread. Cost: as ScheduleExpression::Next, plus two look-ups in the
// zone.
#pragma once

#include <optional>

#include "base/time_zone.h"
#include "schedule/expression.h"

namespace riposte::schedule {

/// The first time strictly after `after`. Rates begin at `anchor`, with a first time there.
[[nodiscard]] std::optional<TimePoint> NextInZone(const ScheduleExpression& expression,
                                                  const TimeZone& zone, TimePoint after,
                                                  TimePoint anchor);

}  // namespace riposte::schedule
