#include "services/sqs/tables.h"

#include <algorithm>

#include "base/arn.h"
#include "base/control_bug.h"

namespace riposte::sqs {
namespace {

constexpr store::Migration kMigrations[] = {
    {"sqs", 1, R"sql(
      CREATE TABLE sqs_queues (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account TEXT NOT NULL,
        region TEXT NOT NULL,
        name TEXT NOT NULL,
        created_ms INTEGER NOT NULL,
        modified_ms INTEGER NOT NULL,
        attributes TEXT NOT NULL,
        tags TEXT NOT NULL,
        UNIQUE (account, region, name)
      );
      CREATE TABLE sqs_messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        queue_id INTEGER NOT NULL,
        message_id TEXT NOT NULL,
        body TEXT NOT NULL,
        attributes TEXT NOT NULL,
        system_attributes TEXT NOT NULL,
        sent_ms INTEGER NOT NULL,
        visible_ms INTEGER NOT NULL,
        first_received_ms INTEGER NOT NULL DEFAULT 0,
        receive_count INTEGER NOT NULL DEFAULT 0,
        group_id TEXT NOT NULL DEFAULT '',
        deduplication_id TEXT NOT NULL DEFAULT '',
        sequence INTEGER NOT NULL DEFAULT 0
      );
      CREATE INDEX sqs_messages_visible ON sqs_messages (queue_id, visible_ms, id);
      CREATE INDEX sqs_messages_sent ON sqs_messages (queue_id, sent_ms);
      CREATE INDEX sqs_messages_group ON sqs_messages (queue_id, group_id, visible_ms)
        WHERE group_id <> '';
      CREATE TABLE sqs_duplicates (
        queue_id INTEGER NOT NULL,
        key TEXT NOT NULL,
        message_id TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        expires_ms INTEGER NOT NULL,
        PRIMARY KEY (queue_id, key)
      ) WITHOUT ROWID;
      CREATE INDEX sqs_duplicates_expires ON sqs_duplicates (expires_ms);
    )sql"},
    {"sqs", 2, R"sql(
      ALTER TABLE sqs_queues ADD COLUMN purged_ms INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE sqs_messages ADD COLUMN dead_from TEXT NOT NULL DEFAULT '';
      CREATE INDEX sqs_messages_order ON sqs_messages (queue_id, id) WHERE group_id <> '';
      CREATE INDEX sqs_messages_dead ON sqs_messages (queue_id, id) WHERE dead_from <> '';
      CREATE TABLE sqs_attempts (
        queue_id INTEGER NOT NULL,
        attempt_id TEXT NOT NULL,
        receipts TEXT NOT NULL,
        received_ms INTEGER NOT NULL,
        visible_ms INTEGER NOT NULL,
        expires_ms INTEGER NOT NULL,
        PRIMARY KEY (queue_id, attempt_id)
      ) WITHOUT ROWID;
      CREATE INDEX sqs_attempts_expires ON sqs_attempts (expires_ms);
      CREATE TABLE sqs_moves (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        task_id TEXT NOT NULL UNIQUE,
        account TEXT NOT NULL,
        region TEXT NOT NULL,
        source_id INTEGER NOT NULL,
        source_arn TEXT NOT NULL,
        destination_arn TEXT NOT NULL,
        rate INTEGER NOT NULL,
        status TEXT NOT NULL,
        failure TEXT NOT NULL DEFAULT '',
        moved INTEGER NOT NULL DEFAULT 0,
        to_move INTEGER NOT NULL,
        bound INTEGER NOT NULL,
        started_ms INTEGER NOT NULL
      );
      CREATE INDEX sqs_moves_source ON sqs_moves (source_id, id);
      CREATE INDEX sqs_moves_running ON sqs_moves (status) WHERE status = 'RUNNING';
    )sql"},
    {"sqs", 3, R"sql(
      DROP INDEX sqs_messages_dead;
      CREATE INDEX sqs_messages_moved ON sqs_messages (id) WHERE dead_from <> '';
      ALTER TABLE sqs_messages ADD COLUMN moved_ms INTEGER NOT NULL DEFAULT 0;
    )sql"},
    {"sqs", 4, R"sql(
      CREATE TABLE sqs_clock (
        id INTEGER PRIMARY KEY,
        after_message INTEGER NOT NULL,
        seen_ms INTEGER NOT NULL
      );
    )sql"},
};

#define RIPOSTE_QUEUE_COLUMNS \
  "id, account, region, name, created_ms, modified_ms, attributes, tags, purged_ms"
#define RIPOSTE_MESSAGE_COLUMNS                                                          \
  "id, queue_id, message_id, body, attributes, system_attributes, sent_ms, visible_ms, " \
  "first_received_ms, receive_count, group_id, deduplication_id, sequence, dead_from, moved_ms"

#define RIPOSTE_MOVE_COLUMNS                                                             \
  "id, task_id, account, region, source_id, source_arn, destination_arn, rate, status, " \
  "failure, moved, to_move, bound, started_ms"

Queue QueueFrom(const store::Row& row) {
  Queue queue;
  queue.id = row.Int(0);
  queue.scope = {AccountId(row.Str(1)), Region(row.Str(2))};
  queue.name = row.Str(3);
  queue.created = row.Time(4);
  queue.modified = row.Time(5);
  queue.attributes = std::move(row.Json(6).as_object());
  queue.tags = std::move(row.Json(7).as_object());
  queue.purged = row.Time(8);
  return queue;
}

Message MessageFrom(const store::Row& row) {
  Message message;
  message.id = row.Int(0);
  message.queue_id = row.Int(1);
  message.message_id = row.Str(2);
  message.body = row.Str(3);
  message.attributes = std::move(row.Json(4).as_object());
  message.system_attributes = std::move(row.Json(5).as_object());
  message.sent = row.Time(6);
  message.visible = row.Time(7);
  message.first_received = row.Time(8);
  message.receive_count = row.Int(9);
  message.group_id = row.Str(10);
  message.deduplication_id = row.Str(11);
  message.sequence = row.Int(12);
  message.dead_from = row.Str(13);
  message.moved = row.Time(14);
  return message;
}

MoveTask MoveFrom(const store::Row& row) {
  MoveTask task;
  task.id = row.Int(0);
  task.task_id = row.Str(1);
  task.scope = {AccountId(row.Str(2)), Region(row.Str(3))};
  task.source_id = row.Int(4);
  task.source_arn = row.Str(5);
  task.destination_arn = row.Str(6);
  task.rate = row.Int(7);
  task.status = row.Str(8);
  task.failure = row.Str(9);
  task.moved = row.Int(10);
  task.to_move = row.Int(11);
  task.bound = row.Int(12);
  task.started = row.Time(13);
  return task;
}

}  // namespace

