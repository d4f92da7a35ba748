#include "schedule/used_times.h"

#include <gtest/gtest.h>

namespace riposte::schedule {
namespace {

TimePoint T(int64_t ms) {
  return FromMillis(ms);
}

TEST(UsedTimes, OneRunWhileTheClockGoesForward) {
  UsedTimes used;
  EXPECT_EQ(used.ToText(), "");
  EXPECT_FALSE(used.EndBefore(T(10)));
  used.Add(T(10), false);
  used.Add(T(20), true);
  used.Add(T(30), true);
  used.Add(T(30), true);  // Twice is once.
  EXPECT_EQ(used.ToText(), "10-30");
  EXPECT_EQ(used.RunOver(T(20)), T(30));
  EXPECT_FALSE(used.RunOver(T(31)));
  EXPECT_EQ(used.EndBefore(T(31)), T(30));
  EXPECT_FALSE(used.EndBefore(T(30)));
}

TEST(UsedTimes, AGapIsFilledWhenTheClockGoesBackIntoIt) {
  UsedTimes used = UsedTimes::FromText("10-30");
  used.Add(T(100), false);  // The clock jumped forward.
  used.Add(T(110), true);
  EXPECT_EQ(used.ToText(), "10-30,100-110");
  EXPECT_FALSE(used.RunOver(T(40)));
  used.Add(T(40), true);  // And back.
  EXPECT_EQ(used.ToText(), "10-40,100-110");
  used.Add(T(60), false);
  EXPECT_EQ(used.ToText(), "10-40,60-60,100-110");
  EXPECT_EQ(used.EndBefore(T(70)), T(60));
}

TEST(UsedTimes, OldRunsAreForgottenAndNonsenseIsEmpty) {
  UsedTimes used;
  for (int i = 1; i <= 10; ++i) used.Add(T(i * 10), false);
  EXPECT_EQ(used.ToText(), "30-30,40-40,50-50,60-60,70-70,80-80,90-90,100-100");
  EXPECT_EQ(UsedTimes::FromText("-20--10").RunOver(T(-15)), T(-10));
  for (const char* text : {"x", "1", "5-1", "1-2,,3-4", "1-2;3"}) {
    EXPECT_EQ(UsedTimes::FromText(text).ToText(), "") << text;
  }
}

}  // namespace
}  // namespace riposte::schedule
