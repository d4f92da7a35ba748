// How many steps of runbooks a second, each durable before the next begins; and what do waiting
// executions cost?
//
//   bench_transitions [--dir=.] [--rounds=3] [--seconds=2] [--waiting=100000]
//   [--only=steps|waiting]
//
// Steps: the real core, language and store in this process. Every execution is a runbook of twenty
// calls whose inputs and outputs refer to one another; calls are answered at once, so that nothing
// is measured but the engine. A transition is one call's outcome: committed (and synced) together
// with the state in which the next step has begun. When an execution ends another one starts. The
// other candidate is the same store with as many callers, each of whom updates a row of 200 bytes
// and, when that is durable, updates it again: no engine can be quicker than its commits.
// Waiting: so many executions at an aws:approve. Resident memory and the file, for each; and the
// CPU of five seconds in which nobody decides.
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "bench/options.h"
#include "bench/stats.h"
#include "os/files.h"
#include "os/loop.h"
#include "os/system.h"
#include "workflow/automation/document.h"
#include "workflow/automation/language.h"
#include "workflow/engine.h"

namespace riposte::bench {
namespace {

constexpr int kSteps = 20;

constexpr store::Migration kRows[] = {
    {"bench", 1, "CREATE TABLE bench_rows (id INTEGER PRIMARY KEY, text TEXT)"}};

std::string Runbook() {
  std::string text = R"({"schemaVersion":"0.3","parameters":{"Word":{"type":"String"}},)"
                     R"("outputs":["step1.Id"],"mainSteps":[)";
  for (int i = 1; i <= kSteps; ++i) {
    const std::string before = i == 1 ? "{{ Word }}" : "{{ step" + std::to_string(i - 1) + ".Id }}";
    text += std::string(i == 1 ? "" : ",") + R"({"name":"step)" + std::to_string(i) +
            R"(","action":"aws:executeAwsApi","inputs":{"Service":"bench","Api":"Do","Before":")" +
            before + R"(","Text":"of {{ Word }}"},"outputs":[{"Name":"Id","Selector":"$.Id",)" +
            R"("Type":"String"}]})";
  }
  return text + "]}";
}
constexpr const char* kApproval = R"({"schemaVersion":"0.3","mainSteps":[
  {"name":"ask","action":"aws:approve","inputs":{"Approvers":["arn:aws:iam::111122223333:root"]}},
  {"name":"act","action":"aws:executeAwsApi","inputs":{"Service":"bench","Api":"Do"}}]})";

/// Answers every call at once, and counts.
class Answers final : public api::Invoker {
 public:
  explicit Answers(Executor& loop) : loop_(loop) {}
  void Invoke(api::Invocation, api::Reply reply) override {
    const uint64_t count = ++count_;
    loop_.Post([reply = std::move(reply), count]() mutable {
      reply({json::Object{{"Id", "id-" + std::to_string(count)}, {"State", "done"}}, {}});
    });
  }
  [[nodiscard]] uint64_t count() const { return count_; }

 private:
  Executor& loop_;
  std::atomic<uint64_t> count_ = 0;
};

class World final : public api::EventSink {
 public:
  explicit World(const std::string& folder) {
    std::vector<store::Migration> migrations(kRows, std::end(kRows));
    for (const store::Migration& one : workflow::Engine::Migrations()) migrations.push_back(one);
    auto opened = store::Store::Open({.path = folder + "/bench.db"}, migrations);
    if (!opened) {
      std::fprintf(stderr, "%s\n", opened.error().message.c_str());
      std::exit(1);
    }
    store_ = std::move(*opened);
    workflow::Engine::Options options;
    options.max_running = 0;
    engine_ = std::make_unique<workflow::Engine>(options, *store_, answers_, loop_, clock_, random_,
                                                 log_);
    engine_->AddLanguage(language_);
    engine_->SetEventSink(*this);
    engine_->Start();
  }
  ~World() override {
    replace_ = false;
    engine_->Stop();
    loop_.RunAndWait([] {});
    engine_.reset();
    loop_.Stop();
  }

