// The engine's loop: one thread, tasks in order, timers by the wall clock.
//
// A jump of the wall clock is noticed within a second: a timer is waited for in slices and judged
// by Clock::Now(), so it neither fires early nor is lost.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "base/time.h"

namespace riposte::os {

class LoopExecutor final : public Executor {
 public:
  explicit LoopExecutor(const Clock& clock);
  ~LoopExecutor() override;  ///< Stop().

  void Post(Task task) override;
  TimerId PostAt(TimePoint when, Task task) override;
  void Cancel(TimerId timer) override;

  /// Ends the thread after the task under way; what is queued is dropped. Not from the loop.
  void Stop();
  /// Runs `task` on the loop and waits for it. Not from the loop.
  void RunAndWait(Task task);

 private:
  void Run();

  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> tasks_;
  std::map<std::pair<TimePoint, TimerId>, Task> timers_;
  std::map<TimerId, TimePoint> when_;
  TimerId last_id_ = 0;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace riposte::os
