#include "services/secretsmanager/tables.h"

namespace riposte::secretsmanager::tables {
namespace {

constexpr size_t kSuffixLength = 7;  // "-AbCdEf"

constexpr store::Migration kMigrations[] = {{"secretsmanager", 1, R"sql(
CREATE TABLE secretsmanager_secrets (
  arn TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  kms_key_id TEXT NOT NULL,
  policy TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL,
  deletion_ms INTEGER NOT NULL,
  tags TEXT NOT NULL,
  UNIQUE (account, region, name)
);
CREATE INDEX secretsmanager_secrets_deletion ON secretsmanager_secrets (deletion_ms)
  WHERE deletion_ms > 0;
CREATE TABLE secretsmanager_versions (
  arn TEXT NOT NULL,
  id TEXT NOT NULL,
  binary INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (arn, id)
);
CREATE TABLE secretsmanager_stages (
  arn TEXT NOT NULL,
  stage TEXT NOT NULL,
  version_id TEXT NOT NULL,
  PRIMARY KEY (arn, stage)
);
)sql"}};

Secret Read(const store::Row& row) {
  Secret secret;
  secret.arn = row.Str(0);
  secret.name = row.Str(1);
  secret.description = row.Str(2);
  secret.kms_key_id = row.Str(3);
  secret.policy = row.Str(4);
  secret.created = row.Time(5);
  secret.changed = row.Time(6);
  secret.deletion = row.Time(7);
  const json::Value tags = row.Json(8);
  if (tags.is_array()) secret.tags = tags.get_array();
  return secret;
}

}  // namespace

std::span<const store::Migration> Migrations() {
  return kMigrations;
}

std::optional<Secret> Find(store::Transaction& tx, const Scope& scope, const std::string& id,
                           TimePoint now) {
  std::optional<Secret> found;
  const auto keep = [&](const store::Row& row) { found = Read(row); };
  const std::string prefix =
      "arn:aws:secretsmanager:" + scope.region.str() + ":" + scope.account.str() + ":secret:";
  if (id.starts_with("arn:")) {
    if (!id.starts_with(prefix)) return std::nullopt;
    if (!tx.QueryOne("SELECT arn, name, description, kms_key_id, policy, created_ms, changed_ms,"
                     " deletion_ms, tags FROM secretsmanager_secrets WHERE arn = ?",
                     {id}, keep)) {
      return Find(tx, scope, id.substr(prefix.size()), now);
    }
  } else {
    tx.QueryOne(
        "SELECT arn, name, description, kms_key_id, policy, created_ms, changed_ms,"
        " deletion_ms, tags FROM secretsmanager_secrets"
        " WHERE account = ? AND region = ? AND name = ?",
        {scope.account.str(), scope.region.str(), id}, keep);
    // The form in which policies name a secret of unknown ending.
    if (!found && id.ends_with("-??????")) {
      return Find(tx, scope, id.substr(0, id.size() - kSuffixLength), now);
    }
  }
  if (found && found->marked() && found->deletion <= now) return std::nullopt;
  return found;
}

std::vector<Secret> All(store::Transaction& tx, const Scope& scope, TimePoint now) {
  std::vector<Secret> secrets;
  tx.Query(
      "SELECT arn, name, description, kms_key_id, policy, created_ms, changed_ms,"
      " deletion_ms, tags FROM secretsmanager_secrets"
      " WHERE account = ? AND region = ? ORDER BY name",
      {scope.account.str(), scope.region.str()}, [&](const store::Row& row) {
        Secret secret = Read(row);
        if (!secret.marked() || secret.deletion > now) secrets.push_back(std::move(secret));
        return true;
      });
  return secrets;
}

void Insert(store::Transaction& tx, const Scope& scope, const Secret& secret) {
  tx.Execute(
      "INSERT INTO secretsmanager_secrets (arn, account, region, name, description, kms_key_id,"
      " policy, created_ms, changed_ms, deletion_ms, tags)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {secret.arn, scope.account.str(), scope.region.str(), secret.name, secret.description,
       secret.kms_key_id, secret.policy, secret.created, secret.changed, secret.deletion,
       json::Serialize(secret.tags)});
}

void Update(store::Transaction& tx, const Secret& secret) {
  tx.Execute(
      "UPDATE secretsmanager_secrets SET description = ?, kms_key_id = ?, policy = ?,"
      " changed_ms = ?, deletion_ms = ?, tags = ? WHERE arn = ?",
      {secret.description, secret.kms_key_id, secret.policy, secret.changed, secret.deletion,
       json::Serialize(secret.tags), secret.arn});
}

void Delete(store::Transaction& tx, const std::string& arn) {
  tx.Execute("DELETE FROM secretsmanager_stages WHERE arn = ?", {arn});
  tx.Execute("DELETE FROM secretsmanager_versions WHERE arn = ?", {arn});
  tx.Execute("DELETE FROM secretsmanager_secrets WHERE arn = ?", {arn});
}

void Purge(store::Transaction& tx, TimePoint now) {
  std::vector<std::string> arns;
  tx.Query("SELECT arn FROM secretsmanager_secrets WHERE deletion_ms > 0 AND deletion_ms <= ?",
           {now}, [&](const store::Row& row) {
             arns.push_back(row.Str(0));
             return true;
           });
  for (const std::string& arn : arns) Delete(tx, arn);
}

std::optional<Version> FindVersion(store::Transaction& tx, const std::string& arn,
                                   const std::string& id) {
  std::optional<Version> found;
  tx.QueryOne(
      "SELECT id, binary, sealed, created_ms FROM secretsmanager_versions"
      " WHERE arn = ? AND id = ?",
      {arn, id}, [&](const store::Row& row) {
        found = Version{row.Str(0), row.Int(1) != 0, row.Str(2), row.Time(3)};
      });
  return found;
}

std::vector<Version> Versions(store::Transaction& tx, const std::string& arn) {
  std::vector<Version> versions;
  tx.Query(
      "SELECT id, binary, created_ms FROM secretsmanager_versions WHERE arn = ?"
      " ORDER BY created_ms DESC, rowid DESC",
      {arn}, [&](const store::Row& row) {
        versions.push_back({row.Str(0), row.Int(1) != 0, {}, row.Time(2)});
        return true;
      });
  return versions;
}

void InsertVersion(store::Transaction& tx, const std::string& arn, const Version& version) {
  tx.Execute(
      "INSERT INTO secretsmanager_versions (arn, id, binary, sealed, created_ms)"
      " VALUES (?, ?, ?, ?, ?)",
      {arn, version.id, version.binary, store::Blob{version.sealed}, version.created});
}

void TrimVersions(store::Transaction& tx, const std::string& arn, int64_t keep) {
  tx.Execute(
      "DELETE FROM secretsmanager_versions WHERE rowid IN (SELECT v.rowid"
      " FROM secretsmanager_versions v WHERE v.arn = ?1 AND v.id NOT IN"
      " (SELECT version_id FROM secretsmanager_stages WHERE arn = ?1)"
      " ORDER BY v.created_ms DESC, v.rowid DESC LIMIT -1 OFFSET ?2)",
      {arn, keep});
}

std::map<std::string, std::string> Stages(store::Transaction& tx, const std::string& arn) {
  std::map<std::string, std::string> stages;
  tx.Query("SELECT stage, version_id FROM secretsmanager_stages WHERE arn = ?", {arn},
           [&](const store::Row& row) {
             stages.emplace(row.Str(0), row.Str(1));
             return true;
           });
  return stages;
}

void SetStage(store::Transaction& tx, const std::string& arn, const std::string& stage,
              const std::string& version_id) {
  tx.Execute(
      "INSERT OR REPLACE INTO secretsmanager_stages (arn, stage, version_id) VALUES (?, ?, ?)",
      {arn, stage, version_id});
}

void RemoveStage(store::Transaction& tx, const std::string& arn, const std::string& stage) {
  tx.Execute("DELETE FROM secretsmanager_stages WHERE arn = ? AND stage = ?", {arn, stage});
}

}  // namespace riposte::secretsmanager::tables
