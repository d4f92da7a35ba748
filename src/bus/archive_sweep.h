// Deletes events that no archive keeps any longer, and replays that ended long ago, a slice at a
// time, so that no write waits long behind it.
//
// Data path:     each hour on the engine's loop -> store::Store::Write, one slice each
// Thread safety: Start and Stop on the loop or while it does not run.
#pragma once

#include "base/time.h"
#include "store/store.h"
#include "telemetry/log.h"

namespace riposte::bus {

class ArchiveSweep {
 public:
  struct Options {
    Millis interval = std::chrono::hours(1);
    Millis pause{200};                                  ///< Between slices.
    Millis keep_replays = std::chrono::hours(24 * 90);  ///< After their end, as the service does.
  };
  ArchiveSweep(const Options& options, store::Store& store, Executor& loop, const Clock& clock,
               const telemetry::Log& log)
      : options_(options), store_(store), loop_(loop), clock_(clock), log_(log) {}
  ~ArchiveSweep() { Stop(); }

  void Start();
  void Stop();

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

}  // namespace riposte::bus
