// Everything that runs code, built together: processes, sandbox, runtime API, pools, scripts.
//
// The one piece app/ needs of this folder beside the catalogue and the asynchronous target. What
// runner() and scripts() return is good for the host's life; before Start and after Stop they
// refuse with kUnavailable.
// Thread safety: Start, Stop and Reset from one thread; the runners from any.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "access/directory.h"
#include "functions/catalog.h"
#include "functions/os_launcher.h"
#include "functions/pool_runner.h"
#include "functions/script_runner.h"

namespace riposte::functions {

class Host {
 public:
  struct Options {
    /// For the socket, the bootstraps and unpacked packages; emptied at start. "" or a path too
    /// long for a socket: a temporary folder.
    std::string folder;
    OsLauncherOptions launcher;  ///< Its folder is set here.
    PoolRunner::Options pools;
    ScriptRunnerOptions scripts;
    Millis credential_lifetime{6 * 3600 * 1000};
  };
  struct Parts {
    Executor& loop;
    const Clock& clock;
    Random& random;
    api::LogSink& logs;
    api::MetricSink& metrics;
    access::Directory& directory;
    Catalog& catalog;
    const telemetry::Log& log;
  };
  Host(Options options, const Parts& parts);
  ~Host();  ///< Stop().

  /// Has the engine's own API served at a Unix socket.
  using ServeAt = std::function<Status(const std::string& socket_path)>;
  /// `endpoint` is where the engine is reached. Processes without a network reach it through the
  /// socket that `serve_at` serves; null: they do not. Errors: kUnavailable, kPermissionDenied (the
  /// folder, the sockets), or a required sandbox that does not work.
  [[nodiscard]] Status Start(const std::string& endpoint, const ServeAt& serve_at = nullptr);
  void Stop();
  /// Ends every process; what was under way fails.
  void Reset();

  [[nodiscard]] Runner& runner();
  [[nodiscard]] ScriptRunner& scripts();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace riposte::functions
