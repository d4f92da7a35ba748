// A runbook: an Automation document of schemaVersion 0.3, parsed and validated.
//
// Load() is where everything that can be known before an execution is checked, so that a bad
// document is refused when it is created. Numbers and booleans are read leniently ("600", "true"),
// as real documents hold them. Source: spec 2.1–2.3. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/json.h"
#include "workflow/automation/parameter.h"

namespace riposte::automation {

struct Action;  // workflow/automation/action.h

struct StepOutput {
  std::string name;
  std::string selector;
  std::string type;
};

struct Step {
  std::string name;
  std::string description;
  const Action* action = nullptr;
  json::Object inputs;  ///< As written, with references.
  int64_t max_attempts = 1;
  json::Value timeout_seconds;  ///< Null for the action's default; may be a reference.
  enum class OnFailure { kAbort, kContinue, kStep } on_failure = OnFailure::kAbort;
  std::string on_failure_step;
  bool is_critical = true;
  bool is_end = false;
  std::string next_step;
  std::string on_cancel_step;
  std::vector<StepOutput> outputs;
  std::vector<Step> inner;  ///< Of aws:loop.

  [[nodiscard]] std::string OnFailureText() const;  ///< "Abort", "Continue", "step:X".
};

struct Document {
  std::string description;
  std::string assume_role;  ///< As written: "", an ARN or "{{ Param }}".
  std::vector<Parameter> parameters;
  std::vector<Parameter> variables;
  std::vector<Step> steps;
  std::vector<std::string> outputs;                       ///< "Step.Output" or "variable:name".
  std::map<std::string, std::string, std::less<>> files;  ///< Name -> SHA-256 in hex, "" for any.
  /// Bodies of attached files by name, packages (.zip) in base64. Not part of the text of a
  /// document: what is stored with it reaches an execution in the member kAttachments of its
  /// definition.
  std::map<std::string, std::string, std::less<>> attachments;
  static constexpr std::string_view kAttachments = "$attachments";

  /// Errors: kInvalidArgument, with "InvalidDocumentContent" or "InvalidDocumentSchemaVersion" in
  /// `detail` and the reason in `message`.
  [[nodiscard]] static Result<Document> Load(const json::Value& content);

  [[nodiscard]] const Parameter* FindParameter(std::string_view name) const;
  [[nodiscard]] const Parameter* FindVariable(std::string_view name) const;
  /// Also inside loops. `parent` gets the loop, or nullptr.
  [[nodiscard]] const Step* FindStep(std::string_view name, const Step** parent = nullptr) const;
};

enum class Format { kJson, kYaml };

/// Text to value, within the bounds for documents (64 KB is the caller's check). The same error
/// detail as Load.
[[nodiscard]] Result<json::Value> ParseDocumentText(std::string_view text, Format format);

}  // namespace riposte::automation
