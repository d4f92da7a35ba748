// Matching of patterns with wildcards, for all who have some.
#pragma once

#include <string_view>

namespace riposte {

/// Whether all of `text` fits `pattern`, where a unit that `is_run` holds for stands for any run of
/// characters, and any other for one character that it `fits(unit, character)`.
/// Cost: linear but for going back to the last run: only that one ever needs another try.
template <class Unit, class IsRun, class Fits>
[[nodiscard]] constexpr bool MatchRuns(std::basic_string_view<Unit> pattern, std::string_view text,
                                       IsRun is_run, Fits fits) {
  constexpr size_t kNone = std::string_view::npos;
  size_t p = 0;
  size_t t = 0;
  size_t after_run = kNone;  // In the pattern, where the last run ends.
  size_t resume = 0;         // In the text, where what comes after it was tried.
  while (t < text.size()) {
    if (p < pattern.size() && is_run(pattern[p])) {
      after_run = ++p;
      resume = t;
    } else if (p < pattern.size() && fits(pattern[p], text[t])) {
      ++p;
      ++t;
    } else if (after_run != kNone) {
      p = after_run;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && is_run(pattern[p])) ++p;
  return p == pattern.size();
}

}  // namespace riposte
