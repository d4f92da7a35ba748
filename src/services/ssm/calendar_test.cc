#include "services/ssm/calendar.h"

#include <gtest/gtest.h>

namespace riposte::ssm {
namespace {

/// An hour ahead of UTC.
class OneZone final : public TimeZones {
 public:
  const TimeZone* Find(std::string_view name) override {
    return name == "Test/Ahead" ? &zone_ : nullptr;
  }

 private:
  class Ahead final : public TimeZone {
   public:
    [[nodiscard]] LocalTime ToLocal(TimePoint time) const override {
      return LocalTime(time.time_since_epoch() + std::chrono::hours(1));
    }
    [[nodiscard]] Moment ToUtc(LocalTime time) const override {
      return {Moment::Kind::kUnique, TimePoint(time.time_since_epoch() - std::chrono::hours(1))};
    }
  };
  Ahead zone_;
};

std::string Calendar(const std::string& type, const std::string& event) {
  return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-CALENDAR-TYPE:" + type +
         "\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\n" + event + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
}

/// "OPEN until 2026-01-01T00:00:00Z"
std::string At(const std::string& text, const char* time) {
  OneZone zones;
  const auto calendar = ChangeCalendar::Parse(text, &zones);
  if (!calendar) return calendar.error().message;
  const auto state = calendar->At(*ParseIso8601(time));
  return std::string(state.open ? "OPEN" : "CLOSED") + " until " +
         (state.next ? FormatIso8601(*state.next) : "ever");
}

TEST(ChangeCalendarTest, OneEventClosesOrOpens) {
  const std::string event = "DTSTART:20260105T100000Z\r\nDTEND:20260105T120000Z";
  const std::string open = Calendar("DEFAULT_OPEN", event);
  EXPECT_EQ(At(open, "2026-01-05T09:59:59Z"), "OPEN until 2026-01-05T10:00:00Z");
  EXPECT_EQ(At(open, "2026-01-05T10:00:00Z"), "CLOSED until 2026-01-05T12:00:00Z");
  EXPECT_EQ(At(open, "2026-01-05T12:00:00Z"), "OPEN until ever");
  const std::string closed = Calendar("DEFAULT_CLOSED", event);
  EXPECT_EQ(At(closed, "2026-01-05T11:00:00Z"), "OPEN until 2026-01-05T12:00:00Z");
  EXPECT_EQ(At(closed, "2026-01-06T11:00:00Z"), "CLOSED until ever");
}

TEST(ChangeCalendarTest, EventsThatTouchAreOneStretch) {
  const std::string text = Calendar("DEFAULT_OPEN",
                                    "DTSTART:20260105T100000Z\r\nDURATION:PT2H\r\nEND:VEVENT\r\n"
                                    "BEGIN:VEVENT\r\nDTSTART:20260105T120000Z\r\nDURATION:PT1H");
  EXPECT_EQ(At(text, "2026-01-05T11:00:00Z"), "CLOSED until 2026-01-05T13:00:00Z");
}

TEST(ChangeCalendarTest, EventsComeBack) {
  const auto at = [](const std::string& rule, const char* time) {
    return At(Calendar("DEFAULT_OPEN",
                       "DTSTART:20260105T100000Z\r\nDTEND:20260105T120000Z\r\nRRULE:" + rule),
              time);
  };
  EXPECT_EQ(at("FREQ=DAILY", "2026-03-01T11:00:00Z"), "CLOSED until 2026-03-01T12:00:00Z");
  EXPECT_EQ(at("FREQ=DAILY;INTERVAL=2", "2026-01-06T11:00:00Z"), "OPEN until 2026-01-07T10:00:00Z");
  EXPECT_EQ(at("FREQ=DAILY;COUNT=2", "2026-01-06T11:00:00Z"), "CLOSED until 2026-01-06T12:00:00Z");
  EXPECT_EQ(at("FREQ=DAILY;COUNT=2", "2026-01-06T13:00:00Z"), "OPEN until ever");
  EXPECT_EQ(at("FREQ=WEEKLY;BYDAY=MO,WE", "2026-01-06T00:00:00Z"),
            "OPEN until 2026-01-07T10:00:00Z");
  EXPECT_EQ(at("FREQ=WEEKLY", "2026-01-12T11:00:00Z"), "CLOSED until 2026-01-12T12:00:00Z");
  EXPECT_EQ(at("FREQ=MONTHLY;UNTIL=20260301T000000Z", "2026-02-05T11:00:00Z"),
            "CLOSED until 2026-02-05T12:00:00Z");
  EXPECT_EQ(at("FREQ=MONTHLY;UNTIL=20260301T000000Z", "2026-02-06T11:00:00Z"), "OPEN until ever");
  EXPECT_EQ(at("FREQ=YEARLY", "2027-01-05T11:00:00Z"), "CLOSED until 2027-01-05T12:00:00Z");
  EXPECT_EQ(at("FREQ=DAILY\r\nEXDATE:20260106T100000Z", "2026-01-06T11:00:00Z"),
            "OPEN until 2026-01-07T10:00:00Z");
}

TEST(ChangeCalendarTest, TimesOfAZoneAndWholeDays) {
  EXPECT_EQ(At(Calendar("DEFAULT_OPEN",
                        "DTSTART;TZID=Test/Ahead:20260105T100000\r\n"
                        "DTEND;TZID=Test/Ahead:20260105T120000"),
               "2026-01-05T09:30:00Z"),
            "CLOSED until 2026-01-05T11:00:00Z");
  EXPECT_EQ(At(Calendar("DEFAULT_OPEN", "DTSTART;VALUE=DATE:20260105"), "2026-01-05T23:00:00Z"),
            "CLOSED until 2026-01-06T00:00:00Z");
}

TEST(ChangeCalendarTest, WhatIsNotUnderstoodIsRefused) {
  const auto refused = [](const std::string& text, std::string_view part) {
    const auto calendar = ChangeCalendar::Parse(text, nullptr);
    EXPECT_FALSE(calendar.has_value()) << text;
    if (!calendar) {
      EXPECT_NE(calendar.error().message.find(part), std::string::npos) << calendar.error().message;
    }
  };
  refused("hello", "BEGIN:VCALENDAR");
  refused("BEGIN:VCALENDAR\nEND:VCALENDAR\n", "X-CALENDAR-TYPE");
  refused(Calendar("ALWAYS", "DTSTART:20260105T100000Z"), "X-CALENDAR-TYPE");
  refused(Calendar("DEFAULT_OPEN", "SUMMARY:y"), "DTSTART");
  refused(Calendar("DEFAULT_OPEN", "DTSTART:20261305T100000Z"), "DTSTART");
  refused(Calendar("DEFAULT_OPEN", "DTSTART;TZID=Mars/Crater:20260105T100000"), "Mars/Crater");
  refused(Calendar("DEFAULT_OPEN", "DTSTART:20260105T100000Z\nRRULE:FREQ=SECONDLY"), "SECONDLY");
  refused(Calendar("DEFAULT_OPEN", "DTSTART:20260105T100000Z\nRRULE:FREQ=MONTHLY;BYSETPOS=-1"),
          "BYSETPOS");
  refused(Calendar("DEFAULT_OPEN", "DTSTART:20260105T100000Z\nDTEND:20260104T100000Z"), "ends");
  refused("BEGIN:VCALENDAR\nX-CALENDAR-TYPE:DEFAULT_OPEN\nBEGIN:VEVENT\n", "missing");
}

}  // namespace
}  // namespace riposte::ssm
