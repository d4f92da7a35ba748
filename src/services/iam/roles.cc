#include "base/arn.h"
#include "services/iam/common.h"

namespace riposte::iam {
namespace {

constexpr int64_t kDefaultSessionSeconds = 3600;
constexpr int64_t kMaxTrustBytes = 4096;

struct RoleRow {
  std::string name, path, id, arn, trust, description, boundary_arn;
  int64_t created_ms = 0;
  int64_t max_session_s = 0;
  json::Array tags;
};

constexpr std::string_view kSelect =
    "SELECT name, path, id, arn, created_ms, trust, description, max_session_s, boundary_arn, tags"
    " FROM access_roles WHERE account = ? AND name = ?";
constexpr std::string_view kSelectAll =
    "SELECT name, path, id, arn, created_ms, trust, description, max_session_s, boundary_arn, tags"
    " FROM access_roles WHERE account = ? ORDER BY name";

RoleRow Read(const store::Row& row) {
  RoleRow role;
  role.name = row.Str(0);
  role.path = row.Str(1);
  role.id = row.Str(2);
  role.arn = row.Str(3);
  role.created_ms = row.Int(4);
  role.trust = row.Str(5);
  role.description = row.Str(6);
  role.max_session_s = row.Int(7);
  role.boundary_arn = row.Str(8);
  const json::Value tags = row.Json(9);
  if (tags.is_array()) role.tags = tags.get_array();
  return role;
}

RoleRow Require(const AccountId& account, const std::string& name, store::Transaction& tx) {
  RoleRow role;
  if (!tx.QueryOne(kSelect, {account.str(), name},
                   [&](const store::Row& row) { role = Read(row); })) {
    throw NoSuchNamed("role", name);
  }
  return role;
}

/// What lists show; GetRole and CreateRole add the rest.
json::Object Brief(const RoleRow& role) {
  json::Object out;
  out["Path"] = role.path;
  out["RoleName"] = role.name;
  out["RoleId"] = role.id;
  out["Arn"] = role.arn;
  out["CreateDate"] = ToSeconds(FromMillis(role.created_ms));
  out["AssumeRolePolicyDocument"] = EncodeDocument(role.trust);
  json::SetIfNotEmpty(out, "Description", role.description);
  out["MaxSessionDuration"] = role.max_session_s;
  return out;
}

json::Object Full(const RoleRow& role) {
  json::Object out = Brief(role);
  if (!role.boundary_arn.empty()) {
    out["PermissionsBoundary"] = json::Object{{"PermissionsBoundaryType", "Policy"},
                                              {"PermissionsBoundaryArn", role.boundary_arn}};
  }
  if (!role.tags.empty()) out["Tags"] = role.tags;
  return out;
}

void CheckTrust(std::string_view document) {
  CheckDocument(document, access::PolicyKind::kTrust);
  if (SizeWithoutSpace(document) > kMaxTrustBytes) {
    throw LimitExceeded("Cannot exceed quota for ACLSizePerRole: " +
                        std::to_string(kMaxTrustBytes));
  }
}

}  // namespace

json::Value IamService::CreateRole(const Call& call, Tx& tx) {
  const std::string name(json::GetString(call.input, "RoleName"));
  const AccountId& account = call.scope.account;
  if (tx.QueryInt("SELECT 1 FROM access_roles WHERE account = ? AND name = ?",
                  {account.str(), name})) {
    throw AlreadyExists("Role with name " + name + " already exists.");
  }
  RoleRow role;
  role.name = name;
  role.path = PathOf(call.input);
  role.trust = json::GetString(call.input, "AssumeRolePolicyDocument");
  CheckTrust(role.trust);
  role.id = NewId("AROA");
  role.arn = MakeGlobalArn("iam", account, "role" + role.path + name);
  role.created_ms = ToMillis(call.now);
  role.description = json::GetString(call.input, "Description");
  role.max_session_s = json::GetInt(call.input, "MaxSessionDuration", kDefaultSessionSeconds);
  role.boundary_arn = json::GetString(call.input, "PermissionsBoundary");
  if (!role.boundary_arn.empty() && !PolicyExists(role.boundary_arn, account, tx)) {
    throw NoSuchEntity("Scope ARN: " + role.boundary_arn + " does not exist or is not attachable.");
  }
  role.tags = MergeTags({}, call.input);
  tx.Execute(
      "INSERT INTO access_roles (account, name, path, id, arn, created_ms, trust, description,"
      " max_session_s, boundary_arn, tags) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {account.str(), role.name, role.path, role.id, role.arn, role.created_ms, role.trust,
       role.description, role.max_session_s, role.boundary_arn, json::Serialize(role.tags)});
  Changed(tx);
  return json::Object{{"Role", Full(role)}};
}

