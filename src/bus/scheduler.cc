#include "bus/scheduler.h"

namespace riposte::bus {

void Scheduler::Start() {
  loop_.Post([this] { Reload(); });
}

void Scheduler::Stop() {
  stopped_ = true;
  if (alarm_) loop_.Cancel(*alarm_);
  alarm_.reset();
}

void Scheduler::Changed(store::Transaction& tx) {
  tx.OnCommit([this] { loop_.Post([this] { Reload(); }); });
}

void Scheduler::Reload() {
  if (stopped_) return;
  std::vector<RuleRow> rows;
  store_.Read([&](store::Transaction& tx) { rows = tables::ListScheduledRules(tx); });
  std::map<RuleKey, Entry> entries;
  const TimePoint now = clock_.Now();
  for (RuleRow& row : rows) {
    if (auto it = entries_.find(row.key); it != entries_.end() && it->second.text == row.schedule &&
                                          it->second.anchor == row.created) {
      entries.insert(entries_.extract(it));
      continue;
    }
    auto parsed = schedule::ScheduleExpression::Parse(row.schedule);
    if (!parsed) {
      log_.Error("stored schedule is not valid", {{"rule", RuleArn(row.key)}});
      continue;
    }
    const auto next = parsed->Next(now, row.created);
    entries.emplace(row.key, Entry{row.schedule, *parsed, row.created, next});
  }
  entries_ = std::move(entries);
  SetAlarm();
}

void Scheduler::SetAlarm() {
  if (alarm_) loop_.Cancel(*alarm_);
  alarm_.reset();
  std::optional<TimePoint> next;
  for (const auto& [key, entry] : entries_) {
    if (entry.next && (!next || *entry.next < *next)) next = entry.next;
  }
  if (!next || stopped_) return;
  alarm_ = loop_.PostAt(*next, [this] {
    alarm_.reset();
    RunDue();
  });
}

void Scheduler::RunDue() {
  const TimePoint now = clock_.Now();
  for (auto& [key, entry] : entries_) {
    if (!entry.next || *entry.next > now) continue;
    Fire(key, *entry.next);
    entry.next = entry.schedule.Next(now, entry.anchor);
  }
  SetAlarm();
}

void Scheduler::Fire(const RuleKey& key, TimePoint due) {
  store_.Write(
      [this, key, due](store::Transaction& tx) {
        const auto set = rules_.Find(key.scope, key.bus);
        const auto rule = set->Find(key.name);
        if (!rule) return;
        api::Event event;
        event.scope = key.scope;
        event.bus = key.bus;
        event.source = "aws.events";
        event.detail_type = "Scheduled Event";
        event.time = due;
        event.resources = {rule->arn};
        event.detail = json::Object();
        ingest_.Trigger(tx, *rule, std::move(event));
      },
      [this, arn = RuleArn(key)](std::exception_ptr failure) {
        if (failure) log_.Error("scheduled rule could not run", {{"rule", arn}});
      });
}

}  // namespace riposte::bus
