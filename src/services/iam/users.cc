#include "base/arn.h"
#include "services/iam/common.h"

namespace riposte::iam {
namespace {

constexpr std::string_view kSelect =
    "SELECT name, path, id, arn, created_ms, boundary_arn, tags, login_created_ms,"
    " login_reset_required FROM access_users WHERE account = ? AND name = ?";
constexpr std::string_view kSelectAll =
    "SELECT name, path, id, arn, created_ms, boundary_arn, tags, login_created_ms,"
    " login_reset_required FROM access_users WHERE account = ? ORDER BY name";

struct UserRow {
  std::string name, path, id, arn, boundary_arn;
  int64_t created_ms = 0;
  json::Array tags;
  int64_t login_created_ms = 0;
  bool login_reset_required = false;
};

UserRow Read(const store::Row& row) {
  UserRow user;
  user.name = row.Str(0);
  user.path = row.Str(1);
  user.id = row.Str(2);
  user.arn = row.Str(3);
  user.created_ms = row.Int(4);
  user.boundary_arn = row.Str(5);
  const json::Value tags = row.Json(6);
  if (tags.is_array()) user.tags = tags.get_array();
  user.login_created_ms = row.Int(7);
  user.login_reset_required = row.Int(8) != 0;
  return user;
}

UserRow Require(const AccountId& account, const std::string& name, store::Transaction& tx) {
  UserRow user;
  if (!tx.QueryOne(kSelect, {account.str(), name},
                   [&](const store::Row& row) { user = Read(row); })) {
    throw NoSuchNamed("user", name);
  }
  return user;
}

UserRow Require(const api::Call& call, store::Transaction& tx) {
  return Require(call.scope.account, std::string(json::GetString(call.input, "UserName")), tx);
}

json::Object Describe(const UserRow& user, bool full) {
  json::Object out;
  out["Path"] = user.path;
  out["UserName"] = user.name;
  out["UserId"] = user.id;
  out["Arn"] = user.arn;
  out["CreateDate"] = ToSeconds(FromMillis(user.created_ms));
  if (full && !user.boundary_arn.empty()) {
    out["PermissionsBoundary"] = json::Object{{"PermissionsBoundaryType", "Policy"},
                                              {"PermissionsBoundaryArn", user.boundary_arn}};
  }
  if (full && !user.tags.empty()) out["Tags"] = user.tags;
  return out;
}

UserRow RequireLogin(const api::Call& call, store::Transaction& tx) {
  UserRow user = Require(call, tx);
  if (user.login_created_ms == 0) {
    throw NoSuchEntity("Login Profile for User " + user.name + " cannot be found.");
  }
  return user;
}

json::Object DescribeLogin(const UserRow& user) {
  json::Object out;
  out["UserName"] = user.name;
  out["CreateDate"] = ToSeconds(FromMillis(user.login_created_ms));
  out["PasswordResetRequired"] = user.login_reset_required;
  return json::Object{{"LoginProfile", std::move(out)}};
}

}  // namespace

json::Value IamService::CreateUser(const Call& call, Tx& tx) {
  UserRow user;
  user.name = json::GetString(call.input, "UserName");
  const std::string& account = call.scope.account.str();
  if (tx.QueryInt("SELECT 1 FROM access_users WHERE account = ? AND name = ?",
                  {account, user.name})) {
    throw AlreadyExists("User with name " + user.name + " already exists.");
  }
  user.path = PathOf(call.input);
  user.id = NewId("AIDA");
  user.arn = MakeGlobalArn("iam", call.scope.account, "user" + user.path + user.name);
  user.created_ms = ToMillis(call.now);
  user.boundary_arn = json::GetString(call.input, "PermissionsBoundary");
  if (!user.boundary_arn.empty() && !PolicyExists(user.boundary_arn, call.scope.account, tx)) {
    throw NoSuchEntity("Scope ARN: " + user.boundary_arn + " does not exist or is not attachable.");
  }
  user.tags = MergeTags({}, call.input);
  tx.Execute(
      "INSERT INTO access_users (account, name, path, id, arn, created_ms, boundary_arn, tags)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      {account, user.name, user.path, user.id, user.arn, user.created_ms, user.boundary_arn,
       json::Serialize(user.tags)});
  Changed(tx);
  return json::Object{{"User", Describe(user, true)}};
}

json::Value IamService::GetUser(const Call& call, Tx& tx) {
  std::string name(json::GetString(call.input, "UserName"));
  if (name.empty()) {
    // Who asks about nobody asks about himself.
    if (call.caller.kind == access::Principal::Kind::kRoot) {
      json::Object root;
      root["UserId"] = call.caller.account.str();
      root["Arn"] = call.caller.arn;
      const auto since = tx.QueryInt(
          "SELECT MIN(created_ms) FROM access_keys WHERE account = ? AND user_name = ''",
          {call.caller.account.str()});
      root["CreateDate"] = ToSeconds(FromMillis(since.value_or(0)));
      return json::Object{{"User", std::move(root)}};
    }
    name = CallingUser(call);
    if (name.empty()) throw MustNameUser();
  }
  return json::Object{{"User", Describe(Require(call.scope.account, name, tx), true)}};
}

json::Value IamService::ListUsers(const Call& call, Tx& tx) {
  const std::string_view prefix = json::GetString(call.input, "PathPrefix", "/");
  Page page(call.input);
  tx.Query(kSelectAll, {call.scope.account.str()}, [&](const store::Row& row) {
    const UserRow user = Read(row);
    if (user.path.starts_with(prefix)) page.Add(user.name, Describe(user, false));
    return true;
  });
  return page.Finish("Users");
}