std::span<const store::Migration> Migrations() {
  return kMigrations;
}

std::string Queue::Arn() const {
  return MakeArn("sqs", scope, name);
}

std::optional<Queue> FindQueue(store::Transaction& tx, const Scope& scope, std::string_view name) {
  std::optional<Queue> queue;
  tx.QueryOne("SELECT " RIPOSTE_QUEUE_COLUMNS
              " FROM sqs_queues WHERE account = ? AND region = ? AND name = ?",
              {scope.account.str(), scope.region.str(), name},
              [&](const store::Row& row) { queue = QueueFrom(row); });
  return queue;
}

std::vector<Queue> ListQueues(store::Transaction& tx, const Scope& scope, std::string_view prefix,
                              std::string_view after, int limit) {
  std::vector<Queue> out;
  tx.Query("SELECT " RIPOSTE_QUEUE_COLUMNS
           " FROM sqs_queues WHERE account = ? AND region = ? AND name > ? "
           "AND substr(name, 1, length(?)) = ? ORDER BY name LIMIT ?",
           {scope.account.str(), scope.region.str(), after, prefix, prefix, limit},
           [&](const store::Row& row) {
             out.push_back(QueueFrom(row));
             return true;
           });
  return out;
}

void InsertQueue(store::Transaction& tx, Queue& queue) {
  const std::string attributes = json::Serialize(queue.attributes);
  const std::string tags = json::Serialize(queue.tags);
  tx.Execute(
      "INSERT INTO sqs_queues (account, region, name, created_ms, modified_ms, attributes, tags) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      {queue.scope.account.str(), queue.scope.region.str(), queue.name, queue.created,
       queue.modified, attributes, tags});
  queue.id = tx.LastInsertId();
}

