#include "services/secretsmanager/secrets_service.h"

#include <algorithm>

#include "access/policy.h"
#include "api/error.h"
#include "services/secretsmanager/password.h"

namespace riposte::secretsmanager {
namespace {

constexpr int64_t kDefaultRecoveryDays = 30;
constexpr int64_t kMinRecoveryDays = 7;
constexpr size_t kMaxTags = 50;
constexpr std::string_view kSuffixAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

void PutTags(Secret& secret, const json::Object& input) {
  const json::Array* tags = json::GetArray(input, "Tags");
  if (!tags) return;
  for (const json::Value& tag : *tags) {
    if (!tag.is_object()) continue;
    const std::string_view key = json::GetString(tag.get_object(), "Key");
    const auto same = std::find_if(
        secret.tags.begin(), secret.tags.end(),
        [&](const json::Value& item) { return json::GetString(item.as_object(), "Key") == key; });
    if (same == secret.tags.end()) {
      secret.tags.push_back(tag);
    } else {
      *same = tag;
    }
  }
  if (secret.tags.size() > kMaxTags) {
    throw api::Error("InvalidParameterException",
                     "A secret can have up to " + std::to_string(kMaxTags) + " tags.");
  }
}

json::Object Describe(const Secret& secret) {
  json::Object out = Named(secret);
  json::SetIfNotEmpty(out, "Description", secret.description);
  json::SetIfNotEmpty(out, "KmsKeyId", secret.kms_key_id);
  out["LastChangedDate"] = ToSeconds(secret.changed);
  if (secret.marked()) out["DeletedDate"] = ToSeconds(secret.deletion);
  if (!secret.tags.empty()) out["Tags"] = secret.tags;
  out["CreatedDate"] = ToSeconds(secret.created);
  return out;
}

/// Version id -> its labels.
json::Object LabelsByVersion(const Secret& secret, store::Transaction& tx) {
  json::Object out;
  for (const auto& [stage, id] : tables::Stages(tx, secret.arn)) {
    auto& list = out[id];
    if (!list.is_array()) list = json::Array();
    list.get_array().emplace_back(stage);
  }
  return out;
}

bool StartsWithoutCase(std::string_view text, std::string_view prefix) {
  return access::ToLower(text).starts_with(access::ToLower(prefix));
}

/// Does one value of a filter match? Names and tags by prefix, with case; descriptions without.
bool MatchesValue(const Secret& secret, std::string_view key, std::string_view value) {
  const auto any_tag = [&](const char* member) {
    return std::any_of(secret.tags.begin(), secret.tags.end(), [&](const json::Value& tag) {
      return json::GetString(tag.as_object(), member).starts_with(value);
    });
  };
  const auto any_word = [&](std::string_view text) {
    size_t at = 0;
    while (at <= text.size()) {
      if (StartsWithoutCase(text.substr(at), value)) return true;
      at = text.find(' ', at);
      if (at == std::string_view::npos) return false;
      ++at;
    }
    return false;
  };
  if (key == "name") return secret.name.starts_with(value);
  if (key == "description") return any_word(secret.description);
  if (key == "tag-key") return any_tag("Key");
  if (key == "tag-value") return any_tag("Value");
  if (key == "all") {
    return secret.name.starts_with(value) || any_word(secret.description) || any_tag("Key") ||
           any_tag("Value");
  }
  return false;
}

/// All filters must match; of a filter's values one is enough, and "!value" must not match.
bool MatchesFilters(const Secret& secret, const json::Object& input) {
  const json::Array* filters = json::GetArray(input, "Filters");
  if (!filters) return true;
  return std::all_of(filters->begin(), filters->end(), [&](const json::Value& filter) {
    const std::string_view key = json::GetString(filter.as_object(), "Key");
    const std::vector<std::string> values = json::GetStrings(filter.as_object(), "Values");
    return std::any_of(values.begin(), values.end(), [&](std::string_view value) {
      if (!value.starts_with('!')) return MatchesValue(secret, key, value);
      return !MatchesValue(secret, key, value.substr(1));
    });
  });
}

}  // namespace

Secret RequireSecret(const api::Call& call, store::Transaction& tx, bool marked_too) {
  auto secret =
      tables::Find(tx, call.scope, std::string(json::GetString(call.input, "SecretId")), call.now);
  if (!secret) {
    throw api::Error("ResourceNotFoundException",
                     "Secrets Manager can't find the specified secret.");
  }
  if (secret->marked() && !marked_too) {
    throw api::Error("InvalidRequestException",
                     "You can't perform this operation on the secret because it was marked for "
                     "deletion.");
  }
  return std::move(*secret);
}

json::Object Named(const Secret& secret) {
  return {{"ARN", secret.arn}, {"Name", secret.name}};
}

json::Value SecretsService::CreateSecret(const Call& call, Tx& tx) {
  tables::Purge(tx, call.now);
  if (json::Find(call.input, "AddReplicaRegions")) {
    throw api::Error("InvalidParameterException", "Replication to other regions is not offered.");
  }
  const std::string name(json::GetString(call.input, "Name"));
  const std::optional<Value> value = ValueIn(call.input);
  if (const auto existing = tables::Find(tx, call.scope, name, call.now)) {
    if (existing->marked()) {
      throw api::Error("InvalidRequestException",
                       "You can't create this secret because a secret with this name is already "
                       "scheduled for deletion.");
    }
    const std::string token(json::GetString(call.input, "ClientRequestToken"));
    if (value && !token.empty() && tables::FindVersion(tx, existing->arn, token)) {
      json::Object out = Named(*existing);
      out["VersionId"] = AddVersion(call, tx, *existing, *value);
      return out;
    }
    throw api::Error("ResourceExistsException",
                     "The operation failed because the secret " + name + " already exists.");
  }
  Secret secret;
  secret.name = name;
  secret.arn =
      call.MakeArn("secretsmanager", "secret:" + name + "-" + random_.Pick(6, kSuffixAlphabet));
  secret.description = json::GetString(call.input, "Description");
  secret.kms_key_id = json::GetString(call.input, "KmsKeyId");
  secret.created = secret.changed = call.now;
  PutTags(secret, call.input);
  tables::Insert(tx, call.scope, secret);
  json::Object out = Named(secret);
  if (value) {
    const std::string id = AddVersion(call, tx, secret, *value);
    MoveStage(tx, secret, "AWSCURRENT", id);
    out["VersionId"] = id;
  }
  return out;
}

json::Value SecretsService::DescribeSecret(const Call& call, Tx& tx) {
  const Secret secret = RequireSecret(call, tx, /*marked_too=*/true);
  json::Object out = Describe(secret);
  json::Object labels = LabelsByVersion(secret, tx);
  if (!labels.empty()) out["VersionIdsToStages"] = std::move(labels);
  return out;
}

json::Value SecretsService::ListSecrets(const Call& call, Tx& tx) {
  std::vector<Secret> secrets = tables::All(tx, call.scope, call.now);
  const bool descending = json::GetString(call.input, "SortOrder") == "desc";
  if (descending) std::reverse(secrets.begin(), secrets.end());
  const bool marked_too = json::GetBool(call.input, "IncludePlannedDeletion");
  const auto page = static_cast<size_t>(json::GetInt(call.input, "MaxResults", 100));
  const std::string_view after = json::GetString(call.input, "NextToken");
  json::Array list;
  json::Object out;
  for (const Secret& secret : secrets) {
    if (secret.marked() && !marked_too) continue;
    if (!after.empty() && (descending ? secret.name >= after : secret.name <= after)) continue;
    if (!MatchesFilters(secret, call.input)) continue;
    if (list.size() == page) {
      out["NextToken"] = list.back().as_object()["Name"];
      break;
    }
    json::Object item = Describe(secret);
    json::Object labels = LabelsByVersion(secret, tx);
    if (!labels.empty()) item["SecretVersionsToStages"] = std::move(labels);
    list.push_back(std::move(item));
  }
  out["SecretList"] = std::move(list);
  return out;
}

json::Value SecretsService::UpdateSecret(const Call& call, Tx& tx) {
  tables::Purge(tx, call.now);
  Secret secret = RequireSecret(call, tx);
  secret.description = json::GetString(call.input, "Description", secret.description);
  secret.kms_key_id = json::GetString(call.input, "KmsKeyId", secret.kms_key_id);
  secret.changed = call.now;
  tables::Update(tx, secret);
  json::Object out = Named(secret);
  if (const std::optional<Value> value = ValueIn(call.input)) {
    const std::string id = AddVersion(call, tx, secret, *value);
    MoveStage(tx, secret, "AWSCURRENT", id);
    out["VersionId"] = id;
  }
  return out;
}

json::Value SecretsService::DeleteSecret(const Call& call, Tx& tx) {
  tables::Purge(tx, call.now);
  const bool force = json::GetBool(call.input, "ForceDeleteWithoutRecovery");
  const json::Value* window = json::Find(call.input, "RecoveryWindowInDays");
  if (force && window) {
    throw api::Error("InvalidParameterException",
                     "You can't use ForceDeleteWithoutRecovery in conjunction with "
                     "RecoveryWindowInDays.");
  }
  const int64_t days = json::GetInt(call.input, "RecoveryWindowInDays", kDefaultRecoveryDays);
  if (window && (days < kMinRecoveryDays || days > kDefaultRecoveryDays)) {
    throw api::Error("InvalidParameterException",
                     "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
  }
  Secret secret = RequireSecret(call, tx, force);
  if (force) {
    tables::Delete(tx, secret.arn);
    secret.deletion = call.now;
  } else {
    secret.deletion = call.now + std::chrono::hours(24 * days);
    tables::Update(tx, secret);
  }
  json::Object out = Named(secret);
  out["DeletionDate"] = ToSeconds(secret.deletion);
  return out;
}

json::Value SecretsService::RestoreSecret(const Call& call, Tx& tx) {
  Secret secret = RequireSecret(call, tx, /*marked_too=*/true);
  secret.deletion = TimePoint();
  tables::Update(tx, secret);
  return Named(secret);
}

json::Value SecretsService::TagResource(const Call& call, Tx& tx) {
  Secret secret = RequireSecret(call, tx);
  PutTags(secret, call.input);
  tables::Update(tx, secret);
  return json::Object();
}

json::Value SecretsService::UntagResource(const Call& call, Tx& tx) {
  Secret secret = RequireSecret(call, tx);
  const std::vector<std::string> keys = json::GetStrings(call.input, "TagKeys");
  json::Array kept;
  for (const json::Value& tag : secret.tags) {
    const std::string_view key = json::GetString(tag.as_object(), "Key");
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) kept.push_back(tag);
  }
  secret.tags = std::move(kept);
  tables::Update(tx, secret);
  return json::Object();
}

json::Value SecretsService::GetResourcePolicy(const Call& call, Tx& tx) {
  const Secret secret = RequireSecret(call, tx);
  json::Object out = Named(secret);
  json::SetIfNotEmpty(out, "ResourcePolicy", secret.policy);
  return out;
}

json::Value SecretsService::PutResourcePolicy(const Call& call, Tx& tx) {
  Secret secret = RequireSecret(call, tx);
  secret.policy = json::GetString(call.input, "ResourcePolicy");
  if (const auto parsed =
          access::PolicyDocument::Parse(secret.policy, access::PolicyKind::kResource);
      !parsed) {
    throw api::Error("MalformedPolicyDocumentException",
                     "This resource policy contains a syntax error: " + parsed.error().message);
  }
  tables::Update(tx, secret);
  return Named(secret);
}

json::Value SecretsService::DeleteResourcePolicy(const Call& call, Tx& tx) {
  Secret secret = RequireSecret(call, tx);
  secret.policy.clear();
  tables::Update(tx, secret);
  return Named(secret);
}

json::Value SecretsService::GetRandomPassword(const Call& call, Tx&) {
  PasswordRules rules;
  rules.length = json::GetInt(call.input, "PasswordLength", rules.length);
  rules.exclude_characters = json::GetString(call.input, "ExcludeCharacters");
  rules.lowercase = !json::GetBool(call.input, "ExcludeLowercase");
  rules.uppercase = !json::GetBool(call.input, "ExcludeUppercase");
  rules.numbers = !json::GetBool(call.input, "ExcludeNumbers");
  rules.punctuation = !json::GetBool(call.input, "ExcludePunctuation");
  rules.space = json::GetBool(call.input, "IncludeSpace");
  rules.require_each_type = json::GetBool(call.input, "RequireEachIncludedType", true);
  const Result<std::string> password = MakePassword(rules, random_);
  if (!password) throw api::Error("InvalidParameterException", password.error().message);
  return json::Object{{"RandomPassword", *password}};
}

void SecretsService::Register(api::Registry& registry) {
  using S = SecretsService;
  registry.Add<S>("secretsmanager", *this,
                  {
                      {"GetRandomPassword", api::Read(&S::GetRandomPassword)},
                      {"CreateSecret", api::Write(&S::CreateSecret)},
                      {"DescribeSecret", api::Read(&S::DescribeSecret)},
                      {"ListSecrets", api::Read(&S::ListSecrets)},
                      {"UpdateSecret", api::Write(&S::UpdateSecret)},
                      {"DeleteSecret", api::Write(&S::DeleteSecret)},
                      {"RestoreSecret", api::Write(&S::RestoreSecret)},
                      {"TagResource", api::Write(&S::TagResource)},
                      {"UntagResource", api::Write(&S::UntagResource)},
                      {"GetResourcePolicy", api::Read(&S::GetResourcePolicy)},
                      {"PutResourcePolicy", api::Write(&S::PutResourcePolicy)},
                      {"DeleteResourcePolicy", api::Write(&S::DeleteResourcePolicy)},
                      {"GetSecretValue", api::Read(&S::GetSecretValue)},
                      {"PutSecretValue", api::Write(&S::PutSecretValue)},
                      {"ListSecretVersionIds", api::Read(&S::ListSecretVersionIds)},
                      {"UpdateSecretVersionStage", api::Write(&S::UpdateSecretVersionStage)},
                  });
  registry.SetResourcePolicy("secretsmanager", [](const std::string& arn, store::Transaction& tx) {
    const Result<Arn> parsed = Arn::Parse(arn);
    if (!parsed) return std::string();
    // Which time it is matters only to secrets that are about to go: the handler judges that.
    const auto secret = tables::Find(tx, parsed->scope(), arn, TimePoint());
    return secret ? secret->policy : std::string();
  });
}

}  // namespace riposte::secretsmanager
