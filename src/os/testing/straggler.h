// A process in a session of its own with one marked variable in its environment, as a sandbox is
// that lost its engine. Tests only.
#pragma once

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>

namespace riposte::os::testing {

class Straggler {
 public:
  /// `variable`: "NAME=value". Throws std::runtime_error.
  explicit Straggler(std::string variable) {
    std::string program = "/bin/sleep";
    std::string seconds = "600";
    std::string other = "PATH=/usr/bin:/bin";
    char* argv[] = {program.data(), seconds.data(), nullptr};
    char* environment[] = {other.data(), variable.data(), nullptr};
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    const int error = posix_spawn(&pid_, program.c_str(), nullptr, &attributes, argv, environment);
    posix_spawnattr_destroy(&attributes);
    if (error != 0) throw std::runtime_error("cannot start " + program);
    // The parent runs on before the kernel has laid out the child's environment.
    while (Environment().find(variable) == std::string::npos) std::this_thread::yield();
  }
  ~Straggler() {
    if (reaped_) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Straggler(const Straggler&) = delete;
  Straggler& operator=(const Straggler&) = delete;

  [[nodiscard]] bool Killed() {
    if (!reaped_) reaped_ = waitpid(pid_, &status_, WNOHANG) == pid_;
    return reaped_ && WIFSIGNALED(status_) && WTERMSIG(status_) == SIGKILL;
  }

 private:
  [[nodiscard]] std::string Environment() const {
    std::ifstream file("/proc/" + std::to_string(pid_) + "/environ");
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  pid_t pid_ = -1;
  int status_ = 0;
  bool reaped_ = false;
};

}  // namespace riposte::os::testing