void UpdateQueue(store::Transaction& tx, const Queue& queue) {
  const std::string attributes = json::Serialize(queue.attributes);
  const std::string tags = json::Serialize(queue.tags);
  tx.Execute(
      "UPDATE sqs_queues SET modified_ms = ?, attributes = ?, tags = ?, purged_ms = ? "
      "WHERE id = ?",
      {queue.modified, attributes, tags, queue.purged, queue.id});
}

void DeleteQueue(store::Transaction& tx, int64_t queue_id) {
  tx.Execute("DELETE FROM sqs_messages WHERE queue_id = ?", {queue_id});
  tx.Execute("DELETE FROM sqs_duplicates WHERE queue_id = ?", {queue_id});
  tx.Execute("DELETE FROM sqs_attempts WHERE queue_id = ?", {queue_id});
  tx.Execute("DELETE FROM sqs_moves WHERE source_id = ?", {queue_id});
  tx.Execute("DELETE FROM sqs_queues WHERE id = ?", {queue_id});
}

void InsertMessage(store::Transaction& tx, Message& message, bool fifo) {
  const std::string attributes = json::Serialize(message.attributes);
  const std::string system_attributes = json::Serialize(message.system_attributes);
  tx.Execute(
      "INSERT INTO sqs_messages (queue_id, message_id, body, attributes, system_attributes, "
      "sent_ms, visible_ms, group_id, deduplication_id, sequence) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {message.queue_id, message.message_id, message.body, attributes, system_attributes,
       message.sent, message.visible, message.group_id, message.deduplication_id,
       message.sequence});
  message.id = tx.LastInsertId();
  if (fifo) {
    // The row's id ascends and is never used again: the sequence number for free.
    message.sequence = message.id;
    tx.Execute("UPDATE sqs_messages SET sequence = ? WHERE id = ?", {message.id, message.id});
  }
}

std::optional<Message> FindMessage(store::Transaction& tx, int64_t queue_id, int64_t id) {
  std::optional<Message> message;
  tx.QueryOne("SELECT " RIPOSTE_MESSAGE_COLUMNS " FROM sqs_messages WHERE id = ? AND queue_id = ?",
              {id, queue_id}, [&](const store::Row& row) { message = MessageFrom(row); });
  return message;
}

std::optional<Queue> FindQueue(store::Transaction& tx, int64_t id) {
  std::optional<Queue> queue;
  tx.QueryOne("SELECT " RIPOSTE_QUEUE_COLUMNS " FROM sqs_queues WHERE id = ?", {id},
              [&](const store::Row& row) { queue = QueueFrom(row); });
  return queue;
}

std::vector<Queue> ListAllQueues(store::Transaction& tx) {
  std::vector<Queue> out;
  tx.Query("SELECT " RIPOSTE_QUEUE_COLUMNS " FROM sqs_queues", {}, [&](const store::Row& row) {
    out.push_back(QueueFrom(row));
    return true;
  });
  return out;
}

namespace {

std::vector<Message> ListMessages(store::Transaction& tx, std::string_view sql,
                                  std::initializer_list<store::Param> params) {
  std::vector<Message> out;
  tx.Query(sql, params, [&](const store::Row& row) {
    out.push_back(MessageFrom(row));
    return true;
  });
  return out;
}

}  // namespace

