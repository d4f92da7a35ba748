#include "workflow/tables.h"

#include "access/crypto.h"
#include "access/principal_json.h"
#include "json/append.h"

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
    {"workflow", 2, R"sql(
CREATE TABLE workflow_definitions (hash TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO workflow_definitions
  SELECT 'execution/' || id, definition FROM workflow_executions;
ALTER TABLE workflow_executions RENAME TO workflow_executions_1;
CREATE TABLE workflow_executions (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  language TEXT NOT NULL,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  definition TEXT NOT NULL,
  principal TEXT NOT NULL,
  correlation TEXT NOT NULL,
  hops INTEGER NOT NULL,
  parent_id TEXT NOT NULL DEFAULT '',
  parent_key TEXT NOT NULL DEFAULT '',
  client_token TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  ended_ms INTEGER NOT NULL,
  turns INTEGER NOT NULL,
  status TEXT NOT NULL,
  finished INTEGER NOT NULL,
  output TEXT NOT NULL,
  state TEXT NOT NULL
);
INSERT INTO workflow_executions
  SELECT NULL, id, language, account, region, name, version, 'execution/' || id, principal,
    correlation, hops, parent_id, parent_key, client_token, request_hash, started_ms, ended_ms,
    (SELECT COUNT(*) FROM workflow_history h WHERE h.execution_id = id), status, finished, output,
    state
  FROM workflow_executions_1 ORDER BY started_ms, id;
DROP TABLE workflow_executions_1;
CREATE INDEX workflow_executions_list
  ON workflow_executions (account, region, language, started_ms, id);
CREATE INDEX workflow_executions_running
  ON workflow_executions (account, region, language) WHERE finished = 0;
CREATE INDEX workflow_executions_ended ON workflow_executions (ended_ms) WHERE finished = 1;
CREATE UNIQUE INDEX workflow_executions_token
  ON workflow_executions (account, region, language, client_token) WHERE client_token <> '';
CREATE INDEX workflow_executions_definition ON workflow_executions (definition);
ALTER TABLE workflow_effects RENAME TO workflow_effects_1;
CREATE TABLE workflow_effects (
  execution INTEGER NOT NULL,
  key TEXT NOT NULL,
  kind INTEGER NOT NULL,
  detail TEXT NOT NULL,
  token TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (execution, key)
) WITHOUT ROWID;
INSERT INTO workflow_effects
  SELECT e.number, f.key, f.kind, f.detail, f.token, f.created_ms
  FROM workflow_effects_1 f JOIN workflow_executions e ON e.id = f.execution_id;
DROP TABLE workflow_effects_1;
ALTER TABLE workflow_history RENAME TO workflow_history_1;
CREATE TABLE workflow_history (
  execution INTEGER NOT NULL,
  turn INTEGER NOT NULL,
  time_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  detail TEXT NOT NULL,
  consequences TEXT NOT NULL,
  PRIMARY KEY (execution, turn)
) WITHOUT ROWID;
INSERT INTO workflow_history
  SELECT e.number, h.sequence, h.time_ms, h.kind, h.key, h.detail, '[]'
  FROM workflow_history_1 h JOIN workflow_executions e ON e.id = h.execution_id;
DROP TABLE workflow_history_1;
)sql"},
};

/// Of definitions, while executions are listed.
constexpr size_t kMaxKnownBytes = 4 * 1024 * 1024;
/// A history entry tells what happened, not every byte of it: the state has the rest.
constexpr size_t kMaxHistoryBytes = 16 * 1024;
/// Stands for what is longer.
constexpr std::string_view kTruncatedBytes = "truncated_bytes";

#define RIPOSTE_EXECUTION_COLUMNS                                                              \
  "number, id, language, account, region, name, version, definition, principal, correlation, " \
  "hops,"                                                                                      \
  " parent_id, started_ms, ended_ms, turns, status, finished, output, state"
