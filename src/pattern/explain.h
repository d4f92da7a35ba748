// Why does this event (not) match this pattern? For people: rule tests, the why of an incident.
//
// Pure; any thread. Not the hot path: the answer is found field by field on documents, and agrees
// with pattern::Matcher (explain_test.cc compares them at random).
#pragma once

#include <string>
#include <vector>

#include "json/json.h"
#include "pattern/pattern.h"

namespace riposte::pattern {

struct FieldVerdict {
  std::string path;                ///< Names joined by dots.
  std::string wanted;              ///< The alternatives, as JSON.
  std::vector<std::string> found;  ///< The values there, as JSON; at most kMaxFound.
  size_t more = 0;                 ///< Values beyond those.
  bool satisfied = false;          ///< By some value, or by its absence.
};
inline constexpr size_t kMaxFound = 8;

struct Explanation {
  bool matches = false;
  /// Of the $or combination that matches, or else of the one that comes nearest.
  std::vector<FieldVerdict> fields;
  /// Every field is satisfied, but under an array not by one and the same element.
  bool split_over_elements = false;
};

[[nodiscard]] Explanation Explain(const Pattern& pattern, const json::Object& event);
/// One line a field, and what follows from them.
[[nodiscard]] std::string Describe(const Explanation& explanation);

}  // namespace riposte::pattern
