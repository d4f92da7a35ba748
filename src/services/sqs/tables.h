// Queues and messages as rows; every SQL statement of the service.
//
// A message is visible when visible_ms <= now. Receiving sets it forward, so that nothing has to
// be put back: what is not deleted in time simply shows again. Order of id is order of arrival.
// Thread safety: inside one transaction. Cost: receiving reads an index range of the queue.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/scope.h"
#include "base/time.h"
#include "json/json.h"
#include "store/store.h"

namespace riposte::sqs {

[[nodiscard]] std::span<const store::Migration> Migrations();

struct Queue {
  int64_t id = 0;
  Scope scope;
  std::string name;
  TimePoint created;
  TimePoint modified;
  json::Object attributes;  ///< Only those that were set; see attributes.h for the others.
  json::Object tags;
  TimePoint purged;  ///< Last time; the epoch when never.

  [[nodiscard]] std::string Arn() const;
  [[nodiscard]] bool fifo() const { return name.ends_with(".fifo"); }
};

[[nodiscard]] std::optional<Queue> FindQueue(store::Transaction& tx, const Scope& scope,
                                             std::string_view name);
[[nodiscard]] std::optional<Queue> FindQueue(store::Transaction& tx, int64_t id);
/// Of every account and region.
[[nodiscard]] std::vector<Queue> ListAllQueues(store::Transaction& tx);
/// In order of name, those after `after` whose names begin with `prefix`.
[[nodiscard]] std::vector<Queue> ListQueues(store::Transaction& tx, const Scope& scope,
                                            std::string_view prefix, std::string_view after,
                                            int limit);
void InsertQueue(store::Transaction& tx, Queue& queue);
void UpdateQueue(store::Transaction& tx, const Queue& queue);
/// With its messages.
void DeleteQueue(store::Transaction& tx, int64_t queue_id);

struct Message {
  int64_t id = 0;
  int64_t queue_id = 0;
  std::string message_id;
  std::string body;
  json::Object attributes;         ///< As sent: {"name": {"DataType", "StringValue"…}}
  json::Object system_attributes;  ///< SenderId, AWSTraceHeader
  TimePoint sent;
  TimePoint visible;
  TimePoint first_received;
  int64_t receive_count = 0;
  std::string group_id;
  std::string deduplication_id;
  int64_t sequence = 0;  ///< FIFO: ascending over all queues.
  /// The queue it came from, when that one's redrive policy moved it here; senders cannot set it.
  std::string dead_from;
  TimePoint moved;  ///< When that was.
};

/// Gives it its id, and when `fifo` its sequence number.
void InsertMessage(store::Transaction& tx, Message& message, bool fifo);
[[nodiscard]] std::optional<Message> FindMessage(store::Transaction& tx, int64_t queue_id,
                                                 int64_t id);
/// Those that may be received now and were not sent before `horizon`, in order; for FIFO, without
/// those of a group that has a message in flight.
[[nodiscard]] std::vector<Message> ListVisible(store::Transaction& tx, const Queue& queue,
                                               TimePoint now, TimePoint horizon, int limit);
/// Those that nobody holds, with an id up to `bound`, in order of arrival.
[[nodiscard]] std::vector<Message> ListMovable(store::Transaction& tx, const Queue& queue,
                                               TimePoint now, TimePoint horizon, int64_t bound,
                                               int limit);
/// A message that a redrive policy moved, and the name of the queue it is in.
struct DeadMessage {
  Message message;
  std::string queue;
};
/// In order of id, those of the scope's queues with an id above `after`.
[[nodiscard]] std::vector<DeadMessage> ListDead(store::Transaction& tx, const Scope& scope,
                                                int64_t after, int limit);
[[nodiscard]] std::optional<DeadMessage> FindDead(store::Transaction& tx, const Scope& scope,
                                                  int64_t id);
/// The id of a message that was among the last ones to be sent; else 0.
[[nodiscard]] int64_t FindRecent(store::Transaction& tx, int64_t queue_id,
                                 std::string_view message_id);
[[nodiscard]] std::optional<std::string> BodyOf(store::Transaction& tx, int64_t id);
[[nodiscard]] bool HasMessage(store::Transaction& tx, int64_t id);
[[nodiscard]] bool IsInFlight(store::Transaction& tx, int64_t id, TimePoint now);
/// From whichever queue it is in.
void DeleteMessage(store::Transaction& tx, int64_t id);
/// Writes all that can change in a message that keeps its place in the order.
void UpdateMessage(store::Transaction& tx, const Message& message);
/// Writes what receiving changes.
void MarkReceived(store::Transaction& tx, const Message& message);
/// Writes `message` as a new one at the end of the order, with a new id (and sequence number), and
/// removes the old one.
void RenewMessage(store::Transaction& tx, Message& message, bool fifo);
/// Makes messages that nobody has received visible `delay` after they were sent.
void SetDelay(store::Transaction& tx, int64_t queue_id, Millis delay);
/// Only when it has been received `count` times by now; false when not.
bool DeleteReceived(store::Transaction& tx, int64_t queue_id, int64_t id, int64_t count);
/// The clock was set back: what is hidden, and what is remembered, is so for as long as it was to
/// be.
void MoveTimes(store::Transaction& tx, TimePoint now, Millis back);
/// The `now` of the last MoveTimes.
[[nodiscard]] std::optional<TimePoint> LastMoved(store::Transaction& tx);
/// What the clock said last, as far as rows tell: when the newest message was sent, or it was set
/// back.
[[nodiscard]] std::optional<TimePoint> LastSeen(store::Transaction& tx);
/// All of them.
void DeleteMessages(store::Transaction& tx, int64_t queue_id);
/// Up to `limit` of those that were sent before `horizon`; returns how many.
int64_t DeleteExpired(store::Transaction& tx, int64_t queue_id, TimePoint horizon, int limit);
[[nodiscard]] int64_t CountInFlight(store::Transaction& tx, int64_t queue_id, TimePoint now);
/// When a message that is hidden now will show again.
[[nodiscard]] std::optional<TimePoint> NextVisible(store::Transaction& tx, int64_t queue_id,
                                                   TimePoint now);

struct Counts {
  int64_t visible = 0;
  int64_t in_flight = 0;
  int64_t delayed = 0;
};
[[nodiscard]] Counts CountMessages(store::Transaction& tx, int64_t queue_id, TimePoint now,
                                   TimePoint horizon);
/// When the oldest message that has not expired was sent.
[[nodiscard]] std::optional<TimePoint> OldestMessage(store::Transaction& tx, int64_t queue_id,
                                                     TimePoint horizon);

/// FIFO: what was sent under a deduplication id within the last five minutes.
struct Duplicate {
  std::string message_id;
  int64_t sequence = 0;
};
[[nodiscard]] std::optional<Duplicate> FindDuplicate(store::Transaction& tx, int64_t queue_id,
                                                     std::string_view key, TimePoint now);
void PutDuplicate(store::Transaction& tx, int64_t queue_id, std::string_view key,
                  const Duplicate& duplicate, TimePoint now, TimePoint expires);

/// FIFO: what a receive with a ReceiveRequestAttemptId got within the last five minutes.
struct ReceiveAttempt {
  std::vector<std::pair<int64_t, int64_t>> receipts;  ///< Message, its receive count.
  TimePoint received;
  TimePoint visible;
};
[[nodiscard]] std::optional<ReceiveAttempt> FindAttempt(store::Transaction& tx, int64_t queue_id,
                                                        std::string_view id, TimePoint now);
void PutAttempt(store::Transaction& tx, int64_t queue_id, std::string_view id,
                const ReceiveAttempt& attempt, TimePoint now, TimePoint expires);

/// One message move task: from a dead-letter queue back to where its messages came from, or to
/// another queue.
struct MoveTask {
  int64_t id = 0;
  std::string task_id;
  Scope scope;
  int64_t source_id = 0;
  std::string source_arn;
  std::string destination_arn;  ///< "": each message's own queue of origin.
  int64_t rate = 0;             ///< Messages a second; 0: as fast as it goes.
  std::string status;           ///< RUNNING, COMPLETED, CANCELLED, FAILED
  std::string failure;
  int64_t moved = 0;
  int64_t to_move = 0;
  int64_t bound = 0;  ///< Messages with a higher id arrived after the task began, and stay.
  TimePoint started;
};
/// The highest id in the queue; 0 when it is empty.
[[nodiscard]] int64_t LastMessageId(store::Transaction& tx, int64_t queue_id);
/// Of all queues.
[[nodiscard]] int64_t LastMessageId(store::Transaction& tx);
void InsertMove(store::Transaction& tx, MoveTask& task);
/// Writes status, failure and count.
void UpdateMove(store::Transaction& tx, const MoveTask& task);
[[nodiscard]] std::optional<MoveTask> FindMove(store::Transaction& tx, int64_t id);
[[nodiscard]] std::optional<MoveTask> FindMove(store::Transaction& tx, std::string_view task_id);
/// The newest first.
[[nodiscard]] std::vector<MoveTask> ListMoves(store::Transaction& tx, int64_t source_id, int limit);
[[nodiscard]] std::vector<MoveTask> ListRunningMoves(store::Transaction& tx);
/// Forgets all but the newest `keep` of the finished tasks.
void ForgetMoves(store::Transaction& tx, int64_t source_id, int keep);

}  // namespace riposte::sqs
