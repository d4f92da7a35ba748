#include "services/events/events.h"

#include "access/directory.h"
#include "access/schema.h"
#include "api/testing/service_fixture.h"
#include "bus/archive.h"
#include "bus/rule_delivery.h"
#include "bus/rule_targets.h"
#include "bus/schedule_tables.h"
#include "http/testing/fake_client.h"
#include "observe/tables.h"
#include "observe/timeline.h"

namespace riposte::events {
namespace {

using json::Array;
using json::Object;

class NoMetrics final : public api::MetricSink {
 public:
  void Put(const Scope&, std::string_view, std::string_view, const Dimensions&, double,
           std::string_view) override {}
};

class EventsTest : public api::testing::ServiceFixture {
 protected:
  explicit EventsTest(EventsService::Options options = {.authorize = false})
      : ServiceFixture(
            "events",
            {bus::tables::Migrations(), bus::tables::ConnectionMigrations(),
             bus::archive_tables::Migrations(), bus::schedule_tables::Migrations(),
             delivery::Dispatcher::Migrations(), access::Migrations(), observe::Migrations()}),
        service_object_(options, {*store_, rules_, ingest_, scheduler_, replays_, authorizer_,
                                  connections_, secrets_, random_}) {
    dispatcher_.AddTarget(std::string(bus::kArchiveKind), archive_target_);
    service_object_.Register(registry_);
  }

  /// The rules of which something is owed, in order of their work.
  std::vector<std::string> Owed() {
    std::vector<std::string> out;
    store_->Read([&](store::Transaction& tx) {
      tx.Query("SELECT detail FROM delivery_work ORDER BY id", {}, [&](const store::Row& row) {
        out.push_back(bus::RuleDelivery::FromJson(row.Json(0).as_object()).rule);
        return true;
      });
    });
    return out;
  }
  Object Entry(const std::string& source, const std::string& detail = "{}") {
    return {{"Source", source}, {"DetailType", "t"}, {"Detail", detail}};
  }
  Object PutEvents(Array entries) { return Run("PutEvents", {{"Entries", std::move(entries)}}); }
  void PutRule(const std::string& name, const std::string& pattern, const std::string& bus_name) {
    Object input{{"Name", name}, {"EventPattern", pattern}};
    Object targets{{"Rule", name}, {"Targets", Array{Target("1")}}};
    if (!bus_name.empty()) {
      input["EventBusName"] = bus_name;
      targets["EventBusName"] = bus_name;
    }
    Run("PutRule", input);
    Run("PutTargets", targets);
  }
  static Object Target(const std::string& id) {
    return {{"Id", id}, {"Arn", "arn:aws:sqs:us-east-1:123456789012:q"}};
  }

