#include "workflow/automation/document.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "workflow/automation/action.h"
#include "workflow/automation/condition.h"
#include "workflow/automation/expression.h"
#include "workflow/automation/selector.h"
#include "workflow/automation/yaml.h"

namespace riposte::automation {
namespace {

constexpr size_t kMaxSteps = 500;
constexpr size_t kMaxDocumentDepth = 32;
constexpr int64_t kMaxAttempts = 1000;

std::unexpected<Error> Bad(std::string message) {
  return Fail(Code::kInvalidArgument, std::move(message), "InvalidDocumentContent");
}

bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

constexpr std::array<std::string_view, 6> kOutputTypes = {"String",  "StringList", "Integer",
                                                          "Boolean", "StringMap",  "MapList"};
constexpr std::array<std::string_view, 8> kNoCleanUp = {
    "aws:approve",    "aws:copyImage", "aws:createImage",  "aws:createStack",
    "aws:createTags", "aws:pause",     "aws:runInstances", "aws:sleep"};

/// Reads the steps of one container: the document's, or a loop's.
class StepReader {
 public:
  explicit StepReader(std::set<std::string, std::less<>>& names) : names_(names) {}

  Result<std::vector<Step>> Read(const json::Value* value, std::string_view where, bool in_loop) {
    if (!value || !value->is_array() || value->get_array().empty()) {
      return Bad(std::string(where) + " must be a list of at least one step.");
    }
    std::vector<Step> steps;
    for (const json::Value& entry : value->get_array()) {
      if (names_.size() >= kMaxSteps) return Bad("The document has too many steps.");
      if (!entry.is_object()) return Bad("Each step must be a map.");
      auto step = ReadStep(entry.get_object(), in_loop);
      if (!step) return std::unexpected(step.error());
      steps.push_back(std::move(*step));
    }
    if (auto ok = CheckTargets(steps); !ok) return std::unexpected(ok.error());
    return steps;
  }

 private:
  Result<Step> ReadStep(const json::Object& object, bool in_loop) {
    Step step;
    step.name = json::GetString(object, "name");
    if (!IsName(step.name)) {
      return Bad("Step name '" + step.name + "' must match [a-zA-Z0-9_]+.");
    }
    const std::string label = "Step " + step.name;
    if (!names_.insert(step.name).second) return Bad("Duplicate step name: " + step.name + ".");
    const std::string action(json::GetString(object, "action"));
    step.action = FindAction(action);
    if (!step.action) {
      return Bad(label + ": action " + (action.empty() ? "(none)" : action) + " is not supported.");
    }
    for (const std::string_view key : {"description", "nextStep", "onFailure", "onCancel"}) {
      const json::Value* value = json::Find(object, key);
      if (value && !value->is_string())
        return Bad(label + ": " + std::string(key) + " must be text.");
    }
    step.description = json::GetString(object, "description");
    if (const json::Value* inputs = json::Find(object, "inputs")) {
      if (!inputs->is_object()) return Bad(label + ": inputs must be a map.");
      step.inputs = inputs->get_object();
    }
    for (const std::string_view input : step.action->required) {
      if (!json::Find(step.inputs, input)) {
        return Bad(label + ": required input " + std::string(input) + " is missing.");
      }
    }
    if (step.action->check) {
      if (const auto ok = step.action->check(step.inputs); !ok) {
        return Bad(label + ": " + ok.error().message);
      }
    }
    if (auto ok = ReadControl(object, step); !ok) return std::unexpected(ok.error());
    if (auto ok = ReadOutputs(object, step); !ok) return std::unexpected(ok.error());
    if (action == "aws:loop") {
      if (in_loop) return Bad(label + ": a loop inside a loop is not supported.");
      if (!step.on_cancel_step.empty()) return Bad(label + ": a loop cannot have onCancel.");
      auto inner = Read(json::Find(step.inputs, "Steps"), label + ": Steps", true);
      if (!inner) return std::unexpected(inner.error());
      step.inner = std::move(*inner);
      step.inputs.erase("Steps");
    }
    return step;
  }

