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

bool MatchesEnvelope(std::string_view pattern, const Envelope& envelope) {
  Matcher matcher;
  Matcher::Scratch scratch;
  (void)*matcher.Add("r", *Pattern::Parse(pattern));
  return !matcher.Match(envelope, R"({"n": 1})", scratch)->empty();
}

TEST(Matcher, TheEnvelope) {
  const std::vector<std::string> resources = {"arn:a", "arn:b"};
  const Envelope envelope{"e-1",       "Made",   "app", "111122223333", "2026-01-01T00:00:00Z",
                          "eu-west-1", resources};
  for (const char* yes :
       {R"({"source": ["app"], "detail-type": ["Made"], "detail": {"n": [1]}})",
        R"({"resources": ["arn:b"]})",
        R"({"account": [{"prefix": "1111"}], "region": ["eu-west-1"], "version": ["0"]})",
        R"({"id": ["e-1"], "time": [{"prefix": "2026-"}]})",
        R"({"replay-name": [{"exists": false}]})",
        R"({"resources": {"x": [{"exists": false}]}})"}) {
    EXPECT_TRUE(MatchesEnvelope(yes, envelope)) << yes;
  }
  for (const char* no :
       {R"({"source": ["app"], "detail": {"n": [2]}})", R"({"resources": ["arn:c"]})",
        R"({"resources": ["arn:a"], "$or": [{"resources": ["arn:b"]}, {"id": ["x"]}]})",
        R"({"replay-name": [{"exists": true}]})", R"({"detail": [{"exists": true}]})"}) {
    EXPECT_FALSE(MatchesEnvelope(no, envelope)) << no;
  }
  Envelope bare = envelope;
  bare.resources = {};
  EXPECT_FALSE(MatchesEnvelope(R"({"resources": [{"exists": true}]})", bare));
}

TEST(Matcher, RefusesMalformedTextWhateverTheRules) {
  Matcher matcher;
  Matcher::Scratch scratch;
  for (const char* text : {"",
                           "[1]",
                           "1",
                           "{",
                           R"({"a": 1}{)",
                           R"({"a": 1}})",
                           R"({"a" 1})",
                           R"({"a": 01})",
                           R"({"a": 1.})",
                           R"({"a": -})",
                           R"({"a": 1e})",
                           R"({"a": 1e2147483648})",
                           R"({"a": truth})",
                           R"({"a": [1,]})",
                           R"({"a": "\x"})",
                           R"({"a": "\ud800"})",
                           "{\"a\": \"\x01\"}",
                           "{\"a\": \"\xff\"}",
                           R"({"a": 1"b"})",
                           R"({"a": 12345678901234567890123456789012345x})"}) {
    EXPECT_FALSE(matcher.Match(text, scratch)) << text;
  }
  std::string deep;
  for (size_t i = 0; i <= json::kMaxDepth; ++i) deep += R"({"a":)";
  EXPECT_FALSE(matcher.Match(deep + "1" + std::string(json::kMaxDepth + 1, '}'), scratch));
  // It recovers, and grows.
  EXPECT_TRUE(matcher.Match(R"({"a": ")" + std::string(100'000, 'x') + R"("})", scratch));
  EXPECT_TRUE(matcher.Match(R"({"a": 123456789012345678901234567890})", scratch));
}

TEST(Matcher, TheLastOfEqualSpellingsCounts) {
  Comparison comparison;
  for (const char* pattern : {R"({"c": {"a": ["x"]}})", R"({"c": {"a": [null]}})",
                              R"({"c.a": ["x"]})", R"({"c": {"a": {"b": [1]}}})"}) {
    ASSERT_TRUE(comparison.Add(pattern));
  }
  for (const char* event :
       {R"({"c.a": "x", "c.a": null})", R"({"c.a": null, "c": {"a": "x"}, "c.a": "x"})",
        R"({"c": {"a": 1, "a": "x"}})", R"({"c.a": {"b": 2}, "c.a.b": 1, "c.a": {"b": 1}})"}) {
    EXPECT_EQ(comparison.Difference(event), "");
  }
}

TEST(Matcher, KeepsItsMemoryFromEventToEvent) {
  RandomLanguage random(3);
  Comparison comparison;
  while (comparison.size() < 100) (void)comparison.Add(random.Pattern());
  std::vector<std::string> events;
  for (int i = 0; i < 50; ++i) events.push_back(random.Event());
  for (const std::string& event : events) EXPECT_EQ(comparison.Difference(event), "");
  const size_t bytes = comparison.scratch().bytes();
  for (const std::string& event : events) EXPECT_EQ(comparison.Difference(event), "");
  EXPECT_EQ(comparison.scratch().bytes(), bytes);
}

TEST(Matcher, NothingStaysOfWhatIsRemoved) {
  RandomLanguage random(5);
  Matcher matcher;
  const auto keep = matcher.Add("keep", *Pattern::Parse(R"({"a": ["x"]})"));
  const size_t before = matcher.bytes();
  for (int round = 0; round < 20; ++round) {
    std::vector<Matcher::RuleId> ids;
    while (ids.size() < 50) {
      const auto pattern = Pattern::Parse(random.Pattern());
      if (pattern) ids.push_back(*matcher.Add("r", *pattern));
    }
    ASSERT_TRUE(matcher.Change(ids, {}));
  }
  EXPECT_EQ(matcher.size(), 1U);
  // Tables that have grown may stay large, but do not grow from round to round.
  EXPECT_LT(matcher.bytes(), before + 100'000);
  Matcher::Scratch scratch;
  EXPECT_EQ(matcher.Match(R"({"a": "x"})", scratch)->size(), 1U);
  EXPECT_EQ(matcher.Match(R"({"a": "x"})", scratch)->front(), *keep);
}

TEST(Matcher, RefusesByNameWhatCrossesALimit) {
  Matcher::Limits limits;
  limits.max_combinations = 2;
  Matcher matcher(limits);
  const auto small = Pattern::Parse(R"({"a": ["x"]})");
  const auto large = Pattern::Parse(R"({"$or": [{"a": ["x"]}, {"b": ["x"]}]})");
  ASSERT_TRUE(matcher.Add("small", *small));
  const auto refused = matcher.Add("large", *large);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kLimitExceeded);
  EXPECT_NE(refused.error().message.find("large"), std::string::npos);
  EXPECT_EQ(matcher.size(), 1U);
}

}  // namespace
}  // namespace riposte::pattern
