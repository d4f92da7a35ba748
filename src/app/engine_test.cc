#include <gtest/gtest.h>

#include "app/testing/harness.h"

namespace riposte::app::testing {
namespace {

json::Object Finding(const std::string& id, const std::string& label) {
  const std::string product =
      "arn:aws:securityhub:eu-west-1:123456789012:product/123456789012/default";
  return {{"SchemaVersion", "2018-10-08"},
          {"Id", id},
          {"ProductArn", product},
          {"GeneratorId", "test"},
          {"AwsAccountId", "123456789012"},
          {"CreatedAt", "2026-01-01T00:00:00Z"},
          {"UpdatedAt", "2026-01-01T00:00:00Z"},
          {"Severity", json::Object{{"Label", label}}},
          {"Title", "t"},
          {"Description", "d"},
          {"Resources", json::Array{json::Object{{"Type", "Other"}, {"Id", "x"}}}}};
}

TEST(Engine, EveryRowHasItsModelAndEveryModelItsRow) {
  Harness engine;
  for (const auto& [service, operation] : engine.engine().registry().List()) {
    const wire::ServiceModel* model = engine.engine().catalog().Find(service);
    ASSERT_NE(model, nullptr) << service;
    EXPECT_TRUE(model->operations.contains(operation)) << service << ":" << operation;
  }
}

TEST(Engine, WhatWasCommittedSurvivesARestart) {
  Harness engine({.durable = true});
  engine.Call("securityhub", "BatchImportFindings",
              {{"Findings", json::Array{Finding("f-1", "HIGH")}}});
  engine.Restart();
  const auto found = engine.Call("securityhub", "GetFindings");
  ASSERT_EQ(found.at("Findings").as_array().size(), 1u);
  EXPECT_EQ(found.at("Findings").at(0).at("Workflow").at("Status"), "NEW");
}

TEST(Engine, RefusesWhatIsNotOffered) {
  Harness engine;
  EXPECT_EQ(engine.CallError("securityhub", "NoSuchThing"), "UnknownOperationException");
  EXPECT_EQ(engine.CallError("nosuchservice", "Get"), "UnknownOperationException");
  EXPECT_EQ(engine.CallError("securityhub", "BatchImportFindings"), "InvalidInputException");
}

}  // namespace
}  // namespace riposte::app::testing
