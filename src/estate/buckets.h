// Buckets with their settings, and small objects.
//
// Bucket names are global: one owner each. Settings are kept as the service's own documents, by
// name ("encryption", "public-access-block", "policy", "versioning", "logging", "tagging").
// Objects are rows, so their size is bounded; this holds evidence, templates and reports, not data.
// Thread safety: inside one transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/scope.h"
#include "base/time.h"
#include "json/json.h"
#include "store/store.h"

namespace riposte::estate {

struct Bucket {
  std::string name;
  Scope scope;  ///< Owner, and the region it was made in.
  TimePoint created;
  json::Object settings;
};

/// A new bucket, with the settings that the service gives new ones: encrypted, closed to the
/// public. REQUIRES: the name is free.
Bucket CreateBucket(store::Transaction& tx, const Scope& scope, const std::string& name,
                    TimePoint now);
[[nodiscard]] std::optional<Bucket> FindBucket(store::Transaction& tx, std::string_view name);
/// In order of name, those after `after` whose names begin with `prefix`.
[[nodiscard]] std::vector<Bucket> ListBuckets(store::Transaction& tx, const AccountId& account,
                                              std::string_view prefix, std::string_view after,
                                              int limit);
/// Writes the settings.
void UpdateBucket(store::Transaction& tx, const Bucket& bucket);
/// REQUIRES: it is empty.
void DeleteBucket(store::Transaction& tx, std::string_view name);

struct Object {
  std::string name;
  TimePoint modified;
  std::string etag;  ///< Quoted MD5 of the body; set by PutObject.
  int64_t size = 0;
  json::Object attributes;  ///< ContentType, Metadata, … as the service shows them.
  std::string body;         ///< Empty in lists.
};

inline constexpr size_t kMaxObjectBytes = 5u << 20;

/// Inserts or replaces; sets etag and size. REQUIRES: the body is at most kMaxObjectBytes.
void PutObject(store::Transaction& tx, std::string_view bucket, Object& object);
[[nodiscard]] std::optional<Object> FindObject(store::Transaction& tx, std::string_view bucket,
                                               std::string_view name, bool with_body);
void DeleteObject(store::Transaction& tx, std::string_view bucket, std::string_view name);
/// In byte order of name, those after `after` whose names begin with `prefix`.
[[nodiscard]] std::vector<Object> ListObjects(store::Transaction& tx, std::string_view bucket,
                                              std::string_view prefix, std::string_view after,
                                              int limit);

}  // namespace riposte::estate
