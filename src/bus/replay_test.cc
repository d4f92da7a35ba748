#include "bus/replay.h"

#include "bus/archive_sweep.h"
#include "bus/testing/bus_fixture.h"

namespace riposte::bus {
namespace {

using testing::BusTest;

constexpr const char* kQueue = R"([{"Id": "q", "Arn": "arn:aws:sqs:eu-west-1:111122223333:work"}])";

class ReplayTest : public BusTest {
 protected:
  ReplayTest() {
    archive.scope = scope;
    archive.name = "all";
    archive.bus = "default";
    archive.state = "ENABLED";
    archive.created = clock.Now();
    store->WriteAndWait([&](store::Transaction& tx) {
      archive.number = archive_tables::Put(tx, archive);
      PutArchiveRule(tx, archive);
      ASSERT_TRUE(rules.Refresh(tx, ArchiveRule(archive)).has_value());
    });
  }
  ReplayKey Key(const std::string& name = "again") { return {scope, name}; }
  ReplayRow NewReplay(const std::string& name = "again") {
    ReplayRow replay;
    replay.key = Key(name);
    replay.archive = archive.name;
    replay.archive_number = archive.number;
    replay.bus = "default";
    replay.from = start;
    replay.to = start + std::chrono::hours(1);
    replay.state = "STARTING";
    replay.started = clock.Now();
    replay.place = {start, 0};
    store->Read([&](store::Transaction& tx) {
      replay.last_id = archive_tables::LastId(tx, archive.number);
    });
    return replay;
  }
  void Begin(Replays& replays, const ReplayRow& replay) {
    store->WriteAndWait([&](store::Transaction& tx) {
      archive_tables::PutReplay(tx, replay);
      replays.Begin(tx, replay.key);
    });
  }
  ReplayRow Find(const std::string& name = "again") {
    std::optional<ReplayRow> replay;
    store->Read(
        [&](store::Transaction& tx) { replay = archive_tables::FindReplay(tx, Key(name)); });
    return replay.value_or(ReplayRow());
  }
  void SetState(const std::string& state) {
    store->WriteAndWait([&](store::Transaction& tx) {
      ReplayRow replay = *archive_tables::FindReplay(tx, Key());
      replay.state = state;
      archive_tables::PutReplay(tx, replay);
    });
  }
  /// Archives `count` events, a second apart, numbered from 0, with nobody else to get them.
  void Archive(int count) {
    for (int i = 0; i < count; ++i) {
      api::Event event = MakeEvent("app", R"({"n": )" + std::to_string(i) + "}");
      event.time = start + std::chrono::seconds(i);
      Emit(std::move(event));
    }
  }
  /// What was sent to queues, in order.
  std::vector<int64_t> Sent() {
    std::vector<int64_t> out;
    for (const api::Invocation& call : invoker.calls) {
      const auto body = json::Parse(json::GetString(call.input, "MessageBody"));
      out.push_back(body->at("detail").at("n").as_int64());
    }
    return out;
  }
  static std::vector<int64_t> UpTo(int64_t end) {
    std::vector<int64_t> out;
    for (int64_t i = 0; i < end; ++i) out.push_back(i);
    return out;
  }

  const TimePoint start = clock.Now();
  ArchiveRow archive;
  Replays::Parts parts{*store, loop, clock, ingest, log};
};

TEST_F(ReplayTest, BringsBackEachEventOnceInOrder) {
  Archive(150);
  PutRule("r", R"({"source": ["app"]})", kQueue);
  clock.Set(start + std::chrono::hours(2));
  Replays replays({}, parts);
  ReplayRow replay = NewReplay();
  replay.from = start + Millis(400);  // Events know whole seconds only.
  replay.to = start + std::chrono::seconds(119);
  Begin(replays, replay);
  loop.RunUntilIdle();
  EXPECT_EQ(Sent(), UpTo(120));
  const auto body =
      json::Parse(json::GetString(invoker.calls[7].input, "MessageBody"))->as_object();
  EXPECT_EQ(json::GetString(body, "replay-name"), "again");
  EXPECT_EQ(json::GetString(body, "time"), "2026-01-01T00:00:07Z");
  EXPECT_EQ(Find().state, "COMPLETED");
  EXPECT_EQ(Find().last_replayed, start + std::chrono::seconds(119));
  EXPECT_EQ(Find().ended, clock.Now());
  EXPECT_EQ(metrics.sums["Invocations Events-Archive-all"], 150);  // None of it a second time.
}

TEST_F(ReplayTest, PatternsAndInputsSeeItsName) {
  Archive(1);
  PutRule("live", R"({"source": ["app"], "replay-name": [{"exists": false}]})", kQueue);
  PutRule("this", R"({"replay-name": [{"prefix": "ag"}]})",
          R"([{"Id": "q", "Arn": "arn:aws:sqs:eu-west-1:111122223333:work", "InputTransformer":
               {"InputPathsMap": {"r": "$.replay-name"}, "InputTemplate": "\"<r>\""}}])");
  PutRule("other", R"({"replay-name": ["b"]})", kQueue);
  Replays replays({}, parts);
  Begin(replays, NewReplay());
  loop.RunUntilIdle();
  ASSERT_EQ(invoker.calls.size(), 1U);
  EXPECT_EQ(json::GetString(invoker.calls[0].input, "MessageBody"), "\"again\"");
}

