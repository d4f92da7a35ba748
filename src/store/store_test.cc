#include "store/store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <latch>
#include <thread>

#include "store/guard.h"
#include "store/testing/temp_dir.h"

namespace riposte::store {
namespace {

constexpr Migration kMigrations[] = {
    {"notes", 1, "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT UNIQUE, n INTEGER);"},
    {"notes", 2, "ALTER TABLE notes ADD COLUMN at_ms INTEGER; CREATE INDEX notes_n ON notes (n);"},
    {"tags", 1,
     "CREATE TABLE tags (note INTEGER REFERENCES notes (id), tag TEXT) STRICT;"
     "CREATE TABLE \"odd \"\"name\" (id INTEGER PRIMARY KEY AUTOINCREMENT);"},
};

std::string Message(const std::exception_ptr& error) {
  if (!error) return "";
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return e.what();
  }
}

/// Every test of the suite runs in each of the store's three shapes.
enum class Shape { kMemory, kDirect, kThreaded };

class StoreTest : public ::testing::TestWithParam<Shape> {
 protected:
  Store::Options MakeOptions() {
    return {.path = GetParam() == Shape::kMemory ? "" : dir_.path() + "/store.db",
            .threaded = GetParam() == Shape::kThreaded};
  }
  void SetUp() override { store_ = Reopened(); }
  std::unique_ptr<Store> Reopened() {
    store_.reset();
    auto opened = Store::Open(MakeOptions(), kMigrations);
    EXPECT_TRUE(opened) << opened.error().message;
    return *std::move(opened);
  }
  void Insert(std::string_view text, int64_t n = 0) {
    store_->WriteAndWait([&](Transaction& tx) {
      tx.Execute("INSERT INTO notes (text, n) VALUES (?, ?)", {text, n});
    });
  }
  int64_t Count() {
    int64_t count = -1;
    store_->Read([&](Transaction& tx) { count = *tx.QueryInt("SELECT count(*) FROM notes"); });
    return count;
  }