  void Emit(store::Transaction& tx, api::Event event) override {
    if (!replace_ || json::GetString(event.detail.as_object(), "Status") != "Success" ||
        json::Find(event.detail.as_object(), "StepName")) {
      return;
    }
    tx.OnCommit([this] { Start(runbook_); });
  }
  void Start(const json::Object& definition) {
    store_->Write(
        [this, &definition](store::Transaction& tx) {
          workflow::StartRequest request;
          request.language = automation::kLanguageName;
          request.scope = {AccountId("111122223333"), Region("eu-west-1")};
          request.name = "Bench";
          request.version = "1";
          request.definition = definition;
          request.principal = access::Principal::Root(request.scope.account);
          automation::StartInput input;
          input.parameters = {{"Word", "word"}};
          input.executed_by = request.principal.arn;
          request.input = input.ToJson();
          if (!engine_->Start(tx, std::move(request))) std::abort();
        },
        [this](std::exception_ptr error) {
          if (error) std::abort();
          ++started_;
        });
  }
  void StartMany(const json::Object& definition, uint64_t count) {
    started_ = 0;
    for (uint64_t i = 0; i < count; ++i) {
      while (i > started_ + 10'000) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      Start(definition);
    }
    while (started_ < count) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  /// Transitions a second.
  double Steps(uint64_t in_flight, double seconds) {
    replace_ = true;
    StartMany(runbook_, in_flight);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    const uint64_t before = answers_.count();
    const auto counts = store_->counts();
    const double cpu = CpuSeconds();
    const Stopwatch watch;
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    const auto done = static_cast<double>(answers_.count() - before);
    const double rate = done / watch.Seconds();
    cpu_us_ = (CpuSeconds() - cpu) * 1e6 / std::max(done, 1.0);
    const auto after = store_->counts();
    group_ = static_cast<double>(after.closures - counts.closures) /
             static_cast<double>(after.commits - counts.commits);
    replace_ = false;
    engine_->Stop();  // What runs stays where it is.
    loop_.RunAndWait([] {});
    store_->WriteAndWait([](store::Transaction&) {});
    return rate;
  }
  [[nodiscard]] double group() const { return group_; }
  [[nodiscard]] double cpu_us() const { return cpu_us_; }

  /// Updates a second of as many callers.
  double Bare(uint64_t callers, double seconds) {
    store_->WriteAndWait([&](store::Transaction& tx) {
      for (uint64_t i = 1; i <= callers; ++i) {
        tx.Execute("INSERT OR REPLACE INTO bench_rows (id, text) VALUES (?, ?)", {i, text_});
      }
    });
    updates_ = 0;
    updating_ = callers;
    repeat_ = true;
    const Stopwatch watch;
    for (uint64_t i = 1; i <= callers; ++i) Update(i);
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    const double rate = static_cast<double>(updates_) / watch.Seconds();
    repeat_ = false;
    while (updating_ > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return rate;
  }

  void Wait(uint64_t count) {
    const json::Object approval = json::Parse(kApproval)->as_object();
    const double memory = ResidentBytes();
    const auto disk = store_->SizeBytes();
    const Stopwatch watch;
    StartMany(approval, count);
    const double started = watch.Seconds();
    while (!engine_->Idle()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    std::this_thread::sleep_for(std::chrono::seconds(1));
    const double bytes = (ResidentBytes() - memory) / static_cast<double>(count);
    const double cpu = CpuSeconds();
    std::this_thread::sleep_for(std::chrono::seconds(5));
    std::printf(
        "%llu waiting approvals: started at %.0f/s; %.0f bytes of memory and %.0f of the file "
        "each; %.1f ms of CPU in five seconds of waiting\n",
        static_cast<unsigned long long>(count), static_cast<double>(count) / started, bytes,
        static_cast<double>(store_->SizeBytes() - disk) / static_cast<double>(count),
        (CpuSeconds() - cpu) * 1000);
  }

 private:
  void Update(uint64_t id) {
    store_->Write(
        [this, id](store::Transaction& tx) {
          tx.Execute("UPDATE bench_rows SET text = ? WHERE id = ?", {text_, id});
        },
        [this, id](std::exception_ptr error) {
          if (error) std::abort();
          ++updates_;
          if (repeat_) {
            Update(id);
          } else {
            --updating_;
          }
        });
  }
  static double ResidentBytes() {
    std::ifstream file("/proc/self/statm");
    double total = 0;
    double resident = 0;
    file >> total >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
  }
  static double CpuSeconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }

  const json::Object runbook_ = json::Parse(Runbook())->as_object();
  const std::string text_ = std::string(200, 'x');
  os::SystemClock clock_;
  os::SystemRandom random_;
  telemetry::Log log_{{.silent = true}};
  os::LoopExecutor loop_{clock_};
  Answers answers_{loop_};
  automation::AutomationLanguage language_{automation::FindApi()};
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<workflow::Engine> engine_;
  std::atomic<uint64_t> started_ = 0;
  std::atomic<bool> replace_ = false;
  std::atomic<uint64_t> updates_ = 0;
  std::atomic<uint64_t> updating_ = 0;
  std::atomic<bool> repeat_ = false;
  double group_ = 0;
  double cpu_us_ = 0;
};

int Main(const CommandLine& options) {
  const std::string parent = options.Text("--dir=", ".");
  const int rounds = options.Number("--rounds=", 3);
  const int seconds = options.Number("--seconds=", 2);
  const int waiting = options.Number("--waiting=", 100'000);
  const int one = options.Number("--in-flight=", 0);
  const std::string only = options.Text("--only=", "");
  // Beside the program rather than in /tmp, which is often memory, where fsync costs nothing.
  const auto folder = os::TempDir::Make(parent, "bench-transitions-");
  if (!folder) {
    std::fprintf(stderr, "%s\n", folder.error().message.c_str());
    return 1;
  }
  if (only != "waiting") {
    std::printf("%10s %14s %12s %12s %14s %8s\n", "in flight", "transitions/s", "CPU us each",
                "a commit", "bare updates/s", "ratio");
    for (const int in_flight : {1, 100, 10'000}) {
      if (one > 0 && in_flight != one) continue;
      std::vector<double> rates, groups, bare, ratios, cpu;
      for (int i = 0; i < rounds; ++i) {
        // Each with a store of its own, so that neither leaves the other a longer log.
        const std::string path =
            folder->path() + "/" + std::to_string(in_flight) + "-" + std::to_string(i);
        std::filesystem::create_directory(path);
        {
          World world(path);
          rates.push_back(world.Steps(static_cast<uint64_t>(in_flight), seconds));
          groups.push_back(world.group());
          cpu.push_back(world.cpu_us());
          bare.push_back(world.Bare(static_cast<uint64_t>(in_flight), seconds));
        }
        ratios.push_back(rates.back() / bare.back());
        std::filesystem::remove_all(path);
      }
      std::printf("%10d %14.0f %12.0f %12.1f %14.0f %8.2f\n", in_flight, Median(rates), Median(cpu),
                  Median(groups), Median(bare), Median(ratios));
      std::fflush(stdout);
    }
  }
  if (only != "steps") World(folder->path()).Wait(static_cast<uint64_t>(waiting));
  return 0;
}

}  // namespace
}  // namespace riposte::bench

int main(int argc, char** argv) {
  return riposte::bench::Main(riposte::bench::CommandLine(argc, argv));
}
