// Schedules over the whole engine: when they fire, what reaches their targets, and what becomes of
// them when the engine restarts and when the clock jumps.
#include <gtest/gtest.h>

#include "app/testing/harness.h"

namespace riposte::app::testing {
namespace {

using json::Array;
using json::Object;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class SchedulesFlow : public ::testing::Test {
 protected:
  SchedulesFlow() {
    engine.Call("iam", "CreateRole",
                {{"RoleName", "timer"},
                 {"AssumeRolePolicyDocument",
                  R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",
                      "Principal":{"Service":"scheduler.amazonaws.com"},
                      "Action":"sts:AssumeRole"}]})"}});
    Permit(R"(["sqs:*", "events:PutEvents", "lambda:InvokeFunction"])");
    engine.Call(
        "sqs", "CreateQueue",
        {{"QueueName", "inbox"}, {"Attributes", Object{{"MessageRetentionPeriod", "1209600"}}}});
    engine.Call("sqs", "CreateQueue", {{"QueueName", "letters"}});
  }
  void Permit(const std::string& actions) {
    engine.Call("iam", "PutRolePolicy",
                {{"RoleName", "timer"},
                 {"PolicyName", "p"},
                 {"PolicyDocument", R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",
                     "Resource":"*","Action":)" +
                                        actions + "}]}"}});
  }
  Object Target(Object more = {}) {
    Object target{{"Arn", engine.Arn("sqs", "inbox")},
                  {"RoleArn", MakeGlobalArn("iam", engine.scope().account, "role/timer")},
                  {"Input", "<aws.scheduler.scheduled-time>"}};
    for (const auto& [key, value] : more) target[key] = value;
    return target;
  }
  void Create(const std::string& expression, Object more = {}) {
    Object input{{"Name", "s"},
                 {"ScheduleExpression", expression},
                 {"FlexibleTimeWindow", Object{{"Mode", "OFF"}}},
                 {"Target", Target()}};
    for (const auto& [key, value] : more) input[key] = value;
    engine.Call("scheduler", "CreateSchedule", std::move(input));
  }
  std::string QueueUrl(const std::string& queue) {
    return "http://localhost/" + engine.scope().account.str() + "/" + queue;
  }
  /// Takes the messages out of a queue.
  std::vector<Object> Receive(const std::string& queue = "inbox") {
    std::vector<Object> out;
    while (true) {
      const Object page = engine.Call("sqs", "ReceiveMessage",
                                      {{"QueueUrl", QueueUrl(queue)},
                                       {"MaxNumberOfMessages", 10},
                                       {"MessageAttributeNames", Array{"All"}}});
      const Array* messages = json::GetArray(page, "Messages");
      if (!messages || messages->empty()) return out;
      for (const json::Value& message : *messages) {
        out.push_back(message.as_object());
        engine.Call("sqs", "DeleteMessage",
                    {{"QueueUrl", QueueUrl(queue)},
                     {"ReceiptHandle", json::GetString(out.back(), "ReceiptHandle")}});
      }
    }
  }
  /// The bodies of what has come, joined.
  std::string Fired() {
    std::vector<std::string> bodies;
    for (const Object& message : Receive()) bodies.emplace_back(json::GetString(message, "Body"));
    std::ranges::sort(bodies);
    std::string out;
    for (const std::string& body : bodies) out += (out.empty() ? "" : " ") + body;
    return out;
  }
  std::string NextDue() {
    std::optional<int64_t> ms;
    engine.engine().store().Read([&](store::Transaction& tx) {
      ms = tx.QueryInt("SELECT min(due_ms) FROM scheduler_schedules");
    });
    return ms ? FormatIso8601(FromMillis(*ms), true) : "never";
  }
  /// Time passes, from firing to firing: the harness would run every timer of every part.
  void PassUntil(TimePoint end) {
    while (true) {
      const auto due = ParseIso8601(NextDue());
      if (!due || *due > end) break;
      engine.clock.Set(std::max(engine.clock.Now(), *due));
      engine.RunUntilIdle();
    }
    engine.clock.Set(end);
    engine.RunUntilIdle();
  }
  void Pass(Millis by) { PassUntil(engine.clock.Now() + by); }
  /// The clock is set to another time, as an operator or NTP does it.
  void JumpTo(std::string_view time) {
    engine.loop.JumpTo(*ParseIso8601(time));
    engine.AdvanceTime(seconds(61));  // By then it has been seen.
  }
  bool Exists() { return engine.CallError("scheduler", "GetSchedule", {{"Name", "s"}}).empty(); }

