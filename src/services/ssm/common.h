// What the handlers of the service share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/call.h"
#include "base/encoding.h"
#include "base/number.h"
#include "services/ssm/tables.h"

namespace riposte::ssm {

/// MaxResults within [1, most], or `fallback`.
[[nodiscard]] inline size_t PageSize(const api::Call& call, size_t fallback, size_t most) {
  const int64_t asked = json::GetInt(call.input, "MaxResults", static_cast<int64_t>(fallback));
  return static_cast<size_t>(std::clamp<int64_t>(asked, 1, static_cast<int64_t>(most)));
}

/// The place that NextToken stands for, "" at the start. Throws InvalidNextToken.
[[nodiscard]] inline std::string PageStart(const api::Call& call) {
  const std::string_view token = json::GetString(call.input, "NextToken");
  if (token.empty()) return "";
  auto place = Base64Decode(token);
  if (!place || !IsUtf8(*place)) {
    throw api::Error("InvalidNextToken", "The specified token is not valid.");
  }
  return std::move(*place);
}

[[nodiscard]] inline std::string PageToken(std::string_view place) {
  return Base64Encode(place);
}

/// Sets the tags of the input's `Tags` on a resource. Throws TooManyTagsError and such.
void ApplyTags(const api::Call& call, store::Transaction& tx, std::string_view type,
               const std::string& id);

[[nodiscard]] inline json::Array TagList(const Tags& tags) {
  json::Array list;
  for (const auto& [key, value] : tags)
    list.push_back(json::Object{{"Key", key}, {"Value", value}});
  return list;
}

}  // namespace riposte::ssm
