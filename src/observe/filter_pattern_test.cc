#include "observe/filter_pattern.h"

#include <gtest/gtest.h>

namespace riposte::observe {
namespace {

bool Match(std::string_view pattern, std::string_view message) {
  const Result<FilterPattern> parsed = FilterPattern::Parse(pattern);
  if (!parsed) {
    ADD_FAILURE() << pattern << ": " << parsed.error().message;
    return false;
  }
  return parsed->Matches(message);
}

TEST(FilterPattern, MatchesTerms) {
  EXPECT_TRUE(Match("", "anything"));
  EXPECT_TRUE(Match("ERROR", "[ERROR] disk full"));
  EXPECT_FALSE(Match("ERROR", "[error] disk full"));
  EXPECT_TRUE(Match("ERROR disk", "[ERROR] disk full"));
  EXPECT_FALSE(Match("ERROR cpu", "[ERROR] disk full"));
  EXPECT_TRUE(Match("\"disk full\"", "[ERROR] disk full"));
  EXPECT_FALSE(Match("\"full disk\"", "[ERROR] disk full"));
  EXPECT_TRUE(Match("\"say \\\"hi\\\"\"", "they say \"hi\""));
}

TEST(FilterPattern, MatchesOptionalAndExcludedTerms) {
  EXPECT_TRUE(Match("?ERROR ?WARN", "WARN low"));
  EXPECT_FALSE(Match("?ERROR ?WARN", "INFO low"));
  EXPECT_TRUE(Match("ERROR -Exiting", "ERROR busy"));
  EXPECT_FALSE(Match("ERROR -Exiting", "ERROR Exiting"));
  EXPECT_FALSE(Match("ERROR -\"not me\"", "ERROR not me"));
}

TEST(FilterPattern, MatchesJson) {
  const char* message =
      R"({"a":"xyz","n":7,"t":true,"z":null,"list":[{"k":1},{"k":5}],"in":{"d e":"v"}})";
  EXPECT_TRUE(Match(R"({ $.a = "xyz" })", message));
  EXPECT_TRUE(Match(R"({$.a=xyz})", message));
  EXPECT_TRUE(Match(R"({ $.a = "x*" })", message));
  EXPECT_FALSE(Match(R"({ $.a = "y*" })", message));
  EXPECT_TRUE(Match(R"({ $.a != "abc" && $.n >= 7 })", message));
  EXPECT_FALSE(Match(R"({ $.n > 7 })", message));
  EXPECT_TRUE(Match(R"({ ($.n > 7) || ($.n < 8) })", message));
  EXPECT_TRUE(Match(R"({ $.n > 9 || ($.t IS TRUE && $.z IS NULL) })", message));
  EXPECT_TRUE(Match(R"({ $.missing NOT EXISTS })", message));
  EXPECT_FALSE(Match(R"({ $.a NOT EXISTS })", message));
  EXPECT_TRUE(Match(R"({ $.list[1].k = 5 })", message));
  EXPECT_FALSE(Match(R"({ $.list[0].k = 5 })", message));
  EXPECT_TRUE(Match(R"({ $.list[*].k = 5 })", message));
  EXPECT_TRUE(Match(R"({ $.in['d e'] = "v" })", message));
  EXPECT_FALSE(Match(R"({ $.a = "xyz" })", "a = xyz, not JSON"));
}

TEST(FilterPattern, MatchesSpaceDelimitedFields) {
  const char* line =
      R"(127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534)";
  EXPECT_TRUE(Match("[ip, id, user, timestamp, request, status = 404, bytes]", line));
  EXPECT_TRUE(Match("[ip, id, user, timestamp, request, status_code=4*, bytes > 1000]", line));
  EXPECT_FALSE(Match("[ip, id, user, timestamp, request, status_code=5*, bytes]", line));
  EXPECT_TRUE(Match("[..., status_code = 5* || status_code = 4*, bytes]", line));
  EXPECT_TRUE(Match("[ip, ..., bytes >= 1534]", line));
  EXPECT_FALSE(Match("[ip, bytes]", line));
  EXPECT_TRUE(Match("[ip, id, user, timestamp, request = *html*, status, bytes]", line));
}

TEST(FilterPattern, ExtractsNumbers) {
  const auto json = FilterPattern::Parse("{ $.latency = * }");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->Extract("$.latency", R"({"latency": 12.5})"), 12.5);
  EXPECT_EQ(json->Extract("$.latency", R"({"other": 1})"), std::nullopt);
  EXPECT_EQ(json->Extract("3", "{}"), 3);
  const auto fields = FilterPattern::Parse("[name, bytes]");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->Extract("$bytes", "x 42"), 42);
}

TEST(FilterPattern, RefusesWhatIsNotAPattern) {
  for (const char* bad : {"\"open", "{ $.a }", "{ $.a = }", "{ $.a = 1", "{ a = 1 }",
                          "{ $.a > abc }", "[a, ..., ...]", "[a", "[]", "%regex%", "{ $.a[x] = 1 }",
                          "{ $.a = 1 } extra", "-", "?", "a[b"}) {
    EXPECT_FALSE(FilterPattern::Parse(bad)) << bad;
  }
  EXPECT_FALSE(FilterPattern::Parse(std::string(1025, 'a')));
  EXPECT_FALSE(FilterPattern::Parse("{" + std::string(200, '(') + "$.a = 1"));
}

}  // namespace
}  // namespace riposte::observe
