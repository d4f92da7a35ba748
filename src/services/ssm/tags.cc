// Tags of documents, parameters and executions.
#include <algorithm>
#include <set>

#include "services/ssm/common.h"
#include "services/ssm/ssm.h"
#include "workflow/automation/language.h"
#include "workflow/tables.h"

namespace riposte::ssm {
namespace {

constexpr size_t kMaxTags = 50;

/// The resource must exist. Throws InvalidResourceType, InvalidResourceId.
std::string CheckResource(const api::Call& call, store::Transaction& tx) {
  const std::string_view type = json::GetString(call.input, "ResourceType");
  std::string id(json::GetString(call.input, "ResourceId"));
  bool exists = false;
  if (type == "Document") {
    exists = tables::FindDocument(tx, call.scope, id, 0).has_value();
  } else if (type == "Parameter") {
    exists = tables::FindParameter(tx, call.scope, id).has_value();
  } else if (type == "Automation") {
    const auto execution = workflow::tables::LoadExecution(tx, id);
    exists = execution && execution->scope == call.scope &&
             execution->language == automation::kLanguageName;
  } else {
    throw api::Error("InvalidResourceType",
                     "The resource type isn't valid. For example, if you are attempting to tag an "
                     "EC2 instance, the instance must be a registered managed node.");
  }
  if (!exists) {
    throw api::Error("InvalidResourceId",
                     "The resource ID isn't valid. Verify that you entered the correct ID and try "
                     "again.");
  }
  return id;
}

}  // namespace

void ApplyTags(const api::Call& call, store::Transaction& tx, std::string_view type,
               const std::string& id) {
  const json::Array* given = json::GetArray(call.input, "Tags");
  if (!given) return;
  std::set<std::string> keys;
  for (const auto& tag : tables::TagsOf(tx, call.scope, type, id)) keys.insert(tag.first);
  for (const json::Value& entry : *given) {
    const json::Object& tag = entry.as_object();
    const std::string key(json::GetString(tag, "Key"));
    if (key.starts_with("aws:")) {
      throw api::Error("ValidationException",
                       "Tag keys that begin with aws: are reserved for the system.");
    }
    keys.insert(key);
    if (keys.size() > kMaxTags) {
      throw api::Error("TooManyTagsError",
                       "The Targets parameter includes too many tags. Remove one or more tags and "
                       "try the command again.");
    }
    tables::SetTag(tx, call.scope, type, id, key, std::string(json::GetString(tag, "Value")));
  }
}

json::Value SsmService::AddTagsToResource(const Call& call, Tx& tx) {
  const std::string id = CheckResource(call, tx);
  ApplyTags(call, tx, json::GetString(call.input, "ResourceType"), id);
  return json::Object();
}

json::Value SsmService::RemoveTagsFromResource(const Call& call, Tx& tx) {
  const std::string id = CheckResource(call, tx);
  for (const std::string& key : json::GetStrings(call.input, "TagKeys")) {
    tables::DeleteTag(tx, call.scope, json::GetString(call.input, "ResourceType"), id, key);
  }
  return json::Object();
}

json::Value SsmService::ListTagsForResource(const Call& call, Tx& tx) {
  const std::string id = CheckResource(call, tx);
  return json::Object{
      {"TagList",
       TagList(tables::TagsOf(tx, call.scope, json::GetString(call.input, "ResourceType"), id))}};
}

}  // namespace riposte::ssm
