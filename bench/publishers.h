// Durable publishing, closed loop, against whatever speaks a protocol over TCP: the same client for
// every candidate, so that none of them is measured together with a library of its own. One thread
// over epoll, as load_generator.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace riposte::bench {

/// A server and the protocol in which one publishes to it. Connections are numbered from 0.
class Candidate {
 public:
  virtual ~Candidate() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  /// What it has done with a message when it says yes.
  [[nodiscard]] virtual std::string durability() const = 0;
  /// Makes a new, empty queue or stream; what follows goes there. Up to `batch` messages are
  /// outstanding on a connection.
  virtual void NewTarget(size_t bytes, int batch) = 0;
  /// Opens connection `index`, ready to publish and not blocking.
  virtual int Open(size_t index) = 0;
  /// Appends one publish; returns how many messages are in it.
  virtual int Append(size_t index, std::string& out) = 0;
  /// Takes whole confirmations from `in`, answers what must be answered into `out`, and returns how
  /// many messages were confirmed. Dies on a refusal.
  virtual int Take(size_t index, std::string& in, std::string& out) = 0;
  /// Of its processes so far.
  [[nodiscard]] virtual double CpuSeconds() const = 0;
  /// Stops its processes from running, and lets them run again: one is measured at a time.
  virtual void Freeze(bool frozen) = 0;
};

struct PublishOptions {
  int connections = 64;
  int outstanding = 1;  ///< Messages on each connection.
  double warm_up_seconds = 0.3;
  double seconds = 2;
};
struct PublishResult {
  double messages_per_second = 0;
  std::vector<float> latencies_ms;  ///< From the publish to its confirmation.
};
[[nodiscard]] PublishResult RunPublishers(Candidate& candidate, const PublishOptions& options);

/// Blocking, for handshakes: sends all of `bytes`; reads more into `in`. Both die after ten
/// seconds.
void SendNow(int fd, std::string_view bytes);
void ReadMore(int fd, std::string& in);

}  // namespace riposte::bench
