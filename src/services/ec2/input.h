// What many EC2 operations read from their input in the same way.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/call.h"
#include "api/error.h"
#include "estate/core.h"
#include "json/json.h"
#include "services/ec2/select.h"

namespace riposte::ec2 {

[[nodiscard]] inline estate::Act ActOf(const api::Call& call, store::Transaction& tx) {
  return {tx, call.scope, call.now, call.trace};
}
[[nodiscard]] inline std::string Text(const json::Object& object, std::string_view name) {
  return std::string(json::GetString(object, name));
}
/// The text, or throws MissingParameter in the service's words.
[[nodiscard]] std::string RequireText(const json::Object& input, std::string_view name);
/// The tags of TagSpecifications for `kind`. Throws InvalidParameterValue on reserved keys.
[[nodiscard]] json::Array TagsFor(const json::Object& input, std::string_view kind);
/// Throws InvalidParameterValue, TagLimitExceeded.
void CheckTag(std::string_view key, std::string_view value);
/// {"Return": true}
[[nodiscard]] inline json::Value Done() {
  return json::Object{{"Return", true}};
}

/// Documents of a kind: by ids (all must exist: `require` throws), else all; then filters.
template <class Require, class Describe>
std::vector<Listed> Select(const api::Call& call, store::Transaction& tx, std::string_view kind,
                           const std::vector<std::string>& ids, const Require& require,
                           FilterTable table, const Describe& describe) {
  const Filters filters(call.input, table);
  std::vector<estate::Resource> found;
  if (ids.empty()) {
    found = estate::List(tx, call.scope, kind);
  } else {
    for (const std::string& id : ids) found.push_back(require(id));
    std::ranges::sort(found, {}, &estate::Resource::id);
    const auto repeated = std::ranges::unique(found, {}, &estate::Resource::id);
    found.erase(repeated.begin(), repeated.end());
  }
  std::vector<Listed> out;
  for (const estate::Resource& resource : found) {
    json::Object document = describe(resource);
    if (filters.Match(document)) out.push_back({resource.id, std::move(document)});
  }
  return out;
}

}  // namespace riposte::ec2
