#include "base/arn.h"
#include "services/iam/common.h"

namespace riposte::iam {
namespace {

struct ProfileRow {
  std::string name, path, id, arn, role_name;
  int64_t created_ms = 0;
  json::Array tags;
};

ProfileRow Read(const store::Row& row) {
  ProfileRow profile;
  profile.name = row.Str(0);
  profile.path = row.Str(1);
  profile.id = row.Str(2);
  profile.arn = row.Str(3);
  profile.created_ms = row.Int(4);
  profile.role_name = row.Str(5);
  const json::Value tags = row.Json(6);
  if (tags.is_array()) profile.tags = tags.get_array();
  return profile;
}

ProfileRow Require(const api::Call& call, store::Transaction& tx) {
  const std::string name(json::GetString(call.input, "InstanceProfileName"));
  ProfileRow profile;
  if (!tx.QueryOne("SELECT name, path, id, arn, created_ms, role_name, tags"
                   " FROM access_instance_profiles WHERE account = ? AND name = ?",
                   {call.scope.account.str(), name},
                   [&](const store::Row& row) { profile = Read(row); })) {
    throw NoSuchEntity("Instance Profile " + name + " cannot be found.");
  }
  return profile;
}

json::Object Describe(const ProfileRow& profile, const AccountId& account, store::Transaction& tx) {
  json::Array roles;
  if (!profile.role_name.empty()) {
    tx.QueryOne(
        "SELECT path, id, arn, created_ms, trust FROM access_roles"
        " WHERE account = ? AND name = ?",
        {account.str(), profile.role_name}, [&](const store::Row& row) {
          json::Object role;
          role["Path"] = row.Text(0);
          role["RoleName"] = profile.role_name;
          role["RoleId"] = row.Text(1);
          role["Arn"] = row.Text(2);
          role["CreateDate"] = ToSeconds(row.Time(3));
          role["AssumeRolePolicyDocument"] = EncodeDocument(row.Text(4));
          roles.push_back(std::move(role));
        });
  }
  json::Object out;
  out["Path"] = profile.path;
  out["InstanceProfileName"] = profile.name;
  out["InstanceProfileId"] = profile.id;
  out["Arn"] = profile.arn;
  out["CreateDate"] = ToSeconds(FromMillis(profile.created_ms));
  out["Roles"] = std::move(roles);
  if (!profile.tags.empty()) out["Tags"] = profile.tags;
  return out;
}

std::vector<ProfileRow> ReadAll(const api::Call& call, store::Transaction& tx) {
  std::vector<ProfileRow> profiles;
  tx.Query(
      "SELECT name, path, id, arn, created_ms, role_name, tags"
      " FROM access_instance_profiles WHERE account = ? ORDER BY name",
      {call.scope.account.str()}, [&](const store::Row& row) {
        profiles.push_back(Read(row));
        return true;
      });
  return profiles;
}

}  // namespace

json::Value IamService::CreateInstanceProfile(const Call& call, Tx& tx) {
  ProfileRow profile;
  profile.name = json::GetString(call.input, "InstanceProfileName");
  const std::string& account = call.scope.account.str();
  if (tx.QueryInt("SELECT 1 FROM access_instance_profiles WHERE account = ? AND name = ?",
                  {account, profile.name})) {
    throw AlreadyExists("Instance Profile " + profile.name + " already exists.");
  }
  profile.path = PathOf(call.input);
  profile.id = NewId("AIPA");
  profile.arn =
      MakeGlobalArn("iam", call.scope.account, "instance-profile" + profile.path + profile.name);
  profile.created_ms = ToMillis(call.now);
  profile.tags = MergeTags({}, call.input);
  tx.Execute(
      "INSERT INTO access_instance_profiles (account, name, path, id, arn, created_ms, tags)"
      " VALUES (?, ?, ?, ?, ?, ?, ?)",
      {account, profile.name, profile.path, profile.id, profile.arn, profile.created_ms,
       json::Serialize(profile.tags)});
  return json::Object{{"InstanceProfile", Describe(profile, call.scope.account, tx)}};
}

json::Value IamService::GetInstanceProfile(const Call& call, Tx& tx) {
  return json::Object{{"InstanceProfile", Describe(Require(call, tx), call.scope.account, tx)}};
}

json::Value IamService::ListInstanceProfiles(const Call& call, Tx& tx) {
  const std::string_view prefix = json::GetString(call.input, "PathPrefix", "/");
  Page page(call.input);
  for (const ProfileRow& profile : ReadAll(call, tx)) {
    if (profile.path.starts_with(prefix)) {
      page.Add(profile.name, Describe(profile, call.scope.account, tx));
    }
  }
  return page.Finish("InstanceProfiles");
}

json::Value IamService::ListInstanceProfilesForRole(const Call& call, Tx& tx) {
  const std::string role = RequireOwner(Owner::kRole, call, tx);
  Page page(call.input);
  for (const ProfileRow& profile : ReadAll(call, tx)) {
    if (profile.role_name == role) {
      page.Add(profile.name, Describe(profile, call.scope.account, tx));
    }
  }
  return page.Finish("InstanceProfiles");
}

json::Value IamService::DeleteInstanceProfile(const Call& call, Tx& tx) {
  const ProfileRow profile = Require(call, tx);
  if (!profile.role_name.empty()) {
    throw DeleteConflict("Cannot delete entity, must remove roles from instance profile first.");
  }
  tx.Execute("DELETE FROM access_instance_profiles WHERE account = ? AND name = ?",
             {call.scope.account.str(), profile.name});
  return json::Object();
}

json::Value IamService::AddRoleToInstanceProfile(const Call& call, Tx& tx) {
  const ProfileRow profile = Require(call, tx);
  const std::string role = RequireOwner(Owner::kRole, call, tx);
  if (!profile.role_name.empty()) {
    throw LimitExceeded("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
  }
  tx.Execute("UPDATE access_instance_profiles SET role_name = ? WHERE account = ? AND name = ?",
             {role, call.scope.account.str(), profile.name});
  return json::Object();
}

json::Value IamService::RemoveRoleFromInstanceProfile(const Call& call, Tx& tx) {
  const ProfileRow profile = Require(call, tx);
  const std::string_view role = json::GetString(call.input, "RoleName");
  if (profile.role_name != role) throw NoSuchNamed("role", role);
  tx.Execute("UPDATE access_instance_profiles SET role_name = '' WHERE account = ? AND name = ?",
             {call.scope.account.str(), profile.name});
  return json::Object();
}

}  // namespace riposte::iam
