// The whole runner with real interpreters: bootstraps, sandbox, runtime API, logs, limits.
// Tests that stand on it start processes, so they wait for them (never for the clock) with a long
// bound.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "functions/os_launcher.h"
#include "functions/package_folder.h"
#include "functions/pool_runner.h"
#include "functions/script_runner.h"
#include "functions/testing/zip_writer.h"
#include "json/json.h"
#include "os/files.h"
#include "os/loop.h"
#include "os/system.h"

namespace riposte::functions::testing {

class Logs final : public api::LogSink {
 public:
  void Append(const Scope&, const std::string&, const std::string&, TimePoint,
              std::string message) override {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(message));
  }
  std::vector<std::string> lines() {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

struct NoMetrics final : api::MetricSink {
  void Put(const Scope&, std::string_view, std::string_view, const Dimensions&, double,
           std::string_view) override {}
};

inline bool HasProgram(const std::string& path) {
  return os::ReadFile(path, SIZE_MAX).has_value();
}

class RealProcessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!HasProgram("/usr/bin/python3")) GTEST_SKIP() << "no /usr/bin/python3";
    folder_ = ::testing::TempDir() + "riposte-functions-" + random_.Uuid();
    ASSERT_TRUE(os::MakePrivateFolder(folder_));
    ASSERT_TRUE(runtime_.Listen(folder_ + "/r.sock"));
    OsLauncherOptions options;
    options.folder = folder_ + "/launcher";
    Adjust(options);
    auto launcher = MakeOsLauncher(options, *processes_, log_);
    ASSERT_TRUE(launcher) << launcher.error().message;
    launcher_ = std::move(*launcher);
    packages_ = std::make_unique<PackageFolder>(
        folder_ + "/packages", PackageLimits(),
        [this](const std::string& sha) -> Result<std::string> { return zips_.at(sha); });
    ASSERT_TRUE(packages_->Start());
    const auto credentials = [this] {
      return Credentials{"AKIATEST", "secret", "token", clock_.Now() + Millis(6 * 3600 * 1000)};
    };
    runner_ = std::make_unique<PoolRunner>(
        PoolRunner::Options{},
        PoolRunner::Parts{
            *launcher_, runtime_, loop_, background_, clock_, random_, logs_, metrics_, log_,
            [credentials](const FunctionSpec&) -> Result<Credentials> { return credentials(); },
            [this](const std::string& sha) { return packages_->Directory(sha); }});
    scripts_ = MakeScriptRunner(
        {}, {*launcher_, runtime_, loop_, background_, clock_, random_, log_,
             [credentials](const access::Principal&, Millis) -> Result<Credentials> {
               return credentials();
             },
             [this] { return packages_->Empty(); }});
  }
  /// Before the launcher is made of them; the folder is there.
  virtual void Adjust(OsLauncherOptions& /*options*/) {}
  void TearDown() override {
    scripts_.reset();
    runner_.reset();
    runtime_.Stop();
    processes_.reset();
    if (!folder_.empty()) os::RemoveTree(folder_);
  }

  std::shared_ptr<FunctionSpec> Spec(const std::vector<ZipEntry>& files,
                                     const std::string& handler = "app.handler",
                                     const std::string& runtime = "python3.12") {
    auto spec = std::make_shared<FunctionSpec>();
    spec->scope = {AccountId("111122223333"), Region("eu-west-1")};
    spec->name = "f";
    spec->version = "$LATEST";
    spec->arn = "arn:aws:lambda:eu-west-1:111122223333:function:f" + random_.Uuid();
    spec->runtime = runtime;
    spec->handler = handler;
    spec->timeout = Millis(20'000);
    const std::string zip = MakeZip(files);
    spec->code_sha256 = PackageSha256(zip);
    zips_[spec->code_sha256] = zip;
    spec->revision = "1";
    spec->log_group = "/aws/lambda/f";
    return spec;
  }
  InvokeOutcome Invoke(std::shared_ptr<const FunctionSpec> spec, std::string payload = "{}") {
    Invocation invocation;
    invocation.invoked_arn = spec->arn;
    invocation.spec = std::move(spec);
    invocation.payload = std::move(payload);
    invocation.request_id = random_.Uuid();
    invocation.trace = {"inc-7", 3};
    invocation.want_log_tail = true;
    auto promise = std::make_shared<std::promise<InvokeOutcome>>();
    auto future = promise->get_future();
    runner_->Invoke(std::move(invocation),
                    [promise](InvokeOutcome outcome) { promise->set_value(std::move(outcome)); });
    return future.get();
  }
  json::Object InvokeJson(std::shared_ptr<const FunctionSpec> spec, std::string payload = "{}") {
    auto outcome = Invoke(std::move(spec), std::move(payload));
    if (!outcome) return {{"runner", outcome.error().message}};
    auto document = json::Parse(outcome->payload);
    if (!document || !document->is_object()) return {{"raw", outcome->payload}};
    json::Object out = document->as_object();
    if (!outcome->function_error.empty()) out["FunctionError"] = outcome->function_error;
    return out;
  }
  ScriptResult RunScript(const std::string& script, json::Value input = json::Object(),
                         Millis timeout = Millis(20'000)) {
    ScriptJob job;
    job.script = script;
    job.handler = "main";
    job.input = std::move(input);
    job.timeout = timeout;
    return RunJob(std::move(job));
  }
  ScriptResult RunPackage(std::string_view zip, const std::string& handler) {
    ScriptJob job;
    job.package = Base64Encode(zip);
    job.handler = handler;
    job.input = json::Object{{"name", "x"}};
    job.timeout = Millis(20'000);
    return RunJob(std::move(job));
  }
  ScriptResult RunJob(ScriptJob job) {
    job.scope = {AccountId("111122223333"), Region("eu-west-1")};
    job.runtime = runtime_name_;
    auto promise = std::make_shared<std::promise<ScriptResult>>();
    auto future = promise->get_future();
    scripts_->Run(std::move(job),
                  [promise](ScriptResult result) { promise->set_value(std::move(result)); });
    return future.get();
  }

  os::SystemClock clock_;
  os::SystemRandom random_;
  telemetry::Log log_{{.silent = true}};
  std::string folder_;
  std::unique_ptr<os::ProcessRunner> processes_ = os::MakeProcessRunner();
  os::LoopExecutor loop_{clock_};
  os::LoopExecutor background_{clock_};
  RuntimeServer runtime_{random_};
  std::map<std::string, std::string> zips_;
  Logs logs_;
  NoMetrics metrics_;
  std::unique_ptr<Launcher> launcher_;
  std::unique_ptr<PackageFolder> packages_;
  std::unique_ptr<PoolRunner> runner_;
  std::unique_ptr<ScriptRunner> scripts_;
  std::string runtime_name_ = "python3.11";
};

}  // namespace riposte::functions::testing
