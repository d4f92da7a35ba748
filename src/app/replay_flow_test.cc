// Archives and replays as operations: from PutEvents into an archive and back to the bus.
#include <gtest/gtest.h>

#include "app/testing/harness.h"

namespace riposte::app::testing {
namespace {

using json::Array;
using json::Object;

class ReplayFlow : public ::testing::Test {
 protected:
  ReplayFlow() {
    engine.Call("events", "CreateEventBus", {{"Name", "orders"}});
    const Object policy{
        {"Version", "2012-10-17"},
        {"Statement", Array{Object{{"Effect", "Allow"},
                                   {"Principal", Object{{"Service", "events.amazonaws.com"}}},
                                   {"Action", "sqs:SendMessage"},
                                   {"Resource", "*"}}}}};
    queue = json::GetString(
        engine.Call(
            "sqs", "CreateQueue",
            {{"QueueName", "inbox"}, {"Attributes", Object{{"Policy", json::Serialize(policy)}}}}),
        "QueueUrl");
  }
  void CreateArchive(Object more = {}) {
    more.emplace("ArchiveName", "all");
    more["EventSourceArn"] = bus;
    engine.Call("events", "CreateArchive", std::move(more));
  }
  void PutRule(const std::string& name, const std::string& pattern) {
    engine.Call("events", "PutRule",
                {{"Name", name}, {"EventBusName", "orders"}, {"EventPattern", pattern}});
    engine.Call("events", "PutTargets",
                {{"Rule", name},
                 {"EventBusName", "orders"},
                 {"Targets", Array{Object{{"Id", "q"}, {"Arn", engine.Arn("sqs", "inbox")}}}}});
  }
  /// One event a number, a second apart, and their ids.
  std::vector<std::string> Put(int64_t first, int64_t end) {
    std::vector<std::string> ids;
    for (int64_t n = first; n < end;) {
      Array entries;
      for (; n < end && entries.size() < 10; ++n) {
        entries.push_back(Object{{"Source", "app"},
                                 {"DetailType", "t"},
                                 {"EventBusName", "orders"},
                                 {"Time", ToSeconds(start + std::chrono::seconds(n))},
                                 {"Detail", "{\"n\": " + std::to_string(n) + "}"}});
      }
      const Object out = engine.Call("events", "PutEvents", {{"Entries", std::move(entries)}});
      for (const json::Value& entry : out.at("Entries").as_array()) {
        ids.push_back(Text(entry.as_object(), "EventId"));
      }
    }
    return ids;
  }
  Object ReplayOf(const std::string& name, Object destination = {}) {
    destination["Arn"] = bus;
    return {{"ReplayName", name},
            {"EventSourceArn", engine.Arn("events", "archive/all")},
            {"EventStartTime", ToSeconds(start)},
            {"EventEndTime", ToSeconds(start + std::chrono::hours(1))},
            {"Destination", std::move(destination)}};
  }
  /// Starts it, and runs only so many tasks of the loop.
  void StartAndStop(const std::string& name, int tasks) {
    api::Invocation start_call;
    start_call.service = "events";
    start_call.operation = "StartReplay";
    start_call.input = ReplayOf(name);
    start_call.principal = access::Principal::Root(engine.scope().account);
    start_call.scope = engine.scope();
    engine.engine().pipeline().Invoke(std::move(start_call), [](const api::Outcome&) {});
    engine.loop.RunSome(tasks);
  }
  Object Archive(const std::string& name = "all") {
    return engine.Call("events", "DescribeArchive", {{"ArchiveName", name}});
  }
  Object Replay(const std::string& name) {
    return engine.Call("events", "DescribeReplay", {{"ReplayName", name}});
  }
  static std::string Text(const Object& object, std::string_view name) {
    return std::string(json::GetString(object, name));
  }
  std::string StateOf(const std::string& name) { return Text(Replay(name), "State"); }
  /// Takes every message; the events, in order.
  std::vector<Object> Receive() {
    std::vector<Object> events;
    for (;;) {
      const Object got =
          engine.Call("sqs", "ReceiveMessage", {{"QueueUrl", queue}, {"MaxNumberOfMessages", 10}});
      const Array* messages = json::GetArray(got, "Messages");
      if (messages == nullptr || messages->empty()) return events;
      for (const json::Value& message : *messages) {
        events.push_back(json::Parse(json::GetString(message.as_object(), "Body"))->as_object());
        engine.Call("sqs", "DeleteMessage",
                    {{"QueueUrl", queue},
                     {"ReceiptHandle", json::GetString(message.as_object(), "ReceiptHandle")}});
      }
    }
  }
  std::vector<int64_t> ReceiveNumbers() {
    std::vector<int64_t> out;
    for (const Object& event : Receive()) out.push_back(event.at("detail").at("n").as_int64());
    return out;
  }

