#include "app/testing/simulation/simulation.h"

#include <filesystem>

#include "app/testing/simulation/clients.h"
#include "app/testing/simulation/ending.h"
#include "app/testing/simulation/operators.h"
#include "app/testing/simulation/targets.h"
#include "store/testing/fault_vfs.h"

namespace riposte::app::testing::simulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using store::testing::FaultVfs;

constexpr Millis kTickEvery = minutes(7);
constexpr Millis kYear = hours(24 * 365);

class Run {
 public:
  Run(uint64_t seed, const std::string& folder, bool keeps_trace)
      : script_{.world = World({.seed = seed, .folder = folder, .keeps_trace = keeps_trace})} {}

  void Play() {
    script_.trouble = world_.Draw(4) * 20;
    script_.crashes = world_.Draw(3) * 4;
    script_.jumps = world_.Chance(30) ? 3 : 0;
    script_.redrives = world_.Chance(50);
    script_.pipes = world_.Chance(25);
    script_.refusals = world_.Chance(30);
    if (script_.pipes) operators_.StartPipes();
    const uint64_t steps = 20 + world_.Draw(40);
    for (uint64_t i = 0; i < steps; ++i) Step();
    Heal();
    ending_.Replay();
    ending_.Drain();
    ledger_.Check();
    // A recurring schedule does not make up for the times that the machine slept through.
    const bool could = !script_.filled && !world_.was_down() &&
                       world_.moved_forward() == Millis(0) && world_.moved_back() == Millis(0);
    if (could) ledger_.CheckTicks(kTickEvery);
  }
  World& world() { return world_; }

 private:
  void Step() {
    if (world_.Chance(30)) world_.MakeRoom();
    if (world_.Chance(script_.crashes)) Arm();
    if (world_.Chance(script_.jumps)) Jump();
    if (script_.refusals && world_.Chance(15)) operators_.ChangePolicy();
    if (script_.redrives && world_.Chance(15)) {
      return world_.Chance(40) ? operators_.MoveBack() : operators_.Redrive();
    }
    if (world_.Chance(85)) return clients_.Act();
    world_.Advance(world_.Chance(70) ? Millis(world_.Draw(30'000)) : Millis(world_.Draw(600'000)));
  }

  void Arm() {
    const int when = static_cast<int>(world_.Draw(12)) + 1;
    world_.Note("arm");
    switch (world_.Draw(6)) {
      case 0:
        return world_.Restart(false);
      case 1:
        return FaultVfs::FailSyncsFrom(when);
      case 2:
        script_.filled = true;
        return world_.FillDisk(when);
      default:
        return FaultVfs::PowerCutAt(when, world_.Chance(50));
    }
  }
  void Jump() {
    const Millis most = world_.Chance(30) ? kYear : Millis(hours(24));
    const Millis by(static_cast<int64_t>(world_.Draw(static_cast<uint64_t>(most.count()))));
    world_.SetClockBy(world_.Chance(50) ? by : -by);
  }
  void Heal() {
    script_.trouble = 0;
    world_.Note("heal");
    world_.MakeRoom();
    FaultVfs::Heal();
    world_.ReviveIfDead();
    operators_.OpenAll();
    if (world_.Chance(50)) world_.Restart(world_.Chance(50));
    for (int i = 0; i < 15; ++i) world_.Advance(minutes(1));
    // Now that all is well, what is redriven arrives.
    if (script_.redrives && world_.Chance(50)) {
      operators_.Redrive();
      for (int i = 0; i < 3; ++i) world_.Advance(minutes(1));
    }
    operators_.AwaitMoves();
  }

  Script script_;
  World& world_ = script_.world;
  Ledger& ledger_ = script_.ledger;
  Clients clients_{script_};
  Targets targets_{script_};
  Operators operators_{script_};
  Ending ending_{script_, clients_, targets_};
};

}  // namespace

Report RunSeed(uint64_t seed, const std::string& template_folder, const std::string& folder,
               bool keeps_trace) {
  namespace fs = std::filesystem;
  fs::remove_all(folder);
  fs::copy(template_folder, folder, fs::copy_options::recursive);
  Report report{.seed = seed};
  Run run(seed, folder, keeps_trace);
  try {
    run.Play();
  } catch (const std::exception& error) {
    report.violation = error.what();
    FaultVfs::Heal();
  }
  report.hash = run.world().hash();
  report.restarts = run.world().restarts();
  report.trace = run.world().trace();
  return report;
}

}  // namespace riposte::app::testing::simulation
