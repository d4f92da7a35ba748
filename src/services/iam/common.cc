#include "services/iam/common.h"

#include <algorithm>

#include "access/managed_policies.h"
#include "base/arn.h"
#include "base/encoding.h"

namespace riposte::iam {
namespace {

constexpr size_t kMaxTags = 50;
constexpr size_t kDefaultPage = 100;
constexpr size_t kMaxPage = 1000;
constexpr std::string_view kMarkerPrefix = "after:";

}  // namespace

const OwnerWords& WordsOf(Owner owner) {
  static constexpr OwnerWords kUser{"user", "UserName", "User", 2048};
  static constexpr OwnerWords kRole{"role", "RoleName", "Role", 10240};
  static constexpr OwnerWords kGroup{"group", "GroupName", "Group", 5120};
  switch (owner) {
    case Owner::kUser:
      return kUser;
    case Owner::kRole:
      return kRole;
    case Owner::kGroup:
      return kGroup;
  }
  return kUser;
}

std::string RequireOwner(Owner owner, const api::Call& call, store::Transaction& tx) {
  const OwnerWords& words = WordsOf(owner);
  std::string name(json::GetString(call.input, words.name_field));
  const std::string& account = call.scope.account.str();
  bool found = false;
  switch (owner) {
    case Owner::kUser:
      found =
          tx.QueryInt("SELECT 1 FROM access_users WHERE account = ? AND name = ?", {account, name})
              .has_value();
      break;
    case Owner::kRole:
      found =
          tx.QueryInt("SELECT 1 FROM access_roles WHERE account = ? AND name = ?", {account, name})
              .has_value();
      break;
    case Owner::kGroup:
      found =
          tx.QueryInt("SELECT 1 FROM access_groups WHERE account = ? AND name = ?", {account, name})
              .has_value();
      break;
  }
  if (!found) throw NoSuchNamed(words.kind, name);
  return name;
}

std::string CallingUser(const api::Call& call) {
  if (call.caller.kind != access::Principal::Kind::kUser) return "";
  return call.caller.arn.substr(call.caller.arn.rfind('/') + 1);
}

std::string UserOrCaller(const api::Call& call, store::Transaction& tx) {
  if (!json::GetString(call.input, "UserName").empty()) {
    return RequireOwner(Owner::kUser, call, tx);
  }
  std::string user = CallingUser(call);
  if (user.empty() && call.caller.kind != access::Principal::Kind::kRoot) throw MustNameUser();
  return user;
}

api::Error MustNameUser() {
  return {"ValidationError", "Must specify userName when calling with non-User credentials", 400};
}

api::Error NoSuchEntity(std::string message) {
  return {"NoSuchEntity", std::move(message), 404};
}
api::Error AlreadyExists(std::string message) {
  return {"EntityAlreadyExists", std::move(message), 409};
}
api::Error DeleteConflict(std::string message) {
  return {"DeleteConflict", std::move(message), 409};
}
api::Error LimitExceeded(std::string message) {
  return {"LimitExceeded", std::move(message), 409};
}
api::Error InvalidInput(std::string message) {
  return {"InvalidInput", std::move(message), 400};
}
api::Error NoSuchNamed(std::string_view noun, std::string_view name) {
  return NoSuchEntity("The " + std::string(noun) + " with name " + std::string(name) +
                      " cannot be found.");
}

void CheckDocument(std::string_view document, access::PolicyKind kind) {
  if (const auto parsed = access::PolicyDocument::Parse(document, kind); !parsed) {
    throw api::Error("MalformedPolicyDocument", parsed.error().message, 400);
  }
}

int64_t SizeWithoutSpace(std::string_view document) {
  return std::count_if(document.begin(), document.end(),
                       [](char c) { return c != ' ' && c != '\t' && c != '\n' && c != '\r'; });
}

std::string EncodeDocument(std::string_view document) {
  return PercentEncode(document);
}

bool PolicyExists(const std::string& arn, const AccountId& account, store::Transaction& tx) {
  if (access::FindManagedPolicy(arn)) return true;
  return tx
      .QueryInt("SELECT 1 FROM access_policies WHERE arn = ? AND account = ?", {arn, account.str()})
      .has_value();
}

std::string PathOf(const json::Object& input) {
  return std::string(json::GetString(input, "Path", "/"));
}

json::Array MergeTags(const json::Array& old, const json::Object& input) {
  json::Array merged = old;
  const json::Array* added = json::GetArray(input, "Tags");
  if (!added) return merged;
  std::vector<std::string> seen;
  for (const json::Value& tag : *added) {
    if (!tag.is_object()) continue;
    const std::string key(json::GetString(tag.get_object(), "Key"));
    if (std::find(seen.begin(), seen.end(), key) != seen.end()) {
      throw InvalidInput(
          "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    }
    seen.push_back(key);
    if (key.starts_with("aws:")) {
      throw InvalidInput("System tags cannot be added/updated by requester");
    }
    const auto same = std::find_if(merged.begin(), merged.end(), [&](const json::Value& item) {
      return item.is_object() && json::GetString(item.get_object(), "Key") == key;
    });
    if (same == merged.end()) {
      merged.push_back(tag);
    } else {
      *same = tag;
    }
  }
  if (merged.size() > kMaxTags) {
    throw LimitExceeded("The number of tags has reached the maximum limit.");
  }
  return merged;
}

json::Array WithoutTags(const json::Array& old, const json::Object& input) {
  const std::vector<std::string> keys = json::GetStrings(input, "TagKeys");
  json::Array kept;
  for (const json::Value& tag : old) {
    const std::string_view key = json::GetString(tag.as_object(), "Key");
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) kept.push_back(tag);
  }
  return kept;
}

Page::Page(const json::Object& input)
    : max_items_(static_cast<size_t>(
          std::clamp<int64_t>(json::GetInt(input, "MaxItems", kDefaultPage), 1, kMaxPage))) {
  const std::string_view marker = json::GetString(input, "Marker");
  if (marker.empty()) return;
  const Result<std::string> decoded = Base64Decode(marker);
  if (!decoded || !decoded->starts_with(kMarkerPrefix)) {
    throw InvalidInput("Invalid Marker.");
  }
  after_ = decoded->substr(kMarkerPrefix.size());
}

void Page::Add(std::string_view key, json::Value item) {
  if (!after_.empty() && key <= after_) return;
  if (items_.size() == max_items_) {
    truncated_ = true;
    return;
  }
  last_key_ = key;
  items_.push_back(std::move(item));
}

json::Object Page::Finish(std::string_view member) {
  json::Object out;
  out[member] = std::move(items_);
  out["IsTruncated"] = truncated_;
  if (truncated_) out["Marker"] = Base64Encode(std::string(kMarkerPrefix) + last_key_);
  return out;
}

}  // namespace riposte::iam
