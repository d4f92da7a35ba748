// Deletes what has expired, a slice at a time, so that no write waits long behind it.
//
// Data path:     each hour on the engine's loop -> store::Store::Write, kSlice rows each
// Thread safety: Start and Stop on the loop or while it does not run.
// What is deleted: log events past their group's retention, and those of deleted groups and
// streams; datapoints, alarm history and audit records past the ages in Options.
#pragma once

#include "base/time.h"
#include "store/store.h"
#include "telemetry/log.h"

namespace riposte::observe {

class Retention {
 public:
  struct Options {
    Millis interval = std::chrono::hours(1);
    Millis pause{200};  ///< Between slices.
    Millis metrics = std::chrono::hours(24 * 63);
    Millis alarm_history = std::chrono::hours(24 * 30);
    Millis audit = std::chrono::hours(24 * 90);
  };
  static constexpr int64_t kSlice = 2'000;

  Retention(const Options& options, store::Store& store, Executor& loop, const Clock& clock,
            const telemetry::Log& log)
      : options_(options), store_(store), loop_(loop), clock_(clock), log_(log) {}
  ~Retention() { Stop(); }

  void Start();
  void Stop();
  /// Deletes one slice of each kind; returns whether any of them was full.
  static bool DeleteSlice(store::Transaction& tx, const Options& options, TimePoint now);

 private:
  void Schedule(Millis after);
  void Run();

  Options options_;
  store::Store& store_;
  Executor& loop_;
  const Clock& clock_;
  const telemetry::Log& log_;
  Executor::TimerId timer_ = 0;
  bool running_ = false;
};

}  // namespace riposte::observe
