#include "bus/scheduler.h"

#include <algorithm>

#include "bus/schedule_tables.h"

namespace riposte::bus {

void Scheduler::Entry::Plan(TimePoint now) {
  // A rule made before the clock was set back: its rate begins anew.
  if (anchor > now) anchor = now;
  next = schedule.Next(now, anchor);
  while (next) {
    const auto run = used.RunOver(*next);
    if (!run) return;
    next = schedule.Next(*run, anchor);
  }
}

void Scheduler::Start() {
  store_.Write([](store::Transaction& tx) { schedule_tables::DeleteOrphans(tx); },
               [](std::exception_ptr) {});  // Else the next start does it.
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
  std::map<RuleKey, std::string> used;
  store_.Read([&](store::Transaction& tx) {
    rows = tables::ListScheduledRules(tx);
    used = schedule_tables::List(tx);
  });
  std::map<RuleKey, Entry> entries;
  const TimePoint now = clock_.Now();
  const bool set_back = now < seen_ - kLook;
  seen_ = now;
  for (RuleRow& row : rows) {
    if (auto it = entries_.find(row.key); it != entries_.end() && it->second.text == row.schedule &&
                                          it->second.created == row.created) {
      if (set_back) it->second.Plan(now);
      entries.insert(entries_.extract(it));
      continue;
    }
    auto parsed = schedule::ScheduleExpression::Parse(row.schedule);
    if (!parsed) {
      log_.Error("stored schedule is not valid", {{"rule", RuleArn(row.key)}});
      continue;
    }
    Entry entry{row.schedule, *parsed, row.created, row.created, {}, {}};
    if (const auto text = used.find(row.key); text != used.end()) {
      entry.used = schedule::UsedTimes::FromText(text->second);
    }
    entry.Plan(now);
    entries.emplace(row.key, std::move(entry));
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
  alarm_ = loop_.PostAt(std::min(*next, clock_.Now() + kLook), [this] {
    alarm_.reset();
    RunDue();
  });
}

void Scheduler::RunDue() {
  const TimePoint now = clock_.Now();
  if (now < seen_ - kLook) {  // The clock has been set back.
    for (auto& [key, entry] : entries_) entry.Plan(now);
  }
  seen_ = now;
  for (auto& [key, entry] : entries_) {
    if (!entry.next || *entry.next > now) continue;
    const TimePoint due = *entry.next;
    const auto before = entry.used.EndBefore(due);
    entry.used.Add(due, before && entry.schedule.Next(*before, entry.anchor) == due);
    Fire(key, due, entry);
    entry.Plan(now);
  }
  SetAlarm();
}

void Scheduler::Fire(const RuleKey& key, TimePoint due, const Entry& entry) {
  store_.Write(
      [this, key, due, entry](store::Transaction& tx) {
        const auto set = rules_.Find(key.scope, key.bus);
        const auto rule = set->Find(key.name);
        if (!rule) return;
        schedule_tables::Put(tx, key, entry.created, entry.text, entry.used.ToText());
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
