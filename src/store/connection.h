// One SQLite connection with its statement cache. Private to this folder.
//
// Thread safety: one thread at a time. Cost: opening one takes about 0.2 ms.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/store.h"

struct sqlite3;

namespace riposte::telemetry {
class Log;
}

namespace riposte::store {

/// The file is no database, or its pages contradict each other.
class CorruptFailure : public Failure {
 public:
  using Failure::Failure;
};

/// In the header of the file, so that another program's database is not taken for ours.
inline constexpr uint32_t kApplicationId = 0x52495043;  // "RIPC"
/// Files of before pages had checksums; the first start makes them anew.
inline constexpr uint32_t kUnsealedApplicationId = 0x52495054;  // "RIPT"

/// What was to be durable may never be, whatever a later sync says.
class SyncFailure : public Failure {
 public:
  using Failure::Failure;
};

/// What was found damaged, for all connections of one store. Any thread.
class Damage {
 public:
  explicit Damage(const telemetry::Log* log) : log_(log) {}
  /// Tells the log, once for each page.
  void Note(int64_t page, const std::string& text);
  [[nodiscard]] std::string Text() const;  ///< "" when nothing was.

 private:
  const telemetry::Log* log_;
  mutable std::mutex mutex_;
  std::set<int64_t> pages_;
  std::string text_;
};

class Connection {
 public:
  enum class Role { kWriter, kReader, kCheckpointer, kShared };
  struct Options {
    std::string path;  ///< "" for memory.
    std::string vfs;
    Role role = Role::kWriter;
    bool sync = true;
    Damage* damage = nullptr;      ///< Told of what did not fit; may be null.
    bool auto_checkpoint = false;  ///< Let the writer checkpoint on its own thread.
  };

  /// Throws Failure.
  explicit Connection(const Options& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// A prepared statement lent by the cache; goes back, reset and unbound, on destruction. While
  /// lent it is out of the cache, so the same text may be run again meanwhile.
  class Lease {
   public:
    Lease(Connection& owner, std::string_view sql);
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    [[nodiscard]] sqlite3_stmt* get() const { return statement_; }
    /// True while there is a row. Throws Failure.
    bool Step();

   private:
    Connection& owner_;
    std::vector<sqlite3_stmt*>* shelf_;
    sqlite3_stmt* statement_;
  };

  /// Runs one statement without parameters or rows, from the cache. Throws Failure.
  void Run(std::string_view sql);
  /// Runs any number of statements, uncached. Throws Failure.
  void Script(const std::string& sql);
  [[nodiscard]] int64_t PragmaInt(const std::string& sql);

  [[nodiscard]] sqlite3* db() const { return db_; }
  /// False once SQLite has rolled the whole transaction back by itself (full disk, I/O error).
  [[nodiscard]] bool InTransaction() const;
  /// Set while a transaction is meant to be open, so that statements after a lost one are refused
  /// instead of running on their own.
  void ExpectTransaction(bool expected) { transaction_expected_ = expected; }
  /// A closure's statements follow: what they change can be undone without what came before
  /// (store/guard.h). The savepoint is opened by the first that writes.
  void BeginClosure();
  void BeforeWrite() {
    if (guard_ == Guard::kUndecided || guard_ == Guard::kKept) OpenGuard();
  }
  void LeaveUnguarded() {
    if (guard_ == Guard::kUndecided) guard_ = Guard::kLeft;
  }
  void KeepGuarded() {
    if (guard_ == Guard::kUndecided) guard_ = Guard::kKept;
  }
  void EndClosure();
  /// Throws Unavailable when only the whole transaction can be undone. REQUIRES: InTransaction().
  void UndoClosure();

  /// Frames in the log after the last commit of this connection.
  [[nodiscard]] int wal_frames() const { return wal_frames_; }
  /// Moves the log's frames into the database as far as readers permit; true when all were moved.
  /// Throws Failure.
  bool Checkpoint();
  /// Moves all of it and makes the log empty: the next commit begins a new one.
  /// REQUIRES: no other connection reads. Throws Failure.
  void EmptyLog();
  /// After a failed commit the log is left for the next start to judge.
  void KeepLogOnClose();
  /// Throws the Failure that fits the last error of this connection.
  [[noreturn]] void ThrowLast(std::string_view doing);

 private:
  friend class Lease;
  struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  void Configure(const Options& options);
  void MakeSealed();
  void OpenGuard();

  sqlite3* db_ = nullptr;
  std::unordered_map<std::string, std::vector<sqlite3_stmt*>, TextHash, std::equal_to<>> cache_;
  Damage* damage_ = nullptr;
  bool transaction_expected_ = false;
  /// kNone outside of closures; kOpen: there is a savepoint; kLeft: there will be none.
  enum class Guard { kNone, kUndecided, kKept, kOpen, kLeft };
  Guard guard_ = Guard::kNone;
  int64_t changes_before_ = 0;  ///< Rows changed when the closure began.
  int wal_frames_ = 0;
};

}  // namespace riposte::store
