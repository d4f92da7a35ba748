// The peers that bench_peers compares with: each a server of its own on loopback, over a new data
// directory, with Debian's package as it comes but for what durability needs.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bench/engine.h"
#include "bench/publishers.h"
#include "os/files.h"
#include "os/process.h"

namespace riposte::bench {

/// A server process with its data directory; it and all it started end with this object, or with
/// the program.
class Server {
 public:
  using Environment = std::vector<std::pair<std::string, std::string>>;
  Server(os::TempDir data, std::vector<std::string> argv, Environment environment);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// False when nothing listens on `port` after `seconds`, or the process ended.
  [[nodiscard]] bool AwaitPort(uint16_t port, double seconds);
  [[nodiscard]] double CpuSeconds() const;
  void Freeze(bool frozen);
  /// The end of what it wrote.
  [[nodiscard]] std::string output() const;

 private:
  struct Log;
  os::TempDir data_;
  std::shared_ptr<Log> log_;
  std::unique_ptr<os::ProcessRunner> runner_;
  std::shared_ptr<os::Process> process_;
};

/// A peer, or why it is not here.
struct Started {
  std::unique_ptr<Candidate> peer;
  std::string name;
  std::string skipped;
};

/// NATS JetStream with file storage. `synced`: every message is on the disk before it is
/// acknowledged, else as it comes. `program`: "" is where Debian puts it.
[[nodiscard]] Started StartNats(const std::string& program, const std::string& parent, bool synced);
/// Redis streams with appendfsync always.
[[nodiscard]] Started StartRedis(const std::string& program, const std::string& parent);
/// RabbitMQ with publisher confirms, to a quorum queue or a classic durable one.
[[nodiscard]] Started StartRabbitMq(const std::string& parent, bool quorum);

/// "" when no such program is installed.
[[nodiscard]] std::string FindProgram(const std::string& name);
/// What `argv` writes, for a version; "" when it fails.
[[nodiscard]] std::string OutputOf(const std::vector<std::string>& argv);

}  // namespace riposte::bench