#define RIPOSTE_EFFECT_COLUMNS "execution, key, kind, detail, token, created_ms"

json::Object ObjectOf(const store::Row& row, int column) {
  json::Value value = row.Json(column);
  return value.is_object() ? std::move(value.get_object()) : json::Object();
}

std::shared_ptr<const Definition> DefinitionOf(store::Transaction& tx, const std::string& hash,
                                               Definitions* known) {
  if (known) {
    if (auto found = known->Find(hash)) return std::move(*found);
  }
  auto definition = std::make_shared<Definition>();
  definition->hash = hash;
  tx.QueryOne("SELECT content FROM workflow_definitions WHERE hash = ?", {hash},
              [&](const store::Row& row) {
                definition->content = ObjectOf(row, 0);
                definition->bytes = row.Text(0).size();
              });
  if (known) known->Put(hash, definition, definition->bytes);
  return definition;
}

Execution ExecutionOf(store::Transaction& tx, const store::Row& row, Definitions* known) {
  Execution execution;
  execution.number = row.Int(0);
  execution.id = row.Str(1);
  execution.language = row.Str(2);
  execution.scope = {AccountId(row.Str(3)), Region(row.Str(4))};
  execution.name = row.Str(5);
  execution.version = row.Str(6);
  execution.definition = DefinitionOf(tx, row.Str(7), known);
  execution.principal = access::PrincipalFromJson(ObjectOf(row, 8));
  execution.trace = {row.Str(9), static_cast<int>(row.Int(10))};
  execution.parent_id = row.Str(11);
  execution.started = row.Time(12);
  execution.ended = row.Time(13);
  execution.turns = row.Int(14);
  execution.status = row.Str(15);
  execution.finished = row.Int(16) != 0;
  execution.output = row.Json(17);
  execution.state = ObjectOf(row, 18);
  return execution;
}

