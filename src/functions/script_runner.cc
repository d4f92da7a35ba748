#include "functions/script_runner.h"

#include <fmt/format.h>

#include <deque>
#include <mutex>
#include <set>

#include "functions/output_lines.h"
#include "functions/powershell.h"

namespace riposte::functions {
namespace {

class Runner final : public ScriptRunner, public std::enable_shared_from_this<Runner> {
 public:
  Runner(ScriptRunnerOptions options, ScriptRunnerParts parts)
      : options_(std::move(options)), parts_(std::move(parts)) {}

  void Run(ScriptJob job, Completion completion) override;
  void Reset() override;

 private:
  /// One script on its way through one process.
  struct Job final : RuntimeClient {
    std::weak_ptr<Runner> runner;
    std::weak_ptr<Job> self;
    ScriptJob what;
    Completion completion;
    std::string id;
    std::string prefix;
    std::shared_ptr<Process> process;
    Executor::TimerId timer = 0;
    bool asked = false;
    bool done = false;                   ///< Completed; the process is ended.
    std::optional<ScriptResult> result;  ///< Answered; waits for the end of the output.
    bool output_ended = false;
    std::string log;
    OutputLines lines;  ///< The launcher's thread only.

    void OnNext(http::Responder responder) override {
      const auto me = self.lock();
      if (const auto owner = runner.lock(); owner && me) owner->OnNext(me, std::move(responder));
    }
    bool OnAnswer(Answer answer) override {
      const auto me = self.lock();
      const auto owner = runner.lock();
      return owner && me && owner->OnAnswer(me, std::move(answer));
    }
    void OnInitError(Answer answer) override {
      const auto me = self.lock();
      const auto owner = runner.lock();
      if (owner && me) owner->Finish(me, Failure("InitError", std::move(answer.body)));
    }
  };
  using JobPtr = std::shared_ptr<Job>;

  static ScriptResult Failure(std::string type, std::string text) {
    return {.failure = std::move(text), .failure_type = std::move(type)};
  }
  void Start(const JobPtr& job);
  void LaunchProcess(const JobPtr& job);
  void OnNext(const JobPtr& job, http::Responder responder);
  bool OnAnswer(const JobPtr& job, RuntimeClient::Answer answer);
  void OnOutput(const JobPtr& job, std::string_view bytes);
  void AppendLog(Job& job, const std::string& record);
  void OnOutputEnd(const JobPtr& job);
  void OnExit(const JobPtr& job, const Exit& exit);
  [[nodiscard]] ScriptResult ToResult(RuntimeClient::Answer answer) const;
  void Finish(const JobPtr& job, ScriptResult result);

