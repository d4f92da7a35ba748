#include "workflow/automation/fan_out.h"

#include <algorithm>

#include "base/number.h"
#include "workflow/automation/alarm.h"
#include "workflow/automation/events.h"
#include "workflow/automation/rate.h"
#include "workflow/automation/state.h"
#include "workflow/text.h"

namespace riposte::automation {
namespace {

using workflow::Effect;
using workflow::Execution;
using workflow::State;
using workflow::Stimulus;
using workflow::Turn;

constexpr std::string_view kAction = "aws:executeAutomation";
constexpr std::string_view kFindKey = "find";

std::optional<Scope> ScopeOf(const json::Object& child) {
  if (!json::Find(child, "account")) return std::nullopt;
  return Scope{AccountId(std::string(json::GetString(child, "account"))),
               Region(std::string(json::GetString(child, "region")))};
}

std::optional<TargetSearch> SearchOf(const json::Object& plan) {
  if (const json::Object* search = json::GetObject(plan, "search")) {
    return TargetSearch::FromJson(*search);
  }
  // As releases before resource groups stored it.
  if (const json::Value* filters = json::Find(plan, "find_instances")) {
    return TargetSearch{"ec2", "DescribeInstances", {{"Filters", *filters}}};
  }
  return std::nullopt;
}

/// Each child has one value of one parameter, not a map or a place.
bool IsOfValues(const json::Object& plan) {
  return !json::GetBool(plan, "cross_account") &&
         !plan.at("shown").as_object().contains("TargetMaps");
}

class FanOut {
 public:
  FanOut(const Execution& execution, State state, TimePoint now)
      : execution_(execution),
        plan_(execution.definition->content.at(kFanOut).as_object()),
        now_(now),
        state_(std::move(state)),
        status_(execution.status) {}

  void Start(const json::Object& input) {
    state_.Edit("executed_by") = json::GetString(input, "executed_by");
    state_.Edit("mode") = json::GetString(input, "mode", "Auto");
    if (const json::Object* parameters = json::GetObject(input, "parameters")) {
      state_.Edit("parameters") = *parameters;
    }
    for (size_t i = 0; i < plan_.at("groups").as_array().size(); ++i) {
      state_.Append("groups", json::Object{{"width", 1}, {"running", 0}, {"errors", 0}});
      for (const json::Value& target : plan_.at("groups").at(i).at("targets").as_array()) {
        AddChild(target.as_object(), i);
      }
    }
    SetStatus("InProgress");
    if (const json::Object* alarm = json::GetObject(input, "alarm")) {
      state_.Edit("alarm") = *alarm;
      turn_.effects.push_back(PollAlarm(*alarm));
      return;
    }
    Begin();
  }

  void Resume(const std::string& key, const json::Object& outcome) {
    if (key == kFindKey) {
      Found(outcome);
      return;
    }
    if (key == kAlarmPauseKey) {
      turn_.effects.push_back(PollAlarm(state_.view().at("alarm").as_object()));
      return;
    }
    if (key == kAlarmKey) {
      AlarmSeen(outcome);
      return;
    }
    const size_t slash = key.find('/');
    const auto index = ParseNumber<size_t>(std::string_view(key).substr(0, slash));
    if (slash == std::string::npos || !index || *index >= Entries("children").size()) return;
    json::Object& child = state_.EditAt("children", *index).as_object();
    const json::Object* error = json::GetObject(outcome, "error");
    if (error) {
      End(child, "Failed",
          std::string(json::GetString(*error, "code")) + ": " +
              std::string(json::GetString(*error, "message")));
    } else if (key.substr(slash + 1) == "start") {
      const json::Object* output = json::GetObject(outcome, "output");
      child["execution"] = output ? json::GetString(*output, "AutomationExecutionId") : "";
      turn_.effects.push_back(Effect::Await(std::to_string(*index) + "/run",
                                            json::GetString(child, "execution"), ScopeOf(child)));
      return;
    } else {
      const std::string status(json::GetString(outcome, "status"));
      const json::Object* output = json::GetObject(outcome, "output");
      if (const json::Value* alarms = output ? json::Find(*output, "TriggeredAlarms") : nullptr) {
        child["triggered_alarms"] = *alarms;
      }
      End(child, status,
          status == "Success" ? "" : "The child execution ended with status " + status + ".");
    }
    Follow();
  }

  void Cancel() {
    state_.Edit("cancelling") = true;
    for (size_t i = 0; i < Entries("children").size(); ++i) {
      if (json::GetString(Entry("children", i), "status") == "InProgress") {
        Close(state_.EditAt("children", i).as_object(), "Cancelled");
      }
    }
    Finish("Cancelled", "");  // effects in flight are forgotten: children are cancelled with them
  }

