#include "services/ssm/tables.h"

namespace riposte::ssm::tables {
namespace {

constexpr store::Migration kMigrations[] = {
    {"services/ssm", 1, R"sql(
CREATE TABLE ssm_documents (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  target_type TEXT NOT NULL,
  display_name TEXT NOT NULL,
  default_version INTEGER NOT NULL,
  latest_version INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (account, region, name)
) WITHOUT ROWID;
CREATE TABLE ssm_document_versions (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  version_name TEXT NOT NULL,
  format TEXT NOT NULL,
  content TEXT NOT NULL,
  hash TEXT NOT NULL,
  schema_version TEXT NOT NULL,
  description TEXT NOT NULL,
  parameters TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (account, region, name, version)
);
CREATE TABLE ssm_document_shares (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  shared_with TEXT NOT NULL,
  version TEXT NOT NULL,
  PRIMARY KEY (account, region, name, shared_with)
) WITHOUT ROWID;
CREATE TABLE ssm_parameters (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  latest INTEGER NOT NULL,
  type TEXT NOT NULL,
  value TEXT NOT NULL,
  description TEXT NOT NULL,
  key_id TEXT NOT NULL,
  allowed_pattern TEXT NOT NULL,
  tier TEXT NOT NULL,
  data_type TEXT NOT NULL,
  modified_ms INTEGER NOT NULL,
  modified_by TEXT NOT NULL,
  PRIMARY KEY (account, region, name, version)
);
CREATE INDEX ssm_parameters_latest ON ssm_parameters (account, region, name) WHERE latest = 1;
CREATE TABLE ssm_tags (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  type TEXT NOT NULL,
  id TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (account, region, type, id, key)
) WITHOUT ROWID;
)sql"},
    // The index is empty once SecureStrings::SealStored has run.
    {"services/ssm", 2, R"sql(
ALTER TABLE ssm_parameters ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX ssm_parameters_unsealed ON ssm_parameters (account, region, name, version)
  WHERE type = 'SecureString' AND sealed = 0;
)sql"},
    {"services/ssm", 3, R"sql(
CREATE TABLE ssm_parameter_labels (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  label TEXT NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (account, region, name, label)
) WITHOUT ROWID;
CREATE TABLE ssm_attachments (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  document TEXT NOT NULL,
  version INTEGER NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (account, region, document, version, name)
);
CREATE TABLE ssm_settings (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  value TEXT NOT NULL,
  modified_ms INTEGER NOT NULL,
  modified_by TEXT NOT NULL,
  PRIMARY KEY (account, region, id)
) WITHOUT ROWID;
CREATE TABLE ssm_compliance_items (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  compliance_type TEXT NOT NULL,
  resource_type TEXT NOT NULL,
  resource_id TEXT NOT NULL,
  id TEXT NOT NULL,
  title TEXT NOT NULL,
  severity TEXT NOT NULL,
  status TEXT NOT NULL,
  details TEXT NOT NULL,
  execution TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  PRIMARY KEY (account, region, compliance_type, resource_type, resource_id, id)
);
)sql"},
    {"services/ssm", 4, R"sql(
CREATE TABLE ssm_previews (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  status TEXT NOT NULL,
  message TEXT NOT NULL,
  preview TEXT NOT NULL,
  ended_ms INTEGER NOT NULL,
  PRIMARY KEY (account, region, id)
);
CREATE INDEX ssm_previews_by_end ON ssm_previews (ended_ms);
)sql"},
    // Nothing was ever put into the table before.
    {"services/ssm", 5, R"sql(
DROP TABLE ssm_attachments;
CREATE TABLE ssm_attachments (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  document TEXT NOT NULL,
  version INTEGER NOT NULL,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (account, region, document, version, name)
);
)sql"},
};

/// Old versions of a parameter that are kept, as the service does.
constexpr int64_t kMaxParameterVersions = 100;

#define SSM_DOCUMENT_COLUMNS                                                                 \
  "d.name, d.account, d.type, d.target_type, d.display_name, d.default_version,"             \
  " d.latest_version, d.created_ms, v.version, v.version_name, v.format, v.content, v.hash," \
  " v.schema_version, v.description, v.parameters, v.created_ms"                             \
  " FROM ssm_documents d JOIN ssm_document_versions v"                                       \
  " ON v.account = d.account AND v.region = d.region AND v.name = d.name"

#define SSM_PARAMETER_COLUMNS                                                          \
  "name, type, value, description, key_id, allowed_pattern, tier, data_type, version," \
  " modified_ms, modified_by, sealed FROM ssm_parameters"

#define SSM_COMPLIANCE_COLUMNS                                                         \
  "resource_id, resource_type, compliance_type, id, title, severity, status, details," \
  " execution, content_hash FROM ssm_compliance_items"

StoredComplianceItem ComplianceItemOf(const store::Row& row) {
  StoredComplianceItem item{row.Str(0), row.Str(1), row.Str(2), row.Str(3), row.Str(4),
                            row.Str(5), row.Str(6), {},         {},         row.Str(9)};
  if (json::Value details = row.Json(7); details.is_object()) item.details = details.as_object();
  if (json::Value run = row.Json(8); run.is_object()) item.execution = run.as_object();
  return item;
}

StoredDocument DocumentOf(const store::Row& row) {
  StoredDocument document;
  document.name = row.Str(0);
  document.owner = row.Str(1);
  document.type = row.Str(2);
  document.target_type = row.Str(3);
  document.display_name = row.Str(4);
  document.default_version = row.Int(5);
  document.latest_version = row.Int(6);
  document.created = row.Time(7);
  document.version = row.Int(8);
  document.version_name = row.Str(9);
  document.format = row.Str(10);
  document.content = row.Str(11);
  document.hash = row.Str(12);
  document.schema_version = row.Str(13);
  document.description = row.Str(14);
  json::Value parameters = row.Json(15);
  if (parameters.is_array()) document.parameters = std::move(parameters.get_array());
  document.version_created = row.Time(16);
  return document;
}

StoredParameter ParameterOf(const store::Row& row) {
  return {row.Str(0), row.Str(1), row.Str(2), row.Str(3),  row.Str(4),  row.Str(5),
          row.Str(6), row.Str(7), row.Int(8), row.Time(9), row.Str(10), row.Int(11) != 0};
}

}  // namespace

std::span<const store::Migration> Migrations() {
  return kMigrations;
}

int64_t CountDocuments(store::Transaction& tx, const Scope& scope) {
  return tx
      .QueryInt("SELECT COUNT(*) FROM ssm_documents WHERE account = ? AND region = ?",
                {scope.account.str(), scope.region.str()})
      .value_or(0);
}

void InsertDocument(store::Transaction& tx, const Scope& scope, const StoredDocument& document) {
  tx.Execute(
      "INSERT INTO ssm_documents (account, region, name, type, target_type, display_name,"
      " default_version, latest_version, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {scope.account.str(), scope.region.str(), document.name, document.type, document.target_type,
       document.display_name, document.default_version, document.latest_version, document.created});
  InsertVersion(tx, scope, document);
}

