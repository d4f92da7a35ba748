#include "workflow/automation/plan.h"

#include <algorithm>
#include <set>

#include "access/crypto.h"
#include "workflow/automation/action.h"

namespace riposte::automation {
namespace {

/// A bound on what one step shows; the digest is about all of it.
constexpr size_t kMaxShownInputs = 8 * 1024;

json::Object Resolved(const Step& step, const Resolver& resolver) {
  const Resolver lenient = [&resolver](std::string_view reference) -> std::optional<json::Value> {
    if (!reference.starts_with("global:DATE")) {
      if (auto value = resolver(reference)) return value;
    }
    return json::Value("{{ " + std::string(reference) + " }}");
  };
  json::Object inputs = step.inputs;
  json::Value script;
  if (const auto found = inputs.find("Script"); found != inputs.end()) {
    script = json::Value("sha256:" + access::Sha256Hex(ToText(found->value())));
    inputs.erase(found);
  }
  auto resolved = Substitute(json::Value(std::move(inputs)), lenient);
  json::Object out = resolved ? std::move(resolved->get_object()) : json::Object();
  if (!script.is_null()) out["Script"] = std::move(script);
  return out;
}

void Add(const Step& step, const Resolver& resolver, json::Array& steps) {
  steps.push_back(json::Object{
      {"Step", step.name}, {"Action", step.action->name}, {"Inputs", Resolved(step, resolver)}});
  for (const Step& inner : step.inner) Add(inner, resolver, steps);
}

}  // namespace

std::vector<std::string> NextSteps(const std::vector<Step>& steps, const Step& step) {
  std::vector<std::string> next;
  const auto add = [&next](std::string_view name) {
    if (!name.empty() && std::ranges::find(next, name) == next.end()) next.emplace_back(name);
  };
  const auto index = static_cast<size_t>(&step - steps.data());
  std::string_view following;
  if (index + 1 < steps.size()) following = steps[index + 1].name;
  if (const json::Array* choices = json::GetArray(step.inputs, "Choices");
      choices && step.action->name == "aws:branch") {
    for (const json::Value& choice : *choices) {
      add(json::GetString(choice.as_object(), "NextStep"));
    }
    const std::string_view fallback = json::GetString(step.inputs, "Default");
    add(fallback);
    if (fallback.empty() && !step.is_end) add(following);
  } else if (!step.is_end) {
    add(step.next_step.empty() ? following : std::string_view(step.next_step));
  }
  add(step.on_failure_step);
  if (step.on_failure == Step::OnFailure::kContinue && !step.is_end) add(following);
  return next;
}

Plan PlanAfter(const Document& document, const Step& step, const Resolver& resolver) {
  const Step* loop = nullptr;
  (void)document.FindStep(step.name, &loop);
  const std::vector<Step>& steps = loop ? loop->inner : document.steps;
  std::set<std::string, std::less<>> seen;
  std::vector<std::string> open = NextSteps(steps, step);
  while (!open.empty()) {
    const std::string name = std::move(open.back());
    open.pop_back();
    if (!seen.insert(name).second) continue;
    const auto found = std::ranges::find(steps, name, &Step::name);
    if (found == steps.end()) continue;
    for (std::string& next : NextSteps(steps, *found)) open.push_back(std::move(next));
  }
  Plan plan;
  for (const Step& one : steps) {
    if (seen.contains(one.name)) Add(one, resolver, plan.steps);
  }
  if (loop) {
    // Then what stands behind the loop.
    const auto index = static_cast<size_t>(loop - document.steps.data());
    for (size_t i = index + 1; i < document.steps.size(); ++i) {
      Add(document.steps[i], resolver, plan.steps);
    }
  }
  plan.digest = access::Sha256Hex(json::Serialize(plan.steps));
  for (json::Value& entry : plan.steps) {
    json::Value& inputs = entry.as_object()["Inputs"];
    if (std::string text = json::Serialize(inputs); text.size() > kMaxShownInputs) {
      inputs = json::Object{{"SHA256", access::Sha256Hex(text)}, {"Bytes", text.size()}};
    }
  }
  return plan;
}

}  // namespace riposte::automation
