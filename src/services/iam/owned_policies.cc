// Policies, boundaries and tags of users, roles and groups: one body for the three families.
#include <algorithm>

#include "services/iam/common.h"

namespace riposte::iam {
namespace {

constexpr int64_t kMaxAttached = 10;

std::string PolicyNameOf(std::string_view arn) {
  return std::string(arn.substr(arn.rfind('/') + 1));
}

json::Array ReadTags(Owner owner, const std::string& account, const std::string& name,
                     store::Transaction& tx) {
  const auto text =
      owner == Owner::kRole
          ? tx.QueryText("SELECT tags FROM access_roles WHERE account = ? AND name = ?",
                         {account, name})
          : tx.QueryText("SELECT tags FROM access_users WHERE account = ? AND name = ?",
                         {account, name});
  const auto parsed = json::Parse(text.value_or("[]"));
  return parsed && parsed->is_array() ? parsed->get_array() : json::Array();
}

void WriteTags(Owner owner, const std::string& account, const std::string& name,
               const json::Array& tags, store::Transaction& tx) {
  const std::string text = json::Serialize(tags);
  if (owner == Owner::kRole) {
    tx.Execute("UPDATE access_roles SET tags = ? WHERE account = ? AND name = ?",
               {text, account, name});
  } else {
    tx.Execute("UPDATE access_users SET tags = ? WHERE account = ? AND name = ?",
               {text, account, name});
  }
}

void WriteBoundary(Owner owner, const std::string& account, const std::string& name,
                   const std::string& arn, store::Transaction& tx) {
  if (owner == Owner::kRole) {
    tx.Execute("UPDATE access_roles SET boundary_arn = ? WHERE account = ? AND name = ?",
               {arn, account, name});
  } else {
    tx.Execute("UPDATE access_users SET boundary_arn = ? WHERE account = ? AND name = ?",
               {arn, account, name});
  }
}

}  // namespace

json::Value IamService::AttachTo(Owner owner, const Call& call, Tx& tx) {
  const OwnerWords& words = WordsOf(owner);
  const std::string name = RequireOwner(owner, call, tx);
  const std::string& account = call.scope.account.str();
  const std::string arn(json::GetString(call.input, "PolicyArn"));
  if (!PolicyExists(arn, call.scope.account, tx)) {
    throw NoSuchEntity("Policy " + arn + " does not exist or is not attachable.");
  }
  const int64_t others = tx.QueryInt(
                               "SELECT COUNT(*) FROM access_attachments"
                               " WHERE account = ? AND kind = ? AND name = ? AND policy_arn <> ?",
                               {account, words.kind, name, arn})
                             .value_or(0);
  if (others >= kMaxAttached) {
    throw LimitExceeded("Cannot exceed quota for PoliciesPer" + std::string(words.title) + ": " +
                        std::to_string(kMaxAttached));
  }
  tx.Execute(
      "INSERT OR IGNORE INTO access_attachments (account, kind, name, policy_arn)"
      " VALUES (?, ?, ?, ?)",
      {account, words.kind, name, arn});
  Changed(tx);
  return json::Object();
}

json::Value IamService::DetachFrom(Owner owner, const Call& call, Tx& tx) {
  const std::string name = RequireOwner(owner, call, tx);
  const std::string arn(json::GetString(call.input, "PolicyArn"));
  if (tx.Execute("DELETE FROM access_attachments"
                 " WHERE account = ? AND kind = ? AND name = ? AND policy_arn = ?",
                 {call.scope.account.str(), WordsOf(owner).kind, name, arn}) == 0) {
    throw NoSuchEntity("Policy " + arn + " was not found.");
  }
  Changed(tx);
  return json::Object();
}

json::Value IamService::ListAttachedOf(Owner owner, const Call& call, Tx& tx) {
  const std::string name = RequireOwner(owner, call, tx);
  Page page(call.input);
  tx.Query(
      "SELECT policy_arn FROM access_attachments WHERE account = ? AND kind = ? AND name = ?"
      " ORDER BY policy_arn",
      {call.scope.account.str(), WordsOf(owner).kind, name}, [&](const store::Row& row) {
        page.Add(row.Text(0), json::Object{{"PolicyName", PolicyNameOf(row.Text(0))},
                                           {"PolicyArn", row.Text(0)}});
        return true;
      });
  return page.Finish("AttachedPolicies");
}

json::Value IamService::PutInlineOf(Owner owner, const Call& call, Tx& tx) {
  const OwnerWords& words = WordsOf(owner);
  const std::string name = RequireOwner(owner, call, tx);
  const std::string& account = call.scope.account.str();
  const std::string policy(json::GetString(call.input, "PolicyName"));
  const std::string document(json::GetString(call.input, "PolicyDocument"));
  CheckDocument(document, access::PolicyKind::kIdentity);
  int64_t bytes = SizeWithoutSpace(document);
  tx.Query(
      "SELECT document FROM access_inline_policies"
      " WHERE account = ? AND kind = ? AND name = ? AND policy_name <> ?",
      {account, words.kind, name, policy}, [&](const store::Row& row) {
        bytes += SizeWithoutSpace(row.Text(0));
        return true;
      });
  if (bytes > words.max_inline_bytes) {
    throw LimitExceeded("Maximum policy size of " + std::to_string(words.max_inline_bytes) +
                        " bytes exceeded for " + std::string(words.kind) + " " + name);
  }
  tx.Execute(
      "INSERT OR REPLACE INTO access_inline_policies (account, kind, name, policy_name, document)"
      " VALUES (?, ?, ?, ?, ?)",
      {account, words.kind, name, policy, document});
  Changed(tx);
  return json::Object();
}

json::Value IamService::GetInlineOf(Owner owner, const Call& call, Tx& tx) {
  const OwnerWords& words = WordsOf(owner);
  const std::string name = RequireOwner(owner, call, tx);
  const std::string policy(json::GetString(call.input, "PolicyName"));
  const auto document = tx.QueryText(
      "SELECT document FROM access_inline_policies"
      " WHERE account = ? AND kind = ? AND name = ? AND policy_name = ?",
      {call.scope.account.str(), words.kind, name, policy});
  if (!document) throw NoSuchNamed(std::string(words.kind) + " policy", policy);
  json::Object out;
  out[words.name_field] = name;
  out["PolicyName"] = policy;
  out["PolicyDocument"] = EncodeDocument(*document);
  return out;
}

json::Value IamService::ListInlineOf(Owner owner, const Call& call, Tx& tx) {
  const std::string name = RequireOwner(owner, call, tx);
  Page page(call.input);
  tx.Query(
      "SELECT policy_name FROM access_inline_policies WHERE account = ? AND kind = ? AND name = ?"
      " ORDER BY policy_name",
      {call.scope.account.str(), WordsOf(owner).kind, name}, [&](const store::Row& row) {
        page.Add(row.Text(0), json::Value(row.Text(0)));
        return true;
      });
  return page.Finish("PolicyNames");
}

json::Value IamService::DeleteInlineOf(Owner owner, const Call& call, Tx& tx) {
  const OwnerWords& words = WordsOf(owner);
  const std::string name = RequireOwner(owner, call, tx);
  const std::string policy(json::GetString(call.input, "PolicyName"));
  if (tx.Execute("DELETE FROM access_inline_policies"
                 " WHERE account = ? AND kind = ? AND name = ? AND policy_name = ?",
                 {call.scope.account.str(), words.kind, name, policy}) == 0) {
    throw NoSuchNamed(std::string(words.kind) + " policy", policy);
  }
  Changed(tx);
  return json::Object();
}

json::Value IamService::PutBoundaryOf(Owner owner, const Call& call, Tx& tx) {
  const std::string name = RequireOwner(owner, call, tx);
  const std::string arn(json::GetString(call.input, "PermissionsBoundary"));
  if (!PolicyExists(arn, call.scope.account, tx)) {
    throw NoSuchEntity("Scope ARN: " + arn + " does not exist or is not attachable.");
  }
  WriteBoundary(owner, call.scope.account.str(), name, arn, tx);
  Changed(tx);
  return json::Object();
}

json::Value IamService::DeleteBoundaryOf(Owner owner, const Call& call, Tx& tx) {
  const std::string name = RequireOwner(owner, call, tx);
  WriteBoundary(owner, call.scope.account.str(), name, "", tx);
  Changed(tx);
  return json::Object();
}

json::Value IamService::TagOwner(Owner owner, const Call& call, Tx& tx) {
  const std::string name = RequireOwner(owner, call, tx);
  const std::string& account = call.scope.account.str();
  WriteTags(owner, account, name, MergeTags(ReadTags(owner, account, name, tx), call.input), tx);
  Changed(tx);
  return json::Object();
}

json::Value IamService::UntagOwner(Owner owner, const Call& call, Tx& tx) {
  const std::string name = RequireOwner(owner, call, tx);
  const std::string& account = call.scope.account.str();
  WriteTags(owner, account, name, WithoutTags(ReadTags(owner, account, name, tx), call.input), tx);
  Changed(tx);
  return json::Object();
}

json::Value IamService::ListTagsOf(Owner owner, const Call& call, Tx& tx) {
  const std::string name = RequireOwner(owner, call, tx);
  Page page(call.input);
  std::vector<std::pair<std::string, json::Value>> tags;
  for (const json::Value& tag : ReadTags(owner, call.scope.account.str(), name, tx)) {
    tags.emplace_back(json::GetString(tag.as_object(), "Key"), tag);
  }
  std::sort(tags.begin(), tags.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [key, tag] : tags) page.Add(key, std::move(tag));
  return page.Finish("Tags");
}

}  // namespace riposte::iam
