// Actions that bring instances and images to a state and wait until they are there.
#include <algorithm>
#include <array>

#include "workflow/automation/action.h"
#include "workflow/automation/expression.h"

namespace riposte::automation {
namespace {

constexpr Millis kPollFirst{2000};
constexpr Millis kPollMost{15'000};

void PollLater(StepContext& step) {
  const int64_t polls = json::GetInt(step.memory, "polls");
  step.memory["polls"] = polls + 1;
  step.Sleep("wait", std::min(kPollFirst * (polls + 1), kPollMost));
}

json::Array Texts(const json::Value& value) {
  json::Array out;
  for (const std::string& text : ToTexts(value)) out.emplace_back(text);
  return out;
}

json::Array InstanceIds(const StepContext& step) {
  return Texts(*json::Find(step.inputs, "InstanceIds"));
}

std::string DesiredState(const StepContext& step) {
  return ToText(Unwrap(*json::Find(step.inputs, "DesiredState")));
}

bool Flag(const StepContext& step, std::string_view name) {
  const json::Value* value = json::Find(step.inputs, name);
  return value && ToBoolean(*value).value_or(false);
}

// ── aws:changeInstanceState ─────────────────────────────────────────────────────────────────

Status CheckState(const json::Object& inputs) {
  const json::Value& desired = *json::Find(inputs, "DesiredState");
  const std::string text = ToText(desired);
  if (text == "running" || text == "stopped" || text == "terminated" ||
      !ReferencesIn(desired).empty()) {
    return {};
  }
  return Fail(Code::kInvalidArgument, "DesiredState must be running, stopped or terminated");
}

Progress Describe(StepContext& step) {
  step.Invoke("describe", "ec2", "DescribeInstances", {{"InstanceIds", InstanceIds(step)}});
  return Progress::Running();
}

Progress StartState(StepContext& step) {
  const std::string desired = DesiredState(step);
  if (Flag(step, "CheckStateOnly")) return Describe(step);
  json::Object input{{"InstanceIds", InstanceIds(step)}};
  std::string operation;
  if (desired == "running") {
    operation = "StartInstances";
    if (const json::Value* info = json::Find(step.inputs, "AdditionalInfo")) {
      input["AdditionalInfo"] = ToText(*info);
    }
  } else if (desired == "stopped") {
    operation = "StopInstances";
    if (Flag(step, "Force")) input["Force"] = true;
  } else if (desired == "terminated") {
    operation = "TerminateInstances";
  } else {
    return Progress::Failed("Input", "InvalidInput",
                            "DesiredState must be running, stopped or terminated.");
  }
  step.memory["operation"] = operation;
  step.Invoke("set", "ec2", operation, std::move(input));
  return Progress::Running();
}

std::vector<std::string> StatesIn(const json::Object& reply) {
  std::vector<std::string> states;
  const json::Array* reservations = json::GetArray(reply, "Reservations");
  for (const json::Value& reservation : reservations ? *reservations : json::Array()) {
    const json::Array* instances =
        reservation.is_object() ? json::GetArray(reservation.get_object(), "Instances") : nullptr;
    for (const json::Value& instance : instances ? *instances : json::Array()) {
      const json::Object* state =
          instance.is_object() ? json::GetObject(instance.get_object(), "State") : nullptr;
      states.emplace_back(state ? json::GetString(*state, "Name") : "");
    }
  }
  return states;
}

Progress InState(StepContext& step, const std::string& state) {
  json::Array states;
  for (size_t i = 0; i < InstanceIds(step).size(); ++i) states.emplace_back(state);
  return Progress::Success({{"InstanceStates", std::move(states)}});
}

Progress StatesSeen(StepContext& step, const json::Object& outcome) {
  const std::string desired = DesiredState(step);
  if (auto failed = FailureOf(outcome, "DescribeInstances")) {
    // A terminated instance may be forgotten before it is looked at.
    if (desired == "terminated" && failed->type == "InvalidInstanceID.NotFound") {
      return InState(step, desired);
    }
    return std::move(*failed);
  }
  const std::vector<std::string> states = StatesIn(OutputOf(outcome));
  const auto is = [](std::string_view wanted) {
    return [wanted](const std::string& state) { return state == wanted; };
  };
  if (states.size() < InstanceIds(step).size() || !std::ranges::all_of(states, is(desired))) {
    if (desired != "terminated" && std::ranges::any_of(states, is("terminated"))) {
      return Progress::Failed("Verification", "InstanceTerminated",
                              "An instance is terminated and cannot become " + desired + ".");
    }
    PollLater(step);
    return Progress::Running();
  }
  const bool has_checks =
      !step.find_api || step.find_api("ec2", "DescribeInstanceStatus").has_value();
  if (desired != "running" || !has_checks) return InState(step, desired);
  step.Invoke("checks", "ec2", "DescribeInstanceStatus", {{"InstanceIds", InstanceIds(step)}});
  return Progress::Running();
}

Progress ChecksSeen(StepContext& step, const json::Object& outcome) {
  if (auto failed = FailureOf(outcome, "DescribeInstanceStatus")) return std::move(*failed);
  const json::Array* statuses = json::GetArray(OutputOf(outcome), "InstanceStatuses");
  size_t ok = 0;
  for (const json::Value& entry : statuses ? *statuses : json::Array()) {
    if (!entry.is_object()) continue;
    const auto passed = [&entry](std::string_view key) {
      const json::Object* status = json::GetObject(entry.get_object(), key);
      return status && json::GetString(*status, "Status") == "ok";
    };
    if (passed("InstanceStatus") && passed("SystemStatus")) ++ok;
  }
  if (ok >= InstanceIds(step).size()) return InState(step, "running");
  PollLater(step);
  return Progress::Running();
}

Progress StateChanged(StepContext& step, std::string_view effect, const json::Object& outcome) {
  if (effect == "set") {
    if (auto failed = FailureOf(outcome, json::GetString(step.memory, "operation"))) {
      return std::move(*failed);
    }
    return Describe(step);
  }
  if (effect == "describe") return StatesSeen(step, outcome);
  if (effect == "checks") return ChecksSeen(step, outcome);
  return Describe(step);
}

// ── aws:createImage, aws:deleteImage ─────────────────────────────────────────

Progress StartCreateImage(StepContext& step) {
  json::Object input{{"InstanceId", ToText(Unwrap(*json::Find(step.inputs, "InstanceId")))},
                     {"Name", ToText(*json::Find(step.inputs, "ImageName"))}};
  if (const json::Value* text = json::Find(step.inputs, "ImageDescription")) {
    input["Description"] = ToText(*text);
  }
  if (json::Find(step.inputs, "NoReboot")) input["NoReboot"] = Flag(step, "NoReboot");
  if (const json::Value* mappings = json::Find(step.inputs, "BlockDeviceMappings")) {
    input["BlockDeviceMappings"] = ToList(*mappings);
  }
  step.memory["operation"] = "CreateImage";
  step.Invoke("make", "ec2", "CreateImage", std::move(input));
  return Progress::Running();
}

Progress DescribeImage(StepContext& step) {
  step.Invoke("describe", "ec2", "DescribeImages",
              {{"ImageIds", json::Array{step.memory["image"]}}});
  return Progress::Running();
}

const json::Object* ImageIn(const json::Object& outcome) {
  const json::Array* images = json::GetArray(OutputOf(outcome), "Images");
  return images && !images->empty() ? images->front().if_object() : nullptr;
}

Progress ImageMade(StepContext& step, std::string_view effect, const json::Object& outcome) {
  if (effect == "wait") return DescribeImage(step);
  if (effect == "make") {
    if (auto failed = FailureOf(outcome, json::GetString(step.memory, "operation"))) {
      return std::move(*failed);
    }
    step.memory["image"] = json::GetString(OutputOf(outcome), "ImageId");
    return DescribeImage(step);
  }
  if (auto failed = FailureOf(outcome, "DescribeImages")) return std::move(*failed);
  const json::Object* image = ImageIn(outcome);
  const std::string state(image ? json::GetString(*image, "State") : "");
  if (state == "available") {
    return Progress::Success({{"ImageId", step.memory["image"]}, {"ImageState", state}});
  }
  if (state == "failed" || state == "error" || state == "invalid") {
    return Progress::Failed("Verification", "ImageFailed", "The image is in state " + state + ".");
  }
  PollLater(step);
  return Progress::Running();
}

Progress StartDeleteImage(StepContext& step) {
  step.memory["image"] = ToText(Unwrap(*json::Find(step.inputs, "ImageId")));
  return DescribeImage(step);
}

Progress DeleteNextSnapshot(StepContext& step) {
  json::Array& snapshots = step.memory["snapshots"].as_array();
  if (snapshots.empty()) return Progress::Success();
  const json::Value snapshot = snapshots.back();
  snapshots.pop_back();
  step.Invoke("snapshot", "ec2", "DeleteSnapshot", {{"SnapshotId", snapshot}});
  return Progress::Running();
}

Progress ImageDeleted(StepContext& step, std::string_view effect, const json::Object& outcome) {
  if (effect == "describe") {
    if (auto failed = FailureOf(outcome, "DescribeImages")) return std::move(*failed);
    json::Array snapshots;
    const json::Object* image = ImageIn(outcome);
    const json::Array* mappings = image ? json::GetArray(*image, "BlockDeviceMappings") : nullptr;
    for (const json::Value& mapping : mappings ? *mappings : json::Array()) {
      const json::Object* ebs =
          mapping.is_object() ? json::GetObject(mapping.get_object(), "Ebs") : nullptr;
      const std::string_view id = ebs ? json::GetString(*ebs, "SnapshotId") : "";
      if (!id.empty()) snapshots.emplace_back(id);
    }
    step.memory["snapshots"] = std::move(snapshots);
    step.Invoke("deregister", "ec2", "DeregisterImage", {{"ImageId", step.memory["image"]}});
    return Progress::Running();
  }
  if (auto failed =
          FailureOf(outcome, effect == "snapshot" ? "DeleteSnapshot" : "DeregisterImage")) {
    return std::move(*failed);
  }
  return DeleteNextSnapshot(step);
}

const std::array<Action, 3> kActions = {{
    {.name = "aws:changeInstanceState",
     .required = {"InstanceIds", "DesiredState"},
     .default_timeout_seconds = 3600,
     .raw_outputs = true,
     .check = CheckState,
     .start = StartState,
     .resume = StateChanged},
    {.name = "aws:createImage",
     .required = {"InstanceId", "ImageName"},
     .default_timeout_seconds = 3600,
     .raw_outputs = true,
     .start = StartCreateImage,
     .resume = ImageMade},
    {.name = "aws:deleteImage",
     .required = {"ImageId"},
     .default_timeout_seconds = 3600,
     .start = StartDeleteImage,
     .resume = ImageDeleted},
}};

}  // namespace

std::span<const Action> ComputeActions() {
  return kActions;
}

}  // namespace riposte::automation
