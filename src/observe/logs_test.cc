#include "observe/logs.h"

#include "observe/retention.h"
#include "observe/testing/fixture.h"

namespace riposte::observe {
namespace {

class LogsTest : public testing::Fixture {
 protected:
  std::vector<std::string> Messages(const char* group) {
    std::vector<std::string> out;
    Read([&](store::Transaction& tx) {
      const auto found = log_tables::FindGroup(tx, scope, group);
      if (!found) return;
      log_tables::GroupEvents(tx, found->id, FromMillis(0), clock.Now() + Millis(1), {0, 0},
                              [&](const StoredLogEvent& event) {
                                out.emplace_back(event.message);
                                return true;
                              });
    });
    return out;
  }

  Metrics metrics{*store, loop, clock, log};
  Logs logs{*store, loop, clock, log, metrics};
};

TEST_F(LogsTest, AppendedLinesAreThereAfterAFlushInOrder) {
  for (int i = 0; i < 20; ++i) {
    logs.Append(scope, "/aws/lambda/f", "s", clock.Now(), "line " + std::to_string(i));
  }
  EXPECT_TRUE(Messages("/aws/lambda/f").empty());
  logs.Flush({});
  const auto messages = Messages("/aws/lambda/f");
  ASSERT_EQ(messages.size(), 20U);
  EXPECT_EQ(messages.front(), "line 0");
  EXPECT_EQ(messages.back(), "line 19");
}

TEST_F(LogsTest, LinesAreWrittenWithinASecondByThemselves) {
  logs.Append(scope, "g", "s", clock.Now(), "x");
  loop.Advance(Millis(1'000));
  EXPECT_EQ(Messages("g").size(), 1U);
}

TEST_F(LogsTest, LongLinesAreCutAtACharacter) {
  std::string line(Logs::kMaxLineBytes - 1, 'a');
  line += "é and more";
  logs.Append(scope, "g", "s", clock.Now(), line);
  logs.Flush({});
  EXPECT_EQ(Messages("g").at(0).size(), Logs::kMaxLineBytes - 1);
}

TEST_F(LogsTest, MetricFiltersCountAndMeasure) {
  LogGroup group;
  LogStream stream;
  Write([&](store::Transaction& tx) {
    group.scope = scope;
    group.name = "g";
    group.created = stream.created = clock.Now();
    log_tables::InsertGroup(tx, group);
    stream.name = "s";
    log_tables::InsertStream(tx, group.id, stream);
    const auto transformation = [](const char* name, const char* value) {
      return json::Array{
          json::Object{{"metricName", name}, {"metricNamespace", "App"}, {"metricValue", value}}};
    };
    log_tables::PutMetricFilter(
        tx, {group.id, "", "errors", "ERROR", transformation("Errors", "1"), clock.Now()});
    log_tables::PutMetricFilter(tx, {group.id, "", "latency", "{ $.ms > 0 }",
                                     transformation("Latency", "$.ms"), clock.Now()});
    const std::vector<LogEvent> events{{clock.Now(), "ERROR one"},
                                       {clock.Now(), "fine"},
                                       {clock.Now(), "ERROR two"},
                                       {clock.Now(), R"({"ms": 12.5})"}};
    logs.Ingest(tx, group, stream, events, clock.Now());
  });
  Read([&](store::Transaction& tx) {
    const auto sum = [&](const char* name) {
      const auto points = metrics.Read(tx, MakeSeries(scope, "App", name, {}), clock.Now(),
                                       clock.Now() + Millis(60'000), "");
      return points.size() == 1 ? points[0].aggregate.sum() : -1;
    };
    EXPECT_EQ(sum("Errors"), 2);
    EXPECT_EQ(sum("Latency"), 12.5);
  });
}

TEST_F(LogsTest, RetentionDeletesOldEventsAndThoseOfDeletedStreams) {
  const TimePoint old = clock.Now() - std::chrono::hours(24 * 3);
  logs.Append(scope, "kept", "s", old, "old");
  logs.Append(scope, "short", "s", old, "old");
  logs.Append(scope, "short", "s", clock.Now(), "new");
  logs.Append(scope, "gone", "s", clock.Now(), "orphan");
  logs.Flush({});
  Write([&](store::Transaction& tx) {
    log_tables::SetRetention(tx, log_tables::FindGroup(tx, scope, "short")->id, 1);
    log_tables::DeleteGroup(tx, log_tables::FindGroup(tx, scope, "gone")->id);
  });
  EXPECT_EQ(Count("SELECT count(*) FROM observe_log_events"), 4);
  Retention retention({}, *store, loop, clock, log);
  retention.Start();
  loop.Advance(std::chrono::hours(1));
  EXPECT_EQ(Count("SELECT count(*) FROM observe_log_events"), 2);
  EXPECT_EQ(Messages("kept"), std::vector<std::string>{"old"});
  EXPECT_EQ(Messages("short"), std::vector<std::string>{"new"});
  EXPECT_EQ(Count("SELECT stored_bytes FROM observe_log_groups WHERE name = 'short'"), 3 + 26);
  retention.Stop();
}

TEST_F(LogsTest, EventIdsAreInOrder) {
  StoredLogEvent a, b;
  a.at = {5, 9};
  b.at = {5, 10};
  EXPECT_EQ(a.EventId().size(), 56U);
  EXPECT_LT(a.EventId(), b.EventId());
}

}  // namespace
}  // namespace riposte::observe
