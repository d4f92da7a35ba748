#include "observe/write_behind.h"

#include <gtest/gtest.h>

#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "base/testing/fakes.h"

namespace riposte::observe {
namespace {

constexpr store::Migration kTable[] = {{"test", 1, "CREATE TABLE test_rows (n INTEGER)"}};

std::unique_ptr<store::Store> OpenStore(bool threaded) {
  store::Store::Options options;
  options.threaded = threaded;
  return std::move(*store::Store::Open(options, kTable));
}

int64_t CountRows(store::Store& store) {
  int64_t rows = 0;
  store.Read([&](store::Transaction& tx) {
    rows = tx.QueryInt("SELECT count(*) FROM test_rows").value_or(0);
  });
  return rows;
}

using Numbers = std::vector<int>;

void Insert(store::Transaction& tx, const Numbers& numbers) {
  for (const int n : numbers) tx.Execute("INSERT INTO test_rows (n) VALUES (?)", {n});
}

/// Takes tasks from any thread and runs none: only the thread safety of WriteBehind is at stake.
class DeafExecutor final : public Executor {
 public:
  void Post(Task task) override { PostAt({}, std::move(task)); }
  TimerId PostAt(TimePoint, Task task) override {
    const std::scoped_lock lock(mutex_);
    tasks_.push_back(std::move(task));
    return tasks_.size();
  }
  void Cancel(TimerId) override {}

 private:
  std::mutex mutex_;
  std::vector<Task> tasks_;
};

TEST(WriteBehind, WritesAfterItsIntervalAndSetsNoTimerWhenIdle) {
  riposte::testing::FakeClock clock;
  riposte::testing::FakeExecutor loop(clock);
  telemetry::Log log({.silent = true});
  auto store = OpenStore(false);
  WriteBehind<Numbers> buffer({"test"}, *store, loop, clock, log, Insert);
  const auto add = [](Numbers& numbers) {
    numbers.push_back(1);
    return numbers.size();
  };
  EXPECT_EQ(loop.pending(), 0U);
  buffer.Add(add);
  buffer.Add(add);
  EXPECT_EQ(loop.pending(), 1U);
  loop.Advance(Millis(999));
  EXPECT_EQ(CountRows(*store), 0);
  loop.Advance(Millis(1));
  EXPECT_EQ(CountRows(*store), 2);
  EXPECT_EQ(loop.pending(), 0U);
}

TEST(WriteBehind, FlushesBeforeItsTimeWhenTheBufferIsHeavy) {
  riposte::testing::FakeClock clock;
  riposte::testing::FakeExecutor loop(clock);
  telemetry::Log log({.silent = true});
  auto store = OpenStore(false);
  WriteBehind<Numbers> buffer({.name = "test", .flush_at = 10}, *store, loop, clock, log, Insert);
  for (int i = 0; i < 10; ++i) {
    buffer.Add([i](Numbers& numbers) {
      numbers.push_back(i);
      return numbers.size();
    });
  }
  loop.RunUntilIdle();
  EXPECT_EQ(CountRows(*store), 10);
}

TEST(WriteBehind, TriesAFailedWriteAgainAndGivesUpInTheEnd) {
  riposte::testing::FakeClock clock;
  riposte::testing::FakeExecutor loop(clock);
  telemetry::Log log({.silent = true});
  auto store = OpenStore(false);
  bool broken = true;
  WriteBehind<Numbers> buffer({"test"}, *store, loop, clock, log,
                              [&](store::Transaction& tx, const Numbers& numbers) {
                                Insert(tx, numbers);
                                if (broken) throw store::Failure("disk full");
                              });
  const auto add = [&](int n) {
    buffer.Add([n](Numbers& numbers) {
      numbers.push_back(n);
      return numbers.size();
    });
  };
  add(1);
  loop.Advance(Millis(3'000));
  EXPECT_EQ(CountRows(*store), 0);
  broken = false;
  loop.Advance(Millis(1'000));
  EXPECT_EQ(CountRows(*store), 1);

  broken = true;
  for (int i = 0; i < 10; ++i) {
    add(i);
    loop.Advance(Millis(1'000));
  }
  broken = false;
  loop.Advance(Millis(2'000));
  EXPECT_EQ(CountRows(*store), 1 + static_cast<int64_t>(WriteBehind<Numbers>::kMaxRetries));
}

TEST(WriteBehind, FlushMeansThatWhatAnyThreadAddedBeforeIsStored) {
  riposte::testing::FakeClock clock;
  DeafExecutor loop;
  telemetry::Log log({.silent = true});
  auto store = OpenStore(true);
  WriteBehind<Numbers> buffer({.name = "test", .flush_at = 100}, *store, loop, clock, log, Insert);
  constexpr int kThreads = 4;
  constexpr int kEach = 500;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&buffer] {
      for (int i = 0; i < kEach; ++i) {
        buffer.Add([i](Numbers& numbers) {
          numbers.push_back(i);
          return numbers.size();
        });
        if (i % 50 == 0) buffer.Flush({});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::promise<void> flushed;
  buffer.Flush([&] { flushed.set_value(); });
  flushed.get_future().wait();
  EXPECT_EQ(CountRows(*store), kThreads * kEach);
}

}  // namespace
}  // namespace riposte::observe
