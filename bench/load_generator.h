// Closed-loop load: each of N keep-alive connections sends its next request when the reply to the
// last has come. One thread over epoll, requests prepared beforehand, so that on a shared machine
// the generator takes little from what it measures.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace riposte::bench {

struct LoadOptions {
  uint16_t port = 0;
  int connections = 64;
  double warm_up_seconds = 0.5;
  double seconds = 4;
  /// Whole requests as bytes, sent in turn.
  const std::vector<std::string>* requests = nullptr;
  /// Instead of them: the next request of a connection, by the body of its last reply (at first
  /// "").
  std::function<std::string(size_t connection, std::string_view reply)> next;
  /// Must stand in every reply's body.
  std::string_view expect;
  /// Requests a second over all connections; 0: as fast as replies come.
  double rate = 0;
  /// Ends also when so many replies have come; 0: by time alone.
  size_t replies = 0;
  /// Ends also when this is set.
  const std::atomic<bool>* stop = nullptr;
};

struct LoadResult {
  double requests_per_second = 0;
  double began = 0;  ///< SteadySeconds() when the first request was due.
  std::vector<float> latencies_ms;
};

/// The clock of LoadResult::began.
[[nodiscard]] double SteadySeconds();

/// A request as it goes over the wire.
[[nodiscard]] std::string AsBytes(const http::Request& request);

/// The size of the first reply in `received` once it is whole, else 0.
[[nodiscard]] size_t WholeReply(std::string_view received);

/// A connection to a port of this machine, not blocking.
[[nodiscard]] int ConnectTo(uint16_t port);

/// Dies on a reply other than 200 or without `expect`.
[[nodiscard]] LoadResult RunLoad(const LoadOptions& options);

}  // namespace riposte::bench
