// FIFO topics: the messages of one group reach one queue one after another, in order.
//
// Deliveries run side by side and are tried again each in its own time, so a later message could
// overtake one that failed. Here a message waits while an earlier one of its group is under way,
// and is held back (to be tried again) while an earlier one is still owed.
// Thread safety: any thread; callbacks run outside the lock, on the thread that caused them.
// Cost: memory for the groups that have something owed.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>

namespace riposte::sns {

class GroupOrder {
 public:
  using Callback = std::move_only_function<void()>;

  /// `id` has failed before and is still owed: what Start() finds in the store.
  void NoteOwed(const std::string& group, int64_t id);
  /// Calls one of the two, now or when the one under way has ended: `start` when it is `id`'s turn,
  /// `hold` when an earlier one is owed. Ids ascend in the order of publishing.
  void Enter(const std::string& group, int64_t id, Callback start, Callback hold);
  /// `id` is no longer under way; `owed`: it will be tried again.
  void Leave(const std::string& group, int64_t id, bool owed);
  /// `id` is done with, whatever came of it.
  void Forget(const std::string& group, int64_t id);
  void Clear();

 private:
  struct Waiting {
    Callback start;
    Callback hold;
  };
  struct Group {
    int64_t under_way = 0;
    std::set<int64_t> owed;
    std::map<int64_t, Waiting> waiting;
  };
  void DropIfEmpty(const std::string& group);

  std::mutex mutex_;
  std::map<std::string, Group> groups_;
};

}  // namespace riposte::sns
