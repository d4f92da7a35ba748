// The account's password policy: kept and shown. Nobody signs in by password here, so nothing
// enforces it.
#include "services/iam/common.h"

namespace riposte::iam {
namespace {

constexpr int64_t kDefaultLength = 6;

api::Error NoPolicy(const api::Call& call) {
  return NoSuchEntity("The Password Policy with domain name " + call.scope.account.str() +
                      " cannot be found.");
}

}  // namespace

json::Value IamService::GetAccountPasswordPolicy(const Call& call, Tx& tx) {
  json::Object policy;
  if (!tx.QueryOne("SELECT document FROM access_password_policies WHERE account = ?",
                   {call.scope.account.str()},
                   [&](const store::Row& row) { policy = std::move(row.Json(0).as_object()); })) {
    throw NoPolicy(call);
  }
  return json::Object{{"PasswordPolicy", std::move(policy)}};
}

json::Value IamService::UpdateAccountPasswordPolicy(const Call& call, Tx& tx) {
  // What the call leaves out goes back to its default, whatever it was before.
  json::Object policy;
  policy["MinimumPasswordLength"] =
      json::GetInt(call.input, "MinimumPasswordLength", kDefaultLength);
  for (const std::string_view name :
       {"RequireSymbols", "RequireNumbers", "RequireUppercaseCharacters",
        "RequireLowercaseCharacters", "AllowUsersToChangePassword"}) {
    policy[name] = json::GetBool(call.input, name);
  }
  const int64_t age = json::GetInt(call.input, "MaxPasswordAge");
  policy["ExpirePasswords"] = age > 0;
  if (age > 0) policy["MaxPasswordAge"] = age;
  if (const json::Value* reuse = json::Find(call.input, "PasswordReusePrevention")) {
    policy["PasswordReusePrevention"] = *reuse;
  }
  if (const json::Value* hard = json::Find(call.input, "HardExpiry")) policy["HardExpiry"] = *hard;
  tx.Execute("INSERT OR REPLACE INTO access_password_policies (account, document) VALUES (?, ?)",
             {call.scope.account.str(), json::Serialize(policy)});
  return json::Object();
}

json::Value IamService::DeleteAccountPasswordPolicy(const Call& call, Tx& tx) {
  if (tx.Execute("DELETE FROM access_password_policies WHERE account = ?",
                 {call.scope.account.str()}) == 0) {
    throw NoPolicy(call);
  }
  return json::Object();
}

}  // namespace riposte::iam
