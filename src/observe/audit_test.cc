#include "observe/audit.h"

#include "observe/retention.h"
#include "observe/testing/fixture.h"
#include "observe/timeline.h"

namespace riposte::observe {
namespace {

class AuditTest : public testing::Fixture {
 protected:
  api::Call MakeCall(const char* service, const char* operation, json::Object input = {}) {
    api::Call call;
    call.service = service;
    call.operation = operation;
    call.input = std::move(input);
    call.caller = access::Principal::Root(scope.account);
    call.scope = scope;
    call.request_id = random.Uuid();
    call.now = clock.Now();
    call.source_ip = "127.0.0.1";
    call.user_agent = "test";
    return call;
  }
  void Record(const api::Call& call, const json::Value& output = json::Object()) {
    const std::string action = call.service + ":" + call.operation;
    const std::vector<std::string> resources = {"arn:aws:sns:eu-west-1:123456789012:t"};
    Write([&](store::Transaction& tx) {
      audit.Record(tx, {.call = &call,
                        .iam_action = action,
                        .resources = resources,
                        .evidence = "root",
                        .output = &output});
    });
  }
  Audit::Page Lookup(const char* attribute = "", const char* value = "", size_t limit = 50,
                     Audit::Cursor after = {}) {
    audit.Flush({});
    Audit::Query query;
    query.scope = scope;
    query.attribute = attribute;
    query.value = value;
    query.limit = limit;
    query.after = after;
    Audit::Page page;
    Read([&](store::Transaction& tx) { page = Audit::Lookup(tx, query); });
    return page;
  }
  Audit::Verification Verify() {
    Audit::Verification out;
    Read([&](store::Transaction& tx) { out = Audit::Verify(tx); });
    return out;
  }

