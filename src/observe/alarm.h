// One alarm: its configuration as PutMetricAlarm gave it, its state, and how it is evaluated.
//
// Plain values. The configuration is kept as the service's own document, so that what was put is
// what is described; AlarmPlan is what evaluation makes of it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "json/json.h"
#include "observe/alarm_rule.h"
#include "observe/metrics.h"

namespace riposte::observe {

struct Alarm {
  int64_t id = 0;
  Scope scope;
  std::string name;
  json::Object config;  ///< Members of MetricAlarm but for the state and what is derived.
  TimePoint config_updated;
  AlarmState state = AlarmState::kInsufficientData;
  std::string reason;
  std::string reason_data;  ///< A JSON text, or "".
  TimePoint state_updated;
  TimePoint transitioned;

  [[nodiscard]] std::string Arn() const;
  [[nodiscard]] bool ActionsEnabled() const;
  /// ARNs to act on when the alarm enters `to`.
  [[nodiscard]] std::vector<std::string> ActionsFor(AlarmState to) const;
  /// The MetricAlarm structure of the service.
  [[nodiscard]] json::Object ToDocument() const;
};

struct AlarmPlan {
  AlarmRule rule;
  Statistic statistic;
  std::string statistic_name;  ///< "Sum", "p99"
  std::string metric_namespace, metric_name;
  Dimensions dimensions;  ///< As configured, repeated names and all.
  Millis period{60'000};
  std::string unit;  ///< "" is any.
  bool ignore_few_samples = false;
  /// What is summed up: one series, or several when a dimension is named more than once. Such an
  /// alarm is refused by the service; here it watches the sum over each of the named values.
  std::vector<Series> series;

  /// Errors: kInvalidArgument, in the service's words.
  [[nodiscard]] static Result<AlarmPlan> From(const Scope& scope, const json::Object& config);
  [[nodiscard]] bool high_resolution() const { return period < Millis(60'000); }
  /// True when a percentile over `samples` says little (documented: fewer than 10 / (1 - p)).
  [[nodiscard]] bool TooFewSamples(double samples) const;
};

/// "2026-11-21T22:02:00.000+0000", as in notifications and events.
[[nodiscard]] std::string FormatAlarmTime(TimePoint time);

/// StateReasonData: what the verdict stands on, as a JSON text.
[[nodiscard]] std::string MakeReasonData(const AlarmPlan& plan, const Verdict& verdict,
                                         TimePoint now);
/// The text that topics get, and its subject.
[[nodiscard]] std::string MakeNotification(const Alarm& alarm, const AlarmPlan& plan,
                                           AlarmState old_state);
[[nodiscard]] std::string MakeSubject(const Alarm& alarm);
/// Detail of the event "CloudWatch Alarm State Change". `before` is the alarm as it was.
[[nodiscard]] json::Object MakeEventDetail(const Alarm& alarm, const AlarmPlan& plan,
                                           const Alarm& before);

}  // namespace riposte::observe
