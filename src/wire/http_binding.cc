#include "wire/http_binding.h"

#include <algorithm>

#include "base/encoding.h"
#include "wire/json_format.h"
#include "wire/text_value.h"

namespace riposte::wire {
namespace {

WireError Bad(const Member& member, const Error& error) {
  return {"SerializationException", error.message + " (" + member.name + ")", 400, false, {}};
}

bool StartsWithIgnoreCase(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         http::EqualsIgnoreCase(text.substr(0, prefix.size()), prefix);
}

/// "a, b" without the spaces around.
std::vector<std::string_view> SplitHeader(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

std::optional<WireError> ReadList(const Member& member, const std::vector<std::string_view>& texts,
                                  json::Object& input) {
  json::Array array;
  for (const std::string_view text : texts) {
    auto value = ParseText(*member.target->members[0].target, text);
    if (!value) return Bad(member, value.error());
    array.push_back(std::move(*value));
  }
  input[member.name] = std::move(array);
  return std::nullopt;
}

std::optional<WireError> ReadSimple(const Member& member, std::string_view text,
                                    json::Object& input) {
  auto value = ParseText(*member.target, text);
  if (!value) return Bad(member, value.error());
  input[member.name] = std::move(*value);
  return std::nullopt;
}

std::optional<WireError> ReadQuery(const Member& member, const Parameters& parameters,
                                   json::Object& input) {
  std::vector<std::string_view> texts;
  for (const auto& [key, value] : parameters) {
    if (key == member.http_query) texts.push_back(value);
  }
  if (texts.empty()) return std::nullopt;
  if (member.target->type == ShapeType::kList) return ReadList(member, texts, input);
  return ReadSimple(member, texts.front(), input);
}

void ReadQueryParams(const Member& member, const Shape& shape, const Parameters& parameters,
                     json::Object& input) {
  json::Object map;
  const bool lists = member.target->members[1].target->type == ShapeType::kList;
  for (const auto& [key, value] : parameters) {
    const bool bound = std::any_of(shape.members.begin(), shape.members.end(),
                                   [&](const Member& m) { return m.http_query == key; });
    if (bound || !IsUtf8(key) || !IsUtf8(value)) continue;
    if (lists) {
      json::Value& slot = map[key];
      if (!slot.is_array()) slot = json::Array();
      slot.get_array().emplace_back(value);
    } else {
      map[key] = value;
    }
  }
  if (!map.empty()) input[member.name] = std::move(map);
}

std::optional<WireError> ReadHeader(const Member& member, const http::Headers& headers,
                                    json::Object& input) {
  if (!headers.Has(member.http_header)) return std::nullopt;
  const std::string_view text = headers.Get(member.http_header);
  return member.target->type == ShapeType::kList ? ReadList(member, SplitHeader(text), input)
                                                 : ReadSimple(member, text, input);
}

std::optional<WireError> ReadPrefixHeaders(const Member& member, const http::Headers& headers,
                                           json::Object& input) {
  json::Object map;
  for (const auto& [name, value] : headers.list()) {
    if (!StartsWithIgnoreCase(name, member.http_prefix_headers)) continue;
    auto text = ParseText(*member.target->members[1].target, value);
    if (!text) return Bad(member, text.error());
    map[name.substr(member.http_prefix_headers.size())] = std::move(*text);
  }
  if (!map.empty()) input[member.name] = std::move(map);
  return std::nullopt;
}

}  // namespace

Parameters ParseParameters(std::string_view text) {
  Parameters parameters;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const size_t equals = std::min(pair.find('='), pair.size());
    parameters.emplace_back(
        PercentDecode(pair.substr(0, equals), true),
        equals < pair.size() ? PercentDecode(pair.substr(equals + 1), true) : std::string());
  }
  return parameters;
}

std::optional<UriMatch> MatchUri(const OperationModel& operation, const http::Request& request) {
  if (operation.http_method != request.method) return std::nullopt;
  UriMatch match;
  std::string_view path = request.path();
  if (path.starts_with('/')) path.remove_prefix(1);
  for (const UriSegment& segment : operation.uri_segments) {
    if (path.empty()) return std::nullopt;
    if (segment.greedy) {
      match.labels.emplace_back(segment.text, PercentDecode(path));
      path = {};
      break;
    }
    const std::string_view part = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), part.size() + 1));
    if (segment.label) {
      if (part.empty()) return std::nullopt;
      match.labels.emplace_back(segment.text, PercentDecode(part));
      match.score += 1;
    } else {
      if (part != segment.text) return std::nullopt;
      match.score += 4;
    }
  }
  if (!path.empty()) return std::nullopt;
  if (operation.uri_query.empty()) return match;
  const Parameters parameters = ParseParameters(request.query());
  for (const auto& [key, value] : operation.uri_query) {
    const bool found = std::any_of(parameters.begin(), parameters.end(), [&](const auto& p) {
      return p.first == key && (value.empty() || p.second == value);
    });
    if (!found) return std::nullopt;
    match.score += 16;
  }
  return match;
}

std::optional<WireError> ReadBindings(const Route& route, const http::Request& request,
                                      json::Object& input) {
  const Shape& shape = *route.operation->input;
  const Parameters parameters = ParseParameters(request.query());
  for (const Member& member : shape.members) {
    std::optional<WireError> error;
    if (member.http_label) {
      for (const auto& [name, text] : route.labels) {
        if (name == member.name) error = ReadSimple(member, text, input);
      }
    } else if (!member.http_query.empty()) {
      error = ReadQuery(member, parameters, input);
    } else if (member.http_query_params) {
      ReadQueryParams(member, shape, parameters, input);
    } else if (!member.http_header.empty()) {
      error = ReadHeader(member, request.headers, input);
    } else if (!member.http_prefix_headers.empty()) {
      error = ReadPrefixHeaders(member, request.headers, input);
    }
    if (error) return error;
  }
  return std::nullopt;
}

std::optional<WireError> ReadReplyBindings(const Shape& shape, const http::Response& reply,
                                           json::Object& output) {
  for (const Member& member : shape.members) {
    std::optional<WireError> error;
    if (member.http_response_code) {
      output[member.name] = reply.status;
    } else if (!member.http_header.empty()) {
      error = ReadHeader(member, reply.headers, output);
    } else if (!member.http_prefix_headers.empty()) {
      error = ReadPrefixHeaders(member, reply.headers, output);
    }
    if (error) return error;
  }
  return std::nullopt;
}

const Member* FindPayload(const Shape& shape) {
  for (const Member& member : shape.members) {
    if (member.http_payload) return &member;
  }
  return nullptr;
}

bool HasBodyMembers(const Shape& shape) {
  return std::any_of(shape.members.begin(), shape.members.end(),
                     [](const Member& member) { return !IsHttpBound(member); });
}

}  // namespace riposte::wire
