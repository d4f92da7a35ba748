#include "services/sqs/attributes.h"

#include <algorithm>
#include <charconv>

#include "api/error.h"

namespace riposte::sqs {
namespace {

struct Attribute {
  std::string_view name;
  enum class Type { kNumber, kBoolean, kText, kDocument } type;
  std::string_view fallback;
  int64_t least = 0;
  int64_t most = 0;
  bool fifo_only = false;
};
using enum Attribute::Type;

constexpr Attribute kAttributes[] = {
    {"DelaySeconds", kNumber, "0", 0, 900},
    {"MaximumMessageSize", kNumber, "1048576", 1024, 1'048'576},
    {"MessageRetentionPeriod", kNumber, "345600", 60, 1'209'600},
    {"ReceiveMessageWaitTimeSeconds", kNumber, "0", 0, 20},
    {"VisibilityTimeout", kNumber, "30", 0, 43'200},
    {"KmsDataKeyReusePeriodSeconds", kNumber, "", 60, 86'400},
    {"SqsManagedSseEnabled", kBoolean, "true"},
    {"KmsMasterKeyId", kText, ""},
    {"Policy", kDocument, ""},
    {"RedrivePolicy", kDocument, ""},
    {"RedriveAllowPolicy", kDocument, ""},
    {"FifoQueue", kBoolean, "", 0, 0, true},
    {"ContentBasedDeduplication", kBoolean, "false", 0, 0, true},
    {"DeduplicationScope", kText, "queue", 0, 0, true},
    {"FifoThroughputLimit", kText, "perQueue", 0, 0, true},
};

const Attribute* FindAttribute(std::string_view name) {
  const auto at = std::ranges::find(kAttributes, name, &Attribute::name);
  return at == std::end(kAttributes) ? nullptr : at;
}

[[noreturn]] void Refuse(std::string_view name, std::string_view reason = {}) {
  std::string message = "Invalid value for the parameter " + std::string(name) + ".";
  if (!reason.empty()) message += " Reason: " + std::string(reason);
  throw api::Error("InvalidAttributeValue", std::move(message));
}

std::optional<int64_t> ToNumber(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

json::Object ParseDocument(std::string_view name, std::string_view text) {
  auto parsed = json::Parse(text);
  if (!parsed || !parsed->is_object()) Refuse(name, "Must be a JSON object.");
  return std::move(parsed->as_object());
}

/// maxReceiveCount may be a number or a string of digits.
int64_t CountIn(const json::Object& policy) {
  const json::Value* value = json::Find(policy, "maxReceiveCount");
  if (value == nullptr) return 0;
  if (value->is_string()) return ToNumber(json::View(*value)).value_or(0);
  return value->is_int64() ? value->as_int64() : 0;
}

void CheckDocument(std::string_view name, std::string_view text) {
  const json::Object document = ParseDocument(name, text);
  if (name == "RedrivePolicy") {
    const auto count = CountIn(document);
    if (json::GetString(document, "deadLetterTargetArn").empty()) {
      Refuse(name, "Missing required parameter deadLetterTargetArn.");
    }
    if (count < 1 || count > 1000) Refuse(name, "Invalid value for maxReceiveCount.");
  } else if (name == "RedriveAllowPolicy") {
    const std::string_view permission = json::GetString(document, "redrivePermission");
    const size_t sources = json::GetStrings(document, "sourceQueueArns").size();
    if ((permission != "allowAll" && permission != "denyAll" && permission != "byQueue") ||
        (permission == "byQueue") != (sources > 0) || sources > 10) {
      Refuse(name);
    }
  }
}

}  // namespace

json::Object CheckAttributes(const json::Object& given, bool fifo, bool creating) {
  json::Object out;
  for (const auto& [key, value] : given) {
    std::string_view name(key.data(), key.size());
    if (name == "VisibilityTimeoutSeconds") name = "VisibilityTimeout";
    const Attribute* attribute = FindAttribute(name);
    if (attribute == nullptr) {
      throw api::Error("InvalidAttributeName", "Unknown Attribute " + std::string(name) + ".");
    }
    if (!value.is_string()) Refuse(name);
    const std::string_view text = json::View(value);
    if (attribute->fifo_only && !fifo) {
      throw api::Error("InvalidAttributeName", "Unknown Attribute " + std::string(name) + ".");
    }
    switch (attribute->type) {
      case kNumber: {
        const auto number = ToNumber(text);
        if (!number || *number < attribute->least || *number > attribute->most) Refuse(name);
        break;
      }
      case kBoolean:
        if (text != "true" && text != "false") Refuse(name);
        if (name == "FifoQueue" && (text != "true" || !creating)) Refuse(name);
        break;
      case kText:
        if (name == "DeduplicationScope" && text != "queue" && text != "messageGroup") {
          Refuse(name);
        }
        if (name == "FifoThroughputLimit" && text != "perQueue" && text != "perMessageGroupId") {
          Refuse(name);
        }
        break;
      case kDocument:
        if (!text.empty()) CheckDocument(name, text);
        break;
    }
    out[name] = text;
  }
  return out;
}

void CheckTogether(const Queue& queue) {
  if (AttributeOf(queue, "FifoThroughputLimit") == "perMessageGroupId" &&
      AttributeOf(queue, "DeduplicationScope") != "messageGroup") {
    Refuse("FifoThroughputLimit",
           "The perMessageGroupId value is allowed only when the value for DeduplicationScope is "
           "messageGroup.");
  }
}

std::string AttributeOf(const Queue& queue, std::string_view name) {
  const std::string_view set = json::GetString(queue.attributes, name);
  if (!set.empty()) return std::string(set);
  const Attribute* attribute = FindAttribute(name);
  if (attribute == nullptr || (attribute->fifo_only && !queue.fifo())) return {};
  const bool has_key = !json::GetString(queue.attributes, "KmsMasterKeyId").empty();
  if (name == "SqsManagedSseEnabled" && has_key) return "false";  // One or the other.
  if (name == "KmsDataKeyReusePeriodSeconds" && has_key) return "300";
  return std::string(attribute->fallback);
}

int64_t NumberOf(const Queue& queue, std::string_view name) {
  return ToNumber(AttributeOf(queue, name)).value_or(0);
}

std::optional<Redrive> RedriveOf(const Queue& queue) {
  const std::string text = AttributeOf(queue, "RedrivePolicy");
  if (text.empty()) return std::nullopt;
  const json::Object policy = ParseDocument("RedrivePolicy", text);
  return Redrive{std::string(json::GetString(policy, "deadLetterTargetArn")), CountIn(policy)};
}

bool AllowsRedriveFrom(const Queue& target, const std::string& source_arn) {
  const std::string text = AttributeOf(target, "RedriveAllowPolicy");
  if (text.empty()) return true;
  const json::Object policy = ParseDocument("RedriveAllowPolicy", text);
  const std::string_view permission = json::GetString(policy, "redrivePermission");
  if (permission != "byQueue") return permission == "allowAll";
  const auto sources = json::GetStrings(policy, "sourceQueueArns");
  return std::ranges::find(sources, source_arn) != sources.end();
}

json::Object DescribeQueue(const Queue& queue, const Counts& counts) {
  json::Object out;
  for (const Attribute& attribute : kAttributes) {
    json::SetIfNotEmpty(out, attribute.name, AttributeOf(queue, attribute.name));
  }
  if (queue.fifo()) out["FifoQueue"] = "true";
  out["QueueArn"] = queue.Arn();
  out["ApproximateNumberOfMessages"] = std::to_string(counts.visible);
  out["ApproximateNumberOfMessagesNotVisible"] = std::to_string(counts.in_flight);
  out["ApproximateNumberOfMessagesDelayed"] = std::to_string(counts.delayed);
  out["CreatedTimestamp"] = std::to_string(ToMillis(queue.created) / 1000);
  out["LastModifiedTimestamp"] = std::to_string(ToMillis(queue.modified) / 1000);
  return out;
}

}  // namespace riposte::sqs
