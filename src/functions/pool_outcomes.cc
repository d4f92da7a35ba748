#include <fmt/format.h>

#include "functions/pool_impl.h"
#include "json/json.h"

namespace riposte::functions {
namespace {

constexpr size_t kTailBytes = 4096;

/// The error document with the request id of the invocation that gets it.
std::string WithRequestId(const std::string& payload, const std::string& request_id) {
  auto document = json::Parse(payload);
  if (!document || !document->is_object()) return payload;
  document->as_object()["requestId"] = request_id;
  return json::Serialize(*document);
}

}  // namespace

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

}  // namespace riposte::functions
