// The pipes that run: one reader each, and the way from each state to the one that is desired.
//
// Data path:     CreatePipe, StartPipe … -> Changed -> Load: rows on their way to a state reach it
//                in a commit of their own, readers start and stop
// Thread safety: on the loop; Changed inside a write transaction.
// Crashes:       a row that was on its way is settled at the next start. Messages are the queue's.
#pragma once

#include <map>
#include <memory>

#include "services/pipes/compiled_pipe.h"

namespace riposte::pipes {

class PipeRunner {
 public:
  struct Parts {
    store::Store& store;
    CompiledPipe::Parts pipe;
  };
  explicit PipeRunner(Parts parts) : parts_(std::move(parts)) {}
  ~PipeRunner() { Stop(); }

  void Start();
  void Stop();
  /// Pipes change in `tx`.
  void Changed(store::Transaction& tx);

 private:
  struct Running {
    std::shared_ptr<CompiledPipe> pipe;
    std::shared_ptr<delivery::QueueReader> reader;
  };
  void Load();
  void Settle();
  [[nodiscard]] Running Make(Pipe pipe) const;

  Parts parts_;
  bool running_ = false;
  std::map<PipeKey, Running> pipes_;
};

}  // namespace riposte::pipes
