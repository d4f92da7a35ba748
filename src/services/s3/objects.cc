#include <algorithm>

#include "api/error.h"
#include "base/encoding.h"
#include "services/s3/s3.h"

namespace riposte::s3 {
namespace {

constexpr int64_t kMaxKeys = 1000;

/// Members that are kept as given and shown again.
constexpr std::string_view kAttributes[] = {"ContentType", "CacheControl", "ContentDisposition",
                                            "Metadata",    "SSEKMSKeyId",  "ServerSideEncryption"};

/// The encryption that the bucket gives to objects which ask for none.
void AddEncryption(const estate::Bucket& bucket, json::Object& attributes) {
  if (attributes.contains("ServerSideEncryption")) return;
  const json::Object* encryption = json::GetObject(bucket.settings, "encryption");
  const json::Array* rules = encryption == nullptr ? nullptr : json::GetArray(*encryption, "Rules");
  if (rules == nullptr || rules->empty()) return;
  const json::Object* rule =
      json::GetObject(rules->front().as_object(), "ApplyServerSideEncryptionByDefault");
  if (rule == nullptr) return;
  attributes["ServerSideEncryption"] = json::GetString(*rule, "SSEAlgorithm", "AES256");
  json::SetIfNotEmpty(attributes, "SSEKMSKeyId", json::GetString(*rule, "KMSMasterKeyID"));
}

estate::Object RequireObject(const api::Call& call, store::Transaction& tx, bool with_body) {
  const estate::Bucket bucket = RequireBucket(call, tx);
  const std::string_view key = json::GetString(call.input, "Key");
  auto object = estate::FindObject(tx, bucket.name, key, with_body);
  if (!object) {
    throw api::Error("NoSuchKey", "The specified key does not exist.", 404, {{"Key", key}});
  }
  return std::move(*object);
}

json::Object Described(const estate::Object& object) {
  json::Object out = object.attributes;
  out["ETag"] = object.etag;
  out["LastModified"] = ToSeconds(object.modified);
  return out;
}

}  // namespace

json::Value S3Service::PutObject(const Call& call, Tx& tx) {
  const estate::Bucket bucket = RequireBucket(call, tx);
  estate::Object object;
  object.name = json::GetString(call.input, "Key");
  if (object.name.size() > 1024) {
    throw api::Error("KeyTooLongError", "Your key is too long", 400);
  }
  if (!IsUtf8(object.name)) {
    throw api::Error("InvalidURI", "Couldn't parse the specified URI.", 400);
  }
  object.modified = call.now;
  auto body = Base64Decode(json::GetString(call.input, "Body"));
  if (!body || body->size() > estate::kMaxObjectBytes) {
    throw api::Error("EntityTooLarge",
                     "Your proposed upload exceeds the maximum allowed object size.", 400);
  }
  object.body = std::move(*body);
  for (const std::string_view name : kAttributes) {
    if (const json::Value* value = json::Find(call.input, name)) object.attributes[name] = *value;
  }
  // "aws-chunked" says how the body came, not what it is.
  std::string encoding(json::GetString(call.input, "ContentEncoding"));
  if (encoding.starts_with("aws-chunked")) {
    encoding.erase(0, encoding.find_first_not_of(", ", 11));
    if (encoding.starts_with("aws-chunked")) encoding.clear();
  }
  json::SetIfNotEmpty(object.attributes, "ContentEncoding", encoding);
  if (!object.attributes.contains("ContentType")) {
    object.attributes["ContentType"] = "binary/octet-stream";
  }
  AddEncryption(bucket, object.attributes);
  estate::PutObject(tx, bucket.name, object);
  json::Object out{{"ETag", object.etag}};
  for (const std::string_view name : {"ServerSideEncryption", "SSEKMSKeyId"}) {
    json::SetIfNotEmpty(out, name, json::GetString(object.attributes, name));
  }
  return out;
}

json::Value S3Service::GetObject(const Call& call, Tx& tx) {
  const estate::Object object = RequireObject(call, tx, /*with_body=*/true);
  json::Object out = Described(object);
  out["Body"] = Base64Encode(object.body);
  return out;
}

api::Operation S3Service::ObjectRow(S3Service& service) {
  api::Operation row = api::Read(&S3Service::GetObject)(service);
  row.within = [&service](const Call& call, Tx& tx) -> std::optional<json::Value> {
    return service.GetObject(call, tx);
  };
  return row;
}

json::Value S3Service::HeadObject(const Call& call, Tx& tx) {
  const estate::Object object = RequireObject(call, tx, /*with_body=*/false);
  json::Object out = Described(object);
  out["ContentLength"] = object.size;
  return out;
}

json::Value S3Service::DeleteObject(const Call& call, Tx& tx) {
  const estate::Bucket bucket = RequireBucket(call, tx);
  estate::DeleteObject(tx, bucket.name, json::GetString(call.input, "Key"));
  return json::Object();
}

json::Value S3Service::ListObjectsV2(const Call& call, Tx& tx) {
  const json::Object& input = call.input;
  const estate::Bucket bucket = RequireBucket(call, tx);
  const std::string prefix(json::GetString(input, "Prefix"));
  const std::string delimiter(json::GetString(input, "Delimiter"));
  const std::string_view token = json::GetString(input, "ContinuationToken");
  std::string after(json::GetString(input, "StartAfter"));
  if (!token.empty()) {
    const auto decoded = Base64Decode(token);
    if (!decoded) {
      throw api::Error("InvalidArgument", "The continuation token provided is incorrect", 400);
    }
    after = *decoded;
  }
  const int64_t asked = json::GetInt(input, "MaxKeys", kMaxKeys);
  if (asked < 0) {
    throw api::Error("InvalidArgument",
                     "Argument maxKeys must be an integer between 0 and 2147483647", 400);
  }
  const auto most = static_cast<size_t>(std::min(asked, kMaxKeys));
  const bool encode = json::GetString(input, "EncodingType") == "url";
  const auto shown = [&](const std::string& name) {
    return encode ? PercentEncode(name, /*keep_slash=*/true) : name;
  };
  json::Array contents, prefixes;
  bool more = false;
  while (!more) {
    const auto objects = estate::ListObjects(tx, bucket.name, prefix, after, 1000);
    if (objects.empty()) break;
    for (const estate::Object& object : objects) {
      const size_t cut =
          delimiter.empty() ? std::string::npos : object.name.find(delimiter, prefix.size());
      if (object.name <= after) continue;  // Under a common prefix that was listed already.
      if (contents.size() + prefixes.size() == most) {
        more = true;
        break;
      }
      if (cut == std::string::npos) {
        contents.push_back(json::Object{{"Key", shown(object.name)},
                                        {"LastModified", ToSeconds(object.modified)},
                                        {"ETag", object.etag},
                                        {"Size", object.size},
                                        {"StorageClass", "STANDARD"}});
        after = object.name;
      } else {
        const std::string common = object.name.substr(0, cut + delimiter.size());
        prefixes.push_back(json::Object{{"Prefix", shown(common)}});
        after = common + "\xFF";  // Keys are UTF-8: none is greater under this prefix.
      }
    }
  }
  json::Object out{{"Name", bucket.name},
                   {"Prefix", shown(prefix)},
                   {"MaxKeys", asked},
                   {"KeyCount", static_cast<int64_t>(contents.size() + prefixes.size())},
                   {"IsTruncated", more}};
  if (!contents.empty()) out["Contents"] = std::move(contents);
  if (!prefixes.empty()) out["CommonPrefixes"] = std::move(prefixes);
  json::SetIfNotEmpty(out, "Delimiter", shown(delimiter));
  json::SetIfNotEmpty(out, "ContinuationToken", token);
  json::SetIfNotEmpty(out, "StartAfter", json::GetString(input, "StartAfter"));
  if (encode) out["EncodingType"] = "url";
  if (more) out["NextContinuationToken"] = Base64Encode(after);
  return out;
}

}  // namespace riposte::s3
