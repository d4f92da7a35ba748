#include "os/run_mark.h"

#include <gtest/gtest.h>

#include "os/files.h"
#include "os/system.h"
#include "os/testing/straggler.h"

namespace riposte::os {
namespace {

using testing::Straggler;

TEST(RunMarkTest, EndsWhatBearsTheWholeMarkAndNothingElse) {
  SystemRandom random;
  const std::string id = random.Uuid();
  Straggler one("RIPOSTE_RUN=" + id);
  Straggler two("RIPOSTE_RUN=" + id);
  Straggler longer("RIPOSTE_RUN=" + id + "0");
  Straggler shorter("RIPOSTE_RUN=" + id.substr(0, id.size() - 1));
  Straggler other_name("X_RIPOSTE_RUN=" + id);
  Straggler inside("NOTE=see RIPOSTE_RUN=" + id);
  Straggler another("RIPOSTE_RUN=" + random.Uuid());
  EXPECT_EQ(EndMarkedProcesses("RIPOSTE_RUN", id), 2);
  EXPECT_TRUE(one.Killed());
  EXPECT_TRUE(two.Killed());
  for (Straggler* spared : {&longer, &shorter, &other_name, &inside, &another}) {
    EXPECT_FALSE(spared->Killed());
  }
  EXPECT_EQ(EndMarkedProcesses("RIPOSTE_RUN", id), 0);
}

TEST(RunMarkTest, ANewRunEndsWhatTheOneBeforeLeft) {
  const TempDir folder = *TempDir::Make("", "riposte-mark-");
  SystemRandom random;
  const auto first = RunMark::Begin(folder.path(), random);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->ended(), 0);
  Straggler left(std::string(RunMark::kVariable) + "=" + first->value());
  const auto second = RunMark::Begin(folder.path(), random);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->ended(), 1);
  EXPECT_TRUE(left.Killed());
  EXPECT_NE(second->value(), first->value());
}

TEST(RunMarkTest, AFileThatHoldsNoIdEndsNothing) {
  const TempDir folder = *TempDir::Make("", "riposte-mark-");
  SystemRandom random;
  Straggler empty("RIPOSTE_RUN=");
  for (const char* text : {"", "x", "0123456789012345678901234567890123456789"}) {
    ASSERT_TRUE(WriteFileAtomically(folder.path() + "/run-id", text));
    const auto mark = RunMark::Begin(folder.path(), random);
    ASSERT_TRUE(mark);
    EXPECT_EQ(mark->ended(), 0) << text;
  }
  EXPECT_FALSE(empty.Killed());
}

}  // namespace
}  // namespace riposte::os
