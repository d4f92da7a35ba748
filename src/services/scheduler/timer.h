// Makes the times of schedules into deliveries: one alarm, set to the first that is due.
//
// Data path:     Executor timer -> Timer -> delivery::Dispatcher::Enqueue, in the commit that also
//                notes the time as used and plans the next -> ScheduleTarget
// Thread safety: on the loop; Changed inside a write transaction.
// Cost:          memory does not grow with the schedules; a firing is one closure of a commit that
//                takes up to kBatch of them.
// Crashes:       before that commit the time is still due after the restart, after it the delivery
//                is owed: never lost, never owed twice.
// Missed times:  those that passed while the engine was down, beyond their window and a minute:
//                one-time schedules fire late, recurring ones go on with their next time. When the
//                clock jumps forward over times, what was planned fires, the others are left out.
// Clock set back: what has been used is not used again; what has not, is.
#pragma once

#include <optional>

#include "base/time_zone.h"
#include "delivery/delivery.h"
#include "services/scheduler/tables.h"

namespace riposte::scheduler {

class Timer {
 public:
  struct Parts {
    store::Store& store;
    Executor& loop;
    const Clock& clock;
    Random& random;
    TimeZones& zones;
    delivery::Dispatcher& dispatcher;
    const telemetry::Log& log;
  };
  explicit Timer(Parts parts) : parts_(parts) {}
  ~Timer() { Stop(); }

  /// Before serving, and after Store::DeleteAllRows.
  void Start();
  void Stop();  ///< On the loop, or before it runs nothing else.
  /// Schedules change in `tx`.
  void Changed(store::Transaction& tx);

  /// Works out `schedule.next` anew, as seen from `now`. Throws ValidationException.
  void Plan(Schedule& schedule, TimePoint now) const;

 private:
  static constexpr int64_t kBatch = 100;
  /// How late a time may be and count as on time; also how often the clock is looked at. The
  /// service promises no better.
  static constexpr Millis kGrace = std::chrono::minutes(1);
  static constexpr Millis kAfterFailure = std::chrono::seconds(1);

  void Arm();
  void OnAlarm();
  /// Runs one step inside a write transaction; again while it says that there is more.
  void Step(bool (Timer::*step)(store::Transaction&, TimePoint));
  bool FireDue(store::Transaction& tx, TimePoint now);
  bool ReplanAfterJump(store::Transaction& tx, TimePoint now);
  void Fire(store::Transaction& tx, Schedule schedule, TimePoint now) const;

  Parts parts_;
  bool running_ = false;
  bool stepping_ = false;
  TimePoint started_;
  TimePoint seen_;  ///< The latest time seen: an earlier one is a jump.
  std::optional<TimePoint> next_due_;
  std::optional<Executor::TimerId> alarm_;
};

}  // namespace riposte::scheduler
