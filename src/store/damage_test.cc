// Damage to the files of a stopped store: found, or without effect.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "store/checked_vfs.h"
#include "store/store.h"
#include "store/testing/fault_vfs.h"
#include "store/testing/temp_dir.h"
#include "store/trouble.h"

namespace riposte::store {
namespace {

using ::testing::HasSubstr;

constexpr Migration kMigrations[] = {
    {"rows", 1, "CREATE TABLE rows (n INTEGER PRIMARY KEY, text TEXT)"},
};
constexpr int kRows = 200;

class DamageTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<Store>> Open(const std::string& vfs = "") {
    return Store::Open({.path = path_, .vfs = vfs}, kMigrations);
  }
  static void Insert(Store& store, int n) {
    store.WriteAndWait([n](Transaction& tx) {
      tx.Execute("INSERT INTO rows VALUES (?, ?)", {n, std::string(1000, 'a')});
    });
  }
  void Fill() {
    auto store = Open();
    ASSERT_TRUE(store) << store.error().message;
    for (int n = 0; n < kRows; ++n) Insert(**store, n);
  }
  /// Leaves kRows commits in the log, as an engine that was killed does.
  void FillLog() {
    testing::FaultVfs::Register();
    auto store = Open(testing::FaultVfs::kName);
    ASSERT_TRUE(store) << store.error().message;
    for (int n = 0; n < kRows; ++n) Insert(**store, n);
    testing::FaultVfs::PowerCut();
    store->reset();
    testing::FaultVfs::Restore();
    ASSERT_GT(Size(path_ + "-wal"), 0);
  }
  static int64_t Size(const std::string& path) {
    struct stat info{};
    return stat(path.c_str(), &info) == 0 ? info.st_size : 0;
  }
  static void Flip(const std::string& path, int64_t byte, int bit) {
    const int file = open(path.c_str(), O_RDWR | O_CLOEXEC);
    char c = 0;
    ASSERT_EQ(pread(file, &c, 1, byte), 1);
    c = static_cast<char>(c ^ (1 << bit));
    ASSERT_EQ(pwrite(file, &c, 1, byte), 1);
    close(file);
  }
  /// Gives a page the checksum of what it holds.
  void Reseal(int64_t number) {
    const int file = open(path_.c_str(), O_RDWR | O_CLOEXEC);
    std::string page(kPageBytes - kSealBytes, 0);
    const int64_t at = (number - 1) * kPageBytes;
    ASSERT_EQ(pread(file, page.data(), page.size(), at), static_cast<ssize_t>(page.size()));
    const uint64_t seal = PageSeal(page, number);
    ASSERT_EQ(pwrite(file, &seal, sizeof seal, at + kPageBytes - kSealBytes), kSealBytes);
    close(file);
  }
  /// How many rows are served, all of them right; nullopt when the damage was noticed.
  std::optional<int> Served() {
    auto store = Open();
    if (!store) return std::nullopt;
    int count = 0;
    try {
      (*store)->Read([&](Transaction& tx) {
        tx.Query("SELECT n, text FROM rows ORDER BY n", {}, [&](const Row& row) {
          EXPECT_EQ(row.Int(0), count++);
          EXPECT_EQ(row.Text(1), std::string(1000, 'a'));
          return true;
        });
      });
    } catch (const Failure& failure) {
      EXPECT_THAT((*store)->Trouble(), HasSubstr("checksum"));
      return std::nullopt;
    }
    return count;
  }

