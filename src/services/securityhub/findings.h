// Findings as they change: on import, on update, by automation rules. Pure functions over ASFF
// documents; the service stores the results.
//
// Source: "BatchImportFindings", "BatchUpdateFindings", "Automation rules", Security Hub user
// guide; spec: Delivery semantics, Findings.
#pragma once

#include <string>
#include <vector>

#include "api/call.h"
#include "json/json.h"

namespace riposte::securityhub {

/// What makes a finding the same finding: its product and its id.
struct FindingKey {
  std::string product_arn;
  std::string id;
};

/// Correlation of everything that a finding causes: "inc-" and 16 hex digits of SHA-256.
[[nodiscard]] std::string CorrelationOf(const FindingKey& key);

/// A finding as a provider sent it, merged with what is stored (nullptr: new): defaults filled,
/// severity label and number made to agree, customers' fields of the stored one kept.
[[nodiscard]] json::Object MergeImport(json::Object imported, const json::Object* stored,
                                       const api::Call& call);

/// Applies the fields of BatchUpdateFindings or of a rule's FindingFieldsUpdate.
/// UpdatedAt does not change; Note gets `call.now`.
void ApplyUpdate(json::Object& finding, const json::Object& update, const api::Call& call);

/// The status that an imported finding's event carries. Workflow status IN_PROGRESS, which the
/// real service does not know, is kept in the finding when a rule sets it, but the import is still
/// announced with the status it arrived with, so that routing on NEW goes on working
/// (docs/compatibility.md).
[[nodiscard]] json::Object AsAnnounced(const json::Object& finding,
                                       std::string_view status_before_rules);

[[nodiscard]] std::string WorkflowStatus(const json::Object& finding);

}  // namespace riposte::securityhub
