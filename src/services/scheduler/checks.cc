#include "services/scheduler/checks.h"

#include <algorithm>
#include <array>

#include "base/arn.h"
#include "delivery/target_call.h"
#include "services/scheduler/schedule_target.h"
#include "services/scheduler/universal.h"

namespace riposte::scheduler {
namespace {

constexpr auto kMembers = std::to_array<std::string_view>(
    {"ActionAfterCompletion", "Description", "EndDate", "FlexibleTimeWindow", "KmsKeyArn",
     "ScheduleExpression", "ScheduleExpressionTimezone", "StartDate", "Target"});

constexpr int64_t kDefaultAttempts = 185;
constexpr int64_t kDefaultAge = 86'400;
constexpr Millis kStartMayBeLate = std::chrono::minutes(5);

/// Parameters for services that are not here.
constexpr auto kForeign = std::to_array<std::string_view>(
    {"EcsParameters", "KinesisParameters", "SageMakerPipelineParameters"});

bool IsBus(const Arn& arn) {
  return arn.service == "events" && arn.resource.starts_with("event-bus/");
}

void CheckJson(const json::Object& target, const char* what) {
  const std::string_view input = json::GetString(target, "Input");
  if (!input.empty() && !json::Parse(input)) {
    throw Invalid(std::string("Invalid Input: ") + what + " needs well-formed JSON.");
  }
}

void CheckTemplated(const json::Object& target, const Arn& arn, const wire::Catalog& catalog) {
  if (!IsBus(arn) && !delivery::CallOf(arn, {})) {
    throw Invalid("Provided Arn is not supported: targets of the service " + arn.service +
                  " are not served here.");
  }
  if (!catalog.FindByAnyName(arn.service)) {
    throw Invalid("Provided Arn is not supported: the service " + arn.service +
                  " is not served here.");
  }
  if (IsBus(arn) && !target.contains("EventBridgeParameters")) {
    throw Invalid("EventBridgeParameters must be specified for target " + arn.str() + ".");
  }
  if (arn.service == "lambda" || arn.service == "states" || IsBus(arn)) {
    CheckJson(target, "this target");
  }
  const auto* queue = json::GetObject(target, "SqsParameters");
  if (arn.service == "sqs" && arn.resource.ends_with(".fifo") &&
      (!queue || json::GetString(*queue, "MessageGroupId").empty())) {
    throw Invalid("SqsParameters with a MessageGroupId must be specified for a FIFO queue.");
  }
}

}  // namespace

json::Object DocumentOf(const api::Call& call) {
  json::Object document;
  for (const std::string_view name : kMembers) {
    if (const json::Value* value = json::Find(call.input, name)) document[name] = *value;
  }
  const auto fill = [](json::Object& object, std::string_view name, json::Value value) {
    if (!object.contains(name)) object[name] = std::move(value);
  };
  fill(document, "ActionAfterCompletion", "NONE");
  fill(document, "ScheduleExpressionTimezone", "UTC");
  json::Object& target = document["Target"].as_object();
  fill(target, "RetryPolicy", json::Object());
  json::Object& policy = target["RetryPolicy"].as_object();
  fill(policy, "MaximumEventAgeInSeconds", kDefaultAge);
  fill(policy, "MaximumRetryAttempts", kDefaultAttempts);
  return document;
}

void CheckTiming(const json::Object& document, const Timing& timing, const Moment& moment) {
  const json::Object& window = *json::GetObject(document, "FlexibleTimeWindow");
  const bool flexible = json::GetString(window, "Mode") == "FLEXIBLE";
  if (flexible != window.contains("MaximumWindowInMinutes")) {
    throw Invalid(flexible ? "MaximumWindowInMinutes must be specified when the mode is FLEXIBLE."
                           : "MaximumWindowInMinutes must not be specified when the mode is OFF.");
  }
  if (timing.start && !moment.same_start && *timing.start < moment.now - kStartMayBeLate) {
    throw Invalid("The StartDate you specify cannot be earlier than 5 minutes ago.");
  }
  if (timing.end && *timing.end <= moment.now) {
    throw Invalid("The EndDate you specify must be in the future.");
  }
  if (timing.start && timing.end && *timing.start >= *timing.end) {
    throw Invalid("The StartDate you specify must be before the EndDate.");
  }
}

void CheckTarget(const json::Object& target, const wire::Catalog& catalog) {
  const std::string text(json::GetString(target, "Arn"));
  for (const std::string_view name : kForeign) {
    if (target.contains(name)) throw Invalid(std::string(name) + " are not supported here.");
  }
  if (IsUniversal(text)) {
    if (const auto found = FindUniversal(catalog, text); !found) {
      throw Invalid(found.error().message);
    }
    return CheckJson(target, "a universal target");
  }
  const auto arn = Arn::Parse(text);
  if (!arn || arn->resource.empty()) throw Invalid("Provided Arn is not in correct format.");
  CheckTemplated(target, *arn, catalog);
}

void CheckRole(const api::Call& call, const std::string& role_arn,
               const access::Authorizer& authorizer) {
  const auto decision = authorizer.DecidePassRole(call.caller, role_arn, std::string(kPrincipal));
  if (decision.allowed) return;
  if (decision.evidence.find("trust policy") != std::string::npos ||
      decision.evidence.find("there is no role") != std::string::npos) {
    throw Invalid(
        "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.");
  }
  throw api::Error("AccessDeniedException",
                   "User: " + call.caller.arn +
                       " is not authorized to perform: iam:PassRole on resource: " + role_arn +
                       (decision.explicit_deny
                            ? " with an explicit deny"
                            : " because no identity-based policy allows the iam:PassRole action"),
                   403);
}

}  // namespace riposte::scheduler
