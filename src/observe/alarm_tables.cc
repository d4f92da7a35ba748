#include "observe/alarm_tables.h"

namespace riposte::observe::alarm_tables {
namespace {

#define RIPOSTE_ALARM_COLUMNS                                                    \
  "SELECT id, account, region, name, config, config_updated_ms, state, reason, " \
  "reason_data, state_updated_ms, transitioned_ms FROM observe_alarms "

Alarm ReadAlarm(const store::Row& row) {
  Alarm alarm;
  alarm.id = row.Int(0);
  alarm.scope = {AccountId(row.Str(1)), Region(row.Str(2))};
  alarm.name = row.Str(3);
  alarm.config = row.Json(4).as_object();
  alarm.config_updated = row.Time(5);
  alarm.state = ParseAlarmState(row.Text(6)).value_or(AlarmState::kInsufficientData);
  alarm.reason = row.Str(7);
  alarm.reason_data = row.Str(8);
  alarm.state_updated = row.Time(9);
  alarm.transitioned = row.Time(10);
  return alarm;
}

HistoryItem ReadItem(const store::Row& row) {
  return {row.Int(0), row.Str(1), row.Str(2), row.Time(3), row.Str(4), row.Str(5)};
}

}  // namespace

std::optional<Alarm> Find(store::Transaction& tx, const Scope& scope, const std::string& name) {
  std::optional<Alarm> alarm;
  tx.QueryOne(RIPOSTE_ALARM_COLUMNS "WHERE account = ? AND region = ? AND name = ?",
              {scope.account.str(), scope.region.str(), name},
              [&](const store::Row& row) { alarm = ReadAlarm(row); });
  return alarm;
}

std::optional<Alarm> FindById(store::Transaction& tx, int64_t id) {
  std::optional<Alarm> alarm;
  tx.QueryOne(RIPOSTE_ALARM_COLUMNS "WHERE id = ?", {id},
              [&](const store::Row& row) { alarm = ReadAlarm(row); });
  return alarm;
}

void ListAll(store::Transaction& tx, const Each& each) {
  tx.Query(RIPOSTE_ALARM_COLUMNS "ORDER BY id", {},
           [&](const store::Row& row) { return each(ReadAlarm(row)); });
}

void List(store::Transaction& tx, const Scope& scope, const std::string& after, const Each& each) {
  tx.Query(RIPOSTE_ALARM_COLUMNS "WHERE account = ? AND region = ? AND name > ? ORDER BY name",
           {scope.account.str(), scope.region.str(), after},
           [&](const store::Row& row) { return each(ReadAlarm(row)); });
}

int64_t Insert(store::Transaction& tx, const Alarm& alarm) {
  tx.Execute(
      "INSERT INTO observe_alarms (account, region, name, config, config_updated_ms, state,"
      " reason, reason_data, state_updated_ms, transitioned_ms)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {alarm.scope.account.str(), alarm.scope.region.str(), alarm.name,
       json::Serialize(alarm.config), alarm.config_updated, ToString(alarm.state), alarm.reason,
       alarm.reason_data, alarm.state_updated, alarm.transitioned});
  return tx.LastInsertId();
}

void UpdateConfig(store::Transaction& tx, const Alarm& alarm) {
  tx.Execute("UPDATE observe_alarms SET config = ?, config_updated_ms = ? WHERE id = ?",
             {json::Serialize(alarm.config), alarm.config_updated, alarm.id});
}

void UpdateState(store::Transaction& tx, const Alarm& alarm) {
  tx.Execute(
      "UPDATE observe_alarms SET state = ?, reason = ?, reason_data = ?, state_updated_ms = ?,"
      " transitioned_ms = ? WHERE id = ?",
      {ToString(alarm.state), alarm.reason, alarm.reason_data, alarm.state_updated,
       alarm.transitioned, alarm.id});
}

void Delete(store::Transaction& tx, int64_t id) {
  tx.Execute("DELETE FROM observe_alarms WHERE id = ?", {id});
}

void AddHistory(store::Transaction& tx, const Scope& scope, const HistoryItem& item) {
  tx.Execute(
      "INSERT INTO observe_alarm_history (account, region, alarm, type, time_ms, summary, data)"
      " VALUES (?, ?, ?, ?, ?, ?, ?)",
      {scope.account.str(), scope.region.str(), item.alarm, item.type, item.time, item.summary,
       item.data});
}

void ListHistory(store::Transaction& tx, const Scope& scope, const HistoryQuery& query,
                 const std::function<bool(HistoryItem)>& each) {
  const auto row_of = [&](const store::Row& row) { return each(ReadItem(row)); };
  if (query.descending) {
    tx.Query(
        "SELECT id, alarm, type, time_ms, summary, data FROM observe_alarm_history"
        " WHERE account = ? AND region = ? AND (? = '' OR alarm = ?) AND (? = '' OR type = ?)"
        " AND time_ms >= ? AND time_ms <= ? AND (? = 0 OR id < ?) ORDER BY id DESC",
        {scope.account.str(), scope.region.str(), query.alarm, query.alarm, query.type, query.type,
         query.from, query.to, query.after, query.after},
        row_of);
  } else {
    tx.Query(
        "SELECT id, alarm, type, time_ms, summary, data FROM observe_alarm_history"
        " WHERE account = ? AND region = ? AND (? = '' OR alarm = ?) AND (? = '' OR type = ?)"
        " AND time_ms >= ? AND time_ms <= ? AND id > ? ORDER BY id",
        {scope.account.str(), scope.region.str(), query.alarm, query.alarm, query.type, query.type,
         query.from, query.to, query.after},
        row_of);
  }
}

}  // namespace riposte::observe::alarm_tables
