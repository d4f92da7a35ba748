// simulation [--first=K] [--seeds=N] [--jobs=J] [--trace] [--canary=NAME] [--runbook]
//
// Runs N seeds from K on, over J processes (as many as there are cores). Each seed that breaks an
// invariant is named with the command that repeats it; with any, the exit code is 1. --trace prints
// what happened. --canary puts a bug in and stops at the first seed that finds it: exit code 0 when
// one does. Only the control build has bugs to put in. --runbook runs no seeds but one runbook, and
// stops the machine before and after each of its commits in turn (runbook_crash.h).
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "app/testing/simulation/runbook_crash.h"
#include "app/testing/simulation/simulation.h"
#include "base/control_bug.h"

namespace {
std::string canary;
}

#ifdef RIPOSTE_CONTROL_BUG
namespace riposte {
bool HasControlBug(std::string_view name) {
  return name == canary;
}
}  // namespace riposte
#endif

namespace riposte::app::testing::simulation {
namespace {

struct Options {
  uint64_t first = 1;
  uint64_t seeds = 100;
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  bool trace = false;
  bool runbook = false;
  std::string program;
};

/// Shared memory is disk enough: what the disk forgets is the simulation's own affair.
std::string MakeFolder() {
  std::string pattern =
      std::filesystem::exists("/dev/shm") ? "/dev/shm/simulation-XXXXXX" : "/tmp/simulation-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return pattern;
}

/// Every jobs-th seed; the number of those that failed, at most 100.
int RunShare(const Options& options, unsigned job, const std::string& root) {
  int failed = 0;
  uint64_t hash = 0;
  uint64_t restarts = 0;
  for (uint64_t i = job; i < options.seeds; i += options.jobs) {
    const uint64_t seed = options.first + i;
    const Report report =
        RunSeed(seed, root + "/template", root + "/" + std::to_string(job), options.trace);
    for (const std::string& line : report.trace) fmt::print("{}\n", line);
    hash ^= report.hash;
    restarts += static_cast<uint64_t>(report.restarts);
    if (options.seeds == 1) fmt::print("hash {:016x}\n", report.hash);
    if (!report.violation.empty()) {
      fmt::print("seed {}: {}\n  {} {}--first={} --seeds=1 --trace\n", seed, report.violation,
                 options.program, canary.empty() ? "" : "--canary=" + canary + " ", seed);
      std::fflush(stdout);
      if (++failed == 100 || !canary.empty()) break;
    }
  }
  fmt::print("share {} of {}: {} failed, {} restarts, hash {:016x}\n", job + 1, options.jobs,
             failed, restarts, hash);
  std::fflush(stdout);
  return failed;
}

int StopAtEachCommit() {
  const std::string root = MakeFolder();
  std::filesystem::create_directory(root + "/template");
  MakeRunbookTemplate(root + "/template");
  const auto run = [&](int commit, bool after, const std::string& expected) {
    return RunRunbook(commit, after, expected, root + "/template", root + "/run");
  };
  const CrashReport undisturbed = run(0, false, "");
  int failed = undisturbed.violation.empty() ? 0 : 1;
  if (failed > 0) fmt::print("undisturbed: {}\n", undisturbed.violation);
  int commits = 0;
  for (bool crashed = true; crashed && failed == 0;) {
    for (const bool after : {false, true}) {
      const CrashReport report = run(commits + 1, after, undisturbed.result);
      crashed = report.crashed;
      if (report.violation.empty()) continue;
      fmt::print("stopped {} commit {}: {}\n", after ? "after" : "before", commits + 1,
                 report.violation);
      ++failed;
    }
    if (crashed) ++commits;
  }
  std::filesystem::remove_all(root);
  fmt::print("{} commits, stopped before and after each: {} failed\n", commits, failed);
  return (failed > 0) == canary.empty() ? 1 : 0;
}

int Main(const Options& options) {
  const std::string root = MakeFolder();
  std::filesystem::create_directory(root + "/template");
  MakeTemplate(root + "/template");
  int failed = 0;
  if (options.jobs == 1) {
    failed = RunShare(options, 0, root);
  } else {
    for (unsigned job = 0; job < options.jobs; ++job) {
      if (fork() == 0) _exit(RunShare(options, job, root));
    }
    for (unsigned job = 0; job < options.jobs; ++job) {
      int status = 0;
      wait(&status);
      failed += WIFEXITED(status) ? WEXITSTATUS(status) : 1;
    }
  }
  std::filesystem::remove_all(root);
  fmt::print("{} seeds from {}: {} failed\n", options.seeds, options.first, failed);
  return (failed > 0) == canary.empty() ? 1 : 0;
}

}  // namespace
}  // namespace riposte::app::testing::simulation

int main(int argc, char** argv) {
  riposte::app::testing::simulation::Options options;
  options.program = argv[0];
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const size_t equals = std::min(argument.find('='), argument.size());
    const std::string_view name = argument.substr(0, equals);
    const std::string value(argument.substr(std::min(equals + 1, argument.size())));
    if (name == "--first") {
      options.first = std::strtoull(value.c_str(), nullptr, 10);
    } else if (name == "--seeds") {
      options.seeds = std::strtoull(value.c_str(), nullptr, 10);
    } else if (name == "--jobs") {
      options.jobs = std::max(1U, static_cast<unsigned>(std::atoi(value.c_str())));
    } else if (name == "--trace") {
      options.trace = true;
    } else if (name == "--runbook") {
      options.runbook = true;
    } else if (name == "--canary") {
      canary = value;
    } else {
      fmt::print(stderr, "simulation: unknown argument {}\n", argument);
      return 2;
    }
  }
#ifndef RIPOSTE_CONTROL_BUG
  if (!canary.empty()) {
    fmt::print(stderr, "simulation: only simulation_control has bugs to put in\n");
    return 2;
  }
#endif
  try {
    namespace simulation = riposte::app::testing::simulation;
    return options.runbook ? simulation::StopAtEachCommit() : simulation::Main(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "simulation: {}\n", error.what());
    return 2;
  }
}
