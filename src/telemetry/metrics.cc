#include "telemetry/metrics.h"

#include <fmt/format.h>

namespace riposte::telemetry {
namespace {

constexpr double kFirstBucketSeconds = 0.0001;

std::string Braced(const std::string& labels) {
  return labels.empty() ? "" : "{" + labels + "}";
}

template <class Families>
auto& GetFrom(Families& families, const std::string& name, const std::string& help,
              const std::string& labels) {
  auto& family = families[name];
  if (family.help.empty()) family.help = help;
  auto& slot = family.by_labels[labels];
  using Instrument = typename std::remove_reference_t<decltype(slot)>::element_type;
  if (!slot) slot = std::make_unique<Instrument>();
  return *slot;
}

}  // namespace

void Histogram::Observe(double seconds) {
  size_t bucket = 0;
  for (double limit = kFirstBucketSeconds; bucket < kBuckets && seconds > limit; limit *= 2) {
    ++bucket;
  }
  counts_[bucket].fetch_add(1, std::memory_order_relaxed);
  sum_micros_.fetch_add(static_cast<uint64_t>(seconds * 1e6), std::memory_order_relaxed);
}

void Histogram::Write(std::string& out, const std::string& name, const std::string& labels) const {
  const std::string prefix = labels.empty() ? "" : labels + ",";
  uint64_t total = 0;
  double limit = kFirstBucketSeconds;
  for (size_t i = 0; i < kBuckets; ++i, limit *= 2) {
    total += counts_[i].load(std::memory_order_relaxed);
    out += fmt::format("{}_bucket{{{}le=\"{:g}\"}} {}\n", name, prefix, limit, total);
  }
  total += counts_[kBuckets].load(std::memory_order_relaxed);
  out += fmt::format("{}_bucket{{{}le=\"+Inf\"}} {}\n", name, prefix, total);
  out += fmt::format("{}_sum{} {:.6f}\n", name, Braced(labels),
                     static_cast<double>(sum_micros_.load(std::memory_order_relaxed)) / 1e6);
  out += fmt::format("{}_count{} {}\n", name, Braced(labels), total);
}

Counter& Registry::GetCounter(const std::string& name, const std::string& help,
                              const std::string& labels) {
  const std::lock_guard lock(mutex_);
  return GetFrom(counters_, name, help, labels);
}

Gauge& Registry::GetGauge(const std::string& name, const std::string& help,
                          const std::string& labels) {
  const std::lock_guard lock(mutex_);
  return GetFrom(gauges_, name, help, labels);
}

Histogram& Registry::GetHistogram(const std::string& name, const std::string& help,
                                  const std::string& labels) {
  const std::lock_guard lock(mutex_);
  return GetFrom(histograms_, name, help, labels);
}

std::string Registry::Exposition() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  const auto header = [&out](const std::string& name, const std::string& help, const char* type) {
    out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
  };
  for (const auto& [name, family] : counters_) {
    header(name, family.help, "counter");
    for (const auto& [labels, counter] : family.by_labels) {
      out += fmt::format("{}{} {}\n", name, Braced(labels), counter->value());
    }
  }
  for (const auto& [name, family] : gauges_) {
    header(name, family.help, "gauge");
    for (const auto& [labels, gauge] : family.by_labels) {
      out += fmt::format("{}{} {}\n", name, Braced(labels), gauge->value());
    }
  }
  for (const auto& [name, family] : histograms_) {
    header(name, family.help, "histogram");
    for (const auto& [labels, histogram] : family.by_labels) {
      histogram->Write(out, name, labels);
    }
  }
  return out;
}

}  // namespace riposte::telemetry
