#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <set>

#include "access/crypto.h"
#include "api/error.h"
#include "base/encoding.h"
#include "services/sqs/attributes.h"
#include "services/sqs/digest.h"
#include "services/sqs/sqs.h"
#include "store/guard.h"

namespace riposte::sqs {
namespace {

constexpr size_t kMaxBatch = 10;
constexpr size_t kMaxAttributes = 10;
constexpr size_t kMaxBatchBytes = 1'048'576;
constexpr int64_t kMaxVisibility = 43'200;
constexpr auto kDeduplication = std::chrono::minutes(5);

void CheckAttributeName(const std::string& name) {
  std::string lower = name.substr(0, 7);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  const bool ok =
      !lower.starts_with("aws.") && lower != "amazon." && !name.empty() && name.size() <= 256 &&
      !name.starts_with('.') && !name.ends_with('.') && name.find("..") == std::string::npos &&
      name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") ==
          std::string::npos;
  if (!ok) {
    throw api::Error("InvalidParameterValue",
                     "The message attribute name '" + name +
                         "' is invalid. Attribute names can contain A-Z, a-z, 0-9, underscore, "
                         "hyphen and period, but not at the start or end, or twice in a row, "
                         "and must not begin with AWS. or Amazon.");
  }
}

/// #x9, #xA, #xD, #x20 to #xD7FF, #xE000 to #xFFFD, #x10000 to #x10FFFF. Bodies are UTF-8.
bool IsAllowedText(std::string_view text) {
  constexpr uint64_t kTops = 0x8080808080808080u;
  constexpr uint64_t kSpaces = 0x2020202020202020u;
  for (size_t i = 0; i < text.size(); ++i) {
    // Eight bytes at a time while none of them is a control character or beyond ASCII.
    uint64_t eight = 0;
    while (i + 8 <= text.size() &&
           (std::memcpy(&eight, text.data() + i, 8), ((eight | (eight - kSpaces)) & kTops) == 0)) {
      i += 8;
    }
    if (i == text.size()) break;
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 && c != 0x9 && c != 0xA && c != 0xD) return false;
    // U+FFFE and U+FFFF.
    if (c == 0xEF && text.substr(i, 2) == "\xEF\xBF" && i + 2 < text.size() &&
        static_cast<unsigned char>(text[i + 2]) >= 0xBE) {
      return false;
    }
  }
  return IsUtf8(text);
}

/// Up to 38 digits, a fraction and an exponent.
bool IsNumber(std::string_view text) {
  double value = 0;
  const char* first = text.data();
  if (text.starts_with('+')) ++first;
  const auto [end, error] = std::from_chars(first, text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

/// What an attribute counts for, in bytes.
size_t SizeOf(std::string_view name, const json::Object& attribute) {
  const std::string_view type = json::GetString(attribute, "DataType");
  const size_t content = type.starts_with("Binary")
                             ? json::GetString(attribute, "BinaryValue").size() * 3 / 4
                             : json::GetString(attribute, "StringValue").size();
  return name.size() + type.size() + content;
}

/// Checks the attributes of a message; returns their size in bytes.
size_t CheckMessageAttributes(const json::Object& attributes) {
  if (attributes.size() > kMaxAttributes) {
    throw api::Error("InvalidParameterValue", "Number of message attributes [" +
                                                  std::to_string(attributes.size()) +
                                                  "] exceeds the allowed maximum [10].");
  }
  size_t bytes = 0;
  for (const auto& [key, value] : attributes) {
    const std::string name(key);
    CheckAttributeName(name);
    const json::Object& attribute = value.as_object();
    const std::string_view type = json::GetString(attribute, "DataType");
    if (type.empty()) {
      throw api::Error(
          "InvalidParameterValue",
          "The message attribute '" + name + "' must contain non-empty message attribute type.");
    }
    const std::string_view base = type.substr(0, type.find('.'));
    if (type.size() > 256 || (base != "String" && base != "Number" && base != "Binary")) {
      throw api::Error("InvalidParameterValue",
                       "The message attribute '" + name +
                           "' has an invalid message attribute type, the set of supported type "
                           "prefixes is Binary, Number, and String.");
    }
    const std::string_view content =
        json::GetString(attribute, base == "Binary" ? "BinaryValue" : "StringValue");
    if (content.empty()) {
      throw api::Error("InvalidParameterValue", "The message attribute '" + name +
                                                    "' must contain non-empty message "
                                                    "attribute value for message attribute type '" +
                                                    std::string(base) + "'.");
    }
    if (base == "Number" && !IsNumber(content)) {
      throw api::Error("InvalidParameterValue",
                       "Can't cast the value of message attribute '" + name + "' to a number.");
    }
    if (base != "Binary" && !IsAllowedText(content)) {
      throw api::Error("InvalidMessageContents",
                       "Invalid characters found in the message attribute '" + name + "'.");
    }
    bytes += SizeOf(name, attribute);
  }
  return bytes;
}

bool IsEntryId(std::string_view id) {
  return !id.empty() && id.size() <= 80 &&
         id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
             std::string_view::npos;
}

/// The entries of a batch, after the checks that refuse the whole of it.
const json::Array& EntriesOf(const json::Object& input) {
  const json::Array* entries = json::GetArray(input, "Entries");
  if (entries == nullptr || entries->empty()) {
    throw api::Error("EmptyBatchRequest", "There should be at least one entry in the request.");
  }
  if (entries->size() > kMaxBatch) {
    throw api::Error("TooManyEntriesInBatchRequest",
                     "Maximum number of entries per request are 10. You have sent " +
                         std::to_string(entries->size()) + ".");
  }
  std::set<std::string_view> ids;
  for (const json::Value& entry : *entries) {
    const std::string_view id = json::GetString(entry.as_object(), "Id");
    if (!IsEntryId(id)) {
      throw api::Error("InvalidBatchEntryId",
                       "A batch entry id can only contain alphanumeric characters, hyphens and "
                       "underscores. It can be at most 80 letters long.");
    }
    if (!ids.insert(id).second) {
      throw api::Error("BatchEntryIdsNotDistinct", "Id " + std::string(id) + " repeated.");
    }
  }
  return *entries;
}

/// Runs `each` for every entry; what it throws becomes that entry's failure.
template <class Each>
json::Object RunBatch(const json::Object& input, const Each& each) {
  json::Array successful, failed;
  for (const json::Value& value : EntriesOf(input)) {
    const json::Object& entry = value.as_object();
    const std::string_view id = json::GetString(entry, "Id");
    try {
      json::Object done = each(entry);
      done["Id"] = id;
      successful.push_back(std::move(done));
    } catch (const api::Error& error) {
      failed.push_back(json::Object{
          {"Id", id}, {"SenderFault", true}, {"Code", error.code()}, {"Message", error.message()}});
    }
  }
  json::Object out{{"Successful", std::move(successful)}};
  // The list is absent, not empty, when all went well: clients test for its presence.
  if (!failed.empty()) out["Failed"] = std::move(failed);
  return out;
}

}  // namespace

void CheckToken(const std::string& token, std::string_view parameter) {
  constexpr size_t kMost = 128;
  const bool ok = !token.empty() && token.size() <= kMost &&
                  std::ranges::all_of(token, [](char c) { return c > 0x20 && c < 0x7F; });
  if (!ok) {
    RefuseValue(token.substr(0, kMost), parameter,
                std::string(parameter) +
                    " can only include alphanumeric and punctuation characters. 1 to 128 in "
                    "length.");
  }
}

std::string ToHandle(const Receipt& receipt) {
  return Base64Encode("riposte:" + std::to_string(receipt.queue_id) + ":" +
                      std::to_string(receipt.message) + ":" + std::to_string(receipt.count) + ":" +
                      std::to_string(receipt.received_ms));
}

Receipt ParseHandle(const std::string& handle, int64_t queue_id) {
  const auto refuse = [&]() -> Receipt {
    throw api::Error("ReceiptHandleIsInvalid", "The input receipt handle \"" +
                                                   handle.substr(0, 200) +
                                                   "\" is not a valid receipt handle.");
  };
  const auto text = Base64Decode(handle);
  if (!text || !text->starts_with("riposte:")) return refuse();
  Receipt receipt;
  const char* at = text->data() + 8;
  const char* const end = text->data() + text->size();
  for (int64_t* part :
       {&receipt.queue_id, &receipt.message, &receipt.count, &receipt.received_ms}) {
    const auto [next, error] = std::from_chars(at, end, *part);
    if (error != std::errc() || (next != end && *next != ':')) return refuse();
    at = next == end ? end : next + 1;
  }
  if (receipt.queue_id != queue_id || receipt.count < 1) return refuse();
  return receipt;
}

void SqsService::Arrive(Tx& tx, int64_t queue_id, int messages) {
  tx.OnCommit([this, queue_id, messages] { waiters_.Arrived(queue_id, messages); });
}

json::Object SqsService::Send(const Call& call, Tx& tx, const Queue& queue,
                              const json::Object& entry) {
  Message message;
  message.queue_id = queue.id;
  message.body = json::GetString(entry, "MessageBody");
  if (message.body.empty()) {
    throw api::Error("MissingParameter", "The request must contain the parameter MessageBody.");
  }
  if (const json::Object* given = json::GetObject(entry, "MessageAttributes")) {
    message.attributes = *given;
  }
  const size_t bytes = message.body.size() + CheckMessageAttributes(message.attributes);
  const auto most = static_cast<size_t>(NumberOf(queue, "MaximumMessageSize"));
  if (bytes > most) {
    throw api::Error("InvalidParameterValue",
                     "One or more parameters are invalid. Reason: Message must be shorter than " +
                         std::to_string(most) + " bytes.");
  }
  if (!IsAllowedText(message.body)) {
    throw api::Error("InvalidMessageContents",
                     "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | "
                     "#x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF");
  }
  const json::Value* delay_given = json::Find(entry, "DelaySeconds");
  const int64_t delay = delay_given == nullptr ? NumberOf(queue, "DelaySeconds")
                                               : json::GetInt(entry, "DelaySeconds");
  if (delay < 0 || delay > 900) {
    RefuseValue(std::to_string(delay), "DelaySeconds", "DelaySeconds must be >= 0 and <= 900.");
  }
  message.group_id = json::GetString(entry, "MessageGroupId");
  message.deduplication_id = json::GetString(entry, "MessageDeduplicationId");
  if (!message.group_id.empty()) CheckToken(message.group_id, "MessageGroupId");
  if (!message.deduplication_id.empty()) {
    CheckToken(message.deduplication_id, "MessageDeduplicationId");
  }
  if (queue.fifo()) {
    if (delay_given != nullptr && delay != 0) {
      RefuseValue(std::to_string(delay), "DelaySeconds",
                  "The request include parameter that is not valid for this queue type.");
    }
    if (message.group_id.empty()) {
      throw api::Error("MissingParameter",
                       "The request must contain the parameter MessageGroupId.");
    }
    if (message.deduplication_id.empty()) {
      if (AttributeOf(queue, "ContentBasedDeduplication") != "true") {
        throw api::Error("InvalidParameterValue",
                         "The queue should either have ContentBasedDeduplication enabled or "
                         "MessageDeduplicationId provided explicitly");
      }
      message.deduplication_id = access::Sha256Hex(message.body);
    }
  } else if (!message.deduplication_id.empty()) {
    RefuseValue(message.deduplication_id, "MessageDeduplicationId",
                "The request includes a parameter that is not valid for this queue type.");
  }
  message.message_id = random_.Uuid();
  message.sent = call.now;
  message.visible = call.now + std::chrono::seconds(delay);
  message.system_attributes["SenderId"] = call.caller.id;
  if (const json::Object* given = json::GetObject(entry, "MessageSystemAttributes")) {
    for (const auto& [name, value] : *given) {
      if (name != "AWSTraceHeader" || json::GetString(value.as_object(), "DataType") != "String") {
        throw api::Error("InvalidParameterValue",
                         "Message system attribute name '" + std::string(name) +
                             "' is invalid: only AWSTraceHeader of type String is accepted.");
      }
      message.system_attributes["AWSTraceHeader"] =
          json::GetString(value.as_object(), "StringValue");
    }
  }
  // The chain goes on through the queue: whoever reads the message can tell how long it is.
  if (call.trace.hops > 0 && !message.system_attributes.contains("AWSTraceHeader")) {
    json::SetIfNotEmpty(message.system_attributes, "AWSTraceHeader", FormatTrace(call.trace));
  }
  // From here on nothing is refused any more: LeaveUnguarded counts on it.
  FollowClock(tx, call.now);
  std::string key;
  std::optional<Duplicate> earlier;
  if (queue.fifo()) {
    key = message.deduplication_id;
    if (AttributeOf(queue, "DeduplicationScope") == "messageGroup") {
      key = message.group_id + "\n" + key;
    }
    earlier = FindDuplicate(tx, queue.id, key, call.now);
  }
  if (earlier) {
    message.message_id = earlier->message_id;
    message.sequence = earlier->sequence;
  } else {
    InsertMessage(tx, message, queue.fifo());
    if (queue.fifo()) {
      PutDuplicate(tx, queue.id, key, {message.message_id, message.sequence}, call.now,
                   call.now + kDeduplication);
    }
    metrics_.Sent(queue.id);
    Arrive(tx, queue.id, 1);
  }
  if (!call.wants_output) return {};
  json::Object out{{"MessageId", message.message_id},
                   {"MD5OfMessageBody", access::Md5Hex(message.body)}};
  json::SetIfNotEmpty(out, "MD5OfMessageAttributes", Md5OfAttributes(message.attributes));
  if (const json::Object* given = json::GetObject(entry, "MessageSystemAttributes")) {
    json::SetIfNotEmpty(out, "MD5OfMessageSystemAttributes", Md5OfAttributes(*given));
  }
  if (queue.fifo()) {
    const std::string digits = std::to_string(message.sequence);
    out["SequenceNumber"] = std::string(20 - digits.size(), '0') + digits;
  }
  return out;
}

json::Value SqsService::SendMessage(const Call& call, Tx& tx) {
  store::LeaveUnguarded(tx);
  return Send(call, tx, RequireQueue(call, tx), call.input);
}

json::Value SqsService::SendMessageBatch(const Call& call, Tx& tx) {
  store::LeaveUnguarded(tx);  // What one entry throws ends in its own failure.
  const Queue queue = RequireQueue(call, tx);
  size_t bytes = 0;
  for (const json::Value& entry : EntriesOf(call.input)) {
    bytes += json::GetString(entry.as_object(), "MessageBody").size();
    if (const json::Object* attributes = json::GetObject(entry.as_object(), "MessageAttributes")) {
      for (const auto& [name, value] : *attributes) {
        bytes += SizeOf(std::string_view(name.data(), name.size()), value.as_object());
      }
    }
  }
  if (bytes > kMaxBatchBytes) {
    throw api::Error("BatchRequestTooLong",
                     "Batch requests cannot be longer than 1048576 bytes. You have sent " +
                         std::to_string(bytes) + " bytes.");
  }
  return RunBatch(call.input,
                  [&](const json::Object& entry) { return Send(call, tx, queue, entry); });
}

void SqsService::Delete(const Call& call, Tx& tx, const Queue& queue, const json::Object& entry) {
  const std::string handle(json::GetString(entry, "ReceiptHandle"));
  const Receipt receipt = ParseHandle(handle, queue.id);
  if (queue.fifo()) {
    const auto message = FindMessage(tx, queue.id, receipt.message);
    if (message && (message->receive_count != receipt.count || message->visible <= call.now)) {
      RefuseValue(handle, "ReceiptHandle", "The receipt handle has expired.");
    }
    Arrive(tx, queue.id, 1);  // The next of its group may be received now.
  }
  // An older receipt succeeds and deletes nothing: somebody else may hold the message by now.
  if (sqs::DeleteReceived(tx, queue.id, receipt.message, receipt.count)) metrics_.Deleted(queue.id);
}

json::Value SqsService::DeleteMessage(const Call& call, Tx& tx) {
  store::LeaveUnguarded(tx);
  Delete(call, tx, RequireQueue(call, tx), call.input);
  return json::Object();
}

json::Value SqsService::DeleteMessageBatch(const Call& call, Tx& tx) {
  store::LeaveUnguarded(tx);  // What one entry throws ends in its own failure.
  const Queue queue = RequireQueue(call, tx);
  return RunBatch(call.input, [&](const json::Object& entry) {
    Delete(call, tx, queue, entry);
    return json::Object();
  });
}

void SqsService::ChangeVisibility(const Call& call, Tx& tx, const Queue& queue,
                                  const json::Object& entry) {
  const int64_t seconds = json::GetInt(entry, "VisibilityTimeout");
  if (seconds < 0 || seconds > kMaxVisibility) {
    RefuseValue(std::to_string(seconds), "VisibilityTimeout",
                "VisibilityTimeout must be an integer between 0 and 43200.");
  }
  const std::string handle(json::GetString(entry, "ReceiptHandle"));
  const Receipt receipt = ParseHandle(handle, queue.id);
  auto message = FindMessage(tx, queue.id, receipt.message);
  if (!message) {
    RefuseValue(handle, "ReceiptHandle",
                "Message does not exist or is not available for visibility timeout change.");
  }
  if (message->visible <= call.now || message->receive_count == 0) {
    throw api::Error("MessageNotInflight",
                     "The specified message isn't in flight or is not available for visibility "
                     "timeout change.");
  }
  if (message->receive_count != receipt.count) {
    // Somebody else holds it by now: an older receipt must not end or stretch that hold.
    RefuseValue(handle, "ReceiptHandle", "The receipt handle has expired.");
  }
  message->visible = call.now + std::chrono::seconds(seconds);
  if (message->visible > FromMillis(receipt.received_ms) + std::chrono::seconds(kMaxVisibility)) {
    RefuseValue(std::to_string(seconds), "VisibilityTimeout",
                "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]");
  }
  MarkReceived(tx, *message);
  // Those who wait have set their timers by the old time.
  Arrive(tx, queue.id, 1);
}

json::Value SqsService::ChangeMessageVisibility(const Call& call, Tx& tx) {
  ChangeVisibility(call, tx, RequireQueue(call, tx), call.input);
  return json::Object();
}

json::Value SqsService::ChangeMessageVisibilityBatch(const Call& call, Tx& tx) {
  const Queue queue = RequireQueue(call, tx);
  return RunBatch(call.input, [&](const json::Object& entry) {
    ChangeVisibility(call, tx, queue, entry);
    return json::Object();
  });
}

}  // namespace riposte::sqs
