#include "services/sns/attributes.h"

#include <algorithm>
#include <charconv>

#include "api/error.h"
#include "pattern/filter_policy.h"
#include "services/sns/delivery_policy.h"
#include "services/sns/sns.h"
#include "services/sns/webhook.h"

namespace riposte::sns {
namespace {

bool IsJsonObject(std::string_view text) {
  const auto parsed = json::Parse(text);
  return parsed && parsed->is_object();
}

/// The attributes of delivery status logs: kept, and checked for what they may be.
bool CheckFeedback(std::string_view name, std::string_view value) {
  static constexpr std::string_view kKinds[] = {"Application", "Firehose", "HTTP", "Lambda", "SQS"};
  const auto kind = std::ranges::find_if(kKinds, [&](auto k) { return name.starts_with(k); });
  if (kind == std::end(kKinds)) return false;
  name.remove_prefix(kind->size());
  if (name == "SuccessFeedbackRoleArn" || name == "FailureFeedbackRoleArn") {
    if (!value.empty() && !value.starts_with("arn:")) RefuseParameter("FeedbackRoleArn");
    return true;
  }
  if (name != "SuccessFeedbackSampleRate") return false;
  int rate = -1;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), rate);
  if (error != std::errc() || end != value.data() + value.size() || rate < 0 || rate > 100) {
    RefuseParameter("SuccessFeedbackSampleRate");
  }
  return true;
}

}  // namespace

void CheckTopicAttribute(const std::string& name, std::string_view value, bool fifo,
                         bool creating) {
  const auto invalid = [&] { RefuseParameter(name); };
  if (name == "DisplayName") {
    if (value.size() > 100) invalid();
  } else if (name == "Policy") {
    if (!value.empty() && !IsJsonObject(value)) RefuseParameter("Policy failed to parse JSON");
  } else if (name == "DeliveryPolicy") {
    CheckDeliveryPolicy(value, /*for_topic=*/true);
  } else if (name == "SignatureVersion") {
    if (value != "1" && value != "2") invalid();
  } else if (name == "TracingConfig") {
    if (value != "PassThrough" && value != "Active") invalid();
  } else if (name == "ContentBasedDeduplication") {
    if (!fifo || (value != "true" && value != "false")) invalid();
  } else if (name == "FifoTopic") {
    if (!creating || (value != "true" && value != "false") || (value == "true") != fifo) {
      RefuseParameter("Topic Name");
    }
  } else if (name == "FifoThroughputScope") {
    if (!fifo || (value != "Topic" && value != "MessageGroup")) invalid();
  } else if (name != "KmsMasterKeyId" && !CheckFeedback(name, value)) {
    RefuseParameter("AttributeName");
  }
}

namespace {

bool IsMailAddress(std::string_view text) {
  const size_t at = text.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() && text.size() <= 320 &&
         text.find_first_of(" \t\r\n<>,;\"") == std::string_view::npos;
}

}  // namespace

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
  } else if (IsWeb(protocol)) {
    const bool fits = IsWebhook(protocol)
                          ? endpoint.starts_with("https://") || endpoint.starts_with("http://")
                          : endpoint.starts_with(protocol + "://");
    if (!fits) invalid("must match the specified protocol");
    if (endpoint.size() > 2048 || endpoint.find_first_of(" \r\n") != std::string::npos) {
      invalid("is not a valid URL");
    }
  } else if (protocol == "email" || protocol == "email-json") {
    if (!IsMailAddress(endpoint)) RefuseParameter("Email address");
  } else {
    RefuseParameter("Amazon SNS does not support this protocol string: " + protocol);
  }
}

namespace {

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

}  // namespace

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
    const bool fifo_topic = subscription.topic_arn.ends_with(".fifo");
    if (target && !fifo_topic && target->resource.ends_with(".fifo")) {
      RefuseParameter("RedrivePolicy: must use a dead-letter queue of the topic's type");
    }
  } else if (name == "DeliveryPolicy") {
    CheckDeliveryPolicy(value, /*for_topic=*/false);
  } else if (name == "Template" && IsWebhook(subscription.protocol)) {
    if (!value.empty()) CheckTemplate(value);
  } else if (name == "RoutingKey" && IsWebhook(subscription.protocol)) {
    if (value.size() > 256) RefuseParameter("RoutingKey");
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

}  // namespace riposte::sns
