// The durable store: closures inside transactions over one SQLite database.
//
// Data path:     api::Pipeline -> Store::Write(closure) -> group commit -> done
// Thread safety: Store's methods may be called from any thread. A Transaction and what it returns
//                stay on the thread that got them, inside the closure.
// Cost:          one fsync a group; a closure costs its SQL plus about 3 µs (savepoint).
//
// One writer thread runs the closures one after another, each in a savepoint of its own, so that
// one failure does not sink the batch; it commits (WAL, synchronous=FULL) what has gathered while
// the last commit ran (when writes come in numbers, it waits up to 1 ms for more), and only then
// calls each closure's `done`. So "done without error" means
// that the effect survives a power cut. A failed commit or fsync fails the whole batch and every
// write after it until the process reopens the store: the state of the log is unknown by then.
// Readers use connections of their own and see the last commit.
#pragma once

#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "json/json.h"

struct sqlite3_stmt;

namespace riposte::telemetry {
class Log;
}

namespace riposte::store {

/// Thrown inside closures when SQL fails (a bug, a full disk, a corrupt page), and handed to `done`
/// when the commit did.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
/// A UNIQUE, PRIMARY KEY, NOT NULL, CHECK or foreign key rule refused the statement. Only the
/// statement is undone; the closure may go on.
class ConstraintFailure : public Failure {
 public:
  using Failure::Failure;
};
/// The queue of writes is full: nothing ran, come again later.
class Overloaded : public Failure {
 public:
  using Failure::Failure;
};

/// A bound parameter. Text and blobs are views: they need to live until the call returns.
struct Blob {
  std::string_view bytes;
};
class Param {
 public:
  enum class Kind { kNull, kInt, kReal, kText, kBlob };
  Param(std::nullptr_t) {}
  template <std::integral T>
  Param(T v) : kind_(Kind::kInt), int_(static_cast<int64_t>(v)) {}
  Param(double v) : kind_(Kind::kReal), real_(v) {}
  Param(std::string_view v) : kind_(Kind::kText), text_(v) {}
  Param(const std::string& v) : kind_(Kind::kText), text_(v) {}
  Param(const char* v) : kind_(Kind::kText), text_(v) {}
  Param(Blob v) : kind_(Kind::kBlob), text_(v.bytes) {}
  Param(TimePoint v) : kind_(Kind::kInt), int_(ToMillis(v)) {}
  template <class T>
  Param(const std::optional<T>& v) {
    if (v) *this = Param(*v);
  }

 private:
  friend class Transaction;
  Kind kind_ = Kind::kNull;
  int64_t int_ = 0;
  double real_ = 0;
  std::string_view text_;
};

/// One row of a result. Views are good until the next row.
class Row {
 public:
  [[nodiscard]] bool IsNull(int column) const;
  [[nodiscard]] int64_t Int(int column) const;
  [[nodiscard]] double Real(int column) const;
  [[nodiscard]] std::string_view Text(int column) const;  ///< Also for blobs.
  [[nodiscard]] std::string Str(int column) const { return std::string(Text(column)); }
  [[nodiscard]] TimePoint Time(int column) const { return FromMillis(Int(column)); }
  /// Parses the column. Throws Failure when it is not JSON: stored documents were made here.
  [[nodiscard]] json::Value Json(int column) const;

 private:
  friend class Transaction;
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
  sqlite3_stmt* statement_;
};

class Connection;  // store/connection.h

class Transaction {
 public:
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// Runs one statement; `sql` has ? for each parameter and must be a literal (statements are
  /// cached by text). Returns the number of rows changed (0 for what is no INSERT, UPDATE or
  /// DELETE). Throws Failure; also when the transaction is for reading.
  int64_t Execute(std::string_view sql, std::initializer_list<Param> params = {});
  /// The rowid of the last insert.
  [[nodiscard]] int64_t LastInsertId() const;
  /// Calls `each` for every row; return false from it to stop. Throws Failure.
  /// `each` may run other statements, the same text too.
  void Query(std::string_view sql, std::initializer_list<Param> params,
             const std::function<bool(const Row&)>& each);
  /// Calls `first` for the first row, if any; returns whether there was one.
  bool QueryOne(std::string_view sql, std::initializer_list<Param> params,
                const std::function<void(const Row&)>& first);
  /// The first column of the first row; nullopt when there is no row or it is NULL.
  [[nodiscard]] std::optional<int64_t> QueryInt(std::string_view sql,
                                                std::initializer_list<Param> params = {});
  [[nodiscard]] std::optional<std::string> QueryText(std::string_view sql,
                                                     std::initializer_list<Param> params = {});