  testing::TempDir dir_;
  std::unique_ptr<Store> store_;
};

TEST_P(StoreTest, BindsAndReadsEveryType) {
  store_->WriteAndWait([](Transaction& tx) {
    std::optional<std::string> none;
    tx.Query("SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?",
             {nullptr, -7, uint64_t{9}, true, 2.5, "", Blob{std::string_view("\0x", 2)}, none,
              FromMillis(1234)},
             [](const Row& row) {
               EXPECT_TRUE(row.IsNull(0));
               EXPECT_EQ(row.Int(1), -7);
               EXPECT_EQ(row.Int(2), 9);
               EXPECT_EQ(row.Int(3), 1);
               EXPECT_EQ(row.Real(4), 2.5);
               EXPECT_FALSE(row.IsNull(5));
               EXPECT_EQ(row.Text(5), "");
               EXPECT_EQ(row.Str(6), std::string("\0x", 2));
               EXPECT_TRUE(row.IsNull(7));
               EXPECT_EQ(row.Time(8), FromMillis(1234));
               return true;
             });
    EXPECT_TRUE(tx.QueryOne("SELECT '{\"a\":[1]}', 'nope'", {}, [](const Row& row) {
      EXPECT_TRUE(row.Json(0).is_object());
      EXPECT_THROW((void)row.Json(1), Failure);
    }));
    EXPECT_EQ(tx.QueryInt("SELECT 1 WHERE 0"), std::nullopt);
    EXPECT_EQ(tx.QueryInt("SELECT NULL"), std::nullopt);
    EXPECT_EQ(tx.QueryText("SELECT 'x'"), "x");
  });
}

TEST_P(StoreTest, ExecuteCountsChangedRows) {
  store_->WriteAndWait([](Transaction& tx) {
    EXPECT_EQ(tx.Execute("INSERT INTO notes (text, n) VALUES ('a', 1), ('b', 1)"), 2);
    EXPECT_EQ(tx.LastInsertId(), 2);
    EXPECT_EQ(tx.Execute("INSERT OR IGNORE INTO notes (text) VALUES ('a')"), 0);
    EXPECT_EQ(tx.Execute("UPDATE notes SET n = 2 WHERE n = ?", {1}), 2);
    EXPECT_EQ(tx.Execute("CREATE TABLE extra (x)"), 0);
    EXPECT_EQ(tx.Execute("DELETE FROM notes WHERE n = 9"), 0);
  });
}

TEST_P(StoreTest, RefusesWrongSql) {
  store_->WriteAndWait([](Transaction& tx) {
    EXPECT_THROW(tx.Execute("SELEC 1"), Failure);
    EXPECT_THROW(tx.Execute("DELETE FROM notes WHERE n = ?"), Failure);
    EXPECT_THROW(tx.Execute("DELETE FROM notes; DELETE FROM notes"), Failure);
    EXPECT_THROW(tx.Execute("DELETE FROM notes WHERE text = \"typo\""), Failure);
    EXPECT_THROW(tx.Execute(" "), Failure);
  });
  store_->Read([](Transaction& tx) {
    EXPECT_FALSE(tx.writable());
    EXPECT_THROW(tx.Execute("DELETE FROM notes"), Failure);
    EXPECT_THROW((void)tx.QueryInt("INSERT INTO notes (n) VALUES (1) RETURNING id"), Failure);
  });
  EXPECT_EQ(Count(), 0);
}

TEST_P(StoreTest, QueryMayRunOtherStatementsAndItself) {
  for (int i = 0; i < 3; ++i) Insert(std::to_string(i), i);
  std::string seen;
  store_->WriteAndWait([&](Transaction& tx) {
    constexpr std::string_view kAll = "SELECT n FROM notes ORDER BY n";
    tx.Query(kAll, {}, [&](const Row& outer) {
      tx.Query(kAll, {}, [&](const Row& inner) {
        seen += std::to_string(outer.Int(0)) + std::to_string(inner.Int(0)) + " ";
        return inner.Int(0) < 1;
      });
      tx.Execute("UPDATE notes SET at_ms = 1 WHERE n = ?", {outer.Int(0)});
      return true;
    });
  });
  EXPECT_EQ(seen, "00 01 10 11 20 21 ");
}

TEST_P(StoreTest, ClosureThatThrowsIsUndoneAloneAndReportsItsException) {
  Insert("kept");
  std::vector<std::string> outcomes;
  std::latch finished(3);
  const auto done = [&](std::exception_ptr error) {
    outcomes.push_back(Message(error));
    finished.count_down();
  };
  store_->Write([](Transaction& tx) { tx.Execute("INSERT INTO notes (text) VALUES ('1')"); }, done);
  store_->Write(
      [](Transaction& tx) {
        tx.Execute("INSERT INTO notes (text) VALUES ('2')");
        throw std::domain_error("mine");
      },
      done);
  store_->Write([](Transaction& tx) { tx.Execute("INSERT INTO notes (text) VALUES ('3')"); }, done);
  finished.wait();
  EXPECT_EQ(outcomes, (std::vector<std::string>{"", "mine", ""}));
  EXPECT_EQ(Count(), 3);
  EXPECT_THROW(store_->WriteAndWait([](Transaction&) { throw std::domain_error("typed"); }),
               std::domain_error);
}

TEST_P(StoreTest, AKeptGuardOutlastsThePromiseOfAPart) {
  store_->WriteAndWait([](Transaction& tx) {
    KeepGuarded(tx);
    LeaveUnguarded(tx);
    tx.Execute("INSERT INTO notes (text) VALUES ('1')");
  });
  EXPECT_THROW(store_->WriteAndWait([](Transaction& tx) {
    KeepGuarded(tx);
    LeaveUnguarded(tx);
    tx.Execute("INSERT INTO notes (text) VALUES ('2')");
    throw std::domain_error("mine");
  }),
               std::domain_error);
  EXPECT_EQ(Count(), 1);
}

TEST_P(StoreTest, APromiseMadeAfterWritingIsNotTaken) {
  EXPECT_THROW(store_->WriteAndWait([](Transaction& tx) {
    tx.Execute("INSERT INTO notes (text) VALUES ('1')");
    LeaveUnguarded(tx);
    throw std::domain_error("mine");
  }),
               std::domain_error);
  EXPECT_EQ(Count(), 0);
}

TEST_P(StoreTest, ConstraintFailureUndoesTheStatementOnly) {
  Insert("taken");
  store_->WriteAndWait([](Transaction& tx) {
    tx.Execute("INSERT INTO notes (text) VALUES ('mine')");
    EXPECT_THROW(tx.Execute("INSERT INTO notes (text) VALUES ('taken')"), ConstraintFailure);
  });
  EXPECT_EQ(Count(), 2);
}

TEST_P(StoreTest, TasksRunAfterTheCommitInOrderAndBeforeDone) {
  std::string order;
  std::promise<void> done;
  store_->Write(
      [&](Transaction& tx) {
        tx.Execute("INSERT INTO notes (text) VALUES ('a')");
        tx.OnCommit([&] { order += "1:" + std::to_string(Count()) + " "; });
        tx.OnCommit([&] { order += "2 "; });
        order += "closure ";
      },
      [&](std::exception_ptr) {
        order += "done";
        done.set_value();
      });
  done.get_future().wait();
  EXPECT_EQ(order, "closure 1:1 2 done");

  bool ran = false;
  EXPECT_ANY_THROW(store_->WriteAndWait([&](Transaction& tx) {
    tx.OnCommit([&] { ran = true; });
    throw std::runtime_error("no");
  }));
  EXPECT_FALSE(ran);
  store_->Read([&](Transaction& tx) {
    tx.OnCommit([&] { ran = true; });
    EXPECT_FALSE(ran);
  });
  EXPECT_TRUE(ran);
}

TEST_P(StoreTest, CallbacksThatThrowHarmNobody) {
  std::promise<void> done;
  store_->Write([](Transaction& tx) { tx.OnCommit([] { throw std::runtime_error("task"); }); },
                [](std::exception_ptr) { throw std::runtime_error("done"); });
  store_->Write([](Transaction&) {}, [&](std::exception_ptr) { done.set_value(); });
  done.get_future().wait();
  Insert("works");
}

TEST_P(StoreTest, WritesFromInsideAreQueued) {
  std::string order;
  std::promise<void> finished;
  store_->Write(
      [&](Transaction&) {
        store_->Write([&](Transaction&) { order += "inner "; },
                      [&](std::exception_ptr) {
                        order += "inner-done";
                        finished.set_value();
                      });
        EXPECT_THROW(store_->WriteAndWait([](Transaction&) {}), std::logic_error);
        order += "outer ";
      },
      [&](std::exception_ptr) { order += "outer-done "; });
  finished.get_future().wait();
  EXPECT_EQ(order, "outer outer-done inner inner-done");
}

TEST_P(StoreTest, DeleteAllRowsEmptiesEveryTableAndKeepsTheSchema) {
  Insert("a");
  store_->WriteAndWait([](Transaction& tx) {
    tx.Execute("INSERT INTO tags VALUES (1, 't')");
    tx.Execute("INSERT INTO \"odd \"\"name\" DEFAULT VALUES");
  });
  store_->DeleteAllRows();
  EXPECT_EQ(Count(), 0);
  store_->WriteAndWait([](Transaction& tx) {
    EXPECT_EQ(tx.QueryInt("SELECT count(*) FROM tags"), 0);
    tx.Execute("INSERT INTO \"odd \"\"name\" DEFAULT VALUES");
    EXPECT_EQ(tx.LastInsertId(), 1);
  });
  EXPECT_EQ(Count(), 0);
}

TEST_P(StoreTest, CountsAndSize) {
  const auto before = store_->counts();
  Insert("a");
  Insert("b");
  EXPECT_EQ(store_->counts().closures, before.closures + 2);
  EXPECT_GT(store_->counts().commits, before.commits);
  EXPECT_GE(store_->SizeBytes(), 16'384);
  EXPECT_FALSE(store_->failed());
}

INSTANTIATE_TEST_SUITE_P(Shapes, StoreTest,
                         ::testing::Values(Shape::kMemory, Shape::kDirect, Shape::kThreaded));

class StoreFileTest : public StoreTest {};
INSTANTIATE_TEST_SUITE_P(Shapes, StoreFileTest,
                         ::testing::Values(Shape::kDirect, Shape::kThreaded));

TEST_P(StoreFileTest, KeepsItsRowsAcrossReopen) {
  Insert("a");
  store_->Write([](Transaction& tx) { tx.Execute("INSERT INTO notes (text) VALUES ('b')"); },
                [](std::exception_ptr) {});
  store_ = Reopened();
  EXPECT_EQ(Count(), 2);
}

TEST_P(StoreFileTest, IsPrivateAndLocked) {
  Insert("a");
  for (const auto& entry : std::filesystem::directory_iterator(dir_.path())) {
    struct stat info{};
    ASSERT_EQ(stat(entry.path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600U) << entry.path();
  }
  const auto second = Store::Open(MakeOptions(), kMigrations);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kUnavailable);
}

TEST_P(StoreFileTest, ReaderKeepsItsSnapshot) {
  Insert("a");
  store_->Read([&](Transaction& tx) {
    EXPECT_EQ(tx.QueryInt("SELECT count(*) FROM notes"), 1);
    Insert("b");
    EXPECT_EQ(tx.QueryInt("SELECT count(*) FROM notes"), 1);
    EXPECT_EQ(Count(), 2);  // A newer snapshot beside it.
  });
  EXPECT_EQ(Count(), 2);
}

TEST_P(StoreFileTest, MigratesOnlyForward) {
  store_.reset();
  const Migration older[] = {kMigrations[0], kMigrations[2]};
  auto refused = Store::Open(MakeOptions(), older);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_NE(refused.error().message.find("notes has schema 2"), std::string::npos);

  const Migration newer[] = {kMigrations[0],
                             kMigrations[1],
                             kMigrations[2],
                             {"notes", 3, "ALTER TABLE notes ADD COLUMN more TEXT"}};
  auto opened = Store::Open(MakeOptions(), newer);
  ASSERT_TRUE(opened) << opened.error().message;
  (*opened)->WriteAndWait([](Transaction& tx) { tx.Execute("UPDATE notes SET more = 'x'"); });
}

TEST_P(StoreFileTest, MigrationThatFailsLeavesNothing) {
  store_.reset();
  const Migration broken[] = {kMigrations[0],
                              kMigrations[1],
                              kMigrations[2],
                              {"more", 1, "CREATE TABLE more (x); CREATE TABLE notes (y);"}};
  auto refused = Store::Open(MakeOptions(), broken);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnavailable);
  EXPECT_NE(refused.error().message.find("more migration 1"), std::string::npos);
  EXPECT_TRUE(Store::Open(MakeOptions(), kMigrations));

  const Migration gap[] = {{"notes", 2, "SELECT 1"}};
  refused = Store::Open(MakeOptions(), gap);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInternal);
}

