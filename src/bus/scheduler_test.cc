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

}  // namespace
}  // namespace riposte::bus
