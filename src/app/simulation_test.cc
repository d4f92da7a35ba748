// A few seeds of the simulation (app/testing/simulation), and that a seed is one run.
// tests/simulation/run makes hundreds, its soak thousands.
#include "app/testing/simulation/simulation.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace riposte::app::testing::simulation {
namespace {

/// Enough to be stopped by what breaks all of them.
constexpr uint64_t kSeeds = 15;

class SimulationTest : public ::testing::Test {
 protected:
  SimulationTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "riposte-simulation-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    root_ = pattern;
    std::filesystem::create_directory(root_ + "/template");
    MakeTemplate(root_ + "/template");
  }
  ~SimulationTest() override { std::filesystem::remove_all(root_); }
  [[nodiscard]] Report Run(uint64_t seed) const {
    return RunSeed(seed, root_ + "/template", root_ + "/run");
  }
  std::string root_;
};

TEST_F(SimulationTest, InvariantsHold) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Report report = Run(seed);
    ASSERT_EQ(report.violation, "") << "simulation --first=" << seed << " --seeds=1 --trace";
  }
}

TEST_F(SimulationTest, ASeedIsOneRun) {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    const Report once = Run(seed);
    EXPECT_EQ(once.hash, Run(seed).hash) << seed;
    EXPECT_NE(once.hash, Run(seed + 1).hash) << seed;
  }
}

}  // namespace
}  // namespace riposte::app::testing::simulation