TEST_P(StoreFileTest, RefusesWhatIsNoDatabase) {
  store_.reset();
  std::filesystem::remove(dir_.path() + "/store.db");
  std::ofstream(dir_.path() + "/store.db") << std::string(100'000, 'x');
  const auto refused = Store::Open(MakeOptions(), kMigrations);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kCorrupt);
}

TEST(StoreGroupCommit, CommitsTogetherWhatWaitedTogether) {
  const testing::TempDir dir;
  auto store = *Store::Open({.path = dir.path() + "/store.db"}, kMigrations);
  std::latch queued(1);
  std::latch finished(201);
  const auto done = [&](std::exception_ptr error) {
    EXPECT_EQ(Message(error), "");
    finished.count_down();
  };
  store->Write([&](Transaction&) { queued.wait(); }, done);
  for (int i = 0; i < 200; ++i) {
    store->Write([i](Transaction& tx) { tx.Execute("INSERT INTO notes (n) VALUES (?)", {i}); },
                 done);
  }
  queued.count_down();
  finished.wait();
  EXPECT_EQ(store->counts().closures, 201U);
  EXPECT_LE(store->counts().commits, 2U);
}

/// What became of `closures`, committed together.
std::vector<std::string> OutcomesOfOneCommit(Store& store, std::vector<Store::Closure> closures) {
  std::vector<std::string> outcomes;
  std::latch queued(1);
  std::latch finished(static_cast<std::ptrdiff_t>(closures.size()));
  store.Write([&](Transaction&) { queued.wait(); }, [](std::exception_ptr) {});
  for (Store::Closure& closure : closures) {
    store.Write(std::move(closure), [&](std::exception_ptr error) {
      outcomes.push_back(Message(error));
      finished.count_down();
    });
  }
  queued.count_down();
  finished.wait();
  return outcomes;
}

