#include <algorithm>
#include <deque>
#include <set>
#include <unordered_map>

#include "base/arn.h"
#include "delivery/dead_letters.h"
#include "delivery/delivery.h"
#include "delivery/retry.h"
#include "delivery/tables.h"

namespace riposte::delivery {
namespace {

/// Work postponed for longer than this leaves memory and is read again when it is due, so that a
/// dead target's backlog cannot crowd out the living.
constexpr Millis kParkBeyond = std::chrono::seconds(10);
constexpr size_t kLoadBatch = 1000;
/// When a commit of an outcome fails, the outcome is tried again after this long.
constexpr Millis kStoreRetry = std::chrono::seconds(1);

std::string Exhausted(const Work& work, TimePoint now) {
  if (work.attempts > work.policy.max_attempts) return "MaximumRetryAttempts";
  if (now - work.created >= work.policy.max_age) return "MaximumEventAgeInSeconds";
  return "";
}

}  // namespace

struct Dispatcher::Impl {
  Impl(const Options& o, store::Store& s, Executor& l, const Clock& c, Random& r,
       const telemetry::Log& g)
      : options(o), store(s), loop(l), clock(c), random(r), log(g) {}

  struct Lane {
    std::deque<int64_t> ready;
    int in_flight = 0;
    bool queued = false;  ///< In `turn`.
  };

  Options options;
  store::Store& store;
  Executor& loop;
  const Clock& clock;
  Random& random;
  const telemetry::Log& log;
  std::unordered_map<std::string, Target*> targets;
  SendDeadLetter send_dead_letter;
  LetterBox* letter_box = nullptr;

  std::unordered_map<int64_t, Work> memory;  ///< Ready, timed and in flight.
  std::unordered_map<std::string, Lane> lanes;
  std::deque<std::string> turn;  ///< Lanes with something to start, round-robin.
  std::set<std::pair<TimePoint, int64_t>> timed;
  std::optional<std::pair<TimePoint, Executor::TimerId>> alarm;
  int in_flight = 0;
  int64_t high_water = 0;  ///< Every id up to here was seen by memory.
  bool overflow = false;   ///< Newer work waits in the store.
  bool started = false;
  bool stopped = false;
  uint64_t epoch = 0;  ///< Outcomes from before a Reset are ignored.

  void Admit(Work work) {
    const int64_t id = work.id;
    if (memory.contains(id)) return;
    const TimePoint due = work.due;
    memory.emplace(id, std::move(work));
    if (due <= clock.Now()) {
      MakeReady(id);
    } else {
      timed.emplace(due, id);
      SetAlarm();
    }
  }

  void MakeReady(int64_t id) {
    const std::string& target = memory.at(id).target_arn;
    Lane& lane = lanes[target];
    lane.ready.push_back(id);
    if (!lane.queued) {
      lane.queued = true;
      turn.push_back(target);
    }
  }

  /// New work has committed; runs on the loop, in the order of ids.
  void Arrived(Work work) {
    if (!started || work.id <= high_water) return;
    if (overflow || memory.size() >= options.max_in_memory) {
      overflow = true;
      return;
    }
    high_water = work.id;
    Admit(std::move(work));
    Pump();
  }

  /// Reads what waits in the store; false when there is nothing, or no room.
  bool Refill() {
    if (!overflow || memory.size() > options.max_in_memory / 2) return false;
    size_t loaded = 0;
    store.Read([&](store::Transaction& tx) {
      tables::LoadNew(tx, high_water, kLoadBatch, [&](Work work) {
        high_water = work.id;
        ++loaded;
        Admit(std::move(work));
      });
    });
    if (loaded < kLoadBatch) overflow = false;
    return loaded > 0;
  }

  void SetAlarm() {
    std::optional<TimePoint> next;
    if (!timed.empty()) next = timed.begin()->first;
    if (parked_due && (!next || *parked_due < *next)) next = parked_due;
    if (!next) return;
    if (alarm) {
      if (alarm->first <= *next) return;
      loop.Cancel(alarm->second);
    }
    alarm = {*next, loop.PostAt(*next, [this] {
               alarm.reset();
               OnAlarm();
             })};
  }

  std::optional<TimePoint> parked_due;  ///< When the first parked work is due.

  void OnAlarm() {
    if (stopped) return;
    const TimePoint now = clock.Now();
    while (!timed.empty() && timed.begin()->first <= now) {
      const int64_t id = timed.begin()->second;
      timed.erase(timed.begin());
      MakeReady(id);
    }
    if (parked_due && *parked_due <= now) UnparkDue(now);
    Pump();
    SetAlarm();
  }