  Harness engine{{.durable = true}};
};

TEST_F(SchedulesFlow, RatesBeginAtOnceOrAtTheirStart) {
  Create("rate(5 minutes)");
  EXPECT_EQ(Fired(), "2026-01-01T00:00:00Z");
  Pass(minutes(11));
  EXPECT_EQ(Fired(), "2026-01-01T00:05:00Z 2026-01-01T00:10:00Z");
  Create("rate(2 hours)", {{"Name", "later"},
                           {"StartDate", ToSeconds(*ParseIso8601("2026-01-01T00:30:00Z"))},
                           {"EndDate", ToSeconds(*ParseIso8601("2026-01-01T05:00:00Z"))}});
  engine.Call("scheduler", "DeleteSchedule", {{"Name", "s"}});
  Pass(days(1));
  EXPECT_EQ(Fired(), "2026-01-01T00:30:00Z 2026-01-01T02:30:00Z 2026-01-01T04:30:00Z");
}

TEST_F(SchedulesFlow, DaylightSaving) {
  PassUntil(*ParseIso8601("2026-03-07T00:00:00Z"));
  Create("cron(30 2 * * ? *)", {{"ScheduleExpressionTimezone", "America/New_York"}});
  Pass(days(4));
  // On 8 March the clocks go from 02:00 to 03:00.
  EXPECT_EQ(Fired(), "2026-03-07T07:30:00Z 2026-03-09T06:30:00Z 2026-03-10T06:30:00Z");
  engine.Call("scheduler", "DeleteSchedule", {{"Name", "s"}});
  PassUntil(*ParseIso8601("2026-10-31T00:00:00Z"));
  Create("cron(30 1 * * ? *)", {{"ScheduleExpressionTimezone", "America/New_York"}});
  Pass(days(3));
  // On 1 November 01:30 comes twice.
  EXPECT_EQ(Fired(), "2026-10-31T05:30:00Z 2026-11-01T05:30:00Z 2026-11-02T06:30:00Z");
}

TEST_F(SchedulesFlow, OnceAndThenGone) {
  Create("at(2026-01-01T09:00:00)",
         {{"ScheduleExpressionTimezone", "Asia/Tokyo"}, {"ActionAfterCompletion", "DELETE"}});
  EXPECT_EQ(Fired(), "2026-01-01T00:00:00Z");  // Now is not past.
  EXPECT_FALSE(Exists());
  Create("at(2026-01-01T10:00:00)", {{"ScheduleExpressionTimezone", "Asia/Tokyo"}});
  Pass(days(2));
  EXPECT_EQ(Fired(), "2026-01-01T01:00:00Z");
  EXPECT_TRUE(Exists());
  Create("at(2026-01-01T10:00:00)", {{"Name", "past"}});
  Pass(days(2));
  EXPECT_EQ(Fired(), "");
  // A recurring one goes after its last time.
  Create("rate(1 hour)", {{"Name", "r"},
                          {"ActionAfterCompletion", "DELETE"},
                          {"EndDate", ToSeconds(engine.clock.Now() + hours(2))}});
  Pass(hours(1));
  EXPECT_EQ(engine.CallError("scheduler", "GetSchedule", {{"Name", "r"}}), "");
  Pass(hours(1));
  EXPECT_EQ(engine.CallError("scheduler", "GetSchedule", {{"Name", "r"}}),
            "ResourceNotFoundException");
  EXPECT_EQ(Receive().size(), 3U);
}

