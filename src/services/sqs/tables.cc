#include "services/sqs/tables.h"

#include "base/arn.h"

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
};

Queue QueueFrom(const store::Row& row) {
  Queue queue;
  queue.id = row.Int(0);
  queue.scope = {AccountId(row.Str(1)), Region(row.Str(2))};
  queue.name = row.Str(3);
  queue.created = row.Time(4);
  queue.modified = row.Time(5);
  queue.attributes = std::move(row.Json(6).as_object());
  queue.tags = std::move(row.Json(7).as_object());
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
  return message;
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
  tx.QueryOne(
      "SELECT id, account, region, name, created_ms, modified_ms, attributes, tags "
      "FROM sqs_queues WHERE account = ? AND region = ? AND name = ?",
      {scope.account.str(), scope.region.str(), name},
      [&](const store::Row& row) { queue = QueueFrom(row); });
  return queue;
}

std::vector<Queue> ListQueues(store::Transaction& tx, const Scope& scope, std::string_view prefix,
                              std::string_view after, int limit) {
  std::vector<Queue> out;
  tx.Query(
      "SELECT id, account, region, name, created_ms, modified_ms, attributes, tags "
      "FROM sqs_queues WHERE account = ? AND region = ? AND name > ? "
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
  tx.Execute("UPDATE sqs_queues SET modified_ms = ?, attributes = ?, tags = ? WHERE id = ?",
             {queue.modified, attributes, tags, queue.id});
}

void DeleteQueue(store::Transaction& tx, int64_t queue_id) {
  tx.Execute("DELETE FROM sqs_messages WHERE queue_id = ?", {queue_id});
  tx.Execute("DELETE FROM sqs_duplicates WHERE queue_id = ?", {queue_id});
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
  tx.QueryOne(
      "SELECT id, queue_id, message_id, body, attributes, system_attributes, sent_ms, visible_ms, "
      "first_received_ms, receive_count, group_id, deduplication_id, sequence "
      "FROM sqs_messages WHERE id = ? AND queue_id = ?",
      {id, queue_id}, [&](const store::Row& row) { message = MessageFrom(row); });
  return message;
}

std::vector<Message> ListVisible(store::Transaction& tx, const Queue& queue, TimePoint now,
                                 int limit) {
  std::vector<Message> out;
  const auto add = [&](const store::Row& row) {
    out.push_back(MessageFrom(row));
    return true;
  };
  if (queue.fifo()) {
    tx.Query(
        "SELECT id, queue_id, message_id, body, attributes, system_attributes, sent_ms, "
        "visible_ms, first_received_ms, receive_count, group_id, deduplication_id, sequence "
        "FROM sqs_messages AS m WHERE queue_id = ? AND visible_ms <= ? AND NOT EXISTS ("
        "SELECT 1 FROM sqs_messages AS o WHERE o.queue_id = m.queue_id "
        "AND o.group_id = m.group_id AND o.group_id <> '' AND o.visible_ms > ? "
        "AND o.receive_count > 0) ORDER BY id LIMIT ?",
        {queue.id, now, now, limit}, add);
  } else {
    tx.Query(
        "SELECT id, queue_id, message_id, body, attributes, system_attributes, sent_ms, "
        "visible_ms, first_received_ms, receive_count, group_id, deduplication_id, sequence "
        "FROM sqs_messages WHERE queue_id = ? AND visible_ms <= ? "
        "ORDER BY visible_ms, id LIMIT ?",
        {queue.id, now, limit}, add);
  }
  return out;
}

void UpdateMessage(store::Transaction& tx, const Message& message) {
  const std::string system_attributes = json::Serialize(message.system_attributes);
  tx.Execute(
      "UPDATE sqs_messages SET queue_id = ?, system_attributes = ?, sent_ms = ?, visible_ms = ?, "
      "first_received_ms = ?, receive_count = ? WHERE id = ?",
      {message.queue_id, system_attributes, message.sent, message.visible, message.first_received,
       message.receive_count, message.id});
}

void DeleteMessage(store::Transaction& tx, int64_t queue_id, int64_t id) {
  tx.Execute("DELETE FROM sqs_messages WHERE id = ? AND queue_id = ?", {id, queue_id});
}

void DeleteMessages(store::Transaction& tx, int64_t queue_id, std::optional<TimePoint> horizon) {
  if (horizon) {
    tx.Execute("DELETE FROM sqs_messages WHERE queue_id = ? AND sent_ms < ?", {queue_id, *horizon});
  } else {
    tx.Execute("DELETE FROM sqs_messages WHERE queue_id = ?", {queue_id});
  }
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
  Counts counts;
  tx.QueryOne(
      "SELECT coalesce(sum(visible_ms <= ?), 0), "
      "coalesce(sum(visible_ms > ? AND receive_count > 0), 0), "
      "coalesce(sum(visible_ms > ? AND receive_count = 0), 0) "
      "FROM sqs_messages WHERE queue_id = ? AND sent_ms >= ?",
      {now, now, now, queue_id, horizon},
      [&](const store::Row& row) { counts = {row.Int(0), row.Int(1), row.Int(2)}; });
  return counts;
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

}  // namespace riposte::sqs
