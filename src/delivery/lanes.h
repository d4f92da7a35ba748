// Which work may start next: one lane a target, served in turn.
//
// Data path:     Dispatcher -> Add(work) or More(target) -> Next() -> Started -> Ended
// Thread safety: the dispatcher's loop only.
// Cost:          memory for lanes that have something to do, each within its share; a start costs a
//                step of the round.
// A lane is out of the round while its window is full (Ended brings it back), while it waits for
// its rate's next slot (Wake brings it back) and when it has nothing.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "delivery/delivery.h"

namespace riposte::delivery {

struct Lane {
  std::string target;
  std::deque<Work> ready;
  size_t bytes = 0;      ///< Of `ready`.
  bool more = false;     ///< The store has work for it that is not here.
  int64_t fresh_to = 0;  ///< Work that may start at once was seen up to this id.
  int in_flight = 0;
  int window = 0;       ///< So many may be under way.
  int64_t slot_us = 0;  ///< Its rate's next start, in microseconds since the epoch.
  bool in_round = false;
  bool waits = false;  ///< For its slot.
};

class Lanes {
 public:
  Lanes(const Dispatcher::Options& options, const Clock& clock)
      : options_(options), clock_(clock) {}

  [[nodiscard]] Lane& At(const std::string& target);
  /// Takes new work that may start at once, in ascending order of ids, when its lane has room for
  /// it; else notes that the store has more.
  void Add(Work work);
  /// Takes what was read from the store for a lane that had nothing in memory; `fresh`: it has
  /// never been timed. False when that was the last one it has room for.
  bool Fill(Lane& lane, Work work, bool fresh);
  /// The store has something for this lane.
  void More(const std::string& target);

  /// The next lane that may start something; null when none may. It has `ready`, or `more` only:
  /// then it wants to be filled, and asked for again. REQUIRES: a lane given with `ready` is
  /// Started.
  [[nodiscard]] Lane* Next();
  /// Takes the lane's first work, to be under way.
  [[nodiscard]] Work Start(Lane& lane);
  /// One of its works is no longer under way; `failed`: the target is to be spared.
  enum class Ending { kSucceeded, kFailed, kHeldBack };
  void Ended(Lane& lane, Ending ending);
  /// Puts the lane aside for a while (the store could not be read).
  void Rest(Lane& lane, Millis wait);

  /// Lanes whose slot has come go back into the round.
  void Wake(TimePoint now);
  [[nodiscard]] std::optional<TimePoint> NextWake() const;

  [[nodiscard]] int in_flight() const { return in_flight_; }
  [[nodiscard]] bool round_is_empty() const { return round_.empty(); }
  [[nodiscard]] size_t bytes() const { return bytes_; }
  [[nodiscard]] size_t size() const { return lanes_.size(); }
  /// The clock was set back.
  void MoveSlots(Millis back);
  void Clear();

 private:
  void Join(Lane& lane);
  void DropIfIdle(Lane& lane);
  [[nodiscard]] bool HasRoom(const Lane& lane, size_t bytes) const;
  /// Whether it has to wait for its slot; then it does.
  bool MustWait(Lane& lane);

  const Dispatcher::Options& options_;
  const Clock& clock_;
  std::unordered_map<std::string, Lane> lanes_;
  std::deque<Lane*> round_;
  std::multimap<TimePoint, Lane*> waiting_;
  int in_flight_ = 0;
  size_t bytes_ = 0;
};

}  // namespace riposte::delivery
