#include "functions/host.h"

#include <gtest/gtest.h>

#include "access/schema.h"
#include "functions/tables.h"
#include "os/files.h"
#include "os/loop.h"
#include "os/run_mark.h"
#include "os/system.h"
#include "os/testing/straggler.h"

namespace riposte::functions {
namespace {

struct NoLogs final : api::LogSink {
  void Append(const Scope&, const std::string&, const std::string&, TimePoint,
              std::string) override {}
};
struct NoMetrics final : api::MetricSink {
  void Put(const Scope&, std::string_view, std::string_view, const Dimensions&, double,
           std::string_view) override {}
};

std::unique_ptr<store::Store> OpenStore() {
  std::vector<store::Migration> migrations;
  for (const auto part : {access::Migrations(), Migrations()}) {
    migrations.insert(migrations.end(), part.begin(), part.end());
  }
  return *store::Store::Open({.threaded = false}, migrations);
}

class HostTest : public ::testing::Test {
 protected:
  Host::Parts Parts() {
    return {loop_, clock_, random_, logs_, metrics_, directory_, catalog_, log_};
  }

  os::SystemClock clock_;
  os::SystemRandom random_;
  telemetry::Log log_{{.silent = true}};
  os::LoopExecutor loop_{clock_};
  NoLogs logs_;
  NoMetrics metrics_;
  std::unique_ptr<store::Store> store_ = OpenStore();
  access::Directory directory_{*store_, random_, clock_};
  Catalog catalog_{*store_, random_};
  os::TempDir folder_ = *os::TempDir::Make("", "riposte-host-");
};

// A kill of the engine in the moment that a sandbox starts leaves a process of it behind: another
// session, another parent, nothing that ties it to anybody but its mark.
TEST_F(HostTest, AStartEndsWhatAKilledEngineLeftRunning) {
  std::string id;
  {
    Host host({.folder = folder_.path() + "/run"}, Parts());
    ASSERT_TRUE(host.Start("http://127.0.0.1:1"));
    id = os::ReadFile(folder_.path() + "/run/run-id", 100).value_or("");
    ASSERT_EQ(id.size(), 36u);
  }
  // What that host would have left, had it been killed.
  ASSERT_TRUE(os::MakePrivateFolder(folder_.path() + "/run"));
  ASSERT_TRUE(os::WriteFileAtomically(folder_.path() + "/run/run-id", id));
  os::testing::Straggler left(std::string(os::RunMark::kVariable) + "=" + id);
  Host host({.folder = folder_.path() + "/run"}, Parts());
  EXPECT_TRUE(host.Start("http://127.0.0.1:1"));
  EXPECT_TRUE(left.Killed());
}

}  // namespace
}  // namespace riposte::functions
