#include "store/writer.h"

#include <pthread.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "store/guard.h"
#include "store/trouble.h"
#include "telemetry/log.h"

namespace riposte::store {

namespace {

// A commit costs as much as several closures. When writes come thick and fast, the writer lets some
// more gather; alone, or nearly so, nobody waits, and a large batch goes at once.
constexpr size_t kGatherFrom = 3;
constexpr size_t kGatherUpTo = 16;
constexpr std::chrono::microseconds kGatherFor{1000};

template <class Kind>
bool Is(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const Kind&) {
    return true;
  } catch (...) {
    return false;
  }
}

std::string What(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "unknown exception";
  }
}

}  // namespace

Writer::Writer(Connection& connection, const Store::Options& options, std::recursive_mutex& gate,
               std::function<void(int)> after_commit)
    : connection_(connection),
      options_(options),
      gate_(gate),
      after_commit_(std::move(after_commit)) {
  if (options_.threaded) thread_ = std::thread([this] { Loop(); });
}

void Writer::Stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Writer::IsCurrentThread() const {
  return current_.load() == std::this_thread::get_id();
}

Store::Counts Writer::counts() const {
  return {commits_, closures_};
}

void Writer::Submit(Store::Closure closure, Store::Done done) {
  std::exception_ptr refused;
  bool wake = false;
  if (failed_) {
    refused = std::make_exception_ptr(
        Unavailable("the store has failed: a commit did not reach the disk; reopen it"));
  } else {
    const std::scoped_lock lock(mutex_);
    // While stopping, the writer's own callbacks may still queue what they must finish.
    if (stopping_ && !IsCurrentThread()) {
      refused = std::make_exception_ptr(Unavailable("the store is closing"));
    } else if (queue_.size() >= options_.max_queue) {
      refused = std::make_exception_ptr(Overloaded("too many writes are waiting"));
    } else {
      queue_.push_back({std::move(closure), std::move(done), nullptr, {}});
      wake = queue_.size() >= gather_;
    }
  }
  if (refused) {
    Guard([&] { done(refused); });
    return;
  }
  if (options_.threaded) {
    if (wake) wake_.notify_one();
  } else {
    DrainHere();
  }
}

void Writer::Loop() {
  pthread_setname_np(pthread_self(), "store");
  current_ = std::this_thread::get_id();
  std::vector<Item> batch;
  size_t last = 0;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      if (const size_t wanted = std::min(2 * last, kGatherUpTo);
          last >= kGatherFrom && queue_.size() < wanted) {
        gather_ = wanted;
        wake_.wait_for(lock, kGatherFor, [this] { return stopping_ || queue_.size() >= gather_; });
        gather_ = 0;
      }
      const auto count = static_cast<std::ptrdiff_t>(std::min(queue_.size(), options_.max_batch));
      batch.assign(std::move_iterator(queue_.begin()), std::move_iterator(queue_.begin() + count));
      queue_.erase(queue_.begin(), queue_.begin() + count);
    }
    RunBatch(batch);
    last = batch.size();
    batch.clear();
  }
}

