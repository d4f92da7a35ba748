#include "schedule/zoned.h"

namespace riposte::schedule {
namespace {

using Moment = TimeZone::Moment;

std::optional<TimePoint> NextCron(const ScheduleExpression& expression, const TimeZone& zone,
                                  TimePoint after) {
  // The expression counts in local times as though they were UTC. A later local time never comes
  // first at an earlier moment, so the search begins at what the clocks show and only goes forward.
  TimePoint local(zone.ToLocal(after).time_since_epoch());
  while (const auto next = expression.Next(local, local)) {
    const Moment moment = zone.ToUtc(LocalTime(next->time_since_epoch()));
    if (moment.kind != Moment::Kind::kSkipped && moment.first > after) return moment.first;
    local = *next;
  }
  return std::nullopt;
}

}  // namespace

std::optional<TimePoint> NextInZone(const ScheduleExpression& expression, const TimeZone& zone,
                                    TimePoint after, TimePoint anchor) {
  switch (expression.kind()) {
    case ScheduleExpression::Kind::kRate:
      return after < anchor ? anchor : expression.Next(after, anchor);
    case ScheduleExpression::Kind::kOnce: {
      const TimePoint at = zone.ToUtc(LocalTime(expression.once().time_since_epoch())).first;
      return at > after ? std::optional(at) : std::nullopt;
    }
    case ScheduleExpression::Kind::kCron:
      return NextCron(expression, zone, after);
  }
  return std::nullopt;
}

}  // namespace riposte::schedule
