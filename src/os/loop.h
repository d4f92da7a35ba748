// The engine's loop: the one thread on which domain cores live.
//
// Thread safety: Post, PostAt and Cancel from any thread. Cost: about 1 µs a task.
// Timers follow the wall clock, which the loop looks at at least once a second: when it jumps
// forward, what has become due runs within a second. When it is set back by more than kSameClock,
// timers go with it and run after as long as they would have: what waits for a while is not held up
// by the jump. What is meant for a time of day must look at the clock again when it runs.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "base/time.h"

namespace riposte::telemetry {
class Log;
}

namespace riposte::os {

class LoopExecutor final : public Executor {
 public:
  /// Steps of this size are what keeping a clock right takes.
  static constexpr Millis kSameClock{5'000};

  /// Starts the thread. `log` is told of tasks that throw; may be null.
  explicit LoopExecutor(const Clock& clock, const telemetry::Log* log = nullptr);
  ~LoopExecutor() override;
  LoopExecutor(const LoopExecutor&) = delete;
  LoopExecutor& operator=(const LoopExecutor&) = delete;

  void Post(Task task) override;
  TimerId PostAt(TimePoint when, Task task) override;
  void Cancel(TimerId timer) override;

  /// Ends after the task that runs now; what waits is dropped, and so is what comes later.
  void Stop();
  /// Runs `task` on the loop and waits for it; returns at once when the loop has stopped.
  /// REQUIRES: not called on the loop.
  void RunAndWait(Task task);
  [[nodiscard]] bool IsCurrentThread() const;
  /// Tasks and timers that wait.
  [[nodiscard]] size_t pending() const;

 private:
  void Loop();
  /// Moves the timers when the clock has been set back. REQUIRES: mutex_.
  void FollowClock(TimePoint now);
  void Run(Task task);

  const Clock& clock_;
  const telemetry::Log* log_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  TimerId last_id_ = 0;
  std::deque<Task> tasks_;
  std::map<std::pair<TimePoint, TimerId>, Task> timers_;
  std::map<TimerId, TimePoint> times_;
  TimePoint seen_;  ///< The clock when it was last looked at.
  std::thread thread_;
};

}  // namespace riposte::os
