// The one writer: a bounded queue of closures, committed in groups. Private to this folder.
//
// Thread safety: Submit and the getters from any thread. Closures, tasks and `done` run on the
// writer's thread, or, unthreaded, on the thread that submitted.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "store/connection.h"
#include "store/store.h"

namespace riposte::store {

class Writer {
 public:
  /// `gate` is held while a transaction is open. `after_commit` is told how many frames the log
  /// has.
  Writer(Connection& connection, const Store::Options& options, std::recursive_mutex& gate,
         std::function<void(int)> after_commit);
  ~Writer() { Stop(); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Finishes what is queued; later submissions fail.
  void Stop();
  void Submit(Store::Closure closure, Store::Done done);
  /// True on the thread that runs closures, while it does.
  [[nodiscard]] bool IsCurrentThread() const;
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] std::string Trouble() const;
  [[nodiscard]] Store::Counts counts() const;

  /// store/guard.h.
  static void LeaveUnguarded(Transaction& tx);
  static void KeepGuarded(Transaction& tx);

 private:
  struct Item {
    Store::Closure closure;
    Store::Done done;
    std::exception_ptr error;
    std::vector<Task> on_commit;
  };

  void Loop();
  void DrainHere();
  void RunBatch(std::vector<Item>& batch);
  /// Returns what sank the whole batch, if anything did.
  std::exception_ptr RunTransaction(std::vector<Item>& batch);
  /// Makes known why a batch was lost, once for a run of them; "" that commits succeed again.
  void SetTrouble(std::string trouble);
  void RunClosure(Item& item);
  void Finish(Item& item);
  template <class Callback>
  void Guard(Callback&& callback);

  Connection& connection_;
  const Store::Options options_;
  std::recursive_mutex& gate_;
  std::function<void(int)> after_commit_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Item> queue_;
  size_t gather_ = 0;  ///< Nobody need wake the writer before so many wait.
  bool stopping_ = false;

  std::recursive_mutex here_;  ///< Unthreaded: one caller drains at a time.
  bool draining_ = false;
  std::atomic<std::thread::id> current_{};

  std::atomic<bool> failed_ = false;
  mutable std::mutex trouble_mutex_;
  std::string trouble_;
  bool troubled_ = false;  ///< trouble_ is not empty; the writer's own.
  std::atomic<uint64_t> commits_ = 0;
  std::atomic<uint64_t> closures_ = 0;
  std::thread thread_;
};

}  // namespace riposte::store