  Harness engine{{.durable = true}};
  const TimePoint start = engine.clock.Now();
  const std::string bus = engine.Arn("events", "event-bus/orders");
  std::string queue;
};

TEST_F(ReplayFlow, FromTheArchiveToTheQueue) {
  CreateArchive();
  const auto ids = Put(0, 3);
  PutRule("later", R"({"source": ["app"]})");
  EXPECT_EQ(Archive().at("EventCount"), 3);
  EXPECT_GT(Archive().at("SizeBytes").as_int64(), 300);
  engine.AdvanceTime(std::chrono::hours(2));
  const Object started = engine.Call("events", "StartReplay", ReplayOf("again"));
  EXPECT_EQ(Text(started, "State"), "STARTING");
  EXPECT_EQ(Text(started, "ReplayArn"), engine.Arn("events", "replay/again"));

  const auto events = Receive();
  ASSERT_EQ(events.size(), 3U);
  for (size_t n = 0; n < 3; ++n) {
    EXPECT_EQ(Text(events[n], "id"), ids[n]);
    EXPECT_EQ(Text(events[n], "replay-name"), "again");
    EXPECT_EQ(Text(events[n], "time"), FormatIso8601(start + std::chrono::seconds(n)));
    EXPECT_EQ(Text(events[n], "account"), engine.scope().account.str());
  }
  const Object replay = Replay("again");
  EXPECT_EQ(Text(replay, "State"), "COMPLETED");
  EXPECT_EQ(replay.at("EventLastReplayedTime"), ToSeconds(start + std::chrono::seconds(2)));
  EXPECT_EQ(replay.at("ReplayEndTime"), ToSeconds(engine.clock.Now()));
  EXPECT_EQ(Text(replay.at("Destination").as_object(), "Arn"), bus);
  EXPECT_EQ(Archive().at("EventCount"), 3);  // Not archived again.
}

TEST_F(ReplayFlow, ItsPatternFiltersAndItsRuleIsManaged) {
  CreateArchive({{"EventPattern", R"({"detail": {"n": [{"numeric": [">", 1]}]}})"}});
  Put(0, 5);
  EXPECT_EQ(Archive().at("EventCount"), 3);
  const Object rule = engine.Call("events", "DescribeRule",
                                  {{"Name", "Events-Archive-all"}, {"EventBusName", "orders"}});
  EXPECT_EQ(Text(rule, "ManagedBy"), "prod.vhs.events.aws.internal");
  EXPECT_EQ(Text(rule, "EventPattern"),
            R"({"detail": {"n": [{"numeric": [">", 1]}]},"replay-name":[{"exists":false}]})");
}

TEST_F(ReplayFlow, OnlyNamedRules) {
  CreateArchive();
  Put(0, 2);
  PutRule("one", R"({"detail": {"n": [1]}})");
  PutRule("all", R"({"source": ["app"]})");
  engine.Call("events", "StartReplay",
              ReplayOf("again", {{"FilterArns", Array{engine.Arn("events", "rule/orders/one")}}}));
  EXPECT_EQ(ReceiveNumbers(), (std::vector<int64_t>{1}));
}

TEST_F(ReplayFlow, ARestartInTheMiddleLosesAndRepeatsNothing) {
  CreateArchive();
  Put(0, 130);  // Three pages.
  PutRule("all", R"({"source": ["app"]})");
  for (int tasks = 1; tasks < 4; ++tasks) {
    const std::string name = "r" + std::to_string(tasks);
    StartAndStop(name, tasks);
    engine.Restart();
    EXPECT_EQ(StateOf(name), "COMPLETED") << tasks;
    const auto numbers = ReceiveNumbers();
    ASSERT_EQ(numbers.size(), 130U) << tasks;
    for (int64_t n = 0; n < 130; ++n) EXPECT_EQ(numbers[static_cast<size_t>(n)], n);
  }
}

TEST_F(ReplayFlow, Cancelled) {
  CreateArchive();
  Put(0, 150);
  PutRule("all", R"({"source": ["app"]})");
  // The reply of StartReplay, and one page.
  for (int tasks = 1; tasks < 6; ++tasks) {
    const std::string name = "r" + std::to_string(tasks);
    StartAndStop(name, tasks);
    const Object cancelled = engine.Call("events", "CancelReplay", {{"ReplayName", name}});
    EXPECT_EQ(Text(cancelled, "State"), "CANCELLING");
    EXPECT_EQ(StateOf(name), "CANCELLED");
    const size_t received = ReceiveNumbers().size();
    EXPECT_LT(received, 150U);
    if (received > 0) break;
  }
  EXPECT_EQ(engine.CallError("events", "CancelReplay", {{"ReplayName", "r1"}}),
            "IllegalStatusException");
}

TEST_F(ReplayFlow, RetentionTakesWhatIsOldByTheClock) {
  CreateArchive({{"RetentionDays", 1}});
  CreateArchive({{"ArchiveName", "ever"}});
  Put(0, 2);
  engine.AdvanceTime(std::chrono::hours(20));
  Put(2, 3);  // Old by its own time, but it came today.
  engine.AdvanceTime(std::chrono::hours(5));
  EXPECT_EQ(Archive().at("EventCount"), 1);
  EXPECT_EQ(Archive("ever").at("EventCount"), 3);
  PutRule("all", R"({"source": ["app"]})");
  engine.Call("events", "StartReplay", ReplayOf("again"));
  EXPECT_EQ(ReceiveNumbers(), (std::vector<int64_t>{2}));
  engine.AdvanceTime(std::chrono::hours(24));
  EXPECT_EQ(Archive().at("EventCount"), 0);
  EXPECT_EQ(Archive().at("SizeBytes"), 0);
}

TEST_F(ReplayFlow, ADisabledArchiveKeepsNothingUntilItIsUpdated) {
  CreateArchive();
  const Object rule{{"EventBusName", "orders"}, {"Rule", "Events-Archive-all"}};
  Object remove = rule;
  remove["Ids"] = Array{"Events-Archive-all"};
  EXPECT_EQ(engine.CallError("events", "RemoveTargets", remove), "ManagedRuleException");
  remove["Force"] = true;
  engine.Call("events", "RemoveTargets", remove);
  EXPECT_EQ(Text(Archive(), "State"), "DISABLED");
  Put(0, 1);
  EXPECT_EQ(Archive().at("EventCount"), 0);
  engine.Call("events", "UpdateArchive", {{"ArchiveName", "all"}, {"Description", "d"}});
  EXPECT_EQ(Text(Archive(), "State"), "ENABLED");
  Put(1, 2);
  engine.Restart();
  Put(2, 3);
  EXPECT_EQ(Archive().at("EventCount"), 2);
}

TEST_F(ReplayFlow, PassedOnToAnotherBusItStaysAReplay) {
  engine.Call("events", "CreateEventBus", {{"Name", "next"}});
  engine.Call(
      "events", "CreateArchive",
      {{"ArchiveName", "there"}, {"EventSourceArn", engine.Arn("events", "event-bus/next")}});
  CreateArchive();
  engine.Call(
      "events", "PutRule",
      {{"Name", "on"}, {"EventBusName", "orders"}, {"EventPattern", R"({"source": ["app"]})"}});
  engine.Call(
      "events", "PutTargets",
      {{"Rule", "on"},
       {"EventBusName", "orders"},
       {"Targets", Array{Object{{"Id", "b"}, {"Arn", engine.Arn("events", "event-bus/next")}}}}});
  Put(0, 1);
  EXPECT_EQ(Archive("there").at("EventCount"), 1);
  engine.Call("events", "PutRule",
              {{"Name", "replayed"},
               {"EventBusName", "next"},
               {"EventPattern", R"({"replay-name": ["again"]})"}});
  engine.Call("events", "PutTargets",
              {{"Rule", "replayed"},
               {"EventBusName", "next"},
               {"Targets", Array{Object{{"Id", "q"}, {"Arn", engine.Arn("sqs", "inbox")}}}}});
  engine.Call("events", "StartReplay", ReplayOf("again"));
  EXPECT_EQ(ReceiveNumbers(), (std::vector<int64_t>{0}));
  EXPECT_EQ(Archive("there").at("EventCount"), 1);
}

TEST_F(ReplayFlow, ListsByFilterAndPage) {
  for (const char* name : {"a-1", "a-2", "b"}) CreateArchive({{"ArchiveName", name}});
  CreateArchive();
  const auto names = [&](const std::string& operation, const std::string& list,
                         const std::string& member, Object input) {
    std::vector<std::string> out;
    const Object got = engine.Call("events", operation, std::move(input));
    for (const json::Value& one : got.at(list).as_array()) {
      out.push_back(Text(one.as_object(), member));
    }
    if (got.contains("NextToken")) out.push_back("…");
    return out;
  };
  const auto archives = [&](Object input) {
    return names("ListArchives", "Archives", "ArchiveName", std::move(input));
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(archives({}), (Names{"a-1", "a-2", "all", "b"}));
  EXPECT_EQ(archives({{"NamePrefix", "a-"}}), (Names{"a-1", "a-2"}));
  EXPECT_EQ(archives({{"EventSourceArn", bus}}).size(), 4U);
  EXPECT_EQ(archives({{"EventSourceArn", engine.Arn("events", "event-bus/default")}}), Names());
  EXPECT_EQ(archives({{"State", "DISABLED"}}), Names());
  EXPECT_EQ(archives({{"Limit", 3}}), (Names{"a-1", "a-2", "all", "…"}));
  const Object first = engine.Call("events", "ListArchives", {{"Limit", 3}});
  EXPECT_EQ(archives({{"Limit", 3}, {"NextToken", first.at("NextToken")}}), (Names{"b"}));
  EXPECT_EQ(engine.CallError("events", "ListArchives", {{"NamePrefix", "a"}, {"State", "ENABLED"}}),
            "ValidationException");
  EXPECT_EQ(engine.CallError("events", "ListArchives", {{"EventSourceArn", bus + "-no"}}),
            "ResourceNotFoundException");

  for (const char* name : {"r-1", "r-2", "s"}) engine.Call("events", "StartReplay", ReplayOf(name));
  const auto replays = [&](Object input) {
    return names("ListReplays", "Replays", "ReplayName", std::move(input));
  };
  EXPECT_EQ(replays({}), (Names{"r-1", "r-2", "s"}));
  EXPECT_EQ(replays({{"NamePrefix", "r"}, {"Limit", 1}}), (Names{"r-1", "…"}));
  EXPECT_EQ(replays({{"State", "COMPLETED"}}).size(), 3U);
  EXPECT_EQ(replays({{"State", "RUNNING"}}), Names());
  EXPECT_EQ(replays({{"EventSourceArn", engine.Arn("events", "archive/all")}}).size(), 3U);
  EXPECT_EQ(replays({{"EventSourceArn", engine.Arn("events", "archive/b")}}), Names());
}

TEST_F(ReplayFlow, RefusedByName) {
  CreateArchive();
  const auto error = [&](const std::string& operation, Object input) {
    const auto outcome = engine.TryCall("events", operation, std::move(input));
    return outcome.ok() ? "" : outcome.error->code() + ": " + outcome.error->message();
  };
  const auto archive = [&](Object change) {
    Object input{{"ArchiveName", "other"}, {"EventSourceArn", bus}};
    for (const auto& [name, value] : change) input[name] = value;
    return error("CreateArchive", std::move(input));
  };
  EXPECT_EQ(archive({{"ArchiveName", "all"}}),
            "ResourceAlreadyExistsException: Archive all already exists.");
  EXPECT_EQ(archive({{"EventSourceArn", bus + "2"}}),
            "ResourceNotFoundException: Event bus orders2 does not exist.");
  EXPECT_EQ(archive({{"EventPattern", "{}"}}).substr(0, 28), "InvalidEventPatternException");
  EXPECT_EQ(archive({{"RetentionDays", -1}}).substr(0, 19), "ValidationException");
  EXPECT_EQ(archive({{"ArchiveName", "a/b"}}).substr(0, 19), "ValidationException");
  PutRule("Events-Archive-other", R"({"source": ["x"]})");
  EXPECT_EQ(archive({}),
            "ResourceAlreadyExistsException: Rule Events-Archive-other already exists.");
  EXPECT_EQ(error("DeleteArchive", {{"ArchiveName", "no"}}),
            "ResourceNotFoundException: Archive no does not exist.");
  EXPECT_EQ(error("UpdateArchive", {{"ArchiveName", "all"}, {"EventPattern", "[]"}}).substr(0, 28),
            "InvalidEventPatternException");
  EXPECT_EQ(error("DeleteEventBus", {{"Name", "orders"}}),
            "ValidationException: Event bus orders can't be deleted since it has rules.");

  const auto replay = [&](Object change) {
    Object input = ReplayOf("r");
    for (const auto& [name, value] : change) input[name] = value;
    return error("StartReplay", std::move(input));
  };
  const std::string invalid = "ValidationException: Parameter ";
  EXPECT_EQ(replay({{"EventSourceArn", engine.Arn("events", "archive/no")}}),
            invalid + "EventSourceArn is not valid. Reason: Archive no does not exist.");
  EXPECT_EQ(replay({{"EventSourceArn", bus}}),
            invalid + "EventSourceArn is not valid. Reason: Must contain an archive ARN.");
  EXPECT_EQ(replay({{"Destination", Object{{"Arn", engine.Arn("sqs", "inbox")}}}}),
            invalid + "Destination.Arn is not valid. Reason: Must contain an event bus ARN.");
  EXPECT_EQ(
      replay({{"Destination", Object{{"Arn", engine.Arn("events", "event-bus/default")}}}}),
      invalid + "Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.");
  EXPECT_EQ(replay({{"Destination", Object{{"Arn", bus + "2"}}}}),
            "ResourceNotFoundException: Event bus orders2 does not exist.");
  EXPECT_EQ(
      replay({{"Destination",
               Object{{"Arn", bus}, {"FilterArns", Array{engine.Arn("events", "rule/no")}}}}}),
      invalid + "Destination.FilterArns is not valid. Reason: " + engine.Arn("events", "rule/no") +
          " is no rule of event bus orders.");
  EXPECT_EQ(
      replay({{"EventEndTime", ToSeconds(start)}}),
      invalid + "EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.");
  EXPECT_EQ(replay({}), "");
  EXPECT_EQ(replay({}), "ResourceAlreadyExistsException: Replay r already exists.");
  EXPECT_EQ(error("CancelReplay", {{"ReplayName", "r"}}),
            "IllegalStatusException: Replay r is not in a valid state for this operation.");
  EXPECT_EQ(error("DescribeReplay", {{"ReplayName", "no"}}),
            "ResourceNotFoundException: Replay no does not exist.");
}

TEST_F(ReplayFlow, NoMoreThanTenAtOnce) {
  CreateArchive();
  for (int i = 0; i < 10; ++i) StartAndStop("r" + std::to_string(i), 0);
  EXPECT_EQ(engine.CallError("events", "StartReplay", ReplayOf("r10")), "LimitExceededException");
  EXPECT_EQ(StateOf("r9"), "COMPLETED");
  EXPECT_EQ(engine.CallError("events", "StartReplay", ReplayOf("r10")), "");
}

TEST_F(ReplayFlow, ADeletedArchiveTakesItsRuleAlong) {
  CreateArchive();
  Put(0, 1);
  engine.Call("events", "DeleteArchive", {{"ArchiveName", "all"}});
  EXPECT_EQ(engine.CallError("events", "DescribeRule",
                             {{"Name", "Events-Archive-all"}, {"EventBusName", "orders"}}),
            "ResourceNotFoundException");
  Put(1, 2);
  CreateArchive();
  EXPECT_EQ(Archive().at("EventCount"), 0);
  engine.Call("events", "DeleteArchive", {{"ArchiveName", "all"}});
  engine.Call("events", "DeleteEventBus", {{"Name", "orders"}});
}

TEST_F(ReplayFlow, NobodyNamesAReplayFromOutside) {
  // TraceHeader is believed from the bus itself only.
  PutRule("replayed", R"({"replay-name": [{"exists": true}]})");
  engine.Call("events", "PutEvents",
              {{"Entries", Array{Object{{"Source", "app"},
                                        {"DetailType", "t"},
                                        {"EventBusName", "orders"},
                                        {"TraceHeader", "Id=1;Replay=mine"},
                                        {"Detail", "{}"}}}}});
  EXPECT_TRUE(Receive().empty());
}

}  // namespace
}  // namespace riposte::app::testing
