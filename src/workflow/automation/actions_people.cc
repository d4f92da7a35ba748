// Actions that wait for people: aws:pause and aws:approve.
//
// An approval is about a plan: the steps that would follow, with every reference replaced that has
// a value (Run writes it into `memory` and keeps it current). Each decision carries the digest of
// the plan it was about, and only decisions about the current plan count.
#include <algorithm>
#include <array>

#include "workflow/automation/action.h"
#include "workflow/automation/expression.h"

namespace riposte::automation {
namespace {

constexpr int64_t kMaxApprovers = 10;
constexpr size_t kMaxMailedPlanBytes = 16 * 1024;

std::unexpected<Error> Bad(std::string message) {
  return Fail(Code::kInvalidArgument, std::move(message));
}

// ── aws:pause ───────────────────────────────────────────────────────────────────────────────

Progress StartPause(StepContext&) {
  return Progress::Waiting();
}

SignalResult SignalPause(StepContext&, std::string_view name, const json::Object&) {
  if (name != "Resume") {
    return {std::nullopt, "Signal " + std::string(name) + " does not fit a paused step."};
  }
  return {Progress::Success(), ""};
}

// ── aws:approve ─────────────────────────────────────────────────────────────────────────────

Status CheckApprove(const json::Object& inputs) {
  const json::Value& approvers = *json::Find(inputs, "Approvers");
  const bool open = !ReferencesIn(approvers).empty();
  if (!approvers.is_array() && !open) return Bad("Approvers must be a list");
  if (approvers.is_array() &&
      (approvers.get_array().empty() || approvers.get_array().size() > kMaxApprovers)) {
    return Bad("Approvers must have 1 to 10 entries");
  }
  if (const json::Value* message = json::Find(inputs, "Message");
      message && ToText(*message).size() > 4096) {
    return Bad("Message is longer than 4096 characters");
  }
  if (const json::Value* topic = json::Find(inputs, "NotificationArn");
      topic && ReferencesIn(*topic).empty() && !ToText(*topic).starts_with("arn:")) {
    return Bad("NotificationArn must be the ARN of a topic");
  }
  if (const json::Value* min = json::Find(inputs, "MinRequiredApprovals");
      min && ReferencesIn(*min).empty()) {
    const auto number = ToInteger(*min);
    if (!number || *number < 1 || *number > kMaxApprovers ||
        (approvers.is_array() && !open &&
         *number > static_cast<int64_t>(approvers.get_array().size()))) {
      return Bad("MinRequiredApprovals must be between 1 and the number of approvers");
    }
  }
  return {};
}

std::string PlanText(const StepContext& step) {
  std::string text;
  const json::Array* plan = json::GetArray(step.memory, "plan");
  for (const json::Value& entry : plan ? *plan : json::Array()) {
    text += "- " + ToText(entry) + "\n";
    if (text.size() > kMaxMailedPlanBytes) return text.substr(0, kMaxMailedPlanBytes) + "…\n";
  }
  return text;
}

std::string_view Digest(const StepContext& step) {
  return json::GetString(step.memory, "digest");
}

/// Decisions to approve what would run now.
int64_t CountApprovals(const StepContext& step) {
  return std::ranges::count_if(step.memory.at("decisions").as_array(), [&](const json::Value& d) {
    return json::GetString(d.as_object(), "Digest") == Digest(step);
  });
}

json::Array ShownDecisions(const StepContext& step) {
  json::Array shown;
  for (const json::Value& decision : step.memory.at("decisions").as_array()) {
    json::Object entry = decision.as_object();
    if (json::GetString(entry, "Digest") != Digest(step)) entry["Decision"] = "Void";
    entry.erase("Digest");
    shown.emplace_back(std::move(entry));
  }
  return shown;
}

void Show(StepContext& step, std::string_view status) {
  step.outputs["ApprovalStatus"] = status;
  step.outputs["ApproverDecisions"] = ShownDecisions(step);
}

Progress StartApprove(StepContext& step) {
  const std::vector<std::string> approvers = ToTexts(*json::Find(step.inputs, "Approvers"));
  const int64_t needed =
      json::Find(step.inputs, "MinRequiredApprovals")
          ? ToInteger(*json::Find(step.inputs, "MinRequiredApprovals")).value_or(0)
          : 1;
  if (approvers.empty() || approvers.size() > kMaxApprovers || needed < 1 ||
      needed > static_cast<int64_t>(approvers.size())) {
    return Progress::Failed(
        "Input", "InvalidInput",
        "MinRequiredApprovals must be between 1 and the number of approvers (at most 10).");
  }
  step.memory["needed"] = needed;
  step.memory["decisions"] = json::Array();
  Show(step, "Waiting");
  if (const std::string topic = InputText(step, "NotificationArn"); !topic.empty()) {
    step.Invoke("notify", "sns", "Publish",
                {{"TopicArn", topic},
                 {"Subject", "Approval required: " + step.execution.name.substr(0, 60)},
                 {"Message", "Automation execution " + step.execution.id + " of " +
                                 step.execution.name + " waits for approval.\n" +
                                 InputText(step, "Message") + "\nWhat would run:\n" +
                                 PlanText(step) + "Plan digest: " + std::string(Digest(step))}});
  }
  return Progress::Waiting();
}

/// The approver was told, or could not be: either way the step waits. After the time limit it was
/// the escalation.
Progress ApproversTold(StepContext& step, std::string_view effect, const json::Object& outcome) {
  if (effect == "escalate") {
    Progress progress{Progress::Kind::kTimedOut, {}, "Verification", "TimedOut", ""};
    const auto failed = FailureOf(outcome, "Publish");
    progress.message = "Step timed out while step is waiting for approval. " +
                       (failed ? "The escalation topic could not be told: " + failed->message
                               : "The escalation topic was told.");
    return progress;
  }
  if (const auto failed = FailureOf(outcome, "Publish")) step.memory["notify"] = failed->message;
  return Progress::Waiting();
}

bool EscalateApproval(StepContext& step) {
  if (step.settings.escalation_topic.empty()) return false;
  step.Invoke("escalate", "sns", "Publish",
              {{"TopicArn", step.settings.escalation_topic},
               {"Subject", "Approval timed out: " + step.execution.name.substr(0, 60)},
               {"Message", "Nobody approved automation execution " + step.execution.id + " of " +
                               step.execution.name + " in time.\n" + InputText(step, "Message") +
                               "\nWhat would have run:\n" + PlanText(step)}});
  return true;
}

bool IsApprover(const std::string& approver, const json::Object& payload) {
  const std::string_view arn = json::GetString(payload, "caller_arn");
  const std::string_view role = json::GetString(payload, "caller_role_arn");
  if (approver == arn || (!role.empty() && approver == role)) return true;
  // A bare user name stands for the user of the account.
  const size_t user = arn.find(":user/");
  return user != std::string_view::npos && approver.find(':') == std::string::npos &&
         arn.substr(arn.rfind('/') + 1) == approver;
}

SignalResult SignalApprove(StepContext& step, std::string_view name, const json::Object& payload) {
  const auto refuse = [](std::string text) { return SignalResult{std::nullopt, std::move(text)}; };
  if (name != "Approve" && name != "Reject") {
    return refuse("Signal " + std::string(name) + " does not fit an approval step.");
  }
  const std::vector<std::string> approvers = ToTexts(*json::Find(step.inputs, "Approvers"));
  if (std::ranges::none_of(approvers,
                           [&](const std::string& a) { return IsApprover(a, payload); })) {
    return refuse("The caller is not one of the approvers of the step.");
  }
  const std::string_view caller = json::GetString(payload, "caller_arn");
  if (name == "Approve" && !step.settings.self_approval && caller == step.executed_by) {
    return refuse("Whoever started the execution cannot approve it.");
  }
  if (const std::string_view seen = json::GetString(payload, "PlanDigest");
      !seen.empty() && seen != Digest(step)) {
    return refuse("What would run is no longer what the approval was given for.");
  }
  json::Array& decisions = step.memory["decisions"].as_array();
  for (const json::Value& decision : decisions) {
    if (json::GetString(decision.as_object(), "Approver") == caller &&
        json::GetString(decision.as_object(), "Digest") == Digest(step)) {
      return refuse("The caller has already decided.");
    }
  }
  json::Object decision{{"Approver", caller},
                        {"Decision", name == "Approve" ? "Approved" : "Rejected"},
                        {"Timestamp", FormatIso8601(step.now)},
                        {"Digest", Digest(step)}};
  json::SetIfNotEmpty(decision, "Comment", json::GetString(payload, "Comment"));
  decisions.emplace_back(std::move(decision));
  if (name == "Reject") {
    Show(step, "Rejected");
    return {Progress::Failed("Verification", "Rejected",
                             "The approval was rejected by " + std::string(caller) + "."),
            ""};
  }
  if (CountApprovals(step) < json::GetInt(step.memory, "needed", 1)) {
    Show(step, "Waiting");
    return {Progress::Waiting(), ""};
  }
  Show(step, "Approved");
  return {Progress::Success(step.outputs), ""};
}

const std::array<Action, 2> kActions = {{
    {.name = "aws:pause", .start = StartPause, .signal = SignalPause},
    {.name = "aws:approve",
     .required = {"Approvers"},
     .default_timeout_seconds = 604'800,
     .max_timeout_seconds = 2'592'000,
     .raw_outputs = true,
     .check = CheckApprove,
     .start = StartApprove,
     .resume = ApproversTold,
     .signal = SignalApprove,
     .timed_out = EscalateApproval},
}};

}  // namespace

std::span<const Action> PeopleActions() {
  return kActions;
}

}  // namespace riposte::automation
