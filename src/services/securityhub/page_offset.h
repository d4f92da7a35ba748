// NextToken of the lists: how many entries the pages before it held.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/call.h"
#include "api/error.h"

namespace riposte::securityhub {

/// 0 for the first page. Throws InvalidInputException for what no reply ever gave out.
[[nodiscard]] inline int64_t PageOffset(const api::Call& call) {
  const std::string_view token = json::GetString(call.input, "NextToken");
  if (token.empty()) return 0;
  if (token.size() > 9 || token.find_first_not_of("0123456789") != std::string_view::npos) {
    throw api::Error("InvalidInputException", "The token that you provided is not valid.");
  }
  return std::stoll(std::string(token));
}

}  // namespace riposte::securityhub
