#include "observe/alarms.h"

#include "observe/alarm_actions.h"
#include "observe/alarm_tables.h"
#include "observe/testing/fixture.h"

namespace riposte::observe {
namespace {

/// Remembers invocations and answers as told.
class FakeInvoker final : public api::Invoker {
 public:
  explicit FakeInvoker(Executor& loop) : loop_(loop) {}
  void Invoke(api::Invocation invocation, api::Reply reply) override {
    calls.push_back(std::move(invocation));
    loop_.Post(
        [reply = std::move(reply), outcome = answer]() mutable { reply(std::move(outcome)); });
  }
  std::vector<api::Invocation> calls;
  api::Outcome answer{json::Object(), std::nullopt};

 private:
  Executor& loop_;
};

class AlarmsTest : public testing::Fixture {
 protected:
  AlarmsTest() {
    dispatcher.AddTarget(std::string(Alarms::kActionKind), actions);
    dispatcher.Start();
    alarms.Start();
  }
  ~AlarmsTest() override {
    alarms.Stop();
    dispatcher.Stop();
  }

  json::Object Config(const char* name) {
    return {{"AlarmName", name},
            {"MetricName", "Errors"},
            {"Namespace", "AWS/Lambda"},
            {"Statistic", "Sum"},
            {"Dimensions", json::Array{json::Object{{"Name", "FunctionName"}, {"Value", "a"}}}},
            {"Period", 60},
            {"EvaluationPeriods", 1},
            {"Threshold", 1.0},
            {"ComparisonOperator", "GreaterThanOrEqualToThreshold"},
            {"AlarmActions", json::Array{"arn:aws:sns:eu-west-1:123456789012:ops"}}};
  }
  void Put(const json::Object& config) {
    Write([&](store::Transaction& tx) {
      const auto put = alarms.Put(tx, scope, config, clock.Now());
      ASSERT_TRUE(put) << put.error().message;
    });
  }
  std::string StateOf(const char* name) {
    std::string state;
    Read([&](store::Transaction& tx) {
      state = ToString(alarm_tables::Find(tx, scope, name)->state);
    });
    return state;
  }
  void Report(double value, const char* function = "a") {
    metrics.Put(scope, "AWS/Lambda", "Errors", {{"FunctionName", function}}, value, "Count");
  }
  std::vector<alarm_tables::HistoryItem> History(const char* name, const char* type = "") {
    std::vector<alarm_tables::HistoryItem> items;
    Read([&](store::Transaction& tx) {
      alarm_tables::HistoryQuery query;
      query.alarm = name;
      query.type = type;
      query.descending = false;
      alarm_tables::ListHistory(tx, scope, query, [&](alarm_tables::HistoryItem item) {
        items.push_back(std::move(item));
        return true;
      });
    });
    return items;
  }

