// Codec::EncodeError: one writer of error bodies; it always escapes.
#include <fmt/format.h>

#include "wire/cbor.h"
#include "wire/codec.h"
#include "wire/error_codes.h"
#include "wire/json_format.h"
#include "wire/xml_format.h"

namespace riposte::wire {
namespace {

/// What a caller sent is repeated in texts such as "Authorization header: '...'"; no error grows
/// with it beyond this.
constexpr size_t kMaxMessageBytes = 8 * 1024;

/// An error under the names of one protocol.
struct Named {
  std::string code;        ///< The shape's name or generic code in this protocol.
  std::string query_code;  ///< The code in the query protocol.
  int status = 400;
  bool server_fault = false;
  const Shape* shape = nullptr;  ///< When the model knows the error.
};

bool IsXml(Protocol protocol) {
  return protocol == Protocol::kAwsQuery || protocol == Protocol::kEc2Query ||
         protocol == Protocol::kRestXml;
}

Named NameError(const Route& route, const WireError& error) {
  Named named;
  named.shape = route.service ? route.service->FindError(error.code) : nullptr;
  named.status = error.http_status;
  named.server_fault = error.server_fault;
  if (named.shape) {
    const Shape& shape = *named.shape;
    named.query_code = shape.query_error_code.empty() ? shape.name : shape.query_error_code;
    named.code = IsXml(route.protocol) ? named.query_code : shape.name;
    if (error.http_status == 0 || error.http_status == 400) named.status = shape.http_status;
    named.server_fault = named.server_fault || shape.is_server_fault;
  } else {
    named.code = GenericCode(error.code, route.protocol);
    named.query_code = GenericCode(error.code, Protocol::kAwsQuery);
    if (const int status = GenericRestStatus(error.code);
        status != 0 && route.protocol == Protocol::kRestJson1) {
      named.status = status;
    }
  }
  // Only REST services have statuses of their own for operations they do not know.
  if (error.code == "UnknownOperationException") {
    named.status = route.protocol == Protocol::kRestJson1 ? 404
                   : route.protocol == Protocol::kRestXml ? 501
                                                          : 400;
  }
  if (named.status < 400 || named.status > 599) named.status = named.server_fault ? 500 : 400;
  named.server_fault = named.server_fault || named.status >= 500;
  return named;
}

/// The member that holds the text: "message" in any case.
const Member* FindMessageMember(const Shape* shape) {
  if (!shape) return nullptr;
  for (const Member& member : shape->members) {
    if (http::EqualsIgnoreCase(member.name, "message")) return &member;
  }
  return nullptr;
}

/// The modelled members of the error, the text among them.
json::Object Members(const Named& named, const WireError& error) {
  json::Object object = error.fields;
  const Member* message = FindMessageMember(named.shape);
  object[message ? message->name : "message"] = error.message;
  // Services of this family (Lambda) say whose fault it was in a member of their own.
  if (named.shape && named.shape->FindMember("Type") && !object.contains("Type")) {
    object["Type"] = named.server_fault ? "Service" : "User";
  }
  return object;
}

std::string JsonBody(const Route& route, const Named& named, const WireError& error) {
  const bool rest = route.protocol == Protocol::kRestJson1;
  const json::Object object = Members(named, error);
  std::string out = "{";
  const auto key = [&out](std::string_view name) {
    if (out.size() > 1) out += ',';
    AppendJsonString(out, name);
    out += ':';
  };
  if (!rest) {
    key("__type");
    AppendJsonString(out, named.code);
  }
  if (named.shape) {
    for (const Member& member : named.shape->members) {
      const json::Value* value = json::Find(object, member.name);
      if (!value) continue;
      key(rest ? JsonName(member) : member.name);
      AppendJson(out, *value, member, rest);
    }
  }
  if (!FindMessageMember(named.shape)) {
    key("message");
    AppendJsonString(out, error.message);
  }
  out += '}';
  return out;
}

std::string CborBody(const Named& named, const WireError& error) {
  const json::Object object = Members(named, error);
  std::string members;
  size_t count = 1;
  // The members as one map, whose head is then replaced by one for __type as well.
  if (named.shape && FindMessageMember(named.shape)) {
    for (const Member& member : named.shape->members)
      count += json::Find(object, member.name) != nullptr;
    std::string map = WriteCbor(json::Value(object), *named.shape);
    std::string head;
    AppendCborMapHead(head, count - 1);
    members = map.substr(head.size());
  } else {
    ++count;
    AppendCborText(members, "message");
    AppendCborText(members, error.message);
  }
  std::string out;
  AppendCborMapHead(out, count);
  AppendCborText(out, "__type");
  AppendCborText(out, named.code);
  return out + members;
}

std::string QueryBody(const Route& route, const Named& named, const WireError& error,
                      std::string_view request_id) {
  std::string out = "<ErrorResponse";
  if (route.service) out += XmlNamespaceAttribute(*route.service);
  out += "><Error>";
  AppendXmlElement(out, "Type", named.server_fault ? "Receiver" : "Sender");
  AppendXmlElement(out, "Code", named.code);
  AppendXmlElement(out, "Message", error.message);
  if (named.shape && !error.fields.empty()) {
    json::Object fields = error.fields;
    if (const Member* message = FindMessageMember(named.shape)) fields.erase(message->name);
    AppendXmlMembers(out, json::Value(fields), *named.shape);
  }
  out += "</Error>";
  AppendXmlElement(out, "RequestId", request_id);
  out += "</ErrorResponse>";
  return out;
}

std::string Ec2Body(const Named& named, const WireError& error, std::string_view request_id) {
  std::string out{kXmlHead};
  out += "<Response><Errors><Error>";
  AppendXmlElement(out, "Code", named.code);
  AppendXmlElement(out, "Message", error.message);
  out += "</Error></Errors>";
  AppendXmlElement(out, "RequestID", request_id);
  out += "</Response>";
  return out;
}

std::string S3Body(const Route& route, const Named& named, const WireError& error,
                   std::string_view request_id) {
  std::string out{kXmlHead};
  out += "<Error>";
  AppendXmlElement(out, "Code", named.code);
  AppendXmlElement(out, "Message", error.message);
  for (const auto& [name, text] : route.labels) {
    if (name == "Bucket") AppendXmlElement(out, "BucketName", text);
    if (name == "Key") AppendXmlElement(out, "Key", text);
  }
  AppendXmlElement(out, "RequestId", request_id);
  AppendXmlElement(out, "HostId", request_id);
  out += "</Error>";
  return out;
}

}  // namespace

http::Response Codec::EncodeError(const Route& route, const WireError& error,
                                  std::string_view request_id) const {
  if (error.message.size() > kMaxMessageBytes) {
    size_t end = kMaxMessageBytes - 3;
    while (end > 0 && (static_cast<unsigned char>(error.message[end]) & 0xC0) == 0x80) --end;
    WireError shorter = error;
    shorter.message.resize(end);
    shorter.message += "...";
    return EncodeError(route, shorter, request_id);
  }
  const Named named = NameError(route, error);
  http::Response response;
  response.status = named.status;
  response.headers.Set("x-amzn-RequestId", request_id);
  const auto set_query_error = [&] {
    if (!route.service || !route.service->query_compatible) return;
    response.headers.Set("x-amzn-query-error",
                         named.query_code + (named.server_fault ? ";Receiver" : ";Sender"));
  };
  switch (route.protocol) {
    case Protocol::kAwsJson10:
    case Protocol::kAwsJson11:
      response.headers.Set("Content-Type", route.protocol == Protocol::kAwsJson10
                                               ? "application/x-amz-json-1.0"
                                               : "application/x-amz-json-1.1");
      response.headers.Set("x-amzn-ErrorType", named.code);
      set_query_error();
      response.body = JsonBody(route, named, error);
      break;
    case Protocol::kRestJson1:
      response.headers.Set("Content-Type", "application/json");
      response.headers.Set("x-amzn-ErrorType", named.code);
      response.body = JsonBody(route, named, error);
      break;
    case Protocol::kAwsQuery:
      response.headers.Set("Content-Type", "text/xml");
      response.body = QueryBody(route, named, error, request_id);
      break;
    case Protocol::kEc2Query:
      response.headers.Set("Content-Type", "text/xml;charset=UTF-8");
      response.body = Ec2Body(named, error, request_id);
      break;
    case Protocol::kRestXml:
      response.headers.Set("Content-Type", "application/xml");
      response.headers.Set("x-amz-request-id", request_id);
      response.body = route.service && route.service->name == "s3control"
                          ? QueryBody(route, named, error, request_id)  // as REST XML has it
                          : S3Body(route, named, error, request_id);
      break;
    case Protocol::kRpcV2Cbor:
      response.headers.Set("Content-Type", "application/cbor");
      response.headers.Set("smithy-protocol", "rpc-v2-cbor");
      set_query_error();
      response.body = CborBody(named, error);
      break;
  }
  if (route.operation && route.operation->http_method == "HEAD") response.body.clear();
  return response;
}

}  // namespace riposte::wire
