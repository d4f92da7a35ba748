#include "store/connection.h"

#include <sqlite3.h>

#include <utility>

#include "store/checked_vfs.h"
#include "store/trouble.h"
#include "telemetry/log.h"

namespace riposte::store {

namespace {

// A writer's page cache holds the hot pages of its indexes, a reader's those of one query.
constexpr int kWriterCacheKib = 32 * 1024;
constexpr int kReaderCacheKib = 4 * 1024;

// SQL texts are literals, so there are a few hundred; more than this means that somebody builds
// SQL, and the cache must not become a leak.
constexpr size_t kMaxCachedTexts = 2048;

[[noreturn]] void Throw(int code, const std::string& text) {
  const int kind = code & 0xff;
  if (kind == SQLITE_CONSTRAINT) throw ConstraintFailure(text);
  if (kind == SQLITE_FULL || code == SQLITE_IOERR_WRITE) throw WriteRefused(text);
  if (kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB) throw CorruptFailure(text);
  if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC) throw SyncFailure(text);
  throw Failure(text);
}

}  // namespace

void Damage::Note(int64_t page, const std::string& text) {
  const std::scoped_lock lock(mutex_);
  if (!pages_.insert(page).second) return;
  text_ = text;
  if (log_) log_->Error("the database is damaged", {{"page", page}, {"error", text}});
}

std::string Damage::Text() const {
  const std::scoped_lock lock(mutex_);
  return text_;
}

Connection::Connection(const Options& options) : damage_(options.damage) {
  const bool memory = options.path.empty();
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (memory ? SQLITE_OPEN_MEMORY | SQLITE_OPEN_CREATE : 0);
  const std::string vfs = memory ? "" : CheckedVfs(options.vfs);
  const int code = sqlite3_open_v2(memory ? ":memory:" : options.path.c_str(), &db_, flags,
                                   vfs.empty() ? nullptr : vfs.c_str());
  if (code != SQLITE_OK) {
    const std::string text = db_ ? sqlite3_errmsg(db_) : sqlite3_errstr(code);
    sqlite3_close_v2(db_);
    throw Failure("cannot open the database: " + text);
  }
  try {
    Configure(options);
  } catch (...) {
    cache_.clear();
    sqlite3_close_v2(db_);
    throw;
  }
}

