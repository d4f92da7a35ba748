#include "services/securityhub/findings.h"

#include <array>

#include "access/crypto.h"

namespace riposte::securityhub {
namespace {

struct SeverityBand {
  std::string_view label;
  int64_t lowest;
};
/// Source: "Severity", ASFF top-level attributes.
constexpr std::array kBands = {SeverityBand{"CRITICAL", 90}, SeverityBand{"HIGH", 70},
                               SeverityBand{"MEDIUM", 40}, SeverityBand{"LOW", 1},
                               SeverityBand{"INFORMATIONAL", 0}};

/// Label and Normalized say the same: the label wins where both are given.
void CompleteSeverity(json::Object& severity) {
  const auto label = json::GetString(severity, "Label");
  for (const SeverityBand& band : kBands) {
    if (!label.empty()) {
      if (label != band.label) continue;
      severity["Normalized"] = band.lowest;
      return;
    }
    if (json::GetInt(severity, "Normalized") >= band.lowest) {
      severity["Label"] = band.label;
      return;
    }
  }
}

json::Object NoteFrom(const json::Object& update, TimePoint now) {
  return {{"Text", json::GetString(update, "Text")},
          {"UpdatedBy", json::GetString(update, "UpdatedBy")},
          {"UpdatedAt", FormatIso8601(now, true)}};
}

}  // namespace

std::string CorrelationOf(const FindingKey& key) {
  return "inc-" + access::Sha256Hex(key.product_arn + "\n" + key.id).substr(0, 16);
}

std::string WorkflowStatus(const json::Object& finding) {
  const json::Object* workflow = json::GetObject(finding, "Workflow");
  return std::string(workflow ? json::GetString(*workflow, "Status", "NEW") : "NEW");
}

json::Object MergeImport(json::Object imported, const json::Object* stored, const api::Call& call) {
  if (!imported.contains("Severity")) imported["Severity"] = json::Object();
  CompleteSeverity(imported["Severity"].as_object());
  const auto product_arn = json::GetString(imported, "ProductArn");
  const auto id = json::GetString(imported, "Id");
  if (!imported.contains("Region")) imported["Region"] = call.scope.region.str();
  if (!imported.contains("RecordState")) imported["RecordState"] = "ACTIVE";
  if (!imported.contains("ProductFields")) imported["ProductFields"] = json::Object();
  imported["ProductFields"].as_object()["aws/securityhub/FindingId"] =
      std::string(product_arn) + "/" + std::string(id);
  if (!imported.contains("FindingProviderFields")) {
    json::Object provider;
    provider["Severity"] = imported["Severity"];
    if (const json::Value* types = json::Find(imported, "Types")) provider["Types"] = *types;
    imported["FindingProviderFields"] = std::move(provider);
  }
  imported["ProcessedAt"] = FormatIso8601(call.now, true);
  // A provider does not undo what the customer decided about the finding.
  if (stored) {
    for (const char* name :
         {"Workflow", "WorkflowState", "Note", "UserDefinedFields", "VerificationState"}) {
      if (const json::Value* kept = json::Find(*stored, name)) imported[name] = *kept;
    }
  }
  if (!imported.contains("Workflow")) imported["Workflow"] = json::Object{{"Status", "NEW"}};
  if (!imported.contains("WorkflowState")) imported["WorkflowState"] = "NEW";
  return imported;
}

void ApplyUpdate(json::Object& finding, const json::Object& update, const api::Call& call) {
  if (const json::Object* note = json::GetObject(update, "Note")) {
    finding["Note"] = NoteFrom(*note, call.now);
  }
  if (const json::Object* severity = json::GetObject(update, "Severity")) {
    json::Object merged;
    if (const json::Object* old = json::GetObject(finding, "Severity")) merged = *old;
    if (severity->contains("Normalized") && !severity->contains("Label")) merged.erase("Label");
    for (const auto& member : *severity) merged[member.key()] = member.value();
    CompleteSeverity(merged);
    finding["Severity"] = std::move(merged);
  }
  if (const json::Object* workflow = json::GetObject(update, "Workflow")) {
    const auto status = json::GetString(*workflow, "Status");
    if (!status.empty()) finding["Workflow"] = json::Object{{"Status", status}};
    if (status == "IN_PROGRESS" || status == "RESOLVED" || status == "NEW") {
      finding["WorkflowState"] = status;
    }
  }
  if (const json::Object* fields = json::GetObject(update, "UserDefinedFields")) {
    json::Object merged;
    if (const json::Object* old = json::GetObject(finding, "UserDefinedFields")) merged = *old;
    for (const auto& member : *fields) merged[member.key()] = member.value();
    finding["UserDefinedFields"] = std::move(merged);
  }
  for (const char* name :
       {"VerificationState", "Confidence", "Criticality", "Types", "RelatedFindings"}) {
    if (const json::Value* value = json::Find(update, name)) finding[name] = *value;
  }
}

json::Object AsAnnounced(const json::Object& finding, std::string_view status_before_rules) {
  json::Object announced = finding;
  if (WorkflowStatus(finding) == "IN_PROGRESS") {
    announced["Workflow"] = json::Object{{"Status", status_before_rules}};
  }
  return announced;
}

}  // namespace riposte::securityhub
