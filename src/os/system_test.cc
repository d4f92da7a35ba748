#include "os/system.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace riposte::os {
namespace {

TEST(SystemClock, TellsTheTime) {
  const SystemClock clock;
  const auto before = clock.Monotonic();
  EXPECT_GT(clock.Now(), FromMillis(1'700'000'000'000));
  EXPECT_GE(clock.Monotonic(), before);
}

TEST(SystemRandom, DrawsFreshBytes) {
  SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(seen.insert(random.Bytes(16)).second);
  EXPECT_EQ(random.Bytes(0), "");
  EXPECT_EQ(random.Bytes(1000).size(), 1000U);
  EXPECT_EQ(random.Uuid().size(), 36U);
}

TEST(SystemRandom, BelowReachesEveryValueEqually) {
  SystemRandom random;
  EXPECT_EQ(random.Below(1), 0U);
  std::array<int, 3> counts{};
  for (int i = 0; i < 30'000; ++i) ++counts.at(random.Below(3));
  // Six standard deviations: fails by chance about once in 10^8 runs.
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 490);
  // Just above half the range, where dropping the skipped values shows.
  const uint64_t large = (uint64_t{1} << 63) + 1;
  for (int i = 0; i < 100; ++i) EXPECT_LT(random.Below(large), large);
}

}  // namespace
}  // namespace riposte::os