  void Refuse(std::string_view code, std::string message) {
    turn_.refused.emplace(std::string(code), std::move(message));
  }

  [[nodiscard]] Turn Take() {
    turn_.state = std::move(state_);
    turn_.status = status_;
    return std::move(turn_);
  }

 private:
  [[nodiscard]] const json::Array& Entries(std::string_view name) const {
    static const json::Array kNone;
    const json::Array* entries = json::GetArray(state_.view(), name);
    return entries ? *entries : kNone;
  }
  [[nodiscard]] const json::Object& Entry(std::string_view name, size_t index) const {
    return Entries(name).at(index).as_object();
  }

  void AddChild(const json::Object& target, size_t group) {
    json::Object child = target;
    child["group"] = static_cast<int64_t>(group);
    child["status"] = "Pending";
    child["id"] = execution_.id.substr(0, 24) + Digits(Entries("children").size());
    state_.Append("children", std::move(child));
  }
  static std::string Digits(size_t number) {
    std::string text = std::to_string(number);
    return std::string(12 - std::min<size_t>(12, text.size()), '0') + text;
  }

  void Begin() {
    state_.Edit("begun") = true;
    if (SearchOf(plan_)) {
      Find("");
    } else {
      Follow();
    }
  }

  /// One that rings ends it all: no child is started any more, and those that run are cancelled.
  void AlarmSeen(const json::Object& outcome) {
    AlarmReading reading = ReadAlarm(state_.view().at("alarm").as_object(), outcome);
    if (reading.triggered.empty()) {
      turn_.effects.push_back(AlarmPause(now_));
      if (!json::GetBool(state_.view(), "begun")) Begin();
      return;
    }
    for (size_t i = 0; i < Entries("children").size(); ++i) {
      if (json::GetString(Entry("children", i), "status") == "InProgress") {
        state_.EditAt("children", i).as_object()["triggered_alarms"] = reading.triggered;
      }
    }
    state_.Edit("failure_message") = std::move(reading.reason);
    state_.Edit("triggered_alarms") = std::move(reading.triggered);
    Cancel();
  }

  void Find(std::string_view token) {
    const TargetSearch search = *SearchOf(plan_);
    turn_.effects.push_back(Effect::Invoke(std::string(kFindKey), search.service, search.operation,
                                           search.InputOf(token), {}));
  }

  void Found(const json::Object& outcome) {
    if (const json::Object* error = json::GetObject(outcome, "error")) {
      Finish("Failed",
             "The targets could not be found: " + std::string(json::GetString(*error, "message")));
      return;
    }
    const json::Object* output = json::GetObject(outcome, "output");
    const std::string parameter(json::GetString(plan_, "target_parameter"));
    TargetSearch::Page page;
    if (output) page = SearchOf(plan_)->Read(*output);
    for (const TargetSearch::Target& target : page.targets) {
      if (Entries("children").size() >= kMaxTargets) break;
      AddChild({{"name", target.value},
                {"parameters", json::Object{{parameter, json::Array{target.value}}}}},
               0);
    }
    if (!page.next.empty() && Entries("children").size() < kMaxTargets) {
      Find(page.next);
      return;
    }
    if (Entries("children").empty()) {
      Finish("Failed", "No targets were found.");
      return;
    }
    Follow();
  }

  /// Starts what may be started; ends when nothing runs and nothing may.
  void Follow() {
    std::vector<int64_t> most_errors;
    for (size_t i = 0; i < Entries("groups").size(); ++i) {
      most_errors.push_back(Limit(i, "max_errors"));
    }
    bool busy = false;
    for (size_t i = 0; i < Entries("children").size(); ++i) {
      const json::Object& child = Entry("children", i);
      const auto at = static_cast<size_t>(json::GetInt(child, "group"));
      const json::Object& group = Entry("groups", at);
      if (json::GetString(child, "status") == "InProgress") busy = true;
      if (json::GetString(child, "status") != "Pending") continue;
      if (json::GetInt(group, "errors") > most_errors[at]) continue;
      if (json::GetInt(group, "running") >= json::GetInt(group, "width")) continue;
      const int64_t running = json::GetInt(group, "running") + 1;
      state_.EditAt("groups", at).as_object()["running"] = running;
      Launch(i, state_.EditAt("children", i).as_object());
      busy = true;
    }
    if (busy) return;
    bool exceeded = false;
    for (size_t i = 0; i < most_errors.size(); ++i) {
      exceeded = exceeded || json::GetInt(Entry("groups", i), "errors") > most_errors[i];
    }
    Finish(exceeded ? "Failed" : "Success",
           exceeded ? "More targets failed than MaxErrors allows." : "");
  }