json::Value IamService::UpdateUser(const Call& call, Tx& tx) {
  const UserRow user = Require(call, tx);
  const std::string& account = call.scope.account.str();
  const std::string name(json::GetString(call.input, "NewUserName", user.name));
  const std::string path(json::GetString(call.input, "NewPath", user.path));
  if (name != user.name &&
      tx.QueryInt("SELECT 1 FROM access_users WHERE account = ? AND name = ?", {account, name})) {
    throw AlreadyExists("User with name " + name + " already exists.");
  }
  tx.Execute("UPDATE access_users SET name = ?, path = ?, arn = ? WHERE account = ? AND name = ?",
             {name, path, MakeGlobalArn("iam", call.scope.account, "user" + path + name), account,
              user.name});
  // Everything that goes by the name goes with it.
  tx.Execute("UPDATE access_keys SET user_name = ? WHERE account = ? AND user_name = ?",
             {name, account, user.name});
  tx.Execute("UPDATE access_group_members SET user_name = ? WHERE account = ? AND user_name = ?",
             {name, account, user.name});
  tx.Execute(
      "UPDATE access_attachments SET name = ? WHERE account = ? AND kind = 'user' AND name = ?",
      {name, account, user.name});
  tx.Execute(
      "UPDATE access_inline_policies SET name = ? WHERE account = ? AND kind = 'user' AND name = ?",
      {name, account, user.name});
  tx.Execute("UPDATE access_user_credentials SET user_name = ? WHERE account = ? AND user_name = ?",
             {name, account, user.name});
  tx.Execute("UPDATE access_mfa_devices SET user_name = ? WHERE account = ? AND user_name = ?",
             {name, account, user.name});
  Changed(tx);
  return json::Object();
}

json::Value IamService::DeleteUser(const Call& call, Tx& tx) {
  const UserRow user = Require(call, tx);
  const std::string& account = call.scope.account.str();
  if (tx.QueryInt("SELECT 1 FROM access_keys WHERE account = ? AND user_name = ?",
                  {account, user.name})) {
    throw DeleteConflict("Cannot delete entity, must delete access keys first.");
  }
  if (user.login_created_ms != 0) {
    throw DeleteConflict("Cannot delete entity, must delete login profile first.");
  }
  if (tx.QueryInt("SELECT 1 FROM access_mfa_devices WHERE account = ? AND user_name = ?",
                  {account, user.name})) {
    throw DeleteConflict("Cannot delete entity, must delete MFA device first.");
  }
  for (const auto& [kind, what] : {std::pair{"certificate", "signing certificates"},
                                   {"ssh", "SSH public keys"},
                                   {"service", "service specific credentials"}}) {
    if (tx.QueryInt("SELECT 1 FROM access_user_credentials WHERE account = ? AND user_name = ?"
                    " AND kind = ?",
                    {account, user.name, kind})) {
      throw DeleteConflict("Cannot delete entity, must delete " + std::string(what) + " first.");
    }
  }
  if (tx.QueryInt("SELECT 1 FROM access_group_members WHERE account = ? AND user_name = ?",
                  {account, user.name})) {
    throw DeleteConflict("Cannot delete entity, must remove users from group first.");
  }
  if (tx.QueryInt(
          "SELECT 1 FROM access_attachments WHERE account = ? AND kind = 'user' AND name = ?",
          {account, user.name})) {
    throw DeleteConflict("Cannot delete entity, must detach all policies first.");
  }
  if (tx.QueryInt(
          "SELECT 1 FROM access_inline_policies WHERE account = ? AND kind = 'user' AND name = ?",
          {account, user.name})) {
    throw DeleteConflict("Cannot delete entity, must delete policies first.");
  }
  tx.Execute("DELETE FROM access_users WHERE account = ? AND name = ?", {account, user.name});
  Changed(tx);
  return json::Object();
}

json::Value IamService::CreateLoginProfile(const Call& call, Tx& tx) {
  UserRow user = Require(call, tx);
  if (user.login_created_ms != 0) {
    throw AlreadyExists("Login Profile for user " + user.name + " already exists.");
  }
  user.login_created_ms = ToMillis(call.now);
  user.login_reset_required = json::GetBool(call.input, "PasswordResetRequired");
  tx.Execute(
      "UPDATE access_users SET login_created_ms = ?, login_reset_required = ?"
      " WHERE account = ? AND name = ?",
      {user.login_created_ms, user.login_reset_required, call.scope.account.str(), user.name});
  return DescribeLogin(user);
}

json::Value IamService::GetLoginProfile(const Call& call, Tx& tx) {
  return DescribeLogin(RequireLogin(call, tx));
}

json::Value IamService::UpdateLoginProfile(const Call& call, Tx& tx) {
  const UserRow user = RequireLogin(call, tx);
  tx.Execute("UPDATE access_users SET login_reset_required = ? WHERE account = ? AND name = ?",
             {json::GetBool(call.input, "PasswordResetRequired", user.login_reset_required),
              call.scope.account.str(), user.name});
  return json::Object();
}

json::Value IamService::DeleteLoginProfile(const Call& call, Tx& tx) {
  const UserRow user = RequireLogin(call, tx);
  tx.Execute(
      "UPDATE access_users SET login_created_ms = 0, login_reset_required = 0"
      " WHERE account = ? AND name = ?",
      {call.scope.account.str(), user.name});
  return json::Object();
}

}  // namespace riposte::iam
