#include <algorithm>
#include <cmath>

#include "base/number.h"
#include "observe/flushed_read.h"
#include "observe/page_token.h"
#include "services/monitoring/monitoring_service.h"

namespace riposte::monitoring {
namespace {

constexpr int64_t kMaxStatisticsPoints = 1'440;
constexpr int64_t kMaxDataPoints = 100'800;
constexpr size_t kMaxQueries = 500;
constexpr size_t kListPage = 500;
constexpr double kMaxMagnitude = 1.1579208923731619e77;  // 2^256; documented as 2^360 with a bug.

TimePoint ReadTime(const json::Object& input, std::string_view name) {
  return FromMillis(std::llround(json::GetDouble(input, name) * 1000));
}

observe::Dimensions ReadDimensions(const json::Object& from) {
  observe::Dimensions dimensions;
  if (const json::Array* list = json::GetArray(from, "Dimensions")) {
    for (const json::Value& item : *list) {
      dimensions.emplace_back(json::GetString(item.as_object(), "Name"),
                              json::GetString(item.as_object(), "Value"));
    }
  }
  return dimensions;
}

json::Array WriteDimensions(const observe::Dimensions& dimensions) {
  json::Array out;
  for (const auto& [name, value] : dimensions) {
    out.push_back(json::Object{{"Name", name}, {"Value", value}});
  }
  return out;
}

void CheckNumber(double value, const std::string& parameter) {
  if (!std::isfinite(value) || std::abs(value) > kMaxMagnitude) {
    throw api::Error(
        "InvalidParameterValueException",
        "The value " + std::to_string(value) + " for parameter " + parameter + " is invalid.");
  }
}

/// What one MetricDatum reports; `at` is its name in messages.
observe::Aggregate ReadDatum(const json::Object& datum, const std::string& at) {
  const json::Value* value = json::Find(datum, "Value");
  const json::Object* set = json::GetObject(datum, "StatisticValues");
  const json::Array* values = json::GetArray(datum, "Values");
  const auto exclusive = [&](const char* one, const char* other) {
    throw api::Error("InvalidParameterCombinationException",
                     "The parameters " + at + "." + one + " and " + at + "." + other +
                         " are mutually exclusive and you have specified both.");
  };
  if (value && set) exclusive("Value", "StatisticValues");
  if (value && values) exclusive("Value", "Values");
  if (set && values) exclusive("StatisticValues", "Values");
  observe::Aggregate out;
  if (value) {
    const double number = value->to_number<double>();
    CheckNumber(number, at + ".Value");
    out.Add(number);
    return out;
  }
  if (set) {
    const double samples = json::GetDouble(*set, "SampleCount");
    const double sum = json::GetDouble(*set, "Sum");
    const double minimum = json::GetDouble(*set, "Minimum");
    const double maximum = json::GetDouble(*set, "Maximum");
    for (const double number : {samples, sum, minimum, maximum}) {
      CheckNumber(number, at + ".StatisticValues");
    }
    if (samples <= 0) {
      throw api::Error("InvalidParameterValueException", "The value for parameter " + at +
                                                             ".StatisticValues.SampleCount must be "
                                                             "greater than 0.");
    }
    if (minimum > maximum) {
      throw api::Error("InvalidParameterValueException",
                       at + ".StatisticValues.Maximum must be greater than or equal to " + at +
                           ".StatisticValues.Minimum.");
    }
    out.AddSet(samples, sum, minimum, maximum);
    return out;
  }
  if (!values || values->empty()) {
    throw api::Error("MissingRequiredParameterException",
                     "At least one of the parameters " + at + ".Value, " + at +
                         ".StatisticValues or " + at + ".Values must be specified.");
  }
  const json::Array* counts = json::GetArray(datum, "Counts");
  if (counts && counts->size() != values->size()) {
    throw api::Error(
        "InvalidParameterValueException",
        "The parameters " + at + ".Values and " + at + ".Counts must be of the same size.");
  }
  if (values->size() > 150) {
    throw api::Error("InvalidParameterValueException",
                     "The collection " + at + ".Values must not have a size greater than 150.");
  }
  for (size_t i = 0; i < values->size(); ++i) {
    const double number = (*values)[i].to_number<double>();
    const double count = counts ? (*counts)[i].to_number<double>() : 1.0;
    CheckNumber(number, at + ".Values");
    CheckNumber(count, at + ".Counts");
    if (count < 0) {
      throw api::Error("InvalidParameterValueException",
                       "The value for parameter " + at + ".Counts must not be negative.");
    }
    if (count > 0) out.Add(number, count);
  }
  return out;
}

void CheckPeriod(int64_t period) {
  if (period == 1 || period == 5 || period == 10 || period == 20 || period == 30 ||
      (period > 0 && period % 60 == 0)) {
    return;
  }
  throw api::Error("InvalidParameterValueException",
                   "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.");
}

/// Down to the minute, or to the period when that is shorter.
TimePoint RoundStart(TimePoint start, int64_t period) {
  const Millis step = std::chrono::seconds(std::min<int64_t>(period, 60));
  return start - start.time_since_epoch() % step;
}

std::vector<std::string> StatisticNames(const json::Object& input) {
  std::vector<std::string> names = json::GetStrings(input, "Statistics");
  for (std::string& name : json::GetStrings(input, "ExtendedStatistics")) {
    names.push_back(std::move(name));
  }
  if (names.empty()) {
    throw api::Error("MissingRequiredParameterException",
                     "Must specify either Statistics or ExtendedStatistics");
  }
  for (const std::string& name : names) {
    if (!observe::Statistic::Parse(name)) {
      throw api::Error(
          "InvalidParameterValueException",
          "The value " + name + " for parameter ExtendedStatistics.member.1 is not supported.");
    }
  }
  return names;
}

void CheckRange(TimePoint start, TimePoint end) {
  if (start >= end) {
    throw api::Error("InvalidParameterValueException",
                     "The parameter StartTime must be less than the parameter EndTime.");
  }
}

json::Value MetricStatistics(const observe::Metrics& metrics, const api::Call& call,
                             store::Transaction& tx) {
  const json::Object& input = call.input;
  const std::vector<std::string> names = StatisticNames(input);
  const int64_t period = json::GetInt(input, "Period");
  CheckPeriod(period);
  const TimePoint start = RoundStart(ReadTime(input, "StartTime"), period);
  const TimePoint end = ReadTime(input, "EndTime");
  CheckRange(start, end);
  const int64_t points = (end - start) / std::chrono::seconds(period);
  if (points > kMaxStatisticsPoints) {
    throw api::Error("InvalidParameterCombinationException",
                     "You have requested up to " + std::to_string(points) +
                         " datapoints, which exceeds the limit of 1,440. You may reduce the "
                         "datapoints requested by increasing Period, or decreasing the time "
                         "range.");
  }
  const observe::Series series =
      observe::MakeSeries(call.scope, json::GetString(input, "Namespace"),
                          json::GetString(input, "MetricName"), ReadDimensions(input));
  json::Array datapoints;
  for (const observe::Datapoint& point : metrics.ReadPeriods(
           tx, series, start, end, std::chrono::seconds(period), json::GetString(input, "Unit"))) {
    json::Object out{{"Timestamp", ToSeconds(point.start)}};
    json::Object extended;
    for (const std::string& name : names) {
      const auto statistic = observe::Statistic::Parse(name);
      const std::optional<double> value = statistic->Of(point.aggregate);
      if (!value) continue;
      if (statistic->kind() == observe::Statistic::Kind::kPercentile) {
        extended[name] = *value;
      } else {
        out[name] = *value;
      }
    }
    out["Unit"] = point.unit;
    if (!extended.empty()) out["ExtendedStatistics"] = std::move(extended);
    datapoints.push_back(std::move(out));
  }
  return json::Object{{"Label", json::GetString(input, "MetricName")},
                      {"Datapoints", std::move(datapoints)}};
}

json::Object OneQuery(const observe::Metrics& metrics, const api::Call& call,
                      store::Transaction& tx, const json::Object& query, bool ascending) {
  const json::Object* stat = json::GetObject(query, "MetricStat");
  if (!stat) {
    throw api::Error("ValidationError",
                     "Error in expression '" + std::string(json::GetString(query, "Id")) +
                         "': metric math expressions are not supported; query the metrics with "
                         "MetricStat.");
  }
  const json::Object* metric = json::GetObject(*stat, "Metric");
  const int64_t period = json::GetInt(*stat, "Period");
  CheckPeriod(period);
  const std::string name(json::GetString(*stat, "Stat"));
  const auto statistic = observe::Statistic::Parse(name);
  if (!metric || !statistic) {
    throw api::Error("ValidationError", "The value '" + name +
                                            "' for parameter MetricDataQueries." +
                                            "member.1.MetricStat.Stat is not a valid statistic.");
  }
  TimePoint start = ReadTime(call.input, "StartTime");
  start -= start.time_since_epoch() % std::chrono::seconds(period);
  const observe::Series series =
      observe::MakeSeries(call.scope, json::GetString(*metric, "Namespace"),
                          json::GetString(*metric, "MetricName"), ReadDimensions(*metric));
  std::vector<std::pair<double, double>> points;
  for (const observe::Datapoint& point :
       metrics.ReadPeriods(tx, series, start, ReadTime(call.input, "EndTime"),
                           std::chrono::seconds(period), json::GetString(*stat, "Unit"))) {
    if (const auto value = statistic->Of(point.aggregate)) {
      points.emplace_back(ToSeconds(point.start), *value);
    }
  }
  if (!ascending) std::reverse(points.begin(), points.end());
  json::Array timestamps;
  json::Array values;
  for (const auto& [time, value] : points) {
    timestamps.emplace_back(time);
    values.emplace_back(value);
  }
  const std::string_view label = json::GetString(query, "Label", series.name);
  return json::Object{{"Id", json::GetString(query, "Id")},
                      {"Label", label},
                      {"Timestamps", std::move(timestamps)},
                      {"Values", std::move(values)},
                      {"StatusCode", "Complete"}};
}

json::Value MetricData(const observe::Metrics& metrics, const api::Call& call,
                       store::Transaction& tx) {
  const json::Object& input = call.input;
  const json::Array& queries = *json::GetArray(input, "MetricDataQueries");
  if (queries.size() > kMaxQueries) {
    throw api::Error("ValidationError",
                     "The collection MetricDataQueries must not have a size greater than 500.");
  }
  const TimePoint start = ReadTime(input, "StartTime");
  const TimePoint end = ReadTime(input, "EndTime");
  if (start >= end) {
    throw api::Error("ValidationError",
                     "The parameter EndTime must be greater than the parameter StartTime.");
  }
  int64_t points = 0;
  for (const json::Value& query : queries) {
    const json::Object* stat = json::GetObject(query.as_object(), "MetricStat");
    const int64_t period = stat ? std::max<int64_t>(1, json::GetInt(*stat, "Period")) : 60;
    points += (end - start) / std::chrono::seconds(period);
  }
  if (points > kMaxDataPoints) {
    throw api::Error("ValidationError",
                     "You have requested up to " + std::to_string(points) +
                         " datapoints, which exceeds the limit of 100,800. Reduce the time range "
                         "or increase the period.");
  }
  const bool ascending = json::GetString(input, "ScanBy") == "TimestampAscending";
  json::Array results;
  for (const json::Value& query : queries) {
    if (!json::GetBool(query.as_object(), "ReturnData", true)) continue;
    results.push_back(OneQuery(metrics, call, tx, query.as_object(), ascending));
  }
  return json::Object{{"MetricDataResults", std::move(results)}, {"Messages", json::Array()}};
}

bool HasDimensions(const observe::Dimensions& dimensions, const json::Array* filters) {
  if (!filters) return true;
  for (const json::Value& one : *filters) {
    const json::Object& filter = one.as_object();
    const bool found = std::any_of(dimensions.begin(), dimensions.end(), [&](const auto& pair) {
      return pair.first == json::GetString(filter, "Name") &&
             (!json::Find(filter, "Value") || pair.second == json::GetString(filter, "Value"));
    });
    if (!found) return false;
  }
  return true;
}

json::Value MetricList(const observe::Metrics& metrics, const api::Call& call,
                       store::Transaction& tx) {
  const json::Object& input = call.input;
  const auto token = observe::ReadToken(json::GetString(input, "NextToken"));
  int64_t after = 0;
  const auto invalid = [] {
    return api::Error("InvalidParameterValueException",
                      "The value for parameter NextToken is invalid.");
  };
  if (!token) throw invalid();
  if (!token->empty()) {
    const auto number = ParseNumber(*token);
    if (!number) throw invalid();
    after = *number;
  }
  const bool recent = json::GetString(input, "RecentlyActive") == "PT3H";
  const TimePoint since = call.now - (recent ? std::chrono::hours(3) : std::chrono::hours(24 * 14));
  json::Array out;
  std::string next;
  int64_t last = 0;
  metrics.List(
      tx, call.scope, json::GetString(input, "Namespace"), json::GetString(input, "MetricName"),
      after, [&](const observe::Metrics::Listed& listed) {
        if (listed.last < since ||
            !HasDimensions(listed.series.dimensions, json::GetArray(input, "Dimensions"))) {
          return true;
        }
        if (out.size() == kListPage) {
          next = observe::MakeToken(std::to_string(last));
          return false;
        }
        last = listed.id;
        out.push_back(json::Object{{"Namespace", listed.series.metric_namespace},
                                   {"MetricName", listed.series.name},
                                   {"Dimensions", WriteDimensions(listed.series.dimensions)}});
        return true;
      });
  json::Object reply{{"Metrics", std::move(out)}};
  json::SetIfNotEmpty(reply, "NextToken", next);
  return reply;
}

}  // namespace

json::Value MonitoringService::PutMetricData(const api::Call& call, store::Transaction& tx) {
  const std::string_view metric_namespace = json::GetString(call.input, "Namespace");
  if (metric_namespace.starts_with("AWS/")) {
    throw api::Error("InvalidParameterValueException",
                     "The value AWS/ for parameter Namespace is invalid: it is reserved for "
                     "services.");
  }
  std::vector<const json::Object*> data;
  const auto gather = [&](const json::Object& from) {
    if (const json::Array* list = json::GetArray(from, "MetricData")) {
      for (const json::Value& datum : *list) data.push_back(&datum.as_object());
    }
  };
  gather(call.input);
  if (const json::Array* entities = json::GetArray(call.input, "EntityMetricData")) {
    for (const json::Value& entity : *entities) gather(entity.as_object());
  }
  if (data.empty()) {
    throw api::Error("MissingRequiredParameterException", "The parameter MetricData is required.");
  }
  if (data.size() > 1'000) {
    throw api::Error("InvalidParameterValueException",
                     "The collection MetricData must not have a size greater than 1000.");
  }
  size_t index = 0;
  for (const json::Object* datum : data) {
    const std::string at = "MetricData.member." + std::to_string(++index);
    const observe::Aggregate aggregate = ReadDatum(*datum, at);
    const TimePoint time =
        json::Find(*datum, "Timestamp") ? ReadTime(*datum, "Timestamp") : call.now;
    if (time < call.now - std::chrono::hours(24 * 14)) {
      throw api::Error("InvalidParameterValueException",
                       "The parameter " + at +
                           ".Timestamp must specify a time within the "
                           "past two weeks.");
    }
    if (time > call.now + std::chrono::hours(2)) {
      throw api::Error("InvalidParameterValueException",
                       "The parameter " + at +
                           ".Timestamp must specify a time no more than "
                           "two hours in the future.");
    }
    const int64_t resolution = json::GetInt(*datum, "StorageResolution", 60);
    if (resolution != 1 && resolution != 60) {
      throw api::Error("InvalidParameterValueException",
                       "The value " + std::to_string(resolution) + " for parameter " + at +
                           ".StorageResolution is invalid: it must be 1 or 60.");
    }
    if (aggregate.empty()) continue;
    metrics_.Store(
        tx,
        observe::MakeSeries(call.scope, metric_namespace, json::GetString(*datum, "MetricName"),
                            ReadDimensions(*datum)),
        time, resolution == 1, json::GetString(*datum, "Unit"), aggregate);
  }
  return json::Object();
}

void MonitoringService::GetMetricStatistics(api::Call call, api::Reply reply) {
  observe::FlushedRead(
      metrics_, store_, loop_, std::move(call),
      [this](const api::Call& c, store::Transaction& tx) {
        return MetricStatistics(metrics_, c, tx);
      },
      std::move(reply));
}

void MonitoringService::GetMetricData(api::Call call, api::Reply reply) {
  observe::FlushedRead(
      metrics_, store_, loop_, std::move(call),
      [this](const api::Call& c, store::Transaction& tx) { return MetricData(metrics_, c, tx); },
      std::move(reply));
}

void MonitoringService::ListMetrics(api::Call call, api::Reply reply) {
  observe::FlushedRead(
      metrics_, store_, loop_, std::move(call),
      [this](const api::Call& c, store::Transaction& tx) { return MetricList(metrics_, c, tx); },
      std::move(reply));
}

}  // namespace riposte::monitoring