  static Status ReadControl(const json::Object& object, Step& step) {
    const std::string label = "Step " + step.name;
    if (const json::Value* attempts = json::Find(object, "maxAttempts")) {
      const auto number = ToInteger(*attempts);
      if (!number || *number < 1 || *number > kMaxAttempts) {
        return Bad(label + ": maxAttempts must be a whole number of at least 1.");
      }
      step.max_attempts = *number;
    }
    if (const json::Value* timeout = json::Find(object, "timeoutSeconds")) {
      const auto number = ToInteger(*timeout);
      const bool reference = timeout->is_string() && WholeReference(json::View(*timeout));
      if (!reference && (!number || *number < 1)) {
        return Bad(label + ": timeoutSeconds must be a whole number of at least 1.");
      }
      const int64_t most = step.action->max_timeout_seconds;
      if (number && most > 0 && *number > most) {
        return Bad(label + ": timeoutSeconds of " + std::string(step.action->name) +
                   " is at most " + std::to_string(most) + ".");
      }
      step.timeout_seconds = *timeout;
    }
    const std::string_view on_failure = json::GetString(object, "onFailure", "Abort");
    if (on_failure == "Continue") {
      step.on_failure = Step::OnFailure::kContinue;
      step.is_critical = false;
    } else if (on_failure.starts_with("step:")) {
      step.on_failure = Step::OnFailure::kStep;
      step.on_failure_step = on_failure.substr(5);
    } else if (on_failure != "Abort") {
      return Bad(label + ": onFailure must be Abort, Continue or step:NAME.");
    }
    const std::string_view on_cancel = json::GetString(object, "onCancel", "Abort");
    if (on_cancel.starts_with("step:")) {
      step.on_cancel_step = on_cancel.substr(5);
      if (step.action->name == "aws:updateVariable") {
        return Bad(label + ": aws:updateVariable cannot have onCancel.");
      }
    } else if (on_cancel != "Abort") {
      return Bad(label + ": onCancel must be Abort or step:NAME.");
    }
    const auto flag = [&](std::string_view key, bool& target) -> Status {
      const json::Value* value = json::Find(object, key);
      if (!value) return {};
      const auto boolean = ToBoolean(*value);
      if (!boolean) return Bad(label + ": " + std::string(key) + " must be true or false.");
      target = *boolean;
      return {};
    };
    if (step.action->name == "aws:createStack" && step.max_attempts > 1 &&
        !json::Find(step.inputs, "ClientRequestToken")) {
      return Bad(label + ": ClientRequestToken is required when maxAttempts is more than 1.");
    }
    if (auto ok = flag("isCritical", step.is_critical); !ok) return ok;
    if (auto ok = flag("isEnd", step.is_end); !ok) return ok;
    step.next_step = json::GetString(object, "nextStep");
    return {};
  }

  static Status ReadOutputs(const json::Object& object, Step& step) {
    const std::string label = "Step " + step.name;
    const json::Value* outputs = json::Find(object, "outputs");
    if (!outputs) return {};
    if (!outputs->is_array()) return Bad(label + ": outputs must be a list.");
    for (const json::Value& entry : outputs->get_array()) {
      if (!entry.is_object()) return Bad(label + ": each output must be a map.");
      const json::Object& output = entry.get_object();
      StepOutput out{std::string(json::GetString(output, "Name")),
                     std::string(json::GetString(output, "Selector")),
                     std::string(json::GetString(output, "Type", "String"))};
      if (!IsName(out.name)) return Bad(label + ": an output has no valid Name.");
      if (std::ranges::find(step.outputs, out.name, &StepOutput::name) != step.outputs.end()) {
        return Bad(label + ": duplicate output name " + out.name + ".");
      }
      if (out.selector.empty()) return Bad(label + ": output " + out.name + " has no Selector.");
      if (std::ranges::find(kOutputTypes, out.type) == kOutputTypes.end()) {
        return Bad(label + ": output " + out.name + " has an unsupported Type.");
      }
      if (const auto selector = Selector::Parse(out.selector); !selector) {
        return Bad(label + ": output " + out.name + ": " + selector.error().message + ".");
      }
      step.outputs.push_back(std::move(out));
    }
    return {};
  }

