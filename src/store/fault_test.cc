// What the store promises when the disk does not keep up its end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>

#include "store/store.h"
#include "store/testing/fault_vfs.h"
#include "store/testing/temp_dir.h"
#include "store/trouble.h"

namespace riposte::store {
namespace {

using testing::FaultVfs;

constexpr Migration kMigrations[] = {
    {"rows", 1, "CREATE TABLE rows (n INTEGER, text TEXT)"},
};

class FaultTest : public ::testing::Test {
 protected:
  void SetUp() override {
    FaultVfs::Register();
    Open();
  }
  void TearDown() override {
    store_.reset();
    FaultVfs::Register();
  }
  void Open(bool sync = true) {
    store_.reset();
    auto opened = Store::Open(
        {.path = dir_.path() + "/store.db", .sync = sync, .vfs = FaultVfs::kName}, kMigrations);
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = *std::move(opened);
  }
  /// True when the store said that the row is durable.
  bool Insert(int n, const std::string& text = "") {
    try {
      store_->WriteAndWait(
          [&](Transaction& tx) { tx.Execute("INSERT INTO rows VALUES (?, ?)", {n, text}); });
      return true;
    } catch (const Failure&) {
      return false;
    }
  }
  int64_t Count() {
    int64_t count = -1;
    store_->Read([&](Transaction& tx) { count = *tx.QueryInt("SELECT count(*) FROM rows"); });
    return count;
  }

