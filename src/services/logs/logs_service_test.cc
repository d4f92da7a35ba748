#include "services/logs/logs_service.h"

#include "observe/testing/service_fixture.h"

namespace riposte::logs {
namespace {

class LogsServiceTest : public observe::testing::ServiceFixture {
 protected:
  LogsServiceTest() { service.Register(registry); }

  json::Object Do(std::string_view operation, json::Object input = {}) {
    return Call("logs", operation, std::move(input));
  }
  std::string Refused(std::string_view operation, json::Object input = {}) {
    return ErrorOf("logs", operation, std::move(input));
  }
  void MakeStream(const char* group = "g", const char* stream = "s") {
    if (Refused("CreateLogGroup", {{"logGroupName", group}}) == "") created.push_back(group);
    Do("CreateLogStream", {{"logGroupName", group}, {"logStreamName", stream}});
  }
  json::Object Put(const std::vector<std::pair<int, std::string>>& events,
                   const char* stream = "s") {
    json::Array list;
    for (const auto& [offset, message] : events) {
      list.push_back(
          json::Object{{"timestamp", ToMillis(clock.Now()) + offset}, {"message", message}});
    }
    return Do("PutLogEvents",
              {{"logGroupName", "g"}, {"logStreamName", stream}, {"logEvents", std::move(list)}});
  }
  std::vector<std::string> Messages(const json::Object& reply) {
    std::vector<std::string> out;
    for (const json::Value& event : reply.at("events").as_array()) {
      out.emplace_back(json::GetString(event.as_object(), "message"));
    }
    return out;
  }
  using Texts = std::vector<std::string>;

