#include "bus/connection_tables.h"

#include "base/arn.h"
#include "store/text_range.h"

namespace riposte::bus {

std::string ConnectionArn(const ConnectionRow& row) {
  return MakeArn("events", row.scope, "connection/" + row.name + "/" + row.id);
}

std::string SecretArn(const ConnectionRow& row) {
  return MakeArn("secretsmanager", row.scope,
                 "secret:events!connection/" + row.name + "/" + row.secret_id);
}

std::string ApiDestinationArn(const ApiDestinationRow& row) {
  return MakeArn("events", row.scope, "api-destination/" + row.name + "/" + row.id);
}

namespace tables {
namespace {

constexpr store::Migration kMigrations[] = {{"bus_connections", 1, R"(
CREATE TABLE bus_connections (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  id TEXT NOT NULL,
  description TEXT NOT NULL,
  kms_key TEXT NOT NULL,
  type TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  secret_id TEXT NOT NULL,
  shown TEXT NOT NULL,
  sealed TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL,
  authorized_ms INTEGER,
  PRIMARY KEY (account, region, name)
) WITHOUT ROWID;
CREATE TABLE bus_api_destinations (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  id TEXT NOT NULL,
  description TEXT NOT NULL,
  connection_arn TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  method TEXT NOT NULL,
  rate INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL,
  PRIMARY KEY (account, region, name)
) WITHOUT ROWID;
)"}};

#define RIPOSTE_CONNECTION_COLUMNS                                                    \
  "account, region, name, id, description, kms_key, type, state, reason, secret_id, " \
  "shown, sealed, version, created_ms, modified_ms, authorized_ms"
#define RIPOSTE_DESTINATION_COLUMNS                                                  \
  "account, region, name, id, description, connection_arn, endpoint, method, rate, " \
  "created_ms, modified_ms"

ConnectionRow ReadConnection(const store::Row& row) {
  ConnectionRow out;
  out.scope = {AccountId(row.Str(0)), Region(row.Str(1))};
  out.name = row.Str(2);
  out.id = row.Str(3);
  out.description = row.Str(4);
  out.kms_key = row.Str(5);
  out.type = row.Str(6);
  out.state = row.Str(7);
  out.reason = row.Str(8);
  out.secret_id = row.Str(9);
  out.shown = row.Json(10).as_object();
  out.sealed = row.Str(11);
  out.version = row.Int(12);
  out.created = row.Time(13);
  out.modified = row.Time(14);
  if (!row.IsNull(15)) out.authorized = row.Time(15);
  return out;
}

ApiDestinationRow ReadDestination(const store::Row& row) {
  ApiDestinationRow out;
  out.scope = {AccountId(row.Str(0)), Region(row.Str(1))};
  out.name = row.Str(2);
  out.id = row.Str(3);
  out.description = row.Str(4);
  out.connection_arn = row.Str(5);
  out.endpoint = row.Str(6);
  out.method = row.Str(7);
  out.rate = row.Int(8);
  out.created = row.Time(9);
  out.modified = row.Time(10);
  return out;
}

/// What "TYPE/NAME/UUID" names in the scope of its ARN.
struct Named {
  Scope scope;
  std::string name;
  std::string id;
};
std::optional<Named> ParseArn(const std::string& text, std::string_view type) {
  const auto arn = Arn::Parse(text);
  if (!arn || arn->service != "events" || !arn->resource.starts_with(type)) return std::nullopt;
  const std::string_view rest = std::string_view(arn->resource).substr(type.size());
  const size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  return Named{arn->scope(), std::string(rest.substr(0, slash)),
               std::string(rest.substr(slash + 1))};
}

}  // namespace

std::span<const store::Migration> ConnectionMigrations() {
  return kMigrations;
}

std::optional<ConnectionRow> FindConnection(store::Transaction& tx, const Scope& scope,
                                            const std::string& name) {
  std::optional<ConnectionRow> found;
  tx.QueryOne("SELECT " RIPOSTE_CONNECTION_COLUMNS
              " FROM bus_connections WHERE account = ? AND region = ? AND name = ?",
              {scope.account.str(), scope.region.str(), name},
              [&](const store::Row& row) { found = ReadConnection(row); });
  return found;
}

std::optional<ConnectionRow> FindConnectionByArn(store::Transaction& tx, const std::string& arn) {
  const auto named = ParseArn(arn, "connection/");
  if (!named) return std::nullopt;
  auto found = FindConnection(tx, named->scope, named->name);
  if (found && found->id != named->id) found.reset();
  return found;
}

void PutConnection(store::Transaction& tx, const ConnectionRow& row) {
  tx.Execute(
      "INSERT OR REPLACE INTO bus_connections (" RIPOSTE_CONNECTION_COLUMNS
      ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {row.scope.account.str(), row.scope.region.str(), row.name, row.id, row.description,
       row.kms_key, row.type, row.state, row.reason, row.secret_id, json::Serialize(row.shown),
       row.sealed, row.version, row.created, row.modified, row.authorized});
}

void DeleteConnection(store::Transaction& tx, const Scope& scope, const std::string& name) {
  tx.Execute("DELETE FROM bus_connections WHERE account = ? AND region = ? AND name = ?",
             {scope.account.str(), scope.region.str(), name});
}

int64_t CountConnections(store::Transaction& tx, const Scope& scope) {
  return tx
      .QueryInt("SELECT COUNT(*) FROM bus_connections WHERE account = ? AND region = ?",
                {scope.account.str(), scope.region.str()})
      .value_or(0);
}

std::vector<ConnectionRow> ListConnections(store::Transaction& tx, const Scope& scope,
                                           const std::string& prefix, const std::string& state,
                                           const std::string& after, int64_t limit) {
  std::vector<ConnectionRow> rows;
  tx.Query("SELECT " RIPOSTE_CONNECTION_COLUMNS
           " FROM bus_connections WHERE account = ? AND region = ? AND name > ? AND name >= ? AND "
           "name < ? AND (? = '' OR state = ?) ORDER BY name LIMIT ?",
           {scope.account.str(), scope.region.str(), after, prefix, store::AfterPrefix(prefix),
            state, state, limit},
           [&](const store::Row& row) {
             rows.push_back(ReadConnection(row));
             return true;
           });
  return rows;
}

std::vector<ConnectionRow> ListAuthorizing(store::Transaction& tx) {
  std::vector<ConnectionRow> rows;
  tx.Query("SELECT " RIPOSTE_CONNECTION_COLUMNS " FROM bus_connections WHERE state = ?",
           {std::string(kAuthorizing)}, [&](const store::Row& row) {
             rows.push_back(ReadConnection(row));
             return true;
           });
  return rows;
}

std::optional<ApiDestinationRow> FindApiDestination(store::Transaction& tx, const Scope& scope,
                                                    const std::string& name) {
  std::optional<ApiDestinationRow> found;
  tx.QueryOne("SELECT " RIPOSTE_DESTINATION_COLUMNS
              " FROM bus_api_destinations WHERE account = ? AND region = ? AND name = ?",
              {scope.account.str(), scope.region.str(), name},
              [&](const store::Row& row) { found = ReadDestination(row); });
  return found;
}

std::optional<ApiDestinationRow> FindApiDestinationByArn(store::Transaction& tx,
                                                         const std::string& arn) {
  const auto named = ParseArn(arn, "api-destination/");
  if (!named) return std::nullopt;
  auto found = FindApiDestination(tx, named->scope, named->name);
  if (found && found->id != named->id) found.reset();
  return found;
}

void PutApiDestination(store::Transaction& tx, const ApiDestinationRow& row) {
  tx.Execute("INSERT OR REPLACE INTO bus_api_destinations (" RIPOSTE_DESTINATION_COLUMNS
             ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
             {row.scope.account.str(), row.scope.region.str(), row.name, row.id, row.description,
              row.connection_arn, row.endpoint, row.method, row.rate, row.created, row.modified});
}

bool DeleteApiDestination(store::Transaction& tx, const Scope& scope, const std::string& name) {
  return tx.Execute(
             "DELETE FROM bus_api_destinations WHERE account = ? AND region = ? AND name = ?",
             {scope.account.str(), scope.region.str(), name}) > 0;
}

int64_t CountApiDestinations(store::Transaction& tx, const Scope& scope) {
  return tx
      .QueryInt("SELECT COUNT(*) FROM bus_api_destinations WHERE account = ? AND region = ?",
                {scope.account.str(), scope.region.str()})
      .value_or(0);
}

std::vector<ApiDestinationRow> ListApiDestinations(store::Transaction& tx, const Scope& scope,
                                                   const std::string& prefix,
                                                   const std::string& connection_arn,
                                                   const std::string& after, int64_t limit) {
  std::vector<ApiDestinationRow> rows;
  tx.Query("SELECT " RIPOSTE_DESTINATION_COLUMNS
           " FROM bus_api_destinations WHERE account = ? AND region = ? AND name > ? AND "
           "name >= ? AND name < ? AND (? = '' OR connection_arn = ?) ORDER BY name LIMIT ?",
           {scope.account.str(), scope.region.str(), after, prefix, store::AfterPrefix(prefix),
            connection_arn, connection_arn, limit},
           [&](const store::Row& row) {
             rows.push_back(ReadDestination(row));
             return true;
           });
  return rows;
}

}  // namespace tables
}  // namespace riposte::bus
