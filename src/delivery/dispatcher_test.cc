// What is owed is delivered, whatever memory holds of it and however often the engine starts.
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "base/testing/fakes.h"
#include "delivery/delivery.h"

namespace riposte::delivery {
namespace {

/// Answers as its test says, or keeps silent as a target does when the engine dies under it.
class FakeTarget final : public Target {
 public:
  void Deliver(const Work& work, Completion completion) override {
    delivered.push_back(work.id);
    times.push_back(work.target_arn);
    if (silent || hangs == work.target_arn) {
      pending.push_back(std::move(completion));
    } else {
      completion(fails == work.target_arn ? Result::Retry("BUSY", "not now") : Result::Done());
    }
  }
  [[nodiscard]] DeadLetter MakeDeadLetter(const Work&, const Result&,
                                          const std::string&) const override {
    return {};
  }
  void OnOutcome(store::Transaction&, const Work&, const Result& result,
                 Disposition disposition) override {
    if (unrecordable > 0) {
      --unrecordable;
      throw store::Failure("the disk is full");
    }
    if (disposition == Disposition::kDropped) given_up.push_back(result.error_code);
  }

  std::vector<int64_t> delivered;
  std::vector<std::string> times;  ///< The lane of each attempt.
  std::vector<std::string> given_up;
  std::vector<Completion> pending;
  bool silent = false;
  int unrecordable = 0;  ///< So many outcomes cannot be stored.
  std::string hangs;
  std::string fails;
};

class DispatcherTest : public ::testing::Test {
 protected:
  DispatcherTest() {
    store::Store::Options options;
    options.threaded = false;
    auto opened = store::Store::Open(options, Dispatcher::Migrations());
    if (!opened) throw std::runtime_error(opened.error().message);
    store_ = std::move(*opened);
  }
  /// A new dispatcher over the same store, as after a restart.
  void Start(const Dispatcher::Options& options = {}) {
    loop_.Clear();
    target_.pending.clear();
    dispatcher_ = std::make_unique<Dispatcher>(options, *store_, loop_, clock_, random_, log_);
    dispatcher_->AddTarget("fake", target_);
    dispatcher_->Start();
    loop_.RunUntilIdle();
  }
  static Work MakeWork(const std::string& lane = "target") {
    Work work;
    work.kind = "fake";
    work.target_arn = lane;
    work.policy.jitter = false;
    return work;
  }
  void Owe(int count, const Work& like = MakeWork()) {
    store_->WriteAndWait([&](store::Transaction& tx) {
      for (int i = 0; i < count; ++i) {
        Work work = like;
        work.created = clock_.Now();
        work.due = std::max(work.due, work.created);
        dispatcher_->Enqueue(tx, std::move(work));
      }
    });
    loop_.RunUntilIdle();
  }
  [[nodiscard]] long Attempts(const std::string& lane) const {
    return std::ranges::count(target_.times, lane);
  }

