#include <algorithm>

#include "access/managed_policies.h"
#include "base/arn.h"
#include "base/number.h"
#include "services/iam/common.h"

namespace riposte::iam {
namespace {

constexpr int64_t kMaxPolicyBytes = 6144;
constexpr int64_t kMaxVersions = 5;
/// AWS-managed policies have always been there.
constexpr int64_t kManagedCreatedMs = 1'423'233'600'000;  // 2015-02-06

struct PolicyRow {
  std::string arn, name, path, id, description;
  int64_t default_version = 1;
  int64_t last_version = 1;
  int64_t created_ms = 0;
  int64_t updated_ms = 0;
  json::Array tags;
};

constexpr std::string_view kSelect =
    "SELECT arn, name, path, id, description, default_version, last_version, created_ms,"
    " updated_ms, tags FROM access_policies WHERE arn = ? AND account = ?";
constexpr std::string_view kSelectAll =
    "SELECT arn, name, path, id, description, default_version, last_version, created_ms,"
    " updated_ms, tags FROM access_policies WHERE account = ?";

PolicyRow Read(const store::Row& row) {
  PolicyRow policy;
  policy.arn = row.Str(0);
  policy.name = row.Str(1);
  policy.path = row.Str(2);
  policy.id = row.Str(3);
  policy.description = row.Str(4);
  policy.default_version = row.Int(5);
  policy.last_version = row.Int(6);
  policy.created_ms = row.Int(7);
  policy.updated_ms = row.Int(8);
  const json::Value tags = row.Json(9);
  if (tags.is_array()) policy.tags = tags.get_array();
  return policy;
}

PolicyRow FromManaged(const access::ManagedPolicy& managed) {
  PolicyRow policy;
  policy.arn = managed.arn();
  policy.name = managed.name;
  policy.path = managed.path;
  policy.id = managed.id;
  policy.description = managed.description;
  policy.created_ms = policy.updated_ms = kManagedCreatedMs;
  return policy;
}

std::string ArnOf(const api::Call& call) {
  return std::string(json::GetString(call.input, "PolicyArn"));
}

/// For reading: AWS-managed ones too.
PolicyRow Require(const api::Call& call, store::Transaction& tx) {
  const std::string arn = ArnOf(call);
  if (const access::ManagedPolicy* managed = access::FindManagedPolicy(arn)) {
    return FromManaged(*managed);
  }
  PolicyRow policy;
  if (!tx.QueryOne(kSelect, {arn, call.scope.account.str()},
                   [&](const store::Row& row) { policy = Read(row); })) {
    throw NoSuchEntity("Policy " + arn + " was not found.");
  }
  return policy;
}

/// For changing: the account's own.
PolicyRow RequireOwn(const api::Call& call, store::Transaction& tx) {
  const std::string arn = ArnOf(call);
  if (access::FindManagedPolicy(arn)) {
    throw api::Error("AccessDenied", "The policy " + arn + " is managed by AWS.", 403);
  }
  return Require(call, tx);
}

int64_t CountAttachments(const std::string& arn, const std::string& account,
                         store::Transaction& tx) {
  return tx
      .QueryInt("SELECT COUNT(*) FROM access_attachments WHERE policy_arn = ? AND account = ?",
                {arn, account})
      .value_or(0);
}

int64_t CountBoundaries(const std::string& arn, const std::string& account,
                        store::Transaction& tx) {
  return tx
      .QueryInt(
          "SELECT (SELECT COUNT(*) FROM access_users WHERE account = ?1 AND boundary_arn = ?2)"
          " + (SELECT COUNT(*) FROM access_roles WHERE account = ?1 AND boundary_arn = ?2)",
          {account, arn})
      .value_or(0);
}

std::string VersionId(int64_t version) {
  return "v" + std::to_string(version);
}

/// 0 when it is no version id.
int64_t VersionNumber(std::string_view id) {
  return id.starts_with('v') ? ParseNumber(id.substr(1)).value_or(0) : 0;
}

json::Object Describe(const PolicyRow& policy, const AccountId& account, store::Transaction& tx,
                      bool with_description) {
  json::Object out;
  out["PolicyName"] = policy.name;
  out["PolicyId"] = policy.id;
  out["Arn"] = policy.arn;
  out["Path"] = policy.path;
  out["DefaultVersionId"] = VersionId(policy.default_version);
  out["AttachmentCount"] = CountAttachments(policy.arn, account.str(), tx);
  out["PermissionsBoundaryUsageCount"] = CountBoundaries(policy.arn, account.str(), tx);
  out["IsAttachable"] = true;
  if (with_description) json::SetIfNotEmpty(out, "Description", policy.description);
  out["CreateDate"] = ToSeconds(FromMillis(policy.created_ms));
  out["UpdateDate"] = ToSeconds(FromMillis(policy.updated_ms));
  if (with_description && !policy.tags.empty()) out["Tags"] = policy.tags;
  return out;
}

json::Object DescribeVersion(int64_t version, bool is_default, int64_t created_ms) {
  json::Object out;
  out["VersionId"] = VersionId(version);
  out["IsDefaultVersion"] = is_default;
  out["CreateDate"] = ToSeconds(FromMillis(created_ms));
  return out;
}

std::string CheckedDocument(const api::Call& call) {
  std::string document(json::GetString(call.input, "PolicyDocument"));
  CheckDocument(document, access::PolicyKind::kIdentity);
  if (SizeWithoutSpace(document) > kMaxPolicyBytes) {
    throw LimitExceeded("Cannot exceed quota for PolicySize: " + std::to_string(kMaxPolicyBytes));
  }
  return document;
}

api::Error NoSuchVersion(const api::Call& call) {
  return NoSuchEntity("Policy " + ArnOf(call) + " version " +
                      std::string(json::GetString(call.input, "VersionId")) +
                      " does not exist or is not attachable.");
}

void InsertVersion(const std::string& arn, int64_t version, const std::string& document,
                   TimePoint now, store::Transaction& tx) {
  tx.Execute(
      "INSERT INTO access_policy_versions (arn, version, document, created_ms)"
      " VALUES (?, ?, ?, ?)",
      {arn, version, document, now});
}

}  // namespace

json::Value IamService::CreatePolicy(const Call& call, Tx& tx) {
  PolicyRow policy;
  policy.name = json::GetString(call.input, "PolicyName");
  const std::string& account = call.scope.account.str();
  if (tx.QueryInt("SELECT 1 FROM access_policies WHERE account = ? AND name = ?",
                  {account, policy.name})) {
    throw AlreadyExists("A policy called " + policy.name +
                        " already exists. Duplicate names are not allowed.");
  }
  const std::string document = CheckedDocument(call);
  policy.path = PathOf(call.input);
  policy.arn = MakeGlobalArn("iam", call.scope.account, "policy" + policy.path + policy.name);
  policy.id = NewId("ANPA");
  policy.description = json::GetString(call.input, "Description");
  policy.created_ms = policy.updated_ms = ToMillis(call.now);
  policy.tags = MergeTags({}, call.input);
  tx.Execute(
      "INSERT INTO access_policies (arn, account, name, path, id, description, default_version,"
      " last_version, created_ms, updated_ms, tags) VALUES (?, ?, ?, ?, ?, ?, 1, 1, ?, ?, ?)",
      {policy.arn, account, policy.name, policy.path, policy.id, policy.description,
       policy.created_ms, policy.updated_ms, json::Serialize(policy.tags)});
  InsertVersion(policy.arn, 1, document, call.now, tx);
  Changed(tx);
  return json::Object{{"Policy", Describe(policy, call.scope.account, tx, true)}};
}

json::Value IamService::GetPolicy(const Call& call, Tx& tx) {
  return json::Object{{"Policy", Describe(Require(call, tx), call.scope.account, tx, true)}};
}

json::Value IamService::ListPolicies(const Call& call, Tx& tx) {
  const std::string_view scope = json::GetString(call.input, "Scope", "All");
  const std::string_view prefix = json::GetString(call.input, "PathPrefix", "/");
  const bool only_attached = json::GetBool(call.input, "OnlyAttached");
  const bool boundaries = json::GetString(call.input, "PolicyUsageFilter") == "PermissionsBoundary";
  std::vector<PolicyRow> policies;
  if (scope != "AWS") {
    tx.Query(kSelectAll, {call.scope.account.str()}, [&](const store::Row& row) {
      policies.push_back(Read(row));
      return true;
    });
  }
  if (scope != "Local") {
    for (const access::ManagedPolicy& managed : access::ManagedPolicies()) {
      policies.push_back(FromManaged(managed));
    }
  }
  std::sort(policies.begin(), policies.end(),
            [](const PolicyRow& a, const PolicyRow& b) { return a.arn < b.arn; });
  Page page(call.input);
  for (const PolicyRow& policy : policies) {
    if (!policy.path.starts_with(prefix)) continue;
    json::Object item = Describe(policy, call.scope.account, tx, false);
    if (only_attached && item["AttachmentCount"].as_int64() == 0) continue;
    if (boundaries && item["PermissionsBoundaryUsageCount"].as_int64() == 0) continue;
    page.Add(policy.arn, std::move(item));
  }
  return page.Finish("Policies");
}

json::Value IamService::DeletePolicy(const Call& call, Tx& tx) {
  const PolicyRow policy = RequireOwn(call, tx);
  const std::string& account = call.scope.account.str();
  if (CountAttachments(policy.arn, account, tx) + CountBoundaries(policy.arn, account, tx) > 0) {
    throw DeleteConflict("Cannot delete a policy attached to entities.");
  }
  if (tx.QueryInt("SELECT COUNT(*) FROM access_policy_versions WHERE arn = ?", {policy.arn}) > 1) {
    throw DeleteConflict(
        "This policy has more than one version. Before you delete a policy, you must delete the "
        "policy's versions. The default version is deleted with the policy.");
  }
  tx.Execute("DELETE FROM access_policy_versions WHERE arn = ?", {policy.arn});
  tx.Execute("DELETE FROM access_policies WHERE arn = ?", {policy.arn});
  Changed(tx);
  return json::Object();
}

json::Value IamService::CreatePolicyVersion(const Call& call, Tx& tx) {
  const PolicyRow policy = RequireOwn(call, tx);
  const std::string document = CheckedDocument(call);
  if (tx.QueryInt("SELECT COUNT(*) FROM access_policy_versions WHERE arn = ?", {policy.arn}) >=
      kMaxVersions) {
    throw LimitExceeded(
        "A managed policy can have up to 5 versions. Before you create a new version, you must "
        "delete an existing version.");
  }
  // Numbers are never used again, even when the newest version was deleted.
  const int64_t version = policy.last_version + 1;
  const bool as_default = json::GetBool(call.input, "SetAsDefault");
  InsertVersion(policy.arn, version, document, call.now, tx);
  tx.Execute(
      "UPDATE access_policies SET last_version = ?, default_version = ?, updated_ms = ?"
      " WHERE arn = ?",
      {version, as_default ? version : policy.default_version, call.now, policy.arn});
  Changed(tx);
  return json::Object{{"PolicyVersion", DescribeVersion(version, as_default, ToMillis(call.now))}};
}

json::Value IamService::GetPolicyVersion(const Call& call, Tx& tx) {
  const PolicyRow policy = Require(call, tx);
  const int64_t version = VersionNumber(json::GetString(call.input, "VersionId"));
  json::Object out;
  if (const access::ManagedPolicy* managed = access::FindManagedPolicy(policy.arn)) {
    if (version != 1) throw NoSuchVersion(call);
    out = DescribeVersion(1, true, kManagedCreatedMs);
    out["Document"] = EncodeDocument(managed->document);
  } else if (!tx.QueryOne("SELECT document, created_ms FROM access_policy_versions"
                          " WHERE arn = ? AND version = ?",
                          {policy.arn, version}, [&](const store::Row& row) {
                            out = DescribeVersion(version, version == policy.default_version,
                                                  row.Int(1));
                            out["Document"] = EncodeDocument(row.Text(0));
                          })) {
    throw NoSuchVersion(call);
  }
  return json::Object{{"PolicyVersion", std::move(out)}};
}

json::Value IamService::ListPolicyVersions(const Call& call, Tx& tx) {
  const PolicyRow policy = Require(call, tx);
  Page page(call.input);
  if (access::FindManagedPolicy(policy.arn)) {
    page.Add("v1", DescribeVersion(1, true, kManagedCreatedMs));
    return page.Finish("Versions");
  }
  tx.Query(
      "SELECT version, created_ms FROM access_policy_versions WHERE arn = ? ORDER BY version DESC",
      {policy.arn}, [&](const store::Row& row) {
        // Newest first: the page's key grows as the number falls.
        const std::string key = std::to_string(1'000'000'000 - row.Int(0));
        page.Add(key,
                 DescribeVersion(row.Int(0), row.Int(0) == policy.default_version, row.Int(1)));
        return true;
      });
  return page.Finish("Versions");
}

json::Value IamService::SetDefaultPolicyVersion(const Call& call, Tx& tx) {
  const PolicyRow policy = RequireOwn(call, tx);
  const int64_t version = VersionNumber(json::GetString(call.input, "VersionId"));
  if (!tx.QueryInt("SELECT 1 FROM access_policy_versions WHERE arn = ? AND version = ?",
                   {policy.arn, version})) {
    throw NoSuchVersion(call);
  }
  tx.Execute("UPDATE access_policies SET default_version = ?, updated_ms = ? WHERE arn = ?",
             {version, call.now, policy.arn});
  Changed(tx);
  return json::Object();
}

json::Value IamService::DeletePolicyVersion(const Call& call, Tx& tx) {
  const PolicyRow policy = RequireOwn(call, tx);
  const int64_t version = VersionNumber(json::GetString(call.input, "VersionId"));
  if (version == policy.default_version) {
    throw DeleteConflict("Cannot delete the default version of a policy.");
  }
  if (tx.Execute("DELETE FROM access_policy_versions WHERE arn = ? AND version = ?",
                 {policy.arn, version}) == 0) {
    throw NoSuchVersion(call);
  }
  return json::Object();
}

json::Value IamService::ListEntitiesForPolicy(const Call& call, Tx& tx) {
  const PolicyRow policy = Require(call, tx);
  const std::string& account = call.scope.account.str();
  const std::string_view filter = json::GetString(call.input, "EntityFilter");
  json::Array users;
  json::Array roles;
  json::Array groups;
  tx.Query(
      "SELECT a.kind, a.name, COALESCE(u.id, r.id, g.id, '') FROM access_attachments a"
      " LEFT JOIN access_users u ON a.kind = 'user' AND u.account = a.account AND u.name = a.name"
      " LEFT JOIN access_roles r ON a.kind = 'role' AND r.account = a.account AND r.name = a.name"
      " LEFT JOIN access_groups g ON a.kind = 'group' AND g.account = a.account AND g.name = a.name"
      " WHERE a.policy_arn = ? AND a.account = ? ORDER BY a.kind, a.name",
      {policy.arn, account}, [&](const store::Row& row) {
        if (row.Text(0) == "user" && (filter.empty() || filter == "User")) {
          users.push_back(json::Object{{"UserName", row.Text(1)}, {"UserId", row.Text(2)}});
        } else if (row.Text(0) == "role" && (filter.empty() || filter == "Role")) {
          roles.push_back(json::Object{{"RoleName", row.Text(1)}, {"RoleId", row.Text(2)}});
        } else if (row.Text(0) == "group" && (filter.empty() || filter == "Group")) {
          groups.push_back(json::Object{{"GroupName", row.Text(1)}, {"GroupId", row.Text(2)}});
        }
        return true;
      });
  json::Object out;
  out["PolicyUsers"] = std::move(users);
  out["PolicyRoles"] = std::move(roles);
  out["PolicyGroups"] = std::move(groups);
  out["IsTruncated"] = false;
  return out;
}

json::Value IamService::TagPolicy(const Call& call, Tx& tx) {
  const PolicyRow policy = RequireOwn(call, tx);
  tx.Execute("UPDATE access_policies SET tags = ? WHERE arn = ?",
             {json::Serialize(MergeTags(policy.tags, call.input)), policy.arn});
  return json::Object();
}

json::Value IamService::UntagPolicy(const Call& call, Tx& tx) {
  const PolicyRow policy = RequireOwn(call, tx);
  tx.Execute("UPDATE access_policies SET tags = ? WHERE arn = ?",
             {json::Serialize(WithoutTags(policy.tags, call.input)), policy.arn});
  return json::Object();
}

json::Value IamService::ListPolicyTags(const Call& call, Tx& tx) {
  const PolicyRow policy = Require(call, tx);
  json::Object out;
  out["Tags"] = policy.tags;
  out["IsTruncated"] = false;
  return out;
}

}  // namespace riposte::iam
