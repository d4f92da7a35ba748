#include "estate/buckets.h"

#include "access/crypto.h"

namespace riposte::estate {
namespace {

std::string Etag(std::string_view body) {
  return "\"" + access::Md5Hex(body) + "\"";
}

Bucket BucketFrom(const store::Row& row) {
  Bucket bucket;
  bucket.name = row.Str(0);
  bucket.scope = {AccountId(row.Str(1)), Region(row.Str(2))};
  bucket.created = row.Time(3);
  bucket.settings = std::move(row.Json(4).as_object());
  return bucket;
}

Object ObjectFrom(const store::Row& row) {
  Object object;
  object.name = row.Str(0);
  object.modified = row.Time(1);
  object.etag = row.Str(2);
  object.size = row.Int(3);
  object.attributes = std::move(row.Json(4).as_object());
  return object;
}

}  // namespace

Bucket CreateBucket(store::Transaction& tx, const Scope& scope, const std::string& name,
                    TimePoint now) {
  Bucket bucket{name, scope, now, {}};
  bucket.settings = {
      {"encryption",
       json::Object{{"Rules", json::Array{json::Object{{"ApplyServerSideEncryptionByDefault",
                                                        json::Object{{"SSEAlgorithm", "AES256"}}},
                                                       {"BucketKeyEnabled", false}}}}}},
      {"public-access-block", json::Object{{"BlockPublicAcls", true},
                                           {"IgnorePublicAcls", true},
                                           {"BlockPublicPolicy", true},
                                           {"RestrictPublicBuckets", true}}}};
  const std::string settings = json::Serialize(bucket.settings);
  tx.Execute(
      "INSERT INTO estate_buckets (name, account, region, created_ms, settings) "
      "VALUES (?, ?, ?, ?, ?)",
      {name, scope.account.str(), scope.region.str(), now, settings});
  return bucket;
}

std::optional<Bucket> FindBucket(store::Transaction& tx, std::string_view name) {
  std::optional<Bucket> bucket;
  tx.QueryOne(
      "SELECT name, account, region, created_ms, settings FROM estate_buckets WHERE name = ?",
      {name}, [&](const store::Row& row) { bucket = BucketFrom(row); });
  return bucket;
}

std::vector<Bucket> ListBuckets(store::Transaction& tx, const AccountId& account,
                                std::string_view prefix, std::string_view after, int limit) {
  std::vector<Bucket> out;
  tx.Query(
      "SELECT name, account, region, created_ms, settings FROM estate_buckets "
      "WHERE account = ? AND name > ? AND substr(name, 1, length(?)) = ? ORDER BY name LIMIT ?",
      {account.str(), after, prefix, prefix, limit}, [&](const store::Row& row) {
        out.push_back(BucketFrom(row));
        return true;
      });
  return out;
}

void UpdateBucket(store::Transaction& tx, const Bucket& bucket) {
  const std::string settings = json::Serialize(bucket.settings);
  tx.Execute("UPDATE estate_buckets SET settings = ? WHERE name = ?", {settings, bucket.name});
}

void DeleteBucket(store::Transaction& tx, std::string_view name) {
  tx.Execute("DELETE FROM estate_buckets WHERE name = ?", {name});
}

void PutObject(store::Transaction& tx, std::string_view bucket, Object& object) {
  object.etag = Etag(object.body);
  object.size = static_cast<int64_t>(object.body.size());
  const std::string attributes = json::Serialize(object.attributes);
  tx.Execute(
      "INSERT OR REPLACE INTO estate_objects "
      "(bucket, name, modified_ms, etag, size, attributes, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
      {bucket, object.name, object.modified, object.etag, object.size, attributes,
       store::Blob{object.body}});
}

std::optional<Object> FindObject(store::Transaction& tx, std::string_view bucket,
                                 std::string_view name, bool with_body) {
  std::optional<Object> object;
  tx.QueryOne(
      "SELECT name, modified_ms, etag, size, attributes FROM estate_objects "
      "WHERE bucket = ? AND name = ?",
      {bucket, name}, [&](const store::Row& row) { object = ObjectFrom(row); });
  if (object && with_body) {
    object->body = tx.QueryText("SELECT body FROM estate_objects WHERE bucket = ? AND name = ?",
                                {bucket, name})
                       .value_or("");
  }
  return object;
}

void DeleteObject(store::Transaction& tx, std::string_view bucket, std::string_view name) {
  tx.Execute("DELETE FROM estate_objects WHERE bucket = ? AND name = ?", {bucket, name});
}

std::vector<Object> ListObjects(store::Transaction& tx, std::string_view bucket,
                                std::string_view prefix, std::string_view after, int limit) {
  std::vector<Object> out;
  tx.Query(
      "SELECT name, modified_ms, etag, size, attributes FROM estate_objects "
      "WHERE bucket = ? AND name > ? AND name >= ? AND substr(name, 1, length(?)) = ? "
      "ORDER BY name LIMIT ?",
      {bucket, after, prefix, prefix, prefix, limit}, [&](const store::Row& row) {
        out.push_back(ObjectFrom(row));
        return true;
      });
  return out;
}

}  // namespace riposte::estate
