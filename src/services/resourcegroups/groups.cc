#include <algorithm>
#include <cctype>

#include "base/arn.h"
#include "base/encoding.h"
#include "services/resourcegroups/query.h"
#include "services/resourcegroups/service.h"

namespace riposte::resourcegroups {
namespace {

constexpr int64_t kMaxGroups = 100;
constexpr size_t kMaxTags = 50;
/// What CreateGroup and UpdateGroup take beside the query and the tags.
constexpr std::string_view kAttributes[] = {"Description", "Criticality", "Owner", "DisplayName"};

void TakeAttributes(const api::Call& call, Group& group) {
  for (const std::string_view name : kAttributes) {
    if (const json::Value* value = json::Find(call.input, name)) group.document[name] = *value;
  }
}

json::Object AttributesOf(const Group& group) {
  json::Object out;
  for (const std::string_view name : kAttributes) {
    if (const json::Value* value = json::Find(group.document, name)) out[name] = *value;
  }
  return out;
}

json::Object Shown(const Group& group) {
  json::Object out = AttributesOf(group);
  out["GroupArn"] = group.Arn();
  out["Name"] = group.name;
  return out;
}

json::Object ShownQuery(const Group& group) {
  return {{"GroupName", group.name}, {"ResourceQuery", group.document.at("ResourceQuery")}};
}

/// The call's ResourceQuery, which can be parsed. Throws BadRequestException.
json::Object TakeQuery(const api::Call& call) {
  const json::Object* query = json::GetObject(call.input, "ResourceQuery");
  if (!query) throw BadRequest("A resource group must have a ResourceQuery");
  (void)TagQuery::Parse(*query);
  return *query;
}

bool Matches(const Group& group, std::string_view filter, const std::vector<std::string>& values) {
  const auto has = [&values](std::string_view text) {
    return std::ranges::find(values, text) != values.end();
  };
  if (filter == "resource-type") {
    const TagQuery query = TagQuery::Parse(group.document.at("ResourceQuery").as_object());
    if (query.types.empty()) return has("AWS::AllSupported");
    return std::ranges::any_of(query.types, has);
  }
  if (filter == "owner") return has(json::GetString(group.document, "Owner"));
  if (filter == "display-name") return has(json::GetString(group.document, "DisplayName"));
  if (filter == "criticality") {
    return has(std::to_string(json::GetInt(group.document, "Criticality")));
  }
  return false;  // configuration-type: no group here has one
}

}  // namespace

Group RequireGroup(const api::Call& call, store::Transaction& tx, std::string_view name_or_arn) {
  std::string name(name_or_arn);
  bool here = true;
  if (name.starts_with("arn:")) {
    const auto arn = Arn::Parse(name);
    here = arn && arn->service == "resource-groups" && arn->scope() == call.scope &&
           arn->resource.starts_with("group/");
    if (here) name = arn->resource.substr(6);
  }
  std::optional<Group> group;
  if (here) group = tables::FindGroup(tx, call.scope, name);
  if (!group) throw api::Error("NotFoundException", "Cannot find group: " + name);
  return std::move(*group);
}

Group RequireGroup(const api::Call& call, store::Transaction& tx) {
  const std::string_view old = json::GetString(call.input, "GroupName");
  const std::string_view name = json::GetString(call.input, "Group", old);
  if (name.empty()) throw BadRequest("Group is required");
  return RequireGroup(call, tx, name);
}

void AddTags(Group& group, const json::Object& tags) {
  json::Value& all = group.document["Tags"];
  if (!all.is_object()) all = json::Object();
  for (const auto& tag : tags) {
    const std::string_view key(tag.key().data(), tag.key().size());
    std::string prefix(key.substr(0, 4));
    std::ranges::transform(prefix, prefix.begin(), [](unsigned char c) { return std::tolower(c); });
    if (prefix == "aws:") throw BadRequest("Tag keys cannot begin with aws:");
    all.get_object()[key] = tag.value();
  }
  if (all.get_object().size() > kMaxTags) {
    throw BadRequest("A resource group can have at most 50 tags");
  }
}

size_t PageSize(const api::Call& call) {
  return static_cast<size_t>(json::GetInt(call.input, "MaxResults", 50));
}

std::string PageStart(const api::Call& call) {
  const std::string token(json::GetString(call.input, "NextToken"));
  if (token.empty()) return "";
  const auto text = Base64Decode(token);
  if (!text || !text->starts_with("after:")) throw BadRequest("Invalid NextToken");
  return text->substr(6);
}

std::string PageToken(const std::string& last) {
  return Base64Encode("after:" + last);
}

json::Value ResourceGroupsService::CreateGroup(const Call& call, Tx& tx) {
  Group group{call.scope, std::string(json::GetString(call.input, "Name")), {}};
  std::string prefix = group.name.substr(0, 3);
  std::ranges::transform(prefix, prefix.begin(), [](unsigned char c) { return std::tolower(c); });
  if (prefix == "aws") throw BadRequest("Group names cannot begin with AWS or aws");
  if (json::Find(call.input, "Configuration")) {
    throw BadRequest("Groups with a configuration are not supported");
  }
  if (tables::FindGroup(tx, call.scope, group.name)) {
    throw BadRequest("Cannot create group: group already exists");
  }
  if (tables::CountGroups(tx, call.scope) >= kMaxGroups) {
    throw BadRequest("Cannot create group: the account has 100 groups, which is the limit");
  }
  group.document["ResourceQuery"] = TakeQuery(call);
  TakeAttributes(call, group);
  const json::Object* tags = json::GetObject(call.input, "Tags");
  AddTags(group, tags ? *tags : json::Object());
  tables::PutGroup(tx, group);
  return json::Object{{"Group", Shown(group)},
                      {"ResourceQuery", group.document.at("ResourceQuery")},
                      {"Tags", group.document.at("Tags")}};
}

json::Value ResourceGroupsService::GetGroup(const Call& call, Tx& tx) {
  return json::Object{{"Group", Shown(RequireGroup(call, tx))}};
}

json::Value ResourceGroupsService::ListGroups(const Call& call, Tx& tx) {
  const size_t limit = PageSize(call);
  const json::Array* filters = json::GetArray(call.input, "Filters");
  json::Array identifiers, groups;
  json::Object out;
  std::string last;
  tables::EachGroup(tx, call.scope, PageStart(call), [&](Group&& group) {
    for (const json::Value& entry : filters ? *filters : json::Array()) {
      const json::Object& filter = entry.as_object();
      if (!Matches(group, json::GetString(filter, "Name"), json::GetStrings(filter, "Values"))) {
        return true;
      }
    }
    if (identifiers.size() == limit) {
      out["NextToken"] = PageToken(last);
      return false;
    }
    json::Object identifier = AttributesOf(group);
    identifier["GroupName"] = group.name;
    identifier["GroupArn"] = group.Arn();
    identifiers.push_back(std::move(identifier));
    groups.push_back(Shown(group));
    last = std::move(group.name);
    return true;
  });
  out["GroupIdentifiers"] = std::move(identifiers);
  out["Groups"] = std::move(groups);
  return out;
}

json::Value ResourceGroupsService::UpdateGroup(const Call& call, Tx& tx) {
  Group group = RequireGroup(call, tx);
  TakeAttributes(call, group);
  tables::PutGroup(tx, group);
  return json::Object{{"Group", Shown(group)}};
}

json::Value ResourceGroupsService::DeleteGroup(const Call& call, Tx& tx) {
  const Group group = RequireGroup(call, tx);
  tables::DeleteGroup(tx, group);
  return json::Object{{"Group", Shown(group)}};
}

json::Value ResourceGroupsService::GetGroupQuery(const Call& call, Tx& tx) {
  return json::Object{{"GroupQuery", ShownQuery(RequireGroup(call, tx))}};
}

json::Value ResourceGroupsService::UpdateGroupQuery(const Call& call, Tx& tx) {
  Group group = RequireGroup(call, tx);
  group.document["ResourceQuery"] = TakeQuery(call);
  tables::PutGroup(tx, group);
  return json::Object{{"GroupQuery", ShownQuery(group)}};
}

void ResourceGroupsService::Register(api::Registry& registry) {
  using Service = ResourceGroupsService;
  registry.Add<Service>("resource-groups", *this,
                        {{"CreateGroup", api::Write(&Service::CreateGroup)},
                         {"DeleteGroup", api::Write(&Service::DeleteGroup)},
                         {"GetGroup", api::Read(&Service::GetGroup)},
                         {"GetGroupQuery", api::Read(&Service::GetGroupQuery)},
                         {"GetTags", api::Read(&Service::GetTags)},
                         {"ListGroupResources", api::Read(&Service::ListGroupResources)},
                         {"ListGroups", api::Read(&Service::ListGroups)},
                         {"SearchResources", api::Read(&Service::SearchResources)},
                         {"Tag", api::Write(&Service::Tag)},
                         {"Untag", api::Write(&Service::Untag)},
                         {"UpdateGroup", api::Write(&Service::UpdateGroup)},
                         {"UpdateGroupQuery", api::Write(&Service::UpdateGroupQuery)}});
}

}  // namespace riposte::resourcegroups