  const ScriptRunnerOptions options_;
  ScriptRunnerParts parts_;
  std::mutex mutex_;
  std::deque<JobPtr> waiting_;
  std::set<JobPtr> running_;
};

void Runner::Run(ScriptJob what, Completion completion) {
  auto job = std::make_shared<Job>();
  job->runner = weak_from_this();
  job->self = job;
  job->what = std::move(what);
  job->completion = std::move(completion);
  job->id = parts_.random.Uuid();
  if (!IsPython(job->what.runtime) && !IsPowerShell(job->what.runtime)) {
    const std::string message =
        "Runtime " + job->what.runtime + " is not available here; use python3.11.";
    return job->completion(Failure("Unsupported", message));
  }
  bool full = false;
  {
    const std::lock_guard lock(mutex_);
    if (static_cast<int>(running_.size()) < options_.max_parallel) {
      running_.insert(job);
    } else if (waiting_.size() < options_.max_queue) {
      waiting_.push_back(job);
      return;
    } else {
      full = true;
    }
  }
  if (full) {
    return job->completion(Failure("Throttled", "Too many scripts are waiting to be run."));
  }
  Start(job);
}

void Runner::Start(const JobPtr& job) {
  job->prefix = parts_.runtime.Attach(job);
  {
    const std::lock_guard lock(mutex_);
    job->timer =
        parts_.loop.PostAt(parts_.clock.Now() + job->what.timeout, [weak = weak_from_this(), job] {
          const auto me = weak.lock();
          if (!me) return;
          me->Finish(job,
                     Failure("Timeout", fmt::format("The script did not end within {} seconds.",
                                                    job->what.timeout.count() / 1000)));
        });
  }
  parts_.background.Post([weak = weak_from_this(), job] {
    if (const auto me = weak.lock()) me->LaunchProcess(job);
  });
}

void Runner::LaunchProcess(const JobPtr& job) {
  const ScriptJob& what = job->what;
  const auto credentials =
      parts_.credentials(what.principal, what.timeout + std::chrono::minutes(15));
  if (!credentials) return Finish(job, Failure("Credentials", credentials.error().message));
  const auto directory = parts_.directory();
  if (!directory) return Finish(job, Failure("Unavailable", directory.error().message));
  FunctionSpec spec;
  spec.scope = what.scope;
  spec.name = "executeScript";
  spec.version = std::string("1");
  spec.runtime = what.runtime;
  spec.handler = what.handler;
  spec.memory_mb = options_.memory_mb;
  spec.environment.assign(what.variables.begin(), what.variables.end());
  Launch launch;
  launch.name = spec.name;
  launch.runtime = what.runtime;
  launch.task_root = *directory;
  launch.memory_mb = options_.memory_mb;
  launch.variables = ProcessEnvironment{spec,
                                        *credentials,
                                        options_.endpoint,
                                        job->id,
                                        parts_.launcher.TaskRoot(*directory),
                                        parts_.runtime.socket_path(),
                                        job->prefix}
                         .Variables();
  launch.variables["RIPOSTE_RUNTIME_MODE"] = "script";
  launch.on_output = [weak = weak_from_this(), job](std::string_view bytes) {
    if (const auto me = weak.lock()) me->OnOutput(job, bytes);
  };
  launch.on_exit = [weak = weak_from_this(), job](Exit exit) {
    if (const auto me = weak.lock()) me->OnExit(job, exit);
  };
  auto process = parts_.launcher.Start(std::move(launch));
  if (!process) {
    const bool unsupported = process.error().code == Code::kInvalidArgument;
    return Finish(job,
                  Failure(unsupported ? "Unsupported" : "Unavailable", process.error().message));
  }
  bool late = false;
  {
    const std::lock_guard lock(mutex_);
    late = job->done;
    if (!late) job->process = *process;
  }
  if (late) (*process)->Kill();
}

void Runner::OnNext(const JobPtr& job, http::Responder responder) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = !job->asked && !job->done;
    job->asked = true;
  }
  http::Response response;
  if (!first) {
    response.status = 410;  // One script a process.
    return responder.Send(std::move(response));
  }
  const ScriptJob& what = job->what;
  response.headers.Add("Content-Type", "application/json");
  response.headers.Add("Lambda-Runtime-Aws-Request-Id", job->id);
  response.headers.Add("Lambda-Runtime-Deadline-Ms",
                       std::to_string(ToMillis(parts_.clock.Now() + what.timeout)));
  if (const std::string trace = FormatTrace(what.trace); !trace.empty()) {
    response.headers.Add("Lambda-Runtime-Trace-Id", trace);
  }
  json::Object body{{"script", what.script},
                    {"handler", what.handler},
                    {"input", what.input},
                    {"context", what.context}};
  json::SetIfNotEmpty(body, "package", what.package);
  response.body = json::Serialize(body);
  responder.Send(std::move(response));
}

ScriptResult Runner::ToResult(RuntimeClient::Answer answer) const {
  if (answer.body.size() > options_.max_payload_bytes && answer.error_type.empty()) {
    return Failure("InvalidOutput", fmt::format("The script returned {} bytes; the limit is {}.",
                                                answer.body.size(), options_.max_payload_bytes));
  }
  auto document = json::Parse(answer.body);
  if (!document) return Failure("InvalidOutput", "The script's result is not JSON.");
  if (answer.error_type.empty()) return {.ok = true, .payload = std::move(*document)};
  std::string text;
  const json::Object* error = document->if_object();
  if (!error) return Failure(answer.error_type, "The script failed.");
  const std::string type(json::GetString(*error, "errorType"));
  const std::string message(json::GetString(*error, "errorMessage"));
  if (type == "SystemExit") return Failure(type, message);
  if (const auto frames = json::GetStrings(*error, "stackTrace"); !frames.empty()) {
    text = "Traceback (most recent call last):\n";
    for (const std::string& frame : frames) text += frame;
    text += "\n";
  }
  return Failure(type, text + type + " - " + message);
}

