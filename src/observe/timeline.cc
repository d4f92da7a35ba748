#include "observe/timeline.h"

namespace riposte::observe {

void Timeline::Append(store::Transaction& tx, const Scope& scope, const std::string& correlation,
                      TimePoint time, std::string_view kind, std::string_view text,
                      const json::Object& detail) {
  if (correlation.empty()) return;
  std::string document = json::Serialize(detail);
  if (document.size() > kMaxDetailBytes) {
    document = json::Serialize(json::Object{{"omitted", true}, {"bytes", document.size()}});
  }
  tx.Execute(
      "INSERT INTO observe_timeline (account, region, correlation, time_ms, kind, text, detail)"
      " VALUES (?, ?, ?, ?, ?, ?, ?)",
      {scope.account.str(), scope.region.str(), correlation, time, kind, text, document});
}

std::vector<TimelineEntry> Timeline::List(store::Transaction& tx, const std::string& correlation,
                                          int64_t after, size_t limit) {
  int64_t after_ms = -1;
  tx.QueryOne("SELECT time_ms FROM observe_timeline WHERE id = ? AND correlation = ?",
              {after, correlation}, [&](const store::Row& row) { after_ms = row.Int(0); });
  std::vector<TimelineEntry> entries;
  tx.Query(
      "SELECT id, account, region, time_ms, kind, text, detail FROM observe_timeline"
      " WHERE correlation = ? AND (time_ms, id) > (?, ?) ORDER BY time_ms, id LIMIT ?",
      {correlation, after_ms, after, limit}, [&](const store::Row& row) {
        entries.push_back({row.Int(0),
                           {AccountId(row.Str(1)), Region(row.Str(2))},
                           row.Time(3),
                           row.Str(4),
                           row.Str(5),
                           row.Json(6).as_object()});
        return true;
      });
  return entries;
}

}  // namespace riposte::observe
