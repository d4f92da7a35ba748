// Which times of a schedule have been used, so that none is used twice, whatever the clock did.
//
// While the clock goes forward the times used are one unbroken run: everything up to the last. A
// clock that jumps forward leaves a gap of times that never came; set back, it passes through them
// (and they are used), and then through the run again (and they are not). So: a short list of runs.
// Plain value; any thread. Stored as text, "from-to,from-to" in milliseconds.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace riposte::schedule {

class UsedTimes {
 public:
  /// What is not of that form counts as empty: then a time may be used twice, never lost.
  [[nodiscard]] static UsedTimes FromText(std::string_view text);
  [[nodiscard]] std::string ToText() const;

  /// The end of the run that holds `time`; nullopt when it is unused.
  [[nodiscard]] std::optional<TimePoint> RunOver(TimePoint time) const;
  /// The end of the last run before `time`.
  [[nodiscard]] std::optional<TimePoint> EndBefore(TimePoint time) const;
  /// `joins`: no time of the schedule lies between EndBefore(time) and this one.
  void Add(TimePoint time, bool joins);

 private:
  /// Every jump makes one more; beyond this the oldest are forgotten.
  static constexpr size_t kMaxRuns = 8;
  struct Run {
    TimePoint from, to;
  };
  std::vector<Run> runs_;  ///< Ascending, apart.
};

}  // namespace riposte::schedule
