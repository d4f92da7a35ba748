#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <unordered_map>

#include "base/arn.h"
#include "base/control_bug.h"
#include "delivery/dead_letters.h"
#include "delivery/delivery.h"
#include "delivery/lanes.h"
#include "delivery/retry.h"
#include "delivery/tables.h"

namespace riposte::delivery {
namespace {

/// When a commit of an outcome fails, or a read, it is tried again after this long.
constexpr Millis kStoreRetry = std::chrono::seconds(1);
/// A clock that goes back by less is being adjusted; by more, it was set.
constexpr Millis kClockWasSet = std::chrono::minutes(1);
/// After a longer pause every lane is asked, instead of all that became due meanwhile.
constexpr Millis kLongPause = std::chrono::minutes(1);
/// Newly committed work on its way to the loop; what is more is read from the store.
constexpr size_t kInboxWorks = 4096;
constexpr size_t kInboxBytes = 4 << 20;

std::string Exhausted(const Work& work, TimePoint now) {
  const int most = work.policy.max_attempts + (HasControlBug("one-attempt-more") ? 1 : 0);
  if (work.attempts > most) return "MaximumRetryAttempts";
  if (now - work.created >= work.policy.max_age) return "MaximumEventAgeInSeconds";
  return "";
}

}  // namespace

struct Dispatcher::Impl {
  Impl(const Options& o, store::Store& s, Executor& l, const Clock& c, Random& r,
       const telemetry::Log& g)
      : options(o), store(s), loop(l), clock(c), random(r), log(g) {}

  Options options;
  store::Store& store;
  Executor& loop;
  const Clock& clock;
  Random& random;
  const telemetry::Log& log;
  std::unordered_map<std::string, Target*> targets;
  SendDeadLetter send_dead_letter;
  LetterBox* letter_box = nullptr;

  Lanes lanes{options, clock};
  std::unordered_map<int64_t, Work> flights;  ///< Under way.
  /// Whatever is due by then is in memory, or its lane knows that the store has more.
  TimePoint seen_to;
  std::optional<TimePoint> next_due;  ///< Of what is timed, after seen_to.
  std::optional<std::pair<TimePoint, Executor::TimerId>> alarm;
  tables::ClockMark clock_mark;  ///< As WatchClock saw it last.
  std::chrono::nanoseconds last_monotonic{0};
  bool started = false;
  bool stopped = false;
  uint64_t epoch = 0;  ///< Outcomes from before a Reset are ignored.

  std::atomic<int64_t> owed_works = 0;
  std::atomic<int64_t> owed_bytes = 0;
  std::atomic<int> in_flight = 0;

  /// What has committed since the loop looked last; filled by the writer's thread.
  struct Inbox {
    std::mutex mutex;
    std::vector<Work> works;
    size_t bytes = 0;
    std::set<std::string> more;  ///< Lanes whose later work did not fit.
    bool posted = false;
  } inbox;

  /// On the writer's thread, once `work` has committed.
  void Committed(Work work) {
    owed_works += 1;
    owed_bytes += static_cast<int64_t>(work.bytes);
    const std::scoped_lock lock(inbox.mutex);
    if (inbox.more.contains(work.target_arn) || inbox.works.size() >= kInboxWorks ||
        inbox.bytes + work.bytes > kInboxBytes) {
      inbox.more.insert(work.target_arn);
    } else {
      inbox.bytes += work.bytes;
      inbox.works.push_back(std::move(work));
    }
    if (inbox.posted) return;
    inbox.posted = true;
    loop.Post([this] { EmptyInbox(); });
  }

  void EmptyInbox() {
    std::vector<Work> works;
    std::set<std::string> more;
    {
      const std::scoped_lock lock(inbox.mutex);
      inbox.posted = false;
      inbox.bytes = 0;
      works.swap(inbox.works);
      more.swap(inbox.more);
    }
    if (!started) return;  // Start() finds them in the store.
    for (Work& work : works) {
      if (work.due <= work.created) {
        lanes.Add(std::move(work));
      } else {
        NoteTimed(work);
      }
    }
    for (const std::string& target : more) lanes.More(target);
    if (!more.empty()) FindNextDue();  // What did not fit may be timed.
    Pump();
  }

