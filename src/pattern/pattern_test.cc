#include "pattern/pattern.h"

#include <gtest/gtest.h>

namespace riposte::pattern {
namespace {

struct Refused {
  const char* pattern;
  const char* reason;  ///< Part of it.
};

TEST(PatternParse, RefusesInTheServicesWords) {
  const Refused kCases[] = {
      {"", "invalid JSON"},
      {"[]", "Filter is not an object"},
      {"\"a\"", "Filter is not an object"},
      {"{}", "Empty objects are not allowed"},
      {R"({"a": {}})", "Empty objects are not allowed"},
      {R"({"a": []})", "Empty arrays are not allowed"},
      {R"({"a": "x"})", "\"a\" must be an object or an array"},
      {R"({"a": {"b": 1}})", "\"b\" must be an object or an array"},
      {R"({"a": null})", "\"a\" must be an object or an array"},
      {R"({"a": [["x"]]})", "Match value must be String, number, true, false, or null"},
      {R"({"a": [{}]})", "Empty objects are not allowed"},
      {R"({"a": [{"like": "x"}]})", "Unrecognized match type like"},
      {R"({"a": [{"prefix": 3}]})", "prefix match pattern must be a string"},
      {R"({"a": [{"suffix": ["x"]}]})", "suffix match pattern must be a string"},
      {R"({"a": [{"prefix": {"wildcard": "x"}}]})", "Unsupported prefix pattern: wildcard"},
      {R"({"a": [{"prefix": {}}]})", "Unsupported prefix pattern"},
      {R"({"a": [{"equals-ignore-case": null}]})", "equals-ignore-case match pattern must be"},
      {R"({"a": [{"wildcard": 1}]})", "wildcard match pattern must be a string"},
      {R"({"a": [{"wildcard": "a**b"}]})", "Consecutive wildcard characters at pos 1"},
      {R"({"a": [{"wildcard": "a\\b"}]})", "Invalid escape character at pos 1"},
      {R"({"a": [{"wildcard": "a\\"}]})", "Invalid escape character at pos 1"},
      {R"({"a": [{"exists": "yes"}]})", "exists match pattern must be either true or false."},
      {R"({"a": [{"exists": [true]}]})", "exists match pattern must be either true or false."},
      {R"({"a": [{"anything-but": []}]})", "Empty arrays are not allowed"},
      {R"({"a": [{"anything-but": ["a", 1]}]})", "mixed type is not supported"},
      {R"({"a": [{"anything-but": [null]}]})", "is not supported"},
      {R"({"a": [{"anything-but": true}]})", "Value of anything-but must be"},
      {R"({"a": [{"anything-but": null}]})", "Value of anything-but must be"},
      {R"({"a": [{"anything-but": {}}]})", "Empty objects are not allowed"},
      {R"({"a": [{"anything-but": {"numeric": [">", 1]}}]})", "Unsupported anything-but pattern"},
      {R"({"a": [{"anything-but": {"prefix": ""}}]})", "not allowed in anything-but"},
      {R"({"a": [{"anything-but": {"suffix": ["x", ""]}}]})", "not allowed in anything-but"},
      {R"({"a": [{"anything-but": {"prefix": []}}]})", "Empty arrays are not allowed"},
      {R"({"a": [{"anything-but": {"prefix": 1}}]})", "prefix match pattern must be a string"},
      {R"({"a": [{"anything-but": {"prefix": "a", "suffix": "b"}}]})", "Only one key allowed"},
      {R"({"a": [{"numeric": 5}]})", "Value of numeric must be an array."},
      {R"({"a": [{"numeric": []}]})", "Invalid member in numeric match"},
      {R"({"a": [{"numeric": [5]}]})", "Invalid member in numeric match: 5"},
      {R"({"a": [{"numeric": ["=", "5"]}]})", "Value of = must be numeric"},
      {R"({"a": [{"numeric": ["="]}]})", "Value of = must be numeric"},
      {R"({"a": [{"numeric": ["=", 5, "<", 6]}]})", "Too many elements in numeric expression"},
      {R"({"a": [{"numeric": ["<", 5, ">", 1]}]})", "Too many terms in numeric range"},
      {R"({"a": [{"numeric": [">", 5, ">", 6]}]})", "Bad numeric range operator: >"},
      {R"({"a": [{"numeric": [">", 5, "<"]}]})", "Value of < must be numeric"},
      {R"({"a": [{"numeric": [">", 5, "<", 5]}]})", "Bottom must be less than top"},
      {R"({"a": [{"numeric": [">", 6, "<", 5]}]})", "Bottom must be less than top"},
      {R"({"a": [{"numeric": [">", 1, "<", 5, "<", 6]}]})", "Too many terms"},
      {R"({"a": [{"numeric": ["!=", 5]}]})", "Unrecognized numeric range operator: !="},
      {R"({"a": [{"cidr": "10.0.0.0"}]})", "Malformed CIDR"},
      {R"({"a": [{"cidr": "10.0.0/8"}]})", "Malformed CIDR"},
      {R"({"a": [{"cidr": "10.0.0.0/33"}]})", "mask bits must be between 0 and 32"},
      {R"({"a": [{"cidr": "10.0.0.0/-1"}]})", "mask bits must be an integer"},
      {R"({"a": [{"cidr": "10.0.0.0/8x"}]})", "mask bits must be an integer"},
      {R"({"a": [{"cidr": "10.0.0.0/"}]})", "mask bits must be an integer"},
      {R"({"a": [{"cidr": "::1/129"}]})", "mask bits must be between 0 and 128"},
      {R"({"a": [{"cidr": 5}]})", "must be a string"},
      {R"({"$or": "x"})", "\"$or\" must be an object or an array"},
      {R"({"$or": [{"a": ["x"]}]})", "Unrecognized match type a"},  // one branch: a plain field
      {R"({"$or": [{"a": ["x"]}, {}]})", "Empty objects are not allowed"},
      {R"({"$or": [{"a": ["x"]}, {"b": "y"}]})", "\"b\" must be an object or an array"},
  };
  for (const Refused& c : kCases) {
    const auto pattern = Pattern::Parse(c.pattern);
    ASSERT_FALSE(pattern) << c.pattern;
    EXPECT_TRUE(pattern.error().message.starts_with("Event pattern is not valid. Reason: "))
        << c.pattern;
    EXPECT_NE(pattern.error().message.find(c.reason), std::string::npos)
        << c.pattern << " gave: " << pattern.error().message;
  }
}

TEST(PatternParse, OrMultipliesIntoCombinations) {
  const auto count = [](std::string_view text) {
    const auto pattern = Pattern::Parse(text);
    return pattern ? pattern->combinations().size() : 0;
  };
  EXPECT_EQ(count(R"({"a": ["x", "y"]})"), 1U);
  EXPECT_EQ(count(R"({"$or": [{"a": ["x"]}, {"b": ["y"]}], "c": ["z"]})"), 2U);
  EXPECT_EQ(count(R"({"d": {"$or": [{"a": ["x"]}, {"b": ["y"]}]},
                      "$or": [{"e": ["x"]}, {"f": ["y"]}, {"g": ["z"]}]})"),
            6U);
  EXPECT_EQ(count(R"({"$or": [{"$or": [{"a": ["x"]}, {"b": ["y"]}]}, {"c": ["z"]}]})"), 3U);
  // An operator's name in a branch makes "$or" a plain field, whose alternatives these then are.
  EXPECT_EQ(count(R"({"$or": [{"prefix": "x"}, {"suffix": "y"}]})"), 1U);
}

std::string OrOf(size_t branches) {
  std::string text = "[";
  for (size_t i = 0; i < branches; ++i) {
    text += (i ? "," : "") + std::string(R"({"f)") + std::to_string(i) + R"(": [1]})";
  }
  return text + "]";
}

TEST(PatternParse, AThousandCombinationsAndNoMore) {
  const auto nested = [](size_t a, size_t b) {
    return R"({"$or": )" + OrOf(a) + R"(, "x": {"$or": )" + OrOf(b) + "}}";
  };
  EXPECT_EQ(Pattern::Parse(nested(25, 40))->combinations().size(), 1000U);
  const auto refused = Pattern::Parse(nested(25, 41));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kLimitExceeded);
}

TEST(PatternParse, Limits) {
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += R"({"a":)";
  deep += "[1]" + std::string(40, '}');
  EXPECT_EQ(Pattern::Parse(deep).error().code, Code::kLimitExceeded);

  std::string hostile;
  for (int i = 0; i < 100'000; ++i) hostile += R"({"a":)";
  EXPECT_FALSE(Pattern::Parse(hostile));

  EXPECT_EQ(Pattern::Parse(R"({"a": [")" + std::string(20'000, 'x') + R"("]})").error().code,
            Code::kLimitExceeded);

  std::string stars;
  for (int i = 0; i < 300; ++i) stars += "a*";
  const auto refused = Pattern::Parse(R"({"a": [{"wildcard": ")" + stars + R"("}]})");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("Rule is too complex"), std::string::npos);
}

TEST(PatternParse, ReasonsQuoteNoMoreThanOneCanRead) {
  std::string name;
  for (int i = 0; i < 3000; ++i) name += "é";
  const auto refused = Pattern::Parse(R"({"a": [{")" + name + R"(": 1}]})");
  ASSERT_FALSE(refused);
  EXPECT_LT(refused.error().message.size(), 500U);
  EXPECT_TRUE(refused.error().message.ends_with("é…"));
}

TEST(PatternParse, RequiredStrings) {
  const auto required = [](std::string_view text) {
    return Pattern::Parse(text)->RequiredStrings("source");
  };
  using Strings = std::vector<std::string>;
  EXPECT_EQ(required(R"({"source": ["b", "a", "a"], "x": [1]})"), (Strings{"a", "b"}));
  EXPECT_EQ(required(R"({"$or": [{"source": ["a"]}, {"source": ["b"]}]})"), (Strings{"a", "b"}));
  EXPECT_EQ(required(R"({"$or": [{"source": ["a"]}, {"x": ["b"]}]})"), std::nullopt);
  EXPECT_EQ(required(R"({"source": ["a", {"prefix": "b"}]})"), std::nullopt);
  EXPECT_EQ(required(R"({"source": [{"equals-ignore-case": "b"}]})"), std::nullopt);
  EXPECT_EQ(required(R"({"source": ["a", null]})"), std::nullopt);
  EXPECT_EQ(required(R"({"detail": {"source": ["a"]}})"), std::nullopt);
}

}  // namespace
}  // namespace riposte::pattern