TEST_F(ReplayTest, OnlyTheNamedRulesThatMatch) {
  Archive(2);
  PutRule("a", R"({"detail": {"n": [1]}})", kQueue);
  PutRule("b", R"({"source": ["app"]})", kQueue);
  ReplayRow replay = NewReplay();
  replay.rules = {"arn:aws:events:eu-west-1:111122223333:rule/a"};
  Replays replays({}, parts);
  Begin(replays, replay);
  loop.RunUntilIdle();
  EXPECT_EQ(Sent(), (std::vector<int64_t>{1}));
}

TEST_F(ReplayTest, WaitsWhileMuchIsUnderWay) {
  Archive(10);
  PutRule("r", R"({"source": ["app"]})", kQueue);
  // The queue takes nothing for a while: each delivery stays under way.
  invoker.FailNext("SendMessage", "ThrottlingException", 4);
  Replays replays({.page_events = 2, .max_owed = 1}, parts);
  Begin(replays, NewReplay());
  loop.RunUntilIdle();
  EXPECT_EQ(Owed(), 2);  // One page more than was allowed, and no more.
  EXPECT_EQ(Find().state, "RUNNING");
  loop.Advance(std::chrono::minutes(2));
  EXPECT_EQ(Find().state, "COMPLETED");
  std::set<int64_t> all;
  for (const int64_t n : Sent()) all.insert(n);
  EXPECT_EQ(all.size(), 10U);
  EXPECT_EQ(Owed(), 0);
}

TEST_F(ReplayTest, DoesNotWaitForWhatOthersOwe) {
  delivery::Work other;
  other.kind = kRuleTargetKind;
  other.scope = scope;
  other.target_arn = "arn:aws:sqs:eu-west-1:111122223333:slow";
  other.created = start;
  other.due = start + std::chrono::hours(1);
  store->WriteAndWait([&](store::Transaction& tx) {
    for (int i = 0; i < 10; ++i) dispatcher.Enqueue(tx, other);
  });
  Archive(10);
  PutRule("r", R"({"source": ["app"]})", kQueue);
  Replays replays({.page_events = 2, .max_owed = 1}, parts);
  Begin(replays, NewReplay());
  loop.Advance(std::chrono::seconds(2));
  EXPECT_EQ(Find().state, "COMPLETED");
  EXPECT_EQ(Owed(), 10);
  loop.Clear();
}

TEST_F(ReplayTest, ACrashAtAnyPointLosesAndRepeatsNothing) {
  Archive(7);
  PutRule("r", R"({"source": ["app"]})", kQueue);
  invoker.within["SendMessage"] = {json::Object(), std::nullopt};  // Within the replay's commits.
  int points = 0;
  for (int tasks = 0;; ++tasks) {
    const std::string name = "r" + std::to_string(tasks);
    invoker.calls_within.clear();
    {
      Replays replays({.page_events = 2}, parts);
      Begin(replays, NewReplay(name));
      loop.RunSome(tasks);
    }
    const bool finished = Find(name).state == "COMPLETED";
    const bool begun = !invoker.calls_within.empty();
    loop.Clear();  // Nothing of the process is left but what was committed.
    Replays replays({.page_events = 2}, parts);
    replays.Start();
    loop.RunUntilIdle();
    EXPECT_EQ(Find(name).state, "COMPLETED") << tasks;
    EXPECT_EQ(invoker.calls_within.size(), 7U) << tasks;
    if (finished) break;
    if (begun) ++points;
  }
  EXPECT_GE(points, 3);
}

