#include "http/retry_after.h"

#include <gtest/gtest.h>

namespace riposte::http {
namespace {

const TimePoint kNow = *ParseIso8601("2026-03-01T12:00:00Z");

std::optional<Millis> Of(std::string_view text) {
  Headers headers;
  headers.Add("retry-after", text);
  return RetryAfter(headers, kNow);
}

TEST(RetryAfter, IsSecondsOrADate) {
  EXPECT_EQ(Of("0"), Millis(0));
  EXPECT_EQ(Of("120"), std::chrono::minutes(2));
  EXPECT_EQ(Of("Sun, 01 Mar 2026 12:00:30 GMT"), std::chrono::seconds(30));
  EXPECT_EQ(Of("Sunday, 01-Mar-26 12:00:30 GMT"), std::chrono::seconds(30));
  EXPECT_EQ(Of("Sun Mar  1 12:00:30 2026"), std::chrono::seconds(30));
  EXPECT_EQ(Of("Sun, 01 Mar 2026 11:00:00 GMT"), Millis(0));
}

TEST(RetryAfter, TellsWhatIsNegativeAndBoundsWhatIsHuge) {
  EXPECT_LT(Of("-7"), Millis(0));
  EXPECT_LT(Of("-9223372036854775808"), Millis(0));
  EXPECT_GT(Of("9223372036854775807"), std::chrono::hours(24 * 365));
  EXPECT_GT(Of("99999999999999999999999999"), std::chrono::hours(24 * 365));
}

TEST(RetryAfter, IsNothingWhenItSaysNothing) {
  EXPECT_EQ(RetryAfter({}, kNow), std::nullopt);
  for (const char* text : {"", "soon", "12 parsecs", "1.5"}) EXPECT_EQ(Of(text), std::nullopt);
}

}  // namespace
}  // namespace riposte::http
