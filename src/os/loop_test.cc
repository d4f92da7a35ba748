#include "os/loop.h"

#include <gtest/gtest.h>

#include <future>

#include "os/system.h"

namespace riposte::os {
namespace {

TEST(Loop, RunsTasksInOrderAndTimersByTime) {
  SystemClock clock;
  LoopExecutor loop(clock);
  std::vector<int> order;
  std::promise<void> done;
  const TimePoint now = clock.Now();
  loop.PostAt(now + Millis(30), [&] {
    order.push_back(3);
    done.set_value();
  });
  const auto cancelled = loop.PostAt(now + Millis(10), [&] { order.push_back(99); });
  loop.PostAt(now + Millis(20), [&] { order.push_back(2); });
  loop.Post([&] { order.push_back(1); });
  loop.Cancel(cancelled);
  done.get_future().wait();
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(Loop, TasksMayPostAndCancel) {
  SystemClock clock;
  LoopExecutor loop(clock);
  std::promise<void> done;
  loop.Post([&] {
    const auto timer = loop.PostAt(clock.Now() + std::chrono::hours(1), [] {});
    loop.Cancel(timer);
    loop.Cancel(timer);
    loop.Post([&] { done.set_value(); });
  });
  done.get_future().wait();
}

TEST(Random, StaysBelowTheBound) {
  SystemRandom random;
  for (int i = 0; i < 1000; ++i) EXPECT_LT(random.Below(3), 3u);
  EXPECT_NE(random.Bytes(16), random.Bytes(16));
  EXPECT_EQ(random.Uuid().size(), 36u);
}

}  // namespace
}  // namespace riposte::os
