#include <algorithm>

#include "api/error.h"
#include "base/arn.h"
#include "base/encoding.h"
#include "services/s3/s3.h"

namespace riposte::s3 {
namespace {

constexpr int kMaxListed = 10'000;
constexpr size_t kMaxTags = 50;
constexpr size_t kMaxPolicyBytes = 20 * 1024;

bool IsBucketName(std::string_view name) {
  const auto edge = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return name.size() >= 3 && name.size() <= 63 && edge(name.front()) && edge(name.back()) &&
         name.find("..") == std::string_view::npos &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") ==
             std::string_view::npos &&
         name.find_first_not_of("0123456789.") != std::string_view::npos &&
         !name.starts_with("xn--");
}

/// Does a statement let everybody in? One with conditions is taken as narrow.
bool IsPublic(const json::Value& value) {
  const json::Object* statement = value.if_object();
  if (statement == nullptr || json::GetString(*statement, "Effect") != "Allow") return false;
  const json::Object* condition = json::GetObject(*statement, "Condition");
  if (condition != nullptr && !condition->empty()) return false;
  const json::Value* principal = json::Find(*statement, "Principal");
  if (principal == nullptr) return false;
  const auto everybody = [](const json::Value& who) {
    if (who.is_string()) return json::View(who) == "*";
    return who.is_array() && std::ranges::any_of(who.as_array(), [](const json::Value& one) {
             return one.is_string() && json::View(one) == "*";
           });
  };
  if (everybody(*principal)) return true;
  const json::Value* aws =
      principal->is_object() ? json::Find(principal->as_object(), "AWS") : nullptr;
  return aws != nullptr && everybody(*aws);
}

bool IsPublicPolicy(const json::Object& policy) {
  const json::Value* statements = json::Find(policy, "Statement");
  if (statements == nullptr) return false;
  if (statements->is_object()) return IsPublic(*statements);
  return statements->is_array() && std::ranges::any_of(statements->as_array(), IsPublic);
}

json::Value Set(const api::Call& call, store::Transaction& tx, std::string_view setting,
                json::Value value) {
  estate::Bucket bucket = RequireBucket(call, tx);
  bucket.settings[setting] = std::move(value);
  estate::UpdateBucket(tx, bucket);
  return json::Object();
}

json::Value Clear(const api::Call& call, store::Transaction& tx, std::string_view setting) {
  estate::Bucket bucket = RequireBucket(call, tx);
  bucket.settings.erase(setting);
  estate::UpdateBucket(tx, bucket);
  return json::Object();
}

/// The payload member of a Put… call, or an empty object.
json::Value PayloadOf(const api::Call& call, std::string_view member) {
  const json::Value* value = json::Find(call.input, member);
  return value == nullptr ? json::Value(json::Object()) : *value;
}

const json::Value* SettingOf(const estate::Bucket& bucket, std::string_view setting) {
  return json::Find(bucket.settings, setting);
}

}  // namespace

estate::Bucket RequireBucket(const api::Call& call, store::Transaction& tx) {
  const std::string_view name = json::GetString(call.input, "Bucket");
  auto bucket = estate::FindBucket(tx, name);
  if (!bucket) {
    throw api::Error("NoSuchBucket", "The specified bucket does not exist", 404,
                     {{"BucketName", name}});
  }
  if (bucket->scope.account != call.scope.account) {
    throw api::Error("AccessDenied", "Access Denied", 403);
  }
  return std::move(*bucket);
}

json::Object AccessBlockOf(const api::Call& call) {
  const json::Value given = PayloadOf(call, "PublicAccessBlockConfiguration");
  json::Object value;
  for (const std::string_view name :
       {"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"}) {
    value[name] = json::GetBool(given.as_object(), name);
  }
  return value;
}

api::Error NoAccessBlock() {
  return {"NoSuchPublicAccessBlockConfiguration",
          "The public access block configuration was not found", 404};
}

json::Value S3Service::CreateBucket(const Call& call, Tx& tx) {
  const std::string name(json::GetString(call.input, "Bucket"));
  if (!IsBucketName(name)) {
    throw api::Error("InvalidBucketName", "The specified bucket is not valid.", 400);
  }
  const json::Object* configuration = json::GetObject(call.input, "CreateBucketConfiguration");
  const std::string_view location =
      configuration == nullptr ? "" : json::GetString(*configuration, "LocationConstraint");
  const std::string& region = call.scope.region.str();
  if (!location.empty() && location != region) {
    throw api::Error("IllegalLocationConstraintException",
                     "The " + std::string(location) +
                         " location constraint is incompatible for the region specific endpoint "
                         "this request was sent to.",
                     400);
  }
  if (const auto existing = estate::FindBucket(tx, name)) {
    if (existing->scope.account != call.scope.account) {
      throw api::Error("BucketAlreadyExists",
                       "The requested bucket name is not available. The bucket namespace is "
                       "shared by all users of the system. Please select a different name and "
                       "try again.",
                       409);
    }
    // The oldest region answers as it did before the others were built.
    if (region != "us-east-1") {
      throw api::Error("BucketAlreadyOwnedByYou",
                       "Your previous request to create the named bucket succeeded and you "
                       "already own it.",
                       409);
    }
    return json::Object{{"Location", "/" + name}};
  }
  estate::CreateBucket(tx, call.scope, name, call.now);
  return json::Object{{"Location", "/" + name}};
}

json::Value S3Service::DeleteBucket(const Call& call, Tx& tx) {
  const estate::Bucket bucket = RequireBucket(call, tx);
  if (!estate::ListObjects(tx, bucket.name, "", "", 1).empty()) {
    throw api::Error("BucketNotEmpty", "The bucket you tried to delete is not empty", 409);
  }
  estate::DeleteBucket(tx, bucket.name);
  return json::Object();
}

json::Value S3Service::HeadBucket(const Call& call, Tx& tx) {
  return json::Object{{"BucketRegion", RequireBucket(call, tx).scope.region.str()}};
}

json::Value S3Service::ListBuckets(const Call& call, Tx& tx) {
  const int64_t most = json::GetInt(call.input, "MaxBuckets", kMaxListed);
  std::string after;
  if (const std::string_view token = json::GetString(call.input, "ContinuationToken");
      !token.empty()) {
    const auto decoded = Base64Decode(token);
    if (!decoded) {
      throw api::Error("InvalidArgument", "The continuation token provided is incorrect", 400);
    }
    after = *decoded;
  }
  const std::string_view prefix = json::GetString(call.input, "Prefix");
  const auto buckets =
      estate::ListBuckets(tx, call.scope.account, prefix, after, static_cast<int>(most) + 1);
  json::Object out;
  json::Array list;
  for (const estate::Bucket& bucket : buckets) {
    if (static_cast<int64_t>(list.size()) == most) {
      out["ContinuationToken"] = Base64Encode(buckets[list.size() - 1].name);
      break;
    }
    list.push_back(json::Object{{"Name", bucket.name},
                                {"CreationDate", ToSeconds(bucket.created)},
                                {"BucketRegion", bucket.scope.region.str()}});
  }
  out["Buckets"] = std::move(list);
  out["Owner"] = json::Object{{"DisplayName", "account-" + call.scope.account.str()},
                              {"ID", call.scope.account.str()}};
  json::SetIfNotEmpty(out, "Prefix", prefix);
  return out;
}

json::Value S3Service::GetBucketLocation(const Call& call, Tx& tx) {
  const std::string region = RequireBucket(call, tx).scope.region.str();
  // us-east-1 is told by saying nothing.
  return region == "us-east-1" ? json::Object() : json::Object{{"LocationConstraint", region}};
}

json::Value S3Service::PutBucketEncryption(const Call& call, Tx& tx) {
  json::Value value = PayloadOf(call, "ServerSideEncryptionConfiguration");
  json::Value* list = value.as_object().if_contains("Rules");
  json::Array* rules = list == nullptr ? nullptr : list->if_array();
  if (rules == nullptr || rules->size() != 1) {
    throw api::Error("MalformedXML",
                     "The XML you provided was not well-formed or did not validate against our "
                     "published schema",
                     400);
  }
  json::Object& rule = rules->front().as_object();
  if (!rule.contains("BucketKeyEnabled")) rule["BucketKeyEnabled"] = false;
  return Set(call, tx, "encryption", std::move(value));
}

json::Value S3Service::GetBucketEncryption(const Call& call, Tx& tx) {
  return json::Object{
      {"ServerSideEncryptionConfiguration", *SettingOf(RequireBucket(call, tx), "encryption")}};
}

json::Value S3Service::DeleteBucketEncryption(const Call& call, Tx& tx) {
  // Buckets are always encrypted: what is deleted is the choice of how.
  return Set(
      call, tx, "encryption",
      json::Object{{"Rules", json::Array{json::Object{{"ApplyServerSideEncryptionByDefault",
                                                       json::Object{{"SSEAlgorithm", "AES256"}}},
                                                      {"BucketKeyEnabled", false}}}}});
}

json::Value S3Service::PutPublicAccessBlock(const Call& call, Tx& tx) {
  return Set(call, tx, "public-access-block", AccessBlockOf(call));
}

json::Value S3Service::GetPublicAccessBlock(const Call& call, Tx& tx) {
  const estate::Bucket bucket = RequireBucket(call, tx);
  const json::Value* value = SettingOf(bucket, "public-access-block");
  if (value == nullptr) throw NoAccessBlock();
  return json::Object{{"PublicAccessBlockConfiguration", *value}};
}

json::Value S3Service::DeletePublicAccessBlock(const Call& call, Tx& tx) {
  return Clear(call, tx, "public-access-block");
}

json::Value S3Service::PutBucketPolicy(const Call& call, Tx& tx) {
  const std::string_view text = json::GetString(call.input, "Policy");
  const auto parsed = json::Parse(text);
  if (!parsed || !parsed->is_object() || text.size() > kMaxPolicyBytes) {
    throw api::Error("MalformedPolicy",
                     "Policies must be valid JSON and the first byte must be '{'", 400);
  }
  const estate::Bucket bucket = RequireBucket(call, tx);
  const json::Object* block = json::GetObject(bucket.settings, "public-access-block");
  const json::Object account = AccountAccessBlock(tx, call.scope.account).value_or(json::Object());
  const bool blocked = (block != nullptr && json::GetBool(*block, "BlockPublicPolicy")) ||
                       json::GetBool(account, "BlockPublicPolicy");
  if (blocked && IsPublicPolicy(parsed->as_object())) {
    throw api::Error("AccessDenied",
                     "User: " + call.caller.arn +
                         " is not authorized to perform: s3:PutBucketPolicy because public "
                         "policies are prevented by the BlockPublicPolicy setting in S3 Block "
                         "Public Access.",
                     403);
  }
  return Set(call, tx, "policy", json::Value(text));
}

json::Value S3Service::GetBucketPolicy(const Call& call, Tx& tx) {
  const estate::Bucket bucket = RequireBucket(call, tx);
  const json::Value* value = SettingOf(bucket, "policy");
  if (value == nullptr) {
    throw api::Error("NoSuchBucketPolicy", "The bucket policy does not exist", 404);
  }
  return json::Object{{"Policy", *value}};
}

json::Value S3Service::GetBucketPolicyStatus(const Call& call, Tx& tx) {
  const estate::Bucket bucket = RequireBucket(call, tx);
  const json::Value* value = SettingOf(bucket, "policy");
  if (value == nullptr) {
    throw api::Error("NoSuchBucketPolicy", "The bucket policy does not exist", 404);
  }
  const auto policy = json::Parse(json::View(*value));
  const bool is_public = policy && policy->is_object() && IsPublicPolicy(policy->as_object());
  return json::Object{{"PolicyStatus", json::Object{{"IsPublic", is_public}}}};
}

json::Value S3Service::DeleteBucketPolicy(const Call& call, Tx& tx) {
  return Clear(call, tx, "policy");
}

json::Value S3Service::PutBucketVersioning(const Call& call, Tx& tx) {
  return Set(call, tx, "versioning", PayloadOf(call, "VersioningConfiguration"));
}

json::Value S3Service::GetBucketVersioning(const Call& call, Tx& tx) {
  const estate::Bucket bucket = RequireBucket(call, tx);
  const json::Value* value = SettingOf(bucket, "versioning");
  return value == nullptr ? json::Value(json::Object()) : *value;
}

json::Value S3Service::PutBucketLogging(const Call& call, Tx& tx) {
  const json::Value status = PayloadOf(call, "BucketLoggingStatus");
  if (const json::Object* enabled = json::GetObject(status.as_object(), "LoggingEnabled")) {
    const auto target = estate::FindBucket(tx, json::GetString(*enabled, "TargetBucket"));
    if (!target || target->scope.account != call.scope.account) {
      throw api::Error("InvalidTargetBucketForLogging",
                       "The target bucket for logging does not exist", 400);
    }
  }
  return Set(call, tx, "logging", status);
}

json::Value S3Service::GetBucketLogging(const Call& call, Tx& tx) {
  const estate::Bucket bucket = RequireBucket(call, tx);
  const json::Value* value = SettingOf(bucket, "logging");
  return value == nullptr ? json::Value(json::Object()) : *value;
}

json::Value S3Service::PutBucketTagging(const Call& call, Tx& tx) {
  const json::Value tagging = PayloadOf(call, "Tagging");
  const json::Array* tags = json::GetArray(tagging.as_object(), "TagSet");
  if (tags != nullptr && tags->size() > kMaxTags) {
    throw api::Error("BadRequest", "Bucket tag count cannot be greater than 50", 400);
  }
  return Set(call, tx, "tagging", tags == nullptr ? json::Array() : *tags);
}

json::Value S3Service::GetBucketTagging(const Call& call, Tx& tx) {
  const estate::Bucket bucket = RequireBucket(call, tx);
  const json::Value* value = SettingOf(bucket, "tagging");
  if (value == nullptr) throw api::Error("NoSuchTagSet", "The TagSet does not exist", 404);
  return json::Object{{"TagSet", *value}};
}

json::Value S3Service::DeleteBucketTagging(const Call& call, Tx& tx) {
  return Clear(call, tx, "tagging");
}

void S3Service::Register(api::Registry& registry) {
  using S = S3Service;
  registry.Add<S>("s3", *this,
                  {
                      {"CreateBucket", api::Write(&S::CreateBucket)},
                      {"DeleteBucket", api::Write(&S::DeleteBucket)},
                      {"DeleteBucketEncryption", api::Write(&S::DeleteBucketEncryption)},
                      {"DeleteBucketPolicy", api::Write(&S::DeleteBucketPolicy)},
                      {"DeleteBucketTagging", api::Write(&S::DeleteBucketTagging)},
                      {"DeleteObject", api::Write(&S::DeleteObject)},
                      {"DeletePublicAccessBlock", api::Write(&S::DeletePublicAccessBlock)},
                      {"GetBucketEncryption", api::Read(&S::GetBucketEncryption)},
                      {"GetBucketLocation", api::Read(&S::GetBucketLocation)},
                      {"GetBucketLogging", api::Read(&S::GetBucketLogging)},
                      {"GetBucketPolicy", api::Read(&S::GetBucketPolicy)},
                      {"GetBucketPolicyStatus", api::Read(&S::GetBucketPolicyStatus)},
                      {"GetBucketTagging", api::Read(&S::GetBucketTagging)},
                      {"GetBucketVersioning", api::Read(&S::GetBucketVersioning)},
                      {"GetObject", &S::ObjectRow},
                      {"GetPublicAccessBlock", api::Read(&S::GetPublicAccessBlock)},
                      {"HeadBucket", api::Read(&S::HeadBucket)},
                      {"HeadObject", api::Read(&S::HeadObject)},
                      {"ListBuckets", api::Read(&S::ListBuckets)},
                      {"ListObjectsV2", api::Read(&S::ListObjectsV2)},
                      {"PutBucketEncryption", api::Write(&S::PutBucketEncryption)},
                      {"PutBucketLogging", api::Write(&S::PutBucketLogging)},
                      {"PutBucketPolicy", api::Write(&S::PutBucketPolicy)},
                      {"PutBucketTagging", api::Write(&S::PutBucketTagging)},
                      {"PutBucketVersioning", api::Write(&S::PutBucketVersioning)},
                      {"PutObject", api::Write(&S::PutObject)},
                      {"PutPublicAccessBlock", api::Write(&S::PutPublicAccessBlock)},
                  });
  registry.Add<S>("s3control", *this,
                  {
                      {"DeletePublicAccessBlock", api::Write(&S::DeleteAccountAccessBlock)},
                      {"GetPublicAccessBlock", api::Read(&S::GetAccountAccessBlock)},
                      {"PutPublicAccessBlock", api::Write(&S::PutAccountAccessBlock)},
                  });
  registry.SetResourcePolicy("s3", [](const std::string& arn_text, store::Transaction& tx) {
    const auto arn = Arn::Parse(arn_text);
    if (!arn) return std::string();
    const auto bucket = estate::FindBucket(tx, arn->resource.substr(0, arn->resource.find('/')));
    return bucket ? std::string(json::GetString(bucket->settings, "policy")) : std::string();
  });
}

}  // namespace riposte::s3