  telemetry::Log log_{{.silent = true}};
  NoMetrics metrics_;
  delivery::Dispatcher dispatcher_{{}, *store_, loop_, clock_, random_, log_};
  bus::RuleBook rules_{log_};
  bus::Ingest ingest_{rules_, dispatcher_, clock_, random_, metrics_};
  bus::Scheduler scheduler_{*store_, loop_, clock_, rules_, ingest_, log_};
  bus::ArchiveTarget archive_target_{*store_, clock_, metrics_};
  bus::Replays replays_{{}, {*store_, loop_, clock_, ingest_, log_}};
  access::Directory directory_{*store_, random_, clock_};
  access::Authorizer authorizer_{directory_};
  bus::ConnectionSecrets secrets_{std::string(access::Sealer::kKeyBytes, 'k'), random_};
  http::testing::FakeClient http_;
  bus::HttpConnections connections_{{*store_, http_, secrets_, loop_, clock_, log_,
                                     [](const std::string&, int) { return false; }}};
  EventsService service_object_;
};

TEST_F(EventsTest, BusesFromCreationToDeletion) {
  EXPECT_EQ(At(Run("ListEventBuses"), "EventBuses.0.Name"), "default");
  const Object made = Run("CreateEventBus", {{"Name", "orders"}, {"Description", "d"}});
  EXPECT_EQ(At(made, "EventBusArn"), "arn:aws:events:us-east-1:123456789012:event-bus/orders");
  EXPECT_EQ(ErrorOf("CreateEventBus", {{"Name", "orders"}}),
            "ResourceAlreadyExistsException: Event bus orders already exists.");
  EXPECT_EQ(ErrorOf("CreateEventBus", {{"Name", "default"}}),
            "ResourceAlreadyExistsException: Event bus default already exists.");
  EXPECT_EQ(ErrorOf("CreateEventBus", {{"Name", "a/b"}}),
            "ValidationException: Event bus name must not contain '/'.");
  EXPECT_EQ(At(Run("DescribeEventBus", {{"Name", "orders"}}), "Description"), "d");
  Run("UpdateEventBus", {{"Name", "orders"}, {"Description", "new"}});
  EXPECT_EQ(At(Run("DescribeEventBus", {{"Name", At(made, "EventBusArn")}}), "Description"), "new");
  EXPECT_EQ(At(Run("DescribeEventBus"), "Arn"),
            "arn:aws:events:us-east-1:123456789012:event-bus/default");

  Run("CreateEventBus", {{"Name", "a"}});
  const Object first = Run("ListEventBuses", {{"Limit", 2}});
  EXPECT_EQ(At(first, "EventBuses.0.Name"), "a");
  EXPECT_EQ(At(first, "EventBuses.1.Name"), "default");
  const Object second =
      Run("ListEventBuses", {{"Limit", 2}, {"NextToken", At(first, "NextToken")}});
  EXPECT_EQ(At(second, "EventBuses.0.Name"), "orders");
  EXPECT_EQ(At(second, "EventBuses.1.Name"), "");
  EXPECT_EQ(At(second, "NextToken"), "");
  EXPECT_EQ(At(Run("ListEventBuses", {{"NamePrefix", "or"}}), "EventBuses.0.Name"), "orders");

  PutRule("r", R"({"source": ["x"]})", "orders");
  EXPECT_EQ(ErrorOf("DeleteEventBus", {{"Name", "orders"}}),
            "ValidationException: Event bus orders can't be deleted since it has rules.");
  EXPECT_EQ(ErrorOf("DeleteEventBus", {{"Name", "default"}}),
            "ValidationException: Cannot delete event bus default.");
  Run("DeleteEventBus", {{"Name", "a"}});
  Run("DeleteEventBus", {{"Name", "a"}});
  EXPECT_EQ(ErrorOf("DescribeEventBus", {{"Name", "a"}}),
            "ResourceNotFoundException: Event bus a does not exist.");
}

TEST_F(EventsTest, Permissions) {
  const Object grant{
      {"StatementId", "s"}, {"Principal", "999999999999"}, {"Action", "events:PutEvents"}};
  Run("PutPermission", grant);
  Run("PutPermission", grant);  // The same statement again replaces itself.
  const auto policy = json::Parse(At(Run("DescribeEventBus"), "Policy"));
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->at("Statement").as_array().size(), 1U);
  EXPECT_EQ(At(*policy, "Statement.0.Principal.AWS"), "arn:aws:iam::999999999999:root");
  EXPECT_EQ(At(*policy, "Statement.0.Resource"),
            "arn:aws:events:us-east-1:123456789012:event-bus/default");
  std::string found;
  store_->Read([&](store::Transaction& tx) {
    found = (*registry_.FindResourcePolicy("events"))(
        "arn:aws:events:us-east-1:123456789012:event-bus/default", tx);
  });
  EXPECT_EQ(*json::Parse(found), *policy);

