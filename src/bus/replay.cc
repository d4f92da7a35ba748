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

bool Replays::MustWait(store::Transaction& tx, const ReplayKey& key) {
  int64_t untried = 0;
  std::erase_if(owed_[key], [&](const Owed& page) {
    const int64_t count = delivery::Dispatcher::CountUntried(tx, page.after, page.to);
    untried += count;
    return count == 0;
  });
  return untried > options_.max_owed;
}

void Replays::Step(const ReplayKey& key) {
  if (stopped_) return;
  std::optional<ReplayRow> replay;
  bool wait = false;
  parts_.store.Read([&](store::Transaction& tx) {
    replay = archive_tables::FindReplay(tx, key);
    if (replay && replay->state != "CANCELLING") wait = MustWait(tx, key);
  });
  if (!replay || !replay->active()) {
    owed_.erase(key);
    return;
  }
  if (wait) return StepLater(key, options_.pause);
  Commit(key, replay->state == "CANCELLING" ? Page() : ReadPage(*replay));
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
    if (static_cast<int64_t>(page.owed.size()) >= options_.max_owed) break;
  }
  return page;
}

void Replays::Commit(const ReplayKey& key, Page page) {
  const auto ended = std::make_shared<bool>(false);
  const auto owed = std::make_shared<Owed>();
  parts_.store.Write(
      [this, key, ended, owed, page = std::move(page)](store::Transaction& tx) mutable {
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
          owed->after = delivery::Dispatcher::LatestId(tx);
          parts_.ingest.Owe(tx, std::move(page.owed));
          owed->to = delivery::Dispatcher::LatestId(tx);
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
      [this, key, ended, owed](std::exception_ptr failure) {
        if (failure) {
          parts_.log.Error("a step of a replay could not be stored", {{"replay", ReplayArn(key)}});
          return StepLater(key, options_.store_retry);
        }
        parts_.loop.Post([this, key, ended = *ended, owed = *owed] {
          if (ended) {
            owed_.erase(key);
          } else {
            if (owed.to > owed.after) owed_[key].push_back(owed);
            Step(key);
          }
        });
      });
}

}  // namespace riposte::bus