void InsertVersion(store::Transaction& tx, const Scope& scope, const StoredDocument& document) {
  tx.Execute(
      "INSERT INTO ssm_document_versions (account, region, name, version, version_name, format,"
      " content, hash, schema_version, description, parameters, created_ms)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {scope.account.str(), scope.region.str(), document.name, document.version,
       document.version_name, document.format, document.content, document.hash,
       document.schema_version, document.description, json::Serialize(document.parameters),
       document.version_created});
  tx.Execute(
      "UPDATE ssm_documents SET latest_version = ?, target_type = ?, display_name = ?"
      " WHERE account = ? AND region = ? AND name = ?",
      {document.version, document.target_type, document.display_name, scope.account.str(),
       scope.region.str(), document.name});
}

void SetDefaultVersion(store::Transaction& tx, const Scope& scope, const std::string& name,
                       int64_t version) {
  tx.Execute(
      "UPDATE ssm_documents SET default_version = ? WHERE account = ? AND region = ? AND name = ?",
      {version, scope.account.str(), scope.region.str(), name});
}

void DeleteDocument(store::Transaction& tx, const Scope& scope, const std::string& name) {
  tx.Execute("DELETE FROM ssm_document_versions WHERE account = ? AND region = ? AND name = ?",
             {scope.account.str(), scope.region.str(), name});
  tx.Execute("DELETE FROM ssm_attachments WHERE account = ? AND region = ? AND document = ?",
             {scope.account.str(), scope.region.str(), name});
  tx.Execute("DELETE FROM ssm_documents WHERE account = ? AND region = ? AND name = ?",
             {scope.account.str(), scope.region.str(), name});
}