  [[nodiscard]] int64_t Limit(size_t group, std::string_view name) const {
    int64_t total = 0;
    for (const json::Value& child : Entries("children")) {
      if (json::GetInt(child.as_object(), "group") == static_cast<int64_t>(group)) ++total;
    }
    const json::Object& spec = plan_.at("groups").at(group).as_object();
    const int64_t limit = RateLimit(json::GetString(spec, name), total).value_or(0);
    return name == "max_concurrency" ? std::max<int64_t>(limit, 1) : limit;
  }

  void Launch(size_t index, json::Object& child) {
    child["status"] = "InProgress";
    child["start_ms"] = ToMillis(now_);
    Announce(child);
    json::Object input = plan_.at("input").as_object();
    if (const json::Object* further = json::GetObject(child, "input")) {
      for (const auto& member : *further) input[member.key()] = member.value();
    }
    if (const json::Object* given = json::GetObject(child, "parameters")) {
      json::Object& parameters = ObjectAt(input, "Parameters");
      for (const auto& member : *given) parameters[member.key()] = member.value();
    }
    Effect::InvokeOptions options;
    options.scope = ScopeOf(child);
    options.role_arn = json::GetString(child, "role_arn");
    options.starts_child = true;
    turn_.effects.push_back(Effect::Invoke(std::to_string(index) + "/start", "ssm",
                                           "StartAutomationExecution", std::move(input), options));
  }

  void End(json::Object& child, const std::string& status, const std::string& message) {
    const auto at = static_cast<size_t>(json::GetInt(child, "group"));
    json::Object& group = state_.EditAt("groups", at).as_object();
    group["running"] = json::GetInt(group, "running") - 1;
    if (status == "Success") {
      group["width"] = std::min(json::GetInt(group, "width") * 2, Limit(at, "max_concurrency"));
    } else {
      group["errors"] = json::GetInt(group, "errors") + 1;
    }
    json::SetIfNotEmpty(child, "message", workflow::CleanText(message, 2000));
    Close(child, status);
  }

  void Close(json::Object& child, std::string_view status) {
    child["status"] = status;
    child["end_ms"] = ToMillis(now_);
    Announce(child);
  }

  void Finish(const std::string& status, const std::string& message) {
    if (!message.empty()) state_.Edit("failure_message") = message;
    turn_.finished = true;
    json::Array ids;
    for (const json::Value& child : Entries("children")) {
      if (const auto id = json::GetString(child.as_object(), "execution"); !id.empty()) {
        ids.emplace_back(id);
      }
    }
    json::Object output{{"Outputs", json::Object{{"Executions", std::move(ids)}}}};
    if (const json::Value* alarms = json::Find(state_.view(), "triggered_alarms")) {
      output["TriggeredAlarms"] = *alarms;
    }
    turn_.output = std::move(output);
    SetStatus(status);
  }

  void SetStatus(const std::string& status) {
    if (status_ == status) return;
    status_ = status;
    turn_.effects.push_back(ExecutionEvent(execution_, status_,
                                           json::GetString(state_.view(), "executed_by"),
                                           turn_.finished ? std::optional(now_) : std::nullopt));
  }

  void Announce(const json::Object& child) {
    StepChange change{std::string(json::GetString(child, "name")), std::string(kAction),
                      std::string(json::GetString(child, "status")),
                      FromMillis(json::GetInt(child, "start_ms")), std::nullopt};
    if (json::Find(child, "end_ms")) change.end = FromMillis(json::GetInt(child, "end_ms"));
    turn_.effects.push_back(StepEvent(execution_, change));
  }

