#include "os/loop.h"

#include <pthread.h>

#include <algorithm>
#include <exception>
#include <future>

#include "telemetry/log.h"

namespace riposte::os {

namespace {

constexpr Millis kLongestWait{1000};

}  // namespace

LoopExecutor::LoopExecutor(const Clock& clock, const telemetry::Log* log)
    : clock_(clock), log_(log), seen_(clock.Now()), thread_([this] {
        pthread_setname_np(pthread_self(), "loop");
        Loop();
      }) {}

LoopExecutor::~LoopExecutor() {
  Stop();
}

void LoopExecutor::Stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable() && !IsCurrentThread()) thread_.join();
  // Outside the lock: what tasks hold may post or cancel when it is destroyed.
  std::deque<Task> tasks;
  std::map<std::pair<TimePoint, TimerId>, Task> timers;
  const std::scoped_lock lock(mutex_);
  tasks.swap(tasks_);
  timers.swap(timers_);
  times_.clear();
}

bool LoopExecutor::IsCurrentThread() const {
  return std::this_thread::get_id() == thread_.get_id();
}

size_t LoopExecutor::pending() const {
  const std::scoped_lock lock(mutex_);
  return tasks_.size() + timers_.size();
}

void LoopExecutor::Post(Task task) {
  {
    const std::scoped_lock lock(mutex_);
    if (stopping_) return;
    tasks_.push_back(std::move(task));
  }
  wake_.notify_one();
}

void LoopExecutor::RunAndWait(Task task) {
  std::promise<void> done;
  const std::future<void> ran = done.get_future();
  // The promise goes with the task: should that be dropped, the wait ends too.
  Post([task = std::move(task), done = std::move(done)]() mutable {
    task();
    done.set_value();
  });
  ran.wait();
}

Executor::TimerId LoopExecutor::PostAt(TimePoint when, Task task) {
  TimerId id = 0;
  {
    const std::scoped_lock lock(mutex_);
    id = ++last_id_;
    if (stopping_) return id;
    FollowClock(clock_.Now());  // Or a timer set by the new clock would be moved with the old ones.
    timers_.emplace(std::pair{when, id}, std::move(task));
    times_.emplace(id, when);
  }
  wake_.notify_one();
  return id;
}

void LoopExecutor::Cancel(TimerId timer) {
  Task dropped;  // Destroyed after the lock is gone.
  const std::scoped_lock lock(mutex_);
  const auto found = times_.find(timer);
  if (found == times_.end()) return;
  auto node = timers_.extract({found->second, timer});
  times_.erase(found);
  dropped = std::move(node.mapped());
}

void LoopExecutor::FollowClock(TimePoint now) {
  const Millis back = seen_ - now;
  seen_ = now;
  if (back <= kSameClock) return;
  decltype(timers_) moved;
  for (auto& [key, task] : timers_) {
    const auto [when, id] = key;
    moved.emplace(std::pair{when - back, id}, std::move(task));
    times_[id] = when - back;
  }
  timers_ = std::move(moved);
}

void LoopExecutor::Loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    Task task;
    if (!tasks_.empty()) {
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    // A stream of tasks must not hold timers up, so each turn looks at both.
    Task due;
    Millis wait = kLongestWait;
    const TimePoint now = clock_.Now();
    FollowClock(now);
    if (!timers_.empty()) {
      const auto first = timers_.begin();
      const auto left = first->first.first - now;
      if (left <= Millis(0)) {
        due = std::move(first->second);
        times_.erase(first->first.second);
        timers_.erase(first);
      } else {
        wait = std::min(wait, left);
      }
    }
    if (!task && !due) {
      wake_.wait_for(lock, wait);
      continue;
    }
    lock.unlock();
    if (task) Run(std::move(task));
    if (due) Run(std::move(due));
    lock.lock();
  }
}

void LoopExecutor::Run(Task task) {
  try {
    task();
  } catch (const std::exception& error) {
    if (log_) log_->Error("a task of the loop threw", {{"error", error.what()}});
  }
}

}  // namespace riposte::os
