#include "bus/http_parameters.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "http/message.h"
#include "http/url.h"

namespace riposte::bus {
namespace {

/// Framing and routing of the message itself, then what the service always sets.
constexpr auto kReserved = std::to_array<std::string_view>({
    "connection",
    "content-length",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "max-forwards",
    "proxy-authenticate",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",  //
    "range",
    "user-agent",
});

std::string Text(const json::Value& value) {
  return value.is_string() ? std::string(json::View(value)) : json::Serialize(value);
}

/// Too long stays too long, by as little as UTF-8 allows.
std::string Bounded(std::string text) {
  size_t end = HttpParameters::kMaxValueBytes + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  if (end < text.size()) text.resize(end);
  return text;
}

/// Where the path begins and ends in a URL.
std::pair<size_t, size_t> PathOf(std::string_view url) {
  const size_t scheme = url.find("://");
  const size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
  const size_t query = std::min(url.find_first_of("?#", host), url.size());
  return {std::min(url.find('/', host), query), query};
}

bool IsDots(std::string_view segment) {
  const std::string plain = PercentDecode(segment);
  return plain == "." || plain == "..";
}

}  // namespace

HttpPairs KeysAndValues(const json::Object& parameters, std::string_view member) {
  HttpPairs out;
  if (const auto* list = json::GetArray(parameters, member)) {
    for (const json::Value& entry : *list) {
      const json::Object& parameter = entry.as_object();
      out.emplace_back(json::GetString(parameter, "Key"), json::GetString(parameter, "Value"));
    }
  }
  return out;
}

Result<HttpParameters::Source> HttpParameters::ParseValue(std::string_view text,
                                                          std::string_view target_id) {
  if (!text.starts_with("$.")) return Source(std::string(text));
  auto path = pattern::JsonPath::Parse(text);
  if (!path) {
    return Fail(Code::kInvalidArgument, "Invalid JSON path " + std::string(text) +
                                            " in HttpParameters for target " +
                                            std::string(target_id) + ".");
  }
  needs_document_ = true;
  return Source(std::move(*path));
}

Result<HttpParameters> HttpParameters::Parse(const json::Object& document,
                                             std::string_view target_id) {
  HttpParameters out;
  const auto size_of = [&document](const char* member) -> size_t {
    const json::Value* found = json::Find(document, member);
    if (!found) return 0;
    return found->is_array() ? found->get_array().size() : found->as_object().size();
  };
  for (const char* member : {"PathParameterValues", "HeaderParameters", "QueryStringParameters"}) {
    if (size_of(member) > kMaxOfEachKind) {
      return Fail(Code::kInvalidArgument, std::string(member) + " of target " +
                                              std::string(target_id) + " has more than " +
                                              std::to_string(kMaxOfEachKind) + " entries.");
    }
  }
  if (const auto* values = json::GetArray(document, "PathParameterValues")) {
    for (const json::Value& value : *values) {
      auto source = out.ParseValue(json::View(value), target_id);
      if (!source) return std::unexpected(source.error());
      out.path_.push_back(std::move(*source));
    }
  }
  if (const auto* headers = json::GetObject(document, "HeaderParameters")) {
    for (const auto& [name, value] : *headers) {
      if (IsReservedHeader(name)) {
        return Fail(Code::kInvalidArgument, "Header " + std::string(name) + " of target " +
                                                std::string(target_id) +
                                                " is reserved and cannot be set.");
      }
      auto source = out.ParseValue(json::View(value), target_id);
      if (!source) return std::unexpected(source.error());
      if (const auto* text = std::get_if<std::string>(&*source)) {
        if (Status valid = CheckHeader(name, *text); !valid) return std::unexpected(valid.error());
      }
      out.headers_.emplace_back(name, std::move(*source));
    }
  }
  if (const auto* query = json::GetObject(document, "QueryStringParameters")) {
    for (const auto& [name, value] : *query) {
      auto source = out.ParseValue(json::View(value), target_id);
      if (!source) return std::unexpected(source.error());
      out.query_.emplace_back(name, std::move(*source));
    }
  }
  return out;
}

json::Object HttpParameters::Resolve(const json::Value& event) const {
  const auto resolve = [&event](const Source& source) -> json::Value {
    if (const auto* text = std::get_if<std::string>(&source)) return json::Value(*text);
    const json::Value* found = std::get<pattern::JsonPath>(source).Find(event);
    if (!found || found->is_null()) return nullptr;
    return json::Value(Bounded(Text(*found)));
  };
  json::Object out;
  if (!path_.empty()) {
    json::Array values;
    for (const Source& source : path_) values.push_back(resolve(source));
    out["PathParameterValues"] = std::move(values);
  }
  const auto resolve_all = [&](const auto& pairs, const char* member) {
    json::Object values;
    for (const auto& [name, source] : pairs) {
      json::Value value = resolve(source);
      if (!value.is_null()) values[name] = std::move(value);
    }
    if (!values.empty()) out[member] = std::move(values);
  };
  resolve_all(headers_, "HeaderParameters");
  resolve_all(query_, "QueryStringParameters");
  return out;
}

Result<std::string> FillPath(std::string_view endpoint, const json::Array& values) {
  const auto [begin, end] = PathOf(endpoint);
  std::string out(endpoint.substr(0, begin));
  size_t next = 0;
  size_t segment = out.size();
  bool filled = false;  // The segment has a value in it.
  for (size_t i = begin; i <= end; ++i) {
    if (i == end || endpoint[i] == '/') {
      if (filled && IsDots(std::string_view(out).substr(segment))) {
        return Fail(Code::kInvalidArgument, "a path parameter would leave its place in the path");
      }
      filled = false;
      if (i == end) break;
      out += '/';
      segment = out.size();
    } else if (endpoint[i] != '*') {
      out += endpoint[i];
    } else {
      if (next >= values.size()) {
        return Fail(Code::kInvalidArgument,
                    "the endpoint has more path parameters than the target has values");
      }
      const json::Value& value = values[next++];
      if (!value.is_string() || value.get_string().empty()) {
        return Fail(Code::kInvalidArgument,
                    "path parameter " + std::to_string(next) + " has no value in this event");
      }
      if (Status valid = CheckValue("of the path", json::View(value)); !valid) {
        return std::unexpected(valid.error());
      }
      out += PercentEncode(json::View(value));
      filled = true;
    }
  }
  out += endpoint.substr(end);
  return out;
}

std::string EncodeForm(const HttpPairs& pairs) {
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += '&';
    out.append(PercentEncode(name)).append("=").append(PercentEncode(value));
  }
  return out;
}

