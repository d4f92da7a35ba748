#include "os/run_mark.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <string_view>
#include <vector>

#include "base/number.h"
#include "os/files.h"

namespace riposte::os {
namespace {

/// Functions' variables are bounded far below.
constexpr size_t kMaxEnvironmentBytes = 256 * 1024;
/// Each round also ends what those of the round before started meanwhile.
constexpr int kMaxRounds = 8;
constexpr int kWaitMs = 1000;
constexpr size_t kIdBytes = 36;

struct DirectoryCloser {
  void operator()(DIR* directory) const { closedir(directory); }
};

std::vector<pid_t> AllProcesses() {
  std::vector<pid_t> out;
  const std::unique_ptr<DIR, DirectoryCloser> directory(opendir("/proc"));
  while (directory) {
    const dirent* entry = readdir(directory.get());
    if (!entry) break;
    if (const auto pid = ParseNumber<pid_t>(entry->d_name)) out.push_back(*pid);
  }
  return out;
}

/// False also when it has ended, or is none of ours to look at.
bool Bears(pid_t pid, std::string_view mark) {
  const std::string path = "/proc/" + std::to_string(pid) + "/environ";
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  std::string variables(1, '\0');
  char chunk[4096];
  ssize_t n = 0;
  while (variables.size() < kMaxEnvironmentBytes && (n = read(fd, chunk, sizeof chunk)) > 0) {
    variables.append(chunk, static_cast<size_t>(n));
  }
  close(fd);
  return variables.find(mark) != std::string::npos;
}

/// Kills the process if it is what it seems, and waits for its end.
bool End(pid_t pid, std::string_view mark) {
  const int pidfd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (pidfd < 0) return false;
  const bool ended =
      Bears(pid, mark) && syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, nullptr, 0) == 0;
  if (ended) {
    pollfd gone{.fd = pidfd, .events = POLLIN, .revents = 0};
    poll(&gone, 1, kWaitMs);
  }
  close(pidfd);
  return ended;
}

}  // namespace

int EndMarkedProcesses(const std::string& name, const std::string& value) {
  // Variables are separated by NUL; one stands before the first, too.
  const std::string mark = std::string(1, '\0') + name + "=" + value + '\0';
  int ended = 0;
  for (int round = 0; round < kMaxRounds; ++round) {
    int now = 0;
    for (const pid_t pid : AllProcesses()) {
      if (pid != getpid() && Bears(pid, mark) && End(pid, mark)) ++now;
    }
    if (now == 0) break;
    ended += now;
  }
  return ended;
}

Result<RunMark> RunMark::Begin(const std::string& folder, Random& random) {
  const std::string path = folder + "/run-id";
  int ended = 0;
  // A short or empty id would fit too much.
  if (const auto old = ReadFile(path, kIdBytes); old && old->size() == kIdBytes) {
    ended = EndMarkedProcesses(kVariable, *old);
  }
  std::string id = random.Uuid();
  if (Status written = WriteFileAtomically(path, id); !written) {
    return std::unexpected(written.error());
  }
  return RunMark(std::move(id), ended);
}

}  // namespace riposte::os
