#include "base/arn.h"
#include "services/iam/common.h"

namespace riposte::iam {

json::Value IamService::GetAccountSummary(const Call& call, Tx& tx) {
  const std::string& account = call.scope.account.str();
  const auto count = [&](std::string_view sql) { return tx.QueryInt(sql, {account}).value_or(0); };
  json::Object summary;
  summary["Users"] = count("SELECT COUNT(*) FROM access_users WHERE account = ?");
  summary["Groups"] = count("SELECT COUNT(*) FROM access_groups WHERE account = ?");
  summary["Roles"] = count("SELECT COUNT(*) FROM access_roles WHERE account = ?");
  summary["Policies"] = count("SELECT COUNT(*) FROM access_policies WHERE account = ?");
  summary["PolicyVersionsInUse"] = summary["Policies"];
  summary["InstanceProfiles"] =
      count("SELECT COUNT(*) FROM access_instance_profiles WHERE account = ?");
  summary["AccountAccessKeysPresent"] =
      count("SELECT COUNT(*) FROM access_keys WHERE account = ? AND user_name = ''") > 0 ? 1 : 0;
  summary["AccountMFAEnabled"] = 0;
  summary["MFADevices"] = count("SELECT COUNT(*) FROM access_mfa_devices WHERE account = ?");
  summary["MFADevicesInUse"] =
      count("SELECT COUNT(*) FROM access_mfa_devices WHERE account = ? AND user_name != ''");
  summary["AccessKeysPerUserQuota"] = 2;
  summary["VersionsPerPolicyQuota"] = 5;
  summary["PolicySizeQuota"] = 6144;
  summary["AttachedPoliciesPerUserQuota"] = 10;
  summary["AttachedPoliciesPerRoleQuota"] = 10;
  summary["AttachedPoliciesPerGroupQuota"] = 10;
  summary["UserPolicySizeQuota"] = 2048;
  summary["GroupPolicySizeQuota"] = 5120;
  summary["RolePolicySizeQuota"] = 10240;
  summary["AssumeRolePolicySizeQuota"] = 4096;
  return json::Object{{"SummaryMap", std::move(summary)}};
}

json::Value IamService::ListAccountAliases(const Call& call, Tx& tx) {
  json::Array aliases;
  tx.Query("SELECT alias FROM access_account_aliases WHERE account = ?", {call.scope.account.str()},
           [&](const store::Row& row) {
             aliases.emplace_back(row.Text(0));
             return true;
           });
  json::Object out;
  out["AccountAliases"] = std::move(aliases);
  out["IsTruncated"] = false;
  return out;
}

json::Value IamService::CreateAccountAlias(const Call& call, Tx& tx) {
  const std::string alias(json::GetString(call.input, "AccountAlias"));
  if (const auto owner =
          tx.QueryText("SELECT account FROM access_account_aliases WHERE alias = ?", {alias});
      owner && *owner != call.scope.account.str()) {
    throw AlreadyExists("The account alias " + alias + " already exists.");
  }
  // An account has one alias: the new one takes the place of the old.
  tx.Execute("INSERT OR REPLACE INTO access_account_aliases (account, alias) VALUES (?, ?)",
             {call.scope.account.str(), alias});
  return json::Object();
}

json::Value IamService::DeleteAccountAlias(const Call& call, Tx& tx) {
  const std::string alias(json::GetString(call.input, "AccountAlias"));
  if (tx.Execute("DELETE FROM access_account_aliases WHERE account = ? AND alias = ?",
                 {call.scope.account.str(), alias}) == 0) {
    throw NoSuchEntity("The account alias with name " + alias + " cannot be found.");
  }
  return json::Object();
}

json::Value IamService::SimulatePrincipalPolicy(const Call& call, Tx&) {
  const std::string source(json::GetString(call.input, "PolicySourceArn"));
  for (const char* member :
       {"PolicyInputList", "PermissionsBoundaryPolicyInputList", "ResourcePolicy"}) {
    if (json::Find(call.input, member)) {
      throw InvalidInput(std::string(member) + " is not supported: only the policies that " +
                         source + " has are simulated.");
    }
  }
  const Result<Arn> arn = Arn::Parse(source);
  const std::optional<access::Principal> principal = directory_.FindPrincipal(source);
  if (!arn || arn->account != call.scope.account || !principal) {
    throw NoSuchEntity("The user or role " + source + " cannot be found.");
  }
  access::AccessRequest request;
  request.principal = &*principal;
  if (const json::Array* entries = json::GetArray(call.input, "ContextEntries")) {
    for (const json::Value& entry : *entries) {
      request.context[access::ToLower(json::GetString(entry.as_object(), "ContextKeyName"))] =
          json::GetStrings(entry.as_object(), "ContextKeyValues");
    }
  }
  std::vector<std::string> resources = json::GetStrings(call.input, "ResourceArns");
  if (resources.empty()) resources.emplace_back("*");
  json::Array results;
  for (const std::string& action : json::GetStrings(call.input, "ActionNames")) {
    if (action.find(':') == std::string::npos) {
      throw InvalidInput("Invalid Action: " + action);
    }
    for (const std::string& resource : resources) {
      request.action = action;
      request.resources = {resource};
      request.resource_account = call.scope.account;
      const access::Decision decision = authorizer_.Decide(request);
      json::Object result;
      result["EvalActionName"] = action;
      result["EvalResourceName"] = resource;
      result["EvalDecision"] = decision.allowed         ? "allowed"
                               : decision.explicit_deny ? "explicitDeny"
                                                        : "implicitDeny";
      result["MatchedStatements"] = json::Array();
      result["MissingContextValues"] = json::Array();
      results.push_back(std::move(result));
    }
  }
  json::Object out;
  out["EvaluationResults"] = std::move(results);
  out["IsTruncated"] = false;
  return out;
}

}  // namespace riposte::iam
