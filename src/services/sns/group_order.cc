#include "services/sns/group_order.h"

#include <utility>

namespace riposte::sns {

void GroupOrder::NoteOwed(const std::string& group, int64_t id) {
  const std::lock_guard lock(mutex_);
  groups_[group].owed.insert(id);
}

void GroupOrder::Enter(const std::string& group, int64_t id, Callback start, Callback hold) {
  bool held = false;
  {
    const std::lock_guard lock(mutex_);
    Group& at = groups_[group];
    held = !at.owed.empty() && *at.owed.begin() < id;
    if (held) {
      at.owed.insert(id);
    } else if (at.under_way != 0) {
      at.waiting.emplace(id, Waiting{std::move(start), std::move(hold)});
      return;
    } else {
      at.under_way = id;
    }
  }
  held ? hold() : start();
}

void GroupOrder::Leave(const std::string& group, int64_t id, bool owed) {
  std::map<int64_t, Waiting> held;
  Callback next;
  {
    const std::lock_guard lock(mutex_);
    const auto found = groups_.find(group);
    if (found == groups_.end() || found->second.under_way != id) return;
    Group& at = found->second;
    at.under_way = 0;
    if (owed) {
      at.owed.insert(id);
      held = std::exchange(at.waiting, {});
      for (const auto& [later, callbacks] : held) at.owed.insert(later);
    } else {
      at.owed.erase(id);
      if (!at.waiting.empty()) {
        auto first = at.waiting.extract(at.waiting.begin());
        at.under_way = first.key();
        next = std::move(first.mapped().start);
      }
      DropIfEmpty(group);
    }
  }
  for (auto& [later, callbacks] : held) callbacks.hold();
  if (next) next();
}

void GroupOrder::Forget(const std::string& group, int64_t id) {
  Leave(group, id, false);
  const std::lock_guard lock(mutex_);
  const auto found = groups_.find(group);
  if (found == groups_.end()) return;
  found->second.owed.erase(id);
  DropIfEmpty(group);
}

void GroupOrder::Clear() {
  const std::lock_guard lock(mutex_);
  groups_.clear();
}

void GroupOrder::DropIfEmpty(const std::string& group) {
  const auto at = groups_.find(group);
  if (at->second.under_way == 0 && at->second.owed.empty() && at->second.waiting.empty()) {
    groups_.erase(at);
  }
}

}  // namespace riposte::sns