  Metrics metrics{*store, loop, clock, log};
  delivery::Dispatcher dispatcher{{}, *store, loop, clock, random, log};
  testing::RecordedEvents events;
  FakeInvoker invoker{loop};
  AlarmActions actions{invoker, clock};
  Alarms alarms{*store, loop, clock, log, metrics, dispatcher, events};
};

TEST_F(AlarmsTest, GoesOffSoonAfterTheDatapointAndNotifiesOnce) {
  Put(Config("errors"));
  EXPECT_EQ(StateOf("errors"), "INSUFFICIENT_DATA");
  Report(2);
  loop.Advance(Millis(2'000));
  EXPECT_EQ(StateOf("errors"), "ALARM");
  ASSERT_EQ(invoker.calls.size(), 1U);
  const api::Invocation& call = invoker.calls[0];
  EXPECT_EQ(call.service, "sns");
  EXPECT_EQ(call.operation, "Publish");
  EXPECT_EQ(call.principal.service, "cloudwatch.amazonaws.com");
  EXPECT_EQ(call.principal.source_arn, "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:errors");
  EXPECT_EQ(json::GetString(call.input, "Subject"), "ALARM: \"errors\" in EU (Ireland)");
  const auto message = json::Parse(json::GetString(call.input, "Message"));
  ASSERT_TRUE(message);
  const json::Object& body = message->as_object();
  EXPECT_EQ(json::GetString(body, "NewStateValue"), "ALARM");
  EXPECT_EQ(json::GetString(body, "OldStateValue"), "INSUFFICIENT_DATA");
  EXPECT_EQ(json::GetString(*json::GetObject(body, "Trigger"), "Statistic"), "SUM");
  EXPECT_EQ(json::GetString(body, "NewStateReason"),
            "Threshold Crossed: 1 datapoint [2.0 (01/01/26 00:00:00)] was greater than or equal to "
            "the threshold (1.0).");
  loop.Advance(Millis(50'000));
  EXPECT_EQ(invoker.calls.size(), 1U);
  EXPECT_EQ(History("errors", "Action").size(), 1U);
}

TEST_F(AlarmsTest, EmitsTheStateChangeEvent) {
  Put(Config("errors"));
  Report(2);
  loop.Advance(Millis(2'000));
  ASSERT_EQ(events.events.size(), 1U);
  const api::Event& event = events.events[0];
  EXPECT_EQ(event.source, "aws.cloudwatch");
  EXPECT_EQ(event.detail_type, "CloudWatch Alarm State Change");
  const json::Object& detail = event.detail.as_object();
  EXPECT_EQ(json::GetString(*json::GetObject(detail, "state"), "value"), "ALARM");
  EXPECT_EQ(json::GetString(*json::GetObject(detail, "previousState"), "value"),
            "INSUFFICIENT_DATA");
  const json::Object* configuration = json::GetObject(detail, "configuration");
  ASSERT_TRUE(configuration);
  EXPECT_EQ(json::GetArray(*configuration, "metrics")->size(), 1U);
}

TEST_F(AlarmsTest, ComesBackWhenThePeriodsAreOver) {
  json::Object config = Config("errors");
  config["TreatMissingData"] = "notBreaching";
  config["OKActions"] = json::Array{"arn:aws:sns:eu-west-1:123456789012:calm"};
  Put(config);
  Report(1);
  loop.Advance(Millis(2'000));
  EXPECT_EQ(StateOf("errors"), "ALARM");
  loop.Advance(std::chrono::minutes(5));
  EXPECT_EQ(StateOf("errors"), "OK");
  ASSERT_EQ(invoker.calls.size(), 2U);
  EXPECT_EQ(json::GetString(invoker.calls[1].input, "TopicArn"),
            "arn:aws:sns:eu-west-1:123456789012:calm");
  const auto items = History("errors", "StateUpdate");
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[1].summary, "Alarm updated from ALARM to OK");
}

TEST_F(AlarmsTest, AnEarlyLookNeverCallsOff) {
  Put(Config("errors"));
  Report(1);
  loop.Advance(Millis(60'000));
  EXPECT_EQ(StateOf("errors"), "ALARM");
  loop.Advance(Millis(1'000));
  Report(0);
  loop.Advance(Millis(2'000));
  EXPECT_EQ(StateOf("errors"), "ALARM");
  loop.Advance(Millis(60'000));
  EXPECT_EQ(StateOf("errors"), "OK");
}

TEST_F(AlarmsTest, AGrowingSumIsNotJudgedByLessThanBeforeItsPeriodEnds) {
  json::Object config = Config("heartbeat");
  config["ComparisonOperator"] = "LessThanThreshold";
  config["Threshold"] = 3.0;
  Put(config);
  loop.Advance(Millis(60'000));
  for (int minute = 0; minute < 3; ++minute) {
    for (int i = 0; i < 3; ++i) {
      Report(1);
      loop.Advance(Millis(20'000));
    }
    EXPECT_EQ(StateOf("heartbeat"), "OK") << minute;
  }
  loop.Advance(Millis(5'000));
  Report(1);
  loop.Advance(Millis(55'000));
  EXPECT_EQ(StateOf("heartbeat"), "ALARM");
}

TEST_F(AlarmsTest, SumsOverADimensionThatIsNamedThreeTimes) {
  json::Object config = Config("recipe");
  config["Period"] = 300;
  config["Threshold"] = 3.0;
  json::Array dimensions;
  for (const char* function : {"a", "b", "c"}) {
    dimensions.push_back(json::Object{{"Name", "FunctionName"}, {"Value", function}});
  }
  config["Dimensions"] = dimensions;
  Put(config);
  Report(1, "a");
  Report(1, "b");
  loop.Advance(Millis(5'000));
  EXPECT_EQ(StateOf("recipe"), "OK");
  Report(5, "other");
  loop.Advance(Millis(5'000));
  EXPECT_EQ(StateOf("recipe"), "OK");
  Report(1, "c");
  loop.Advance(Millis(5'000));
  EXPECT_EQ(StateOf("recipe"), "ALARM");
  const auto message = json::Parse(json::GetString(invoker.calls.back().input, "Message"));
  EXPECT_EQ(json::GetObject(message->as_object(), "Trigger")->at("Dimensions").as_array().size(),
            3U);
}

TEST_F(AlarmsTest, DisabledActionsChangeTheStateOnly) {
  json::Object config = Config("quiet");
  config["ActionsEnabled"] = false;
  Put(config);
  Report(2);
  loop.Advance(Millis(2'000));
  EXPECT_EQ(StateOf("quiet"), "ALARM");
  EXPECT_TRUE(invoker.calls.empty());
  EXPECT_EQ(events.events.size(), 1U);
}

TEST_F(AlarmsTest, SetStateActsAndTheNextEvaluationOverrules) {
  json::Object config = Config("drill");
  config["TreatMissingData"] = "notBreaching";
  Put(config);
  loop.Advance(Millis(60'000));
  EXPECT_EQ(StateOf("drill"), "OK");
  Write([&](store::Transaction& tx) {
    alarms.SetState(tx, *alarm_tables::Find(tx, scope, "drill"), AlarmState::kAlarm, "testing", "",
                    clock.Now());
  });
  EXPECT_EQ(StateOf("drill"), "ALARM");
  EXPECT_EQ(invoker.calls.size(), 1U);
  loop.Advance(Millis(60'000));
  EXPECT_EQ(StateOf("drill"), "OK");
}

TEST_F(AlarmsTest, EvaluatesPercentiles) {
  json::Object config = Config("slow");
  config.erase("Statistic");
  config["ExtendedStatistic"] = "p90";
  config["ComparisonOperator"] = "GreaterThanThreshold";
  config["Threshold"] = 50.0;
  Put(config);
  for (int i = 1; i <= 100; ++i) Report(i <= 85 ? 10 : 100);
  loop.Advance(Millis(61'000));
  EXPECT_EQ(StateOf("slow"), "ALARM");
  config["AlarmName"] = "cautious";
  config["EvaluateLowSampleCountPercentile"] = "ignore";
  config["ExtendedStatistic"] = "p99";
  Put(config);
  loop.Advance(Millis(60'000));
  EXPECT_EQ(StateOf("cautious"), "INSUFFICIENT_DATA");
}

TEST_F(AlarmsTest, HighResolutionAlarmsTickEveryTenSeconds) {
  json::Object config = Config("fast");
  config["Period"] = 10;
  config["TreatMissingData"] = "notBreaching";
  Put(config);
  loop.Advance(Millis(11'000));
  EXPECT_EQ(StateOf("fast"), "OK");
}

TEST_F(AlarmsTest, AFailingActionIsInTheHistory) {
  invoker.answer = {{}, api::Error("NotFound", "Topic does not exist")};
  Put(Config("errors"));
  Report(2);
  loop.Advance(Millis(3'000));
  const auto items = History("errors", "Action");
  ASSERT_EQ(items.size(), 1U);
  EXPECT_EQ(items[0].summary,
            "Failed to execute action arn:aws:sns:eu-west-1:123456789012:ops. Received error: "
            "\"Topic does not exist\"");
}

TEST_F(AlarmsTest, RefusesWhatItCannotEvaluate) {
  const auto refused = [&](const char* member, const json::Value& value) {
    json::Object config = Config("bad");
    config[member] = value;
    const auto plan = AlarmPlan::From(scope, config);
    return plan ? std::string("accepted") : plan.error().message;
  };
  EXPECT_NE(refused("Period", 45), "accepted");
  EXPECT_NE(refused("EvaluationPeriods", 1500), "accepted");
  EXPECT_NE(refused("DatapointsToAlarm", 2), "accepted");
  EXPECT_NE(refused("Statistic", "Median"), "accepted");
  EXPECT_NE(refused("TreatMissingData", "guess"), "accepted");
  EXPECT_NE(refused("ComparisonOperator", "GreaterThanUpperThreshold"), "accepted");
  EXPECT_NE(refused("Metrics", json::Array{json::Object{{"Id", "e"}, {"Expression", "m1+m2"}}}),
            "accepted");
  EXPECT_EQ(refused("Period", 300), "accepted");
}

TEST_F(AlarmsTest, WatchesAgainAfterARestart) {
  Put(Config("errors"));
  alarms.Stop();
  Alarms again(*store, loop, clock, log, metrics, dispatcher, events);
  again.Start();
  Report(2);
  loop.Advance(Millis(2'000));
  EXPECT_EQ(StateOf("errors"), "ALARM");
  again.Stop();
}

TEST_F(AlarmsTest, NoAlarmsNoTimers) {
  loop.RunUntilIdle();
  EXPECT_EQ(loop.pending(), 0U);
  Put(Config("errors"));
  EXPECT_EQ(loop.pending(), 1U);
  Write([&](store::Transaction& tx) {
    alarms.Delete(tx, *alarm_tables::Find(tx, scope, "errors"), clock.Now());
  });
  loop.Advance(Millis(120'000));
  EXPECT_EQ(loop.pending(), 0U);
}

}  // namespace
}  // namespace riposte::observe
