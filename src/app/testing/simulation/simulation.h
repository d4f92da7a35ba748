// One seed, one run: clients, targets and faults as the seed says, then healing, draining and the
// ledger's judgement. The same seed gives the same run, byte for byte: Report::hash tells.
//
// Cost: some tens of milliseconds a seed; the engine's resources are made once (MakeTemplate) and
// copied.
#pragma once

#include <string>
#include <vector>

namespace riposte::app::testing::simulation {

struct Report {
  uint64_t seed = 0;
  uint64_t hash = 0;
  int restarts = 0;
  std::string violation;  ///< "" when all held.
  std::vector<std::string> trace;
};

/// Makes the store that every run begins with in `folder` (which exists and is empty).
void MakeTemplate(const std::string& folder);
/// Runs over a copy of the template, in `folder`, which is emptied.
[[nodiscard]] Report RunSeed(uint64_t seed, const std::string& template_folder,
                             const std::string& folder, bool keeps_trace = false);

}  // namespace riposte::app::testing::simulation
