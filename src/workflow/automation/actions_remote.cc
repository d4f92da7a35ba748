// Actions that hand work to another service and wait until it says that the work is done: commands
// on nodes, stacks, state machines, webhooks. Where this engine offers no such service, the step
// fails and says so.
#include <algorithm>
#include <array>

#include "workflow/automation/action.h"
#include "workflow/automation/expression.h"
#include "workflow/text.h"

namespace riposte::automation {
namespace {

constexpr size_t kMaxOutputBytes = 16 * 1024;

std::unexpected<Error> Bad(std::string message) {
  return Fail(Code::kInvalidArgument, std::move(message));
}

/// How many entries a list input has as written; 0 when it is not there or only known later.
size_t WrittenItems(const json::Object& inputs, std::string_view name) {
  const json::Value* value = json::Find(inputs, name);
  return value && value->is_array() && ReferencesIn(*value).empty() ? value->get_array().size() : 0;
}

// ── aws:runCommand ──────────────────────────────────────────────────────────────────────────

Status CheckCommand(const json::Object& inputs) {
  if (json::Find(inputs, "InstanceIds") && json::Find(inputs, "Targets")) {
    return Bad("only one of InstanceIds and Targets can be given");
  }
  if (!json::Find(inputs, "InstanceIds") && !json::Find(inputs, "Targets")) {
    return Bad("either InstanceIds or Targets is required");
  }
  if (WrittenItems(inputs, "InstanceIds") > 50) return Bad("InstanceIds has more than 50 items");
  return {};
}

Progress StartCommand(StepContext& step) {
  json::Object input{{"DocumentName", InputText(step, "DocumentName")}};
  CopyInputs(
      step,
      {"InstanceIds", "Targets", "CloudWatchOutputConfig", "Comment", "DocumentHash",
       "DocumentHashType", "DocumentVersion", "MaxConcurrency", "MaxErrors", "NotificationConfig",
       "OutputS3BucketName", "OutputS3KeyPrefix", "ServiceRoleArn", "TimeoutSeconds"},
      input);
  if (const json::Value* given = json::Find(step.inputs, "Parameters")) {
    json::Object parameters;
    for (const auto& [key, value] : ToMap(*given).value_or(json::Object())) {
      json::Array texts;
      for (const std::string& text : ToTexts(value)) texts.emplace_back(text);
      parameters[key] = std::move(texts);
    }
    input["Parameters"] = std::move(parameters);
  }
  if (auto failed = step.InvokeIfOffered("send", "ssm", "SendCommand", std::move(input))) {
    return std::move(*failed);
  }
  return Progress::Running();
}

Progress LookAtCommand(StepContext& step) {
  if (auto failed =
          step.InvokeIfOffered("look", "ssm", "ListCommandInvocations",
                               {{"CommandId", step.memory["command"]}, {"Details", true}})) {
    return std::move(*failed);
  }
  return Progress::Running();
}

Progress CommandSeen(StepContext& step, std::string_view effect, const json::Object& outcome) {
  if (effect == "wait") return LookAtCommand(step);
  if (effect == "send") {
    if (auto failed = FailureOf(outcome, "SendCommand")) return std::move(*failed);
    const json::Object* command = json::GetObject(OutputOf(outcome), "Command");
    if (command && json::GetString(*command, "StatusDetails") == "NoInstancesInTag") {
      return Progress::Failed("Invocation", "NoInstancesInTag",
                              "No managed node has the tags of the targets.");
    }
    step.memory["command"] = command ? json::GetString(*command, "CommandId") : "";
    return LookAtCommand(step);
  }
  if (auto failed = FailureOf(outcome, "ListCommandInvocations")) return std::move(*failed);
  const json::Array* invocations = json::GetArray(OutputOf(outcome), "CommandInvocations");
  if (!invocations || invocations->empty()) {
    PollLater(step);
    return Progress::Running();
  }
  std::string output, bad;
  int64_t code = 0;
  for (const json::Value& entry : *invocations) {
    const json::Object& invocation = entry.as_object();
    const std::string status(json::GetString(invocation, "Status"));
    if (status == "Pending" || status == "InProgress" || status == "Delayed" ||
        status == "Cancelling") {
      PollLater(step);
      return Progress::Running();
    }
    if (status != "Success") bad = status;
    const json::Array* plugins = json::GetArray(invocation, "CommandPlugins");
    for (const json::Value& plugin : plugins ? *plugins : json::Array()) {
      output += json::GetString(plugin.as_object(), "Output");
      code = std::max(code, json::GetInt(plugin.as_object(), "ResponseCode"));
    }
  }
  output = workflow::CleanText(output, kMaxOutputBytes);
  if (!bad.empty()) {
    return Progress::Failed("Invocation", bad,
                            "The command ended with status " + bad + ". " + output);
  }
  return Progress::Success({{"CommandId", step.memory["command"]},
                            {"Status", "Success"},
                            {"ResponseCode", code},
                            {"Output", output}});
}

// ── aws:createStack, aws:deleteStack ────────────────────────────────────────────────────────

Status CheckStack(const json::Object& inputs) {
  const auto both = [&inputs](std::string_view a, std::string_view b) {
    return json::Find(inputs, a) && json::Find(inputs, b);
  };
  if (both("TemplateBody", "TemplateURL")) {
    return Bad("only one of TemplateBody and TemplateURL can be given");
  }
  if (!json::Find(inputs, "TemplateBody") && !json::Find(inputs, "TemplateURL")) {
    return Bad("either TemplateBody or TemplateURL is required");
  }
  if (both("DisableRollback", "OnFailure")) {
    return Bad("only one of DisableRollback and OnFailure can be given");
  }
  if (both("StackPolicyBody", "StackPolicyURL")) {
    return Bad("only one of StackPolicyBody and StackPolicyURL can be given");
  }
  if (const json::Value* value = json::Find(inputs, "OnFailure");
      value && ReferencesIn(*value).empty()) {
    const std::string text = ToText(*value);
    if (text != "DO_NOTHING" && text != "ROLLBACK" && text != "DELETE") {
      return Bad("OnFailure must be DO_NOTHING, ROLLBACK or DELETE");
    }
  }
  if (WrittenItems(inputs, "NotificationARNs") > 5) {
    return Bad("NotificationARNs has more than 5 items");
  }
  return {};
}

Progress LookAtStack(StepContext& step) {
  if (auto failed = step.InvokeIfOffered("look", "cloudformation", "DescribeStacks",
                                         {{"StackName", step.memory["stack"]}})) {
    return std::move(*failed);
  }
  return Progress::Running();
}

Progress StartStack(StepContext& step) {
  json::Object input;
  CopyInputs(
      step,
      {"StackName", "TemplateBody", "TemplateURL", "Parameters", "Capabilities",
       "ClientRequestToken", "DisableRollback", "OnFailure", "NotificationARNs", "ResourceTypes",
       "RoleARN", "StackPolicyBody", "StackPolicyURL", "Tags", "TimeoutInMinutes"},
      input);
  step.memory["stack"] = InputText(step, "StackName");
  step.memory["operation"] = "CreateStack";
  if (auto failed =
          step.InvokeIfOffered("change", "cloudformation", "CreateStack", std::move(input))) {
    return std::move(*failed);
  }
  return Progress::Running();
}

Progress StartStackDeletion(StepContext& step) {
  json::Object input;
  CopyInputs(step, {"StackName", "ClientRequestToken", "RoleARN", "RetainResources"}, input);
  json::Array retained;
  for (int i = 1; i <= 100; ++i) {  // the form of the older documents
    const std::string text = InputText(step, "RetainResources.member." + std::to_string(i));
    if (text.empty()) break;
    retained.emplace_back(text);
  }
  if (!retained.empty()) input["RetainResources"] = std::move(retained);
  step.memory["stack"] = InputText(step, "StackName");
  step.memory["operation"] = "DeleteStack";
  if (auto failed =
          step.InvokeIfOffered("change", "cloudformation", "DeleteStack", std::move(input))) {
    return std::move(*failed);
  }
  return Progress::Running();
}

Progress StackSeen(StepContext& step, std::string_view effect, const json::Object& outcome) {
  const std::string operation(json::GetString(step.memory, "operation"));
  const bool deleting = operation == "DeleteStack";
  if (effect == "wait") return LookAtStack(step);
  if (effect == "change") {
    if (auto failed = FailureOf(outcome, operation)) return std::move(*failed);
    const std::string_view id = json::GetString(OutputOf(outcome), "StackId");
    if (!id.empty()) step.memory["stack"] = id;
    return LookAtStack(step);
  }
  if (auto failed = FailureOf(outcome, "DescribeStacks")) {
    // A deleted stack is no longer described by its name.
    if (deleting && failed->type == "ValidationError") return Progress::Success();
    return std::move(*failed);
  }
  const json::Array* stacks = json::GetArray(OutputOf(outcome), "Stacks");
  const json::Object* stack = stacks && !stacks->empty() ? stacks->front().if_object() : nullptr;
  const std::string status(stack ? json::GetString(*stack, "StackStatus") : "");
  const std::string reason(stack ? json::GetString(*stack, "StackStatusReason") : "");
  const json::Object shown{{"StackId", stack ? json::GetString(*stack, "StackId") : ""},
                           {"StackStatus", status},
                           {"StackStatusReason", reason}};
  if (status == (deleting ? "DELETE_COMPLETE" : "CREATE_COMPLETE")) {
    return Progress::Success(shown);
  }
  if (status.ends_with("_FAILED") || (!deleting && status.ends_with("_COMPLETE"))) {
    return Progress::Failed(
        "Verification", status,
        "The stack is in state " + status + ": " + workflow::CleanText(reason, 1000));
  }
  PollLater(step);
  return Progress::Running();
}

// ── aws:executeStateMachine ─────────────────────────────────────────────────────────────────

Progress StartMachine(StepContext& step) {
  json::Object input;
  CopyInputs(step, {"stateMachineArn", "name"}, input);
  if (const json::Value* data = json::Find(step.inputs, "input")) {
    input["input"] = data->is_string() ? *data : json::Value(json::Serialize(*data));
  }
  if (auto failed = step.InvokeIfOffered("start", "states", "StartExecution", std::move(input))) {
    return std::move(*failed);
  }
  return Progress::Running();
}

Progress LookAtMachine(StepContext& step) {
  if (auto failed = step.InvokeIfOffered("look", "states", "DescribeExecution",
                                         {{"executionArn", step.memory["arn"]}})) {
    return std::move(*failed);
  }
  return Progress::Running();
}

Progress MachineSeen(StepContext& step, std::string_view effect, const json::Object& outcome) {
  if (effect == "wait") return LookAtMachine(step);
  if (effect == "start") {
    if (auto failed = FailureOf(outcome, "StartExecution")) return std::move(*failed);
    step.memory["arn"] = json::GetString(OutputOf(outcome), "executionArn");
    return LookAtMachine(step);
  }
  if (auto failed = FailureOf(outcome, "DescribeExecution")) return std::move(*failed);
  const json::Object& execution = OutputOf(outcome);
  const std::string status(json::GetString(execution, "status"));
  if (status == "RUNNING" || status == "PENDING_REDRIVE") {
    PollLater(step);
    return Progress::Running();
  }
  if (status != "SUCCEEDED") {
    return Progress::Failed("Invocation", status,
                            "The state machine's execution ended with status " + status + ": " +
                                workflow::CleanText(json::GetString(execution, "error"), 256) +
                                " " +
                                workflow::CleanText(json::GetString(execution, "cause"), 2000));
  }
  return Progress::Success(execution);
}

// ── aws:invokeWebhook ───────────────────────────────────────────────────────────────────────

/// The integration is read, and the request sent, by an operation of its own, so that neither the
/// address nor the secret headers are ever in the execution's state or history.
Progress StartWebhook(StepContext& step) {
  json::Object input{{"IntegrationName", InputText(step, "IntegrationName")}};
  if (json::Find(step.inputs, "Body")) input["Body"] = InputText(step, "Body");
  if (auto failed = step.InvokeIfOffered("post", "riposte", "InvokeWebhook", std::move(input))) {
    return std::move(*failed);
  }
  return Progress::Running();
}

Progress WebhookAnswered(StepContext&, std::string_view, const json::Object& outcome) {
  if (auto failed = FailureOf(outcome, "InvokeWebhook")) return std::move(*failed);
  const int64_t code = json::GetInt(OutputOf(outcome), "ResponseCode");
  const std::string text =
      workflow::CleanText(json::GetString(OutputOf(outcome), "Response"), kMaxOutputBytes);
  if (code < 200 || code > 299) {
    return Progress::Failed(
        "Invocation", "WebhookFailed",
        "The webhook answered with status " + std::to_string(code) + ": " + text);
  }
  return Progress::Success({{"Response", text}, {"ResponseCode", code}});
}

const std::array<Action, 5> kActions = {{
    {.name = "aws:runCommand",
     .required = {"DocumentName"},
     .default_timeout_seconds = 3600,
     .raw_outputs = true,
     .check = CheckCommand,
     .start = StartCommand,
     .resume = CommandSeen},
    {.name = "aws:createStack",
     .required = {"StackName"},
     .default_timeout_seconds = 3600,
     .raw_outputs = true,
     .check = CheckStack,
     .start = StartStack,
     .resume = StackSeen},
    {.name = "aws:deleteStack",
     .required = {"StackName"},
     .default_timeout_seconds = 3600,
     .start = StartStackDeletion,
     .resume = StackSeen},
    {.name = "aws:executeStateMachine",
     .required = {"stateMachineArn"},
     .raw_outputs = true,
     .start = StartMachine,
     .resume = MachineSeen},
    {.name = "aws:invokeWebhook",
     .required = {"IntegrationName"},
     .raw_outputs = true,
     .start = StartWebhook,
     .resume = WebhookAnswered},
}};

}  // namespace

std::span<const Action> RemoteActions() {
  return kActions;
}

}  // namespace riposte::automation
