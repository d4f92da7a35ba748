#include "services/monitoring/monitoring_service.h"

#include "observe/testing/service_fixture.h"

namespace riposte::monitoring {
namespace {

class MonitoringTest : public observe::testing::ServiceFixture {
 protected:
  MonitoringTest() {
    service.Register(registry);
    alarms.Start();
  }
  ~MonitoringTest() override { alarms.Stop(); }

  json::Object Do(std::string_view operation, json::Object input = {}) {
    return Call("monitoring", operation, std::move(input));
  }
  std::string Refused(std::string_view operation, json::Object input = {}) {
    return ErrorOf("monitoring", operation, std::move(input));
  }
  json::Object Datum(json::Object datum) {
    datum["MetricName"] = "Latency";
    return {{"Namespace", "App"}, {"MetricData", json::Array{std::move(datum)}}};
  }
  json::Array Statistics(json::Array names, int period = 60) {
    json::Object input{{"Namespace", "App"},
                       {"MetricName", "Latency"},
                       {"StartTime", ToSeconds(clock.Now()) - 600},
                       {"EndTime", ToSeconds(clock.Now()) + 600},
                       {"Period", period}};
    const bool extended = !names.empty() && names[0].as_string().starts_with("p");
    input[extended ? "ExtendedStatistics" : "Statistics"] = std::move(names);
    return Do("GetMetricStatistics", std::move(input)).at("Datapoints").as_array();
  }
  json::Object AlarmInput(const char* name) {
    return {{"AlarmName", name},  {"MetricName", "Latency"},
            {"Namespace", "App"}, {"Statistic", "Maximum"},
            {"Period", 60},       {"EvaluationPeriods", 1},
            {"Threshold", 100.0}, {"ComparisonOperator", "GreaterThanThreshold"}};
  }
  json::Object Describe(const char* name) {
    const json::Array found =
        Do("DescribeAlarms", {{"AlarmNames", json::Array{name}}}).at("MetricAlarms").as_array();
    return found.empty() ? json::Object() : found[0].as_object();
  }

