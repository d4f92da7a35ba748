#include "workflow/automation/view.h"

#include <algorithm>

#include "workflow/automation/action.h"
#include "workflow/automation/document.h"
#include "workflow/automation/expression.h"
#include "workflow/automation/fan_out.h"
#include "workflow/automation/parameter.h"

namespace riposte::automation {
namespace {

using workflow::Execution;

/// Steps in GetAutomationExecution; DescribeAutomationStepExecutions has them all.
constexpr size_t kMaxShownSteps = 100;

double Seconds(const json::Object& record, std::string_view key) {
  return ToSeconds(FromMillis(json::GetInt(record, key)));
}

json::Object Lists(const json::Object& values) {
  json::Object out;
  for (const auto& [key, value] : values) out[key] = ToApi(value);
  return out;
}

/// The Targets of a step's inputs, when they have the API's form.
const json::Array* TargetsIn(const json::Object& inputs) {
  const json::Array* targets = json::GetArray(inputs, "Targets");
  for (const json::Value& entry : targets ? *targets : json::Array()) {
    const json::Object* target = entry.if_object();
    const json::Array* values = target ? json::GetArray(*target, "Values") : nullptr;
    if (!values || json::GetString(*target, "Key").empty()) return nullptr;
    if (!std::ranges::all_of(*values, [](const json::Value& v) { return v.is_string(); })) {
      return nullptr;
    }
  }
  return targets;
}

json::Object StepOf(const Step& step, const json::Object* record) {
  json::Object out{{"StepName", step.name}, {"Action", step.action->name}};
  out["StepStatus"] = record ? json::GetString(*record, "status") : "Pending";
  out["MaxAttempts"] = step.max_attempts;
  out["OnFailure"] = step.OnFailureText();
  out["IsEnd"] = step.is_end;
  out["IsCritical"] = step.is_critical;
  json::SetIfNotEmpty(out, "NextStep", step.next_step);
  int64_t timeout = step.action->default_timeout_seconds;
  if (!step.timeout_seconds.is_null()) timeout = ToInteger(step.timeout_seconds).value_or(timeout);
  if (record) timeout = json::GetInt(*record, "timeout_seconds", timeout);
  if (timeout > 0) out["TimeoutSeconds"] = timeout;
  if (!record) return out;
  out["StepExecutionId"] = json::GetString(*record, "id");
  out["ExecutionStartTime"] = Seconds(*record, "start_ms");
  if (json::Find(*record, "end_ms")) out["ExecutionEndTime"] = Seconds(*record, "end_ms");
  json::SetIfNotEmpty(out, "ResponseCode", json::GetString(*record, "response_code"));
  json::SetIfNotEmpty(out, "FailureMessage", json::GetString(*record, "failure_message"));
  if (const json::Object* failure = json::GetObject(*record, "failure")) {
    out["FailureDetails"] = {{"FailureStage", json::GetString(*failure, "stage")},
                             {"FailureType", json::GetString(*failure, "type")},
                             {"Details", json::Object()}};
  }
  if (const json::Array* alarms = json::GetArray(*record, "triggered_alarms")) {
    out["TriggeredAlarms"] = *alarms;
  }
  if (const json::Array* next = json::GetArray(*record, "valid_next"))
    out["ValidNextSteps"] = *next;
  json::Object inputs;
  if (const json::Object* given = json::GetObject(*record, "inputs")) {
    for (const auto& [key, value] : *given) inputs[key] = json::Serialize(value);
    const bool aims =
        step.action->name == "aws:executeAutomation" || step.action->name == "aws:runCommand";
    if (const json::Array* targets = aims ? TargetsIn(*given) : nullptr) out["Targets"] = *targets;
  }
  out["Inputs"] = std::move(inputs);
  out["OverriddenParameters"] = json::Object();
  if (const json::Object* outputs = json::GetObject(*record, "outputs")) {
    out["Outputs"] = Lists(*outputs);
  }
  if (const json::Object* parent = json::GetObject(*record, "parent")) {
    json::Object details{{"StepExecutionId", json::GetString(*parent, "id")},
                         {"StepName", json::GetString(*parent, "name")},
                         {"Action", json::GetString(*parent, "action")},
                         {"Iteration", json::GetInt(*parent, "iteration")}};
    if (const json::Value* item = json::Find(*parent, "item")) {
      details["IteratorValue"] = ToText(*item);
    }
    out["ParentStepDetails"] = std::move(details);
  }
  return out;
}

json::Object Common(const Execution& execution) {
  const json::Object& state = execution.state;
  json::Object out{{"AutomationExecutionId", execution.id},
                   {"DocumentName", execution.name},
                   {"DocumentVersion", execution.version},
                   {"AutomationExecutionStatus", execution.status},
                   {"ExecutionStartTime", ToSeconds(execution.started)},
                   {"ExecutedBy", json::GetString(state, "executed_by")},
                   {"Mode", json::GetString(state, "mode", "Auto")}};
  if (execution.finished) out["ExecutionEndTime"] = ToSeconds(execution.ended);
  json::SetIfNotEmpty(out, "ParentAutomationExecutionId", execution.parent_id);
  json::SetIfNotEmpty(out, "FailureMessage", json::GetString(state, "failure_message"));
  // Of one execution alone; with targets, DescribeFanOut has better.
  out["Targets"] = json::Array();
  out["ResolvedTargets"] = {{"ParameterValues", json::Array()}, {"Truncated", false}};
  const json::Object* outputs = json::GetObject(state, "outputs");
  out["Outputs"] = outputs ? *outputs : json::Object();
  if (const json::Value* alarm = json::Find(state, "alarm")) out["AlarmConfiguration"] = *alarm;
  if (const json::Value* alarms = json::Find(state, "triggered_alarms")) {
    out["TriggeredAlarms"] = *alarms;
  }
  const std::string_view current = json::GetString(state, "current");
  if (!current.empty()) {
    out["CurrentStepName"] = current;
    const json::Object* steps = json::GetObject(state, "steps");
    const json::Object* record = steps ? json::GetObject(*steps, current) : nullptr;
    if (record) out["CurrentAction"] = json::GetString(*record, "action");
  }
  return out;
}

}  // namespace

json::Array DescribeSteps(const Execution& execution) {
  if (IsFanOut(execution)) return DescribeTargets(execution);
  json::Array out;
  const auto document = Document::Load(execution.definition->content);
  if (!document) return out;
  const json::Object* records = json::GetObject(execution.state, "steps");
  const json::Array* past = json::GetArray(execution.state, "past");
  const auto record_of = [&](const Step& step) {
    return records ? json::GetObject(*records, step.name) : nullptr;
  };
  for (const Step& step : document->steps) {
    out.emplace_back(StepOf(step, record_of(step)));
    if (past && !step.inner.empty()) {
      for (const json::Value& entry : *past) {
        const json::Object& record = entry.as_object();
        const Step* loop = nullptr;
        const Step* inner = document->FindStep(json::GetString(record, "name"), &loop);
        if (inner && loop == &step) out.emplace_back(StepOf(*inner, &record));
      }
    }
    for (const Step& inner : step.inner) {
      if (const json::Object* record = record_of(inner)) out.emplace_back(StepOf(inner, record));
    }
  }
  return out;
}

json::Object DescribeExecution(const Execution& execution) {
  json::Object out = Common(execution);
  json::Array steps = DescribeSteps(execution);
  out["StepExecutionsTruncated"] = steps.size() > kMaxShownSteps;
  if (steps.size() > kMaxShownSteps) steps.resize(kMaxShownSteps);
  out["StepExecutions"] = std::move(steps);
  if (IsFanOut(execution)) DescribeFanOut(execution, true, out);
  const json::Object* parameters = json::GetObject(execution.state, "parameters");
  out["Parameters"] = parameters ? Lists(*parameters) : json::Object();
  if (const json::Object* variables = json::GetObject(execution.state, "variables");
      variables && !variables->empty()) {
    out["Variables"] = Lists(*variables);
  }
  return out;
}

json::Object DescribeMetadata(const Execution& execution) {
  json::Object out = Common(execution);
  out["AutomationType"] = "Local";
  out["LogFile"] = "";
  if (IsFanOut(execution)) DescribeFanOut(execution, false, out);
  return out;
}

}  // namespace riposte::automation
