// The status changes of executions and steps as events of the bus (source aws.ssm). Pure.
// Source: spec 2.12, "EventBridge".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "workflow/language.h"

namespace riposte::automation {

struct StepChange {
  std::string step;
  std::string action;
  std::string status;
  TimePoint start;
  std::optional<TimePoint> end;
};

[[nodiscard]] workflow::Effect StepEvent(const workflow::Execution& execution,
                                         const StepChange& change);
[[nodiscard]] workflow::Effect ExecutionEvent(const workflow::Execution& execution,
                                              std::string_view status, std::string_view executed_by,
                                              std::optional<TimePoint> end);

}  // namespace riposte::automation
