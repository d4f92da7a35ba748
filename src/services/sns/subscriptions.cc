#include <algorithm>

#include "api/error.h"
#include "pattern/filter_policy.h"
#include "services/sns/delivery_policy.h"
#include "services/sns/sns.h"

namespace riposte::sns {
namespace {

constexpr int kPage = 100;
constexpr int kMaxPerTopic = 10'000;  // Bounds one publish's commit.

bool IsMailAddress(std::string_view text) {
  const size_t at = text.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() && text.size() <= 320 &&
         text.find_first_of(" \t\r\n<>,;\"") == std::string_view::npos;
}

void CheckEndpoint(const std::string& protocol, const std::string& endpoint, const Topic& topic) {
  const auto invalid = [](std::string_view reason) {
    RefuseParameter("Endpoint Reason: " + std::string(reason));
  };
  if (topic.fifo() && protocol != "sqs") {
    RefuseParameter(
        "Endpoint Reason: FIFO topics can be subscribed to by "
        "queues only");
  }
  if (protocol == "sqs" || protocol == "lambda") {
    const auto arn = Arn::Parse(endpoint);
    if (!arn || arn->service != protocol) {
      RefuseParameter(protocol == "sqs" ? "SQS endpoint ARN" : "Lambda endpoint ARN");
    }
    if (protocol == "sqs" && arn->resource.ends_with(".fifo") && !topic.fifo()) {
      invalid("FIFO SQS Queues can not be subscribed to standard SNS topics");
    }
  } else if (protocol == "http" || protocol == "https") {
    if (!endpoint.starts_with(protocol + "://")) invalid("must match the specified protocol");
    if (endpoint.size() > 2048 || endpoint.find_first_of(" \r\n") != std::string::npos) {
      invalid("is not a valid URL");
    }
  } else if (protocol == "email" || protocol == "email-json") {
    if (!IsMailAddress(endpoint)) RefuseParameter("Email address");
  } else {
    RefuseParameter("Amazon SNS does not support this protocol string: " + protocol);
  }
}

void CheckFilter(const Subscription& subscription) {
  const std::string text = subscription.Get("FilterPolicy");
  if (text.empty()) return;
  using Filter = pattern::FilterPolicy;
  const auto scope = subscription.Get("FilterPolicyScope") == "MessageBody"
                         ? Filter::Scope::kMessageBody
                         : Filter::Scope::kMessageAttributes;
  const auto parsed = Filter::Parse(text, scope);
  if (!parsed) throw api::Error("InvalidParameterException", parsed.error().message);
}

void SetAttribute(Subscription& subscription, const std::string& name, std::string_view value) {
  if (name == "RawMessageDelivery") {
    if (value != "true" && value != "false") RefuseParameter("RawMessageDelivery");
    if (value == "true" && subscription.protocol != "sqs" &&
        !subscription.protocol.starts_with("http")) {
      RefuseParameter("Attribute Reason: Delivery protocol [" + subscription.protocol +
                      "] does not support raw message delivery.");
    }
  } else if (name == "FilterPolicyScope") {
    if (value != "MessageAttributes" && value != "MessageBody") {
      RefuseParameter("FilterPolicyScope: Invalid value [" + std::string(value) +
                      "]. Please use either MessageBody or MessageAttributes");
    }
  } else if (name == "RedrivePolicy") {
    const auto parsed = json::Parse(value.empty() ? "{}" : value);
    if (!parsed || !parsed->is_object()) {
      RefuseParameter("RedrivePolicy: failed to deserialize JSON.");
    }
    const auto target = Arn::Parse(json::GetString(parsed->as_object(), "deadLetterTargetArn"));
    if (!parsed->as_object().empty() && (!target || target->service != "sqs")) {
      RefuseParameter("RedrivePolicy: deadLetterTargetArn is an invalid arn");
    }
  } else if (name == "DeliveryPolicy") {
    CheckDeliveryPolicy(value, /*for_topic=*/false);
  } else if (name != "FilterPolicy" && name != "SubscriptionRoleArn") {
    RefuseParameter("AttributeName");
  }
  if (value.empty() || (name.ends_with("Policy") && value == "{}")) {
    subscription.attributes.erase(name);
  } else {
    subscription.attributes[name] = value;
  }
  CheckFilter(subscription);
}

Subscription RequireSubscription(store::Transaction& tx, std::string_view arn_text) {
  const auto arn = Arn::Parse(arn_text);
  if (!arn || arn->service != "sns" || arn->resource.find(':') == std::string::npos) {
    RefuseParameter("SubscriptionArn Reason: An ARN must have at least 6 elements, not 1");
  }
  auto found = FindSubscription(tx, arn_text);
  if (!found) throw api::Error("NotFoundException", "Subscription does not exist");
  return std::move(*found);
}

json::Object Page(std::vector<Subscription> subscriptions) {
  json::Object out;
  json::Array list;
  for (const Subscription& subscription : subscriptions) {
    if (list.size() == kPage) {
      out["NextToken"] = MakeToken(subscriptions[kPage - 1].arn);
      break;
    }
    list.push_back(json::Object{
        {"SubscriptionArn",
         subscription.confirmed ? subscription.arn : std::string("PendingConfirmation")},
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
                              const Subscription& subscription) {
  Notice notice;
  notice.type = "SubscriptionConfirmation";
  notice.message_id = random_.Uuid();
  notice.topic_arn = subscription.topic_arn;
  notice.subscription_arn = subscription.arn;
  notice.protocol = subscription.protocol;
  notice.endpoint = subscription.endpoint;
  notice.token = subscription.token;
  notice.time = call.now;
  notice.display_name = topic.Get("DisplayName");
  notice.message = "You have chosen to subscribe to the topic " + subscription.topic_arn +
                   ".\nTo confirm the subscription, visit the SubscribeURL included in this "
                   "message.";
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
  const auto existing = ListByTopic(tx, subscription.topic_arn, "", kMaxPerTopic);
  for (const Subscription& other : existing) {
    if (other.protocol != subscription.protocol || other.endpoint != subscription.endpoint) {
      continue;
    }
    if (!subscription.attributes.empty() && other.attributes != subscription.attributes) {
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
  // Queues and functions guard themselves by their own policies; people and strangers confirm.
  subscription.confirmed = subscription.protocol == "sqs" || subscription.protocol == "lambda";
  if (!subscription.confirmed) subscription.token = random_.Pick(64, "0123456789abcdef");
  PutSubscription(tx, subscription);
  if (!subscription.confirmed) AskToConfirm(call, tx, topic, subscription);
  return reply(subscription);
}

json::Value SnsService::ConfirmSubscription(const Call& call, Tx& tx) {
  const Topic topic = RequireTopic(tx, json::GetString(call.input, "TopicArn"));
  const std::string_view token = json::GetString(call.input, "Token");
  for (Subscription& subscription : ListByTopic(tx, topic.Arn(), "", kMaxPerTopic)) {
    if (token.empty() || subscription.token != token) continue;
    // The token stays: visiting the link twice confirms once and answers the same.
    subscription.confirmed = true;
    if (json::GetString(call.input, "AuthenticateOnUnsubscribe") == "true") {
      subscription.attributes["AuthenticateOnUnsubscribe"] = "true";
    }
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
  const auto subscription = FindSubscription(tx, arn);
  if (!subscription) return json::Object();
  DeleteSubscription(tx, arn);
  Topic topic = RequireTopic(tx, subscription->topic_arn);
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
  json::Object out = subscription.attributes;
  out["SubscriptionArn"] = subscription.arn;
  out["TopicArn"] = subscription.topic_arn;
  out["Owner"] = subscription.owner;
  out["Protocol"] = subscription.protocol;
  out["Endpoint"] = subscription.endpoint;
  out["PendingConfirmation"] = subscription.confirmed ? "false" : "true";
  out["ConfirmationWasAuthenticated"] = subscription.token.empty() ? "true" : "false";
  out["SubscriptionPrincipal"] = "arn:aws:iam::" + subscription.owner + ":root";
  if (!out.contains("RawMessageDelivery")) out["RawMessageDelivery"] = "false";
  if (out.contains("FilterPolicy") && !out.contains("FilterPolicyScope")) {
    out["FilterPolicyScope"] = "MessageAttributes";
  }
  if (subscription.protocol.starts_with("http")) {
    const Topic topic = RequireTopic(tx, subscription.topic_arn);
    out["EffectiveDeliveryPolicy"] = EffectiveSubscriptionPolicy(subscription.Get("DeliveryPolicy"),
                                                                 topic.Get("DeliveryPolicy"));
  }
  return json::Object{{"Attributes", std::move(out)}};
}

json::Value SnsService::SetSubscriptionAttributes(const Call& call, Tx& tx) {
  Subscription subscription =
      RequireSubscription(tx, json::GetString(call.input, "SubscriptionArn"));
  SetAttribute(subscription, std::string(json::GetString(call.input, "AttributeName")),
               json::GetString(call.input, "AttributeValue"));
  PutSubscription(tx, subscription);
  return json::Object();
}

}  // namespace riposte::sns