  void UnparkDue(TimePoint now) {
    size_t loaded = 0;
    store.Read([&](store::Transaction& tx) {
      tables::LoadDue(tx, now, kLoadBatch, [&](Work work) {
        ++loaded;
        Admit(std::move(work));
      });
      parked_due = tables::NextDue(tx);
    });
    // What is in memory already is also counted as due: look again shortly, not at once.
    if (parked_due && *parked_due <= now) {
      parked_due = now + (loaded == kLoadBatch ? Millis(50) : std::chrono::seconds(1));
    }
  }

  void Pump() {
    if (stopped || !started) return;
    do {
      BeginReady();
    } while (Refill());
  }

  void BeginReady() {
    size_t lanes_left = turn.size();
    while (lanes_left > 0 && in_flight < options.max_in_flight) {
      const std::string target = std::move(turn.front());
      turn.pop_front();
      Lane& lane = lanes[target];
      if (lane.ready.empty()) {
        lane.queued = false;
        --lanes_left;
        if (lane.in_flight == 0) lanes.erase(target);
        continue;
      }
      if (lane.in_flight >= options.max_in_flight_per_target) {
        turn.push_back(target);
        --lanes_left;
        continue;
      }
      const int64_t id = lane.ready.front();
      lane.ready.pop_front();
      turn.push_back(target);
      ++lane.in_flight;
      ++in_flight;
      Begin(id);
    }
  }

  void Begin(int64_t id) {
    const Work& work = memory.at(id);
    const auto target = targets.find(work.kind);
    if (target == targets.end()) {
      Finish(id, Result::Dead("NO_RESOURCE", "nothing delivers work of kind " + work.kind));
      return;
    }
    target->second->Deliver(work, [this, id, at = epoch](Result result) {
      loop.Post([this, id, at, result = std::move(result)]() mutable {
        if (at == epoch) Finish(id, std::move(result));
      });
    });
  }

  void Finish(int64_t id, Result result) {
    Work& work = memory.at(id);
    if (result.kind == Result::Kind::kDone) {
      return Commit(id, std::move(result), Target::Disposition::kDone, "");
    }
    ++work.attempts;
    const TimePoint now = clock.Now();
    std::string exhausted;
    if (result.kind == Result::Kind::kRetry) {
      exhausted = Exhausted(work, now);
      if (exhausted.empty()) {
        work.due = now + std::max(BackOff(work.policy, work.attempts, random), result.retry_after);
        return Commit(id, std::move(result), Target::Disposition::kWillRetry, "");
      }
    }
    log.Warning("delivery given up", {{"id", id},
                                      {"kind", work.kind},
                                      {"source", work.source_arn},
                                      {"target", work.target_arn},
                                      {"attempts", work.attempts},
                                      {"error", result.error_code},
                                      {"reason", result.error_message}});
    const auto target = targets.find(work.kind);
    if (work.dead_letter_arn.empty() || !send_dead_letter || target == targets.end()) {
      return Commit(id, std::move(result), Target::Disposition::kDropped, exhausted);
    }
    Target::DeadLetter letter = target->second->MakeDeadLetter(work, result, exhausted);
    send_dead_letter(
        work, std::move(letter),
        [this, id, at = epoch, result = std::move(result), exhausted](LetterSent sent) mutable {
          loop.Post([this, id, at, sent, result = std::move(result), exhausted]() mutable {
            if (at != epoch) return;
            Commit(id, std::move(result),
                   sent.ok ? Target::Disposition::kDeadLettered : Target::Disposition::kDropped,
                   exhausted, sent.message_id);
          });
        });
  }

  void Keep(store::Transaction& tx, const Work& work, const Result& last,
            const std::string& exhausted, Target::Disposition disposition,
            const std::string& message_id) {
    tables::DeadWork dead{work,      "",         message_id, 0, last.error_code, last.error_message,
                          exhausted, clock.Now()};
    if (disposition == Target::Disposition::kDeadLettered) {
      dead.queue_arn = work.dead_letter_arn;
      const auto place = Arn::Parse(work.dead_letter_arn);  // Or a topic, which keeps nothing.
      if (letter_box != nullptr && place && place->service == "sqs" && !message_id.empty()) {
        dead.letter = letter_box->Find(tx, work.dead_letter_arn, message_id);
        if (dead.letter == 0) return;  // Somebody has taken it already.
      }
    }
    tables::KeepDead(tx, dead);
  }