void Connection::Configure(const Options& options) {
  // Checkpoints of another connection hold locks for moments only.
  sqlite3_busy_timeout(db_, 10'000);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  const bool writes = options.role == Role::kWriter || options.role == Role::kShared;
  if (writes && PragmaInt("PRAGMA page_count") == 0) {
    int seal = kSealBytes;
    sqlite3_file_control(db_, "main", SQLITE_FCNTL_RESERVE_BYTES, &seal);
    Script("PRAGMA page_size=" + std::to_string(kPageBytes) +
           "; PRAGMA application_id=" + std::to_string(kApplicationId));
  } else if (writes && PragmaInt("PRAGMA application_id") == kUnsealedApplicationId) {
    MakeSealed();
  } else if (PragmaInt("PRAGMA application_id") != kApplicationId) {
    throw CorruptFailure("the file is a database, but not one of this program");
  }
  if (options.role != Role::kShared) Script("PRAGMA journal_mode=WAL");
  // OFF rather than NORMAL for the control: it must lose what FULL keeps, in every power cut.
  Script(options.sync ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=OFF");
  Script("PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864");
  Script("PRAGMA cache_size=-" + std::to_string(writes ? kWriterCacheKib : kReaderCacheKib));
  sqlite3_wal_autocheckpoint(db_, 0);
  if (options.role == Role::kReader) Script("PRAGMA query_only=ON");
  if (options.auto_checkpoint) {
    sqlite3_wal_autocheckpoint(db_, 1000);
  } else if (options.role == Role::kWriter) {
    sqlite3_wal_hook(
        db_,
        [](void* self, sqlite3*, const char*, int frames) {
          static_cast<Connection*>(self)->wal_frames_ = frames;
          return SQLITE_OK;
        },
        this);
  }
}

void Connection::MakeSealed() {
  // VACUUM writes each page once, in one transaction, and heeds the reserve; the new number comes
  // last, so that a start that was interrupted begins again.
  int seal = kSealBytes;
  sqlite3_file_control(db_, "main", SQLITE_FCNTL_RESERVE_BYTES, &seal);
  Script("VACUUM; PRAGMA application_id=" + std::to_string(kApplicationId));
}

Connection::~Connection() {
  for (auto& [text, shelf] : cache_) {
    for (sqlite3_stmt* statement : shelf) sqlite3_finalize(statement);
  }
  sqlite3_close_v2(db_);
}

bool Connection::InTransaction() const {
  return sqlite3_get_autocommit(db_) == 0;
}

void Connection::BeginClosure() {
  guard_ = Guard::kUndecided;
  changes_before_ = sqlite3_total_changes64(db_);
}

void Connection::OpenGuard() {
  Run("SAVEPOINT closure");
  guard_ = Guard::kOpen;
}

void Connection::EndClosure() {
  if (std::exchange(guard_, Guard::kNone) == Guard::kOpen) Run("RELEASE closure");
}

void Connection::UndoClosure() {
  const Guard guard = std::exchange(guard_, Guard::kNone);
  if (guard == Guard::kOpen) {
    Run("ROLLBACK TO closure");
    Run("RELEASE closure");
  } else if (guard == Guard::kLeft && sqlite3_total_changes64(db_) != changes_before_) {
    throw Unavailable("a closure that had left its guard failed after it had written");
  }
}

void Connection::ThrowLast(std::string_view doing) {
  const int code = sqlite3_extended_errcode(db_);
  std::string text = sqlite3_errmsg(db_);
  if ((code & 0xff) == SQLITE_CORRUPT) {
    int64_t page = 0;
    sqlite3_file_control(db_, "main", kLastDamagedPage, &page);
    if (page != 0) text = "page " + std::to_string(page) + " does not fit its checksum";
    if (damage_) damage_->Note(page, text);
  }
  Throw(code, text + " (" + std::string(doing.substr(0, 200)) + ")");
}

void Connection::Run(std::string_view sql) {
  Lease statement(*this, sql);
  while (statement.Step()) {
  }
}

void Connection::Script(const std::string& sql) {
  if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) ThrowLast(sql);
}

int64_t Connection::PragmaInt(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) ThrowLast(sql);
  const int code = sqlite3_step(statement);
  const int64_t value = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
  sqlite3_finalize(statement);
  if (code != SQLITE_ROW && code != SQLITE_DONE) ThrowLast(sql);
  return value;
}

bool Connection::Checkpoint() {
  int frames = 0;
  int moved = 0;
  const int code =
      sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_PASSIVE, &frames, &moved);
  if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) ThrowLast("checkpoint");
  return code == SQLITE_OK && frames == moved;
}

void Connection::EmptyLog() {
  if (sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr) !=
      SQLITE_OK) {
    ThrowLast("checkpoint");
  }
}

void Connection::KeepLogOnClose() {
  sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

Connection::Lease::Lease(Connection& owner, std::string_view sql) : owner_(owner) {
  if (owner.transaction_expected_ && !owner.InTransaction()) {
    throw Failure("the transaction was rolled back by an earlier error");
  }
  auto found = owner.cache_.find(sql);
  if (found == owner.cache_.end()) {
    if (owner.cache_.size() >= kMaxCachedTexts) throw Failure("too many different SQL texts");
    found = owner.cache_.try_emplace(std::string(sql)).first;
  }
  shelf_ = &found->second;  // Nodes of the map do not move.
  if (!shelf_->empty()) {
    statement_ = shelf_->back();
    shelf_->pop_back();
    return;
  }
  const char* rest = nullptr;
  if (sqlite3_prepare_v3(owner.db_, sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &statement_, &rest) != SQLITE_OK) {
    owner.ThrowLast(sql);
  }
  if (statement_ == nullptr) throw Failure("empty SQL");
  const std::string_view tail(rest, static_cast<size_t>(sql.data() + sql.size() - rest));
  if (tail.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    sqlite3_finalize(statement_);
    throw Failure("more than one SQL statement: " + std::string(sql.substr(0, 200)));
  }
}

Connection::Lease::~Lease() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  shelf_->push_back(statement_);
}

bool Connection::Lease::Step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  owner_.ThrowLast(sqlite3_sql(statement_));
}

}  // namespace riposte::store
