// Aliases: names for versions.
#include "services/lambda/common.h"
#include "services/lambda/lambda_service.h"

namespace riposte::lambda {

using functions::FunctionRef;
namespace tables = functions::tables;

namespace {

FunctionRef AliasRefOf(const api::Call& call) {
  FunctionRef ref = UnqualifiedRefOf(call);
  ref.qualifier = json::GetString(call.input, "Name");
  return ref;
}

json::Object RequireAlias(store::Transaction& tx, const FunctionRef& ref) {
  auto alias = tables::FindAlias(tx, ref.scope, ref.name, ref.qualifier);
  if (!alias) {
    throw api::Error("ResourceNotFoundException", "Cannot find alias arn: " + ref.QualifiedArn(),
                     404, {{"Type", "User"}});
  }
  return std::move(*alias);
}

void RequireVersion(store::Transaction& tx, FunctionRef ref, std::string_view version) {
  ref.qualifier = version;
  if (tables::VersionNumber(version) < 0 ||
      !tables::FindVersion(tx, ref.scope, ref.name, version)) {
    throw FunctionNotFound(ref.QualifiedArn());
  }
}

/// Checks and takes over FunctionVersion, Description and RoutingConfig.
void TakeAlias(const api::Call& call, store::Transaction& tx, const FunctionRef& ref,
               json::Object& alias) {
  const std::string_view version = json::GetString(call.input, "FunctionVersion");
  if (!version.empty()) {
    RequireVersion(tx, ref, version);
    alias["FunctionVersion"] = version;
  }
  if (const json::Value* text = json::Find(call.input, "Description")) alias["Description"] = *text;
  const json::Object* routing = json::GetObject(call.input, "RoutingConfig");
  if (!routing) return;
  const json::Object* weights = json::GetObject(*routing, "AdditionalVersionWeights");
  if (!weights || weights->empty()) {
    alias.erase("RoutingConfig");
    return;
  }
  if (weights->size() > 1) {
    throw InvalidParameter("Number of items in AdditionalVersionWeights cannot be greater than 1");
  }
  const std::string_view other = weights->begin()->key();
  RequireVersion(tx, ref, other);
  if (other == json::GetString(alias, "FunctionVersion")) {
    throw InvalidParameter("Invalid function version " + std::string(other) +
                           ". Function version " + std::string(other) +
                           " is already included in routing configuration.");
  }
  const double weight = json::GetDouble(*weights, other);
  if (weight < 0 || weight > 1) {
    throw InvalidParameter("The weight of an additional version must lie between 0 and 1.");
  }
  alias["RoutingConfig"] = *routing;
}

}  // namespace

json::Value LambdaService::CreateAlias(const api::Call& call, Tx& tx) {
  const FunctionRef ref = AliasRefOf(call);
  (void)RequireFunction(tx, ref);
  if (tables::VersionNumber(ref.qualifier) >= 0) {
    throw InvalidParameter("The alias name " + ref.qualifier + " looks like a version.");
  }
  if (tables::FindAlias(tx, ref.scope, ref.name, ref.qualifier)) {
    throw Conflict("Alias already exists: " + ref.QualifiedArn());
  }
  json::Object alias = {{"AliasArn", ref.QualifiedArn()},
                        {"Name", ref.qualifier},
                        {"Description", ""},
                        {"RevisionId", parts_.random.Uuid()}};
  TakeAlias(call, tx, ref, alias);
  tables::PutAlias(tx, ref.scope, ref.name, ref.qualifier, alias);
  parts_.catalog.ForgetOnCommit(tx, ref.scope, ref.name);
  return alias;
}

json::Value LambdaService::GetAlias(const api::Call& call, Tx& tx) {
  const FunctionRef ref = AliasRefOf(call);
  (void)RequireFunction(tx, ref);
  return RequireAlias(tx, ref);
}

json::Value LambdaService::UpdateAlias(const api::Call& call, Tx& tx) {
  const FunctionRef ref = AliasRefOf(call);
  (void)RequireFunction(tx, ref);
  json::Object alias = RequireAlias(tx, ref);
  CheckRevision(call, json::GetString(alias, "RevisionId"));
  TakeAlias(call, tx, ref, alias);
  alias["RevisionId"] = parts_.random.Uuid();
  tables::PutAlias(tx, ref.scope, ref.name, ref.qualifier, alias);
  parts_.catalog.ForgetOnCommit(tx, ref.scope, ref.name);
  return alias;
}

json::Value LambdaService::DeleteAlias(const api::Call& call, Tx& tx) {
  const FunctionRef ref = AliasRefOf(call);
  (void)RequireFunction(tx, ref);
  // Deleting what is not there succeeds, as the service does it.
  tables::DeleteAlias(tx, ref.scope, ref.name, ref.qualifier);
  parts_.catalog.ForgetOnCommit(tx, ref.scope, ref.name);
  return json::Object();
}

json::Value LambdaService::ListAliases(const api::Call& call, Tx& tx) {
  const FunctionRef ref = UnqualifiedRefOf(call);
  (void)RequireFunction(tx, ref);
  const auto limit = static_cast<size_t>(MaxItems(call, 50));
  const std::string_view version = json::GetString(call.input, "FunctionVersion");
  json::Array list;
  json::Object out;
  std::string after(json::GetString(call.input, "Marker"));
  // Filtering comes after reading, so read on until the page is full or there is no more.
  while (true) {
    const auto found =
        tables::ListAliases(tx, ref.scope, ref.name, after, static_cast<int>(limit) + 1);
    for (const json::Object& alias : found) {
      const bool wanted = version.empty() || json::GetString(alias, "FunctionVersion") == version;
      if (wanted && list.size() == limit) {
        out["NextMarker"] = after;
        out["Aliases"] = std::move(list);
        return out;
      }
      after = json::GetString(alias, "Name");
      if (wanted) list.push_back(alias);
    }
    if (found.size() <= limit) break;
  }
  out["Aliases"] = std::move(list);
  return out;
}

}  // namespace riposte::lambda
