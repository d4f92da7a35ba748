#include "estate/resource.h"

#include <algorithm>

#include "base/encoding.h"

namespace riposte::estate {
namespace {

Resource FromRow(const store::Row& row) {
  Resource resource;
  resource.scope = {AccountId(row.Str(0)), Region(row.Str(1))};
  resource.kind = row.Str(2);
  resource.id = row.Str(3);
  resource.document = std::move(row.Json(4).as_object());
  if (!row.IsNull(5)) resource.due = row.Time(5);
  resource.trace = {row.Str(6), static_cast<int>(row.Int(7))};
  return resource;
}

/// 17 hexadecimal digits that follow from the text: FNV-1a, then one digit of another sum.
std::string Digits(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "0";
  for (int shift = 60; shift >= 0; shift -= 4) out += kHex[(hash >> shift) & 15];
  return out;
}

bool IsNetworkKind(std::string_view kind) {
  return kind == kind::kVpc || kind == kind::kSubnet || kind == kind::kSecurityGroup;
}

}  // namespace

std::string_view KindOfId(std::string_view id) {
  static constexpr std::pair<std::string_view, std::string_view> kPrefixes[] = {
      {"i-", kind::kInstance}, {"vol-", kind::kVolume},       {"snap-", kind::kSnapshot},
      {"ami-", kind::kImage},  {"sg-", kind::kSecurityGroup}, {"eni-", kind::kNetworkInterface},
      {"vpc-", kind::kVpc},    {"subnet-", kind::kSubnet},
  };
  for (const auto& [prefix, kind] : kPrefixes) {
    if (id.starts_with(prefix)) return kind;
  }
  return {};
}

std::string IdFor(std::string_view prefix, std::string_view text) {
  return std::string(prefix) + "-" + Digits(text);
}

bool IsWellFormedId(std::string_view id) {
  const size_t dash = id.find('-');
  if (dash == std::string_view::npos) return false;
  const std::string_view digits = id.substr(dash + 1);
  return (digits.size() == 8 || digits.size() == 17) &&
         digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

json::Object& Resource::internal() {
  json::Value& value = document["Internal"];
  if (!value.is_object()) value = json::Object();
  return value.as_object();
}

json::Object Resource::Public() const {
  json::Object copy = document;
  copy.erase("Internal");
  return copy;
}

std::optional<Resource> Find(store::Transaction& tx, const Scope& scope, std::string_view kind,
                             std::string_view id) {
  std::optional<Resource> found;
  tx.QueryOne(
      "SELECT account, region, kind, id, document, transition_due_ms, correlation, hops "
      "FROM estate_resources WHERE account = ? AND region = ? AND kind = ? AND id = ?",
      {scope.account.str(), scope.region.str(), kind, id},
      [&](const store::Row& row) { found = FromRow(row); });
  if (!found && IsNetworkKind(kind)) {
    for (Resource& made : DefaultNetwork(scope)) {
      if (made.kind == kind && made.id == id) return std::move(made);
    }
  }
  return found;
}

void ForEach(store::Transaction& tx, const Scope& scope, std::string_view kind,
             const std::function<bool(Resource&&)>& each) {
  for (Resource& resource : List(tx, scope, kind)) {
    if (!each(std::move(resource))) return;
  }
}

std::vector<Resource> List(store::Transaction& tx, const Scope& scope, std::string_view kind) {
  std::vector<Resource> out;
  tx.Query(
      "SELECT account, region, kind, id, document, transition_due_ms, correlation, hops "
      "FROM estate_resources WHERE account = ? AND region = ? AND kind = ? ORDER BY id",
      {scope.account.str(), scope.region.str(), kind}, [&](const store::Row& row) {
        out.push_back(FromRow(row));
        return true;
      });
  if (IsNetworkKind(kind)) {
    for (Resource& made : DefaultNetwork(scope)) {
      if (made.kind != kind) continue;
      const auto at = std::ranges::lower_bound(out, made.id, {}, &Resource::id);
      if (at == out.end() || at->id != made.id) out.insert(at, std::move(made));
    }
  }
  return out;
}

void Put(store::Transaction& tx, const Resource& resource) {
  const std::string document = json::Serialize(resource.document);
  tx.Execute(
      "INSERT OR REPLACE INTO estate_resources "
      "(account, region, kind, id, document, transition_due_ms, correlation, hops) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      {resource.scope.account.str(), resource.scope.region.str(), resource.kind, resource.id,
       document, resource.due, resource.trace.correlation, resource.trace.hops});
}

void Erase(store::Transaction& tx, const Resource& resource) {
  tx.Execute(
      "DELETE FROM estate_resources WHERE account = ? AND region = ? AND kind = ? AND id = ?",
      {resource.scope.account.str(), resource.scope.region.str(), resource.kind, resource.id});
}

std::vector<Resource> ListDue(store::Transaction& tx, TimePoint now, int limit) {
  std::vector<Resource> out;
  tx.Query(
      "SELECT account, region, kind, id, document, transition_due_ms, correlation, hops "
      "FROM estate_resources WHERE transition_due_ms <= ? "
      "ORDER BY transition_due_ms, id LIMIT ?",
      {now, limit}, [&](const store::Row& row) {
        out.push_back(FromRow(row));
        return true;
      });
  return out;
}

std::optional<TimePoint> NextDue(store::Transaction& tx) {
  std::optional<TimePoint> due;
  tx.QueryOne(
      "SELECT MIN(transition_due_ms) FROM estate_resources "
      "WHERE transition_due_ms IS NOT NULL",
      {}, [&](const store::Row& row) {
        if (!row.IsNull(0)) due = row.Time(0);
      });
  return due;
}

std::vector<Scope> ListScopes(store::Transaction& tx) {
  std::vector<Scope> out;
  tx.Query("SELECT DISTINCT account, region FROM estate_resources ORDER BY account, region", {},
           [&](const store::Row& row) {
             out.push_back({AccountId(row.Str(0)), Region(row.Str(1))});
             return true;
           });
  return out;
}

std::string GetSetting(store::Transaction& tx, const Scope& scope, std::string_view name,
                       std::string_view fallback) {
  const auto value = tx.QueryText(
      "SELECT value FROM estate_settings WHERE account = ? AND region = ? AND name = ?",
      {scope.account.str(), scope.region.str(), name});
  return value ? *value : std::string(fallback);
}

void PutSetting(store::Transaction& tx, const Scope& scope, std::string_view name,
                std::string_view value) {
  tx.Execute(
      "INSERT OR REPLACE INTO estate_settings (account, region, name, value) VALUES (?, ?, ?, ?)",
      {scope.account.str(), scope.region.str(), name, value});
}

std::vector<Resource> DefaultNetwork(const Scope& scope) {
  const std::string& account = scope.account.str();
  const std::string& region = scope.region.str();
  const std::string seed = account + "/" + region + "/";
  const std::string vpc = "vpc-" + Digits(seed + "vpc");
  std::vector<Resource> out;
  const auto add = [&](std::string_view kind, std::string id, json::Object document) {
    out.push_back({scope, std::string(kind), std::move(id), std::move(document), {}, {}});
  };
  add(kind::kVpc, vpc,
      {{"VpcId", vpc},
       {"CidrBlock", "172.31.0.0/16"},
       {"State", "available"},
       {"IsDefault", true},
       {"OwnerId", account},
       {"InstanceTenancy", "default"},
       {"DhcpOptionsId", "dopt-" + Digits(seed + "dopt")},
       {"CidrBlockAssociationSet",
        json::Array{json::Object{{"AssociationId", "vpc-cidr-assoc-" + Digits(seed + "assoc")},
                                 {"CidrBlock", "172.31.0.0/16"},
                                 {"CidrBlockState", json::Object{{"State", "associated"}}}}}},
       {"Tags", json::Array()}});
  for (int zone = 0; zone < 3; ++zone) {
    const std::string name = region + static_cast<char>('a' + zone);
    const std::string id = "subnet-" + Digits(seed + name);
    add(kind::kSubnet, id,
        {{"SubnetId", id},
         {"SubnetArn", "arn:aws:ec2:" + region + ":" + account + ":subnet/" + id},
         {"VpcId", vpc},
         {"CidrBlock", "172.31." + std::to_string(zone * 16) + ".0/20"},
         {"AvailabilityZone", name},
         {"AvailableIpAddressCount", 4091},
         {"DefaultForAz", true},
         {"MapPublicIpOnLaunch", true},
         {"State", "available"},
         {"OwnerId", account},
         {"Tags", json::Array()}});
  }
  const std::string group = "sg-" + Digits(seed + "default");
  const auto rule = [&](bool egress) {
    json::Object out_rule{
        {"SecurityGroupRuleId", "sgr-" + Digits(seed + (egress ? "egress" : "ingress"))},
        {"GroupId", group},
        {"GroupOwnerId", account},
        {"IsEgress", egress},
        {"IpProtocol", "-1"},
        {"FromPort", -1},
        {"ToPort", -1},
        {"Tags", json::Array()}};
    if (egress) {
      out_rule["CidrIpv4"] = "0.0.0.0/0";
    } else {
      out_rule["ReferencedGroupInfo"] = json::Object{{"GroupId", group}, {"UserId", account}};
    }
    return out_rule;
  };
  add(kind::kSecurityGroup, group,
      {{"GroupId", group},
       {"GroupName", "default"},
       {"Description", "default VPC security group"},
       {"VpcId", vpc},
       {"OwnerId", account},
       {"Tags", json::Array()},
       {"Internal", json::Object{{"Rules", json::Array{rule(false), rule(true)}}}}});
  return out;
}

void SetTag(json::Array& tags, std::string_view key, std::string_view value) {
  for (json::Value& tag : tags) {
    if (json::GetString(tag.as_object(), "Key") == key) {
      tag.as_object()["Value"] = value;
      return;
    }
  }
  const auto at = std::ranges::find_if(
      tags, [&](const json::Value& tag) { return json::GetString(tag.as_object(), "Key") > key; });
  tags.insert(at, json::Object{{"Key", key}, {"Value", value}});
}

std::optional<std::string> FindTag(const json::Object& document, std::string_view key) {
  const json::Array* tags = json::GetArray(document, "Tags");
  if (tags == nullptr) tags = json::GetArray(document, "TagSet");
  if (tags == nullptr) return std::nullopt;
  for (const json::Value& tag : *tags) {
    if (json::GetString(tag.as_object(), "Key") == key) {
      return std::string(json::GetString(tag.as_object(), "Value"));
    }
  }
  return std::nullopt;
}

std::string_view TagMember(std::string_view kind) {
  return kind == kind::kNetworkInterface ? "TagSet" : "Tags";
}

json::Array& TagsOf(Resource& resource) {
  json::Value& value = resource.document[TagMember(resource.kind)];
  if (!value.is_array()) value = json::Array();
  return value.as_array();
}

}  // namespace riposte::estate
