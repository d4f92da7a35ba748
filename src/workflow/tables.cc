#include "workflow/tables.h"

#include "access/principal_json.h"

namespace riposte::workflow::tables {
namespace {

constexpr store::Migration kMigrations[] = {
    {"workflow", 1, R"sql(
CREATE TABLE workflow_executions (
  id TEXT PRIMARY KEY,
  language TEXT NOT NULL,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  definition TEXT NOT NULL,
  state TEXT NOT NULL,
  status TEXT NOT NULL,
  finished INTEGER NOT NULL,
  output TEXT NOT NULL,
  principal TEXT NOT NULL,
  correlation TEXT NOT NULL,
  hops INTEGER NOT NULL,
  parent_id TEXT NOT NULL DEFAULT '',
  parent_key TEXT NOT NULL DEFAULT '',
  client_token TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  ended_ms INTEGER NOT NULL
);
CREATE INDEX workflow_executions_list
  ON workflow_executions (account, region, language, started_ms, id);
CREATE INDEX workflow_executions_running
  ON workflow_executions (account, region, language) WHERE finished = 0;
CREATE INDEX workflow_executions_ended ON workflow_executions (ended_ms) WHERE finished = 1;
CREATE UNIQUE INDEX workflow_executions_token
  ON workflow_executions (account, region, language, client_token) WHERE client_token <> '';
CREATE TABLE workflow_effects (
  execution_id TEXT NOT NULL,
  key TEXT NOT NULL,
  kind INTEGER NOT NULL,
  detail TEXT NOT NULL,
  token TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (execution_id, key)
);
CREATE TABLE workflow_history (
  execution_id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  time_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (execution_id, sequence)
);
)sql"},
};

/// A history entry tells what happened, not every byte of it: the state has the rest.
constexpr size_t kMaxHistoryBytes = 16 * 1024;

#define RIPOSTE_EXECUTION_COLUMNS                                                               \
  "id, language, account, region, name, version, definition, state, status, finished, output, " \
  "principal, correlation, hops, parent_id, started_ms, ended_ms"

json::Object ObjectOf(const store::Row& row, int column) {
  json::Value value = row.Json(column);
  return value.is_object() ? std::move(value.get_object()) : json::Object();
}

Execution ExecutionOf(const store::Row& row) {
  Execution execution;
  execution.id = row.Str(0);
  execution.language = row.Str(1);
  execution.scope = {AccountId(row.Str(2)), Region(row.Str(3))};
  execution.name = row.Str(4);
  execution.version = row.Str(5);
  execution.definition = ObjectOf(row, 6);
  execution.state = ObjectOf(row, 7);
  execution.status = row.Str(8);
  execution.finished = row.Int(9) != 0;
  execution.output = row.Json(10);
  execution.principal = access::PrincipalFromJson(ObjectOf(row, 11));
  execution.trace = {row.Str(12), static_cast<int>(row.Int(13))};
  execution.parent_id = row.Str(14);
  execution.started = row.Time(15);
  execution.ended = row.Time(16);
  return execution;
}

PendingEffect EffectOf(const store::Row& row) {
  return {row.Str(0),       row.Str(1), static_cast<Effect::Kind>(row.Int(2)),
          ObjectOf(row, 3), row.Str(4), row.Time(5)};
}

}  // namespace

std::span<const store::Migration> Migrations() {
  return kMigrations;
}

std::optional<Token> FindClientToken(store::Transaction& tx, const Scope& scope,
                                     const std::string& language, const std::string& client_token) {
  std::optional<Token> token;
  tx.QueryOne(
      "SELECT id, request_hash FROM workflow_executions"
      " WHERE account = ? AND region = ? AND language = ? AND client_token = ?"
      " AND client_token <> ''",
      {scope.account.str(), scope.region.str(), language, client_token},
      [&](const store::Row& row) { token = Token{row.Str(0), row.Str(1)}; });
  return token;
}

int64_t CountRunning(store::Transaction& tx, const Scope& scope, const std::string& language) {
  return tx
      .QueryInt(
          "SELECT COUNT(*) FROM workflow_executions"
          " WHERE account = ? AND region = ? AND language = ? AND finished = 0",
          {scope.account.str(), scope.region.str(), language})
      .value_or(0);
}

void InsertExecution(store::Transaction& tx, const Execution& execution,
                     const std::string& client_token, const std::string& request_hash) {
  tx.Execute("INSERT INTO workflow_executions (" RIPOSTE_EXECUTION_COLUMNS
             ", client_token, request_hash)"
             " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
             {execution.id, execution.language, execution.scope.account.str(),
              execution.scope.region.str(), execution.name, execution.version,
              json::Serialize(execution.definition), json::Serialize(execution.state),
              execution.status, execution.finished, json::Serialize(execution.output),
              json::Serialize(access::PrincipalToJson(execution.principal)),
              execution.trace.correlation, execution.trace.hops, execution.parent_id,
              execution.started, execution.ended, client_token, request_hash});
}

void UpdateExecution(store::Transaction& tx, const Execution& execution) {
  tx.Execute(
      "UPDATE workflow_executions SET state = ?, status = ?, finished = ?, output = ?,"
      " ended_ms = ? WHERE id = ?",
      {json::Serialize(execution.state), execution.status, execution.finished,
       json::Serialize(execution.output), execution.ended, execution.id});
}

std::optional<Execution> LoadExecution(store::Transaction& tx, const std::string& id) {
  std::optional<Execution> execution;
  tx.QueryOne("SELECT " RIPOSTE_EXECUTION_COLUMNS " FROM workflow_executions WHERE id = ?", {id},
              [&](const store::Row& row) { execution = ExecutionOf(row); });
  return execution;
}

std::optional<ChildEnd> Adopt(store::Transaction& tx, const Execution& parent,
                              const std::string& key, const std::string& child_id,
                              const Scope& scope) {
  std::optional<ChildEnd> end;
  tx.QueryOne(
      "SELECT finished, status, output FROM workflow_executions"
      " WHERE id = ? AND account = ? AND region = ?",
      {child_id, scope.account.str(), scope.region.str()},
      [&](const store::Row& row) { end = ChildEnd{row.Int(0) != 0, row.Str(1), row.Json(2)}; });
  if (end) {
    tx.Execute("UPDATE workflow_executions SET parent_id = ?, parent_key = ? WHERE id = ?",
               {parent.id, key, child_id});
  }
  return end;
}

std::optional<Waiter> FindWaiter(store::Transaction& tx, const std::string& child_id) {
  std::optional<Waiter> waiter;
  tx.QueryOne("SELECT parent_id, parent_key FROM workflow_executions WHERE id = ?", {child_id},
              [&](const store::Row& row) {
                if (!row.Text(0).empty()) waiter = Waiter{row.Str(0), row.Str(1)};
              });
  return waiter;
}

void InsertEffect(store::Transaction& tx, const PendingEffect& effect) {
  tx.Execute(
      "INSERT INTO workflow_effects (execution_id, key, kind, detail, token, created_ms)"
      " VALUES (?, ?, ?, ?, ?, ?)",
      {effect.execution_id, effect.key, static_cast<int>(effect.kind),
       json::Serialize(effect.detail), effect.token, effect.created});
}

bool TakeEffect(store::Transaction& tx, const std::string& execution_id, const std::string& key,
                const std::string& token) {
  return tx.Execute("DELETE FROM workflow_effects WHERE execution_id = ? AND key = ? AND token = ?",
                    {execution_id, key, token}) > 0;
}

std::optional<PendingEffect> FindEffect(store::Transaction& tx, const std::string& execution_id,
                                        const std::string& key) {
  std::optional<PendingEffect> effect;
  tx.QueryOne(
      "SELECT execution_id, key, kind, detail, token, created_ms FROM workflow_effects"
      " WHERE execution_id = ? AND key = ?",
      {execution_id, key}, [&](const store::Row& row) { effect = EffectOf(row); });
  return effect;
}

void DeleteEffect(store::Transaction& tx, const std::string& execution_id, const std::string& key) {
  tx.Execute("DELETE FROM workflow_effects WHERE execution_id = ? AND key = ?",
             {execution_id, key});
}

std::vector<PendingEffect> EffectsOf(store::Transaction& tx, const std::string& execution_id) {
  std::vector<PendingEffect> effects;
  tx.Query(
      "SELECT execution_id, key, kind, detail, token, created_ms FROM workflow_effects"
      " WHERE execution_id = ? ORDER BY key",
      {execution_id}, [&](const store::Row& row) {
        effects.push_back(EffectOf(row));
        return true;
      });
  return effects;
}

void EachEffect(store::Transaction& tx, const std::function<void(PendingEffect)>& each) {
  tx.Query(
      "SELECT execution_id, key, kind, detail, token, created_ms FROM workflow_effects"
      " ORDER BY created_ms, execution_id, key",
      {}, [&](const store::Row& row) {
        each(EffectOf(row));
        return true;
      });
}

void AppendHistory(store::Transaction& tx, const std::string& execution_id, TimePoint now,
                   std::string_view kind, const std::string& key, const json::Object& detail) {
  std::string text = json::Serialize(detail);
  if (text.size() > kMaxHistoryBytes) {
    text = json::Serialize(json::Object{{"truncated_bytes", text.size()}});
  }
  tx.Execute(
      "INSERT INTO workflow_history (execution_id, sequence, time_ms, kind, key, detail)"
      " SELECT ?, COALESCE(MAX(sequence), 0) + 1, ?, ?, ?, ? FROM workflow_history"
      " WHERE execution_id = ?",
      {execution_id, now, kind, key, text, execution_id});
}

void EachExecution(store::Transaction& tx, const Scope& scope, const std::string& language,
                   const std::optional<Cursor>& after,
                   const std::function<bool(const Execution&)>& each) {
  const int64_t started = after ? ToMillis(after->started) : INT64_MAX;
  tx.Query("SELECT " RIPOSTE_EXECUTION_COLUMNS
           " FROM workflow_executions"
           " WHERE account = ? AND region = ? AND language = ?"
           " AND (started_ms, id) < (?, ?) ORDER BY started_ms DESC, id DESC",
           {scope.account.str(), scope.region.str(), language, started, after ? after->id : ""},
           [&](const store::Row& row) { return each(ExecutionOf(row)); });
}

void EachHistory(store::Transaction& tx, const std::string& execution_id,
                 const std::function<bool(const HistoryRow&)>& each) {
  tx.Query(
      "SELECT sequence, time_ms, kind, key, detail FROM workflow_history"
      " WHERE execution_id = ? ORDER BY sequence",
      {execution_id}, [&](const store::Row& row) {
        return each({row.Int(0), row.Time(1), row.Str(2), row.Str(3), row.Json(4)});
      });
}

int64_t Prune(store::Transaction& tx, TimePoint before, int limit) {
  std::vector<std::string> ids;
  tx.Query("SELECT id FROM workflow_executions WHERE finished = 1 AND ended_ms < ? LIMIT ?",
           {before, limit}, [&](const store::Row& row) {
             ids.push_back(row.Str(0));
             return true;
           });
  for (const std::string& id : ids) {
    tx.Execute("DELETE FROM workflow_history WHERE execution_id = ?", {id});
    tx.Execute("DELETE FROM workflow_executions WHERE id = ?", {id});
  }
  return static_cast<int64_t>(ids.size());
}

}  // namespace riposte::workflow::tables
