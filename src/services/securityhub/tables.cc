#include "services/securityhub/tables.h"

namespace riposte::securityhub::tables {
namespace {

constexpr store::Migration kMigrations[] = {{"securityhub", 1, R"(
CREATE TABLE securityhub_findings (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  product_arn TEXT NOT NULL,
  id TEXT NOT NULL,
  updated_ms INTEGER NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (account, region, product_arn, id)
);
CREATE INDEX securityhub_findings_by_age
  ON securityhub_findings(account, region, updated_ms DESC);
CREATE TABLE securityhub_documents (
  kind INTEGER NOT NULL,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  arn TEXT NOT NULL,
  position INTEGER NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (kind, account, region, arn)
);
CREATE TABLE securityhub_hubs (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  since_ms INTEGER NOT NULL,
  PRIMARY KEY (account, region)
);
CREATE TABLE securityhub_tags (
  arn TEXT PRIMARY KEY,
  tags TEXT NOT NULL
);
)"}};

}  // namespace

std::span<const store::Migration> Migrations() {
  return kMigrations;
}

std::optional<json::Object> FindFinding(store::Transaction& tx, const Scope& scope,
                                        const FindingKey& key) {
  std::optional<json::Object> found;
  tx.QueryOne(
      "SELECT document FROM securityhub_findings "
      "WHERE account = ? AND region = ? AND product_arn = ? AND id = ?",
      {scope.account.str(), scope.region.str(), key.product_arn, key.id},
      [&](const store::Row& row) { found = row.Json(0).as_object(); });
  return found;
}

void PutFinding(store::Transaction& tx, const Scope& scope, const FindingKey& key,
                const json::Object& finding, TimePoint now) {
  tx.Execute(
      "INSERT INTO securityhub_findings (account, region, product_arn, id, updated_ms, document) "
      "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account, region, product_arn, id) "
      "DO UPDATE SET updated_ms = excluded.updated_ms, document = excluded.document",
      {scope.account.str(), scope.region.str(), key.product_arn, key.id, now,
       json::Serialize(finding)});
}

void EachFinding(store::Transaction& tx, const Scope& scope,
                 const std::function<bool(json::Object)>& each) {
  tx.Query(
      "SELECT document FROM securityhub_findings WHERE account = ? AND region = ? "
      "ORDER BY updated_ms DESC, rowid DESC",
      {scope.account.str(), scope.region.str()},
      [&](const store::Row& row) { return each(row.Json(0).as_object()); });
}

std::optional<json::Object> FindDocument(store::Transaction& tx, Kind kind, const Scope& scope,
                                         const std::string& arn) {
  std::optional<json::Object> found;
  tx.QueryOne(
      "SELECT document FROM securityhub_documents "
      "WHERE kind = ? AND account = ? AND region = ? AND arn = ?",
      {static_cast<int>(kind), scope.account.str(), scope.region.str(), arn},
      [&](const store::Row& row) { found = row.Json(0).as_object(); });
  return found;
}

void PutDocument(store::Transaction& tx, Kind kind, const Scope& scope, const std::string& arn,
                 int64_t position, const json::Object& document) {
  tx.Execute(
      "INSERT INTO securityhub_documents (kind, account, region, arn, position, document) "
      "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (kind, account, region, arn) "
      "DO UPDATE SET position = excluded.position, document = excluded.document",
      {static_cast<int>(kind), scope.account.str(), scope.region.str(), arn, position,
       json::Serialize(document)});
}

bool DeleteDocument(store::Transaction& tx, Kind kind, const Scope& scope, const std::string& arn) {
  return tx.Execute(
             "DELETE FROM securityhub_documents "
             "WHERE kind = ? AND account = ? AND region = ? AND arn = ?",
             {static_cast<int>(kind), scope.account.str(), scope.region.str(), arn}) > 0;
}

void EachDocument(store::Transaction& tx, Kind kind, const Scope& scope,
                  const std::function<bool(json::Object)>& each) {
  tx.Query(
      "SELECT document FROM securityhub_documents WHERE kind = ? AND account = ? AND region = ? "
      "ORDER BY position, rowid",
      {static_cast<int>(kind), scope.account.str(), scope.region.str()},
      [&](const store::Row& row) { return each(row.Json(0).as_object()); });
}

int64_t CountDocuments(store::Transaction& tx, Kind kind, const Scope& scope) {
  return tx
      .QueryInt(
          "SELECT COUNT(*) FROM securityhub_documents "
          "WHERE kind = ? AND account = ? AND region = ?",
          {static_cast<int>(kind), scope.account.str(), scope.region.str()})
      .value_or(0);
}

Hub GetHub(store::Transaction& tx, const Scope& scope) {
  Hub hub;
  tx.QueryOne("SELECT enabled, since_ms FROM securityhub_hubs WHERE account = ? AND region = ?",
              {scope.account.str(), scope.region.str()}, [&](const store::Row& row) {
                hub.enabled = row.Int(0) != 0;
                hub.since = row.Time(1);
              });
  return hub;
}

void PutHub(store::Transaction& tx, const Scope& scope, const Hub& hub) {
  tx.Execute(
      "INSERT OR REPLACE INTO securityhub_hubs (account, region, enabled, since_ms) "
      "VALUES (?, ?, ?, ?)",
      {scope.account.str(), scope.region.str(), hub.enabled, hub.since});
}

json::Object GetTags(store::Transaction& tx, const std::string& arn) {
  json::Object tags;
  tx.QueryOne("SELECT tags FROM securityhub_tags WHERE arn = ?", {arn},
              [&](const store::Row& row) { tags = row.Json(0).as_object(); });
  return tags;
}

void PutTags(store::Transaction& tx, const std::string& arn, const json::Object& tags) {
  tx.Execute("INSERT OR REPLACE INTO securityhub_tags (arn, tags) VALUES (?, ?)",
             {arn, json::Serialize(tags)});
}

}  // namespace riposte::securityhub::tables
