#include "delivery/tables.h"

#include <algorithm>

#include "base/encoding.h"

namespace riposte::delivery::tables {
namespace {

constexpr store::Migration kMigrations[] = {{"delivery", 1, R"(
CREATE TABLE delivery_work (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  source_arn TEXT NOT NULL,
  target_arn TEXT NOT NULL,
  detail TEXT NOT NULL,
  detail_crc INTEGER NOT NULL,
  policy TEXT NOT NULL,
  dead_letter_arn TEXT NOT NULL,
  correlation TEXT NOT NULL,
  hops INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  due_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL
);
CREATE INDEX delivery_work_postponed ON delivery_work(due_ms) WHERE attempts > 0;
CREATE TABLE delivery_dead (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  source_arn TEXT NOT NULL,
  target_arn TEXT NOT NULL,
  detail TEXT NOT NULL,
  correlation TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  dead_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  error_code TEXT NOT NULL,
  error_message TEXT NOT NULL,
  exhausted TEXT NOT NULL
);
)"},
                                            {"delivery", 2, R"(
ALTER TABLE delivery_dead ADD COLUMN policy TEXT NOT NULL DEFAULT '{}';
ALTER TABLE delivery_dead ADD COLUMN dead_letter_arn TEXT NOT NULL DEFAULT '';
ALTER TABLE delivery_dead ADD COLUMN hops INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery_dead ADD COLUMN queue_arn TEXT NOT NULL DEFAULT '';
ALTER TABLE delivery_dead ADD COLUMN message_id TEXT NOT NULL DEFAULT '';
ALTER TABLE delivery_dead ADD COLUMN letter INTEGER NOT NULL DEFAULT 0;
CREATE INDEX delivery_dead_time ON delivery_dead(dead_ms);
CREATE INDEX delivery_dead_scope ON delivery_dead(account, region, id);
)"},
                                            {"delivery", 3, R"(
ALTER TABLE delivery_work ADD COLUMN max_per_second INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery_work ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
UPDATE delivery_work SET bytes = LENGTH(detail), due_ms = CASE attempts WHEN 0 THEN 0 ELSE due_ms END;
DROP INDEX delivery_work_postponed;
CREATE INDEX delivery_work_lane ON delivery_work(target_arn, due_ms, id, bytes);
CREATE INDEX delivery_work_timed ON delivery_work(due_ms, target_arn) WHERE due_ms > 0;
CREATE TABLE delivery_clock (
  id INTEGER PRIMARY KEY,
  after_work INTEGER NOT NULL,
  seen_ms INTEGER NOT NULL
);
)"},
                                            {"delivery", 4, R"(
ALTER TABLE delivery_clock ADD COLUMN set_back_ms INTEGER NOT NULL DEFAULT 0;
)"}};

/// As long as a queue can keep a message.
constexpr auto kKeepDead = std::chrono::hours(14 * 24);

#define RIPOSTE_DEAD_COLUMNS                                                                   \
  "id, kind, account, region, source_arn, target_arn, detail, correlation, hops, created_ms, " \
  "attempts, policy, dead_letter_arn, queue_arn, message_id, letter, error_code, "             \
  "error_message, exhausted, dead_ms"

#define RIPOSTE_WORK_COLUMNS                                                        \
  "id, kind, account, region, source_arn, target_arn, detail, detail_crc, policy, " \
  "dead_letter_arn, correlation, hops, created_ms, due_ms, attempts, max_per_second, bytes"

Work ReadWork(const store::Row& row) {
  Work work;
  work.id = row.Int(0);
  work.kind = row.Str(1);
  work.scope = {AccountId(row.Str(2)), Region(row.Str(3))};
  work.source_arn = row.Str(4);
  work.target_arn = row.Str(5);
  if (static_cast<int64_t>(Crc32c(row.Text(6))) != row.Int(7)) {
    throw store::Failure("delivery_work row " + std::to_string(work.id) +
                         " does not match its checksum");
  }
  work.detail = row.Json(6).as_object();
  work.policy = RetryPolicy::FromJson(row.Json(8));
  work.dead_letter_arn = row.Str(9);
  work.trace = {row.Str(10), static_cast<int>(row.Int(11))};
  work.created = row.Time(12);
  work.due = row.Int(13) == 0 ? work.created : row.Time(13);
  work.attempts = static_cast<int>(row.Int(14));
  work.max_per_second = static_cast<int>(row.Int(15));
  work.bytes = static_cast<size_t>(row.Int(16));
  return work;
}

DeadWork ReadDead(const store::Row& row) {
  DeadWork dead;
  Work& work = dead.work;
  work.id = row.Int(0);
  work.kind = row.Str(1);
  work.scope = {AccountId(row.Str(2)), Region(row.Str(3))};
  work.source_arn = row.Str(4);
  work.target_arn = row.Str(5);
  work.detail = std::move(row.Json(6).as_object());
  work.trace = {row.Str(7), static_cast<int>(row.Int(8))};
  work.created = row.Time(9);
  work.attempts = static_cast<int>(row.Int(10));
  work.policy = RetryPolicy::FromJson(row.Json(11));
  work.dead_letter_arn = row.Str(12);
  dead.queue_arn = row.Str(13);
  dead.message_id = row.Str(14);
  dead.letter = row.Int(15);
  dead.error_code = row.Str(16);
  dead.error_message = row.Str(17);
  dead.exhausted = row.Str(18);
  dead.time = row.Time(19);
  return dead;
}

}  // namespace

std::span<const store::Migration> Migrations() {
  return kMigrations;
}

void Insert(store::Transaction& tx, Work& work) {
  const std::string detail = json::Serialize(work.detail);
  work.bytes = detail.size();
  tx.Execute(
      "INSERT INTO delivery_work (kind, account, region, source_arn, target_arn, detail, "
      "detail_crc, policy, dead_letter_arn, correlation, hops, created_ms, due_ms, attempts, "
      "max_per_second, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {work.kind, work.scope.account.str(), work.scope.region.str(), work.source_arn,
       work.target_arn, detail, static_cast<int64_t>(Crc32c(detail)),
       json::Serialize(work.policy.ToJson()), work.dead_letter_arn, work.trace.correlation,
       work.trace.hops, work.created, work.due <= work.created ? 0 : ToMillis(work.due),
       work.attempts, work.max_per_second, work.bytes});
  work.id = tx.LastInsertId();
}

void Delete(store::Transaction& tx, int64_t id) {
  tx.Execute("DELETE FROM delivery_work WHERE id = ?", {id});
}

void Postpone(store::Transaction& tx, int64_t id, int attempts, TimePoint due) {
  tx.Execute("UPDATE delivery_work SET attempts = ?, due_ms = ? WHERE id = ?", {attempts, due, id});
}

void KeepDead(store::Transaction& tx, const DeadWork& dead) {
  const Work& work = dead.work;
  tx.Execute("DELETE FROM delivery_dead WHERE dead_ms < ?", {dead.time - kKeepDead});
  tx.Execute("INSERT OR REPLACE INTO delivery_dead (" RIPOSTE_DEAD_COLUMNS
             ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
             {work.id,
              work.kind,
              work.scope.account.str(),
              work.scope.region.str(),
              work.source_arn,
              work.target_arn,
              json::Serialize(work.detail),
              work.trace.correlation,
              work.trace.hops,
              work.created,
              work.attempts,
              json::Serialize(work.policy.ToJson()),
              work.dead_letter_arn,
              dead.queue_arn,
              dead.message_id,
              dead.letter,
              dead.error_code,
              dead.error_message,
              dead.exhausted,
              dead.time});
}

std::optional<DeadWork> FindDead(store::Transaction& tx, const Scope& scope, int64_t id) {
  std::optional<DeadWork> dead;
  tx.QueryOne("SELECT " RIPOSTE_DEAD_COLUMNS
              " FROM delivery_dead WHERE id = ? AND account = ? AND region = ?",
              {id, scope.account.str(), scope.region.str()},
              [&](const store::Row& row) { dead = ReadDead(row); });
  return dead;
}

void ListDead(store::Transaction& tx, const Scope& scope, int64_t after,
              const std::function<bool(DeadWork)>& each) {
  tx.Query("SELECT " RIPOSTE_DEAD_COLUMNS
           " FROM delivery_dead WHERE account = ? AND region = ? AND id > ? ORDER BY id",
           {scope.account.str(), scope.region.str(), after},
           [&](const store::Row& row) { return each(ReadDead(row)); });
}

void ForgetDead(store::Transaction& tx, int64_t id) {
  tx.Execute("DELETE FROM delivery_dead WHERE id = ?", {id});
}

void LoadFresh(store::Transaction& tx, const std::string& target, int64_t after, const Each& each) {
  tx.Query("SELECT " RIPOSTE_WORK_COLUMNS
           " FROM delivery_work WHERE target_arn = ? AND due_ms = 0 AND id > ? ORDER BY id",
           {target, after}, [&](const store::Row& row) { return each(ReadWork(row)); });
}

std::vector<int64_t> ListDue(store::Transaction& tx, const std::string& target, TimePoint now,
                             size_t limit) {
  std::vector<int64_t> ids;
  tx.Query(
      "SELECT id FROM delivery_work WHERE target_arn = ? AND due_ms > 0 AND due_ms <= ? "
      "ORDER BY due_ms, id LIMIT ?",
      {target, now, limit}, [&](const store::Row& row) {
        ids.push_back(row.Int(0));
        return true;
      });
  return ids;
}

std::optional<Work> Find(store::Transaction& tx, int64_t id) {
  std::optional<Work> work;
  tx.QueryOne("SELECT " RIPOSTE_WORK_COLUMNS " FROM delivery_work WHERE id = ?", {id},
              [&](const store::Row& row) { work = ReadWork(row); });
  return work;
}

void LoadPostponed(store::Transaction& tx, std::string_view kind,
                   const std::function<void(const Work&)>& each) {
  tx.Query("SELECT " RIPOSTE_WORK_COLUMNS
           " FROM delivery_work WHERE due_ms > 0 AND attempts > 0 AND kind = ?",
           {kind}, [&](const store::Row& row) {
             each(ReadWork(row));
             return true;
           });
}

void ListLanes(store::Transaction& tx, const EachLane& each) {
  auto target = tx.QueryText("SELECT MIN(target_arn) FROM delivery_work");
  while (target) {
    each(*target);
    target =
        tx.QueryText("SELECT MIN(target_arn) FROM delivery_work WHERE target_arn > ?", {*target});
  }
}

void ListLanesDue(store::Transaction& tx, TimePoint after, TimePoint now, const EachLane& each) {
  tx.Query(
      "SELECT DISTINCT target_arn FROM delivery_work WHERE due_ms > 0 AND due_ms > ? AND "
      "due_ms <= ?",
      {after, now}, [&](const store::Row& row) {
        each(row.Str(0));
        return true;
      });
}

std::optional<TimePoint> NextDue(store::Transaction& tx, TimePoint after) {
  const auto due =
      tx.QueryInt("SELECT MIN(due_ms) FROM delivery_work WHERE due_ms > 0 AND due_ms > ?", {after});
  if (!due) return std::nullopt;
  return FromMillis(*due);
}

void NoteClock(store::Transaction& tx, const ClockMark& mark) {
  const Millis moved(tx.QueryInt("SELECT set_back_ms FROM delivery_clock").value_or(0));
  if (mark.set_back > moved) {
    tx.Execute("UPDATE delivery_work SET due_ms = MAX(1, due_ms - ?) WHERE due_ms > 0",
               {(mark.set_back - moved).count()});
  }
  tx.Execute(
      "INSERT OR REPLACE INTO delivery_clock (id, after_work, seen_ms, set_back_ms) "
      "VALUES (1, (SELECT COALESCE(MAX(id), 0) FROM delivery_work), ?, ?)",
      {mark.now, mark.set_back.count()});
}

ClockMark LastClock(store::Transaction& tx) {
  ClockMark last;
  int64_t after_work = 0;
  tx.QueryOne("SELECT after_work, seen_ms, set_back_ms FROM delivery_clock", {},
              [&](const store::Row& row) {
                after_work = row.Int(0);
                last = {row.Time(1), Millis(row.Int(2))};
              });
  // What is older was made before the clock was noted, perhaps before it was set back.
  const auto made = tx.QueryInt(
      "SELECT created_ms FROM delivery_work WHERE id > ? ORDER BY id DESC LIMIT 1", {after_work});
  if (made) last.now = std::max(last.now, FromMillis(*made));
  return last;
}

Totals Count(store::Transaction& tx) {
  Totals totals;
  tx.QueryOne("SELECT COUNT(*), SUM(bytes) FROM delivery_work INDEXED BY delivery_work_lane", {},
              [&](const store::Row& row) {
                totals.works = row.Int(0);
                totals.bytes = row.Int(1);
              });
  return totals;
}

int64_t LatestId(store::Transaction& tx) {
  return tx.QueryInt("SELECT MAX(id) FROM delivery_work").value_or(0);
}

int64_t LatestDead(store::Transaction& tx) {
  return tx.QueryInt("SELECT MAX(id) FROM delivery_dead").value_or(0);
}

int64_t CountUntried(store::Transaction& tx, int64_t after, int64_t to) {
  return tx
      .QueryInt("SELECT COUNT(*) FROM delivery_work WHERE id > ? AND id <= ? AND attempts = 0",
                {after, to})
      .value_or(0);
}

}  // namespace riposte::delivery::tables
