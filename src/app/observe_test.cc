// Metrics, alarms, logs and the audit trail through the whole engine; CloudWatch in each of its
// three protocols.
#include <gtest/gtest.h>

#include "app/testing/harness.h"
#include "wire/cbor.h"

namespace riposte::app::testing {
namespace {

struct Kept final : http::Responder::Channel {
  explicit Kept(http::Response& response) : out(response) {}
  void Send(http::Response response) override { out = std::move(response); }
  [[nodiscard]] bool IsOpen() const override { return true; }
  http::Response& out;
};

http::Response Send(Harness& engine, http::Request request) {
  http::Response response;
  request.peer = "127.0.0.1";
  engine.engine().pipeline().Handle(std::move(request),
                                    http::Responder(std::make_shared<Kept>(response)));
  engine.RunUntilIdle();
  return response;
}

http::Request Post(std::string target, std::string body,
                   std::initializer_list<std::pair<const char*, const char*>> headers) {
  http::Request request;
  request.method = "POST";
  request.target = std::move(target);
  request.body = std::move(body);
  request.headers.Add("Host", "127.0.0.1:4566");
  for (const auto& [name, value] : headers) request.headers.Add(name, value);
  return request;
}

TEST(Observe, CloudWatchSpeaksItsThreeProtocols) {
  Harness engine({.authorize = false});
  // The AWS CLI of Debian 12 and older SDKs: query.
  const http::Response query =
      Send(engine, Post("/",
                        "Action=PutMetricData&Version=2010-08-01&Namespace=App"
                        "&MetricData.member.1.MetricName=Latency&MetricData.member.1.Value=12.5"
                        "&MetricData.member.1.Dimensions.member.1.Name=Host"
                        "&MetricData.member.1.Dimensions.member.1.Value=a",
                        {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}}));
  EXPECT_EQ(query.status, 200) << query.body;
  EXPECT_NE(query.body.find("PutMetricDataResponse"), std::string::npos) << query.body;

  // JSON, which some current SDKs choose.
  const int64_t now = ToMillis(engine.clock.Now()) / 1000;
  const http::Response json = Send(
      engine, Post("/",
                   json::Serialize(json::Object{
                       {"Namespace", "App"},
                       {"MetricName", "Latency"},
                       {"Dimensions", json::Array{json::Object{{"Name", "Host"}, {"Value", "a"}}}},
                       {"StartTime", now - 300},
                       {"EndTime", now + 300},
                       {"Period", 60},
                       {"Statistics", json::Array{"Sum"}}}),
                   {{"Content-Type", "application/x-amz-json-1.0"},
                    {"X-Amz-Target", "GraniteServiceVersion20100801.GetMetricStatistics"}}));
  EXPECT_EQ(json.status, 200) << json.body;
  const auto document = json::Parse(json.body);
  ASSERT_TRUE(document) << json.body;
  EXPECT_EQ(document->at("Datapoints").at(0).at("Sum").to_number<double>(), 12.5);

