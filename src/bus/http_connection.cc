#include "bus/http_connection.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "base/encoding.h"
#include "bus/oauth_token.h"
#include "http/url.h"

namespace riposte::bus {
namespace {

/// Waits before a first authorisation is tried again, when its endpoint cannot be reached.
constexpr Millis kAuthorizeAgain[] = {std::chrono::seconds(2), std::chrono::seconds(10)};
constexpr char kUserAgent[] = "Amazon/EventBridge/ApiDestinations";

std::string TokenKey(const ConnectionRow& row) {
  return ConnectionArn(row) + "\n" + std::to_string(row.version);
}

bool IsRefusal(Code code) {
  return code == Code::kUnauthenticated || code == Code::kPermissionDenied ||
         code == Code::kInvalidArgument;
}

/// The pairs of both; `ours` count where a name is in both.
void Merge(HttpPairs& pairs, HttpPairs ours) {
  std::erase_if(pairs, [&ours](const auto& pair) {
    return std::ranges::any_of(ours, [&](const auto& own) { return own.first == pair.first; });
  });
  std::ranges::move(ours, std::back_inserter(pairs));
}

Status AddToBody(http::OutgoingRequest& request, const HttpPairs& pairs) {
  if (pairs.empty()) return {};
  if (IsForm(request.headers.Get("Content-Type"))) {
    if (!request.body.empty()) request.body += '&';
    request.body += EncodeForm(pairs);
    return {};
  }
  auto document = request.body.empty() ? json::Value(json::Object()) : json::Value();
  if (!request.body.empty()) {
    auto parsed = json::Parse(request.body);
    if (parsed) document = std::move(*parsed);
  }
  if (!document.is_object()) {
    return Fail(Code::kInvalidArgument,
                "the connection adds members to the body, which is no JSON object");
  }
  for (const auto& [name, value] : pairs) document.get_object()[name] = value;
  request.body = json::Serialize(document);
  return {};
}

}  // namespace

/// One call on its way, perhaps for the second time.
struct HttpConnections::Attempt {
  std::string arn;
  HttpCall call;
  Completion completion;
  ConnectionRow row;
  json::Object auth;
  std::string token;  ///< That the last request was made with.
  bool refreshed = false;
};

bool HttpConnections::MayCall(const std::string& url) const {
  const auto parsed = http::ParseUrl(url);
  if (!parsed) return false;
  return parsed->scheme == "https" || (parts_.lists && parts_.lists(parsed->host, parsed->port));
}

void HttpConnections::Send(const std::string& connection_arn, HttpCall call,
                           Completion completion) {
  auto attempt = std::make_shared<Attempt>();
  attempt->arn = connection_arn;
  attempt->call = std::move(call);
  attempt->completion = std::move(completion);
  Try(std::move(attempt));
}

void HttpConnections::Try(std::shared_ptr<Attempt> attempt) {
  std::optional<ConnectionRow> row;
  parts_.store.Read(
      [&](store::Transaction& tx) { row = tables::FindConnectionByArn(tx, attempt->arn); });
  if (!row) {
    return attempt->completion(Fail(Code::kNotFound, "the connection does not exist"));
  }
  auto auth = parts_.secrets.Open(*row);
  if (!auth || row->state == kDeauthorized) {
    return attempt->completion(
        Fail(Code::kPermissionDenied,
             "the connection is not authorized" + (row->reason.empty() ? "" : ": " + row->reason)));
  }
  attempt->row = std::move(*row);
  attempt->auth = std::move(*auth);
  if (attempt->row.type != kAuthOAuth) return Dispatch(std::move(attempt), "");
  const ConnectionRow& connection = attempt->row;
  const json::Object& parameters = attempt->auth;
  const std::string stale = attempt->token;
  WithToken(connection, parameters, stale, [this, attempt](Result<std::string> token) {
    if (!token) return attempt->completion(std::unexpected(token.error()));
    Dispatch(attempt, *token);
  });
}

void HttpConnections::Dispatch(std::shared_ptr<Attempt> attempt, const std::string& token) {
  const HttpCall& call = attempt->call;
  if (!MayCall(call.url)) {
    return attempt->completion(Fail(Code::kPermissionDenied, "only https endpoints are called"));
  }
  attempt->token = token;
  http::OutgoingRequest request;
  request.method = call.method;
  request.url = call.url;
  request.timeout_ms = call.timeout_ms;
  request.max_reply_bytes = call.max_reply_bytes;
  request.cut_reply = true;
  request.headers = call.headers;
  HttpPairs query = call.query;
  const bool has_body = call.method != "GET" && call.method != "HEAD";
  if (has_body) request.body = call.body;

  static const json::Object kNone;
  const auto* found = json::GetObject(attempt->auth, "InvocationHttpParameters");
  const json::Object& more = found ? *found : kNone;
  for (const auto& [name, value] : KeysAndValues(more, "HeaderParameters")) {
    request.headers.Set(name, value);
  }
  Merge(query, KeysAndValues(more, "QueryStringParameters"));
  if (const auto* basic = json::GetObject(attempt->auth, "BasicAuthParameters")) {
    std::string credentials(json::GetString(*basic, "Username"));
    credentials.append(":").append(json::GetString(*basic, "Password"));
    request.headers.Set("Authorization", "Basic " + Base64Encode(credentials));
  } else if (const auto* key = json::GetObject(attempt->auth, "ApiKeyAuthParameters")) {
    request.headers.Set(json::GetString(*key, "ApiKeyName"), json::GetString(*key, "ApiKeyValue"));
  } else {
    request.headers.Set("Authorization", "Bearer " + token);
  }
  request.headers.Set("User-Agent", kUserAgent);
  request.headers.Set("Range", "bytes=0-1048575");
  if (has_body && !request.headers.Has("Content-Type")) {
    request.headers.Set("Content-Type", "application/json; charset=utf-8");
  }
  if (has_body) {
    if (Status added = AddToBody(request, KeysAndValues(more, "BodyParameters")); !added) {
      return attempt->completion(std::unexpected(added.error()));
    }
  }
  AddQuery(request.url, query);
  for (const auto& [name, value] : request.headers.list()) {
    if (Status valid = CheckHeader(name, value); !valid) {
      return attempt->completion(std::unexpected(valid.error()));
    }
  }
  parts_.http.Send(std::move(request), [this, attempt](Result<http::Response> reply) {
    parts_.loop.Post([this, attempt, reply = std::move(reply)]() mutable {
      Replied(attempt, std::move(reply));
    });
  });
}

void HttpConnections::Replied(const std::shared_ptr<Attempt>& attempt,
                              Result<http::Response> reply) {
  const bool refused = reply && (reply->status == 401 || reply->status == 407);
  if (!refused || attempt->row.type != kAuthOAuth) return attempt->completion(std::move(reply));
  if (attempt->refreshed) {
    return attempt->completion(Fail(
        Code::kUnauthenticated, "the endpoint refused the connection's credentials with status " +
                                    std::to_string(reply->status)));
  }
  attempt->refreshed = true;
  Try(attempt);
}

void HttpConnections::WithToken(const ConnectionRow& row, const json::Object& auth,
                                const std::string& stale, TokenCompletion completion) {
  const std::string key = TokenKey(row);
  Token& token = tokens_[key];
  if (token.value == stale) token.value.clear();
  if (!token.value.empty() && parts_.clock.Now() < token.expires) {
    return completion(token.value);
  }
  token.waiting.push_back(std::move(completion));
  if (token.fetching) return;
  token.fetching = true;
  token.value.clear();
  auto request = MakeTokenRequest(auth);
  if (request && !MayCall(request->url)) {
    request = Fail(Code::kPermissionDenied, "only https authorization endpoints are called");
  }
  const auto done = [this, key, row](Result<http::Response> reply) {
    parts_.loop.Post([this, key, row, reply = std::move(reply)]() mutable {
      Fetched(key, row, std::move(reply));
    });
  };
  if (!request) return done(std::unexpected(request.error()));
  parts_.http.Send(std::move(*request), done);
}

void HttpConnections::Fetched(const std::string& key, const ConnectionRow& row,
                              Result<http::Response> reply) {
  const auto found = tokens_.find(key);
  if (found == tokens_.end()) return;  // Reset.
  Token& token = found->second;
  Result<OAuthToken> fetched =
      reply ? ReadTokenReply(*reply) : Result<OAuthToken>(std::unexpected(reply.error()));
  Result<std::string> outcome =
      fetched ? Result<std::string>(fetched->value) : std::unexpected(fetched.error());
  token.fetching = false;
  if (fetched) {
    token.value = fetched->value;
    token.expires = parts_.clock.Now() + fetched->good_for;
    Record(ConnectionArn(row), row.version, kAuthorized, "");
  } else {
    parts_.log.Warning("no token for a connection",
                       {{"connection", ConnectionArn(row)}, {"reason", fetched.error().message}});
    if (IsRefusal(fetched.error().code)) {
      Record(ConnectionArn(row), row.version, kDeauthorized, fetched.error().message);
    }
  }
  std::vector<TokenCompletion> waiting = std::move(token.waiting);
  token.waiting.clear();
  if (token.forgotten || !fetched) tokens_.erase(found);
  for (TokenCompletion& completion : waiting) completion(outcome);
}

void HttpConnections::Record(const std::string& arn, int64_t version, std::string_view state,
                             const std::string& reason) {
  parts_.store.Write(
      [arn, version, state = std::string(state), reason,
       now = parts_.clock.Now()](store::Transaction& tx) {
        auto row = tables::FindConnectionByArn(tx, arn);
        if (!row || row->version != version || row->state == kDeauthorized) return;
        row->state = state;
        row->reason = reason;
        if (state == kAuthorized) row->authorized = now;
        tables::PutConnection(tx, *row);
      },
      [this, arn](std::exception_ptr failure) {
        if (failure) parts_.log.Error("state of a connection not stored", {{"connection", arn}});
      });
}

void HttpConnections::Authorize(const std::string& connection_arn) {
  parts_.loop.Post([this, connection_arn] { Authorize(connection_arn, 0); });
}

void HttpConnections::Authorize(const std::string& connection_arn, int tries) {
  std::optional<ConnectionRow> row;
  parts_.store.Read(
      [&](store::Transaction& tx) { row = tables::FindConnectionByArn(tx, connection_arn); });
  if (!row || row->state != kAuthorizing) return;
  const auto auth = parts_.secrets.Open(*row);
  if (!auth) {
    return Record(connection_arn, row->version, kDeauthorized,
                  "The stored credentials cannot be read.");
  }
  WithToken(*row, *auth, "",
            [this, connection_arn, tries, version = row->version](Result<std::string> token) {
              if (token || IsRefusal(token.error().code)) return;  // Recorded.
              if (static_cast<size_t>(tries) >= std::size(kAuthorizeAgain)) {
                return Record(connection_arn, version, kDeauthorized, token.error().message);
              }
              parts_.loop.PostAt(
                  parts_.clock.Now() + kAuthorizeAgain[tries],
                  [this, connection_arn, tries] { Authorize(connection_arn, tries + 1); });
            });
}

void HttpConnections::Forget(const std::string& connection_arn) {
  parts_.loop.Post([this, prefix = connection_arn + "\n"] {
    for (auto it = tokens_.begin(); it != tokens_.end();) {
      const bool is_its = it->first.starts_with(prefix);
      if (is_its) it->second.forgotten = true;
      // What waits for the fetch is told by it.
      it = is_its && !it->second.fetching ? tokens_.erase(it) : std::next(it);
    }
  });
}

void HttpConnections::Start() {
  std::vector<ConnectionRow> rows;
  parts_.store.Read([&](store::Transaction& tx) { rows = tables::ListAuthorizing(tx); });
  for (const ConnectionRow& row : rows) Authorize(ConnectionArn(row));
}

void HttpConnections::Reset() {
  tokens_.clear();
}

}  // namespace riposte::bus
