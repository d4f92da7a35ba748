// Starts the processes that functions run in. The narrow waist between pools and the operating
// system: OsLauncher in the product, a fake in tests.
//
// Thread safety: Launch from any thread; it blocks for about a millisecond. Output and exit come
// on a thread of the launcher's, for one process in order: all output, then the exit, once.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace riposte::functions {

/// How a process ended: by itself with a status, or by a signal.
struct Exit {
  int status = 0;
  int signal = 0;
  /// "exit status 1", "signal: killed": the service's words.
  [[nodiscard]] std::string Describe() const;
};

struct Launch {
  std::string name;       ///< Of the function; scripts are "executeScript".
  std::string runtime;    ///< "python3.12": which interpreter and bootstrap.
  std::string task_root;  ///< Directory of the unpacked package; shown read-only.
  /// All that the process sees of an environment.
  std::map<std::string, std::string> variables;
  int memory_mb = 128;
  int cpu_seconds = 0;  ///< 0: no limit of CPU time.
  int ephemeral_storage_mb = 512;
  std::function<void(std::string_view)> on_output;  ///< Standard output and error together.
  std::function<void(Exit)> on_exit;
};

class Process {
 public:
  virtual ~Process() = default;  ///< Does not end the process.
  virtual void Kill() = 0;       ///< It and its descendants, at once. Again: no effect.
};

class Launcher {
 public:
  virtual ~Launcher() = default;
  /// Errors: kUnavailable (no interpreter, no more processes), kInvalidArgument (runtime).
  [[nodiscard]] virtual Result<std::shared_ptr<Process>> Start(Launch launch) = 0;
  /// Where the process sees its package and its runtime: "/var/task" inside a sandbox.
  [[nodiscard]] virtual std::string TaskRoot(const std::string& task_root) const = 0;
};

}  // namespace riposte::functions
