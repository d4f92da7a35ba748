// HTTP calls to third parties, authorised by a connection. API destinations make them, and whatever
// else may name a connection.
//
// Data path:     HttpTarget -> HttpConnections::Send() -> [token of the OAuth endpoint] ->
//                http::Client -> completion, on the loop
// Thread safety: Send and Reset on the loop; Authorize and Forget from any thread.
// Cost:          one read of the connection's row and one decryption a call; tokens are kept in
//                memory, never stored.
// Facts:         "Connections for API targets", EventBridge user guide; RFC 6749, 4.4.
//
// | type | what the request gets |
// |---|---|
// | API_KEY | a header of that name |
// | BASIC | Authorization: Basic |
// | OAUTH_CLIENT_CREDENTIALS | Authorization: Bearer, with the token of the authorization endpoint
// |
//
// All three add the connection's InvocationHttpParameters: headers, query, and members of the body
// (a JSON object, or a form when the Content-Type says so). Where caller and connection give the
// same name, the connection's value counts.
//
// Tokens: fetched with the connection's method; grant_type, client_id and client_secret go into the
// query (GET) or a form (POST, PUT; JSON when OAuthHttpParameters set such a Content-Type), unless
// OAuthHttpParameters give them, or an Authorization header in their place. A token is kept until
// shortly before it expires, and fetched anew once when the endpoint answers 401 or 407. However
// many callers wait, one request is under way. An endpoint that refuses deauthorises the
// connection until it is updated; one that cannot be reached leaves it as it is.
//
// Addresses are checked where sockets are opened (http/client.h), redirects are never followed, and
// plain http goes only where the operator listed the destination; the same for both endpoints.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "bus/connection_secrets.h"
#include "bus/http_parameters.h"
#include "http/client.h"
#include "store/store.h"
#include "telemetry/log.h"

namespace riposte::bus {

/// What a caller asks for; the connection adds to it.
struct HttpCall {
  std::string method = "POST";
  std::string url;        ///< Encoded.
  http::Headers headers;  ///< None that IsReservedHeader().
  HttpPairs query;        ///< Appended to the URL's.
  std::string body;       ///< Not sent with GET and HEAD.
  int timeout_ms = 5'000;
  size_t max_reply_bytes = 1u << 20;  ///< More is cut off.
};

class HttpConnections {
 public:
  /// A reply of any status is a success, but for a 401 or 407 in spite of a new token. Errors:
  /// kNotFound (no such connection), kPermissionDenied (deauthorised, or the destination is not
  /// allowed), kInvalidArgument (the request cannot be made), kUnauthenticated (credentials were
  /// refused), and from the network kUnavailable, kTimeout, kThrottled, kCancelled. Messages name
  /// hosts and numbers, never values.
  using Completion = std::move_only_function<void(Result<http::Response>)>;

  /// Everything it stands on; all outlive it.
  struct Parts {
    store::Store& store;
    http::Client& http;
    const ConnectionSecrets& secrets;
    Executor& loop;
    const Clock& clock;
    const telemetry::Log& log;
    /// Whether the operator listed a destination, so that plain http may go there.
    std::function<bool(const std::string& host, int port)> lists;
  };
  explicit HttpConnections(Parts parts) : parts_(std::move(parts)) {}

  /// Goes on with what was being authorised when the engine stopped.
  void Start();
  /// Forgets memory after Store::DeleteAllRows.
  void Reset();

  void Send(const std::string& connection_arn, HttpCall call, Completion completion);
  /// Fetches the first token of a connection in state AUTHORIZING, and records what came of it.
  void Authorize(const std::string& connection_arn);
  /// The credentials of the connection have changed or gone.
  void Forget(const std::string& connection_arn);

  /// False for a plain http URL to where the operator did not list.
  [[nodiscard]] bool MayCall(const std::string& url) const;

 private:
  using TokenCompletion = std::move_only_function<void(Result<std::string>)>;
  /// Of one connection, in one version of its credentials.
  struct Token {
    std::string value;  ///< "" : none.
    TimePoint expires;
    bool fetching = false;
    bool forgotten = false;  ///< Goes once its fetch is done.
    std::vector<TokenCompletion> waiting;
  };
  struct Attempt;

  void Try(std::shared_ptr<Attempt> attempt);
  void Dispatch(std::shared_ptr<Attempt> attempt, const std::string& token);
  void Replied(const std::shared_ptr<Attempt>& attempt, Result<http::Response> reply);
  /// A token that is not `stale`.
  void WithToken(const ConnectionRow& row, const json::Object& auth, const std::string& stale,
                 TokenCompletion completion);
  void Fetched(const std::string& key, const ConnectionRow& row, Result<http::Response> reply);
  void Authorize(const std::string& connection_arn, int tries);
  /// AUTHORIZED, or DEAUTHORIZED for that reason, unless the connection has changed since.
  void Record(const std::string& arn, int64_t version, std::string_view state,
              const std::string& reason);

  Parts parts_;
  std::unordered_map<std::string, Token> tokens_;
};

}  // namespace riposte::bus
