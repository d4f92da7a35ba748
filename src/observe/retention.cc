#include "observe/retention.h"

#include <memory>
#include <utility>
#include <vector>

#include "observe/log_tables.h"

namespace riposte::observe {
namespace {

/// Ids of streams that have events but no row any more. Jumps from stream to stream in the index.
std::vector<int64_t> OrphanedStreams(store::Transaction& tx) {
  std::vector<int64_t> orphans;
  int64_t last = 0;
  while (const auto next = tx.QueryInt(
             "SELECT min(stream_id) FROM observe_log_events WHERE stream_id > ?", {last})) {
    last = *next;
    if (!tx.QueryInt("SELECT 1 FROM observe_log_streams WHERE id = ?", {last})) {
      orphans.push_back(last);
    }
  }
  return orphans;
}

}  // namespace

void Retention::Start() {
  running_ = true;
  Schedule(options_.interval);
}

void Retention::Stop() {
  running_ = false;
  if (timer_ != 0) loop_.Cancel(std::exchange(timer_, 0));
}

void Retention::Schedule(Millis after) {
  if (!running_) return;
  timer_ = loop_.PostAt(clock_.Now() + after, [this] {
    timer_ = 0;
    Run();
  });
}

void Retention::Run() {
  auto more = std::make_shared<bool>(false);
  store_.Write([this, more, now = clock_.Now()](
                   store::Transaction& tx) { *more = DeleteSlice(tx, options_, now); },
               [this, more](std::exception_ptr failure) {
                 if (failure) log_.Error("expired records not deleted");
                 loop_.Post([this, again = *more && !failure] {
                   Schedule(again ? options_.pause : options_.interval);
                 });
               });
}

bool Retention::DeleteSlice(store::Transaction& tx, const Options& options, TimePoint now) {
  bool full = false;
  const auto slice = [&](int64_t deleted) { full = full || deleted >= kSlice; };
  slice(
      tx.Execute("DELETE FROM observe_datapoints WHERE (series, start_ms, unit) IN"
                 " (SELECT series, start_ms, unit FROM observe_datapoints WHERE start_ms < ?"
                 " ORDER BY start_ms LIMIT ?)",
                 {now - options.metrics, kSlice}));
  tx.Execute("DELETE FROM observe_series WHERE last_ms < ?", {now - options.metrics});
  slice(
      tx.Execute("DELETE FROM observe_alarm_history WHERE id IN"
                 " (SELECT id FROM observe_alarm_history WHERE time_ms < ? LIMIT ?)",
                 {now - options.alarm_history, kSlice}));
  // From the oldest on, so that the chain of the rest stays whole.
  slice(
      tx.Execute("DELETE FROM observe_audit WHERE last_ms < ? AND id IN"
                 " (SELECT id FROM observe_audit ORDER BY id LIMIT ?)"
                 " AND id < (SELECT coalesce(min(id), 9223372036854775807) FROM"
                 " (SELECT id FROM observe_audit WHERE last_ms >= ? ORDER BY id LIMIT 1))",
                 {now - options.audit, kSlice, now - options.audit}));

  std::vector<std::pair<int64_t, int64_t>> groups;
  tx.Query("SELECT id, retention_days FROM observe_log_groups WHERE retention_days > 0", {},
           [&](const store::Row& row) {
             groups.emplace_back(row.Int(0), row.Int(1));
             return true;
           });
  for (const auto& [group, days] : groups) {
    const TimePoint cutoff = now - std::chrono::hours(24 * days);
    const int64_t bytes = tx.QueryInt(
                                "SELECT sum(length(CAST(message AS BLOB)) + ?) FROM (SELECT message"
                                " FROM observe_log_events WHERE group_id = ? AND time_ms < ?"
                                " ORDER BY time_ms, id LIMIT ?)",
                                {log_tables::kEventOverhead, group, cutoff, kSlice})
                              .value_or(0);
    if (bytes == 0) continue;
    slice(
        tx.Execute("DELETE FROM observe_log_events WHERE id IN (SELECT id FROM observe_log_events"
                   " WHERE group_id = ? AND time_ms < ? ORDER BY time_ms, id LIMIT ?)",
                   {group, cutoff, kSlice}));
    tx.Execute("UPDATE observe_log_groups SET stored_bytes = max(0, stored_bytes - ?) WHERE id = ?",
               {bytes, group});
  }
  for (const int64_t stream : OrphanedStreams(tx)) {
    slice(
        tx.Execute("DELETE FROM observe_log_events WHERE id IN"
                   " (SELECT id FROM observe_log_events WHERE stream_id = ? LIMIT ?)",
                   {stream, kSlice}));
  }
  return full;
}

}  // namespace riposte::observe