  void NoteTimed(const Work& work) {
    if (work.due <= seen_to) {
      lanes.More(work.target_arn);
    } else if (!next_due || work.due < *next_due) {
      next_due = work.due;
    }
  }

  void FindNextDue() {
    try {
      store.Read([&](store::Transaction& tx) { next_due = tables::NextDue(tx, seen_to); });
    } catch (const store::Failure&) {
      next_due = clock.Now() + kStoreRetry;  // Then it is found out.
    }
  }

  void Begin() {
    clock_mark.now = clock.Now();
    last_monotonic = clock.Monotonic();
    tables::ClockMark last;
    store.Read([&](store::Transaction& tx) { last = tables::LastClock(tx); });
    clock_mark.set_back = last.set_back;
    // It was set back while nothing ran, or shortly before that.
    if (last.now > clock_mark.now + kClockWasSet) SetBack(last.now - clock_mark.now);
    started = true;
    FindDue(clock_mark.now, true);
    Pump();
  }

  /// Tells every lane that has something due by `now`.
  void FindDue(TimePoint now, bool all) {
    store.Read([&](store::Transaction& tx) {
      const auto tell = [&](const std::string& target) { lanes.More(target); };
      if (all) {
        tables::ListLanes(tx, tell);
      } else {
        tables::ListLanesDue(tx, seen_to, now, tell);
      }
      next_due = tables::NextDue(tx, now);
    });
    seen_to = now;
  }

  /// REQUIRES: called before anything is timed by what the clock says.
  TimePoint WatchClock() {
    const TimePoint now = clock.Now();
    const auto monotonic = clock.Monotonic();
    const TimePoint expected =
        clock_mark.now + std::chrono::duration_cast<Millis>(monotonic - last_monotonic);
    clock_mark.now = now;
    last_monotonic = monotonic;
    if (expected - now >= kClockWasSet) SetBack(expected - now);
    return now;
  }

  void SetBack(Millis by) {
    log.Warning("the clock was set back", {{"by_ms", by.count()}});
    clock_mark.set_back += by;
    lanes.MoveSlots(by);
    for (auto& [id, work] : flights) work.due -= by;  // Its outcome may not be recorded yet.
    RecordClock();
  }

  /// Until it is recorded, it is recorded with every outcome that is timed by it.
  void RecordClock() {
    store.Write([this, mark = clock_mark](store::Transaction& tx) { tables::NoteClock(tx, mark); },
                [this, at = epoch](std::exception_ptr failure) {
                  loop.Post([this, at, failed = failure != nullptr] {
                    if (at != epoch || stopped) return;
                    if (failed) {
                      loop.PostAt(clock.Now() + kStoreRetry, [this, at] {
                        if (at == epoch && !stopped) RecordClock();
                      });
                      return;
                    }
                    next_due = seen_to = TimePoint();  // All is to be looked through.
                    Pump();
                  });
                });
  }

  void SetAlarm() {
    std::optional<TimePoint> next = lanes.NextWake();
    if (next_due && (!next || *next_due < *next)) next = next_due;
    if (alarm && next && alarm->first == *next) return;
    if (alarm) loop.Cancel(alarm->second);
    alarm.reset();
    if (!next || stopped) return;
    alarm = {*next, loop.PostAt(*next, [this] {
               alarm.reset();
               Pump();
             })};
  }

  /// Starts all that may start now. Never throws: what the store cannot give waits.
  void Pump() {
    if (stopped || !started) return;
    const TimePoint now = WatchClock();
    lanes.Wake(now);
    try {
      if (next_due && *next_due <= now) FindDue(now, now - seen_to > kLongPause);
    } catch (const store::Failure& failure) {
      log.Error("what is due could not be read", {{"error", failure.what()}});
      next_due = now + kStoreRetry;
    }
    while (Lane* lane = lanes.Next()) {
      if (lane->ready.empty()) {
        Fill(*lane);
        continue;
      }
      Work work = lanes.Start(*lane);
      const int64_t id = work.id;
      in_flight = lanes.in_flight();
      Begin(flights.emplace(id, std::move(work)).first->second);
    }
    in_flight = lanes.in_flight();
    SetAlarm();
  }

