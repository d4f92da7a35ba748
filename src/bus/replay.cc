#include "bus/replay.h"

#include <memory>

#include "base/arn.h"
#include "bus/archive.h"

namespace riposte::bus {

std::string ReplayArn(const ReplayKey& key) {
  return MakeArn("events", key.scope, "replay/" + key.name);
}

/// Some events in their order, and what is owed for them.
struct Replays::Page {
  std::vector<delivery::Work> owed;
  ArchivePlace from;   ///< It follows this place,
  ArchivePlace place;  ///< and ends at this one.
  int64_t damaged = 0;
  bool last = false;
};

void Replays::Start() {
  parts_.loop.Post([this] {
    std::vector<ReplayKey> active;
    parts_.store.Read(
        [&](store::Transaction& tx) { active = archive_tables::ListActiveReplays(tx); });
    for (const ReplayKey& key : active) Step(key);
  });
}

void Replays::Stop() {
  stopped_ = true;
}

void Replays::Begin(store::Transaction& tx, const ReplayKey& key) {
  tx.OnCommit([this, key] { StepLater(key, Millis(0)); });
}

void Replays::StepLater(const ReplayKey& key, Millis after) {
  parts_.loop.PostAt(parts_.clock.Now() + after, [this, key] { Step(key); });
}

void Replays::Step(const ReplayKey& key) {
  if (stopped_) return;
  std::optional<ReplayRow> replay;
  Page page;
  const bool wait = parts_.dispatcher.Backlog() > options_.max_owed;
  parts_.store.Read([&](store::Transaction& tx) { replay = archive_tables::FindReplay(tx, key); });
  if (!replay || !replay->active()) return;
  const bool cancelling = replay->state == "CANCELLING";
  if (wait && !cancelling) return StepLater(key, options_.pause);
  if (!cancelling) page = ReadPage(*replay);
  Commit(key, std::move(page));
}

Replays::Page Replays::ReadPage(const ReplayRow& replay) const {
  Page page;
  page.from = page.place = replay.place;
  std::vector<ArchivedEvent> events;
  parts_.store.Read([&](store::Transaction& tx) {
    events = archive_tables::ListEvents(tx, replay.archive_number, replay.place,
                                        {replay.to, replay.last_id}, options_.page_events,
                                        options_.page_bytes);
  });
  page.last = events.empty();
  std::vector<std::string> rules;
  for (const std::string& arn : replay.rules) {
    if (const auto rule = RuleOfArn(arn)) rules.push_back(rule->name);
  }
  for (const ArchivedEvent& archived : events) {
    page.place = archived.place;
    auto parts = archived.intact ? ReadEnvelope(archived.text)
                                 : Result<EnvelopeParts>(Fail(Code::kCorrupt, "checksum"));
    bool matched = false;
    if (parts) {
      api::Event& event = parts->event;
      event.scope = replay.key.scope;
      event.bus = replay.bus;
      event.trace = replay.trace;
      event.replay_name = replay.key.name;
      matched = parts_.ingest.MatchReplayed(event, parts->detail, {parts->account, parts->region},
                                            rules, page.owed);
    }
    if (!matched) {
      ++page.damaged;
      parts_.log.Error("archived event is damaged and cannot be replayed",
                       {{"archive", ArchiveArn(replay.key.scope, replay.archive)},
                        {"number", archived.place.id}});
    }
    if (page.owed.size() >= options_.max_owed) break;
  }
  return page;
}

void Replays::Commit(const ReplayKey& key, Page page) {
  const auto ended = std::make_shared<bool>(false);
  parts_.store.Write(
      [this, key, ended, page = std::move(page)](store::Transaction& tx) mutable {
        auto replay = archive_tables::FindReplay(tx, key);
        // Another replay may have taken the name meanwhile (Store::DeleteAllRows): it has its own
        // steps, and this page is none of them.
        *ended = !replay || !replay->active() ||
                 (page.from.id != replay->place.id && replay->state != "CANCELLING");
        if (*ended) return;
        const auto end = [&](const char* state, std::string reason) {
          *ended = true;
          replay->state = state;
          replay->state_reason = std::move(reason);
          replay->ended = parts_.clock.Now();
        };
        if (replay->state == "CANCELLING") {
          end("CANCELLED", "");
        } else if (!archive_tables::Exists(tx, replay->archive_number)) {
          end("FAILED", "Archive " + replay->archive + " was deleted.");
        } else {
          parts_.ingest.Owe(tx, std::move(page.owed));
          replay->state = "RUNNING";
          if (page.place.id != page.from.id) replay->last_replayed = page.place.time;
          replay->place = page.place;
          replay->damaged += page.damaged;
          if (page.last && replay->damaged > 0) {
            end("FAILED", std::to_string(replay->damaged) +
                              " archived event(s) are damaged and were left out; all others were "
                              "replayed.");
          } else if (page.last) {
            end("COMPLETED", "");
          }
        }
        archive_tables::PutReplay(tx, *replay);
      },
      [this, key, ended](std::exception_ptr failure) {
        if (failure) {
          parts_.log.Error("a step of a replay could not be stored", {{"replay", ReplayArn(key)}});
          return StepLater(key, options_.store_retry);
        }
        if (!*ended) StepLater(key, Millis(0));
      });
}

}  // namespace riposte::bus