void DeleteVersion(store::Transaction& tx, const Scope& scope, const std::string& name,
                   int64_t version) {
  tx.Execute(
      "DELETE FROM ssm_document_versions WHERE account = ? AND region = ? AND name = ?"
      " AND version = ?",
      {scope.account.str(), scope.region.str(), name, version});
  tx.Execute(
      "DELETE FROM ssm_attachments WHERE account = ? AND region = ? AND document = ?"
      " AND version = ?",
      {scope.account.str(), scope.region.str(), name, version});
}

std::optional<StoredDocument> FindDocument(store::Transaction& tx, const Scope& scope,
                                           const std::string& name, int64_t version) {
  std::optional<StoredDocument> document;
  tx.QueryOne("SELECT " SSM_DOCUMENT_COLUMNS
              " WHERE d.account = ? AND d.region = ? AND d.name = ? AND v.version ="
              " CASE ? WHEN 0 THEN d.default_version WHEN -1 THEN (SELECT MAX(m.version)"
              " FROM ssm_document_versions m WHERE m.account = d.account AND m.region = d.region"
              " AND m.name = d.name) ELSE ? END",
              {scope.account.str(), scope.region.str(), name, version, version},
              [&](const store::Row& row) { document = DocumentOf(row); });
  return document;
}

std::optional<int64_t> FindVersionName(store::Transaction& tx, const Scope& scope,
                                       const std::string& name, const std::string& version_name) {
  return tx.QueryInt(
      "SELECT version FROM ssm_document_versions WHERE account = ? AND region = ? AND name = ?"
      " AND version_name = ?",
      {scope.account.str(), scope.region.str(), name, version_name});
}

void EachDocument(store::Transaction& tx, const Scope& scope,
                  const std::function<void(StoredDocument)>& each) {
  tx.Query("SELECT " SSM_DOCUMENT_COLUMNS
           " AND v.version = d.default_version WHERE d.account = ? AND d.region = ?"
           " ORDER BY d.name",
           {scope.account.str(), scope.region.str()}, [&](const store::Row& row) {
             each(DocumentOf(row));
             return true;
           });
}

void EachVersion(store::Transaction& tx, const Scope& scope, const std::string& name,
                 const std::function<void(StoredDocument)>& each) {
  tx.Query("SELECT " SSM_DOCUMENT_COLUMNS
           " WHERE d.account = ? AND d.region = ? AND d.name = ? ORDER BY v.version DESC",
           {scope.account.str(), scope.region.str(), name}, [&](const store::Row& row) {
             each(DocumentOf(row));
             return true;
           });
}

std::vector<std::pair<std::string, std::string>> Shares(store::Transaction& tx, const Scope& scope,
                                                        const std::string& name) {
  std::vector<std::pair<std::string, std::string>> shares;
  tx.Query(
      "SELECT shared_with, version FROM ssm_document_shares"
      " WHERE account = ? AND region = ? AND name = ? ORDER BY shared_with",
      {scope.account.str(), scope.region.str(), name}, [&](const store::Row& row) {
        shares.emplace_back(row.Str(0), row.Str(1));
        return true;
      });
  return shares;
}

void SetShare(store::Transaction& tx, const Scope& scope, const std::string& name,
              const std::string& account, const std::string& version) {
  tx.Execute(
      "INSERT OR REPLACE INTO ssm_document_shares (account, region, name, shared_with, version)"
      " VALUES (?, ?, ?, ?, ?)",
      {scope.account.str(), scope.region.str(), name, account, version});
}

void DeleteShare(store::Transaction& tx, const Scope& scope, const std::string& name,
                 const std::string& account) {
  tx.Execute(
      "DELETE FROM ssm_document_shares WHERE account = ? AND region = ? AND name = ?"
      " AND shared_with = ?",
      {scope.account.str(), scope.region.str(), name, account});
}

std::optional<StoredParameter> FindParameter(store::Transaction& tx, const Scope& scope,
                                             const std::string& name,
                                             std::optional<int64_t> version) {
  std::optional<StoredParameter> parameter;
  tx.QueryOne("SELECT " SSM_PARAMETER_COLUMNS
              " WHERE account = ? AND region = ? AND name = ? AND (version = ? OR (? AND latest))",
              {scope.account.str(), scope.region.str(), name, version.value_or(0), !version},
              [&](const store::Row& row) { parameter = ParameterOf(row); });
  return parameter;
}

