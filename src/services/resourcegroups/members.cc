// What is in a group or fits a query, and the tags of groups.
#include "services/resourcegroups/query.h"
#include "services/resourcegroups/search.h"
#include "services/resourcegroups/service.h"

namespace riposte::resourcegroups {
namespace {

/// "AWS::EC2::Instance i-1" of a token. Throws BadRequestException.
Found PlaceOf(const std::string& start) {
  if (start.empty()) return {};
  const size_t space = start.find(' ');
  if (space == std::string::npos) throw BadRequest("Invalid NextToken");
  return {start.substr(0, space), start.substr(space + 1), ""};
}

struct Reply {
  json::Array identifiers;
  json::Object out;  ///< NextToken, QueryErrors.
};

Reply Answer(const api::Call& call, store::Transaction& tx, const TagQuery& query) {
  const FoundPage page = Search(tx, call.scope, query, PlaceOf(PageStart(call)), PageSize(call));
  Reply reply;
  for (const Found& found : page.resources) {
    reply.identifiers.push_back(
        json::Object{{"ResourceArn", found.arn}, {"ResourceType", found.type}});
  }
  if (page.more) {
    const Found& last = page.resources.back();
    reply.out["NextToken"] = PageToken(last.type + " " + last.id);
  }
  json::Array errors;
  for (const std::string& type : query.types) {
    if (IsSearchable(type)) continue;
    errors.push_back(
        json::Object{{"ErrorCode", "RESOURCE_TYPE_NOT_SUPPORTED"},
                     {"Message", "Resources of type " + type + " cannot be found here"}});
  }
  reply.out["QueryErrors"] = std::move(errors);
  return reply;
}

}  // namespace

json::Value ResourceGroupsService::ListGroupResources(const Call& call, Tx& tx) {
  const Group group = RequireGroup(call, tx);
  TagQuery query = TagQuery::Parse(group.document.at("ResourceQuery").as_object());
  const json::Array* filters = json::GetArray(call.input, "Filters");
  for (const json::Value& filter : filters ? *filters : json::Array()) {
    std::vector<std::string> types;
    for (std::string& type : json::GetStrings(filter.as_object(), "Values")) {
      if (query.WantsType(type)) types.push_back(std::move(type));
    }
    // An empty list would be every type.
    if (types.empty()) {
      return json::Object{{"Resources", json::Array()},
                          {"ResourceIdentifiers", json::Array()},
                          {"QueryErrors", json::Array()}};
    }
    query.types = std::move(types);
  }
  Reply reply = Answer(call, tx, query);
  json::Array resources;
  for (const json::Value& identifier : reply.identifiers) {
    resources.push_back(json::Object{{"Identifier", identifier}});
  }
  reply.out["Resources"] = std::move(resources);
  reply.out["ResourceIdentifiers"] = std::move(reply.identifiers);
  return std::move(reply.out);
}

json::Value ResourceGroupsService::SearchResources(const Call& call, Tx& tx) {
  Reply reply = Answer(call, tx, TagQuery::Parse(call.input.at("ResourceQuery").as_object()));
  reply.out["ResourceIdentifiers"] = std::move(reply.identifiers);
  return std::move(reply.out);
}

json::Value ResourceGroupsService::GetTags(const Call& call, Tx& tx) {
  const Group group = RequireGroup(call, tx, json::GetString(call.input, "Arn"));
  return json::Object{{"Arn", group.Arn()}, {"Tags", group.document.at("Tags")}};
}

json::Value ResourceGroupsService::Tag(const Call& call, Tx& tx) {
  Group group = RequireGroup(call, tx, json::GetString(call.input, "Arn"));
  const json::Object& tags = call.input.at("Tags").as_object();
  AddTags(group, tags);
  tables::PutGroup(tx, group);
  return json::Object{{"Arn", group.Arn()}, {"Tags", tags}};
}

json::Value ResourceGroupsService::Untag(const Call& call, Tx& tx) {
  Group group = RequireGroup(call, tx, json::GetString(call.input, "Arn"));
  json::Object& tags = group.document.at("Tags").as_object();
  json::Array keys;
  for (const std::string& key : json::GetStrings(call.input, "Keys")) {
    tags.erase(key);
    keys.emplace_back(key);
  }
  tables::PutGroup(tx, group);
  return json::Object{{"Arn", group.Arn()}, {"Keys", std::move(keys)}};
}

}  // namespace riposte::resourcegroups