TEST_F(SchedulesFlow, DisabledAndEnabledAgain) {
  Create("rate(1 hour)", {{"State", "DISABLED"}});
  Pass(hours(3));
  EXPECT_EQ(Fired(), "");
  Object update{{"Name", "s"},
                {"ScheduleExpression", "rate(1 hour)"},
                {"FlexibleTimeWindow", Object{{"Mode", "OFF"}}},
                {"Target", Target()}};
  Pass(minutes(30));
  engine.Call("scheduler", "UpdateSchedule", update);
  Pass(hours(1));
  EXPECT_EQ(Fired(), "2026-01-01T04:00:00Z");
  // An update that leaves the times as they are fires nothing twice.
  update["Description"] = "d";
  engine.Call("scheduler", "UpdateSchedule", update);
  Pass(minutes(45));
  EXPECT_EQ(Fired(), "2026-01-01T05:00:00Z");
}

TEST_F(SchedulesFlow, AWindowsMomentSurvivesARestartAndAnUpdate) {
  Object window{
      {"FlexibleTimeWindow", Object{{"Mode", "FLEXIBLE"}, {"MaximumWindowInMinutes", 60}}},
      {"Name", "s"},
      {"ScheduleExpression", "cron(0 6 * * ? *)"},
      {"Target", Target()}};
  engine.Call("scheduler", "CreateSchedule", window);
  const std::string drawn = NextDue();
  EXPECT_GE(drawn, "2026-01-01T06:00:00.000Z");
  EXPECT_LT(drawn, "2026-01-01T07:00:00.000Z");
  engine.Restart();
  EXPECT_EQ(NextDue(), drawn);
  PassUntil(*ParseIso8601(drawn) - Millis(1));
  window["Description"] = "now in the window";
  engine.Call("scheduler", "UpdateSchedule", window);
  EXPECT_EQ(NextDue(), drawn);
  EXPECT_EQ(Fired(), "");
  Pass(Millis(1));
  EXPECT_EQ(Fired(), "2026-01-01T06:00:00Z");
  Pass(days(1));
  EXPECT_EQ(Fired(), "2026-01-02T06:00:00Z");
}

TEST_F(SchedulesFlow, WindowsLongerThanTheRhythmLoseNothing) {
  Create("rate(10 minutes)",
         {{"FlexibleTimeWindow", Object{{"Mode", "FLEXIBLE"}, {"MaximumWindowInMinutes", 60}}}});
  Pass(hours(24));
  const size_t fired = Receive().size();
  EXPECT_GE(fired, 138U);  // All but those whose moment is to come.
  EXPECT_LE(fired, 145U);
}

TEST_F(SchedulesFlow, WhatWasMissedWhileDown) {
  Create("at(2026-01-01T01:00:00)", {{"Name", "once"}, {"ActionAfterCompletion", "DELETE"}});
  Create("cron(0 * * * ? *)");
  EXPECT_EQ(Fired(), "2026-01-01T00:00:00Z");
  engine.clock.Set(*ParseIso8601("2026-01-01T03:30:00Z"));
  engine.Restart();
  EXPECT_EQ(Fired(), "2026-01-01T01:00:00Z") << "the one-time schedule, late; no hour is made up";
  engine.Restart();
  Pass(hours(1));
  EXPECT_EQ(Fired(), "2026-01-01T04:00:00Z");
  // Down for a moment only.
  engine.clock.Set(*ParseIso8601("2026-01-01T05:00:20Z"));
  engine.Restart();
  EXPECT_EQ(Fired(), "2026-01-01T05:00:00Z");
}

