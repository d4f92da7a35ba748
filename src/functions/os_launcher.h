// The Launcher of the product: interpreters as child processes, in a sandbox where there is one.
//
// With bubblewrap a process sees a file system of its own (the system's programs and libraries
// read-only, its package at /var/task, the bootstraps at /var/runtime, an empty /tmp with a size),
// its own processes, no capabilities, and the host's network. Nothing of the engine's data is in
// reach but the one socket of the runtime API. Without bubblewrap only the resource limits and the
// empty environment hold; the log says so once at start.
// Thread safety: as Launcher.
#pragma once

#include <memory>
#include <string>

#include "functions/launcher.h"
#include "os/process.h"
#include "telemetry/log.h"

namespace riposte::functions {

struct OsLauncherOptions {
  std::string folder;  ///< For the bootstraps; made and emptied by Make.
  /// Debian's own interpreter: its python3-boto3 is there.
  std::string python = "/usr/bin/python3";
  std::string node = "/usr/bin/node";
  /// A path, or a name to be found on PATH whenever a script asks for it. Scripts see, read-only,
  /// the folder that the program lies in.
  std::string powershell = "pwsh";
  std::string bubblewrap = "/usr/bin/bwrap";
  enum class Sandbox { kOff, kAuto, kRequired };
  Sandbox sandbox = Sandbox::kAuto;
  /// Further paths that functions see read-only (an interpreter outside /usr).
  std::vector<std::string> visible;
  int open_files = 1024;
  /// Of the engine's user in all, not of one process: a bound against fork bombs.
  int processes = 4096;
};

/// Writes the bootstraps and has a process find out whether the sandbox holds; waits for it only
/// when the sandbox is required. Errors:
/// kUnavailable when the sandbox is required and does not work; what keeps the files from being
/// written.
[[nodiscard]] Result<std::unique_ptr<Launcher>> MakeOsLauncher(const OsLauncherOptions& options,
                                                               os::ProcessRunner& processes,
                                                               const telemetry::Log& log);

}  // namespace riposte::functions
