#include "observe/statistics.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "json/json.h"

namespace riposte::observe {
namespace {

/// The middle of the logarithmic bucket of `level` that `value` falls into.
double Bucket(double value, int level) {
  if (level == 0 || value == 0) return value;
  const double width = std::log1p(0.01 * std::ldexp(1.0, level - 1));
  const double middle = std::exp(std::round(std::log(std::abs(value)) / width) * width);
  return value < 0 ? -middle : middle;
}

}  // namespace

void Aggregate::Add(double value, double count) {
  minimum_ = samples_ == 0 ? value : std::min(minimum_, value);
  maximum_ = samples_ == 0 ? value : std::max(maximum_, value);
  samples_ += count;
  sum_ += value * count;
  if (distribution_known_) Insert(value, count);
}

void Aggregate::AddSet(double samples, double sum, double minimum, double maximum) {
  if (minimum == maximum) {
    Add(minimum, samples);
    return;
  }
  minimum_ = samples_ == 0 ? minimum : std::min(minimum_, minimum);
  maximum_ = samples_ == 0 ? maximum : std::max(maximum_, maximum);
  samples_ += samples;
  sum_ += sum;
  distribution_known_ = false;
  values_.clear();
}

void Aggregate::Merge(const Aggregate& other) {
  if (other.empty()) return;
  minimum_ = samples_ == 0 ? other.minimum_ : std::min(minimum_, other.minimum_);
  maximum_ = samples_ == 0 ? other.maximum_ : std::max(maximum_, other.maximum_);
  samples_ += other.samples_;
  sum_ += other.sum_;
  if (!other.distribution_known_) distribution_known_ = false;
  if (!distribution_known_) {
    values_.clear();
    return;
  }
  while (level_ < other.level_) Widen();
  for (const auto& [value, count] : other.values_) Insert(value, count);
}

void Aggregate::Insert(double value, double count) {
  const double key = Bucket(value, level_);
  auto at = std::lower_bound(values_.begin(), values_.end(), key,
                             [](const auto& entry, double k) { return entry.first < k; });
  if (at != values_.end() && at->first == key) {
    at->second += count;
    return;
  }
  values_.insert(at, {key, count});
  while (values_.size() > kMaxDistinct) Widen();
}

void Aggregate::Widen() {
  ++level_;
  std::vector<std::pair<double, double>> wider;
  for (const auto& [value, count] : values_) {
    const double key = Bucket(value, level_);
    if (!wider.empty() && wider.back().first == key) {
      wider.back().second += count;
    } else {
      wider.emplace_back(key, count);
    }
  }
  values_ = std::move(wider);
}

std::optional<double> Aggregate::Percentile(double percent) const {
  if (samples_ == 0 || !distribution_known_ || values_.empty()) return std::nullopt;
  if (percent <= 0) return minimum_;
  const double wanted = samples_ * percent / 100.0;
  double seen = 0;
  for (const auto& [value, count] : values_) {
    seen += count;
    // The tolerance absorbs what adding many counts rounds away.
    if (seen + 1e-9 >= wanted) return std::clamp(value, minimum_, maximum_);
  }
  return maximum_;
}

std::string Aggregate::EncodeDistribution() const {
  if (!distribution_known_) return "";
  json::Array values;
  values.reserve(values_.size() * 2 + 1);
  values.emplace_back(level_);
  for (const auto& [value, count] : values_) {
    values.emplace_back(value);
    values.emplace_back(count);
  }
  return json::Serialize(values);
}

Aggregate Aggregate::FromStored(double samples, double sum, double minimum, double maximum,
                                std::string_view distribution) {
  Aggregate aggregate;
  aggregate.samples_ = samples;
  aggregate.sum_ = sum;
  aggregate.minimum_ = minimum;
  aggregate.maximum_ = maximum;
  aggregate.distribution_known_ = false;
  if (distribution.empty()) return aggregate;
  const Result<json::Value> parsed = json::Parse(distribution);
  if (!parsed || !parsed->is_array()) return aggregate;
  const json::Array& values = parsed->get_array();
  if (values.size() % 2 != 1 || !values[0].is_int64()) return aggregate;
  for (size_t i = 1; i + 1 < values.size(); i += 2) {
    if (!values[i].is_number() || !values[i + 1].is_number()) return aggregate;
    aggregate.values_.emplace_back(values[i].to_number<double>(),
                                   values[i + 1].to_number<double>());
  }
  aggregate.level_ = static_cast<int>(values[0].get_int64());
  aggregate.distribution_known_ = true;
  return aggregate;
}

std::optional<Statistic> Statistic::Parse(std::string_view name) {
  Statistic statistic;
  if (name == "SampleCount") {
    statistic.kind_ = Kind::kSampleCount;
  } else if (name == "Average") {
    statistic.kind_ = Kind::kAverage;
  } else if (name == "Sum") {
    statistic.kind_ = Kind::kSum;
  } else if (name == "Minimum") {
    statistic.kind_ = Kind::kMinimum;
  } else if (name == "Maximum") {
    statistic.kind_ = Kind::kMaximum;
  } else if (name.size() >= 2 && name.size() <= 14 && name[0] == 'p') {
    const char* end = name.data() + name.size();
    const auto [rest, error] =
        std::from_chars(name.data() + 1, end, statistic.percent_, std::chars_format::fixed);
    if (error != std::errc() || rest != end) return std::nullopt;
    if (!(statistic.percent_ >= 0 && statistic.percent_ <= 100)) return std::nullopt;
    statistic.kind_ = Kind::kPercentile;
  } else {
    return std::nullopt;
  }
  return statistic;
}

std::optional<double> Statistic::Of(const Aggregate& aggregate) const {
  if (aggregate.empty()) return std::nullopt;
  switch (kind_) {
    case Kind::kSampleCount:
      return aggregate.samples();
    case Kind::kAverage:
      return aggregate.sum() / aggregate.samples();
    case Kind::kSum:
      return aggregate.sum();
    case Kind::kMinimum:
      return aggregate.minimum();
    case Kind::kMaximum:
      return aggregate.maximum();
    case Kind::kPercentile:
      return aggregate.Percentile(percent_);
  }
  return std::nullopt;
}

}  // namespace riposte::observe
