// Signals as calls on a thread of their own, where anything may be done.
//
// Blocks them in the thread that makes this object and in all that it starts afterwards: make it
// first in main(). Child processes get a clean mask from os::ProcessRunner.
#pragma once

#include <functional>
#include <thread>

namespace riposte::os {

class Signals {
 public:
  /// Calls `on_signal` for SIGTERM, SIGINT and SIGHUP; SIGPIPE is ignored from here on.
  explicit Signals(std::function<void(int)> on_signal);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  std::function<void(int)> on_signal_;
  std::thread thread_;
};

}  // namespace riposte::os