  /// Runs `task` on the writer thread after the commit that makes this closure durable, in the
  /// order of registration, before the closure's `done`. Dropped when the closure fails or the
  /// commit does. For publishing snapshots and waking loops. In a read transaction: at its end.
  void OnCommit(Task task);

  [[nodiscard]] bool writable() const { return writable_; }
  /// Rows changed on this connection so far: equal before and after means that nothing was.
  [[nodiscard]] int64_t TotalChanges() const;

 private:
  friend class Store;
  friend class Writer;
  Transaction(Connection& connection, bool writable)
      : connection_(connection), writable_(writable) {}
  void Bind(sqlite3_stmt* statement, std::initializer_list<Param> params);
  Connection& connection_;
  bool writable_;
  std::vector<Task> on_commit_;
};

/// One folder's tables. Versions run 1, 2, 3 … per component; each is applied once, in order.
struct Migration {
  std::string_view component;  ///< The folder that owns the tables.
  int version = 1;
  std::string_view sql;  ///< One or more statements.
};

class Store {
 public:
  using Closure = std::move_only_function<void(Transaction&)>;
  /// Null means committed and durable. Else what the closure threw, or the commit's Failure.
  using Done = std::move_only_function<void(std::exception_ptr)>;

  struct Options {
    std::string path;  ///< Database file; "" keeps it in memory (tests, --open without data).
                       ///< In memory there is one connection: reads wait for writes.
    /// false: no thread; each Write runs and commits at once on the caller (simulation, tests).
    bool threaded = true;
    bool sync = true;           ///< false only as a control: not power-safe.
    size_t max_batch = 1024;    ///< Closures in one commit.
    size_t max_queue = 65'536;  ///< Writes waiting; beyond it Write fails with Overloaded.
    /// Told of failed commits, checkpoints and callbacks that throw; may be null.
    const telemetry::Log* log = nullptr;
    std::string vfs = {};  ///< A registered SQLite VFS; tests inject faults through it.
  };

  /// Opens or creates the database (mode 0600) and applies `migrations`. Errors: kUnavailable, also
  /// when another process has it open; kCorrupt; kConflict when a newer version wrote it.
  [[nodiscard]] static Result<std::unique_ptr<Store>> Open(const Options& options,
                                                           std::span<const Migration> migrations);
  ~Store();  ///< Finishes queued writes, then closes.
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Queues `closure`; `done` runs on the writer thread after its commit, or with the error. When
  /// the queue is full or the store has failed, `done` runs at once on this thread. Called from
  /// inside a closure, a task or a `done`, it queues behind them. `done` must not throw.
  void Write(Closure closure, Done done);
  /// The same, blocking. Rethrows what the closure threw.
  /// REQUIRES: not called on the writer thread.
  void WriteAndWait(Closure closure);
  /// Runs `closure` now, on this thread, over a snapshot of the last commit. Throws what it throws.
  /// From inside a Write closure it would not see that closure's changes (in memory, it would):
  /// pass the Transaction.
  void Read(const std::function<void(Transaction&)>& closure);

  /// Empties every table of every component (POST /_riposte/reset). Blocking.
  void DeleteAllRows();
  /// Bytes of the file and of its log.
  [[nodiscard]] int64_t SizeBytes() const;
  /// How many commits and closures there were; their ratio is the group size.
  struct Counts {
    uint64_t commits = 0;
    uint64_t closures = 0;
  };
  [[nodiscard]] Counts counts() const;
  /// True once a commit failed: every write fails until the process reopens the store.
  [[nodiscard]] bool failed() const;
  /// What keeps writes from being stored or synced, or which page was found damaged, in words for
  /// the operator; "" when all is well.
  [[nodiscard]] std::string Trouble() const;

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace riposte::store