  EXPECT_EQ(ErrorOf("RemovePermission", {{"StatementId", "x"}}),
            "ResourceNotFoundException: Statement with the provided id does not exist.");
  Run("RemovePermission", {{"StatementId", "s"}});
  EXPECT_EQ(At(Run("DescribeEventBus"), "Policy"), "");
  EXPECT_EQ(ErrorOf("RemovePermission", {{"RemoveAllPermissions", true}}),
            "ResourceNotFoundException: EventBus does not have a policy.");
  EXPECT_EQ(ErrorOf("PutPermission", {{"StatementId", "s"}}),
            "ValidationException: Parameter(s) Action, Principal and StatementId must be specified "
            "when Policy is not.");
  EXPECT_EQ(ErrorOf("PutPermission", {{"Policy", "nope"}}),
            "ValidationException: Parameter Policy is not valid. Reason: it is not a JSON object.");
  EXPECT_EQ(ErrorOf("PutPermission", {{"EventBusName", "none"}, {"Policy", "{}"}}),
            "ResourceNotFoundException: Event bus none does not exist.");
}

TEST_F(EventsTest, RulesFromCreationToDeletion) {
  EXPECT_EQ(
      At(Run("PutRule", {{"Name", "r"}, {"EventPattern", R"({"source": ["x"]})"}}), "RuleArn"),
      "arn:aws:events:us-east-1:123456789012:rule/r");
  const Object rule = Run("DescribeRule", {{"Name", "r"}});
  EXPECT_EQ(At(rule, "State"), "ENABLED");
  EXPECT_EQ(At(rule, "EventPattern"), R"({"source": ["x"]})");
  EXPECT_EQ(At(rule, "EventBusName"), "default");
  EXPECT_EQ(At(rule, "CreatedBy"), "123456789012");
  EXPECT_EQ(At(rule, "Description"), "");

  EXPECT_EQ(ErrorOf("PutRule", {{"Name", "x"}}),
            "ValidationException: Parameter(s) EventPattern or ScheduleExpression must be "
            "specified.");
  EXPECT_EQ(ErrorOf("PutRule", {{"Name", "x"}, {"EventPattern", R"({"source": "x"})"}}),
            "InvalidEventPatternException: Event pattern is not valid. Reason: \"source\" must be "
            "an object or an array");
  EXPECT_EQ(ErrorOf("PutRule", {{"Name", "x"}, {"ScheduleExpression", "rate(1 minutes)"}}),
            "ValidationException: Parameter ScheduleExpression is not valid.");
  EXPECT_EQ(
      ErrorOf("PutRule",
              {{"Name", "x"}, {"EventPattern", R"({"source": ["x"]})"}, {"EventBusName", "none"}}),
      "ResourceNotFoundException: Event bus none does not exist.");
  EXPECT_EQ(ErrorOf("DescribeRule", {{"Name", "none"}}),
            "ResourceNotFoundException: Rule none does not exist on EventBus default.");

  Run("CreateEventBus", {{"Name", "orders"}});
  EXPECT_EQ(
      ErrorOf("PutRule",
              {{"Name", "x"}, {"ScheduleExpression", "rate(1 hour)"}, {"EventBusName", "orders"}}),
      "ValidationException: ScheduleExpression is supported only on the default event bus.");
  EXPECT_EQ(
      At(Run("PutRule",
             {{"Name", "r"}, {"EventPattern", R"({"source": ["x"]})"}, {"EventBusName", "orders"}}),
         "RuleArn"),
      "arn:aws:events:us-east-1:123456789012:rule/orders/r");

  Run("DisableRule", {{"Name", "r"}});
  EXPECT_EQ(At(Run("DescribeRule", {{"Name", "r"}}), "State"), "DISABLED");
  Run("EnableRule", {{"Name", "r"}});
  EXPECT_EQ(At(Run("ListRules"), "Rules.0.State"), "ENABLED");
  Run("DeleteRule", {{"Name", "r"}});
  Run("DeleteRule", {{"Name", "r"}});
  EXPECT_EQ(At(Run("ListRules"), "Rules"), "[]");
}

TEST_F(EventsTest, ListingInPages) {
  for (const char* name : {"a-1", "a-2", "a-3", "b"}) {
    Run("PutRule", {{"Name", name}, {"EventPattern", R"({"source": ["x"]})"}});
  }
  const Object first = Run("ListRules", {{"NamePrefix", "a-"}, {"Limit", 2}});
  EXPECT_EQ(At(first, "Rules.1.Name"), "a-2");
  const Object second =
      Run("ListRules", {{"NamePrefix", "a-"}, {"Limit", 2}, {"NextToken", At(first, "NextToken")}});
  EXPECT_EQ(At(second, "Rules.0.Name"), "a-3");
  EXPECT_EQ(At(second, "Rules.1.Name"), "");
  EXPECT_EQ(At(second, "NextToken"), "");
  EXPECT_EQ(ErrorOf("ListRules", {{"NextToken", "garbage!"}}),
            "ValidationException: Parameter NextToken is not valid.");
}

TEST_F(EventsTest, Targets) {
  Run("PutRule", {{"Name", "r"}, {"EventPattern", R"({"source": ["x"]})"}});
  const Object put =
      Run("PutTargets", {{"Rule", "r"}, {"Targets", Array{Target("1"), Target("2")}}});
  EXPECT_EQ(At(put, "FailedEntryCount"), "0");
  EXPECT_EQ(At(Run("ListTargetsByRule", {{"Rule", "r"}}), "Targets.1.Id"), "2");
  EXPECT_EQ(
      At(Run("ListRuleNamesByTarget", {{"TargetArn", "arn:aws:sqs:us-east-1:123456789012:q"}}),
         "RuleNames.0"),
      "r");
  EXPECT_EQ(ErrorOf("DeleteRule", {{"Name", "r"}}),
            "ValidationException: Rule can't be deleted since it has targets.");
  Run("RemoveTargets", {{"Rule", "r"}, {"Ids", Array{"1", "none"}}});
  EXPECT_EQ(At(Run("ListTargetsByRule", {{"Rule", "r"}}), "Targets.0.Id"), "2");
  EXPECT_EQ(ErrorOf("PutTargets", {{"Rule", "none"}, {"Targets", Array{Target("1")}}}),
            "ResourceNotFoundException: Rule none does not exist on EventBus default.");

  const auto refused = [&](Object target) {
    return ErrorOf("PutTargets", {{"Rule", "r"}, {"Targets", Array{std::move(target)}}});
  };
  EXPECT_EQ(refused({{"Id", "3"}, {"Arn", "nonsense"}}),
            "ValidationException: Parameter nonsense is not valid. Reason: Provided Arn is not in "
            "correct format.");
  EXPECT_EQ(
      refused({{"Id", "3"}, {"Arn", "arn:aws:batch:us-east-1:123456789012:job-queue/q"}}),
      "ValidationException: Parameter arn:aws:batch:us-east-1:123456789012:job-queue/q is not "
      "valid. Reason: targets of the service batch are not supported.");
  EXPECT_EQ(refused({{"Id", "3"}, {"Arn", "arn:aws:sqs:us-east-1:123456789012:q.fifo"}}),
            "ValidationException: Parameter(s) SqsParameters must be specified for target: 3.");
  EXPECT_EQ(
      refused({{"Id", "3"}, {"Arn", "arn:aws:ssm:us-east-1:123456789012:automation-definition/D"}}),
      "ValidationException: RoleArn is required for target "
      "arn:aws:ssm:us-east-1:123456789012:automation-definition/D.");
  Object bad = Target("3");
  bad["Input"] = "{";
  EXPECT_EQ(refused(bad), "ValidationException: Input for target 3 is not a valid JSON text.");
  Array many;
  for (int i = 0; i < 6; ++i) many.push_back(Target("t" + std::to_string(i)));
  EXPECT_EQ(ErrorOf("PutTargets", {{"Rule", "r"}, {"Targets", std::move(many)}}),
            "LimitExceededException: The requested resource exceeds the maximum number allowed.");
  // A refused call leaves nothing behind.
  EXPECT_EQ(At(Run("ListTargetsByRule", {{"Rule", "r"}}), "Targets.1.Id"), "");
}

TEST_F(EventsTest, PutEventsOwesWhatMatches) {
  PutRule("r", R"({"source": ["app"], "detail": {"n": [{"numeric": [">", 1]}]}})", "");
  const Object out = PutEvents({Entry("app", R"({"n": 1})"), Entry("app", R"({"n": 2})")});
  EXPECT_EQ(At(out, "FailedEntryCount"), "0");
  EXPECT_EQ(At(out, "Entries.0.EventId").size(), 36U);
  EXPECT_NE(At(out, "Entries.0.EventId"), At(out, "Entries.1.EventId"));
  EXPECT_EQ(Owed(), std::vector<std::string>{"r"});
}

TEST_F(EventsTest, PutEventsWritesNothingWhenNothingMatches) {
  PutRule("r", R"({"source": ["app"]})", "");
  const auto before = store_->counts();
  PutEvents({Entry("else"), Entry("other", R"({"n": 2})")});
  EXPECT_EQ(store_->counts().closures, before.closures);
}

TEST_F(EventsTest, EventsOfAnIncidentAreInItsTimeline) {
  trace_.correlation = "inc-0123456789abcdef";
  PutEvents({Entry("app"), Entry("aws.refused")});
  std::vector<observe::TimelineEntry> lines;
  store_->Read(
      [&](store::Transaction& tx) { lines = observe::Timeline::List(tx, "inc-0123456789abcdef"); });
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].text, "app: t");
}

