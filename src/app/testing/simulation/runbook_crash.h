// One runbook of thirty steps, and the machine stops at one of its commits.
//
// The runbook calls a webhook, runs scripts, sleeps, asks for approval, branches, loops, starts a
// child and makes a volume. What it calls keeps what came, with the idempotency token that came
// with it. The run is compared with one in which nothing stopped: the same end, step by step; and
// each effect came once, or once more under the same token when it had no outcome in the store.
#pragma once

#include <string>

namespace riposte::app::testing::simulation {

struct CrashReport {
  bool crashed = false;   ///< False: the runbook ended before that commit.
  std::string result;     ///< Statuses and outputs, step by step.
  std::string violation;  ///< "" when all held.
};

/// Makes the documents in `folder`, which exists and is empty.
void MakeRunbookTemplate(const std::string& folder);
/// Runs over a copy of the template. The machine stops at the `commit`-th sync from the start (0:
/// never); `after`: what that one made durable stays, else it is lost. `expected` is the result of
/// the run without a crash, or "".
[[nodiscard]] CrashReport RunRunbook(int commit, bool after, const std::string& expected,
                                     const std::string& template_folder, const std::string& folder);

}  // namespace riposte::app::testing::simulation
