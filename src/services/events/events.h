// EventBridge: buses, rules, targets, events.
//
// Thread safety: as api::Registry says for each kind of handler. PutEvents runs on the caller's
// thread; it writes only when some rule matches.
// Source: "Amazon EventBridge API Reference", 2015-10-07.
#pragma once

#include "access/authorizer.h"
#include "api/registry.h"
#include "bus/http_connection.h"
#include "bus/ingest.h"
#include "bus/replay.h"
#include "bus/scheduler.h"

namespace riposte::events {

class EventsService {
 public:
  struct Options {
    int64_t max_rules_per_bus = 300;
    int64_t max_targets_per_rule = 5;
    int64_t max_buses = 100;
    int64_t max_tags = 50;
    int64_t max_connections = 3000;
    int64_t max_api_destinations = 3000;
    int64_t max_replays = 10;                ///< Under way at once, an account and region.
    size_t max_entries_bytes = 1024 * 1024;  ///< All entries of one PutEvents together.
    size_t max_policy_bytes = 10'240;
    bool authorize = true;  ///< false: serve --open; nobody asks who may pass a role.
  };
  /// Everything it stands on; all outlive it.
  struct Parts {
    store::Store& store;
    bus::RuleBook& rules;
    bus::Ingest& ingest;
    bus::Scheduler& scheduler;
    bus::Replays& replays;
    const access::Authorizer& authorizer;
    bus::HttpConnections& connections;
    const bus::ConnectionSecrets& secrets;
    Random& random;
  };
  EventsService(const Options& options, const Parts& parts) : options_(options), parts_(parts) {}

  void Register(api::Registry& registry);

 private:
  using Call = api::Call;
  using Transaction = store::Transaction;

  // buses.cc
  json::Value CreateEventBus(const Call& call, Transaction& tx);
  json::Value DeleteEventBus(const Call& call, Transaction& tx);
  json::Value DescribeEventBus(const Call& call, Transaction& tx);
  json::Value ListEventBuses(const Call& call, Transaction& tx);
  json::Value UpdateEventBus(const Call& call, Transaction& tx);
  json::Value PutPermission(const Call& call, Transaction& tx);
  json::Value RemovePermission(const Call& call, Transaction& tx);
  // rules.cc
  json::Value PutRule(const Call& call, Transaction& tx);
  json::Value DescribeRule(const Call& call, Transaction& tx);
  json::Value ListRules(const Call& call, Transaction& tx);
  json::Value ListRuleNamesByTarget(const Call& call, Transaction& tx);
  json::Value EnableRule(const Call& call, Transaction& tx);
  json::Value DisableRule(const Call& call, Transaction& tx);
  json::Value DeleteRule(const Call& call, Transaction& tx);
  // targets.cc
  json::Value PutTargets(const Call& call, Transaction& tx);
  json::Value RemoveTargets(const Call& call, Transaction& tx);
  json::Value ListTargetsByRule(const Call& call, Transaction& tx);
  // connections.cc
  json::Value CreateConnection(const Call& call, Transaction& tx);
  json::Value DescribeConnection(const Call& call, Transaction& tx);
  json::Value ListConnections(const Call& call, Transaction& tx);
  json::Value UpdateConnection(const Call& call, Transaction& tx);
  json::Value DeleteConnection(const Call& call, Transaction& tx);
  json::Value DeauthorizeConnection(const Call& call, Transaction& tx);
  // api_destinations.cc
  json::Value CreateApiDestination(const Call& call, Transaction& tx);
  json::Value DescribeApiDestination(const Call& call, Transaction& tx);
  json::Value ListApiDestinations(const Call& call, Transaction& tx);
  json::Value UpdateApiDestination(const Call& call, Transaction& tx);
  json::Value DeleteApiDestination(const Call& call, Transaction& tx);
  // archives.cc
  json::Value CreateArchive(const Call& call, Transaction& tx);
  json::Value DeleteArchive(const Call& call, Transaction& tx);
  json::Value DescribeArchive(const Call& call, Transaction& tx);
  json::Value ListArchives(const Call& call, Transaction& tx);
  json::Value UpdateArchive(const Call& call, Transaction& tx);
  // replays.cc
  json::Value CancelReplay(const Call& call, Transaction& tx);
  json::Value DescribeReplay(const Call& call, Transaction& tx);
  json::Value ListReplays(const Call& call, Transaction& tx);
  json::Value StartReplay(const Call& call, Transaction& tx);
  // put_events.cc
  void PutEvents(api::SharedCall call, api::Reply reply);
  json::Value TestEventPattern(const Call& call, Transaction& tx);
  // tags.cc
  json::Value TagResource(const Call& call, Transaction& tx);
  json::Value UntagResource(const Call& call, Transaction& tx);
  json::Value ListTagsForResource(const Call& call, Transaction& tx);

  /// The connection has new credentials (or none): what they were is forgotten, and tokens are
  /// fetched once `tx` commits.
  void Announce(Transaction& tx, const bus::ConnectionRow& row);
  /// The URL of `member` may be called; throws.
  void CheckUrl(std::string_view member, const std::string& url) const;
  void CheckPassRole(const Call& call, const std::string& role_arn) const;
  /// Whether the event may go to its bus at all; throws what PutEvents reports for the entry.
  void CheckBus(const Call& call, const api::Event& event) const;
  /// Stores the archive with its rule, which then takes events.
  void PutArchive(Transaction& tx, bus::ArchiveRow& archive);
  void SetState(const Call& call, Transaction& tx, const std::string& state);
  /// The rules of the bus have changed in `tx`.
  void Publish(Transaction& tx, const bus::RuleKey& key);
  void AddTags(Transaction& tx, const std::string& arn, const json::Array& tags);
  /// The ARN of an existing rule or bus that ResourceARN names; throws.
  [[nodiscard]] static std::string TaggedArn(const Call& call, Transaction& tx);

  Options options_;
  Parts parts_;
};

}  // namespace riposte::events
