// What a pattern can ask of one string: equality, prefix, suffix or wildcard, with or without case.
//
// Immutable after Make; any thread. Cost of Test: linear in the text for all but wildcards, whose
// worst case is the text times the longest run between two stars.
// Without case: simple case folding of Latin, Greek, Cyrillic and Armenian letters, one code point
// to one; other scripts compare exactly.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace riposte::pattern {

class TextCondition {
 public:
  enum class Kind { kEqual, kPrefix, kSuffix, kWildcard };

  /// `operand` as in the pattern. Wildcards: `*` is any run, `\*` and `\\` stand for themselves.
  /// Errors: kInvalidArgument for a malformed wildcard; its message is the service's reason.
  [[nodiscard]] static Result<TextCondition> Make(Kind kind, std::string_view operand,
                                                  bool ignore_case = false);
  [[nodiscard]] bool Test(std::string_view text) const;

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] bool ignore_case() const { return ignore_case_; }
  /// The operand; folded when the test ignores case.
  [[nodiscard]] const std::string& operand() const { return operand_; }
  /// Stars of a wildcard, else 0.
  [[nodiscard]] size_t stars() const { return pieces_.empty() ? 0 : pieces_.size() - 1; }
  /// Of a wildcard: the literals between its stars, unescaped; else empty.
  [[nodiscard]] const std::vector<std::string>& pieces() const { return pieces_; }

 private:
  TextCondition() = default;
  [[nodiscard]] bool TestWildcard(std::string_view text) const;

  Kind kind_ = Kind::kEqual;
  bool ignore_case_ = false;
  std::string operand_;
  std::vector<std::string> pieces_;  ///< Of a wildcard: the literals between its stars.
};

/// Simple case folding, UTF-8 in and out. Bytes that are not UTF-8 stay as they are.
[[nodiscard]] std::string FoldCase(std::string_view text);
/// The same into `out`, of text.size() bytes: folding never changes a length.
void FoldCaseInto(std::string_view text, char* out);

}  // namespace riposte::pattern
