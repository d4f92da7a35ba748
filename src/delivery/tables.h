// The tables of delivery/, and all SQL over them.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "delivery/delivery.h"
#include "store/store.h"

namespace riposte::delivery::tables {

[[nodiscard]] std::span<const store::Migration> Migrations();

/// Sets work.id and work.bytes. Work that may start at once has the time 0 in its row.
void Insert(store::Transaction& tx, Work& work);
void Delete(store::Transaction& tx, int64_t id);
/// After a failed attempt. REQUIRES: NoteClock with the clock that `due` is told by.
void Postpone(store::Transaction& tx, int64_t id, int attempts, TimePoint due);
/// Work that was given up, with the reason.
struct DeadWork {
  Work work;
  std::string queue_arn;   ///< Where its dead letter went; "": nowhere.
  std::string message_id;  ///< Of the letter.
  int64_t letter = 0;      ///< The letter's number (LetterBox); 0 when it is not in a queue.
  std::string error_code;
  std::string error_message;
  std::string exhausted;
  TimePoint time;
};
/// Keeps it for kKeepDead, so that nothing vanishes.
void KeepDead(store::Transaction& tx, const DeadWork& dead);
[[nodiscard]] std::optional<DeadWork> FindDead(store::Transaction& tx, const Scope& scope,
                                               int64_t id);
/// In order of id, those after `after`, until `each` returns false.
void ListDead(store::Transaction& tx, const Scope& scope, int64_t after,
              const std::function<bool(DeadWork)>& each);
void ForgetDead(store::Transaction& tx, int64_t id);

/// Each returns false to stop.
using Each = std::function<bool(Work)>;
/// A lane's work that may start at once, with an id above `after`, in order of id.
void LoadFresh(store::Transaction& tx, const std::string& target, int64_t after, const Each& each);
/// A lane's timed work that is due at `now`, in order of time.
[[nodiscard]] std::vector<int64_t> ListDue(store::Transaction& tx, const std::string& target,
                                           TimePoint now, size_t limit);
[[nodiscard]] std::optional<Work> Find(store::Transaction& tx, int64_t id);
/// Postponed work of one kind, due or not.
void LoadPostponed(store::Transaction& tx, std::string_view kind,
                   const std::function<void(const Work&)>& each);

using EachLane = std::function<void(const std::string& target)>;
/// Every lane that has work, due or not. Costs a look-up a lane.
void ListLanes(store::Transaction& tx, const EachLane& each);
/// Those with timed work that is due after `after` and not after `now`.
void ListLanesDue(store::Transaction& tx, TimePoint after, TimePoint now, const EachLane& each);
/// When the first timed work after `after` is due, or nullopt.
[[nodiscard]] std::optional<TimePoint> NextDue(store::Transaction& tx, TimePoint after);

/// What the clock says, and by how much it has been set back in all its time.
struct ClockMark {
  TimePoint now;
  Millis set_back{0};
};
/// Notes it. When the clock was set back since it was noted last, what is timed is due so much
/// earlier, once: to be called before anything is timed by this clock, as often as one likes.
void NoteClock(store::Transaction& tx, const ClockMark& mark);
/// As far as rows tell: the clock as it was noted last, or when the newest work was made.
[[nodiscard]] ClockMark LastClock(store::Transaction& tx);
struct Totals {
  int64_t works = 0;
  int64_t bytes = 0;
};
[[nodiscard]] Totals Count(store::Transaction& tx);
/// 0 when nothing is owed.
[[nodiscard]] int64_t LatestId(store::Transaction& tx);
[[nodiscard]] int64_t LatestDead(store::Transaction& tx);
/// Of the work with ids in (after, to].
[[nodiscard]] int64_t CountUntried(store::Transaction& tx, int64_t after, int64_t to);

}  // namespace riposte::delivery::tables
