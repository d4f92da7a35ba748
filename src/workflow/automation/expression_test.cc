#include "workflow/automation/expression.h"

#include <gtest/gtest.h>

#include "workflow/automation/condition.h"
#include "workflow/automation/selector.h"

namespace riposte::automation {
namespace {

json::Value J(std::string_view text) {
  return *json::Parse(text);
}

std::optional<json::Value> Known(std::string_view reference) {
  static const json::Value kValues = J(R"({
      "Text": "hello", "Int": 7, "Flag": true, "List": ["a", "b"], "One": ["only"],
      "Map": {"k": 1}, "Step.Out": "x", "variable:v": 3, "global:REGION": "eu-west-1",
      "Evil": "{{ Text }}", "Maps": [{"a": 1}]})");
  const auto found = kValues.get_object().find(reference);
  if (found == kValues.get_object().end()) return std::nullopt;
  return found->value();
}

TEST(SubstituteTest, Table) {
  struct Case {
    const char* input;
    const char* output;  // nullptr: an error
  };
  const Case cases[] = {
      {R"("{{ Int }}")", "7"},
      {R"("{{Flag}}")", "true"},
      {R"("  {{List}} ")", R"(["a","b"])"},
      {R"("n={{Int}} f={{ Flag }} l={{List}} m={{Map}}")",
       R"("n=7 f=true l=[\"a\",\"b\"] m={\"k\":1}")"},
      {R"(["{{ List }}"])", R"(["a","b"])"},
      {R"(["{{ List }}", "c"])", R"([["a","b"],"c"])"},
      {R"(["{{ Text }}"])", R"(["hello"])"},
      {R"({"a": {"b": "{{ Step.Out }}"}, "{{ Text }}": 1})", R"({"a":{"b":"x"},"{{ Text }}":1})"},
      {R"("{{ variable:v }}-{{ global:REGION }}")", R"("3-eu-west-1")"},
      {R"("{{ Nobody }}")", nullptr},
      {R"("{{ Step.Other }} text")", nullptr},
      {R"("{{ not a reference }} {{}} {{")", R"("{{ not a reference }} {{}} {{")"},
      {R"("{{ Evil }}")", R"("{{ Text }}")"},  // values are not looked at again
      {R"("{{{ Text }}}")", R"("{hello}")"},
      {R"(5)", "5"},
      {R"(null)", "null"},
  };
  for (const Case& c : cases) {
    const auto result = Substitute(J(c.input), Known);
    if (c.output) {
      ASSERT_TRUE(result.has_value()) << c.input;
      EXPECT_EQ(json::Serialize(*result), c.output) << c.input;
    } else {
      EXPECT_FALSE(result.has_value()) << c.input;
    }
  }
}

TEST(SubstituteTest, IsBounded) {
  const std::string big(1'000'000, 'x');
  const Resolver resolver = [&big](std::string_view) { return json::Value(big); };
  std::string text;
  for (int i = 0; i < 10; ++i) text += "{{a}}";
  EXPECT_EQ(Substitute(json::Value(text), resolver).error().code, Code::kLimitExceeded);
}

TEST(CoerceTest, Table) {
  struct Case {
    const char* value;
    const char* type;
    const char* result;  // nullptr: not possible
  };
  const Case cases[] = {
      {"7", "String", R"("7")"},
      {"true", "String", R"("true")"},
      {R"(["a"])", "String", R"("a")"},
      {R"(["a","b"])", "String", R"("[\"a\",\"b\"]")"},
      {R"({"a":1})", "String", R"("{\"a\":1}")"},
      {R"("600")", "Integer", "600"},
      {"2.0", "Integer", "2"},
      {"2.5", "Integer", nullptr},
      {R"("2x")", "Integer", nullptr},
      {R"("True")", "Boolean", "true"},
      {R"("false")", "Boolean", "false"},
      {R"("yes")", "Boolean", nullptr},
      {R"("a")", "StringList", R"(["a"])"},
      {R"("[\"a\",\"b\"]")", "StringList", R"(["a","b"])"},
      {R"([1,true])", "StringList", R"(["1","true"])"},
      {R"({"a":1})", "StringList", nullptr},
      {R"("{\"a\":1}")", "StringMap", R"({"a":1})"},
      {R"("a")", "StringMap", nullptr},
      {R"([{"a":1}])", "MapList", R"([{"a":1}])"},
      {R"({"a":1})", "MapList", R"([{"a":1}])"},
      {R"("[{\"a\":1}]")", "MapList", R"([{"a":1}])"},
      {R"(["a"])", "MapList", nullptr},
  };
  for (const Case& c : cases) {
    const auto result = Coerce(J(c.value), c.type);
    EXPECT_EQ(result ? json::Serialize(*result) : "-", c.result ? c.result : "-")
        << c.value << " as " << c.type;
  }
}

TEST(SelectorTest, Table) {
  const json::Value root = J(R"({
      "Reservations": [{"Instances": [{"Id": "i-1", "State": {"Name": "running"}},
                                      {"Id": "i-2", "State": {"Name": "stopped"}}]},
                       {"Instances": [{"Id": "i-3", "State": {"Name": "running"}}]}],
      "A b": {"c.d": 5}, "N": [0, 1, 2, 3, 4]})");
  struct Case {
    const char* selector;
    const char* result;  // nullptr: nothing
  };
  const Case cases[] = {
      {"$.Reservations[0].Instances[1].Id", R"("i-2")"},
      {"Reservations[0].Instances[0].State.Name", R"("running")"},
      {"$.Reservations[-1].Instances[0].Id", R"("i-3")"},
      {"$.Reservations[*].Instances[*].Id", R"(["i-1","i-2","i-3"])"},
      {"$.Reservations..Id", R"(["i-1","i-2","i-3"])"},
      {"$..State.Name", R"(["running","stopped","running"])"},
      {"$.Reservations[9].Instances", nullptr},
      {"$.Nothing", nullptr},
      {"$.Nothing[*]", "[]"},
      {"$['A b']['c.d']", "5"},
      {"$.N[1:3]", "[1,2]"},
      {"$.N[-2:]", "[3,4]"},
      {"$.N[:2]", "[0,1]"},
      {"$.N[?(@ > 2)]", "[3,4]"},
      {"$..Instances[?(@.State.Name == 'running')].Id", R"(["i-1","i-3"])"},
      {"$..Instances[?(@.State.Name != 'running')].Id", R"(["i-2"])"},
      {"$.Reservations[*].Instances[?(@.Missing)].Id", "[]"},
      {"$.A b.*", "[5]"},
      {"$..Instances[?(@.State.Name == 'running' && @.Id != 'i-1')].Id", R"(["i-3"])"},
      {"$.N[?(@ > 0 && @ < 3)]", "[1,2]"},
  };
  for (const Case& c : cases) {
    const auto selector = Selector::Parse(c.selector);
    ASSERT_TRUE(selector.has_value()) << c.selector;
    const auto result = selector->Select(root);
    EXPECT_EQ(result ? json::Serialize(*result) : "-", c.result ? c.result : "-") << c.selector;
  }
  EXPECT_EQ(Selector::Parse("$")->Select(root), root);
}

TEST(SelectorTest, RefusesWhatIsNone) {
  for (const char* text : {"", "$.", "$[", "$[x]", "$..", "$.a[", "$[?(x)]", "$.a[?(@.b == )]",
                           "$[?(@[?(@.a)])]", "$[?(@.a && )]"}) {
    EXPECT_FALSE(Selector::Parse(text).has_value()) << text;
  }
}

TEST(SelectorTest, WorkIsBounded) {
  json::Value deep = 1;
  for (int i = 0; i < 25; ++i) deep = json::Array{deep, deep.is_array() ? json::Value(1) : deep};
  std::string path = "$";
  for (int i = 0; i < 30; ++i) path += "..*";
  EXPECT_EQ(Selector::Parse(path)->Select(deep), std::nullopt);
}

TEST(ConditionTest, Table) {
  struct Case {
    const char* condition;
    bool result;
  };
  const Case cases[] = {
      {R"({"Variable":"{{Text}}","StringEquals":"hello"})", true},
      {R"({"Variable":"{{Text}}","StringEquals":"Hello"})", false},
      {R"({"Variable":"{{Text}}","EqualsIgnoreCase":"HELLO"})", true},
      {R"({"Variable":"{{Text}}","StartsWith":"he"})", true},
      {R"({"Variable":"{{Text}}","EndsWith":"lo"})", true},
      {R"({"Variable":"{{Text}}","Contains":"ell"})", true},
      {R"({"Variable":"{{List}}","Contains":"b"})", true},
      {R"({"Variable":"{{List}}","Contains":"c"})", false},
      {R"({"Variable":"{{One}}","StringEquals":"only"})", true},
      {R"({"Variable":"{{Int}}","NumericEquals":"7"})", true},
      {R"({"Variable":"{{Int}}","NumericGreater":6.5})", true},
      {R"({"Variable":"{{Int}}","NumericLesser":7})", false},
      {R"({"Variable":"{{Int}}","NumericGreaterOrEquals":7})", true},
      {R"({"Variable":"{{Int}}","NumericLesserOrEquals":7})", true},
      {R"({"Variable":"{{Text}}","NumericEquals":7})", false},
      {R"({"Variable":"{{Flag}}","BooleanEquals":"True"})", true},
      {R"({"Variable":"{{Flag}}","BooleanEquals":false})", false},
      {R"({"Not":{"Variable":"{{Flag}}","BooleanEquals":false}})", true},
      {R"({"And":[{"Variable":"{{Int}}","NumericEquals":7},
                  {"Variable":"{{Flag}}","BooleanEquals":false}]})",
       false},
      {R"({"Or":[{"Variable":"{{Int}}","NumericEquals":8},
                 {"Not":{"Variable":"{{Text}}","StringEquals":"x"}}]})",
       true},
      {R"({"Variable":"{{Text}}","StringEquals":"{{Text}}"})", true},
  };
  for (const Case& c : cases) {
    const json::Value condition = J(c.condition);
    ASSERT_TRUE(CheckCondition(condition.get_object()).has_value()) << c.condition;
    const auto result = Evaluate(condition.get_object(), Known);
    ASSERT_TRUE(result.has_value()) << c.condition;
    EXPECT_EQ(*result, c.result) << c.condition;
  }
  for (const char* bad : {R"({"Variable":"a"})", R"({"StringEquals":"a"})",
                          R"({"Variable":"a","Matches":"b"})", R"({"And":[]})", R"({"Not":[]})",
                          R"({"Variable":"a","StringEquals":"b","Contains":"c"})"}) {
    EXPECT_FALSE(CheckCondition(J(bad).get_object()).has_value()) << bad;
  }
}

}  // namespace
}  // namespace riposte::automation
