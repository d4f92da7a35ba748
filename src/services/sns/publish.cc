#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "access/crypto.h"
#include "api/error.h"
#include "base/encoding.h"
#include "pattern/filter_policy.h"
#include "services/sns/delivery_policy.h"
#include "services/sns/sns.h"
#include "services/sns/subscription_target.h"
#include "services/sns/webhook.h"

namespace riposte::sns {
namespace {

constexpr size_t kMaxBytes = 262'144;
constexpr size_t kMaxBatch = 10;
constexpr int kMaxSubscriptions = 10'000;
constexpr auto kDeduplication = std::chrono::minutes(5);

size_t CountCharacters(std::string_view utf8) {
  return static_cast<size_t>(std::ranges::count_if(
      utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

void CheckSubject(const json::Object& entry) {
  if (json::Find(entry, "Subject") == nullptr) return;
  const std::string_view subject = json::GetString(entry, "Subject");
  const bool control =
      std::ranges::any_of(subject, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  if (subject.empty() || control || CountCharacters(subject) > 100 || subject.front() == ' ') {
    RefuseParameter("Subject");
  }
}

bool IsNumber(std::string_view text) {
  double value = 0;
  const char* first = text.data();
  if (text.starts_with('+')) ++first;
  const auto [end, error] = std::from_chars(first, text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

/// Checks the attributes of a message; returns their size in bytes.
size_t CheckAttributes(const json::Object& attributes) {
  size_t bytes = 0;
  for (const auto& [key, value] : attributes) {
    const std::string name(key);
    const json::Object& attribute = value.as_object();
    const std::string_view type = json::GetString(attribute, "DataType");
    const std::string_view base = type.substr(0, type.find('.'));
    const bool named = !name.empty() && name.size() <= 256 && !name.starts_with('.') &&
                       !name.ends_with('.') && name.find("..") == std::string::npos &&
                       name.find_first_not_of(
                           "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") ==
                           std::string::npos;
    if (!named) {
      throw api::Error("InvalidParameterValueException",
                       "Invalid parameter: The message attribute name '" + name + "' is invalid.");
    }
    if (base != "String" && base != "Number" && base != "Binary") {
      throw api::Error("InvalidParameterValueException",
                       "Invalid parameter: The message attribute '" + name +
                           "' has an invalid message attribute type, the set of supported type "
                           "prefixes is Binary, Number, and String.");
    }
    const std::string_view content =
        json::GetString(attribute, base == "Binary" ? "BinaryValue" : "StringValue");
    if (content.empty()) {
      throw api::Error("InvalidParameterValueException",
                       "Invalid parameter: The message attribute '" + name +
                           "' must contain non-empty message attribute value for message "
                           "attribute type '" +
                           std::string(type) + "'.");
    }
    if (base == "Number" && !IsNumber(content)) {
      throw api::Error(
          "InvalidParameterValueException",
          "Invalid parameter: Could not cast message attribute '" + name + "' value to number.");
    }
    if (type == "String.Array") {
      const auto parsed = json::Parse(content);
      if (!parsed || !parsed->is_array()) {
        throw api::Error(
            "InvalidParameterValueException",
            "Invalid parameter: The message attribute '" + name + "' must be a JSON array.");
      }
    }
    bytes += name.size() + type.size() + content.size();
  }
  return bytes;
}

bool IsEntryId(std::string_view id) {
  return !id.empty() && id.size() <= 80 &&
         id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
             std::string_view::npos;
}

/// Group and deduplication ids.
void CheckToken(const std::string& token, const std::string& parameter) {
  constexpr size_t kMost = 128;
  if (token.size() <= kMost &&
      std::ranges::all_of(token, [](char c) { return c > 0x20 && c < 0x7F; })) {
    return;
  }
  RefuseParameter("The " + parameter +
                  " parameter can include alphanumeric characters and punctuation, 1 to 128 in "
                  "length");
}

/// The message for each protocol, when MessageStructure is json; else nothing.
json::Object PerProtocol(const json::Object& entry) {
  const std::string_view structure = json::GetString(entry, "MessageStructure");
  if (structure.empty()) return {};
  if (structure != "json") RefuseParameter("MessageStructure");
  auto parsed = json::Parse(json::GetString(entry, "Message"));
  if (!parsed || !parsed->is_object()) {
    RefuseParameter("Message Structure - JSON message body failed to parse");
  }
  const json::Value* fallback = json::Find(parsed->as_object(), "default");
  if (fallback == nullptr || !fallback->is_string()) {
    RefuseParameter("Message Structure - No default entry in JSON message body");
  }
  return std::move(parsed->as_object());
}

pattern::MessageAttributes ForFilter(const json::Object& attributes) {
  pattern::MessageAttributes out;
  for (const auto& [name, value] : attributes) {
    const json::Object& attribute = value.as_object();
    out[std::string(name)] = {std::string(json::GetString(attribute, "DataType")),
                              std::string(json::GetString(attribute, "StringValue"))};
  }
  return out;
}

/// TopicArn, or TargetArn. Authorisation judged the topic of TopicArn; a TargetArn it did not see,
/// so that one may only name a topic of the account that was judged.
std::string TopicArnOf(const api::Call& call) {
  const std::string_view topic = json::GetString(call.input, "TopicArn");
  if (!topic.empty()) return std::string(topic);
  const std::string target(json::GetString(call.input, "TargetArn"));
  if (target.empty()) {
    RefuseParameter("TopicArn or TargetArn Reason: no value for required parameter");
  }
  const auto arn = Arn::Parse(target);
  if (arn && arn->account != call.scope.account) {
    throw api::Error(
        "AuthorizationErrorException",
        call.caller.arn + " is not authorized to perform: SNS:Publish on resource: " + target);
  }
  return target;
}

}  // namespace

bool SnsService::Wants(const Subscription& subscription,
                       const pattern::MessageAttributes& attributes, std::string_view body) {
  if (!subscription.confirmed) return false;
  const std::string_view text = json::GetString(subscription.attributes, "FilterPolicy");
  if (text.empty()) return true;
  using Filter = pattern::FilterPolicy;
  const bool of_body =
      json::GetString(subscription.attributes, "FilterPolicyScope") == "MessageBody";
  const auto filter = (of_body ? body_filters_ : attribute_filters_).Get(text, [&](auto own) {
    auto parsed = Filter::Parse(
        own, of_body ? Filter::Scope::kMessageBody : Filter::Scope::kMessageAttributes);
    return parsed ? std::make_shared<const Filter>(*std::move(parsed)) : nullptr;
  });
  return filter && filter->Matches(attributes, body);
}

void SnsService::Owe(Tx& tx, const Call& call, const Topic& topic, const Subscription& subscription,
                     const Notice& notice) {
  delivery::Work work;
  work.kind = SubscriptionTarget::kKind;
  work.scope = topic.scope;
  work.source_arn = subscription.arn;
  work.target_arn = subscription.endpoint;
  work.detail = notice.ToJson();
  work.policy = RetryPolicyFor(subscription.protocol, subscription.Get("DeliveryPolicy"),
                               topic.Get("DeliveryPolicy"));
  if (const auto redrive = json::Parse(subscription.Get("RedrivePolicy"));
      redrive && redrive->is_object()) {
    work.dead_letter_arn = json::GetString(redrive->as_object(), "deadLetterTargetArn");
  }
  work.trace = call.trace;
  if (work.trace.correlation.empty()) work.trace.correlation = notice.message_id;
  ++work.trace.hops;
  work.created = work.due = call.now;
  dispatcher_.Enqueue(tx, std::move(work));
}

json::Object SnsService::PublishOne(const Call& call, Tx& tx, const Topic& topic,
                                    const json::Object& entry,
                                    const std::vector<Subscription>& subscriptions) {
  const std::string message(json::GetString(entry, "Message"));
  if (message.empty()) RefuseParameter("Empty message");
  CheckSubject(entry);
  json::Object attributes;
  if (const json::Object* given = json::GetObject(entry, "MessageAttributes")) {
    attributes = *given;
  }
  if (message.size() + CheckAttributes(attributes) > kMaxBytes) {
    RefuseParameter("Message too long");
  }
  const json::Object per_protocol = PerProtocol(entry);

  Notice notice;
  notice.message_id = random_.Uuid();
  notice.topic_arn = topic.Arn();
  notice.subject = json::GetString(entry, "Subject");
  notice.attributes = std::move(attributes);
  notice.time = call.now;
  notice.display_name = topic.Get("DisplayName");
  if (const std::string version = topic.Get("SignatureVersion"); !version.empty()) {
    notice.signature_version = version;
  }
  notice.group_id = json::GetString(entry, "MessageGroupId");
  notice.deduplication_id = json::GetString(entry, "MessageDeduplicationId");
  CheckToken(notice.group_id, "MessageGroupId");
  CheckToken(notice.deduplication_id, "MessageDeduplicationId");
  if (topic.fifo()) {
    if (notice.group_id.empty()) {
      RefuseParameter("The MessageGroupId parameter is required for FIFO topics");
    }
    if (notice.deduplication_id.empty()) {
      if (topic.Get("ContentBasedDeduplication") != "true") {
        RefuseParameter(
            "The topic should either have ContentBasedDeduplication enabled or "
            "MessageDeduplicationId provided explicitly");
      }
      notice.deduplication_id = access::Sha256Hex(message);
    }
    std::string key = notice.deduplication_id;
    if (topic.Get("FifoThroughputScope") == "MessageGroup") key = notice.group_id + "\n" + key;
    const auto earlier = FindDuplicate(tx, notice.topic_arn, key, call.now);
    if (earlier) return {{"MessageId", *earlier}};
    const std::string digits = std::to_string(NextSequence(tx, notice.topic_arn));
    notice.sequence = "1" + std::string(19 - digits.size(), '0') + digits;
    PutDuplicate(tx, notice.topic_arn, key, notice.message_id, call.now, call.now + kDeduplication);
  } else if (!notice.deduplication_id.empty()) {
    RefuseParameter(
        "MessageDeduplicationId Reason: The request includes "
        "MessageDeduplicationId parameter that is not valid for this topic type");
  }

  const auto for_filter = ForFilter(notice.attributes);
  for (const Subscription& subscription : subscriptions) {
    notice.message = message;
    if (!per_protocol.empty()) {
      notice.message = json::GetString(per_protocol, subscription.protocol,
                                       json::GetString(per_protocol, "default"));
    }
    if (!Wants(subscription, for_filter, message)) continue;
    notice.subscription_arn = subscription.arn;
    notice.protocol = subscription.protocol;
    notice.endpoint = subscription.endpoint;
    notice.raw = subscription.Get("RawMessageDelivery") == "true";
    notice.body_template = subscription.Get("Template");
    notice.routing_key = subscription.Get("RoutingKey");
    if (subscription.protocol.starts_with("http")) {
      notice.content_type = ContentTypeFor(subscription.Get("DeliveryPolicy"),
                                           topic.Get("DeliveryPolicy"), notice.raw);
    }
    Owe(tx, call, topic, subscription, notice);
  }
  metrics_.Put(topic.scope, "AWS/SNS", "NumberOfMessagesPublished", {{"TopicName", topic.name}}, 1,
               "Count");
  json::Object out{{"MessageId", notice.message_id}};
  json::SetIfNotEmpty(out, "SequenceNumber", notice.sequence);
  return out;
}

/// While too much is owed already, publishers outside are asked to come again.
void SnsService::CheckRoom(const Call& call) const {
  if (dispatcher_.Full() && !call.internal) throw api::Error("Throttling", "Rate exceeded");
}

json::Value SnsService::Publish(const Call& call, Tx& tx) {
  CheckRoom(call);
  if (json::Find(call.input, "PhoneNumber") != nullptr) {
    RefuseParameter("PhoneNumber Reason: text messages are not supported here");
  }
  const Topic topic = RequireTopic(tx, TopicArnOf(call));
  return PublishOne(call, tx, topic, call.input,
                    ListByTopic(tx, topic.Arn(), "", kMaxSubscriptions));
}

json::Value SnsService::PublishBatch(const Call& call, Tx& tx) {
  CheckRoom(call);
  const Topic topic = RequireTopic(tx, json::GetString(call.input, "TopicArn"));
  const json::Array* entries = json::GetArray(call.input, "PublishBatchRequestEntries");
  if (entries == nullptr || entries->empty()) {
    throw api::Error("EmptyBatchRequestException",
                     "The batch request doesn't contain any entries.");
  }
  if (entries->size() > kMaxBatch) {
    throw api::Error("TooManyEntriesInBatchRequestException",
                     "The batch request contains more entries than permissible.");
  }
  size_t bytes = 0;
  std::set<std::string_view> ids;
  for (const json::Value& value : *entries) {
    const json::Object& entry = value.as_object();
    bytes += json::GetString(entry, "Message").size();
    if (const json::Object* attributes = json::GetObject(entry, "MessageAttributes")) {
      for (const auto& [name, content] : *attributes) {
        const json::Object& attribute = content.as_object();
        bytes += name.size() + json::GetString(attribute, "DataType").size() +
                 json::GetString(attribute, "StringValue").size() +
                 json::GetString(attribute, "BinaryValue").size();
      }
    }
    if (!IsEntryId(json::GetString(entry, "Id"))) {
      throw api::Error("InvalidBatchEntryIdException",
                       "The Id of a batch entry in a batch request doesn't abide by the "
                       "specification.");
    }
    if (!ids.insert(json::GetString(entry, "Id")).second) {
      throw api::Error("BatchEntryIdsNotDistinctException",
                       "Two or more batch entries in the request have the same Id.");
    }
  }
  if (bytes > kMaxBytes) {
    throw api::Error("BatchRequestTooLongException",
                     "The length of all the batch messages put together is more than the limit.");
  }
  const auto subscriptions = ListByTopic(tx, topic.Arn(), "", kMaxSubscriptions);
  json::Array successful, failed;
  for (const json::Value& value : *entries) {
    const json::Object& entry = value.as_object();
    const std::string_view id = json::GetString(entry, "Id");
    try {
      json::Object done = PublishOne(call, tx, topic, entry, subscriptions);
      done["Id"] = id;
      successful.push_back(std::move(done));
    } catch (const api::Error& error) {
      failed.push_back(json::Object{{"Id", id},
                                    {"Code", "InvalidParameter"},
                                    {"Message", error.message()},
                                    {"SenderFault", true}});
    }
  }
  return json::Object{{"Successful", std::move(successful)}, {"Failed", std::move(failed)}};
}

}  // namespace riposte::sns
