#include "bus/archive.h"

#include "bus/archive_sweep.h"
#include "bus/testing/bus_fixture.h"

namespace riposte::bus {
namespace {

using testing::BusTest;

class ArchiveTest : public BusTest {
 protected:
  ArchiveRow Create(const std::string& name, const std::string& pattern = "",
                    int64_t retention_days = 0) {
    ArchiveRow archive;
    archive.scope = scope;
    archive.name = name;
    archive.bus = "default";
    archive.pattern = pattern;
    archive.retention_days = retention_days;
    archive.state = "ENABLED";
    archive.created = clock.Now();
    store->WriteAndWait([&](store::Transaction& tx) {
      archive.number = archive_tables::Put(tx, archive);
      PutArchiveRule(tx, archive);
      ASSERT_TRUE(rules.Refresh(tx, ArchiveRule(archive)).has_value());
    });
    return archive;
  }
  ArchiveRow Find(const std::string& name) {
    std::optional<ArchiveRow> found;
    store->Read([&](store::Transaction& tx) { found = archive_tables::Find(tx, scope, name); });
    return found.value_or(ArchiveRow());
  }
  /// All of them, by time.
  std::vector<ArchivedEvent> Events(const ArchiveRow& archive, int64_t max_events = 1000,
                                    int64_t max_bytes = 1 << 30) {
    std::vector<ArchivedEvent> events;
    store->Read([&](store::Transaction& tx) {
      const archive_tables::Range all{FromMillis(INT64_MAX),
                                      archive_tables::LastId(tx, archive.number)};
      events = archive_tables::ListEvents(tx, archive.number, {FromMillis(0), 0}, all, max_events,
                                          max_bytes);
    });
    return events;
  }
  int64_t Rows() {
    int64_t count = -1;
    store->Read([&](store::Transaction& tx) {
      count = tx.QueryInt("SELECT COUNT(*) FROM bus_archived_events").value_or(-1);
    });
    return count;
  }
};

TEST_F(ArchiveTest, KeepsWhatItsPatternMatchesAsItWas) {
  const ArchiveRow all = Create("all");
  const ArchiveRow some =
      Create("some", R"({"source": ["app"], "detail": {"n": [{"exists": true}]}})");
  Emit(MakeEvent("app", R"({"n": 1})"));
  Emit(MakeEvent("app"));
  Emit(MakeEvent("other", R"({"n": 1})"));
  EXPECT_EQ(Find("all").events, 3);
  EXPECT_EQ(Find("some").events, 1);
  const auto kept = Events(some);
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_TRUE(kept[0].intact);
  EXPECT_EQ(kept[0].place.time, clock.Now());
  EXPECT_EQ(Find("some").bytes, static_cast<int64_t>(kept[0].text.size()));
  EXPECT_EQ(json::Serialize(json::Parse(kept[0].text)->at("detail")), R"({"n":1})");
  EXPECT_EQ(metrics.sums["Invocations Events-Archive-all"], 3);
  EXPECT_EQ(Owed(), 0);  // It was done in the commit that accepted the event.
}

TEST_F(ArchiveTest, TextStaysAsItWasWritten) {
  const ArchiveRow archive = Create("all");
  api::Event event = MakeEvent("app");
  std::vector<delivery::Work> owed;
  ASSERT_TRUE(ingest.MatchText(event, R"({ "n": 1.50, "s": "\u00e9],\"detail\":" })",
                               {"999999999999", "eu-north-1"}, owed));
  store->WriteAndWait([&](store::Transaction& tx) { ingest.Owe(tx, std::move(owed)); });
  const auto kept = Events(archive);
  ASSERT_EQ(kept.size(), 1U);
  const auto parts = ReadEnvelope(kept[0].text);
  ASSERT_TRUE(parts.has_value());
  EXPECT_EQ(parts->detail, R"({"n":1.50,"s":"\u00e9],\"detail\":"})");
  EXPECT_EQ(parts->account, "999999999999");
  EXPECT_EQ(parts->region, "eu-north-1");
  EXPECT_EQ(parts->event.id, event.id);
  EXPECT_EQ(parts->event.time, clock.Now());
}

TEST_F(ArchiveTest, WhatAReplayBringsIsNotKept) {
  Create("all");
  Create("own", R"({"replay-name": [{"exists": true}]})");  // Its own word does not count.
  api::Event event = MakeEvent("app");
  event.replay_name = "r";
  Emit(std::move(event));
  EXPECT_EQ(Rows(), 0);
  Emit(MakeEvent("app"));
  EXPECT_EQ(Rows(), 2);
}

TEST_F(ArchiveTest, NothingIsKeptWithoutTheCommit) {
  Create("all");
  EXPECT_THROW(store->WriteAndWait([&](store::Transaction& tx) {
    ingest.Emit(tx, MakeEvent("app"));
    throw std::runtime_error("refused");
  }),
               std::runtime_error);
  EXPECT_EQ(Rows(), 0);
  EXPECT_EQ(Find("all").events, 0);
}

