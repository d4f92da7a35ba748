#include "os/time_zones.h"

#include <gtest/gtest.h>

namespace riposte::os {
namespace {

using Kind = TimeZone::Moment::Kind;

/// "2026-03-29T02:30:00" as a local time.
LocalTime Local(std::string_view text) {
  return LocalTime(ParseIso8601(std::string(text) + "Z")->time_since_epoch());
}
std::string Text(LocalTime time) {
  return FormatIso8601(TimePoint(time.time_since_epoch()), true);
}

TEST(SystemTimeZones, ToLocalAndBack) {
  SystemTimeZones zones;
  const TimeZone* paris = zones.Find("Europe/Paris");
  ASSERT_NE(paris, nullptr);
  EXPECT_EQ(paris, zones.Find("Europe/Paris"));
  EXPECT_EQ(Text(paris->ToLocal(*ParseIso8601("2026-01-15T12:00:00.250Z"))),
            "2026-01-15T13:00:00.250Z");
  EXPECT_EQ(Text(paris->ToLocal(*ParseIso8601("2026-07-15T12:00:00Z"))),
            "2026-07-15T14:00:00.000Z");
  const auto moment = paris->ToUtc(Local("2026-07-15T14:00:00.250"));
  EXPECT_EQ(moment.kind, Kind::kUnique);
  EXPECT_EQ(FormatIso8601(moment.first, true), "2026-07-15T12:00:00.250Z");
}

TEST(SystemTimeZones, SkippedAndRepeatedHours) {
  SystemTimeZones zones;
  const TimeZone* york = zones.Find("America/New_York");
  const auto skipped = york->ToUtc(Local("2026-03-08T02:30:00"));
  EXPECT_EQ(skipped.kind, Kind::kSkipped);
  EXPECT_EQ(FormatIso8601(skipped.first), "2026-03-08T07:30:00Z");
  const auto repeated = york->ToUtc(Local("2026-11-01T01:30:00"));
  EXPECT_EQ(repeated.kind, Kind::kRepeated);
  EXPECT_EQ(FormatIso8601(repeated.first), "2026-11-01T05:30:00Z");
  // Beyond what the files list: the rule goes on.
  EXPECT_EQ(FormatIso8601(york->ToUtc(Local("2090-07-01T12:00:00")).first), "2090-07-01T16:00:00Z");
}

TEST(SystemTimeZones, OnlyNamesOfTheDatabase) {
  SystemTimeZones zones;
  EXPECT_NE(zones.Find("UTC"), nullptr);
  EXPECT_NE(zones.Find("Etc/GMT+5"), nullptr);
  EXPECT_NE(zones.Find("America/Argentina/Buenos_Aires"), nullptr);
  for (const char* name :
       {"", "Europe/Atlantis", "europe/paris", "Europe", "/etc/passwd", "../../../etc/passwd",
        "Europe/../Europe/Paris", "/usr/share/zoneinfo/Europe/Paris", "file:Europe/Paris",
        "posix/Europe/Paris", "right/Europe/Paris", "localtime", "Factory", "zone.tab",
        "Fixed/UTC+05:00"}) {
    EXPECT_EQ(zones.Find(name), nullptr) << name;
  }
}

}  // namespace
}  // namespace riposte::os