  /// Reads the lane's share: half of it what is due again, half what is new.
  void Fill(Lane& lane) {
    lane.more = false;
    try {
      store.Read([&](store::Transaction& tx) { FillFrom(tx, lane); });
    } catch (const store::Failure& failure) {
      log.Error("what is owed could not be read",
                {{"target", lane.target}, {"error", failure.what()}});
      lane.more = true;
      if (lane.ready.empty()) lanes.Rest(lane, kStoreRetry);
    }
  }

  void FillFrom(store::Transaction& tx, Lane& lane) {
    const size_t share = std::max<size_t>(1, options.lane_works / 2);
    const size_t limit = options.lane_works + static_cast<size_t>(lane.in_flight);
    const auto due = tables::ListDue(tx, lane.target, clock.Now(), limit);
    bool room = true;
    size_t taken = 0;
    auto next = due.begin();
    const auto take_due = [&](size_t most) {
      for (; next != due.end() && room && taken < most; ++next) {
        if (flights.contains(*next)) continue;
        auto work = tables::Find(tx, *next);
        if (!work) continue;
        ++taken;
        room = lanes.Fill(lane, std::move(*work), /*fresh=*/false);
      }
    };
    take_due(share);
    tables::LoadFresh(tx, lane.target, lane.fresh_to, [&](Work work) {
      if (!room) lane.more = true;
      if (room) room = lanes.Fill(lane, std::move(work), /*fresh=*/true);
      return !lane.more;
    });
    take_due(options.lane_works);
    if (next != due.end() || due.size() == limit) lane.more = true;
  }

  void Begin(const Work& work) {
    const int64_t id = work.id;
    const auto target = targets.find(work.kind);
    if (work.trace.hops > Trace::kMaxHops) {
      const std::string most = std::to_string(Trace::kMaxHops);
      return Finish(id, Result::Dead("LOOP_DETECTED", "this is the last of a chain of " + most +
                                                          " that the engine itself caused"));
    }
    if (target == targets.end()) {
      return Finish(id, Result::Dead("NO_RESOURCE", "nothing delivers work of kind " + work.kind));
    }
    if (HasControlBug("deleted-before-its-outcome")) {
      store.Write([id](store::Transaction& tx) { tables::Delete(tx, id); },
                  [](const std::exception_ptr&) {});
    }
    target->second->Deliver(work, [this, id, at = epoch](Result result) {
      loop.Post([this, id, at, result = std::move(result)]() mutable {
        if (at == epoch) Finish(id, std::move(result));
      });
    });
  }

