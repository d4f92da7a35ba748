#include "os/spawn.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace riposte::os {

namespace {

/// A pipe whose ends close unless taken.
class Pipe {
 public:
  Pipe() = default;
  ~Pipe() {
    for (const int fd : ends_) {
      if (fd >= 0) close(fd);
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  bool Open() { return pipe2(ends_.data(), O_CLOEXEC) == 0; }
  [[nodiscard]] int reader() const { return ends_[0]; }
  [[nodiscard]] int writer() const { return ends_[1]; }
  void CloseWriter() { close(std::exchange(ends_[1], -1)); }
  int TakeReader() { return Take(0); }
  int TakeWriter() { return Take(1); }

 private:
  int Take(size_t end) {
    fcntl(ends_[end], F_SETFL, O_NONBLOCK);
    return std::exchange(ends_[end], -1);
  }
  std::array<int, 2> ends_{-1, -1};
};

/// What the child needs, laid out before the fork: after it nothing may be allocated.
struct Plan {
  const char* program;
  char* const* argv;
  char* const* environment;
  const char* directory;
  const ProcessSpec::Limits* limits;
  const int* descriptors;  ///< In order, for 0, 1, 2, 3 …
  int descriptor_count;
  int report;  ///< errno goes here when something fails before the exec.
  pid_t parent;
};

[[noreturn]] void Die(int report) {
  const int error = errno;
  [[maybe_unused]] const ssize_t n = write(report, &error, sizeof error);
  _exit(127);
}

void Limit(int resource, int64_t value, int64_t slack, int report) {
  if (value < 0) return;
  const rlimit limit{static_cast<rlim_t>(value), static_cast<rlim_t>(value + slack)};
  if (setrlimit(static_cast<__rlimit_resource>(resource), &limit) != 0) Die(report);
}

/// Runs in the child: async-signal-safe calls only, for the fork copied one thread of many.
[[noreturn]] void RunChild(const Plan& plan) {
  // Sources may lie where targets go, so all of them move out of the way first.
  const int first_free = plan.descriptor_count + 1;
  const int report = fcntl(plan.report, F_DUPFD_CLOEXEC, first_free);
  if (report < 0) Die(plan.report);
  std::array<int, 64> moved{};
  for (int i = 0; i < plan.descriptor_count; ++i) {
    moved[static_cast<size_t>(i)] = fcntl(plan.descriptors[i], F_DUPFD_CLOEXEC, first_free);
    if (moved[static_cast<size_t>(i)] < 0) Die(report);
  }
  for (int i = 0; i < plan.descriptor_count; ++i) {
    if (dup2(moved[static_cast<size_t>(i)], i) < 0) Die(report);
  }
  // Everything above the last target, the report among it, closes at the exec.
  if (syscall(SYS_close_range, static_cast<unsigned>(plan.descriptor_count), ~0U,
              4U /* CLOSE_RANGE_CLOEXEC */) != 0) {
    Die(report);
  }

  if (setsid() < 0) Die(report);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) Die(report);
  if (getppid() != plan.parent) _exit(127);  // It died before the line above.
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) Die(report);
  umask(077);

  struct sigaction action{};
  action.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) sigaction(signal, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);

  if (chdir(plan.directory) != 0) Die(report);
  Limit(RLIMIT_CORE, 0, 0, report);
  // SIGXCPU at the soft limit may be caught; SIGKILL at the hard one may not.
  Limit(RLIMIT_CPU, plan.limits->cpu_seconds, 1, report);
  Limit(RLIMIT_AS, plan.limits->address_space_bytes, 0, report);
  Limit(RLIMIT_FSIZE, plan.limits->file_bytes, 0, report);
  Limit(RLIMIT_NPROC, plan.limits->processes, 0, report);
  Limit(RLIMIT_NOFILE, plan.limits->open_files, 0, report);
  execve(plan.program, plan.argv, plan.environment);
  Die(report);
}

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::unexpected<Error> Failed(int error, const std::string& program) {
  const Code code = error == ENOENT || error == ENOTDIR  ? Code::kNotFound
                    : error == EACCES || error == EPERM  ? Code::kPermissionDenied
                    : error == EAGAIN || error == ENOMEM ? Code::kLimitExceeded
                    : error == EMFILE || error == ENFILE ? Code::kLimitExceeded
                    : error == E2BIG || error == ENOEXEC ? Code::kInvalidArgument
                                                         : Code::kUnavailable;
  return Fail(code, "cannot start " + program + ": " + std::strerror(error));
}

Status Check(const ProcessSpec& spec) {
  const auto has_nul = [](const std::string& text) { return text.find('\0') != std::string::npos; };
  bool valid = !spec.argv.empty() && spec.argv[0].starts_with('/') && !has_nul(spec.directory) &&
               spec.descriptors.size() <= 32;
  for (const std::string& argument : spec.argv) valid = valid && !has_nul(argument);
  for (const auto& [name, value] : spec.environment) {
    valid = valid && !name.empty() && name.find('=') == std::string::npos && !has_nul(name) &&
            !has_nul(value);
  }
  if (!valid) return Fail(Code::kInvalidArgument, "arguments that no process can be given");
  return {};
}

}  // namespace

Result<Spawned> Spawn(const ProcessSpec& spec) {
  if (auto checked = Check(spec); !checked) return std::unexpected(checked.error());
  const std::string& program = spec.argv[0];

  Pipe input;
  Pipe output;
  Pipe error;
  Pipe report;
  if (!input.Open() || !output.Open() || !error.Open() || !report.Open()) {
    return Failed(errno, program);
  }
  const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (null < 0) return Failed(errno, program);

  std::vector<int> descriptors = {spec.input.empty() ? null : input.reader(), output.writer(),
                                  error.writer()};
  descriptors.insert(descriptors.end(), spec.descriptors.begin(), spec.descriptors.end());
  std::vector<std::string> arguments = spec.argv;
  std::vector<std::string> variables;
  for (const auto& [name, value] : spec.environment) variables.push_back(name + "=" + value);
  const std::vector<char*> argv = Pointers(arguments);
  const std::vector<char*> environment = Pointers(variables);
  const Plan plan{.program = program.c_str(),
                  .argv = argv.data(),
                  .environment = environment.data(),
                  .directory = spec.directory.c_str(),
                  .limits = &spec.limits,
                  .descriptors = descriptors.data(),
                  .descriptor_count = static_cast<int>(descriptors.size()),
                  .report = report.writer(),
                  .parent = getpid()};

  // No handler of ours may run in the child.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = fork();
  if (pid == 0) RunChild(plan);
  const int fork_error = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  close(null);
  if (pid < 0) return Failed(fork_error, program);

  report.CloseWriter();
  int child_error = 0;
  ssize_t n = 0;
  do {
    n = read(report.reader(), &child_error, sizeof child_error);
  } while (n < 0 && errno == EINTR);
  if (n == sizeof child_error) {
    waitpid(pid, nullptr, 0);
    return Failed(child_error, program);
  }
  const int pidfd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (pidfd < 0) {
    const int pidfd_error = errno;
    kill(-pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    return Failed(pidfd_error, program);
  }
  return Spawned{.pid = pid,
                 .pidfd = pidfd,
                 .input = spec.input.empty() ? -1 : input.TakeWriter(),
                 .output = output.TakeReader(),
                 .error = error.TakeReader()};
}

}  // namespace riposte::os