  /// Redirects stay within their container, and must not go round for ever.
  static Status CheckTargets(const std::vector<Step>& steps) {
    const auto find = [&](std::string_view name) {
      return std::ranges::find(steps, name, &Step::name);
    };
    for (const Step& step : steps) {
      const std::string label = "Step " + step.name;
      for (const std::string& target :
           {step.next_step, step.on_failure_step, step.on_cancel_step}) {
        if (!target.empty() && find(target) == steps.end()) {
          return Bad(label + ": there is no step " + target + ".");
        }
      }
      if (!step.on_cancel_step.empty()) {
        const std::string_view action = find(step.on_cancel_step)->action->name;
        if (std::ranges::find(kNoCleanUp, action) != kNoCleanUp.end()) {
          return Bad(label + ": " + std::string(action) + " cannot be the target of onCancel.");
        }
      }
      if (step.action->name != "aws:branch") continue;
      if (const json::Array* choices = json::GetArray(step.inputs, "Choices")) {
        for (const json::Value& choice : *choices) {
          const std::string target(json::GetString(choice.as_object(), "NextStep"));
          if (find(target) == steps.end()) {
            return Bad(label + ": there is no step " + target + ".");
          }
        }
      }
      const std::string fallback(json::GetString(step.inputs, "Default"));
      if (!fallback.empty() && find(fallback) == steps.end()) {
        return Bad(label + ": there is no step " + fallback + ".");
      }
    }
    return CheckLoops(steps);
  }

  /// A cycle that no branch can leave is an infinite loop.
  static Status CheckLoops(const std::vector<Step>& steps) {
    std::map<std::string_view, size_t> index;
    for (size_t i = 0; i < steps.size(); ++i) index[steps[i].name] = i;
    std::vector<std::vector<size_t>> edges(steps.size());
    for (size_t i = 0; i < steps.size(); ++i) {
      const Step& step = steps[i];
      if (!step.on_failure_step.empty()) edges[i].push_back(index[step.on_failure_step]);
      if (step.action->name == "aws:branch") continue;
      if (!step.is_end && !step.next_step.empty()) {
        edges[i].push_back(index[step.next_step]);
      } else if (!step.is_end && i + 1 < steps.size()) {
        edges[i].push_back(i + 1);
      }
    }
    std::vector<char> colour(steps.size(), 0);  // 0 new, 1 on the path, 2 done
    std::vector<std::pair<size_t, size_t>> path;
    for (size_t root = 0; root < steps.size(); ++root) {
      if (colour[root] != 0) continue;
      path.emplace_back(root, 0);
      colour[root] = 1;
      while (!path.empty()) {
        auto& [node, next] = path.back();
        if (next == edges[node].size()) {
          colour[node] = 2;
          path.pop_back();
          continue;
        }
        const size_t target = edges[node][next++];
        if (colour[target] == 1) {
          return Bad("Step " + steps[target].name + " is part of an infinite loop.");
        }
        if (colour[target] == 0) {
          colour[target] = 1;
          path.emplace_back(target, 0);
        }
      }
    }
    return {};
  }

