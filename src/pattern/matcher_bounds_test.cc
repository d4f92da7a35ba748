// Families of hostile sets and events: what they cost is counted in steps, not in time.
#include <gtest/gtest.h>

#include "pattern/matcher.h"

namespace riposte::pattern {
namespace {

class Bounds : public ::testing::Test {
 protected:
  void Add(const std::string& pattern) {
    const auto parsed = Pattern::Parse(pattern);
    ASSERT_TRUE(parsed) << parsed.error().message;
    ASSERT_TRUE(matcher_.Add(pattern, *parsed));
  }
  size_t Count(const std::string& event) {
    const auto found = matcher_.Match(event, scratch_);
    EXPECT_TRUE(found);
    return found ? found->size() : 0;
  }
  static std::string List(const std::string& element, size_t count) {
    std::string out = "[" + element;
    for (size_t i = 1; i < count; ++i) out += "," + element;
    return out + "]";
  }

  Matcher matcher_;
  Matcher::Scratch scratch_;
};

TEST_F(Bounds, RulesThatShareOnlyTheirSourceAreNotVisited) {
  for (int i = 0; i < 2000; ++i) {
    Add(R"({"source": ["app"], "detail-type": ["Made"], "detail": {"n": ["v)" + std::to_string(i) +
        R"("], "text": [{"wildcard": "*a*)" + std::to_string(i) + R"(*"}]}})");
  }
  EXPECT_EQ(
      Count(R"({"source": "app", "detail-type": "Made", "detail": {"n": "v7", "text": "-a7"}})"),
      1U);
  EXPECT_LT(scratch_.steps(), 10);
}