TEST_F(SchedulesFlow, TheClockJumpsAYearAhead) {
  Create("cron(0 0/6 * * ? *)");
  Create("at(2026-03-01T00:00:00)", {{"Name", "once"}});
  EXPECT_EQ(Fired(), "2026-01-01T00:00:00Z");
  JumpTo("2027-01-01T01:00:00Z");
  EXPECT_EQ(Fired(), "2026-01-01T06:00:00Z 2026-03-01T00:00:00Z") << "what was planned, and once";
  Pass(hours(6));
  EXPECT_EQ(Fired(), "2027-01-01T06:00:00Z");
  engine.Restart();
  Pass(hours(6));
  EXPECT_EQ(Fired(), "2027-01-01T12:00:00Z");
}

TEST_F(SchedulesFlow, TheClockJumpsAYearBack) {
  Create("cron(0 0 ? * MON *)");
  Pass(days(14));
  EXPECT_EQ(Fired(), "2026-01-05T00:00:00Z 2026-01-12T00:00:00Z");
  JumpTo("2025-01-10T00:00:00Z");
  Pass(days(4));
  EXPECT_EQ(Fired(), "2025-01-13T00:00:00Z") << "that Monday had not been used";
  engine.Restart();
  std::string fired;
  while (engine.clock.Now() < *ParseIso8601("2026-01-20T00:00:00Z")) {
    Pass(days(7));
    if (const std::string more = Fired(); !more.empty()) fired += (fired.empty() ? "" : " ") + more;
  }
  // The other 50 Mondays of 2025, and those of 2026 that had not been used.
  EXPECT_EQ(std::ranges::count(fired, ' ') + 1, 50 + 1);
  EXPECT_EQ(fired.find("2026-01-05"), std::string::npos);
  EXPECT_EQ(fired.find("2026-01-12"), std::string::npos);
  EXPECT_TRUE(fired.ends_with("2025-12-29T00:00:00Z 2026-01-19T00:00:00Z")) << fired;
}

TEST_F(SchedulesFlow, AWrongClockIsPutRight) {
  Create("cron(0 12 * * ? *)");
  JumpTo("2027-06-01T00:00:00Z");  // Wrong.
  EXPECT_EQ(Fired(), "2026-01-01T12:00:00Z");
  Pass(days(2));
  EXPECT_EQ(Fired(), "2027-06-01T12:00:00Z 2027-06-02T12:00:00Z");
  JumpTo("2026-01-03T00:00:00Z");  // Right.
  Pass(days(2));
  EXPECT_EQ(Fired(), "2026-01-03T12:00:00Z 2026-01-04T12:00:00Z");
  // Also when nobody was there to see it.
  engine.clock.Set(*ParseIso8601("2025-12-30T00:00:00Z"));
  engine.Restart();
  Pass(days(1));
  EXPECT_EQ(Fired(), "2025-12-30T12:00:00Z");
}

TEST_F(SchedulesFlow, ContextAttributesAndWhatComesWithoutAnInput) {
  Object target = Target();
  target["Input"] =
      "<aws.scheduler.schedule-arn>|<aws.scheduler.attempt-number>|<aws.scheduler.execution-id>|"
      "<aws.scheduler.nonsense>|<aws.scheduler.<aws.scheduler.attempt-number>|<b>";
  Create("at(2026-01-01T00:00:00)", {{"Target", target}});
  const std::string body = Fired();
  const std::string arn = engine.Arn("scheduler", "schedule/default/s");
  ASSERT_TRUE(body.starts_with(arn + "|1|")) << body;
  EXPECT_TRUE(body.ends_with("|<aws.scheduler.nonsense>|<aws.scheduler.1|<b>")) << body;
  EXPECT_EQ(body.find('|', arn.size() + 3), arn.size() + 3 + 16) << body;

  target.erase("Input");
  Create("at(2026-01-01T00:00:00)", {{"Name", "plain"}, {"Target", target}});
  const auto notice = json::Parse(Fired());
  ASSERT_TRUE(notice);
  EXPECT_EQ(json::GetString(notice->as_object(), "source"), "aws.scheduler");
  EXPECT_EQ(json::GetString(notice->as_object(), "detail-type"), "Scheduled Event");
}

