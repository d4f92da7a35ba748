#include "schedule/used_times.h"

#include <algorithm>

#include "base/number.h"

namespace riposte::schedule {

UsedTimes UsedTimes::FromText(std::string_view text) {
  UsedTimes used;
  while (!text.empty()) {
    const std::string_view run = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), run.size() + 1));
    // A minus is also the sign of times before 1970.
    const size_t dash = run.find('-', 1);
    if (dash == std::string_view::npos) return {};
    const auto from = ParseNumber(run.substr(0, dash));
    const auto to = ParseNumber(run.substr(dash + 1));
    if (!from || !to || *from > *to) return {};
    used.runs_.push_back({FromMillis(*from), FromMillis(*to)});
  }
  std::ranges::sort(used.runs_, {}, &Run::from);
  return used;
}

std::string UsedTimes::ToText() const {
  std::string text;
  for (const Run& run : runs_) {
    if (!text.empty()) text += ',';
    text += std::to_string(ToMillis(run.from)) + "-" + std::to_string(ToMillis(run.to));
  }
  return text;
}

std::optional<TimePoint> UsedTimes::RunOver(TimePoint time) const {
  for (const Run& run : runs_) {
    if (run.from <= time && time <= run.to) return run.to;
  }
  return std::nullopt;
}

std::optional<TimePoint> UsedTimes::EndBefore(TimePoint time) const {
  std::optional<TimePoint> end;
  for (const Run& run : runs_) {
    if (run.to < time) end = run.to;
  }
  return end;
}

void UsedTimes::Add(TimePoint time, bool joins) {
  if (RunOver(time)) return;
  const auto after = std::ranges::find_if(runs_, [&](const Run& run) { return run.from > time; });
  if (joins && after != runs_.begin()) {
    std::prev(after)->to = time;
    return;
  }
  runs_.insert(after, {time, time});
  if (runs_.size() > kMaxRuns) runs_.erase(runs_.begin());
}

}  // namespace riposte::schedule
