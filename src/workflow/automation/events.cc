#include "workflow/automation/events.h"

#include "base/arn.h"

namespace riposte::automation {
namespace {

using workflow::Effect;
using workflow::Execution;

/// "Nov 29, 2016 7:43:20 PM", the form of times in the service's events.
std::string EventTime(TimePoint time) {
  static constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  const auto two = [](int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  const int64_t hour = clock.hours().count();
  return std::string(kMonths[static_cast<unsigned>(date.month()) - 1]) + " " +
         std::to_string(static_cast<unsigned>(date.day())) + ", " +
         std::to_string(static_cast<int>(date.year())) + " " +
         std::to_string(hour % 12 == 0 ? 12 : hour % 12) + ":" + two(clock.minutes().count()) +
         ":" + two(clock.seconds().count()) + (hour < 12 ? " AM" : " PM");
}

json::Object Detail(const Execution& execution, std::string_view status, TimePoint start,
                    std::optional<TimePoint> end) {
  json::Object detail{{"ExecutionId", execution.id},
                      {"Definition", execution.name},
                      {"DefinitionVersion", execution.version},
                      {"Status", status},
                      {"StartTime", EventTime(start)}};
  if (end) {
    detail["EndTime"] = EventTime(*end);
    detail["Time"] = static_cast<double>((*end - start).count());
  }
  return detail;
}

Effect Event(const Execution& execution, std::string_view kind, json::Object detail) {
  return Effect::Emit(
      "aws.ssm", "EC2 Automation " + std::string(kind) + " Status-change Notification",
      {MakeArn("ssm", execution.scope, "automation-execution/" + execution.id),
       MakeArn("ssm", execution.scope,
               "automation-definition/" + execution.name + ":" + execution.version)},
      std::move(detail));
}

}  // namespace

Effect StepEvent(const Execution& execution, const StepChange& change) {
  json::Object detail = Detail(execution, change.status, change.start, change.end);
  detail["StepName"] = change.step;
  detail["Action"] = change.action;
  return Event(execution, "Step", std::move(detail));
}

Effect ExecutionEvent(const Execution& execution, std::string_view status,
                      std::string_view executed_by, std::optional<TimePoint> end) {
  json::Object detail = Detail(execution, status, execution.started, end);
  detail["ExecutedBy"] = executed_by;
  return Event(execution, "Execution", std::move(detail));
}

}  // namespace riposte::automation
