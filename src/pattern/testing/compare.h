// The matcher against the oracle: every pattern of a set on one event, both ways.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pattern/matcher.h"

namespace riposte::pattern::testing {

/// Patterns in one Matcher and, each by itself, for the oracle.
class Comparison {
 public:
  /// Ignores what is no valid pattern; returns whether it was one.
  bool Add(const std::string& pattern);
  /// Takes every `n`th pattern out of both.
  void RemoveEvery(size_t n);
  /// "" when both say the same of all patterns (or both refuse the text), else what differs.
  [[nodiscard]] std::string Difference(std::string_view event);
  [[nodiscard]] size_t size() const { return rules_.size(); }
  [[nodiscard]] Matcher& matcher() { return matcher_; }
  [[nodiscard]] const Matcher::Scratch& scratch() const { return scratch_; }
  /// What the oracle says is turned round for patterns that contain this: a control, which must
  /// come out as a difference.
  void set_lie_about(std::string text) { lie_about_ = std::move(text); }

 private:
  struct Rule {
    std::string text;
    Pattern pattern;
    Matcher::RuleId id;
  };
  std::vector<Rule> rules_;
  Matcher matcher_;
  Matcher::Scratch scratch_;
  std::string lie_about_;
};

}  // namespace riposte::pattern::testing
