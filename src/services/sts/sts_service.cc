#include "services/sts/sts_service.h"

#include <algorithm>

#include "access/managed_policies.h"
#include "access/policy.h"

namespace riposte::sts {
namespace {

constexpr int64_t kDefaultRoleSeconds = 3600;
/// A session that assumes a role gets an hour at most.
constexpr int64_t kMaxChainedSeconds = 3600;
constexpr int64_t kDefaultSessionSeconds = 43'200;
constexpr int64_t kMaxRootSessionSeconds = 3600;
constexpr int64_t kMaxSessionPolicyBytes = 2048;
constexpr size_t kMaxPolicyArns = 10;

json::Object Credentials(const access::AccessKey& key) {
  json::Object out;
  out["AccessKeyId"] = key.id;
  out["SecretAccessKey"] = key.secret;
  out["SessionToken"] = key.session_token;
  out["Expiration"] = ToSeconds(key.expires);
  return out;
}

api::Error ValidationError(std::string message) {
  return {"ValidationError", std::move(message), 400};
}

/// The facts that a trust policy may ask about.
access::Context ContextOf(const api::Call& call) {
  access::Context context;
  context["aws:sourceip"] = {call.source_ip};
  context["aws:requestedregion"] = {call.scope.region.str()};
  context["aws:currenttime"] = {FormatIso8601(call.now)};
  context["aws:epochtime"] = {std::to_string(ToMillis(call.now) / 1000)};
  context["aws:useragent"] = {call.user_agent};
  const auto add = [&](const char* key, const char* member) {
    const std::string_view value = json::GetString(call.input, member);
    if (!value.empty()) context[key] = {std::string(value)};
  };
  add("sts:externalid", "ExternalId");
  add("sts:rolesessionname", "RoleSessionName");
  add("sts:sourceidentity", "SourceIdentity");
  if (const json::Array* tags = json::GetArray(call.input, "Tags")) {
    for (const json::Value& tag : *tags) {
      if (!tag.is_object()) continue;
      const std::string key(json::GetString(tag.get_object(), "Key"));
      context["aws:tagkeys"].push_back(key);
      context["aws:requesttag/" + access::ToLower(key)] = {
          std::string(json::GetString(tag.get_object(), "Value"))};
    }
  }
  return context;
}

std::string PolicyText(const std::string& arn, const AccountId& account, store::Transaction& tx) {
  if (const access::ManagedPolicy* managed = access::FindManagedPolicy(arn)) {
    return std::string(managed->document);
  }
  const auto text = tx.QueryText(
      "SELECT v.document FROM access_policies p JOIN access_policy_versions v"
      " ON v.arn = p.arn AND v.version = p.default_version WHERE p.arn = ? AND p.account = ?",
      {arn, account.str()});
  if (!text) throw ValidationError("The policy " + arn + " does not exist or is not attachable.");
  return *text;
}

/// What narrows the session: the policy in the request, and the ones it names.
std::vector<std::string> SessionPolicies(const api::Call& call, const AccountId& account,
                                         store::Transaction& tx) {
  std::vector<std::string> policies;
  const std::string_view text = json::GetString(call.input, "Policy");
  if (!text.empty()) {
    if (const auto parsed = access::PolicyDocument::Parse(text, access::PolicyKind::kIdentity);
        !parsed) {
      throw api::Error("MalformedPolicyDocument", parsed.error().message, 400);
    }
    if (static_cast<int64_t>(text.size()) > kMaxSessionPolicyBytes) {
      throw api::Error("PackedPolicyTooLarge",
                       "Packed policy consumes more than the allowed space, please use smaller "
                       "policy.",
                       400);
    }
    policies.emplace_back(text);
  }
  if (const json::Array* arns = json::GetArray(call.input, "PolicyArns")) {
    if (arns->size() > kMaxPolicyArns) {
      throw ValidationError("The number of policy ARNs exceeds " + std::to_string(kMaxPolicyArns));
    }
    for (const json::Value& item : *arns) {
      if (!item.is_object()) continue;
      policies.push_back(
          PolicyText(std::string(json::GetString(item.get_object(), "arn")), account, tx));
    }
  }
  return policies;
}

}  // namespace

json::Value StsService::GetCallerIdentity(const Call& call, Tx&) {
  json::Object out;
  out["UserId"] = call.caller.id;
  out["Account"] = call.caller.account.str();
  out["Arn"] = call.caller.arn;
  return out;
}

json::Value StsService::GetAccessKeyInfo(const Call& call, Tx&) {
  const std::string id(json::GetString(call.input, "AccessKeyId"));
  const auto key = directory_.FindKey(id);
  if (!key) throw ValidationError("The access key id " + id + " is not known.");
  return json::Object{{"Account", key->principal.account.str()}};
}

json::Value StsService::GetSessionToken(const Call& call, Tx& tx) {
  const bool root = call.caller.kind == access::Principal::Kind::kRoot;
  if ((!root && call.caller.kind != access::Principal::Kind::kUser) ||
      call.caller.access_key_id.starts_with("ASIA")) {
    throw api::Error("AccessDenied", "Cannot call GetSessionToken with session credentials", 403);
  }
  int64_t seconds = json::GetInt(call.input, "DurationSeconds", kDefaultSessionSeconds);
  if (root) seconds = std::min(seconds, kMaxRootSessionSeconds);
  const access::AccessKey key =
      directory_.IssueTemporaryKey(tx, call.caller, std::chrono::seconds(seconds));
  return json::Object{{"Credentials", Credentials(key)}};
}

json::Value StsService::AssumeRole(const Call& call, Tx& tx) {
  const std::string arn(json::GetString(call.input, "RoleArn"));
  const std::optional<access::Role> role = directory_.FindRole(arn);
  // A role that does not exist answers like one that refuses.
  if (!role || !authorizer_.DecideAssumeRole(call.caller, arn, ContextOf(call)).allowed) {
    throw api::Error("AccessDenied",
                     "User: " + call.caller.arn +
                         " is not authorized to perform: sts:AssumeRole on resource: " + arn,
                     403);
  }
  const int64_t seconds = json::GetInt(call.input, "DurationSeconds", kDefaultRoleSeconds);
  const bool chained = call.caller.kind == access::Principal::Kind::kAssumedRole;
  if (chained && seconds > kMaxChainedSeconds) {
    throw ValidationError(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
        "chaining");
  }
  if (std::chrono::seconds(seconds) > role->max_session) {
    throw ValidationError(
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  access::Principal session =
      access::Directory::SessionOf(*role, json::GetString(call.input, "RoleSessionName"));
  session.session_policies = SessionPolicies(call, role->account, tx);
  const access::AccessKey key =
      directory_.IssueTemporaryKey(tx, session, std::chrono::seconds(seconds));
  json::Object out;
  out["Credentials"] = Credentials(key);
  out["AssumedRoleUser"] = json::Object{{"AssumedRoleId", session.id}, {"Arn", session.arn}};
  const std::string_view policy = json::GetString(call.input, "Policy");
  if (!policy.empty()) {
    out["PackedPolicySize"] = static_cast<int64_t>(policy.size()) * 100 / kMaxSessionPolicyBytes;
  }
  const std::string_view identity = json::GetString(call.input, "SourceIdentity");
  json::SetIfNotEmpty(out, "SourceIdentity", identity);
  return out;
}

void StsService::Register(api::Registry& registry) {
  registry.Add<StsService>("sts", *this,
                           {
                               {"GetCallerIdentity", api::Read(&StsService::GetCallerIdentity)},
                               {"GetAccessKeyInfo", api::Read(&StsService::GetAccessKeyInfo)},
                               {"GetSessionToken", api::Write(&StsService::GetSessionToken)},
                               {"AssumeRole", api::Write(&StsService::AssumeRole)},
                           });
  registry.SetResourcePolicy("sts", [this](const std::string& arn, store::Transaction&) {
    return directory_.TrustPolicyOf(arn).value_or("");
  });
}

}  // namespace riposte::sts