TEST_F(SchedulesFlow, UniversalTargetsAndBuses) {
  Create("at(2026-01-01T00:00:00)",
         {{"Target",
           Target({{"Arn", "arn:aws:scheduler:::aws-sdk:sqs:sendMessage"},
                   {"Input", json::Serialize(Object{
                                 {"QueueUrl", QueueUrl("inbox")},
                                 {"MessageBody", "at <aws.scheduler.scheduled-time>"}})}})}});
  EXPECT_EQ(Fired(), "at 2026-01-01T00:00:00Z");

  engine.Call("events", "PutRule",
              {{"Name", "r"}, {"EventPattern", R"({"source":["timer"],"detail":{"a":[1]}})"}});
  engine.Call(
      "sqs", "SetQueueAttributes",
      {{"QueueUrl", QueueUrl("inbox")},
       {"Attributes", Object{{"Policy", R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",
                    "Principal":{"Service":"events.amazonaws.com"},"Action":"sqs:SendMessage",
                    "Resource":"*"}]})"}}}});
  engine.Call("events", "PutTargets",
              {{"Rule", "r"},
               {"Targets", Array{Object{{"Id", "1"},
                                        {"Arn", engine.Arn("sqs", "inbox")},
                                        {"InputPath", "$.detail-type"}}}}});
  Create(
      "at(2026-01-01T00:00:00)",
      {{"Name", "event"},
       {"Target",
        Target({{"Arn", engine.Arn("events", "event-bus/default")},
                {"Input", R"({"a":1})"},
                {"EventBridgeParameters", Object{{"Source", "timer"}, {"DetailType", "tick"}}}})}});
  EXPECT_EQ(Fired(), "\"tick\"");
}

TEST_F(SchedulesFlow, FailuresAreRetriedAndThenDeadLetters) {
  engine.Call("sqs", "CreateQueue",
              {{"QueueName", "inbox.fifo"}, {"Attributes", Object{{"FifoQueue", "true"}}}});
  const Object target =
      Target({{"Arn", engine.Arn("sqs", "gone")},
              {"RetryPolicy", Object{{"MaximumRetryAttempts", 2}}},
              {"DeadLetterConfig", Object{{"Arn", engine.Arn("sqs", "letters")}}}});
  Create("at(2026-01-01T00:00:00)", {{"Target", target}, {"ActionAfterCompletion", "DELETE"}});
  const auto letters = Receive("letters");
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(json::GetString(letters[0], "Body"), "2026-01-01T00:00:00Z");
  const Object& attributes = *json::GetObject(letters[0], "MessageAttributes");
  const auto attribute = [&](const char* name) {
    const auto* value = json::GetObject(attributes, name);
    return std::string(value ? json::GetString(*value, "StringValue") : "");
  };
  EXPECT_EQ(attribute("SCHEDULE_ARN"), engine.Arn("scheduler", "schedule/default/s"));
  EXPECT_EQ(attribute("TARGET_ARN"), engine.Arn("sqs", "gone"));
  EXPECT_EQ(attribute("SCHEDULED_TIME"), "2026-01-01T00:00:00Z");
  EXPECT_EQ(attribute("RETRY_ATTEMPTS"), "0");
  EXPECT_NE(attribute("ERROR_CODE").find("QueueDoesNotExist"), std::string::npos);
  EXPECT_EQ(attribute("IS_PAYLOAD_TRUNCATED"), "false");
  EXPECT_EQ(attribute("EXECUTION_ID").size(), 16U);

  // What its role may not do ends there as well.
  Permit(R"("sqs:ReceiveMessage")");
  Create("at(2026-01-01T00:00:00)", {{"Name", "denied"}});
  EXPECT_EQ(Fired(), "");
  const Object dead = engine.Call("riposte", "ListDeadLetters");
  EXPECT_NE(json::Serialize(dead).find("AccessDenied"), std::string::npos);
}

}  // namespace
}  // namespace riposte::app::testing
