#include <algorithm>

#include "bus/http_connection.h"
#include "services/events/events.h"
#include "services/events/input.h"

namespace riposte::events {
namespace {

using bus::ConnectionRow;
namespace tables = bus::tables;

constexpr std::string_view kLists[] = {"HeaderParameters", "QueryStringParameters",
                                       "BodyParameters"};

/// The member of AuthParameters that goes with an authorization type.
std::string_view MemberOf(std::string_view type) {
  if (type == bus::kAuthBasic) return "BasicAuthParameters";
  if (type == bus::kAuthApiKey) return "ApiKeyAuthParameters";
  return "OAuthParameters";
}

ConnectionRow RequireConnection(const api::Call& call, store::Transaction& tx) {
  const std::string name = Text(call, "Name");
  auto row = tables::FindConnection(tx, call.scope, name);
  if (!row) {
    throw api::Error(
        "ResourceNotFoundException",
        "Failed to describe the connection(s). Connection '" + name + "' does not exist.");
  }
  return std::move(*row);
}

/// A parameter list of the API: each entry has a name, and what it adds can be sent.
void CheckHttpParameters(const json::Object& parameters) {
  for (const std::string_view list : kLists) {
    const auto* entries = json::GetArray(parameters, list);
    if (!entries) continue;
    for (const json::Value& entry : *entries) {
      const std::string key(json::GetString(entry.as_object(), "Key"));
      if (key.empty()) throw Invalid("Every entry of " + std::string(list) + " must have a Key.");
      if (!json::Find(entry.as_object(), "Value")) {
        throw Invalid("Parameter " + key + " of " + std::string(list) + " must have a Value.");
      }
      if (list != "HeaderParameters") continue;
      if (bus::IsReservedHeader(key)) {
        throw Invalid("Header " + key + " is reserved and cannot be set by a connection.");
      }
      const Status valid = bus::CheckHeader(key, json::GetString(entry.as_object(), "Value"));
      if (!valid)
        throw Invalid("Parameter " + key + " is not valid. Reason: " + valid.error().message + ".");
    }
  }
}

/// Values that the new list leaves out because they are secret stay what they were.
void KeepSecretValues(json::Object& parameters, const json::Object* before) {
  if (!before) return;
  for (const std::string_view list : kLists) {
    const auto* old_entries = json::GetArray(*before, list);
    json::Value* entries = parameters.if_contains(list);
    if (!old_entries || !entries || !entries->is_array()) continue;
    for (json::Value& value : entries->get_array()) {
      json::Object& entry = value.as_object();
      if (json::Find(entry, "Value") || !json::GetBool(entry, "IsValueSecret")) continue;
      for (const json::Value& old : *old_entries) {
        if (json::GetString(old.as_object(), "Key") != json::GetString(entry, "Key")) continue;
        if (const json::Value* kept = json::Find(old.as_object(), "Value")) entry["Value"] = *kept;
      }
    }
  }
}

/// The parameters without the values that are marked secret.
json::Object ShowHttpParameters(const json::Object& parameters) {
  json::Object out;
  for (const std::string_view list : kLists) {
    const auto* entries = json::GetArray(parameters, list);
    if (!entries) continue;
    json::Array shown;
    for (const json::Value& value : *entries) {
      const json::Object& entry = value.as_object();
      const bool secret = json::GetBool(entry, "IsValueSecret");
      json::Object copy;
      copy["Key"] = json::GetString(entry, "Key");
      if (!secret) copy["Value"] = json::GetString(entry, "Value");
      copy["IsValueSecret"] = secret;
      shown.push_back(std::move(copy));
    }
    out[list] = std::move(shown);
  }
  return out;
}

/// AuthParameters as Describe shows them: names, never what proves anything.
json::Object Show(const json::Object& auth) {
  json::Object out;
  if (const auto* basic = json::GetObject(auth, "BasicAuthParameters")) {
    out["BasicAuthParameters"] = json::Object{{"Username", json::GetString(*basic, "Username")}};
  }
  if (const auto* key = json::GetObject(auth, "ApiKeyAuthParameters")) {
    out["ApiKeyAuthParameters"] = json::Object{{"ApiKeyName", json::GetString(*key, "ApiKeyName")}};
  }
  if (const auto* oauth = json::GetObject(auth, "OAuthParameters")) {
    json::Object shown;
    if (const auto* client = json::GetObject(*oauth, "ClientParameters")) {
      shown["ClientParameters"] = json::Object{{"ClientID", json::GetString(*client, "ClientID")}};
    }
    shown["AuthorizationEndpoint"] = json::GetString(*oauth, "AuthorizationEndpoint");
    shown["HttpMethod"] = json::GetString(*oauth, "HttpMethod");
    if (const auto* more = json::GetObject(*oauth, "OAuthHttpParameters")) {
      shown["OAuthHttpParameters"] = ShowHttpParameters(*more);
    }
    out["OAuthParameters"] = std::move(shown);
  }
  if (const auto* more = json::GetObject(auth, "InvocationHttpParameters")) {
    out["InvocationHttpParameters"] = ShowHttpParameters(*more);
  }
  return out;
}

/// Members of `to` are replaced by those of `from`, structures member by member.
void Overlay(json::Object& to, const json::Object& from) {
  for (const auto& [name, value] : from) {
    json::Value& target = to[name];
    if (value.is_object() && target.is_object()) {
      Overlay(target.get_object(), value.get_object());
    } else {
      target = value;
    }
  }
}

/// Throws unless `auth` is all that a connection of `type` needs, and nothing of another's.
void CheckAuth(std::string_view type, const json::Object& auth) {
  const std::string member(MemberOf(type));
  for (const std::string_view other :
       {"BasicAuthParameters", "ApiKeyAuthParameters", "OAuthParameters"}) {
    if (json::Find(auth, other) && other != member) {
      throw Invalid("Parameter(s) " + std::string(other) + " not supported for AuthorizationType " +
                    std::string(type) + ".");
    }
  }
  const auto* own = json::GetObject(auth, member);
  if (!own) {
    throw Invalid("Parameter(s) " + member + " must be specified for AuthorizationType " +
                  std::string(type) + ".");
  }
  const auto need = [&member](const json::Object& object, const char* name) {
    if (!json::Find(object, name)) {
      throw Invalid("Parameter(s) " + std::string(name) + " must be specified in " + member + ".");
    }
  };
  if (type == bus::kAuthBasic) {
    need(*own, "Username");
    need(*own, "Password");
  } else if (type == bus::kAuthApiKey) {
    need(*own, "ApiKeyName");
    need(*own, "ApiKeyValue");
    const std::string name(json::GetString(*own, "ApiKeyName"));
    const Status valid = bus::CheckHeader(name, json::GetString(*own, "ApiKeyValue"));
    if (!valid || bus::IsReservedHeader(name)) {
      throw Invalid("Parameter ApiKeyName is not valid. Reason: " + name +
                    " cannot be a header of a request.");
    }
  } else {
    need(*own, "ClientParameters");
    need(*json::GetObject(*own, "ClientParameters"), "ClientID");
    need(*json::GetObject(*own, "ClientParameters"), "ClientSecret");
    need(*own, "AuthorizationEndpoint");
    need(*own, "HttpMethod");
    if (const auto* more = json::GetObject(*own, "OAuthHttpParameters")) CheckHttpParameters(*more);
  }
  if (const auto* more = json::GetObject(auth, "InvocationHttpParameters")) {
    CheckHttpParameters(*more);
  }
}

void RefusePrivateNetworks(const json::Object& input) {
  const auto* auth = json::GetObject(input, "AuthParameters");
  if (json::Find(input, "InvocationConnectivityParameters") ||
      (auth && json::Find(*auth, "ConnectivityParameters"))) {
    throw Invalid(
        "Connections to private networks by resource configurations are not supported: the "
        "operator allows private destinations in the configuration.");
  }
}

json::Object Summary(const ConnectionRow& row) {
  json::Object out;
  out["ConnectionArn"] = bus::ConnectionArn(row);
  out["Name"] = row.name;
  out["ConnectionState"] = row.state;
  json::SetIfNotEmpty(out, "StateReason", row.reason);
  out["AuthorizationType"] = row.type;
  out["CreationTime"] = ToSeconds(row.created);
  out["LastModifiedTime"] = ToSeconds(row.modified);
  if (row.authorized) out["LastAuthorizedTime"] = ToSeconds(*row.authorized);
  return out;
}

/// What changing a connection answers.
json::Object Changed(const ConnectionRow& row, std::string_view state) {
  json::Object out;
  out["ConnectionArn"] = bus::ConnectionArn(row);
  out["ConnectionState"] = state;
  out["CreationTime"] = ToSeconds(row.created);
  out["LastModifiedTime"] = ToSeconds(row.modified);
  if (row.authorized) out["LastAuthorizedTime"] = ToSeconds(*row.authorized);
  return out;
}

/// Seals the credentials and sets what follows from them.
void Adopt(const bus::ConnectionSecrets& secrets, const api::Call& call, ConnectionRow& row,
           const json::Object& auth) {
  row.shown = Show(auth);
  secrets.Seal(row, auth);
  row.reason.clear();
  row.state = row.type == bus::kAuthOAuth ? bus::kAuthorizing : bus::kAuthorized;
  if (row.state == bus::kAuthorized) row.authorized = call.now;
}

}  // namespace

void EventsService::CheckUrl(std::string_view member, const std::string& url) const {
  const Status valid = bus::CheckEndpoint(url);
  if (!valid) {
    throw Invalid("Parameter " + std::string(member) +
                  " is not valid. Reason: " + valid.error().message + ".");
  }
  if (!parts_.connections.MayCall(url)) {
    throw Invalid("Parameter " + std::string(member) +
                  " is not valid. Reason: it must be an HTTPS endpoint.");
  }
}

void EventsService::Announce(Transaction& tx, const ConnectionRow& row) {
  tx.OnCommit([this, arn = bus::ConnectionArn(row), fetch = row.state == bus::kAuthorizing] {
    parts_.connections.Forget(arn);
    if (fetch) parts_.connections.Authorize(arn);
  });
}

json::Value EventsService::CreateConnection(const Call& call, Transaction& tx) {
  ConnectionRow row;
  row.scope = call.scope;
  row.name = Text(call, "Name");
  RefusePrivateNetworks(call.input);
  if (tables::FindConnection(tx, call.scope, row.name)) {
    throw api::Error("ResourceAlreadyExistsException",
                     "Connection " + row.name + " already exists.");
  }
  if (tables::CountConnections(tx, call.scope) >= options_.max_connections) throw LimitExceeded();
  row.type = Text(call, "AuthorizationType");
  const json::Object& auth = *json::GetObject(call.input, "AuthParameters");
  CheckAuth(row.type, auth);
  if (const auto* oauth = json::GetObject(auth, "OAuthParameters")) {
    CheckUrl("AuthorizationEndpoint",
             std::string(json::GetString(*oauth, "AuthorizationEndpoint")));
  }
  row.id = parts_.random.Uuid();
  row.secret_id = parts_.random.Uuid() + "-" +
                  parts_.random.Pick(6,
                                     "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "0123456789");
  row.description = Text(call, "Description");
  row.kms_key = Text(call, "KmsKeyIdentifier");
  row.created = row.modified = call.now;
  Adopt(parts_.secrets, call, row, auth);
  tables::PutConnection(tx, row);
  Announce(tx, row);
  json::Object out = Changed(row, row.state);
  out.erase("LastAuthorizedTime");
  return out;
}

json::Value EventsService::DescribeConnection(const Call& call, Transaction& tx) {
  const ConnectionRow row = RequireConnection(call, tx);
  json::Object out = Summary(row);
  json::SetIfNotEmpty(out, "Description", row.description);
  json::SetIfNotEmpty(out, "KmsKeyIdentifier", row.kms_key);
  if (!row.sealed.empty()) {
    out["SecretArn"] = bus::SecretArn(row);
    out["AuthParameters"] = row.shown;
  }
  return out;
}

json::Value EventsService::ListConnections(const Call& call, Transaction& tx) {
  const Page page = PageOf(call);
  auto rows = tables::ListConnections(tx, call.scope, Text(call, "NamePrefix"),
                                      Text(call, "ConnectionState"), page.after, page.limit + 1);
  json::Object out;
  EndPage(page, rows, &ConnectionRow::name, out);
  json::Array list;
  for (const ConnectionRow& row : rows) list.push_back(Summary(row));
  out["Connections"] = std::move(list);
  return out;
}

json::Value EventsService::UpdateConnection(const Call& call, Transaction& tx) {
  ConnectionRow row = RequireConnection(call, tx);
  RefusePrivateNetworks(call.input);
  if (json::Find(call.input, "Description")) row.description = Text(call, "Description");
  if (json::Find(call.input, "KmsKeyIdentifier")) row.kms_key = Text(call, "KmsKeyIdentifier");
  const std::string type =
      json::Find(call.input, "AuthorizationType") ? Text(call, "AuthorizationType") : row.type;
  const json::Object before = parts_.secrets.Open(row).value_or(json::Object());
  json::Object auth = before;
  if (type != row.type) auth.erase(MemberOf(row.type));
  row.type = type;
  if (const auto* changes = json::GetObject(call.input, "AuthParameters")) {
    json::Object given = *changes;
    // Lists are replaced whole, but for secrets that stay as they are.
    const auto take = [](json::Object& object, const json::Object* old, const char* member) {
      json::Value* parameters = object.if_contains(member);
      if (!parameters || !parameters->is_object()) return;
      KeepSecretValues(parameters->get_object(), old ? json::GetObject(*old, member) : nullptr);
    };
    take(given, &before, "InvocationHttpParameters");
    if (given.contains("InvocationHttpParameters")) auth.erase("InvocationHttpParameters");
    if (json::Value* oauth = given.if_contains("OAuthParameters"); oauth && oauth->is_object()) {
      take(oauth->get_object(), json::GetObject(before, "OAuthParameters"), "OAuthHttpParameters");
      json::Value* old = auth.if_contains("OAuthParameters");
      if (old && oauth->get_object().contains("OAuthHttpParameters")) {
        old->get_object().erase("OAuthHttpParameters");
      }
    }
    Overlay(auth, given);
  }
  const bool new_auth =
      json::Find(call.input, "AuthParameters") || json::Find(call.input, "AuthorizationType");
  row.modified = call.now;
  if (new_auth || !row.sealed.empty()) {
    // Whatever was changed, an update is also how a connection is authorised again.
    CheckAuth(row.type, auth);
    if (const auto* oauth = json::GetObject(auth, "OAuthParameters")) {
      CheckUrl("AuthorizationEndpoint",
               std::string(json::GetString(*oauth, "AuthorizationEndpoint")));
    }
    ++row.version;
    Adopt(parts_.secrets, call, row, auth);
  }
  tables::PutConnection(tx, row);
  Announce(tx, row);
  return Changed(row, row.state);
}

json::Value EventsService::DeauthorizeConnection(const Call& call, Transaction& tx) {
  ConnectionRow row = RequireConnection(call, tx);
  row.state = bus::kDeauthorized;
  row.reason.clear();
  row.sealed.clear();
  row.shown.clear();
  ++row.version;
  row.modified = call.now;
  tables::PutConnection(tx, row);
  Announce(tx, row);
  return Changed(row, "DEAUTHORIZING");
}

json::Value EventsService::DeleteConnection(const Call& call, Transaction& tx) {
  const ConnectionRow row = RequireConnection(call, tx);
  tables::DeleteConnection(tx, call.scope, row.name);
  tx.OnCommit([this, arn = bus::ConnectionArn(row)] { parts_.connections.Forget(arn); });
  return Changed(row, "DELETING");
}

}  // namespace riposte::events