TEST_F(ArchiveTest, AnEventOnItsWayIntoADeletedArchiveIsDone) {
  const ArchiveRow archive = Create("all");
  api::Event event = MakeEvent("app");
  std::vector<delivery::Work> owed;
  ingest.Match(event, owed);
  ASSERT_EQ(owed.size(), 1U);
  store->WriteAndWait([&](store::Transaction& tx) {
    archive_tables::Delete(tx, archive.number);
    ingest.Owe(tx, std::move(owed));
  });
  EXPECT_EQ(Rows(), 0);
  EXPECT_EQ(Owed(), 0);
}

TEST_F(ArchiveTest, PagesByTimeThenArrival) {
  const ArchiveRow archive = Create("all");
  const TimePoint start = clock.Now();
  for (const int second : {5, 3, 3, 4, 3, 1}) {
    api::Event event = MakeEvent("app");
    event.time = start + std::chrono::seconds(second) + Millis(900);
    Emit(std::move(event));
  }
  std::vector<std::pair<int, int64_t>> seen;
  ArchivePlace place{start, 0};
  for (int page = 0; page < 10; ++page) {
    std::vector<ArchivedEvent> events;
    store->Read([&](store::Transaction& tx) {
      events = archive_tables::ListEvents(
          tx, archive.number, place,
          {start + std::chrono::seconds(4), archive_tables::LastId(tx, archive.number)}, 2,
          1 << 20);
    });
    if (events.empty()) break;
    for (const ArchivedEvent& event : events) {
      seen.emplace_back((event.place.time - start) / std::chrono::seconds(1),
                        event.place.id - (archive.number << 40));
    }
    place = events.back().place;
  }
  EXPECT_EQ(seen, (std::vector<std::pair<int, int64_t>>{{1, 6}, {3, 2}, {3, 3}, {3, 5}, {4, 4}}));
  EXPECT_EQ(Events(archive, 1000, 1).size(), 1U);  // Bytes end a page, but never before its first.
}

TEST_F(ArchiveTest, ADamagedRowIsKnown) {
  const ArchiveRow archive = Create("all");
  Emit(MakeEvent("app", R"({"n": 1})"));
  store->WriteAndWait([&](store::Transaction& tx) {
    tx.Execute("UPDATE bus_archived_events SET event = replace(event, '1}', '2}')");
  });
  ASSERT_EQ(Events(archive).size(), 1U);
  EXPECT_FALSE(Events(archive)[0].intact);
}

TEST_F(ArchiveTest, RetentionAndDeletionInSlices) {
  const ArchiveRow day = Create("day", "", 1);
  Create("ever");
  for (int i = 0; i < 2'500; ++i) Emit(MakeEvent("app"));
  ArchiveSweep sweep({}, *store, loop, clock, log);
  sweep.Start();
  loop.Advance(std::chrono::hours(23));
  EXPECT_EQ(Find("day").events, 2'500);
  Emit(MakeEvent("app"));
  loop.Advance(std::chrono::hours(2) + Millis(1));  // One slice.
  EXPECT_EQ(Find("day").events, 501);
  loop.Advance(std::chrono::seconds(1));
  EXPECT_EQ(Find("day").events, 1);
  EXPECT_EQ(Find("day").bytes, static_cast<int64_t>(Events(day)[0].text.size()));
  EXPECT_EQ(Find("ever").events, 2'501);

  store->WriteAndWait(
      [&](store::Transaction& tx) { archive_tables::Delete(tx, Find("ever").number); });
  const ArchiveRow again = Create("ever");
  EXPECT_EQ(again.events, 0);
  loop.Advance(std::chrono::hours(1) + std::chrono::seconds(1));
  EXPECT_EQ(Rows(), 1);
}

TEST_F(ArchiveTest, TheRulesPattern) {
  EXPECT_EQ(ArchiveRulePattern(""), R"({"replay-name":[{"exists":false}]})");
  EXPECT_EQ(ArchiveRulePattern("{\"a\": [1.0]} \n"),
            R"({"a": [1.0],"replay-name":[{"exists":false}]})");
}

TEST(EnvelopeTest, ReadsWhatItWrote) {
  api::Event event;
  event.id = "e-1";
  event.source = "app";
  event.detail_type = R"(a "quoted],"detail":type)";
  event.time = FromMillis(1'767'225'600'000);
  event.resources = {R"(arn:x],"detail":{})", "y"};
  for (const char* replay : {"", "again"}) {
    event.replay_name = replay;
    const std::string detail = R"({"resources":[1],"detail":{"a":[2],"detail":3}})";
    const std::string text = EnvelopeText(event, {"111122223333", "eu-west-1"}, detail);
    for (const std::string& written :
         {text, json::Serialize(
                    MakeEnvelope(event, {"111122223333", "eu-west-1"}, *json::Parse(detail)))}) {
      const auto parts = ReadEnvelope(written);
      ASSERT_TRUE(parts.has_value()) << written;
      EXPECT_EQ(parts->detail, detail);
      EXPECT_EQ(parts->event.detail_type, event.detail_type);
      EXPECT_EQ(parts->event.resources, event.resources);
      EXPECT_EQ(parts->event.replay_name, event.replay_name);
      EXPECT_EQ(parts->event.time, event.time);
    }
  }
  for (const char* other : {"", "{}", "[]", R"({"id":"1","time":"2026-01-01T00:00:00Z"})", "{"}) {
    EXPECT_FALSE(ReadEnvelope(other).has_value()) << other;
  }
}

}  // namespace
}  // namespace riposte::bus