TEST_F(EventsTest, OneBadEntryDoesNotStopTheRest) {
  PutRule("r", R"({"source": ["app"]})", "");
  const Object out = PutEvents({
      Object{{"DetailType", "t"}, {"Detail", "{}"}},
      Object{{"Source", "app"}, {"Detail", "{}"}},
      Object{{"Source", "app"}, {"DetailType", "t"}},
      Entry("app", "not json"),
      Entry("app", "[1]"),
      Entry("aws.ec2"),
      Object{{"Source", "app"}, {"DetailType", "t"}, {"Detail", "{}"}, {"EventBusName", "none"}},
      Entry("app"),
  });
  EXPECT_EQ(At(out, "FailedEntryCount"), "7");
  EXPECT_EQ(At(out, "Entries.0.ErrorCode"), "InvalidArgument");
  EXPECT_EQ(At(out, "Entries.0.ErrorMessage"),
            "Parameter Source is not valid. Reason: Source is a required argument.");
  EXPECT_EQ(At(out, "Entries.1.ErrorMessage"),
            "Parameter DetailType is not valid. Reason: DetailType is a required argument.");
  EXPECT_EQ(At(out, "Entries.2.ErrorMessage"),
            "Parameter Detail is not valid. Reason: Detail is a required argument.");
  EXPECT_EQ(At(out, "Entries.3.ErrorCode"), "MalformedDetail");
  EXPECT_EQ(At(out, "Entries.4.ErrorMessage"), "Detail is malformed.");
  EXPECT_EQ(At(out, "Entries.5.ErrorCode"), "NotAuthorizedForSourceException");
  EXPECT_EQ(At(out, "Entries.6.ErrorMessage"), "Event bus none does not exist.");
  EXPECT_EQ(At(out, "Entries.7.EventId").size(), 36U);
  EXPECT_EQ(Owed(), std::vector<std::string>{"r"});
}