std::vector<Message> ListVisible(store::Transaction& tx, const Queue& queue, TimePoint now,
                                 TimePoint horizon, int limit) {
  if (queue.fifo()) {
    // In order of arrival; a group waits for its messages in flight, and for an earlier one that
    // is not due yet.
    return ListMessages(
        tx,
        "SELECT " RIPOSTE_MESSAGE_COLUMNS
        " FROM sqs_messages AS m INDEXED BY sqs_messages_order WHERE queue_id = ? "
        "AND group_id <> '' AND visible_ms <= ? AND sent_ms >= ? AND NOT EXISTS ("
        "SELECT 1 FROM sqs_messages AS o WHERE o.queue_id = m.queue_id "
        "AND o.group_id = m.group_id AND o.group_id <> '' AND o.visible_ms > ? "
        "AND (o.receive_count > 0 OR o.id < m.id)) ORDER BY id LIMIT ?",
        {queue.id, now, horizon,
         HasControlBug("group-unlocked-early") ? now + std::chrono::hours(12) : now, limit});
  }
  return ListMessages(tx,
                      "SELECT " RIPOSTE_MESSAGE_COLUMNS
                      " FROM sqs_messages WHERE queue_id = ? AND visible_ms <= ? AND sent_ms >= ? "
                      "ORDER BY visible_ms, id LIMIT ?",
                      {queue.id, now, horizon, limit});
}

std::vector<Message> ListMovable(store::Transaction& tx, const Queue& queue, TimePoint now,
                                 TimePoint horizon, int64_t bound, int limit) {
  if (queue.fifo()) {
    return ListMessages(tx,
                        "SELECT " RIPOSTE_MESSAGE_COLUMNS
                        " FROM sqs_messages INDEXED BY sqs_messages_order WHERE queue_id = ? "
                        "AND group_id <> '' AND visible_ms <= ? AND sent_ms >= ? AND id <= ? "
                        "ORDER BY id LIMIT ?",
                        {queue.id, now, horizon, bound, limit});
  }
  return ListMessages(tx,
                      "SELECT " RIPOSTE_MESSAGE_COLUMNS
                      " FROM sqs_messages WHERE queue_id = ? AND visible_ms <= ? AND sent_ms >= ? "
                      "AND id <= ? ORDER BY visible_ms, id LIMIT ?",
                      {queue.id, now, horizon, bound, limit});
}

namespace {

constexpr int kQueueName = 15;  // After the message's columns.

DeadMessage DeadFrom(const store::Row& row) {
  return {MessageFrom(row), row.Str(kQueueName)};
}

}  // namespace

std::vector<DeadMessage> ListDead(store::Transaction& tx, const Scope& scope, int64_t after,
                                  int limit) {
  std::vector<DeadMessage> out;
  tx.Query("SELECT " RIPOSTE_MESSAGE_COLUMNS
           ", (SELECT name FROM sqs_queues AS q WHERE q.id = m.queue_id) "
           "FROM sqs_messages AS m INDEXED BY sqs_messages_moved "
           "WHERE dead_from <> '' AND id > ? AND EXISTS (SELECT 1 FROM sqs_queues AS q "
           "WHERE q.id = m.queue_id AND q.account = ? AND q.region = ?) ORDER BY id LIMIT ?",
           {after, scope.account.str(), scope.region.str(), limit}, [&](const store::Row& row) {
             out.push_back(DeadFrom(row));
             return true;
           });
  return out;
}

std::optional<DeadMessage> FindDead(store::Transaction& tx, const Scope& scope, int64_t id) {
  std::optional<DeadMessage> found;
  tx.QueryOne("SELECT " RIPOSTE_MESSAGE_COLUMNS
              ", (SELECT name FROM sqs_queues AS q WHERE q.id = m.queue_id) "
              "FROM sqs_messages AS m WHERE id = ? AND dead_from <> '' AND EXISTS ("
              "SELECT 1 FROM sqs_queues AS q "
              "WHERE q.id = m.queue_id AND q.account = ? AND q.region = ?)",
              {id, scope.account.str(), scope.region.str()},
              [&](const store::Row& row) { found = DeadFrom(row); });
  return found;
}

int64_t FindRecent(store::Transaction& tx, int64_t queue_id, std::string_view message_id) {
  constexpr int64_t kRecent = 10'000;
  return tx
      .QueryInt(
          "SELECT id FROM sqs_messages WHERE id > (SELECT max(id) FROM sqs_messages) - ? "
          "AND +queue_id = ? AND message_id = ? ORDER BY id DESC LIMIT 1",
          {kRecent, queue_id, message_id})
      .value_or(0);
}

