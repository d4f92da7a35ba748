// The tables of the workflow core, version by version; tables.h says what is in them.
#include "workflow/tables.h"

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
    {"workflow", 3, R"sql(
ALTER TABLE workflow_executions ADD COLUMN owed TEXT NOT NULL DEFAULT '[]';
UPDATE workflow_executions SET owed =
    (SELECT json_group_array(json_array(key, kind, json(detail), token, created_ms))
     FROM workflow_effects WHERE execution = number AND kind <> 100)
  WHERE finished = 0;
CREATE TABLE workflow_errands (
  execution INTEGER NOT NULL,
  key TEXT NOT NULL,
  detail TEXT NOT NULL,
  token TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (execution, key)
) WITHOUT ROWID;
INSERT INTO workflow_errands
  SELECT execution, key, detail, token, created_ms FROM workflow_effects WHERE kind = 100;
DROP TABLE workflow_effects;
ALTER TABLE workflow_history RENAME TO workflow_history_2;
CREATE TABLE workflow_history (
  sequence INTEGER PRIMARY KEY,
  execution INTEGER NOT NULL,
  turn INTEGER NOT NULL,
  time_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  detail TEXT NOT NULL,
  consequences TEXT NOT NULL,
  change TEXT NOT NULL
);
INSERT INTO workflow_history
  SELECT NULL, execution, turn, time_ms, kind, key, detail, consequences, ''
  FROM workflow_history_2 ORDER BY execution, turn;
DROP TABLE workflow_history_2;
CREATE UNIQUE INDEX workflow_history_turn ON workflow_history (execution, turn);
)sql"},
};

}  // namespace

std::span<const store::Migration> Migrations() {
  return kMigrations;
}

}  // namespace riposte::workflow::tables
