// Closed-loop load: each of N keep-alive connections sends its next request when the reply to the
// last has come. One thread over epoll, requests prepared beforehand, so that on a shared machine
// the generator takes little from what it measures.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace riposte::bench {

struct LoadOptions {
  uint16_t port = 0;
  int connections = 64;
  double warm_up_seconds = 0.5;
  double seconds = 4;
  /// Whole requests as bytes, sent in turn.
  const std::vector<std::string>* requests = nullptr;
  /// Must stand in every reply's body.
  std::string_view expect;
  /// Requests a second over all connections; 0: as fast as replies come.
  double rate = 0;
};

struct LoadResult {
  double requests_per_second = 0;
  std::vector<float> latencies_ms;
};

/// Dies on a reply other than 200 or without `expect`.
[[nodiscard]] LoadResult RunLoad(const LoadOptions& options);

}  // namespace riposte::bench
