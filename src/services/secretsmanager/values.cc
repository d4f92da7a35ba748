#include <algorithm>

#include "api/error.h"
#include "base/encoding.h"
#include "services/secretsmanager/secrets_service.h"

namespace riposte::secretsmanager {
namespace {

constexpr std::string_view kCurrent = "AWSCURRENT";
constexpr std::string_view kPrevious = "AWSPREVIOUS";
constexpr size_t kMaxValueBytes = 65'536;
/// Versions without a label are kept up to this number.
constexpr int64_t kDeprecatedKept = 100;
constexpr size_t kMaxStages = 20;

/// What a sealed value is bound to.
std::string Context(const Secret& secret, const std::string& version_id) {
  return secret.arn + "\n" + version_id;
}

json::Array StagesOf(const std::map<std::string, std::string>& stages,
                     const std::string& version_id) {
  json::Array out;
  for (const auto& [stage, id] : stages) {
    if (id == version_id) out.emplace_back(stage);
  }
  return out;
}

}  // namespace

std::optional<SecretsService::Value> SecretsService::ValueIn(const json::Object& input) {
  const json::Value* text = json::Find(input, "SecretString");
  const json::Value* binary = json::Find(input, "SecretBinary");
  if (text && binary) {
    throw api::Error("InvalidParameterException",
                     "You can't specify both a binary secret value and a string secret value in "
                     "the same secret.");
  }
  if (!text && !binary) return std::nullopt;
  Value value;
  value.binary = binary != nullptr;
  if (text) {
    value.bytes = json::View(*text);
  } else {
    Result<std::string> bytes = Base64Decode(json::View(*binary));
    if (!bytes) throw api::Error("InvalidParameterException", "SecretBinary is not base64.");
    value.bytes = std::move(*bytes);
  }
  if (value.bytes.size() > kMaxValueBytes) {
    throw api::Error("InvalidParameterException", "The secret value is longer than " +
                                                      std::to_string(kMaxValueBytes) + " bytes.");
  }
  return value;
}

std::string SecretsService::AddVersion(const Call& call, Tx& tx, const Secret& secret,
                                       const Value& value) {
  std::string id(json::GetString(call.input, "ClientRequestToken"));
  if (id.empty()) id = random_.Uuid();
  const std::string context = Context(secret, id);
  if (const auto old = tables::FindVersion(tx, secret.arn, id)) {
    // The same request again is no new version; another value under its token is refused.
    const auto plain = sealer_.Open(old->sealed, context);
    if (plain && *plain == value.bytes && old->binary == value.binary) return id;
    throw api::Error("ResourceExistsException",
                     "You can't use ClientRequestToken " + id +
                         " because that value is already in use for a version of secret " +
                         secret.arn + ".");
  }
  tables::InsertVersion(
      tx, secret.arn,
      {id, value.binary,
       sealer_.Seal(value.bytes, context, random_.Bytes(access::Sealer::kNonceBytes)), call.now});
  return id;
}

void SecretsService::MoveStage(Tx& tx, const Secret& secret, const std::string& stage,
                               const std::string& version_id) {
  if (stage == kCurrent) {
    const auto stages = tables::Stages(tx, secret.arn);
    const auto current = stages.find(stage);
    if (current != stages.end() && current->second != version_id) {
      tables::SetStage(tx, secret.arn, std::string(kPrevious), current->second);
    }
    const auto previous = stages.find(std::string(kPrevious));
    if (current == stages.end() && previous != stages.end() && previous->second == version_id) {
      tables::RemoveStage(tx, secret.arn, std::string(kPrevious));
    }
  }
  tables::SetStage(tx, secret.arn, stage, version_id);
}

json::Value SecretsService::GetSecretValue(const Call& call, Tx& tx) {
  const Secret secret = RequireSecret(call, tx);
  const auto stages = tables::Stages(tx, secret.arn);
  std::string id(json::GetString(call.input, "VersionId"));
  const std::string stage(json::GetString(call.input, "VersionStage"));
  const std::string wanted_stage = stage.empty() ? std::string(kCurrent) : stage;
  if (id.empty()) {
    const auto it = stages.find(wanted_stage);
    if (it == stages.end()) {
      throw api::Error("ResourceNotFoundException",
                       "Secrets Manager can't find the specified secret value for staging label: " +
                           wanted_stage);
    }
    id = it->second;
  } else if (!stage.empty()) {
    const auto it = stages.find(stage);
    if (it == stages.end() || it->second != id) {
      throw api::Error("InvalidRequestException",
                       "You provided a VersionStage that is not associated to the provided "
                       "VersionId.");
    }
  }
  const auto version = tables::FindVersion(tx, secret.arn, id);
  if (!version) {
    throw api::Error("ResourceNotFoundException",
                     "Secrets Manager can't find the specified secret value for VersionId: " + id);
  }
  const auto plain = sealer_.Open(version->sealed, Context(secret, id));
  if (!plain) {
    throw api::Error("DecryptionFailure",
                     "Secrets Manager can't decrypt the protected secret text with the key of "
                     "this engine.");
  }
  json::Object out = Named(secret);
  out["VersionId"] = id;
  if (version->binary) {
    out["SecretBinary"] = Base64Encode(*plain);
  } else {
    out["SecretString"] = *plain;
  }
  out["VersionStages"] = StagesOf(stages, id);
  out["CreatedDate"] = ToSeconds(version->created);
  return out;
}

json::Value SecretsService::PutSecretValue(const Call& call, Tx& tx) {
  tables::Purge(tx, call.now);
  Secret secret = RequireSecret(call, tx);
  const std::optional<Value> value = ValueIn(call.input);
  if (!value) {
    throw api::Error("InvalidRequestException",
                     "You must provide either SecretString or SecretBinary.");
  }
  const std::string id = AddVersion(call, tx, secret, *value);
  std::vector<std::string> wanted = json::GetStrings(call.input, "VersionStages");
  const auto before = tables::Stages(tx, secret.arn);
  // The first version is the current one whatever was asked for.
  const bool has_current = before.contains(std::string(kCurrent));
  if (wanted.empty() ||
      (!has_current && std::find(wanted.begin(), wanted.end(), kCurrent) == wanted.end())) {
    wanted.emplace_back(kCurrent);
  }
  for (const std::string& stage : wanted) MoveStage(tx, secret, stage, id);
  const auto stages = tables::Stages(tx, secret.arn);
  if (stages.size() > kMaxStages) {
    throw api::Error("LimitExceededException",
                     "A secret can have up to " + std::to_string(kMaxStages) + " staging labels.");
  }
  tables::TrimVersions(tx, secret.arn, kDeprecatedKept);
  secret.changed = call.now;
  tables::Update(tx, secret);
  json::Object out = Named(secret);
  out["VersionId"] = id;
  out["VersionStages"] = StagesOf(stages, id);
  return out;
}

json::Value SecretsService::ListSecretVersionIds(const Call& call, Tx& tx) {
  const Secret secret = RequireSecret(call, tx, /*marked_too=*/true);
  const auto stages = tables::Stages(tx, secret.arn);
  const bool deprecated = json::GetBool(call.input, "IncludeDeprecated");
  const auto page = static_cast<size_t>(json::GetInt(call.input, "MaxResults", 100));
  const std::string after(json::GetString(call.input, "NextToken"));
  bool skipping = !after.empty();
  json::Array versions;
  json::Object out = Named(secret);
  std::string last;
  for (const Version& version : tables::Versions(tx, secret.arn)) {
    json::Array labels = StagesOf(stages, version.id);
    if (labels.empty() && !deprecated) continue;
    if (skipping) {
      skipping = version.id != after;
      continue;
    }
    if (versions.size() == page) {
      out["NextToken"] = last;
      break;
    }
    last = version.id;
    json::Object item;
    item["VersionId"] = version.id;
    if (!labels.empty()) item["VersionStages"] = std::move(labels);
    item["CreatedDate"] = ToSeconds(version.created);
    versions.push_back(std::move(item));
  }
  if (skipping) throw api::Error("InvalidNextTokenException", "Invalid next token.");
  out["Versions"] = std::move(versions);
  return out;
}

json::Value SecretsService::UpdateSecretVersionStage(const Call& call, Tx& tx) {
  Secret secret = RequireSecret(call, tx);
  const std::string stage(json::GetString(call.input, "VersionStage"));
  const std::string from(json::GetString(call.input, "RemoveFromVersionId"));
  const std::string to(json::GetString(call.input, "MoveToVersionId"));
  const auto stages = tables::Stages(tx, secret.arn);
  const auto holder = stages.find(stage);
  const std::string held_by = holder == stages.end() ? "" : holder->second;
  if (!from.empty() && held_by != from) {
    throw api::Error("InvalidParameterException",
                     "The staging label " + stage + " is not attached to version " + from + ".");
  }
  if (to.empty()) {
    if (from.empty() || stage == kCurrent) {
      throw api::Error("InvalidParameterException",
                       "You can only move staging label AWSCURRENT to a different secret version. "
                       "It can't be completely removed.");
    }
    tables::RemoveStage(tx, secret.arn, stage);
  } else {
    if (!held_by.empty() && held_by != to && from.empty()) {
      throw api::Error("InvalidParameterException",
                       "The parameter RemoveFromVersionId can't be empty. Staging label " + stage +
                           " is currently attached to version " + held_by +
                           ", so you must explicitly reference that version in "
                           "RemoveFromVersionId.");
    }
    if (!tables::FindVersion(tx, secret.arn, to)) {
      throw api::Error(
          "ResourceNotFoundException",
          "Secrets Manager can't find the specified secret value for VersionId: " + to);
    }
    MoveStage(tx, secret, stage, to);
  }
  secret.changed = call.now;
  tables::Update(tx, secret);
  return Named(secret);
}

}  // namespace riposte::secretsmanager
