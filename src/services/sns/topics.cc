#include <algorithm>

#include "api/error.h"
#include "base/encoding.h"
#include "services/sns/attributes.h"
#include "services/sns/delivery_policy.h"
#include "services/sns/sns.h"

namespace riposte::sns {
namespace {

constexpr int kPage = 100;
constexpr size_t kMaxTags = 50;
/// Kept among the attributes, but read and written by operations of its own.
constexpr const char* kDataProtection = "DataProtectionPolicy";
/// What AddPermission may give away.
constexpr std::string_view kGrantable[] = {
    "*",       "AddPermission",    "DeleteTopic", "GetTopicAttributes", "ListSubscriptionsByTopic",
    "Publish", "RemovePermission", "Receive",     "SetTopicAttributes", "Subscribe"};
constexpr const char* kDefaultSid = "__default_statement_ID";

bool IsTopicName(std::string_view name) {
  if (name.ends_with(".fifo")) name.remove_suffix(5);
  return !name.empty() && name.size() <= 256 &&
         name.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
             std::string_view::npos;
}

json::Object TagsOf(const json::Object& input) {
  json::Object out;
  if (const json::Array* tags = json::GetArray(input, "Tags")) {
    for (const json::Value& tag : *tags) {
      const std::string_view key = json::GetString(tag.as_object(), "Key");
      if (key.empty() || key.starts_with("aws:")) RefuseParameter("Tags");
      out[key] = json::GetString(tag.as_object(), "Value");
    }
  }
  return out;
}

void CheckTagCount(const Topic& topic) {
  if (topic.tags.size() <= kMaxTags) return;
  throw api::Error("TagLimitExceededException",
                   "Could not complete request: tag quota of per resource exceeded");
}

void CheckDataProtection(std::string_view policy) {
  constexpr size_t kMaxBytes = 30'720;
  const auto parsed = json::Parse(policy);
  if (policy.size() > kMaxBytes || !parsed || !parsed->is_object()) {
    RefuseParameter("DataProtectionPolicy");
  }
}

/// The policy of a topic that has none of its own: its account, and the alarms of its account.
json::Object DefaultPolicy(const Topic& topic) {
  const std::string arn = topic.Arn();
  const std::string& account = topic.scope.account.str();
  json::Array actions;
  for (const char* action : {"SNS:GetTopicAttributes", "SNS:SetTopicAttributes",
                             "SNS:AddPermission", "SNS:RemovePermission", "SNS:DeleteTopic",
                             "SNS:Subscribe", "SNS:ListSubscriptionsByTopic", "SNS:Publish"}) {
    actions.emplace_back(action);
  }
  return {{"Version", "2008-10-17"},
          {"Id", "__default_policy_ID"},
          {"Statement",
           json::Array{json::Object{
               {"Sid", kDefaultSid},
               {"Effect", "Allow"},
               {"Principal", json::Object{{"AWS", "*"}}},
               {"Action", std::move(actions)},
               {"Resource", arn},
               {"Condition",
                json::Object{{"StringEquals", json::Object{{"AWS:SourceOwner", account}}}}}}}}};
}

json::Object PolicyOf(const Topic& topic) {
  if (auto parsed = json::Parse(topic.Get("Policy")); parsed && parsed->is_object()) {
    return std::move(parsed->as_object());
  }
  return DefaultPolicy(topic);
}

json::Array& StatementsOf(json::Object& policy) {
  json::Value& value = policy["Statement"];
  if (value.is_object()) value = json::Array{value};
  if (!value.is_array()) value = json::Array();
  return value.as_array();
}

json::Object Allow(std::string_view sid, json::Value principal, std::string_view action,
                   const std::string& resource) {
  return {{"Sid", sid},
          {"Effect", "Allow"},
          {"Principal", std::move(principal)},
          {"Action", action},
          {"Resource", resource}};
}

/// The document that authorisation judges by. To what the topic says it adds what holds for every
/// topic: a token confirms, whoever brings it; and an address may leave by the link in its mail.
std::string PolicyFor(const std::string& arn_text, store::Transaction& tx) {
  const auto arn = Arn::Parse(arn_text);
  if (!arn) return {};
  const size_t colon = arn->resource.find(':');
  const auto topic = FindTopic(tx, arn->scope(), arn->resource.substr(0, colon));
  if (!topic) return {};
  json::Object policy = PolicyOf(*topic);
  json::Array& statements = StatementsOf(policy);
  if (colon == std::string::npos) {
    statements.push_back(Allow("Confirm", "*", "SNS:ConfirmSubscription", arn_text));
    const bool by_default = std::ranges::any_of(statements, [](const json::Value& statement) {
      return statement.is_object() && json::GetString(statement.as_object(), "Sid") == kDefaultSid;
    });
    if (by_default) {
      // AWS:SourceOwner of the default statement, for alarms: the alarm's account is the topic's.
      json::Object alarms = Allow("Alarms", json::Object{{"Service", "cloudwatch.amazonaws.com"}},
                                  "SNS:Publish", arn_text);
      alarms["Condition"] = json::Object{
          {"StringEquals", json::Object{{"aws:SourceAccount", topic->scope.account.str()}}}};
      statements.push_back(std::move(alarms));
    }
  } else if (const auto subscription = FindSubscription(tx, arn_text)) {
    const bool by_link =
        subscription->protocol.starts_with("email") || subscription->protocol.starts_with("http");
    if (by_link && subscription->Get("AuthenticateOnUnsubscribe") != "true") {
      statements.push_back(Allow("Leave", "*", "SNS:Unsubscribe", arn_text));
    }
  }
  return json::Serialize(policy);
}

}  // namespace

void RefuseParameter(const std::string& what) {
  throw api::Error("InvalidParameterException", "Invalid parameter: " + what);
}

Topic RequireTopic(store::Transaction& tx, std::string_view arn_text) {
  const auto arn = Arn::Parse(arn_text);
  if (!arn || arn->service != "sns" || arn->resource.find(':') != std::string::npos) {
    RefuseParameter("TopicArn");
  }
  auto topic = FindTopic(tx, arn->scope(), arn->resource);
  if (!topic) throw api::Error("NotFoundException", "Topic does not exist");
  return std::move(*topic);
}

std::string AfterToken(const json::Object& input) {
  const std::string_view token = json::GetString(input, "NextToken");
  if (token.empty()) return {};
  auto position = Base64Decode(token);
  if (!position) RefuseParameter("NextToken");
  return std::move(*position);
}

std::string MakeToken(std::string_view position) {
  return Base64Encode(position);
}

json::Value SnsService::CreateTopic(const Call& call, Tx& tx) {
  Topic topic;
  topic.scope = call.scope;
  topic.name = json::GetString(call.input, "Name");
  topic.created = call.now;
  if (!IsTopicName(topic.name)) RefuseParameter("Topic Name");
  if (const json::Object* given = json::GetObject(call.input, "Attributes")) {
    for (const auto& [key, value] : *given) {
      const std::string name(key);
      CheckTopicAttribute(name, json::View(value), topic.fifo(), /*creating=*/true);
      if (name != "FifoTopic") topic.attributes[name] = value;
    }
    if (topic.fifo() && json::GetString(*given, "FifoTopic") != "true") {
      RefuseParameter("Topic Name");
    }
  } else if (topic.fifo()) {
    RefuseParameter("Topic Name");
  }
  topic.tags = TagsOf(call.input);
  CheckTagCount(topic);
  if (const std::string_view policy = json::GetString(call.input, kDataProtection);
      !policy.empty()) {
    CheckDataProtection(policy);
    topic.attributes[kDataProtection] = policy;
  }
  if (const auto existing = FindTopic(tx, call.scope, topic.name)) {
    for (const auto& [name, value] : topic.attributes) {
      if (existing->Get(std::string_view(name.data(), name.size())) != json::View(value)) {
        RefuseParameter("Attributes Reason: Topic already exists with different attributes");
      }
    }
    if (!topic.tags.empty() && topic.tags != existing->tags) {
      RefuseParameter("Tags Reason: Topic already exists with different tags");
    }
    return json::Object{{"TopicArn", existing->Arn()}};
  }
  PutTopic(tx, topic);
  return json::Object{{"TopicArn", topic.Arn()}};
}

json::Value SnsService::DeleteTopic(const Call& call, Tx& tx) {
  // Deleting what is gone is fine, as in the real service.
  const auto arn = Arn::Parse(json::GetString(call.input, "TopicArn"));
  if (!arn || arn->service != "sns") RefuseParameter("TopicArn");
  if (const auto topic = FindTopic(tx, arn->scope(), arn->resource)) {
    sns::DeleteTopic(tx, *topic);
  }
  return json::Object();
}

json::Value SnsService::ListTopics(const Call& call, Tx& tx) {
  const auto topics = sns::ListTopics(tx, call.scope, AfterToken(call.input), kPage + 1);
  json::Array list;
  json::Object out;
  for (const Topic& topic : topics) {
    if (list.size() == kPage) {
      out["NextToken"] = MakeToken(topics[kPage - 1].name);
      break;
    }
    list.push_back(json::Object{{"TopicArn", topic.Arn()}});
  }
  out["Topics"] = std::move(list);
  return out;
}

json::Value SnsService::GetTopicAttributes(const Call& call, Tx& tx) {
  const Topic topic = RequireTopic(tx, json::GetString(call.input, "TopicArn"));
  const SubscriptionCounts counts = CountSubscriptions(tx, topic.Arn());
  json::Object attributes = topic.attributes;
  attributes.erase(kDataProtection);
  attributes["TopicArn"] = topic.Arn();
  attributes["Owner"] = topic.scope.account.str();
  if (topic.Get("Policy").empty()) attributes["Policy"] = json::Serialize(DefaultPolicy(topic));
  if (!attributes.contains("DisplayName")) attributes["DisplayName"] = "";
  attributes["SubscriptionsConfirmed"] = std::to_string(counts.confirmed);
  attributes["SubscriptionsPending"] = std::to_string(counts.pending);
  attributes["SubscriptionsDeleted"] = std::to_string(topic.deleted_subscriptions);
  attributes["EffectiveDeliveryPolicy"] = EffectiveTopicPolicy(topic.Get("DeliveryPolicy"));
  if (topic.fifo()) {
    attributes["FifoTopic"] = "true";
    if (!attributes.contains("ContentBasedDeduplication")) {
      attributes["ContentBasedDeduplication"] = "false";
    }
  }
  return json::Object{{"Attributes", std::move(attributes)}};
}

json::Value SnsService::SetTopicAttributes(const Call& call, Tx& tx) {
  Topic topic = RequireTopic(tx, json::GetString(call.input, "TopicArn"));
  const std::string name(json::GetString(call.input, "AttributeName"));
  const std::string_view value = json::GetString(call.input, "AttributeValue");
  CheckTopicAttribute(name, value, topic.fifo(), /*creating=*/false);
  if (value.empty()) {
    topic.attributes.erase(name);
  } else {
    topic.attributes[name] = value;
  }
  PutTopic(tx, topic);
  return json::Object();
}

json::Value SnsService::PutDataProtectionPolicy(const Call& call, Tx& tx) {
  Topic topic = RequireTopic(tx, json::GetString(call.input, "ResourceArn"));
  const std::string_view policy = json::GetString(call.input, kDataProtection);
  if (policy.empty()) {
    topic.attributes.erase(kDataProtection);
  } else {
    CheckDataProtection(policy);
    topic.attributes[kDataProtection] = policy;
  }
  PutTopic(tx, topic);
  return json::Object();
}

json::Value SnsService::GetDataProtectionPolicy(const Call& call, Tx& tx) {
  const Topic topic = RequireTopic(tx, json::GetString(call.input, "ResourceArn"));
  return json::Object{{kDataProtection, topic.Get(kDataProtection)}};
}

json::Value SnsService::TagResource(const Call& call, Tx& tx) {
  Topic topic = RequireTopic(tx, json::GetString(call.input, "ResourceArn"));
  for (const auto& [key, value] : TagsOf(call.input)) topic.tags[key] = value;
  CheckTagCount(topic);
  PutTopic(tx, topic);
  return json::Object();
}

json::Value SnsService::UntagResource(const Call& call, Tx& tx) {
  Topic topic = RequireTopic(tx, json::GetString(call.input, "ResourceArn"));
  for (const std::string& key : json::GetStrings(call.input, "TagKeys")) topic.tags.erase(key);
  PutTopic(tx, topic);
  return json::Object();
}

json::Value SnsService::ListTagsForResource(const Call& call, Tx& tx) {
  const Topic topic = RequireTopic(tx, json::GetString(call.input, "ResourceArn"));
  json::Array tags;
  for (const auto& [key, value] : topic.tags) {
    tags.push_back(json::Object{{"Key", key}, {"Value", value}});
  }
  return json::Object{{"Tags", std::move(tags)}};
}

json::Value SnsService::AddPermission(const Call& call, Tx& tx) {
  Topic topic = RequireTopic(tx, json::GetString(call.input, "TopicArn"));
  const std::string label(json::GetString(call.input, "Label"));
  json::Object policy = PolicyOf(topic);
  json::Array& statements = StatementsOf(policy);
  for (const json::Value& statement : statements) {
    if (statement.is_object() && json::GetString(statement.as_object(), "Sid") == label) {
      RefuseParameter("Statement already exists");
    }
  }
  json::Array principals, actions;
  for (const std::string& account : json::GetStrings(call.input, "AWSAccountId")) {
    if (!IsAccountId(account)) RefuseParameter("AWSAccountId");
    principals.push_back(json::Value("arn:aws:iam::" + account + ":root"));
  }
  for (const std::string& action : json::GetStrings(call.input, "ActionName")) {
    if (std::ranges::find(kGrantable, action) == std::end(kGrantable)) {
      RefuseParameter("Policy statement action out of service scope!");
    }
    actions.push_back(json::Value("SNS:" + action));
  }
  statements.push_back(json::Object{{"Sid", label},
                                    {"Effect", "Allow"},
                                    {"Principal", json::Object{{"AWS", std::move(principals)}}},
                                    {"Action", std::move(actions)},
                                    {"Resource", topic.Arn()}});
  topic.attributes["Policy"] = json::Serialize(policy);
  PutTopic(tx, topic);
  return json::Object();
}

json::Value SnsService::RemovePermission(const Call& call, Tx& tx) {
  Topic topic = RequireTopic(tx, json::GetString(call.input, "TopicArn"));
  const std::string label(json::GetString(call.input, "Label"));
  json::Object policy = PolicyOf(topic);
  json::Array& statements = StatementsOf(policy);
  const auto at = std::ranges::find_if(statements, [&](const json::Value& statement) {
    return statement.is_object() && json::GetString(statement.as_object(), "Sid") == label;
  });
  if (at != statements.end()) {
    statements.erase(at);
    topic.attributes["Policy"] = json::Serialize(policy);
    PutTopic(tx, topic);
  }
  return json::Object();
}

void SnsService::Register(api::Registry& registry) {
  using S = SnsService;
  registry.Add<S>("sns", *this,
                  {
                      {"AddPermission", api::Write(&S::AddPermission)},
                      {"ConfirmSubscription", api::Write(&S::ConfirmSubscription)},
                      {"CreateTopic", api::Write(&S::CreateTopic)},
                      {"DeleteTopic", api::Write(&S::DeleteTopic)},
                      {"GetDataProtectionPolicy", api::Read(&S::GetDataProtectionPolicy)},
                      {"GetSubscriptionAttributes", api::Read(&S::GetSubscriptionAttributes)},
                      {"GetTopicAttributes", api::Read(&S::GetTopicAttributes)},
                      {"ListSubscriptions", api::Read(&S::ListSubscriptions)},
                      {"ListSubscriptionsByTopic", api::Read(&S::ListSubscriptionsByTopic)},
                      {"ListTagsForResource", api::Read(&S::ListTagsForResource)},
                      {"ListTopics", api::Read(&S::ListTopics)},
                      {"Publish", api::Write(&S::Publish)},
                      {"PublishBatch", api::Write(&S::PublishBatch)},
                      {"PutDataProtectionPolicy", api::Write(&S::PutDataProtectionPolicy)},
                      {"RemovePermission", api::Write(&S::RemovePermission)},
                      {"SetSubscriptionAttributes", api::Write(&S::SetSubscriptionAttributes)},
                      {"SetTopicAttributes", api::Write(&S::SetTopicAttributes)},
                      {"Subscribe", api::Write(&S::Subscribe)},
                      {"TagResource", api::Write(&S::TagResource)},
                      {"Unsubscribe", api::Write(&S::Unsubscribe)},
                      {"UntagResource", api::Write(&S::UntagResource)},
                  });
  RegisterMobile(registry);
  registry.SetResourcePolicy("sns", PolicyFor);
}

}  // namespace riposte::sns
