#include "services/scheduler/timer.h"

#include <algorithm>
#include <memory>

#include "api/error.h"
#include "services/scheduler/plan.h"
#include "services/scheduler/schedule_target.h"

namespace riposte::scheduler {

void Timer::Start() {
  running_ = true;
  stepping_ = false;
  started_ = seen_ = parts_.clock.Now();
  parts_.loop.Post([this] { Step(&Timer::ReplanAfterJump); });
}

void Timer::Stop() {
  running_ = false;
  if (alarm_) parts_.loop.Cancel(*alarm_);
  alarm_.reset();
}

void Timer::Changed(store::Transaction& tx) {
  tx.OnCommit([this] {
    parts_.loop.Post([this] {
      if (running_ && !stepping_) Arm();
    });
  });
}

void Timer::Arm() {
  if (alarm_) parts_.loop.Cancel(*alarm_);
  alarm_.reset();
  parts_.store.Read([this](store::Transaction& tx) { next_due_ = tables::NextDue(tx); });
  if (next_due_) OnAlarm();
}

void Timer::OnAlarm() {
  if (!running_ || stepping_ || !next_due_) return;
  const TimePoint now = parts_.clock.Now();
  if (now < seen_ - kGrace) return Step(&Timer::ReplanAfterJump);
  seen_ = now;
  if (*next_due_ <= now) return Step(&Timer::FireDue);
  alarm_ = parts_.loop.PostAt(std::min(*next_due_, now + kGrace), [this] {
    alarm_.reset();
    OnAlarm();
  });
}

void Timer::Step(bool (Timer::*step)(store::Transaction&, TimePoint)) {
  if (!running_) return;
  stepping_ = true;
  const TimePoint now = seen_ = parts_.clock.Now();
  const auto more = std::make_shared<bool>(false);
  parts_.store.Write(
      [this, step, now, more](store::Transaction& tx) { *more = (this->*step)(tx, now); },
      [this, step, more](std::exception_ptr failure) {
        if (failure) parts_.log.Error("schedules could not be looked at; trying again");
        const TimePoint when = parts_.clock.Now() + (failure ? kAfterFailure : Millis(0));
        parts_.loop.PostAt(when, [this, step, again = *more || failure] {
          stepping_ = false;
          if (!running_) return;
          if (again) return Step(step);
          Arm();
        });
      });
}

bool Timer::FireDue(store::Transaction& tx, TimePoint now) {
  std::vector<Schedule> due = tables::DueSchedules(tx, now, kBatch);
  const bool more = static_cast<int64_t>(due.size()) == kBatch;
  for (Schedule& schedule : due) Fire(tx, std::move(schedule), now);
  return more;
}

void Timer::Fire(store::Transaction& tx, Schedule schedule, TimePoint now) const {
  const Planned planned = *schedule.next;
  schedule.next.reset();
  schedule.planned = now;
  const auto timing = ReadTiming(schedule.document, parts_.zones);
  if (!timing) {  // Its zone has left the database.
    parts_.log.Error("schedule cannot run",
                     {{"schedule", schedule.key.Arn()}, {"error", timing.error().message}});
    return tables::PutSchedule(tx, schedule);
  }
  auto used = schedule::UsedTimes::FromText(schedule.used);
  const TimePoint in_time = now - timing->window - kGrace;
  const bool missed = timing->recurring() && planned.due < started_ && planned.time < in_time;
  if (!missed) {
    parts_.dispatcher.Enqueue(tx, WorkOf(schedule, planned.time, now));
    schedule.last = planned.time;
    Use(*timing, schedule.anchor, planned.time, used);
    schedule.used = used.ToText();
  }
  schedule.next =
      NextPlanned(*timing, schedule.anchor, used, std::max(planned.time, in_time), parts_.random);
  const bool over =
      !schedule.next && json::GetString(schedule.document, "ActionAfterCompletion") == "DELETE";
  if (over) return tables::DeleteSchedule(tx, schedule.key);
  tables::PutSchedule(tx, schedule);
}

bool Timer::ReplanAfterJump(store::Transaction& tx, TimePoint now) {
  std::vector<Schedule> schedules = tables::PlannedAfter(tx, now + kGrace, kBatch);
  for (Schedule& schedule : schedules) {
    // A rate that began by itself, later than it is now, begins anew.
    if (schedule.anchor > now && !schedule.document.contains("StartDate")) schedule.anchor = now;
    try {
      Plan(schedule, now);
    } catch (const api::Error& error) {
      schedule.next.reset();
      schedule.planned = now;
      parts_.log.Error("schedule cannot run",
                       {{"schedule", schedule.key.Arn()}, {"error", error.message()}});
    }
    tables::PutSchedule(tx, schedule);
  }
  return static_cast<int64_t>(schedules.size()) == kBatch;
}

void Timer::Plan(Schedule& schedule, TimePoint now) const {
  schedule.planned = now;
  schedule.next.reset();
  const auto timing = ReadTiming(schedule.document, parts_.zones);
  if (!timing) throw api::Error("ValidationException", timing.error().message);
  if (!schedule.enabled) return;
  // A time that is now counts as to come.
  schedule.next =
      NextPlanned(*timing, schedule.anchor, schedule::UsedTimes::FromText(schedule.used),
                  now - Millis(1), parts_.random);
}

}  // namespace riposte::scheduler
