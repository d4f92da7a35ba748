// The tables of log groups, streams and events, and all SQL over them.
//
// Functions over a Transaction, on its thread. Deleting a group or stream removes its row at once;
// its events follow in slices (retention.h).
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/scope.h"
#include "base/time.h"
#include "json/json.h"
#include "store/store.h"

namespace riposte::observe {

struct LogGroup {
  int64_t id = 0;
  Scope scope;
  std::string name;
  TimePoint created;
  int64_t retention_days = 0;  ///< 0: kept for ever.
  std::string log_class = "STANDARD";
  std::string kms_key;
  int64_t stored_bytes = 0;

  [[nodiscard]] std::string Arn() const;  ///< Without the ":*" that the older form ends in.
};

struct LogStream {
  int64_t id = 0;
  std::string name;
  TimePoint created;
  std::optional<TimePoint> first_event, last_event, last_ingestion;
};

struct LogEvent {
  TimePoint time;
  std::string message;
};

/// Where an event stands: events are in order of (time, id).
struct LogPosition {
  int64_t time_ms = 0;
  int64_t id = 0;
  friend auto operator<=>(const LogPosition&, const LogPosition&) = default;
};

struct StoredLogEvent {
  LogPosition at;
  TimePoint ingested;
  int64_t stream = 0;
  std::string_view message;                   ///< Good until the next one.
  [[nodiscard]] std::string EventId() const;  ///< 56 digits, in order of (time, id).
};

struct MetricFilter {
  int64_t group = 0;
  std::string group_name;
  std::string name;
  std::string pattern;
  json::Array transformations;
  TimePoint created;
};

namespace log_tables {

/// What each event costs beside its message (source: PutLogEvents, quotas).
inline constexpr int64_t kEventOverhead = 26;

[[nodiscard]] std::optional<LogGroup> FindGroup(store::Transaction& tx, const Scope& scope,
                                                const std::string& name);
/// Sets the id. REQUIRES: there is no such group.
void InsertGroup(store::Transaction& tx, LogGroup& group);
void DeleteGroup(store::Transaction& tx, int64_t group);
void SetRetention(store::Transaction& tx, int64_t group, int64_t days);
/// By name, from the first after `after`.
void ListGroups(store::Transaction& tx, const Scope& scope, const std::string& after,
                const std::function<bool(LogGroup)>& each);

[[nodiscard]] std::optional<LogStream> FindStream(store::Transaction& tx, int64_t group,
                                                  const std::string& name);
void InsertStream(store::Transaction& tx, int64_t group, LogStream& stream);
void DeleteStream(store::Transaction& tx, int64_t stream);
/// All streams of the group whose name starts with `prefix`; by name.
[[nodiscard]] std::vector<LogStream> ListStreams(store::Transaction& tx, int64_t group,
                                                 const std::string& prefix);

void InsertEvents(store::Transaction& tx, int64_t group, int64_t stream,
                  std::span<const LogEvent> events, TimePoint now);
using EachEvent = std::function<bool(const StoredLogEvent&)>;
/// Events of a group after `after`, with time in [from, to], ascending.
void GroupEvents(store::Transaction& tx, int64_t group, TimePoint from, TimePoint to,
                 LogPosition after, const EachEvent& each);
/// Events of a stream with time in [from, to), beyond `from_position` in the given direction.
void StreamEvents(store::Transaction& tx, int64_t stream, TimePoint from, TimePoint to,
                  LogPosition beyond, bool forward, const EachEvent& each);

void PutMetricFilter(store::Transaction& tx, const MetricFilter& filter);
[[nodiscard]] bool DeleteMetricFilter(store::Transaction& tx, int64_t group,
                                      const std::string& name);
[[nodiscard]] std::vector<MetricFilter> MetricFiltersOf(store::Transaction& tx, int64_t group);
/// Of every group of the scope, by group and name.
void ListMetricFilters(store::Transaction& tx, const Scope& scope,
                       const std::function<bool(MetricFilter)>& each);

struct LogPolicy {
  std::string name, document;
  TimePoint updated;
};
void PutPolicy(store::Transaction& tx, const Scope& scope, const LogPolicy& policy);
[[nodiscard]] bool DeletePolicy(store::Transaction& tx, const Scope& scope,
                                const std::string& name);
[[nodiscard]] std::vector<LogPolicy> ListPolicies(store::Transaction& tx, const Scope& scope);

}  // namespace log_tables
}  // namespace riposte::observe
