#include "services/cloudtrail/cloudtrail_service.h"

#include "observe/testing/service_fixture.h"

namespace riposte::cloudtrail {
namespace {

class CloudTrailTest : public observe::testing::ServiceFixture {
 protected:
  CloudTrailTest() { service.Register(registry); }

  json::Object Do(std::string_view operation, json::Object input = {}) {
    return Call("cloudtrail", operation, std::move(input));
  }
  std::string Refused(std::string_view operation, json::Object input = {}) {
    return ErrorOf("cloudtrail", operation, std::move(input));
  }
  /// An operation that somebody called, still in the audit's memory.
  void Happened(const char* name, bool readonly = false) {
    api::Call call;
    call.service = "events";
    call.operation = name;
    call.input = {{"Name", "r"}};
    call.caller = access::Principal::Root(scope.account);
    call.scope = scope;
    call.request_id = random.Uuid();
    call.now = clock.Now();
    const std::string action = "events:" + call.operation;
    const std::vector<std::string> resources = {"arn:aws:events:eu-west-1:123456789012:rule/r"};
    audit.RecordLater({.call = &call,
                       .readonly = readonly,
                       .iam_action = action,
                       .resources = resources,
                       .evidence = "root"});
    clock.Set(clock.Now() + std::chrono::seconds(10));
  }
  std::vector<std::string> Names(const json::Object& reply) {
    std::vector<std::string> names;
    for (const json::Value& event : reply.at("Events").as_array()) {
      names.emplace_back(json::GetString(event.as_object(), "EventName"));
    }
    return names;
  }
  json::Object By(const char* key, const char* value) {
    return {{"LookupAttributes",
             json::Array{json::Object{{"AttributeKey", key}, {"AttributeValue", value}}}}};
  }
  using Texts = std::vector<std::string>;

