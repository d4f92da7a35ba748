// Gathers reports in memory and writes them within a second in one transaction.
//
// Data path:     any thread -> Add -> (timer, bound or reader) Flush -> store::Store::Write
// Thread safety: all methods, any thread; the timer runs on the engine's loop.
// Cost:          a mutex and whatever the adder does; no clock, no timer but for the first report
//                after a flush.
// A reader calls Flush and reads when its `done` runs: then all that was added before is in the
// store. A write that fails is tried again with the next flush, kMaxRetries buffers at most; what
// is beyond that is dropped and logged. A power cut loses what was not yet flushed: use this only
// for reports that nobody was told are durable.
#pragma once

#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/time.h"
#include "store/store.h"
#include "telemetry/log.h"

namespace riposte::observe {

template <class Buffer>
class WriteBehind {
 public:
  /// Writes a whole buffer; may run again with the same buffer when the commit failed.
  using Writer = std::function<void(store::Transaction&, const Buffer&)>;
  struct Options {
    std::string name;         ///< For the log.
    Millis interval{1000};    ///< How long a report may wait.
    size_t flush_at = 8'192;  ///< Weight that makes it flush before its time.
  };
  static constexpr size_t kMaxRetries = 4;

  WriteBehind(Options options, store::Store& store, Executor& loop, const Clock& clock,
              const telemetry::Log& log, Writer writer)
      : options_(std::move(options)),
        store_(store),
        loop_(loop),
        clock_(clock),
        log_(log),
        writer_(std::move(writer)) {}
  ~WriteBehind() { CancelTimer(); }
  WriteBehind(const WriteBehind&) = delete;
  WriteBehind& operator=(const WriteBehind&) = delete;

  /// Calls `adder(Buffer&)` under the lock; it returns the buffer's weight after the report.
  template <class Adder>
  void Add(Adder&& adder) {
    bool arm = false;
    bool hurry = false;
    {
      const std::scoped_lock lock(mutex_);
      const size_t weight = adder(buffer_);
      empty_ = false;
      if (!armed_) {
        armed_ = arm = true;
      } else if (weight >= options_.flush_at && !hurrying_) {
        hurrying_ = hurry = true;
      }
    }
    if (arm) Arm();
    if (hurry) loop_.Post([this] { Flush({}); });
  }

  /// `done` runs when all that was added before this call is in the store, or could not be
  /// written: at once on this thread when there is nothing, else on the writer thread.
  void Flush(Task done) {
    std::deque<std::shared_ptr<Buffer>> batch;
    bool under_way = false;
    {
      const std::scoped_lock lock(mutex_);
      under_way = in_flight_ > 0;
      batch.swap(retry_);
      if (!empty_) {
        batch.push_back(std::make_shared<Buffer>(std::exchange(buffer_, Buffer{})));
        empty_ = true;
        hurrying_ = false;
      }
      if (!batch.empty()) ++in_flight_;
    }
    if (batch.empty()) {
      if (!done) return;
      if (!under_way) return done();
      // What was added before is on its way to the store: an empty write runs after it.
      store_.Write([](store::Transaction&) {},
                   [done = std::move(done)](std::exception_ptr) mutable { done(); });
      return;
    }
    auto shared = std::make_shared<std::deque<std::shared_ptr<Buffer>>>(std::move(batch));
    store_.Write(
        [this, shared](store::Transaction& tx) {
          for (const auto& buffer : *shared) writer_(tx, *buffer);
        },
        [this, shared, done = std::move(done)](std::exception_ptr failure) mutable {
          Finish(*shared, failure);
          if (done) done();
        });
  }

  /// Writes what there is and waits for it. REQUIRES: not on the writer thread.
  void FlushAndWait() {
    std::deque<std::shared_ptr<Buffer>> batch;
    {
      const std::scoped_lock lock(mutex_);
      batch.swap(retry_);
      batch.push_back(std::make_shared<Buffer>(std::exchange(buffer_, Buffer{})));
      empty_ = true;
      hurrying_ = false;
    }
    CancelTimer();
    try {
      store_.WriteAndWait([&](store::Transaction& tx) {
        for (const auto& buffer : batch) writer_(tx, *buffer);
      });
    } catch (const std::exception& error) {
      log_.Error("last reports lost", {{"what", options_.name}, {"error", error.what()}});
    }
  }

  /// Forgets what is in memory (after Store::DeleteAllRows).
  void Clear() {
    const std::scoped_lock lock(mutex_);
    buffer_ = Buffer{};
    empty_ = true;
    hurrying_ = false;
    retry_.clear();
  }

 private:
  void Arm() {
    const Executor::TimerId timer = loop_.PostAt(clock_.Now() + options_.interval, [this] {
      {
        const std::scoped_lock lock(mutex_);
        armed_ = false;
        timer_ = 0;
      }
      Flush({});
    });
    const std::scoped_lock lock(mutex_);
    if (armed_) timer_ = timer;
  }
  void CancelTimer() {
    Executor::TimerId timer = 0;
    {
      const std::scoped_lock lock(mutex_);
      timer = std::exchange(timer_, 0);
      armed_ = false;
    }
    if (timer != 0) loop_.Cancel(timer);
  }
  void Finish(std::deque<std::shared_ptr<Buffer>>& batch, const std::exception_ptr& failure) {
    std::string text;
    if (failure) {
      try {
        std::rethrow_exception(failure);
      } catch (const std::exception& error) {
        text = error.what();
      } catch (...) {
        text = "unknown";
      }
    }
    size_t lost = 0;
    bool arm = false;
    {
      const std::scoped_lock lock(mutex_);
      --in_flight_;
      if (failure) {
        for (auto& buffer : batch) {
          if (retry_.size() < kMaxRetries) {
            retry_.push_back(std::move(buffer));
          } else {
            ++lost;
          }
        }
        arm = !std::exchange(armed_, true);
      }
    }
    if (arm) Arm();
    if (failure) {
      log_.Error("reports not written", {{"what", options_.name}, {"error", text}, {"lost", lost}});
    }
  }

  Options options_;
  store::Store& store_;
  Executor& loop_;
  const Clock& clock_;
  const telemetry::Log& log_;
  Writer writer_;
  std::mutex mutex_;
  Buffer buffer_;
  bool empty_ = true;
  bool armed_ = false;
  bool hurrying_ = false;
  Executor::TimerId timer_ = 0;
  int in_flight_ = 0;
  std::deque<std::shared_ptr<Buffer>> retry_;
};

}  // namespace riposte::observe
