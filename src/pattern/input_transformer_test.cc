#include "pattern/input_transformer.h"

#include <gtest/gtest.h>

namespace riposte::pattern {
namespace {

constexpr const char* kEvent =
    R"({"version": "0", "id": "e1", "detail-type": "State", "source": "s",
    "detail": {"instance": "i-1", "n": 5, "quote": "a\"b\nc", "none": null, "list": [1, {"x": "y"}],
               "a.b": "dotted", "attack": "\", \"admin\": true, \"x\": \""}})";
constexpr InputContext kContext{"arn:rule", "my-rule", "2026-01-01T00:00:00Z"};

std::string Apply(std::string_view target) {
  const auto parsed = TargetInput::Parse(json::Parse(target)->get_object());
  EXPECT_TRUE(parsed) << target << ": " << parsed.error().message;
  return parsed->Apply(*json::Parse(kEvent), "", kContext);
}

std::string Refusal(std::string_view target) {
  const auto parsed = TargetInput::Parse(json::Parse(target)->get_object());
  EXPECT_FALSE(parsed) << target;
  return parsed ? "" : parsed.error().message;
}

std::string Transform(std::string_view paths, std::string_view text) {
  json::Object target{{"Id", "t"}};
  target["InputTransformer"] =
      json::Object{{"InputPathsMap", *json::Parse(paths)}, {"InputTemplate", text}};
  const auto parsed = TargetInput::Parse(target);
  if (!parsed) return "refused: " + parsed.error().message;
  return parsed->Apply(*json::Parse(kEvent), "", kContext);
}

TEST(TargetInput, WholeConstantAndPath) {
  EXPECT_EQ(*json::Parse(Apply(R"({"Id": "t"})")), *json::Parse(kEvent));
  EXPECT_EQ(Apply(R"({"Id": "t", "Input": "{ \"a\": 1 }"})"), R"({ "a": 1 })");
  EXPECT_EQ(Apply(R"({"Id": "t", "InputPath": "$.detail.instance"})"), R"("i-1")");
  EXPECT_EQ(Apply(R"({"Id": "t", "InputPath": "$.detail.list[1].x"})"), R"("y")");
  EXPECT_EQ(Apply(R"({"Id": "t", "InputPath": "$['detail']['a.b']"})"), R"("dotted")");
  EXPECT_EQ(Apply(R"({"Id": "t", "InputPath": "$.detail-type"})"), R"("State")");
  EXPECT_EQ(Apply(R"({"Id": "t", "InputPath": "$.detail.list[9]"})"), "null");
  EXPECT_EQ(*json::Parse(Apply(R"({"Id": "t", "InputPath": "$"})")), *json::Parse(kEvent));
}

TEST(TargetInput, Templates) {
  constexpr const char* kPaths = R"({"i": "$.detail.instance", "n": "$.detail.n",
      "q": "$.detail.quote", "gone": "$.detail.gone", "null": "$.detail.none",
      "list": "$.detail.list", "attack": "$.detail.attack"})";
  struct Case {
    const char* text;
    const char* result;
  };
  const Case kCases[] = {
      {R"("instance <i> is <n>")", R"("instance i-1 is 5")"},
      {R"({"i": <i>, "n": <n>})", R"({"i": "i-1", "n": 5})"},
      {R"({"i": "<i>", "q": "<q>"})", R"({"i": "i-1", "q": "a\"b\nc"})"},
      {R"({"q": <q>})", R"({"q": "a\"b\nc"})"},
      {R"({"gone": <gone>, "in": "[<gone>]", "null": <null>})",
       R"({"gone": "", "in": "[]", "null": null})"},
      {R"({"list": <list>})", R"({"list": [1,{"x":"y"}]})"},
      {R"({"list": "<list>"})", R"({"list": "[1,{\"x\":\"y\"}]"})"},
      // Event data is data: it cannot end the string that it stands in.
      {R"({"x": "<attack>"})", R"({"x": "\", \"admin\": true, \"x\": \""})"},
      {"\"line one <i>\"\n\"line two <n>\"", "\"line one i-1\"\n\"line two 5\""},
      {R"("a < b, <not a name>, \<i\>")", R"("a < b, <not a name>, <i>")"},
      {R"("say \"<i>\"")", R"("say \"i-1\"")"},
      {R"({"rule": <aws.events.rule-arn>, "name": "<aws.events.rule-name>"})",
       R"({"rule": "arn:rule", "name": "my-rule"})"},
      {R"({"t": <aws.events.event.ingestion-time>})", R"({"t": "2026-01-01T00:00:00Z"})"},
      {R"({"e": <aws.events.event>})",
       R"({"e": {"version":"0","id":"e1","detail-type":"State","source":"s"}})"},
  };
  for (const Case& c : kCases) EXPECT_EQ(Transform(kPaths, c.text), c.result) << c.text;
  const std::string whole = Transform(kPaths, R"({"e": <aws.events.event.json>})");
  EXPECT_EQ(json::Parse(whole)->at("e"), *json::Parse(kEvent));
}

TEST(TargetInput, Refusals) {
  EXPECT_EQ(Refusal(R"({"Id": "t", "Input": "{}", "InputPath": "$"})"),
            "Only one of Input, InputPath, or InputTransformer must be provided for target t.");
  EXPECT_EQ(Refusal(R"({"Id": "t", "Input": "nope"})"),
            "Input for target t is not a valid JSON text.");
  for (const char* path : {"", "detail", "$detail", "$.", "$..a", "$.a[*]", "$.a[-1]", "$.a[",
                           "$.a['x'", "$.a[0", "$[\"x']", "$.a b"}) {
    if (std::string_view(path) == "$.") continue;  // Means "$"; the CDK writes it.
    json::Object target{{"Id", "t"}, {"InputPath", path}};
    EXPECT_FALSE(TargetInput::Parse(target)) << path;
  }
  EXPECT_EQ(Transform("{}", R"("<unknown>")"),
            "refused: InputTemplate for target t contains invalid placeholder unknown.");
  EXPECT_EQ(Transform(R"({"a": "$.x"})", R"({"a": <a>)"),
            "refused: Invalid InputTemplate for target t : it is not valid JSON.");
  EXPECT_EQ(
      Transform(R"({"AWS.x": "$.x"})", R"("<AWS.x>")"),
      "refused: InputPathsMap for target t contains key AWS.x, which begins with the reserved "
      "word AWS.");
  EXPECT_EQ(Transform(R"({"a": "x"})", R"("<a>")"),
            "refused: Invalid InputPathsMap for target t : key a.");
  EXPECT_TRUE(Transform("{}", "\"" + std::string(8200, 'x') + "\"").starts_with("refused"));
}

}  // namespace
}  // namespace riposte::pattern
