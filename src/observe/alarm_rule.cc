#include "observe/alarm_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace riposte::observe {
namespace {

std::string FormatSlotTime(TimePoint time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  return fmt::format("{:02}/{:02}/{:02} {:02}:{:02}:{:02}", static_cast<unsigned>(date.day()),
                     static_cast<unsigned>(date.month()), static_cast<int>(date.year()) % 100,
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string_view Words(Comparison comparison) {
  switch (comparison) {
    case Comparison::kGreater:
      return "greater than";
    case Comparison::kGreaterOrEqual:
      return "greater than or equal to";
    case Comparison::kLess:
      return "less than";
    case Comparison::kLessOrEqual:
      return "less than or equal to";
  }
  return "";
}

std::string Plural(int count, std::string_view word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

/// "[10.0 (21/11/26 22:02:00), …]", at most ten of them.
std::string List(const std::vector<Slot>& slots) {
  std::string out = "[";
  const size_t shown = std::min<size_t>(slots.size(), 10);
  for (size_t i = 0; i < shown; ++i) {
    if (i > 0) out += ", ";
    out += fmt::format("{} ({})", FormatNumber(*slots[i].value), FormatSlotTime(slots[i].start));
  }
  if (shown < slots.size()) out += ", ...";
  return out + "]";
}

std::string DataReason(const AlarmRule& rule, AlarmState state, const std::vector<Slot>& real,
                       const std::vector<Slot>& breaching) {
  std::vector<Slot> shown;
  if (state == AlarmState::kAlarm) {
    shown = breaching;
  } else {
    std::copy_if(real.begin(), real.end(), std::back_inserter(shown),
                 [&](const Slot& slot) { return !rule.Breaches(*slot.value); });
    if (shown.empty()) shown = real;
  }
  std::reverse(shown.begin(), shown.end());
  const int count = static_cast<int>(shown.size());
  const bool negated = count > 0 && !rule.Breaches(*shown.front().value);
  std::string text = "Threshold Crossed: ";
  if (rule.evaluation_periods > 1) {
    text += fmt::format("{} out of the last {}", count,
                        Plural(static_cast<int>(real.size()), "datapoint"));
  } else {
    text += Plural(count, "datapoint");
  }
  text += fmt::format(" {} {}{} {} the threshold ({})", List(shown), count == 1 ? "was" : "were",
                      negated ? " not" : "", Words(rule.comparison), FormatNumber(rule.threshold));
  if (rule.evaluation_periods > 1) {
    const int minimum = state == AlarmState::kAlarm
                            ? rule.datapoints_to_alarm
                            : rule.evaluation_periods - rule.datapoints_to_alarm + 1;
    text += fmt::format(" (minimum {} for {} transition)", Plural(minimum, "datapoint"),
                        state == AlarmState::kAlarm ? "OK -> ALARM" : "ALARM -> OK");
  }
  return text + ".";
}

std::string FilledReason(const AlarmRule& rule, int filled) {
  return fmt::format(
      "Threshold Crossed: no datapoints were received for {} and {} {} treated as [{}].",
      Plural(rule.evaluation_periods, "period"), Plural(filled, "missing datapoint"),
      filled == 1 ? "was" : "were",
      rule.missing_data == MissingData::kBreaching ? "Breaching" : "NonBreaching");
}

}  // namespace

std::string FormatNumber(double value) {
  if (value == std::floor(value) && std::abs(value) < 1e15) return fmt::format("{:.1f}", value);
  return fmt::format("{}", value);
}

std::string_view ToString(AlarmState state) {
  switch (state) {
    case AlarmState::kOk:
      return "OK";
    case AlarmState::kAlarm:
      return "ALARM";
    case AlarmState::kInsufficientData:
      return "INSUFFICIENT_DATA";
  }
  return "";
}

std::optional<AlarmState> ParseAlarmState(std::string_view text) {
  if (text == "OK") return AlarmState::kOk;
  if (text == "ALARM") return AlarmState::kAlarm;
  if (text == "INSUFFICIENT_DATA") return AlarmState::kInsufficientData;
  return std::nullopt;
}

std::optional<Comparison> ParseComparison(std::string_view text) {
  if (text == "GreaterThanThreshold") return Comparison::kGreater;
  if (text == "GreaterThanOrEqualToThreshold") return Comparison::kGreaterOrEqual;
  if (text == "LessThanThreshold") return Comparison::kLess;
  if (text == "LessThanOrEqualToThreshold") return Comparison::kLessOrEqual;
  return std::nullopt;
}

std::optional<MissingData> ParseMissingData(std::string_view text) {
  if (text.empty() || text == "missing") return MissingData::kMissing;
  if (text == "ignore") return MissingData::kIgnore;
  if (text == "breaching") return MissingData::kBreaching;
  if (text == "notBreaching") return MissingData::kNotBreaching;
  return std::nullopt;
}

bool AlarmRule::Breaches(double value) const {
  switch (comparison) {
    case Comparison::kGreater:
      return value > threshold;
    case Comparison::kGreaterOrEqual:
      return value >= threshold;
    case Comparison::kLess:
      return value < threshold;
    case Comparison::kLessOrEqual:
      return value <= threshold;
  }
  return false;
}

Verdict Judge(const AlarmRule& rule, std::span<const Slot> slots) {
  const auto periods = static_cast<size_t>(rule.evaluation_periods);
  const auto needed = static_cast<size_t>(rule.datapoints_to_alarm);
  std::vector<Slot> real;
  size_t oldest_age = 0;  // In periods; the newest slot has age 1.
  for (size_t i = 0; i < slots.size() && real.size() < periods; ++i) {
    if (!slots[i].value) continue;
    real.push_back(slots[i]);
    oldest_age = i + 1;
  }
  std::vector<Slot> breaching;
  std::copy_if(real.begin(), real.end(), std::back_inserter(breaching),
               [&](const Slot& slot) { return rule.Breaches(*slot.value); });

  Verdict verdict;
  verdict.evaluated.assign(real.rbegin(), real.rend());
  const auto decide = [&](AlarmState state) {
    verdict.state = state;
    verdict.reason = DataReason(rule, state, real, breaching);
  };
  if (real.size() >= periods || breaching.size() >= needed) {
    decide(breaching.size() >= needed ? AlarmState::kAlarm : AlarmState::kOk);
    return verdict;
  }

  const size_t missing = periods - real.size();
  switch (rule.missing_data) {
    case MissingData::kBreaching: {
      const bool alarm = breaching.size() + missing >= needed;
      decide(alarm ? AlarmState::kAlarm : AlarmState::kOk);
      if (breaching.empty() && alarm) {
        verdict.reason = FilledReason(rule, static_cast<int>(missing));
      }
      break;
    }
    case MissingData::kNotBreaching:
      decide(AlarmState::kOk);
      if (real.empty()) verdict.reason = FilledReason(rule, static_cast<int>(missing));
      break;
    case MissingData::kMissing:
    case MissingData::kIgnore:
      if (real.size() > breaching.size()) {
        decide(AlarmState::kOk);
      } else if (rule.missing_data == MissingData::kIgnore) {
        verdict.state = std::nullopt;
      } else if (!real.empty() && oldest_age >= needed) {
        decide(AlarmState::kAlarm);
      } else {
        verdict.state = AlarmState::kInsufficientData;
        verdict.reason = fmt::format("Insufficient Data: {} {} unknown.",
                                     Plural(static_cast<int>(missing), "datapoint"),
                                     missing == 1 ? "was" : "were");
      }
      break;
  }
  return verdict;
}

}  // namespace riposte::observe
