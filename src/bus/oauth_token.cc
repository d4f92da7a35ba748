#include "bus/oauth_token.h"

#include <algorithm>

#include "base/number.h"
#include "bus/http_parameters.h"

namespace riposte::bus {
namespace {

constexpr int kTimeoutMs = 5'000;
constexpr size_t kMaxReplyBytes = 64 * 1024;
constexpr size_t kMaxTokenBytes = 16 * 1024;
/// Used when the endpoint does not say how long a token lives.
constexpr int64_t kDefaultSeconds = 3600;
constexpr int64_t kMostSeconds = 365 * 86'400;
constexpr int64_t kMarginSeconds = 60;

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         http::EqualsIgnoreCase(text.substr(0, prefix.size()), prefix);
}

void AddMissing(HttpPairs& pairs, std::string_view name, std::string_view value) {
  const auto has = [name](const auto& pair) { return pair.first == name; };
  if (std::ranges::none_of(pairs, has)) pairs.emplace_back(name, value);
}

}  // namespace

bool IsForm(std::string_view content_type) {
  return StartsWith(content_type, "application/x-www-form-urlencoded");
}

Result<http::OutgoingRequest> MakeTokenRequest(const json::Object& auth) {
  const auto* oauth = json::GetObject(auth, "OAuthParameters");
  const auto* client = oauth ? json::GetObject(*oauth, "ClientParameters") : nullptr;
  if (!client) return Fail(Code::kInvalidArgument, "the connection has no OAuth parameters");
  http::OutgoingRequest request;
  request.method = json::GetString(*oauth, "HttpMethod", "POST");
  request.url = json::GetString(*oauth, "AuthorizationEndpoint");
  request.timeout_ms = kTimeoutMs;
  request.max_reply_bytes = kMaxReplyBytes;
  HttpPairs query;
  HttpPairs body;
  if (const auto* more = json::GetObject(*oauth, "OAuthHttpParameters")) {
    for (const auto& [name, value] : KeysAndValues(*more, "HeaderParameters")) {
      request.headers.Set(name, value);
    }
    query = KeysAndValues(*more, "QueryStringParameters");
    body = KeysAndValues(*more, "BodyParameters");
  }
  const bool is_get = request.method == "GET";
  HttpPairs& pairs = is_get ? query : body;
  AddMissing(pairs, "grant_type", "client_credentials");
  if (!request.headers.Has("Authorization")) {
    AddMissing(pairs, "client_id", json::GetString(*client, "ClientID"));
    AddMissing(pairs, "client_secret", json::GetString(*client, "ClientSecret"));
  }
  AddQuery(request.url, query);
  if (!is_get) {
    if (!request.headers.Has("Content-Type")) {
      request.headers.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
    }
    if (StartsWith(request.headers.Get("Content-Type"), "application/json")) {
      json::Object document;
      for (const auto& [name, value] : body) document[name] = value;
      request.body = json::Serialize(document);
    } else {
      request.body = EncodeForm(body);
    }
  }
  if (!request.headers.Has("Accept")) request.headers.Set("Accept", "application/json");
  request.headers.Set("User-Agent", "Amazon/EventBridge/ApiDestinations");
  return request;
}

Result<OAuthToken> ReadTokenReply(const http::Response& reply) {
  const std::string status = "status " + std::to_string(reply.status);
  if (reply.status == 429) {
    return Fail(Code::kThrottled, "the authorization endpoint answered with " + status);
  }
  if (reply.status >= 500 || reply.status == 408) {
    return Fail(Code::kUnavailable, "the authorization endpoint answered with " + status);
  }
  if (reply.status < 200 || reply.status >= 300) {
    return Fail(Code::kUnauthenticated, "The authorization endpoint answered with " + status + ".");
  }
  const auto document = json::Parse(reply.body);
  OAuthToken token;
  if (document && document->is_object()) {
    token.value = json::GetString(document->get_object(), "access_token");
  }
  const auto is_visible = [](char c) { return c > 0x20 && c < 0x7f; };
  if (token.value.empty() || token.value.size() > kMaxTokenBytes ||
      !std::ranges::all_of(token.value, is_visible)) {
    return Fail(Code::kUnauthenticated,
                "The reply of the authorization endpoint has no proper access_token.");
  }
  int64_t seconds = kDefaultSeconds;
  if (const json::Value* expires = json::Find(document->get_object(), "expires_in")) {
    if (expires->is_string()) {
      seconds = ParseNumber<int64_t>(json::View(*expires)).value_or(seconds);
    } else if (expires->is_int64()) {
      seconds = expires->get_int64();
    } else if (expires->is_double()) {
      seconds = static_cast<int64_t>(
          std::clamp(expires->get_double(), 0.0, static_cast<double>(kMostSeconds)));
    }
  }
  seconds = std::clamp<int64_t>(seconds, 0, kMostSeconds);
  token.good_for = std::chrono::seconds(seconds - std::min(kMarginSeconds, seconds / 10));
  return token;
}

}  // namespace riposte::bus
