// The alarm tables, and all SQL over them.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "observe/alarm.h"
#include "store/store.h"

namespace riposte::observe::alarm_tables {

using Each = std::function<bool(Alarm)>;

[[nodiscard]] std::optional<Alarm> Find(store::Transaction& tx, const Scope& scope,
                                        const std::string& name);
[[nodiscard]] std::optional<Alarm> FindById(store::Transaction& tx, int64_t id);
/// Of every scope.
void ListAll(store::Transaction& tx, const Each& each);
/// Of one scope, by name, from the first name after `after`.
void List(store::Transaction& tx, const Scope& scope, const std::string& after, const Each& each);
[[nodiscard]] int64_t Insert(store::Transaction& tx, const Alarm& alarm);
void UpdateConfig(store::Transaction& tx, const Alarm& alarm);
void UpdateState(store::Transaction& tx, const Alarm& alarm);
void Delete(store::Transaction& tx, int64_t id);

struct HistoryItem {
  int64_t id = 0;
  std::string alarm;
  std::string type;  ///< "ConfigurationUpdate", "StateUpdate", "Action"
  TimePoint time;
  std::string summary;
  std::string data;  ///< A JSON text.
};
void AddHistory(store::Transaction& tx, const Scope& scope, const HistoryItem& item);
struct HistoryQuery {
  std::string alarm, type;  ///< "" is any.
  TimePoint from = FromMillis(0);
  TimePoint to = FromMillis(INT64_MAX / 2);
  bool descending = true;
  int64_t after = 0;  ///< Id of the last item of the page before; 0: from the start.
};
void ListHistory(store::Transaction& tx, const Scope& scope, const HistoryQuery& query,
                 const std::function<bool(HistoryItem)>& each);

}  // namespace riposte::observe::alarm_tables