TEST_F(EventsTest, TooMuchAtOnce) {
  EXPECT_EQ(
      ErrorOf("PutEvents",
              {{"Entries", Array{Entry("app", "{\"x\": \"" + std::string(1 << 20, 'x') + "\"}")}}}),
      "ValidationException: Total size of the entries in the request is over the limit.");
}

TEST_F(EventsTest, BusesByNameAndByArn) {
  Run("CreateEventBus", {{"Name", "orders"}});
  PutRule("default-rule", R"({"source": ["app"]})", "");
  PutRule("orders-rule", R"({"source": ["app"]})", "orders");
  Object by_name = Entry("app");
  by_name["EventBusName"] = "orders";
  Object by_arn = Entry("app");
  by_arn["EventBusName"] = "arn:aws:events:us-east-1:123456789012:event-bus/orders";
  PutEvents({by_name, Entry("app"), by_arn});
  EXPECT_EQ(Owed(), (std::vector<std::string>{"orders-rule", "default-rule", "orders-rule"}));
}

TEST_F(EventsTest, AForwardedEventStaysWhatItWas) {
  PutRule("all", R"({"source": ["aws.ec2"], "account": ["999999999999"]})", "");
  api::Call call = MakeCall("PutEvents", {});
  call.caller = access::Principal::Root(AccountId("123456789012"));
  call.caller.source_arn = "arn:aws:events:us-east-1:123456789012:rule/forward";
  Object entry = Entry("aws.ec2");
  entry["TraceHeader"] = "Id=abc;Account=999999999999;Region=eu-west-1";
  call.input["Entries"] = Array{entry};
  json::Value output;
  registry_.Find("events", "PutEvents")
      ->async(std::make_shared<const api::Call>(std::move(call)),
              [&](api::Outcome outcome) { output = std::move(outcome.output); });
  EXPECT_EQ(At(output, "Entries.0.EventId"), "abc");
  EXPECT_EQ(Owed(), std::vector<std::string>{"all"});
  // From outside the same entry is refused.
  EXPECT_EQ(At(PutEvents({entry}), "Entries.0.ErrorCode"), "NotAuthorizedForSourceException");
}

TEST_F(EventsTest, DisabledRulesSeeNothing) {
  PutRule("r", R"({"source": ["app"]})", "");
  Run("DisableRule", {{"Name", "r"}});
  PutEvents({Entry("app")});
  EXPECT_TRUE(Owed().empty());
  Run("EnableRule", {{"Name", "r"}});
  PutEvents({Entry("app")});
  EXPECT_EQ(Owed().size(), 1U);
}

TEST_F(EventsTest, ScheduledRulesRun) {
  scheduler_.Start();
  Run("PutRule", {{"Name", "r"}, {"ScheduleExpression", "rate(1 hour)"}});
  Run("PutTargets", {{"Rule", "r"}, {"Targets", Array{Target("1")}}});
  loop_.Advance(std::chrono::minutes(61));
  EXPECT_EQ(Owed(), std::vector<std::string>{"r"});
  Run("DisableRule", {{"Name", "r"}});
  loop_.Advance(std::chrono::hours(3));
  EXPECT_EQ(Owed().size(), 1U);
}

