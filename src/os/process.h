// Child processes: exactly the arguments, environment, limits and descriptors they are given.
//
// Thread safety: Start and Kill from any thread. Callbacks come on the runner's own thread, for
//                one process in order: all output, then the exit, once. They must not block; they
//                may call Start and Kill.
// Cost:          Start blocks for one fork and exec, about a millisecond.
//
// No shell anywhere. A process is the leader of a session of its own, so that killing it takes what
// it started along; when it ends by itself, what is left of its group is killed too. It dies with
// the engine (PDEATHSIG), starts with default signal handlers, umask 077, no_new_privs, and no
// descriptors but the ones named here. For stronger walls start bubblewrap with it; what outlives
// the engine all the same, the next start ends (os/run_mark.h).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace riposte::os {

/// How a process ended: by itself with a status, or by a signal.
struct ProcessExit {
  int status = 0;
  int signal = 0;
  int64_t cpu_ms = 0;       ///< User and system.
  int64_t max_rss_kib = 0;  ///< The largest of it and the descendants it waited for.
  bool output_truncated = false;
};

struct ProcessSpec {
  std::vector<std::string> argv;  ///< The first is the program's absolute path.
  std::vector<std::pair<std::string, std::string>> environment;  ///< All of it.
  std::string directory = "/";
  /// Resource limits; -1 leaves the engine's own. Core files are always off.
  struct Limits {
    int64_t cpu_seconds = -1;
    int64_t address_space_bytes = -1;
    int64_t open_files = -1;
    int64_t processes = -1;  ///< Of the user, not of this process alone.
    int64_t file_bytes = -1;
  };
  Limits limits;
  /// Open descriptors of the engine; the child sees them as 3, 4, 5 … They stay the caller's.
  std::vector<int> descriptors;
  /// Written to its standard input, which then closes. Empty: /dev/null.
  std::string input;
  enum class Stream { kOutput, kError };
  /// Chunks of at most 64 KiB as they come, not lines. Null discards.
  std::function<void(Stream, std::string_view)> on_output;
  /// Of both streams together; what comes beyond is read and dropped.
  size_t max_output_bytes = SIZE_MAX;
  std::function<void(const ProcessExit&)> on_exit;
};

class Process {
 public:
  virtual ~Process() = default;  ///< Does not end the process.
  [[nodiscard]] virtual int pid() const = 0;
  /// Sends the signal (SIGKILL unless told) to it and its group. Once it has ended: no effect.
  virtual void Kill(int signal = 9) = 0;
};

class ProcessRunner {
 public:
  virtual ~ProcessRunner() = default;
  /// Errors: kInvalidArgument (no absolute path, a NUL byte), kNotFound or kPermissionDenied (the
  /// program or directory), kLimitExceeded (no more processes, memory or descriptors).
  [[nodiscard]] virtual Result<std::shared_ptr<Process>> Start(ProcessSpec spec) = 0;
};

/// The real one. Its destructor kills what still runs and reports those exits first. `run` is the
/// mark (os/run_mark.h) that each of its processes bears, and by which the destructor finds what
/// got away from its group; "" none.
[[nodiscard]] std::unique_ptr<ProcessRunner> MakeProcessRunner(std::string run = {});

}  // namespace riposte::os
