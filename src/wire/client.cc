#include "wire/client.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "wire/check_types.h"
#include "wire/client_error.h"
#include "wire/http_binding.h"
#include "wire/json_format.h"
#include "wire/query_format.h"
#include "wire/rest_body.h"
#include "wire/xml_format.h"

namespace riposte::wire {
namespace {

using Output = std::expected<json::Object, WireError>;

/// CBOR has no advantage here that would be worth a second writer of requests.
Protocol ClientProtocol(const ServiceModel& service) {
  for (const Protocol protocol : service.protocols) {
    if (protocol != Protocol::kRpcV2Cbor) return protocol;
  }
  return Protocol::kRpcV2Cbor;
}

http::Request JsonRequest(const ServiceModel& service, const OperationModel& operation,
                          Protocol protocol, const json::Object& input) {
  http::Request request;
  request.method = "POST";
  request.target = "/";
  request.headers.Set("Content-Type", protocol == Protocol::kAwsJson10
                                          ? "application/x-amz-json-1.0"
                                          : "application/x-amz-json-1.1");
  request.headers.Set("X-Amz-Target", service.target_prefix + "." + operation.name);
  if (service.query_compatible) request.headers.Set("x-amzn-query-mode", "true");
  request.body = WriteJson(json::Value(input), *operation.input, false);
  return request;
}

http::Request QueryRequest(const ServiceModel& service, const OperationModel& operation,
                           Protocol protocol, const json::Object& input) {
  http::Request request;
  request.method = "POST";
  request.target = "/";
  request.headers.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  request.body = "Action=" + operation.name + "&Version=" + service.api_version;
  AppendQuery(request.body, input, *operation.input, protocol == Protocol::kEc2Query);
  return request;
}

/// Big-endian, in base64.
std::string Crc32cHeader(std::string_view body) {
  const uint32_t sum = Crc32c(body);
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>((sum >> shift) & 0xFF);
  return Base64Encode(bytes);
}

std::expected<http::Request, WireError> RestRequest(const ServiceModel& service,
                                                    const OperationModel& operation,
                                                    Protocol protocol, const json::Object& input) {
  http::Request request;
  if (auto error = WriteRequestBindings(operation, input, request)) {
    return std::unexpected(std::move(*error));
  }
  const Shape& shape = *operation.input;
  if (HasBodyMembers(shape) || FindPayload(shape)) {
    WriteRestBody(service, protocol, shape, json::Value(input), request.headers, request.body);
  }
  // S3 refuses most documents without one: "Checking object integrity", S3 User Guide.
  if (service.name == "s3" && !request.body.empty()) {
    request.headers.Set("x-amz-checksum-crc32c", Crc32cHeader(request.body));
  }
  return request;
}

std::unexpected<WireError> Unreadable(const http::Response& reply, std::string_view why) {
  return std::unexpected(UnreadableReply(reply, why));
}

Output ReadJsonReply(const http::Response& reply) {
  auto object = ReadJsonBody(reply.body);
  if (!object) return Unreadable(reply, object.error().message);
  return std::move(*object);
}

/// <OpResponse><OpResult>…</OpResult></OpResponse>, or for EC2 without the inner element.
Output ReadQueryReply(const OperationModel& operation, Protocol protocol,
                      const http::Response& reply) {
  if (ReadXmlRoot(reply.body) != operation.name + "Response") {
    return Unreadable(reply, "not the document of " + operation.name);
  }
  const bool ec2 = protocol == Protocol::kEc2Query;
  Shape wrapper;
  wrapper.type = ShapeType::kStructure;
  wrapper.members.emplace_back();
  wrapper.members[0].name = operation.name + "Result";
  wrapper.members[0].target = operation.output;
  auto object = ReadXml(reply.body, ec2 ? *operation.output : wrapper);
  if (!object) return Unreadable(reply, object.error().message);
  if (ec2) return std::move(*object);
  // Operations without a result may leave the inner element out.
  json::Value* result = object->if_contains(wrapper.members[0].name);
  return result ? json::Object(std::move(result->get_object())) : json::Object();
}

/// True when a restXml reply is a document of this operation, not an object's bytes or a text.
bool IsXmlDocument(const Shape& shape) {
  const Member* payload = FindPayload(shape);
  return !payload || payload->target->type == ShapeType::kStructure ||
         payload->target->type == ShapeType::kUnion;
}

/// The body of a restXml reply, for a root element that fits.
Output ReadXmlReply(const ServiceModel& service, const OperationModel& operation,
                    const http::Response& reply) {
  const Shape& shape = *operation.output;
  const Member& first = shape.members.front();
  const std::string root = ReadXmlRoot(reply.body);
  // S3 may find out too late that it cannot keep the status it began with.
  if (root == "Error") {
    return std::unexpected(ReadErrorReply(service, operation, Protocol::kRestXml, reply));
  }
  if (root != (operation.s3_unwrapped_output ? first.name : XmlRoot(shape, FindPayload(shape)))) {
    return Unreadable(reply, "not the document of " + operation.name);
  }
  json::Object output;
  if (operation.s3_unwrapped_output) {
    auto value = ReadXmlValue(reply.body, first);
    if (!value) return Unreadable(reply, value.error().message);
    // An empty element is how S3 says us-east-1: no value.
    if (!value->is_string() || !value->get_string().empty()) output[first.name] = *value;
  } else if (auto error = ReadRestBody(Protocol::kRestXml, shape, reply.body, output)) {
    return Unreadable(reply, error->message);
  }
  return output;
}

Output ReadRestReply(const ServiceModel& service, const OperationModel& operation,
                     Protocol protocol, const http::Response& reply) {
  const Shape& shape = *operation.output;
  json::Object output;
  if (operation.http_method == "HEAD" || reply.body.empty() ||
      !(HasBodyMembers(shape) || FindPayload(shape))) {
    // Status and headers say it all.
  } else if (protocol == Protocol::kRestXml && IsXmlDocument(shape)) {
    auto read = ReadXmlReply(service, operation, reply);
    if (!read) return read;
    output = std::move(*read);
  } else if (auto error = ReadRestBody(protocol, shape, reply.body, output)) {
    return Unreadable(reply, error->message);
  }
  if (auto error = ReadReplyBindings(shape, reply, output)) {
    return Unreadable(reply, error->message);
  }
  return output;
}

Output ReadReply(const ServiceModel& service, const OperationModel& operation, Protocol protocol,
                 const http::Response& reply) {
  switch (protocol) {
    case Protocol::kAwsJson10:
    case Protocol::kAwsJson11:
      return ReadJsonReply(reply);
    case Protocol::kAwsQuery:
    case Protocol::kEc2Query:
      return ReadQueryReply(operation, protocol, reply);
    case Protocol::kRestJson1:
    case Protocol::kRestXml:
      return ReadRestReply(service, operation, protocol, reply);
    case Protocol::kRpcV2Cbor:
      break;
  }
  return Unreadable(reply, "the service speaks CBOR alone");
}

}  // namespace

std::expected<http::Request, WireError> EncodeRequest(const ServiceModel& service,
                                                      const OperationModel& operation,
                                                      const json::Object& input) {
  const Protocol protocol = ClientProtocol(service);
  switch (protocol) {
    case Protocol::kAwsJson10:
    case Protocol::kAwsJson11:
      return JsonRequest(service, operation, protocol, input);
    case Protocol::kAwsQuery:
    case Protocol::kEc2Query:
      return QueryRequest(service, operation, protocol, input);
    case Protocol::kRestJson1:
    case Protocol::kRestXml:
      return RestRequest(service, operation, protocol, input);
    case Protocol::kRpcV2Cbor:
      break;
  }
  return std::unexpected(
      WireError{"SerializationException", "The service speaks CBOR alone.", 400, false, {}});
}

std::expected<json::Value, WireError> DecodeReply(const ServiceModel& service,
                                                  const OperationModel& operation,
                                                  const http::Response& reply) {
  const Protocol protocol = ClientProtocol(service);
  if (reply.status < 200 || reply.status >= 300) {
    return std::unexpected(ReadErrorReply(service, operation, protocol, reply));
  }
  auto output = ReadReply(service, operation, protocol, reply);
  if (!output) return std::unexpected(std::move(output.error()));
  if (const Status typed = CheckTypes(*operation.output, *output); !typed) {
    return Unreadable(reply, typed.error().message);
  }
  return json::Value(std::move(*output));
}

}  // namespace riposte::wire
