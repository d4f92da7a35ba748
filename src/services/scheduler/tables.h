// Schedules, groups, tags and client tokens as rows; every SQL statement of the service.
//
// A schedule's next time is part of its row: `due` is indexed, so the timer reads what it needs and
// nothing else, whatever the number of schedules. The default group of a scope needs no row; it has
// one as soon as something about it is stored.
// Thread safety: inside one transaction.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/scope.h"
#include "base/time.h"
#include "json/json.h"
#include "store/store.h"

namespace riposte::scheduler {

inline constexpr std::string_view kDefaultGroup = "default";

struct GroupKey {
  Scope scope;
  std::string name;
  [[nodiscard]] std::string Arn() const;
};

struct Group {
  GroupKey key;
  TimePoint created;
  TimePoint modified;
};

struct ScheduleKey {
  Scope scope;
  std::string group;
  std::string name;
  [[nodiscard]] std::string Arn() const;
};

/// When a schedule fires next.
struct Planned {
  TimePoint time;  ///< What the expression says: the occurrence.
  TimePoint due;   ///< The moment in the flexible window that was drawn for it.
};

struct Schedule {
  ScheduleKey key;
  /// As CreateSchedule took it, with defaults filled in: expression, zone, window, target …
  json::Object document;
  bool enabled = true;
  TimePoint created;
  TimePoint modified;
  TimePoint anchor;               ///< Where a rate begins.
  std::optional<Planned> next;    ///< nullopt: disabled, or there is no next time.
  TimePoint planned;              ///< When `next` was worked out.
  std::optional<TimePoint> last;  ///< The occurrence that fired last.
  std::string used;               ///< schedule::UsedTimes of all that fired.
};

namespace tables {

[[nodiscard]] std::span<const store::Migration> Migrations();

/// Also the default group without a row; it was created at the epoch, then.
[[nodiscard]] std::optional<Group> FindGroup(store::Transaction& tx, const GroupKey& key);
void PutGroup(store::Transaction& tx, const Group& group);
/// With its schedules and tags.
void DeleteGroup(store::Transaction& tx, const GroupKey& key);
[[nodiscard]] int64_t CountGroups(store::Transaction& tx, const Scope& scope);
/// Rows, by name, those after `after`.
[[nodiscard]] std::vector<Group> ListGroups(store::Transaction& tx, const Scope& scope,
                                            const std::string& prefix, const std::string& after,
                                            int64_t limit);

[[nodiscard]] std::optional<Schedule> FindSchedule(store::Transaction& tx, const ScheduleKey& key);
void PutSchedule(store::Transaction& tx, const Schedule& schedule);
void DeleteSchedule(store::Transaction& tx, const ScheduleKey& key);
[[nodiscard]] int64_t CountSchedules(store::Transaction& tx, const Scope& scope);
struct ListFilter {
  std::string group;   ///< "" means all.
  std::string prefix;  ///< Of the name.
  std::optional<bool> enabled;
};
/// By group and name, those after (`after_group`, `after_name`).
[[nodiscard]] std::vector<Schedule> ListSchedules(store::Transaction& tx, const Scope& scope,
                                                  const ListFilter& filter,
                                                  const std::string& after_group,
                                                  const std::string& after_name, int64_t limit);

/// Those that are due at `now`, in order of time, of every scope.
[[nodiscard]] std::vector<Schedule> DueSchedules(store::Transaction& tx, TimePoint now,
                                                 int64_t limit);
[[nodiscard]] std::optional<TimePoint> NextDue(store::Transaction& tx);
/// Those whose plan was made later than `time`: the clock has been set back since.
[[nodiscard]] std::vector<Schedule> PlannedAfter(store::Transaction& tx, TimePoint time,
                                                 int64_t limit);

using Tags = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] Tags ListTags(store::Transaction& tx, const std::string& arn);
void PutTag(store::Transaction& tx, const std::string& arn, const std::string& key,
            const std::string& value);
void DeleteTag(store::Transaction& tx, const std::string& arn, const std::string& key);

/// What a call with that client token asked for.
[[nodiscard]] std::optional<std::string> FindToken(store::Transaction& tx, const Scope& scope,
                                                   const std::string& token);
/// Remembers it, and forgets those from before `oldest`.
void PutToken(store::Transaction& tx, const Scope& scope, const std::string& token,
              const std::string& request, TimePoint now, TimePoint oldest);

}  // namespace tables
}  // namespace riposte::scheduler
