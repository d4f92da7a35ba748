// Which state is an alarm in? The pure rule, from the datapoints of its evaluation range.
//
// The range is longer than the evaluation periods N, so that late or sparse data is still found.
// With N or more real datapoints in it, the newest N decide and missing data does not matter.
// With fewer, all real ones count and the rest is filled in as the alarm says:
//   breaching, notBreaching   as named;
//   missing                   not filled: no data at all is INSUFFICIENT_DATA;
//   ignore                    as missing, but where that would be undecided the state stays.
// An alarm does not wait for data that never comes: when all real datapoints breach and the oldest
// is at least M (datapoints to alarm) periods old, `missing` yields ALARM.
// Source: "Configuring how CloudWatch alarms treat missing data", CloudWatch user guide; its two
// tables are in alarm_rule_test.cc.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace riposte::observe {

enum class AlarmState { kOk, kAlarm, kInsufficientData };
[[nodiscard]] std::string_view ToString(AlarmState state);  ///< "OK", "ALARM", …
[[nodiscard]] std::optional<AlarmState> ParseAlarmState(std::string_view text);

enum class Comparison { kGreater, kGreaterOrEqual, kLess, kLessOrEqual };
/// "GreaterThanThreshold" and its like; nullopt for another text.
[[nodiscard]] std::optional<Comparison> ParseComparison(std::string_view text);

enum class MissingData { kMissing, kIgnore, kBreaching, kNotBreaching };
/// "" is kMissing; nullopt for another text.
[[nodiscard]] std::optional<MissingData> ParseMissingData(std::string_view text);

struct AlarmRule {
  Comparison comparison = Comparison::kGreater;
  double threshold = 0;
  int evaluation_periods = 1;   ///< N
  int datapoints_to_alarm = 1;  ///< M
  MissingData missing_data = MissingData::kMissing;

  [[nodiscard]] bool Breaches(double value) const;
  /// How many periods to look back: two more than N, as in the documentation's examples.
  [[nodiscard]] int EvaluationRange() const { return evaluation_periods + 2; }
};

struct Slot {
  TimePoint start;
  std::optional<double> value;  ///< nullopt: missing.
  double samples = 0;
};

struct Verdict {
  /// nullopt: the alarm keeps the state it has.
  std::optional<AlarmState> state;
  std::string reason;  ///< The sentence that people see as StateReason.
  /// Real datapoints that decided, oldest first.
  std::vector<Slot> evaluated;
};

/// `slots` is the evaluation range, newest first; one slot a period.
[[nodiscard]] Verdict Judge(const AlarmRule& rule, std::span<const Slot> slots);

/// "10.0", "0.25": numbers as reasons and notifications show them.
[[nodiscard]] std::string FormatNumber(double value);

}  // namespace riposte::observe
