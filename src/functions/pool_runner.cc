#include "functions/pool_runner.h"

#include <fmt/format.h>

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "functions/output_lines.h"
#include "json/json.h"

namespace riposte::functions {
namespace {

constexpr size_t kTailBytes = 4096;
constexpr Millis kReapEvery{30'000};
/// A process whose credentials have less left than this takes no further invocation.
constexpr Millis kCredentialMargin{600'000};

/// What is to be done once the lock is released: replies, completions, kills, log lines.
class Later {
 public:
  Later() = default;
  Later(const Later&) = delete;
  Later& operator=(const Later&) = delete;
  ~Later() {
    for (Task& task : tasks_) task();
  }
  template <class F>
  void Add(F&& task) {
    tasks_.emplace_back(std::forward<F>(task));
  }

 private:
  std::vector<Task> tasks_;
};

double ToMs(std::chrono::nanoseconds time) {
  return static_cast<double>(time.count()) / 1e6;
}

/// The error document with the request id of the invocation that gets it.
std::string WithRequestId(const std::string& payload, const std::string& request_id) {
  auto document = json::Parse(payload);
  if (!document || !document->is_object()) return payload;
  document->as_object()["requestId"] = request_id;
  return json::Serialize(*document);
}

bool IsHeaderValue(std::string_view text) {
  for (unsigned char c : text) {
    if (c < 0x20 || c == 0x7f) return false;
  }
  return true;
}

}  // namespace

class PoolRunner::Impl : public std::enable_shared_from_this<PoolRunner::Impl> {
 public:
  Impl(Options options, Parts parts) : options_(std::move(options)), parts_(std::move(parts)) {}

  void Invoke(Invocation invocation, InvokeCompletion completion);
  void Retire(const std::string& function_arn);
  void Reset();
  [[nodiscard]] Counts counts() const;

 private:
  struct Pending {
    Invocation invocation;
    InvokeCompletion completion;
    TimePoint queued;
  };
  struct Running {
    Invocation invocation;
    InvokeCompletion completion;
    std::chrono::nanoseconds started{0};
    Executor::TimerId timer = 0;
  };
  /// Answered, but what it wrote may not have been read to the end.
  struct Finished {
    Report report;
    InvokeResult result;
    InvokeCompletion completion;  ///< Empty unless it waits for the log tail.
    Executor::TimerId timer = 0;
  };

  struct Environment final : RuntimeClient {
    std::weak_ptr<Impl> impl;
    std::weak_ptr<Environment> self;
    std::shared_ptr<const FunctionSpec> spec;
    std::string prefix;
    std::string stream;
    std::shared_ptr<Process> process;
    std::optional<http::Responder> waiting;
    std::optional<Running> running;
    std::optional<Finished> finished;
    bool ready = false;    ///< It has asked for work at least once.
    bool retired = false;  ///< Ends after what it is doing.
    bool dead = false;     ///< Out of its pool.
    std::string end_seen;  ///< The mark came before the answer did.
    std::string tail;      ///< Of the invocation under way, when it is wanted.
    int peak_memory_mb = 0;
    TimePoint last_used;
    TimePoint credentials_expire;
    std::chrono::nanoseconds launched{0};
    double init_ms = 0;
    Executor::TimerId init_timer = 0;
    OutputLines lines;  ///< The launcher's thread only.

    void OnNext(http::Responder responder) override {
      const auto me = self.lock();
      if (const auto owner = impl.lock(); owner && me) owner->OnNext(me, std::move(responder));
    }
    bool OnAnswer(Answer answer) override {
      const auto me = self.lock();
      const auto owner = impl.lock();
      return owner && me && owner->OnAnswer(me, std::move(answer));
    }
    void OnInitError(Answer answer) override {
      const auto me = self.lock();
      if (const auto owner = impl.lock(); owner && me) owner->OnInitError(me, std::move(answer));
    }
  };
  using Env = std::shared_ptr<Environment>;

  struct Pool {
    std::shared_ptr<const FunctionSpec> spec;
    std::vector<Env> all;
    std::vector<Env> idle;  ///< Last in, first out: the others can cool down.
    std::deque<Pending> queue;
    int starting = 0;
    bool grow_armed = false;
  };

  // Under the lock:
  Pool& PoolFor(const Invocation& invocation, Later& later);
  void Grow(Pool& pool, Later& later);
  void StartOne(Pool& pool);
  bool MakeRoom(Later& later);
  void Assign(const Env& env, Pending pending, Later& later);
  void Finalize(Environment& env, Later& later);
  void Complete(const Env& env, InvokeResult result, Later& later);
  void FailRunning(const Env& env, const std::string& error_type, const std::string& message,
                   Later& later);
  void FailQueue(Pool& pool, const Env& env, const std::string& payload, Later& later);
  void Remove(const Env& env, Later& later);
  void AppendLog(Environment& env, std::string record, Later& later);
  void PutMetric(const FunctionSpec& spec, const char* name, double value, const char* unit,
                 Later& later);
  void ArmReaper();
  [[nodiscard]] int CountBusy(const std::string& arn) const;
  [[nodiscard]] Pool* FindPool(const Environment& env);

  // Without it:
  void LaunchProcess(const Env& env);
  void OnNext(const Env& env, http::Responder responder);
  bool OnAnswer(const Env& env, RuntimeClient::Answer answer);
  void OnInitError(const Env& env, RuntimeClient::Answer answer);
  void OnOutput(const Env& env, std::string_view bytes);
  void OnRecord(const Env& env, std::string record);
  void OnEnd(const Env& env, std::string_view request_id);
  void OnExit(const Env& env, const Exit& exit);
  void OnTimeout(const Env& env, const std::string& request_id);
  void OnInitTimeout(const Env& env);
  void OnLogPatience(const Env& env, const std::string& request_id);
  void OnGrowTimer(const std::string& key);
  void Reap();

  const Options options_;
  Parts parts_;
  mutable std::mutex mutex_;
  std::map<std::string, Pool> pools_;  ///< By FunctionSpec::PoolKey().
  int processes_ = 0;
  bool reaper_armed_ = false;
};

// ---------------------------------------------------------------------------------------------
// Asking for an invocation

void PoolRunner::Impl::Invoke(Invocation invocation, InvokeCompletion completion) {
  Later later;
  const std::lock_guard lock(mutex_);
  const FunctionSpec& spec = *invocation.spec;
  const auto throttle = [&](const char* message) {
    PutMetric(spec, "Throttles", 1, "Count", later);
    later.Add([completion = std::move(completion), message]() mutable {
      completion(Fail(Code::kThrottled, message));
    });
  };
  if (spec.reserved_concurrency && CountBusy(spec.arn) >= *spec.reserved_concurrency) {
    return throttle("Rate Exceeded.");
  }
  Pool& pool = PoolFor(invocation, later);
  Pending pending{std::move(invocation), std::move(completion), parts_.clock.Now()};
  if (!pool.idle.empty()) {
    const Env env = std::move(pool.idle.back());
    pool.idle.pop_back();
    return Assign(env, std::move(pending), later);
  }
  if (pool.queue.size() >= options_.max_queue) {
    completion = std::move(pending.completion);
    invocation.spec = pending.invocation.spec;
    return throttle("Rate Exceeded.");
  }
  pool.queue.push_back(std::move(pending));
  Grow(pool, later);
}

PoolRunner::Impl::Pool& PoolRunner::Impl::PoolFor(const Invocation& invocation, Later& later) {
  Pool& pool = pools_[invocation.spec->PoolKey()];
  if (pool.spec && pool.spec->revision != invocation.spec->revision) {
    // New code or configuration: idle processes end now, busy ones after what they do; what waits
    // runs in the new ones.
    for (const Env& env : std::vector<Env>(pool.all)) {
      if (env->running) {
        env->retired = true;
      } else {
        Remove(env, later);
      }
    }
    for (Pending& pending : pool.queue) pending.invocation.spec = invocation.spec;
  }
  pool.spec = invocation.spec;
  return pool;
}

int PoolRunner::Impl::CountBusy(const std::string& arn) const {
  size_t busy = 0;
  const std::string first = arn + ":";
  for (auto it = pools_.lower_bound(first); it != pools_.end() && it->first.starts_with(first);
       ++it) {
    busy += it->second.queue.size();
    for (const Env& env : it->second.all) busy += env->running.has_value() ? 1 : 0;
  }
  return static_cast<int>(busy);
}

PoolRunner::Impl::Pool* PoolRunner::Impl::FindPool(const Environment& env) {
  const auto found = pools_.find(env.spec->PoolKey());
  return found == pools_.end() ? nullptr : &found->second;
}

/// Starts processes for what waits: one at once when there is none, others when waiting gets long.
void PoolRunner::Impl::Grow(Pool& pool, Later& later) {
  while (!pool.queue.empty() && pool.queue.size() > static_cast<size_t>(pool.starting) &&
         static_cast<int>(pool.all.size()) < options_.max_per_function &&
         pool.starting < options_.max_starting) {
    const TimePoint due = pool.queue.front().queued + options_.grow_after;
    if (!pool.all.empty() && parts_.clock.Now() < due) {
      if (!pool.grow_armed) {
        pool.grow_armed = true;
        parts_.loop.PostAt(due, [weak = weak_from_this(), key = pool.spec->PoolKey()] {
          if (const auto impl = weak.lock()) impl->OnGrowTimer(key);
        });
      }
      return;
    }
    if (processes_ >= options_.max_processes && !MakeRoom(later)) return;
    StartOne(pool);
  }
}

void PoolRunner::Impl::OnGrowTimer(const std::string& key) {
  Later later;
  const std::lock_guard lock(mutex_);
  const auto found = pools_.find(key);
  if (found == pools_.end()) return;
  found->second.grow_armed = false;
  Grow(found->second, later);
}

/// Ends the process that has been idle longest, whatever its function. False: all are busy.
bool PoolRunner::Impl::MakeRoom(Later& later) {
  Env oldest;
  for (auto& [key, pool] : pools_) {
    for (const Env& env : pool.idle) {
      if (!oldest || env->last_used < oldest->last_used) oldest = env;
    }
  }
  if (!oldest) return false;
  Remove(oldest, later);
  return true;
}

void PoolRunner::Impl::StartOne(Pool& pool) {
  auto env = std::make_shared<Environment>();
  env->impl = weak_from_this();
  env->self = env;
  env->spec = pool.spec;
  env->last_used = parts_.clock.Now();
  env->launched = parts_.clock.Monotonic();
  env->stream = LogStreamName(parts_.clock.Now(), pool.spec->version, parts_.random);
  env->prefix = parts_.runtime.Attach(env);
  pool.all.push_back(env);
  ++pool.starting;
  ++processes_;
  ArmReaper();
  parts_.background.Post([weak = weak_from_this(), env] {
    if (const auto impl = weak.lock()) impl->LaunchProcess(env);
  });
}

// ---------------------------------------------------------------------------------------------
// Life of a process

void PoolRunner::Impl::LaunchProcess(const Env& env) {
  const auto fail = [&](const Error& error) {
    parts_.log.Warning(
        "function did not start",
        {{"function", env->spec->arn}, {"error", error.message}, {"detail", error.detail}});
    Later later;
    const std::lock_guard lock(mutex_);
    if (env->dead) return;
    Pool* pool = FindPool(*env);
    Remove(env, later);
    if (pool == nullptr || !pool->all.empty()) return;
    for (Pending& pending : pool->queue) {
      later.Add([completion = std::move(pending.completion), error]() mutable {
        completion(std::unexpected(error));
      });
    }
    pool->queue.clear();
  };
  Result<std::string> directory = parts_.packages(env->spec->code_sha256);
  if (!directory) return fail(directory.error());
  Result<Credentials> credentials = parts_.credentials(*env->spec);
  if (!credentials) return fail(credentials.error());
  Launch launch;
  launch.runtime = env->spec->runtime;
  launch.task_root = *directory;
  launch.memory_mb = env->spec->memory_mb;
  launch.ephemeral_storage_mb = env->spec->ephemeral_storage_mb;
  launch.variables = ProcessEnvironment{*env->spec,
                                        *credentials,
                                        options_.endpoint,
                                        env->stream,
                                        parts_.launcher.TaskRoot(*directory),
                                        parts_.runtime.socket_path(),
                                        env->prefix}
                         .Variables();
  launch.on_output = [weak = weak_from_this(), env](std::string_view bytes) {
    if (const auto impl = weak.lock()) impl->OnOutput(env, bytes);
  };
  launch.on_exit = [weak = weak_from_this(), env](Exit exit) {
    if (const auto impl = weak.lock()) impl->OnExit(env, exit);
  };
  {
    const std::lock_guard lock(mutex_);
    if (env->dead) return;
    env->credentials_expire = credentials->expires;
    env->init_timer = parts_.loop.PostAt(parts_.clock.Now() + options_.init_timeout,
                                         [weak = weak_from_this(), env] {
                                           if (const auto impl = weak.lock()) {
                                             impl->OnInitTimeout(env);
                                           }
                                         });
  }
  Result<std::shared_ptr<Process>> process = parts_.launcher.Start(std::move(launch));
  if (!process) return fail(process.error());
  Later later;
  const std::lock_guard lock(mutex_);
  if (env->dead) {
    later.Add([process = *process] { process->Kill(); });
    return;
  }
  env->process = *process;
}

/// Takes the process out of its pool and ends it.
void PoolRunner::Impl::Remove(const Env& env, Later& later) {
  if (env->dead) return;
  env->dead = true;
  --processes_;
  if (Pool* pool = FindPool(*env)) {
    if (!env->ready && pool->starting > 0) --pool->starting;
    std::erase(pool->all, env);
    std::erase(pool->idle, env);
  }
  if (env->init_timer != 0) parts_.loop.Cancel(env->init_timer);
  if (env->finished) Finalize(*env, later);
  later.Add([this, keep = shared_from_this(), env, responder = std::move(env->waiting)]() mutable {
    parts_.runtime.Detach(env->prefix);
    if (env->process) env->process->Kill();
    if (responder) responder->Send(http::Response{.status = 410});
  });
  env->waiting.reset();
}

void PoolRunner::Impl::OnNext(const Env& env, http::Responder responder) {
  Later later;
  const std::lock_guard lock(mutex_);
  Pool* pool = FindPool(*env);
  if (env->dead || pool == nullptr) {
    later.Add([responder = std::move(responder)]() mutable {
      responder.Send(http::Response{.status = 410});
    });
    return;
  }
  if (!env->ready) {
    env->ready = true;
    if (pool->starting > 0) --pool->starting;
    env->init_ms = ToMs(parts_.clock.Monotonic() - env->launched);
    if (env->init_timer != 0) parts_.loop.Cancel(env->init_timer);
    env->init_timer = 0;
  }
  env->waiting = std::move(responder);
  if (env->running) {
    FailRunning(env, "Runtime.ExitError",
                "RequestId: " + env->running->invocation.request_id +
                    " Error: Runtime asked for more work without answering",
                later);
    env->retired = true;
  }
  const TimePoint now = parts_.clock.Now();
  env->last_used = now;
  if (env->retired || now + kCredentialMargin >= env->credentials_expire) {
    Remove(env, later);
    Grow(*pool, later);
    return;
  }
  if (!pool->queue.empty()) {
    Pending pending = std::move(pool->queue.front());
    pool->queue.pop_front();
    Assign(env, std::move(pending), later);
    Grow(*pool, later);
    return;
  }
  pool->idle.push_back(env);
  if (processes_ >= options_.max_processes) {
    // Others may be waiting for room.
    for (auto& [key, other] : pools_) {
      if (!other.queue.empty()) Grow(other, later);
    }
  }
}

void PoolRunner::Impl::Assign(const Env& env, Pending pending, Later& later) {
  if (env->finished) Finalize(*env, later);
  Invocation& invocation = pending.invocation;
  const FunctionSpec& spec = *env->spec;
  const TimePoint deadline = parts_.clock.Now() + spec.timeout;
  http::Response response;
  response.headers.Add("Content-Type", "application/json");
  response.headers.Add("Lambda-Runtime-Aws-Request-Id", invocation.request_id);
  response.headers.Add("Lambda-Runtime-Deadline-Ms", std::to_string(ToMillis(deadline)));
  response.headers.Add("Lambda-Runtime-Invoked-Function-Arn", invocation.invoked_arn);
  if (const std::string trace = TraceHeader(invocation.trace);
      !trace.empty() && IsHeaderValue(trace)) {
    response.headers.Add("Lambda-Runtime-Trace-Id", trace);
  }
  if (!invocation.client_context.empty() && IsHeaderValue(invocation.client_context)) {
    response.headers.Add("Lambda-Runtime-Client-Context", invocation.client_context);
  }
  response.body = std::move(invocation.payload);
  env->tail.clear();
  env->end_seen.clear();
  AppendLog(*env, StartLine(invocation.request_id, spec.version), later);
  Running running{std::move(invocation), std::move(pending.completion), parts_.clock.Monotonic()};
  running.timer = parts_.loop.PostAt(
      deadline, [weak = weak_from_this(), env, id = running.invocation.request_id] {
        if (const auto impl = weak.lock()) impl->OnTimeout(env, id);
      });
  env->running = std::move(running);
  PutMetric(spec, "ConcurrentExecutions", CountBusy(spec.arn), "Count", later);
  later.Add([responder = std::move(*env->waiting), response = std::move(response)]() mutable {
    responder.Send(std::move(response));
  });
  env->waiting.reset();
}

// ---------------------------------------------------------------------------------------------
// Outcomes

bool PoolRunner::Impl::OnAnswer(const Env& env, RuntimeClient::Answer answer) {
  Later later;
  const std::lock_guard lock(mutex_);
  if (!env->running || env->running->invocation.request_id != answer.request_id) return false;
  if (answer.peak_memory_mb > 0) env->peak_memory_mb = answer.peak_memory_mb;
  InvokeResult result;
  result.payload = std::move(answer.body);
  if (!answer.error_type.empty()) result.function_error = "Unhandled";
  if (result.payload.size() > options_.max_reply_bytes) {
    result.function_error = "Unhandled";
    result.payload =
        ErrorPayload("Function.ResponseSizeTooLarge",
                     fmt::format("Response payload size exceeded maximum allowed payload size "
                                 "({} bytes).",
                                 options_.max_reply_bytes),
                     answer.request_id);
  }
  Complete(env, std::move(result), later);
  return true;
}

/// Ends the running invocation: metrics, completion, and its last log lines when all is read.
void PoolRunner::Impl::Complete(const Env& env, InvokeResult result, Later& later) {
  Running running = std::move(*env->running);
  env->running.reset();
  parts_.loop.Cancel(running.timer);
  const FunctionSpec& spec = *env->spec;
  result.duration_ms = ToMs(parts_.clock.Monotonic() - running.started);
  PutMetric(spec, "Invocations", 1, "Count", later);
  PutMetric(spec, "Errors", result.function_error.empty() ? 0 : 1, "Count", later);
  PutMetric(spec, "Duration", result.duration_ms, "Milliseconds", later);
  Finished finished;
  finished.report = {.request_id = running.invocation.request_id,
                     .duration_ms = result.duration_ms,
                     .init_ms = std::exchange(env->init_ms, 0),
                     .memory_mb = spec.memory_mb,
                     .peak_memory_mb = env->peak_memory_mb};
  if (running.invocation.want_log_tail) {
    finished.completion = std::move(running.completion);
    finished.result = std::move(result);
  } else {
    later.Add([completion = std::move(running.completion), result = std::move(result)]() mutable {
      completion(std::move(result));
    });
  }
  const bool read_to_end = env->end_seen == finished.report.request_id;
  env->finished = std::move(finished);
  if (read_to_end) return Finalize(*env, later);
  if (running.invocation.want_log_tail) {
    env->finished->timer =
        parts_.loop.PostAt(parts_.clock.Now() + options_.log_patience,
                           [weak = weak_from_this(), env, id = env->finished->report.request_id] {
                             if (const auto impl = weak.lock()) impl->OnLogPatience(env, id);
                           });
  }
}

void PoolRunner::Impl::OnLogPatience(const Env& env, const std::string& request_id) {
  Later later;
  const std::lock_guard lock(mutex_);
  if (env->finished && env->finished->report.request_id == request_id) Finalize(*env, later);
}

/// The invocation's log is complete: END, REPORT, and the reply that waited for the tail.
void PoolRunner::Impl::Finalize(Environment& env, Later& later) {
  Finished finished = std::move(*env.finished);
  env.finished.reset();
  if (finished.timer != 0) parts_.loop.Cancel(finished.timer);
  AppendLog(env, EndLine(finished.report.request_id), later);
  AppendLog(env, ReportLine(finished.report), later);
  if (!finished.completion) return;
  std::string& tail = env.tail;
  finished.result.log_tail =
      tail.size() > kTailBytes ? tail.substr(tail.size() - kTailBytes) : tail;
  later.Add([completion = std::move(finished.completion),
             result = std::move(finished.result)]() mutable { completion(std::move(result)); });
}

void PoolRunner::Impl::FailRunning(const Env& env, const std::string& error_type,
                                   const std::string& message, Later& later) {
  const std::string request_id = env->running->invocation.request_id;
  AppendLog(*env, message, later);
  InvokeResult result;
  result.function_error = "Unhandled";
  result.payload =
      error_type.empty() ? ErrorPayload("", message) : ErrorPayload(error_type, message);
  env->end_seen = request_id;  // Nothing more is waited for.
  Complete(env, std::move(result), later);
}

void PoolRunner::Impl::OnTimeout(const Env& env, const std::string& request_id) {
  Later later;
  const std::lock_guard lock(mutex_);
  if (!env->running || env->running->invocation.request_id != request_id) return;
  FailRunning(env, "", TimeoutLine(parts_.clock.Now(), request_id, env->spec->timeout), later);
  Pool* pool = FindPool(*env);
  Remove(env, later);
  if (pool != nullptr) Grow(*pool, later);
}

/// A process could not be made ready: all that waits gets the reason, since another process would
/// end the same way. Unless others of the pool are at work.
void PoolRunner::Impl::FailQueue(Pool& pool, const Env& env, const std::string& payload,
                                 Later& later) {
  for (const Env& other : pool.all) {
    if (other->ready) return Grow(pool, later);
  }
  const double init_ms = ToMs(parts_.clock.Monotonic() - env->launched);
  std::deque<Pending> queue = std::move(pool.queue);
  pool.queue.clear();
  for (Pending& pending : queue) {
    const std::string& id = pending.invocation.request_id;
    AppendLog(*env, StartLine(id, env->spec->version), later);
    AppendLog(*env, EndLine(id), later);
    AppendLog(
        *env,
        ReportLine({.request_id = id, .duration_ms = init_ms, .memory_mb = env->spec->memory_mb}),
        later);
    PutMetric(*env->spec, "Invocations", 1, "Count", later);
    PutMetric(*env->spec, "Errors", 1, "Count", later);
    PutMetric(*env->spec, "Duration", init_ms, "Milliseconds", later);
    InvokeResult result{.payload = WithRequestId(payload, id),
                        .function_error = "Unhandled",
                        .log_tail = env->tail.substr(0, kTailBytes),
                        .duration_ms = init_ms};
    later.Add([completion = std::move(pending.completion), result = std::move(result)]() mutable {
      completion(std::move(result));
    });
  }
}

void PoolRunner::Impl::OnInitError(const Env& env, RuntimeClient::Answer answer) {
  Later later;
  const std::lock_guard lock(mutex_);
  if (env->dead || env->ready) return;
  Pool* pool = FindPool(*env);
  Remove(env, later);
  if (pool != nullptr) FailQueue(*pool, env, answer.body, later);
}

void PoolRunner::Impl::OnInitTimeout(const Env& env) {
  Later later;
  const std::lock_guard lock(mutex_);
  if (env->dead || env->ready) return;
  const std::string message =
      fmt::format("INIT_REPORT Init Duration: {:.2f} ms\tPhase: init\tStatus: timeout",
                  static_cast<double>(options_.init_timeout.count()));
  AppendLog(*env, message, later);
  Pool* pool = FindPool(*env);
  Remove(env, later);
  if (pool != nullptr) {
    FailQueue(*pool, env,
              ErrorPayload("Sandbox.Timedout",
                           fmt::format("Error: Task timed out after {:.2f} seconds",
                                       static_cast<double>(options_.init_timeout.count()) / 1000)),
              later);
  }
}

void PoolRunner::Impl::OnExit(const Env& env, const Exit& exit) {
  env->lines.Finish([&](std::string record) { OnRecord(env, std::move(record)); });
  Later later;
  const std::lock_guard lock(mutex_);
  if (env->finished) Finalize(*env, later);
  if (env->dead) return;
  Pool* pool = FindPool(*env);
  const std::string why = exit.status == 0 && exit.signal == 0
                              ? "Error: Runtime exited without providing a reason"
                              : "Error: Runtime exited with error: " + exit.Describe();
  if (env->running) {
    FailRunning(env, "Runtime.ExitError",
                "RequestId: " + env->running->invocation.request_id + " " + why, later);
  }
  const bool was_ready = env->ready;
  Remove(env, later);
  if (pool == nullptr) return;
  if (!was_ready) {
    AppendLog(*env, why + "\nRuntime.ExitError", later);
    FailQueue(*pool, env, ErrorPayload("Runtime.ExitError", why), later);
  } else {
    Grow(*pool, later);
  }
}

// ---------------------------------------------------------------------------------------------
// Logs and metrics

void PoolRunner::Impl::OnOutput(const Env& env, std::string_view bytes) {
  env->lines.Append(
      bytes, [&](std::string record) { OnRecord(env, std::move(record)); },
      [&](std::string_view request_id) { OnEnd(env, request_id); });
}

void PoolRunner::Impl::OnRecord(const Env& env, std::string record) {
  Later later;
  const std::lock_guard lock(mutex_);
  AppendLog(*env, std::move(record), later);
}

void PoolRunner::Impl::OnEnd(const Env& env, std::string_view request_id) {
  Later later;
  const std::lock_guard lock(mutex_);
  if (env->finished && env->finished->report.request_id == request_id) {
    Finalize(*env, later);
  } else if (env->running && env->running->invocation.request_id == request_id) {
    env->end_seen = request_id;
  }
}

void PoolRunner::Impl::AppendLog(Environment& env, std::string record, Later& later) {
  env.tail += record;
  if (!record.ends_with('\n')) env.tail += '\n';
  if (env.tail.size() > 4 * kTailBytes) env.tail.erase(0, env.tail.size() - kTailBytes);
  later.Add([this, keep = shared_from_this(), spec = env.spec, stream = env.stream,
             now = parts_.clock.Now(), record = std::move(record)]() mutable {
    parts_.logs.Append(spec->scope, spec->log_group, stream, now, std::move(record));
  });
}

void PoolRunner::Impl::PutMetric(const FunctionSpec& spec, const char* name, double value,
                                 const char* unit, Later& later) {
  later.Add([this, keep = shared_from_this(), scope = spec.scope, function = spec.name, name, value,
             unit] {
    parts_.metrics.Put(scope, "AWS/Lambda", name, {{"FunctionName", function}}, value, unit);
  });
}

// ---------------------------------------------------------------------------------------------
// Ends

void PoolRunner::Impl::ArmReaper() {
  if (reaper_armed_) return;
  reaper_armed_ = true;
  parts_.loop.PostAt(parts_.clock.Now() + kReapEvery, [weak = weak_from_this()] {
    if (const auto impl = weak.lock()) impl->Reap();
  });
}

void PoolRunner::Impl::Reap() {
  Later later;
  const std::lock_guard lock(mutex_);
  reaper_armed_ = false;
  const TimePoint now = parts_.clock.Now();
  for (auto it = pools_.begin(); it != pools_.end();) {
    Pool& pool = it->second;
    for (const Env& env : std::vector<Env>(pool.idle)) {
      if (env->finished) Finalize(*env, later);
      if (now - env->last_used >= options_.idle_timeout ||
          now + kCredentialMargin >= env->credentials_expire) {
        Remove(env, later);
      }
    }
    it = pool.all.empty() && pool.queue.empty() ? pools_.erase(it) : std::next(it);
  }
  if (processes_ > 0) ArmReaper();
}

void PoolRunner::Impl::Retire(const std::string& function_arn) {
  Later later;
  const std::lock_guard lock(mutex_);
  const std::string first = function_arn + ":";
  for (auto it = pools_.lower_bound(first); it != pools_.end() && it->first.starts_with(first);
       ++it) {
    for (const Env& env : std::vector<Env>(it->second.all)) {
      if (env->running) {
        env->retired = true;
      } else if (env->ready || it->second.queue.empty()) {
        Remove(env, later);
      }
    }
  }
}

void PoolRunner::Impl::Reset() {
  Later later;
  const std::lock_guard lock(mutex_);
  const auto cancelled = [&](InvokeCompletion completion) {
    later.Add([completion = std::move(completion)]() mutable {
      completion(Fail(Code::kUnavailable, "The function runner has been stopped."));
    });
  };
  for (auto& [key, pool] : pools_) {
    for (Pending& pending : pool.queue) cancelled(std::move(pending.completion));
    pool.queue.clear();
    for (const Env& env : std::vector<Env>(pool.all)) {
      if (env->running) {
        parts_.loop.Cancel(env->running->timer);
        cancelled(std::move(env->running->completion));
        env->running.reset();
      }
      Remove(env, later);
    }
  }
  pools_.clear();
}

PoolRunner::Counts PoolRunner::Impl::counts() const {
  const std::lock_guard lock(mutex_);
  Counts counts{.processes = processes_};
  for (const auto& [key, pool] : pools_) {
    counts.idle += static_cast<int>(pool.idle.size());
    counts.queued += pool.queue.size();
    for (const Env& env : pool.all) counts.running += env->running.has_value() ? 1 : 0;
  }
  return counts;
}

PoolRunner::PoolRunner(Options options, Parts parts)
    : impl_(std::make_shared<Impl>(std::move(options), std::move(parts))) {}

PoolRunner::~PoolRunner() {
  impl_->Reset();
}

void PoolRunner::Invoke(Invocation invocation, InvokeCompletion completion) {
  impl_->Invoke(std::move(invocation), std::move(completion));
}

void PoolRunner::Retire(const std::string& function_arn) {
  impl_->Retire(function_arn);
}

void PoolRunner::Reset() {
  impl_->Reset();
}

PoolRunner::Counts PoolRunner::counts() const {
  return impl_->counts();
}

}  // namespace riposte::functions
