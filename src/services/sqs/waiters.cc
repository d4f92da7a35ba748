#include "services/sqs/waiters.h"

#include <algorithm>
#include <vector>

namespace riposte::sqs {

uint64_t Waiters::Tide(int64_t queue_id) const {
  const std::lock_guard lock(state_->mutex);
  return state_->lines[queue_id].tide;
}

void Waiters::Enrol(int64_t queue_id, uint64_t tide, TimePoint until, Task wake) {
  std::unique_lock lock(state_->mutex);
  Line& line = state_->lines[queue_id];
  if (line.tide != tide) {
    lock.unlock();
    state_->loop.Post(std::move(wake));
    return;
  }
  const uint64_t id = ++state_->last_id;
  const auto timer =
      state_->loop.PostAt(until, [state = state_, queue_id, id] { Expire(state, queue_id, id); });
  line.waiting.push_back({id, std::move(wake), timer});
}

void Waiters::Arrived(int64_t queue_id, int messages) {
  const std::lock_guard lock(state_->mutex);
  Line& line = state_->lines[queue_id];
  ++line.tide;
  for (; messages > 0 && !line.waiting.empty(); --messages) {
    state_->loop.Cancel(line.waiting.front().timer);
    state_->loop.Post(std::move(line.waiting.front().wake));
    line.waiting.pop_front();
  }
}

void Waiters::WakeAll(int64_t queue_id) {
  const std::lock_guard lock(state_->mutex);
  const auto at = state_->lines.find(queue_id);
  if (at == state_->lines.end()) return;
  for (Waiter& waiter : at->second.waiting) {
    state_->loop.Cancel(waiter.timer);
    state_->loop.Post(std::move(waiter.wake));
  }
  state_->lines.erase(at);
}

void Waiters::WakeAll() {
  std::vector<int64_t> queues;
  {
    const std::lock_guard lock(state_->mutex);
    for (const auto& [queue_id, line] : state_->lines) queues.push_back(queue_id);
  }
  for (const int64_t queue_id : queues) WakeAll(queue_id);
}

void Waiters::Expire(const std::shared_ptr<State>& state, int64_t queue_id, uint64_t id) {
  Task wake;
  {
    const std::lock_guard lock(state->mutex);
    const auto line = state->lines.find(queue_id);
    if (line == state->lines.end()) return;
    auto& waiting = line->second.waiting;
    const auto at = std::ranges::find(waiting, id, &Waiter::id);
    if (at == waiting.end()) return;
    wake = std::move(at->wake);
    waiting.erase(at);
  }
  wake();
}

}  // namespace riposte::sqs
