// The tables of connections and API destinations, and every statement on them.
//
// Functions over a store::Transaction; writes need a write transaction. What a connection's
// credentials are stands sealed in its row (bus/connection_secrets.h); `shown` never holds a
// secret.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/scope.h"
#include "base/time.h"
#include "json/json.h"
#include "store/store.h"

namespace riposte::bus {

/// How a connection proves who calls; the values of AuthorizationType.
inline constexpr std::string_view kAuthBasic = "BASIC";
inline constexpr std::string_view kAuthOAuth = "OAUTH_CLIENT_CREDENTIALS";
inline constexpr std::string_view kAuthApiKey = "API_KEY";

/// The states a connection can be in here; the service has more, of private networks.
inline constexpr std::string_view kAuthorizing = "AUTHORIZING";
inline constexpr std::string_view kAuthorized = "AUTHORIZED";
inline constexpr std::string_view kDeauthorized = "DEAUTHORIZED";

struct ConnectionRow {
  Scope scope;
  std::string name;
  std::string id;  ///< The UUID at the end of its ARN: another for each connection of the name.
  std::string description;
  std::string kms_key;
  std::string type;
  std::string state;
  std::string reason;
  std::string secret_id;  ///< The end of SecretArn.
  json::Object shown;     ///< AuthParameters as Describe shows them.
  std::string sealed;     ///< AuthParameters as they were given, sealed; "" after Deauthorize.
  int64_t version = 1;    ///< Of the credentials: another after each change of them.
  TimePoint created;
  TimePoint modified;
  std::optional<TimePoint> authorized;  ///< Last.
};

struct ApiDestinationRow {
  Scope scope;
  std::string name;
  std::string id;  ///< The UUID at the end of its ARN.
  std::string description;
  std::string connection_arn;
  std::string endpoint;
  std::string method;
  int64_t rate = 0;  ///< Calls a second.
  TimePoint created;
  TimePoint modified;
};

/// "arn:aws:events:R:A:connection/NAME/UUID"
[[nodiscard]] std::string ConnectionArn(const ConnectionRow& row);
/// "arn:aws:secretsmanager:R:A:secret:events!connection/NAME/UUID-abcdef"
[[nodiscard]] std::string SecretArn(const ConnectionRow& row);
/// "arn:aws:events:R:A:api-destination/NAME/UUID"
[[nodiscard]] std::string ApiDestinationArn(const ApiDestinationRow& row);

namespace tables {

[[nodiscard]] std::span<const store::Migration> ConnectionMigrations();

[[nodiscard]] std::optional<ConnectionRow> FindConnection(store::Transaction& tx,
                                                          const Scope& scope,
                                                          const std::string& name);
/// nullopt also when the name has passed to another connection since.
[[nodiscard]] std::optional<ConnectionRow> FindConnectionByArn(store::Transaction& tx,
                                                               const std::string& arn);
void PutConnection(store::Transaction& tx, const ConnectionRow& row);
void DeleteConnection(store::Transaction& tx, const Scope& scope, const std::string& name);
[[nodiscard]] int64_t CountConnections(store::Transaction& tx, const Scope& scope);
/// By name, after `after`, at most `limit`; `state` "" is any.
[[nodiscard]] std::vector<ConnectionRow> ListConnections(store::Transaction& tx, const Scope& scope,
                                                         const std::string& prefix,
                                                         const std::string& state,
                                                         const std::string& after, int64_t limit);
/// Of every scope: what was being authorised when the engine stopped.
[[nodiscard]] std::vector<ConnectionRow> ListAuthorizing(store::Transaction& tx);

[[nodiscard]] std::optional<ApiDestinationRow> FindApiDestination(store::Transaction& tx,
                                                                  const Scope& scope,
                                                                  const std::string& name);
[[nodiscard]] std::optional<ApiDestinationRow> FindApiDestinationByArn(store::Transaction& tx,
                                                                       const std::string& arn);
void PutApiDestination(store::Transaction& tx, const ApiDestinationRow& row);
/// False when there was none.
bool DeleteApiDestination(store::Transaction& tx, const Scope& scope, const std::string& name);
[[nodiscard]] int64_t CountApiDestinations(store::Transaction& tx, const Scope& scope);
/// By name, after `after`, at most `limit`; `connection_arn` "" is any.
[[nodiscard]] std::vector<ApiDestinationRow> ListApiDestinations(
    store::Transaction& tx, const Scope& scope, const std::string& prefix,
    const std::string& connection_arn, const std::string& after, int64_t limit);

}  // namespace tables
}  // namespace riposte::bus
