// Strong identifiers: an account cannot be passed where a region is meant.
//
// Every resource belongs to (account, region); one process serves many. Plain values.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace riposte {

/// A string that only mixes with its own kind. Tag is any incomplete type.
template <class Tag>
class StrongString {
 public:
  StrongString() = default;
  explicit StrongString(std::string value) : value_(std::move(value)) {}
  [[nodiscard]] const std::string& str() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }
  friend auto operator<=>(const StrongString&, const StrongString&) = default;

 private:
  std::string value_;
};

using AccountId = StrongString<struct AccountIdTag>;  ///< Twelve decimal digits.
using Region = StrongString<struct RegionTag>;        ///< "eu-west-1".

/// True when `text` is twelve decimal digits.
[[nodiscard]] inline bool IsAccountId(std::string_view text) {
  return text.size() == 12 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Where a resource lives.
struct Scope {
  AccountId account;
  Region region;
  friend auto operator<=>(const Scope&, const Scope&) = default;
};

}  // namespace riposte

template <class Tag>
struct std::hash<riposte::StrongString<Tag>> {
  size_t operator()(const riposte::StrongString<Tag>& value) const noexcept {
    return std::hash<std::string>{}(value.str());
  }
};
