#include "os/loop.h"

#include <algorithm>
#include <future>

namespace riposte::os {
namespace {

/// The longest wait before the wall clock is read again.
constexpr Millis kSlice{1000};

}  // namespace

LoopExecutor::LoopExecutor(const Clock& clock) : clock_(clock), thread_([this] { Run(); }) {}

LoopExecutor::~LoopExecutor() {
  Stop();
}

void LoopExecutor::Post(Task task) {
  const std::lock_guard lock(mutex_);
  tasks_.push_back(std::move(task));
  if (tasks_.size() == 1) wake_.notify_one();
}

Executor::TimerId LoopExecutor::PostAt(TimePoint when, Task task) {
  const std::lock_guard lock(mutex_);
  const TimerId id = ++last_id_;
  timers_.emplace(std::pair{when, id}, std::move(task));
  when_.emplace(id, when);
  if (timers_.begin()->first.second == id) wake_.notify_one();
  return id;
}

void LoopExecutor::Cancel(TimerId timer) {
  Task dropped;  // Destroyed after the lock is released: it may own anything.
  const std::lock_guard lock(mutex_);
  const auto found = when_.find(timer);
  if (found == when_.end()) return;
  const auto entry = timers_.find({found->second, timer});
  dropped = std::move(entry->second);
  timers_.erase(entry);
  when_.erase(found);
}

void LoopExecutor::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void LoopExecutor::RunAndWait(Task task) {
  std::promise<void> done;
  Post([&done, task = std::move(task)]() mutable {
    task();
    done.set_value();
  });
  done.get_future().wait();
}

void LoopExecutor::Run() {
  std::deque<Task> batch;
  std::unique_lock lock(mutex_);
  while (!stop_) {
    const TimePoint now = clock_.Now();
    while (!timers_.empty() && timers_.begin()->first.first <= now) {
      auto node = timers_.extract(timers_.begin());
      when_.erase(node.key().second);
      tasks_.push_back(std::move(node.mapped()));
    }
    if (tasks_.empty()) {
      const Millis wait =
          timers_.empty() ? kSlice : std::min<Millis>(kSlice, timers_.begin()->first.first - now);
      wake_.wait_for(lock, wait);
      continue;
    }
    batch.swap(tasks_);
    lock.unlock();
    for (Task& task : batch) task();
    batch.clear();
    lock.lock();
  }
}

}  // namespace riposte::os
