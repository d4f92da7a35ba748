// NextToken and Marker: where a page ended, opaque to clients.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/encoding.h"

namespace riposte::observe {

[[nodiscard]] inline std::string MakeToken(std::string_view position) {
  return Base64Encode(position);
}
/// "" for "" (the first page); nullopt for what MakeToken did not make.
[[nodiscard]] inline std::optional<std::string> ReadToken(std::string_view token) {
  if (token.empty()) return std::string();
  auto position = Base64Decode(token);
  if (!position || position->empty() || !IsUtf8(*position)) return std::nullopt;
  return std::move(*position);
}

}  // namespace riposte::observe
