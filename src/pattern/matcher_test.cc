#include "pattern/matcher.h"

#include <gtest/gtest.h>

#include "pattern/testing/compare.h"
#include "pattern/testing/random_language.h"

namespace riposte::pattern {
namespace {

using testing::Comparison;
using testing::RandomLanguage;

std::vector<std::string> Leaves() {
  return {R"("x")",
          R"(1)",
          R"(null)",
          R"("x", {"exists": false})",
          R"({"prefix": "x"})",
          R"({"suffix": {"equals-ignore-case": "Y"}})",
          R"({"wildcard": "x*y"})",
          R"({"anything-but": "x"})",
          R"({"anything-but": [1, 2]})",
          R"({"numeric": [">", 0, "<=", 2]})",
          R"({"exists": true})",
          R"({"exists": false})"};
}

/// All patterns of up to two fields over three names, up to two levels deep, with these leaves.
std::vector<std::string> SmallPatterns() {
  std::vector<std::string> out;
  for (const std::string& one : Leaves()) {
    out.push_back(R"({"a": [)" + one + "]}");
    out.push_back(R"({"a": {"b": [)" + one + "]}}");
    for (const std::string& two : Leaves()) {
      out.push_back(R"({"a": [)" + one + R"(], "b": [)" + two + "]}");
      out.push_back(R"({"a": {"b": [)" + one + R"(], "c": [)" + two + "]}}");
      out.push_back(R"({"a": {"b": [)" + one + R"(]}, "b": [)" + two + "]}");
      out.push_back(R"({"$or": [{"a": {"b": [)" + one + R"(]}}, {"b": [)" + two + "]}]}");
    }
  }
  return out;
}

/// All events over the same names: scalars, arrays of up to two, objects, arrays of up to two
/// objects, the dotted spelling.
std::vector<std::string> SmallEvents() {
  const std::vector<std::string> scalars = {R"("x")", R"("xy")", "1", "null", "[]"};
  std::vector<std::string> objects = {"{}"};
  for (const std::string& one : scalars) {
    objects.push_back(R"({"b": )" + one + "}");
    objects.push_back(R"({"c": )" + one + "}");
    for (const std::string& two : scalars) {
      objects.push_back(R"({"b": )" + one + R"(, "c": )" + two + "}");
    }
  }
  std::vector<std::string> values = scalars;
  values.insert(values.end(), objects.begin(), objects.end());
  for (const std::string& one : scalars) {
    for (const std::string& two : scalars) {
      values.push_back("[" + one + ", " + two + "]");
      values.push_back("[[" + one + "], " + two + "]");
      values.push_back(R"({"b": [)" + one + R"(, {"c": )" + two + "}]}");
    }
  }
  for (const std::string& one : objects) {
    for (const std::string& two : objects) values.push_back("[" + one + ", " + two + "]");
  }
  std::vector<std::string> events = {"{}"};
  for (const std::string& value : values) {
    events.push_back(R"({"a": )" + value + "}");
    events.push_back(R"({"b": "x", "a": )" + value + "}");
  }
  for (const std::string& scalar : scalars) {
    events.push_back(R"({"a.b": )" + scalar + "}");
    events.push_back(R"({"a.b": )" + scalar + R"(, "a": {"b": 1, "c": "x"}})");
    events.push_back(R"({"a": {"b": "x", "c": 1}, "a": {"b": )" + scalar + "}}");
  }
  return events;
}

// All of them at once in one Matcher, on every stride-th event; tests/pattern/soak has no stride.
TEST(Matcher, SaysWhatTheOracleSaysOnAllThatIsSmall) {
  Comparison comparison;
  for (const std::string& pattern : SmallPatterns()) ASSERT_TRUE(comparison.Add(pattern));
  const auto events = SmallEvents();
  for (size_t i = 0; i < events.size(); i += 7) {
    ASSERT_EQ(comparison.Difference(events[i]), "");
  }
}

TEST(Matcher, SaysWhatTheOracleSaysAtRandom) {
  RandomLanguage random(20260101);
  for (int round = 0; round < 60; ++round) {
    Comparison comparison;
    while (comparison.size() < 24) (void)comparison.Add(random.Pattern());
    for (int i = 0; i < 24; ++i) {
      const std::string event = random.Event();
      ASSERT_EQ(comparison.Difference(event), "");
      ASSERT_EQ(comparison.Difference(random.Damage(event)), "");
    }
    // The same after changes: nothing of a removed rule stays, nothing that it shared is lost.
    comparison.RemoveEvery(3);
    while (comparison.size() < 20) (void)comparison.Add(random.Pattern());
    for (int i = 0; i < 12; ++i) ASSERT_EQ(comparison.Difference(random.Event()), "");
    ASSERT_FALSE(comparison.scratch().exhausted());
  }
}

// The control of the two above: one kind of answer turned round must come out.
TEST(Matcher, ADifferenceWouldBeSeen) {
  RandomLanguage random(7);
  Comparison comparison;
  while (comparison.size() < 200) (void)comparison.Add(random.Pattern());
  comparison.set_lie_about("anything-but");
  EXPECT_NE(comparison.Difference(random.Event()), "");
}

}  // namespace
}  // namespace riposte::pattern
