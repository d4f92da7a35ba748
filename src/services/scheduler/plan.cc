#include "services/scheduler/plan.h"

#include <algorithm>
#include <cmath>

#include "schedule/zoned.h"

namespace riposte::scheduler {
namespace {

std::optional<TimePoint> Time(const json::Object& document, std::string_view member) {
  if (!json::Find(document, member)) return std::nullopt;
  return FromMillis(std::llround(json::GetDouble(document, member) * 1000));
}

}  // namespace

Result<Timing> ReadTiming(const json::Object& document, TimeZones& zones) {
  const std::string text(json::GetString(document, "ScheduleExpression"));
  const auto expression = schedule::ScheduleExpression::ParseAny(text);
  if (!expression) {
    return Fail(Code::kInvalidArgument, "Invalid Schedule Expression " + text + ".");
  }
  Timing timing;
  timing.expression = *expression;
  const std::string zone(json::GetString(document, "ScheduleExpressionTimezone", "UTC"));
  timing.zone = zones.Find(zone);
  if (!timing.zone) {
    return Fail(Code::kInvalidArgument, "Invalid Schedule Expression Timezone " + zone + ".");
  }
  if (timing.recurring()) {
    timing.start = Time(document, "StartDate");
    timing.end = Time(document, "EndDate");
  }
  if (const auto* window = json::GetObject(document, "FlexibleTimeWindow");
      window && json::GetString(*window, "Mode") == "FLEXIBLE") {
    timing.window = std::chrono::minutes(json::GetInt(*window, "MaximumWindowInMinutes"));
  }
  return timing;
}

std::optional<Planned> NextPlanned(const Timing& timing, TimePoint anchor,
                                   const schedule::UsedTimes& used, TimePoint after,
                                   Random& random) {
  if (timing.start) after = std::max(after, *timing.start - Millis(1));
  while (const auto time = NextInZone(timing.expression, *timing.zone, after, anchor)) {
    if (timing.end && *time > *timing.end) return std::nullopt;
    if (const auto run = used.RunOver(*time)) {
      after = *run;
      continue;
    }
    const auto window = static_cast<uint64_t>(timing.window.count());
    const Millis wait(window > 0 ? static_cast<int64_t>(random.Below(window)) : 0);
    return Planned{*time, *time + wait};
  }
  return std::nullopt;
}

void Use(const Timing& timing, TimePoint anchor, TimePoint time, schedule::UsedTimes& used) {
  const auto before = used.EndBefore(time);
  used.Add(time, before && NextInZone(timing.expression, *timing.zone, *before, anchor) == time);
}

}  // namespace riposte::scheduler
