// What happened because of one event or finding, in order: the timeline of an incident.
//
// Rows come from the audit (each mutating call), from responses, executions and deliveries; they
// are tied together by Trace::correlation.
// Thread safety: functions over a Transaction, on its thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/scope.h"
#include "base/time.h"
#include "json/json.h"
#include "store/store.h"

namespace riposte::observe {

struct TimelineEntry {
  int64_t id = 0;
  Scope scope;
  TimePoint time;
  std::string kind;  ///< "api-call", "decision", "delivery", …
  std::string text;  ///< One line for people.
  json::Object detail;
};

class Timeline {
 public:
  static constexpr size_t kMaxDetailBytes = 16'384;  ///< A larger detail is left out.

  /// No effect when `correlation` is empty.
  static void Append(store::Transaction& tx, const Scope& scope, const std::string& correlation,
                     TimePoint time, std::string_view kind, std::string_view text,
                     const json::Object& detail);
  /// In order of time, `limit` at most, from the first after the entry `after` (0: the start).
  [[nodiscard]] static std::vector<TimelineEntry> List(store::Transaction& tx,
                                                       const std::string& correlation,
                                                       int64_t after = 0, size_t limit = 1'000);
};

}  // namespace riposte::observe
