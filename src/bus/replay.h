// Replays: events of an archive come back to their bus.
//
// Data path:     StartReplay -> Begin() in its commit -> on the loop, page by page: read from a
//                snapshot, Ingest::MatchReplayed -> one commit: Ingest::Owe, and the replay's place
// Thread safety: Begin inside a write transaction; all else on the loop.
// Cost:          memory for one page a replay. A page ends when it owes Options::max_owed
// deliveries,
//                and none begins while more than that of the pages before it has not been tried
//                once: what is replayed waits in the archive, not on the list of what is owed.
//                Retries, and deliveries of others, hold no replay back.
//
// Events come by their time, those of one second as they were archived: so the first minute of the
// range first, then the second, as the service says. They keep id, time, account and region, and
// get "replay-name", by which no archive takes them again. Only what was in the archive when the
// replay began is replayed, so that what rules make of it cannot feed it. A crash: deliveries owed
// and place are one commit, so the replay goes on behind it.
//
//   STARTING -> RUNNING -> COMPLETED, or FAILED when the archive was deleted or events in it are
//   damaged (all others are replayed);  STARTING, RUNNING -> CANCELLING -> CANCELLED
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bus/archive_tables.h"
#include "bus/ingest.h"

namespace riposte::bus {

/// "arn:aws:events:R:A:replay/NAME"
[[nodiscard]] std::string ReplayArn(const ReplayKey& key);

class Replays {
 public:
  struct Options {
    int64_t page_events = 64;
    int64_t page_bytes = 1 << 20;
    int64_t max_owed = 1'000;
    Millis pause{100};         ///< Until the list of what is owed is looked at again.
    Millis store_retry{1000};  ///< After a commit that failed.
  };
  /// Everything it stands on; all outlive it.
  struct Parts {
    store::Store& store;
    Executor& loop;
    const Clock& clock;
    const Ingest& ingest;
    const telemetry::Log& log;
  };
  Replays(const Options& options, const Parts& parts) : options_(options), parts_(parts) {}

  /// Goes on with what was under way.
  void Start();
  void Stop();  ///< On the loop.
  /// The replay is stored in `tx`, in state STARTING; it runs from the commit on.
  void Begin(store::Transaction& tx, const ReplayKey& key);

 private:
  struct Page;
  /// What a page's commit has put on the list: ids in (after, to].
  struct Owed {
    int64_t after = 0;
    int64_t to = 0;
  };
  void Step(const ReplayKey& key);
  void StepLater(const ReplayKey& key, Millis after);
  /// True while too much of what the replay has owed is untried.
  [[nodiscard]] bool MustWait(store::Transaction& tx, const ReplayKey& key);
  [[nodiscard]] Page ReadPage(const ReplayRow& replay) const;
  void Commit(const ReplayKey& key, Page page);

  Options options_;
  Parts parts_;
  /// Of replays under way. Not kept over a restart, which may owe one page more for it.
  std::map<ReplayKey, std::vector<Owed>> owed_;
  bool stopped_ = false;
};

}  // namespace riposte::bus
