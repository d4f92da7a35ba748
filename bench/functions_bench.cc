// What does the function runner add to a handler that does nothing, and how long does an event wait
// for a warm process when many arrive?
//
//   bench_functions --rounds=2000 --rate=1000 --seconds=5
//
// First the candidates in turn: an invocation through the pools, and the same handler called inside
// the process (what it takes by itself). Then invocations at a fixed rate, timed from when each was
// due, so that a stall counts for all that it delayed.
#include <cstdio>
#include <future>
#include <mutex>
#include <thread>

#include "bench/options.h"
#include "bench/stats.h"
#include "functions/os_launcher.h"
#include "functions/package_folder.h"
#include "functions/pool_runner.h"
#include "functions/testing/zip_writer.h"
#include "os/files.h"
#include "os/loop.h"
#include "os/system.h"

namespace riposte::bench {
namespace {

constexpr char kHandler[] = R"py(
import time
def handler(event, context):
    if event.get("measure"):
        started = time.perf_counter()
        for _ in range(10000):
            handler({}, None)
        return (time.perf_counter() - started) / 10000
    return None
)py";

struct NoLogs final : api::LogSink {
  void Append(const Scope&, const std::string&, const std::string&, TimePoint,
              std::string) override {}
};
struct NoMetrics final : api::MetricSink {
  void Put(const Scope&, std::string_view, std::string_view, const Dimensions&, double,
           std::string_view) override {}
};

class Bench {
 public:
  Bench() {
    auto made = os::TempDir::Make("", "riposte-bench-");
    folder_.emplace(std::move(*made));
    (void)runtime_.Listen(folder_->path() + "/r.sock");
    functions::OsLauncherOptions options;
    options.folder = folder_->path() + "/launcher";
    launcher_ = *functions::MakeOsLauncher(options, *processes_, log_);
    packages_ = std::make_unique<functions::PackageFolder>(
        folder_->path() + "/packages", functions::PackageLimits(),
        [this](const std::string&) -> Result<std::string> { return zip_; });
    (void)packages_->Start();
    functions::PoolRunner::Options pools;
    pools.max_queue = 100'000;
    runner_ = std::make_unique<functions::PoolRunner>(
        pools, functions::PoolRunner::Parts{
                   *launcher_, runtime_, loop_, background_, clock_, random_, logs_, metrics_, log_,
                   [this](const functions::FunctionSpec&) -> Result<functions::Credentials> {
                     return functions::Credentials{"k", "s", "t",
                                                   clock_.Now() + std::chrono::hours(6)};
                   },
                   [this](const std::string& sha) { return packages_->Directory(sha); }});
    auto spec = std::make_shared<functions::FunctionSpec>();
    spec->scope = {AccountId("111122223333"), Region("eu-west-1")};
    spec->name = "f";
    spec->version = "$LATEST";
    spec->arn = "arn:aws:lambda:eu-west-1:111122223333:function:f";
    spec->runtime = "python3.11";
    spec->handler = "app.handler";
    spec->timeout = Millis(30'000);
    spec->code_sha256 = functions::PackageSha256(zip_);
    spec->revision = "1";
    spec->log_group = "/aws/lambda/f";
    spec_ = std::move(spec);
  }
  ~Bench() {
    runner_.reset();
    runtime_.Stop();
    processes_.reset();
  }

  void Start(const std::string& payload, functions::InvokeCompletion completion) {
    functions::Invocation invocation;
    invocation.spec = spec_;
    invocation.payload = payload;
    invocation.request_id = random_.Uuid();
    invocation.invoked_arn = spec_->arn;
    runner_->Invoke(std::move(invocation), std::move(completion));
  }
  std::string Call(const std::string& payload) {
    std::promise<std::string> promise;
    auto future = promise.get_future();
    Start(payload, [&promise](functions::InvokeOutcome outcome) {
      promise.set_value(outcome ? outcome->payload : outcome.error().message);
    });
    return future.get();
  }

  void Sequential(int rounds) {
    const Stopwatch cold;
    (void)Call("{}");
    std::printf("cold start             %8.1f ms\n", cold.Seconds() * 1e3);
    std::vector<double> warm;
    for (int i = 0; i < rounds; ++i) {
      const Stopwatch watch;
      (void)Call("{}");
      warm.push_back(watch.Seconds() * 1e6);
    }
    const double handler = std::atof(Call(R"({"measure":true})").c_str()) * 1e6;
    std::printf("warm call p50          %8.1f us\n", Median(warm));
    std::printf("warm call p99          %8.1f us\n", Percentile(warm, 0.99));
    std::printf("handler by itself      %8.1f us\n", handler);
  }

  void AtRate(int rate, int seconds) {
    const int total = rate * seconds;
    std::vector<double> waits;
    std::mutex mutex;
    std::promise<void> all;
    int left = total;
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < total; ++i) {
      const auto due = begin + std::chrono::nanoseconds(1'000'000'000LL * i / rate);
      std::this_thread::sleep_until(due);
      Start("{}", [&, due](functions::InvokeOutcome) {
        const double ms =
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - due)
                .count();
        const std::lock_guard lock(mutex);
        waits.push_back(ms);
        if (--left == 0) all.set_value();
      });
    }
    all.get_future().wait();
    std::printf("%d/s: p50 %.2f ms, p99 %.2f ms, processes %d\n", rate, Median(waits),
                Percentile(waits, 0.99), runner_->counts().processes);
  }

 private:
  os::SystemClock clock_;
  os::SystemRandom random_;
  telemetry::Log log_{{}};
  std::optional<os::TempDir> folder_;
  std::unique_ptr<os::ProcessRunner> processes_ = os::MakeProcessRunner();
  os::LoopExecutor loop_{clock_};
  os::LoopExecutor background_{clock_};
  functions::RuntimeServer runtime_{random_};
  std::string zip_ = functions::testing::MakeZip({{"app.py", kHandler}});
  NoLogs logs_;
  NoMetrics metrics_;
  std::unique_ptr<functions::Launcher> launcher_;
  std::unique_ptr<functions::PackageFolder> packages_;
  std::unique_ptr<functions::PoolRunner> runner_;
  std::shared_ptr<const functions::FunctionSpec> spec_;
};

}  // namespace
}  // namespace riposte::bench

int main(int argc, char** argv) {
  const riposte::bench::CommandLine options(argc, argv);
  riposte::bench::Bench bench;
  bench.Sequential(options.Number("--rounds=", 2000));
  bench.AtRate(options.Number("--rate=", 1000), options.Number("--seconds=", 5));
}
