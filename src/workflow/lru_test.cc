#include "workflow/lru.h"

#include <gtest/gtest.h>

#include <string>

namespace riposte::workflow {
namespace {

TEST(LruTest, ForgetsWhatWasNotUsedForLongest) {
  Lru<int, std::string> kept(10);
  kept.Put(1, "one", 4);
  kept.Put(2, "two", 4);
  EXPECT_EQ(kept.Find(1), "one");
  kept.Put(3, "three", 4);
  EXPECT_EQ(kept.Find(2), std::nullopt);
  EXPECT_EQ(kept.Find(1), "one");
  EXPECT_EQ(kept.Find(3), "three");
}

TEST(LruTest, WeighsWhatIsThere) {
  Lru<int, std::string> kept(10);
  kept.Put(1, "one", 6);
  kept.Put(1, "uno", 2);
  kept.Put(2, "two", 8);
  EXPECT_EQ(kept.Find(1), "uno");
  EXPECT_EQ(kept.Take(2), "two");
  EXPECT_EQ(kept.Take(2), std::nullopt);
  kept.Put(3, "three", 8);
  EXPECT_EQ(kept.size(), 2u);
  kept.Put(4, "heavy", 100);
  EXPECT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept.Find(4), "heavy");
  kept.Clear();
  EXPECT_EQ(kept.Find(4), std::nullopt);
}

}  // namespace
}  // namespace riposte::workflow
