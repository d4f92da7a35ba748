#include "os/process.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <future>
#include <latch>
#include <thread>

#include "os/files.h"
#include "os/run_mark.h"
#include "os/signals.h"
#include "os/testing/straggler.h"

namespace riposte::os {
namespace {

struct Ended {
  std::string output;
  std::string error;
  ProcessExit exit;
};

class ProcessTest : public ::testing::Test {
 protected:
  /// Starts it, lets `meanwhile` have the handle, and waits for its end.
  Ended Run(ProcessSpec spec, const std::function<void(Process&)>& meanwhile = {}) {
    Ended ended;
    std::promise<void> done;
    spec.on_output = [&](ProcessSpec::Stream stream, std::string_view text) {
      (stream == ProcessSpec::Stream::kOutput ? ended.output : ended.error) += text;
      if (ready_ && ended.output.find("ready") != std::string::npos) ready_->count_down();
    };
    spec.on_exit = [&](const ProcessExit& exit) {
      ended.exit = exit;
      done.set_value();
    };
    auto started = runner_->Start(std::move(spec));
    EXPECT_TRUE(started) << started.error().message;
    if (!started) return ended;
    if (meanwhile) meanwhile(**started);
    done.get_future().wait();
    return ended;
  }
  /// A script of the system's shell; the tests' stand-in for any program.
  static ProcessSpec Shell(std::string script) {
    return {.argv = {"/bin/sh", "-c", std::move(script)},
            .environment = {{"PATH", "/usr/bin:/bin"}}};
  }

