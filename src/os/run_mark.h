// Ends what an engine that was killed left running.
//
// Children die with the engine (PDEATHSIG), but bubblewrap ties the inner of its two processes to
// the outer one a moment after it has made it: when the engine is killed in that moment, the
// sandbox stays behind, blocked or running. So every child bears in its environment the mark of its
// run, and the next run in the same folder ends whatever still bears the old one.
//
// A process is ended only when the environment that it was started with holds the whole mark, read
// again once a pidfd holds on to it: a number that was given to somebody else is never hit.
// Rejected: the children's numbers in a file, for it would miss the child that was started in the
// moment of the kill.
//
// Thread safety: any thread; blocks. Cost: one look at each of the user's processes.
// Source of the race: bubblewrap 0.8 (--die-with-parent), seen in one of three kills within 6 ms.
#pragma once

#include <string>

#include "base/result.h"
#include "base/time.h"

namespace riposte::os {

class RunMark {
 public:
  static constexpr const char* kVariable = "RIPOSTE_RUN";

  /// Ends what bears the mark that the run before left in `folder`, and leaves a new one there.
  /// REQUIRES: no other engine uses the folder. Errors: as WriteFileAtomically.
  [[nodiscard]] static Result<RunMark> Begin(const std::string& folder, Random& random);

  /// What kVariable holds in the environment of each process of this run.
  [[nodiscard]] const std::string& value() const { return value_; }
  /// Processes of the run before that were ended.
  [[nodiscard]] int ended() const { return ended_; }

 private:
  RunMark(std::string value, int ended) : value_(std::move(value)), ended_(ended) {}
  std::string value_;
  int ended_;
};

/// Kills every process, except the caller's, that was started with `name`=`value` in its
/// environment, and waits up to a second for the end of each. Returns how many.
int EndMarkedProcesses(const std::string& name, const std::string& value);

}  // namespace riposte::os
