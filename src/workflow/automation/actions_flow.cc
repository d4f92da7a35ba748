// Actions that wait, ask people, run scripts and start other runbooks; and the checks of those that
// steer the execution itself.
#include <algorithm>
#include <array>

#include "workflow/automation/action.h"
#include "workflow/automation/condition.h"
#include "workflow/automation/expression.h"
#include "workflow/automation/parameter.h"
#include "workflow/text.h"

namespace riposte::automation {
namespace {

constexpr int64_t kMaxSleepSeconds = 604'799;
constexpr size_t kMaxScriptPayloadBytes = 100 * 1024;
constexpr size_t kMaxScriptListItems = 100;
constexpr size_t kMaxScriptLogBytes = 16 * 1024;

std::unexpected<Error> Bad(std::string message) {
  return Fail(Code::kInvalidArgument, std::move(message));
}

std::string Text(const StepContext& step, std::string_view name) {
  const json::Value* value = json::Find(step.inputs, name);
  return value ? ToText(Unwrap(*value)) : "";
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
    const auto duration = ParseDuration(Text(step, "Duration"));
    if (!duration || *duration > std::chrono::seconds(kMaxSleepSeconds)) {
      return Progress::Failed("Input", "InvalidInput", "Duration is not valid.");
    }
    step.Sleep("sleep", *duration);
    return Progress::Running();
  }
  const auto until = ParseIso8601(Text(step, "Timestamp"));
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

// ── aws:pause ───────────────────────────────────────────────────────────────────────────────

Progress StartPause(StepContext&) {
  return Progress::Waiting();
}

SignalResult SignalPause(StepContext& step, std::string_view name, const json::Object&) {
  if (name != "Resume") {
    return {std::nullopt, "Signal " + std::string(name) + " does not fit a paused step."};
  }
  (void)step;
  return {Progress::Success(), ""};
}

// ── aws:approve ─────────────────────────────────────────────────────────────────────────────

Status CheckApprove(const json::Object& inputs) {
  const json::Value& approvers = *json::Find(inputs, "Approvers");
  if (!approvers.is_array() && ReferencesIn(approvers).empty()) {
    return Bad("Approvers must be a list");
  }
  if (approvers.is_array() &&
      (approvers.get_array().empty() || approvers.get_array().size() > 10)) {
    return Bad("Approvers must have 1 to 10 entries");
  }
  if (const json::Value* message = json::Find(inputs, "Message");
      message && ToText(*message).size() > 4096) {
    return Bad("Message is longer than 4096 characters");
  }
  if (const json::Value* min = json::Find(inputs, "MinRequiredApprovals");
      min && ReferencesIn(*min).empty()) {
    const auto number = ToInteger(*min);
    if (!number || *number < 1 ||
        (approvers.is_array() && ReferencesIn(approvers).empty() &&
         *number > static_cast<int64_t>(approvers.get_array().size()))) {
      return Bad("MinRequiredApprovals must be between 1 and the number of approvers");
    }
  }
  return {};
}

Progress StartApprove(StepContext& step) {
  const std::vector<std::string> approvers = ToTexts(*json::Find(step.inputs, "Approvers"));
  const int64_t needed =
      json::Find(step.inputs, "MinRequiredApprovals")
          ? ToInteger(*json::Find(step.inputs, "MinRequiredApprovals")).value_or(0)
          : 1;
  if (approvers.empty() || approvers.size() > 10 || needed < 1 ||
      needed > static_cast<int64_t>(approvers.size())) {
    return Progress::Failed(
        "Input", "InvalidInput",
        "MinRequiredApprovals must be between 1 and the number of approvers (at most 10).");
  }
  step.memory["needed"] = needed;
  step.memory["decisions"] = json::Array();
  if (const std::string topic = Text(step, "NotificationArn"); !topic.empty()) {
    const std::string message = Text(step, "Message");
    step.Invoke("notify", "sns", "Publish",
                {{"TopicArn", topic},
                 {"Subject", "Approval required: " + step.execution.name.substr(0, 60)},
                 {"Message", "Automation execution " + step.execution.id + " of " +
                                 step.execution.name + " waits for approval.\n" + message}});
  }
  return Progress::Waiting();
}

/// The approver was told, or could not be: either way the step waits.
Progress ApproversTold(StepContext& step, std::string_view, const json::Object& outcome) {
  if (const auto failed = FailureOf(outcome, "Publish")) step.memory["notify"] = failed->message;
  return Progress::Waiting();
}

bool IsApprover(const std::string& approver, const json::Object& payload) {
  const std::string_view arn = json::GetString(payload, "caller_arn");
  const std::string_view role = json::GetString(payload, "caller_role_arn");
  if (approver == arn || (!role.empty() && approver == role)) return true;
  // A bare user name stands for the user of the account.
  const size_t user = arn.find(":user/");
  return user != std::string_view::npos && approver.find(':') == std::string::npos &&
         arn.substr(arn.rfind('/') + 1) == approver;
}

SignalResult SignalApprove(StepContext& step, std::string_view name, const json::Object& payload) {
  if (name != "Approve" && name != "Reject") {
    return {std::nullopt, "Signal " + std::string(name) + " does not fit an approval step."};
  }
  const std::vector<std::string> approvers = ToTexts(*json::Find(step.inputs, "Approvers"));
  if (std::ranges::none_of(approvers,
                           [&](const std::string& a) { return IsApprover(a, payload); })) {
    return {std::nullopt, "The caller is not one of the approvers of the step."};
  }
  json::Array& decisions = step.memory["decisions"].as_array();
  const std::string_view caller = json::GetString(payload, "caller_arn");
  for (const json::Value& decision : decisions) {
    if (json::GetString(decision.as_object(), "Approver") == caller) {
      return {std::nullopt, "The caller has already decided."};
    }
  }
  json::Object decision{{"Approver", caller},
                        {"Decision", name == "Approve" ? "Approved" : "Rejected"},
                        {"Timestamp", FormatIso8601(step.now)}};
  json::SetIfNotEmpty(decision, "Comment", json::GetString(payload, "Comment"));
  decisions.emplace_back(std::move(decision));
  if (name == "Reject") {
    return {Progress::Failed("Verification", "Rejected",
                             "The approval was rejected by " + std::string(caller) + "."),
            ""};
  }
  if (static_cast<int64_t>(decisions.size()) < json::GetInt(step.memory, "needed", 1)) {
    return {Progress::Waiting(), ""};
  }
  return {Progress::Success({{"ApprovalStatus", "Approved"}, {"ApproverDecisions", decisions}}),
          ""};
}

// ── aws:executeScript ───────────────────────────────────────────────────────────────────────

Status CheckScript(const json::Object& inputs) {
  const std::string runtime = ToText(*json::Find(inputs, "Runtime"));
  if (!runtime.starts_with("python3.")) return Bad("runtime " + runtime + " is not supported");
  if (json::Find(inputs, "Attachment")) return Bad("scripts in attachments are not supported");
  if (!json::Find(inputs, "Script")) return Bad("required input Script is missing");
  if (!json::Find(inputs, "Handler")) return Bad("required input Handler is missing");
  if (const json::Value* payload = json::Find(inputs, "InputPayload");
      payload && !payload->is_object() && ReferencesIn(*payload).empty()) {
    return Bad("InputPayload must be a map");
  }
  return {};
}

Progress StartScript(StepContext& step) {
  workflow::Effect::ScriptOptions options;
  options.runtime = Text(step, "Runtime");
  options.handler = Text(step, "Handler");
  options.script = Text(step, "Script");
  if (const json::Value* payload = json::Find(step.inputs, "InputPayload")) {
    options.payload = *payload;
  } else {
    options.payload = json::Object();
  }
  step.Script("script", options);
  return Progress::Running();
}

Progress ScriptRan(StepContext&, std::string_view, const json::Object& outcome) {
  const std::string_view log = json::GetString(outcome, "log");
  if (const json::Object* error = json::GetObject(outcome, "error")) {
    return Progress::Failed("Invocation", std::string(json::GetString(*error, "type")),
                            std::string(json::GetString(*error, "message")));
  }
  const json::Value* payload = json::Find(outcome, "payload");
  const json::Value result = payload ? *payload : json::Value();
  if (json::Serialize(result).size() > kMaxScriptPayloadBytes) {
    return Progress::Failed("Invocation", "OutputTooLarge",
                            "The script returned more than 100 KB.");
  }
  if (const json::Object* map = result.if_object()) {
    for (const auto& member : *map) {
      if (member.value().is_array() && member.value().get_array().size() > kMaxScriptListItems) {
        return Progress::Failed("Invocation", "OutputTooLarge",
                                "The script returned a list of more than 100 items.");
      }
    }
  }
  return Progress::Success(
      {{"Payload", result}, {"ExecutionLog", workflow::CleanText(log, kMaxScriptLogBytes)}});
}

// ── aws:executeAutomation ───────────────────────────────────────────────────────────────────

Progress StartAutomation(StepContext& step) {
  json::Object input{{"DocumentName", Text(step, "DocumentName")}};
  for (const std::string_view name :
       {"DocumentVersion", "TargetParameterName", "MaxConcurrency", "MaxErrors"}) {
    if (json::Find(step.inputs, name)) input[name] = Text(step, name);
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
  step.Invoke("start", "ssm", "StartAutomationExecution", std::move(input));
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

const std::array<Action, 8> kActions = {{
    {.name = "aws:sleep", .check = CheckSleep, .start = StartSleep, .resume = Slept},
    {.name = "aws:pause", .start = StartPause, .signal = SignalPause},
    {.name = "aws:approve",
     .required = {"Approvers"},
     .default_timeout_seconds = 604'800,
     .raw_outputs = true,
     .check = CheckApprove,
     .start = StartApprove,
     .resume = ApproversTold,
     .signal = SignalApprove},
    {.name = "aws:executeScript",
     .required = {"Runtime"},
     .default_timeout_seconds = 600,
     .raw_outputs = true,
     .check = CheckScript,
     .start = StartScript,
     .resume = ScriptRan},
    {.name = "aws:executeAutomation",
     .required = {"DocumentName"},
     .raw_outputs = true,
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
