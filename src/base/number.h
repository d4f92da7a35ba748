// Numbers written as text, read whole or not at all.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace riposte {

/// The number that all of `text` spells: no space, no '+', nothing behind it. nullopt when it is
/// none, or does not fit. Real numbers may come out infinite or NaN only when spelt so.
template <class Number = int64_t>
[[nodiscard]] std::optional<Number> ParseNumber(std::string_view text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest != end) return std::nullopt;
  return number;
}

}  // namespace riposte