bool Runner::OnAnswer(const JobPtr& job, RuntimeClient::Answer answer) {
  const std::string request_id = answer.request_id;
  ScriptResult result = ToResult(std::move(answer));
  bool complete = false;
  {
    const std::lock_guard lock(mutex_);
    if (job->done || job->result || request_id != job->id) return false;
    complete = job->output_ended;
    if (!complete) job->result = std::move(result);
  }
  if (complete) Finish(job, std::move(result));
  return true;
}

void Runner::OnOutput(const JobPtr& job, std::string_view bytes) {
  job->lines.Append(
      bytes, [&](const std::string& record) { AppendLog(*job, record); },
      [&](std::string_view id) {
        if (id == job->id) OnOutputEnd(job);
      });
}

void Runner::AppendLog(Job& job, const std::string& record) {
  const std::lock_guard lock(mutex_);
  const size_t room = options_.max_log_bytes - std::min(options_.max_log_bytes, job.log.size());
  job.log += (record + "\n").substr(0, room);
}

void Runner::OnOutputEnd(const JobPtr& job) {
  std::optional<ScriptResult> result;
  {
    const std::lock_guard lock(mutex_);
    job->output_ended = true;
    result = std::exchange(job->result, std::nullopt);
  }
  if (result) Finish(job, std::move(*result));
}

void Runner::OnExit(const JobPtr& job, const Exit& exit) {
  job->lines.Finish([&](const std::string& record) { AppendLog(*job, record); });
  OnOutputEnd(job);  // Answered without a mark.
  Finish(job, Failure("Exit", "The script's process ended: " + exit.Describe() + "."));
}

void Runner::Finish(const JobPtr& job, ScriptResult result) {
  JobPtr next;
  Completion completion;
  {
    const std::lock_guard lock(mutex_);
    if (job->done) return;
    job->done = true;
    if (job->timer != 0) parts_.loop.Cancel(job->timer);
    result.log = std::move(job->log);
    completion = std::move(job->completion);
    running_.erase(job);
    if (!waiting_.empty()) {
      next = waiting_.front();
      waiting_.pop_front();
      running_.insert(next);
    }
  }
  parts_.runtime.Detach(job->prefix);
  if (job->process) job->process->Kill();
  if (!result.ok) {
    parts_.log.Info("script failed",
                    {{"execution", job->what.execution_id}, {"type", result.failure_type}});
  }
  completion(std::move(result));
  if (next) Start(next);
}

void Runner::Reset() {
  std::deque<JobPtr> waiting;
  std::set<JobPtr> running;
  {
    const std::lock_guard lock(mutex_);
    waiting.swap(waiting_);
    running = running_;
  }
  const auto stopped = [] { return Failure("Stopped", "The script runner has been stopped."); };
  for (const JobPtr& job : running) Finish(job, stopped());
  for (const JobPtr& job : waiting) Finish(job, stopped());
}

/// Owns the shared runner, so that callbacks under way can outlast it.
class Owner final : public ScriptRunner {
 public:
  Owner(ScriptRunnerOptions options, ScriptRunnerParts parts)
      : runner_(std::make_shared<Runner>(std::move(options), std::move(parts))) {}
  ~Owner() override { runner_->Reset(); }
  void Run(ScriptJob job, Completion completion) override {
    runner_->Run(std::move(job), std::move(completion));
  }
  void Reset() override { runner_->Reset(); }

 private:
  std::shared_ptr<Runner> runner_;
};

}  // namespace

std::unique_ptr<ScriptRunner> MakeScriptRunner(ScriptRunnerOptions options,
                                               ScriptRunnerParts parts) {
  return std::make_unique<Owner>(std::move(options), std::move(parts));
}

}  // namespace riposte::functions
