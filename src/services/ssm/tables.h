// The rows of Systems Manager. All its SQL is in tables.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/scope.h"
#include "base/time.h"
#include "json/json.h"
#include "store/store.h"

namespace riposte::ssm {

/// One version of a document, with what all versions share.
struct StoredDocument {
  std::string name;
  std::string owner;  ///< Account id, or "Amazon".
  std::string type;   ///< "Automation"
  std::string target_type;
  std::string display_name;
  int64_t default_version = 1;
  int64_t latest_version = 1;
  TimePoint created;
  // The version:
  int64_t version = 1;
  std::string version_name;
  std::string format;  ///< JSON, YAML or TEXT.
  std::string content;
  std::string hash;  ///< SHA-256, hex.
  std::string schema_version;
  std::string description;
  json::Array parameters;  ///< DocumentParameter documents.
  TimePoint version_created;
};

/// DocumentParameter documents of a document's `parameters`.
[[nodiscard]] json::Array DocumentParameters(const json::Object& content);

struct StoredParameter {
  std::string name;
  std::string type;
  std::string value;  ///< When `sealed`: base64 of the sealed bytes (secure_strings.h).
  std::string description;
  std::string key_id;
  std::string allowed_pattern;
  std::string tier;
  std::string data_type;
  int64_t version = 1;
  TimePoint modified;
  std::string modified_by;
  bool sealed = false;
};

struct StoredAttachment {
  std::string name;
  std::string sha256;  ///< Hex.
  int64_t size = 0;    ///< Bytes.
  std::string body;
};

struct StoredSetting {
  std::string value;
  TimePoint modified;
  std::string modified_by;  ///< ARN.
};

struct StoredComplianceItem {
  std::string resource_id;
  std::string resource_type;
  std::string compliance_type;
  std::string id;
  std::string title;
  std::string severity;
  std::string status;
  json::Object details;
  json::Object execution;    ///< ExecutionSummary.
  std::string content_hash;  ///< Of the upload it came with, or "".
};

/// What an execution would do; never changed once it is there.
struct StoredPreview {
  std::string id;
  std::string status;
  std::string message;
  json::Object preview;  ///< ExecutionPreview.
  TimePoint ended;
};

using Tags = std::vector<std::pair<std::string, std::string>>;

namespace tables {

[[nodiscard]] std::span<const store::Migration> Migrations();

// Documents.
[[nodiscard]] int64_t CountDocuments(store::Transaction& tx, const Scope& scope);
void InsertDocument(store::Transaction& tx, const Scope& scope, const StoredDocument& document);
/// Adds the version that `document` holds and makes it the latest.
void InsertVersion(store::Transaction& tx, const Scope& scope, const StoredDocument& document);
void SetDefaultVersion(store::Transaction& tx, const Scope& scope, const std::string& name,
                       int64_t version);
void DeleteDocument(store::Transaction& tx, const Scope& scope, const std::string& name);
void DeleteVersion(store::Transaction& tx, const Scope& scope, const std::string& name,
                   int64_t version);
/// `version` 0: the default one; -1: the latest.
[[nodiscard]] std::optional<StoredDocument> FindDocument(store::Transaction& tx, const Scope& scope,
                                                         const std::string& name, int64_t version);
[[nodiscard]] std::optional<int64_t> FindVersionName(store::Transaction& tx, const Scope& scope,
                                                     const std::string& name,
                                                     const std::string& version_name);
/// The default version of each, by name.
void EachDocument(store::Transaction& tx, const Scope& scope,
                  const std::function<void(StoredDocument)>& each);
/// Newest first.
void EachVersion(store::Transaction& tx, const Scope& scope, const std::string& name,
                 const std::function<void(StoredDocument)>& each);
/// Accounts ("all" for everyone) with the version that each may use.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> Shares(store::Transaction& tx,
                                                                      const Scope& scope,
                                                                      const std::string& name);
void SetShare(store::Transaction& tx, const Scope& scope, const std::string& name,
              const std::string& account, const std::string& version);
void DeleteShare(store::Transaction& tx, const Scope& scope, const std::string& name,
                 const std::string& account);

// Parameters. Every version's value is kept; the row holds the latest.
[[nodiscard]] std::optional<StoredParameter> FindParameter(store::Transaction& tx,
                                                           const Scope& scope,
                                                           const std::string& name,
                                                           std::optional<int64_t> version = {});
void PutParameter(store::Transaction& tx, const Scope& scope, const StoredParameter& parameter);
[[nodiscard]] bool DeleteParameter(store::Transaction& tx, const Scope& scope,
                                   const std::string& name);
[[nodiscard]] int64_t CountParameters(store::Transaction& tx, const Scope& scope);
/// By name, those after `after`; `each` returns false to stop.
void EachParameter(store::Transaction& tx, const Scope& scope, const std::string& after,
                   const std::function<bool(const StoredParameter&)>& each);
/// Every version of a secure string that is not sealed, in every scope.
void EachUnsealed(store::Transaction& tx,
                  const std::function<void(const Scope&, const StoredParameter&)>& each);
void SealValue(store::Transaction& tx, const Scope& scope, const std::string& name, int64_t version,
               const std::string& sealed);

/// Every version that is kept, oldest first.
void EachParameterVersion(store::Transaction& tx, const Scope& scope, const std::string& name,
                          const std::function<void(const StoredParameter&)>& each);

// Labels of parameter versions; a label is at one version of a parameter at a time.
[[nodiscard]] std::vector<std::string> LabelsOf(store::Transaction& tx, const Scope& scope,
                                                const std::string& name, int64_t version);
[[nodiscard]] std::optional<int64_t> FindLabel(store::Transaction& tx, const Scope& scope,
                                               const std::string& name, const std::string& label);
void SetLabel(store::Transaction& tx, const Scope& scope, const std::string& name, int64_t version,
              const std::string& label);
void DeleteLabel(store::Transaction& tx, const Scope& scope, const std::string& name,
                 const std::string& label);

// Files attached to a version of a document.
void PutAttachment(store::Transaction& tx, const Scope& scope, const std::string& document,
                   int64_t version, const StoredAttachment& attachment);
/// By name, without the bodies.
[[nodiscard]] std::vector<StoredAttachment> ListAttachments(store::Transaction& tx,
                                                            const Scope& scope,
                                                            const std::string& document,
                                                            int64_t version);
[[nodiscard]] std::optional<StoredAttachment> FindAttachment(store::Transaction& tx,
                                                             const Scope& scope,
                                                             const std::string& document,
                                                             int64_t version,
                                                             const std::string& name);

// Service settings.
[[nodiscard]] std::optional<StoredSetting> FindSetting(store::Transaction& tx, const Scope& scope,
                                                       const std::string& id);
void PutSetting(store::Transaction& tx, const Scope& scope, const std::string& id,
                const StoredSetting& setting);
void DeleteSetting(store::Transaction& tx, const Scope& scope, const std::string& id);

// Compliance items, by type, resource and id.
void PutComplianceItem(store::Transaction& tx, const Scope& scope,
                       const StoredComplianceItem& item);
void DeleteComplianceItems(store::Transaction& tx, const Scope& scope,
                           const std::string& resource_id, const std::string& resource_type,
                           const std::string& compliance_type);
[[nodiscard]] std::vector<StoredComplianceItem> ComplianceItems(store::Transaction& tx,
                                                                const Scope& scope,
                                                                const std::string& resource_id,
                                                                const std::string& resource_type,
                                                                const std::string& compliance_type);
void EachComplianceItem(store::Transaction& tx, const Scope& scope,
                        const std::function<void(StoredComplianceItem)>& each);

// Previews of executions.
[[nodiscard]] std::optional<StoredPreview> FindPreview(store::Transaction& tx, const Scope& scope,
                                                       const std::string& id);
void PutPreview(store::Transaction& tx, const Scope& scope, const StoredPreview& preview);
/// Those that ended before, in every scope.
void DeletePreviews(store::Transaction& tx, TimePoint before);

// Tags.
[[nodiscard]] Tags TagsOf(store::Transaction& tx, const Scope& scope, std::string_view type,
                          const std::string& id);
void SetTag(store::Transaction& tx, const Scope& scope, std::string_view type,
            const std::string& id, const std::string& key, const std::string& value);
void DeleteTag(store::Transaction& tx, const Scope& scope, std::string_view type,
               const std::string& id, const std::string& key);
void DeleteTags(store::Transaction& tx, const Scope& scope, std::string_view type,
                const std::string& id);

}  // namespace tables
}  // namespace riposte::ssm
