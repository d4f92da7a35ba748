// The strings of policies: '*', '?', and ${variables}.
//
// Source: "IAM JSON policy elements: Resource", "Variables and tags", IAM user guide. Immutable
// after Compile; any thread. Cost of a match: length of pattern times length of text at worst.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riposte::access {

/// The facts about one request; keys in lower case ("aws:sourcearn").
using Context = std::map<std::string, std::vector<std::string>>;

class PolicyPattern {
 public:
  /// `variables`: ${…} is expanded (policy version 2012-10-17), else it is plain text.
  /// `wildcards`: false for operators that compare whole strings.
  [[nodiscard]] static PolicyPattern Compile(std::string_view text, bool variables,
                                             bool wildcards = true);

  /// A variable's value stands for itself: '*' in it matches only '*'. A variable without value
  /// and without default matches nothing.
  [[nodiscard]] bool Matches(std::string_view text, const Context& context,
                             bool ignore_case = false) const;
  [[nodiscard]] bool has_variables() const;
  /// As an ARN: each of the six parts matches on its own, so '*' does not cross a colon but in
  /// the last part.
  [[nodiscard]] bool MatchesArn(std::string_view text, const Context& context) const;
  /// The text with its variables filled in, nullopt when one has no value.
  [[nodiscard]] std::optional<std::string> Expand(const Context& context) const;

 private:
  // A byte, or one of the two wildcards.
  using Unit = char16_t;
  static constexpr Unit kAny = 0x100;  // *
  static constexpr Unit kOne = 0x101;  // ?
  struct Piece {
    std::u16string units;
    std::string variable;  // Lower case; "" for a piece of units only.
    std::optional<std::string> fallback;
  };
  [[nodiscard]] std::optional<std::u16string> Resolve(const Context& context) const;
  [[nodiscard]] static bool Glob(std::u16string_view pattern, std::string_view text,
                                 bool ignore_case);

  std::vector<Piece> pieces_;
};

/// ASCII only.
[[nodiscard]] std::string ToLower(std::string_view text);

}  // namespace riposte::access