json::Value IamService::GetRole(const Call& call, Tx& tx) {
  const RoleRow role =
      Require(call.scope.account, std::string(json::GetString(call.input, "RoleName")), tx);
  json::Object out = Full(role);
  out["RoleLastUsed"] = json::Object();
  return json::Object{{"Role", std::move(out)}};
}

json::Value IamService::ListRoles(const Call& call, Tx& tx) {
  const std::string_view prefix = json::GetString(call.input, "PathPrefix", "/");
  Page page(call.input);
  tx.Query(kSelectAll, {call.scope.account.str()}, [&](const store::Row& row) {
    const RoleRow role = Read(row);
    if (role.path.starts_with(prefix)) page.Add(role.name, Brief(role));
    return true;
  });
  return page.Finish("Roles");
}

json::Value IamService::UpdateRole(const Call& call, Tx& tx) {
  const RoleRow role =
      Require(call.scope.account, std::string(json::GetString(call.input, "RoleName")), tx);
  tx.Execute(
      "UPDATE access_roles SET description = ?, max_session_s = ? WHERE account = ? AND name = ?",
      {json::GetString(call.input, "Description", role.description),
       json::GetInt(call.input, "MaxSessionDuration", role.max_session_s), call.scope.account.str(),
       role.name});
  Changed(tx);
  return json::Object();
}

json::Value IamService::UpdateRoleDescription(const Call& call, Tx& tx) {
  RoleRow role =
      Require(call.scope.account, std::string(json::GetString(call.input, "RoleName")), tx);
  role.description = json::GetString(call.input, "Description");
  tx.Execute("UPDATE access_roles SET description = ? WHERE account = ? AND name = ?",
             {role.description, call.scope.account.str(), role.name});
  return json::Object{{"Role", Full(role)}};
}

json::Value IamService::UpdateAssumeRolePolicy(const Call& call, Tx& tx) {
  const RoleRow role =
      Require(call.scope.account, std::string(json::GetString(call.input, "RoleName")), tx);
  const std::string document(json::GetString(call.input, "PolicyDocument"));
  CheckTrust(document);
  tx.Execute("UPDATE access_roles SET trust = ? WHERE account = ? AND name = ?",
             {document, call.scope.account.str(), role.name});
  Changed(tx);
  return json::Object();
}

json::Value IamService::DeleteRole(const Call& call, Tx& tx) {
  const std::string& account = call.scope.account.str();
  const RoleRow role =
      Require(call.scope.account, std::string(json::GetString(call.input, "RoleName")), tx);
  if (tx.QueryInt("SELECT 1 FROM access_instance_profiles WHERE account = ? AND role_name = ?",
                  {account, role.name})) {
    throw DeleteConflict("Cannot delete entity, must remove roles from instance profile first.");
  }
  if (tx.QueryInt(
          "SELECT 1 FROM access_attachments WHERE account = ? AND kind = 'role' AND name = ?",
          {account, role.name})) {
    throw DeleteConflict("Cannot delete entity, must detach all policies first.");
  }
  if (tx.QueryInt(
          "SELECT 1 FROM access_inline_policies WHERE account = ? AND kind = 'role' AND name = ?",
          {account, role.name})) {
    throw DeleteConflict("Cannot delete entity, must delete policies first.");
  }
  tx.Execute("DELETE FROM access_roles WHERE account = ? AND name = ?", {account, role.name});
  Changed(tx);
  return json::Object();
}

}  // namespace riposte::iam
