#include "workflow/automation/action.h"

#include <algorithm>
#include <charconv>

#include "workflow/automation/expression.h"

namespace riposte::automation {
namespace {

using workflow::Effect;

constexpr Millis kPollFirst{2000};
constexpr Millis kPollMost{15'000};

void Add(StepContext& step, Effect effect) {
  step.open.emplace_back(effect.key);
  step.effects.push_back(std::move(effect));
}

void FitValue(const wire::Shape& shape, json::Value& value, int depth) {
  if (depth > 32) return;
  switch (shape.type) {
    case wire::ShapeType::kStructure:
    case wire::ShapeType::kUnion:
      if (!value.is_object()) {
        if (auto map = ToMap(value)) value = std::move(*map);
      }
      if (value.is_object()) FitToModel(shape, value.get_object());
      break;
    case wire::ShapeType::kList: {
      if (!value.is_array()) value = ToList(value);
      if (shape.members.empty() || !shape.members[0].target) break;
      for (json::Value& element : value.get_array()) {
        FitValue(*shape.members[0].target, element, depth + 1);
      }
      break;
    }
    case wire::ShapeType::kMap:
      if (!value.is_object()) {
        if (auto map = ToMap(value)) value = std::move(*map);
      }
      if (value.is_object() && shape.members.size() == 2 && shape.members[1].target) {
        for (auto& member : value.get_object()) {
          FitValue(*shape.members[1].target, member.value(), depth + 1);
        }
      }
      break;
    case wire::ShapeType::kBoolean:
      if (const auto flag = ToBoolean(value)) value = *flag;
      break;
    case wire::ShapeType::kInteger:
    case wire::ShapeType::kLong:
      if (const auto number = ToInteger(value)) value = *number;
      break;
    case wire::ShapeType::kFloat:
    case wire::ShapeType::kDouble:
      if (const auto number = ToNumber(value)) value = *number;
      break;
    case wire::ShapeType::kString:
    case wire::ShapeType::kEnum:
      if (!value.is_string()) value = json::Value(ToText(Unwrap(value)));
      break;
    case wire::ShapeType::kTimestamp:
      if (value.is_string()) {
        if (const auto time = ParseIso8601(json::View(value))) value = ToSeconds(*time);
      }
      break;
    case wire::ShapeType::kBlob:
    case wire::ShapeType::kDocument:
      break;
  }
}

}  // namespace

json::Object SettingsToJson(const Settings& settings) {
  json::Object out{{"self_approval", settings.self_approval}};
  if (settings.throttled_for) out["throttled_for_ms"] = settings.throttled_for->count();
  json::SetIfNotEmpty(out, "escalation_topic", settings.escalation_topic);
  json::SetIfNotEmpty(out, "script_log_group", settings.script_log_group);
  return out;
}

Settings SettingsFrom(const json::Object& object) {
  Settings settings;
  if (json::Find(object, "throttled_for_ms")) {
    settings.throttled_for = Millis(json::GetInt(object, "throttled_for_ms"));
  }
  settings.self_approval = json::GetBool(object, "self_approval", true);
  settings.escalation_topic = json::GetString(object, "escalation_topic");
  settings.script_log_group = json::GetString(object, "script_log_group");
  return settings;
}

void StepContext::Invoke(std::string_view name, std::string_view service,
                         std::string_view operation, json::Object input, Millis timeout) {
  Effect::InvokeOptions options;
  options.timeout = timeout;
  if (settings.throttled_for) options.throttled_for = *settings.throttled_for;
  Add(*this,
      Effect::Invoke(prefix + std::string(name), service, operation, std::move(input), options));
}

void StepContext::StartChild(std::string_view name, std::string_view service,
                             std::string_view operation, json::Object input) {
  Effect::InvokeOptions options;
  if (settings.throttled_for) options.throttled_for = *settings.throttled_for;
  options.starts_child = true;
  Add(*this,
      Effect::Invoke(prefix + std::string(name), service, operation, std::move(input), options));
}

std::optional<Progress> StepContext::InvokeIfOffered(std::string_view name,
                                                     std::string_view service,
                                                     std::string_view operation,
                                                     json::Object input) {
  if (!find_api) {
    Invoke(name, service, operation, std::move(input));
    return std::nullopt;
  }
  const auto found = find_api(service, operation);
  if (!found) {
    return Progress::Failed("Invocation", "UnknownOperation",
                            "There is no operation " + std::string(operation) + " of the service " +
                                std::string(service) + ".");
  }
  if (found->model->input) FitToModel(*found->model->input, input);
  Invoke(name, found->service, found->model->name, std::move(input));
  return std::nullopt;
}

void StepContext::Script(std::string_view name, const Effect::ScriptOptions& options) {
  Add(*this, Effect::Script(prefix + std::string(name), options));
}

void StepContext::Sleep(std::string_view name, Millis duration) {
  Add(*this, Effect::Sleep(prefix + std::string(name), now + duration));
}

void StepContext::Await(std::string_view name, std::string_view execution_id) {
  Add(*this, Effect::Await(prefix + std::string(name), execution_id));
}

const Action* FindAction(std::string_view name) {
  for (const auto table : {ApiActions(), ComputeActions(), ImageActions(), FlowActions(),
                           PeopleActions(), ScriptActions(), RemoteActions()}) {
    const auto found = std::ranges::find(table, name, &Action::name);
    if (found != table.end()) return &*found;
  }
  return nullptr;
}

void PollLater(StepContext& step) {
  const int64_t polls = json::GetInt(step.memory, "polls");
  step.memory["polls"] = polls + 1;
  step.Sleep("wait", std::min(kPollFirst * (polls + 1), kPollMost));
}

std::string InputText(const StepContext& step, std::string_view name) {
  const json::Value* value = json::Find(step.inputs, name);
  return value ? ToText(Unwrap(*value)) : "";
}

void CopyInputs(const StepContext& step, std::initializer_list<std::string_view> names,
                json::Object& to) {
  for (const std::string_view name : names) {
    if (const json::Value* value = json::Find(step.inputs, name)) to[name] = *value;
  }
}

void FitToModel(const wire::Shape& shape, json::Object& input) {
  for (const wire::Member& member : shape.members) {
    const auto found = input.find(member.name);
    if (found != input.end() && member.target && !found->value().is_null()) {
      FitValue(*member.target, found->value(), 0);
    }
  }
}

std::optional<Progress> FailureOf(const json::Object& outcome, std::string_view operation) {
  const json::Object* error = json::GetObject(outcome, "error");
  if (!error) return std::nullopt;
  const std::string code(json::GetString(*error, "code"));
  const std::string message(json::GetString(*error, "message"));
  return Progress::Failed("Invocation", code,
                          "An error occurred (" + code + ") when calling the " +
                              std::string(operation) + " operation: " + message);
}

const json::Object& OutputOf(const json::Object& outcome) {
  static const json::Object kNone;
  const json::Object* output = json::GetObject(outcome, "output");
  return output ? *output : kNone;
}

Result<Millis> ParseDuration(std::string_view text) {
  const auto bad = [&] {
    return Fail(Code::kInvalidArgument, "invalid duration: " + std::string(text.substr(0, 64)));
  };
  std::string_view rest = text;
  if (!rest.starts_with('P') || rest.size() < 3) return bad();
  rest.remove_prefix(1);
  bool in_time = false;
  double seconds = 0;
  while (!rest.empty()) {
    if (rest[0] == 'T' && !in_time) {
      in_time = true;
      rest.remove_prefix(1);
      if (rest.empty()) return bad();
      continue;
    }
    double number = 0;
    const auto [end, error] =
        std::from_chars(rest.data(), rest.data() + rest.size(), number, std::chars_format::fixed);
    if (error != std::errc() || end == rest.data() + rest.size() || number < 0) return bad();
    const char unit = *end;
    rest.remove_prefix(static_cast<size_t>(end - rest.data()) + 1);
    double factor = 0;
    if (in_time) {
      factor = unit == 'H' ? 3600 : unit == 'M' ? 60 : unit == 'S' ? 1 : 0;
    } else {
      factor = unit == 'W' ? 604'800 : unit == 'D' ? 86'400 : 0;
    }
    if (factor == 0) return bad();
    seconds += number * factor;
    if (seconds > 1e10) return bad();
  }
  return Millis(static_cast<int64_t>(seconds * 1000));
}

}  // namespace riposte::automation
