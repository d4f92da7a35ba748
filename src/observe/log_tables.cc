#include "observe/log_tables.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/arn.h"

namespace riposte::observe {

std::string LogGroup::Arn() const {
  return MakeArn("logs", scope, "log-group:" + name);
}

std::string StoredLogEvent::EventId() const {
  return fmt::format("{:020d}{:036d}", at.time_ms, at.id);
}

namespace log_tables {
namespace {

#define RIPOSTE_GROUP_COLUMNS                                                                  \
  "SELECT id, account, region, name, created_ms, retention_days, class, kms_key, stored_bytes" \
  " FROM observe_log_groups "
#define RIPOSTE_STREAM_COLUMNS                                                    \
  "SELECT id, name, created_ms, first_event_ms, last_event_ms, last_ingestion_ms" \
  " FROM observe_log_streams "
#define RIPOSTE_EVENT_COLUMNS \
  "SELECT id, time_ms, ingested_ms, stream_id, message FROM observe_log_events "

LogGroup ReadGroup(const store::Row& row) {
  return {row.Int(0), {AccountId(row.Str(1)), Region(row.Str(2))},
          row.Str(3), row.Time(4),
          row.Int(5), row.Str(6),
          row.Str(7), row.Int(8)};
}

LogStream ReadStream(const store::Row& row) {
  const auto time = [&](int column) {
    return row.IsNull(column) ? std::optional<TimePoint>() : row.Time(column);
  };
  return {row.Int(0), row.Str(1), row.Time(2), time(3), time(4), time(5)};
}

StoredLogEvent ReadEvent(const store::Row& row) {
  return {{row.Int(1), row.Int(0)}, row.Time(2), row.Int(3), row.Text(4)};
}

}  // namespace

std::optional<LogGroup> FindGroup(store::Transaction& tx, const Scope& scope,
                                  const std::string& name) {
  std::optional<LogGroup> group;
  tx.QueryOne(RIPOSTE_GROUP_COLUMNS "WHERE account = ? AND region = ? AND name = ?",
              {scope.account.str(), scope.region.str(), name},
              [&](const store::Row& row) { group = ReadGroup(row); });
  return group;
}

void InsertGroup(store::Transaction& tx, LogGroup& group) {
  tx.Execute(
      "INSERT INTO observe_log_groups (account, region, name, created_ms, class, kms_key)"
      " VALUES (?, ?, ?, ?, ?, ?)",
      {group.scope.account.str(), group.scope.region.str(), group.name, group.created,
       group.log_class, group.kms_key});
  group.id = tx.LastInsertId();
}

void DeleteGroup(store::Transaction& tx, int64_t group) {
  tx.Execute("DELETE FROM observe_metric_filters WHERE group_id = ?", {group});
  tx.Execute("DELETE FROM observe_log_streams WHERE group_id = ?", {group});
  tx.Execute("DELETE FROM observe_log_groups WHERE id = ?", {group});
}

void SetRetention(store::Transaction& tx, int64_t group, int64_t days) {
  tx.Execute("UPDATE observe_log_groups SET retention_days = ? WHERE id = ?", {days, group});
}

void ListGroups(store::Transaction& tx, const Scope& scope, const std::string& after,
                const std::function<bool(LogGroup)>& each) {
  tx.Query(RIPOSTE_GROUP_COLUMNS "WHERE account = ? AND region = ? AND name > ? ORDER BY name",
           {scope.account.str(), scope.region.str(), after},
           [&](const store::Row& row) { return each(ReadGroup(row)); });
}

std::optional<LogStream> FindStream(store::Transaction& tx, int64_t group,
                                    const std::string& name) {
  std::optional<LogStream> stream;
  tx.QueryOne(RIPOSTE_STREAM_COLUMNS "WHERE group_id = ? AND name = ?", {group, name},
              [&](const store::Row& row) { stream = ReadStream(row); });
  return stream;
}

void InsertStream(store::Transaction& tx, int64_t group, LogStream& stream) {
  tx.Execute("INSERT INTO observe_log_streams (group_id, name, created_ms) VALUES (?, ?, ?)",
             {group, stream.name, stream.created});
  stream.id = tx.LastInsertId();
}

void DeleteStream(store::Transaction& tx, int64_t stream) {
  tx.Execute("DELETE FROM observe_log_streams WHERE id = ?", {stream});
}

std::vector<LogStream> ListStreams(store::Transaction& tx, int64_t group,
                                   const std::string& prefix) {
  std::vector<LogStream> streams;
  tx.Query(RIPOSTE_STREAM_COLUMNS
           "WHERE group_id = ? AND name >= ? AND substr(name, 1, length(?)) = ? ORDER BY name",
           {group, prefix, prefix, prefix}, [&](const store::Row& row) {
             streams.push_back(ReadStream(row));
             return true;
           });
  return streams;
}

void InsertEvents(store::Transaction& tx, int64_t group, int64_t stream,
                  std::span<const LogEvent> events, TimePoint now) {
  if (events.empty()) return;
  int64_t bytes = 0;
  TimePoint first = events.front().time;
  TimePoint last = first;
  for (const LogEvent& event : events) {
    tx.Execute(
        "INSERT INTO observe_log_events (group_id, stream_id, time_ms, ingested_ms, message)"
        " VALUES (?, ?, ?, ?, ?)",
        {group, stream, event.time, now, event.message});
    bytes += static_cast<int64_t>(event.message.size()) + kEventOverhead;
    first = std::min(first, event.time);
    last = std::max(last, event.time);
  }
  tx.Execute("UPDATE observe_log_groups SET stored_bytes = stored_bytes + ? WHERE id = ?",
             {bytes, group});
  tx.Execute(
      "UPDATE observe_log_streams SET first_event_ms = min(coalesce(first_event_ms, ?), ?),"
      " last_event_ms = max(coalesce(last_event_ms, ?), ?), last_ingestion_ms = ? WHERE id = ?",
      {first, first, last, last, now, stream});
}

void GroupEvents(store::Transaction& tx, int64_t group, TimePoint from, TimePoint to,
                 LogPosition after, const EachEvent& each) {
  tx.Query(RIPOSTE_EVENT_COLUMNS
           "WHERE group_id = ? AND time_ms >= ? AND time_ms <= ? AND (time_ms, id) > (?, ?)"
           " ORDER BY time_ms, id",
           {group, from, to, after.time_ms, after.id},
           [&](const store::Row& row) { return each(ReadEvent(row)); });
}

void StreamEvents(store::Transaction& tx, int64_t stream, TimePoint from, TimePoint to,
                  LogPosition beyond, bool forward, const EachEvent& each) {
  const auto row_of = [&](const store::Row& row) { return each(ReadEvent(row)); };
  if (forward) {
    tx.Query(RIPOSTE_EVENT_COLUMNS
             "WHERE stream_id = ? AND time_ms >= ? AND time_ms < ? AND (time_ms, id) > (?, ?)"
             " ORDER BY time_ms, id",
             {stream, from, to, beyond.time_ms, beyond.id}, row_of);
  } else {
    tx.Query(RIPOSTE_EVENT_COLUMNS
             "WHERE stream_id = ? AND time_ms >= ? AND time_ms < ? AND (time_ms, id) < (?, ?)"
             " ORDER BY time_ms DESC, id DESC",
             {stream, from, to, beyond.time_ms, beyond.id}, row_of);
  }
}

void PutMetricFilter(store::Transaction& tx, const MetricFilter& filter) {
  tx.Execute(
      "INSERT OR REPLACE INTO observe_metric_filters"
      " (group_id, name, pattern, transformations, created_ms) VALUES (?, ?, ?, ?, ?)",
      {filter.group, filter.name, filter.pattern, json::Serialize(filter.transformations),
       filter.created});
}

bool DeleteMetricFilter(store::Transaction& tx, int64_t group, const std::string& name) {
  return tx.Execute("DELETE FROM observe_metric_filters WHERE group_id = ? AND name = ?",
                    {group, name}) > 0;
}

std::vector<MetricFilter> MetricFiltersOf(store::Transaction& tx, int64_t group) {
  std::vector<MetricFilter> filters;
  tx.Query(
      "SELECT name, pattern, transformations, created_ms FROM observe_metric_filters"
      " WHERE group_id = ? ORDER BY name",
      {group}, [&](const store::Row& row) {
        filters.push_back({group, "", row.Str(0), row.Str(1), row.Json(2).as_array(), row.Time(3)});
        return true;
      });
  return filters;
}

void ListMetricFilters(store::Transaction& tx, const Scope& scope,
                       const std::function<bool(MetricFilter)>& each) {
  tx.Query(
      "SELECT f.group_id, g.name, f.name, f.pattern, f.transformations, f.created_ms"
      " FROM observe_metric_filters f JOIN observe_log_groups g ON g.id = f.group_id"
      " WHERE g.account = ? AND g.region = ? ORDER BY g.name, f.name",
      {scope.account.str(), scope.region.str()}, [&](const store::Row& row) {
        return each(
            {row.Int(0), row.Str(1), row.Str(2), row.Str(3), row.Json(4).as_array(), row.Time(5)});
      });
}

void PutPolicy(store::Transaction& tx, const Scope& scope, const LogPolicy& policy) {
  tx.Execute(
      "INSERT OR REPLACE INTO observe_log_policies (account, region, name, document, updated_ms)"
      " VALUES (?, ?, ?, ?, ?)",
      {scope.account.str(), scope.region.str(), policy.name, policy.document, policy.updated});
}

bool DeletePolicy(store::Transaction& tx, const Scope& scope, const std::string& name) {
  return tx.Execute(
             "DELETE FROM observe_log_policies WHERE account = ? AND region = ? AND name = ?",
             {scope.account.str(), scope.region.str(), name}) > 0;
}

std::vector<LogPolicy> ListPolicies(store::Transaction& tx, const Scope& scope) {
  std::vector<LogPolicy> policies;
  tx.Query(
      "SELECT name, document, updated_ms FROM observe_log_policies"
      " WHERE account = ? AND region = ? ORDER BY name",
      {scope.account.str(), scope.region.str()}, [&](const store::Row& row) {
        policies.push_back({row.Str(0), row.Str(1), row.Time(2)});
        return true;
      });
  return policies;
}

}  // namespace log_tables
}  // namespace riposte::observe
