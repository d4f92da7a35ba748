// The process's own counters, gauges and histograms, in Prometheus text exposition format 0.0.4.
//
// These describe the engine to its operator (`GET /metrics`). Metrics that users and alarms see
// (AWS/Events, AWS/Lambda) are observe::Metrics, which is durable and scoped.
// Thread safety: all methods, any thread; instruments live as long as their Registry.
// Cost: one relaxed atomic add a Counter::Add or Histogram::Observe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace riposte::telemetry {

class Counter {
 public:
  void Add(uint64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
  [[nodiscard]] uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

class Gauge {
 public:
  void Set(int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void Add(int64_t by) { value_.fetch_add(by, std::memory_order_relaxed); }
  [[nodiscard]] int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

/// Latencies in seconds: buckets double from 100 µs to 13 s.
class Histogram {
 public:
  static constexpr size_t kBuckets = 18;
  void Observe(double seconds);
  void Write(std::string& out, const std::string& name, const std::string& labels) const;

 private:
  std::array<std::atomic<uint64_t>, kBuckets + 1> counts_{};
  std::atomic<uint64_t> sum_micros_{0};
};

class Registry {
 public:
  /// The same name and labels yield the same instrument. `labels` is the text between the braces,
  /// e.g. `service="events"`: from code, never from input. `help` of the first call counts.
  Counter& GetCounter(const std::string& name, const std::string& help,
                      const std::string& labels = "");
  Gauge& GetGauge(const std::string& name, const std::string& help, const std::string& labels = "");
  Histogram& GetHistogram(const std::string& name, const std::string& help,
                          const std::string& labels = "");
  [[nodiscard]] std::string Exposition() const;

 private:
  template <class T>
  struct Family {
    std::string help;
    std::map<std::string, std::unique_ptr<T>> by_labels;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Family<Counter>> counters_;
  std::map<std::string, Family<Gauge>> gauges_;
  std::map<std::string, Family<Histogram>> histograms_;
};

}  // namespace riposte::telemetry