  std::unique_ptr<ProcessRunner> runner_ = MakeProcessRunner();
  std::unique_ptr<std::latch> ready_;
};

TEST_F(ProcessTest, GivesArgumentsEnvironmentDirectoryAndNothingElse) {
  setenv("RIPOSTE_TEST_SECRET", "x", 1);
  ProcessSpec spec{
      .argv = {"/bin/sh", "-c", "echo \"$1|$A|$RIPOSTE_TEST_SECRET|$PWD\"; ls /proc/$$/fd", "name",
               "$(no) 'shell' ;"},
      .environment = {{"A", "1=2"}, {"PATH", "/usr/bin:/bin"}},
      .directory = "/usr"};
  const Ended ended = Run(spec);
  EXPECT_EQ(ended.output, "$(no) 'shell' ;|1=2||/usr\n0\n1\n2\n");
  EXPECT_EQ(ended.error, "");
  EXPECT_EQ(ended.exit.status, 0);
  EXPECT_EQ(ended.exit.signal, 0);
  EXPECT_GT(ended.exit.max_rss_kib, 100);
}

TEST_F(ProcessTest, EachBearsTheMarkOfItsRun) {
  runner_ = MakeProcessRunner("run-7");
  EXPECT_EQ(Run(Shell("echo $RIPOSTE_RUN")).output, "run-7\n");
}

TEST_F(ProcessTest, FeedsInputLargerThanAPipe) {
  ProcessSpec spec = Shell("wc -c; echo err >&2; exit 3");
  spec.input.assign(1'000'000, 'x');
  const Ended ended = Run(std::move(spec));
  EXPECT_EQ(ended.output, "1000000\n");
  EXPECT_EQ(ended.error, "err\n");
  EXPECT_EQ(ended.exit.status, 3);
}

TEST_F(ProcessTest, InputThatNobodyReadsIsNoTrouble) {
  ProcessSpec spec = Shell("exit 0");
  spec.input.assign(1'000'000, 'x');
  EXPECT_EQ(Run(std::move(spec)).exit.status, 0);
  EXPECT_EQ(Run(Shell("cat")).output, "");  // /dev/null
}

TEST_F(ProcessTest, BoundsOutput) {
  ProcessSpec spec = Shell("head -c 500000 /dev/zero; echo end >&2");
  spec.max_output_bytes = 100'000;
  const Ended ended = Run(std::move(spec));
  EXPECT_EQ(ended.output.size() + ended.error.size(), 100'000U);
  EXPECT_TRUE(ended.exit.output_truncated);
  const Ended whole = Run(Shell("head -c 500000 /dev/zero"));
  EXPECT_EQ(whole.output.size(), 500'000U);
  EXPECT_FALSE(whole.exit.output_truncated);
}

TEST_F(ProcessTest, KillTakesTheGroup) {
  // The grandchild holds the output open; without the group's end the test would wait for it.
  ready_ = std::make_unique<std::latch>(1);
  const Ended ended = Run(Shell("sleep 1000 & echo ready $!; wait"), [&](Process& process) {
    EXPECT_GT(process.pid(), 1);
    ready_->wait();
    process.Kill();
    process.Kill();
  });
  EXPECT_EQ(ended.exit.signal, SIGKILL);
  const int grandchild = std::stoi(ended.output.substr(6));
  // Its end takes the kernel a moment; then it is gone, or a zombie until somebody reaps it.
  bool gone = false;
  for (int i = 0; i < 1'000'000 && !gone; ++i) {
    const auto stat = ReadFile("/proc/" + std::to_string(grandchild) + "/stat", 10'000);
    gone =
        !stat || stat->find(") Z") != std::string::npos || stat->find(") X") != std::string::npos;
    std::this_thread::yield();
  }
  EXPECT_TRUE(gone);
}

TEST_F(ProcessTest, LeftoversDieWithTheProcess) {
  const Ended ended = Run(Shell("sleep 1000 & echo started"));
  EXPECT_EQ(ended.output, "started\n");
  EXPECT_EQ(ended.exit.status, 0);
}

TEST_F(ProcessTest, OtherSignalsCanBeHandled) {
  ready_ = std::make_unique<std::latch>(1);
  const Ended ended =
      Run(Shell("trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.01; done"),
          [&](Process& process) {
            ready_->wait();
            process.Kill(SIGTERM);
          });
  EXPECT_EQ(ended.output, "ready\nbye\n");
  EXPECT_EQ(ended.exit.status, 7);
}

TEST_F(ProcessTest, LimitsHold) {
  ProcessSpec spec = Shell(
      "ulimit -c; ulimit -n; ulimit -f; ulimit -v; umask; "
      "grep -E 'NoNewPrivs|SigIgn|SigBlk' /proc/self/status");
  spec.limits = {.address_space_bytes = 1 << 30, .open_files = 33, .file_bytes = 512 * 100};
  const Ended ended = Run(std::move(spec));
  EXPECT_EQ(ended.output,
            "0\n33\n100\n1048576\n0077\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n"
            "NoNewPrivs:\t1\n");
  ProcessSpec busy = Shell("while :; do :; done");
  busy.limits.cpu_seconds = 1;
  EXPECT_EQ(Run(std::move(busy)).exit.signal, SIGXCPU);
}

TEST_F(ProcessTest, PassesDescriptors) {
  const auto dir = *TempDir::Make("", "riposte-os-");
  ASSERT_TRUE(WriteFileAtomically(dir.path() + "/a", "alpha"));
  ASSERT_TRUE(WriteFileAtomically(dir.path() + "/b", "beta"));
  std::FILE* a = std::fopen((dir.path() + "/a").c_str(), "re");
  std::FILE* b = std::fopen((dir.path() + "/b").c_str(), "re");
  ProcessSpec spec =
      Shell("cat <&3; cat <&4; ls /proc/$$/fd");  // No pipe: the shell would hold its ends.
  spec.descriptors = {fileno(b), fileno(a)};
  EXPECT_EQ(Run(std::move(spec)).output, "betaalpha0\n1\n2\n3\n4\n");
  std::fclose(a);
  std::fclose(b);
}

TEST_F(ProcessTest, SaysWhatCannotStart) {
  const auto code = [&](ProcessSpec spec) {
    const auto started = runner_->Start(std::move(spec));
    return started ? Code::kInternal : started.error().code;
  };
  EXPECT_EQ(code({.argv = {"/no/such/program"}}), Code::kNotFound);
  EXPECT_EQ(code({.argv = {"/etc/passwd"}}), Code::kPermissionDenied);
  EXPECT_EQ(code({.argv = {"/bin/true"}, .directory = "/no/such"}), Code::kNotFound);
  EXPECT_EQ(code({.argv = {}}), Code::kInvalidArgument);
  EXPECT_EQ(code({.argv = {"sh"}}), Code::kInvalidArgument);
  EXPECT_EQ(code({.argv = {"/bin/true", std::string("a\0b", 3)}}), Code::kInvalidArgument);
  EXPECT_EQ(code({.argv = {"/bin/true"}, .environment = {{"A=B", "c"}}}), Code::kInvalidArgument);
}

TEST_F(ProcessTest, CallbacksMayStartAndKill) {
  std::promise<int> second;
  ASSERT_TRUE(runner_->Start({.argv = {"/bin/true"}, .on_exit = [&](const ProcessExit&) {
                                auto next =
                                    runner_->Start({.argv = {"/bin/sleep", "1000"},
                                                    .on_exit = [&](const ProcessExit& exit) {
                                                      second.set_value(exit.signal);
                                                    }});
                                ASSERT_TRUE(next);
                                (*next)->Kill();
                              }}));
  EXPECT_EQ(second.get_future().get(), SIGKILL);
}

TEST_F(ProcessTest, ManyAtOnce) {
  std::latch left(40);
  std::atomic<int> right = 0;
  for (int i = 0; i < 40; ++i) {
    ProcessSpec spec = Shell("exit " + std::to_string(i));
    spec.on_exit = [&, i](const ProcessExit& exit) {
      if (exit.status == i) ++right;
      left.count_down();
    };
    ASSERT_TRUE(runner_->Start(std::move(spec)));
  }
  left.wait();
  EXPECT_EQ(right, 40);
}

TEST_F(ProcessTest, TheRunnersEndEndsThem) {
  int signal = 0;
  ASSERT_TRUE(runner_->Start({.argv = {"/bin/sleep", "1000"},
                              .on_exit = [&](const ProcessExit& exit) { signal = exit.signal; }}));
  runner_.reset();
  EXPECT_EQ(signal, SIGKILL);
}

TEST_F(ProcessTest, TheRunnersEndEndsWhatGotAway) {
  const std::string run = "test-" + std::to_string(getpid());
  runner_ = MakeProcessRunner(run);
  testing::Straggler away(std::string(RunMark::kVariable) + "=" + run);
  testing::Straggler other(std::string(RunMark::kVariable) + "=" + run + "-of-another");
  runner_.reset();
  EXPECT_TRUE(away.Killed());
  EXPECT_FALSE(other.Killed());
}

TEST(Signals, BecomeCalls) {
  std::promise<int> got;
  {
    const Signals signals([&](int signal) { got.set_value(signal); });
    kill(getpid(), SIGHUP);
    EXPECT_EQ(got.get_future().get(), SIGHUP);
    kill(getpid(), SIGPIPE);  // Nobody dies.
  }
}

}  // namespace
}  // namespace riposte::os
