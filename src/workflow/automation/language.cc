#include "workflow/automation/language.h"

#include "base/arn.h"
#include "workflow/automation/document.h"
#include "workflow/automation/expression.h"
#include "workflow/automation/fan_out.h"
#include "workflow/automation/run.h"

namespace riposte::automation {

using workflow::Execution;
using workflow::State;
using workflow::Stimulus;
using workflow::Turn;

json::Object StartInput::ToJson() const {
  return {{"parameters", parameters},
          {"mode", mode},
          {"executed_by", executed_by},
          {"settings", SettingsToJson(settings)},
          {"alarm", alarm_configuration}};
}

Result<json::Object> BindParameters(const Document& document, const json::Object& given,
                                    const DefaultResolver& resolve) {
  json::Object values;
  for (const auto& member : given) {
    const std::string_view name(member.key().data(), member.key().size());
    if (!document.FindParameter(name)) {
      return Fail(Code::kInvalidArgument,
                  "Parameter " + std::string(name) + " is not defined in the document.");
    }
  }
  for (const Parameter& parameter : document.parameters) {
    const json::Value* texts = json::Find(given, parameter.name);
    if (texts) {
      auto value = parameter.FromApi(ToTexts(*texts));
      if (!value) return std::unexpected(value.error());
      if (auto ok = parameter.Check(*value); !ok) return std::unexpected(ok.error());
      values[parameter.name] = std::move(*value);
      continue;
    }
    if (parameter.required()) {
      return Fail(Code::kInvalidArgument, "Parameter " + parameter.name + " is required.");
    }
    if (ReferencesIn(*parameter.default_value).empty()) {
      values[parameter.name] = *parameter.default_value;  // checked with the document
      continue;
    }
    auto value = Substitute(*parameter.default_value, resolve);
    if (!value) return std::unexpected(value.error());
    auto typed = Coerce(*value, parameter.type);
    if (!typed) {
      return Fail(Code::kInvalidArgument,
                  "Parameter " + parameter.name + " is not a valid " + parameter.type + ".");
    }
    if (auto ok = parameter.Check(*typed); !ok) return std::unexpected(ok.error());
    values[parameter.name] = std::move(*typed);
  }
  return values;
}

Result<std::shared_ptr<const Document>> AutomationLanguage::DocumentOf(
    const workflow::Definition& definition) const {
  {
    const std::lock_guard lock(mutex_);
    if (auto known = documents_.Find(definition.hash)) return std::move(*known);
  }
  auto loaded = Document::Load(definition.content);
  if (!loaded) return std::unexpected(loaded.error());
  auto document = std::make_shared<const Document>(std::move(*loaded));
  const std::lock_guard lock(mutex_);
  documents_.Put(definition.hash, document, definition.bytes);
  return document;
}

Turn AutomationLanguage::Advance(const Execution& execution, State state,
                                 const Stimulus& stimulus) const {
  if (IsFanOut(execution)) return AdvanceFanOut(execution, std::move(state), stimulus);
  const auto document = DocumentOf(*execution.definition);
  if (!document) {
    return GiveUp(execution, std::move(state), document.error().message, stimulus.now);
  }
  Run run(execution, std::move(state), **document, find_api_, stimulus.now);
  switch (stimulus.kind) {
    case Stimulus::Kind::kStart:
      run.Start(stimulus.payload);
      break;
    case Stimulus::Kind::kEffect:
      run.Resume(stimulus.key, stimulus.payload);
      break;
    case Stimulus::Kind::kSignal:
      run.Signal(stimulus.key, stimulus.payload);
      break;
    case Stimulus::Kind::kCancel:
      run.Cancel();
      break;
  }
  return run.TakeTurn();
}

Turn AutomationLanguage::GiveUp(const Execution&, State state, const std::string& reason,
                                TimePoint) const {
  Turn turn;
  turn.state = std::move(state);
  turn.state.Edit("failure_message") = "Internal failure: " + reason;
  turn.status = "Failed";
  turn.finished = true;
  turn.output = json::Object{{"Outputs", json::Object()}};
  return turn;
}

std::optional<workflow::Failure> AutomationLanguage::FailureOf(const Execution& execution) const {
  if (execution.status != "Failed" && execution.status != "TimedOut") return std::nullopt;
  workflow::Failure failure;
  failure.message = json::GetString(execution.state, "failure_message");
  if (failure.message.empty()) failure.message = "The execution ended as " + execution.status + ".";
  failure.execution_arn = MakeArn("ssm", execution.scope, "automation-execution/" + execution.id);
  failure.definition_arn = MakeArn(
      "ssm", execution.scope, "automation-definition/" + execution.name + ":" + execution.version);
  return failure;
}

}  // namespace riposte::automation
