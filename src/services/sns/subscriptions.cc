#include <algorithm>

#include "api/error.h"
#include "services/sns/attributes.h"
#include "services/sns/delivery_policy.h"
#include "services/sns/sns.h"
#include "services/sns/webhook.h"

namespace riposte::sns {
namespace {

constexpr int kPage = 100;
constexpr int kMaxPerTopic = 10'000;  // Bounds one publish's commit.
constexpr int64_t kMaxFilters = 200;  // Filter policies a topic.
/// How long a subscription waits to be confirmed, and a token is good.
constexpr auto kPending = std::chrono::hours(48);
/// Kept among the attributes, though no caller sets it by name.
constexpr const char* kAuthenticatedLeave = "AuthenticateOnUnsubscribe";
constexpr const char* kAuthenticatedConfirm = "ConfirmationWasAuthenticated";
constexpr const char* kLeft = "Left";  ///< By the link: gone, unless that is taken back.

bool IsAnonymous(const api::Call& call) {
  return call.caller.kind == access::Principal::Kind::kAnonymous;
}

/// What the subscriber set.
json::Object OwnAttributes(const Subscription& subscription) {
  json::Object out = subscription.attributes;
  out.erase(kAuthenticatedLeave);
  out.erase(kAuthenticatedConfirm);
  out.erase(kLeft);
  return out;
}

/// Queues and functions of the caller's own account guard themselves by their policies; people,
/// strangers and other accounts confirm.
bool NeedsConfirmation(const Subscription& subscription) {
  // Who knows the address of a chat channel's or pager's hook was given it: it is the credential.
  if (subscription.protocol == "lambda" || IsWebhook(subscription.protocol)) return false;
  if (subscription.protocol != "sqs") return true;
  const auto queue = Arn::Parse(subscription.endpoint);
  return !queue || queue->account.str() != subscription.owner;
}

void CheckFilterCount(store::Transaction& tx, const Subscription& subscription, bool had_one) {
  if (had_one || subscription.Get("FilterPolicy").empty()) return;
  if (CountFilters(tx, subscription.topic_arn) >= kMaxFilters) {
    throw api::Error("FilterPolicyLimitExceededException",
                     "The topic has the maximum of 200 filter policies.");
  }
}

Subscription RequireSubscription(store::Transaction& tx, std::string_view arn_text) {
  const auto arn = Arn::Parse(arn_text);
  if (!arn || arn->service != "sns" || arn->resource.find(':') == std::string::npos) {
    RefuseParameter("SubscriptionArn Reason: An ARN must have at least 6 elements, not 1");
  }
  auto found = FindSubscription(tx, arn_text);
  if (!found || !found->Get(kLeft).empty()) {
    throw api::Error("NotFoundException", "Subscription does not exist");
  }
  return std::move(*found);
}

std::string ShownArn(const Subscription& subscription) {
  if (subscription.confirmed) return subscription.arn;
  return subscription.Get(kLeft).empty() ? "PendingConfirmation" : "Deleted";
}

json::Object Page(std::vector<Subscription> subscriptions) {
  json::Object out;
  json::Array list;
  for (const Subscription& subscription : subscriptions) {
    if (list.size() == kPage) {
      out["NextToken"] = MakeToken(subscriptions[kPage - 1].arn);
      break;
    }
    list.push_back(json::Object{{"SubscriptionArn", ShownArn(subscription)},
                                {"Owner", subscription.owner},
                                {"Protocol", subscription.protocol},
                                {"Endpoint", subscription.endpoint},
                                {"TopicArn", subscription.topic_arn}});
  }
  out["Subscriptions"] = std::move(list);
  return out;
}

}  // namespace

void SnsService::AskToConfirm(const Call& call, Tx& tx, const Topic& topic,
                              const Subscription& subscription, const std::string& type) {
  Notice notice;
  notice.type = type;
  notice.message_id = random_.Uuid();
  notice.topic_arn = subscription.topic_arn;
  notice.subscription_arn = subscription.arn;
  notice.protocol = subscription.protocol;
  notice.endpoint = subscription.endpoint;
  notice.token = subscription.token;
  notice.time = call.now;
  notice.display_name = topic.Get("DisplayName");
  notice.message =
      type == "SubscriptionConfirmation"
          ? "You have chosen to subscribe to the topic " + subscription.topic_arn +
                ".\nTo confirm the subscription, visit the SubscribeURL included in this message."
          : "You have chosen to deactivate subscription " + subscription.arn +
                ".\nTo cancel this operation and restore the subscription, visit the SubscribeURL "
                "included in this message.";
  if (const std::string version = topic.Get("SignatureVersion"); !version.empty()) {
    notice.signature_version = version;
  }
  Owe(tx, call, topic, subscription, notice);
}

json::Value SnsService::Subscribe(const Call& call, Tx& tx) {
  const Topic topic = RequireTopic(tx, json::GetString(call.input, "TopicArn"));
  Subscription subscription;
  subscription.topic_arn = topic.Arn();
  subscription.scope = topic.scope;
  subscription.owner = call.caller.account.str();
  subscription.protocol = json::GetString(call.input, "Protocol");
  subscription.endpoint = json::GetString(call.input, "Endpoint");
  subscription.created = call.now;
  CheckEndpoint(subscription.protocol, subscription.endpoint, topic);
  if (const json::Object* attributes = json::GetObject(call.input, "Attributes")) {
    // The scope first: the filter policy is read in its light.
    if (const auto scope = json::GetString(*attributes, "FilterPolicyScope"); !scope.empty()) {
      SetAttribute(subscription, "FilterPolicyScope", scope);
    }
    for (const auto& [name, value] : *attributes) {
      SetAttribute(subscription, std::string(name), json::View(value));
    }
  }
  const bool want_arn = json::GetBool(call.input, "ReturnSubscriptionArn");
  const auto reply = [&](const Subscription& made) {
    return json::Object{{"SubscriptionArn", made.confirmed || want_arn
                                                ? made.arn
                                                : std::string("pending confirmation")}};
  };
  DeleteUnconfirmed(tx, subscription.topic_arn, call.now - kPending);
  const auto existing = ListByTopic(tx, subscription.topic_arn, "", kMaxPerTopic);
  for (const Subscription& other : existing) {
    if (other.protocol != subscription.protocol || other.endpoint != subscription.endpoint) {
      continue;
    }
    if (!subscription.attributes.empty() && OwnAttributes(other) != subscription.attributes) {
      RefuseParameter("Attributes Reason: Subscription already exists with different attributes");
    }
    if (!other.confirmed) AskToConfirm(call, tx, topic, other);
    return reply(other);
  }
  if (existing.size() >= kMaxPerTopic) {
    throw api::Error("SubscriptionLimitExceededException",
                     "Subscription limit exceeded for topic " + topic.name);
  }
  subscription.arn = subscription.topic_arn + ":" + random_.Uuid();
  CheckFilterCount(tx, subscription, false);
  subscription.confirmed = !NeedsConfirmation(subscription);
  if (subscription.confirmed) subscription.attributes[kAuthenticatedConfirm] = "true";
  if (!subscription.confirmed) subscription.token = random_.Pick(64, "0123456789abcdef");
  PutSubscription(tx, subscription);
  if (!subscription.confirmed) AskToConfirm(call, tx, topic, subscription);
  return reply(subscription);
}

json::Value SnsService::ConfirmSubscription(const Call& call, Tx& tx) {
  const Topic topic = RequireTopic(tx, json::GetString(call.input, "TopicArn"));
  const std::string_view token = json::GetString(call.input, "Token");
  const bool authenticated = json::GetString(call.input, kAuthenticatedLeave) == "true";
  if (authenticated && IsAnonymous(call)) {
    throw api::Error("AuthorizationErrorException",
                     "AuthenticateOnUnsubscribe asks for a signed request.", 403);
  }
  DeleteUnconfirmed(tx, topic.Arn(), call.now - kPending);
  for (Subscription& subscription : ListByTopic(tx, topic.Arn(), "", kMaxPerTopic)) {
    if (token.empty() || subscription.token != token) continue;
    // The token stays: visiting the link twice confirms once and answers the same.
    subscription.confirmed = true;
    subscription.attributes.erase(kLeft);
    if (authenticated) subscription.attributes[kAuthenticatedLeave] = "true";
    subscription.attributes[kAuthenticatedConfirm] = IsAnonymous(call) ? "false" : "true";
    PutSubscription(tx, subscription);
    return json::Object{{"SubscriptionArn", subscription.arn}};
  }
  RefuseParameter("Token");
}

json::Value SnsService::Unsubscribe(const Call& call, Tx& tx) {
  const std::string arn(json::GetString(call.input, "SubscriptionArn"));
  const auto parsed = Arn::Parse(arn);
  if (!parsed || parsed->service != "sns" || parsed->resource.find(':') == std::string::npos) {
    RefuseParameter("SubscriptionArn");
  }
  auto subscription = FindSubscription(tx, arn);
  if (!subscription) return json::Object();
  Topic topic = RequireTopic(tx, subscription->topic_arn);
  if (IsAnonymous(call) && subscription->confirmed) {
    // Somebody followed the link, perhaps by mistake: the endpoint may take it back for a while.
    subscription->confirmed = false;
    subscription->attributes[kLeft] = "true";
    subscription->created = call.now;
    subscription->token = random_.Pick(64, "0123456789abcdef");
    PutSubscription(tx, *subscription);
    AskToConfirm(call, tx, topic, *subscription, "UnsubscribeConfirmation");
  } else {
    DeleteSubscription(tx, arn);
  }
  ++topic.deleted_subscriptions;
  PutTopic(tx, topic);
  return json::Object();
}

json::Value SnsService::ListSubscriptions(const Call& call, Tx& tx) {
  return Page(ListByScope(tx, call.scope, AfterToken(call.input), kPage + 1));
}

json::Value SnsService::ListSubscriptionsByTopic(const Call& call, Tx& tx) {
  const Topic topic = RequireTopic(tx, json::GetString(call.input, "TopicArn"));
  return Page(ListByTopic(tx, topic.Arn(), AfterToken(call.input), kPage + 1));
}

json::Value SnsService::GetSubscriptionAttributes(const Call& call, Tx& tx) {
  const Subscription subscription =
      RequireSubscription(tx, json::GetString(call.input, "SubscriptionArn"));
  json::Object out = OwnAttributes(subscription);
  out["SubscriptionArn"] = subscription.arn;
  out["TopicArn"] = subscription.topic_arn;
  out["Owner"] = subscription.owner;
  out["Protocol"] = subscription.protocol;
  out["Endpoint"] = subscription.endpoint;
  out["PendingConfirmation"] = subscription.confirmed ? "false" : "true";
  out[kAuthenticatedConfirm] = subscription.Get(kAuthenticatedConfirm) == "true" ? "true" : "false";
  out["SubscriptionPrincipal"] = "arn:aws:iam::" + subscription.owner + ":root";
  if (const std::string key = subscription.Get("RoutingKey"); !key.empty()) {
    out["RoutingKey"] = "****" + key.substr(key.size() - std::min<size_t>(key.size() / 2, 4));
  }
  if (!out.contains("RawMessageDelivery")) out["RawMessageDelivery"] = "false";
  if (out.contains("FilterPolicy") && !out.contains("FilterPolicyScope")) {
    out["FilterPolicyScope"] = "MessageAttributes";
  }
  if (IsWeb(subscription.protocol)) {
    const Topic topic = RequireTopic(tx, subscription.topic_arn);
    out["EffectiveDeliveryPolicy"] = EffectiveSubscriptionPolicy(subscription.Get("DeliveryPolicy"),
                                                                 topic.Get("DeliveryPolicy"));
  }
  return json::Object{{"Attributes", std::move(out)}};
}

json::Value SnsService::SetSubscriptionAttributes(const Call& call, Tx& tx) {
  Subscription subscription =
      RequireSubscription(tx, json::GetString(call.input, "SubscriptionArn"));
  const bool had_filter = !subscription.Get("FilterPolicy").empty();
  SetAttribute(subscription, std::string(json::GetString(call.input, "AttributeName")),
               json::GetString(call.input, "AttributeValue"));
  CheckFilterCount(tx, subscription, had_filter);
  PutSubscription(tx, subscription);
  return json::Object();
}

}  // namespace riposte::sns
