#include "bus/scheduler.h"

#include "bus/testing/bus_fixture.h"

namespace riposte::bus {
namespace {

class SchedulerTest : public testing::BusTest {
 protected:
  void PutScheduled(const std::string& name, const std::string& schedule, const char* state) {
    PutRule(name, "", R"([{"Id": "q", "Arn": "arn:aws:sqs:eu-west-1:111122223333:q"}])");
    store->WriteAndWait([&](store::Transaction& tx) {
      RuleRow rule = *tables::FindRule(tx, {scope, "default", name});
      rule.schedule = schedule;
      rule.state = state;
      rule.created = clock.Now();
      tables::PutRule(tx, rule);
      rules.Refresh(tx, scope, "default");
      scheduler.Changed(tx);
    });
    loop.RunUntilIdle();
  }
  Scheduler scheduler{*store, loop, clock, rules, ingest, log};
};

TEST_F(SchedulerTest, RunsChangesAndStops) {
  scheduler.Start();
  PutScheduled("every", "rate(5 minutes)", "ENABLED");
  PutScheduled("never", "rate(1 minute)", "DISABLED");
  loop.Advance(std::chrono::minutes(16));
  ASSERT_EQ(invoker.calls.size(), 3U);
  const auto body =
      json::Parse(json::GetString(invoker.calls[0].input, "MessageBody"))->as_object();
  EXPECT_EQ(json::GetString(body, "source"), "aws.events");
  EXPECT_EQ(json::GetString(body, "detail-type"), "Scheduled Event");
  EXPECT_EQ(json::GetString(body, "time"), "2026-01-01T00:05:00Z");
  EXPECT_EQ(json::GetStrings(body, "resources"),
            std::vector<std::string>{"arn:aws:events:eu-west-1:111122223333:rule/every"});
  EXPECT_EQ(metrics.sums["TriggeredRules every"], 3);

  PutScheduled("every", "rate(1 hour)", "ENABLED");
  loop.Advance(std::chrono::minutes(59));
  EXPECT_EQ(invoker.calls.size(), 3U);
  loop.Advance(std::chrono::minutes(2));
  EXPECT_EQ(invoker.calls.size(), 4U);
  scheduler.Stop();
  loop.Advance(std::chrono::hours(5));
  EXPECT_EQ(invoker.calls.size(), 4U);
}

/// The times of the events that were sent, by the hour.
std::string Times(const testing::FakeInvoker& invoker) {
  std::string out;
  for (const auto& call : invoker.calls) {
    const auto body = json::Parse(json::GetString(call.input, "MessageBody"));
    out += (out.empty() ? "" : " ") +
           std::string(json::GetString(body->as_object(), "time")).substr(0, 13);
  }
  return out;
}

TEST_F(SchedulerTest, TheClockJumpsAYearAhead) {
  scheduler.Start();
  PutScheduled("r", "cron(0 0/6 * * ? *)", "ENABLED");
  loop.Advance(std::chrono::hours(7));
  loop.JumpTo(*ParseIso8601("2027-01-01T01:00:00Z"));
  loop.RunUntilIdle();
  EXPECT_EQ(Times(invoker), "2026-01-01T06 2026-01-01T12");
  loop.Advance(std::chrono::hours(12));
  EXPECT_EQ(Times(invoker), "2026-01-01T06 2026-01-01T12 2027-01-01T06 2027-01-01T12");
}

TEST_F(SchedulerTest, TheClockJumpsAYearBack) {
  scheduler.Start();
  PutScheduled("r", "cron(0 0/6 * * ? *)", "ENABLED");
  loop.Advance(std::chrono::hours(13));
  loop.JumpTo(*ParseIso8601("2025-01-01T01:00:00Z"));
  loop.Advance(std::chrono::hours(6));
  const std::string so_far = "2026-01-01T06 2026-01-01T12 2025-01-01T06";
  EXPECT_EQ(Times(invoker), so_far);
  // Through the times that were used: not again, also by an engine that starts anew.
  clock.Set(*ParseIso8601("2025-12-31T23:00:00Z"));
  Scheduler again{*store, loop, clock, rules, ingest, log};
  scheduler.Stop();
  again.Start();
  loop.Advance(std::chrono::hours(20));
  EXPECT_EQ(Times(invoker), so_far + " 2026-01-01T00 2026-01-01T18");
  again.Stop();
}

TEST_F(SchedulerTest, ARateGoesOnWhenTheClockIsSetBackBeforeItsBeginning) {
  scheduler.Start();
  PutScheduled("r", "rate(6 hours)", "ENABLED");
  loop.JumpTo(*ParseIso8601("2025-01-01T01:00:00Z"));
  loop.Advance(std::chrono::hours(13));
  EXPECT_EQ(Times(invoker), "2025-01-01T07 2025-01-01T13");
}

}  // namespace
}  // namespace riposte::bus
