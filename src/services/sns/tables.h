// Topics and subscriptions as rows; every SQL statement of the service.
// Thread safety: inside one transaction.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/arn.h"
#include "base/scope.h"
#include "base/time.h"
#include "json/json.h"
#include "store/store.h"

namespace riposte::sns {

[[nodiscard]] std::span<const store::Migration> Migrations();

struct Topic {
  Scope scope;
  std::string name;
  TimePoint created;
  json::Object attributes;  ///< Those that were set, as strings.
  json::Object tags;        ///< {key: value}
  int64_t deleted_subscriptions = 0;

  [[nodiscard]] std::string Arn() const { return MakeArn("sns", scope, name); }
  [[nodiscard]] bool fifo() const { return name.ends_with(".fifo"); }
  [[nodiscard]] std::string Get(std::string_view attribute) const {
    return std::string(json::GetString(attributes, attribute));
  }
};

[[nodiscard]] std::optional<Topic> FindTopic(store::Transaction& tx, const Scope& scope,
                                             std::string_view name);
[[nodiscard]] std::vector<Topic> ListTopics(store::Transaction& tx, const Scope& scope,
                                            std::string_view after, int limit);
/// Inserts or replaces.
void PutTopic(store::Transaction& tx, const Topic& topic);
/// With its subscriptions.
void DeleteTopic(store::Transaction& tx, const Topic& topic);

struct Subscription {
  std::string arn;  ///< <topic ARN>:<uuid>
  std::string topic_arn;
  Scope scope;  ///< The topic's.
  std::string owner;
  std::string protocol;
  std::string endpoint;
  json::Object attributes;  ///< Those that were set, as strings.
  bool confirmed = false;
  std::string token;  ///< What confirms it, while it is pending.
  TimePoint created;

  [[nodiscard]] std::string Get(std::string_view attribute) const {
    return std::string(json::GetString(attributes, attribute));
  }
};

[[nodiscard]] std::optional<Subscription> FindSubscription(store::Transaction& tx,
                                                           std::string_view arn);
[[nodiscard]] std::vector<Subscription> ListByTopic(store::Transaction& tx,
                                                    std::string_view topic_arn,
                                                    std::string_view after, int limit);
[[nodiscard]] std::vector<Subscription> ListByScope(store::Transaction& tx, const Scope& scope,
                                                    std::string_view after, int limit);
void PutSubscription(store::Transaction& tx, const Subscription& subscription);
void DeleteSubscription(store::Transaction& tx, std::string_view arn);
/// Forgets those of the topic that nobody confirmed and that were made before `cutoff`.
void DeleteUnconfirmed(store::Transaction& tx, std::string_view topic_arn, TimePoint cutoff);
[[nodiscard]] int64_t CountFilters(store::Transaction& tx, std::string_view topic_arn);
struct SubscriptionCounts {
  int64_t confirmed = 0;
  int64_t pending = 0;
};
[[nodiscard]] SubscriptionCounts CountSubscriptions(store::Transaction& tx,
                                                    std::string_view topic_arn);

/// FIFO topics: the message published under a deduplication id within the last five minutes.
[[nodiscard]] std::optional<std::string> FindDuplicate(store::Transaction& tx,
                                                       std::string_view topic_arn,
                                                       std::string_view key, TimePoint now);
void PutDuplicate(store::Transaction& tx, std::string_view topic_arn, std::string_view key,
                  std::string_view message_id, TimePoint now, TimePoint expires);
/// FIFO topics: the next sequence number.
[[nodiscard]] int64_t NextSequence(store::Transaction& tx, std::string_view topic_arn);

/// The signing key and its certificate, as PEM.
struct KeyPair {
  std::string private_key;
  std::string certificate;
};
[[nodiscard]] std::optional<KeyPair> LoadKeyPair(store::Transaction& tx);
/// Keeps the first one that was ever stored.
void StoreKeyPair(store::Transaction& tx, const KeyPair& pair);

}  // namespace riposte::sns
