#include "wire/regex.h"

#include <gtest/gtest.h>

namespace riposte::wire {
namespace {

bool Matches(std::string_view pattern, std::string_view text) {
  auto regex = Regex::Compile(pattern);
  EXPECT_TRUE(regex) << pattern << ": " << regex.error().message;
  return regex && (*regex)->Matches(text);
}

TEST(RegexTest, MatchesTheWholeValue) {
  EXPECT_TRUE(Matches("[a-z]+", "abc"));
  EXPECT_FALSE(Matches("[a-z]+", "abc1"));
  EXPECT_FALSE(Matches("[a-z]+", "1abc"));
  EXPECT_FALSE(Matches("[a-z]+", "abc\n"));
  EXPECT_FALSE(Matches("^[a-z]+$", "abc\n"));
  EXPECT_TRUE(Matches("a|ab", "ab"));
  EXPECT_TRUE(Matches(".*\\S.*", "two\nlines"));
  EXPECT_FALSE(Matches(".*\\S.*", " \n"));
}

TEST(RegexTest, UnderstandsJava) {
  EXPECT_TRUE(Matches("[\\u0020-\\u00FF]+", "caf\xc3\xa9"));
  EXPECT_FALSE(Matches("[\\u0020-\\u00FF]+", "\xe2\x82\xac"));
  EXPECT_TRUE(Matches("[\\u0020-\\uD7FF\\uE000-\\uFFFD\\uD800\\uDC00-\\uDBFF\\uDFFF\\t]*",
                      "\xf0\x9f\x94\xa5 fire"));
  EXPECT_TRUE(Matches("[\\u0009\\uE000-\\uFFFD\\u10000-\\u10FFFF]+", "\xf0\x9f\x94\xa5"));
  EXPECT_TRUE(Matches("\\p{ASCII}*", "abc~"));
  EXPECT_FALSE(Matches("\\p{ASCII}*", "\xc3\xa9"));
  EXPECT_TRUE(Matches("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+", "\xc3\xa9t\xc3\xa9 2"));
  EXPECT_TRUE(Matches("[a-zA-Z0-9-_\\.]+", "a-b_c.d"));
  EXPECT_TRUE(Matches("(?!aws:).+", "x"));
  EXPECT_FALSE(Matches("(?!aws:).+", "aws:x"));
  EXPECT_TRUE(Matches("[\\p{Alnum}_]+", "aZ_9"));
  EXPECT_FALSE(Matches("\\p{Print}+", "a\x01"));
  EXPECT_TRUE(Matches("\\p{XDigit}{2}", "aF"));
  EXPECT_TRUE(Matches("[\\w-./]+", "a-b./"));
  EXPECT_TRUE(Matches("[\\p{L}\\p{Z}-_]+", "a -_"));
  EXPECT_TRUE(Matches("a{1,100000}", "aaa"));
  EXPECT_FALSE(Matches("a{2,100000}", "a"));
  EXPECT_FALSE(Matches("\\d+", "\xd9\xa1"));  // \d is ASCII, as in Java.
}

TEST(RegexTest, BadPatternsAreErrors) {
  EXPECT_FALSE(Regex::Compile("[a"));
  EXPECT_FALSE(Regex::Compile("(a"));
  EXPECT_FALSE(Regex::Compile("a{2,1}"));
}

TEST(RegexTest, BacktrackingIsBounded) {
  // Exponential without a limit; with it, a refusal at once.
  EXPECT_FALSE(Matches("(a+)+b", std::string(5000, 'a')));
  EXPECT_FALSE(Matches("a", "\xff\xfe"));
}

}  // namespace
}  // namespace riposte::wire
