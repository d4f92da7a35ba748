#include "functions/pool_runner.h"

#include "functions/pool_impl.h"

namespace riposte::functions {
namespace {

constexpr Millis kReapEvery{30'000};
/// A process whose credentials have less left than this takes no further invocation.
constexpr Millis kCredentialMargin{600'000};

bool IsHeaderValue(std::string_view text) {
  for (unsigned char c : text) {
    if (c < 0x20 || c == 0x7f) return false;
  }
  return true;
}

}  // namespace

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
  launch.name = env->spec->name;
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
  if (const std::string trace = FormatTrace(invocation.trace);
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
