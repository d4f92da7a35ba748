// Rules that run on a schedule: at each time the rule's targets get a "Scheduled Event".
//
// Data path:     Executor timer -> Scheduler -> Ingest::Trigger() in one commit -> dispatcher
// Thread safety: Changed inside write transactions; all else on the loop.
// Times missed while the engine was down are not made up for, as in the service.
// Jumps of the clock: what was due before a jump forward runs once, the times jumped over are left
// out. After a jump back, times that have been used are not used again (which they were is stored
// in the commit of their deliveries), the others are.
#pragma once

#include <map>
#include <optional>

#include "bus/ingest.h"
#include "schedule/expression.h"
#include "schedule/used_times.h"

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
    TimePoint created;
    TimePoint anchor;  ///< Where a rate begins.
    schedule::UsedTimes used;
    std::optional<TimePoint> next;
    /// Works out `next` as seen from `now`: the first unused time after it.
    void Plan(TimePoint now);
  };
  /// How often the clock is looked at, and how far it may go back and count as the same.
  static constexpr Millis kLook = std::chrono::minutes(1);
  void Reload();
  void SetAlarm();
  void RunDue();
  void Fire(const RuleKey& key, TimePoint due, const Entry& entry);

  store::Store& store_;
  Executor& loop_;
  const Clock& clock_;
  const RuleBook& rules_;
  const Ingest& ingest_;
  const telemetry::Log& log_;
  std::map<RuleKey, Entry> entries_;
  std::optional<Executor::TimerId> alarm_;
  TimePoint seen_;  ///< The latest time seen: an earlier one is a jump.
  bool stopped_ = false;
};

}  // namespace riposte::bus
