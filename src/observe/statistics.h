// Statistics of a metric over a span of time: what one datapoint holds, and what is asked of it.
//
// An Aggregate keeps count, sum, minimum and maximum exactly, and the distribution of the values
// for percentiles: exactly up to kMaxDistinct different values, then in logarithmic buckets that
// widen until they fit (the first width is 1 %, each next one doubles it).
// Thread safety: plain values. Cost: Add about 20 ns while the values repeat.
// Source: "CloudWatch statistics definitions", CloudWatch user guide.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace riposte::observe {

class Aggregate {
 public:
  /// Enough for the codes and small counts that most metrics carry; bounds a row to about 4 KB.
  static constexpr size_t kMaxDistinct = 128;

  /// `count` values equal to `value`. REQUIRES: value is finite, count > 0.
  void Add(double value, double count = 1);
  /// A set of which only the statistics are known. Percentiles are unknown from then on, unless
  /// all its values are equal. REQUIRES: samples > 0.
  void AddSet(double samples, double sum, double minimum, double maximum);
  void Merge(const Aggregate& other);

  [[nodiscard]] bool empty() const { return samples_ == 0; }
  [[nodiscard]] double samples() const { return samples_; }
  [[nodiscard]] double sum() const { return sum_; }
  [[nodiscard]] double minimum() const { return minimum_; }
  [[nodiscard]] double maximum() const { return maximum_; }
  /// The value below which `percent` (0–100) of the samples lie; nullopt when unknown.
  [[nodiscard]] std::optional<double> Percentile(double percent) const;

  /// The distribution as stored: "" when unknown.
  [[nodiscard]] std::string EncodeDistribution() const;
  /// From stored columns. A distribution that cannot be read counts as unknown.
  [[nodiscard]] static Aggregate FromStored(double samples, double sum, double minimum,
                                            double maximum, std::string_view distribution);

 private:
  void Insert(double value, double count);
  void Widen();

  double samples_ = 0;
  double sum_ = 0;
  double minimum_ = 0;
  double maximum_ = 0;
  bool distribution_known_ = true;
  int level_ = 0;                                  ///< 0: exact values; else bucket width.
  std::vector<std::pair<double, double>> values_;  ///< (value, count), ascending.
};

/// A statistic by name: "SampleCount", "Average", "Sum", "Minimum", "Maximum" or "p99.9".
class Statistic {
 public:
  enum class Kind { kSampleCount, kAverage, kSum, kMinimum, kMaximum, kPercentile };
  /// nullopt when `name` is none of the above (percentiles: p0.0 to p100, ten digits at most).
  [[nodiscard]] static std::optional<Statistic> Parse(std::string_view name);
  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] double percent() const { return percent_; }
  /// nullopt when the aggregate is empty, or a percentile is asked that is not known.
  [[nodiscard]] std::optional<double> Of(const Aggregate& aggregate) const;

 private:
  Kind kind_ = Kind::kAverage;
  double percent_ = 0;
};

}  // namespace riposte::observe
