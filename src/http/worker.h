// One io thread of the server: its event loop, its connections, their deadlines. Private to
// this folder; one of the few headers that include Asio.
//
// Thread safety: Post, IsHere and the counters from any thread; the rest on the worker's thread.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>

#include "base/time.h"
#include "http/server.h"

namespace riposte::http {

namespace net = boost::asio;
using IoExecutor = net::io_context::executor_type;
using SteadyTime = std::chrono::steady_clock::time_point;
using SteadyTimer =
    net::basic_waitable_timer<std::chrono::steady_clock,
                              net::wait_traits<std::chrono::steady_clock>, IoExecutor>;

/// What every connection of one server shares. Outlives them all.
struct Shared {
  Shared(Server::Options o, Handler h) : options(std::move(o)), handler(std::move(h)) {}
  const Server::Options options;
  const Handler handler;
  std::atomic<bool> stopping = false;
  std::atomic<size_t> buffered_bytes = 0;

  void Opened() { ++connections; }
  void Closed() {
    // The lock orders the last close with the wait in Stop().
    const std::scoped_lock lock(mutex);
    --connections;
    all_closed.notify_all();
  }
  std::atomic<size_t> connections = 0;
  std::mutex mutex;
  std::condition_variable all_closed;
};

/// A connection as its worker sees it.
class Served {
 public:
  virtual ~Served() = default;
  virtual void Check(SteadyTime now) = 0;  ///< Acts when its deadline has passed.
  virtual void Drain() = 0;                ///< Closes if it is between requests.
  virtual void Close() = 0;
};

class Worker : public std::enable_shared_from_this<Worker> {
 public:
  explicit Worker(std::shared_ptr<Shared> shared);

  void Start(int index);
  void Join();
  /// Runs `task` on the worker's thread; drops it once the worker has finished.
  template <class T>
  void Post(T&& task) {
    const std::scoped_lock lock(mutex_);
    if (!finished_) net::post(context_, std::forward<T>(task));
  }
  [[nodiscard]] bool IsHere() const { return std::this_thread::get_id() == thread_id_; }
  [[nodiscard]] IoExecutor executor() { return context_.get_executor(); }
  [[nodiscard]] Shared& shared() { return *shared_; }

  void Add(std::shared_ptr<Served> connection);
  void Remove(const std::shared_ptr<Served>& connection);
  void DrainAll();
  /// Closes everything; the thread ends when the last operation has.
  void Finish();
  /// Now, as an HTTP date; formatted once a second. "" without a clock.
  [[nodiscard]] const std::string& Date();

 private:
  void Tick();

  std::shared_ptr<Shared> shared_;
  net::io_context context_{1};
  net::executor_work_guard<IoExecutor> work_;
  SteadyTimer timer_;
  bool ticking_ = false;
  std::unordered_set<std::shared_ptr<Served>> connections_;
  int64_t date_second_ = -1;
  std::string date_;
  std::mutex mutex_;
  bool finished_ = false;
  std::thread thread_;
  std::atomic<std::thread::id> thread_id_{};
};

}  // namespace riposte::http