std::vector<Store::Closure> OneOfThreeFails(std::function<void(Transaction&)> failing) {
  std::vector<Store::Closure> closures;
  for (const char* text : {"1", "2", "3"}) {
    closures.push_back([text, failing](Transaction& tx) {
      LeaveUnguarded(tx);
      if (std::string_view(text) == "2") failing(tx);
      tx.Execute("INSERT INTO notes (text) VALUES (?)", {text});
    });
  }
  return closures;
}

int64_t CountNotes(Store& store) {
  int64_t count = 0;
  store.Read([&](Transaction& tx) { count = *tx.QueryInt("SELECT count(*) FROM notes"); });
  return count;
}

TEST(StoreGroupCommit, UnguardedClosureThatFailsBeforeWritingFailsAlone) {
  const testing::TempDir dir;
  auto store = *Store::Open({.path = dir.path() + "/store.db"}, kMigrations);
  EXPECT_EQ(OutcomesOfOneCommit(
                *store, OneOfThreeFails([](Transaction&) { throw std::domain_error("mine"); })),
            (std::vector<std::string>{"", "mine", ""}));
  EXPECT_EQ(CountNotes(*store), 2);
}

TEST(StoreGroupCommit, UnguardedClosureThatFailsAfterWritingTakesItsBatchAlong) {
  const testing::TempDir dir;
  auto store = *Store::Open({.path = dir.path() + "/store.db"}, kMigrations);
  const auto outcomes = OutcomesOfOneCommit(*store, OneOfThreeFails([](Transaction& tx) {
    tx.Execute("INSERT INTO notes (n) VALUES (1)");
    throw std::domain_error("mine");
  }));
  for (const std::string& outcome : outcomes) {
    EXPECT_NE(outcome.find("left its guard"), std::string::npos) << outcome;
  }
  EXPECT_EQ(CountNotes(*store), 0);
  EXPECT_FALSE(store->failed());
  store->WriteAndWait([](Transaction& tx) { tx.Execute("INSERT INTO notes (n) VALUES (2)"); });
  EXPECT_EQ(CountNotes(*store), 1);
}

