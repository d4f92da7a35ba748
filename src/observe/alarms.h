// The alarms: kept in the store, evaluated on the engine's loop, acting when their state changes.
//
// Data path:     Metrics (new data), the minute -> Judge -> one write: state, history, actions
// owed,
//                event "CloudWatch Alarm State Change"
// Thread safety: methods that take a Transaction, on its thread; Start, Stop and Reset on the loop
//                or while it does not run; evaluation on the loop.
// Cost:          an evaluation reads the rows of its range, about 0.1 ms.
//
// When: at each full minute (each ten seconds for periods below a minute) over whole periods that
// end then; and as soon as a watched metric gets data, with the current minute as it stands. Such
// an early look may raise an alarm or leave INSUFFICIENT_DATA, but never calls an alarm off, and it
// does not judge a sum that is still growing by a "less than".
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/sinks.h"
#include "delivery/delivery.h"
#include "observe/alarm.h"
#include "observe/metrics.h"
#include "telemetry/log.h"

namespace riposte::observe {

class Alarms {
 public:
  static constexpr std::string_view kActionKind = "alarm-action";  ///< delivery::Work::kind
  static constexpr size_t kMaxAlarms = 5'000;  ///< A scope; the service's quota.

  Alarms(store::Store& store, Executor& loop, const Clock& clock, const telemetry::Log& log,
         Metrics& metrics, delivery::Dispatcher& dispatcher, api::EventSink& events);
  ~Alarms();

  void Start();  ///< Loads the alarms and listens to the metrics.
  void Stop();
  void Reset();  ///< After Store::DeleteAllRows.

  /// Creates or replaces the configuration; a replaced alarm keeps its state.
  /// Errors: kInvalidArgument from AlarmPlan::From; kLimitExceeded.
  [[nodiscard]] Result<Alarm> Put(store::Transaction& tx, const Scope& scope, json::Object config,
                                  TimePoint now);
  void Delete(store::Transaction& tx, const Alarm& alarm, TimePoint now);
  void EnableActions(store::Transaction& tx, Alarm alarm, bool enabled, TimePoint now);
  /// Changes the state and does what a change entails; nothing but the reason when it is the same.
  void SetState(store::Transaction& tx, Alarm alarm, AlarmState to, std::string reason,
                std::string reason_data, TimePoint now);

 private:
  struct Watched {
    Alarm alarm;
    AlarmPlan plan;
  };
  void Reload(int64_t id, bool evaluate);
  void Watch(Alarm alarm);
  void Forget(int64_t id);
  void ScheduleTick();
  void Tick();
  void OnData(const std::vector<std::string>& keys);
  void Evaluate(const std::vector<int64_t>& ids, bool early);
  [[nodiscard]] Verdict JudgeNow(store::Transaction& tx, const Watched& watched, TimePoint end,
                                 bool& too_few) const;
  void Apply(int64_t id, const Verdict& verdict, std::string reason_data, TimePoint now,
             TimePoint config_updated);
  void Changed(store::Transaction& tx, int64_t id, bool evaluate);

  store::Store& store_;
  Executor& loop_;
  const Clock& clock_;
  const telemetry::Log& log_;
  Metrics& metrics_;
  delivery::Dispatcher& dispatcher_;
  api::EventSink& events_;

  // On the loop only.
  std::map<int64_t, Watched> watched_;
  std::unordered_map<std::string, std::set<int64_t>> by_series_;
  Executor::TimerId timer_ = 0;
  bool running_ = false;
};

}  // namespace riposte::observe
