#include "observe/audit_record.h"

#include "access/crypto.h"
#include "base/encoding.h"

namespace riposte::observe {
namespace {

constexpr size_t kMaxTextBytes = 2'048;
constexpr size_t kMaxDocumentBytes = 16'384;
constexpr size_t kMaxElements = 200;  // Of one list or map.
constexpr std::string_view kHidden = "HIDDEN_DUE_TO_SECURITY_REASONS";

std::string LowerFirst(std::string_view name) {
  std::string out(name);
  if (!out.empty() && out[0] >= 'A' && out[0] <= 'Z') out[0] = static_cast<char>(out[0] + 32);
  return out;
}

std::string Cut(std::string_view text) {
  if (text.size() <= kMaxTextBytes) return std::string(text);
  size_t end = kMaxTextBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "… (" + std::to_string(text.size()) + " bytes)";
}

/// A value of no known shape (documents): bounded, but as it is.
json::Value CopyDocument(const json::Value& value, int depth);

json::Value Copy(const wire::Shape& shape, const json::Value& value, int depth) {
  if (shape.sensitive) return json::Value(kHidden);
  if (depth > 16) return json::Value("…");
  if (value.is_string()) return json::Value(Cut(json::View(value)));
  switch (shape.type) {
    case wire::ShapeType::kStructure:
    case wire::ShapeType::kUnion: {
      if (!value.is_object()) break;
      json::Object out;
      for (const wire::Member& member : shape.members) {
        const json::Value* inner = json::Find(value.get_object(), member.name);
        if (inner && member.target) {
          out[LowerFirst(member.name)] = Copy(*member.target, *inner, depth + 1);
        }
      }
      return out;
    }
    case wire::ShapeType::kList: {
      if (!value.is_array() || shape.members.empty() || !shape.members[0].target) break;
      json::Array out;
      for (const json::Value& item : value.get_array()) {
        if (out.size() >= kMaxElements) break;
        out.push_back(Copy(*shape.members[0].target, item, depth + 1));
      }
      return out;
    }
    case wire::ShapeType::kMap: {
      if (!value.is_object() || shape.members.size() < 2 || !shape.members[1].target) break;
      json::Object out;
      for (const auto& [key, item] : value.get_object()) {
        if (out.size() >= kMaxElements) break;
        out[key] = Copy(*shape.members[1].target, item, depth + 1);
      }
      return out;
    }
    default:
      break;
  }
  return CopyDocument(value, depth);
}

json::Value CopyDocument(const json::Value& value, int depth) {
  if (depth > 16) return json::Value("…");
  if (value.is_string()) return json::Value(Cut(json::View(value)));
  if (value.is_object()) {
    json::Object out;
    for (const auto& [key, item] : value.get_object()) {
      if (out.size() >= kMaxElements) break;
      out[key] = CopyDocument(item, depth + 1);
    }
    return out;
  }
  if (value.is_array()) {
    json::Array out;
    for (const json::Value& item : value.get_array()) {
      if (out.size() >= kMaxElements) break;
      out.push_back(CopyDocument(item, depth + 1));
    }
    return out;
  }
  return value;
}

json::Object Identity(const access::Principal& caller) {
  using Kind = access::Principal::Kind;
  json::Object out;
  const auto common = [&](const char* type) {
    out["type"] = type;
    json::SetIfNotEmpty(out, "principalId", caller.id);
    json::SetIfNotEmpty(out, "arn", caller.arn);
    json::SetIfNotEmpty(out, "accountId", caller.account.str());
    json::SetIfNotEmpty(out, "accessKeyId", caller.access_key_id);
  };
  switch (caller.kind) {
    case Kind::kRoot:
      common("Root");
      break;
    case Kind::kUser:
      common("IAMUser");
      out["userName"] = UserName(caller);
      break;
    case Kind::kAssumedRole: {
      common("AssumedRole");
      const std::string_view role = caller.role_arn;
      out["sessionContext"] = json::Object{
          {"sessionIssuer",
           json::Object{{"type", "Role"},
                        {"arn", role},
                        {"accountId", caller.account.str()},
                        {"principalId", caller.id.substr(0, caller.id.find(':'))},
                        {"userName", role.substr(std::min(role.rfind('/') + 1, role.size()))}}}};
      break;
    }
    case Kind::kService:
      out["type"] = "AWSService";
      out["invokedBy"] = caller.service;
      json::SetIfNotEmpty(out, "sourceArn", caller.source_arn);
      break;
    case Kind::kAnonymous:
      out["type"] = "Unknown";
      break;
  }
  return out;
}

}  // namespace

AuditHead MakeHead(const api::AuditRecord& record) {
  const api::Call& call = *record.call;
  AuditHead head;
  head.scope = call.scope;
  head.service = call.service;
  head.operation = call.operation;
  head.iam_action = record.iam_action;
  head.caller = call.caller;
  head.source_ip = call.source_ip;
  head.user_agent = call.user_agent;
  head.evidence = record.evidence;
  head.error_code = record.error_code;
  head.error_message = record.error_message;
  head.resources.assign(record.resources.begin(), record.resources.end());
  head.correlation = call.trace.correlation;
  head.readonly = record.readonly;
  return head;
}

json::Value Presentable(const wire::Shape* shape, const json::Value& value) {
  if (!shape || value.is_null()) return nullptr;
  if (value.is_object() && value.get_object().empty()) return nullptr;
  json::Value copy = Copy(*shape, value, 0);
  const std::string text = json::Serialize(copy);
  if (text.size() <= kMaxDocumentBytes) return copy;
  return json::Object{{"omitted", true}, {"originalSize", text.size()}, {"reason", "too large"}};
}

json::Object MakeRecord(const AuditHead& head, json::Value request, json::Value response) {
  json::Object record{{"eventVersion", "1.08"},
                      {"userIdentity", Identity(head.caller)},
                      {"eventTime", nullptr},
                      {"eventSource", EventSource(head.service)},
                      {"eventName", head.operation},
                      {"awsRegion", head.scope.region.str()},
                      {"sourceIPAddress", head.source_ip},
                      {"userAgent", head.user_agent}};
  json::SetIfNotEmpty(record, "errorCode", head.error_code);
  json::SetIfNotEmpty(record, "errorMessage", Cut(head.error_message));
  record["requestParameters"] = std::move(request);
  record["responseElements"] = std::move(response);
  json::Object additional{{"action", head.iam_action}};
  json::SetIfNotEmpty(additional, "authorization", Cut(head.evidence));
  json::SetIfNotEmpty(additional, "correlation", head.correlation);
  record["additionalEventData"] = std::move(additional);
  record["requestID"] = nullptr;
  record["eventID"] = nullptr;
  record["readOnly"] = head.readonly;
  json::Array resources;
  for (const std::string& arn : head.resources) {
    if (arn != "*" && resources.size() < kMaxElements) {
      resources.push_back(json::Object{{"accountId", head.scope.account.str()}, {"ARN", arn}});
    }
  }
  if (!resources.empty()) record["resources"] = std::move(resources);
  record["eventType"] = "AwsApiCall";
  record["managementEvent"] = true;
  record["recipientAccountId"] = head.scope.account.str();
  record["eventCategory"] = "Management";
  return record;
}

void Complete(json::Object& record, TimePoint time, std::string_view request_id,
              std::string_view event_id) {
  record["eventTime"] = FormatIso8601(time);
  record["requestID"] = request_id;
  record["eventID"] = event_id;
}

std::string EventSource(std::string_view service) {
  return std::string(service) + ".amazonaws.com";
}

std::string UserName(const access::Principal& caller) {
  using Kind = access::Principal::Kind;
  switch (caller.kind) {
    case Kind::kRoot:
      return "root";
    case Kind::kUser:
    case Kind::kAssumedRole:
      return caller.arn.substr(std::min(caller.arn.rfind('/') + 1, caller.arn.size()));
    case Kind::kService:
      return caller.service;
    case Kind::kAnonymous:
      return "";
  }
  return "";
}

std::string EventId(std::string_view request_id, std::string_view service,
                    std::string_view operation) {
  std::string bytes(request_id);
  bytes.append("/").append(service).append("/").append(operation);
  std::string digest = access::Sha256(bytes).substr(0, 16);
  digest[6] = static_cast<char>((digest[6] & 0x0F) | 0x80);  // Version 8: made from a hash.
  digest[8] = static_cast<char>((digest[8] & 0x3F) | 0x80);
  const std::string hex = HexEncode(digest);
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20);
}

}  // namespace riposte::observe
