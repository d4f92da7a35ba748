#include "services/sns/tables.h"

namespace riposte::sns {
namespace {

constexpr store::Migration kMigrations[] = {
    {"sns", 1, R"sql(
      CREATE TABLE sns_topics (
        account TEXT NOT NULL,
        region TEXT NOT NULL,
        name TEXT NOT NULL,
        created_ms INTEGER NOT NULL,
        attributes TEXT NOT NULL,
        tags TEXT NOT NULL,
        deleted_subscriptions INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (account, region, name)
      ) WITHOUT ROWID;
      CREATE TABLE sns_subscriptions (
        arn TEXT PRIMARY KEY,
        topic_arn TEXT NOT NULL,
        account TEXT NOT NULL,
        region TEXT NOT NULL,
        owner TEXT NOT NULL,
        protocol TEXT NOT NULL,
        endpoint TEXT NOT NULL,
        attributes TEXT NOT NULL,
        confirmed INTEGER NOT NULL,
        token TEXT NOT NULL,
        created_ms INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX sns_subscriptions_topic ON sns_subscriptions (topic_arn, arn);
      CREATE INDEX sns_subscriptions_scope ON sns_subscriptions (account, region, arn);
      CREATE TABLE sns_duplicates (
        topic_arn TEXT NOT NULL,
        key TEXT NOT NULL,
        message_id TEXT NOT NULL,
        expires_ms INTEGER NOT NULL,
        PRIMARY KEY (topic_arn, key)
      ) WITHOUT ROWID;
      CREATE INDEX sns_duplicates_expires ON sns_duplicates (expires_ms);
      CREATE TABLE sns_sequences (
        topic_arn TEXT PRIMARY KEY,
        last INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE TABLE sns_keys (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        private_key TEXT NOT NULL,
        certificate TEXT NOT NULL
      );
    )sql"},
};

Topic TopicFrom(const store::Row& row) {
  Topic topic;
  topic.scope = {AccountId(row.Str(0)), Region(row.Str(1))};
  topic.name = row.Str(2);
  topic.created = row.Time(3);
  topic.attributes = std::move(row.Json(4).as_object());
  topic.tags = std::move(row.Json(5).as_object());
  topic.deleted_subscriptions = row.Int(6);
  return topic;
}

Subscription SubscriptionFrom(const store::Row& row) {
  Subscription subscription;
  subscription.arn = row.Str(0);
  subscription.topic_arn = row.Str(1);
  subscription.scope = {AccountId(row.Str(2)), Region(row.Str(3))};
  subscription.owner = row.Str(4);
  subscription.protocol = row.Str(5);
  subscription.endpoint = row.Str(6);
  subscription.attributes = std::move(row.Json(7).as_object());
  subscription.confirmed = row.Int(8) != 0;
  subscription.token = row.Str(9);
  subscription.created = row.Time(10);
  return subscription;
}

}  // namespace

std::span<const store::Migration> Migrations() {
  return kMigrations;
}

std::optional<Topic> FindTopic(store::Transaction& tx, const Scope& scope, std::string_view name) {
  std::optional<Topic> topic;
  tx.QueryOne(
      "SELECT account, region, name, created_ms, attributes, tags, deleted_subscriptions "
      "FROM sns_topics WHERE account = ? AND region = ? AND name = ?",
      {scope.account.str(), scope.region.str(), name},
      [&](const store::Row& row) { topic = TopicFrom(row); });
  return topic;
}

std::vector<Topic> ListTopics(store::Transaction& tx, const Scope& scope, std::string_view after,
                              int limit) {
  std::vector<Topic> out;
  tx.Query(
      "SELECT account, region, name, created_ms, attributes, tags, deleted_subscriptions "
      "FROM sns_topics WHERE account = ? AND region = ? AND name > ? ORDER BY name LIMIT ?",
      {scope.account.str(), scope.region.str(), after, limit}, [&](const store::Row& row) {
        out.push_back(TopicFrom(row));
        return true;
      });
  return out;
}

void PutTopic(store::Transaction& tx, const Topic& topic) {
  const std::string attributes = json::Serialize(topic.attributes);
  const std::string tags = json::Serialize(topic.tags);
  tx.Execute(
      "INSERT OR REPLACE INTO sns_topics "
      "(account, region, name, created_ms, attributes, tags, deleted_subscriptions) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      {topic.scope.account.str(), topic.scope.region.str(), topic.name, topic.created, attributes,
       tags, topic.deleted_subscriptions});
}

void DeleteTopic(store::Transaction& tx, const Topic& topic) {
  const std::string arn = topic.Arn();
  tx.Execute("DELETE FROM sns_subscriptions WHERE topic_arn = ?", {arn});
  tx.Execute("DELETE FROM sns_duplicates WHERE topic_arn = ?", {arn});
  tx.Execute("DELETE FROM sns_sequences WHERE topic_arn = ?", {arn});
  tx.Execute("DELETE FROM sns_topics WHERE account = ? AND region = ? AND name = ?",
             {topic.scope.account.str(), topic.scope.region.str(), topic.name});
}

std::optional<Subscription> FindSubscription(store::Transaction& tx, std::string_view arn) {
  std::optional<Subscription> subscription;
  tx.QueryOne(
      "SELECT arn, topic_arn, account, region, owner, protocol, endpoint, attributes, confirmed, "
      "token, created_ms FROM sns_subscriptions WHERE arn = ?",
      {arn}, [&](const store::Row& row) { subscription = SubscriptionFrom(row); });
  return subscription;
}

std::vector<Subscription> ListByTopic(store::Transaction& tx, std::string_view topic_arn,
                                      std::string_view after, int limit) {
  std::vector<Subscription> out;
  tx.Query(
      "SELECT arn, topic_arn, account, region, owner, protocol, endpoint, attributes, confirmed, "
      "token, created_ms FROM sns_subscriptions WHERE topic_arn = ? AND arn > ? "
      "ORDER BY arn LIMIT ?",
      {topic_arn, after, limit}, [&](const store::Row& row) {
        out.push_back(SubscriptionFrom(row));
        return true;
      });
  return out;
}

std::vector<Subscription> ListByScope(store::Transaction& tx, const Scope& scope,
                                      std::string_view after, int limit) {
  std::vector<Subscription> out;
  tx.Query(
      "SELECT arn, topic_arn, account, region, owner, protocol, endpoint, attributes, confirmed, "
      "token, created_ms FROM sns_subscriptions WHERE account = ? AND region = ? AND arn > ? "
      "ORDER BY arn LIMIT ?",
      {scope.account.str(), scope.region.str(), after, limit}, [&](const store::Row& row) {
        out.push_back(SubscriptionFrom(row));
        return true;
      });
  return out;
}

void PutSubscription(store::Transaction& tx, const Subscription& subscription) {
  const std::string attributes = json::Serialize(subscription.attributes);
  tx.Execute(
      "INSERT OR REPLACE INTO sns_subscriptions (arn, topic_arn, account, region, owner, "
      "protocol, endpoint, attributes, confirmed, token, created_ms) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {subscription.arn, subscription.topic_arn, subscription.scope.account.str(),
       subscription.scope.region.str(), subscription.owner, subscription.protocol,
       subscription.endpoint, attributes, subscription.confirmed, subscription.token,
       subscription.created});
}

void DeleteSubscription(store::Transaction& tx, std::string_view arn) {
  tx.Execute("DELETE FROM sns_subscriptions WHERE arn = ?", {arn});
}

void DeleteUnconfirmed(store::Transaction& tx, std::string_view topic_arn, TimePoint cutoff) {
  tx.Execute(
      "DELETE FROM sns_subscriptions WHERE topic_arn = ? AND NOT confirmed AND created_ms < ?",
      {topic_arn, cutoff});
}

int64_t CountFilters(store::Transaction& tx, std::string_view topic_arn) {
  return tx
      .QueryInt(
          "SELECT count(*) FROM sns_subscriptions WHERE topic_arn = ? "
          "AND json_extract(attributes, '$.FilterPolicy') IS NOT NULL",
          {topic_arn})
      .value_or(0);
}

SubscriptionCounts CountSubscriptions(store::Transaction& tx, std::string_view topic_arn) {
  SubscriptionCounts counts;
  tx.QueryOne(
      "SELECT coalesce(sum(confirmed), 0), coalesce(sum(NOT confirmed), 0) "
      "FROM sns_subscriptions WHERE topic_arn = ?",
      {topic_arn}, [&](const store::Row& row) { counts = {row.Int(0), row.Int(1)}; });
  return counts;
}

std::optional<std::string> FindDuplicate(store::Transaction& tx, std::string_view topic_arn,
                                         std::string_view key, TimePoint now) {
  return tx.QueryText(
      "SELECT message_id FROM sns_duplicates WHERE topic_arn = ? AND key = ? AND expires_ms > ?",
      {topic_arn, key, now});
}

void PutDuplicate(store::Transaction& tx, std::string_view topic_arn, std::string_view key,
                  std::string_view message_id, TimePoint now, TimePoint expires) {
  tx.Execute("DELETE FROM sns_duplicates WHERE expires_ms <= ?", {now});
  tx.Execute(
      "INSERT OR REPLACE INTO sns_duplicates (topic_arn, key, message_id, expires_ms) "
      "VALUES (?, ?, ?, ?)",
      {topic_arn, key, message_id, expires});
}

int64_t NextSequence(store::Transaction& tx, std::string_view topic_arn) {
  tx.Execute(
      "INSERT INTO sns_sequences (topic_arn, last) VALUES (?, 1) "
      "ON CONFLICT (topic_arn) DO UPDATE SET last = last + 1",
      {topic_arn});
  return tx.QueryInt("SELECT last FROM sns_sequences WHERE topic_arn = ?", {topic_arn}).value_or(1);
}

std::optional<KeyPair> LoadKeyPair(store::Transaction& tx) {
  std::optional<KeyPair> pair;
  tx.QueryOne("SELECT private_key, certificate FROM sns_keys WHERE id = 1", {},
              [&](const store::Row& row) { pair = KeyPair{row.Str(0), row.Str(1)}; });
  return pair;
}

void StoreKeyPair(store::Transaction& tx, const KeyPair& pair) {
  tx.Execute("INSERT OR IGNORE INTO sns_keys (id, private_key, certificate) VALUES (1, ?, ?)",
             {pair.private_key, pair.certificate});
}

}  // namespace riposte::sns