TEST_F(Bounds, ManyStarsOnTextThatNearlyMatches) {
  for (int i = 0; i < 20; ++i) {
    std::string wildcard;
    for (int j = 0; j < 200; ++j) wildcard += "a*";
    Add(R"({"a": [{"wildcard": ")" + wildcard + "b" + std::to_string(i) + R"("}]})");
  }
  EXPECT_EQ(Count(R"({"a": ")" + std::string(200'000, 'a') + R"("})"), 0U);
  EXPECT_FALSE(scratch_.exhausted());
  EXPECT_LT(scratch_.steps(), 20 * (200'000 / 64 + 10));
}

TEST_F(Bounds, NestedLiterals) {
  std::string literal = "aaaa";
  for (int i = 0; i < 300; ++i, literal += 'a') {
    Add(R"({"a": [{"wildcard": "*)" + literal + R"(b*"}]})");
    Add(R"({"a": [{"prefix": ")" + literal + R"(b"}, {"suffix": ")" + literal + R"(b"}]})");
  }
  EXPECT_EQ(Count(R"({"a": ")" + std::string(20'000, 'a') + R"("})"), 0U);
  EXPECT_FALSE(scratch_.exhausted());
}

TEST_F(Bounds, NestedPrefixesAllMatch) {
  std::string literal;
  for (int i = 0; i < 1000; ++i, literal += 'a')
    Add(R"({"a": [{"prefix": ")" + literal + R"("}]})");
  EXPECT_EQ(Count(R"({"a": )" + List('"' + std::string(2000, 'a') + '"', 50) + "}"), 1000U);
  EXPECT_LT(scratch_.steps(), 30'000);
}

TEST_F(Bounds, OverlappingRanges) {
  for (int i = 0; i < 3000; ++i) {
    Add(R"({"a": [{"numeric": [">", )" + std::to_string(-i) + ", \"<\", " + std::to_string(i + 1) +
        "]}]}");
  }
  EXPECT_EQ(Count(R"({"a": )" + List("0.5", 5000) + "}"), 3000U);
  EXPECT_EQ(Count(R"({"a": )" + List("4000", 5000) + "}"), 0U);
  EXPECT_FALSE(scratch_.exhausted());
}

TEST_F(Bounds, AnythingButOnLongLists) {
  for (int i = 0; i < 3000; ++i) {
    Add(R"({"a": [{"anything-but": ["u", "v)" + std::to_string(i) + R"("]}], "b": ["x"]})");
  }
  // Every element is excluded by all: nothing settles the question early.
  EXPECT_EQ(Count(R"({"a": )" + List("\"u\"", 50'000) + R"(, "b": "x"})"), 0U);
  EXPECT_LE(scratch_.steps(), Matcher::kMaxSteps + 1000);
  // Usual events are judged whole, also right after that.
  EXPECT_EQ(Count(R"({"a": "w", "b": "x"})"), 3000U);
  EXPECT_FALSE(scratch_.exhausted());
}

TEST_F(Bounds, ElementsThatNeverAgree) {
  for (int i = 0; i < 30; ++i) {
    for (int j = 0; j < 30; ++j) {
      Add(R"({"a": {"x": [)" + std::to_string(i) + R"(], "y": [)" + std::to_string(j) + "]}}");
    }
  }
  std::string event = R"({"a": [)";
  for (int i = 0; i < 600; ++i) {
    event += R"({"x":)" + std::to_string(i % 30) + R"(,"y":99},{"x":99,"y":)" +
             std::to_string(i % 30) + "},";
  }
  EXPECT_EQ(Count(event + R"({"x":7,"y":8}]})"), 1U);
  EXPECT_FALSE(scratch_.exhausted());
}

TEST_F(Bounds, SpellingsThatNeverAgree) {
  std::string pattern = R"({"a": {)";
  std::string flat;
  std::string nested;
  for (int i = 0; i < 12; ++i) {
    const std::string name = "f" + std::to_string(i);
    pattern += (i ? "," : "") + ("\"" + name + "\": [1]");
    flat += ", \"a." + name + "\": [{}, 2, 1, 3]";
    nested += (i ? "," : "") + ("\"" + name + "\": [1, 2, 1]");
  }
  Add(pattern + R"(, "g": [5]}})");
  EXPECT_EQ(Count(R"({"a": [{)" + nested + R"(}, {"g": 5}])" + flat + "}"), 1U);
  EXPECT_LE(scratch_.steps(), Matcher::kMaxSteps + 1000);
}

TEST_F(Bounds, TheMostCombinations) {
  std::string pattern = "{";
  for (int i = 0; i < 3; ++i) {
    const std::string n = std::to_string(i);
    pattern += i ? "," : "";
    pattern += "\"x" + n + "\": {\"$or\": [";
    for (int j = 0; j < 10; ++j) {
      pattern += (j ? "," : "") + ("{\"k" + std::to_string(j) + "\": [" + n + "]}");
    }
    pattern += "]}";
  }
  Add(pattern + "}");
  EXPECT_EQ(Count(R"({"x0": {"k3": 0}, "x1": {"k4": 1}, "x2": {"k5": 2}})"), 1U);
  EXPECT_EQ(Count(R"({"x0": {"k3": 0}, "x1": {"k4": 1}, "x2": {"k5": 3}})"), 0U);
  EXPECT_LE(scratch_.steps(), 1000);
}

TEST_F(Bounds, WaysToCutOnePath) {
  // "a.b.c.d.e" can be cut in sixteen ways; each would be walked for one key.
  int refused = 0;
  for (int cuts = 0; cuts < 16; ++cuts) {
    std::string pattern = "{\"a";
    for (int i = 0; i < 4; ++i) {
      pattern += cuts >> i & 1 ? "\": {\"" : ".";
      pattern += static_cast<char>('b' + i);
    }
    pattern += "\": [1]" + std::string(static_cast<size_t>(std::popcount(unsigned(cuts))) + 1, '}');
    const auto parsed = Pattern::Parse(pattern);
    ASSERT_TRUE(parsed) << pattern;
    if (!matcher_.Add(pattern, *parsed)) ++refused;
  }
  EXPECT_GT(refused, 0);
  EXPECT_EQ(Count(R"({"a.b.c.d.e": 1})"), static_cast<size_t>(16 - refused));
}

}  // namespace
}  // namespace riposte::pattern