PendingEffect EffectOf(const store::Row& row) {
  return {row.Int(0),       row.Str(1), static_cast<Effect::Kind>(row.Int(2)),
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

std::shared_ptr<const Definition> MakeDefinition(json::Object content) {
  auto definition = std::make_shared<Definition>();
  const std::string text = json::Text(content);
  definition->hash = access::Sha256Hex(text);
  definition->bytes = text.size();
  definition->content = std::move(content);
  return definition;
}

void InsertExecution(store::Transaction& tx, Execution& execution, const std::string& client_token,
                     const std::string& request_hash) {
  const bool known =
      tx.QueryInt("SELECT 1 FROM workflow_definitions WHERE hash = ?", {execution.definition->hash})
          .has_value();
  if (!known) {
    tx.Execute("INSERT INTO workflow_definitions (hash, content) VALUES (?, ?)",
               {execution.definition->hash, json::Text(execution.definition->content)});
  }
  tx.Execute(
      "INSERT INTO workflow_executions (id, language, account, region, name, version, definition,"
      " principal, correlation, hops, parent_id, client_token, request_hash, started_ms, ended_ms,"
      " turns, status, finished, output, state)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {execution.id,
       execution.language,
       execution.scope.account.str(),
       execution.scope.region.str(),
       execution.name,
       execution.version,
       execution.definition->hash,
       json::Text(access::PrincipalToJson(execution.principal)),
       execution.trace.correlation,
       execution.trace.hops,
       execution.parent_id,
       client_token,
       request_hash,
       execution.started,
       execution.ended,
       execution.turns,
       execution.status,
       execution.finished,
       json::Serialize(execution.output),
       json::Text(execution.state)});
  execution.number = tx.LastInsertId();
}

size_t UpdateExecution(store::Transaction& tx, const Execution& execution) {
  const std::string state = json::Text(execution.state);
  tx.Execute(
      "UPDATE workflow_executions SET state = ?, status = ?, finished = ?, output = ?,"
      " ended_ms = ?, turns = ? WHERE number = ?",
      {state, execution.status, execution.finished, json::Serialize(execution.output),
       execution.ended, execution.turns, execution.number});
  return state.size();
}

std::optional<int64_t> NumberOf(store::Transaction& tx, const std::string& id) {
  return tx.QueryInt("SELECT number FROM workflow_executions WHERE id = ?", {id});
}

std::optional<Execution> LoadExecution(store::Transaction& tx, const std::string& id,
                                       Definitions* known) {
  std::optional<Execution> execution;
  tx.QueryOne("SELECT " RIPOSTE_EXECUTION_COLUMNS " FROM workflow_executions WHERE id = ?", {id},
              [&](const store::Row& row) { execution = ExecutionOf(tx, row, known); });
  return execution;
}

std::optional<Execution> LoadExecution(store::Transaction& tx, int64_t number, Definitions* known) {
  std::optional<Execution> execution;
  tx.QueryOne("SELECT " RIPOSTE_EXECUTION_COLUMNS " FROM workflow_executions WHERE number = ?",
              {number}, [&](const store::Row& row) { execution = ExecutionOf(tx, row, known); });
  return execution;
}

std::optional<Actor> LoadActor(store::Transaction& tx, int64_t number) {
  std::optional<Actor> actor;
  tx.QueryOne(
      "SELECT id, account, region, principal, correlation, hops FROM workflow_executions"
      " WHERE number = ? AND finished = 0",
      {number}, [&](const store::Row& row) {
        actor = Actor{row.Str(0),
                      {AccountId(row.Str(1)), Region(row.Str(2))},
                      access::PrincipalFromJson(ObjectOf(row, 3)),
                      {row.Str(4), static_cast<int>(row.Int(5))}};
      });
  return actor;
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
  tx.QueryOne(
      "SELECT p.number, c.parent_key FROM workflow_executions c"
      " JOIN workflow_executions p ON p.id = c.parent_id WHERE c.id = ? AND c.parent_id <> ''",
      {child_id}, [&](const store::Row& row) { waiter = Waiter{row.Int(0), row.Str(1)}; });
  return waiter;
}

void InsertEffect(store::Transaction& tx, const PendingEffect& effect) {
  tx.Execute("INSERT INTO workflow_effects (" RIPOSTE_EFFECT_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?)",
             {effect.execution, effect.key, static_cast<int>(effect.kind),
              json::Text(effect.detail), effect.token, effect.created});
}

bool TakeEffect(store::Transaction& tx, int64_t execution, const std::string& key,
                const std::string& token) {
  return tx.Execute("DELETE FROM workflow_effects WHERE execution = ? AND key = ? AND token = ?",
                    {execution, key, token}) > 0;
}

std::optional<PendingEffect> FindEffect(store::Transaction& tx, int64_t execution,
                                        const std::string& key) {
  std::optional<PendingEffect> effect;
  tx.QueryOne("SELECT " RIPOSTE_EFFECT_COLUMNS
              " FROM workflow_effects WHERE execution = ? AND key = ?",
              {execution, key}, [&](const store::Row& row) { effect = EffectOf(row); });
  return effect;
}

void DeleteEffect(store::Transaction& tx, int64_t execution, const std::string& key) {
  tx.Execute("DELETE FROM workflow_effects WHERE execution = ? AND key = ?", {execution, key});
}

std::vector<PendingEffect> EffectsOf(store::Transaction& tx, int64_t execution) {
  std::vector<PendingEffect> effects;
  tx.Query("SELECT " RIPOSTE_EFFECT_COLUMNS
           " FROM workflow_effects WHERE execution = ? ORDER BY key",
           {execution}, [&](const store::Row& row) {
             effects.push_back(EffectOf(row));
             return true;
           });
  return effects;
}

