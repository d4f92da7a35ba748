#include "base/arn.h"
#include "services/iam/common.h"

namespace riposte::iam {
namespace {

/// Columns name, path, id, arn, created_ms.
json::Object Describe(const store::Row& row) {
  json::Object out;
  out["Path"] = row.Text(1);
  out["GroupName"] = row.Text(0);
  out["GroupId"] = row.Text(2);
  out["Arn"] = row.Text(3);
  out["CreateDate"] = ToSeconds(row.Time(4));
  return out;
}

}  // namespace

json::Value IamService::CreateGroup(const Call& call, Tx& tx) {
  const std::string name(json::GetString(call.input, "GroupName"));
  const std::string& account = call.scope.account.str();
  if (tx.QueryInt("SELECT 1 FROM access_groups WHERE account = ? AND name = ?", {account, name})) {
    throw AlreadyExists("Group with name " + name + " already exists.");
  }
  const std::string path = PathOf(call.input);
  tx.Execute(
      "INSERT INTO access_groups (account, name, path, id, arn, created_ms)"
      " VALUES (?, ?, ?, ?, ?, ?)",
      {account, name, path, NewId("AGPA"),
       MakeGlobalArn("iam", call.scope.account, "group" + path + name), call.now});
  Changed(tx);
  json::Object group;
  tx.QueryOne(
      "SELECT name, path, id, arn, created_ms FROM access_groups WHERE account = ? AND name = ?",
      {account, name}, [&](const store::Row& row) { group = Describe(row); });
  return json::Object{{"Group", std::move(group)}};
}

json::Value IamService::GetGroup(const Call& call, Tx& tx) {
  const std::string name = RequireOwner(Owner::kGroup, call, tx);
  const std::string& account = call.scope.account.str();
  json::Object group;
  tx.QueryOne(
      "SELECT name, path, id, arn, created_ms FROM access_groups WHERE account = ? AND name = ?",
      {account, name}, [&](const store::Row& row) { group = Describe(row); });
  Page page(call.input);
  tx.Query(
      "SELECT u.name, u.path, u.id, u.arn, u.created_ms FROM access_group_members m"
      " JOIN access_users u ON u.account = m.account AND u.name = m.user_name"
      " WHERE m.account = ? AND m.group_name = ? ORDER BY u.name",
      {account, name}, [&](const store::Row& row) {
        json::Object user;
        user["Path"] = row.Text(1);
        user["UserName"] = row.Text(0);
        user["UserId"] = row.Text(2);
        user["Arn"] = row.Text(3);
        user["CreateDate"] = ToSeconds(row.Time(4));
        page.Add(row.Text(0), std::move(user));
        return true;
      });
  json::Object out = page.Finish("Users");
  out["Group"] = std::move(group);
  return out;
}

json::Value IamService::ListGroups(const Call& call, Tx& tx) {
  const std::string_view prefix = json::GetString(call.input, "PathPrefix", "/");
  Page page(call.input);
  tx.Query(
      "SELECT name, path, id, arn, created_ms FROM access_groups WHERE account = ? ORDER BY name",
      {call.scope.account.str()}, [&](const store::Row& row) {
        if (row.Text(1).starts_with(prefix)) page.Add(row.Text(0), Describe(row));
        return true;
      });
  return page.Finish("Groups");
}

json::Value IamService::DeleteGroup(const Call& call, Tx& tx) {
  const std::string name = RequireOwner(Owner::kGroup, call, tx);
  const std::string& account = call.scope.account.str();
  if (tx.QueryInt("SELECT 1 FROM access_group_members WHERE account = ? AND group_name = ?",
                  {account, name})) {
    throw DeleteConflict("Cannot delete entity, must remove users from group first.");
  }
  if (tx.QueryInt(
          "SELECT 1 FROM access_attachments WHERE account = ? AND kind = 'group' AND name = ?",
          {account, name})) {
    throw DeleteConflict("Cannot delete entity, must detach all policies first.");
  }
  if (tx.QueryInt(
          "SELECT 1 FROM access_inline_policies WHERE account = ? AND kind = 'group' AND name = ?",
          {account, name})) {
    throw DeleteConflict("Cannot delete entity, must delete policies first.");
  }
  tx.Execute("DELETE FROM access_groups WHERE account = ? AND name = ?", {account, name});
  Changed(tx);
  return json::Object();
}

json::Value IamService::AddUserToGroup(const Call& call, Tx& tx) {
  const std::string group = RequireOwner(Owner::kGroup, call, tx);
  const std::string user = RequireOwner(Owner::kUser, call, tx);
  tx.Execute(
      "INSERT OR IGNORE INTO access_group_members (account, group_name, user_name)"
      " VALUES (?, ?, ?)",
      {call.scope.account.str(), group, user});
  Changed(tx);
  return json::Object();
}

json::Value IamService::RemoveUserFromGroup(const Call& call, Tx& tx) {
  const std::string group = RequireOwner(Owner::kGroup, call, tx);
  const std::string user = RequireOwner(Owner::kUser, call, tx);
  tx.Execute(
      "DELETE FROM access_group_members WHERE account = ? AND group_name = ? AND user_name = ?",
      {call.scope.account.str(), group, user});
  Changed(tx);
  return json::Object();
}

json::Value IamService::ListGroupsForUser(const Call& call, Tx& tx) {
  const std::string user = RequireOwner(Owner::kUser, call, tx);
  Page page(call.input);
  tx.Query(
      "SELECT g.name, g.path, g.id, g.arn, g.created_ms FROM access_group_members m"
      " JOIN access_groups g ON g.account = m.account AND g.name = m.group_name"
      " WHERE m.account = ? AND m.user_name = ? ORDER BY g.name",
      {call.scope.account.str(), user}, [&](const store::Row& row) {
        page.Add(row.Text(0), Describe(row));
        return true;
      });
  return page.Finish("Groups");
}

}  // namespace riposte::iam
