// One stored document a resource.
//
// A document has the members of the service's own description (an instance is what
// DescribeInstances returns for it), so that describing is reading. What only the engine knows
// (reservation, rules of a group, permissions) stands under "Internal" and is taken off by
// Public(). The default network of an (account, region) is computed, not stored, until something
// changes it: reads of a fresh region need no write.
// Thread safety: inside one transaction. Cost: one indexed row each; List reads a whole kind.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/scope.h"
#include "base/time.h"
#include "base/trace.h"
#include "json/json.h"
#include "store/store.h"

namespace riposte::estate {

/// The kinds, by the names that tags and ARNs use.
namespace kind {
inline constexpr std::string_view kInstance = "instance";
inline constexpr std::string_view kVolume = "volume";
inline constexpr std::string_view kSnapshot = "snapshot";
inline constexpr std::string_view kImage = "image";
inline constexpr std::string_view kSecurityGroup = "security-group";
inline constexpr std::string_view kNetworkInterface = "network-interface";
inline constexpr std::string_view kVpc = "vpc";
inline constexpr std::string_view kSubnet = "subnet";
inline constexpr std::string_view kProfileAssociation = "iam-instance-profile-association";
}  // namespace kind

/// The kind that ids of this form have ("i-…" -> "instance"), or "" when unknown.
[[nodiscard]] std::string_view KindOfId(std::string_view id);
/// "<prefix>-" and 17 hexadecimal digits that follow from `text` (no secret: FNV-1a).
[[nodiscard]] std::string IdFor(std::string_view prefix, std::string_view text);
/// True for "<prefix>-" and 8 or 17 hexadecimal digits.
[[nodiscard]] bool IsWellFormedId(std::string_view id);

struct Resource {
  Scope scope;
  std::string kind;
  std::string id;
  json::Object document;
  std::optional<TimePoint> due;  ///< When it changes by itself.
  Trace trace;                   ///< Of the call that set the change under way.

  [[nodiscard]] std::string Get(std::string_view member) const {
    return std::string(json::GetString(document, member));
  }
  /// The engine's own part, made when absent.
  [[nodiscard]] json::Object& internal();
  [[nodiscard]] const json::Object* internal() const {
    return json::GetObject(document, "Internal");
  }
  /// The document without the engine's own part.
  [[nodiscard]] json::Object Public() const;
};

[[nodiscard]] std::optional<Resource> Find(store::Transaction& tx, const Scope& scope,
                                           std::string_view kind, std::string_view id);
/// In order of id. `each` returns false to stop; it may run other statements.
void ForEach(store::Transaction& tx, const Scope& scope, std::string_view kind,
             const std::function<bool(Resource&&)>& each);
[[nodiscard]] std::vector<Resource> List(store::Transaction& tx, const Scope& scope,
                                         std::string_view kind);
/// Inserts or replaces.
void Put(store::Transaction& tx, const Resource& resource);
void Erase(store::Transaction& tx, const Resource& resource);

/// At most `limit` resources of any scope whose transition is due at `now`, the oldest first.
[[nodiscard]] std::vector<Resource> ListDue(store::Transaction& tx, TimePoint now, int limit);
[[nodiscard]] std::optional<TimePoint> NextDue(store::Transaction& tx);
/// Every (account, region) that holds something, in order.
[[nodiscard]] std::vector<Scope> ListScopes(store::Transaction& tx);

/// A setting of an (account, region), or the fallback.
[[nodiscard]] std::string GetSetting(store::Transaction& tx, const Scope& scope,
                                     std::string_view name, std::string_view fallback);
void PutSetting(store::Transaction& tx, const Scope& scope, std::string_view name,
                std::string_view value);

/// The default VPC, its three subnets and its default security group, with ids that follow from
/// the scope.
[[nodiscard]] std::vector<Resource> DefaultNetwork(const Scope& scope);

/// [{"Key":k,"Value":v}…]: adds or replaces one tag, in order of key.
void SetTag(json::Array& tags, std::string_view key, std::string_view value);
[[nodiscard]] std::optional<std::string> FindTag(const json::Object& document,
                                                 std::string_view key);
/// The member that holds a document's tags: "Tags", but "TagSet" for network interfaces.
[[nodiscard]] std::string_view TagMember(std::string_view kind);
/// The tags of a document, made when absent.
[[nodiscard]] json::Array& TagsOf(Resource& resource);

}  // namespace riposte::estate