  const Execution& execution_;
  const json::Object& plan_;
  TimePoint now_;
  State state_;
  std::string status_;
  Turn turn_;
};

}  // namespace

json::Object FanOutPlan::ToJson() const {
  json::Array all;
  for (const Group& group : groups) {
    json::Array list;
    for (const Target& target : group.targets) {
      json::Object entry{{"name", target.name}};
      if (!target.parameters.empty()) entry["parameters"] = target.parameters;
      if (!target.input.empty()) entry["input"] = target.input;
      if (target.scope) {
        entry["account"] = target.scope->account.str();
        entry["region"] = target.scope->region.str();
      }
      json::SetIfNotEmpty(entry, "role_arn", target.role_arn);
      list.emplace_back(std::move(entry));
    }
    all.push_back(json::Object{{"max_concurrency", group.max_concurrency},
                               {"max_errors", group.max_errors},
                               {"targets", std::move(list)}});
  }
  json::Object plan{{"input", input},
                    {"target_parameter", target_parameter},
                    {"groups", std::move(all)},
                    {"shown", shown},
                    {"cross_account", cross_account}};
  if (search) plan["search"] = search->ToJson();
  return {{kFanOut, std::move(plan)}};
}

bool IsFanOut(const Execution& execution) {
  return execution.definition->content.contains(kFanOut);
}

Turn AdvanceFanOut(const Execution& execution, State state, const Stimulus& stimulus) {
  FanOut fan_out(execution, std::move(state), stimulus.now);
  switch (stimulus.kind) {
    case Stimulus::Kind::kStart:
      fan_out.Start(stimulus.payload);
      break;
    case Stimulus::Kind::kEffect:
      fan_out.Resume(stimulus.key, stimulus.payload);
      break;
    case Stimulus::Kind::kSignal:
      fan_out.Refuse("InvalidAutomationSignalException",
                     "Signals go to the executions of the targets.");
      break;
    case Stimulus::Kind::kCancel:
      fan_out.Cancel();
      break;
  }
  return fan_out.Take();
}

json::Array DescribeTargets(const Execution& execution) {
  json::Array out;
  const json::Object& plan = execution.definition->content.at(kFanOut).as_object();
  const bool of_values = IsOfValues(plan);
  const json::Array* children = json::GetArray(execution.state, "children");
  for (const json::Value& entry : children ? *children : json::Array()) {
    const json::Object& child = entry.as_object();
    json::Object step{{"StepName", json::GetString(child, "name")},
                      {"Action", kAction},
                      {"StepExecutionId", json::GetString(child, "id")},
                      {"StepStatus", json::GetString(child, "status")}};
    for (const auto& [from, to] :
         {std::pair("start_ms", "ExecutionStartTime"), std::pair("end_ms", "ExecutionEndTime")}) {
      if (json::Find(child, from)) step[to] = ToSeconds(FromMillis(json::GetInt(child, from)));
    }
    json::SetIfNotEmpty(step, "FailureMessage", json::GetString(child, "message"));
    if (const auto id = json::GetString(child, "execution"); !id.empty()) {
      step["Outputs"] = json::Object{{"ExecutionId", json::Array{id}},
                                     {"Status", json::Array{json::GetString(child, "status")}}};
    }
    if (const json::Array* alarms = json::GetArray(child, "triggered_alarms")) {
      step["TriggeredAlarms"] = *alarms;
    }
    if (of_values) {
      step["Targets"] = json::Array{json::Object{
          {"Key", "ParameterValues"}, {"Values", json::Array{json::GetString(child, "name")}}}};
    } else if (const json::Object* input = json::GetObject(child, "input")) {
      if (const json::Array* targets = json::GetArray(*input, "Targets")) {
        step["Targets"] = *targets;
      }
    }
    if (json::Find(child, "account")) {
      step["TargetLocation"] =
          json::Object{{"Accounts", json::Array{json::GetString(child, "account")}},
                       {"Regions", json::Array{json::GetString(child, "region")}}};
    }
    out.emplace_back(std::move(step));
  }
  return out;
}

std::string TargetOf(const Execution& parent, std::string_view child) {
  if (!IsOfValues(parent.definition->content.at(kFanOut).as_object())) return "";
  const json::Array* children = json::GetArray(parent.state, "children");
  for (const json::Value& entry : children ? *children : json::Array()) {
    const json::Object& one = entry.as_object();
    if (json::GetString(one, "execution") == child) {
      return std::string(json::GetString(one, "name"));
    }
  }
  return "";
}

void DescribeFanOut(const Execution& execution, bool whole, json::Object& out) {
  const json::Object& plan = execution.definition->content.at(kFanOut).as_object();
  for (const auto& member : plan.at("shown").as_object()) out[member.key()] = member.value();
  out["AutomationType"] = json::GetBool(plan, "cross_account") ? "CrossAccount" : "Local";
  int64_t success = 0, failed = 0, cancelled = 0, timed_out = 0;
  json::Array values;
  const json::Array* children = json::GetArray(execution.state, "children");
  for (const json::Value& entry : children ? *children : json::Array()) {
    const std::string_view status = json::GetString(entry.as_object(), "status");
    if (status == "Success") ++success;
    if (status == "Failed") ++failed;
    if (status == "Cancelled") ++cancelled;
    if (status == "TimedOut") ++timed_out;
    values.emplace_back(json::GetString(entry.as_object(), "name"));
  }
  if (!whole) {
    out["ResolvedTargets"] = json::Object{{"ParameterValues", json::Array()}, {"Truncated", true}};
    return;
  }
  out.erase("AutomationType");  // of metadata only
  out["ProgressCounters"] = json::Object{{"TotalSteps", values.size()},
                                         {"SuccessSteps", success},
                                         {"FailedSteps", failed},
                                         {"CancelledSteps", cancelled},
                                         {"TimedOutSteps", timed_out}};
  out["ResolvedTargets"] =
      json::Object{{"ParameterValues", std::move(values)}, {"Truncated", false}};
}

}  // namespace riposte::automation
