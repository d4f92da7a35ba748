#include "observe/tables.h"

namespace riposte::observe {
namespace {

// Events and datapoints refer to their group, stream or series by number, and numbers are never
// used again (AUTOINCREMENT): what belongs to a deleted group can be removed later, in slices.
constexpr store::Migration kMigrations[] = {{"observe", 1, R"(
CREATE TABLE observe_series (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  dimensions TEXT NOT NULL,
  last_ms INTEGER NOT NULL,
  UNIQUE (account, region, namespace, name, dimensions)
);
CREATE TABLE observe_datapoints (
  series INTEGER NOT NULL,
  start_ms INTEGER NOT NULL,
  unit TEXT NOT NULL,
  samples REAL NOT NULL,
  sum REAL NOT NULL,
  minimum REAL NOT NULL,
  maximum REAL NOT NULL,
  distribution TEXT NOT NULL,
  PRIMARY KEY (series, start_ms, unit)
) WITHOUT ROWID;
CREATE INDEX observe_datapoints_age ON observe_datapoints(start_ms);

CREATE TABLE observe_alarms (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  config TEXT NOT NULL,
  config_updated_ms INTEGER NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  reason_data TEXT NOT NULL,
  state_updated_ms INTEGER NOT NULL,
  transitioned_ms INTEGER NOT NULL,
  UNIQUE (account, region, name)
);
CREATE TABLE observe_alarm_history (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  alarm TEXT NOT NULL,
  type TEXT NOT NULL,
  time_ms INTEGER NOT NULL,
  summary TEXT NOT NULL,
  data TEXT NOT NULL
);
CREATE INDEX observe_alarm_history_alarm ON observe_alarm_history(account, region, alarm, id);
CREATE INDEX observe_alarm_history_age ON observe_alarm_history(time_ms);

CREATE TABLE observe_dashboards (
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  modified_ms INTEGER NOT NULL,
  PRIMARY KEY (account, name)
) WITHOUT ROWID;

CREATE TABLE observe_log_groups (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  retention_days INTEGER NOT NULL DEFAULT 0,
  class TEXT NOT NULL DEFAULT 'STANDARD',
  kms_key TEXT NOT NULL DEFAULT '',
  stored_bytes INTEGER NOT NULL DEFAULT 0,
  UNIQUE (account, region, name)
);
CREATE TABLE observe_log_streams (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  first_event_ms INTEGER,
  last_event_ms INTEGER,
  last_ingestion_ms INTEGER,
  UNIQUE (group_id, name)
);
CREATE TABLE observe_log_events (
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL,
  stream_id INTEGER NOT NULL,
  time_ms INTEGER NOT NULL,
  ingested_ms INTEGER NOT NULL,
  message TEXT NOT NULL
);
CREATE INDEX observe_log_events_group ON observe_log_events(group_id, time_ms, id);
CREATE INDEX observe_log_events_stream ON observe_log_events(stream_id, time_ms, id);
CREATE TABLE observe_metric_filters (
  group_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  pattern TEXT NOT NULL,
  transformations TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (group_id, name)
) WITHOUT ROWID;
CREATE TABLE observe_log_policies (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  document TEXT NOT NULL,
  updated_ms INTEGER NOT NULL,
  PRIMARY KEY (account, region, name)
) WITHOUT ROWID;

CREATE TABLE observe_audit (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  event_name TEXT NOT NULL,
  event_source TEXT NOT NULL,
  record TEXT NOT NULL,
  chunk BLOB,
  prev_hash BLOB NOT NULL,
  hash BLOB NOT NULL
);
CREATE INDEX observe_audit_scope ON observe_audit(account, region, id);
CREATE INDEX observe_audit_name ON observe_audit(account, region, event_name, id);
CREATE TABLE observe_timeline (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  correlation TEXT NOT NULL,
  time_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX observe_timeline_correlation ON observe_timeline(correlation, time_ms, id);

CREATE TABLE observe_trails (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  settings TEXT NOT NULL,
  logging INTEGER NOT NULL DEFAULT 0,
  started_ms INTEGER,
  stopped_ms INTEGER,
  PRIMARY KEY (account, region, name)
) WITHOUT ROWID;

CREATE TABLE observe_tags (
  arn TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (arn, key)
) WITHOUT ROWID;
)"}};

}  // namespace

std::span<const store::Migration> Migrations() {
  return kMigrations;
}

}  // namespace riposte::observe
