// One SQLite connection with its statement cache. Private to this folder.
//
// Thread safety: one thread at a time. Cost: opening one takes about 0.2 ms.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/store.h"

struct sqlite3;

namespace riposte::store {

/// The file is no database, or its pages contradict each other.
class CorruptFailure : public Failure {
 public:
  using Failure::Failure;
};

class Connection {
 public:
  enum class Role { kWriter, kReader, kCheckpointer, kShared };
  struct Options {
    std::string path;  ///< "" for memory.
    std::string vfs;
    Role role = Role::kWriter;
    bool sync = true;
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
  /// Frames in the log after the last commit of this connection.
  [[nodiscard]] int wal_frames() const { return wal_frames_; }
  /// Moves the log's frames into the database as far as readers permit; true when all were moved.
  /// Throws Failure.
  bool Checkpoint();
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

  sqlite3* db_ = nullptr;
  std::unordered_map<std::string, std::vector<sqlite3_stmt*>, TextHash, std::equal_to<>> cache_;
  bool transaction_expected_ = false;
  int wal_frames_ = 0;
};

}  // namespace riposte::store
