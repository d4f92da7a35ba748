// Metrics that users see and alarms watch: series of datapoints by scope, namespace, name and
// dimensions.
//
// Data path:     engine parts -> Put (memory) -> within a second, one write -> store
//                PutMetricData -> Store (in the call's own transaction) -> store
//                store -> Read -> GetMetricStatistics, alarms
// Thread safety: all methods, any thread; those with a Transaction on its thread.
// Cost:          Put about 0.3 µs; a flush one row a series and minute.
// A datapoint row covers one minute, or one second for high-resolution data; reading joins rows to
// the period that is asked for. Rows are kept for Retention's metric age.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "api/sinks.h"
#include "observe/statistics.h"
#include "observe/write_behind.h"

namespace riposte::observe {

using Dimensions = api::MetricSink::Dimensions;

/// Which metric. Dimensions are in order of name.
struct Series {
  Scope scope;
  std::string metric_namespace;
  std::string name;
  Dimensions dimensions;

  /// Unique text of the series, for memory only.
  [[nodiscard]] std::string Key() const;
};
/// Sorts the dimensions.
[[nodiscard]] Series MakeSeries(const Scope& scope, std::string_view metric_namespace,
                                std::string_view name, Dimensions dimensions);

struct Datapoint {
  TimePoint start;
  std::string unit;
  Aggregate aggregate;
};

class Metrics final : public api::MetricSink {
 public:
  /// Keys of series that have new data in the store. Called on the loop.
  using Listener = std::function<void(const std::vector<std::string>&)>;

  Metrics(store::Store& store, Executor& loop, const Clock& clock, const telemetry::Log& log);

  void Put(const Scope& scope, std::string_view metric_namespace, std::string_view name,
           const Dimensions& dimensions, double value, std::string_view unit) override;

  /// Adds `data` to the datapoint of `series` that covers `time`, as durable as `tx`.
  void Store(store::Transaction& tx, const Series& series, TimePoint time, bool high_resolution,
             std::string_view unit, const Aggregate& data);

  /// See WriteBehind::Flush: call it before reading.
  void Flush(Task done) { buffer_.Flush(std::move(done)); }

  /// Stored rows with start in [from, to), ascending; `unit` "" means any.
  [[nodiscard]] std::vector<Datapoint> Read(store::Transaction& tx, const Series& series,
                                            TimePoint from, TimePoint to,
                                            std::string_view unit) const;
  /// The rows joined to periods that begin at `from`; without those that have no data. With
  /// `unit` "", each unit is a datapoint of its own.
  [[nodiscard]] std::vector<Datapoint> ReadPeriods(store::Transaction& tx, const Series& series,
                                                   TimePoint from, TimePoint to, Millis period,
                                                   std::string_view unit) const;
  struct Listed {
    int64_t id = 0;
    Series series;
    TimePoint last;
  };
  /// Series of the scope with id above `after`, ascending, until `each` returns false. Empty
  /// namespace or name mean any.
  void List(store::Transaction& tx, const Scope& scope, std::string_view metric_namespace,
            std::string_view name, int64_t after,
            const std::function<bool(const Listed&)>& each) const;

  void SetListener(Listener listener) { listener_ = std::move(listener); }
  void Stop() { buffer_.FlushAndWait(); }  ///< Writes what is in memory. Not on the writer thread.
  void Reset() { buffer_.Clear(); }

 private:
  struct Pending {
    Series series;
    std::map<std::pair<int64_t, std::string>, Aggregate, std::less<>> points;  ///< (start, unit)
  };
  struct Buffer {
    std::unordered_map<std::string, Pending> by_key;
    size_t reports = 0;
  };
  static int64_t SeriesId(store::Transaction& tx, const Series& series, TimePoint last);
  static void Merge(store::Transaction& tx, int64_t series, int64_t start_ms, std::string_view unit,
                    const Aggregate& data);
  void Write(store::Transaction& tx, const Buffer& buffer);
  void Notify(store::Transaction& tx, std::vector<std::string> keys);

  Executor& loop_;
  const Clock& clock_;
  Listener listener_;
  WriteBehind<Buffer> buffer_;
};

}  // namespace riposte::observe
