#include "bus/archive_tables.h"

#include "base/encoding.h"
#include "json/json.h"
#include "store/text_range.h"

namespace riposte::bus::archive_tables {
namespace {

constexpr store::Migration kMigrations[] = {{"bus_archive", 1, R"(
CREATE TABLE bus_archives (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  bus TEXT NOT NULL,
  description TEXT NOT NULL,
  pattern TEXT NOT NULL,
  kms_key TEXT NOT NULL,
  retention_days INTEGER NOT NULL,
  state TEXT NOT NULL,
  state_reason TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  UNIQUE (account, region, name)
);
-- Apart from the settings: this row changes with each event.
CREATE TABLE bus_archive_totals (
  archive INTEGER PRIMARY KEY,
  last_id INTEGER NOT NULL,
  events INTEGER NOT NULL,
  bytes INTEGER NOT NULL
);
CREATE TABLE bus_archived_events (
  id INTEGER PRIMARY KEY,
  archive INTEGER NOT NULL,
  time_ms INTEGER NOT NULL,
  archived_ms INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  crc INTEGER NOT NULL,
  event TEXT NOT NULL
);
CREATE INDEX bus_archived_events_by_time ON bus_archived_events(archive, time_ms);
CREATE TABLE bus_replays (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  archive TEXT NOT NULL,
  archive_number INTEGER NOT NULL,
  bus TEXT NOT NULL,
  rules TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  state TEXT NOT NULL,
  state_reason TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  ended_ms INTEGER,
  last_replayed_ms INTEGER,
  correlation TEXT NOT NULL,
  hops INTEGER NOT NULL,
  last_id INTEGER NOT NULL,
  place_ms INTEGER NOT NULL,
  place_id INTEGER NOT NULL,
  damaged INTEGER NOT NULL,
  PRIMARY KEY (account, region, name)
) WITHOUT ROWID;
)"}};

#define RIPOSTE_ARCHIVE_COLUMNS                                                                \
  "number, account, region, name, bus, description, pattern, kms_key, retention_days, state, " \
  "state_reason, created_ms"
#define RIPOSTE_REPLAY_COLUMNS                                                                \
  "account, region, name, description, archive, archive_number, bus, rules, from_ms, to_ms, " \
  "state, state_reason, started_ms, ended_ms, last_replayed_ms, correlation, hops, last_id, " \
  "place_ms, place_id, damaged"

constexpr int kPlaceBits = 40;
constexpr int64_t kSliceRows = 2'000;
constexpr int64_t kSliceBytes = 8 << 20;

int64_t FirstId(int64_t number) {
  return number << kPlaceBits;
}

ArchiveRow ReadArchive(const store::Row& row) {
  ArchiveRow archive;
  archive.number = row.Int(0);
  archive.scope = {AccountId(row.Str(1)), Region(row.Str(2))};
  archive.name = row.Str(3);
  archive.bus = row.Str(4);
  archive.description = row.Str(5);
  archive.pattern = row.Str(6);
  archive.kms_key = row.Str(7);
  archive.retention_days = row.Int(8);
  archive.state = row.Str(9);
  archive.state_reason = row.Str(10);
  archive.created = row.Time(11);
  archive.events = row.Int(12);
  archive.bytes = row.Int(13);
  return archive;
}

ReplayRow ReadReplay(const store::Row& row) {
  ReplayRow replay;
  replay.key = {{AccountId(row.Str(0)), Region(row.Str(1))}, row.Str(2)};
  replay.description = row.Str(3);
  replay.archive = row.Str(4);
  replay.archive_number = row.Int(5);
  replay.bus = row.Str(6);
  const json::Value rules = row.Json(7);
  for (const json::Value& rule : rules.as_array()) replay.rules.emplace_back(json::View(rule));
  replay.from = row.Time(8);
  replay.to = row.Time(9);
  replay.state = row.Str(10);
  replay.state_reason = row.Str(11);
  replay.started = row.Time(12);
  if (!row.IsNull(13)) replay.ended = row.Time(13);
  if (!row.IsNull(14)) replay.last_replayed = row.Time(14);
  replay.trace = {row.Str(15), static_cast<int>(row.Int(16))};
  replay.last_id = row.Int(17);
  replay.place = {row.Time(18), row.Int(19)};
  replay.damaged = row.Int(20);
  return replay;
}

/// Deletes from the front of the archive what came before `cutoff`, or just the front without one.
/// True when the slice was full.
bool DeleteFront(store::Transaction& tx, int64_t number, std::optional<TimePoint> cutoff) {
  int64_t last = 0, rows = 0, bytes = 0;
  tx.Query(
      "SELECT id, archived_ms, bytes FROM bus_archived_events WHERE id >= ? AND id < ? ORDER BY id "
      "LIMIT ?",
      {FirstId(number), FirstId(number + 1), kSliceRows}, [&](const store::Row& row) {
        if (cutoff && row.Time(1) >= *cutoff) return false;
        last = row.Int(0);
        bytes += row.Int(2);
        ++rows;
        return bytes < kSliceBytes;
      });
  if (rows == 0) return false;
  tx.Execute("DELETE FROM bus_archived_events WHERE id >= ? AND id <= ?", {FirstId(number), last});
  tx.Execute(
      "UPDATE bus_archive_totals SET events = events - ?, bytes = bytes - ? WHERE archive = ?",
      {rows, bytes, number});
  return rows == kSliceRows || bytes >= kSliceBytes;
}

}  // namespace

std::span<const store::Migration> Migrations() {
  return kMigrations;
}

int64_t Put(store::Transaction& tx, const ArchiveRow& archive) {
  if (archive.number != 0) {
    tx.Execute(
        "UPDATE bus_archives SET description = ?, pattern = ?, kms_key = ?, retention_days = ?, "
        "state = ?, state_reason = ? WHERE number = ?",
        {archive.description, archive.pattern, archive.kms_key, archive.retention_days,
         archive.state, archive.state_reason, archive.number});
    return archive.number;
  }
  tx.Execute(
      "INSERT INTO bus_archives (account, region, name, bus, description, pattern, kms_key, "
      "retention_days, state, state_reason, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {archive.scope.account.str(), archive.scope.region.str(), archive.name, archive.bus,
       archive.description, archive.pattern, archive.kms_key, archive.retention_days, archive.state,
       archive.state_reason, archive.created});
  const int64_t number = tx.LastInsertId();
  tx.Execute("INSERT INTO bus_archive_totals (archive, last_id, events, bytes) VALUES (?, ?, 0, 0)",
             {number, FirstId(number)});
  return number;
}

std::optional<ArchiveRow> Find(store::Transaction& tx, const Scope& scope,
                               const std::string& name) {
  std::optional<ArchiveRow> archive;
  tx.QueryOne("SELECT " RIPOSTE_ARCHIVE_COLUMNS
              ", events, bytes FROM bus_archives JOIN bus_archive_totals ON archive = number WHERE "
              "account = ? AND region = ? AND name = ?",
              {scope.account.str(), scope.region.str(), name},
              [&](const store::Row& row) { archive = ReadArchive(row); });
  return archive;
}

int64_t FindNumber(store::Transaction& tx, const Scope& scope, const std::string& name) {
  return tx
      .QueryInt("SELECT number FROM bus_archives WHERE account = ? AND region = ? AND name = ?",
                {scope.account.str(), scope.region.str(), name})
      .value_or(0);
}

bool Exists(store::Transaction& tx, int64_t number) {
  return tx.QueryInt("SELECT 1 FROM bus_archive_totals WHERE archive = ?", {number}).has_value();
}

void SetState(store::Transaction& tx, int64_t number, const std::string& state,
              const std::string& reason) {
  tx.Execute("UPDATE bus_archives SET state = ?, state_reason = ? WHERE number = ?",
             {state, reason, number});
}

void Delete(store::Transaction& tx, int64_t number) {
  tx.Execute("DELETE FROM bus_archives WHERE number = ?", {number});
  tx.Execute("DELETE FROM bus_archive_totals WHERE archive = ?", {number});
}

std::vector<ArchiveRow> List(store::Transaction& tx, const Scope& scope,
                             const ArchiveFilter& filter, const std::string& after, int64_t limit) {
  std::vector<ArchiveRow> archives;
  tx.Query("SELECT " RIPOSTE_ARCHIVE_COLUMNS
           ", events, bytes FROM bus_archives JOIN bus_archive_totals ON archive = number WHERE "
           "account = ? AND region = ? AND name > ? AND name >= ? AND name < ? AND "
           "(? = '' OR bus = ?) AND (? = '' OR state = ?) ORDER BY name LIMIT ?",
           {scope.account.str(), scope.region.str(), after, filter.prefix,
            store::AfterPrefix(filter.prefix), filter.bus, filter.bus, filter.state, filter.state,
            limit},
           [&](const store::Row& row) {
             archives.push_back(ReadArchive(row));
             return true;
           });
  return archives;
}

bool Keep(store::Transaction& tx, int64_t number, TimePoint time, TimePoint now,
          std::string_view text) {
  const auto bytes = static_cast<int64_t>(text.size());
  const auto id = tx.QueryInt(
      "UPDATE bus_archive_totals SET last_id = last_id + 1, events = events + 1, bytes = bytes + ? "
      "WHERE archive = ? RETURNING last_id",
      {bytes, number});
  if (!id) return false;
  tx.Execute(
      "INSERT INTO bus_archived_events (id, archive, time_ms, archived_ms, bytes, crc, event) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      {*id, number, time, now, bytes, static_cast<int64_t>(Crc32c(text)), text});
  return true;
}

int64_t LastId(store::Transaction& tx, int64_t number) {
  return tx.QueryInt("SELECT last_id FROM bus_archive_totals WHERE archive = ?", {number})
      .value_or(FirstId(number));
}

std::vector<ArchivedEvent> ListEvents(store::Transaction& tx, int64_t number,
                                      const ArchivePlace& after, const Range& range,
                                      int64_t max_events, int64_t max_bytes) {
  std::vector<ArchivedEvent> events;
  int64_t bytes = 0;
  const auto add = [&](const store::Row& row) {
    const std::string_view text = row.Text(2);
    events.push_back({{row.Time(0), row.Int(1)},
                      std::string(text),
                      static_cast<int64_t>(Crc32c(text)) == row.Int(3)});
    bytes += static_cast<int64_t>(text.size());
    return bytes < max_bytes;
  };
  // The rest of the place's own time, then what is later: two ranges of one index.
  if (after.time <= range.to) {
    tx.Query(
        "SELECT time_ms, id, event, crc FROM bus_archived_events WHERE archive = ? AND time_ms = ? "
        "AND id > ? AND id <= ? ORDER BY id LIMIT ?",
        {number, after.time, after.id, range.last_id, max_events}, add);
  }
  const auto left = max_events - static_cast<int64_t>(events.size());
  if (left <= 0 || bytes >= max_bytes) return events;
  tx.Query(
      "SELECT time_ms, id, event, crc FROM bus_archived_events WHERE archive = ? AND time_ms > ? "
      "AND time_ms <= ? AND id <= ? ORDER BY time_ms, id LIMIT ?",
      {number, after.time, range.to, range.last_id, left}, add);
  return events;
}

bool DeleteExpired(store::Transaction& tx, TimePoint now) {
  bool more = false;
  std::vector<std::pair<int64_t, int64_t>> archives;
  tx.Query("SELECT number, retention_days FROM bus_archives WHERE retention_days > 0", {},
           [&](const store::Row& row) {
             archives.emplace_back(row.Int(0), row.Int(1));
             return true;
           });
  for (const auto& [number, days] : archives) {
    more = DeleteFront(tx, number, now - std::chrono::hours(24 * days)) || more;
  }
  // Jumps from archive to archive over the events' ids.
  int64_t next = 0;
  while (const auto id =
             tx.QueryInt("SELECT MIN(id) FROM bus_archived_events WHERE id >= ?", {next})) {
    const int64_t number = *id >> kPlaceBits;
    if (!Exists(tx, number)) more = DeleteFront(tx, number, std::nullopt) || more;
    next = FirstId(number + 1);
  }
  return more;
}

void PutReplay(store::Transaction& tx, const ReplayRow& replay) {
  json::Array rules;
  for (const std::string& rule : replay.rules) rules.emplace_back(rule);
  tx.Execute("INSERT OR REPLACE INTO bus_replays (" RIPOSTE_REPLAY_COLUMNS
             ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
             {replay.key.scope.account.str(),
              replay.key.scope.region.str(),
              replay.key.name,
              replay.description,
              replay.archive,
              replay.archive_number,
              replay.bus,
              json::Serialize(rules),
              replay.from,
              replay.to,
              replay.state,
              replay.state_reason,
              replay.started,
              replay.ended,
              replay.last_replayed,
              replay.trace.correlation,
              replay.trace.hops,
              replay.last_id,
              replay.place.time,
              replay.place.id,
              replay.damaged});
}

std::optional<ReplayRow> FindReplay(store::Transaction& tx, const ReplayKey& key) {
  std::optional<ReplayRow> replay;
  tx.QueryOne("SELECT " RIPOSTE_REPLAY_COLUMNS
              " FROM bus_replays WHERE account = ? AND region = ? AND name = ?",
              {key.scope.account.str(), key.scope.region.str(), key.name},
              [&](const store::Row& row) { replay = ReadReplay(row); });
  return replay;
}

int64_t CountActiveReplays(store::Transaction& tx, const Scope& scope) {
  return tx
      .QueryInt(
          "SELECT COUNT(*) FROM bus_replays WHERE account = ? AND region = ? AND ended_ms IS NULL",
          {scope.account.str(), scope.region.str()})
      .value_or(0);
}

std::vector<ReplayKey> ListActiveReplays(store::Transaction& tx) {
  std::vector<ReplayKey> keys;
  tx.Query("SELECT account, region, name FROM bus_replays WHERE ended_ms IS NULL", {},
           [&](const store::Row& row) {
             keys.push_back({{AccountId(row.Str(0)), Region(row.Str(1))}, row.Str(2)});
             return true;
           });
  return keys;
}

std::vector<ReplayRow> ListReplays(store::Transaction& tx, const Scope& scope,
                                   const ReplayFilter& filter, const std::string& after,
                                   int64_t limit) {
  std::vector<ReplayRow> replays;
  tx.Query("SELECT " RIPOSTE_REPLAY_COLUMNS
           " FROM bus_replays WHERE account = ? AND region = ? AND name > ? AND name >= ? AND "
           "name < ? AND (? = '' OR archive = ?) AND (? = '' OR state = ?) ORDER BY name LIMIT ?",
           {scope.account.str(), scope.region.str(), after, filter.prefix,
            store::AfterPrefix(filter.prefix), filter.archive, filter.archive, filter.state,
            filter.state, limit},
           [&](const store::Row& row) {
             replays.push_back(ReadReplay(row));
             return true;
           });
  return replays;
}

void DeleteReplays(store::Transaction& tx, TimePoint ended_before) {
  tx.Execute("DELETE FROM bus_replays WHERE ended_ms < ?", {ended_before});
}

}  // namespace riposte::bus::archive_tables