void AddQuery(std::string& url, const HttpPairs& pairs) {
  if (pairs.empty()) return;
  const size_t mark = url.find('?');
  if (mark == std::string::npos) {
    url += '?';
  } else if (mark + 1 < url.size() && !url.ends_with('&')) {
    url += '&';
  }
  url += EncodeForm(pairs);
}

Status CheckValue(std::string_view name, std::string_view value) {
  if (value.size() <= HttpParameters::kMaxValueBytes) return {};
  return Fail(Code::kInvalidArgument,
              "the value of parameter " + std::string(name) + " is longer than " +
                  std::to_string(HttpParameters::kMaxValueBytes) + " bytes");
}

Status CheckHeader(std::string_view name, std::string_view value) {
  const auto is_token = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  };
  if (name.empty() || !std::ranges::all_of(name, is_token)) {
    return Fail(Code::kInvalidArgument, "a header has no proper name");
  }
  const auto is_control = [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  };
  if (std::ranges::any_of(value, is_control)) {
    return Fail(Code::kInvalidArgument,
                "the value of header " + std::string(name) + " has a control character");
  }
  return {};
}

bool IsReservedHeader(std::string_view name) {
  return std::ranges::any_of(kReserved, [name](std::string_view reserved) {
    return http::EqualsIgnoreCase(name, reserved);
  });
}

Status CheckEndpoint(const std::string& text) {
  const auto url = http::ParseUrl(text);
  if (!url) return std::unexpected(url.error());
  if (!text.starts_with("http://") && !text.starts_with("https://")) {
    return Fail(Code::kInvalidArgument, "it does not begin with https://");
  }
  if (url->has_user) return Fail(Code::kInvalidArgument, "it names a user");
  if (url->has_fragment) return Fail(Code::kInvalidArgument, "it has a fragment");
  // The client would look for a host behind a third slash.
  const std::string origin = text.substr(0, PathOf(text).first);
  if (url->host.empty() || origin.ends_with('/') || origin.find('*') != std::string::npos) {
    return Fail(Code::kInvalidArgument, "it has no proper host");
  }
  return {};
}

}  // namespace riposte::bus