  wire::Catalog catalog;
  Audit audit{*store, loop, clock, log, &catalog};
};

TEST_F(AuditTest, KeepsWhoDidWhat) {
  Record(MakeCall("events", "PutRule", {{"Name", "r"}, {"EventPattern", "{}"}}),
         json::Object{{"RuleArn", "arn:aws:events:eu-west-1:123456789012:rule/r"}});
  const Audit::Page page = Lookup();
  ASSERT_EQ(page.events.size(), 1U);
  const Audit::Event& event = page.events[0];
  EXPECT_EQ(event.name, "PutRule");
  EXPECT_EQ(event.source, "events.amazonaws.com");
  EXPECT_EQ(event.user, "root");
  const json::Object record = json::Parse(event.record)->as_object();
  EXPECT_EQ(json::GetString(*json::GetObject(record, "requestParameters"), "name"), "r");
  EXPECT_EQ(json::GetString(*json::GetObject(record, "responseElements"), "ruleArn"),
            "arn:aws:events:eu-west-1:123456789012:rule/r");
  EXPECT_EQ(json::GetString(*json::GetObject(record, "userIdentity"), "type"), "Root");
  EXPECT_EQ(json::GetString(*json::GetObject(record, "additionalEventData"), "authorization"),
            "root");
  EXPECT_EQ(json::GetString(record, "eventTime"), "2026-01-01T00:00:00Z");
  EXPECT_EQ(event.resources, std::vector<std::string>{"arn:aws:sns:eu-west-1:123456789012:t"});
}

TEST_F(AuditTest, HidesSensitiveMembersAndBoundsWhatItShows) {
  wire::Shape secret;
  secret.name = "Secret";
  secret.sensitive = true;
  wire::Shape text;
  text.name = "Text";
  wire::Shape input;
  input.type = wire::ShapeType::kStructure;
  input.members.resize(2);
  input.members[0].name = "Password";
  input.members[0].target = &secret;
  input.members[1].name = "Text";
  input.members[1].target = &text;
  const json::Value shown = Presentable(
      &input, json::Object{{"Password", "hunter2"}, {"Text", std::string(10'000, 'x')}, {"Z", 1}});
  const std::string document = json::Serialize(shown);
  EXPECT_EQ(document.find("hunter2"), std::string::npos);
  EXPECT_LT(document.size(), 3'000U);
  EXPECT_NE(document.find("\"text\""), std::string::npos);
  EXPECT_TRUE(Presentable(nullptr, json::Object{{"Password", "hunter2"}}).is_null());
}

TEST_F(AuditTest, RecordsRefusalsWithinASecond) {
  const api::Call call = MakeCall("events", "PutRule", {{"Name", "r"}});
  audit.RecordLater({.call = &call,
                     .iam_action = "events:PutRule",
                     .evidence = "implicit deny",
                     .error_code = "AccessDeniedException",
                     .error_message = "no"});
  EXPECT_EQ(Count("SELECT count(*) FROM observe_audit"), 0);
  loop.Advance(Millis(1'000));
  EXPECT_EQ(Count("SELECT count(*) FROM observe_audit"), 1);
  const json::Object record = json::Parse(Lookup().events.at(0).record)->as_object();
  EXPECT_EQ(json::GetString(record, "errorCode"), "AccessDeniedException");
  EXPECT_EQ(json::GetString(record, "errorMessage"), "no");
}

TEST_F(AuditTest, ManyAlikeCallsShareARowAndAreShownOneByOne) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5'000; ++i) {
    const api::Call call = MakeCall("events", "PutEvents", {{"Entries", json::Array()}});
    ids.push_back(call.request_id);
    audit.RecordLater(
        {.call = &call, .data_plane = true, .iam_action = "events:PutEvents", .evidence = "root"});
    clock.Set(clock.Now() + Millis(1));
  }
  audit.Flush({});
  EXPECT_EQ(Count("SELECT count(*) FROM observe_audit"), 2);
  EXPECT_EQ(Verify().calls, 5'000);
  std::vector<std::string> seen;
  Audit::Page page;
  do {
    page = Lookup("", "", 700, page.next);
    for (const Audit::Event& event : page.events) {
      seen.emplace_back(json::GetString(json::Parse(event.record)->as_object(), "requestID"));
    }
  } while (page.more);
  std::reverse(seen.begin(), seen.end());
  EXPECT_EQ(seen, ids);
}

TEST_F(AuditTest, LooksUpByAttribute) {
  Record(MakeCall("events", "PutRule"));
  api::Call call = MakeCall("sns", "Publish");
  call.caller.kind = access::Principal::Kind::kUser;
  call.caller.arn = "arn:aws:iam::123456789012:user/ann";
  call.caller.access_key_id = "AKIAX";
  Record(call);
  EXPECT_EQ(Lookup("EventName", "Publish").events.size(), 1U);
  EXPECT_EQ(Lookup("EventSource", "events.amazonaws.com").events.size(), 1U);
  EXPECT_EQ(Lookup("Username", "ann").events.size(), 1U);
  EXPECT_EQ(Lookup("AccessKeyId", "AKIAX").events.size(), 1U);
  EXPECT_EQ(Lookup("ReadOnly", "true").events.size(), 0U);
  EXPECT_EQ(Lookup("ResourceName", "t").events.size(), 2U);
  const std::string id = Lookup().events.at(0).id;
  EXPECT_EQ(Lookup("EventId", id.c_str()).events.size(), 1U);
}

TEST_F(AuditTest, OtherScopesAreNotShown) {
  api::Call call = MakeCall("events", "PutRule");
  call.scope.region = Region("us-east-1");
  Record(call);
  EXPECT_TRUE(Lookup().events.empty());
}

TEST_F(AuditTest, TheChainShowsTampering) {
  for (int i = 0; i < 5; ++i) Record(MakeCall("events", "PutRule", {{"Name", std::to_string(i)}}));
  EXPECT_EQ(Verify().rows, 5);
  EXPECT_EQ(Verify().broken_row, 0);
  Write([](store::Transaction& tx) {
    tx.Execute("UPDATE observe_audit SET event_name = 'ListRules' WHERE id = 3");
  });
  EXPECT_EQ(Verify().broken_row, 3);
}

TEST_F(AuditTest, TheChainShowsAMissingRow) {
  for (int i = 0; i < 5; ++i) Record(MakeCall("events", "PutRule"));
  Write([](store::Transaction& tx) { tx.Execute("DELETE FROM observe_audit WHERE id = 2"); });
  EXPECT_EQ(Verify().broken_row, 3);
}

TEST_F(AuditTest, RetentionLeavesAChainThatVerifies) {
  for (int i = 0; i < 3; ++i) Record(MakeCall("events", "PutRule"));
  clock.Set(clock.Now() + std::chrono::hours(24 * 91));
  Record(MakeCall("events", "PutRule"));
  Write([&](store::Transaction& tx) { EXPECT_FALSE(Retention::DeleteSlice(tx, {}, clock.Now())); });
  EXPECT_EQ(Verify().rows, 1);
  EXPECT_EQ(Verify().broken_row, 0);
}

TEST_F(AuditTest, MutatingCallsOfAnIncidentAreOnItsTimeline) {
  api::Call call = MakeCall("ec2", "StopInstances");
  call.trace.correlation = "inc-1";
  Record(call);
  clock.Set(clock.Now() + Millis(5));
  api::Call read = MakeCall("ec2", "DescribeInstances");
  read.trace.correlation = "inc-1";
  audit.RecordLater(
      {.call = &read, .readonly = true, .iam_action = "ec2:DescribeInstances", .evidence = "root"});
  api::Call refused = MakeCall("ec2", "TerminateInstances");
  refused.trace.correlation = "inc-1";
  audit.RecordLater({.call = &refused,
                     .iam_action = "ec2:TerminateInstances",
                     .evidence = "implicit deny",
                     .error_code = "UnauthorizedOperation",
                     .error_message = "no"});
  audit.Flush({});
  Write([&](store::Transaction& tx) {
    Timeline::Append(tx, scope, "inc-1", clock.Now() - Millis(10), "decision", "isolate", {});
    Timeline::Append(tx, scope, "", clock.Now(), "decision", "nobody's", {});
  });
  std::vector<std::string> texts;
  Read([&](store::Transaction& tx) {
    const auto entries = Timeline::List(tx, "inc-1");
    for (const TimelineEntry& entry : entries) texts.push_back(entry.text);
    EXPECT_EQ(Timeline::List(tx, "inc-1", entries.at(0).id).size(), entries.size() - 1);
  });
  EXPECT_EQ(texts,
            (std::vector<std::string>{"isolate", "ec2 StopInstances",
                                      "ec2 TerminateInstances failed: UnauthorizedOperation"}));
}

}  // namespace
}  // namespace riposte::observe
