#include "wire/rest_body.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "wire/http_binding.h"
#include "wire/json_format.h"
#include "wire/xml_format.h"

namespace riposte::wire {
namespace {

WireError Malformed(const char* code, const Error& error) {
  return {code, error.message, 400, false, {}};
}

std::optional<WireError> ReadPayload(Protocol protocol, const Member& payload,
                                     std::string_view body, json::Object& object) {
  const Shape& shape = *payload.target;
  switch (shape.type) {
    case ShapeType::kBlob:
      object[payload.name] = Base64Encode(body);
      return std::nullopt;
    case ShapeType::kStructure:
    case ShapeType::kUnion:
      if (protocol == Protocol::kRestXml) {
        auto value = ReadXml(body, shape);
        if (!value) return Malformed("MalformedXML", value.error());
        object[payload.name] = std::move(*value);
      } else {
        auto value = ReadJsonBody(body);
        if (!value) return Malformed("SerializationException", value.error());
        object[payload.name] = FromJsonNames(std::move(*value), shape);
      }
      return std::nullopt;
    case ShapeType::kString:
    case ShapeType::kEnum:
      if (!IsUtf8(body)) {
        return WireError{"SerializationException", "The body is not UTF-8.", 400, false, {}};
      }
      object[payload.name] = body;
      return std::nullopt;
    default: {
      auto value = json::Parse(body);
      if (!value) return Malformed("SerializationException", value.error());
      object[payload.name] = std::move(*value);
      return std::nullopt;
    }
  }
}

void SetIfAbsent(http::Headers& headers, std::string_view name, std::string_view value) {
  if (!headers.Has(name)) headers.Set(name, value);
}

void WriteXmlBody(const ServiceModel& service, const std::string& root, const json::Value& value,
                  const Shape& shape, std::string& body) {
  body = fmt::format("{}<{}{}>", kXmlHead, root, XmlNamespaceAttribute(service));
  AppendXmlMembers(body, value, shape);
  body += "</" + root + ">";
}

void WritePayload(const ServiceModel& service, Protocol protocol, const Member& payload,
                  const json::Value& value, http::Headers& headers, std::string& body) {
  const Shape& shape = *payload.target;
  switch (shape.type) {
    case ShapeType::kBlob:
      if (value.is_string()) {
        auto bytes = Base64Decode(json::View(value));
        body = bytes ? std::move(*bytes) : std::string(json::View(value));
      }
      return SetIfAbsent(headers, "Content-Type", "application/octet-stream");
    case ShapeType::kString:
    case ShapeType::kEnum:
      if (value.is_string()) body = std::string(json::View(value));
      return SetIfAbsent(headers, "Content-Type", "text/plain");
    default:
      break;
  }
  if (protocol == Protocol::kRestXml) {
    WriteXmlBody(service, XmlRoot(shape, &payload), value, shape, body);
    SetIfAbsent(headers, "Content-Type", "application/xml");
  } else {
    AppendJson(body, value, payload, true);
    SetIfAbsent(headers, "Content-Type", "application/json");
  }
}

}  // namespace

Result<json::Object> ReadJsonBody(std::string_view body) {
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) return json::Object();
  auto value = json::Parse(body);
  if (!value) return std::unexpected(std::move(value.error()));
  if (!value->is_object()) {
    return Fail(Code::kInvalidArgument, "Start of structure or map expected.");
  }
  return std::move(value->get_object());
}

std::optional<WireError> ReadRestBody(Protocol protocol, const Shape& shape, std::string_view body,
                                      json::Object& object) {
  if (body.empty()) return std::nullopt;
  if (const Member* payload = FindPayload(shape)) {
    return ReadPayload(protocol, *payload, body, object);
  }
  if (!HasBodyMembers(shape)) return std::nullopt;
  if (protocol == Protocol::kRestXml) {
    auto read = ReadXml(body, shape);
    if (!read) return Malformed("MalformedXML", read.error());
    object = std::move(*read);
  } else {
    auto read = ReadJsonBody(body);
    if (!read) return Malformed("SerializationException", read.error());
    object = FromJsonNames(std::move(*read), shape);
  }
  // What is bound to the URI or a header is not taken from the body.
  for (const Member& member : shape.members) {
    if (IsHttpBound(member)) object.erase(member.name);
  }
  return std::nullopt;
}

void WriteRestBody(const ServiceModel& service, Protocol protocol, const Shape& shape,
                   const json::Value& document, http::Headers& headers, std::string& body) {
  if (const Member* payload = FindPayload(shape)) {
    if (const json::Value* value = json::Find(document.get_object(), payload->name)) {
      WritePayload(service, protocol, *payload, *value, headers, body);
    }
    return;
  }
  if (protocol == Protocol::kRestXml) {
    WriteXmlBody(service, XmlRoot(shape, nullptr), document, shape, body);
    SetIfAbsent(headers, "Content-Type", "application/xml");
  } else {
    body = WriteJson(document, shape, true);
    SetIfAbsent(headers, "Content-Type", "application/json");
  }
}

}  // namespace riposte::wire
