#include "workflow/automation/impact.h"

#include <gtest/gtest.h>

#include <map>

namespace riposte::automation {
namespace {

Document Runbook(std::string_view steps) {
  const auto content = ParseDocumentText(
      "schemaVersion: '0.3'\nparameters: {P: {type: String, default: x}}\nmainSteps:\n" +
          std::string(steps),
      Format::kYaml);
  if (!content) throw std::runtime_error(content.error().message);
  auto document = Document::Load(*content);
  if (!document) throw std::runtime_error(document.error().message);
  return std::move(*document);
}

std::string Counted(std::string_view steps, const std::map<std::string, std::string>& others = {},
                    const FindApi& find_api = {}) {
  const auto find = [&](std::string_view name, std::string_view) -> std::optional<Document> {
    const auto found = others.find(std::string(name));
    if (found == others.end()) return std::nullopt;
    return Runbook(found->second);
  };
  const ImpactCounts counts = CountImpacts(Runbook(steps), find_api, find);
  return std::to_string(counts.mutating) + " " + std::to_string(counts.non_mutating) + " " +
         std::to_string(counts.undetermined);
}

std::string Call(std::string_view api) {
  return "- {name: a, action: 'aws:executeAwsApi', inputs: {Service: svc, Api: '" +
         std::string(api) + "'}}\n";
}
std::string Start(std::string_view name) {
  return "- {name: a, action: 'aws:executeAutomation', inputs: {DocumentName: '" +
         std::string(name) + "'}}\n";
}

constexpr const char* kSleep = "- {name: s, action: 'aws:sleep', inputs: {Duration: PT1S}}\n";
constexpr const char* kScript =
    "- {name: s, action: 'aws:executeScript', inputs: {Runtime: python3.11, Handler: h, "
    "Script: x}}\n";

TEST(ImpactTest, CallsByTheirNames) {
  for (const char* api : {"DescribeInstances", "describe_instances", "describe-instances",
                          "GetObject", "ListBuckets", "BatchGetItem", "HeadBucket", "Query"}) {
    EXPECT_EQ(Counted(Call(api)), "0 1 0") << api;
  }
  for (const char* api :
       {"StopInstances", "Getaway", "listen", "PutObject", "stop_instances", "Delete"}) {
    EXPECT_EQ(Counted(Call(api)), "1 0 0") << api;
  }
  EXPECT_EQ(Counted(Call("{{ P }}")), "0 0 1");
  EXPECT_EQ(Counted(Call("{{ P }}Instances")), "0 0 1");
}

TEST(ImpactTest, TheModelKnowsBetterThanTheName) {
  wire::OperationModel changing, reading;
  reading.readonly = true;
  const FindApi find = [&](std::string_view, std::string_view api) -> std::optional<ApiOperation> {
    return ApiOperation{"svc", api == "GetSessionToken" ? &changing : &reading};
  };
  EXPECT_EQ(Counted(Call("GetSessionToken"), {}, find), "1 0 0");
  EXPECT_EQ(Counted(Call("DecodeMessage"), {}, find), "0 1 0");
}

TEST(ImpactTest, ActionsByWhatTheyDo) {
  EXPECT_EQ(Counted(kSleep), "0 1 0");
  EXPECT_EQ(Counted(kScript), "0 0 1");
  EXPECT_EQ(Counted("- {name: a, action: 'aws:runCommand', inputs: {DocumentName: d, "
                    "InstanceIds: [i]}}\n"),
            "0 0 1");
  EXPECT_EQ(Counted("- {name: a, action: 'aws:invokeWebhook', inputs: {IntegrationName: n}}\n"),
            "0 0 1");
  EXPECT_EQ(Counted("- {name: a, action: 'aws:deleteImage', inputs: {ImageId: i}}\n"), "1 0 0");
  EXPECT_EQ(Counted("- {name: a, action: 'aws:waitForAwsResourceProperty', inputs: {Service: s, "
                    "Api: A, PropertySelector: $.x, DesiredValues: [y]}}\n"),
            "0 1 0");
  const std::string state =
      "- {name: a, action: 'aws:changeInstanceState', inputs: {InstanceIds: [i], "
      "DesiredState: stopped";
  EXPECT_EQ(Counted(state + "}}\n"), "1 0 0");
  EXPECT_EQ(Counted(state + ", CheckStateOnly: 'true'}}\n"), "0 1 0");
  EXPECT_EQ(Counted(state + ", CheckStateOnly: '{{ P }}'}}\n"), "0 0 1");
}

TEST(ImpactTest, EveryStepOfTheDocumentCountsOnce) {
  EXPECT_EQ(Counted(R"(
- name: l
  action: aws:loop
  inputs:
    Iterators: [a, b]
    IteratorDataType: String
    Steps:
    - {name: x, action: 'aws:executeAwsApi', inputs: {Service: svc, Api: StopIt}}
    - {name: y, action: 'aws:sleep', inputs: {Duration: PT1S}}
)" + std::string(kSleep)),
            "1 3 0");
}

TEST(ImpactTest, ANestedRunbookIsItsGravestStep) {
  const std::map<std::string, std::string> others{
      {"Look", kSleep},
      {"Run", std::string(kScript)},
      {"Change", Call("StopIt") + kScript},
      {"Deep", Start("Run") + kSleep},
      {"Self", Start("Self") + kSleep},
      {"Ring", Start("Gnir")},
      {"Gnir", Start("Ring") + Call("StopIt").replace(9, 1, "b")},
  };
  EXPECT_EQ(Counted(Start("Look"), others), "0 1 0");
  EXPECT_EQ(Counted(Start("Run"), others), "0 0 1");
  EXPECT_EQ(Counted(Start("Change"), others), "1 0 0");
  EXPECT_EQ(Counted(Start("Deep"), others), "0 0 1");
  EXPECT_EQ(Counted(Start("Self"), others), "0 1 0");
  EXPECT_EQ(Counted(Start("Ring"), others), "1 0 0");
  EXPECT_EQ(Counted(Start("Nobody"), others), "0 0 1");
  EXPECT_EQ(Counted(Start("{{ P }}"), others), "0 0 1");
}

TEST(ImpactTest, AChainOfRunbooksComesToAnEnd) {
  std::map<std::string, std::string> others;
  for (int i = 0; i < 1000; ++i)
    others["R" + std::to_string(i)] = Start("R" + std::to_string(i + 1));
  EXPECT_EQ(Counted(Start("R0"), others), "0 0 1");
}

}  // namespace
}  // namespace riposte::automation
