#include "services/pipes/tables.h"

#include "base/arn.h"

namespace riposte::pipes {

std::string PipeKey::Arn() const {
  return MakeArn("pipes", scope, "pipe/" + name);
}

namespace tables {
namespace {

constexpr store::Migration kMigrations[] = {{"pipes", 1, R"(
CREATE TABLE pipes_pipes (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  document TEXT NOT NULL,
  desired TEXT NOT NULL,
  state TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL,
  PRIMARY KEY (account, region, name)
);
CREATE TABLE pipes_tags (
  arn TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (arn, key)
) WITHOUT ROWID;
)"}};

#define RIPOSTE_PIPE_COLUMNS \
  "account, region, name, document, desired, state, created_ms, modified_ms"

Pipe ReadPipe(const store::Row& row) {
  Pipe pipe;
  pipe.key = {{AccountId(row.Str(0)), Region(row.Str(1))}, row.Str(2)};
  pipe.document = row.Json(3).as_object();
  pipe.desired = row.Str(4);
  pipe.state = row.Str(5);
  pipe.created = row.Time(6);
  pipe.modified = row.Time(7);
  return pipe;
}

std::vector<Pipe> ReadAll(store::Transaction& tx, std::string_view sql,
                          std::initializer_list<store::Param> params) {
  std::vector<Pipe> out;
  tx.Query(sql, params, [&](const store::Row& row) {
    out.push_back(ReadPipe(row));
    return true;
  });
  return out;
}

}  // namespace

std::span<const store::Migration> Migrations() {
  return kMigrations;
}

std::optional<Pipe> Find(store::Transaction& tx, const PipeKey& key) {
  auto found = ReadAll(tx,
                       "SELECT " RIPOSTE_PIPE_COLUMNS
                       " FROM pipes_pipes WHERE account = ? AND region = ? AND name = ?",
                       {key.scope.account.str(), key.scope.region.str(), key.name});
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

void Put(store::Transaction& tx, const Pipe& pipe) {
  tx.Execute(
      "INSERT OR REPLACE INTO pipes_pipes (" RIPOSTE_PIPE_COLUMNS
      ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      {pipe.key.scope.account.str(), pipe.key.scope.region.str(), pipe.key.name,
       json::Serialize(pipe.document), pipe.desired, pipe.state, pipe.created, pipe.modified});
}

void Delete(store::Transaction& tx, const PipeKey& key) {
  tx.Execute("DELETE FROM pipes_pipes WHERE account = ? AND region = ? AND name = ?",
             {key.scope.account.str(), key.scope.region.str(), key.name});
  tx.Execute("DELETE FROM pipes_tags WHERE arn = ?", {key.Arn()});
}

int64_t Count(store::Transaction& tx, const Scope& scope) {
  return tx
      .QueryInt("SELECT count(*) FROM pipes_pipes WHERE account = ? AND region = ?",
                {scope.account.str(), scope.region.str()})
      .value_or(0);
}

std::vector<Pipe> List(store::Transaction& tx, const Scope& scope, const std::string& after,
                       int64_t limit) {
  return ReadAll(tx,
                 "SELECT " RIPOSTE_PIPE_COLUMNS
                 " FROM pipes_pipes WHERE account = ? AND region = ? AND name > ? ORDER BY name "
                 "LIMIT ?",
                 {scope.account.str(), scope.region.str(), after, limit});
}

std::vector<Pipe> All(store::Transaction& tx) {
  return ReadAll(tx, "SELECT " RIPOSTE_PIPE_COLUMNS " FROM pipes_pipes", {});
}

Tags ListTags(store::Transaction& tx, const std::string& arn) {
  Tags tags;
  tx.Query("SELECT key, value FROM pipes_tags WHERE arn = ? ORDER BY key", {arn},
           [&](const store::Row& row) {
             tags.emplace_back(row.Str(0), row.Str(1));
             return true;
           });
  return tags;
}

void PutTag(store::Transaction& tx, const std::string& arn, const std::string& key,
            const std::string& value) {
  tx.Execute("INSERT OR REPLACE INTO pipes_tags VALUES (?, ?, ?)", {arn, key, value});
}

void DeleteTag(store::Transaction& tx, const std::string& arn, const std::string& key) {
  tx.Execute("DELETE FROM pipes_tags WHERE arn = ? AND key = ?", {arn, key});
}

}  // namespace tables
}  // namespace riposte::pipes
