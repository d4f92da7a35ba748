#include "base/wildcard.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace riposte {
namespace {

bool Match(std::string_view pattern, std::string_view text) {
  return MatchRuns(
      pattern, text, [](char unit) { return unit == '*'; },
      [](char unit, char c) { return unit == '?' || unit == c; });
}

/// As one would say it: try every length for every run.
bool Naive(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    for (size_t skip = 0; skip <= text.size(); ++skip) {
      if (Naive(pattern.substr(1), text.substr(skip))) return true;
    }
    return false;
  }
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
         Naive(pattern.substr(1), text.substr(1));
}

std::vector<std::string> AllWords(const std::string& letters, size_t longest) {
  std::vector<std::string> words = {""};
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i].size() == longest) break;
    const std::string word = words[i];
    for (const char letter : letters) words.push_back(word + letter);
  }
  return words;
}

TEST(WildcardTest, AgreesWithTheNaiveAnswerOnEverySmallCase) {
  const std::vector<std::string> texts = AllWords("ab", 5);
  for (const std::string& pattern : AllWords("ab*?", 4)) {
    for (const std::string& text : texts) {
      ASSERT_EQ(Match(pattern, text), Naive(pattern, text)) << pattern << " on " << text;
    }
  }
}

TEST(WildcardTest, ManyRunsOnALongTextEnd) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "a*";
  EXPECT_FALSE(Match(pattern + "b", std::string(5000, 'a')));
  EXPECT_TRUE(Match(pattern, std::string(5000, 'a')));
}

}  // namespace
}  // namespace riposte