  // CBOR, the default of the SDK for JavaScript and of a current CLI. {"Namespace": "App"}
  const http::Response cbor =
      Send(engine, Post("/service/GraniteServiceVersion20100801/operation/ListMetrics",
                        "\xA1\x69Namespace\x63"
                        "App",
                        {{"Content-Type", "application/cbor"},
                         {"Accept", "application/cbor"},
                         {"Smithy-Protocol", "rpc-v2-cbor"}}));
  EXPECT_EQ(cbor.status, 200) << cbor.body;
  EXPECT_EQ(cbor.headers.Get("Smithy-Protocol"), "rpc-v2-cbor");
  const auto metrics = wire::ReadCbor(cbor.body);
  ASSERT_TRUE(metrics) << metrics.error().message;
  EXPECT_EQ(metrics->at("Metrics").at(0).at("MetricName"), "Latency");
  EXPECT_EQ(metrics->at("Metrics").at(0).at("Dimensions").at(0).at("Value"), "a");
}

TEST(Observe, CloudWatchErrorsHaveTheNamesThatEachProtocolExpects) {
  Harness engine({.authorize = false});
  const http::Response query =
      Send(engine, Post("/", "Action=GetDashboard&Version=2010-08-01&DashboardName=none",
                        {{"Content-Type", "application/x-www-form-urlencoded"}}));
  EXPECT_EQ(query.status, 404);
  EXPECT_NE(query.body.find("<Code>ResourceNotFound</Code>"), std::string::npos) << query.body;
  const http::Response json =
      Send(engine, Post("/", R"({"DashboardName":"none"})",
                        {{"Content-Type", "application/x-amz-json-1.0"},
                         {"X-Amz-Target", "GraniteServiceVersion20100801.GetDashboard"}}));
  EXPECT_NE(json.body.find("DashboardNotFoundError"), std::string::npos) << json.body;
  EXPECT_NE(json.headers.Get("x-amzn-query-error").find("ResourceNotFound"),
            std::string_view::npos);
  const http::Response cbor =
      Send(engine, Post("/service/GraniteServiceVersion20100801/operation/GetDashboard",
                        "\xA1\x6D"
                        "DashboardName\x64none",
                        {{"Content-Type", "application/cbor"},
                         {"Accept", "application/cbor"},
                         {"Smithy-Protocol", "rpc-v2-cbor"}}));
  const auto error = wire::ReadCbor(cbor.body);
  ASSERT_TRUE(error) << error.error().message;
  EXPECT_NE(std::string(error->at("__type").as_string()).find("DashboardNotFoundError"),
            std::string::npos);
}

json::Object RecipeAlarm() {
  json::Array dimensions;
  for (const char* function : {"triage", "remediation", "notification"}) {
    dimensions.push_back(json::Object{{"Name", "FunctionName"}, {"Value", function}});
  }
  return {{"AlarmName", "lambda-errors"},
          {"MetricName", "Errors"},
          {"Namespace", "AWS/Lambda"},
          {"Statistic", "Sum"},
          {"Period", 300},
          {"Threshold", 1.0},
          {"ComparisonOperator", "GreaterThanOrEqualToThreshold"},
          {"EvaluationPeriods", 1},
          {"Dimensions", std::move(dimensions)}};
}

TEST(Observe, AlarmsAndDataSurviveARestart) {
  Harness engine({.durable = true});
  engine.Call("monitoring", "PutMetricAlarm", RecipeAlarm());
  json::Object mine = RecipeAlarm();
  mine["AlarmName"] = "mine";
  mine["Namespace"] = "App";
  mine.erase("Dimensions");
  engine.Call("monitoring", "PutMetricAlarm", mine);
  engine.Call(
      "monitoring", "PutMetricData",
      {{"Namespace", "App"},
       {"MetricData", json::Array{json::Object{{"MetricName", "Errors"}, {"Value", 1.0}}}}});
  engine.AdvanceTime(Millis(1'000));
  engine.Restart();
  const auto found =
      engine.Call("monitoring", "DescribeAlarms", {{"AlarmNames", json::Array{"mine"}}});
  EXPECT_EQ(found.at("MetricAlarms").at(0).at("StateValue"), "ALARM");
  engine.AdvanceTime(std::chrono::hours(1));
  EXPECT_EQ(engine.Call("monitoring", "DescribeAlarms", {{"AlarmNames", json::Array{"mine"}}})
                .at("MetricAlarms")
                .at(0)
                .at("StateValue"),
            "INSUFFICIENT_DATA");
}

TEST(Observe, EveryCallIsInTheAuditTrail) {
  Harness engine;
  engine.Call("monitoring", "PutMetricAlarm", RecipeAlarm());
  engine.Call("monitoring", "DescribeAlarms");
  EXPECT_NE(engine.CallError("logs", "DeleteLogGroup", {{"logGroupName", "none"}}), "");
  const auto events = engine.Call("cloudtrail", "LookupEvents").at("Events").as_array();
  std::vector<std::string> names;
  for (const json::Value& event : events) names.emplace_back(json::View(event.at("EventName")));
  for (const char* name : {"PutMetricAlarm", "DescribeAlarms", "DeleteLogGroup"}) {
    EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
  }
  const auto refused = engine.Call(
      "cloudtrail", "LookupEvents",
      {{"LookupAttributes", json::Array{json::Object{{"AttributeKey", "EventName"},
                                                     {"AttributeValue", "DeleteLogGroup"}}}}});
  const auto record = json::Parse(json::View(refused.at("Events").at(0).at("CloudTrailEvent")));
  EXPECT_EQ(record->at("errorCode"), "ResourceNotFoundException");
  EXPECT_EQ(record->at("requestParameters").at("logGroupName"), "none");
}

TEST(Observe, LogsAreWrittenAndFound) {
  Harness engine;
  engine.Call("logs", "CreateLogGroup", {{"logGroupName", "/app"}});
  engine.Call("logs", "CreateLogStream", {{"logGroupName", "/app"}, {"logStreamName", "s"}});
  engine.Call("logs", "PutLogEvents",
              {{"logGroupName", "/app"},
               {"logStreamName", "s"},
               {"logEvents", json::Array{json::Object{{"timestamp", ToMillis(engine.clock.Now())},
                                                      {"message", "ERROR one"}}}}});
  const auto found = engine.Call("logs", "FilterLogEvents",
                                 {{"logGroupName", "/app"}, {"filterPattern", "ERROR"}});
  EXPECT_EQ(found.at("events").at(0).at("message"), "ERROR one");
}

}  // namespace
}  // namespace riposte::app::testing
