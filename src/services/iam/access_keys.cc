#include "services/iam/common.h"

namespace riposte::iam {
namespace {

constexpr int64_t kMaxKeys = 2;

std::string KeyId(const api::Call& call) {
  return std::string(json::GetString(call.input, "AccessKeyId"));
}

api::Error NoSuchKey(const std::string& id) {
  return NoSuchEntity("The Access Key with id " + id + " cannot be found.");
}

}  // namespace

json::Value IamService::CreateAccessKey(const Call& call, Tx& tx) {
  const std::string owner = UserOrCaller(call, tx);
  const int64_t count =
      tx.QueryInt("SELECT COUNT(*) FROM access_keys WHERE account = ? AND user_name = ?",
                  {call.scope.account.str(), owner})
          .value_or(0);
  if (count >= kMaxKeys) {
    throw LimitExceeded("Cannot exceed quota for AccessKeysPerUser: " + std::to_string(kMaxKeys));
  }
  const access::AccessKey key = directory_.CreateKey(tx, call.scope.account, owner);
  Changed(tx);
  json::Object out;
  out["UserName"] = owner.empty() ? "root" : owner;
  out["AccessKeyId"] = key.id;
  out["Status"] = "Active";
  out["SecretAccessKey"] = key.secret;
  out["CreateDate"] = ToSeconds(call.now);
  return json::Object{{"AccessKey", std::move(out)}};
}

json::Value IamService::ListAccessKeys(const Call& call, Tx& tx) {
  const std::string owner = UserOrCaller(call, tx);
  Page page(call.input);
  tx.Query(
      "SELECT id, active, created_ms FROM access_keys WHERE account = ? AND user_name = ?"
      " ORDER BY id",
      {call.scope.account.str(), owner}, [&](const store::Row& row) {
        json::Object key;
        if (!owner.empty()) key["UserName"] = owner;
        key["AccessKeyId"] = row.Text(0);
        key["Status"] = row.Int(1) != 0 ? "Active" : "Inactive";
        key["CreateDate"] = ToSeconds(row.Time(2));
        page.Add(row.Text(0), std::move(key));
        return true;
      });
  return page.Finish("AccessKeyMetadata");
}

json::Value IamService::UpdateAccessKey(const Call& call, Tx& tx) {
  const std::string owner = UserOrCaller(call, tx);
  const std::string id = KeyId(call);
  if (tx.Execute("UPDATE access_keys SET active = ? WHERE account = ? AND user_name = ? AND id = ?",
                 {json::GetString(call.input, "Status") == "Active", call.scope.account.str(),
                  owner, id}) == 0) {
    throw NoSuchKey(id);
  }
  Changed(tx);
  return json::Object();
}

json::Value IamService::DeleteAccessKey(const Call& call, Tx& tx) {
  const std::string owner = UserOrCaller(call, tx);
  const std::string id = KeyId(call);
  if (tx.Execute("DELETE FROM access_keys WHERE account = ? AND user_name = ? AND id = ?",
                 {call.scope.account.str(), owner, id}) == 0) {
    throw NoSuchKey(id);
  }
  Changed(tx);
  return json::Object();
}

json::Value IamService::GetAccessKeyLastUsed(const Call& call, Tx& tx) {
  const std::string id = KeyId(call);
  json::Object out;
  json::Object used;
  const bool found = tx.QueryOne(
      "SELECT user_name, last_used_ms, last_used_region, last_used_service FROM access_keys"
      " WHERE account = ? AND id = ?",
      {call.scope.account.str(), id}, [&](const store::Row& row) {
        json::SetIfNotEmpty(out, "UserName", row.Text(0));
        const bool ever = row.Int(1) != 0;
        if (ever) used["LastUsedDate"] = ToSeconds(row.Time(1));
        used["Region"] = ever ? row.Text(2) : "N/A";
        used["ServiceName"] = ever ? row.Text(3) : "N/A";
      });
  if (!found) throw NoSuchKey(id);
  out["AccessKeyLastUsed"] = std::move(used);
  return out;
}

}  // namespace riposte::iam
