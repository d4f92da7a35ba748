#include "workflow/automation/yaml.h"

#include <gtest/gtest.h>

namespace riposte::automation {
namespace {

std::string Read(std::string_view text) {
  const auto value = ParseYaml(text);
  return value ? json::Serialize(*value) : "error: " + value.error().message;
}

TEST(YamlTest, ReadsScalarsAsTheCoreSchemaDoes) {
  EXPECT_EQ(Read("a: 1\nb: -2\nc: 1.5\nd: true\ne: ~\nf: text\ng: '1'\nh: \"true\"\n"),
            R"({"a":1,"b":-2,"c":1.5E0,"d":true,"e":null,"f":"text","g":"1","h":"true"})");
  EXPECT_EQ(Read("account: 012345678901\nbig: 99999999999999999999\nyes: no\nhex: 0x10"),
            R"({"account":"012345678901","big":"99999999999999999999","yes":"no","hex":"0x10"})");
  EXPECT_EQ(Read("1: one\ntrue: yes"), R"({"1":"one","true":"yes"})");
  EXPECT_EQ(Read("s: |-\n  a\n  b\nf: >-\n  a\n  b"), R"({"s":"a\nb","f":"a b"})");
  EXPECT_EQ(Read("[1, [a, {b: c}], []]"), R"([1,["a",{"b":"c"}],[]])");
}

TEST(YamlTest, ExpandsAliases) {
  EXPECT_EQ(Read("a: &x {k: 1}\nb: *x"), R"({"a":{"k":1},"b":{"k":1}})");
}

TEST(YamlTest, RefusesBrokenText) {
  for (const char* text : {"", "a: [1", "a: b: c", "\t- x", "a: *nobody", "&a [*a]", "{[a]: b}"}) {
    EXPECT_FALSE(ParseYaml(text).has_value()) << text;
  }
}

TEST(YamlTest, BoundsDepth) {
  const std::string deep(100'000, '[');
  EXPECT_FALSE(ParseYaml(deep).has_value());
  std::string nested;
  for (int i = 0; i < 40; ++i) nested += std::string(static_cast<size_t>(i), ' ') + "a:\n";
  EXPECT_FALSE(ParseYaml(nested).has_value());
  EXPECT_TRUE(ParseYaml(std::string(30, '[') + std::string(30, ']')).has_value());
  // An alias may not go deeper than the text itself could.
  std::string chain = "a0: &a0 [1]\n";
  for (int i = 1; i < 60; ++i) {
    chain += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) +
             "]\n";
  }
  EXPECT_FALSE(ParseYaml(chain).has_value());
}

TEST(YamlTest, BoundsAliasExpansion) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) bomb += (j ? ", *a" : "*a") + std::to_string(i - 1);
    bomb += "]\n";
  }
  const auto value = ParseYaml(bomb);
  ASSERT_FALSE(value.has_value());
  EXPECT_EQ(value.error().code, Code::kLimitExceeded);
  const std::string big(100'000, 'x');
  std::string text = "a: &a " + big + "\nb: [";
  for (int i = 0; i < 100; ++i) text += "*a, ";
  EXPECT_EQ(ParseYaml(text + "*a]").error().code, Code::kLimitExceeded);
}

TEST(YamlTest, WhatIsWrittenReadsBackTheSame) {
  for (const char* text :
       {R"({"a":1,"b":[true,null,1.5,"text","1","true","~",""," x","x: y","- x","#c","é"]})",
        R"({"script":"def f(e, c):\n  return {'a': 1}\n","tab":"a\tb\n","lead":"  a\nb\n"})",
        R"({"nested":[{"a":{"b":[]}},{},[[1],["x"]]],"{{ x }}":"{{ y }}"})",
        R"({"multi":"a\nb","blank":"a\n\n","carriage":"a\r\nb\n","colon":"a:","0":"012"})"}) {
    const json::Value value = *json::Parse(text);
    const auto again = ParseYaml(EmitYaml(value));
    ASSERT_TRUE(again.has_value()) << EmitYaml(value);
    EXPECT_EQ(json::Serialize(*again), json::Serialize(value)) << EmitYaml(value);
  }
}

}  // namespace
}  // namespace riposte::automation