TEST(StoreGroupCommit, BoundsItsQueue) {
  auto store = *Store::Open({.path = "", .max_queue = 2}, kMigrations);
  std::latch running(1);
  std::latch go(1);
  store->Write(
      [&](Transaction&) {
        running.count_down();
        go.wait();
      },
      [](std::exception_ptr) {});
  running.wait();
  for (int i = 0; i < 2; ++i) store->Write([](Transaction&) {}, [](std::exception_ptr) {});
  bool overloaded = false;
  store->Write([](Transaction&) {},
               [&](std::exception_ptr error) {
                 try {
                   std::rethrow_exception(error);
                 } catch (const Overloaded&) {
                   overloaded = true;
                 }
               });
  EXPECT_TRUE(overloaded);  // At once, on this thread.
  go.count_down();
}

TEST(StoreGroupCommit, ManyThreadsReadAndWrite) {
  const testing::TempDir dir;
  auto store = *Store::Open({.path = dir.path() + "/store.db", .sync = false}, kMigrations);
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      int64_t last = 0;
      for (int i = 0; i < 200; ++i) {
        store->WriteAndWait(
            [&](Transaction& tx) { tx.Execute("INSERT INTO notes (n, text) VALUES (1, NULL)"); });
        store->Read([&](Transaction& tx) {
          const int64_t now = *tx.QueryInt("SELECT count(*) FROM notes");
          if (now <= last) ++failures;  // It sees its own write.
          last = now;
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  store->Read([](Transaction& tx) { EXPECT_EQ(tx.QueryInt("SELECT sum(n) FROM notes"), 800); });
}

TEST(StoreGroupCommit, CheckpointsKeepTheLogShort) {
  const testing::TempDir dir;
  auto store = *Store::Open({.path = dir.path() + "/store.db", .sync = false}, kMigrations);
  const std::string text(8'000, 'x');
  int64_t largest = 0;
  for (int i = 0; i < 8'000; ++i) {  // About 250 MB of frames over some 2 MB of pages.
    store->WriteAndWait([&](Transaction& tx) {
      tx.Execute("INSERT OR REPLACE INTO notes (id, n, text) VALUES (?, ?, ?)",
                 {i % 100, i, text + std::to_string(i)});
    });
    largest = std::max(largest, store->SizeBytes());
  }
  EXPECT_LT(largest, 120 << 20);
}

}  // namespace
}  // namespace riposte::store
