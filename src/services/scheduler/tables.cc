#include "services/scheduler/tables.h"

#include "base/arn.h"
#include "store/text_range.h"

namespace riposte::scheduler {

std::string GroupKey::Arn() const {
  return MakeArn("scheduler", scope, "schedule-group/" + name);
}

std::string ScheduleKey::Arn() const {
  return MakeArn("scheduler", scope, "schedule/" + group + "/" + name);
}

namespace tables {
namespace {

constexpr store::Migration kMigrations[] = {{"scheduler", 1, R"(
CREATE TABLE scheduler_groups (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL,
  PRIMARY KEY (account, region, name)
) WITHOUT ROWID;
CREATE TABLE scheduler_schedules (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  schedule_group TEXT NOT NULL,
  name TEXT NOT NULL,
  document TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL,
  anchor_ms INTEGER NOT NULL,
  next_ms INTEGER,
  due_ms INTEGER,
  planned_ms INTEGER NOT NULL,
  last_ms INTEGER,
  used TEXT NOT NULL,
  PRIMARY KEY (account, region, schedule_group, name)
);
CREATE INDEX scheduler_schedules_by_due ON scheduler_schedules(due_ms) WHERE due_ms IS NOT NULL;
CREATE INDEX scheduler_schedules_by_plan ON scheduler_schedules(planned_ms)
  WHERE due_ms IS NOT NULL;
CREATE TABLE scheduler_tags (
  arn TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (arn, key)
) WITHOUT ROWID;
CREATE TABLE scheduler_tokens (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  token TEXT NOT NULL,
  request TEXT NOT NULL,
  time_ms INTEGER NOT NULL,
  PRIMARY KEY (account, region, token)
) WITHOUT ROWID;
CREATE INDEX scheduler_tokens_by_time ON scheduler_tokens(time_ms);
)"}};

#define RIPOSTE_SCHEDULE_COLUMNS                                                        \
  "account, region, schedule_group, name, document, enabled, created_ms, modified_ms, " \
  "anchor_ms, next_ms, due_ms, planned_ms, last_ms, used"

Schedule ReadSchedule(const store::Row& row) {
  Schedule schedule;
  schedule.key = {{AccountId(row.Str(0)), Region(row.Str(1))}, row.Str(2), row.Str(3)};
  schedule.document = row.Json(4).as_object();
  schedule.enabled = row.Int(5) != 0;
  schedule.created = row.Time(6);
  schedule.modified = row.Time(7);
  schedule.anchor = row.Time(8);
  if (!row.IsNull(10)) schedule.next = Planned{row.Time(9), row.Time(10)};
  schedule.planned = row.Time(11);
  if (!row.IsNull(12)) schedule.last = row.Time(12);
  schedule.used = row.Str(13);
  return schedule;
}

std::vector<Schedule> ReadAll(store::Transaction& tx, std::string_view sql,
                              std::initializer_list<store::Param> params) {
  std::vector<Schedule> out;
  tx.Query(sql, params, [&](const store::Row& row) {
    out.push_back(ReadSchedule(row));
    return true;
  });
  return out;
}

}  // namespace

std::span<const store::Migration> Migrations() {
  return kMigrations;
}

std::optional<Group> FindGroup(store::Transaction& tx, const GroupKey& key) {
  std::optional<Group> group;
  tx.QueryOne(
      "SELECT created_ms, modified_ms FROM scheduler_groups WHERE account = ? AND region = ? AND "
      "name = ?",
      {key.scope.account.str(), key.scope.region.str(), key.name},
      [&](const store::Row& row) { group = Group{key, row.Time(0), row.Time(1)}; });
  if (!group && key.name == kDefaultGroup) group = Group{key, TimePoint(), TimePoint()};
  return group;
}

void PutGroup(store::Transaction& tx, const Group& group) {
  tx.Execute("INSERT OR REPLACE INTO scheduler_groups VALUES (?, ?, ?, ?, ?)",
             {group.key.scope.account.str(), group.key.scope.region.str(), group.key.name,
              group.created, group.modified});
}

void DeleteGroup(store::Transaction& tx, const GroupKey& key) {
  const std::string& account = key.scope.account.str();
  const std::string& region = key.scope.region.str();
  tx.Execute(
      "DELETE FROM scheduler_schedules WHERE account = ? AND region = ? AND schedule_group = ?",
      {account, region, key.name});
  tx.Execute("DELETE FROM scheduler_groups WHERE account = ? AND region = ? AND name = ?",
             {account, region, key.name});
  tx.Execute("DELETE FROM scheduler_tags WHERE arn = ?", {key.Arn()});
}

int64_t CountGroups(store::Transaction& tx, const Scope& scope) {
  return tx
      .QueryInt("SELECT count(*) FROM scheduler_groups WHERE account = ? AND region = ?",
                {scope.account.str(), scope.region.str()})
      .value_or(0);
}

std::vector<Group> ListGroups(store::Transaction& tx, const Scope& scope, const std::string& prefix,
                              const std::string& after, int64_t limit) {
  std::vector<Group> groups;
  tx.Query(
      "SELECT name, created_ms, modified_ms FROM scheduler_groups WHERE account = ? AND region = ? "
      "AND name > ? AND name >= ? AND name < ? ORDER BY name LIMIT ?",
      {scope.account.str(), scope.region.str(), after, prefix, store::AfterPrefix(prefix), limit},
      [&](const store::Row& row) {
        groups.push_back({{scope, row.Str(0)}, row.Time(1), row.Time(2)});
        return true;
      });
  return groups;
}

std::optional<Schedule> FindSchedule(store::Transaction& tx, const ScheduleKey& key) {
  std::optional<Schedule> schedule;
  tx.QueryOne("SELECT " RIPOSTE_SCHEDULE_COLUMNS
              " FROM scheduler_schedules WHERE account = ? AND region = ? AND schedule_group = ? "
              "AND name = ?",
              {key.scope.account.str(), key.scope.region.str(), key.group, key.name},
              [&](const store::Row& row) { schedule = ReadSchedule(row); });
  return schedule;
}

void PutSchedule(store::Transaction& tx, const Schedule& schedule) {
  std::optional<TimePoint> next;
  std::optional<TimePoint> due;
  if (schedule.next) {
    next = schedule.next->time;
    due = schedule.next->due;
  }
  const ScheduleKey& key = schedule.key;
  tx.Execute("INSERT OR REPLACE INTO scheduler_schedules (" RIPOSTE_SCHEDULE_COLUMNS
             ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
             {key.scope.account.str(), key.scope.region.str(), key.group, key.name,
              json::Serialize(schedule.document), schedule.enabled ? 1 : 0, schedule.created,
              schedule.modified, schedule.anchor, next, due, schedule.planned, schedule.last,
              schedule.used});
}

void DeleteSchedule(store::Transaction& tx, const ScheduleKey& key) {
  tx.Execute(
      "DELETE FROM scheduler_schedules WHERE account = ? AND region = ? AND schedule_group = ? AND "
      "name = ?",
      {key.scope.account.str(), key.scope.region.str(), key.group, key.name});
}

int64_t CountSchedules(store::Transaction& tx, const Scope& scope) {
  return tx
      .QueryInt("SELECT count(*) FROM scheduler_schedules WHERE account = ? AND region = ?",
                {scope.account.str(), scope.region.str()})
      .value_or(0);
}

std::vector<Schedule> ListSchedules(store::Transaction& tx, const Scope& scope,
                                    const ListFilter& filter, const std::string& after_group,
                                    const std::string& after_name, int64_t limit) {
  return ReadAll(
      tx,
      "SELECT " RIPOSTE_SCHEDULE_COLUMNS
      " FROM scheduler_schedules WHERE account = ? AND region = ? AND (schedule_group, name) > "
      "(?, ?) AND (? = '' OR schedule_group = ?) AND name >= ? AND name < ? AND (? < 0 OR "
      "enabled = ?) ORDER BY schedule_group, name LIMIT ?",
      {scope.account.str(), scope.region.str(), after_group, after_name, filter.group, filter.group,
       filter.prefix, store::AfterPrefix(filter.prefix), filter.enabled ? 1 : -1,
       filter.enabled.value_or(false) ? 1 : 0, limit});
}

std::vector<Schedule> DueSchedules(store::Transaction& tx, TimePoint now, int64_t limit) {
  return ReadAll(tx,
                 "SELECT " RIPOSTE_SCHEDULE_COLUMNS
                 " FROM scheduler_schedules WHERE due_ms <= ? ORDER BY due_ms LIMIT ?",
                 {now, limit});
}

std::optional<TimePoint> NextDue(store::Transaction& tx) {
  const auto due =
      tx.QueryInt("SELECT min(due_ms) FROM scheduler_schedules WHERE due_ms IS NOT NULL");
  return due ? std::optional(FromMillis(*due)) : std::nullopt;
}

std::vector<Schedule> PlannedAfter(store::Transaction& tx, TimePoint time, int64_t limit) {
  return ReadAll(tx,
                 "SELECT " RIPOSTE_SCHEDULE_COLUMNS
                 " FROM scheduler_schedules WHERE due_ms IS NOT NULL AND planned_ms > ? LIMIT ?",
                 {time, limit});
}

Tags ListTags(store::Transaction& tx, const std::string& arn) {
  Tags tags;
  tx.Query("SELECT key, value FROM scheduler_tags WHERE arn = ? ORDER BY key", {arn},
           [&](const store::Row& row) {
             tags.emplace_back(row.Str(0), row.Str(1));
             return true;
           });
  return tags;
}

void PutTag(store::Transaction& tx, const std::string& arn, const std::string& key,
            const std::string& value) {
  tx.Execute("INSERT OR REPLACE INTO scheduler_tags VALUES (?, ?, ?)", {arn, key, value});
}

void DeleteTag(store::Transaction& tx, const std::string& arn, const std::string& key) {
  tx.Execute("DELETE FROM scheduler_tags WHERE arn = ? AND key = ?", {arn, key});
}

std::optional<std::string> FindToken(store::Transaction& tx, const Scope& scope,
                                     const std::string& token) {
  return tx.QueryText(
      "SELECT request FROM scheduler_tokens WHERE account = ? AND region = ? AND token = ?",
      {scope.account.str(), scope.region.str(), token});
}

void PutToken(store::Transaction& tx, const Scope& scope, const std::string& token,
              const std::string& request, TimePoint now, TimePoint oldest) {
  tx.Execute("DELETE FROM scheduler_tokens WHERE time_ms < ?", {oldest});
  tx.Execute("INSERT OR REPLACE INTO scheduler_tokens VALUES (?, ?, ?, ?, ?)",
             {scope.account.str(), scope.region.str(), token, request, now});
}

}  // namespace tables
}  // namespace riposte::scheduler