void Writer::DrainHere() {
  const std::scoped_lock here(here_);
  if (draining_) return;  // An outer frame of this thread runs what was just queued.
  draining_ = true;
  current_ = std::this_thread::get_id();
  while (true) {
    std::vector<Item> batch;
    {
      const std::scoped_lock lock(mutex_);
      if (queue_.empty()) break;
      batch.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    RunBatch(batch);
  }
  current_ = std::thread::id();
  draining_ = false;
}

void Writer::RunBatch(std::vector<Item>& batch) {
  std::exception_ptr sunk;
  if (failed_) {
    sunk = std::make_exception_ptr(Unavailable("the store has failed; reopen it"));
  } else {
    sunk = RunTransaction(batch);
  }
  if (sunk) {
    // Also what a closure itself threw is void: it may have seen what another of the batch wrote,
    // and said that something exists which now does not.
    for (Item& item : batch) item.error = sunk;
  } else {
    if (troubled_) SetTrouble("");
    commits_ += 1;
    closures_ += batch.size();
    after_commit_(connection_.wal_frames());
  }
  for (Item& item : batch) Finish(item);
}

std::exception_ptr Writer::RunTransaction(std::vector<Item>& batch) {
  const std::scoped_lock gate(gate_);
  std::exception_ptr sunk;
  bool committing = false;
  try {
    connection_.Run("BEGIN IMMEDIATE");
    connection_.ExpectTransaction(true);
    for (Item& item : batch) {
      RunClosure(item);
      if (!connection_.InTransaction()) {
        // One closure met it, all of the batch have lost.
        const std::string why = item.error ? What(item.error) : "unknown cause";
        if (item.error && Is<WriteRefused>(item.error)) throw WriteRefused(why);
        throw Unavailable("the transaction was rolled back: " + why);
      }
    }
    committing = true;
    connection_.Run("COMMIT");
  } catch (...) {
    sunk = std::current_exception();
  }
  connection_.ExpectTransaction(false);
  if (!sunk) return nullptr;
  // The disk said no before anything was made durable.
  const bool refused = Is<WriteRefused>(sunk);
  // SQLite met damage of its own finding in one statement, and refuses to commit the rest.
  const bool corrupt = Is<CorruptFailure>(sunk);
  if (committing && !refused && !corrupt) {
    // After a failed sync of the log nobody knows what a restart will find there, so nothing may be
    // built on it, and the files stay for recovery to judge. A commit whose write was refused is
    // known not to be there: its last frame, which would make it one, was not written.
    failed_ = true;
    connection_.KeepLogOnClose();
    SetTrouble("a commit failed: " + What(sunk) + "; writes stop until the engine starts again");
  } else if (refused) {
    SetTrouble("writes are refused: " + What(sunk) + "; they go on when the disk takes them");
  } else if (options_.log) {
    options_.log->Error("batch failed", {{"error", What(sunk)}, {"closures", batch.size()}});
  }
  if (connection_.InTransaction()) {
    Guard([&] { connection_.Run("ROLLBACK"); });
  }
  return sunk;
}

void Writer::SetTrouble(std::string trouble) {
  const bool news = troubled_ == trouble.empty();
  troubled_ = !trouble.empty();
  if (news && options_.log) {
    if (troubled_) {
      options_.log->Error(trouble);
    } else {
      options_.log->Warning("writes are stored again");
    }
  }
  const std::scoped_lock lock(trouble_mutex_);
  trouble_ = std::move(trouble);
}

std::string Writer::Trouble() const {
  const std::scoped_lock lock(trouble_mutex_);
  return trouble_;
}

void Writer::RunClosure(Item& item) {
  connection_.BeginClosure();
  try {
    Transaction transaction(connection_, true);
    item.closure(transaction);
    connection_.EndClosure();
    item.on_commit = std::move(transaction.on_commit_);
  } catch (...) {
    item.error = std::current_exception();
    if (!connection_.InTransaction()) return;  // The caller sees it and gives the batch up.
    connection_.UndoClosure();
  }
}

void Writer::LeaveUnguarded(Transaction& tx) {
  tx.connection_.LeaveUnguarded();
}

void Writer::KeepGuarded(Transaction& tx) {
  tx.connection_.KeepGuarded();
}

void LeaveUnguarded(Transaction& tx) {
  Writer::LeaveUnguarded(tx);
}

void KeepGuarded(Transaction& tx) {
  Writer::KeepGuarded(tx);
}

void Writer::Finish(Item& item) {
  if (!item.error) {
    for (Task& task : item.on_commit) Guard(task);
  }
  Guard([&] { item.done(item.error); });
}

template <class Callback>
void Writer::Guard(Callback&& callback) {
  try {
    callback();
  } catch (...) {
    if (options_.log) {
      options_.log->Error("a store callback threw", {{"error", What(std::current_exception())}});
    }
  }
}

}  // namespace riposte::store