  testing::TempDir dir_;
  std::string path_ = dir_.path() + "/store.db";
};

TEST(PageSealTest, DependsOnEachBitAndOnTheNumber) {
  std::string page(kPageBytes - kSealBytes, 'x');
  const uint64_t seal = PageSeal(page, 1);
  EXPECT_NE(PageSeal(page, 2), seal);
  for (size_t byte = 0; byte < page.size(); byte += 7) {
    page[byte] ^= 0x10;
    EXPECT_NE(PageSeal(page, 1), seal) << byte;
    page[byte] ^= 0x10;
  }
  EXPECT_EQ(PageSeal(page, 1), seal);
}

TEST_F(DamageTest, EachFlipInTheDatabaseIsNoticed) {
  Fill();
  ASSERT_EQ(Size(path_ + "-wal"), 0);
  EXPECT_EQ(Served(), kRows);
  const std::string whole = path_ + ".whole";
  std::filesystem::copy_file(path_, whole);
  // Header, schema, rows, the seals themselves.
  int noticed = 0;
  int tried = 0;
  for (int64_t byte = 0; byte < Size(whole); byte += byte < 200 ? 1 : 1511, ++tried) {
    std::filesystem::copy_file(whole, path_, std::filesystem::copy_options::overwrite_existing);
    Flip(path_, byte, static_cast<int>(byte % 8));
    const auto served = Served();
    if (!served) {
      ++noticed;
    } else {
      EXPECT_EQ(served, kRows) << "byte " << byte;
    }
  }
  EXPECT_GT(noticed, tried * 3 / 4);  // Some pages hold the tables of nobody who asks here.
}

// The control: with a checksum that fits it, the same damage is served as data.
TEST_F(DamageTest, AFlipUnderAFittingChecksumIsServed) {
  Fill();
  // In a text, where no structure is.
  std::ifstream file(path_, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  const size_t text = bytes.find(std::string(500, 'a'), bytes.size() / 2);
  ASSERT_NE(text, std::string::npos);
  Flip(path_, static_cast<int64_t>(text), 1);
  Reseal(static_cast<int64_t>(text) / kPageBytes + 1);
  auto store = Open();
  ASSERT_TRUE(store);
  int wrong = 0;
  (*store)->Read([&](Transaction& tx) {
    tx.Query("SELECT text FROM rows", {}, [&](const Row& row) {
      wrong += row.Text(0) != std::string(1000, 'a') ? 1 : 0;
      return true;
    });
  });
  EXPECT_EQ(wrong, 1);
}

TEST_F(DamageTest, AReadOfADamagedPageFailsAloneAndWritesGoOn) {
  Fill();
  Flip(path_, Size(path_) - kPageBytes / 2, 3);
  auto store = Open();
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_THROW((*store)->WriteAndWait(
                   [](Transaction& tx) { tx.Execute("UPDATE rows SET text = text || 'b'"); }),
               Failure);
  EXPECT_THAT((*store)->Trouble(), HasSubstr("does not fit its checksum"));
  EXPECT_FALSE((*store)->failed()) << (*store)->Trouble();
  (*store)->WriteAndWait([](Transaction& tx) { tx.Execute("UPDATE rows SET text='' WHERE n=0"); });
  EXPECT_FALSE((*store)->failed());
}

TEST_F(DamageTest, FlipsInTheLogAreNoticedOrTouchOnlyTheLastCommit) {
  FillLog();
  const std::string whole = dir_.path() + "/whole";
  std::filesystem::create_directory(whole);
  for (const char* name : {"/store.db", "/store.db-wal"}) {
    std::filesystem::copy_file(dir_.path() + name, whole + name);
  }
  const auto restore = [&] {
    for (const char* name : {"/store.db", "/store.db-wal"}) {
      std::filesystem::copy_file(whole + name, dir_.path() + name,
                                 std::filesystem::copy_options::overwrite_existing);
    }
  };
  EXPECT_EQ(Served(), kRows);
  int noticed = 0;
  for (int64_t byte = 0; byte < Size(whole + "/store.db-wal"); byte += byte < 64 ? 1 : 40'009) {
    restore();
    Flip(path_ + "-wal", byte, static_cast<int>(byte % 8));
    if (const auto served = Served()) {
      EXPECT_GE(*served, kRows - 1) << "byte " << byte;
    } else {
      ++noticed;
    }
  }
  EXPECT_GT(noticed, 64);
}

TEST_F(DamageTest, ATornLastCommitIsNoDamage) {
  FillLog();
  const int64_t size = Size(path_ + "-wal");
  ASSERT_EQ(truncate((path_ + "-wal").c_str(), size - 100), 0);
  EXPECT_EQ(Served(), kRows - 1);
}

// Files of before pages had checksums are made anew at the first start.
TEST_F(DamageTest, AnOlderDatabaseIsSealed) {
  sqlite3* old = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &old), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(old,
                         "PRAGMA page_size=16384; PRAGMA application_id=0x52495054;"
                         "PRAGMA journal_mode=WAL;"
                         "CREATE TABLE store_migrations (component TEXT, version INTEGER,"
                         " PRIMARY KEY (component, version));"
                         "INSERT INTO store_migrations VALUES ('rows', 1);"
                         "CREATE TABLE rows (n INTEGER PRIMARY KEY, text TEXT);"
                         "WITH RECURSIVE c(n) AS (VALUES (0) UNION ALL SELECT n+1 FROM c"
                         " WHERE n < 199) INSERT INTO rows"
                         " SELECT n, replace(hex(zeroblob(500)), '0', 'a') FROM c",
                         nullptr, nullptr, nullptr),
            SQLITE_OK)
      << sqlite3_errmsg(old);
  sqlite3_close(old);
  EXPECT_EQ(Served(), kRows);
  EXPECT_EQ(Served(), kRows);
  Flip(path_, Size(path_) / 2, 1);
  EXPECT_EQ(Served(), std::nullopt);
}

}  // namespace
}  // namespace riposte::store
