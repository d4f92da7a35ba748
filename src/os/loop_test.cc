#include "os/loop.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

#include "os/system.h"

namespace riposte::os {
namespace {

/// A clock that the test moves while the loop reads it.
class MovableClock final : public Clock {
 public:
  [[nodiscard]] TimePoint Now() const override { return FromMillis(ms); }
  [[nodiscard]] std::chrono::nanoseconds Monotonic() const override { return {}; }
  std::atomic<int64_t> ms = 1'000'000;
};

/// Waits until everything posted before has run.
void Settle(LoopExecutor& loop) {
  loop.RunAndWait([] {});
}

TEST(LoopExecutor, RunsTasksInOrderOnOneThread) {
  const SystemClock clock;
  LoopExecutor loop(clock);
  std::vector<int> order;
  for (int i = 0; i < 100; ++i) {
    loop.Post([&, i] {
      EXPECT_TRUE(loop.IsCurrentThread());
      order.push_back(i);
    });
  }
  Settle(loop);
  ASSERT_EQ(order.size(), 100U);
  EXPECT_TRUE(std::ranges::is_sorted(order));
  EXPECT_FALSE(loop.IsCurrentThread());
}

TEST(LoopExecutor, TimersFollowTheClock) {
  MovableClock clock;
  LoopExecutor loop(clock);
  std::vector<int> order;
  const TimePoint now = clock.Now();
  loop.PostAt(now + Millis(200), [&] { order.push_back(200); });
  loop.PostAt(now + Millis(100), [&] { order.push_back(100); });
  loop.PostAt(now - Millis(5), [&] { order.push_back(-5); });
  while (loop.pending() > 2) std::this_thread::yield();
  Settle(loop);
  EXPECT_EQ(order, (std::vector<int>{-5}));
  clock.ms += 150;
  Settle(loop);
  while (loop.pending() > 1) std::this_thread::yield();
  Settle(loop);
  EXPECT_EQ(order, (std::vector<int>{-5, 100}));
  clock.ms -= 4'000;  // As if nothing were: it waits for its time.
  Settle(loop);
  EXPECT_EQ(order.size(), 2U);
  clock.ms += 4'050;
  while (loop.pending() > 0) std::this_thread::yield();  // Seen without being woken.
  Settle(loop);
  EXPECT_EQ(order, (std::vector<int>{-5, 100, 200}));
}

TEST(LoopExecutor, TimersGoBackWithTheClock) {
  MovableClock clock;
  clock.ms = 1'767'225'600'000;
  LoopExecutor loop(clock);
  std::vector<int> order;
  const TimePoint now = clock.Now();
  loop.PostAt(now + Millis(100), [&] { order.push_back(100); });
  const auto cancelled = loop.PostAt(now + Millis(150), [&] { order.push_back(150); });
  loop.PostAt(now + Millis(300), [&] { order.push_back(300); });
  clock.ms -= 31'536'000'000;                                             // A year.
  loop.PostAt(clock.Now() + Millis(200), [&] { order.push_back(200); });  // By the new clock.
  loop.Cancel(cancelled);
  Settle(loop);
  EXPECT_TRUE(order.empty());
  clock.ms += 250;
  while (loop.pending() > 1) std::this_thread::yield();
  Settle(loop);
  EXPECT_EQ(order, (std::vector<int>{100, 200}));
  clock.ms += 31'536'000'000;  // And forward: at once.
  while (loop.pending() > 0) std::this_thread::yield();
  Settle(loop);
  EXPECT_EQ(order.size(), 3U);
}

TEST(LoopExecutor, CancelledTimersDoNotRun) {
  MovableClock clock;
  LoopExecutor loop(clock);
  bool ran = false;
  loop.Post([&] {
    // Due already, but cancelled on the loop before it had its turn.
    const auto timer = loop.PostAt(clock.Now(), [&] { ran = true; });
    loop.Cancel(timer);
    loop.Cancel(timer);
    loop.Cancel(999);
  });
  Settle(loop);
  Settle(loop);
  EXPECT_EQ(loop.pending(), 0U);
  EXPECT_FALSE(ran);
}

TEST(LoopExecutor, ATaskThatThrowsHarmsNobody) {
  const SystemClock clock;
  LoopExecutor loop(clock);
  loop.Post([] { throw std::runtime_error("no"); });
  Settle(loop);
}

TEST(LoopExecutor, TimersRunBesideAStreamOfTasks) {
  const SystemClock clock;
  LoopExecutor loop(clock);
  std::promise<void> fired;
  std::atomic<bool> stop = false;
  std::function<void()> again = [&] {
    if (!stop) loop.Post(again);
  };
  loop.Post(again);
  loop.PostAt(clock.Now(), [&] { fired.set_value(); });
  fired.get_future().wait();
  stop = true;
  Settle(loop);
}

TEST(LoopExecutor, StopDropsWhatWaits) {
  MovableClock clock;
  auto held = std::make_shared<int>(1);
  LoopExecutor loop(clock);
  std::latch running(1);
  std::latch go(1);
  loop.Post([&] {
    running.count_down();
    go.wait();
  });
  running.wait();
  loop.Post([held] {});
  loop.PostAt(clock.Now() + Millis(1), [held] { FAIL(); });
  std::thread stopping([&] { loop.Stop(); });
  go.count_down();
  stopping.join();
  loop.Post([held] {});
  loop.RunAndWait([] { FAIL(); });
  EXPECT_EQ(loop.pending(), 0U);
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace riposte::os
