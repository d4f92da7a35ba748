#include "os/process.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <future>
#include <map>
#include <mutex>
#include <thread>

#include "base/time.h"
#include "os/run_mark.h"
#include "os/spawn.h"

namespace riposte::os {

namespace {

constexpr size_t kChunkBytes = 64 * 1024;
// What is read after the exit: more than a pipe holds, and yet an end, should a descendant that
// left the group go on writing.
constexpr int kLastChunks = 32;

void CloseFd(int& fd) {
  if (fd >= 0) close(std::exchange(fd, -1));
}

class Child final : public Process {
 public:
  Child(ProcessSpec spec, const Spawned& spawned) : spec_(std::move(spec)), fds(spawned) {}
  ~Child() override {
    for (int* fd : {&fds.pidfd, &fds.input, &fds.output, &fds.error}) CloseFd(*fd);
  }

  [[nodiscard]] int pid() const override { return fds.pid; }
  void Kill(int signal) override {
    const std::scoped_lock lock(mutex_);
    // Once it is reaped, its number may belong to somebody else.
    if (!reaped_) kill(-fds.pid, signal);
  }

  /// Reads what is there from one stream, up to so many chunks; false at its end.
  bool ReadOutput(int fd, ProcessSpec::Stream stream, int chunks) {
    static thread_local std::array<char, kChunkBytes> chunk;
    while (chunks-- > 0) {
      const ssize_t n = read(fd, chunk.data(), chunk.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return errno == EAGAIN;
      if (n == 0) return false;
      const size_t size = std::min(static_cast<size_t>(n), spec_.max_output_bytes - seen_);
      truncated_ = truncated_ || size < static_cast<size_t>(n);
      seen_ += size;
      if (size > 0 && spec_.on_output) spec_.on_output(stream, {chunk.data(), size});
    }
    return true;
  }

  /// Writes what fits; false once there is nothing left to write.
  bool WriteInput() {
    while (written_ < spec_.input.size()) {
      const ssize_t n =
          write(fds.input, spec_.input.data() + written_, spec_.input.size() - written_);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return errno == EAGAIN;
      written_ += static_cast<size_t>(n);
    }
    return false;
  }

  /// Once the process has ended: the rest of its output, then its exit.
  void Finish() {
    siginfo_t info{};
    // It stays a zombie until its group is gone, so that the number cannot be taken.
    waitid(P_PID, static_cast<id_t>(fds.pid), &info, WEXITED | WNOWAIT);
    kill(-fds.pid, SIGKILL);
    for (const auto& [fd, stream] : {std::pair{fds.output, ProcessSpec::Stream::kOutput},
                                     std::pair{fds.error, ProcessSpec::Stream::kError}}) {
      if (fd >= 0) ReadOutput(fd, stream, kLastChunks);
    }
    ProcessExit exit;
    rusage usage{};
    int status = 0;
    {
      const std::scoped_lock lock(mutex_);
      reaped_ = true;
      while (wait4(fds.pid, &status, 0, &usage) < 0 && errno == EINTR) {
      }
    }
    exit.status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    exit.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    exit.cpu_ms = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
                  (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
    exit.max_rss_kib = usage.ru_maxrss;
    exit.output_truncated = truncated_;
    if (spec_.on_exit) spec_.on_exit(exit);
    // What the callbacks hold must not outlive the process with the handle.
    spec_ = {};
  }

 private:
  ProcessSpec spec_;
  std::mutex mutex_;
  bool reaped_ = false;
  bool truncated_ = false;
  size_t seen_ = 0;
  size_t written_ = 0;

 public:
  Spawned fds;
};

/// One thread: it forks (the children's death signal is tied to it), reads, and reaps.
class Runner final : public ProcessRunner {
 public:
  explicit Runner(std::string run)
      : run_(std::move(run)),
        epoll_(epoll_create1(EPOLL_CLOEXEC)),
        wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    wake_watch_ = Watch(wake_, EPOLLIN);
    thread_ = std::thread([this] { Loop(); });
  }

  ~Runner() override {
    Post([this] { stopping_ = true; });
    thread_.join();
    // A sandbox that was just starting may not have been tied to its outer process yet.
    if (!run_.empty()) EndMarkedProcesses(RunMark::kVariable, run_);
    close(wake_);
    close(epoll_);
  }

  Result<std::shared_ptr<Process>> Start(ProcessSpec spec) override {
    if (std::this_thread::get_id() == thread_.get_id()) return StartHere(std::move(spec));
    std::promise<Result<std::shared_ptr<Process>>> promise;
    auto started = promise.get_future();
    Post([this, spec = std::move(spec), promise = std::move(promise)]() mutable {
      promise.set_value(StartHere(std::move(spec)));
    });
    return started.get();
  }

 private:
  void Post(Task task) {
    {
      const std::scoped_lock lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    const uint64_t one = 1;
    [[maybe_unused]] const ssize_t n = write(wake_, &one, sizeof one);
  }

  /// Events bear a number of their own, because one that waits in the same round may be for a
  /// descriptor that was closed meanwhile, and its number given to another process.
  uint64_t Watch(int fd, uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = (++last_watch_ << 32) | static_cast<uint32_t>(fd);
    epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
    return event.data.u64;
  }

  Result<std::shared_ptr<Process>> StartHere(ProcessSpec spec) {
    if (!run_.empty()) spec.environment.emplace_back(RunMark::kVariable, run_);
    auto spawned = Spawn(spec);
    if (!spawned) return std::unexpected(spawned.error());
    auto child = std::make_shared<Child>(std::move(spec), *spawned);
    for (const int fd : {child->fds.pidfd, child->fds.output, child->fds.error}) {
      by_fd_[fd] = {child, Watch(fd, EPOLLIN)};
    }
    if (child->fds.input >= 0) {
      by_fd_[child->fds.input] = {child, Watch(child->fds.input, EPOLLOUT)};
    }
    return child;
  }

  void Forget(int& fd) {
    if (fd < 0) return;
    by_fd_.erase(fd);
    CloseFd(fd);  // Leaves the epoll set with it.
  }

  void Handle(uint64_t watch) {
    const auto fd = static_cast<int>(watch & 0xffffffffU);
    const auto found = by_fd_.find(fd);
    if (found == by_fd_.end() || found->second.watch != watch) return;  // Closed in this round.
    const std::shared_ptr<Child> child = found->second.child;
    Spawned& fds = child->fds;
    if (fd == fds.pidfd) {
      Finish(*child);
    } else if (fd == fds.input) {
      if (!child->WriteInput()) Forget(fds.input);
    } else if (fd == fds.output) {
      if (!child->ReadOutput(fd, ProcessSpec::Stream::kOutput, 1)) Forget(fds.output);
    } else if (fd == fds.error) {
      if (!child->ReadOutput(fd, ProcessSpec::Stream::kError, 1)) Forget(fds.error);
    }
  }

  void Finish(Child& child) {
    child.Finish();
    for (int* fd : {&child.fds.pidfd, &child.fds.input, &child.fds.output, &child.fds.error}) {
      Forget(*fd);
    }
  }

  void RunTasks() {
    uint64_t count = 0;
    [[maybe_unused]] const ssize_t n = read(wake_, &count, sizeof count);
    std::deque<Task> tasks;
    {
      const std::scoped_lock lock(mutex_);
      tasks.swap(tasks_);
    }
    for (Task& task : tasks) task();
  }

  void Loop() {
    pthread_setname_np(pthread_self(), "processes");
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);  // SIGPIPE of a closed input among them.
    std::array<epoll_event, 64> events{};
    while (!stopping_) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) {
        const uint64_t watch = events[static_cast<size_t>(i)].data.u64;
        if (watch == wake_watch_) {
          RunTasks();
        } else {
          Handle(watch);
        }
      }
    }
    while (!by_fd_.empty()) {
      const std::shared_ptr<Child> child = by_fd_.begin()->second.child;
      child->Kill(SIGKILL);
      Finish(*child);
    }
  }

  struct Watched {
    std::shared_ptr<Child> child;
    uint64_t watch;
  };
  const std::string run_;
  int epoll_;
  int wake_;
  uint64_t last_watch_ = 0;
  uint64_t wake_watch_ = 0;
  bool stopping_ = false;  ///< Of the thread.
  std::map<int, Watched> by_fd_;
  std::mutex mutex_;
  std::deque<Task> tasks_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<ProcessRunner> MakeProcessRunner(std::string run) {
  return std::make_unique<Runner>(std::move(run));
}

}  // namespace riposte::os
