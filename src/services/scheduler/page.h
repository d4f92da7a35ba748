// Pages of the lists: what follows a name, so many at most.
#pragma once

#include <string>

#include "api/call.h"
#include "base/encoding.h"
#include "services/scheduler/checks.h"

namespace riposte::scheduler {

struct Page {
  std::string after;
  int64_t limit = 100;
};

[[nodiscard]] inline std::string TokenAfter(const std::string& name) {
  return Base64Encode("after:" + name);
}

/// Throws ValidationException for a token that no reply ever gave out.
[[nodiscard]] inline Page PageOf(const api::Call& call) {
  Page page;
  page.limit = json::GetInt(call.input, "MaxResults", page.limit);
  const std::string token(json::GetString(call.input, "NextToken"));
  if (token.empty()) return page;
  const auto text = Base64Decode(token);
  if (!text || !text->starts_with("after:")) throw Invalid("Invalid NextToken.");
  page.after = text->substr(6);
  return page;
}

}  // namespace riposte::scheduler