  observe::Audit audit{*store, loop, clock, log, &catalog};
  CloudTrailService service{audit, *store, loop};
};

TEST_F(CloudTrailTest, EveryOperationOfTheModelHasAHandler) {
  EXPECT_EQ(Unmatched("cloudtrail"), "");
}

TEST_F(CloudTrailTest, AnEmptyKeyTurnsEncryptionOff) {
  Do("CreateTrail", {{"Name", "audit"}, {"S3BucketName", "log"}, {"KmsKeyId", "alias/k"}});
  EXPECT_EQ(
      json::GetString(Do("GetTrail", {{"Name", "audit"}}).at("Trail").as_object(), "KmsKeyId"),
      "alias/k");
  Do("UpdateTrail", {{"Name", "audit"}, {"KmsKeyId", ""}});
  EXPECT_FALSE(Do("GetTrail", {{"Name", "audit"}}).at("Trail").as_object().contains("KmsKeyId"));
}

TEST_F(CloudTrailTest, FindsWhatHappenedNewestFirst) {
  Happened("PutRule");
  Happened("DescribeRule", true);
  const json::Object reply = Do("LookupEvents");
  EXPECT_EQ(Names(reply), (Texts{"DescribeRule", "PutRule"}));
  const json::Object& event = reply.at("Events").at(1).as_object();
  EXPECT_EQ(json::GetString(event, "EventSource"), "events.amazonaws.com");
  EXPECT_EQ(json::GetString(event, "ReadOnly"), "false");
  EXPECT_EQ(json::GetString(event, "Username"), "root");
  EXPECT_EQ(json::GetString(event.at("Resources").at(0).as_object(), "ResourceType"),
            "AWS::Events::Rule");
  const auto record = json::Parse(json::GetString(event, "CloudTrailEvent"));
  ASSERT_TRUE(record);
  EXPECT_EQ(json::GetString(*json::GetObject(record->as_object(), "requestParameters"), "name"),
            "r");
}

TEST_F(CloudTrailTest, FindsByAttributeAndTime) {
  const double start = ToSeconds(clock.Now());
  Happened("PutRule");
  Happened("PutTargets");
  Happened("DescribeRule", true);
  EXPECT_EQ(Names(Do("LookupEvents", By("EventName", "PutRule"))), Texts{"PutRule"});
  EXPECT_EQ(Names(Do("LookupEvents", By("ReadOnly", "true"))), Texts{"DescribeRule"});
  EXPECT_EQ(Names(Do("LookupEvents", By("Username", "nobody"))), Texts{});
  EXPECT_EQ(Names(Do("LookupEvents", By("ResourceType", "AWS::Events::Rule"))).size(), 3U);
  EXPECT_EQ(Names(Do("LookupEvents", {{"StartTime", start + 5}, {"EndTime", start + 15}})),
            Texts{"PutTargets"});
  EXPECT_EQ(Refused("LookupEvents", {{"StartTime", start}, {"EndTime", start - 60}}),
            "InvalidTimeRangeException");
  json::Object two = By("EventName", "PutRule");
  two["LookupAttributes"].as_array().push_back(two["LookupAttributes"].at(0));
  EXPECT_NE(Refused("LookupEvents", two), "");
}

TEST_F(CloudTrailTest, PagesThroughEvents) {
  for (int i = 0; i < 7; ++i) Happened("PutRule");
  json::Object input{{"MaxResults", 3}};
  size_t seen = 0;
  int pages = 0;
  while (true) {
    const json::Object page = Do("LookupEvents", input);
    seen += Names(page).size();
    ++pages;
    if (!page.contains("NextToken")) break;
    input["NextToken"] = page.at("NextToken");
  }
  EXPECT_EQ(seen, 7U);
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(Refused("LookupEvents", {{"NextToken", "!"}}), "InvalidNextTokenException");
}

TEST_F(CloudTrailTest, KeepsTrails) {
  const json::Object made = Do("CreateTrail", {{"Name", "main"},
                                               {"S3BucketName", "logs"},
                                               {"IsMultiRegionTrail", true},
                                               {"EnableLogFileValidation", true}});
  EXPECT_EQ(json::GetString(made, "TrailARN"),
            "arn:aws:cloudtrail:eu-west-1:123456789012:trail/main");
  EXPECT_TRUE(json::GetBool(made, "LogFileValidationEnabled"));
  EXPECT_EQ(Refused("CreateTrail", {{"Name", "main"}, {"S3BucketName", "logs"}}),
            "TrailAlreadyExistsException");
  EXPECT_EQ(Refused("CreateTrail", {{"Name", "-x"}, {"S3BucketName", "logs"}}),
            "InvalidTrailNameException");
  EXPECT_FALSE(json::GetBool(Do("GetTrailStatus", {{"Name", "main"}}), "IsLogging", true));
  Do("StartLogging", {{"Name", made.at("TrailARN")}});
  EXPECT_TRUE(json::GetBool(Do("GetTrailStatus", {{"Name", "main"}}), "IsLogging"));
  Do("StopLogging", {{"Name", "main"}});
  const json::Object status = Do("GetTrailStatus", {{"Name", "main"}});
  EXPECT_FALSE(json::GetBool(status, "IsLogging", true));
  EXPECT_EQ(json::GetDouble(status, "StopLoggingTime"), ToSeconds(clock.Now()));
  Do("UpdateTrail", {{"Name", "main"}, {"S3BucketName", "other"}});
  EXPECT_EQ(
      json::GetString(Do("GetTrail", {{"Name", "main"}}).at("Trail").as_object(), "S3BucketName"),
      "other");
  EXPECT_EQ(Do("DescribeTrails").at("trailList").as_array().size(), 1U);
  EXPECT_EQ(Do("ListTrails").at("Trails").as_array().size(), 1U);
  Do("DeleteTrail", {{"Name", "main"}});
  EXPECT_EQ(Refused("GetTrail", {{"Name", "main"}}), "TrailNotFoundException");
}

TEST_F(CloudTrailTest, KeepsSelectorsAndTags) {
  const json::Object made = Do("CreateTrail", {{"Name", "main"}, {"S3BucketName", "logs"}});
  EXPECT_EQ(Do("GetEventSelectors", {{"TrailName", "main"}}).at("EventSelectors").as_array().size(),
            1U);
  Do("PutEventSelectors",
     {{"TrailName", "main"},
      {"EventSelectors", json::Array{json::Object{{"ReadWriteType", "WriteOnly"}}}}});
  EXPECT_EQ(
      json::GetString(
          Do("GetEventSelectors", {{"TrailName", "main"}}).at("EventSelectors").at(0).as_object(),
          "ReadWriteType"),
      "WriteOnly");
  EXPECT_EQ(Refused("PutEventSelectors", {{"TrailName", "main"}}),
            "InvalidEventSelectorsException");
  const json::Value arn = made.at("TrailARN");
  const json::Array tags{json::Object{{"Key", "k"}, {"Value", "v"}}};
  Do("AddTags", {{"ResourceId", arn}, {"TagsList", tags}});
  const auto count = [&] {
    return Do("ListTags", {{"ResourceIdList", json::Array{arn}}})
        .at("ResourceTagList")
        .at(0)
        .at("TagsList")
        .as_array()
        .size();
  };
  EXPECT_EQ(count(), 1U);
  Do("RemoveTags", {{"ResourceId", arn}, {"TagsList", tags}});
  EXPECT_EQ(count(), 0U);
}

}  // namespace
}  // namespace riposte::cloudtrail
