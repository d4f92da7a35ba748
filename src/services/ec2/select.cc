#include "services/ec2/select.h"

#include <algorithm>

#include "api/error.h"
#include "base/encoding.h"
#include "base/time.h"
#include "base/wildcard.h"
#include "estate/resource.h"

namespace riposte::ec2 {
namespace {

constexpr size_t kMaxFilterValues = 200;  // The service's own limit.

std::string TextOf(const json::Value& value, bool is_time) {
  if (value.is_string()) return std::string(json::View(value));
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  if (value.is_number()) {
    if (is_time) {
      return FormatIso8601(FromMillis(static_cast<int64_t>(value.to_number<double>() * 1000.0)),
                           true);
    }
    return std::to_string(value.to_number<int64_t>());
  }
  return {};
}

/// Calls `each` for every leaf at `path`; stops and returns true when `each` does.
template <class Each>
bool AnyAt(const json::Value& value, std::string_view path, bool is_time, const Each& each) {
  if (value.is_array()) {
    return std::ranges::any_of(value.as_array(), [&](const json::Value& element) {
      return AnyAt(element, path, is_time, each);
    });
  }
  if (path.empty()) return each(TextOf(value, is_time));
  if (!value.is_object()) return false;
  const size_t dot = path.find('.');
  const json::Value* member = json::Find(value.as_object(), path.substr(0, dot));
  if (member == nullptr) return false;
  return AnyAt(*member, dot == std::string_view::npos ? "" : path.substr(dot + 1), is_time, each);
}

bool AnyMatches(const std::vector<std::string>& patterns, std::string_view text) {
  return std::ranges::any_of(
      patterns, [&](const std::string& pattern) { return MatchWildcard(pattern, text); });
}

const json::Array& TagsOf(const json::Object& document) {
  static const json::Array kNone;
  const json::Array* tags = json::GetArray(document, "Tags");
  if (tags == nullptr) tags = json::GetArray(document, "TagSet");
  return tags == nullptr ? kNone : *tags;
}

}  // namespace

bool MatchWildcard(std::string_view pattern, std::string_view text) {
  return MatchRuns(
      pattern, text, [](char unit) { return unit == '*'; },
      [](char unit, char c) { return unit == '?' || unit == c; });
}

Filters::Filters(const json::Object& input, FilterTable table) {
  const json::Array* list = json::GetArray(input, "Filters");
  if (list == nullptr) return;
  size_t values = 0;
  for (const json::Value& value : *list) {
    const json::Object& given = value.as_object();
    Filter filter;
    filter.name = json::GetString(given, "Name");
    filter.values = json::GetStrings(given, "Values");
    values += filter.values.size();
    if (values > kMaxFilterValues) {
      throw api::Error("FilterLimitExceeded",
                       "The maximum number of filter values has been reached");
    }
    const bool tag =
        filter.name.starts_with("tag:") || filter.name == "tag-key" || filter.name == "tag-value";
    if (!tag) {
      const auto row = std::ranges::find(table, filter.name,
                                         &std::pair<std::string_view, std::string_view>::first);
      if (row == table.end()) {
        throw api::Error("InvalidParameterValue", "The filter '" + filter.name + "' is invalid");
      }
      filter.path = row->second;
    }
    filters_.push_back(std::move(filter));
  }
}

bool Filters::Match(const json::Object& document) const {
  return std::ranges::all_of(filters_, [&](const Filter& filter) {
    if (!filter.path.empty()) {
      const bool is_time = filter.path.starts_with('@');
      return AnyAt(json::Value(document), std::string_view(filter.path).substr(is_time ? 1 : 0),
                   is_time,
                   [&](const std::string& text) { return AnyMatches(filter.values, text); });
    }
    return std::ranges::any_of(TagsOf(document), [&](const json::Value& value) {
      const json::Object& tag = value.as_object();
      const std::string_view key = json::GetString(tag, "Key");
      if (filter.name == "tag-key") return AnyMatches(filter.values, key);
      const std::string_view text = json::GetString(tag, "Value");
      if (filter.name == "tag-value") return AnyMatches(filter.values, text);
      return std::string_view(filter.name).substr(4) == key && AnyMatches(filter.values, text);
    });
  });
}

json::Object Page(const json::Object& input, std::string_view member, std::vector<Listed> all,
                  size_t most) {
  auto begin = all.begin();
  if (const std::string_view token = json::GetString(input, "NextToken"); !token.empty()) {
    const auto after = Base64Decode(token);
    if (!after || !after->starts_with("ec2:")) {
      throw api::Error("InvalidParameterValue", "Unable to parse pagination token");
    }
    begin = std::ranges::upper_bound(all, after->substr(4), {}, &Listed::id);
  }
  const int64_t wanted = json::GetInt(input, "MaxResults", static_cast<int64_t>(most));
  if (wanted < 1) {
    throw api::Error("InvalidParameterValue", "Value ( " + std::to_string(wanted) +
                                                  " ) for parameter maxResults is invalid.");
  }
  json::Object out;
  json::Array page;
  for (auto at = begin; at != all.end(); ++at) {
    if (page.size() == std::min(static_cast<size_t>(wanted), most)) {
      out["NextToken"] = Base64Encode("ec2:" + std::prev(at)->id);
      break;
    }
    page.push_back(std::move(at->document));
  }
  out[member] = std::move(page);
  return out;
}

}  // namespace riposte::ec2