void PutParameter(store::Transaction& tx, const Scope& scope, const StoredParameter& parameter) {
  tx.Execute(
      "UPDATE ssm_parameters SET latest = 0 WHERE account = ? AND region = ? AND name = ?"
      " AND latest = 1",
      {scope.account.str(), scope.region.str(), parameter.name});
  tx.Execute(
      "INSERT INTO ssm_parameters (account, region, name, version, latest, type, value,"
      " description, key_id, allowed_pattern, tier, data_type, modified_ms, modified_by, sealed)"
      " VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {scope.account.str(), scope.region.str(), parameter.name, parameter.version, parameter.type,
       parameter.value, parameter.description, parameter.key_id, parameter.allowed_pattern,
       parameter.tier, parameter.data_type, parameter.modified, parameter.modified_by,
       parameter.sealed});
  tx.Execute(
      "DELETE FROM ssm_parameters WHERE account = ? AND region = ? AND name = ? AND version <= ?",
      {scope.account.str(), scope.region.str(), parameter.name,
       parameter.version - kMaxParameterVersions});
}

bool DeleteParameter(store::Transaction& tx, const Scope& scope, const std::string& name) {
  tx.Execute("DELETE FROM ssm_parameter_labels WHERE account = ? AND region = ? AND name = ?",
             {scope.account.str(), scope.region.str(), name});
  return tx.Execute("DELETE FROM ssm_parameters WHERE account = ? AND region = ? AND name = ?",
                    {scope.account.str(), scope.region.str(), name}) > 0;
}

int64_t CountParameters(store::Transaction& tx, const Scope& scope) {
  return tx
      .QueryInt(
          "SELECT COUNT(*) FROM ssm_parameters WHERE account = ? AND region = ? AND latest = 1",
          {scope.account.str(), scope.region.str()})
      .value_or(0);
}

void EachParameter(store::Transaction& tx, const Scope& scope, const std::string& after,
                   const std::function<bool(const StoredParameter&)>& each) {
  tx.Query("SELECT " SSM_PARAMETER_COLUMNS
           " WHERE account = ? AND region = ? AND name > ? AND latest = 1 ORDER BY name",
           {scope.account.str(), scope.region.str(), after},
           [&](const store::Row& row) { return each(ParameterOf(row)); });
}

void EachUnsealed(store::Transaction& tx,
                  const std::function<void(const Scope&, const StoredParameter&)>& each) {
  tx.Query(
      "SELECT account, region, name, version, value FROM ssm_parameters"
      " WHERE type = 'SecureString' AND sealed = 0",
      {}, [&](const store::Row& row) {
        StoredParameter parameter;
        parameter.name = row.Str(2);
        parameter.version = row.Int(3);
        parameter.value = row.Str(4);
        each({AccountId(row.Str(0)), Region(row.Str(1))}, parameter);
        return true;
      });
}

void SealValue(store::Transaction& tx, const Scope& scope, const std::string& name, int64_t version,
               const std::string& sealed) {
  tx.Execute(
      "UPDATE ssm_parameters SET value = ?, sealed = 1"
      " WHERE account = ? AND region = ? AND name = ? AND version = ?",
      {sealed, scope.account.str(), scope.region.str(), name, version});
}

void EachParameterVersion(store::Transaction& tx, const Scope& scope, const std::string& name,
                          const std::function<void(const StoredParameter&)>& each) {
  tx.Query("SELECT " SSM_PARAMETER_COLUMNS
           " WHERE account = ? AND region = ? AND name = ? ORDER BY version",
           {scope.account.str(), scope.region.str(), name}, [&](const store::Row& row) {
             each(ParameterOf(row));
             return true;
           });
}

std::vector<std::string> LabelsOf(store::Transaction& tx, const Scope& scope,
                                  const std::string& name, int64_t version) {
  std::vector<std::string> labels;
  tx.Query(
      "SELECT label FROM ssm_parameter_labels WHERE account = ? AND region = ? AND name = ?"
      " AND version = ? ORDER BY label",
      {scope.account.str(), scope.region.str(), name, version}, [&](const store::Row& row) {
        labels.push_back(row.Str(0));
        return true;
      });
  return labels;
}