TEST_F(EventsTest, TestEventPattern) {
  constexpr const char* kEvent =
      R"({"id": "1", "detail-type": "t", "source": "app", "account": "1", "time": "t",
          "region": "r", "detail": {"a": 1}})";
  EXPECT_EQ(At(Run("TestEventPattern",
                   {{"EventPattern", R"({"detail": {"a": [1]}})"}, {"Event", kEvent}}),
               "Result"),
            "true");
  EXPECT_EQ(At(Run("TestEventPattern",
                   {{"EventPattern", R"({"detail": {"a": [2]}})"}, {"Event", kEvent}}),
               "Result"),
            "false");
  EXPECT_EQ(ErrorOf("TestEventPattern", {{"EventPattern", "[]"}, {"Event", kEvent}}),
            "InvalidEventPatternException: Event pattern is not valid. Reason: Filter is not an "
            "object");
  EXPECT_EQ(ErrorOf("TestEventPattern", {{"EventPattern", R"({"a": [1]})"}, {"Event", "{}"}}),
            "ValidationException: Parameter Event is not valid. Reason: the member id is missing.");
  EXPECT_EQ(ErrorOf("TestEventPattern", {{"EventPattern", R"({"a": [1]})"}, {"Event", "x"}}),
            "ValidationException: Parameter Event is not valid. Reason: it is not a JSON object.");
}

TEST_F(EventsTest, Tags) {
  Run("PutRule", {{"Name", "r"},
                  {"EventPattern", R"({"source": ["x"]})"},
                  {"Tags", Array{Object{{"Key", "a"}, {"Value", "1"}}}}});
  const std::string arn = "arn:aws:events:us-east-1:123456789012:rule/r";
  Run("TagResource", {{"ResourceARN", arn}, {"Tags", Array{Object{{"Key", "b"}, {"Value", "2"}}}}});
  EXPECT_EQ(At(Run("ListTagsForResource", {{"ResourceARN", arn}}), "Tags"),
            R"([{"Key":"a","Value":"1"},{"Key":"b","Value":"2"}])");
  Run("UntagResource", {{"ResourceARN", arn}, {"TagKeys", Array{"a"}}});
  EXPECT_EQ(At(Run("ListTagsForResource", {{"ResourceARN", arn}}), "Tags.0.Key"), "b");
  EXPECT_EQ(ErrorOf("ListTagsForResource",
                    {{"ResourceARN", "arn:aws:events:us-east-1:123456789012:rule/none"}}),
            "ResourceNotFoundException: Rule none does not exist on EventBus default.");
  EXPECT_EQ(ErrorOf("TagResource", {{"ResourceARN", arn},
                                    {"Tags", Array{Object{{"Key", "aws:x"}, {"Value", ""}}}}}),
            "ValidationException: Tag keys must not begin with aws:.");
}

class GuardedEventsTest : public EventsTest {
 protected:
  GuardedEventsTest() : EventsTest({.authorize = true}) {}
};

TEST_F(GuardedEventsTest, ARoleThatIsNotThereIsRefused) {
  const std::string role = "arn:aws:iam::123456789012:role/none";
  EXPECT_EQ(ErrorOf("PutRule",
                    {{"Name", "r"}, {"EventPattern", R"({"source": ["x"]})"}, {"RoleArn", role}}),
            "ValidationException: Provided role '" + role +
                "' cannot be assumed by principal 'events.amazonaws.com'.");
}

TEST_F(GuardedEventsTest, AnotherAccountsBusNeedsItsPolicy) {
  Object entry = Entry("app");
  entry["EventBusName"] = "arn:aws:events:us-east-1:999999999999:event-bus/default";
  EXPECT_EQ(At(PutEvents({entry}), "Entries.0.ErrorCode"), "AccessDeniedException");

  const Scope home = scope_;
  scope_.account = AccountId("999999999999");
  Run("PutPermission",
      {{"StatementId", "s"}, {"Principal", home.account.str()}, {"Action", "events:PutEvents"}});
  PutRule("theirs", R"({"source": ["app"]})", "");
  scope_ = home;
  EXPECT_EQ(At(PutEvents({entry}), "FailedEntryCount"), "0");
  EXPECT_EQ(Owed(), std::vector<std::string>{"theirs"});
}

}  // namespace
}  // namespace riposte::events
