// The inside of PoolRunner: one mutex over all pools. Private to pool_*.cc.
//
//   pool_runner.cc    asking for an invocation, growth, life of a process
//   pool_outcomes.cc  what came of it: answers, failures, logs, metrics
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "functions/output_lines.h"
#include "functions/pool_runner.h"

namespace riposte::functions {

/// What is to be done once the lock is released: replies, completions, kills, log lines. Made
/// before the lock, so that it goes after it.
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

[[nodiscard]] inline double ToMs(std::chrono::nanoseconds time) {
  return static_cast<double>(time.count()) / 1e6;
}

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

}  // namespace riposte::functions
