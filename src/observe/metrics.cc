#include "observe/metrics.h"

#include <algorithm>
#include <cmath>

namespace riposte::observe {
namespace {

constexpr int64_t kMinute = 60'000;
constexpr int64_t kSecond = 1'000;

void AppendKey(std::string& key, const Scope& scope, std::string_view metric_namespace,
               std::string_view name, const Dimensions& dimensions) {
  const auto add = [&key](std::string_view part) {
    key.append(part);
    key.push_back('\x1f');
  };
  add(scope.account.str());
  add(scope.region.str());
  add(metric_namespace);
  add(name);
  for (const auto& [dimension, value] : dimensions) {
    add(dimension);
    add(value);
  }
}

std::string EncodeDimensions(const Dimensions& dimensions) {
  json::Array out;
  for (const auto& [name, value] : dimensions) out.push_back(json::Array{name, value});
  return json::Serialize(out);
}

Dimensions DecodeDimensions(const json::Value& stored) {
  Dimensions out;
  for (const json::Value& pair : stored.as_array()) {
    out.emplace_back(json::View(pair.as_array().at(0)), json::View(pair.as_array().at(1)));
  }
  return out;
}

bool Sorted(const Dimensions& dimensions) {
  return std::is_sorted(dimensions.begin(), dimensions.end());
}

int64_t FloorTo(int64_t value, int64_t step) {
  return (value / step - (value % step < 0 ? 1 : 0)) * step;
}

}  // namespace

std::string Series::Key() const {
  std::string key;
  AppendKey(key, scope, metric_namespace, name, dimensions);
  return key;
}

Series MakeSeries(const Scope& scope, std::string_view metric_namespace, std::string_view name,
                  Dimensions dimensions) {
  std::sort(dimensions.begin(), dimensions.end());
  return {scope, std::string(metric_namespace), std::string(name), std::move(dimensions)};
}

Metrics::Metrics(store::Store& store, Executor& loop, const Clock& clock, const telemetry::Log& log)
    : loop_(loop),
      clock_(clock),
      buffer_({"metrics"}, store, loop, clock, log,
              [this](store::Transaction& tx, const Buffer& buffer) { Write(tx, buffer); }) {}

void Metrics::Put(const Scope& scope, std::string_view metric_namespace, std::string_view name,
                  const Dimensions& dimensions, double value, std::string_view unit) {
  if (!std::isfinite(value)) return;
  if (!Sorted(dimensions)) {
    Dimensions sorted = dimensions;
    std::sort(sorted.begin(), sorted.end());
    Put(scope, metric_namespace, name, sorted, value, unit);
    return;
  }
  thread_local std::string key;
  key.clear();
  AppendKey(key, scope, metric_namespace, name, dimensions);
  const int64_t start = FloorTo(ToMillis(clock_.Now()), kMinute);
  if (unit.empty()) unit = "None";
  buffer_.Add([&](Buffer& buffer) {
    auto at = buffer.by_key.find(key);
    if (at == buffer.by_key.end()) {
      at = buffer.by_key.emplace(key, Pending{}).first;
      at->second.series = {scope, std::string(metric_namespace), std::string(name), dimensions};
    }
    auto& points = at->second.points;
    auto point = std::find_if(points.begin(), points.end(), [&](const auto& entry) {
      return entry.first.first == start && entry.first.second == unit;
    });
    if (point == points.end()) {
      point = points.emplace(std::pair{start, std::string(unit)}, Aggregate{}).first;
    }
    point->second.Add(value);
    // Repeated reports cost no memory: only new series make the buffer heavier.
    return buffer.by_key.size();
  });
}

int64_t Metrics::SeriesId(store::Transaction& tx, const Series& series, TimePoint last) {
  const std::string dimensions = EncodeDimensions(series.dimensions);
  int64_t id = 0;
  tx.QueryOne(
      "INSERT INTO observe_series (account, region, namespace, name, dimensions, last_ms)"
      " VALUES (?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (account, region, namespace, name, dimensions)"
      " DO UPDATE SET last_ms = max(last_ms, excluded.last_ms) RETURNING id",
      {series.scope.account.str(), series.scope.region.str(), series.metric_namespace, series.name,
       dimensions, last},
      [&](const store::Row& row) { id = row.Int(0); });
  return id;
}

void Metrics::Merge(store::Transaction& tx, int64_t series, int64_t start_ms, std::string_view unit,
                    const Aggregate& data) {
  Aggregate merged = data;
  tx.QueryOne(
      "SELECT samples, sum, minimum, maximum, distribution FROM observe_datapoints"
      " WHERE series = ? AND start_ms = ? AND unit = ?",
      {series, start_ms, unit}, [&](const store::Row& row) {
        merged.Merge(
            Aggregate::FromStored(row.Real(0), row.Real(1), row.Real(2), row.Real(3), row.Text(4)));
      });
  const std::string distribution = merged.EncodeDistribution();
  tx.Execute(
      "INSERT OR REPLACE INTO observe_datapoints"
      " (series, start_ms, unit, samples, sum, minimum, maximum, distribution)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      {series, start_ms, unit, merged.samples(), merged.sum(), merged.minimum(), merged.maximum(),
       distribution});
}