void EachEffect(store::Transaction& tx, const std::function<void(PendingEffect)>& each) {
  tx.Query("SELECT " RIPOSTE_EFFECT_COLUMNS
           " FROM workflow_effects ORDER BY created_ms, execution, key",
           {}, [&](const store::Row& row) {
             each(EffectOf(row));
             return true;
           });
}

void AppendHistory(store::Transaction& tx, const Execution& execution, TimePoint now,
                   std::string_view kind, const std::string& key, const json::Object& detail,
                   const json::Array& consequences) {
  std::string text = json::Text(detail);
  if (text.size() > kMaxHistoryBytes) {
    text = json::Serialize(json::Object{{kTruncatedBytes, text.size()}});
  }
  tx.Execute(
      "INSERT INTO workflow_history (execution, turn, time_ms, kind, key, detail, consequences)"
      " VALUES (?, ?, ?, ?, ?, ?, ?)",
      {execution.number, execution.turns, now, kind, key, text, json::Text(consequences)});
}

void EachExecution(store::Transaction& tx, const Scope& scope, const std::string& language,
                   const std::optional<Cursor>& after,
                   const std::function<bool(const Execution&)>& each) {
  Definitions known(kMaxKnownBytes);
  const int64_t started = after ? ToMillis(after->started) : INT64_MAX;
  tx.Query("SELECT " RIPOSTE_EXECUTION_COLUMNS
           " FROM workflow_executions"
           " WHERE account = ? AND region = ? AND language = ?"
           " AND (started_ms, id) < (?, ?) ORDER BY started_ms DESC, id DESC",
           {scope.account.str(), scope.region.str(), language, started, after ? after->id : ""},
           [&](const store::Row& row) { return each(ExecutionOf(tx, row, &known)); });
}

void EachHistory(store::Transaction& tx, int64_t execution,
                 const std::function<bool(const HistoryRow&)>& each) {
  tx.Query(
      "SELECT turn, time_ms, kind, key, detail, consequences FROM workflow_history"
      " WHERE execution = ? ORDER BY turn",
      {execution}, [&](const store::Row& row) {
        if (!each({row.Int(0), row.Time(1), row.Str(2), row.Str(3), row.Json(4)})) return false;
        const json::Value consequences = row.Json(5);
        const json::Array& list = consequences.as_array();
        for (size_t i = 0; i + 1 < list.size(); i += 2) {
          if (!each({row.Int(0), row.Time(1), std::string(json::View(list[i])),
                     std::string(json::View(list[i + 1])), json::Value()})) {
            return false;
          }
        }
        return true;
      });
}

std::optional<json::Object> InputOf(store::Transaction& tx, int64_t execution) {
  std::optional<json::Object> input;
  EachHistory(tx, execution, [&](const HistoryRow& row) {
    if (row.detail.is_object() && !row.detail.as_object().contains(kTruncatedBytes)) {
      input = row.detail.as_object();
    }
    return false;
  });
  return input;
}

int64_t Prune(store::Transaction& tx, TimePoint before, int limit) {
  struct Old {
    int64_t number = 0;
    std::string definition;
  };
  std::vector<Old> old;
  tx.Query(
      "SELECT number, definition FROM workflow_executions"
      " WHERE finished = 1 AND ended_ms < ? LIMIT ?",
      {before, limit}, [&](const store::Row& row) {
        old.push_back({row.Int(0), row.Str(1)});
        return true;
      });
  for (const Old& one : old) {
    tx.Execute("DELETE FROM workflow_history WHERE execution = ?", {one.number});
    tx.Execute("DELETE FROM workflow_effects WHERE execution = ?", {one.number});
    tx.Execute("DELETE FROM workflow_executions WHERE number = ?", {one.number});
    tx.Execute(
        "DELETE FROM workflow_definitions WHERE hash = ? AND NOT EXISTS"
        " (SELECT 1 FROM workflow_executions WHERE definition = ?)",
        {one.definition, one.definition});
  }
  return static_cast<int64_t>(old.size());
}

}  // namespace riposte::workflow::tables
