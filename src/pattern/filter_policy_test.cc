#include "pattern/filter_policy.h"

#include <gtest/gtest.h>

namespace riposte::pattern {
namespace {

constexpr auto kAttributes = FilterPolicy::Scope::kMessageAttributes;
constexpr auto kBody = FilterPolicy::Scope::kMessageBody;

bool ByAttributes(std::string_view policy, const MessageAttributes& attributes) {
  const auto parsed = FilterPolicy::Parse(policy, kAttributes);
  EXPECT_TRUE(parsed) << policy << ": " << parsed.error().message;
  return parsed->Matches(attributes, "");
}

TEST(FilterPolicy, Attributes) {
  const MessageAttributes message = {{"store", {"String", "example"}},
                                     {"price", {"Number", "100.50"}},
                                     {"tags", {"String.Array", R"(["red", 7, null, true])"}},
                                     {"raw", {"Binary", ""}},
                                     {"kind", {"String.custom", "x"}},
                                     {"dotted.name", {"String", "y"}}};
  EXPECT_TRUE(ByAttributes("{}", message));
  EXPECT_TRUE(ByAttributes(R"({"store": ["example"]})", message));
  EXPECT_FALSE(ByAttributes(R"({"store": ["other"]})", message));
  EXPECT_FALSE(ByAttributes(R"({"shop": ["example"]})", message));
  EXPECT_TRUE(ByAttributes(R"({"store": [{"prefix": "ex"}], "kind": ["x"]})", message));
  EXPECT_TRUE(ByAttributes(R"({"store": [{"anything-but": ["a", "b"]}]})", message));
  EXPECT_FALSE(ByAttributes(R"({"none": [{"anything-but": ["a", "b"]}]})", message));
  EXPECT_TRUE(ByAttributes(R"({"price": [{"numeric": [">=", 100, "<", 101]}]})", message));
  EXPECT_TRUE(ByAttributes(R"({"price": [100.5]})", message));
  EXPECT_FALSE(ByAttributes(R"({"price": ["100.50"]})", message));
  EXPECT_TRUE(ByAttributes(R"({"tags": ["blue", "red"]})", message));
  EXPECT_TRUE(ByAttributes(R"({"tags": [7]})", message));
  EXPECT_TRUE(ByAttributes(R"({"tags": [null]})", message));
  EXPECT_FALSE(ByAttributes(R"({"tags": ["blue"]})", message));
  EXPECT_TRUE(ByAttributes(R"({"store": [{"exists": true}]})", message));
  EXPECT_FALSE(ByAttributes(R"({"store": [{"exists": false}]})", message));
  EXPECT_TRUE(ByAttributes(R"({"shop": [{"exists": false}]})", message));
  EXPECT_FALSE(ByAttributes(R"({"raw": [{"exists": true}]})", message));
  EXPECT_TRUE(ByAttributes(R"({"dotted.name": ["y"]})", message));
  EXPECT_TRUE(ByAttributes(R"({"$or": [{"store": ["no"]}, {"kind": ["x"]}]})", message));
}

TEST(FilterPolicy, Body) {
  const auto policy = FilterPolicy::Parse(R"({"a": {"b": [{"prefix": "x"}]}, "c": [1]})", kBody);
  ASSERT_TRUE(policy);
  EXPECT_TRUE(policy->Matches({}, R"({"a": {"b": "xy"}, "c": [0, 1]})"));
  EXPECT_FALSE(policy->Matches({}, R"({"a": {"b": "xy"}})"));
  EXPECT_FALSE(policy->Matches({}, "not JSON"));
  EXPECT_FALSE(policy->Matches({}, "[1]"));
}

TEST(FilterPolicy, Refusals) {
  const auto reason = [](std::string_view text, FilterPolicy::Scope scope) {
    const auto parsed = FilterPolicy::Parse(text, scope);
    return parsed ? std::string() : parsed.error().message;
  };
  EXPECT_EQ(reason("nope", kAttributes).substr(0, 62),
            "Invalid parameter: FilterPolicy: failed to parse JSON. invalid");
  EXPECT_EQ(reason("[]", kAttributes), "Invalid parameter: FilterPolicy: Filter is not an object");
  EXPECT_EQ(reason(R"({"a": "x"})", kAttributes),
            "Invalid parameter: FilterPolicy: \"a\" must be an object or an array");
  EXPECT_EQ(
      reason(R"({"a": {"b": ["x"]}})", kAttributes),
      "Invalid parameter: FilterPolicy: Filter policy scope MessageAttributes does not support "
      "nested filter policy");
  EXPECT_EQ(reason(R"({"a": {"b": ["x"]}})", kBody), "");
  EXPECT_EQ(reason(R"({"a":[1],"b":[1],"c":[1],"d":[1],"e":[1]})", kAttributes), "");
  EXPECT_EQ(reason(R"({"a":[1],"b":[1],"c":[1],"d":[1],"e":[1],"f":[1]})", kAttributes),
            "Invalid parameter: FilterPolicy: Filter policy can not have more than 5 keys");
  EXPECT_EQ(reason(R"({"a":[1,2,3,4,5],"b":[1,2,3,4,5],"c":[1,2,3,4,5,6]})", kAttributes), "");
  EXPECT_EQ(reason(R"({"a":[1,2,3,4,5],"b":[1,2,3,4,5],"c":[1,2,3,4,5,6,7]})", kAttributes),
            "Invalid parameter: FilterPolicy: Filter policy is too complex");
  // 4 × 3 levels, 3 × 2 levels, 3 × 1 level: 216.
  EXPECT_EQ(
      reason(R"({"a": {"b": {"c": [1, 2, 3, 4]}}, "d": {"e": [1, 2, 3]}, "f": [1, 2, 3]})", kBody),
      "Invalid parameter: FilterPolicy: Filter policy is too complex");
}

}  // namespace
}  // namespace riposte::pattern