  std::set<std::string, std::less<>>& names_;
};

/// Every reference must name something that can exist.
Status CheckReferences(const Document& document, const json::Value& value,
                       const std::string& where) {
  for (const std::string& reference : ReferencesIn(value)) {
    const std::string text = "{{ " + reference + " }}";
    if (reference.starts_with("ssm:")) {
      return Bad(where + ": " + text + " is allowed only in the default of a parameter.");
    }
    if (reference.starts_with("variable:")) {
      const std::string_view name = std::string_view(reference).substr(9);
      if (!document.FindVariable(name.substr(0, name.find('.')))) {
        return Bad(where + ": " + text + " names no variable.");
      }
      continue;
    }
    if (reference.find(':') != std::string::npos) continue;
    const size_t dot = reference.find('.');
    const std::string_view head = std::string_view(reference).substr(0, dot);
    const bool known = document.FindParameter(head) ||
                       (dot != std::string::npos && document.FindStep(head)) ||
                       head == "RESOURCE_ID" || head == "TARGET_ID" || head == "TARGET_TYPE";
    if (!known) return Bad(where + ": " + text + " names no parameter or step.");
  }
  return {};
}

/// What can only be told with the whole document at hand.
Status CheckAgainstDocument(const Document& document, const Step& step) {
  const std::string label = "Step " + step.name;
  if (step.action->name == "aws:updateVariable") {
    const std::string name = ToText(step.inputs.at("Name")).substr(9);
    if (!document.FindVariable(name)) return Bad(label + ": there is no variable " + name + ".");
  }
  const json::Value* attachment = json::Find(step.inputs, "Attachment");
  if (step.action->name == "aws:executeScript" && attachment &&
      !document.files.contains(ToText(*attachment))) {
    return Bad(label + ": attachment " + ToText(*attachment) + " is not in files.");
  }
  return {};
}

Status CheckStepReferences(const Document& document, const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    if (auto ok = CheckAgainstDocument(document, step); !ok) return ok;
    json::Object inputs = step.inputs;
    inputs.erase("Script");  // never substituted
    if (auto ok = CheckReferences(document, inputs, "Step " + step.name); !ok) return ok;
    if (auto ok = CheckReferences(document, step.timeout_seconds, "Step " + step.name); !ok) {
      return ok;
    }
    if (auto ok = CheckStepReferences(document, step.inner); !ok) return ok;
  }
  return {};
}

bool IsDeeperThan(const json::Value& value, size_t limit) {
  if (limit == 0) return value.is_object() || value.is_array();
  if (value.is_object()) {
    return std::ranges::any_of(value.get_object(), [limit](const auto& member) {
      return IsDeeperThan(member.value(), limit - 1);
    });
  }
  return value.is_array() &&
         std::ranges::any_of(value.get_array(), [limit](const json::Value& element) {
           return IsDeeperThan(element, limit - 1);
         });
}

Result<std::vector<Parameter>> ReadParameters(const json::Object& root, std::string_view key) {
  std::vector<Parameter> parameters;
  const json::Value* value = json::Find(root, key);
  if (!value) return parameters;
  if (!value->is_object()) return Bad(std::string(key) + " must be a map.");
  if (value->get_object().size() > 200) return Bad("The document has too many " + std::string(key));
  for (const auto& [name, spec] : value->get_object()) {
    const std::string_view text(name.data(), name.size());
    if (!IsName(text)) return Bad("Invalid name in " + std::string(key) + ".");
    auto parameter = Parameter::Load(text, spec);
    if (!parameter) return Bad(parameter.error().message);
    parameters.push_back(std::move(*parameter));
  }
  return parameters;
}

/// `files`: name -> {checksums: {sha256}}; and the bodies, when the definition carries them.
Status ReadFiles(const json::Object& root, Document& document) {
  if (const json::Value* files = json::Find(root, "files")) {
    if (!files->is_object()) return Bad("files must be a map.");
    for (const auto& [key, value] : files->get_object()) {
      const std::string name(key.data(), key.size());
      if (!value.is_object()) return Bad("File " + name + " must be a map.");
      const json::Object* checksums = json::GetObject(value.get_object(), "checksums");
      std::string sha(checksums ? json::GetString(*checksums, "sha256") : "");
      if (checksums && (sha.size() != 64 ||
                        sha.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos)) {
        return Bad("File " + name + ": checksums.sha256 must be 64 hexadecimal digits.");
      }
      std::ranges::transform(sha, sha.begin(), [](char c) {
        return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
      });
      document.files[name] = std::move(sha);
    }
  }
  if (const json::Object* bodies = json::GetObject(root, Document::kAttachments)) {
    for (const auto& [name, body] : *bodies) {
      if (body.is_string()) document.attachments[std::string(name)] = json::View(body);
    }
  }
  return {};
}

}  // namespace

std::string Step::OnFailureText() const {
  switch (on_failure) {
    case OnFailure::kAbort:
      return "Abort";
    case OnFailure::kContinue:
      return "Continue";
    case OnFailure::kStep:
      return "step:" + on_failure_step;
  }
  return "Abort";
}

