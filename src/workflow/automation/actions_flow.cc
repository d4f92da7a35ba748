// Actions that sleep and start other runbooks; and the checks of those that steer the execution
// itself.
#include <algorithm>
#include <array>

#include "workflow/automation/action.h"
#include "workflow/automation/condition.h"
#include "workflow/automation/expression.h"
#include "workflow/automation/parameter.h"
#include "workflow/automation/rate.h"
#include "workflow/automation/regex.h"

namespace riposte::automation {
namespace {

constexpr int64_t kMaxSleepSeconds = 604'799;

std::unexpected<Error> Bad(std::string message) {
  return Fail(Code::kInvalidArgument, std::move(message));
}

// ── aws:sleep ───────────────────────────────────────────────────────────────────────────────

Status CheckSleep(const json::Object& inputs) {
  const json::Value* duration = json::Find(inputs, "Duration");
  const json::Value* until = json::Find(inputs, "Timestamp");
  if ((duration != nullptr) == (until != nullptr)) {
    return Bad("either Duration or Timestamp is required");
  }
  if (duration && ReferencesIn(*duration).empty()) {
    const auto parsed = ParseDuration(ToText(*duration));
    if (!parsed) return std::unexpected(parsed.error());
    if (*parsed > std::chrono::seconds(kMaxSleepSeconds)) {
      return Bad("Duration is longer than 604799 seconds");
    }
  }
  if (until && ReferencesIn(*until).empty()) {
    if (const auto parsed = ParseIso8601(ToText(*until)); !parsed) return Bad("invalid Timestamp");
  }
  return {};
}

Progress StartSleep(StepContext& step) {
  if (json::Find(step.inputs, "Duration")) {
    const auto duration = ParseDuration(InputText(step, "Duration"));
    if (!duration || *duration > std::chrono::seconds(kMaxSleepSeconds)) {
      return Progress::Failed("Input", "InvalidInput", "Duration is not valid.");
    }
    step.Sleep("sleep", *duration);
    return Progress::Running();
  }
  const auto until = ParseIso8601(InputText(step, "Timestamp"));
  if (!until || *until - step.now > std::chrono::seconds(kMaxSleepSeconds)) {
    return Progress::Failed("Input", "InvalidInput", "Timestamp is not valid.");
  }
  if (*until <= step.now) return Progress::Success();
  step.Sleep("sleep", *until - step.now);
  return Progress::Running();
}

Progress Slept(StepContext&, std::string_view, const json::Object&) {
  return Progress::Success();
}

// ── aws:executeAutomation ───────────────────────────────────────────────────────────────────

bool FitsPattern(const json::Object& inputs, std::string_view name, std::string_view pattern) {
  const json::Value* value = json::Find(inputs, name);
  return !value || !ReferencesIn(*value).empty() || PatternMatches(pattern, ToText(*value));
}

Status CheckAutomation(const json::Object& inputs) {
  const auto items = [&inputs](std::string_view name) {
    const json::Array* list = json::GetArray(inputs, name);
    return list ? list->size() : 0;
  };
  if (json::Find(inputs, "Targets") && json::Find(inputs, "TargetMaps")) {
    return Bad("only one of Targets and TargetMaps can be given");
  }
  if (items("Tags") > 5) return Bad("Tags has more than 5 items");
  if (items("TargetMaps") > 300) return Bad("TargetMaps has more than 300 items");
  if (const json::Value* locations = json::Find(inputs, "TargetLocations");
      locations && locations->is_array() &&
      (locations->get_array().empty() || locations->get_array().size() > 100)) {
    return Bad("TargetLocations must have 1 to 100 items");
  }
  if (!FitsPattern(inputs, "MaxConcurrency", kMaxConcurrencyPattern)) {
    return Bad("MaxConcurrency must be a number or a percentage");
  }
  if (!FitsPattern(inputs, "MaxErrors", kMaxErrorsPattern)) {
    return Bad("MaxErrors must be a number or a percentage");
  }
  return {};
}

Progress StartAutomation(StepContext& step) {
  json::Object input{{"DocumentName", InputText(step, "DocumentName")}};
  for (const std::string_view name :
       {"DocumentVersion", "TargetParameterName", "MaxConcurrency", "MaxErrors"}) {
    if (json::Find(step.inputs, name)) input[name] = InputText(step, name);
  }
  for (const std::string_view name : {"Targets", "TargetMaps", "TargetLocations", "Tags"}) {
    if (const json::Value* value = json::Find(step.inputs, name)) input[name] = ToList(*value);
  }
  if (const json::Value* given = json::Find(step.inputs, "RuntimeParameters")) {
    const auto map = ToMap(*given);
    if (!map) {
      return Progress::Failed("Input", "InvalidInput", "RuntimeParameters must be a map.");
    }
    json::Object parameters;
    for (const auto& [key, value] : *map) parameters[key] = ToApi(value);
    if (!parameters.empty()) input["Parameters"] = std::move(parameters);
  }
  step.StartChild("start", "ssm", "StartAutomationExecution", std::move(input));
  return Progress::Running();
}

Progress AutomationDone(StepContext& step, std::string_view effect, const json::Object& outcome) {
  if (effect == "start") {
    if (auto failed = FailureOf(outcome, "StartAutomationExecution")) return std::move(*failed);
    const std::string id(json::GetString(OutputOf(outcome), "AutomationExecutionId"));
    step.memory["child"] = id;
    step.Await("child", id);
    return Progress::Running();
  }
  const std::string id(json::GetString(step.memory, "child"));
  if (const json::Object* error = json::GetObject(outcome, "error")) {
    return Progress::Failed("Invocation", std::string(json::GetString(*error, "code")),
                            std::string(json::GetString(*error, "message")));
  }
  const std::string status(json::GetString(outcome, "status"));
  if (status != "Success") {
    return Progress::Failed("Invocation", status,
                            "The child execution " + id + " ended with status " + status + ".");
  }
  json::Array texts;
  const json::Object* output = json::GetObject(outcome, "output");
  const json::Object* outputs = output ? json::GetObject(*output, "Outputs") : nullptr;
  for (const auto& member : outputs ? *outputs : json::Object()) {
    for (const json::Value& text : ToList(member.value())) texts.emplace_back(ToText(text));
  }
  return Progress::Success({{"Output", std::move(texts)}, {"ExecutionId", id}, {"Status", status}});
}

// ── aws:branch, aws:loop, aws:updateVariable: checks only ───────────────────────────────────

Status CheckBranch(const json::Object& inputs) {
  const json::Array* choices = json::GetArray(inputs, "Choices");
  if (!choices || choices->empty()) return Bad("Choices must be a list of at least one choice");
  for (const json::Value& choice : *choices) {
    if (!choice.is_object()) return Bad("each choice must be a map");
    if (json::GetString(choice.get_object(), "NextStep").empty()) {
      return Bad("a choice has no NextStep");
    }
    if (auto ok = CheckCondition(choice.get_object()); !ok) return ok;
  }
  return {};
}

Status CheckLoop(const json::Object& inputs) {
  if (const json::Value* type = json::Find(inputs, "IteratorDataType")) {
    const std::string text = ToText(*type);
    if (text != "Boolean" && text != "Integer" && text != "String" && text != "StringMap") {
      return Bad("IteratorDataType must be Boolean, Integer, String or StringMap");
    }
    if (!json::Find(inputs, "Iterators")) return Bad("IteratorDataType needs Iterators");
  }
  const json::Value* iterators = json::Find(inputs, "Iterators");
  const json::Value* condition = json::Find(inputs, "LoopCondition");
  if ((iterators != nullptr) == (condition != nullptr)) {
    return Bad("either Iterators or LoopCondition is required");
  }
  if (iterators) {
    if (iterators->is_array() && iterators->get_array().size() > 100) {
      return Bad("Iterators has more than 100 items");
    }
    if (!iterators->is_array() && ReferencesIn(*iterators).empty()) {
      return Bad("Iterators must be a list or a reference");
    }
  }
  if (condition) {
    if (!condition->is_object()) return Bad("LoopCondition must be a condition");
    if (auto ok = CheckCondition(condition->get_object()); !ok) return ok;
    if (!json::Find(inputs, "MaxIterations")) {
      return Bad("MaxIterations is required with LoopCondition");
    }
  }
  if (const json::Value* max = json::Find(inputs, "MaxIterations");
      max && ReferencesIn(*max).empty()) {
    const auto number = ToInteger(*max);
    if (!number || *number < 1 || *number > 100) return Bad("MaxIterations must be 1 to 100");
  }
  return {};
}

Status CheckUpdate(const json::Object& inputs) {
  if (!ToText(*json::Find(inputs, "Name")).starts_with("variable:")) {
    return Bad("Name must be variable:NAME");
  }
  return {};
}

const std::array<Action, 5> kActions = {{
    {.name = "aws:sleep", .check = CheckSleep, .start = StartSleep, .resume = Slept},
    {.name = "aws:executeAutomation",
     .required = {"DocumentName"},
     .raw_outputs = true,
     .check = CheckAutomation,
     .start = StartAutomation,
     .resume = AutomationDone},
    {.name = "aws:branch", .required = {"Choices"}, .check = CheckBranch},
    {.name = "aws:loop", .required = {"Steps"}, .check = CheckLoop},
    {.name = "aws:updateVariable", .required = {"Name", "Value"}, .check = CheckUpdate},
}};

}  // namespace

std::span<const Action> FlowActions() {
  return kActions;
}

}  // namespace riposte::automation
