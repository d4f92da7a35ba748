#include "http/worker.h"

#include <pthread.h>

#include <algorithm>
#include <vector>

namespace riposte::http {

Worker::Worker(std::shared_ptr<Shared> shared)
    : shared_(std::move(shared)), work_(context_.get_executor()), timer_(context_.get_executor()) {}

void Worker::Start(int index) {
  // The loop holds the worker, because a Responder of a stopped server may hold it too.
  thread_ = std::thread([self = shared_from_this(), index] {
    self->thread_id_ = std::this_thread::get_id();
    pthread_setname_np(pthread_self(), ("http-" + std::to_string(index)).c_str());
    self->context_.run();
  });
}

void Worker::Join() {
  if (thread_.joinable()) thread_.join();
}

void Worker::Add(std::shared_ptr<Served> connection) {
  connections_.insert(std::move(connection));
  if (!ticking_) Tick();
}

void Worker::Remove(const std::shared_ptr<Served>& connection) {
  if (connections_.erase(connection) > 0) shared_->Closed();
}

void Worker::Tick() {
  // One timer for all connections: setting one for each read would cost more than the read.
  const Server::Options& options = shared_->options;
  const int shortest = std::min(options.idle_timeout_ms, options.read_timeout_ms);
  ticking_ = true;
  timer_.expires_after(Millis(std::clamp(shortest / 4, 5, 500)));
  timer_.async_wait([this](boost::system::error_code error) {
    ticking_ = false;
    if (error) return;
    const SteadyTime now = std::chrono::steady_clock::now();
    // A copy, because closing one changes the set.
    const std::vector<std::shared_ptr<Served>> all(connections_.begin(), connections_.end());
    for (const auto& connection : all) connection->Check(now);
    if (!connections_.empty() && !ticking_) Tick();
  });
}

void Worker::DrainAll() {
  const std::vector<std::shared_ptr<Served>> all(connections_.begin(), connections_.end());
  for (const auto& connection : all) connection->Drain();
}

void Worker::Finish() {
  const std::vector<std::shared_ptr<Served>> all(connections_.begin(), connections_.end());
  for (const auto& connection : all) connection->Close();
  timer_.cancel();
  const std::scoped_lock lock(mutex_);
  finished_ = true;
  work_.reset();
}

const std::string& Worker::Date() {
  if (const Clock* clock = shared_->options.clock) {
    const TimePoint now = clock->Now();
    if (const int64_t second = ToMillis(now) / 1000; second != date_second_) {
      date_second_ = second;
      date_ = FormatHttpDate(now);
    }
  }
  return date_;
}

}  // namespace riposte::http
