#include "wire/client_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "wire/check_types.h"
#include "wire/json_format.h"
#include "wire/rest_body.h"
#include "wire/xml_format.h"

namespace riposte::wire {
namespace {

/// What a reply calls its error, before the model is asked.
struct Raw {
  std::string code;
  std::string message;
};

/// "com.amazonaws.sqs#QueueDoesNotExist:http://…" -> "QueueDoesNotExist". "" for what is no name.
std::string CleanCode(std::string_view text) {
  constexpr size_t kMaxCode = 128;
  text = text.substr(0, text.find(':'));
  if (const size_t hash = text.rfind('#'); hash != std::string_view::npos) {
    text.remove_prefix(hash + 1);
  }
  const bool name = text.size() <= kMaxCode && std::ranges::all_of(text, [](char c) {
                      return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                             (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
                    });
  return name ? std::string(text) : std::string();
}

bool IsMessage(std::string_view name) {
  return http::EqualsIgnoreCase(name, "message") || http::EqualsIgnoreCase(name, "errorMessage");
}

/// The shape that the operation, else the service, gives that code.
const Shape* FindShape(const ServiceModel& service, const OperationModel& operation,
                       std::string_view code) {
  for (const Shape* shape : operation.errors) {
    if (shape->name == code || shape->query_error_code == code) return shape;
  }
  return service.FindError(code);
}

WireError Make(const http::Response& reply, const Shape* shape, Raw raw) {
  WireError error;
  error.code = shape ? shape->name : std::move(raw.code);
  error.message = std::move(raw.message);
  error.http_status = reply.status;
  error.server_fault =
      reply.status < 300 || reply.status >= 500 || (shape && shape->is_server_fault);
  return error;
}

/// The modelled members besides the message; none when they are not of the model's types.
json::Object Fields(json::Object object, const Shape& shape) {
  if (!CheckTypes(shape, object)) return {};
  for (const Member& member : shape.members) {
    if (IsMessage(member.name)) object.erase(member.name);
  }
  return object;
}

bool HasFields(const Shape* shape) {
  return shape && std::ranges::any_of(shape->members,
                                      [](const Member& member) { return !IsMessage(member.name); });
}

std::optional<WireError> ReadJsonError(const ServiceModel& service, const OperationModel& operation,
                                       Protocol protocol, const http::Response& reply) {
  auto body = ReadJsonBody(reply.body);
  json::Object object = body ? std::move(*body) : json::Object();
  Raw raw;
  raw.code = CleanCode(reply.headers.Get("x-amzn-ErrorType"));
  for (const char* name : {"__type", "code", "Code"}) {
    if (raw.code.empty()) raw.code = CleanCode(json::GetString(object, name));
  }
  if (raw.code.empty()) return std::nullopt;
  for (const char* name : {"message", "Message", "errorMessage"}) {
    if (raw.message.empty()) raw.message = json::GetString(object, name);
  }
  const Shape* shape = FindShape(service, operation, raw.code);
  WireError error = Make(reply, shape, std::move(raw));
  if (HasFields(shape)) {
    if (protocol == Protocol::kRestJson1) object = FromJsonNames(std::move(object), *shape);
    error.fields = Fields(std::move(object), *shape);
  }
  return error;
}

/// Reads the structure `shape` at the place where documents with this root keep their error.
std::optional<json::Object> ReadXmlError(std::string_view body, std::string_view root,
                                         const Shape& shape) {
  const auto wrap = [](const char* name, const Shape& inner) {
    Shape outer;
    outer.type = ShapeType::kStructure;
    outer.members.emplace_back();
    outer.members[0].name = name;
    outer.members[0].target = &inner;
    return outer;
  };
  const Shape error = wrap("Error", shape);
  const Shape errors = wrap("Errors", error);
  const Shape* document = root == "Error"           ? &shape
                          : root == "ErrorResponse" ? &error
                          : root == "Response"      ? &errors
                                                    : nullptr;
  if (!document) return std::nullopt;
  auto read = ReadXml(body, *document);
  if (!read) return std::nullopt;
  json::Object object = std::move(*read);
  for (const Shape* at = document; at != &shape; at = at->members[0].target) {
    json::Object* inner = nullptr;
    if (json::Value* value = object.if_contains(at->members[0].name)) inner = value->if_object();
    if (!inner) return std::nullopt;
    object = json::Object(std::move(*inner));
  }
  return object;
}

std::optional<WireError> ReadXmlErrorReply(const ServiceModel& service,
                                           const OperationModel& operation,
                                           const http::Response& reply) {
  const Shape text;
  Shape common;
  common.type = ShapeType::kStructure;
  for (const char* name : {"Code", "Message"}) {
    common.members.emplace_back();
    common.members.back().name = name;
    common.members.back().target = &text;
  }
  const std::string root = ReadXmlRoot(reply.body);
  const auto object = ReadXmlError(reply.body, root, common);
  if (!object) return std::nullopt;
  Raw raw{CleanCode(json::GetString(*object, "Code")),
          std::string(json::GetString(*object, "Message"))};
  if (raw.code.empty()) return std::nullopt;
  const Shape* shape = FindShape(service, operation, raw.code);
  WireError error = Make(reply, shape, std::move(raw));
  if (HasFields(shape)) {
    if (auto fields = ReadXmlError(reply.body, root, *shape)) {
      error.fields = Fields(std::move(*fields), *shape);
    }
  }
  return error;
}

/// A reply to HEAD has no body: the status is all it says.
std::optional<WireError> ReadHeadError(const OperationModel& operation,
                                       const http::Response& reply) {
  const Shape* found = nullptr;
  for (const Shape* shape : operation.errors) {
    if (shape->http_status != reply.status) continue;
    if (found) return std::nullopt;
    found = shape;
  }
  if (found) return Make(reply, found, {});
  if (reply.status == 403) return Make(reply, nullptr, {"AccessDenied", "Forbidden"});
  if (reply.status == 404) return Make(reply, nullptr, {"NotFound", "Not Found"});
  return std::nullopt;
}

}  // namespace

WireError ReadErrorReply(const ServiceModel& service, const OperationModel& operation,
                         Protocol protocol, const http::Response& reply) {
  std::optional<WireError> error;
  if (operation.http_method == "HEAD") {
    error = ReadHeadError(operation, reply);
  } else if (protocol == Protocol::kAwsQuery || protocol == Protocol::kEc2Query ||
             protocol == Protocol::kRestXml) {
    error = ReadXmlErrorReply(service, operation, reply);
  } else {
    error = ReadJsonError(service, operation, protocol, reply);
  }
  return error ? std::move(*error) : UnreadableReply(reply, "no error document");
}

WireError UnreadableReply(const http::Response& reply, std::string_view why) {
  const bool unavailable = reply.status >= 500;
  return {unavailable ? "ServiceUnavailable" : "UnknownError",
          fmt::format("The service replied with status {}: {}", reply.status, why),
          reply.status,
          unavailable || reply.status < 400,
          {}};
}

}  // namespace riposte::wire
