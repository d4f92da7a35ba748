#include "pattern/explain.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "pattern/testing/random_language.h"

namespace riposte::pattern {
namespace {

Explanation Why(std::string_view pattern, std::string_view event) {
  return Explain(*Pattern::Parse(pattern), json::Parse(event)->as_object());
}

TEST(Explain, SaysWhichFieldFailedAndWhatWasThere) {
  const auto why = Why(R"({"source": ["app"], "detail": {"severity": [{"numeric": [">", 7]}]}})",
                       R"({"source": "app", "detail": {"severity": 5}})");
  EXPECT_FALSE(why.matches);
  ASSERT_EQ(why.fields.size(), 2U);
  EXPECT_TRUE(why.fields[0].satisfied);
  EXPECT_EQ(why.fields[1].path, "detail.severity");
  EXPECT_EQ(why.fields[1].found, std::vector<std::string>{"5"});
  EXPECT_EQ(Describe(why),
            "does not match\n"
            "  yes  source: wanted [\"app\"], found \"app\"\n"
            "  NO   detail.severity: wanted [{\"numeric\":[\">\",7]}], found 5\n");
}

TEST(Explain, AbsenceAndTheNearestBranch) {
  EXPECT_EQ(Describe(Why(R"({"a": [1]})", R"({"b": 1})")),
            "does not match\n  NO   a: wanted [1], found nothing\n");
  const auto why =
      Why(R"({"x": [1], "$or": [{"a": [1], "b": [1]}, {"c": [{"cidr": "10.0.0.0/8"}]}]})",
          R"({"x": 1, "c": "11.0.0.1"})");
  ASSERT_EQ(why.fields.size(), 2U);
  EXPECT_EQ(why.fields[1].wanted, R"([{"cidr":"10.0.0.0/8"}])");
}

TEST(Explain, ElementsThatDoNotAgree) {
  const auto why =
      Why(R"({"a": {"x": [1], "y": [2]}})", R"({"a": [{"x": 1, "y": 9}, {"x": 9, "y": 2}]})");
  EXPECT_FALSE(why.matches);
  EXPECT_TRUE(why.split_over_elements);
}

// Whatever does not match has a reason that can be shown; what matches has none.
TEST(Explain, AgreesWithTheMatcher) {
  testing::RandomLanguage random(11);
  for (int i = 0; i < 2000; ++i) {
    const auto pattern = Pattern::Parse(random.Pattern());
    const auto event = json::Parse(random.Event());
    if (!pattern || !event) continue;
    const auto why = Explain(*pattern, event->as_object());
    const bool all = std::ranges::all_of(why.fields, &FieldVerdict::satisfied);
    EXPECT_EQ(why.matches || why.split_over_elements, all);
  }
}

}  // namespace
}  // namespace riposte::pattern
