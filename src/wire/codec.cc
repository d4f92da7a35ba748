#include "wire/codec.h"

#include <fmt/format.h>

#include "wire/body.h"
#include "wire/cbor.h"
#include "wire/http_binding.h"
#include "wire/json_format.h"
#include "wire/query_format.h"
#include "wire/rest_body.h"
#include "wire/text_value.h"
#include "wire/xml_format.h"

namespace riposte::wire {
namespace {

using Decoded = std::expected<json::Object, WireError>;

std::unexpected<WireError> Refuse(std::string code, std::string message) {
  return std::unexpected<WireError>({std::move(code), std::move(message), 400, false, {}});
}

Decoded DecodeJson(std::string_view body) {
  auto object = ReadJsonBody(body);
  if (!object) return Refuse("SerializationException", object.error().message);
  return std::move(*object);
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

Decoded DecodeRest(const Route& route, const http::Request& request, std::string_view body) {
  json::Object input;
  auto error = ReadRestBody(route.protocol, *route.operation->input, body, input);
  if (!error) error = ReadBindings(route, request, input);
  if (error) return std::unexpected(std::move(*error));
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

std::string QueryReply(const Route& route, const json::Value& output, std::string_view id) {
  const std::string& name = route.operation->name;
  std::string out = fmt::format("<{}Response{}>", name, XmlNamespaceAttribute(*route.service));
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
  out += fmt::format("<{}Response{}>", name, XmlNamespaceAttribute(*route.service));
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

/// The body is the one member's element.
void EncodeUnwrapped(const Route& route, const json::Object& output, http::Response& response) {
  const Member& member = route.operation->output->members.front();
  const json::Value* value = json::Find(output, member.name);
  response.body =
      fmt::format("{}<{}{}>", kXmlHead, member.name, XmlNamespaceAttribute(*route.service));
  if (value) AppendXmlText(response.body, FormatText(*value, member, TimestampFormat::kDateTime));
  response.body += "</" + member.name + ">";
  response.headers.Set("Content-Type", "application/xml");
}

void EncodeRest(const Route& route, const json::Value& output, http::Response& response) {
  const OperationModel& operation = *route.operation;
  const json::Object& object = output.get_object();
  WriteBindings(operation, object, response);
  const bool xml = route.protocol == Protocol::kRestXml;
  const bool bodiless =
      xml ? !HasBodyMembers(*operation.output) : response.status == 204 || response.status == 304;
  if (operation.s3_unwrapped_output) {
    EncodeUnwrapped(route, object, response);
  } else if (!bodiless || FindPayload(*operation.output)) {
    WriteRestBody(*route.service, route.protocol, *operation.output, output, response.headers,
                  response.body);
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
