#include "services/resourcegroups/query.h"

#include <algorithm>
#include <cctype>

namespace riposte::resourcegroups {
namespace {

constexpr size_t kMaxFilters = 50;
constexpr size_t kMaxValues = 20;
constexpr std::string_view kAllTypes = "AWS::AllSupported";

/// "AWS::EC2::Instance"
bool IsTypeName(std::string_view text) {
  if (!text.starts_with("AWS::")) return false;
  text.remove_prefix(5);
  const size_t colons = text.find("::");
  const auto is_word = [](std::string_view word) {
    return !word.empty() && word.size() <= 64 &&
           std::ranges::all_of(word, [](unsigned char c) { return std::isalnum(c) || c == '_'; });
  };
  return colons != std::string_view::npos && is_word(text.substr(0, colons)) &&
         is_word(text.substr(colons + 2));
}

const json::Array& ListOf(const json::Object& object, std::string_view name) {
  static const json::Array kNone;
  const json::Value* value = json::Find(object, name);
  if (!value) return kNone;
  if (!value->is_array()) throw BadRequest("Query not valid: " + std::string(name) + " is no list");
  return value->get_array();
}

std::string TextOf(const json::Value& value, std::string_view what) {
  if (!value.is_string()) throw BadRequest("Query not valid: " + std::string(what) + " is no text");
  return std::string(json::View(value));
}

TagQuery::Filter FilterOf(const json::Value& entry) {
  const json::Object* object = entry.if_object();
  const json::Value* key = object ? json::Find(*object, "Key") : nullptr;
  if (!key) throw BadRequest("Query not valid: a tag filter has no Key");
  TagQuery::Filter filter{TextOf(*key, "Key"), {}};
  if (filter.key.empty() || filter.key.size() > 512) {
    throw BadRequest("Query not valid: the Key of a tag filter must have 1 to 128 characters");
  }
  const json::Array& values = ListOf(*object, "Values");
  if (values.size() > kMaxValues) {
    throw BadRequest("Query not valid: a tag filter can have at most 20 values");
  }
  for (const json::Value& value : values) filter.values.push_back(TextOf(value, "a tag value"));
  return filter;
}

}  // namespace

TagQuery TagQuery::Parse(const json::Object& query) {
  const std::string_view type = json::GetString(query, "Type");
  if (type == "CLOUDFORMATION_STACK_1_0") {
    throw BadRequest("Query not valid: the CloudFormation stack does not exist");
  }
  if (type != "TAG_FILTERS_1_0") throw BadRequest("Query not valid: unknown query type");
  const auto text = json::Parse(json::GetString(query, "Query"));
  if (!text || !text->is_object()) {
    throw BadRequest("Query not valid: the query must be a valid JSON object");
  }
  const json::Object& object = text->get_object();
  for (const auto& member : object) {
    if (member.key() != "ResourceTypeFilters" && member.key() != "TagFilters") {
      throw BadRequest("Query not valid: unknown element " + std::string(member.key()));
    }
  }
  const json::Array& types = ListOf(object, "ResourceTypeFilters");
  if (types.empty()) throw BadRequest("Query not valid: ResourceTypeFilters is required");
  TagQuery parsed;
  bool all = false;
  for (const json::Value& value : types) {
    std::string name = TextOf(value, "a resource type");
    if (!IsTypeName(name) && name != kAllTypes) {
      throw BadRequest("Query not valid: unknown resource type " + name);
    }
    all = all || name == kAllTypes;
    parsed.types.push_back(std::move(name));
  }
  if (all) parsed.types.clear();
  const json::Array& filters = ListOf(object, "TagFilters");
  if (filters.size() > kMaxFilters) {
    throw BadRequest("Query not valid: a query can have at most 50 tag filters");
  }
  for (const json::Value& entry : filters) parsed.filters.push_back(FilterOf(entry));
  return parsed;
}

bool TagQuery::WantsType(std::string_view type) const {
  return types.empty() || std::ranges::find(types, type) != types.end();
}

bool TagQuery::FitsTags(const json::Array* tags) const {
  if (!tags || tags->empty()) return false;
  return std::ranges::all_of(filters, [tags](const Filter& filter) {
    return std::ranges::any_of(*tags, [&filter](const json::Value& entry) {
      const json::Object& tag = entry.as_object();
      return json::GetString(tag, "Key") == filter.key &&
             (filter.values.empty() ||
              std::ranges::find(filter.values, json::GetString(tag, "Value")) !=
                  filter.values.end());
    });
  });
}

}  // namespace riposte::resourcegroups
