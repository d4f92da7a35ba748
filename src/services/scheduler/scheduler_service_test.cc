// The Scheduler's operations: what they keep, list, refuse and forget.
#include <gtest/gtest.h>

#include "app/testing/harness.h"

namespace riposte::scheduler {
namespace {

using app::testing::Harness;
using json::Array;
using json::Object;

class SchedulerServiceTest : public ::testing::Test {
 protected:
  SchedulerServiceTest() {
    engine.Call("iam", "CreateRole",
                {{"RoleName", "timer"},
                 {"AssumeRolePolicyDocument",
                  R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",
                      "Principal":{"Service":"scheduler.amazonaws.com"},
                      "Action":"sts:AssumeRole"}]})"}});
  }
  Object Schedule(const std::string& name, Object more = {}) {
    Object input{{"Name", name},
                 {"ScheduleExpression", "rate(5 minutes)"},
                 {"FlexibleTimeWindow", Object{{"Mode", "OFF"}}},
                 {"Target", Target()}};
    for (const auto& [key, value] : more) input[key] = value;
    return input;
  }
  Object Target(Object more = {}) {
    Object target{{"Arn", engine.Arn("sqs", "inbox")}, {"RoleArn", Role("timer")}};
    for (const auto& [key, value] : more) target[key] = value;
    return target;
  }
  std::string Role(const std::string& name) {
    return MakeGlobalArn("iam", engine.scope().account, "role/" + name);
  }
  Object Create(const std::string& name, Object more = {}) {
    return engine.Call("scheduler", "CreateSchedule", Schedule(name, std::move(more)));
  }
  /// "code: message" of a creation that must fail.
  std::string Refusal(Object more) {
    const auto outcome =
        engine.TryCall("scheduler", "CreateSchedule", Schedule("refused", std::move(more)));
    return outcome.ok() ? "" : outcome.error->code() + ": " + outcome.error->message();
  }
  std::vector<std::string> Names(Object filter = {}) {
    std::vector<std::string> names;
    const Object page = engine.Call("scheduler", "ListSchedules", std::move(filter));
    for (const json::Value& item : page.at("Schedules").as_array()) {
      names.push_back(std::string(json::GetString(item.as_object(), "GroupName")) + "/" +
                      std::string(json::GetString(item.as_object(), "Name")));
    }
    return names;
  }

