// The SQS service: queues and messages, in JSON and query protocol alike.
//
// Data path:     SendMessage -> row, in the call's commit -> waiters woken on commit ->
//                ReceiveMessage hides the row for its visibility timeout -> DeleteMessage
// Thread safety: as api/registry.h says; ReceiveMessage is asynchronous and writes by itself.
// A message whose receive count would pass maxReceiveCount moves to the dead-letter queue in the
// transaction of the receive that finds it. Expired messages are not seen any more, and go when
// somebody looks or with the next sweep.
// Source of parameters, limits and errors: Amazon SQS API reference, 2012-11-05.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "api/registry.h"
#include "base/time.h"
#include "services/sqs/letter_box.h"
#include "services/sqs/moves.h"
#include "services/sqs/queue_metrics.h"
#include "services/sqs/tables.h"
#include "services/sqs/waiters.h"
#include "store/store.h"

namespace riposte::sqs {

class SqsService {
 public:
  struct Options {
    /// May the caller do `action` to the queue with this ARN and policy? For what an operation does
    /// beside that for which it was authorised. Empty: yes.
    std::function<bool(const api::Call&, std::string_view action, const std::string& arn,
                       const std::string& policy)>
        permit = {};
    int64_t max_in_flight = 120'000;  ///< Messages received and not yet deleted, a queue.
    api::MetricSink* metrics = nullptr;
  };
  SqsService(store::Store& store, Executor& loop, const Clock& clock, Random& random)
      : SqsService(store, loop, clock, random, Options()) {}
  SqsService(store::Store& store, Executor& loop, const Clock& clock, Random& random,
             Options options);
  void Register(api::Registry& registry);

  /// Goes on with the message move tasks that were under way, and sweeps expired messages.
  void Start();
  void Stop();
  /// The dead letters in the queues, and the way back for each.
  [[nodiscard]] delivery::LetterBox& letter_box() { return letter_box_; }

 private:
  using Call = api::Call;
  using Tx = store::Transaction;
  struct Receive;

  // queues.cc
  json::Value CreateQueue(const Call& call, Tx& tx);
  json::Value GetQueueUrl(const Call& call, Tx& tx);
  json::Value ListQueues(const Call& call, Tx& tx);
  json::Value GetQueueAttributes(const Call& call, Tx& tx);
  json::Value SetQueueAttributes(const Call& call, Tx& tx);
  json::Value DeleteQueue(const Call& call, Tx& tx);
  json::Value PurgeQueue(const Call& call, Tx& tx);
  json::Value TagQueue(const Call& call, Tx& tx);
  json::Value UntagQueue(const Call& call, Tx& tx);
  json::Value ListQueueTags(const Call& call, Tx& tx);
  json::Value AddPermission(const Call& call, Tx& tx);
  json::Value RemovePermission(const Call& call, Tx& tx);
  json::Value ListDeadLetterSourceQueues(const Call& call, Tx& tx);
  void RequirePermission(const Call& call, std::string_view action, const Queue& queue) const;

  // moves.cc
  json::Value StartMessageMoveTask(const Call& call, Tx& tx);
  json::Value CancelMessageMoveTask(const Call& call, Tx& tx);
  json::Value ListMessageMoveTasks(const Call& call, Tx& tx);

  // sweep.cc
  void Sweep();
  void ReportMetrics();
  bool SweepOnce(Tx& tx);

  // messages.cc
  json::Value SendMessage(const Call& call, Tx& tx);
  json::Value SendMessageBatch(const Call& call, Tx& tx);
  json::Value DeleteMessage(const Call& call, Tx& tx);
  json::Value DeleteMessageBatch(const Call& call, Tx& tx);
  json::Value ChangeMessageVisibility(const Call& call, Tx& tx);
  json::Value ChangeMessageVisibilityBatch(const Call& call, Tx& tx);
  json::Object Send(const Call& call, Tx& tx, const Queue& queue, const json::Object& entry);
  void Delete(const Call& call, Tx& tx, const Queue& queue, const json::Object& entry);
  void ChangeVisibility(const Call& call, Tx& tx, const Queue& queue, const json::Object& entry);
  /// Wakes those who wait for this queue once `tx` commits.
  void Arrive(Tx& tx, int64_t queue_id, int messages);

  // receive.cc
  void ReceiveMessage(Call call, api::Reply reply);
  void Attempt(const std::shared_ptr<Receive>& receive);
  void Take(Receive& receive, Tx& tx);
  /// When the clock was set back since the last look.
  void FollowClock(Tx& tx, TimePoint now);
  bool TakeAgain(Receive& receive, Tx& tx, const Queue& queue, int64_t visibility, TimePoint now);
  /// How many more messages of the queue may be in flight; `wanted` when that many may.
  int64_t RoomInFlight(Tx& tx, int64_t queue_id, int64_t wanted, TimePoint now);
  bool MoveIfWornOut(Tx& tx, const Queue& queue, Message& message, TimePoint now);

  store::Store& store_;
  const Clock& clock_;
  Random& random_;
  Options options_;
  Waiters waiters_;
  QueueMetrics metrics_;
  Mover mover_;
  QueueLetterBox letter_box_{mover_};
  Executor& loop_;
  TimePoint moved_to_;   ///< The clock's new time, until the commit that follows it.
  TimePoint last_look_;  ///< When somebody sent, received or moved last; the writer's.
  std::atomic<bool> stopped_ = false;
  /// At least as many as are in flight, by queue: the last count and what was received since. Only
  /// in write transactions, so on one thread.
  std::map<int64_t, int64_t> in_flight_;
};

/// The queue that `call`'s QueueUrl names, whatever its host. Throws QueueDoesNotExist,
/// InvalidAddress.
[[nodiscard]] Queue RequireQueue(const api::Call& call, store::Transaction& tx);
/// What names one receipt of one message, and back. Throws ReceiptHandleIsInvalid.
struct Receipt {
  int64_t queue_id = 0;
  int64_t message = 0;
  int64_t count = 0;
  int64_t received_ms = 0;
};
[[nodiscard]] std::string ToHandle(const Receipt& receipt);
[[nodiscard]] Receipt ParseHandle(const std::string& handle, int64_t queue_id);
/// Throws unless `token` is 1 to 128 characters without spaces: group, deduplication and attempt
/// ids.
void CheckToken(const std::string& token, std::string_view parameter);
/// The throw of every parameter outside its range.
[[noreturn]] void RefuseValue(const std::string& value, std::string_view parameter,
                              std::string_view reason);
/// The oldest time of sending that the queue still keeps.
[[nodiscard]] TimePoint HorizonOf(const Queue& queue, TimePoint now);

}  // namespace riposte::sqs
