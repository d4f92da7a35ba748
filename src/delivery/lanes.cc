#include "delivery/lanes.h"

#include <algorithm>

namespace riposte::delivery {
namespace {

/// A lane that is new: enough to find out how its target does.
constexpr int kFirstWindow = 8;
/// Timers tell milliseconds: a lane that is late by less catches up.
constexpr int64_t kSlackUs = 10'000;
constexpr int64_t kSecondUs = 1'000'000;

int64_t ToMicros(TimePoint time) {
  return ToMillis(time) * 1000;
}

}  // namespace

Lane& Lanes::At(const std::string& target) {
  const auto [at, made] = lanes_.try_emplace(target);
  if (made) {
    at->second.target = target;
    at->second.window = std::min(kFirstWindow, options_.max_in_flight_per_target);
  }
  return at->second;
}

bool Lanes::HasRoom(const Lane& lane, size_t bytes) const {
  if (lane.ready.empty()) return bytes_ < options_.memory_bytes;
  return lane.ready.size() < options_.lane_works && lane.bytes + bytes <= options_.lane_bytes &&
         bytes_ + bytes <= options_.memory_bytes;
}

void Lanes::Add(Work work) {
  Lane& lane = At(work.target_arn);
  if (work.id <= lane.fresh_to) return;  // Read from the store already.
  if (lane.more || !HasRoom(lane, work.bytes)) {
    lane.more = true;
  } else {
    lane.fresh_to = work.id;
    lane.bytes += work.bytes;
    bytes_ += work.bytes;
    lane.ready.push_back(std::move(work));
  }
  Join(lane);
}

bool Lanes::Fill(Lane& lane, Work work, bool fresh) {
  if (fresh) lane.fresh_to = work.id;
  lane.bytes += work.bytes;
  bytes_ += work.bytes;
  lane.ready.push_back(std::move(work));
  return lane.ready.size() < options_.lane_works && lane.bytes < options_.lane_bytes &&
         bytes_ < options_.memory_bytes;
}

void Lanes::More(const std::string& target) {
  Lane& lane = At(target);
  lane.more = true;
  Join(lane);
}

void Lanes::Join(Lane& lane) {
  if (lane.in_round || lane.waits) return;
  lane.in_round = true;
  round_.push_back(&lane);
}

bool Lanes::MustWait(Lane& lane) {
  if (lane.slot_us <= ToMicros(clock_.Now())) return false;
  lane.waits = true;
  waiting_.emplace(FromMillis((lane.slot_us + 999) / 1000), &lane);
  return true;
}

Lane* Lanes::Next() {
  for (size_t left = round_.size(); left > 0; --left) {
    Lane& lane = *round_.front();
    round_.pop_front();
    lane.in_round = false;
    if (lane.ready.empty() && !lane.more) {
      DropIfIdle(lane);
      continue;
    }
    if (lane.in_flight >= lane.window) continue;
    if (in_flight_ >= options_.max_in_flight && lane.in_flight > 0) {
      Join(lane);
      continue;
    }
    if (MustWait(lane)) continue;
    Join(lane);
    return &lane;
  }
  return nullptr;
}

Work Lanes::Start(Lane& lane) {
  Work work = std::move(lane.ready.front());
  lane.ready.pop_front();
  lane.bytes -= work.bytes;
  bytes_ -= work.bytes;
  ++lane.in_flight;
  ++in_flight_;
  if (work.max_per_second > 0) {
    const int64_t interval = std::max<int64_t>(1, kSecondUs / work.max_per_second);
    const int64_t slack = interval < kSlackUs ? kSlackUs : 0;
    lane.slot_us = std::max(lane.slot_us, ToMicros(clock_.Now()) - slack) + interval;
  }
  return work;
}

void Lanes::Ended(Lane& lane, Ending ending) {
  --lane.in_flight;
  --in_flight_;
  if (ending == Ending::kSucceeded) {
    lane.window = std::min(lane.window + 1, options_.max_in_flight_per_target);
  } else if (ending == Ending::kFailed) {
    lane.window = std::max(lane.window / 2, 1);
  }
  Join(lane);
}

void Lanes::Rest(Lane& lane, Millis wait) {
  std::erase(round_, &lane);
  lane.in_round = false;
  lane.slot_us = std::max(lane.slot_us, ToMicros(clock_.Now() + wait));
  MustWait(lane);
}

void Lanes::Wake(TimePoint now) {
  while (!waiting_.empty() && waiting_.begin()->first <= now) {
    Lane& lane = *waiting_.begin()->second;
    waiting_.erase(waiting_.begin());
    lane.waits = false;
    Join(lane);
  }
}

std::optional<TimePoint> Lanes::NextWake() const {
  if (waiting_.empty()) return std::nullopt;
  return waiting_.begin()->first;
}

void Lanes::DropIfIdle(Lane& lane) {
  if (lane.in_flight > 0) return;
  // One that has just used its slot is remembered until the next: else its rate would not hold.
  if (MustWait(lane)) return;
  lanes_.erase(std::string(lane.target));
}

void Lanes::MoveSlots(Millis back) {
  for (auto& [target, lane] : lanes_) lane.slot_us -= back.count() * 1000;
  std::multimap<TimePoint, Lane*> moved;
  for (const auto& [time, lane] : waiting_) moved.emplace(time - back, lane);
  waiting_ = std::move(moved);
}

void Lanes::Clear() {
  round_.clear();
  waiting_.clear();
  lanes_.clear();
  in_flight_ = 0;
  bytes_ = 0;
}

}  // namespace riposte::delivery
