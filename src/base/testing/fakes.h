// Deterministic stand-ins for time, chance and the loop. Single-threaded; tests only.
#pragma once

#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include "base/time.h"

namespace riposte::testing {

class FakeClock final : public Clock {
 public:
  explicit FakeClock(TimePoint start = FromMillis(1'767'225'600'000))
      : now_(start) {}  // 2026-01-01
  [[nodiscard]] TimePoint Now() const override { return now_; }
  [[nodiscard]] std::chrono::nanoseconds Monotonic() const override { return monotonic_; }
  void Set(TimePoint now) {
    if (now > now_) monotonic_ += now - now_;
    now_ = now;
  }

 private:
  TimePoint now_;
  std::chrono::nanoseconds monotonic_ = now_.time_since_epoch();
};

class FakeRandom final : public Random {
 public:
  explicit FakeRandom(uint64_t seed = 1) : engine_(seed) {}
  [[nodiscard]] std::string Bytes(size_t size) override {
    std::string out(size, '\0');
    for (char& c : out) c = static_cast<char>(engine_() & 255);
    return out;
  }
  [[nodiscard]] uint64_t Below(uint64_t bound) override { return engine_() % bound; }

 private:
  std::mt19937_64 engine_;
};

/// Runs nothing until asked. Timers fire in order of their time, then of their making.
class FakeExecutor final : public Executor {
 public:
  explicit FakeExecutor(FakeClock& clock) : clock_(clock) {}
  void Post(Task task) override { PostAt(clock_.Now(), std::move(task)); }
  TimerId PostAt(TimePoint when, Task task) override {
    const TimerId id = ++last_id_;
    queue_.emplace(std::pair{std::max(when, clock_.Now()), id}, std::move(task));
    return id;
  }
  void Cancel(TimerId timer) override {
    std::erase_if(queue_, [timer](const auto& entry) { return entry.first.second == timer; });
  }
  /// Runs what is due now, and what that makes due, until nothing is. Returns how many ran.
  int RunUntilIdle() {
    int ran = 0;
    while (!queue_.empty() && queue_.begin()->first.first <= clock_.Now()) {
      auto node = queue_.extract(queue_.begin());
      node.mapped()();
      ++ran;
    }
    return ran;
  }
  /// Runs at most `count` of the tasks that are due now: for stopping in the middle.
  void RunSome(int count) {
    while (count-- > 0 && !queue_.empty() && queue_.begin()->first.first <= clock_.Now()) {
      auto node = queue_.extract(queue_.begin());
      node.mapped()();
    }
  }
  /// Moves the clock forward through every timer on the way.
  void Advance(Millis by) {
    const TimePoint end = clock_.Now() + by;
    RunUntilIdle();
    while (!queue_.empty() && queue_.begin()->first.first <= end) {
      clock_.Set(queue_.begin()->first.first);
      RunUntilIdle();
    }
    clock_.Set(end);
  }
  /// When the next task or timer runs; nullopt when there is none.
  [[nodiscard]] std::optional<TimePoint> next() const {
    if (queue_.empty()) return std::nullopt;
    return queue_.begin()->first.first;
  }
  /// The clock is set, and shows another time from one moment to the next. When it is set back,
  /// timers go with it, as those of os::LoopExecutor; what is due runs when asked.
  void JumpTo(TimePoint time) {
    const Millis back = clock_.Now() - time;
    clock_.Set(time);
    if (back <= std::chrono::seconds(5)) return;
    std::map<std::pair<TimePoint, TimerId>, Task> moved;
    for (auto& [key, task] : queue_) {
      moved.emplace(std::pair{key.first - back, key.second}, std::move(task));
    }
    queue_ = std::move(moved);
  }
  /// Forgets every task and timer, as a process that ends does.
  void Clear() { queue_.clear(); }
  [[nodiscard]] size_t pending() const { return queue_.size(); }

 private:
  FakeClock& clock_;
  TimerId last_id_ = 0;
  std::map<std::pair<TimePoint, TimerId>, Task> queue_;
};

}  // namespace riposte::testing
