// Medians and percentiles of what a benchmark measured.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

namespace riposte::bench {

/// The value below which `share` (0 to 1) of the values lie. 0 when there are none.
template <class T>
[[nodiscard]] T Percentile(std::vector<T> values, double share) {
  if (values.empty()) return T{};
  const auto index =
      std::min(values.size() - 1, static_cast<size_t>(share * static_cast<double>(values.size())));
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(index);
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

template <class T>
[[nodiscard]] T Median(std::vector<T> values) {
  return Percentile(std::move(values), 0.5);
}

class Stopwatch {
 public:
  [[nodiscard]] double Seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace riposte::bench
