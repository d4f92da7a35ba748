// Long polls: who waits for a message in which queue.
//
// A receive that found nothing enrols with the tide it saw before it looked. Arrival (on commit of
// a send) raises the tide and wakes one waiter a message; a waiter whose tide is already old is
// woken at once, so nothing that arrives between looking and enrolling is missed. A timer wakes it
// when a hidden message will show, and at its deadline.
// Thread safety: any thread; wakes run on the loop.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>

#include "base/time.h"

namespace riposte::sqs {

class Waiters {
 public:
  explicit Waiters(Executor& loop) : state_(std::make_shared<State>(loop)) {}

  /// How often something has arrived in the queue. Ask before looking.
  [[nodiscard]] uint64_t Tide(int64_t queue_id) const;
  /// Calls `wake` on the loop, once: when something arrives, or at `until`.
  void Enrol(int64_t queue_id, uint64_t tide, TimePoint until, Task wake);
  void Arrived(int64_t queue_id, int messages);
  /// Wakes everybody: the queue is gone.
  void WakeAll(int64_t queue_id);
  /// Wakes everybody at every queue: the service stops.
  void WakeAll();

 private:
  struct Waiter {
    uint64_t id;
    Task wake;
    Executor::TimerId timer;
  };
  struct Line {
    uint64_t tide = 0;
    std::list<Waiter> waiting;
  };
  struct State {
    explicit State(Executor& l) : loop(l) {}
    Executor& loop;
    std::mutex mutex;
    uint64_t last_id = 0;
    std::map<int64_t, Line> lines;
  };
  static void Expire(const std::shared_ptr<State>& state, int64_t queue_id, uint64_t id);

  std::shared_ptr<State> state_;
};

}  // namespace riposte::sqs