std::optional<std::string> BodyOf(store::Transaction& tx, int64_t id) {
  return tx.QueryText("SELECT body FROM sqs_messages WHERE id = ?", {id});
}

bool HasMessage(store::Transaction& tx, int64_t id) {
  return tx.QueryInt("SELECT id FROM sqs_messages WHERE id = ?", {id}).has_value();
}

bool IsInFlight(store::Transaction& tx, int64_t id, TimePoint now) {
  return tx
      .QueryInt("SELECT id FROM sqs_messages WHERE id = ? AND receive_count > 0 AND visible_ms > ?",
                {id, now})
      .has_value();
}

void DeleteMessage(store::Transaction& tx, int64_t id) {
  tx.Execute("DELETE FROM sqs_messages WHERE id = ?", {id});
}

void UpdateMessage(store::Transaction& tx, const Message& message) {
  const std::string system_attributes = json::Serialize(message.system_attributes);
  tx.Execute(
      "UPDATE sqs_messages SET queue_id = ?, system_attributes = ?, sent_ms = ?, visible_ms = ?, "
      "first_received_ms = ?, receive_count = ?, dead_from = ?, moved_ms = ? WHERE id = ?",
      {message.queue_id, system_attributes, message.sent, message.visible, message.first_received,
       message.receive_count, message.dead_from, message.moved, message.id});
}

void MarkReceived(store::Transaction& tx, const Message& message) {
  tx.Execute(
      "UPDATE sqs_messages SET visible_ms = ?, first_received_ms = ?, receive_count = ? "
      "WHERE id = ?",
      {message.visible, message.first_received, message.receive_count, message.id});
}

void RenewMessage(store::Transaction& tx, Message& message, bool fifo) {
  const int64_t old = message.id;
  InsertMessage(tx, message, fifo);
  tx.Execute("UPDATE sqs_messages SET dead_from = ?, moved_ms = ? WHERE id = ?",
             {message.dead_from, message.moved, message.id});
  tx.Execute("DELETE FROM sqs_messages WHERE id = ?", {old});
}

void SetDelay(store::Transaction& tx, int64_t queue_id, Millis delay) {
  tx.Execute(
      "UPDATE sqs_messages SET visible_ms = sent_ms + ? WHERE queue_id = ? AND receive_count = 0",
      {delay.count(), queue_id});
}

bool DeleteReceived(store::Transaction& tx, int64_t queue_id, int64_t id, int64_t count) {
  if (HasControlBug("old-receipt-honoured")) {
    return tx.Execute("DELETE FROM sqs_messages WHERE id = ?", {id}) > 0;
  }
  return tx.Execute("DELETE FROM sqs_messages WHERE id = ? AND queue_id = ? AND receive_count = ?",
                    {id, queue_id, count}) > 0;
}

void MoveTimes(store::Transaction& tx, TimePoint now, Millis back) {
  tx.Execute("UPDATE sqs_messages SET visible_ms = visible_ms - ? WHERE visible_ms > ?",
             {back.count(), now});
  tx.Execute("UPDATE sqs_duplicates SET expires_ms = expires_ms - ? WHERE expires_ms > ?",
             {back.count(), now + back});
  tx.Execute(
      "INSERT OR REPLACE INTO sqs_clock (id, after_message, seen_ms) "
      "VALUES (1, (SELECT COALESCE(MAX(id), 0) FROM sqs_messages), ?)",
      {now});
}

std::optional<TimePoint> LastMoved(store::Transaction& tx) {
  const auto seen = tx.QueryInt("SELECT seen_ms FROM sqs_clock");
  if (!seen) return std::nullopt;
  return FromMillis(*seen);
}

std::optional<TimePoint> LastSeen(store::Transaction& tx) {
  const auto after = tx.QueryInt("SELECT after_message FROM sqs_clock").value_or(0);
  const auto sent = tx.QueryInt(
      "SELECT sent_ms FROM sqs_messages WHERE id > ? ORDER BY id DESC LIMIT 1", {after});
  if (sent) return FromMillis(*sent);
  return LastMoved(tx);
}

void DeleteMessages(store::Transaction& tx, int64_t queue_id) {
  tx.Execute("DELETE FROM sqs_messages WHERE queue_id = ?", {queue_id});
}

