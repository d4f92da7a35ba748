#include "wire/codec.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "wire/body.h"
#include "wire/cbor.h"
#include "wire/http_binding.h"
#include "wire/json_format.h"
#include "wire/query_format.h"
#include "wire/text_value.h"
#include "wire/xml_format.h"

namespace riposte::wire {
namespace {

using Decoded = std::expected<json::Object, WireError>;

std::unexpected<WireError> Refuse(std::string code, std::string message) {
  return std::unexpected<WireError>({std::move(code), std::move(message), 400, false, {}});
}

Decoded DecodeJson(std::string_view body) {
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) return json::Object();
  auto value = json::Parse(body);
  if (!value) return Refuse("SerializationException", value.error().message);
  if (!value->is_object()) {
    return Refuse("SerializationException", "Start of structure or map expected.");
  }
  return std::move(value->get_object());
}

Decoded DecodeCbor(std::string_view body) {
  if (body.empty()) return json::Object();
  auto value = ReadCbor(body);
  if (!value) return Refuse("SerializationException", value.error().message);
  if (!value->is_object()) {
    return Refuse("SerializationException", "Start of structure or map expected.");
  }
  return std::move(value->get_object());
}

Decoded DecodeQuery(const Route& route, const http::Request& request, std::string_view body) {
  Parameters parameters = ParseParameters(request.query());
  for (auto& parameter : ParseParameters(body)) parameters.push_back(std::move(parameter));
  const bool ec2 = route.protocol == Protocol::kEc2Query;
  auto object = ReadQuery(parameters, *route.operation->input, ec2);
  if (object) return std::move(*object);
  const Error& error = object.error();
  if (ec2 || route.service->name == "sqs") {
    return Refuse("InvalidParameterValue",
                  "Invalid value for the parameter " + error.detail + ": " + error.message);
  }
  return Refuse("MalformedInput",
                error.detail.empty() ? error.message : error.message + " (" + error.detail + ")");
}

/// The payload member of a REST request.
std::optional<WireError> DecodePayload(const Route& route, const Member& payload,
                                       std::string_view body, json::Object& input) {
  if (body.empty()) return std::nullopt;
  const Shape& shape = *payload.target;
  switch (shape.type) {
    case ShapeType::kBlob:
      input[payload.name] = Base64Encode(body);
      return std::nullopt;
    case ShapeType::kStructure:
    case ShapeType::kUnion:
      if (route.protocol == Protocol::kRestXml) {
        auto object = ReadXml(body, shape);
        if (!object) return WireError{"MalformedXML", object.error().message, 400, false, {}};
        input[payload.name] = std::move(*object);
      } else {
        auto object = DecodeJson(body);
        if (!object) return object.error();
        input[payload.name] = FromJsonNames(std::move(*object), shape);
      }
      return std::nullopt;
    case ShapeType::kString:
    case ShapeType::kEnum:
      if (!IsUtf8(body)) {
        return WireError{"SerializationException", "The body is not UTF-8.", 400, false, {}};
      }
      input[payload.name] = body;
      return std::nullopt;
    default: {
      auto value = json::Parse(body);
      if (!value) return WireError{"SerializationException", value.error().message, 400, false, {}};
      input[payload.name] = std::move(*value);
      return std::nullopt;
    }
  }
}

Decoded DecodeRest(const Route& route, const http::Request& request, std::string_view body) {
  const Shape& shape = *route.operation->input;
  json::Object input;
  if (const Member* payload = FindPayload(shape)) {
    if (auto error = DecodePayload(route, *payload, body, input)) {
      return std::unexpected(std::move(*error));
    }
  } else if (HasBodyMembers(shape) && !body.empty()) {
    if (route.protocol == Protocol::kRestXml) {
      auto object = ReadXml(body, shape);
      if (!object) return Refuse("MalformedXML", object.error().message);
      input = std::move(*object);
    } else {
      auto object = DecodeJson(body);
      if (!object) return object;
      input = FromJsonNames(std::move(*object), shape);
      // What is bound to the URI or a header is not taken from the body.
      for (const Member& member : shape.members) {
        if (IsHttpBound(member)) input.erase(member.name);
      }
    }
  }
  if (auto error = ReadBindings(route, request, input)) return std::unexpected(std::move(*error));
  return input;
}

Decoded DecodeAny(const Route& route, const http::Request& request, std::string_view body) {
  switch (route.protocol) {
    case Protocol::kAwsJson10:
    case Protocol::kAwsJson11:
      return DecodeJson(body);
    case Protocol::kRestJson1:
    case Protocol::kRestXml:
      return DecodeRest(route, request, body);
    case Protocol::kAwsQuery:
    case Protocol::kEc2Query:
      return DecodeQuery(route, request, body);
    case Protocol::kRpcV2Cbor:
      return DecodeCbor(body);
  }
  return Refuse("InternalFailure", "unknown protocol");
}

constexpr std::string_view kXmlHead = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

std::string NamespaceAttribute(const ServiceModel& service) {
  return service.xml_namespace.empty() ? "" : " xmlns=\"" + service.xml_namespace + "\"";
}

std::string QueryReply(const Route& route, const json::Value& output, std::string_view id) {
  const std::string& name = route.operation->name;
  std::string out = fmt::format("<{}Response{}>", name, NamespaceAttribute(*route.service));
  // Also when empty: clients look for it wherever their model has an output.
  out += "<" + name + "Result>";
  AppendXmlMembers(out, output, *route.operation->output);
  out += "</" + name + "Result>";
  out += "<ResponseMetadata>";
  AppendXmlElement(out, "RequestId", id);
  out += "</ResponseMetadata></" + name + "Response>";
  return out;
}

std::string Ec2Reply(const Route& route, const json::Value& output, std::string_view id) {
  const std::string& name = route.operation->name;
  std::string out{kXmlHead};
  out += fmt::format("<{}Response{}>", name, NamespaceAttribute(*route.service));
  AppendXmlElement(out, "requestId", id);
  if (route.operation->output->members.empty()) {
    // Operations without a result say so.
    out += "<return>true</return>";
  } else {
    AppendXmlMembers(out, output, *route.operation->output);
  }
  out += "</" + name + "Response>";
  return out;
}

void SetIfAbsent(http::Response& response, std::string_view name, std::string_view value) {
  if (!response.headers.Has(name)) response.headers.Set(name, value);
}

/// The body that a REST payload member makes.
void EncodePayload(const Route& route, const Member& payload, const json::Object& output,
                   http::Response& response) {
  const json::Value* value = json::Find(output, payload.name);
  if (!value) return;
  switch (payload.target->type) {
    case ShapeType::kBlob:
      if (value->is_string()) {
        auto bytes = Base64Decode(json::View(*value));
        response.body = bytes ? std::move(*bytes) : std::string(json::View(*value));
      }
      SetIfAbsent(response, "Content-Type", "application/octet-stream");
      return;
    case ShapeType::kString:
    case ShapeType::kEnum:
      if (value->is_string()) response.body = std::string(json::View(*value));
      SetIfAbsent(response, "Content-Type", "text/plain");
      return;
    default:
      break;
  }
  if (route.protocol == Protocol::kRestXml) {
    const Shape& shape = *payload.target;
    const std::string root = !payload.xml_name.empty() ? payload.xml_name
                             : !shape.xml_name.empty() ? shape.xml_name
                                                       : shape.name;
    response.body = fmt::format("{}<{}{}>", kXmlHead, root, NamespaceAttribute(*route.service));
    AppendXmlMembers(response.body, *value, shape);
    response.body += "</" + root + ">";
    SetIfAbsent(response, "Content-Type", "application/xml");
  } else {
    AppendJson(response.body, *value, payload, true);
    SetIfAbsent(response, "Content-Type", "application/json");
  }
}

void EncodeRestXmlBody(const Route& route, const json::Value& output, http::Response& response) {
  const Shape& shape = *route.operation->output;
  if (!HasBodyMembers(shape)) return;
  response.body = kXmlHead;
  if (route.operation->s3_unwrapped_output) {
    const Member& member = shape.members.front();
    const json::Value* value = json::Find(output.get_object(), member.name);
    response.body += fmt::format("<{}{}>", member.name, NamespaceAttribute(*route.service));
    if (value) AppendXmlText(response.body, FormatText(*value, member, TimestampFormat::kDateTime));
    response.body += "</" + member.name + ">";
  } else {
    const std::string& root = shape.xml_name.empty() ? shape.name : shape.xml_name;
    response.body += fmt::format("<{}{}>", root, NamespaceAttribute(*route.service));
    AppendXmlMembers(response.body, output, shape);
    response.body += "</" + root + ">";
  }
  SetIfAbsent(response, "Content-Type", "application/xml");
}

void EncodeRest(const Route& route, const json::Value& output, http::Response& response) {
  const OperationModel& operation = *route.operation;
  WriteBindings(operation, output.get_object(), response);
  if (const Member* payload = FindPayload(*operation.output)) {
    EncodePayload(route, *payload, output.get_object(), response);
  } else if (route.protocol == Protocol::kRestXml) {
    EncodeRestXmlBody(route, output, response);
  } else if (response.status != 204 && response.status != 304) {
    response.body = WriteJson(output, *operation.output, true);
    SetIfAbsent(response, "Content-Type", "application/json");
  }
  if (operation.http_method == "HEAD") response.body.clear();
}

}  // namespace