  void Finish(int64_t id, Result result) {
    Work& work = flights.at(id);
    if (result.kind == Result::Kind::kDone) {
      return Commit(id, std::move(result), Target::Disposition::kDone, "");
    }
    if (result.counts) ++work.attempts;
    const TimePoint now = WatchClock();
    std::string exhausted;
    if (result.kind == Result::Kind::kRetry) {
      exhausted = Exhausted(work, now);
      if (exhausted.empty()) {
        const Millis wait = result.counts ? BackOff(work.policy, work.attempts, random) : Millis(1);
        work.due = now + std::max(wait, result.retry_after);
        if (HasControlBug("retry-early")) work.due = now + (work.due - now) / 2;
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
    if (work.dead_letter_arn.empty() || !send_dead_letter || target == targets.end() ||
        HasControlBug("letter-not-sent")) {
      return Commit(id, std::move(result), Target::Disposition::kDropped, exhausted);
    }
    SendLetter(id, std::move(result), exhausted);
  }

  /// What cannot be sent now is sent again: until then the work counts as in flight.
  void SendLetter(int64_t id, Result result, const std::string& exhausted) {
    const Work& work = flights.at(id);
    Target::DeadLetter letter = targets.at(work.kind)->MakeDeadLetter(work, result, exhausted);
    send_dead_letter(
        work, std::move(letter),
        [this, id, at = epoch, result = std::move(result), exhausted](LetterSent sent) mutable {
          loop.Post([this, id, at, sent, result = std::move(result), exhausted]() mutable {
            if (at != epoch) return;
            if (sent.again) {
              loop.PostAt(clock.Now() + kStoreRetry, [this, id, at, result, exhausted] {
                if (at == epoch && !stopped) SendLetter(id, result, exhausted);
              });
              return;
            }
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
    const Work work = flights.at(id);
    store.Write(
        [this, work, shared, disposition, exhausted, message_id,
         mark = clock_mark](store::Transaction& tx) {
          if (disposition == Target::Disposition::kWillRetry) {
            if (HasControlBug("retry-not-saved")) return tables::Delete(tx, work.id);
            tables::NoteClock(tx, mark);
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
            if (at == epoch) Recorded(id, *shared, disposition, exhausted, message_id, failed);
          });
        });
  }

  void Recorded(int64_t id, const Result& result, Target::Disposition disposition,
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
    auto flight = flights.extract(id);
    Work& work = flight.mapped();
    const bool retry = disposition == Target::Disposition::kWillRetry;
    lanes.Ended(lanes.At(work.target_arn), result.kind != Result::Kind::kRetry ? Ending::kSucceeded
                                           : result.held_back                  ? Ending::kHeldBack
                                                                               : Ending::kFailed);
    in_flight = lanes.in_flight();
    if (retry) {
      NoteTimed(work);
    } else {
      owed_works -= 1;
      owed_bytes -= static_cast<int64_t>(work.bytes);
    }
    Pump();
  }
  using Ending = Lanes::Ending;
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
  if (const auto found = impl_->targets.find(work.kind); found != impl_->targets.end()) {
    Target& target = *found->second;
    if (work.due <= work.created && work.trace.hops <= Trace::kMaxHops &&
        target.DeliverWithin(tx, work)) {
      return 0;
    }
    if (work.max_per_second == 0) work.max_per_second = target.MostPerSecond(tx, work);
  }
  tables::Insert(tx, work);
  const int64_t id = work.id;
  tx.OnCommit(
      [impl = impl_.get(), work = std::move(work)]() mutable { impl->Committed(std::move(work)); });
  return id;
}

void Dispatcher::Start() {
  impl_->store.Read([impl = impl_.get()](store::Transaction& tx) {
    const tables::Totals totals = tables::Count(tx);
    impl->owed_works = totals.works;
    impl->owed_bytes = totals.bytes;
  });
  impl_->loop.Post([impl = impl_.get()] { impl->Begin(); });
}

void Dispatcher::Stop() {
  impl_->stopped = true;
  impl_->SetAlarm();
}

bool Dispatcher::Full() const {
  const Options& options = impl_->options;
  return (options.max_owed > 0 && impl_->owed_works >= options.max_owed) ||
         (options.max_owed_bytes > 0 && impl_->owed_bytes >= options.max_owed_bytes);
}

Dispatcher::Owed Dispatcher::owed() const {
  return {impl_->owed_works, impl_->owed_bytes, impl_->in_flight};
}

bool Dispatcher::Idle() const {
  const std::scoped_lock lock(impl_->inbox.mutex);
  return impl_->flights.empty() && impl_->lanes.round_is_empty() && !impl_->inbox.posted;
}

void Dispatcher::Reset() {
  ++impl_->epoch;
  impl_->flights.clear();
  impl_->lanes.Clear();
  impl_->next_due.reset();
  impl_->clock_mark.set_back = Millis(0);
  impl_->in_flight = 0;
  impl_->owed_works = 0;
  impl_->owed_bytes = 0;
  const std::scoped_lock lock(impl_->inbox.mutex);
  impl_->inbox.works.clear();
  impl_->inbox.more.clear();
  impl_->inbox.bytes = 0;
}

void Dispatcher::ForEachPostponed(store::Transaction& tx, std::string_view kind,
                                  const std::function<void(const Work&)>& each) {
  tables::LoadPostponed(tx, kind, each);
}

int64_t Dispatcher::LatestId(store::Transaction& tx) {
  return tables::LatestId(tx);
}

int64_t Dispatcher::CountUntried(store::Transaction& tx, int64_t after, int64_t to) {
  return tables::CountUntried(tx, after, to);
}

std::span<const store::Migration> Dispatcher::Migrations() {
  return tables::Migrations();
}

}  // namespace riposte::delivery