int64_t DeleteExpired(store::Transaction& tx, int64_t queue_id, TimePoint horizon, int limit) {
  return tx.Execute(
      "DELETE FROM sqs_messages WHERE id IN (SELECT id FROM sqs_messages "
      "WHERE queue_id = ? AND sent_ms < ? LIMIT ?)",
      {queue_id, horizon, limit});
}

int64_t CountInFlight(store::Transaction& tx, int64_t queue_id, TimePoint now) {
  return tx
      .QueryInt(
          "SELECT count(*) FROM sqs_messages "
          "WHERE queue_id = ? AND visible_ms > ? AND receive_count > 0",
          {queue_id, now})
      .value_or(0);
}

std::optional<TimePoint> NextVisible(store::Transaction& tx, int64_t queue_id, TimePoint now) {
  std::optional<TimePoint> next;
  tx.QueryOne("SELECT MIN(visible_ms) FROM sqs_messages WHERE queue_id = ? AND visible_ms > ?",
              {queue_id, now}, [&](const store::Row& row) {
                if (!row.IsNull(0)) next = row.Time(0);
              });
  return next;
}

Counts CountMessages(store::Transaction& tx, int64_t queue_id, TimePoint now, TimePoint horizon) {
  // Each from an index; only hidden messages are looked up one by one.
  const auto count = [&](std::string_view sql, TimePoint time) {
    return tx.QueryInt(sql, {queue_id, time}).value_or(0);
  };
  const int64_t shown =
      count("SELECT count(*) FROM sqs_messages WHERE queue_id = ? AND visible_ms <= ?", now);
  const int64_t hidden =
      count("SELECT count(*) FROM sqs_messages WHERE queue_id = ? AND visible_ms > ?", now);
  const int64_t expired =
      count("SELECT count(*) FROM sqs_messages WHERE queue_id = ? AND sent_ms < ?", horizon);
  const int64_t in_flight = hidden == 0 ? 0 : CountInFlight(tx, queue_id, now);
  return {std::max<int64_t>(shown - expired, 0), in_flight, hidden - in_flight};
}

std::optional<TimePoint> OldestMessage(store::Transaction& tx, int64_t queue_id,
                                       TimePoint horizon) {
  const auto sent =
      tx.QueryInt("SELECT min(sent_ms) FROM sqs_messages WHERE queue_id = ? AND sent_ms >= ?",
                  {queue_id, horizon});
  if (!sent) return std::nullopt;
  return FromMillis(*sent);
}

std::optional<Duplicate> FindDuplicate(store::Transaction& tx, int64_t queue_id,
                                       std::string_view key, TimePoint now) {
  std::optional<Duplicate> found;
  tx.QueryOne(
      "SELECT message_id, sequence FROM sqs_duplicates "
      "WHERE queue_id = ? AND key = ? AND expires_ms > ?",
      {queue_id, key, now},
      [&](const store::Row& row) { found = Duplicate{row.Str(0), row.Int(1)}; });
  return found;
}

void PutDuplicate(store::Transaction& tx, int64_t queue_id, std::string_view key,
                  const Duplicate& duplicate, TimePoint now, TimePoint expires) {
  tx.Execute("DELETE FROM sqs_duplicates WHERE expires_ms <= ?", {now});
  tx.Execute(
      "INSERT OR REPLACE INTO sqs_duplicates (queue_id, key, message_id, sequence, expires_ms) "
      "VALUES (?, ?, ?, ?, ?)",
      {queue_id, key, duplicate.message_id, duplicate.sequence, expires});
}

std::optional<ReceiveAttempt> FindAttempt(store::Transaction& tx, int64_t queue_id,
                                          std::string_view id, TimePoint now) {
  std::optional<ReceiveAttempt> found;
  tx.QueryOne(
      "SELECT receipts, received_ms, visible_ms FROM sqs_attempts "
      "WHERE queue_id = ? AND attempt_id = ? AND expires_ms > ?",
      {queue_id, id, now}, [&](const store::Row& row) {
        found.emplace();
        const json::Value receipts = row.Json(0);
        for (const json::Value& item : receipts.as_array()) {
          const json::Array& pair = item.as_array();
          found->receipts.emplace_back(pair.at(0).as_int64(), pair.at(1).as_int64());
        }
        found->received = row.Time(1);
        found->visible = row.Time(2);
      });
  return found;
}

