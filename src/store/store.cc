#include "store/store.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

#include "store/connection.h"
#include "store/log_check.h"
#include "store/migrations.h"
#include "store/trouble.h"
#include "store/writer.h"
#include "telemetry/log.h"

namespace riposte::store {

namespace {

// 16 MB of log: long enough to write each hot page once for many commits, short enough to replay
// in a moment.
constexpr int kCheckpointFrames = 1000;
constexpr size_t kMaxIdleReaders = 16;

std::string Errno() {
  return std::strerror(errno);
}

/// Creates the file with its mode before SQLite does; log and index files inherit it.
Status PrepareFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return Fail(Code::kUnavailable, "cannot open " + path + ": " + Errno());
  const int changed = fchmod(file, 0600);
  // Before SQLite opens it: closing any descriptor of a file drops the process's locks on it.
  close(file);
  if (changed != 0) return Fail(Code::kUnavailable, "cannot protect " + path + ": " + Errno());
  return {};
}

/// Two engines on one file would each believe in their own memory of it.
class ProcessLock {
 public:
  ProcessLock() = default;
  ProcessLock(const ProcessLock&) = delete;
  ProcessLock& operator=(const ProcessLock&) = delete;
  ~ProcessLock() {
    if (file_ >= 0) close(file_);
  }
  Status Take(const std::string& path) {
    file_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file_ < 0) return Fail(Code::kUnavailable, "cannot open " + path + ": " + Errno());
    if (flock(file_, LOCK_EX | LOCK_NB) != 0) {
      return Fail(Code::kUnavailable, path + " is locked: another process has the database open");
    }
    return {};
  }

 private:
  int file_ = -1;
};

int64_t FileSize(const std::string& path) {
  struct stat info{};
  return stat(path.c_str(), &info) == 0 ? static_cast<int64_t>(info.st_size) : 0;
}

}  // namespace

/// Moves the log into the database on a thread and a connection of its own, so that writers do not
/// wait for the many page writes of a checkpoint.
///
/// When a sync of the database fails, this ends: the kernel may have dropped pages and call them
/// clean, SQLite would not write those again that an earlier checkpoint moved, and a later sync
/// that succeeds would let it start the log over, which has the only copy. A start moves all of the
/// log.
class Checkpointer {
 public:
  Checkpointer(const Connection::Options& options, std::recursive_mutex& gate,
               const telemetry::Log* log)
      : connection_(options), gate_(gate), log_(log), thread_([this] { Loop(); }) {}
  ~Checkpointer() { Stop(); }
  void Stop() {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
  }
  void Wake() {
    {
      const std::scoped_lock lock(mutex_);
      wanted_ = true;
    }
    wake_.notify_one();
  }
  Connection& connection() { return connection_; }
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] std::string Trouble() const {
    const std::scoped_lock lock(mutex_);
    return trouble_;
  }

 private:
  void GiveUp(const std::string& why) {
    std::unique_lock lock(mutex_);
    failed_ = true;
    trouble_ = "the database could not be synced: " + why +
               "; writes are kept in the log, which grows until the engine starts again";
    if (log_) log_->Error(trouble_);
  }

  void Loop() {
    pthread_setname_np(pthread_self(), "store-log");
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return stopping_ || wanted_; });
      if (stopping_) return;
      wanted_ = false;
      lock.unlock();
      try {
        connection_.Checkpoint();
        // The log starts over only when all of it has been moved, which a steady writer would
        // prevent for ever: the short rest is moved while it waits.
        const std::scoped_lock gate(gate_);
        connection_.Checkpoint();
      } catch (const SyncFailure& failure) {
        GiveUp(failure.what());
        return;
      } catch (const Failure& failure) {
        if (log_) log_->Warning("checkpoint failed", {{"error", failure.what()}});
      }
      lock.lock();
    }
  }

  Connection connection_;
  std::recursive_mutex& gate_;
  const telemetry::Log* log_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<bool> failed_ = false;
  std::string trouble_;
  bool wanted_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

struct Store::Impl {
  explicit Impl(const Options& o) : options(o), damage(o.log) {}

  Options options;
  Damage damage;
  ProcessLock process_lock;
  std::recursive_mutex gate;
  std::unique_ptr<Connection> main;  ///< The writer's; in memory, everybody's.
  std::mutex readers_mutex;
  std::vector<std::unique_ptr<Connection>> idle_readers;
  std::unique_ptr<Checkpointer> checkpointer;
  std::unique_ptr<Writer> writer;

  [[nodiscard]] bool Failed() const {
    return (writer && writer->failed()) || (checkpointer && checkpointer->failed());
  }
  [[nodiscard]] std::string Trouble() const {
    std::string trouble = writer->Trouble();
    if (trouble.empty() && checkpointer) trouble = checkpointer->Trouble();
    return trouble.empty() ? damage.Text() : trouble;
  }
  [[nodiscard]] bool memory() const { return options.path.empty(); }
  [[nodiscard]] Connection::Options ConnectionOptions(Connection::Role role) {
    return {.path = options.path,
            .vfs = options.vfs,
            .role = role,
            .sync = options.sync,
            .damage = &damage,
            .auto_checkpoint = role == Connection::Role::kWriter && !options.threaded};
  }

  /// A log of its own for each process: CheckLog() must not meet what a power cut tore before.
  void BeginLog() {
    try {
      main->EmptyLog();
    } catch (const WriteRefused& failure) {  // The disk is full: reads can be served nevertheless.
      if (options.log) options.log->Warning("checkpoint failed", {{"error", failure.what()}});
    }
  }

