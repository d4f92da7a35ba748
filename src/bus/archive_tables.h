// The tables of archives, of the events in them and of replays, and every statement on them.
//
// Functions over a store::Transaction; writes need a write transaction. An archive has a number,
// which is never given twice; an archived event's id is (number of the archive << 40) + its place,
// so that the events of one archive lie together, in the order in which they came, and what is old
// goes from the front.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/scope.h"
#include "base/time.h"
#include "base/trace.h"
#include "store/store.h"

namespace riposte::bus {

struct ArchiveRow {
  int64_t number = 0;  ///< 0 until it is stored.
  Scope scope;
  std::string name;
  std::string bus;
  std::string description;
  std::string pattern;  ///< JSON as the caller gave it, or "".
  std::string kms_key;
  int64_t retention_days = 0;  ///< 0: for ever.
  std::string state;           ///< ENABLED or DISABLED.
  std::string state_reason;
  TimePoint created;
  int64_t events = 0;  ///< Kept now, and how large they are.
  int64_t bytes = 0;
};

/// Where a replay stands: behind this event.
struct ArchivePlace {
  TimePoint time;
  int64_t id = 0;
};

struct ArchivedEvent {
  ArchivePlace place;
  std::string text;    ///< The envelope.
  bool intact = true;  ///< It matches its checksum.
};

struct ReplayKey {
  Scope scope;
  std::string name;
  friend auto operator<=>(const ReplayKey&, const ReplayKey&) = default;
};

struct ReplayRow {
  ReplayKey key;
  std::string description;
  std::string archive;  ///< Its name, and the number of the archive that had it then.
  int64_t archive_number = 0;
  std::string bus;
  std::vector<std::string> rules;  ///< ARNs of the rules that get the events; none: all.
  TimePoint from;                  ///< Of the events' times, both included.
  TimePoint to;
  std::string state;
  std::string state_reason;
  TimePoint started;
  std::optional<TimePoint> ended;
  std::optional<TimePoint> last_replayed;  ///< Time of the last event that was.
  Trace trace;                             ///< Of the call that started it.
  int64_t last_id = 0;                     ///< What was archived after this began is not replayed.
  ArchivePlace place{};                    ///< All up to here is owed or done.
  int64_t damaged = 0;  ///< Events left out because they do not match their checksum.
  [[nodiscard]] bool active() const {
    return state == "STARTING" || state == "RUNNING" || state == "CANCELLING";
  }
};

namespace archive_tables {

[[nodiscard]] std::span<const store::Migration> Migrations();

/// A new archive when `archive.number` is 0, then its number; else the stored one with that number
/// gets these settings. Counters and times of existing ones stay.
int64_t Put(store::Transaction& tx, const ArchiveRow& archive);
[[nodiscard]] std::optional<ArchiveRow> Find(store::Transaction& tx, const Scope& scope,
                                             const std::string& name);
/// 0 when there is none.
[[nodiscard]] int64_t FindNumber(store::Transaction& tx, const Scope& scope,
                                 const std::string& name);
[[nodiscard]] bool Exists(store::Transaction& tx, int64_t number);
void SetState(store::Transaction& tx, int64_t number, const std::string& state,
              const std::string& reason);
/// The archive is gone with the commit; its events are what DeleteExpired takes from then on.
void Delete(store::Transaction& tx, int64_t number);

/// Empty members match any.
struct ArchiveFilter {
  std::string prefix;
  std::string bus;
  std::string state;
};
/// By name, after `after`, at most `limit`.
[[nodiscard]] std::vector<ArchiveRow> List(store::Transaction& tx, const Scope& scope,
                                           const ArchiveFilter& filter, const std::string& after,
                                           int64_t limit);

/// False when there is no such archive any more. `time` is the event's, `now` when it came.
bool Keep(store::Transaction& tx, int64_t number, TimePoint time, TimePoint now,
          std::string_view text);
/// The id of the archive's latest event; with none ever, one that lies before all.
[[nodiscard]] int64_t LastId(store::Transaction& tx, int64_t number);
struct Range {
  TimePoint to;  ///< No later than this.
  int64_t last_id = 0;
};
/// What follows `after` by time, then by arrival: at most `max_events`, and no more once
/// `max_bytes` are reached.
[[nodiscard]] std::vector<ArchivedEvent> ListEvents(store::Transaction& tx, int64_t number,
                                                    const ArchivePlace& after, const Range& range,
                                                    int64_t max_events, int64_t max_bytes);
/// Deletes a slice of what no archive keeps any longer: events past their archive's retention, and
/// those of deleted archives. True when there may be more.
bool DeleteExpired(store::Transaction& tx, TimePoint now);

void PutReplay(store::Transaction& tx, const ReplayRow& replay);
[[nodiscard]] std::optional<ReplayRow> FindReplay(store::Transaction& tx, const ReplayKey& key);
[[nodiscard]] int64_t CountActiveReplays(store::Transaction& tx, const Scope& scope);
/// Of every scope.
[[nodiscard]] std::vector<ReplayKey> ListActiveReplays(store::Transaction& tx);
/// Empty members match any.
struct ReplayFilter {
  std::string prefix;
  std::string archive;
  std::string state;
};
[[nodiscard]] std::vector<ReplayRow> ListReplays(store::Transaction& tx, const Scope& scope,
                                                 const ReplayFilter& filter,
                                                 const std::string& after, int64_t limit);
/// Forgets replays that ended before this.
void DeleteReplays(store::Transaction& tx, TimePoint ended_before);

}  // namespace archive_tables
}  // namespace riposte::bus
