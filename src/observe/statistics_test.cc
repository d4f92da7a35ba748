#include "observe/statistics.h"

#include <gtest/gtest.h>

namespace riposte::observe {
namespace {

TEST(Aggregate, KeepsTheFiveStatistics) {
  Aggregate aggregate;
  aggregate.Add(3);
  aggregate.Add(-1, 2);
  EXPECT_EQ(aggregate.samples(), 3);
  EXPECT_EQ(aggregate.sum(), 1);
  EXPECT_EQ(aggregate.minimum(), -1);
  EXPECT_EQ(aggregate.maximum(), 3);
  EXPECT_DOUBLE_EQ(*Statistic::Parse("Average")->Of(aggregate), 1.0 / 3);
}

TEST(Aggregate, PercentilesAreExactForFewValues) {
  Aggregate aggregate;
  for (int i = 1; i <= 100; ++i) aggregate.Add(i);
  EXPECT_EQ(aggregate.Percentile(50), 50);
  EXPECT_EQ(aggregate.Percentile(99), 99);
  EXPECT_EQ(aggregate.Percentile(100), 100);
  EXPECT_EQ(aggregate.Percentile(0), 1);
}

TEST(Aggregate, PercentilesStayCloseWhenValuesAreMany) {
  Aggregate aggregate;
  for (int i = 1; i <= 20'000; ++i) aggregate.Add(i);
  EXPECT_NEAR(*aggregate.Percentile(50), 10'000, 1'000);
  EXPECT_NEAR(*aggregate.Percentile(99), 19'800, 2'000);
  EXPECT_EQ(aggregate.maximum(), 20'000);
}

TEST(Aggregate, MergingEqualsAdding) {
  Aggregate whole, left, right;
  for (int i = 0; i < 1000; ++i) {
    const double value = (i * 37) % 50;
    whole.Add(value);
    (i % 3 == 0 ? left : right).Add(value);
  }
  left.Merge(right);
  EXPECT_EQ(left.samples(), whole.samples());
  EXPECT_EQ(left.sum(), whole.sum());
  for (const double p : {1.0, 25.0, 50.0, 90.0, 99.9}) {
    EXPECT_EQ(left.Percentile(p), whole.Percentile(p)) << p;
  }
}

TEST(Aggregate, StatisticSetsHaveNoPercentiles) {
  Aggregate aggregate;
  aggregate.AddSet(10, 55, 1, 10);
  EXPECT_FALSE(aggregate.Percentile(50));
  EXPECT_EQ(aggregate.sum(), 55);
  Aggregate same;
  same.AddSet(3, 12, 4, 4);
  EXPECT_EQ(same.Percentile(50), 4);
}

TEST(Aggregate, SurvivesStorage) {
  Aggregate aggregate;
  for (int i = 0; i < 500; ++i) aggregate.Add(i * 1.5);
  const Aggregate again =
      Aggregate::FromStored(aggregate.samples(), aggregate.sum(), aggregate.minimum(),
                            aggregate.maximum(), aggregate.EncodeDistribution());
  EXPECT_EQ(again.Percentile(75), aggregate.Percentile(75));
  EXPECT_FALSE(Aggregate::FromStored(1, 1, 1, 1, "").Percentile(50));
  EXPECT_FALSE(Aggregate::FromStored(1, 1, 1, 1, "[1,2").Percentile(50));
}

TEST(Statistic, ParsesNamesAndRefusesOthers) {
  EXPECT_EQ(Statistic::Parse("p99.9")->percent(), 99.9);
  for (const char* bad : {"", "p", "p101", "p-1", "p9x", "P50", "sum", "tm90", "p1e1"}) {
    EXPECT_FALSE(Statistic::Parse(bad)) << bad;
  }
}

}  // namespace
}  // namespace riposte::observe
