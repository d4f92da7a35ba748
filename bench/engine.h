// An engine of its own for one benchmark: a process on a free port over a new data directory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "access/authenticator.h"
#include "http/client.h"
#include "json/json.h"
#include "os/files.h"
#include "os/process.h"
#include "os/system.h"

namespace riposte::bench {

constexpr std::string_view kRegion = "us-east-1";

/// Prints and ends the program: a benchmark has nobody to report to.
[[noreturn]] void Die(const std::string& why);

/// A port that was free a moment ago.
[[nodiscard]] uint16_t FreePort();

/// A child process that listens on a port of this machine.
class Child {
 public:
  Child(std::vector<std::string> argv, uint16_t port, bool show_output);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Waits until GET `path` answers 200; returns the seconds since the process was started.
  double WaitReady(const std::string& path);
  [[nodiscard]] uint16_t port() const { return port_; }
  /// User and system time of all its threads so far.
  [[nodiscard]] double CpuSeconds() const;
  [[nodiscard]] double ResidentMib() const;
  /// Stops it from running, or lets it run again.
  void Freeze(bool frozen);
  http::Client& client() { return *client_; }

 private:
  uint16_t port_;
  std::unique_ptr<os::ProcessRunner> runner_;
  std::unique_ptr<http::Client> client_;
  double started_ = 0;
  std::shared_ptr<os::Process> process_;
};

/// `riposte serve` with its root key; calls that are signed with it.
class Engine {
 public:
  /// `more`: further arguments of `serve`.
  Engine(const std::string& program, const std::string& parent,
         const std::vector<std::string>& more = {});

  Child& child() { return *child_; }
  [[nodiscard]] const Child& child() const { return *child_; }
  [[nodiscard]] const access::SigningKey& key() const { return key_; }
  [[nodiscard]] double ready_seconds() const { return ready_seconds_; }
  [[nodiscard]] http::Request Signed(std::string_view service, std::string_view target,
                                     std::string_view version, std::string body) const;
  /// One AWS JSON call; dies unless it succeeds.
  json::Value Call(std::string_view service, std::string_view target, std::string_view version,
                   const json::Value& input);
  /// One call of any form, already signed; dies unless it succeeds.
  std::string Send(const http::Request& request);
  /// The same in the query protocol; returns the reply's XML.
  std::string Query(std::string_view service, std::string_view action, std::string_view version,
                    const std::vector<std::pair<std::string, std::string>>& parameters);
  [[nodiscard]] http::Request SignedQuery(
      std::string_view service, std::string_view action, std::string_view version,
      const std::vector<std::pair<std::string, std::string>>& parameters) const;
  [[nodiscard]] std::string host() const;
  /// One of the numbers that GET /metrics shows.
  [[nodiscard]] double Metric(std::string_view name);
  [[nodiscard]] const std::string& data() const { return data_.path(); }

 private:
  os::TempDir data_;
  os::SystemClock clock_;
  std::unique_ptr<Child> child_;
  access::SigningKey key_;
  double ready_seconds_ = 0;
};

}  // namespace riposte::bench
