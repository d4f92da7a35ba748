#include "schedule/zoned.h"

#include <gtest/gtest.h>

#include "os/time_zones.h"

namespace riposte::schedule {
namespace {

/// The first `count` times after `after`, joined by spaces.
std::string Times(std::string_view text, std::string_view zone, std::string_view after, int count,
                  std::string_view anchor = "2026-01-01T00:00:00Z") {
  os::SystemTimeZones zones;
  const auto expression = ScheduleExpression::ParseAny(text);
  if (!expression) return "refused";
  std::string out;
  TimePoint time = *ParseIso8601(after);
  for (int i = 0; i < count; ++i) {
    const auto next = NextInZone(*expression, *zones.Find(zone), time, *ParseIso8601(anchor));
    if (!next) return out + "never";
    out += FormatIso8601(*next) + (i + 1 < count ? " " : "");
    time = *next;
  }
  return out;
}

TEST(Zoned, CronFollowsTheClocks) {
  EXPECT_EQ(Times("cron(0 8 * * ? *)", "Europe/Berlin", "2026-03-28T00:00:00Z", 3),
            "2026-03-28T07:00:00Z 2026-03-29T06:00:00Z 2026-03-30T06:00:00Z");
  EXPECT_EQ(Times("cron(0 8 * * ? *)", "Europe/Berlin", "2026-10-24T00:00:00Z", 3),
            "2026-10-24T06:00:00Z 2026-10-25T07:00:00Z 2026-10-26T07:00:00Z");
  // The local day decides: Monday in Tokyo begins on UTC's Sunday.
  EXPECT_EQ(Times("cron(30 0 ? * MON *)", "Asia/Tokyo", "2026-11-20T00:00:00Z", 1),
            "2026-11-22T15:30:00Z");
  EXPECT_EQ(Times("cron(0 0 L * ? *)", "America/New_York", "2026-02-01T06:00:00Z", 1),
            "2026-02-28T05:00:00Z");
}

TEST(Zoned, SkippedTimesAreLeftOut) {
  // 02:30 is not there on 8 March.
  EXPECT_EQ(Times("cron(30 2 * * ? *)", "America/New_York", "2026-03-07T00:00:00Z", 3),
            "2026-03-07T07:30:00Z 2026-03-09T06:30:00Z 2026-03-10T06:30:00Z");
  EXPECT_EQ(Times("cron(0/30 1-3 * * ? *)", "America/New_York", "2026-03-08T06:00:00Z", 3),
            "2026-03-08T06:30:00Z 2026-03-08T07:00:00Z 2026-03-08T07:30:00Z");
  // A whole day that never was: Samoa crossed the date line.
  EXPECT_EQ(Times("cron(0 12 * * ? *)", "Pacific/Apia", "2011-12-29T00:00:00Z", 2),
            "2011-12-29T22:00:00Z 2011-12-30T22:00:00Z");
}

TEST(Zoned, RepeatedTimesAreUsedOnce) {
  EXPECT_EQ(Times("cron(30 1 * * ? *)", "America/New_York", "2026-10-31T00:00:00Z", 3),
            "2026-10-31T05:30:00Z 2026-11-01T05:30:00Z 2026-11-02T06:30:00Z");
  // From within the second 01:xx.
  EXPECT_EQ(Times("cron(30 1 * * ? *)", "America/New_York", "2026-11-01T06:10:00Z", 1),
            "2026-11-02T06:30:00Z");
  EXPECT_EQ(Times("cron(0/30 * * * ? *)", "America/New_York", "2026-11-01T05:00:00Z", 2),
            "2026-11-01T05:30:00Z 2026-11-01T07:00:00Z");
}

TEST(Zoned, RatesPassByTheHour) {
  EXPECT_EQ(
      Times("rate(1 day)", "Europe/Berlin", "2026-03-28T00:00:00Z", 3, "2026-03-28T06:00:00Z"),
      "2026-03-28T06:00:00Z 2026-03-29T06:00:00Z 2026-03-30T06:00:00Z");
  EXPECT_EQ(Times("rate(5 minutes)", "UTC", "2026-01-01T00:00:00Z", 1), "2026-01-01T00:05:00Z");
}

TEST(Zoned, Once) {
  EXPECT_EQ(Times("at(2026-07-01T09:00:00)", "Europe/London", "2026-01-01T00:00:00Z", 2),
            "2026-07-01T08:00:00Z never");
  EXPECT_EQ(Times("at(2026-03-08T02:30:00)", "America/New_York", "2026-01-01T00:00:00Z", 1),
            "2026-03-08T07:30:00Z");
  EXPECT_EQ(Times("at(2026-11-01T01:30:00)", "America/New_York", "2026-01-01T00:00:00Z", 1),
            "2026-11-01T05:30:00Z");
  for (const char* text :
       {"at(2026-07-01T09:00:00Z)", "at(2026-07-01)", "at(2026-07-01T25:00:00)",
        "at(2026-02-30T09:00:00)", "at(2026-07-01 09:00:00)", "at()", "at(2026-07-01T09:00:00"}) {
    EXPECT_EQ(Times(text, "UTC", "2026-01-01T00:00:00Z", 1), "refused") << text;
  }
}

}  // namespace
}  // namespace riposte::schedule
