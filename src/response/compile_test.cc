#include "response/compile.h"

#include <gtest/gtest.h>

#include <set>

namespace riposte::response {
namespace {

const Scope kScope{AccountId("123456789012"), Region("eu-west-1")};

PackFiles Files(const std::string& responses) {
  return {{"pack.yaml", "pack: p\nversion: \"1\"\ntopic: t\nresponses:\n" + responses},
          {"runbooks/R.yaml", "schemaVersion: '0.3'"}};
}

TEST(Pack, RefusesWithThePlace) {
  EXPECT_EQ(ParsePack({}).error().message, "there is no pack.yaml");
  EXPECT_EQ(ParsePack(Files("- name: a\n  runbook: X\n")).error().message,
            "pack.yaml:6: runbook X is neither in runbooks/ nor one that ships with the engine");
  EXPECT_EQ(ParsePack(Files("- name: a\n  severity: [BAD]\n")).error().message,
            "pack.yaml:6: no severity BAD: one of INFORMATIONAL, LOW, MEDIUM, HIGH, CRITICAL");
  EXPECT_EQ(ParsePack(Files("- name: a\n  colour: red\n")).error().message,
            "pack.yaml:6: unknown key 'colour' in responses");
  EXPECT_FALSE(ParsePack({{"pack.yaml", "a: [b"}}).has_value());
}

TEST(Compile, TriageDecidesInOrder) {
  const auto pack =
      ParsePack(Files("- name: one\n  severity: [HIGH, CRITICAL]\n  type: X\n"
                      "  runbook: R\n- name: two\n  severity: [LOW]\n"
                      "- name: rest\n"));
  ASSERT_TRUE(pack.has_value()) << pack.error().message;
  const json::Object document = TriageDocument(*pack, kScope);
  const json::Array& steps = document.at("mainSteps").as_array();
  const json::Object& inputs = steps[0].at("inputs").as_object();
  ASSERT_EQ(inputs.at("Choices").as_array().size(), 2u);
  EXPECT_EQ(inputs.at("Choices").at(0).at("NextStep"), "Respond_one");
  EXPECT_EQ(inputs.at("Choices").at(1).at("StringEquals"), "LOW");
  EXPECT_EQ(inputs.at("Default"), "Tell_rest");

  // Every jump leads to a step that is there, and no name is used twice.
  std::set<std::string> names;
  for (const json::Value& step : steps) {
    EXPECT_TRUE(names.insert(std::string(json::View(step.at("name")))).second);
  }
  for (const json::Value& step : steps) {
    const auto next = json::GetString(step.as_object(), "nextStep");
    EXPECT_TRUE(next.empty() || names.contains(std::string(next))) << next;
  }
}

TEST(Compile, EveryStepCanBeRepeated) {
  const auto pack = ParsePack(Files("- name: rest\n"));
  for (const Step& step : Compile(*pack, kScope)) {
    const bool creates = step.operation.starts_with("Create") && step.operation != "CreateTopic";
    EXPECT_EQ(creates, !step.if_error.empty()) << step.operation;
  }
}

}  // namespace
}  // namespace riposte::response