  Harness engine;
};

TEST_F(SchedulerServiceTest, KeepsWhatItIsTold) {
  const Object created = Create("nightly", {{"Description", "d"},
                                            {"ScheduleExpression", "cron(0 2 * * ? *)"},
                                            {"ScheduleExpressionTimezone", "Europe/Berlin"},
                                            {"State", "DISABLED"}});
  EXPECT_EQ(json::GetString(created, "ScheduleArn"),
            engine.Arn("scheduler", "schedule/default/nightly"));
  Object got = engine.Call("scheduler", "GetSchedule", {{"Name", "nightly"}});
  EXPECT_EQ(json::GetString(got, "Arn"), engine.Arn("scheduler", "schedule/default/nightly"));
  EXPECT_EQ(json::GetString(got, "GroupName"), "default");
  EXPECT_EQ(json::GetString(got, "State"), "DISABLED");
  EXPECT_EQ(json::GetString(got, "ScheduleExpressionTimezone"), "Europe/Berlin");
  EXPECT_EQ(json::GetString(got, "ActionAfterCompletion"), "NONE");
  EXPECT_EQ(json::GetDouble(got, "CreationDate"), ToSeconds(engine.clock.Now()));
  const Object& policy = *json::GetObject(*json::GetObject(got, "Target"), "RetryPolicy");
  EXPECT_EQ(json::GetInt(policy, "MaximumRetryAttempts"), 185);
  EXPECT_EQ(json::GetInt(policy, "MaximumEventAgeInSeconds"), 86'400);

  // An update replaces all of it.
  engine.Call("scheduler", "UpdateSchedule", Schedule("nightly"));
  got = engine.Call("scheduler", "GetSchedule", {{"Name", "nightly"}});
  EXPECT_FALSE(got.contains("Description"));
  EXPECT_EQ(json::GetString(got, "State"), "ENABLED");
  EXPECT_EQ(json::GetString(got, "ScheduleExpressionTimezone"), "UTC");

  engine.Call("scheduler", "DeleteSchedule", {{"Name", "nightly"}});
  for (const char* operation : {"GetSchedule", "DeleteSchedule"}) {
    EXPECT_EQ(engine.CallError("scheduler", operation, {{"Name", "nightly"}}),
              "ResourceNotFoundException");
  }
  EXPECT_EQ(engine.CallError("scheduler", "UpdateSchedule", Schedule("nightly")),
            "ResourceNotFoundException");
}

TEST_F(SchedulerServiceTest, ListsInPages) {
  engine.Call("scheduler", "CreateScheduleGroup", {{"Name", "alpha"}});
  Create("b");
  Create("a", {{"State", "DISABLED"}});
  Create("c", {{"GroupName", "alpha"}});
  using Strings = std::vector<std::string>;
  EXPECT_EQ(Names(), (Strings{"alpha/c", "default/a", "default/b"}));
  EXPECT_EQ(Names({{"GroupName", "alpha"}}), Strings{"alpha/c"});
  EXPECT_EQ(Names({{"NamePrefix", "b"}}), Strings{"default/b"});
  EXPECT_EQ(Names({{"State", "DISABLED"}}), Strings{"default/a"});
  const Object first = engine.Call("scheduler", "ListSchedules", {{"MaxResults", 2}});
  EXPECT_EQ(Names({{"NextToken", json::GetString(first, "NextToken")}}), Strings{"default/b"});
  EXPECT_EQ(engine.CallError("scheduler", "ListSchedules", {{"NextToken", "x"}}),
            "ValidationException");
  EXPECT_EQ(engine.CallError("scheduler", "ListSchedules", {{"GroupName", "none"}}),
            "ResourceNotFoundException");
}

TEST_F(SchedulerServiceTest, GroupsHoldSchedulesAndTags) {
  EXPECT_EQ(engine.CallError("scheduler", "CreateSchedule", Schedule("s", {{"GroupName", "g"}})),
            "ResourceNotFoundException");
  const Object made =
      engine.Call("scheduler", "CreateScheduleGroup",
                  {{"Name", "g"}, {"Tags", Array{Object{{"Key", "team"}, {"Value", "red"}}}}});
  const std::string arn(json::GetString(made, "ScheduleGroupArn"));
  EXPECT_EQ(arn, engine.Arn("scheduler", "schedule-group/g"));
  EXPECT_EQ(engine.CallError("scheduler", "CreateScheduleGroup", {{"Name", "g"}}),
            "ConflictException");
  Create("s", {{"GroupName", "g"}});
  Create("s");

  engine.Call("scheduler", "TagResource",
              {{"ResourceArn", arn}, {"Tags", Array{Object{{"Key", "a"}, {"Value", "1"}}}}});
  engine.Call("scheduler", "UntagResource", {{"ResourceArn", arn}, {"TagKeys", Array{"team"}}});
  const Object tags = engine.Call("scheduler", "ListTagsForResource", {{"ResourceArn", arn}});
  EXPECT_EQ(json::Serialize(tags.at("Tags")), R"([{"Key":"a","Value":"1"}])");

  const Object groups = engine.Call("scheduler", "ListScheduleGroups");
  ASSERT_EQ(groups.at("ScheduleGroups").as_array().size(), 2U);
  EXPECT_EQ(json::GetString(groups.at("ScheduleGroups").at(0).as_object(), "Name"), "default");
  EXPECT_EQ(json::GetString(engine.Call("scheduler", "GetScheduleGroup", {{"Name", "g"}}), "State"),
            "ACTIVE");

  engine.Call("scheduler", "DeleteScheduleGroup", {{"Name", "g"}});
  EXPECT_EQ(Names(), std::vector<std::string>{"default/s"});
  EXPECT_EQ(engine.CallError("scheduler", "ListTagsForResource", {{"ResourceArn", arn}}),
            "ResourceNotFoundException");
  EXPECT_EQ(engine.CallError("scheduler", "DeleteScheduleGroup", {{"Name", "default"}}),
            "ValidationException");
}

TEST_F(SchedulerServiceTest, AClientTokenCountsOnce) {
  const Object request = Schedule("once", {{"ClientToken", "t-1"}});
  engine.Call("scheduler", "CreateSchedule", request);
  engine.Call("scheduler", "CreateSchedule", request);
  EXPECT_EQ(
      engine.CallError("scheduler", "CreateSchedule", Schedule("other", {{"ClientToken", "t-1"}})),
      "ConflictException");
  EXPECT_EQ(engine.CallError("scheduler", "CreateSchedule", Schedule("once")), "ConflictException");
  // A refused call has not used its token.
  EXPECT_EQ(engine.CallError("scheduler", "CreateSchedule",
                             Schedule("late", {{"ClientToken", "t-2"}, {"GroupName", "later"}})),
            "ResourceNotFoundException");
  engine.Call("scheduler", "CreateScheduleGroup", {{"Name", "later"}});
  Create("late", {{"ClientToken", "t-2"}, {"GroupName", "later"}});
  // The same deletion again is no error.
  engine.Call("scheduler", "DeleteSchedule", {{"Name", "once"}, {"ClientToken", "t-3"}});
  engine.Call("scheduler", "DeleteSchedule", {{"Name", "once"}, {"ClientToken", "t-3"}});
}

TEST_F(SchedulerServiceTest, RefusesTimesThatMakeNoSense) {
  const double now = ToSeconds(engine.clock.Now());
  EXPECT_EQ(Refusal({{"ScheduleExpression", "cron(0 25 * * ? *)"}}),
            "ValidationException: Invalid Schedule Expression cron(0 25 * * ? *).");
  EXPECT_EQ(Refusal({{"ScheduleExpressionTimezone", "Mars/Olympus"}}),
            "ValidationException: Invalid Schedule Expression Timezone Mars/Olympus.");
  const Object cases[] = {
      {{"FlexibleTimeWindow", Object{{"Mode", "FLEXIBLE"}}}},
      {{"FlexibleTimeWindow", Object{{"Mode", "OFF"}, {"MaximumWindowInMinutes", 5}}}},
      {{"StartDate", now - 3600}},
      {{"EndDate", now - 1}},
      {{"StartDate", now + 7200}, {"EndDate", now + 3600}},
  };
  for (const Object& more : cases) {
    EXPECT_TRUE(Refusal(more).starts_with("ValidationException")) << json::Serialize(more);
  }
}

TEST_F(SchedulerServiceTest, RefusesTargetsThatCannotBe) {
  const auto with = [this](std::string arn, Object more = {}) {
    more["Arn"] = std::move(arn);
    return Refusal({{"Target", Target(std::move(more))}});
  };
  const std::string bus = engine.Arn("events", "event-bus/default");
  const std::string function = engine.Arn("lambda", "function:f");
  const std::pair<std::string, Object> cases[] = {
      {"nonsense", {}},
      {engine.Arn("kinesis", "stream/s"), {}},
      {bus, {}},
      {function, {{"Input", "{not json"}}},
      {function, {{"EcsParameters", Object{{"TaskDefinitionArn", "a"}}}}},
      {engine.Arn("sqs", "q.fifo"), {}},
      {"arn:aws:scheduler:::aws-sdk:sqs:noSuchThing", {}},
      {"arn:aws:scheduler:::aws-sdk:nowhere:sendMessage", {}},
      {"arn:aws:scheduler:::aws-sdk:sqs:getQueueUrl", {}},
      {"arn:aws:scheduler:::aws-sdk:sqs:receiveMessage", {}},
      {"arn:aws:scheduler:::aws-sdk:sqs:sendMessage", {{"Input", "text"}}},
  };
  for (const auto& [arn, more] : cases) {
    EXPECT_TRUE(with(arn, more).starts_with("ValidationException")) << arn;
  }
  EXPECT_EQ(with("arn:aws:scheduler:::aws-sdk:sqs:sendMessage", {{"Input", "{}"}}), "");
}

TEST_F(SchedulerServiceTest, RolesMustBePassedAndTrust) {
  engine.Call("iam", "CreateRole",
              {{"RoleName", "other"},
               {"AssumeRolePolicyDocument",
                R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",
                    "Principal":{"Service":"lambda.amazonaws.com"},
                    "Action":"sts:AssumeRole"}]})"}});
  for (const char* role : {"other", "none"}) {
    EXPECT_EQ(Refusal({{"Target", Target({{"RoleArn", Role(role)}})}}),
              "ValidationException: The execution role you provide must allow AWS EventBridge "
              "Scheduler to assume the role.");
  }
  // Somebody who may make schedules, and pass no role.
  engine.Call("iam", "CreateUser", {{"UserName", "eve"}});
  engine.Call("iam", "PutUserPolicy",
              {{"UserName", "eve"},
               {"PolicyName", "p"},
               {"PolicyDocument",
                R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",
                    "Action":"scheduler:*","Resource":"*"}]})"}});
  access::Principal eve;
  eve.kind = access::Principal::Kind::kUser;
  eve.account = engine.scope().account;
  eve.arn = MakeGlobalArn("iam", eve.account, "user/eve");
  const auto outcome = engine.TryCallAs(eve, "scheduler", "CreateSchedule", Schedule("s"));
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error->code(), "AccessDeniedException");
  EXPECT_NE(outcome.error->message().find("iam:PassRole"), std::string::npos);
}

}  // namespace
}  // namespace riposte::scheduler