  observe::Metrics metrics{*store, loop, clock, log};
  observe::Logs logs{*store, loop, clock, log, metrics};
  LogsService service{logs, *store, loop};
  std::vector<std::string> created;
};

TEST_F(LogsServiceTest, EveryOperationOfTheModelHasAHandler) {
  EXPECT_EQ(Unmatched("logs"), "");
}

TEST_F(LogsServiceTest, KeepsGroups) {
  Do("CreateLogGroup", {{"logGroupName", "/a/b"}, {"tags", json::Object{{"k", "v"}}}});
  EXPECT_EQ(Refused("CreateLogGroup", {{"logGroupName", "/a/b"}}),
            "ResourceAlreadyExistsException");
  Do("CreateLogGroup", {{"logGroupName", "/a/c"}});
  const json::Object found = Do("DescribeLogGroups", {{"logGroupNamePrefix", "/a/b"}});
  ASSERT_EQ(found.at("logGroups").as_array().size(), 1U);
  const json::Object& group = found.at("logGroups").at(0).as_object();
  EXPECT_EQ(json::GetString(group, "arn"), "arn:aws:logs:eu-west-1:123456789012:log-group:/a/b:*");
  EXPECT_EQ(json::GetInt(group, "creationTime"), ToMillis(clock.Now()));
  EXPECT_FALSE(group.contains("retentionInDays"));
  EXPECT_EQ(Do("ListTagsLogGroup", {{"logGroupName", "/a/b"}}).at("tags").at("k"), "v");
  Do("DeleteLogGroup", {{"logGroupName", "/a/b"}});
  EXPECT_EQ(Refused("DeleteLogGroup", {{"logGroupName", "/a/b"}}), "ResourceNotFoundException");
}

TEST_F(LogsServiceTest, PagesThroughGroups) {
  for (int i = 0; i < 5; ++i) Do("CreateLogGroup", {{"logGroupName", "g" + std::to_string(i)}});
  json::Object page = Do("DescribeLogGroups", {{"limit", 2}});
  size_t seen = page.at("logGroups").as_array().size();
  int pages = 1;
  while (page.contains("nextToken")) {
    page = Do("DescribeLogGroups", {{"limit", 2}, {"nextToken", page.at("nextToken")}});
    seen += page.at("logGroups").as_array().size();
    ++pages;
  }
  EXPECT_EQ(seen, 5U);
  EXPECT_EQ(pages, 3);
}

TEST_F(LogsServiceTest, ShowsLinesThatFunctionsWroteAMomentAgo) {
  logs.Append(scope, "/aws/lambda/f", "2026/01/01/[$LATEST]x", clock.Now(), "START");
  EXPECT_EQ(Do("DescribeLogGroups", {{"logGroupNamePrefix", "/aws/lambda/"}})
                .at("logGroups")
                .as_array()
                .size(),
            1U);
  logs.Append(scope, "/aws/lambda/f", "2026/01/01/[$LATEST]x", clock.Now(), "END");
  EXPECT_EQ(Messages(Do("FilterLogEvents", {{"logGroupName", "/aws/lambda/f"}})),
            (Texts{"START", "END"}));
}

TEST_F(LogsServiceTest, KeepsStreams) {
  MakeStream("g", "one");
  MakeStream("g", "two");
  EXPECT_EQ(Refused("CreateLogStream", {{"logGroupName", "g"}, {"logStreamName", "one"}}),
            "ResourceAlreadyExistsException");
  Put({{0, "x"}}, "one");
  const json::Object streams =
      Do("DescribeLogStreams", {{"logGroupName", "g"}, {"orderBy", "LastEventTime"}, {"limit", 1}});
  EXPECT_TRUE(streams.contains("nextToken"));
  const json::Object named =
      Do("DescribeLogStreams", {{"logGroupName", "g"}, {"logStreamNamePrefix", "one"}});
  EXPECT_EQ(json::GetInt(named.at("logStreams").at(0).as_object(), "lastEventTimestamp"),
            ToMillis(clock.Now()));
  EXPECT_EQ(
      Refused("DescribeLogStreams",
              {{"logGroupName", "g"}, {"orderBy", "LastEventTime"}, {"logStreamNamePrefix", "o"}}),
      "InvalidParameterException");
  Do("DeleteLogStream", {{"logGroupName", "g"}, {"logStreamName", "one"}});
  EXPECT_TRUE(Messages(Do("FilterLogEvents", {{"logGroupName", "g"}})).empty());
}

TEST_F(LogsServiceTest, PutsAndSearchesEvents) {
  MakeStream();
  MakeStream("g", "t");
  EXPECT_TRUE(Put({{0, "ERROR disk"}, {5, "fine"}}).contains("nextSequenceToken"));
  Put({{3, R"({"level":"ERROR","code":500})"}}, "t");
  const auto search = [&](json::Object input) {
    input["logGroupName"] = "g";
    return Messages(Do("FilterLogEvents", std::move(input)));
  };
  EXPECT_EQ(search({}).size(), 3U);
  EXPECT_EQ(search({})[1], R"({"level":"ERROR","code":500})");
  EXPECT_EQ(search({{"filterPattern", "ERROR -level"}}), Texts{"ERROR disk"});
  EXPECT_EQ(search({{"filterPattern", "{ $.code >= 500 }"}}).size(), 1U);
  EXPECT_EQ(search({{"logStreamNames", json::Array{"t"}}}).size(), 1U);
  EXPECT_EQ(search({{"logStreamNamePrefix", "s"}}).size(), 2U);
  EXPECT_EQ(search({{"startTime", ToMillis(clock.Now()) + 4}}), Texts{"fine"});
  EXPECT_EQ(search({{"endTime", ToMillis(clock.Now())}}), Texts{"ERROR disk"});
  EXPECT_EQ(Refused("FilterLogEvents", {{"logGroupName", "g"}, {"filterPattern", "{ bad"}}),
            "InvalidParameterException");
  EXPECT_EQ(Refused("FilterLogEvents", {{"logGroupName", "none"}}), "ResourceNotFoundException");
}

TEST_F(LogsServiceTest, PagesThroughASearch) {
  MakeStream();
  std::vector<std::pair<int, std::string>> events;
  for (int i = 0; i < 25; ++i) events.emplace_back(i / 5, "m" + std::to_string(i));
  Put(events);
  Texts seen;
  json::Object input{{"logGroupName", "g"}, {"limit", 10}};
  while (true) {
    const json::Object page = Do("FilterLogEvents", input);
    for (const std::string& message : Messages(page)) seen.push_back(message);
    if (!page.contains("nextToken")) break;
    input["nextToken"] = page.at("nextToken");
  }
  ASSERT_EQ(seen.size(), 25U);
  for (int i = 0; i < 25; ++i) EXPECT_EQ(seen[static_cast<size_t>(i)], "m" + std::to_string(i));
}

TEST_F(LogsServiceTest, WalksAStreamBothWays) {
  MakeStream();
  Put({{0, "a"}, {1, "b"}, {2, "c"}, {3, "d"}});
  const auto get = [&](json::Object input) {
    input["logGroupName"] = "g";
    input["logStreamName"] = "s";
    input["limit"] = 2;
    return Do("GetLogEvents", std::move(input));
  };
  const json::Object tail = get({});
  EXPECT_EQ(Messages(tail), (Texts{"c", "d"}));
  EXPECT_EQ(Messages(get({{"nextToken", tail.at("nextBackwardToken")}})), (Texts{"a", "b"}));
  const json::Object head = get({{"startFromHead", true}});
  EXPECT_EQ(Messages(head), (Texts{"a", "b"}));
  const json::Object next = get({{"nextToken", head.at("nextForwardToken")}});
  EXPECT_EQ(Messages(next), (Texts{"c", "d"}));
  const json::Object end = get({{"nextToken", next.at("nextForwardToken")}});
  EXPECT_TRUE(Messages(end).empty());
  EXPECT_EQ(end.at("nextForwardToken"), next.at("nextForwardToken"));
  Put({{9, "e"}});
  EXPECT_EQ(Messages(get({{"nextToken", end.at("nextForwardToken")}})), Texts{"e"});
  EXPECT_EQ(Refused("GetLogEvents",
                    {{"logGroupName", "g"}, {"logStreamName", "s"}, {"nextToken", "f/12"}}),
            "InvalidParameterException");
}

TEST_F(LogsServiceTest, RefusesWhatTheServiceRefuses) {
  MakeStream();
  const auto refused = [&](json::Array events) {
    return Refused(
        "PutLogEvents",
        {{"logGroupName", "g"}, {"logStreamName", "s"}, {"logEvents", std::move(events)}});
  };
  const int64_t now = ToMillis(clock.Now());
  EXPECT_EQ(refused({json::Object{{"timestamp", now}, {"message", "b"}},
                     json::Object{{"timestamp", now - 1}, {"message", "a"}}}),
            "InvalidParameterException");
  EXPECT_EQ(refused({json::Object{{"timestamp", now - 90'000'000}, {"message", "a"}},
                     json::Object{{"timestamp", now}, {"message", "b"}}}),
            "InvalidParameterException");
  EXPECT_EQ(refused({json::Object{{"timestamp", now}, {"message", std::string(1'100'000, 'x')}}}),
            "InvalidParameterException");
  EXPECT_EQ(
      Refused("PutLogEvents",
              {{"logGroupName", "g"},
               {"logStreamName", "none"},
               {"logEvents", json::Array{json::Object{{"timestamp", now}, {"message", "m"}}}}}),
      "ResourceNotFoundException");
}

TEST_F(LogsServiceTest, LeavesOutWhatIsTooOldOrTooNew) {
  MakeStream();
  const json::Object old = Put({{-15 * 86'400'000, "old"}});
  EXPECT_EQ(json::GetInt(*json::GetObject(old, "rejectedLogEventsInfo"), "tooOldLogEventEndIndex"),
            1);
  const json::Object late = Put({{0, "good"}, {3 * 3'600'000, "late"}});
  EXPECT_EQ(
      json::GetInt(*json::GetObject(late, "rejectedLogEventsInfo"), "tooNewLogEventStartIndex"), 1);
  EXPECT_EQ(Messages(Do("FilterLogEvents", {{"logGroupName", "g"}})), Texts{"good"});
}

TEST_F(LogsServiceTest, SetsRetention) {
  MakeStream();
  Do("PutRetentionPolicy", {{"logGroupName", "g"}, {"retentionInDays", 7}});
  EXPECT_EQ(
      json::GetInt(Do("DescribeLogGroups").at("logGroups").at(0).as_object(), "retentionInDays"),
      7);
  EXPECT_EQ(Refused("PutRetentionPolicy", {{"logGroupName", "g"}, {"retentionInDays", 8}}),
            "InvalidParameterException");
  Do("DeleteRetentionPolicy", {{"logGroupName", "g"}});
  EXPECT_FALSE(
      Do("DescribeLogGroups").at("logGroups").at(0).as_object().contains("retentionInDays"));
}

TEST_F(LogsServiceTest, KeepsMetricFilters) {
  MakeStream();
  json::Object input{{"logGroupName", "g"},
                     {"filterName", "errors"},
                     {"filterPattern", "ERROR"},
                     {"metricTransformations", json::Array{json::Object{{"metricName", "Errors"},
                                                                        {"metricNamespace", "App"},
                                                                        {"metricValue", "1"}}}}};
  Do("PutMetricFilter", input);
  EXPECT_EQ(
      Do("DescribeMetricFilters", {{"logGroupName", "g"}}).at("metricFilters").as_array().size(),
      1U);
  EXPECT_EQ(
      json::GetInt(Do("DescribeLogGroups").at("logGroups").at(0).as_object(), "metricFilterCount"),
      1);
  input["filterPattern"] = "\"open";
  EXPECT_EQ(Refused("PutMetricFilter", input), "InvalidParameterException");
  EXPECT_EQ(Do("TestMetricFilter",
               {{"filterPattern", "ERROR"}, {"logEventMessages", json::Array{"ok", "an ERROR"}}})
                .at("matches")
                .as_array()
                .size(),
            1U);
  Do("DeleteMetricFilter", {{"logGroupName", "g"}, {"filterName", "errors"}});
  EXPECT_EQ(Refused("DeleteMetricFilter", {{"logGroupName", "g"}, {"filterName", "errors"}}),
            "ResourceNotFoundException");
}

TEST_F(LogsServiceTest, KeepsResourcePolicies) {
  Do("PutResourcePolicy", {{"policyName", "p"}, {"policyDocument", R"({"Statement":[]})"}});
  EXPECT_EQ(Do("DescribeResourcePolicies").at("resourcePolicies").as_array().size(), 1U);
  EXPECT_EQ(Refused("PutResourcePolicy", {{"policyName", "p"}, {"policyDocument", "no"}}),
            "InvalidParameterException");
  Do("DeleteResourcePolicy", {{"policyName", "p"}});
  EXPECT_EQ(Refused("DeleteResourcePolicy", {{"policyName", "p"}}), "ResourceNotFoundException");
}

TEST_F(LogsServiceTest, TagsGroups) {
  MakeStream();
  const char* arn = "arn:aws:logs:eu-west-1:123456789012:log-group:g";
  Do("TagResource", {{"resourceArn", arn}, {"tags", json::Object{{"a", "1"}, {"b", "2"}}}});
  Do("UntagResource", {{"resourceArn", arn}, {"tagKeys", json::Array{"a"}}});
  const json::Object tags = Do("ListTagsForResource", {{"resourceArn", arn}});
  EXPECT_EQ(tags.at("tags").as_object(), (json::Object{{"b", "2"}}));
  Do("TagLogGroup", {{"logGroupName", "g"}, {"tags", json::Object{{"c", "3"}}}});
  Do("UntagLogGroup", {{"logGroupName", "g"}, {"tags", json::Array{"b"}}});
  EXPECT_EQ(Do("ListTagsLogGroup", {{"logGroupName", "g"}}).at("tags").as_object(),
            (json::Object{{"c", "3"}}));
}

}  // namespace
}  // namespace riposte::logs