  testing::TempDir dir_;
  std::unique_ptr<Store> store_;
};

TEST_F(FaultTest, FailedSyncStopsWritesUntilReopen) {
  ASSERT_TRUE(Insert(1));
  FaultVfs::FailSyncs(true);
  bool task_ran = false;
  EXPECT_THROW(store_->WriteAndWait([&](Transaction& tx) {
    tx.Execute("INSERT INTO rows VALUES (2, '')");
    tx.OnCommit([&] { task_ran = true; });
  }),
               Failure);
  EXPECT_FALSE(task_ran);
  EXPECT_TRUE(store_->failed());
  FaultVfs::FailSyncs(false);
  EXPECT_FALSE(Insert(3));  // The disk is well again, but what it holds is unknown.
  EXPECT_EQ(Count(), 1);    // Reads go on with what was durable.
  Open();
  EXPECT_FALSE(store_->failed());
  EXPECT_TRUE(Insert(4));
  store_->Read([](Transaction& tx) {
    EXPECT_EQ(tx.QueryInt("SELECT count(*) FROM rows WHERE n IN (1, 4)"), 2);
    EXPECT_EQ(tx.QueryInt("SELECT count(*) FROM rows WHERE n = 3"), 0);
  });
}

TEST_F(FaultTest, FailedSyncFailsTheWholeGroup) {
  std::latch queued(1);
  std::latch finished(3);
  std::atomic<int> errors = 0;
  const auto done = [&](std::exception_ptr error) {
    if (error) ++errors;
    finished.count_down();
  };
  store_->Write(
      [&](Transaction& tx) {
        queued.wait();
        tx.Execute("INSERT INTO rows VALUES (1, '')");
      },
      done);
  for (int i = 0; i < 2; ++i) {
    store_->Write([](Transaction& tx) { tx.Execute("INSERT INTO rows VALUES (2, '')"); }, done);
  }
  FaultVfs::FailSyncs(true);
  queued.count_down();
  finished.wait();
  EXPECT_EQ(errors, 3);
}

TEST_F(FaultTest, FullDiskInTheMiddleOfATransactionIsAnErrorNotATear) {
  ASSERT_TRUE(Insert(1));
  // More than the page cache holds, so that pages are written before the commit.
  const std::string large(1 << 20, 'x');
  bool continued = false;
  EXPECT_THROW(store_->WriteAndWait([&](Transaction& tx) {
    FaultVfs::FillDisk(true);
    try {
      for (int i = 0; i < 100; ++i) tx.Execute("INSERT INTO rows VALUES (?, ?)", {i, large});
    } catch (const Failure&) {
      // A closure that goes on regardless must not write outside the lost transaction.
      FaultVfs::FillDisk(false);
      EXPECT_THROW(tx.Execute("INSERT INTO rows VALUES (7, '')"), Failure);
      continued = true;
      throw;
    }
  }),
               Failure);
  EXPECT_TRUE(continued);
  EXPECT_EQ(Count(), 1);
  EXPECT_FALSE(store_->failed());
  EXPECT_TRUE(Insert(2));
}

TEST_F(FaultTest, CommitOnFullDiskIsRefusedAndWritesGoOnWhenThereIsRoom) {
  ASSERT_TRUE(Insert(1));
  FaultVfs::FillDisk(true);
  bool task_ran = false;
  EXPECT_THROW(store_->WriteAndWait([&](Transaction& tx) {
    tx.Execute("INSERT INTO rows VALUES (2, '')");
    tx.OnCommit([&] { task_ran = true; });
  }),
               WriteRefused);
  EXPECT_FALSE(task_ran);
  EXPECT_FALSE(store_->failed());
  EXPECT_THAT(store_->Trouble(), ::testing::HasSubstr("full"));
  EXPECT_EQ(Count(), 1);  // Reads go on.
  EXPECT_FALSE(Insert(3));
  FaultVfs::FillDisk(false);
  EXPECT_TRUE(Insert(4));
  EXPECT_EQ(store_->Trouble(), "");
  // What is in the log after the refusals must be a log, also for a power cut.
  FaultVfs::PowerCut();
  store_.reset();
  FaultVfs::Restore();
  Open();
  store_->Read([](Transaction& tx) {
    EXPECT_EQ(tx.QueryInt("SELECT sum(n) FROM rows"), 5);
    EXPECT_EQ(tx.QueryText("PRAGMA integrity_check"), "ok");
  });
}

// Some of a commit's pages fit: the next commit is written over them, and a restart must not take
// what is left of them for a part of it.
TEST_F(FaultTest, CommitThatFitsInPartLeavesNothing) {
  ASSERT_TRUE(Insert(1));
  const std::string large(1 << 20, 'x');
  for (int writes = 1; writes < 40; writes += 3) {
    FaultVfs::FillDiskAfter(writes);
    EXPECT_FALSE(Insert(1000, large));
    FaultVfs::FillDisk(false);
    ASSERT_TRUE(Insert(1));
  }
  FaultVfs::PowerCut();
  store_.reset();
  FaultVfs::Restore();
  Open();
  store_->Read([](Transaction& tx) {
    EXPECT_EQ(tx.QueryInt("SELECT count(*) FROM rows WHERE n = 1"), 14);
    EXPECT_EQ(tx.QueryInt("SELECT count(*) FROM rows WHERE n <> 1"), 0);
    EXPECT_EQ(tx.QueryText("PRAGMA integrity_check"), "ok");
  });
}

// What a closure threw may rest on what another of its group wrote, which then did not last.
TEST_F(FaultTest, ARefusedGroupAnswersNobodyByWhatItSaw) {
  std::latch queued(1);
  std::latch finished(3);
  bool saw = false;
  std::exception_ptr answer;
  store_->Write([&](Transaction&) { queued.wait(); },
                [&](std::exception_ptr) { finished.count_down(); });
  store_->Write([](Transaction& tx) { tx.Execute("INSERT INTO rows VALUES (1, '')"); },
                [&](std::exception_ptr) { finished.count_down(); });
  store_->Write(
      [&](Transaction& tx) {
        saw = tx.QueryInt("SELECT count(*) FROM rows") != 0;
        throw std::logic_error("exists");
      },
      [&](std::exception_ptr error) {
        answer = error;
        finished.count_down();
      });
  FaultVfs::FillDisk(true);
  queued.count_down();
  finished.wait();
  FaultVfs::FillDisk(false);
  ASSERT_TRUE(saw);
  EXPECT_THROW(std::rethrow_exception(answer), Unavailable);
}

// SQLite forgets which pages an earlier checkpoint moved without a sync.
TEST_F(FaultTest, AfterAFailedSyncOfTheDatabaseTheLogIsKept) {
  const std::string large(1 << 20, 'x');
  int rows = 0;
  while (store_->SizeBytes() < (15 << 20)) ASSERT_TRUE(Insert(rows++, large));
  FaultVfs::FailDatabaseSyncs(true);
  while (!store_->failed()) ASSERT_TRUE(Insert(rows++, large));
  FaultVfs::FailDatabaseSyncs(false);
  EXPECT_THAT(store_->Trouble(), ::testing::HasSubstr("grows"));
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(Insert(rows++, large));  // Past any checkpoint.
  FaultVfs::PowerCut();
  store_.reset();
  FaultVfs::Restore();
  Open();
  EXPECT_EQ(Count(), rows);
  EXPECT_EQ(store_->Trouble(), "");
}

TEST_F(FaultTest, FailedSyncIsTroubleUntilReopen) {
  EXPECT_EQ(store_->Trouble(), "");
  FaultVfs::FailSyncs(true);
  EXPECT_FALSE(Insert(1));
  FaultVfs::FailSyncs(false);
  EXPECT_THROW(store_->WriteAndWait([](Transaction&) {}), Unavailable);
  EXPECT_THAT(store_->Trouble(), ::testing::HasSubstr("until the engine starts again"));
  Open();
  EXPECT_EQ(store_->Trouble(), "");
}

TEST_F(FaultTest, PowerCutLosesNothingThatWasAcknowledged) {
  int acknowledged = 0;
  for (int i = 0; i < 50; ++i) acknowledged += Insert(i) ? 1 : 0;
  FaultVfs::PowerCut();
  EXPECT_FALSE(Insert(99));
  store_.reset();
  FaultVfs::Restore();
  Open();
  EXPECT_EQ(acknowledged, 50);
  EXPECT_EQ(Count(), 50);
}

// The control: the same cut must lose rows when the store does not sync, else the test above
// would pass whatever the store did.
TEST_F(FaultTest, PowerCutLosesRowsWithoutSync) {
  Open(/*sync=*/false);
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(Insert(i));
  FaultVfs::PowerCut();
  store_.reset();
  FaultVfs::Restore();
  Open();
  EXPECT_LT(Count(), 50);
}

}  // namespace
}  // namespace riposte::store
