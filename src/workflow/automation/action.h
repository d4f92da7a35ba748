// The actions of a runbook: each is a small state machine over effects.
//
// start() asks for the first effect; resume() gets each outcome, and signal() what people send,
// until the action says that it has succeeded or failed. What an action must remember between two
// stimuli it keeps in `memory`, which is part of the execution's committed state.
// aws:branch, aws:loop and aws:updateVariable steer the execution itself: they are in the table for
// their checks and run in run.cc.
// Thread safety: const; runs on the writer thread. Source: spec 2.3.
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/json.h"
#include "wire/catalog.h"
#include "workflow/language.h"

namespace riposte::automation {

/// An operation that a step names in any of the usual spellings.
struct ApiOperation {
  std::string service;  ///< Registry name.
  const wire::OperationModel* model = nullptr;
};
/// nullopt when there is no such service or operation.
using FindApi =
    std::function<std::optional<ApiOperation>(std::string_view service, std::string_view api)>;

/// What the account has set for all its executions, as it was when this one started.
struct Settings {
  std::optional<Millis> throttled_for;  ///< How long throttled calls are repeated.
  bool self_approval = true;            ///< Whether the starter may approve.
  std::string escalation_topic;         ///< Told when an approval times out; "" for nobody.
  std::string script_log_group;         ///< Where the output of scripts goes, too; "" for nowhere.
};

[[nodiscard]] json::Object SettingsToJson(const Settings& settings);
[[nodiscard]] Settings SettingsFrom(const json::Object& object);

struct Document;  // workflow/automation/document.h
struct Progress;

/// What a running step sees and may ask for.
struct StepContext {
  const workflow::Execution& execution;
  const json::Object& inputs;  ///< References replaced.
  json::Object& memory;
  TimePoint now;
  std::string prefix;  ///< Of this attempt's effect keys.
  std::vector<workflow::Effect>& effects;
  json::Array& open;  ///< Keys of the attempt's effects without outcome.
  const FindApi& find_api;
  const Settings& settings;
  const Document& document;
  json::Object& outputs;         ///< What the step shows, also while it runs.
  std::string_view executed_by;  ///< Who started the execution.
  std::string_view step_name;

  void Invoke(std::string_view name, std::string_view service, std::string_view operation,
              json::Object input, Millis timeout = Millis(25'000));
  /// The same for an operation of a service that this engine may not offer: the input is fitted to
  /// its model. The failure that says so, when there is no such operation.
  [[nodiscard]] std::optional<Progress> InvokeIfOffered(std::string_view name,
                                                        std::string_view service,
                                                        std::string_view operation,
                                                        json::Object input);
  void Script(std::string_view name, const workflow::Effect::ScriptOptions& options);
  void Sleep(std::string_view name, Millis duration);
  /// The call that starts a child to await: taking it back stops that child.
  void StartChild(std::string_view name, std::string_view service, std::string_view operation,
                  json::Object input);
  void Await(std::string_view name, std::string_view execution_id);
};

struct Progress {
  enum class Kind { kRunning, kWaiting, kSuccess, kFailed, kTimedOut } kind = Kind::kRunning;
  json::Object outputs;  ///< kSuccess: the action's raw result, what selectors apply to.
  std::string stage;     ///< kFailed: "Invocation", "Verification", "Input"
  std::string type;      ///< kFailed: the error's code
  std::string message;   ///< kFailed

  [[nodiscard]] static Progress Running() { return {}; }
  [[nodiscard]] static Progress Waiting() { return {Kind::kWaiting, {}, {}, {}, {}}; }
  [[nodiscard]] static Progress Success(json::Object outputs = {}) {
    return {Kind::kSuccess, std::move(outputs), {}, {}, {}};
  }
  [[nodiscard]] static Progress Failed(std::string stage, std::string type, std::string message) {
    return {Kind::kFailed, {}, std::move(stage), std::move(type), std::move(message)};
  }
};

struct SignalResult {
  std::optional<Progress> progress;  ///< nullopt: the signal does not fit; `refusal` says why.
  std::string refusal;
};

struct Action {
  std::string_view name;
  std::vector<std::string_view> required;
  int64_t default_timeout_seconds = 0;  ///< 0: none.
  int64_t max_timeout_seconds = 0;      ///< 0: any.
  bool raw_outputs = false;             ///< Its raw members are outputs without declaration.
  Status (*check)(const json::Object& inputs) = nullptr;  ///< Beyond `required`; may be null.
  Progress (*start)(StepContext& step) = nullptr;
  Progress (*resume)(StepContext& step, std::string_view effect,
                     const json::Object& outcome) = nullptr;
  SignalResult (*signal)(StepContext& step, std::string_view name,
                         const json::Object& payload) = nullptr;
  /// Its time is over. True when it asked for one last effect, whose outcome comes to resume();
  /// the step ends as timed out after that.
  bool (*timed_out)(StepContext& step) = nullptr;
};

/// nullptr when the action is not supported.
[[nodiscard]] const Action* FindAction(std::string_view name);

// The tables behind FindAction, by subject.
[[nodiscard]] std::span<const Action> ApiActions();      ///< actions_api.cc
[[nodiscard]] std::span<const Action> ComputeActions();  ///< actions_ec2.cc
[[nodiscard]] std::span<const Action> ImageActions();    ///< actions_images.cc
[[nodiscard]] std::span<const Action> FlowActions();     ///< actions_flow.cc
[[nodiscard]] std::span<const Action> PeopleActions();   ///< actions_people.cc
[[nodiscard]] std::span<const Action> ScriptActions();   ///< actions_script.cc
[[nodiscard]] std::span<const Action> RemoteActions();   ///< actions_remote.cc

/// Waits before the next look at what takes its time: 2, 4, 6 … 15 seconds.
void PollLater(StepContext& step);
/// The text of an input, "" when it is not there.
[[nodiscard]] std::string InputText(const StepContext& step, std::string_view name);
/// Copies the inputs of these names that are there.
void CopyInputs(const StepContext& step, std::initializer_list<std::string_view> names,
                json::Object& to);

/// Makes `input` fit the operation's model where documents are loose: text for numbers and
/// booleans, a scalar for a list of one and the other way round.
void FitToModel(const wire::Shape& shape, json::Object& input);

/// The outcome of a call as a failure, in the words that users of the service know; nullopt when
/// it succeeded.
[[nodiscard]] std::optional<Progress> FailureOf(const json::Object& outcome,
                                                std::string_view operation);
/// The reply of a successful call.
[[nodiscard]] const json::Object& OutputOf(const json::Object& outcome);

/// "PT10M", "P1DT2H", "P1W". Errors: kInvalidArgument.
[[nodiscard]] Result<Millis> ParseDuration(std::string_view text);

}  // namespace riposte::automation
