#include "observe/alarm.h"

#include <algorithm>
#include <map>

#include "base/arn.h"

namespace riposte::observe {
namespace {

/// More would make one alarm read hundreds of series.
constexpr size_t kMaxSeries = 100;

constexpr std::pair<std::string_view, std::string_view> kRegionNames[] = {
    {"us-east-1", "US East (N. Virginia)"},
    {"us-east-2", "US East (Ohio)"},
    {"us-west-1", "US West (N. California)"},
    {"us-west-2", "US West (Oregon)"},
    {"eu-west-1", "EU (Ireland)"},
    {"eu-west-2", "EU (London)"},
    {"eu-west-3", "EU (Paris)"},
    {"eu-central-1", "EU (Frankfurt)"},
    {"eu-north-1", "EU (Stockholm)"},
    {"eu-south-1", "EU (Milan)"},
    {"ap-northeast-1", "Asia Pacific (Tokyo)"},
    {"ap-northeast-2", "Asia Pacific (Seoul)"},
    {"ap-southeast-1", "Asia Pacific (Singapore)"},
    {"ap-southeast-2", "Asia Pacific (Sydney)"},
    {"ap-south-1", "Asia Pacific (Mumbai)"},
    {"ca-central-1", "Canada (Central)"},
    {"sa-east-1", "South America (Sao Paulo)"}};

std::string RegionName(const Region& region) {
  for (const auto& [code, name] : kRegionNames) {
    if (code == region.str()) return std::string(name);
  }
  return region.str();
}

Dimensions ReadDimensions(const json::Object& from) {
  Dimensions dimensions;
  if (const json::Array* list = json::GetArray(from, "Dimensions")) {
    for (const json::Value& item : *list) {
      if (!item.is_object()) continue;
      dimensions.emplace_back(json::GetString(item.get_object(), "Name"),
                              json::GetString(item.get_object(), "Value"));
    }
  }
  return dimensions;
}

/// One series for each way to choose a value for every name.
std::vector<Series> Expand(const Scope& scope, std::string_view metric_namespace,
                           std::string_view name, const Dimensions& dimensions) {
  std::map<std::string, std::vector<std::string>> values;
  for (const auto& [dimension, value] : dimensions) {
    auto& list = values[dimension];
    if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
  }
  std::vector<Dimensions> chosen(1);
  for (const auto& [dimension, list] : values) {
    std::vector<Dimensions> next;
    for (const Dimensions& so_far : chosen) {
      for (const std::string& value : list) {
        next.push_back(so_far);
        next.back().emplace_back(dimension, value);
      }
    }
    chosen = std::move(next);
    if (chosen.size() > kMaxSeries) return {};
  }
  std::vector<Series> out;
  for (Dimensions& one : chosen) {
    out.push_back(MakeSeries(scope, metric_namespace, name, std::move(one)));
  }
  return out;
}

json::Array ToArray(const std::vector<std::string>& texts) {
  json::Array out;
  for (const std::string& text : texts) out.emplace_back(text);
  return out;
}

json::Object StateObject(const Alarm& alarm) {
  json::Object state{{"value", ToString(alarm.state)}, {"reason", alarm.reason}};
  json::SetIfNotEmpty(state, "reasonData", alarm.reason_data);
  state["timestamp"] = FormatAlarmTime(alarm.state_updated);
  return state;
}

}  // namespace

std::string FormatAlarmTime(TimePoint time) {
  std::string text = FormatIso8601(time, true);
  if (text.ends_with('Z')) text.replace(text.size() - 1, 1, "+0000");
  return text;
}

std::string Alarm::Arn() const {
  return MakeArn("cloudwatch", scope, "alarm:" + name);
}

bool Alarm::ActionsEnabled() const {
  return json::GetBool(config, "ActionsEnabled", true);
}

std::vector<std::string> Alarm::ActionsFor(AlarmState to) const {
  switch (to) {
    case AlarmState::kOk:
      return json::GetStrings(config, "OKActions");
    case AlarmState::kAlarm:
      return json::GetStrings(config, "AlarmActions");
    case AlarmState::kInsufficientData:
      return json::GetStrings(config, "InsufficientDataActions");
  }
  return {};
}

json::Object Alarm::ToDocument() const {
  json::Object out = config;
  out["AlarmArn"] = Arn();
  out["AlarmConfigurationUpdatedTimestamp"] = ToSeconds(config_updated);
  out["ActionsEnabled"] = ActionsEnabled();
  for (const char* list : {"OKActions", "AlarmActions", "InsufficientDataActions", "Dimensions"}) {
    if (!out.contains(list)) out[list] = json::Array();
  }
  out["StateValue"] = ToString(state);
  out["StateReason"] = reason;
  json::SetIfNotEmpty(out, "StateReasonData", reason_data);
  out["StateUpdatedTimestamp"] = ToSeconds(state_updated);
  out["StateTransitionedTimestamp"] = ToSeconds(transitioned);
  return out;
}

Result<AlarmPlan> AlarmPlan::From(const Scope& scope, const json::Object& config) {
  const auto wrong = [](std::string text) { return Fail(Code::kInvalidArgument, std::move(text)); };
  AlarmPlan plan;
  json::Object metric;  // Namespace, MetricName, Dimensions, Period, Unit and the statistic.
  if (const json::Array* metrics = json::GetArray(config, "Metrics");
      metrics && !metrics->empty()) {
    const json::Object* stat = nullptr;
    if (metrics->size() == 1 && metrics->front().is_object()) {
      stat = json::GetObject(metrics->front().get_object(), "MetricStat");
    }
    const json::Object* inner = stat ? json::GetObject(*stat, "Metric") : nullptr;
    if (!inner) {
      return wrong("Metric math expressions and queries over several metrics are not supported.");
    }
    metric = *inner;
    for (const char* member : {"Period", "Unit"}) {
      if (const json::Value* value = json::Find(*stat, member)) metric[member] = *value;
    }
    metric["Statistic"] = json::GetString(*stat, "Stat");
  } else {
    metric = config;
    if (json::GetString(config, "Statistic").empty()) {
      metric["Statistic"] = json::GetString(config, "ExtendedStatistic");
    } else if (!json::GetString(config, "ExtendedStatistic").empty()) {
      return wrong("Statistic and ExtendedStatistic are mutually exclusive.");
    }
  }

  plan.metric_namespace = json::GetString(metric, "Namespace");
  plan.metric_name = json::GetString(metric, "MetricName");
  if (plan.metric_name.empty()) return wrong("The parameter MetricName is required.");
  if (plan.metric_namespace.empty()) return wrong("The parameter Namespace is required.");
  plan.statistic_name = json::GetString(metric, "Statistic");
  if (plan.statistic_name.empty()) {
    return wrong("Either Statistic or ExtendedStatistic must be specified.");
  }
  const std::optional<Statistic> statistic = Statistic::Parse(plan.statistic_name);
  if (!statistic) {
    return wrong("The value " + plan.statistic_name +
                 " for parameter ExtendedStatistic is not supported.");
  }
  plan.statistic = *statistic;
  plan.unit = json::GetString(metric, "Unit");
  plan.dimensions = ReadDimensions(metric);
  plan.series = Expand(scope, plan.metric_namespace, plan.metric_name, plan.dimensions);
  if (plan.series.empty()) return wrong("The parameter Dimensions names too many metrics.");

  const int64_t period = json::GetInt(metric, "Period");
  if (period != 10 && period != 20 && period != 30 && (period <= 0 || period % 60 != 0)) {
    return wrong("The value for parameter Period must be 10, 20, 30 or a multiple of 60.");
  }
  plan.period = std::chrono::seconds(period);
  const int64_t periods = json::GetInt(config, "EvaluationPeriods");
  const int64_t needed = json::GetInt(config, "DatapointsToAlarm", periods);
  if (periods < 1) return wrong("The parameter EvaluationPeriods is required.");
  if (needed < 1 || needed > periods) {
    return wrong(
        "The value for parameter DatapointsToAlarm must be between 1 and EvaluationPeriods.");
  }
  const int64_t limit = period >= 3600 ? 7 * 86'400 : 86'400;
  if (period * periods > limit) {
    return wrong("Metrics cannot be checked across more than " +
                 std::string(limit == 86'400 ? "a day" : "seven days") +
                 " (EvaluationPeriods * Period must be <= " + std::to_string(limit) + ").");
  }
  plan.rule.evaluation_periods = static_cast<int>(periods);
  plan.rule.datapoints_to_alarm = static_cast<int>(needed);

  if (!json::GetString(config, "ThresholdMetricId").empty()) {
    return wrong("Anomaly detection alarms are not supported.");
  }
  if (!json::Find(config, "Threshold")) return wrong("The parameter Threshold is required.");
  plan.rule.threshold = json::GetDouble(config, "Threshold");
  const auto comparison = ParseComparison(json::GetString(config, "ComparisonOperator"));
  if (!comparison) {
    return wrong(
        "The comparison operator needs an anomaly detection model, which is not supported.");
  }
  plan.rule.comparison = *comparison;
  const auto missing = ParseMissingData(json::GetString(config, "TreatMissingData"));
  if (!missing) {
    return wrong("The value " + std::string(json::GetString(config, "TreatMissingData")) +
                 " is not supported for TreatMissingData parameter. Supported values are "
                 "[breaching, notBreaching, ignore, missing].");
  }
  plan.rule.missing_data = *missing;
  const std::string_view few = json::GetString(config, "EvaluateLowSampleCountPercentile");
  if (!few.empty() && few != "evaluate" && few != "ignore") {
    return wrong("Option " + std::string(few) +
                 " is not supported. Supported options for parameter "
                 "EvaluateLowSampleCountPercentile are evaluate and ignore.");
  }
  plan.ignore_few_samples = few == "ignore";
  return plan;
}

bool AlarmPlan::TooFewSamples(double samples) const {
  if (!ignore_few_samples || statistic.kind() != Statistic::Kind::kPercentile) return false;
  const double share = statistic.percent() / 100;
  const double rare = share >= 0.5 ? 1 - share : share;
  return rare <= 0 || samples < 10 / rare;
}

std::string MakeReasonData(const AlarmPlan& plan, const Verdict& verdict, TimePoint now) {
  json::Array recent;
  json::Array evaluated;
  for (const Slot& slot : verdict.evaluated) {
    recent.emplace_back(*slot.value);
    evaluated.push_back(json::Object{{"timestamp", FormatAlarmTime(slot.start)},
                                     {"sampleCount", slot.samples},
                                     {"value", *slot.value}});
  }
  json::Object data{{"version", "1.0"}, {"queryDate", FormatAlarmTime(now)}};
  if (!verdict.evaluated.empty()) {
    data["startDate"] = FormatAlarmTime(verdict.evaluated.front().start);
  }
  json::SetIfNotEmpty(data, "unit", plan.unit);
  data["statistic"] = plan.statistic_name;
  data["period"] = plan.period.count() / 1000;
  data["recentDatapoints"] = std::move(recent);
  data["threshold"] = plan.rule.threshold;
  data["evaluatedDatapoints"] = std::move(evaluated);
  return json::Serialize(data);
}

std::string MakeSubject(const Alarm& alarm) {
  std::string subject(ToString(alarm.state));
  subject += ": \"" + alarm.name + "\" in " + RegionName(alarm.scope.region);
  // A topic takes at most 100 characters.
  if (subject.size() > 100) subject = subject.substr(0, 97) + "...";
  return subject;
}

std::string MakeNotification(const Alarm& alarm, const AlarmPlan& plan, AlarmState old_state) {
  json::Array dimensions;
  for (const auto& [name, value] : plan.dimensions) {
    dimensions.push_back(json::Object{{"value", value}, {"name", name}});
  }
  json::Object trigger{{"MetricName", plan.metric_name}, {"Namespace", plan.metric_namespace}};
  if (plan.statistic.kind() == Statistic::Kind::kPercentile) {
    trigger["StatisticType"] = "ExtendedStatistic";
    trigger["ExtendedStatistic"] = plan.statistic_name;
  } else {
    std::string upper = plan.statistic_name == "SampleCount" ? "SAMPLE_COUNT" : plan.statistic_name;
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    trigger["StatisticType"] = "Statistic";
    trigger["Statistic"] = upper;
  }
  trigger["Unit"] = plan.unit.empty() ? json::Value(nullptr) : json::Value(plan.unit);
  trigger["Dimensions"] = std::move(dimensions);
  trigger["Period"] = plan.period.count() / 1000;
  trigger["EvaluationPeriods"] = plan.rule.evaluation_periods;
  if (json::Find(alarm.config, "DatapointsToAlarm")) {
    trigger["DatapointsToAlarm"] = plan.rule.datapoints_to_alarm;
  }
  trigger["ComparisonOperator"] = json::GetString(alarm.config, "ComparisonOperator");
  trigger["Threshold"] = plan.rule.threshold;
  trigger["TreatMissingData"] = json::GetString(alarm.config, "TreatMissingData");
  trigger["EvaluateLowSampleCountPercentile"] =
      json::GetString(alarm.config, "EvaluateLowSampleCountPercentile");

  json::Object message;
  message["AlarmName"] = alarm.name;
  const std::string_view description = json::GetString(alarm.config, "AlarmDescription");
  message["AlarmDescription"] =
      description.empty() ? json::Value(nullptr) : json::Value(description);
  message["AWSAccountId"] = alarm.scope.account.str();
  message["AlarmConfigurationUpdatedTimestamp"] = FormatAlarmTime(alarm.config_updated);
  message["NewStateValue"] = ToString(alarm.state);
  message["NewStateReason"] = alarm.reason;
  message["StateChangeTime"] = FormatAlarmTime(alarm.state_updated);
  message["Region"] = RegionName(alarm.scope.region);
  message["AlarmArn"] = alarm.Arn();
  message["OldStateValue"] = ToString(old_state);
  message["OKActions"] = ToArray(alarm.ActionsFor(AlarmState::kOk));
  message["AlarmActions"] = ToArray(alarm.ActionsFor(AlarmState::kAlarm));
  message["InsufficientDataActions"] = ToArray(alarm.ActionsFor(AlarmState::kInsufficientData));
  message["Trigger"] = std::move(trigger);
  return json::Serialize(message);
}

json::Object MakeEventDetail(const Alarm& alarm, const AlarmPlan& plan, const Alarm& before) {
  json::Object dimensions;
  for (const auto& [name, value] : plan.dimensions) dimensions[name] = value;
  json::Object stat{{"metric", json::Object{{"namespace", plan.metric_namespace},
                                            {"name", plan.metric_name},
                                            {"dimensions", std::move(dimensions)}}},
                    {"period", plan.period.count() / 1000},
                    {"stat", plan.statistic_name}};
  json::SetIfNotEmpty(stat, "unit", plan.unit);
  json::Object configuration;
  json::SetIfNotEmpty(configuration, "description",
                      json::GetString(alarm.config, "AlarmDescription"));
  configuration["metrics"] = json::Array{
      json::Object{{"id", "m1"}, {"metricStat", std::move(stat)}, {"returnData", true}}};
  return json::Object{{"alarmName", alarm.name},
                      {"state", StateObject(alarm)},
                      {"previousState", StateObject(before)},
                      {"configuration", std::move(configuration)}};
}

}  // namespace riposte::observe