void Metrics::Store(store::Transaction& tx, const Series& series, TimePoint time,
                    bool high_resolution, std::string_view unit, const Aggregate& data) {
  const int64_t start = FloorTo(ToMillis(time), high_resolution ? kSecond : kMinute);
  Merge(tx, SeriesId(tx, series, time), start, unit.empty() ? "None" : unit, data);
  Notify(tx, {series.Key()});
}

void Metrics::Write(store::Transaction& tx, const Buffer& buffer) {
  std::vector<std::string> keys;
  keys.reserve(buffer.by_key.size());
  for (const auto& [key, pending] : buffer.by_key) {
    const TimePoint last = FromMillis(pending.points.rbegin()->first.first);
    const int64_t series = SeriesId(tx, pending.series, last);
    for (const auto& [at, aggregate] : pending.points) {
      Merge(tx, series, at.first, at.second, aggregate);
    }
    keys.push_back(key);
  }
  Notify(tx, std::move(keys));
}

void Metrics::Notify(store::Transaction& tx, std::vector<std::string> keys) {
  if (!listener_) return;
  tx.OnCommit([this, keys = std::move(keys)]() mutable {
    loop_.Post([this, keys = std::move(keys)] { listener_(keys); });
  });
}

std::vector<Datapoint> Metrics::Read(store::Transaction& tx, const Series& series, TimePoint from,
                                     TimePoint to, std::string_view unit) const {
  std::vector<Datapoint> out;
  const std::string dimensions = EncodeDimensions(series.dimensions);
  tx.Query(
      "SELECT p.start_ms, p.unit, p.samples, p.sum, p.minimum, p.maximum, p.distribution"
      " FROM observe_series s JOIN observe_datapoints p ON p.series = s.id"
      " WHERE s.account = ? AND s.region = ? AND s.namespace = ? AND s.name = ?"
      " AND s.dimensions = ? AND p.start_ms >= ? AND p.start_ms < ? AND (? = '' OR p.unit = ?)"
      " ORDER BY p.start_ms",
      {series.scope.account.str(), series.scope.region.str(), series.metric_namespace, series.name,
       dimensions, from, to, unit, unit},
      [&](const store::Row& row) {
        out.push_back({row.Time(0), row.Str(1),
                       Aggregate::FromStored(row.Real(2), row.Real(3), row.Real(4), row.Real(5),
                                             row.Text(6))});
        return true;
      });
  return out;
}

std::vector<Datapoint> Metrics::ReadPeriods(store::Transaction& tx, const Series& series,
                                            TimePoint from, TimePoint to, Millis period,
                                            std::string_view unit) const {
  std::map<std::pair<int64_t, std::string>, Aggregate> periods;
  for (Datapoint& point : Read(tx, series, from, to, unit)) {
    const int64_t index = (point.start - from) / period;
    periods[{index, std::move(point.unit)}].Merge(point.aggregate);
  }
  std::vector<Datapoint> out;
  out.reserve(periods.size());
  for (auto& [at, aggregate] : periods) {
    out.push_back({from + at.first * period, at.second, std::move(aggregate)});
  }
  return out;
}

void Metrics::List(store::Transaction& tx, const Scope& scope, std::string_view metric_namespace,
                   std::string_view name, int64_t after,
                   const std::function<bool(const Listed&)>& each) const {
  tx.Query(
      "SELECT id, namespace, name, dimensions, last_ms FROM observe_series"
      " WHERE account = ? AND region = ? AND (? = '' OR namespace = ?) AND (? = '' OR name = ?)"
      " AND id > ? ORDER BY id",
      {scope.account.str(), scope.region.str(), metric_namespace, metric_namespace, name, name,
       after},
      [&](const store::Row& row) {
        return each({row.Int(0),
                     {scope, row.Str(1), row.Str(2), DecodeDimensions(row.Json(3))},
                     row.Time(4)});
      });
}

}  // namespace riposte::observe
