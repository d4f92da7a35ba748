// Message move tasks: from a dead-letter queue back, durably, at the rate that was asked for.
//
// Data path:     StartMessageMoveTask -> row -> Mover: one commit a batch (messages moved and
//                counted together) -> done, cancelled or failed
// Thread safety: Begin inside a write transaction; the rest on the loop and the writer thread.
// A crash between two batches loses nothing: Start() goes on where the last commit stands. A task
// moves what was in the queue when it began; what consumers hold in flight stays theirs.
// Source: StartMessageMoveTask, Amazon SQS API reference; "Configure a dead-letter queue redrive",
// developer guide: a moved message is a new one, with a new id and time of sending.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/time.h"
#include "services/sqs/tables.h"
#include "store/store.h"

namespace riposte::sqs {

class Mover {
 public:
  /// Called in the transaction that brings a message into a queue.
  using Arrive = std::function<void(store::Transaction&, int64_t queue_id, int messages)>;
  /// Called before one looks at what is visible, or brings a message: the clock may have been set
  /// back.
  using Follow = std::function<void(store::Transaction&, TimePoint now)>;
  Mover(store::Store& store, Executor& loop, const Clock& clock, Random& random, Arrive arrive,
        Follow follow_clock)
      : store_(store),
        loop_(loop),
        clock_(clock),
        random_(random),
        arrive_(std::move(arrive)),
        follow_clock_(std::move(follow_clock)) {}

  /// Takes up every task that was under way.
  void Start();
  void Stop() { stopped_ = true; }
  /// The task with this row begins once `tx` commits.
  void Begin(store::Transaction& tx, int64_t id);

  void FollowClock(store::Transaction& tx, TimePoint now) { follow_clock_(tx, now); }
  /// Moves one message to `target`, as a new message there. After FollowClock.
  void MoveOne(store::Transaction& tx, Message message, const Queue& target, TimePoint now);

 private:
  using Tx = store::Transaction;
  void Schedule(int64_t id, TimePoint when);
  void Run(int64_t id);
  /// Moves one batch; returns when the next is due, or nothing when the task has ended.
  std::optional<TimePoint> Step(Tx& tx, int64_t id);
  /// "" or why the task cannot go on.
  std::string MoveBatch(Tx& tx, MoveTask& task, const Queue& source, int most, TimePoint now);

  store::Store& store_;
  Executor& loop_;
  const Clock& clock_;
  Random& random_;
  Arrive arrive_;
  Follow follow_clock_;
  std::atomic<bool> stopped_ = false;
};

}  // namespace riposte::sqs
