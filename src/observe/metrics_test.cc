#include "observe/metrics.h"

#include "observe/testing/fixture.h"

namespace riposte::observe {
namespace {

class MetricsTest : public testing::Fixture {
 protected:
  Metrics metrics{*store, loop, clock, log};

  std::vector<Datapoint> All(const Series& series, Millis period = Millis(60'000)) {
    std::vector<Datapoint> out;
    Read([&](store::Transaction& tx) {
      out = metrics.ReadPeriods(
          tx, series, FromMillis(0) + (clock.Now() - FromMillis(0)) - std::chrono::hours(1),
          clock.Now() + std::chrono::hours(1), period, "");
    });
    return out;
  }
};

TEST_F(MetricsTest, JoinsReportsOfAMinuteAndWritesThemWithinASecond) {
  const Dimensions dimensions{{"FunctionName", "f"}};
  for (int i = 1; i <= 10; ++i) {
    metrics.Put(scope, "AWS/Lambda", "Duration", dimensions, i, "Milliseconds");
  }
  EXPECT_EQ(Count("SELECT count(*) FROM observe_datapoints"), 0);
  const auto commits = store->counts().commits;
  loop.Advance(Millis(1'000));
  EXPECT_EQ(store->counts().commits, commits + 1);
  const auto points = All(MakeSeries(scope, "AWS/Lambda", "Duration", dimensions));
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].aggregate.samples(), 10);
  EXPECT_EQ(points[0].aggregate.sum(), 55);
  EXPECT_EQ(points[0].aggregate.Percentile(50), 5);
  EXPECT_EQ(points[0].unit, "Milliseconds");
}

TEST_F(MetricsTest, LaterReportsAddToWhatIsStored) {
  metrics.Put(scope, "N", "M", {}, 1, "Count");
  loop.Advance(Millis(1'000));
  metrics.Put(scope, "N", "M", {}, 2, "Count");
  bool done = false;
  metrics.Flush([&] { done = true; });
  EXPECT_TRUE(done);
  const auto points = All(MakeSeries(scope, "N", "M", {}));
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].aggregate.sum(), 3);
}

TEST_F(MetricsTest, OrderOfDimensionsDoesNotMatterAndScopesDoNotMix) {
  metrics.Put(scope, "N", "M", {{"b", "2"}, {"a", "1"}}, 1, "");
  metrics.Put(scope, "N", "M", {{"a", "1"}, {"b", "2"}}, 1, "");
  const Scope other{scope.account, Region("us-east-1")};
  metrics.Put(other, "N", "M", {{"a", "1"}, {"b", "2"}}, 5, "");
  metrics.Flush({});
  const auto points = All(MakeSeries(scope, "N", "M", {{"b", "2"}, {"a", "1"}}));
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].aggregate.sum(), 2);
}

TEST_F(MetricsTest, ReadsAnyPeriod) {
  const Series series = MakeSeries(scope, "N", "M", {});
  const TimePoint start = clock.Now();
  Write([&](store::Transaction& tx) {
    for (int i = 0; i < 10; ++i) {
      Aggregate one;
      one.Add(i);
      metrics.Store(tx, series, start + i * Millis(60'000), false, "Count", one);
    }
    Aggregate fine;
    fine.Add(100);
    metrics.Store(tx, series, start + Millis(1'500), true, "Count", fine);
  });
  Read([&](store::Transaction& tx) {
    const auto five =
        metrics.ReadPeriods(tx, series, start, start + Millis(600'000), Millis(300'000), "Count");
    ASSERT_EQ(five.size(), 2U);
    EXPECT_EQ(five[0].aggregate.sum(), 0 + 1 + 2 + 3 + 4 + 100);
    EXPECT_EQ(five[1].aggregate.sum(), 5 + 6 + 7 + 8 + 9);
    const auto seconds =
        metrics.ReadPeriods(tx, series, start, start + Millis(10'000), Millis(1'000), "Count");
    ASSERT_EQ(seconds.size(), 2U);
    EXPECT_EQ(seconds[1].start, start + Millis(1'000));
    EXPECT_TRUE(metrics.Read(tx, series, start, start + Millis(1), "Bytes").empty());
  });
}

TEST_F(MetricsTest, TellsTheListenerWhatIsNewInTheStore) {
  std::vector<std::string> keys;
  metrics.SetListener([&](const std::vector<std::string>& k) { keys = k; });
  metrics.Put(scope, "N", "M", {}, 1, "");
  EXPECT_TRUE(keys.empty());
  loop.Advance(Millis(1'000));
  EXPECT_EQ(keys, std::vector<std::string>{MakeSeries(scope, "N", "M", {}).Key()});
}

TEST_F(MetricsTest, ListsSeries) {
  metrics.Put(scope, "A", "one", {{"d", "x"}}, 1, "");
  metrics.Put(scope, "B", "two", {}, 1, "");
  metrics.Flush({});
  Read([&](store::Transaction& tx) {
    int all = 0;
    metrics.List(tx, scope, "", "", 0, [&](const Metrics::Listed&) { return ++all < 10; });
    EXPECT_EQ(all, 2);
    metrics.List(tx, scope, "A", "", 0, [&](const Metrics::Listed& listed) {
      EXPECT_EQ(listed.series.name, "one");
      EXPECT_EQ(listed.series.dimensions, (Dimensions{{"d", "x"}}));
      return true;
    });
  });
}

TEST_F(MetricsTest, StopWritesWhatIsInMemory) {
  metrics.Put(scope, "N", "M", {}, 1, "");
  metrics.Stop();
  EXPECT_EQ(Count("SELECT count(*) FROM observe_datapoints"), 1);
  EXPECT_EQ(loop.pending(), 0U);
}

}  // namespace
}  // namespace riposte::observe
