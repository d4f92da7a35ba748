// A ProcessRunner that starts nothing: the test plays the processes. Single-threaded.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "os/process.h"

namespace riposte::os::testing {

class FakeProcess final : public Process {
 public:
  FakeProcess(int pid, ProcessSpec s) : spec(std::move(s)), pid_(pid) {}
  [[nodiscard]] int pid() const override { return pid_; }
  /// SIGKILL ends it at once; other signals are only noted.
  void Kill(int signal) override {
    signals.push_back(signal);
    if (signal == 9) Exit({.signal = 9});
  }
  void Print(std::string_view text, ProcessSpec::Stream stream = ProcessSpec::Stream::kOutput) {
    if (running && spec.on_output) spec.on_output(stream, text);
  }
  void Exit(const ProcessExit& exit) {
    if (!std::exchange(running, false)) return;
    if (spec.on_exit) spec.on_exit(exit);
  }

  ProcessSpec spec;
  bool running = true;
  std::vector<int> signals;

 private:
  int pid_;
};

class FakeProcessRunner final : public ProcessRunner {
 public:
  Result<std::shared_ptr<Process>> Start(ProcessSpec spec) override {
    if (failure) return std::unexpected(*failure);
    auto process =
        std::make_shared<FakeProcess>(1000 + static_cast<int>(started.size()), std::move(spec));
    started.push_back(process);
    return process;
  }

  std::vector<std::shared_ptr<FakeProcess>> started;
  std::optional<Error> failure;  ///< What Start answers, if set.
};

}  // namespace riposte::os::testing