Result<Document> Document::Load(const json::Value& content) {
  if (!content.is_object()) return Bad("The document must be a map.");
  if (IsDeeperThan(content, kMaxDocumentDepth)) return Bad("The document is nested too deeply.");
  const json::Object& root = content.get_object();
  const json::Value* version = json::Find(root, "schemaVersion");
  if (!version || ToText(*version) != "0.3") {
    return Fail(Code::kInvalidArgument, "The schemaVersion of an Automation document must be 0.3.",
                "InvalidDocumentSchemaVersion");
  }
  Document document;
  document.description = json::GetString(root, "description");
  if (const json::Value* role = json::Find(root, "assumeRole")) {
    if (!role->is_string()) return Bad("assumeRole must be text.");
    document.assume_role = json::View(*role);
  }
  if (auto ok = ReadFiles(root, document); !ok) return std::unexpected(ok.error());
  auto parameters = ReadParameters(root, "parameters");
  if (!parameters) return std::unexpected(parameters.error());
  document.parameters = std::move(*parameters);
  for (const Parameter& parameter : document.parameters) {
    if (!parameter.default_value) continue;
    for (const std::string& reference : ReferencesIn(*parameter.default_value)) {
      const bool ssm = reference.starts_with("ssm:") &&
                       (parameter.type == "String" || parameter.type == "StringList");
      if (!ssm && !reference.starts_with("automation:") && !reference.starts_with("global:")) {
        return Bad("Parameter " + parameter.name + ": the default cannot contain {{ " + reference +
                   " }}.");
      }
    }
  }
  auto variables = ReadParameters(root, "variables");
  if (!variables) return std::unexpected(variables.error());
  document.variables = std::move(*variables);
  for (const Parameter& variable : document.variables) {
    if (variable.default_value && !ReferencesIn(*variable.default_value).empty()) {
      return Bad("Variable " + variable.name + ": the default cannot contain references.");
    }
  }

  std::set<std::string, std::less<>> names;
  auto steps = StepReader(names).Read(json::Find(root, "mainSteps"), "mainSteps", false);
  if (!steps) return std::unexpected(steps.error());
  document.steps = std::move(*steps);

  if (const json::Value* outputs = json::Find(root, "outputs")) {
    if (!outputs->is_array()) return Bad("outputs must be a list.");
    for (const json::Value& output : outputs->get_array()) {
      if (!output.is_string()) return Bad("outputs must be a list of texts.");
      std::string text(json::View(output));
      if (auto reference = WholeReference(text)) text = std::move(*reference);
      const bool variable =
          text.starts_with("variable:") && document.FindVariable(std::string_view(text).substr(9));
      const size_t dot = text.find('.');
      const bool step =
          dot != std::string::npos && document.FindStep(std::string_view(text).substr(0, dot));
      if (!variable && !step) return Bad("Output " + text + " names no output of a step.");
      document.outputs.push_back(std::move(text));
    }
  }
  if (auto ok = CheckReferences(document, json::Value(document.assume_role), "assumeRole"); !ok) {
    return std::unexpected(ok.error());
  }
  if (auto ok = CheckStepReferences(document, document.steps); !ok) {
    return std::unexpected(ok.error());
  }
  return document;
}

const Parameter* Document::FindParameter(std::string_view name) const {
  const auto found = std::ranges::find(parameters, name, &Parameter::name);
  return found == parameters.end() ? nullptr : &*found;
}

const Parameter* Document::FindVariable(std::string_view name) const {
  const auto found = std::ranges::find(variables, name, &Parameter::name);
  return found == variables.end() ? nullptr : &*found;
}

const Step* Document::FindStep(std::string_view name, const Step** parent) const {
  for (const Step& step : steps) {
    if (step.name == name) {
      if (parent) *parent = nullptr;
      return &step;
    }
    for (const Step& inner : step.inner) {
      if (inner.name != name) continue;
      if (parent) *parent = &step;
      return &inner;
    }
  }
  return nullptr;
}

Result<json::Value> ParseDocumentText(std::string_view text, Format format) {
  auto value = format == Format::kJson ? json::Parse(text, kMaxDocumentDepth) : ParseYaml(text);
  if (!value) {
    return Bad(std::string(format == Format::kJson ? "The content is not valid JSON: "
                                                   : "The content is not valid YAML: ") +
               value.error().message + ".");
  }
  return value;
}

}  // namespace riposte::automation
