// The SNS service (query protocol).
//
// Data path:     Publish -> a delivery::Work for each subscription whose filter matches, in the
//                call's commit -> SubscriptionTarget
// Thread safety: as api/registry.h says.
// Topics are found by their ARN, so a call may name one of another account; whether it may is
// decided before, by the topic's policy. Source: Amazon SNS API reference, 2010-03-31.
#pragma once

#include <map>
#include <string>

#include "api/registry.h"
#include "api/sinks.h"
#include "base/text_cache.h"
#include "base/time.h"
#include "delivery/delivery.h"
#include "pattern/filter_policy.h"
#include "services/sns/notice.h"
#include "services/sns/tables.h"

namespace riposte::sns {

class SnsService {
 public:
  SnsService(delivery::Dispatcher& dispatcher, Random& random, api::MetricSink& metrics)
      : dispatcher_(dispatcher), random_(random), metrics_(metrics) {}
  void Register(api::Registry& registry);

 private:
  using Call = api::Call;
  using Tx = store::Transaction;

  // topics.cc
  json::Value CreateTopic(const Call& call, Tx& tx);
  json::Value DeleteTopic(const Call& call, Tx& tx);
  json::Value ListTopics(const Call& call, Tx& tx);
  json::Value GetTopicAttributes(const Call& call, Tx& tx);
  json::Value SetTopicAttributes(const Call& call, Tx& tx);
  json::Value PutDataProtectionPolicy(const Call& call, Tx& tx);
  json::Value GetDataProtectionPolicy(const Call& call, Tx& tx);
  json::Value TagResource(const Call& call, Tx& tx);
  json::Value UntagResource(const Call& call, Tx& tx);
  json::Value ListTagsForResource(const Call& call, Tx& tx);
  json::Value AddPermission(const Call& call, Tx& tx);
  json::Value RemovePermission(const Call& call, Tx& tx);

  // subscriptions.cc
  json::Value Subscribe(const Call& call, Tx& tx);
  json::Value ConfirmSubscription(const Call& call, Tx& tx);
  json::Value Unsubscribe(const Call& call, Tx& tx);
  json::Value ListSubscriptions(const Call& call, Tx& tx);
  json::Value ListSubscriptionsByTopic(const Call& call, Tx& tx);
  json::Value GetSubscriptionAttributes(const Call& call, Tx& tx);
  json::Value SetSubscriptionAttributes(const Call& call, Tx& tx);
  /// Owes the request to confirm, or to take back having left (`type`).
  void AskToConfirm(const Call& call, Tx& tx, const Topic& topic, const Subscription& subscription,
                    const std::string& type = "SubscriptionConfirmation");

  // mobile.cc
  void RegisterMobile(api::Registry& registry);
  json::Value NoMobile(const Call& call, Tx& tx);
  json::Value NoApplication(const Call& call, Tx& tx);
  json::Value NoEndpoint(const Call& call, Tx& tx);
  json::Value Nothing(const Call& call, Tx& tx);
  json::Value NobodyOptedOut(const Call& call, Tx& tx);
  json::Value NoList(const Call& call, Tx& tx);
  json::Value NoSmsAttributes(const Call& call, Tx& tx);
  json::Value InSandbox(const Call& call, Tx& tx);

  // publish.cc
  json::Value Publish(const Call& call, Tx& tx);
  json::Value PublishBatch(const Call& call, Tx& tx);
  json::Object PublishOne(const Call& call, Tx& tx, const Topic& topic, const json::Object& entry,
                          const std::vector<Subscription>& subscriptions);
  void CheckRoom(const Call& call) const;
  void Owe(Tx& tx, const Call& call, const Topic& topic, const Subscription& subscription,
           const Notice& notice);
  [[nodiscard]] bool Wants(const Subscription& subscription,
                           const pattern::MessageAttributes& attributes, std::string_view body);

  delivery::Dispatcher& dispatcher_;
  Random& random_;
  api::MetricSink& metrics_;
  /// Filter policies of either scope; a small matcher each.
  using Filters = TextCache<pattern::FilterPolicy>;
  static constexpr size_t kFilterBytes = 16 << 10;
  Filters attribute_filters_{32u << 20, kFilterBytes};
  Filters body_filters_{32u << 20, kFilterBytes};
};

[[noreturn]] void RefuseParameter(const std::string& what);
/// The topic with this ARN, or throws NotFoundException.
[[nodiscard]] Topic RequireTopic(store::Transaction& tx, std::string_view arn);
/// The position after which a list goes on, from NextToken.
[[nodiscard]] std::string AfterToken(const json::Object& input);
[[nodiscard]] std::string MakeToken(std::string_view position);

}  // namespace riposte::sns