void PutAttempt(store::Transaction& tx, int64_t queue_id, std::string_view id,
                const ReceiveAttempt& attempt, TimePoint now, TimePoint expires) {
  json::Array receipts;
  for (const auto& [message, count] : attempt.receipts) {
    receipts.push_back(json::Array{message, count});
  }
  tx.Execute("DELETE FROM sqs_attempts WHERE expires_ms <= ?", {now});
  tx.Execute(
      "INSERT OR REPLACE INTO sqs_attempts "
      "(queue_id, attempt_id, receipts, received_ms, visible_ms, expires_ms) "
      "VALUES (?, ?, ?, ?, ?, ?)",
      {queue_id, id, json::Serialize(receipts), attempt.received, attempt.visible, expires});
}

int64_t LastMessageId(store::Transaction& tx, int64_t queue_id) {
  return tx.QueryInt("SELECT max(id) FROM sqs_messages WHERE queue_id = ?", {queue_id}).value_or(0);
}

int64_t LastMessageId(store::Transaction& tx) {
  return tx.QueryInt("SELECT max(id) FROM sqs_messages").value_or(0);
}

void InsertMove(store::Transaction& tx, MoveTask& task) {
  tx.Execute(
      "INSERT INTO sqs_moves (task_id, account, region, source_id, source_arn, destination_arn, "
      "rate, status, to_move, bound, started_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {task.task_id, task.scope.account.str(), task.scope.region.str(), task.source_id,
       task.source_arn, task.destination_arn, task.rate, task.status, task.to_move, task.bound,
       task.started});
  task.id = tx.LastInsertId();
}

void UpdateMove(store::Transaction& tx, const MoveTask& task) {
  tx.Execute("UPDATE sqs_moves SET status = ?, failure = ?, moved = ? WHERE id = ?",
             {task.status, task.failure, task.moved, task.id});
}

std::optional<MoveTask> FindMove(store::Transaction& tx, int64_t id) {
  std::optional<MoveTask> task;
  tx.QueryOne("SELECT " RIPOSTE_MOVE_COLUMNS " FROM sqs_moves WHERE id = ?", {id},
              [&](const store::Row& row) { task = MoveFrom(row); });
  return task;
}

std::optional<MoveTask> FindMove(store::Transaction& tx, std::string_view task_id) {
  std::optional<MoveTask> task;
  tx.QueryOne("SELECT " RIPOSTE_MOVE_COLUMNS " FROM sqs_moves WHERE task_id = ?", {task_id},
              [&](const store::Row& row) { task = MoveFrom(row); });
  return task;
}

std::vector<MoveTask> ListMoves(store::Transaction& tx, int64_t source_id, int limit) {
  std::vector<MoveTask> out;
  tx.Query("SELECT " RIPOSTE_MOVE_COLUMNS
           " FROM sqs_moves WHERE source_id = ? ORDER BY id DESC LIMIT ?",
           {source_id, limit}, [&](const store::Row& row) {
             out.push_back(MoveFrom(row));
             return true;
           });
  return out;
}

std::vector<MoveTask> ListRunningMoves(store::Transaction& tx) {
  std::vector<MoveTask> out;
  tx.Query("SELECT " RIPOSTE_MOVE_COLUMNS " FROM sqs_moves WHERE status = 'RUNNING'", {},
           [&](const store::Row& row) {
             out.push_back(MoveFrom(row));
             return true;
           });
  return out;
}

void ForgetMoves(store::Transaction& tx, int64_t source_id, int keep) {
  tx.Execute(
      "DELETE FROM sqs_moves WHERE source_id = ? AND status <> 'RUNNING' AND id NOT IN ("
      "SELECT id FROM sqs_moves WHERE source_id = ? ORDER BY id DESC LIMIT ?)",
      {source_id, source_id, keep});
}

}  // namespace riposte::sqs
