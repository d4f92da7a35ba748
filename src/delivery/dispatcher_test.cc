// What is owed is delivered, whatever memory holds of it and however often the engine starts.
#include <gtest/gtest.h>

#include "base/testing/fakes.h"
#include "delivery/delivery.h"

namespace riposte::delivery {
namespace {

/// Completes at once, or keeps silent as a target does when the engine dies under it.
class FakeTarget final : public Target {
 public:
  void Deliver(const Work& work, Completion completion) override {
    delivered.push_back(work.id);
    if (!silent) completion(Result::Done());
  }
  [[nodiscard]] DeadLetter MakeDeadLetter(const Work&, const Result&,
                                          const std::string&) const override {
    return {};
  }
  void OnOutcome(store::Transaction&, const Work&, const Result&, Disposition) override {}

  std::vector<int64_t> delivered;
  bool silent = false;
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
  void Start(size_t max_in_memory = 50'000) {
    Dispatcher::Options options;
    options.max_in_memory = max_in_memory;
    dispatcher_ = std::make_unique<Dispatcher>(options, *store_, loop_, clock_, random_, log_);
    dispatcher_->AddTarget("fake", target_);
    dispatcher_->Start();
    loop_.RunUntilIdle();
  }
  void Owe(int count) {
    store_->WriteAndWait([&](store::Transaction& tx) {
      for (int i = 0; i < count; ++i) {
        Work work;
        work.kind = "fake";
        work.target_arn = "target";
        dispatcher_->Enqueue(tx, std::move(work));
      }
    });
    loop_.RunUntilIdle();
  }

  testing::FakeClock clock_;
  testing::FakeExecutor loop_{clock_};
  testing::FakeRandom random_;
  telemetry::Log log_{{.silent = true}};
  FakeTarget target_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Dispatcher> dispatcher_;
};

TEST_F(DispatcherTest, DeliversWhatHadNoRoomInMemory) {
  Start(/*max_in_memory=*/1);
  Owe(5);
  EXPECT_EQ(target_.delivered, (std::vector<int64_t>{1, 2, 3, 4, 5}));
  EXPECT_TRUE(dispatcher_->Idle());
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

}  // namespace
}  // namespace riposte::delivery
