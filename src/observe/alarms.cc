#include "observe/alarms.h"

#include <algorithm>

#include "observe/alarm_tables.h"

namespace riposte::observe {
namespace {

constexpr Millis kMinute{60'000};
constexpr Millis kTenSeconds{10'000};
constexpr size_t kSlice = 50;  // Alarms judged in one task: about 5 ms.

TimePoint FloorTo(TimePoint time, Millis step) {
  return time - time.time_since_epoch() % step;
}

/// How long an action that fails is tried again.
delivery::RetryPolicy ActionPolicy() {
  delivery::RetryPolicy policy;
  policy.max_attempts = 50;
  policy.max_age = std::chrono::hours(1);
  policy.cap = std::chrono::minutes(2);
  return policy;
}

/// False where data that is still to come in this period can undo a breach for certain kinds of
/// question: a growing sum or count asked for "less than".
bool JudgesUnfinishedPeriods(const AlarmPlan& plan) {
  const bool grows = plan.statistic.kind() == Statistic::Kind::kSum ||
                     plan.statistic.kind() == Statistic::Kind::kSampleCount;
  const bool less =
      plan.rule.comparison == Comparison::kLess || plan.rule.comparison == Comparison::kLessOrEqual;
  return !(grows && less);
}

json::Object StateData(const Alarm& alarm) {
  json::Object state{{"stateValue", ToString(alarm.state)}, {"stateReason", alarm.reason}};
  if (!alarm.reason_data.empty()) {
    if (auto data = json::Parse(alarm.reason_data)) state["stateReasonData"] = std::move(*data);
  }
  return state;
}

}  // namespace

Alarms::Alarms(store::Store& store, Executor& loop, const Clock& clock, const telemetry::Log& log,
               Metrics& metrics, delivery::Dispatcher& dispatcher, api::EventSink& events)
    : store_(store),
      loop_(loop),
      clock_(clock),
      log_(log),
      metrics_(metrics),
      dispatcher_(dispatcher),
      events_(events) {}

Alarms::~Alarms() {
  Stop();
}

void Alarms::Start() {
  running_ = true;
  store_.Read([&](store::Transaction& tx) {
    alarm_tables::ListAll(tx, [&](Alarm alarm) {
      Watch(std::move(alarm));
      return true;
    });
  });
  metrics_.SetListener([this](const std::vector<std::string>& keys) { OnData(keys); });
  ScheduleTick();
}

void Alarms::Stop() {
  running_ = false;
  if (timer_ != 0) loop_.Cancel(std::exchange(timer_, 0));
}

void Alarms::Reset() {
  watched_.clear();
  by_series_.clear();
}

Result<Alarm> Alarms::Put(store::Transaction& tx, const Scope& scope, json::Object config,
                          TimePoint now) {
  if (const auto plan = AlarmPlan::From(scope, config); !plan) {
    return std::unexpected(plan.error());
  }
  const std::string name(json::GetString(config, "AlarmName"));
  std::optional<Alarm> alarm = alarm_tables::Find(tx, scope, name);
  const bool created = !alarm;
  if (created) {
    const int64_t count =
        tx.QueryInt("SELECT count(*) FROM observe_alarms WHERE account = ? AND region = ?",
                    {scope.account.str(), scope.region.str()})
            .value_or(0);
    if (count >= static_cast<int64_t>(kMaxAlarms)) {
      return Fail(Code::kLimitExceeded, "Maximum number of alarms reached.");
    }
    alarm.emplace();
    alarm->scope = scope;
    alarm->name = name;
    alarm->reason = "Unchecked: Initial alarm creation";
    alarm->state_updated = alarm->transitioned = now;
  }
  alarm->config = std::move(config);
  alarm->config_updated = now;
  if (created) {
    alarm->id = alarm_tables::Insert(tx, *alarm);
  } else {
    alarm_tables::UpdateConfig(tx, *alarm);
  }
  json::Object data{{"version", "1.0"},
                    {"type", created ? "Create" : "Update"},
                    {created ? "createdAlarm" : "updatedAlarm", alarm->ToDocument()}};
  alarm_tables::AddHistory(
      tx, scope,
      {0, name, "ConfigurationUpdate", now,
       "Alarm \"" + name + (created ? "\" created" : "\" updated"), json::Serialize(data)});
  Changed(tx, alarm->id, true);
  return std::move(*alarm);
}

void Alarms::Delete(store::Transaction& tx, const Alarm& alarm, TimePoint now) {
  alarm_tables::Delete(tx, alarm.id);
  alarm_tables::AddHistory(
      tx, alarm.scope,
      {0, alarm.name, "ConfigurationUpdate", now, "Alarm \"" + alarm.name + "\" deleted",
       json::Serialize(json::Object{
           {"version", "1.0"}, {"type", "Delete"}, {"deletedAlarm", alarm.ToDocument()}})});
  Changed(tx, alarm.id, false);
}

void Alarms::EnableActions(store::Transaction& tx, Alarm alarm, bool enabled, TimePoint now) {
  if (alarm.ActionsEnabled() == enabled) return;
  alarm.config["ActionsEnabled"] = enabled;
  alarm.config_updated = now;
  alarm_tables::UpdateConfig(tx, alarm);
  alarm_tables::AddHistory(
      tx, alarm.scope,
      {0, alarm.name, "ConfigurationUpdate", now,
       "Alarm \"" + alarm.name + "\" actions " + (enabled ? "enabled" : "disabled"),
       json::Serialize(json::Object{
           {"version", "1.0"}, {"type", "Update"}, {"updatedAlarm", alarm.ToDocument()}})});
  Changed(tx, alarm.id, false);
}

void Alarms::SetState(store::Transaction& tx, Alarm alarm, AlarmState to, std::string reason,
                      std::string reason_data, TimePoint now) {
  const Alarm before = alarm;
  alarm.state = to;
  alarm.reason = std::move(reason);
  alarm.reason_data = std::move(reason_data);
  alarm.state_updated = now;
  const bool transition = to != before.state;
  if (transition) alarm.transitioned = now;
  alarm_tables::UpdateState(tx, alarm);
  Changed(tx, alarm.id, false);
  if (!transition) return;

  alarm_tables::AddHistory(
      tx, alarm.scope,
      {0, alarm.name, "StateUpdate", now,
       "Alarm updated from " + std::string(ToString(before.state)) + " to " +
           std::string(ToString(to)),
       json::Serialize(json::Object{
           {"version", "1.0"}, {"oldState", StateData(before)}, {"newState", StateData(alarm)}})});
  const auto plan = AlarmPlan::From(alarm.scope, alarm.config);
  if (!plan) return;  // Cannot be: Put refused it.
  if (alarm.ActionsEnabled()) {
    for (const std::string& action : alarm.ActionsFor(to)) {
      delivery::Work work;
      work.kind = kActionKind;
      work.scope = alarm.scope;
      work.source_arn = alarm.Arn();
      work.target_arn = action;
      work.detail = {{"alarm", alarm.name},
                     {"subject", MakeSubject(alarm)},
                     {"message", MakeNotification(alarm, *plan, before.state)},
                     {"event", MakeEventDetail(alarm, *plan, before)}};
      work.policy = ActionPolicy();
      work.created = work.due = now;
      dispatcher_.Enqueue(tx, std::move(work));
    }
  }
  api::Event event;
  event.scope = alarm.scope;
  event.source = "aws.cloudwatch";
  event.detail_type = "CloudWatch Alarm State Change";
  event.time = now;
  event.resources = {alarm.Arn()};
  event.detail = MakeEventDetail(alarm, *plan, before);
  events_.Emit(tx, std::move(event));
}

void Alarms::Changed(store::Transaction& tx, int64_t id, bool evaluate) {
  tx.OnCommit([this, id, evaluate] { loop_.Post([this, id, evaluate] { Reload(id, evaluate); }); });
}

void Alarms::Reload(int64_t id, bool evaluate) {
  if (!running_) return;
  std::optional<Alarm> alarm;
  store_.Read([&](store::Transaction& tx) { alarm = alarm_tables::FindById(tx, id); });
  Forget(id);
  if (!alarm) return;
  Watch(std::move(*alarm));
  ScheduleTick();
  if (evaluate) Evaluate({id}, true);
}

void Alarms::Watch(Alarm alarm) {
  auto plan = AlarmPlan::From(alarm.scope, alarm.config);
  if (!plan) {
    log_.Error("alarm cannot be evaluated",
               {{"alarm", alarm.Arn()}, {"error", plan.error().message}});
    return;
  }
  const int64_t id = alarm.id;
  for (const Series& series : plan->series) by_series_[series.Key()].insert(id);
  watched_.insert_or_assign(id, Watched{std::move(alarm), std::move(*plan)});
}

void Alarms::Forget(int64_t id) {
  const auto at = watched_.find(id);
  if (at == watched_.end()) return;
  for (const Series& series : at->second.plan.series) {
    const auto ids = by_series_.find(series.Key());
    if (ids == by_series_.end()) continue;
    ids->second.erase(id);
    if (ids->second.empty()) by_series_.erase(ids);
  }
  watched_.erase(at);
}

void Alarms::ScheduleTick() {
  if (!running_ || watched_.empty()) return;
  bool high_resolution = false;
  for (const auto& [id, watched] : watched_) {
    high_resolution = high_resolution || watched.plan.high_resolution();
  }
  const Millis step = high_resolution ? kTenSeconds : kMinute;
  // A new alarm may need an earlier tick than the one that is set.
  if (timer_ != 0) loop_.Cancel(timer_);
  timer_ = loop_.PostAt(FloorTo(clock_.Now(), step) + step, [this] {
    timer_ = 0;
    Tick();
  });
}

void Alarms::Tick() {
  if (!running_) return;
  // Reports that are still in memory belong to the periods that end now.
  metrics_.Flush([this] {
    loop_.Post([this] {
      if (!running_) return;
      const bool full_minute = FloorTo(clock_.Now(), kTenSeconds) == FloorTo(clock_.Now(), kMinute);
      std::vector<int64_t> due;
      for (const auto& [id, watched] : watched_) {
        if (full_minute || watched.plan.high_resolution()) due.push_back(id);
      }
      // In slices, so that thousands of alarms do not hold up the loop.
      for (size_t at = 0; at < due.size(); at += kSlice) {
        const auto first = due.begin() + static_cast<std::ptrdiff_t>(at);
        const auto last =
            due.begin() + static_cast<std::ptrdiff_t>(std::min(due.size(), at + kSlice));
        loop_.Post([this, slice = std::vector<int64_t>(first, last)] {
          if (running_) Evaluate(slice, false);
        });
      }
    });
  });
  ScheduleTick();
}

void Alarms::OnData(const std::vector<std::string>& keys) {
  if (!running_ || by_series_.empty()) return;
  std::set<int64_t> touched;
  for (const std::string& key : keys) {
    if (const auto ids = by_series_.find(key); ids != by_series_.end()) {
      touched.insert(ids->second.begin(), ids->second.end());
    }
  }
  if (!touched.empty()) Evaluate({touched.begin(), touched.end()}, true);
}

Verdict Alarms::JudgeNow(store::Transaction& tx, const Watched& watched, TimePoint end,
                         bool& too_few) const {
  const AlarmPlan& plan = watched.plan;
  const int range = plan.rule.EvaluationRange();
  const TimePoint start = end - range * plan.period;
  std::vector<Aggregate> periods(static_cast<size_t>(range));
  for (const Series& series : plan.series) {
    for (const Datapoint& point : metrics_.Read(tx, series, start, end, plan.unit)) {
      periods[static_cast<size_t>((point.start - start) / plan.period)].Merge(point.aggregate);
    }
  }
  std::vector<Slot> slots;
  for (int i = range - 1; i >= 0; --i) {
    const Aggregate& aggregate = periods[static_cast<size_t>(i)];
    slots.push_back({start + i * plan.period, plan.statistic.Of(aggregate), aggregate.samples()});
  }
  Verdict verdict = Judge(plan.rule, slots);
  double samples = 0;
  for (const Slot& slot : verdict.evaluated) samples += slot.samples;
  too_few = !verdict.evaluated.empty() && plan.TooFewSamples(samples);
  return verdict;
}

void Alarms::Evaluate(const std::vector<int64_t>& ids, bool early) {
  const TimePoint now = clock_.Now();
  struct Change {
    int64_t id;
    Verdict verdict;
    std::string reason_data;
    TimePoint config_updated;
  };
  std::vector<Change> changes;
  store_.Read([&](store::Transaction& tx) {
    for (const int64_t id : ids) {
      const auto at = watched_.find(id);
      if (at == watched_.end()) continue;
      const Watched& watched = at->second;
      if (early && !JudgesUnfinishedPeriods(watched.plan)) continue;
      const Millis step = watched.plan.high_resolution() ? kTenSeconds : kMinute;
      const TimePoint end = FloorTo(now, step) + (early ? step : Millis(0));
      bool too_few = false;
      Verdict verdict = JudgeNow(tx, watched, end, too_few);
      if (too_few || !verdict.state || *verdict.state == watched.alarm.state) continue;
      if (early && *verdict.state != AlarmState::kAlarm &&
          (watched.alarm.state != AlarmState::kInsufficientData || verdict.evaluated.empty())) {
        continue;
      }
      std::string data = MakeReasonData(watched.plan, verdict, now);
      changes.push_back({id, std::move(verdict), std::move(data), watched.alarm.config_updated});
    }
  });
  for (Change& change : changes) {
    Apply(change.id, change.verdict, std::move(change.reason_data), now, change.config_updated);
  }
}

void Alarms::Apply(int64_t id, const Verdict& verdict, std::string reason_data, TimePoint now,
                   TimePoint config_updated) {
  store_.Write(
      [this, id, to = *verdict.state, reason = verdict.reason, data = std::move(reason_data), now,
       config_updated](store::Transaction& tx) {
        std::optional<Alarm> alarm = alarm_tables::FindById(tx, id);
        // Deleted, changed or already there since it was judged: the next evaluation decides.
        if (!alarm || alarm->config_updated != config_updated || alarm->state == to) return;
        SetState(tx, std::move(*alarm), to, reason, data, now);
      },
      [this, id](std::exception_ptr failure) {
        if (failure) log_.Error("alarm state not written", {{"alarm_id", id}});
      });
}

}  // namespace riposte::observe
