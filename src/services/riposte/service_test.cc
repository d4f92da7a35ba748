#include "services/riposte/service.h"

#include <gtest/gtest.h>

#include "app/testing/harness.h"

namespace riposte::native {
namespace {

using app::testing::Harness;

constexpr const char* kEstate = R"(
security_groups:
  - {id: sg-0d3a51f0c7b2e9001, name: web, ingress: [{from: 22, to: 22, cidrs: ["0.0.0.0/0"]}]}
volumes:
  - {id: vol-0d3a51f0c7b2e9011, size: 8}
  - {id: vol-0d3a51f0c7b2e9012, size: 9, encrypted: true}
instances:
  - id: i-0d3a51f0c7b2e9001
    security_groups: [sg-0d3a51f0c7b2e9001]
    volumes: {/dev/xvda: vol-0d3a51f0c7b2e9011}
    tags: {Name: web-1}
)";

TEST(LoadEstate, WhatIsDescribedIsThere) {
  Harness engine;
  const auto loaded = engine.Call("riposte", "LoadEstate", {{"Document", kEstate}});
  EXPECT_EQ(loaded.at("Volumes"), 2);
  const auto instances = engine.Call("ec2", "DescribeInstances");
  const auto& instance = instances.at("Reservations").at(0).at("Instances").at(0);
  EXPECT_EQ(instance.at("State").at("Name"), "running");
  EXPECT_EQ(instance.at("SecurityGroups").at(0).at("GroupName"), "web");
  EXPECT_EQ(instance.at("BlockDeviceMappings").at(0).at("Ebs").at("VolumeId"),
            "vol-0d3a51f0c7b2e9011");
  EXPECT_EQ(engine.Call("ec2", "DescribeVolumes").at("Volumes").as_array().size(), 2u);
}

TEST(LoadEstate, RefusesWithTheLineAndLoadsNothing) {
  Harness engine;
  for (const char* bad :
       {"[1]", "a: [b", "instances: [{id: i-1, volumes: {a: vol-1}}]", "volumes: [{size: 3}]",
        "colours: []", "volumes: 3", "volumes: [{id: vol-0d3a51f0c7b2e9011, size: x}]"}) {
    EXPECT_NE(engine.CallError("riposte", "LoadEstate", {{"Document", bad}}), "") << bad;
  }
  engine.Call("riposte", "LoadEstate", {{"Document", kEstate}});
  EXPECT_EQ(engine.CallError("riposte", "LoadEstate", {{"Document", kEstate}}),
            "ValidationException");
  EXPECT_EQ(engine.Call("ec2", "DescribeVolumes").at("Volumes").as_array().size(), 2u);
}

TEST(IngestEvents, MayUseReservedSources) {
  Harness engine;
  json::Object entry{{"Source", "aws.guardduty"},
                     {"DetailType", "GuardDuty Finding"},
                     {"Detail", json::Object{{"severity", 8}}}};
  const auto reply =
      engine.Call("riposte", "IngestEvents", {{"Entries", json::Array{json::Value(entry)}}});
  EXPECT_EQ(reply.at("EventIds").as_array().size(), 1u);
  entry["Detail"] = "text";
  EXPECT_EQ(
      engine.CallError("riposte", "IngestEvents", {{"Entries", json::Array{json::Value(entry)}}}),
      "ValidationException");
}

json::Object MakeFinding(const Harness& engine) {
  return {{"SchemaVersion", "2018-10-08"},
          {"Id", "f-1"},
          {"ProductArn", engine.Arn("securityhub", "product/123456789012/default")},
          {"GeneratorId", "g"},
          {"AwsAccountId", "123456789012"},
          {"CreatedAt", "2026-01-01T00:00:00Z"},
          {"UpdatedAt", "2026-01-01T00:00:00Z"},
          {"Severity", json::Object{{"Label", "HIGH"}}},
          {"Title", "Something \x1b[31m odd"},
          {"Description", "d"},
          {"Resources", json::Array{json::Object{{"Type", "Other"}, {"Id", "x"}}}}};
}

TEST(Incidents, WhyEachRuleMatchedOrDidNot) {
  Harness engine;
  const auto put = [&](const char* name, const char* pattern) {
    engine.Call("events", "PutRule", {{"Name", name}, {"EventPattern", pattern}});
  };
  put("high",
      R"({"source":["aws.securityhub"],"detail":{"findings":{"Severity":{"Label":["HIGH"]}}}})");
  put("low",
      R"({"source":["aws.securityhub"],"detail":{"findings":{"Severity":{"Label":["LOW"]}}}})");
  engine.Call("events", "PutRule", {{"Name", "hourly"}, {"ScheduleExpression", "rate(1 hour)"}});
  engine.Call("securityhub", "BatchImportFindings",
              {{"Findings", json::Array{json::Value(MakeFinding(engine))}}});
  const auto id = engine.Call("riposte", "ListIncidents").at("Incidents").at(0).at("IncidentId");
  const auto why = engine.Call("riposte", "ExplainIncident", {{"IncidentId", id}});
  EXPECT_EQ(why.at("EventBusName"), "default");
  EXPECT_EQ(why.at("Event").at("source"), "aws.securityhub");
  const json::Array& rules = why.at("Rules").as_array();
  ASSERT_EQ(rules.size(), 2u);
  EXPECT_EQ(rules[0].at("Rule"), "high");
  EXPECT_EQ(rules[0].at("Matches"), true);
  EXPECT_EQ(rules[1].at("Matches"), false);
  const json::Value* failed = nullptr;
  for (const json::Value& field : rules[1].at("Fields").as_array()) {
    if (!field.at("Satisfied").as_bool()) failed = &field;
  }
  ASSERT_NE(failed, nullptr);
  EXPECT_EQ(failed->at("Path"), "detail.findings.Severity.Label");
  EXPECT_EQ(failed->at("Wanted"), R"(["LOW"])");
  EXPECT_EQ(failed->at("Found").at(0), R"("HIGH")");
  // Page by page.
  const auto first =
      engine.Call("riposte", "ExplainIncident", {{"IncidentId", id}, {"MaxResults", 1}});
  const auto second = engine.Call(
      "riposte", "ExplainIncident",
      {{"IncidentId", id}, {"RuleNamePrefix", "l"}, {"NextToken", first.at("NextToken")}});
  EXPECT_EQ(second.at("Rules").as_array().size(), 1u);
  EXPECT_EQ(engine.CallError("riposte", "ExplainIncident", {{"IncidentId", "inc-0"}}),
            "ResourceNotFoundException");
}

TEST(Incidents, OneAFindingWithItsTimeline) {
  Harness engine;
  const json::Object finding = MakeFinding(engine);
  for (int i = 0; i < 2; ++i) {
    engine.Call("securityhub", "BatchImportFindings",
                {{"Findings", json::Array{json::Value(finding)}}});
  }
  const auto listed = engine.Call("riposte", "ListIncidents", {{"Status", "NEW"}});
  ASSERT_EQ(listed.at("Incidents").as_array().size(), 1u);
  const auto id = listed.at("Incidents").at(0).at("IncidentId");
  const auto shown = engine.Call("riposte", "DescribeIncident", {{"IncidentId", id}});
  EXPECT_EQ(shown.at("Incident").at("Timeline").as_array().size(), 2u);
  EXPECT_EQ(engine.Call("riposte", "ListIncidents", {{"Status", "RESOLVED"}})
                .at("Incidents")
                .as_array()
                .size(),
            0u);
  EXPECT_EQ(engine.CallError("riposte", "DescribeIncident", {{"IncidentId", "inc-0"}}),
            "ResourceNotFoundException");
}

TEST(ApplyPack, RefusesABadPackAndShowsADryRun) {
  Harness engine;
  EXPECT_EQ(engine.CallError("riposte", "ApplyPack", {{"Files", json::Object{{"x", "y"}}}}),
            "ValidationException");
  const auto planned =
      engine.Call("riposte", "ApplyPack",
                  {{"Files", json::Object{{"pack.yaml",
                                           "pack: p\nversion: '1'\ntopic: t\nresponses:\n"
                                           "- name: rest\n"}}},
                   {"DryRun", true}});
  EXPECT_EQ(planned.at("Steps").at(0).at("Result"), "would run");
}

}  // namespace
}  // namespace riposte::native
