#include "workflow/automation/events.h"

#include <charconv>

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
  const int64_t hour = clock.hours().count();
  std::string out(kMonths[static_cast<unsigned>(date.month()) - 1]);
  const auto number = [&out](int64_t value, bool two = false) {
    if (two && value < 10) out += '0';
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof(digits), value).ptr);
  };
  out += ' ';
  number(static_cast<unsigned>(date.day()));
  out += ", ";
  number(static_cast<int>(date.year()));
  out += ' ';
  number(hour % 12 == 0 ? 12 : hour % 12);
  out += ':';
  number(clock.minutes().count(), true);
  out += ':';
  number(clock.seconds().count(), true);
  out += hour < 12 ? " AM" : " PM";
  return out;
}

json::Object Detail(const Execution& execution, std::string_view status, TimePoint start,
                    std::optional<TimePoint> end) {
  json::Object detail;
  detail.reserve(9);
  detail.emplace("ExecutionId", execution.id);
  detail.emplace("Definition", execution.name);
  detail.emplace("DefinitionVersion", execution.version);
  detail.emplace("Status", status);
  detail.emplace("StartTime", EventTime(start));
  if (end) {
    detail["EndTime"] = EventTime(*end);
    detail["Time"] = static_cast<double>((*end - start).count());
  }
  return detail;
}

Effect Event(const Execution& execution, std::string_view detail_type, json::Object detail) {
  return Effect::Emit(
      {"aws.ssm",
       detail_type,
       {MakeArn("ssm", execution.scope, "automation-execution/" + execution.id),
        MakeArn("ssm", execution.scope,
                "automation-definition/" + execution.name + ":" + execution.version)},
       std::move(detail)});
}

}  // namespace

Effect StepEvent(const Execution& execution, const StepChange& change) {
  json::Object detail = Detail(execution, change.status, change.start, change.end);
  detail["StepName"] = change.step;
  detail["Action"] = change.action;
  return Event(execution, "EC2 Automation Step Status-change Notification", std::move(detail));
}

Effect ExecutionEvent(const Execution& execution, std::string_view status,
                      std::string_view executed_by, std::optional<TimePoint> end) {
  json::Object detail = Detail(execution, status, execution.started, end);
  detail["ExecutedBy"] = executed_by;
  return Event(execution, "EC2 Automation Execution Status-change Notification", std::move(detail));
}

}  // namespace riposte::automation