  observe::Metrics metrics{*store, loop, clock, log};
  delivery::Dispatcher dispatcher{{}, *store, loop, clock, random, log};
  observe::testing::RecordedEvents events;
  observe::Alarms alarms{*store, loop, clock, log, metrics, dispatcher, events};
  MonitoringService service{metrics, alarms, *store, loop};
};

TEST_F(MonitoringTest, EveryOperationOfTheModelHasAHandler) {
  EXPECT_EQ(Unmatched("monitoring"), "");
}

TEST_F(MonitoringTest, TakesAllFormsOfData) {
  Do("PutMetricData", Datum({{"Value", 10.0}, {"Unit", "Milliseconds"}}));
  Do("PutMetricData", Datum({{"Values", json::Array{20.0, 30.0}},
                             {"Counts", json::Array{1.0, 2.0}},
                             {"Unit", "Milliseconds"}}));
  const json::Array points = Statistics({"Sum", "SampleCount", "Average", "Minimum", "Maximum"});
  ASSERT_EQ(points.size(), 1U);
  const json::Object& point = points[0].as_object();
  EXPECT_EQ(json::GetDouble(point, "Sum"), 90);
  EXPECT_EQ(json::GetDouble(point, "SampleCount"), 4);
  EXPECT_EQ(json::GetDouble(point, "Average"), 22.5);
  EXPECT_EQ(json::GetDouble(point, "Minimum"), 10);
  EXPECT_EQ(json::GetDouble(point, "Maximum"), 30);
  EXPECT_EQ(json::GetString(point, "Unit"), "Milliseconds");
  const json::Array extended = Statistics({"p50"});
  EXPECT_EQ(
      json::GetDouble(*json::GetObject(extended.at(0).as_object(), "ExtendedStatistics"), "p50"),
      20);
  Do("PutMetricData",
     Datum({{"StatisticValues",
             json::Object{{"SampleCount", 2.0}, {"Sum", 5.0}, {"Minimum", 1.0}, {"Maximum", 4.0}}},
            {"Unit", "Milliseconds"}}));
  EXPECT_EQ(json::GetDouble(Statistics({"Sum"}).at(0).as_object(), "Sum"), 95);
}

TEST_F(MonitoringTest, RefusesContradictoryData) {
  EXPECT_EQ(Refused("PutMetricData", Datum({{"Value", 1.0}, {"Values", json::Array{1.0}}})),
            "InvalidParameterCombinationException");
  EXPECT_EQ(Refused("PutMetricData", Datum({})), "MissingRequiredParameterException");
  EXPECT_EQ(Refused("PutMetricData",
                    Datum({{"Values", json::Array{1.0}}, {"Counts", json::Array{1.0, 2.0}}})),
            "InvalidParameterValueException");
  EXPECT_EQ(Refused("PutMetricData",
                    Datum({{"Value", 1.0}, {"Timestamp", ToSeconds(clock.Now()) - 20 * 86'400}})),
            "InvalidParameterValueException");
  EXPECT_EQ(Refused("PutMetricData",
                    Datum({{"Value", 1.0}, {"Timestamp", ToSeconds(clock.Now()) + 3 * 3'600}})),
            "InvalidParameterValueException");
  json::Object reserved = Datum({{"Value", 1.0}});
  reserved["Namespace"] = "AWS/Lambda";
  EXPECT_EQ(Refused("PutMetricData", reserved), "InvalidParameterValueException");
}

TEST_F(MonitoringTest, BoundsWhatIsAskedFor) {
  json::Object input{{"Namespace", "App"},
                     {"MetricName", "Latency"},
                     {"StartTime", ToSeconds(clock.Now()) - 10 * 86'400},
                     {"EndTime", ToSeconds(clock.Now())},
                     {"Period", 60},
                     {"Statistics", json::Array{"Sum"}}};
  EXPECT_EQ(Refused("GetMetricStatistics", input), "InvalidParameterCombinationException");
  input["Period"] = 45;
  EXPECT_EQ(Refused("GetMetricStatistics", input), "InvalidParameterValueException");
  input["Period"] = 3'600;
  input.erase("Statistics");
  EXPECT_EQ(Refused("GetMetricStatistics", input), "MissingRequiredParameterException");
}

TEST_F(MonitoringTest, ReadsReportsThatAreStillInMemory) {
  metrics.Put(scope, "AWS/Lambda", "Errors", {{"FunctionName", "f"}}, 1, "Count");
  const json::Array listed =
      Do("ListMetrics", {{"Namespace", "AWS/Lambda"}}).at("Metrics").as_array();
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(json::GetString(listed[0].as_object(), "MetricName"), "Errors");
  const auto list_with = [&](const char* value) {
    return Do("ListMetrics", {{"Dimensions", json::Array{json::Object{{"Name", "FunctionName"},
                                                                      {"Value", value}}}}})
        .at("Metrics")
        .as_array()
        .size();
  };
  EXPECT_EQ(list_with("f"), 1U);
  EXPECT_EQ(list_with("g"), 0U);
}

TEST_F(MonitoringTest, AnswersSeveralQueriesAtOnce) {
  Do("PutMetricData", Datum({{"Value", 10.0}}));
  Do("PutMetricData", Datum({{"Value", 30.0}, {"Timestamp", ToSeconds(clock.Now()) - 120}}));
  const auto query = [](const char* id, const char* stat) {
    return json::Object{
        {"Id", id},
        {"MetricStat",
         json::Object{{"Metric", json::Object{{"Namespace", "App"}, {"MetricName", "Latency"}}},
                      {"Period", 60},
                      {"Stat", stat}}}};
  };
  json::Object input{{"StartTime", ToSeconds(clock.Now()) - 600},
                     {"EndTime", ToSeconds(clock.Now()) + 60},
                     {"MetricDataQueries", json::Array{query("a", "Sum"), query("b", "p99")}}};
  const json::Array results = Do("GetMetricData", input).at("MetricDataResults").as_array();
  ASSERT_EQ(results.size(), 2U);
  const json::Object& first = results[0].as_object();
  EXPECT_EQ(json::GetString(first, "Id"), "a");
  EXPECT_EQ(first.at("Values").as_array(), (json::Array{10.0, 30.0}));
  input["ScanBy"] = "TimestampAscending";
  EXPECT_EQ(Do("GetMetricData", input).at("MetricDataResults").at(0).at("Values").as_array(),
            (json::Array{30.0, 10.0}));
  input["MetricDataQueries"] = json::Array{json::Object{{"Id", "e"}, {"Expression", "a/b"}}};
  EXPECT_EQ(Refused("GetMetricData", input), "ValidationError");
}

TEST_F(MonitoringTest, DescribesAlarmsAsTheyWerePut) {
  json::Object input = AlarmInput("slow");
  input["AlarmDescription"] = "too slow";
  input["AlarmActions"] = json::Array{"arn:aws:sns:eu-west-1:123456789012:ops"};
  input["Tags"] = json::Array{json::Object{{"Key", "team"}, {"Value", "sec"}}};
  Do("PutMetricAlarm", input);
  const json::Object alarm = Describe("slow");
  EXPECT_EQ(json::GetString(alarm, "AlarmArn"),
            "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:slow");
  EXPECT_EQ(json::GetString(alarm, "StateValue"), "INSUFFICIENT_DATA");
  EXPECT_EQ(json::GetString(alarm, "StateReason"), "Unchecked: Initial alarm creation");
  EXPECT_EQ(json::GetString(alarm, "AlarmDescription"), "too slow");
  EXPECT_TRUE(json::GetBool(alarm, "ActionsEnabled"));
  EXPECT_EQ(json::GetStrings(alarm, "AlarmActions").size(), 1U);
  EXPECT_FALSE(alarm.contains("Tags"));
  const json::Array tags =
      Do("ListTagsForResource", {{"ResourceARN", alarm.at("AlarmArn")}}).at("Tags").as_array();
  ASSERT_EQ(tags.size(), 1U);
  EXPECT_EQ(json::GetString(tags[0].as_object(), "Value"), "sec");
}

TEST_F(MonitoringTest, DescribesByPrefixStateAndPage) {
  for (const char* name : {"a1", "a2", "a3", "b1"}) Do("PutMetricAlarm", AlarmInput(name));
  const auto page = [&](json::Object input) { return Do("DescribeAlarms", std::move(input)); };
  EXPECT_EQ(page({{"AlarmNamePrefix", "a"}}).at("MetricAlarms").as_array().size(), 3U);
  EXPECT_EQ(page({{"StateValue", "ALARM"}}).at("MetricAlarms").as_array().size(), 0U);
  const json::Object first = page({{"MaxRecords", 3}});
  EXPECT_EQ(first.at("MetricAlarms").as_array().size(), 3U);
  const json::Object second = page({{"MaxRecords", 3}, {"NextToken", first.at("NextToken")}});
  EXPECT_EQ(second.at("MetricAlarms").as_array().size(), 1U);
  EXPECT_FALSE(second.contains("NextToken"));
  EXPECT_EQ(Refused("DescribeAlarms", {{"NextToken", "%%%"}}), "InvalidNextToken");
  EXPECT_EQ(Do("DescribeAlarmsForMetric", {{"Namespace", "App"}, {"MetricName", "Latency"}})
                .at("MetricAlarms")
                .as_array()
                .size(),
            4U);
}

TEST_F(MonitoringTest, PutDataRaisesAnAlarmWithinTheSameSecond) {
  Do("PutMetricAlarm", AlarmInput("slow"));
  Do("PutMetricData", Datum({{"Value", 500.0}}));
  EXPECT_EQ(json::GetString(Describe("slow"), "StateValue"), "ALARM");
}

TEST_F(MonitoringTest, SetsStatesAndKeepsHistory) {
  Do("PutMetricAlarm", AlarmInput("drill"));
  Do("SetAlarmState",
     {{"AlarmName", "drill"}, {"StateValue", "ALARM"}, {"StateReason", "practice"}});
  EXPECT_EQ(json::GetString(Describe("drill"), "StateReason"), "practice");
  const auto items = [&](json::Object input) {
    input["AlarmName"] = "drill";
    return Do("DescribeAlarmHistory", std::move(input)).at("AlarmHistoryItems").as_array();
  };
  ASSERT_EQ(items({}).size(), 2U);
  EXPECT_EQ(json::GetString(items({})[0].as_object(), "HistoryItemType"), "StateUpdate");
  EXPECT_EQ(items({{"HistoryItemType", "ConfigurationUpdate"}}).size(), 1U);
  EXPECT_EQ(
      Refused("SetAlarmState", {{"AlarmName", "none"}, {"StateValue", "OK"}, {"StateReason", "x"}}),
      "ResourceNotFound");
}

TEST_F(MonitoringTest, SwitchesActions) {
  Do("PutMetricAlarm", AlarmInput("a"));
  Do("DisableAlarmActions", {{"AlarmNames", json::Array{"a", "none"}}});
  EXPECT_FALSE(json::GetBool(Describe("a"), "ActionsEnabled", true));
  Do("EnableAlarmActions", {{"AlarmNames", json::Array{"a"}}});
  EXPECT_TRUE(json::GetBool(Describe("a"), "ActionsEnabled"));
}

TEST_F(MonitoringTest, DeletesAlarmsAndCanRepeatIt) {
  Do("PutMetricAlarm", AlarmInput("a"));
  Do("DeleteAlarms", {{"AlarmNames", json::Array{"a"}}});
  EXPECT_TRUE(Describe("a").empty());
  Do("DeleteAlarms", {{"AlarmNames", json::Array{"a"}}});
}

TEST_F(MonitoringTest, RefusesAlarmsThatCannotBe) {
  json::Object input = AlarmInput("bad");
  input["EvaluationPeriods"] = 2'000;
  EXPECT_EQ(Refused("PutMetricAlarm", input), "ValidationError");
  input = AlarmInput("bad");
  input["AlarmActions"] = json::Array{"ops"};
  EXPECT_EQ(Refused("PutMetricAlarm", input), "ValidationError");
}

TEST_F(MonitoringTest, KeepsDashboards) {
  const char* body = R"({"widgets":[{"type":"text","properties":{"markdown":"hi"}}]})";
  Do("PutDashboard", {{"DashboardName", "ops"}, {"DashboardBody", body}});
  const json::Object got = Do("GetDashboard", {{"DashboardName", "ops"}});
  EXPECT_EQ(json::GetString(got, "DashboardBody"), body);
  EXPECT_EQ(json::GetString(got, "DashboardArn"), "arn:aws:cloudwatch::123456789012:dashboard/ops");
  EXPECT_EQ(Do("ListDashboards").at("DashboardEntries").as_array().size(), 1U);
  EXPECT_EQ(Refused("PutDashboard", {{"DashboardName", "ops"}, {"DashboardBody", "x"}}),
            "DashboardInvalidInputError");
  EXPECT_EQ(Refused("PutDashboard", {{"DashboardName", "o p"}, {"DashboardBody", body}}),
            "InvalidParameterValueException");
  EXPECT_EQ(Refused("DeleteDashboards", {{"DashboardNames", json::Array{"ops", "none"}}}),
            "DashboardNotFoundError");
  EXPECT_EQ(Do("ListDashboards").at("DashboardEntries").as_array().size(), 1U);
  Do("DeleteDashboards", {{"DashboardNames", json::Array{"ops"}}});
  EXPECT_EQ(Refused("GetDashboard", {{"DashboardName", "ops"}}), "DashboardNotFoundError");
}

TEST_F(MonitoringTest, TagsAlarms) {
  Do("PutMetricAlarm", AlarmInput("a"));
  const char* arn = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a";
  Do("TagResource",
     {{"ResourceARN", arn}, {"Tags", json::Array{json::Object{{"Key", "k"}, {"Value", "v"}}}}});
  EXPECT_EQ(Do("ListTagsForResource", {{"ResourceARN", arn}}).at("Tags").as_array().size(), 1U);
  Do("UntagResource", {{"ResourceARN", arn}, {"TagKeys", json::Array{"k"}}});
  EXPECT_EQ(Do("ListTagsForResource", {{"ResourceARN", arn}}).at("Tags").as_array().size(), 0U);
  EXPECT_EQ(Refused("ListTagsForResource",
                    {{"ResourceARN", "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:none"}}),
            "ResourceNotFoundException");
}

}  // namespace
}  // namespace riposte::monitoring
