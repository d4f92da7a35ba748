// Actions that start instances or bring them to a state, and wait until they are there.
#include <algorithm>
#include <array>

#include "workflow/automation/action.h"
#include "workflow/automation/expression.h"

namespace riposte::automation {
namespace {

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

/// How many instances passed both status checks; nullopt when the call failed.
std::optional<size_t> PassedChecks(const json::Object& outcome) {
  if (FailureOf(outcome, "DescribeInstanceStatus")) return std::nullopt;
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
  return ok;
}

Progress ChecksSeen(StepContext& step, const json::Object& outcome) {
  const auto passed = PassedChecks(outcome);
  if (!passed) return *FailureOf(outcome, "DescribeInstanceStatus");
  if (*passed >= InstanceIds(step).size()) return InState(step, "running");
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

// ── aws:runInstances ────────────────────────────────────────────────────────────────────────

Status CheckRun(const json::Object& inputs) {
  const auto count = [&inputs](std::string_view name) -> std::optional<int64_t> {
    const json::Value* value = json::Find(inputs, name);
    return value && ReferencesIn(*value).empty() ? ToInteger(*value).value_or(0) : 1;
  };
  if (count("MinInstanceCount") < 1 || count("MaxInstanceCount") < 1) {
    return Fail(Code::kInvalidArgument,
                "MinInstanceCount and MaxInstanceCount must be whole numbers of at least 1");
  }
  return {};
}

/// Waits for the instances of `memory` in the state of `memory`, as aws:changeInstanceState does.
Progress DescribeNew(StepContext& step) {
  step.Invoke("describe", "ec2", "DescribeInstances", {{"InstanceIds", step.memory["ids"]}});
  return Progress::Running();
}

Progress StartRun(StepContext& step) {
  json::Object input;
  CopyInputs(step,
             {"ImageId",
              "InstanceType",
              "KeyName",
              "SubnetId",
              "SecurityGroupIds",
              "UserData",
              "BlockDeviceMappings",
              "TagSpecifications",
              "MetadataOptions",
              "Monitoring",
              "Placement",
              "PrivateIpAddress",
              "NetworkInterfaces",
              "EbsOptimized",
              "DisableApiTermination",
              "InstanceInitiatedShutdownBehavior",
              "RamdiskId",
              "KernelId",
              "AdditionalInfo",
              "LaunchTemplate"},
             input);
  if (const json::Value* names = json::Find(step.inputs, "SecurityGroups")) {
    input["SecurityGroups"] = *names;
  }
  if (!input.contains("InstanceType") && !input.contains("LaunchTemplate")) {
    input["InstanceType"] = "m1.small";  // the action's documented default
  }
  const json::Value* least = json::Find(step.inputs, "MinInstanceCount");
  const json::Value* most = json::Find(step.inputs, "MaxInstanceCount");
  input["MinCount"] = least ? *least : json::Value(1);
  input["MaxCount"] = most ? *most : input["MinCount"];
  json::Object profile;
  if (const std::string name = InputText(step, "IamInstanceProfileName"); !name.empty()) {
    profile["Name"] = name;
  }
  if (const std::string arn = InputText(step, "IamInstanceProfileArn"); !arn.empty()) {
    profile["Arn"] = arn;
  }
  if (!profile.empty()) input["IamInstanceProfile"] = std::move(profile);
  if (auto failed = step.InvokeIfOffered("run", "ec2", "RunInstances", std::move(input))) {
    return std::move(*failed);
  }
  return Progress::Running();
}

Progress InstancesRan(StepContext& step, std::string_view effect, const json::Object& outcome) {
  if (effect == "run") {
    if (auto failed = FailureOf(outcome, "RunInstances")) return std::move(*failed);
    json::Array ids;
    const json::Array* instances = json::GetArray(OutputOf(outcome), "Instances");
    for (const json::Value& instance : instances ? *instances : json::Array()) {
      if (const json::Object* one = instance.if_object()) {
        ids.emplace_back(json::GetString(*one, "InstanceId"));
      }
    }
    step.memory["ids"] = std::move(ids);
    return DescribeNew(step);
  }
  if (effect == "wait") return DescribeNew(step);
  const json::Array ids = step.memory["ids"].as_array();
  const auto done = [&ids] {
    json::Array states(ids.size(), json::Value("running"));
    return Progress::Success({{"InstanceIds", ids}, {"InstanceStates", std::move(states)}});
  };
  if (effect == "checks") {
    const auto passed = PassedChecks(outcome);
    if (!passed) return *FailureOf(outcome, "DescribeInstanceStatus");
    if (*passed >= ids.size()) return done();
    PollLater(step);
    return Progress::Running();
  }
  if (auto failed = FailureOf(outcome, "DescribeInstances")) return std::move(*failed);
  const std::vector<std::string> states = StatesIn(OutputOf(outcome));
  for (const std::string& state : states) {
    if (state == "terminated" || state == "shutting-down" || state == "stopped") {
      return Progress::Failed("Verification", "InstanceNotRunning",
                              "An instance became " + state + " before it was running.");
    }
  }
  if (states.size() < ids.size() ||
      !std::ranges::all_of(states, [](const std::string& s) { return s == "running"; })) {
    PollLater(step);
    return Progress::Running();
  }
  if (step.find_api && !step.find_api("ec2", "DescribeInstanceStatus")) return done();
  step.Invoke("checks", "ec2", "DescribeInstanceStatus", {{"InstanceIds", ids}});
  return Progress::Running();
}

const std::array<Action, 2> kActions = {{
    {.name = "aws:changeInstanceState",
     .required = {"InstanceIds", "DesiredState"},
     .default_timeout_seconds = 3600,
     .raw_outputs = true,
     .check = CheckState,
     .start = StartState,
     .resume = StateChanged},
    {.name = "aws:runInstances",
     .required = {"ImageId"},
     .default_timeout_seconds = 3600,
     .raw_outputs = true,
     .check = CheckRun,
     .start = StartRun,
     .resume = InstancesRan},
}};

}  // namespace

std::span<const Action> ComputeActions() {
  return kActions;
}

}  // namespace riposte::automation
