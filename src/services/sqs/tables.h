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

  [[nodiscard]] std::string Arn() const;
  [[nodiscard]] bool fifo() const { return name.ends_with(".fifo"); }
};

[[nodiscard]] std::optional<Queue> FindQueue(store::Transaction& tx, const Scope& scope,
                                             std::string_view name);
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
  json::Object system_attributes;  ///< SenderId, AWSTraceHeader, DeadLetterQueueSourceArn
  TimePoint sent;
  TimePoint visible;
  TimePoint first_received;
  int64_t receive_count = 0;
  std::string group_id;
  std::string deduplication_id;
  int64_t sequence = 0;  ///< FIFO: ascending over all queues.
};

/// Gives it its id, and when `fifo` its sequence number.
void InsertMessage(store::Transaction& tx, Message& message, bool fifo);
[[nodiscard]] std::optional<Message> FindMessage(store::Transaction& tx, int64_t queue_id,
                                                 int64_t id);
/// Those that may be received now, in order; for FIFO, without those of a group that has a message
/// in flight.
[[nodiscard]] std::vector<Message> ListVisible(store::Transaction& tx, const Queue& queue,
                                               TimePoint now, int limit);
/// Writes what receiving, moving and changing visibility change.
void UpdateMessage(store::Transaction& tx, const Message& message);
void DeleteMessage(store::Transaction& tx, int64_t queue_id, int64_t id);
/// Deletes those that were sent before `horizon`; all when it is empty.
void DeleteMessages(store::Transaction& tx, int64_t queue_id, std::optional<TimePoint> horizon);
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

/// FIFO: what was sent under a deduplication id within the last five minutes.
struct Duplicate {
  std::string message_id;
  int64_t sequence = 0;
};
[[nodiscard]] std::optional<Duplicate> FindDuplicate(store::Transaction& tx, int64_t queue_id,
                                                     std::string_view key, TimePoint now);
void PutDuplicate(store::Transaction& tx, int64_t queue_id, std::string_view key,
                  const Duplicate& duplicate, TimePoint now, TimePoint expires);

}  // namespace riposte::sqs