std::optional<int64_t> FindLabel(store::Transaction& tx, const Scope& scope,
                                 const std::string& name, const std::string& label) {
  return tx.QueryInt(
      "SELECT version FROM ssm_parameter_labels WHERE account = ? AND region = ? AND name = ?"
      " AND label = ?",
      {scope.account.str(), scope.region.str(), name, label});
}

void SetLabel(store::Transaction& tx, const Scope& scope, const std::string& name, int64_t version,
              const std::string& label) {
  tx.Execute(
      "INSERT OR REPLACE INTO ssm_parameter_labels (account, region, name, label, version)"
      " VALUES (?, ?, ?, ?, ?)",
      {scope.account.str(), scope.region.str(), name, label, version});
}

void DeleteLabel(store::Transaction& tx, const Scope& scope, const std::string& name,
                 const std::string& label) {
  tx.Execute(
      "DELETE FROM ssm_parameter_labels WHERE account = ? AND region = ? AND name = ?"
      " AND label = ?",
      {scope.account.str(), scope.region.str(), name, label});
}

void PutAttachment(store::Transaction& tx, const Scope& scope, const std::string& document,
                   int64_t version, const StoredAttachment& attachment) {
  tx.Execute(
      "INSERT INTO ssm_attachments (account, region, document, version, name, sha256, size, body)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      {scope.account.str(), scope.region.str(), document, version, attachment.name,
       attachment.sha256, attachment.size, store::Blob{attachment.body}});
}

std::vector<StoredAttachment> ListAttachments(store::Transaction& tx, const Scope& scope,
                                              const std::string& document, int64_t version) {
  std::vector<StoredAttachment> files;
  tx.Query(
      "SELECT name, sha256, size FROM ssm_attachments WHERE account = ? AND region = ?"
      " AND document = ? AND version = ? ORDER BY name",
      {scope.account.str(), scope.region.str(), document, version}, [&](const store::Row& row) {
        files.push_back({row.Str(0), row.Str(1), row.Int(2), {}});
        return true;
      });
  return files;
}

std::optional<StoredAttachment> FindAttachment(store::Transaction& tx, const Scope& scope,
                                               const std::string& document, int64_t version,
                                               const std::string& name) {
  std::optional<StoredAttachment> file;
  tx.QueryOne(
      "SELECT name, sha256, size, body FROM ssm_attachments WHERE account = ? AND region = ?"
      " AND document = ? AND version = ? AND name = ?",
      {scope.account.str(), scope.region.str(), document, version, name},
      [&](const store::Row& row) {
        file = StoredAttachment{row.Str(0), row.Str(1), row.Int(2), row.Str(3)};
      });
  return file;
}

std::optional<StoredSetting> FindSetting(store::Transaction& tx, const Scope& scope,
                                         const std::string& id) {
  std::optional<StoredSetting> setting;
  tx.QueryOne(
      "SELECT value, modified_ms, modified_by FROM ssm_settings"
      " WHERE account = ? AND region = ? AND id = ?",
      {scope.account.str(), scope.region.str(), id},
      [&](const store::Row& row) { setting = StoredSetting{row.Str(0), row.Time(1), row.Str(2)}; });
  return setting;
}

void PutSetting(store::Transaction& tx, const Scope& scope, const std::string& id,
                const StoredSetting& setting) {
  tx.Execute(
      "INSERT OR REPLACE INTO ssm_settings (account, region, id, value, modified_ms, modified_by)"
      " VALUES (?, ?, ?, ?, ?, ?)",
      {scope.account.str(), scope.region.str(), id, setting.value, setting.modified,
       setting.modified_by});
}

void DeleteSetting(store::Transaction& tx, const Scope& scope, const std::string& id) {
  tx.Execute("DELETE FROM ssm_settings WHERE account = ? AND region = ? AND id = ?",
             {scope.account.str(), scope.region.str(), id});
}

std::optional<StoredPreview> FindPreview(store::Transaction& tx, const Scope& scope,
                                         const std::string& id) {
  std::optional<StoredPreview> preview;
  tx.QueryOne(
      "SELECT status, message, preview, ended_ms FROM ssm_previews"
      " WHERE account = ? AND region = ? AND id = ?",
      {scope.account.str(), scope.region.str(), id}, [&](const store::Row& row) {
        preview = StoredPreview{id, row.Str(0), row.Str(1), {}, row.Time(3)};
        if (json::Value shown = row.Json(2); shown.is_object()) {
          preview->preview = std::move(shown.get_object());
        }
      });
  return preview;
}

