// Warm pools: the Runner of the product.
//
// Data path:     Invoke -> an idle process, or the pool's queue, or a new process
//                -> RuntimeServer ("next") -> the handler runs -> "response" -> completion
// Thread safety: any thread. One mutex; nothing is called while it is held but the executor and
//                the runtime server's table.
// Cost:          warm, about 60 µs beyond the handler: one message each way over the Unix socket.
//
// A pool belongs to one function version; a process runs one invocation at a time, is reused, and
// is ended when it has been idle, its credentials run out, its code changes, or it fails to keep
// its time limit. Another process is started when none is there, or when the head of the queue has
// waited `grow_after`: a burst of short invocations is cheaper on few processes.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api/sinks.h"
#include "functions/environment.h"
#include "functions/launcher.h"
#include "functions/runner.h"
#include "functions/runtime_server.h"
#include "telemetry/log.h"

namespace riposte::functions {

/// Credentials for a process of this function. Errors: kPermissionDenied, kNotFound. May block.
using CredentialIssuer = std::function<Result<Credentials>(const FunctionSpec&)>;
/// The directory with the unpacked package. May block.
using PackageDirectory = std::function<Result<std::string>(const std::string& sha256_base64)>;

class PoolRunner final : public Runner {
 public:
  struct Options {
    std::string endpoint = "http://127.0.0.1:4566";
    int max_processes = 64;        ///< Over all functions.
    int max_per_function = 10;     ///< Processes of one function version.
    int max_starting = 2;          ///< Cold starts at a time in one pool: they are CPU-bound.
    size_t max_queue = 1'000;      ///< Waiting in one pool; beyond it: throttled.
    Millis grow_after{10};         ///< Wait at the head of the queue that earns another process.
    Millis idle_timeout{600'000};  ///< Kept warm that long.
    Millis init_timeout{10'000};   ///< From start to the first "next".
    Millis log_patience{200};      ///< How long a reply with a log tail waits for the log.
    size_t max_reply_bytes = 6 * 1024 * 1024 + 100;
  };
  struct Parts {
    Launcher& launcher;
    RuntimeServer& runtime;
    Executor& loop;        ///< Timers.
    Executor& background;  ///< Starts: unpacking, credentials, fork. May block there.
    const Clock& clock;
    Random& random;
    api::LogSink& logs;
    api::MetricSink& metrics;
    const telemetry::Log& log;
    CredentialIssuer credentials;
    PackageDirectory packages;
  };
  PoolRunner(Options options, Parts parts);
  ~PoolRunner() override;  ///< Reset().

  void Invoke(Invocation invocation, InvokeCompletion completion) override;
  void Retire(const std::string& function_arn) override;
  void Reset() override;

  struct Counts {
    int processes = 0;
    int idle = 0;
    int running = 0;
    size_t queued = 0;
  };
  [[nodiscard]] Counts counts() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace riposte::functions
