#include "access/principal_json.h"

namespace riposte::access {
namespace {

constexpr std::pair<Principal::Kind, std::string_view> kKinds[] = {
    {Principal::Kind::kRoot, "root"},
    {Principal::Kind::kUser, "user"},
    {Principal::Kind::kAssumedRole, "assumed-role"},
    {Principal::Kind::kService, "service"},
    {Principal::Kind::kAnonymous, "anonymous"},
};

}  // namespace

json::Object PrincipalToJson(const Principal& principal) {
  json::Object out;
  for (const auto& [kind, name] : kKinds) {
    if (kind == principal.kind) out["kind"] = name;
  }
  json::SetIfNotEmpty(out, "account", principal.account.str());
  json::SetIfNotEmpty(out, "arn", principal.arn);
  json::SetIfNotEmpty(out, "id", principal.id);
  json::SetIfNotEmpty(out, "role_arn", principal.role_arn);
  json::SetIfNotEmpty(out, "service", principal.service);
  json::SetIfNotEmpty(out, "source_arn", principal.source_arn);
  json::SetIfNotEmpty(out, "access_key_id", principal.access_key_id);
  if (!principal.session_policies.empty()) {
    json::Array& policies = out["session_policies"].emplace_array();
    for (const std::string& policy : principal.session_policies) policies.emplace_back(policy);
  }
  return out;
}

Principal PrincipalFromJson(const json::Object& object) {
  Principal principal;
  const std::string_view name = json::GetString(object, "kind");
  for (const auto& [kind, kind_name] : kKinds) {
    if (kind_name == name) principal.kind = kind;
  }
  principal.account = AccountId(std::string(json::GetString(object, "account")));
  principal.arn = json::GetString(object, "arn");
  principal.id = json::GetString(object, "id");
  principal.role_arn = json::GetString(object, "role_arn");
  principal.service = json::GetString(object, "service");
  principal.source_arn = json::GetString(object, "source_arn");
  principal.access_key_id = json::GetString(object, "access_key_id");
  principal.session_policies = json::GetStrings(object, "session_policies");
  return principal;
}

}  // namespace riposte::access
