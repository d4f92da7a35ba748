#include "functions/tables.h"

#include "base/number.h"

namespace riposte::functions {
namespace {

constexpr store::Migration kMigrations[] = {{"functions", 1, R"sql(
CREATE TABLE functions_functions (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  reserved_concurrency INTEGER,
  next_version INTEGER NOT NULL,
  tags TEXT NOT NULL,
  PRIMARY KEY (account, region, name)
) WITHOUT ROWID;
CREATE TABLE functions_versions (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  number INTEGER NOT NULL,
  config TEXT NOT NULL,
  code_sha256 TEXT NOT NULL,
  code_bytes INTEGER NOT NULL,
  PRIMARY KEY (account, region, name, number)
) WITHOUT ROWID;
CREATE INDEX functions_versions_code ON functions_versions (code_sha256);
CREATE TABLE functions_aliases (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  alias TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (account, region, name, alias)
) WITHOUT ROWID;
CREATE TABLE functions_policies (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  qualifier TEXT NOT NULL,
  statements TEXT NOT NULL,
  revision_id TEXT NOT NULL,
  PRIMARY KEY (account, region, name, qualifier)
) WITHOUT ROWID;
CREATE TABLE functions_event_configs (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  qualifier TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (account, region, name, qualifier)
) WITHOUT ROWID;
CREATE TABLE functions_packages (
  sha256 TEXT PRIMARY KEY,
  zip BLOB NOT NULL
);
CREATE TABLE functions_async_errors (
  work_id INTEGER PRIMARY KEY,
  errors INTEGER NOT NULL
);
)sql"},
                                            {"functions", 2, R"sql(
CREATE TABLE functions_event_sources (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  uuid TEXT NOT NULL,
  function TEXT NOT NULL,
  qualifier TEXT NOT NULL,
  queue_arn TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (account, region, uuid)
) WITHOUT ROWID;
)sql"}};

std::vector<json::Object> Documents(store::Transaction& tx, std::string_view sql,
                                    std::initializer_list<store::Param> params) {
  std::vector<json::Object> out;
  tx.Query(sql, params, [&](const store::Row& row) {
    out.push_back(row.Json(0).as_object());
    return true;
  });
  return out;
}

std::optional<json::Object> Document(store::Transaction& tx, std::string_view sql,
                                     std::initializer_list<store::Param> params) {
  std::optional<json::Object> out;
  tx.QueryOne(sql, params, [&](const store::Row& row) { out = row.Json(0).as_object(); });
  return out;
}

}  // namespace

std::span<const store::Migration> Migrations() {
  return kMigrations;
}

namespace tables {

int64_t VersionNumber(std::string_view version) {
  if (version.empty() || version == kLatest) return 0;
  const int64_t number = ParseNumber(version).value_or(-1);
  return number > 0 ? number : -1;
}

std::optional<Function> FindFunction(store::Transaction& tx, const Scope& scope,
                                     std::string_view name) {
  std::optional<Function> out;
  tx.QueryOne(
      "SELECT reserved_concurrency, next_version, tags FROM functions_functions"
      " WHERE account = ? AND region = ? AND name = ?",
      {scope.account.str(), scope.region.str(), name}, [&](const store::Row& row) {
        out.emplace();
        if (!row.IsNull(0)) out->reserved_concurrency = static_cast<int>(row.Int(0));
        out->next_version = static_cast<int>(row.Int(1));
        out->tags = row.Json(2).as_object();
      });
  return out;
}

void PutFunction(store::Transaction& tx, const Scope& scope, std::string_view name,
                 const Function& function) {
  tx.Execute(
      "INSERT OR REPLACE INTO functions_functions"
      " (account, region, name, reserved_concurrency, next_version, tags)"
      " VALUES (?, ?, ?, ?, ?, ?)",
      {scope.account.str(), scope.region.str(), name, function.reserved_concurrency,
       function.next_version, json::Serialize(function.tags)});
}

void DeleteFunction(store::Transaction& tx, const Scope& scope, std::string_view name) {
  const std::initializer_list<store::Param> key = {scope.account.str(), scope.region.str(), name};
  tx.Execute("DELETE FROM functions_functions WHERE account = ? AND region = ? AND name = ?", key);
  tx.Execute("DELETE FROM functions_versions WHERE account = ? AND region = ? AND name = ?", key);
  tx.Execute("DELETE FROM functions_aliases WHERE account = ? AND region = ? AND name = ?", key);
  tx.Execute("DELETE FROM functions_policies WHERE account = ? AND region = ? AND name = ?", key);
  tx.Execute("DELETE FROM functions_event_configs WHERE account = ? AND region = ? AND name = ?",
             key);
  DropUnusedPackages(tx);
}

int64_t CountFunctions(store::Transaction& tx, const Scope& scope) {
  return tx
      .QueryInt("SELECT count(*) FROM functions_functions WHERE account = ? AND region = ?",
                {scope.account.str(), scope.region.str()})
      .value_or(0);
}

int64_t TotalCodeSize(store::Transaction& tx, const Scope& scope) {
  return tx
      .QueryInt("SELECT sum(code_bytes) FROM functions_versions WHERE account = ? AND region = ?",
                {scope.account.str(), scope.region.str()})
      .value_or(0);
}

int64_t ReservedConcurrency(store::Transaction& tx, const Scope& scope,
                            std::string_view except_name) {
  return tx
      .QueryInt(
          "SELECT sum(reserved_concurrency) FROM functions_functions"
          " WHERE account = ? AND region = ? AND name <> ?",
          {scope.account.str(), scope.region.str(), except_name})
      .value_or(0);
}

std::optional<json::Object> FindVersion(store::Transaction& tx, const Scope& scope,
                                        std::string_view name, std::string_view version) {
  return Document(tx,
                  "SELECT config FROM functions_versions"
                  " WHERE account = ? AND region = ? AND name = ? AND number = ?",
                  {scope.account.str(), scope.region.str(), name, VersionNumber(version)});
}

void PutVersion(store::Transaction& tx, const Scope& scope, std::string_view name,
                std::string_view version, const json::Object& config) {
  tx.Execute(
      "INSERT OR REPLACE INTO functions_versions"
      " (account, region, name, number, config, code_sha256, code_bytes)"
      " VALUES (?, ?, ?, ?, ?, ?, ?)",
      {scope.account.str(), scope.region.str(), name, VersionNumber(version),
       json::Serialize(config), json::GetString(config, "CodeSha256"),
       json::GetInt(config, "CodeSize")});
}

void DeleteVersion(store::Transaction& tx, const Scope& scope, std::string_view name,
                   std::string_view version) {
  tx.Execute(
      "DELETE FROM functions_versions"
      " WHERE account = ? AND region = ? AND name = ? AND number = ?",
      {scope.account.str(), scope.region.str(), name, VersionNumber(version)});
  DeletePolicy(tx, scope, name, version);
  DeleteEventConfig(tx, scope, name, version);
  DropUnusedPackages(tx);
}

std::vector<json::Object> ListLatest(store::Transaction& tx, const Scope& scope,
                                     std::string_view after, int limit) {
  return Documents(tx,
                   "SELECT config FROM functions_versions"
                   " WHERE account = ? AND region = ? AND name > ? AND number = 0"
                   " ORDER BY name LIMIT ?",
                   {scope.account.str(), scope.region.str(), after, limit});
}

std::vector<json::Object> ListAllVersions(store::Transaction& tx, const Scope& scope,
                                          std::string_view after_name, int64_t after_number,
                                          int limit) {
  return Documents(tx,
                   "SELECT config FROM functions_versions"
                   " WHERE account = ? AND region = ? AND (name, number) > (?, ?)"
                   " ORDER BY name, number LIMIT ?",
                   {scope.account.str(), scope.region.str(), after_name, after_number, limit});
}

std::vector<json::Object> ListVersions(store::Transaction& tx, const Scope& scope,
                                       std::string_view name, int64_t after, int limit) {
  return Documents(tx,
                   "SELECT config FROM functions_versions"
                   " WHERE account = ? AND region = ? AND name = ? AND number > ?"
                   " ORDER BY number LIMIT ?",
                   {scope.account.str(), scope.region.str(), name, after, limit});
}

std::optional<json::Object> FindAlias(store::Transaction& tx, const Scope& scope,
                                      std::string_view name, std::string_view alias) {
  return Document(tx,
                  "SELECT document FROM functions_aliases"
                  " WHERE account = ? AND region = ? AND name = ? AND alias = ?",
                  {scope.account.str(), scope.region.str(), name, alias});
}

void PutAlias(store::Transaction& tx, const Scope& scope, std::string_view name,
              std::string_view alias, const json::Object& document) {
  tx.Execute(
      "INSERT OR REPLACE INTO functions_aliases (account, region, name, alias, document)"
      " VALUES (?, ?, ?, ?, ?)",
      {scope.account.str(), scope.region.str(), name, alias, json::Serialize(document)});
}

bool DeleteAlias(store::Transaction& tx, const Scope& scope, std::string_view name,
                 std::string_view alias) {
  DeletePolicy(tx, scope, name, alias);
  DeleteEventConfig(tx, scope, name, alias);
  return tx.Execute(
             "DELETE FROM functions_aliases"
             " WHERE account = ? AND region = ? AND name = ? AND alias = ?",
             {scope.account.str(), scope.region.str(), name, alias}) > 0;
}

std::vector<json::Object> ListAliases(store::Transaction& tx, const Scope& scope,
                                      std::string_view name, std::string_view after, int limit) {
  return Documents(tx,
                   "SELECT document FROM functions_aliases"
                   " WHERE account = ? AND region = ? AND name = ? AND alias > ?"
                   " ORDER BY alias LIMIT ?",
                   {scope.account.str(), scope.region.str(), name, after, limit});
}

std::optional<Policy> FindPolicy(store::Transaction& tx, const Scope& scope, std::string_view name,
                                 std::string_view qualifier) {
  std::optional<Policy> out;
  tx.QueryOne(
      "SELECT statements, revision_id FROM functions_policies"
      " WHERE account = ? AND region = ? AND name = ? AND qualifier = ?",
      {scope.account.str(), scope.region.str(), name, qualifier},
      [&](const store::Row& row) { out = Policy{row.Json(0).as_array(), row.Str(1)}; });
  return out;
}

void PutPolicy(store::Transaction& tx, const Scope& scope, std::string_view name,
               std::string_view qualifier, const Policy& policy) {
  tx.Execute(
      "INSERT OR REPLACE INTO functions_policies"
      " (account, region, name, qualifier, statements, revision_id) VALUES (?, ?, ?, ?, ?, ?)",
      {scope.account.str(), scope.region.str(), name, qualifier, json::Serialize(policy.statements),
       policy.revision_id});
}

void DeletePolicy(store::Transaction& tx, const Scope& scope, std::string_view name,
                  std::string_view qualifier) {
  tx.Execute(
      "DELETE FROM functions_policies"
      " WHERE account = ? AND region = ? AND name = ? AND qualifier = ?",
      {scope.account.str(), scope.region.str(), name, qualifier});
}

std::optional<json::Object> FindEventConfig(store::Transaction& tx, const Scope& scope,
                                            std::string_view name, std::string_view qualifier) {
  return Document(tx,
                  "SELECT document FROM functions_event_configs"
                  " WHERE account = ? AND region = ? AND name = ? AND qualifier = ?",
                  {scope.account.str(), scope.region.str(), name, qualifier});
}

void PutEventConfig(store::Transaction& tx, const Scope& scope, std::string_view name,
                    std::string_view qualifier, const json::Object& document) {
  tx.Execute(
      "INSERT OR REPLACE INTO functions_event_configs (account, region, name, qualifier, document)"
      " VALUES (?, ?, ?, ?, ?)",
      {scope.account.str(), scope.region.str(), name, qualifier, json::Serialize(document)});
}

bool DeleteEventConfig(store::Transaction& tx, const Scope& scope, std::string_view name,
                       std::string_view qualifier) {
  return tx.Execute(
             "DELETE FROM functions_event_configs"
             " WHERE account = ? AND region = ? AND name = ? AND qualifier = ?",
             {scope.account.str(), scope.region.str(), name, qualifier}) > 0;
}

std::vector<json::Object> ListEventConfigs(store::Transaction& tx, const Scope& scope,
                                           std::string_view name, std::string_view after,
                                           int limit) {
  return Documents(tx,
                   "SELECT document FROM functions_event_configs"
                   " WHERE account = ? AND region = ? AND name = ? AND qualifier > ?"
                   " ORDER BY qualifier LIMIT ?",
                   {scope.account.str(), scope.region.str(), name, after, limit});
}

void PutPackage(store::Transaction& tx, std::string_view sha256_base64, std::string_view zip) {
  tx.Execute("INSERT OR IGNORE INTO functions_packages (sha256, zip) VALUES (?, ?)",
             {sha256_base64, store::Blob{zip}});
}

std::optional<std::string> FindPackage(store::Transaction& tx, std::string_view sha256_base64) {
  return tx.QueryText("SELECT zip FROM functions_packages WHERE sha256 = ?", {sha256_base64});
}

void DropUnusedPackages(store::Transaction& tx) {
  tx.Execute(
      "DELETE FROM functions_packages WHERE NOT EXISTS"
      " (SELECT 1 FROM functions_versions v WHERE v.code_sha256 = functions_packages.sha256)");
}

std::vector<std::string> ListPackages(store::Transaction& tx) {
  std::vector<std::string> out;
  tx.Query("SELECT sha256 FROM functions_packages", {}, [&](const store::Row& row) {
    out.push_back(row.Str(0));
    return true;
  });
  return out;
}

namespace {

EventSource ToEventSource(const store::Row& row) {
  EventSource out;
  out.scope = {AccountId(row.Str(0)), Region(row.Str(1))};
  out.uuid = row.Str(2);
  out.function = row.Str(3);
  out.qualifier = row.Str(4);
  out.queue_arn = row.Str(5);
  out.enabled = row.Int(6) != 0;
  out.document = row.Json(7).as_object();
  return out;
}

}  // namespace

std::optional<EventSource> FindEventSource(store::Transaction& tx, const Scope& scope,
                                           std::string_view uuid) {
  std::optional<EventSource> out;
  tx.QueryOne(
      "SELECT account, region, uuid, function, qualifier, queue_arn, enabled, document"
      " FROM functions_event_sources WHERE account = ? AND region = ? AND uuid = ?",
      {scope.account.str(), scope.region.str(), uuid},
      [&](const store::Row& row) { out = ToEventSource(row); });
  return out;
}

void PutEventSource(store::Transaction& tx, const EventSource& source) {
  tx.Execute(
      "INSERT OR REPLACE INTO functions_event_sources"
      " (account, region, uuid, function, qualifier, queue_arn, enabled, document)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      {source.scope.account.str(), source.scope.region.str(), source.uuid, source.function,
       source.qualifier, source.queue_arn, source.enabled, json::Serialize(source.document)});
}

void DeleteEventSource(store::Transaction& tx, const Scope& scope, std::string_view uuid) {
  tx.Execute("DELETE FROM functions_event_sources WHERE account = ? AND region = ? AND uuid = ?",
             {scope.account.str(), scope.region.str(), uuid});
}

std::vector<EventSource> ListEventSources(store::Transaction& tx, const Scope& scope,
                                          std::string_view function, std::string_view queue_arn,
                                          std::string_view after, int limit) {
  std::vector<EventSource> out;
  tx.Query(
      "SELECT account, region, uuid, function, qualifier, queue_arn, enabled, document"
      " FROM functions_event_sources WHERE account = ? AND region = ? AND uuid > ?"
      " AND (? = '' OR function = ?) AND (? = '' OR queue_arn = ?) ORDER BY uuid LIMIT ?",
      {scope.account.str(), scope.region.str(), after, function, function, queue_arn, queue_arn,
       limit},
      [&](const store::Row& row) {
        out.push_back(ToEventSource(row));
        return true;
      });
  return out;
}

std::vector<EventSource> EnabledEventSources(store::Transaction& tx) {
  std::vector<EventSource> out;
  tx.Query(
      "SELECT account, region, uuid, function, qualifier, queue_arn, enabled, document"
      " FROM functions_event_sources WHERE enabled <> 0",
      {}, [&](const store::Row& row) {
        out.push_back(ToEventSource(row));
        return true;
      });
  return out;
}

void PutAsyncErrors(store::Transaction& tx, int64_t work_id, int errors) {
  tx.Execute("INSERT OR REPLACE INTO functions_async_errors (work_id, errors) VALUES (?, ?)",
             {work_id, errors});
}

void DeleteAsyncErrors(store::Transaction& tx, int64_t work_id) {
  tx.Execute("DELETE FROM functions_async_errors WHERE work_id = ?", {work_id});
}

std::map<int64_t, int> LoadAsyncErrors(store::Transaction& tx) {
  std::map<int64_t, int> out;
  tx.Query("SELECT work_id, errors FROM functions_async_errors", {}, [&](const store::Row& row) {
    out[row.Int(0)] = static_cast<int>(row.Int(1));
    return true;
  });
  return out;
}

}  // namespace tables
}  // namespace riposte::functions