  void Start() {
    if (!memory() && options.threaded) {
      checkpointer = std::make_unique<Checkpointer>(
          ConnectionOptions(Connection::Role::kCheckpointer), gate, options.log);
    }
    writer = std::make_unique<Writer>(*main, options, gate, [this](int frames) {
      if (checkpointer && frames >= kCheckpointFrames) checkpointer->Wake();
    });
  }

  ~Impl() {
    if (writer) writer->Stop();
    if (checkpointer) checkpointer->Stop();
    // The last connection to close would move the log into the database, and remove it.
    if (Failed()) {
      main->KeepLogOnClose();
      for (const auto& reader : idle_readers) reader->KeepLogOnClose();
      if (checkpointer) checkpointer->connection().KeepLogOnClose();
    }
    checkpointer.reset();
    idle_readers.clear();
    writer.reset();
    main.reset();
  }

  std::unique_ptr<Connection> TakeReader() {
    {
      const std::scoped_lock lock(readers_mutex);
      if (!idle_readers.empty()) {
        auto reader = std::move(idle_readers.back());
        idle_readers.pop_back();
        return reader;
      }
    }
    return std::make_unique<Connection>(ConnectionOptions(Connection::Role::kReader));
  }
  void ReturnReader(std::unique_ptr<Connection> reader) {
    const std::scoped_lock lock(readers_mutex);
    if (idle_readers.size() < kMaxIdleReaders) idle_readers.push_back(std::move(reader));
  }
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;

std::string Store::Trouble() const {
  return impl_->Trouble();
}

Result<std::unique_ptr<Store>> Store::Open(const Options& options,
                                           std::span<const Migration> migrations) {
  // Before the first connection: statistics of memory take a lock on every allocation.
  [[maybe_unused]] static const int kConfigured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  auto impl = std::make_unique<Impl>(options);
  if (!impl->memory()) {
    if (auto locked = impl->process_lock.Take(options.path + ".lock"); !locked) {
      return std::unexpected(locked.error());
    }
    if (auto prepared = PrepareFile(options.path); !prepared) {
      return std::unexpected(prepared.error());
    }
    for (const auto check : {CheckHeader, CheckLog}) {
      if (auto whole = check(options.path); !whole) return std::unexpected(whole.error());
    }
  }
  try {
    impl->main = std::make_unique<Connection>(impl->ConnectionOptions(
        impl->memory() ? Connection::Role::kShared : Connection::Role::kWriter));
    if (auto migrated = Migrate(*impl->main, migrations); !migrated) {
      return std::unexpected(migrated.error());
    }
    if (!impl->memory()) impl->BeginLog();
    impl->Start();
  } catch (const CorruptFailure& failure) {
    return Fail(Code::kCorrupt, options.path + ": " + failure.what());
  } catch (const Failure& failure) {
    return Fail(Code::kUnavailable, options.path + ": " + failure.what());
  }
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

void Store::Write(Closure closure, Done done) {
  impl_->writer->Submit(std::move(closure), std::move(done));
}

void Store::WriteAndWait(Closure closure) {
  if (impl_->writer->IsCurrentThread()) {
    throw std::logic_error("WriteAndWait on the writer's thread would wait for itself");
  }
  std::promise<void> promise;
  std::future<void> committed = promise.get_future();
  Write(std::move(closure), [promise = std::move(promise)](std::exception_ptr error) mutable {
    if (error) {
      promise.set_exception(error);
    } else {
      promise.set_value();
    }
  });
  committed.get();
}

void Store::Read(const std::function<void(Transaction&)>& closure) {
  std::vector<Task> tasks;
  const auto run = [&](Connection& connection) {
    // In memory a read may stand inside a write or another read: it joins their transaction.
    const bool outermost = !connection.InTransaction();
    if (outermost) connection.Run("BEGIN");
    try {
      Transaction transaction(connection, false);
      closure(transaction);
      tasks = std::move(transaction.on_commit_);
    } catch (...) {
      if (outermost && connection.InTransaction()) connection.Run("ROLLBACK");
      throw;
    }
    if (outermost) connection.Run("COMMIT");
  };
  if (impl_->memory()) {
    const std::scoped_lock gate(impl_->gate);
    run(*impl_->main);
  } else {
    auto reader = impl_->TakeReader();
    try {
      run(*reader);
    } catch (...) {
      if (!reader->InTransaction()) impl_->ReturnReader(std::move(reader));
      throw;
    }
    impl_->ReturnReader(std::move(reader));
  }
  for (Task& task : tasks) task();
}

void Store::DeleteAllRows() {
  WriteAndWait([](Transaction& tx) {
    std::vector<std::string> tables;
    tx.Query(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'store_migrations' "
        "AND (name NOT LIKE 'sqlite!_%' ESCAPE '!' OR name = 'sqlite_sequence')",
        {}, [&](const Row& row) {
          tables.push_back(row.Str(0));
          return true;
        });
    tx.Execute("PRAGMA defer_foreign_keys=ON");
    // Names are this program's own, but may hold any character.
    for (const std::string& table : tables) {
      std::string quoted;
      for (const char c : table) quoted.append(c == '"' ? 2 : 1, c);
      tx.Execute("DELETE FROM \"" + quoted + "\"");
    }
  });
}

int64_t Store::SizeBytes() const {
  if (!impl_->memory()) {
    return FileSize(impl_->options.path) + FileSize(impl_->options.path + "-wal");
  }
  const std::scoped_lock gate(impl_->gate);
  return impl_->main->PragmaInt("PRAGMA page_count") * impl_->main->PragmaInt("PRAGMA page_size");
}

Store::Counts Store::counts() const {
  return impl_->writer->counts();
}
bool Store::failed() const {
  return impl_->Failed();
}

}  // namespace riposte::store
