// One execution over many targets: a child execution for each, so many at a time, until too many
// have failed. Source: spec 2.7.
//
// The definition of such an execution has one member, kFanOut (FanOutPlan::ToJson). Targets are
// known at the start, or found by a call (target_search.h). In each group of targets (one, or one
// for each entry of TargetLocations) one child runs at first; each that succeeds doubles how many
// may, up to the group's limit. Once more have failed than allowed, no further one is started;
// those that run are waited for.
// With an AlarmConfiguration nothing starts before the alarm is known to be quiet; one that rings
// later cancels the execution, and its children with it. A location's alarm is its child's own.
// State: executed_by, groups [{width, running, errors, next …}], children [{name, status …}],
// alarm, triggered_alarms, begun. Pure, as every language is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "workflow/automation/target_search.h"
#include "workflow/language.h"

namespace riposte::automation {

inline constexpr std::string_view kFanOut = "$fanOut";
inline constexpr size_t kMaxTargets = 1000;

struct FanOutPlan {
  struct Target {
    std::string name;            ///< Shown as the step's name: an instance id, a value, "A/region".
    json::Object parameters;     ///< Over those of the plan, in the API's form.
    json::Object input;          ///< Further members of the child's start.
    std::optional<Scope> scope;  ///< Where it runs, when not in the execution's own.
    std::string role_arn;        ///< Whom the start acts as; "" for the execution's principal.
  };
  struct Group {
    std::string max_concurrency = "10";
    std::string max_errors = "0";
    std::vector<Target> targets;
  };
  json::Object input;  ///< StartAutomationExecution's, the same for all.
  std::string target_parameter;
  std::vector<Group> groups;
  /// The first group gets a target for each that is found; nullopt when the targets are known.
  std::optional<TargetSearch> search;
  json::Object shown;  ///< Members of AutomationExecution, as they were given.
  bool cross_account = false;

  [[nodiscard]] json::Object ToJson() const;
};

[[nodiscard]] bool IsFanOut(const workflow::Execution& execution);
/// REQUIRES: IsFanOut(execution).
[[nodiscard]] workflow::Turn AdvanceFanOut(const workflow::Execution& execution,
                                           workflow::State state,
                                           const workflow::Stimulus& stimulus);
/// StepExecutions of such an execution.
[[nodiscard]] json::Array DescribeTargets(const workflow::Execution& execution);
/// The target for which `parent`, IsFanOut, has started execution `child`; "" when it is no one
/// value: a map, an account and region.
[[nodiscard]] std::string TargetOf(const workflow::Execution& parent, std::string_view child);
/// Adds what AutomationExecution shows of targets and their progress.
void DescribeFanOut(const workflow::Execution& execution, bool whole, json::Object& out);

}  // namespace riposte::automation
