// A runbook of thirty steps survives the loss of the machine at its commits
// (app/testing/simulation/runbook_crash.h). Here at some of them; `simulation --runbook`, which
// tests/simulation/run starts, takes all.
#include "app/testing/simulation/runbook_crash.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace riposte::app::testing::simulation {
namespace {

/// Prime, so that the two kinds of stop fall on different steps.
constexpr int kStride = 11;

TEST(RunbookCrashTest, TheEndIsTheSameWhereverTheMachineStops) {
  std::string root =
      (std::filesystem::temp_directory_path() / "riposte-runbook-crash-XXXXXX").string();
  ASSERT_NE(mkdtemp(root.data()), nullptr);
  std::filesystem::create_directory(root + "/template");
  MakeRunbookTemplate(root + "/template");
  const auto run = [&](int commit, bool after, const std::string& expected) {
    return RunRunbook(commit, after, expected, root + "/template", root + "/run");
  };
  const CrashReport undisturbed = run(0, false, "");
  EXPECT_EQ(undisturbed.violation, "");
  EXPECT_TRUE(undisturbed.result.starts_with("Success ")) << undisturbed.result;
  int crashes = 0;
  for (int commit = 1; !HasFatalFailure(); commit += kStride) {
    const CrashReport report = run(commit, commit % 2 == 0, undisturbed.result);
    if (!report.crashed) break;
    ++crashes;
    ASSERT_EQ(report.violation, "") << "at commit " << commit;
  }
  EXPECT_GT(crashes, 6);
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace riposte::app::testing::simulation