TEST_F(ReplayTest, CancelledInTheMiddle) {
  Archive(7);
  PutRule("r", R"({"source": ["app"]})", kQueue);
  Replays replays({.page_events = 2}, parts);
  Begin(replays, NewReplay());
  loop.RunSome(1);
  EXPECT_EQ(Find().state, "RUNNING");
  SetState("CANCELLING");
  loop.RunUntilIdle();
  EXPECT_EQ(Find().state, "CANCELLED");
  EXPECT_TRUE(Find().ended.has_value());
  EXPECT_EQ(Sent(), UpTo(2));
}

TEST_F(ReplayTest, CancelledWhileItWaits) {
  Archive(4);
  PutRule("r", R"({"source": ["app"]})", kQueue);
  invoker.FailNext("SendMessage", "ThrottlingException", 100);
  Replays replays({.page_events = 2, .max_owed = 1}, parts);
  Begin(replays, NewReplay());
  loop.RunUntilIdle();
  SetState("CANCELLING");
  loop.Advance(Millis(100));
  EXPECT_EQ(Find().state, "CANCELLED");
}

TEST_F(ReplayTest, WhatRulesMakeOfItDoesNotFeedIt) {
  Archive(3);
  ReplayRow replay = NewReplay();
  Archive(3);  // Same times, but archived after it began.
  PutRule("r", R"({"source": ["app"]})", kQueue);
  Replays replays({}, parts);
  Begin(replays, replay);
  loop.RunUntilIdle();
  EXPECT_EQ(Sent(), UpTo(3));
}

TEST_F(ReplayTest, FailsWhenItsArchiveGoes) {
  Archive(3);
  PutRule("r", R"({"source": ["app"]})", kQueue);
  Replays replays({.page_events = 1}, parts);
  Begin(replays, NewReplay());
  loop.RunSome(1);
  store->WriteAndWait([&](store::Transaction& tx) { archive_tables::Delete(tx, archive.number); });
  loop.RunUntilIdle();
  EXPECT_EQ(Find().state, "FAILED");
  EXPECT_EQ(Find().state_reason, "Archive all was deleted.");
}

TEST_F(ReplayTest, DamagedEventsAreLeftOutAndTold) {
  Archive(3);
  PutRule("r", R"({"source": ["app"]})", kQueue);
  store->WriteAndWait([&](store::Transaction& tx) {
    tx.Execute("UPDATE bus_archived_events SET event = replace(event, '\"n\":1', '\"n\":9')");
  });
  Replays replays({}, parts);
  Begin(replays, NewReplay());
  loop.RunUntilIdle();
  EXPECT_EQ(Sent(), (std::vector<int64_t>{0, 2}));
  EXPECT_EQ(Find().state, "FAILED");
  EXPECT_EQ(Find().state_reason.substr(0, 10), "1 archived");
}

TEST_F(ReplayTest, ForgottenNinetyDaysAfterItsEnd) {
  Replays replays({}, parts);
  Begin(replays, NewReplay());
  loop.RunUntilIdle();
  ArchiveSweep sweep({}, *store, loop, clock, log);
  sweep.Start();
  loop.Advance(std::chrono::hours(24 * 90));
  EXPECT_EQ(Find().state, "COMPLETED");
  loop.Advance(std::chrono::hours(2));
  EXPECT_EQ(Find().state, "");
}

TEST_F(ReplayTest, AnEventPassedOnToAnotherBusKeepsItsReplay) {
  Archive(1);
  PutRule("r", R"({"source": ["app"]})",
          R"([{"Id": "b", "Arn": "arn:aws:events:eu-west-1:111122223333:event-bus/other"}])");
  Replays replays({}, parts);
  Begin(replays, NewReplay());
  loop.RunUntilIdle();
  ASSERT_EQ(invoker.calls.size(), 1U);
  const json::Object& entry = invoker.calls[0].input.at("Entries").at(0).as_object();
  const std::string header(json::GetString(entry, "TraceHeader"));
  EXPECT_TRUE(header.ends_with(";Replay=again")) << header;
}

}  // namespace
}  // namespace riposte::bus
