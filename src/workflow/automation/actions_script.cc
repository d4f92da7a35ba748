// aws:executeScript. The script is data from end to end: its text and its payload reach the sandbox
// as JSON, and references in the text are not replaced.
#include <algorithm>
#include <array>

#include "workflow/automation/action.h"
#include "workflow/automation/document.h"
#include "workflow/automation/expression.h"
#include "workflow/text.h"

namespace riposte::automation {
namespace {

constexpr size_t kMaxScriptPayloadBytes = 100 * 1024;
constexpr size_t kMaxScriptListItems = 100;
constexpr size_t kMaxScriptLogBytes = 16 * 1024;

std::unexpected<Error> Bad(std::string message) {
  return Fail(Code::kInvalidArgument, std::move(message));
}

bool IsPython(std::string_view runtime) {
  return runtime.starts_with("python3.") && runtime.size() > 8 &&
         runtime.find_first_not_of("0123456789", 8) == std::string_view::npos;
}

bool IsPowerShell(std::string_view runtime) {
  return runtime == "PowerShell Core 6.0" || runtime == "PowerShell 7.0" ||
         runtime == "PowerShell 7.4";
}

bool IsRunnable(std::string_view attachment, std::string_view runtime) {
  if (IsPowerShell(runtime)) return attachment.ends_with(".ps1");
  return attachment.ends_with(".py") || attachment.ends_with(".zip");
}

Status CheckScript(const json::Object& inputs) {
  const std::string runtime = ToText(*json::Find(inputs, "Runtime"));
  if (!IsPython(runtime) && !IsPowerShell(runtime)) {
    return Bad("runtime " + runtime + " is not supported");
  }
  const json::Value* script = json::Find(inputs, "Script");
  const json::Value* attachment = json::Find(inputs, "Attachment");
  if (!script && !attachment) return Bad("required input Script is missing");
  if (script && attachment) return Bad("only one of Script and Attachment can be given");
  if (script && (!script->is_string() || script->get_string().empty())) {
    return Bad("Script must be text");
  }
  if (attachment && !IsRunnable(ToText(*attachment), runtime)) {
    return Bad(
        "an attachment that is run must be a Python file (.py) or a package of them (.zip), "
        "or a PowerShell script (.ps1), as the runtime says");
  }
  const json::Value* handler = json::Find(inputs, "Handler");
  if (IsPython(runtime) && !handler) return Bad("required input Handler is missing");
  if (IsPowerShell(runtime) && handler) return Bad("a PowerShell script has no Handler");
  if (const json::Value* payload = json::Find(inputs, "InputPayload");
      payload && !payload->is_object() && ReferencesIn(*payload).empty()) {
    return Bad("InputPayload must be a map");
  }
  return {};
}

Progress StartScript(StepContext& step) {
  workflow::Effect::ScriptOptions options;
  options.runtime = InputText(step, "Runtime");
  options.handler = InputText(step, "Handler");
  if (const std::string attachment = InputText(step, "Attachment"); !attachment.empty()) {
    const auto found = step.document.attachments.find(attachment);
    if (found == step.document.attachments.end()) {
      return Progress::Failed("Input", "AttachmentNotFound",
                              "The document has no attachment " + attachment + ".");
    }
    (attachment.ends_with(".zip") ? options.package : options.script) = found->second;
  } else {
    options.script = InputText(step, "Script");
  }
  if (const json::Value* payload = json::Find(step.inputs, "InputPayload")) {
    options.payload = *payload;
  } else {
    options.payload = json::Object();
  }
  // The service does not document the stream's name.
  if (!step.settings.script_log_group.empty()) {
    options.log_group = step.settings.script_log_group;
    options.log_stream = step.execution.id + "/" + std::string(step.step_name);
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

const std::array<Action, 1> kActions = {{
    {.name = "aws:executeScript",
     .required = {"Runtime"},
     .default_timeout_seconds = 600,
     .max_timeout_seconds = 600,
     .raw_outputs = true,
     .check = CheckScript,
     .start = StartScript,
     .resume = ScriptRan},
}};

}  // namespace

std::span<const Action> ScriptActions() {
  return kActions;
}

}  // namespace riposte::automation
