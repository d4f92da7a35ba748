// Rules that run on a schedule: at each time the rule's targets get a "Scheduled Event".
//
// Data path:     Executor timer -> Scheduler -> Ingest::Trigger() in one commit -> dispatcher
// Thread safety: Changed inside write transactions; all else on the loop.
// Times missed while the engine was down are not made up for, as in the service.
#pragma once

#include <map>
#include <optional>

#include "bus/ingest.h"
#include "schedule/expression.h"

namespace riposte::bus {

class Scheduler {
 public:
  Scheduler(store::Store& store, Executor& loop, const Clock& clock, const RuleBook& rules,
            const Ingest& ingest, const telemetry::Log& log)
      : store_(store), loop_(loop), clock_(clock), rules_(rules), ingest_(ingest), log_(log) {}

  /// Loads the schedules. Before serving, and after Store::DeleteAllRows.
  void Start();
  void Stop();  ///< On the loop.
  /// The rules that `tx` changes may have schedules.
  void Changed(store::Transaction& tx);

 private:
  struct Entry {
    std::string text;
    schedule::ScheduleExpression schedule;
    TimePoint anchor;
    std::optional<TimePoint> next;
  };
  void Reload();
  void SetAlarm();
  void RunDue();
  void Fire(const RuleKey& key, TimePoint due);

  store::Store& store_;
  Executor& loop_;
  const Clock& clock_;
  const RuleBook& rules_;
  const Ingest& ingest_;
  const telemetry::Log& log_;
  std::map<RuleKey, Entry> entries_;
  std::optional<Executor::TimerId> alarm_;
  bool stopped_ = false;
};

}  // namespace riposte::bus
