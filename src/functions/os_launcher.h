// The Launcher of the product: interpreters as child processes, in a sandbox where there is one.
//
// With bubblewrap a process sees a file system of its own (the system's programs and libraries
// read-only, its package at /var/task, the bootstraps at /var/runtime, an empty /tmp with a size),
// its own processes, no capabilities, and a network in which there is nothing but the engine, at
// the port that it has outside. Nothing of the engine's data is in reach but the sockets of the
// runtime API and of the engine's own API. Inside, runtime/sandbox_init.cc adds a filter of system
// calls and, where the kernel has it, Landlock: only /tmp can be written. Without bubblewrap these
// two hold alone; then what is not the system's or the package's cannot be read, /tmp is the
// host's, and of the network TCP connections other than to the engine's port are refused. The log
// says so once. Thread safety: as Launcher.
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
  /// Where processes find the engine when they have no other network: connections to `port` of
  /// their loopback come out of `socket`. "": their network is empty.
  std::string engine_socket;
  std::string engine_endpoint;  ///< Where it is outside: "http://0.0.0.0:4566".
  uint16_t engine_port = 0;
  std::vector<std::string> engine_names;  ///< Host names that mean the engine.
  /// Names of functions (with wildcards) that have the host's network.
  std::vector<std::string> open_network;
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
