#include "workflow/automation/run.h"

#include <algorithm>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <string>
#include <utility>

#include "json/append.h"
#include "workflow/automation/alarm.h"
#include "workflow/automation/condition.h"
#include "workflow/automation/events.h"
#include "workflow/automation/parameter.h"
#include "workflow/automation/plan.h"
#include "workflow/automation/selector.h"
#include "workflow/automation/state.h"
#include "workflow/text.h"

namespace riposte::automation {

using workflow::Effect;
using workflow::Turn;

namespace {

constexpr Millis kCleanUpLimit{120'000};
constexpr std::string_view kCleanUpKey = "clean-up";
/// Inputs and outputs are kept to be shown; beyond this a value is shown cut.
constexpr size_t kMaxShownBytes = 32 * 1024;
constexpr size_t kMaxOutputPayloadBytes = 48 * 1024;
/// A record has no more in the end; beyond this a document would keep a table of its keys.
constexpr size_t kRecordMembers = 18;

/// Version 5 UUID of a run of a step: the same stimuli give the same ids.
std::string StepExecutionId(const std::string& execution_id, int64_t run) {
  static const boost::uuids::name_generator_sha1 generator(boost::uuids::ns::oid());
  return boost::uuids::to_string(generator(execution_id + "/" + std::to_string(run)));
}

void CutForShow(json::Object& values) {
  for (auto& member : values) {
    const json::Value& value = member.value();
    if (!value.is_structured() &&
        (!value.is_string() || value.get_string().size() < kMaxShownBytes / 6)) {
      continue;  // Escaped, a character is six at most.
    }
    const std::string text = json::Text(value);
    if (text.size() > kMaxShownBytes) {
      member.value() = json::Value(workflow::CleanText(text, kMaxShownBytes) + "… (cut)");
    }
  }
}

}  // namespace

Run::Run(const workflow::Execution& execution, workflow::State state, const Document& document,
         const FindApi& find_api, TimePoint now)
    : execution_(execution),
      document_(document),
      find_api_(find_api),
      now_(now),
      state_(std::move(state)),
      status_(execution.status) {
  if (const json::Object* settings = json::GetObject(state_.view(), "settings")) {
    settings_ = SettingsFrom(*settings);
  }
}

Turn Run::TakeTurn() {
  turn_.state = std::move(state_);
  turn_.status = status_;
  return std::move(turn_);
}

// ── Stimuli ─────────────────────────────────────────────────────────────────────────────────

void Run::Start(const json::Object& input) {
  const json::Object* parameters = json::GetObject(input, "parameters");
  state_.Edit("parameters") = parameters ? *parameters : json::Object();
  state_.Edit("mode") = json::GetString(input, "mode", "Auto");
  state_.Edit("executed_by") = json::GetString(input, "executed_by");
  if (const json::Object* settings = json::GetObject(input, "settings")) {
    state_.Edit("settings") = *settings;
    settings_ = SettingsFrom(*settings);
  }
  json::Object& variables = state_.EditObject("variables");
  for (const Parameter& variable : document_.variables) {
    if (variable.default_value) variables[variable.name] = *variable.default_value;
  }
  state_.Edit("steps") = json::Object();
  SetExecutionStatus("InProgress");
  if (const json::Object* alarm = json::GetObject(input, "alarm")) {
    state_.Edit("alarm") = *alarm;
    LookAtAlarm();  // the first step begins when it is known to be quiet
    return;
  }
  Go(document_.steps.front().name);
  Follow();
}

void Run::LookAtAlarm() {
  turn_.effects.push_back(PollAlarm(*json::GetObject(state_.view(), "alarm")));
}

/// An alarm that rings cancels the execution, with its clean-up.
void Run::AlarmSeen(const json::Object& outcome) {
  if (json::GetBool(state_.view(), "cancelling")) return;
  AlarmReading reading = ReadAlarm(*json::GetObject(state_.view(), "alarm"), outcome);
  if (!reading.triggered.empty()) {
    if (json::Object* record = RecordOf(json::GetString(state_.view(), "current"))) {
      (*record)["triggered_alarms"] = reading.triggered;
    }
    state_.Edit("failure_message") = std::move(reading.reason);
    state_.Edit("triggered_alarms") = std::move(reading.triggered);
    Cancel();
    return;
  }
  turn_.effects.push_back(AlarmPause(now_));
  if (json::GetInt(state_.view(), "runs") == 0 &&
      json::GetString(state_.view(), "awaiting_start").empty()) {
    Go(document_.steps.front().name);
  }
}

void Run::Resume(const std::string& key, const json::Object& outcome) {
  if (key == kCleanUpKey) {
    state_.Edit("failure_message") = "The clean-up took longer than two minutes.";
    if (json::Object* record = RecordOf(json::GetString(state_.view(), "current"))) {
      ForgetOpen(*record);
      Close(*record, "Cancelled");
    }
    Finish("Cancelled");
    return;
  }
  if (key == kAlarmPauseKey) {
    LookAtAlarm();
    return;
  }
  if (key == kAlarmKey) {
    AlarmSeen(outcome);
    Follow();
    return;
  }
  const size_t slash = key.rfind('/');
  const size_t hash = key.rfind('#', slash);
  if (slash == std::string::npos || hash == std::string::npos) return;
  const std::string name = key.substr(0, hash);
  const std::string effect = key.substr(slash + 1);
  const Step* step = document_.FindStep(name);
  json::Object* record = RecordOf(name);
  if (!step || !record || !key.starts_with(PrefixOf(name, *record))) return;
  json::Array& open = ArrayAt(*record, "open");
  for (auto it = open.begin(); it != open.end();) {
    it = json::View(*it) == key ? open.erase(it) : it + 1;
  }
  if (effect == "timeout") {
    TimeOut(*step, *record);
  } else {
    StepContext context = ContextOf(*step, *record);
    if (!step->action->resume) return;
    Apply(*step, step->action->resume(context, effect, outcome));
  }
  Follow();
}

void Run::TimeOut(const Step& step, json::Object& record) {
  if (step.action->timed_out) {
    ForgetOpen(record);
    StepContext context = ContextOf(step, record);
    if (step.action->timed_out(context)) return;
  }
  Progress progress{Progress::Kind::kTimedOut, {}, "Invocation", "TimedOut", ""};
  progress.message =
      "Step timed out while step is running the action " + std::string(step.action->name) + ".";
  if (!step.inner.empty()) {
    // The loop ends as a whole, with whatever ran inside it.
    if (json::Object* inner = RecordOf(json::GetString(state_.view(), "current"))) {
      ForgetOpen(*inner);
      Close(*inner, "Cancelled");
    }
    state_.Erase("loop");
    state_.Edit("current") = step.name;
  }
  FailStep(step, std::move(progress));
}

/// An approval shows what it is about, and what was decided about anything else does not count.
void Run::RefreshPlan(const Step& step, json::Object& record) {
  const Plan plan = PlanAfter(document_, step, MakeResolver());
  json::Object& memory = ObjectAt(record, "memory");
  memory["plan"] = plan.steps;
  memory["digest"] = plan.digest;
  json::Object& outputs = ObjectAt(record, "outputs");
  outputs["Plan"] = json::Serialize(plan.steps);
  outputs["PlanDigest"] = plan.digest;
}

void Run::Signal(const std::string& name, const json::Object& payload) {
  const std::string current(json::GetString(state_.view(), "current"));
  const std::string wanted(json::GetString(payload, "StepName"));
  if (!wanted.empty() && !document_.FindStep(wanted)) {
    Refuse("AutomationStepNotFoundException", "There is no step " + wanted + ".");
    return;
  }
  if (name == "Complete") {
    if (json::Object* record = RecordOf(current)) {
      ForgetOpen(*record);
      Close(*record, "Cancelled");
      AnnounceStep(*document_.FindStep(current), *record);
    }
    Finish(std::string(json::GetString(state_.view(), "worst")));
    return;
  }
  if (name == "StartStep") {
    const std::string awaiting(json::GetString(state_.view(), "awaiting_start"));
    if (awaiting.empty() || (!wanted.empty() && wanted != awaiting)) {
      Refuse("InvalidAutomationSignalException", "No step waits for this signal.");
      return;
    }
    state_.Edit("awaiting_start") = "";
    SetExecutionStatus("InProgress");
    Begin(*document_.FindStep(awaiting));
    Follow();
    return;
  }
  const Step* step = document_.FindStep(current);
  json::Object* record = RecordOf(current);
  if (name == "StopStep") {
    const std::string id(json::GetString(payload, "StepExecutionId"));
    if (!step || (!id.empty() && id != json::GetString(*record, "id"))) {
      Refuse("AutomationStepNotFoundException", "The step is not running.");
      return;
    }
    FailStep(*step,
             {Progress::Kind::kFailed, {}, "Invocation", "Stopped", "The step was stopped."});
    Follow();
    return;
  }
  if (!step || !record || !step->action->signal ||
      (name == "Resume" && !wanted.empty() && wanted != current)) {
    Refuse("InvalidAutomationSignalException", "No step waits for signal " + name + ".");
    return;
  }
  if (json::Find(*record, "outputs") && step->action->name == "aws:approve") {
    RefreshPlan(*step, *record);
  }
  StepContext context = ContextOf(*step, *record);
  SignalResult result = step->action->signal(context, name, payload);
  if (!result.progress) {
    Refuse("InvalidAutomationSignalException", result.refusal);
    return;
  }
  Apply(*step, std::move(*result.progress));
  Follow();
}

void Run::Cancel() {
  if (json::GetBool(state_.view(), "cancelling")) {
    Refuse("InvalidAutomationStatusUpdateException", "The execution is already being cancelled.");
    return;
  }
  state_.Edit("cancelling") = true;
  const Step* step = document_.FindStep(json::GetString(state_.view(), "current"));
  if (step) {
    json::Object& record = *RecordOf(step->name);
    ForgetOpen(record);
    Close(record, "Cancelled");
    AnnounceStep(*step, record);
  }
  if (step && !step->on_cancel_step.empty()) {
    SetExecutionStatus("Cancelling");
    turn_.effects.push_back(Effect::Sleep(std::string(kCleanUpKey), now_ + kCleanUpLimit));
    Begin(*document_.FindStep(step->on_cancel_step));
    Follow();
  } else {
    Finish("Cancelled");
  }
}

// ── From step to step ───────────────────────────────────────────────────────────────────────

void Run::Go(const std::string& step) {
  next_ = step;
}

void Run::Follow() {
  while (!next_.empty() && !turn_.finished) {
    const std::string name = std::exchange(next_, {});
    const Step* step = document_.FindStep(name);
    if (json::GetString(state_.view(), "mode") == "Interactive" &&
        !json::GetBool(state_.view(), "cancelling")) {
      state_.Edit("current") = "";
      state_.Edit("awaiting_start") = name;
      if (json::Object* last = RecordOf(json::GetString(state_.view(), "last"))) {
        (*last)["valid_next"] = json::Array{name};
      }
      SetExecutionStatus("Waiting");
      return;
    }
    Begin(*step);
  }
}

void Run::Begin(const Step& step) {
  const int64_t runs = json::GetInt(state_.view(), "runs") + 1;
  state_.Edit("runs") = runs;
  if (runs > kMaxRuns) {
    state_.Edit("failure_message") =
        "The execution ran more than " + std::to_string(kMaxRuns) + " steps and was stopped.";
    state_.Edit("current") = "";
    Finish("Failed");
    return;
  }
  int64_t attempt = 1;
  if (const json::Object* before = SeeRecord(step.name);
      before && json::GetBool(*before, "retry")) {
    attempt = json::GetInt(*before, "attempt") + 1;
  }
  state_.Edit("current") = step.name;
  state_.Edit("last") = step.name;
  json::Object& record = NewRecord(step, attempt);
  if (!json::GetBool(state_.view(), "cancelling")) SetExecutionStatus("InProgress");
  SetStatus(step, record, "InProgress");
  StartTimer(step, record);
  if (step.action->name == "aws:loop") return BeginLoop(step, record);
  if (step.action->name == "aws:branch") return BeginBranch(step, record);

  auto substituted = SubstituteInputs(step.inputs, MakeResolver());
  if (!substituted) {
    FailStep(step, Progress::Failed("Input", "InvalidInput", substituted.error().message));
    return;
  }
  record["inputs"] = std::move(*substituted);
  if (step.action->name == "aws:updateVariable") return BeginUpdate(step, record);
  if (step.action->name == "aws:approve") RefreshPlan(step, record);
  StepContext context = ContextOf(step, record);
  Apply(step, step.action->start(context));
}

void Run::StartTimer(const Step& step, json::Object& record) {
  int64_t seconds = step.action->default_timeout_seconds;
  if (!step.timeout_seconds.is_null()) {
    if (const auto value = Substitute(step.timeout_seconds, MakeResolver())) {
      seconds = ToInteger(*value).value_or(seconds);
    }
  }
  if (const int64_t most = step.action->max_timeout_seconds; most > 0) {
    seconds = std::min(seconds, most);
  }
  if (seconds <= 0) return;
  record["timeout_seconds"] = seconds;
  std::string key = PrefixOf(step.name, record) + "timeout";
  ArrayAt(record, "open").emplace_back(key);
  turn_.effects.push_back(Effect::Sleep(std::move(key), now_ + std::chrono::seconds(seconds)));
}

void Run::BeginBranch(const Step& step, json::Object& record) {
  const Resolver resolver = MakeResolver();
  record["inputs"] = step.inputs;
  const json::Array& choices = step.inputs.at("Choices").as_array();
  for (const json::Value& choice : choices) {
    const auto result = Evaluate(choice.as_object(), resolver);
    if (!result) {
      FailStep(step, Progress::Failed("Input", "InvalidInput", result.error().message));
      return;
    }
    if (*result) {
      Succeed(step, {}, std::string(json::GetString(choice.as_object(), "NextStep")));
      return;
    }
  }
  Succeed(step, {}, std::string(json::GetString(step.inputs, "Default")));
}

void Run::BeginUpdate(const Step& step, json::Object& record) {
  const json::Object& inputs = record["inputs"].as_object();
  const std::string text = ToText(inputs.at("Name"));
  const std::string name = text.substr(std::min<size_t>(text.size(), 9));
  const Parameter* variable = document_.FindVariable(name);
  if (!variable) {
    FailStep(step, Progress::Failed("Input", "InvalidInput", "There is no variable " + name + "."));
    return;
  }
  const auto value = Coerce(inputs.at("Value"), variable->type);
  if (!value) {
    FailStep(step, Progress::Failed("Input", "InvalidInput",
                                    "The value is not a valid " + variable->type + "."));
    return;
  }
  if (const auto ok = variable->Check(*value); !ok) {
    FailStep(step, Progress::Failed("Input", "InvalidInput", ok.error().message));
    return;
  }
  if (const auto ok = CheckVariableSize(*variable, *value); !ok) {
    FailStep(step, Progress::Failed("Input", "InvalidInput", ok.error().message));
    return;
  }
  state_.Edit("variables", name) = *value;
  Succeed(step, {});
}

// ── What became of a step ───────────────────────────────────────────────────────────────────

void Run::Apply(const Step& step, Progress progress) {
  json::Object& record = *RecordOf(step.name);
  switch (progress.kind) {
    case Progress::Kind::kRunning:
      SetStatus(step, record, "InProgress");
      break;
    case Progress::Kind::kWaiting:
      SetStatus(step, record, "Waiting");
      if (!json::GetBool(state_.view(), "cancelling")) SetExecutionStatus("Waiting");
      break;
    case Progress::Kind::kSuccess:
      Succeed(step, std::move(progress.outputs));
      break;
    case Progress::Kind::kFailed:
    case Progress::Kind::kTimedOut:
      FailStep(step, std::move(progress));
      break;
  }
}

void Run::Succeed(const Step& step, json::Object raw, const std::string& redirect) {
  json::Object& record = *RecordOf(step.name);
  ForgetOpen(record);
  json::Object& outputs = ObjectAt(record, "outputs");
  json::Value root(std::move(raw));
  for (const StepOutput& output : step.outputs) {
    const auto selector = Selector::Parse(output.selector);
    const auto value = selector ? selector->Select(root) : std::nullopt;
    if (!value) continue;  // the output is absent, and the step has still succeeded
    if (auto typed = Coerce(*value, output.type)) {
      outputs[output.name] = std::move(*typed);
    } else {
      FailStep(step,
               Progress::Failed("Verification", "InvalidOutput",
                                "Output " + output.name + " is not a valid " + output.type + "."));
      return;
    }
  }
  if (step.action->raw_outputs) {
    for (const auto& member : root.get_object()) {
      const bool declared =
          std::ranges::find(step.outputs,
                            std::string_view(member.key().data(), member.key().size()),
                            &StepOutput::name) != step.outputs.end();
      if (!declared) outputs[member.key()] = member.value();
    }
  }
  const bool has_payload =
      step.action->name == "aws:executeAwsApi" || step.action->name == "aws:executeScript";
  if (has_payload && json::Text(root).size() <= kMaxOutputPayloadBytes) {
    outputs["OutputPayload"] = std::move(root);
  }
  record["response_code"] = "0";
  Close(record, "Success");
  AnnounceStep(step, record);
  AfterStep(step, true, redirect);
}

void Run::FailStep(const Step& step, Progress progress) {
  json::Object& record = *RecordOf(step.name);
  ForgetOpen(record);
  const bool timed_out = progress.kind == Progress::Kind::kTimedOut;
  const int64_t attempt = json::GetInt(record, "attempt", 1);
  const bool waited = step.action->name == "aws:waitForAwsResourceProperty" ||
                      step.action->name == "aws:changeInstanceState";
  const std::string prefix = timed_out ? ""
                             : waited && progress.stage == "Verification"
                                 ? "Step fails when it is Poll action status for completion. "
                                 : "Step fails when it is Execute/Cancelling action. ";
  const std::string message = workflow::CleanText(
      prefix + progress.message +
          " Please refer to Automation Service Troubleshooting Guide for more diagnosis details.",
      16 * 1024);
  const bool stopped = progress.type == "Stopped";
  if (attempt < step.max_attempts && !stopped && !json::GetBool(state_.view(), "cancelling")) {
    record["retry"] = true;
    record["failure_message"] = message;
    Begin(step);
    return;
  }
  record["failure_message"] = message;
  record["failure"] = {{"stage", progress.stage}, {"type", progress.type}};
  const std::string status = timed_out ? "TimedOut" : stopped ? "Cancelled" : "Failed";
  Close(record, status);
  AnnounceStep(step, record);
  if (step.is_critical && !stopped) {
    if (json::GetString(state_.view(), "worst") != "Failed")
      state_.Edit("worst") = timed_out ? status : "Failed";
    state_.Edit("failure_message") = message;
  }
  if (json::GetBool(state_.view(), "cancelling")) {
    Finish("Cancelled");
    return;
  }
  switch (step.on_failure) {
    case Step::OnFailure::kAbort:
      state_.Edit("failure_message") = message;
      AbortLoop(status, message);
      state_.Edit("current") = "";
      Finish(stopped ? "Cancelled" : status);
      break;
    case Step::OnFailure::kContinue:
      AfterStep(step, false, {});
      break;
    case Step::OnFailure::kStep:
      AfterStep(step, false, step.on_failure_step);
      break;
  }
}

void Run::AfterStep(const Step& step, bool success, const std::string& redirect) {
  const Step* loop = nullptr;
  (void)document_.FindStep(step.name, &loop);
  const std::vector<Step>& steps = loop ? loop->inner : document_.steps;
  state_.Edit("current") = "";
  if (json::GetBool(state_.view(), "cancelling")) {
    // Cleaning up follows the chain of nextStep and nothing else.
    if (success && !step.next_step.empty() && !step.is_end) {
      Go(step.next_step);
    } else {
      Finish("Cancelled");
    }
    return;
  }
  if (!redirect.empty()) {
    Go(redirect);
    return;
  }
  if (step.is_end) {
    AbortLoop("Success", "");
    Finish(std::string(json::GetString(state_.view(), "worst")));
    return;
  }
  if (success && !step.next_step.empty()) {
    Go(step.next_step);
    return;
  }
  const auto index = static_cast<size_t>(&step - steps.data());
  if (index + 1 < steps.size()) {
    Go(steps[index + 1].name);
  } else {
    EndOfSteps(loop);
  }
}

void Run::EndOfSteps(const Step* loop) {
  if (loop) {
    NextPass(*loop, *RecordOf(loop->name));
  } else {
    Finish(std::string(json::GetString(state_.view(), "worst")));
  }
}

void Run::Finish(const std::string& status) {
  if (status == "Cancelled") AbortLoop("Cancelled", "");
  state_.Edit("current") = "";
  state_.Edit("awaiting_start") = "";
  state_.Edit("outputs") = Outputs();
  state_.Edit("end_ms") = ToMillis(now_);
  turn_.finished = true;
  json::Object output{{"Outputs", *json::Find(state_.view(), "outputs")}};
  if (const json::Value* alarms = json::Find(state_.view(), "triggered_alarms")) {
    output["TriggeredAlarms"] = *alarms;
  }
  turn_.output = std::move(output);
  SetExecutionStatus(status.empty() ? "Success" : status);
}

// ── Records ─────────────────────────────────────────────────────────────────────────────────

const json::Object* Run::SeeRecord(std::string_view step) const {
  const json::Object* steps = json::GetObject(state_.view(), "steps");
  return steps ? json::GetObject(*steps, step) : nullptr;
}

json::Object* Run::RecordOf(std::string_view step) {
  return SeeRecord(step) ? &state_.Edit("steps", step).get_object() : nullptr;
}

json::Object& Run::NewRecord(const Step& step, int64_t attempt) {
  const int64_t run = json::GetInt(state_.view(), "runs");
  json::Object record;
  record.reserve(kRecordMembers);
  record.emplace("name", step.name);
  record.emplace("action", step.action->name);
  record.emplace("run", run);
  record.emplace("attempt", attempt);
  record.emplace("id", StepExecutionId(execution_.id, run));
  record.emplace("start_ms", ToMillis(now_));
  if (const json::Object* loop = json::GetObject(state_.view(), "loop");
      loop && json::GetString(*loop, "step") != step.name) {
    if (const json::Object* parent = SeeRecord(json::GetString(*loop, "step"))) {
      record["parent"] = {{"name", json::GetString(*parent, "name")},
                          {"id", json::GetString(*parent, "id")},
                          {"action", "aws:loop"},
                          {"iteration", json::GetInt(*loop, "iteration")}};
      if (const json::Value* item = json::Find(*loop, "item")) {
        record["parent"].as_object()["item"] = *item;
      }
    }
  }
  json::Value& slot = state_.Edit("steps", step.name);
  slot = std::move(record);
  return slot.get_object();
}

std::string Run::PrefixOf(std::string_view step, const json::Object& record) const {
  return std::string(step) + "#" + std::to_string(json::GetInt(record, "run")) + "/";
}

void Run::ForgetOpen(json::Object& record) {
  for (const json::Value& key : ArrayAt(record, "open")) {
    turn_.effects.push_back(Effect::Forget(std::string(json::View(key))));
  }
  record.erase("open");
}

void Run::Close(json::Object& record, std::string_view status) {
  record["status"] = status;
  record["end_ms"] = ToMillis(now_);
  record.erase("memory");
  if (json::Value* inputs = record.if_contains("inputs"); inputs && inputs->is_object()) {
    CutForShow(inputs->get_object());
  }
}

void Run::SetStatus(const Step& step, json::Object& record, std::string_view status) {
  if (json::GetString(record, "status") == status) return;
  record["status"] = status;
  AnnounceStep(step, record);
}

void Run::SetExecutionStatus(std::string_view status) {
  if (status_ == status) return;
  status_ = status;
  AnnounceExecution();
}

StepContext Run::ContextOf(const Step& step, json::Object& record) {
  // All members first: adding one may move another.
  for (const std::string_view name : {"inputs", "memory", "outputs"}) ObjectAt(record, name);
  ArrayAt(record, "open");
  return {execution_,
          ObjectAt(record, "inputs"),
          ObjectAt(record, "memory"),
          now_,
          PrefixOf(step.name, record),
          turn_.effects,
          ArrayAt(record, "open"),
          find_api_,
          settings_,
          document_,
          ObjectAt(record, "outputs"),
          json::GetString(state_.view(), "executed_by"),
          step.name};
}

Resolver Run::MakeResolver() {
  return [this](std::string_view reference) { return Resolve(reference); };
}

std::optional<json::Value> Run::Resolve(std::string_view reference) {
  const auto member = [](const json::Object& object,
                         std::string_view name) -> std::optional<json::Value> {
    const auto found = object.find(name);
    if (found == object.end()) return std::nullopt;
    return found->value();
  };
  /// A member of a value that is a map: "name.key" with the dot at `dot`.
  const auto further = [&member](const json::Object& object, std::string_view path,
                                 size_t dot) -> std::optional<json::Value> {
    const auto head = member(object, path.substr(0, dot));
    const auto selector = Selector::Parse(path.substr(dot + 1));
    return head && selector ? selector->Select(*head) : std::nullopt;
  };
  const json::Object* parameters = json::GetObject(state_.view(), "parameters");
  if (auto value = parameters ? member(*parameters, reference) : std::nullopt) return value;
  if (const size_t colon = reference.find(':'); colon != std::string_view::npos) {
    const std::string_view space = reference.substr(0, colon);
    const std::string_view name = reference.substr(colon + 1);
    if (space == "variable") {
      const json::Object* variables = json::GetObject(state_.view(), "variables");
      if (!variables) return std::nullopt;
      if (auto value = member(*variables, name)) return value;
      const size_t dot = name.find('.');
      if (dot == std::string_view::npos) return std::nullopt;
      return further(*variables, name, dot);
    }
    if (space == "automation" && name == "EXECUTION_ID") return json::Value(execution_.id);
    if (space != "global") return std::nullopt;
    if (name == "ACCOUNT_ID") return json::Value(execution_.scope.account.str());
    if (name == "REGION") return json::Value(execution_.scope.region.str());
    if (name == "AWS_PARTITION") return json::Value("aws");
    const std::string iso = FormatIso8601(now_);
    if (name == "DATE") return json::Value(iso.substr(0, 10));
    if (name == "DATE_TIME") {
      std::string time = iso.substr(11, 8);
      std::ranges::replace(time, ':', '.');
      return json::Value(iso.substr(0, 10) + "_" + time);
    }
    return std::nullopt;
  }
  const size_t dot = reference.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const json::Object* record = SeeRecord(reference.substr(0, dot));
  const json::Object* outputs = record ? json::GetObject(*record, "outputs") : nullptr;
  if (!outputs) return std::nullopt;
  const std::string_view path = reference.substr(dot + 1);
  if (auto value = member(*outputs, path)) return value;
  // Further members of an output that is a map: Step.Output.key, loop.CurrentIteratorValue.key.
  const size_t next = path.find('.');
  if (next == std::string_view::npos) return std::nullopt;
  return further(*outputs, path, next);
}

json::Object Run::Outputs() {
  json::Object outputs;
  for (const std::string& name : document_.outputs) {
    if (const auto value = Resolve(name)) {
      outputs[name] = ToApi(*value);
    } else {
      outputs[name] =
          json::Array{"No output available yet because the step is not successfully executed"};
    }
  }
  return outputs;
}

void Run::Refuse(std::string_view code, std::string message) {
  turn_.refused.emplace(std::string(code), std::move(message));
}

// ── Events ──────────────────────────────────────────────────────────────────────────────────

void Run::AnnounceStep(const Step& step, const json::Object& record) {
  StepChange change{step.name, std::string(step.action->name),
                    std::string(json::GetString(record, "status")),
                    FromMillis(json::GetInt(record, "start_ms")), std::nullopt};
  if (json::Find(record, "end_ms")) change.end = FromMillis(json::GetInt(record, "end_ms"));
  turn_.effects.push_back(StepEvent(execution_, change));
}

void Run::AnnounceExecution() {
  turn_.effects.push_back(ExecutionEvent(execution_, status_,
                                         json::GetString(state_.view(), "executed_by"),
                                         turn_.finished ? std::optional(now_) : std::nullopt));
}

}  // namespace riposte::automation
