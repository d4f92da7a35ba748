#include <algorithm>

#include "services/ec2/ec2.h"
#include "services/ec2/input.h"

namespace riposte::ec2 {
namespace {

constexpr size_t kMaxTags = 50;
constexpr std::pair<std::string_view, std::string_view> kFilters[] = {
    {"key", "Key"},
    {"resource-id", "ResourceId"},
    {"resource-type", "ResourceType"},
    {"value", "Value"},
};
constexpr std::string_view kTagged[] = {
    estate::kind::kInstance, estate::kind::kVolume,        estate::kind::kSnapshot,
    estate::kind::kImage,    estate::kind::kSecurityGroup, estate::kind::kNetworkInterface,
    estate::kind::kVpc,      estate::kind::kSubnet,
};

std::string NotFoundCode(std::string_view kind) {
  if (kind == estate::kind::kInstance) return "InvalidInstanceID.NotFound";
  if (kind == estate::kind::kVolume) return "InvalidVolume.NotFound";
  if (kind == estate::kind::kSnapshot) return "InvalidSnapshot.NotFound";
  if (kind == estate::kind::kImage) return "InvalidAMIID.NotFound";
  if (kind == estate::kind::kSecurityGroup) return "InvalidGroup.NotFound";
  if (kind == estate::kind::kNetworkInterface) return "InvalidNetworkInterfaceID.NotFound";
  if (kind == estate::kind::kVpc) return "InvalidVpcID.NotFound";
  return "InvalidSubnetID.NotFound";
}

estate::Resource RequireAny(store::Transaction& tx, const Scope& scope, const std::string& id) {
  const std::string_view kind = estate::KindOfId(id);
  if (kind.empty()) {
    throw api::Error("InvalidID", "The ID '" + id + "' is not valid");
  }
  auto found = estate::Find(tx, scope, kind, id);
  if (!found) {
    std::string name(kind);
    std::ranges::replace(name, '-', ' ');
    throw api::Error(NotFoundCode(kind), "The " + name + " ID '" + id + "' does not exist");
  }
  return std::move(*found);
}

}  // namespace

std::string RequireText(const json::Object& input, std::string_view name) {
  std::string value = Text(input, name);
  if (value.empty()) {
    throw api::Error("MissingParameter",
                     "The request must contain the parameter " + std::string(name));
  }
  return value;
}

void CheckTag(std::string_view key, std::string_view value) {
  if (key.empty()) {
    throw api::Error("InvalidParameterValue", "Tag keys may not be empty");
  }
  std::string lower(key.substr(0, 4));
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  if (lower == "aws:") {
    throw api::Error("InvalidParameterValue",
                     "Tag keys starting with 'aws:' are reserved for internal use");
  }
  if (key.size() > 127 * 4 || value.size() > 255 * 4) {
    throw api::Error("InvalidParameterValue", "Tag key or value is too long");
  }
}

json::Array TagsFor(const json::Object& input, std::string_view kind) {
  json::Array out;
  const json::Array* specifications = json::GetArray(input, "TagSpecifications");
  if (specifications == nullptr) return out;
  for (const json::Value& value : *specifications) {
    const json::Object& specification = value.as_object();
    if (json::GetString(specification, "ResourceType") != kind) continue;
    const json::Array* tags = json::GetArray(specification, "Tags");
    if (tags == nullptr) continue;
    for (const json::Value& tag : *tags) {
      const std::string_view key = json::GetString(tag.as_object(), "Key");
      const std::string_view text = json::GetString(tag.as_object(), "Value");
      CheckTag(key, text);
      estate::SetTag(out, key, text);
    }
  }
  if (out.size() > kMaxTags) {
    throw api::Error("TagLimitExceeded", "More than 50 tags specified");
  }
  return out;
}

json::Value Ec2Service::CreateTags(const Call& call, Tx& tx) {
  estate::Act act = ActOf(call, tx);
  const json::Array* tags = json::GetArray(call.input, "Tags");
  for (const std::string& id : json::GetStrings(call.input, "Resources")) {
    estate::Resource resource = RequireAny(tx, call.scope, id);
    json::Array& kept = estate::TagsOf(resource);
    if (tags != nullptr) {
      for (const json::Value& tag : *tags) {
        const std::string_view key = json::GetString(tag.as_object(), "Key");
        const std::string_view value = json::GetString(tag.as_object(), "Value");
        CheckTag(key, value);
        estate::SetTag(kept, key, value);
      }
    }
    if (kept.size() > kMaxTags) {
      throw api::Error("TagLimitExceeded",
                       "The maximum number of tags for resource " + id + " has been reached");
    }
    estate_.core().Put(act, resource);
  }
  return Done();
}

json::Value Ec2Service::DeleteTags(const Call& call, Tx& tx) {
  estate::Act act = ActOf(call, tx);
  const json::Array* tags = json::GetArray(call.input, "Tags");
  for (const std::string& id : json::GetStrings(call.input, "Resources")) {
    estate::Resource resource = RequireAny(tx, call.scope, id);
    json::Array& kept = estate::TagsOf(resource);
    if (tags == nullptr) {
      kept.clear();
    } else {
      for (const json::Value& tag : *tags) {
        // A tag without a value names every value of its key.
        const json::Object& given = tag.as_object();
        const json::Value* value = json::Find(given, "Value");
        for (auto at = kept.begin(); at != kept.end();) {
          const json::Object& existing = at->as_object();
          const bool same =
              json::GetString(existing, "Key") == json::GetString(given, "Key") &&
              (value == nullptr || json::GetString(existing, "Value") == json::View(*value));
          at = same ? kept.erase(at) : at + 1;
        }
      }
    }
    estate_.core().Put(act, resource);
  }
  return Done();
}

json::Value Ec2Service::DescribeTags(const Call& call, Tx& tx) {
  const Filters filters(call.input, kFilters);
  std::vector<Listed> all;
  for (const std::string_view kind : kTagged) {
    for (estate::Resource& resource : estate::List(tx, call.scope, kind)) {
      for (const json::Value& tag : estate::TagsOf(resource)) {
        json::Object document = tag.as_object();
        document["ResourceId"] = resource.id;
        document["ResourceType"] = kind;
        if (filters.Match(document)) {
          all.push_back({resource.id + "/" + Text(document, "Key"), std::move(document)});
        }
      }
    }
  }
  std::ranges::sort(all, {}, &Listed::id);
  return Page(call.input, "Tags", std::move(all));
}

}  // namespace riposte::ec2