void PutPreview(store::Transaction& tx, const Scope& scope, const StoredPreview& preview) {
  tx.Execute(
      "INSERT INTO ssm_previews (account, region, id, status, message, preview, ended_ms)"
      " VALUES (?, ?, ?, ?, ?, ?, ?)",
      {scope.account.str(), scope.region.str(), preview.id, preview.status, preview.message,
       json::Serialize(preview.preview), preview.ended});
}

void DeletePreviews(store::Transaction& tx, TimePoint before) {
  tx.Execute("DELETE FROM ssm_previews WHERE ended_ms < ?", {before});
}

void PutComplianceItem(store::Transaction& tx, const Scope& scope,
                       const StoredComplianceItem& item) {
  tx.Execute(
      "INSERT OR REPLACE INTO ssm_compliance_items (account, region, compliance_type,"
      " resource_type, resource_id, id, title, severity, status, details, execution,"
      " content_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {scope.account.str(), scope.region.str(), item.compliance_type, item.resource_type,
       item.resource_id, item.id, item.title, item.severity, item.status,
       json::Serialize(item.details), json::Serialize(item.execution), item.content_hash});
}

void DeleteComplianceItems(store::Transaction& tx, const Scope& scope,
                           const std::string& resource_id, const std::string& resource_type,
                           const std::string& compliance_type) {
  tx.Execute(
      "DELETE FROM ssm_compliance_items WHERE account = ? AND region = ? AND compliance_type = ?"
      " AND resource_type = ? AND resource_id = ?",
      {scope.account.str(), scope.region.str(), compliance_type, resource_type, resource_id});
}

std::vector<StoredComplianceItem> ComplianceItems(store::Transaction& tx, const Scope& scope,
                                                  const std::string& resource_id,
                                                  const std::string& resource_type,
                                                  const std::string& compliance_type) {
  std::vector<StoredComplianceItem> items;
  tx.Query("SELECT " SSM_COMPLIANCE_COLUMNS
           " WHERE account = ? AND region = ? AND compliance_type = ? AND resource_type = ?"
           " AND resource_id = ? ORDER BY id",
           {scope.account.str(), scope.region.str(), compliance_type, resource_type, resource_id},
           [&](const store::Row& row) {
             items.push_back(ComplianceItemOf(row));
             return true;
           });
  return items;
}

void EachComplianceItem(store::Transaction& tx, const Scope& scope,
                        const std::function<void(StoredComplianceItem)>& each) {
  tx.Query("SELECT " SSM_COMPLIANCE_COLUMNS
           " WHERE account = ? AND region = ?"
           " ORDER BY compliance_type, resource_type, resource_id, id",
           {scope.account.str(), scope.region.str()}, [&](const store::Row& row) {
             each(ComplianceItemOf(row));
             return true;
           });
}

Tags TagsOf(store::Transaction& tx, const Scope& scope, std::string_view type,
            const std::string& id) {
  Tags tags;
  tx.Query(
      "SELECT key, value FROM ssm_tags WHERE account = ? AND region = ? AND type = ? AND id = ?"
      " ORDER BY key",
      {scope.account.str(), scope.region.str(), type, id}, [&](const store::Row& row) {
        tags.emplace_back(row.Str(0), row.Str(1));
        return true;
      });
  return tags;
}

void SetTag(store::Transaction& tx, const Scope& scope, std::string_view type,
            const std::string& id, const std::string& key, const std::string& value) {
  tx.Execute(
      "INSERT OR REPLACE INTO ssm_tags (account, region, type, id, key, value)"
      " VALUES (?, ?, ?, ?, ?, ?)",
      {scope.account.str(), scope.region.str(), type, id, key, value});
}

void DeleteTag(store::Transaction& tx, const Scope& scope, std::string_view type,
               const std::string& id, const std::string& key) {
  tx.Execute(
      "DELETE FROM ssm_tags WHERE account = ? AND region = ? AND type = ? AND id = ? AND key = ?",
      {scope.account.str(), scope.region.str(), type, id, key});
}

void DeleteTags(store::Transaction& tx, const Scope& scope, std::string_view type,
                const std::string& id) {
  tx.Execute("DELETE FROM ssm_tags WHERE account = ? AND region = ? AND type = ? AND id = ?",
             {scope.account.str(), scope.region.str(), type, id});
}

}  // namespace riposte::ssm::tables