  /// Makes the outcome durable, then lets go of the work (or times its next attempt).
  void Commit(int64_t id, Result result, Target::Disposition disposition, std::string exhausted,
              const std::string& message_id = "") {
    const auto shared = std::make_shared<Result>(std::move(result));
    const Work work = memory.at(id);
    store.Write(
        [this, work, shared, disposition, exhausted, message_id](store::Transaction& tx) {
          if (disposition == Target::Disposition::kWillRetry) {
            tables::Postpone(tx, work.id, work.attempts, work.due);
          } else {
            tables::Delete(tx, work.id);
          }
          if (disposition == Target::Disposition::kDropped ||
              disposition == Target::Disposition::kDeadLettered) {
            Keep(tx, work, *shared, exhausted, disposition, message_id);
          }
          if (const auto target = targets.find(work.kind); target != targets.end()) {
            target->second->OnOutcome(tx, work, *shared, disposition);
          }
        },
        [this, id, shared, disposition, exhausted, message_id,
         at = epoch](std::exception_ptr failure) {
          loop.Post([this, id, shared, disposition, exhausted, message_id, at,
                     failed = failure != nullptr] {
            if (at == epoch) Committed(id, *shared, disposition, exhausted, message_id, failed);
          });
        });
  }

  void Committed(int64_t id, const Result& result, Target::Disposition disposition,
                 const std::string& exhausted, const std::string& message_id, bool failed) {
    if (failed) {
      // The effect may have happened but is not recorded: it stays owed, and counts as in flight.
      log.Error("outcome of a delivery could not be stored", {{"id", id}});
      loop.PostAt(clock.Now() + kStoreRetry,
                  [this, id, result, disposition, exhausted, message_id, at = epoch] {
                    if (at == epoch && !stopped) {
                      Commit(id, result, disposition, exhausted, message_id);
                    }
                  });
      return;
    }
    const Work& work = memory.at(id);
    Lane& lane = lanes[work.target_arn];
    --lane.in_flight;
    --in_flight;
    if (!lane.queued) {
      lane.queued = true;
      turn.push_back(work.target_arn);
    }
    if (disposition != Target::Disposition::kWillRetry) {
      memory.erase(id);
    } else if (work.due - clock.Now() > kParkBeyond) {
      parked_due = parked_due ? std::min(*parked_due, work.due) : work.due;
      memory.erase(id);
      SetAlarm();
    } else {
      timed.emplace(work.due, id);
      SetAlarm();
    }
    Pump();
  }
};

Dispatcher::Dispatcher(const Options& options, store::Store& store, Executor& loop,
                       const Clock& clock, Random& random, const telemetry::Log& log)
    : impl_(std::make_unique<Impl>(options, store, loop, clock, random, log)) {}

Dispatcher::~Dispatcher() = default;

void Dispatcher::AddTarget(std::string kind, Target& target) {
  impl_->targets[std::move(kind)] = &target;
}

void Dispatcher::SetDeadLetterSender(SendDeadLetter sender) {
  impl_->send_dead_letter = std::move(sender);
}

void Dispatcher::SetLetterBox(LetterBox& box) {
  impl_->letter_box = &box;
}

int64_t Dispatcher::Enqueue(store::Transaction& tx, Work work) {
  const auto target = impl_->targets.find(work.kind);
  if (work.due <= work.created && target != impl_->targets.end() &&
      target->second->DeliverWithin(tx, work)) {
    return 0;
  }
  work.id = tables::Insert(tx, work);
  const int64_t id = work.id;
  tx.OnCommit([impl = impl_.get(), work = std::move(work)]() mutable {
    impl->loop.Post([impl, work = std::move(work)]() mutable { impl->Arrived(std::move(work)); });
  });
  return id;
}

void Dispatcher::Start() {
  impl_->loop.Post([impl = impl_.get()] {
    impl->started = true;
    impl->overflow = true;
    impl->Pump();
  });
}

void Dispatcher::Stop() {
  impl_->stopped = true;
}

bool Dispatcher::Idle() const {
  return impl_->in_flight == 0 && impl_->turn.empty() && !impl_->overflow;
}

size_t Dispatcher::Backlog() const {
  return impl_->memory.size() + (impl_->overflow ? impl_->options.max_in_memory : 0);
}

void Dispatcher::Reset() {
  ++impl_->epoch;
  impl_->memory.clear();
  impl_->lanes.clear();
  impl_->turn.clear();
  impl_->timed.clear();
  impl_->in_flight = 0;
  impl_->high_water = 0;
  impl_->overflow = false;
  impl_->parked_due.reset();
}

void Dispatcher::ForEachPostponed(store::Transaction& tx, std::string_view kind,
                                  const std::function<void(const Work&)>& each) {
  tables::LoadPostponed(tx, kind, each);
}

std::span<const store::Migration> Dispatcher::Migrations() {
  return tables::Migrations();
}

}  // namespace riposte::delivery
