// SSM Automation as a workflow language: which step runs next, and what becomes of the execution.
// An execution over many targets is one of another kind: see fan_out.h.
//
// The state (`Execution::state`) is one document:
//   parameters, variables   name -> value, of the declared types
//   mode, executed_by       as the execution was started
//   steps                   name -> record of the step's latest run (keys: RecordKeys in view.cc)
//   past                    records of inner steps of earlier iterations of a loop
//   current                 the step that runs, or ""
//   runs                    how many runs of steps there were: the bound on loops made of branches
//   loop                    {step, iteration, items} while aws:loop runs
//   last                    the step that began last
//   settings                Settings::ToJson, as they were at the start
//   alarm                   AlarmConfiguration; triggered_alarms once it was in ALARM
//   awaiting_start          Interactive mode: the step that StartStep would run
//   worst                   "", Failed or TimedOut: what critical steps have come to
//   cancelling, failure_message, outputs
// Thread safety: const; runs on the writer thread.
// Source: spec 2.2 (order of decisions), 2.4, 2.5, 2.6, 2.8.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "workflow/automation/action.h"
#include "workflow/language.h"
#include "workflow/lru.h"

namespace riposte::automation {

inline constexpr std::string_view kLanguageName = "automation";

/// The input of an execution (StartRequest::input).
struct StartInput {
  json::Object parameters;    ///< Typed and checked; every parameter has a value.
  std::string mode = "Auto";  ///< Or "Interactive".
  std::string executed_by;    ///< ARN of the starter.
  Settings settings;
  json::Value alarm_configuration;  ///< As given; null for none.

  [[nodiscard]] json::Object ToJson() const;
};

/// Whatever the document's defaults say, with `given` (the API's form) over it; typed and checked.
/// `resolve` gives values for references in defaults ({{ssm:…}}, {{automation:…}}, {{global:…}}).
/// Errors: kInvalidArgument, in the words of InvalidAutomationExecutionParametersException.
struct Document;  // workflow/automation/document.h
using DefaultResolver = std::function<std::optional<json::Value>(std::string_view reference)>;
[[nodiscard]] Result<json::Object> BindParameters(const Document& document,
                                                  const json::Object& given,
                                                  const DefaultResolver& resolve);

class AutomationLanguage final : public workflow::Language {
 public:
  /// `find_api` may be empty: then names of services and operations are passed on as written.
  explicit AutomationLanguage(FindApi find_api) : find_api_(std::move(find_api)) {}

  [[nodiscard]] std::string_view name() const override { return kLanguageName; }
  /// Signals: Approve, Reject, Resume {StepName}, StartStep {StepName}, StopStep {StepExecutionId},
  /// and Complete (StopAutomationExecution of that type). One that does not fit is refused with
  /// InvalidAutomationSignalException or AutomationStepNotFoundException.
  [[nodiscard]] workflow::Turn Advance(const workflow::Execution& execution, workflow::State state,
                                       const workflow::Stimulus& stimulus) const override;
  [[nodiscard]] workflow::Turn GiveUp(const workflow::Execution& execution, workflow::State state,
                                      const std::string& reason, TimePoint now) const override;
  [[nodiscard]] std::optional<workflow::Failure> FailureOf(
      const workflow::Execution& execution) const override;

 private:
  /// Of definitions, as text.
  static constexpr size_t kMaxDocumentBytes = 16 * 1024 * 1024;
  /// Parsed once for all executions and turns. Errors: as Document::Load.
  [[nodiscard]] Result<std::shared_ptr<const Document>> DocumentOf(
      const workflow::Definition& definition) const;

  FindApi find_api_;
  mutable std::mutex mutex_;
  mutable workflow::Lru<std::string, std::shared_ptr<const Document>> documents_{kMaxDocumentBytes};
};

}  // namespace riposte::automation
