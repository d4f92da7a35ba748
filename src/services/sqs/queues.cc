#include <algorithm>

#include "api/error.h"
#include "base/arn.h"
#include "base/encoding.h"
#include "services/sqs/attributes.h"
#include "services/sqs/sqs.h"

namespace riposte::sqs {
namespace {

constexpr size_t kMaxTags = 50;
constexpr int kMaxListed = 1000;
constexpr size_t kMaxStatements = 20;
constexpr size_t kMaxPrincipals = 50;
constexpr size_t kMaxActions = 7;
/// What AddPermission may give away; the rest is the owner's alone.
constexpr std::string_view kGrantable[] = {
    "*",           "ChangeMessageVisibility",    "DeleteMessage", "GetQueueAttributes",
    "GetQueueUrl", "ListDeadLetterSourceQueues", "PurgeQueue",    "ReceiveMessage",
    "SendMessage"};
constexpr auto kPurgeInterval = std::chrono::seconds(60);

bool IsQueueName(std::string_view name) {
  if (name.ends_with(".fifo")) {
    if (name.size() > 80) return false;
    name.remove_suffix(5);
  }
  return !name.empty() && name.size() <= 80 &&
         name.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
             std::string_view::npos;
}

std::string UrlOf(const api::Call& call, const Queue& queue) {
  return call.endpoint + "/" + queue.scope.account.str() + "/" + queue.name;
}

api::Error NoSuchQueue() {
  return {"QueueDoesNotExist", "The specified queue does not exist."};
}

/// Attributes that differ are refused; those that are not named may differ.
void RequireSame(const Queue& queue, const json::Object& attributes) {
  for (const auto& [name, value] : attributes) {
    const std::string key(name);
    if (key == "FifoQueue" || AttributeOf(queue, key) == json::View(value)) continue;
    throw api::Error("QueueNameExists",
                     "A queue already exists with the same name and a different value for "
                     "attribute " +
                         key);
  }
}

void CheckRedriveTarget(store::Transaction& tx, const Queue& queue) {
  const auto redrive = RedriveOf(queue);
  if (!redrive) return;
  const auto arn = Arn::Parse(redrive->target_arn);
  std::optional<Queue> target;
  if (arn && arn->scope() == queue.scope) target = FindQueue(tx, arn->scope(), arn->resource);
  if (!target) {
    throw api::Error("InvalidParameterValue",
                     "Value " + AttributeOf(queue, "RedrivePolicy") +
                         " for parameter RedrivePolicy is invalid. Reason: Dead letter target "
                         "does not exist.");
  }
  if (target->fifo() != queue.fifo()) {
    throw api::Error("InvalidParameterValue",
                     "Value " + AttributeOf(queue, "RedrivePolicy") +
                         " for parameter RedrivePolicy is invalid. Reason: Dead-letter queue "
                         "must be same type of queue as the source.");
  }
  if (!AllowsRedriveFrom(*target, queue.Arn())) {
    throw api::Error("InvalidParameterValue",
                     "Value " + AttributeOf(queue, "RedrivePolicy") +
                         " for parameter RedrivePolicy is invalid. Reason: The redrive allow "
                         "policy of the dead-letter queue does not permit this source queue.");
  }
}

void AddTags(Queue& queue, const json::Object& tags) {
  for (const auto& [key, value] : tags) {
    const std::string_view name(key.data(), key.size());
    if (name.empty() || name.size() > 4 * 128 || name.starts_with("aws:") ||
        json::View(value).size() > 4 * 256) {
      throw api::Error("InvalidParameterValue",
                       "Tag keys must be between 1 and 128 characters in length and must not begin "
                       "with aws:; tag values must be at most 256 characters in length.");
    }
    queue.tags[key] = value;
  }
  if (queue.tags.size() > kMaxTags) {
    throw api::Error("InvalidParameterValue", "Too many tags added for queue " + queue.name + ".");
  }
}

/// The policy document, or a new one without statements.
json::Object PolicyOf(const Queue& queue) {
  const std::string text = AttributeOf(queue, "Policy");
  if (auto parsed = json::Parse(text); !text.empty() && parsed && parsed->is_object()) {
    return std::move(parsed->as_object());
  }
  return {{"Version", "2012-10-17"},
          {"Id", queue.Arn() + "/SQSDefaultPolicy"},
          {"Statement", json::Array()}};
}

json::Array& StatementsOf(json::Object& policy) {
  json::Value& value = policy["Statement"];
  if (value.is_object()) value = json::Array{value};
  if (!value.is_array()) value = json::Array();
  return value.as_array();
}

json::Object QueueUrls(const api::Call& call, std::string_view member, std::vector<Queue> queues,
                       size_t most) {
  json::Object out;
  json::Array urls;
  for (const Queue& queue : queues) {
    if (urls.size() == most) {
      // Only a caller that asked for pages gets more than one.
      if (json::Find(call.input, "MaxResults") != nullptr) {
        out["NextToken"] = Base64Encode(queues[most - 1].name);
      }
      break;
    }
    urls.push_back(json::Value(UrlOf(call, queue)));
  }
  if (!urls.empty()) out[member] = std::move(urls);
  return out;
}

std::string After(const json::Object& input) {
  const std::string_view token = json::GetString(input, "NextToken");
  if (token.empty()) return {};
  auto name = Base64Decode(token);
  if (!name) RefuseValue(std::string(token), "NextToken", "Invalid or expired next token.");
  return *name;
}

size_t PageSize(const json::Object& input) {
  const int64_t wanted = json::GetInt(input, "MaxResults", kMaxListed);
  if (wanted < 1 || wanted > kMaxListed) {
    RefuseValue(std::to_string(wanted), "MaxResults", "Must be an integer from 1 to 1000.");
  }
  return static_cast<size_t>(wanted);
}

}  // namespace

SqsService::SqsService(store::Store& store, Executor& loop, const Clock& clock, Random& random,
                       Options options)
    : store_(store),
      clock_(clock),
      random_(random),
      options_(std::move(options)),
      waiters_(loop),
      metrics_(options_.metrics),
      mover_(
          store, loop, clock, random,
          [this](Tx& tx, int64_t queue_id, int messages) { Arrive(tx, queue_id, messages); },
          [this](Tx& tx, TimePoint now) { FollowClock(tx, now); }),
      loop_(loop) {}

void RefuseValue(const std::string& value, std::string_view parameter, std::string_view reason) {
  throw api::Error("InvalidParameterValue", "Value " + value + " for parameter " +
                                                std::string(parameter) +
                                                " is invalid. Reason: " + std::string(reason));
}

Queue RequireQueue(const api::Call& call, store::Transaction& tx) {
  // Read exactly as authorisation reads it (api/resource.cc): what was allowed is what is used.
  // So the queue may be another account's, and a bare name, which no policy could match, is none.
  constexpr size_t kAccountDigits = 12;
  const std::string_view url = json::GetString(call.input, "QueueUrl");
  const size_t slash = url.rfind('/');
  const bool is_url = url.starts_with("http://") || url.starts_with("https://");
  const std::string_view account =
      is_url && slash > kAccountDigits ? url.substr(slash - kAccountDigits, kAccountDigits) : "";
  if (!IsAccountId(account)) {
    throw api::Error("InvalidAddress",
                     "The address " + std::string(url) + " is not valid for this endpoint.");
  }
  auto queue =
      FindQueue(tx, {AccountId(std::string(account)), call.scope.region}, url.substr(slash + 1));
  if (!queue) throw NoSuchQueue();
  return std::move(*queue);
}

TimePoint HorizonOf(const Queue& queue, TimePoint now) {
  return now - std::chrono::seconds(NumberOf(queue, "MessageRetentionPeriod"));
}

json::Value SqsService::CreateQueue(const Call& call, Tx& tx) {
  Queue queue;
  queue.scope = call.scope;
  queue.name = json::GetString(call.input, "QueueName");
  queue.created = queue.modified = call.now;
  if (!IsQueueName(queue.name)) {
    throw api::Error("InvalidParameterValue",
                     "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 "
                     "in length");
  }
  const json::Object* given = json::GetObject(call.input, "Attributes");
  const json::Object attributes =
      given == nullptr ? json::Object() : CheckAttributes(*given, queue.fifo(), true);
  if (const auto existing = FindQueue(tx, call.scope, queue.name)) {
    RequireSame(*existing, attributes);
    return json::Object{{"QueueUrl", UrlOf(call, *existing)}};
  }
  if (queue.fifo() && json::GetString(attributes, "FifoQueue") != "true") {
    throw api::Error("InvalidParameterValue",
                     "The name of a standard queue can only include alphanumeric characters, "
                     "hyphens, or underscores. 1 to 80 in length");
  }
  queue.attributes = attributes;
  CheckTogether(queue);
  if (const json::Object* tags = json::GetObject(call.input, "tags")) AddTags(queue, *tags);
  CheckRedriveTarget(tx, queue);
  InsertQueue(tx, queue);
  return json::Object{{"QueueUrl", UrlOf(call, queue)}};
}

json::Value SqsService::GetQueueUrl(const Call& call, Tx& tx) {
  const std::string_view owner =
      json::GetString(call.input, "QueueOwnerAWSAccountId", call.scope.account.str());
  // Authorisation judged the queue of that owner.
  std::optional<Queue> queue;
  if (IsAccountId(owner)) {
    queue = FindQueue(tx, {AccountId(std::string(owner)), call.scope.region},
                      json::GetString(call.input, "QueueName"));
  }
  if (!queue) throw NoSuchQueue();
  return json::Object{{"QueueUrl", UrlOf(call, *queue)}};
}

json::Value SqsService::ListQueues(const Call& call, Tx& tx) {
  const size_t most = PageSize(call.input);
  return QueueUrls(call, "QueueUrls",
                   sqs::ListQueues(tx, call.scope, json::GetString(call.input, "QueueNamePrefix"),
                                   After(call.input), static_cast<int>(most) + 1),
                   most);
}

json::Value SqsService::GetQueueAttributes(const Call& call, Tx& tx) {
  const Queue queue = RequireQueue(call, tx);
  const auto wanted = json::GetStrings(call.input, "AttributeNames");
  if (wanted.empty()) return json::Object();
  const json::Object all =
      DescribeQueue(queue, CountMessages(tx, queue.id, call.now, HorizonOf(queue, call.now)));
  if (std::ranges::find(wanted, "All") != wanted.end()) return json::Object{{"Attributes", all}};
  json::Object some;
  for (const std::string& name : wanted) {
    if (const json::Value* value = json::Find(all, name)) some[name] = *value;
  }
  return json::Object{{"Attributes", std::move(some)}};
}

json::Value SqsService::SetQueueAttributes(const Call& call, Tx& tx) {
  Queue queue = RequireQueue(call, tx);
  const json::Object* given = json::GetObject(call.input, "Attributes");
  const json::Object changes =
      CheckAttributes(given == nullptr ? json::Object() : *given, queue.fifo(), false);
  for (const auto& [name, value] : changes) {
    if (json::View(value).empty()) {
      queue.attributes.erase(name);
    } else {
      queue.attributes[name] = value;
    }
  }
  CheckTogether(queue);
  if (changes.contains("RedrivePolicy")) CheckRedriveTarget(tx, queue);
  // A FIFO queue's delay holds for what is in it already; a standard queue's does not.
  if (queue.fifo() && changes.contains("DelaySeconds")) {
    SetDelay(tx, queue.id, std::chrono::seconds(NumberOf(queue, "DelaySeconds")));
    tx.OnCommit([this, id = queue.id] { waiters_.Arrived(id, 1); });
  }
  queue.modified = call.now;
  UpdateQueue(tx, queue);
  return json::Object();
}

json::Value SqsService::DeleteQueue(const Call& call, Tx& tx) {
  const Queue queue = RequireQueue(call, tx);
  sqs::DeleteQueue(tx, queue.id);
  in_flight_.erase(queue.id);
  tx.OnCommit([this, id = queue.id] { waiters_.WakeAll(id); });
  return json::Object();
}

json::Value SqsService::PurgeQueue(const Call& call, Tx& tx) {
  Queue queue = RequireQueue(call, tx);
  if (call.now < queue.purged + kPurgeInterval) {
    throw api::Error("PurgeQueueInProgress", "Only one PurgeQueue operation on " + queue.name +
                                                 " is allowed every 60 seconds.");
  }
  DeleteMessages(tx, queue.id);
  queue.purged = call.now;
  UpdateQueue(tx, queue);
  return json::Object();
}

json::Value SqsService::TagQueue(const Call& call, Tx& tx) {
  Queue queue = RequireQueue(call, tx);
  if (const json::Object* tags = json::GetObject(call.input, "Tags")) AddTags(queue, *tags);
  UpdateQueue(tx, queue);
  return json::Object();
}

json::Value SqsService::UntagQueue(const Call& call, Tx& tx) {
  Queue queue = RequireQueue(call, tx);
  for (const std::string& key : json::GetStrings(call.input, "TagKeys")) queue.tags.erase(key);
  UpdateQueue(tx, queue);
  return json::Object();
}

json::Value SqsService::ListQueueTags(const Call& call, Tx& tx) {
  const Queue queue = RequireQueue(call, tx);
  if (queue.tags.empty()) return json::Object();
  return json::Object{{"Tags", queue.tags}};
}

json::Value SqsService::AddPermission(const Call& call, Tx& tx) {
  Queue queue = RequireQueue(call, tx);
  const std::string label(json::GetString(call.input, "Label"));
  json::Object policy = PolicyOf(queue);
  json::Array& statements = StatementsOf(policy);
  for (const json::Value& statement : statements) {
    if (statement.is_object() && json::GetString(statement.as_object(), "Sid") == label) {
      RefuseValue(label, "Label", "Already exists.");
    }
  }
  json::Array principals, actions;
  for (const std::string& account : json::GetStrings(call.input, "AWSAccountIds")) {
    if (!IsAccountId(account)) {
      RefuseValue("[" + account + "]", "PrincipalId", "Unable to verify.");
    }
    principals.push_back(json::Value("arn:aws:iam::" + account + ":root"));
  }
  for (const std::string& action : json::GetStrings(call.input, "Actions")) {
    if (std::ranges::find(kGrantable, action) == std::end(kGrantable)) {
      RefuseValue("SQS:" + action, "ActionName",
                  "Only the queue owner is allowed to invoke this action.");
    }
    actions.push_back(json::Value("SQS:" + action));
  }
  if (principals.empty() || actions.empty()) {
    throw api::Error("MissingParameter",
                     "The request must contain the parameters AWSAccountIds and Actions.");
  }
  if (principals.size() > kMaxPrincipals || actions.size() > kMaxActions ||
      statements.size() >= kMaxStatements) {
    throw api::Error("OverLimit", std::to_string(statements.size() + 1) +
                                      " statements were found, the limits are 20 statements, 50 "
                                      "principals and 7 actions.");
  }
  statements.push_back(json::Object{{"Sid", label},
                                    {"Effect", "Allow"},
                                    {"Principal", json::Object{{"AWS", std::move(principals)}}},
                                    {"Action", std::move(actions)},
                                    {"Resource", queue.Arn()}});
  queue.attributes["Policy"] = json::Serialize(policy);
  queue.modified = call.now;
  UpdateQueue(tx, queue);
  return json::Object();
}

json::Value SqsService::RemovePermission(const Call& call, Tx& tx) {
  Queue queue = RequireQueue(call, tx);
  const std::string label(json::GetString(call.input, "Label"));
  json::Object policy = PolicyOf(queue);
  json::Array& statements = StatementsOf(policy);
  const auto at = std::ranges::find_if(statements, [&](const json::Value& statement) {
    return statement.is_object() && json::GetString(statement.as_object(), "Sid") == label;
  });
  if (at == statements.end()) {
    RefuseValue(label, "Label", "can't find label on existing policy.");
  }
  statements.erase(at);
  if (statements.empty()) {
    queue.attributes.erase("Policy");
  } else {
    queue.attributes["Policy"] = json::Serialize(policy);
  }
  queue.modified = call.now;
  UpdateQueue(tx, queue);
  return json::Object();
}

json::Value SqsService::ListDeadLetterSourceQueues(const Call& call, Tx& tx) {
  const Queue target = RequireQueue(call, tx);
  const std::string arn = target.Arn();
  const size_t most = PageSize(call.input);
  std::vector<Queue> sources = sqs::ListQueues(tx, call.scope, "", After(call.input), 1'000'000);
  std::erase_if(sources, [&](const Queue& queue) {
    const auto redrive = RedriveOf(queue);
    return !redrive || redrive->target_arn != arn;
  });
  json::Object out = QueueUrls(call, "queueUrls", std::move(sources), most);
  if (!out.contains("queueUrls")) out["queueUrls"] = json::Array();
  return out;
}

void SqsService::RequirePermission(const Call& call, std::string_view action,
                                   const Queue& queue) const {
  const std::string arn = queue.Arn();
  if (!options_.permit || options_.permit(call, action, arn, AttributeOf(queue, "Policy"))) return;
  throw api::Error("AccessDeniedException",
                   call.caller.arn + " is not authorized to perform: " + std::string(action) +
                       " on resource: " + arn,
                   403);
}

void SqsService::Register(api::Registry& registry) {
  using S = SqsService;
  registry.Add<S>(
      "sqs", *this,
      {
          {"AddPermission", api::Write(&S::AddPermission)},
          {"CancelMessageMoveTask", api::Write(&S::CancelMessageMoveTask)},
          {"ChangeMessageVisibility", api::Write(&S::ChangeMessageVisibility)},
          {"ChangeMessageVisibilityBatch", api::Write(&S::ChangeMessageVisibilityBatch)},
          {"CreateQueue", api::Write(&S::CreateQueue)},
          {"DeleteMessage", api::Write(&S::DeleteMessage)},
          {"DeleteMessageBatch", api::Write(&S::DeleteMessageBatch)},
          {"DeleteQueue", api::Write(&S::DeleteQueue)},
          {"GetQueueAttributes", api::Read(&S::GetQueueAttributes)},
          {"GetQueueUrl", api::Read(&S::GetQueueUrl)},
          {"ListDeadLetterSourceQueues", api::Read(&S::ListDeadLetterSourceQueues)},
          {"ListMessageMoveTasks", api::Read(&S::ListMessageMoveTasks)},
          {"ListQueueTags", api::Read(&S::ListQueueTags)},
          {"ListQueues", api::Read(&S::ListQueues)},
          {"PurgeQueue", api::Write(&S::PurgeQueue)},
          {"ReceiveMessage", api::Async(&S::ReceiveMessage)},
          {"RemovePermission", api::Write(&S::RemovePermission)},
          {"SendMessage", api::Write(&S::SendMessage)},
          {"SendMessageBatch", api::Write(&S::SendMessageBatch)},
          {"SetQueueAttributes", api::Write(&S::SetQueueAttributes)},
          {"StartMessageMoveTask", api::Write(&S::StartMessageMoveTask)},
          {"TagQueue", api::Write(&S::TagQueue)},
          {"UntagQueue", api::Write(&S::UntagQueue)},
      });
  registry.SetResourcePolicy("sqs", [](const std::string& arn_text, store::Transaction& tx) {
    const auto arn = Arn::Parse(arn_text);
    if (!arn) return std::string();
    const auto queue = FindQueue(tx, arn->scope(), arn->resource);
    return queue ? AttributeOf(*queue, "Policy") : std::string();
  });
}

}  // namespace riposte::sqs
