// One stimulus to one runbook execution: the order of decisions after a step (spec 2.2).
//
// A Run is made for a stimulus, changes the state it is given, gathers effects, and gives a Turn.
// Steps that end at once (branches, variables) are followed in the same turn by a loop, not by
// recursion, so that no document can grow the stack.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "workflow/automation/action.h"
#include "workflow/automation/document.h"
#include "workflow/automation/expression.h"
#include "workflow/language.h"

namespace riposte::automation {

class Run {
 public:
  /// More runs of steps than this end the execution: a loop made of branches has no other bound.
  static constexpr int64_t kMaxRuns = 2000;

  Run(const workflow::Execution& execution, workflow::State state, const Document& document,
      const FindApi& find_api, TimePoint now);

  void Start(const json::Object& input);
  void Resume(const std::string& key, const json::Object& outcome);
  void Signal(const std::string& name, const json::Object& payload);
  void Cancel();

  [[nodiscard]] workflow::Turn TakeTurn();

 private:
  // What happens next in this turn.
  void Follow();                     ///< Runs steps until one waits or the end is reached.
  void Go(const std::string& step);  ///< The step to run next.
  void Begin(const Step& step);
  void BeginLoop(const Step& step, json::Object& record);
  void NextPass(const Step& loop, json::Object& record);
  void StartPass(const Step& loop, int64_t iteration);
  void BeginBranch(const Step& step, json::Object& record);
  void BeginUpdate(const Step& step, json::Object& record);
  void StartTimer(const Step& step, json::Object& record);
  void TimeOut(const Step& step, json::Object& record);
  void LookAtAlarm();
  void AlarmSeen(const json::Object& outcome);
  void RefreshPlan(const Step& step, json::Object& record);

  void Apply(const Step& step, Progress progress);
  void Succeed(const Step& step, json::Object raw, const std::string& redirect = {});
  void FailStep(const Step& step, Progress progress);
  void AfterStep(const Step& step, bool success, const std::string& redirect);
  void EndOfSteps(const Step* loop);
  void AbortLoop(const std::string& status, const std::string& message);
  void Finish(const std::string& status);

  // Records.
  [[nodiscard]] const json::Object* SeeRecord(std::string_view step) const;
  [[nodiscard]] json::Object* RecordOf(std::string_view step);  ///< To change it.
  [[nodiscard]] json::Object& NewRecord(const Step& step, int64_t attempt);
  [[nodiscard]] std::string PrefixOf(std::string_view step, const json::Object& record) const;
  void Close(json::Object& record, std::string_view status);
  void ForgetOpen(json::Object& record);
  void SetStatus(const Step& step, json::Object& record, std::string_view status);
  void SetExecutionStatus(std::string_view status);
  [[nodiscard]] Resolver MakeResolver();
  [[nodiscard]] std::optional<json::Value> Resolve(std::string_view reference);
  [[nodiscard]] StepContext ContextOf(const Step& step, json::Object& record);
  [[nodiscard]] json::Object Outputs();
  void AnnounceStep(const Step& step, const json::Object& record);
  void AnnounceExecution();
  void Refuse(std::string_view code, std::string message);

  const workflow::Execution& execution_;
  const Document& document_;
  const FindApi& find_api_;
  TimePoint now_;
  workflow::State state_;
  Settings settings_;
  std::string status_;
  workflow::Turn turn_;
  std::string next_;  ///< The step to begin, or "".
};

}  // namespace riposte::automation