std::expected<json::Object, WireError> Codec::DecodeInput(const Route& route,
                                                          const http::Request& request) const {
  std::string storage;
  const auto body = ReadBody(request, storage);
  if (!body) return Refuse("SerializationException", body.error().message);
  auto input = DecodeAny(route, request, *body);
  if (!input) return input;
  if (const Status valid = Validate(*route.service, *route.operation, *input); !valid) {
    return Refuse(valid.error().detail, valid.error().message);
  }
  return input;
}

http::Response Codec::EncodeOutput(const Route& route, const json::Value& output,
                                   std::string_view request_id) const {
  // A handler without anything to say returns null.
  static const json::Value kEmpty = json::Object();
  const json::Value& document = output.is_object() ? output : kEmpty;
  const Shape& shape = *route.operation->output;
  http::Response response;
  response.headers.Set("x-amzn-RequestId", request_id);
  switch (route.protocol) {
    case Protocol::kAwsJson10:
    case Protocol::kAwsJson11:
      response.headers.Set("Content-Type", route.protocol == Protocol::kAwsJson10
                                               ? "application/x-amz-json-1.0"
                                               : "application/x-amz-json-1.1");
      response.body = WriteJson(document, shape, false);
      break;
    case Protocol::kAwsQuery:
      response.headers.Set("Content-Type", "text/xml");
      response.body = QueryReply(route, document, request_id);
      break;
    case Protocol::kEc2Query:
      response.headers.Set("Content-Type", "text/xml;charset=UTF-8");
      response.body = Ec2Reply(route, document, request_id);
      break;
    case Protocol::kRestJson1:
      EncodeRest(route, document, response);
      break;
    case Protocol::kRestXml:
      response.headers.Set("x-amz-request-id", request_id);
      EncodeRest(route, document, response);
      break;
    case Protocol::kRpcV2Cbor:
      response.headers.Set("Content-Type", "application/cbor");
      response.headers.Set("smithy-protocol", "rpc-v2-cbor");
      response.body = WriteCbor(document, shape);
      break;
  }
  return response;
}

}  // namespace riposte::wire
