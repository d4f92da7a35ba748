// Actions that make, copy and delete machine images.
#include <array>

#include "workflow/automation/action.h"
#include "workflow/automation/expression.h"

namespace riposte::automation {
namespace {

// ── aws:createImage, aws:copyImage ──────────────────────────────────────────────────────────

Progress StartCreateImage(StepContext& step) {
  json::Object input{{"InstanceId", ToText(Unwrap(*json::Find(step.inputs, "InstanceId")))},
                     {"Name", ToText(*json::Find(step.inputs, "ImageName"))}};
  if (const json::Value* text = json::Find(step.inputs, "ImageDescription")) {
    input["Description"] = ToText(*text);
  }
  if (const json::Value* value = json::Find(step.inputs, "NoReboot")) {
    input["NoReboot"] = ToBoolean(*value).value_or(false);
  }
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

Progress StartCopyImage(StepContext& step) {
  json::Object input{{"Name", InputText(step, "ImageName")},
                     {"SourceRegion", InputText(step, "SourceRegion")},
                     {"SourceImageId", InputText(step, "SourceImageId")}};
  if (json::Find(step.inputs, "ImageDescription")) {
    input["Description"] = InputText(step, "ImageDescription");
  }
  CopyInputs(step, {"Encrypted", "KmsKeyId", "ClientToken"}, input);
  step.memory["operation"] = "CopyImage";
  if (auto failed = step.InvokeIfOffered("make", "ec2", "CopyImage", std::move(input))) {
    return std::move(*failed);
  }
  return Progress::Running();
}

// ── aws:deleteImage ─────────────────────────────────────────────────────────────────────────

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
    {.name = "aws:createImage",
     .required = {"InstanceId", "ImageName"},
     .default_timeout_seconds = 3600,
     .raw_outputs = true,
     .start = StartCreateImage,
     .resume = ImageMade},
    {.name = "aws:copyImage",
     .required = {"SourceRegion", "SourceImageId", "ImageName"},
     .default_timeout_seconds = 3600,
     .raw_outputs = true,
     .start = StartCopyImage,
     .resume = ImageMade},
    {.name = "aws:deleteImage",
     .required = {"ImageId"},
     .default_timeout_seconds = 3600,
     .start = StartDeleteImage,
     .resume = ImageDeleted},
}};

}  // namespace

std::span<const Action> ImageActions() {
  return kActions;
}

}  // namespace riposte::automation
