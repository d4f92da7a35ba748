// Actions that call one operation, or one until its answer is as wanted.
#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "workflow/automation/action.h"
#include "workflow/automation/expression.h"
#include "workflow/automation/selector.h"
#include "workflow/text.h"

namespace riposte::automation {
namespace {

/// The call that Service and Api name, with the other inputs as its parameters.
Progress Call(StepContext& step) {
  const std::string service = ToText(*json::Find(step.inputs, "Service"));
  std::string operation = ToText(*json::Find(step.inputs, "Api"));
  json::Object input;
  for (const auto& [key, value] : step.inputs) {
    const std::string_view name(key.data(), key.size());
    if (name != "Service" && name != "Api" && name != "PropertySelector" &&
        name != "DesiredValues") {
      input[key] = value;
    }
  }
  if (step.find_api) {
    if (const auto found = step.find_api(service, operation)) operation = found->model->name;
  }
  step.memory["operation"] = operation;
  if (auto failed = step.InvokeIfOffered("call", service, operation, std::move(input))) {
    return std::move(*failed);
  }
  return Progress::Running();
}

Progress Called(StepContext& step, std::string_view, const json::Object& outcome) {
  if (auto failed = FailureOf(outcome, json::GetString(step.memory, "operation"))) {
    return std::move(*failed);
  }
  json::Object output = OutputOf(outcome);
  if (!json::Find(output, "ResponseMetadata")) {
    output["ResponseMetadata"] = {{"HTTPStatusCode", 200}};  // as the SDKs show a reply
  }
  return Progress::Success(std::move(output));
}

bool SameText(const json::Value& a, const json::Value& b) {
  if (ToText(a) == ToText(b)) return true;
  const auto x = ToBoolean(a), y = ToBoolean(b);
  return x && y && *x == *y;
}

/// nullopt when the selector is not valid; else whether the selected value is a desired one.
struct Match {
  bool matches = false;
  std::string seen;
};
std::optional<Match> MatchProperty(const StepContext& step, const json::Object& outcome) {
  const auto selector = Selector::Parse(ToText(*json::Find(step.inputs, "PropertySelector")));
  if (!selector) return std::nullopt;
  const auto value = selector->Select(json::Value(OutputOf(outcome)));
  if (!value) return Match{false, ""};
  const json::Array desired = ToList(*json::Find(step.inputs, "DesiredValues"));
  const auto wanted = [&desired](const json::Value& v) {
    return std::ranges::any_of(desired, [&v](const json::Value& d) { return SameText(v, d); });
  };
  const json::Array* list = value->if_array();
  const bool matches =
      wanted(*value) || (list && !list->empty() && std::ranges::all_of(*list, wanted));
  return Match{matches, ToText(*value)};
}

Progress Asserted(StepContext& step, std::string_view, const json::Object& outcome) {
  if (auto failed = FailureOf(outcome, json::GetString(step.memory, "operation"))) {
    return std::move(*failed);
  }
  const auto match = MatchProperty(step, outcome);
  if (!match) return Progress::Failed("Input", "InvalidSelector", "Invalid PropertySelector.");
  if (match->matches) return Progress::Success();
  return Progress::Failed(
      "Verification", "Verification",
      "Property value from the API output is not in desired values. Property value: " +
          workflow::CleanText(match->seen, 200) + ".");
}

Progress Waited(StepContext& step, std::string_view effect, const json::Object& outcome) {
  if (effect == "wait") return Call(step);
  if (auto failed = FailureOf(outcome, json::GetString(step.memory, "operation"))) {
    return std::move(*failed);
  }
  const auto match = MatchProperty(step, outcome);
  if (!match) return Progress::Failed("Input", "InvalidSelector", "Invalid PropertySelector.");
  if (match->matches) return Progress::Success();
  PollLater(step);
  return Progress::Running();
}

Status CheckSelector(const json::Object& inputs) {
  const json::Value& desired = *json::Find(inputs, "DesiredValues");
  if (ReferencesIn(desired).empty() && (!desired.is_array() || desired.get_array().empty())) {
    return Fail(Code::kInvalidArgument, "DesiredValues must be a list of at least one value");
  }
  const std::string text = ToText(*json::Find(inputs, "PropertySelector"));
  if (ReferencesIn(json::Value(text)).empty()) {
    if (const auto selector = Selector::Parse(text); !selector) {
      return std::unexpected(selector.error());
    }
  }
  return {};
}

// ── aws:invokeLambdaFunction ────────────────────────────────────────────────────────────────

constexpr size_t kMaxLambdaPayloadBytes = 200 * 1024;

Status CheckLambda(const json::Object& inputs) {
  const auto is_one_of = [&inputs](std::string_view name,
                                   std::initializer_list<std::string_view> values) {
    const json::Value* value = json::Find(inputs, name);
    return !value || !ReferencesIn(*value).empty() ||
           std::ranges::find(values, ToText(*value)) != values.end();
  };
  if (!is_one_of("InvocationType", {"RequestResponse", "Event", "DryRun"})) {
    return Fail(Code::kInvalidArgument, "InvocationType must be RequestResponse, Event or DryRun");
  }
  if (!is_one_of("LogType", {"None", "Tail"})) {
    return Fail(Code::kInvalidArgument, "LogType must be None or Tail");
  }
  return {};
}

Progress StartLambda(StepContext& step) {
  json::Object input;
  for (const std::string_view name :
       {"FunctionName", "Qualifier", "InvocationType", "LogType", "ClientContext"}) {
    if (const json::Value* value = json::Find(step.inputs, name)) input[name] = ToText(*value);
  }
  const json::Value* payload = json::Find(step.inputs, "InputPayload");
  if (!payload) payload = json::Find(step.inputs, "Payload");
  if (payload) {
    input["Payload"] =
        Base64Encode(payload->is_string() ? json::View(*payload) : json::Serialize(*payload));
  }
  step.Invoke("call", "lambda", "Invoke", std::move(input), Millis(300'000));
  return Progress::Running();
}

Progress LambdaInvoked(StepContext&, std::string_view, const json::Object& outcome) {
  if (auto failed = FailureOf(outcome, "Invoke")) return std::move(*failed);
  json::Object result = OutputOf(outcome);
  std::string payload;
  if (auto text = Base64Decode(json::GetString(result, "Payload"))) payload = std::move(*text);
  if (payload.size() > kMaxLambdaPayloadBytes) {
    return Progress::Failed("Invocation", "PayloadTooLarge",
                            "The payload of the function's reply is larger than 200 KB.");
  }
  if (!IsUtf8(payload)) {
    return Progress::Failed("Invocation", "InvalidPayload",
                            "The payload of the function's reply is not text.");
  }
  if (const std::string_view error = json::GetString(result, "FunctionError"); !error.empty()) {
    return Progress::Failed("Invocation", std::string(error),
                            "The function returned an error (" + std::string(error) +
                                "): " + workflow::CleanText(payload, 2000));
  }
  result["Payload"] = payload;
  return Progress::Success(std::move(result));
}

// ── aws:createTags ──────────────────────────────────────────────────────────────────────────

Status CheckTags(const json::Object& inputs) {
  static constexpr std::array<std::string_view, 4> kTypes = {"EC2", "ManagedInstance",
                                                             "MaintenanceWindow", "Parameter"};
  const json::Value* type = json::Find(inputs, "ResourceType");
  if (!type || !ReferencesIn(*type).empty() ||
      std::ranges::find(kTypes, ToText(*type)) != kTypes.end()) {
    return {};
  }
  return Fail(Code::kInvalidArgument, "unsupported ResourceType " + ToText(*type));
}

Progress TagNext(StepContext& step) {
  const std::vector<std::string> ids = ToTexts(*json::Find(step.inputs, "ResourceIds"));
  const auto done = static_cast<size_t>(json::GetInt(step.memory, "done"));
  if (done >= ids.size()) return Progress::Success();
  step.Invoke("tag", "ssm", "AddTagsToResource",
              {{"ResourceType", ToText(*json::Find(step.inputs, "ResourceType"))},
               {"ResourceId", ids[done]},
               {"Tags", ToList(*json::Find(step.inputs, "Tags"))}});
  return Progress::Running();
}

Progress StartTags(StepContext& step) {
  const json::Value* type = json::Find(step.inputs, "ResourceType");
  if (type && ToText(*type) != "EC2") return TagNext(step);
  json::Array ids;
  for (const std::string& id : ToTexts(*json::Find(step.inputs, "ResourceIds"))) {
    ids.emplace_back(id);
  }
  step.Invoke("ec2", "ec2", "CreateTags",
              {{"Resources", std::move(ids)}, {"Tags", ToList(*json::Find(step.inputs, "Tags"))}});
  return Progress::Running();
}

Progress Tagged(StepContext& step, std::string_view effect, const json::Object& outcome) {
  if (auto failed = FailureOf(outcome, effect == "ec2" ? "CreateTags" : "AddTagsToResource")) {
    return std::move(*failed);
  }
  if (effect == "ec2") return Progress::Success();
  step.memory["done"] = json::GetInt(step.memory, "done") + 1;
  return TagNext(step);
}

const std::array<Action, 5> kActions = {{
    {.name = "aws:executeAwsApi", .required = {"Service", "Api"}, .start = Call, .resume = Called},
    {.name = "aws:assertAwsResourceProperty",
     .required = {"Service", "Api", "PropertySelector", "DesiredValues"},
     .check = CheckSelector,
     .start = Call,
     .resume = Asserted},
    {.name = "aws:waitForAwsResourceProperty",
     .required = {"Service", "Api", "PropertySelector", "DesiredValues"},
     .default_timeout_seconds = 3600,
     .check = CheckSelector,
     .start = Call,
     .resume = Waited},
    {.name = "aws:invokeLambdaFunction",
     .required = {"FunctionName"},
     .default_timeout_seconds = 300,
     .raw_outputs = true,
     .check = CheckLambda,
     .start = StartLambda,
     .resume = LambdaInvoked},
    {.name = "aws:createTags",
     .required = {"ResourceIds", "Tags"},
     .check = CheckTags,
     .start = StartTags,
     .resume = Tagged},
}};

}  // namespace

std::span<const Action> ApiActions() {
  return kActions;
}

}  // namespace riposte::automation