  testing::FakeClock clock_;
  testing::FakeExecutor loop_{clock_};
  testing::FakeRandom random_;
  telemetry::Log log_{{.silent = true}};
  FakeTarget target_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Dispatcher> dispatcher_;
};

TEST_F(DispatcherTest, DeliversInOrderWhatHadNoRoomInMemory) {
  for (const size_t share : {1u, 2u, 3u, 64u}) {
    target_.delivered.clear();
    Start({.max_in_flight_per_target = 1, .lane_works = share});
    Owe(10);
    ASSERT_EQ(target_.delivered.size(), 10u) << share;
    EXPECT_TRUE(std::ranges::is_sorted(target_.delivered)) << share;
    EXPECT_TRUE(dispatcher_->Idle());
    EXPECT_EQ(dispatcher_->owed().works, 0);
  }
  Start({.memory_bytes = 1});
  Owe(5);
  EXPECT_EQ(target_.delivered.size(), 15u);
}

TEST_F(DispatcherTest, RepeatsAfterARestartWhatHadNoOutcomeUnderTheSameId) {
  Start();
  Owe(1);
  target_.silent = true;
  Owe(2);
  EXPECT_EQ(target_.delivered, (std::vector<int64_t>{1, 2, 3}));
  target_.silent = false;
  target_.delivered.clear();
  Start();
  EXPECT_EQ(target_.delivered, (std::vector<int64_t>{2, 3}));
  target_.delivered.clear();
  Start();
  EXPECT_TRUE(target_.delivered.empty());
}

TEST_F(DispatcherTest, ABacklogDelaysNoOtherLane) {
  Start({.max_in_flight = 4, .lane_works = 2});
  target_.hangs = "dead";
  Owe(100, MakeWork("dead"));
  // More hang than may be under way: still each other lane has one.
  EXPECT_EQ(Attempts("dead"), 4);
  for (const char* lane : {"a", "b", "c"}) {
    Owe(20, MakeWork(lane));
    EXPECT_EQ(Attempts(lane), 20) << lane;
  }
  EXPECT_EQ(Attempts("dead"), 4);
  target_.hangs.clear();
  for (auto& completion : std::exchange(target_.pending, {})) completion(Result::Done());
  loop_.RunUntilIdle();
  EXPECT_EQ(Attempts("dead"), 100);
}

TEST_F(DispatcherTest, AFailingTargetIsTriedWithFewerAtATime) {
  Start();
  target_.silent = true;
  Owe(100);
  EXPECT_EQ(target_.pending.size(), 8u);
  const auto answer = [&](const Result& result) {
    for (auto& completion : std::exchange(target_.pending, {})) completion(result);
    loop_.RunUntilIdle();
  };
  answer(Result::Retry("BUSY", "not now"));
  EXPECT_EQ(target_.pending.size(), 1u);
  answer(Result::Done());
  EXPECT_EQ(target_.pending.size(), 2u);
  answer(Result::Done());
  EXPECT_EQ(target_.pending.size(), 4u);
}

TEST_F(DispatcherTest, RetriesWaitInTheStoreAndComeBackInTime) {
  Start();
  target_.fails = "target";
  Work work = MakeWork();
  work.policy.max_attempts = 3;
  Owe(1, work);
  EXPECT_EQ(target_.delivered.size(), 1u);
  for (const auto& [seconds, attempts] : {std::pair{1, 2u}, {2, 3u}, {4, 4u}}) {
    loop_.Advance(std::chrono::seconds(seconds) - Millis(1));
    EXPECT_EQ(target_.delivered.size(), attempts - 1);
    loop_.Advance(Millis(1));
    EXPECT_EQ(target_.delivered.size(), attempts);
  }
  EXPECT_EQ(target_.given_up, (std::vector<std::string>{"BUSY"}));
  EXPECT_EQ(dispatcher_->owed().works, 0);
}

TEST_F(DispatcherTest, NewWorkDoesNotStarveRetries) {
  Start({.max_in_flight_per_target = 1, .lane_works = 4});
  target_.fails = "target";
  Owe(1);
  target_.fails.clear();
  target_.hangs = "target";
  Owe(50);
  target_.hangs.clear();
  loop_.Advance(std::chrono::seconds(1));  // The first is due again, behind a backlog.
  target_.delivered.clear();
  for (auto& completion : std::exchange(target_.pending, {})) completion(Result::Done());
  loop_.RunUntilIdle();
  ASSERT_EQ(target_.delivered.size(), 50u);
  EXPECT_LT(std::ranges::find(target_.delivered, 1) - target_.delivered.begin(), 10);
}

TEST_F(DispatcherTest, ALaneKeepsItsRate) {
  Start();
  Work work = MakeWork("paced");
  work.max_per_second = 10;
  Owe(25, work);
  Owe(5, MakeWork("free"));
  EXPECT_EQ(Attempts("paced"), 1);
  EXPECT_EQ(Attempts("free"), 5);
  loop_.Advance(std::chrono::milliseconds(999));
  EXPECT_EQ(Attempts("paced"), 10);
  loop_.Advance(std::chrono::milliseconds(1001));
  EXPECT_EQ(Attempts("paced"), 21);
  loop_.Advance(std::chrono::minutes(1));
  EXPECT_EQ(Attempts("paced"), 25);
  Owe(2, work);  // Also when it had nothing in between.
  EXPECT_EQ(Attempts("paced"), 26);
  work.max_per_second = 300;
  loop_.Advance(std::chrono::minutes(1));
  target_.times.clear();
  Owe(1000, work);
  loop_.Advance(std::chrono::seconds(1));
  EXPECT_GE(Attempts("paced"), 295);
  EXPECT_LE(Attempts("paced"), 305);
}

TEST_F(DispatcherTest, IsFullUntilItHasDrained) {
  const Dispatcher::Options options{.max_owed = 3};
  Start(options);
  target_.silent = true;
  Owe(2);
  EXPECT_FALSE(dispatcher_->Full());
  Owe(1);
  EXPECT_TRUE(dispatcher_->Full());
  EXPECT_EQ(dispatcher_->owed().works, 3);
  Start(options);  // Counted again after a restart.
  EXPECT_TRUE(dispatcher_->Full());
  for (auto& completion : std::exchange(target_.pending, {})) completion(Result::Done());
  loop_.RunUntilIdle();
  EXPECT_FALSE(dispatcher_->Full());
  EXPECT_EQ(dispatcher_->owed().works, 0);
  EXPECT_EQ(dispatcher_->owed().bytes, 0);

  Start({.max_owed_bytes = 100});
  Work work = MakeWork();
  work.detail["payload"] = std::string(100, 'x');
  Owe(1, work);
  EXPECT_TRUE(dispatcher_->Full());
}

TEST_F(DispatcherTest, GivesUpTheLastOfAChain) {
  Start();
  Work work = MakeWork();
  work.trace.hops = Trace::kMaxHops;
  Owe(1, work);
  EXPECT_EQ(target_.delivered.size(), 1u);
  work.trace.hops = Trace::kMaxHops + 1;
  Owe(1, work);
  EXPECT_EQ(target_.delivered.size(), 1u);
  EXPECT_EQ(target_.given_up, (std::vector<std::string>{"LOOP_DETECTED"}));
}

TEST_F(DispatcherTest, AClockThatIsSetBackDelaysNothing) {
  Start();
  target_.fails = "target";
  Owe(1);
  loop_.JumpTo(clock_.Now() - std::chrono::hours(24 * 365));
  target_.fails.clear();
  Owe(1);
  EXPECT_EQ(target_.delivered, (std::vector<int64_t>{1, 2}));
  loop_.Advance(std::chrono::seconds(2));
  EXPECT_EQ(target_.delivered, (std::vector<int64_t>{1, 2, 1}));
  EXPECT_EQ(dispatcher_->owed().works, 0);
}

TEST_F(DispatcherTest, AClockThatWasSetBackWhileNothingRanDelaysNothing) {
  Start();
  target_.fails = "target";
  Owe(1);
  clock_.Set(clock_.Now() - std::chrono::hours(24 * 365));
  target_.fails.clear();
  Start();
  loop_.Advance(std::chrono::seconds(2));
  EXPECT_EQ(target_.delivered, (std::vector<int64_t>{1, 1}));
}

TEST_F(DispatcherTest, AClockThatIsSetBackJustBeforeTheEndDelaysNothing) {
  Start();
  target_.fails = "target";
  loop_.Advance(std::chrono::hours(5));
  Owe(1);
  // Tried again just before: what was owed last is older.
  loop_.Advance(std::chrono::hours(4));
  const size_t before = target_.delivered.size();
  target_.fails.clear();
  clock_.Set(clock_.Now() - std::chrono::hours(8));
  Start();
  loop_.Advance(std::chrono::hours(1));
  EXPECT_EQ(target_.delivered.size(), before + 1);
}

TEST_F(DispatcherTest, AClockThatIsSetBackBeforeAnOutcomeIsRecordedDelaysNothing) {
  Start();
  target_.fails = "target";
  target_.unrecordable = 1;
  Owe(1);
  loop_.JumpTo(clock_.Now() - std::chrono::hours(24 * 365));
  target_.fails.clear();
  Owe(1, MakeWork("other"));  // Now it is noticed.
  loop_.Advance(std::chrono::seconds(10));
  EXPECT_EQ(target_.delivered, (std::vector<int64_t>{1, 2, 1}));
  EXPECT_EQ(dispatcher_->owed().works, 0);
}

TEST_F(DispatcherTest, AClockThatIsSetForwardMakesAllDueOnce) {
  Start();
  target_.fails = "target";
  Work work = MakeWork();
  work.policy.max_age = std::chrono::hours(24 * 3650);
  Owe(3, work);
  target_.fails.clear();
  loop_.JumpTo(clock_.Now() + std::chrono::hours(24 * 365));
  loop_.RunUntilIdle();
  EXPECT_EQ(target_.delivered.size(), 6u);
  EXPECT_EQ(dispatcher_->owed().works, 0);
}

}  // namespace
}  // namespace riposte::delivery
