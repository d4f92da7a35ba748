#include "bench/peers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <mutex>
#include <thread>

#include "bench/stats.h"

namespace riposte::bench {

namespace {

// Servers that start others (Erlang's) would leave them behind when this program is ended from
// outside or by Die(): their sessions' process groups, 0 where there is none any more.
std::array<std::atomic<int>, 16> groups{};

void KillGroups() {
  for (std::atomic<int>& group : groups) {
    if (const int id = group.exchange(0); id != 0) kill(-id, SIGKILL);
  }
}

void Remember(int group) {
  static const bool prepared = [] {
    std::atexit(KillGroups);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
      std::signal(signal, [](int) {
        KillGroups();
        std::_Exit(1);
      });
    }
    return true;
  }();
  (void)prepared;
  for (std::atomic<int>& slot : groups) {
    int none = 0;
    if (slot.compare_exchange_strong(none, group)) return;
  }
  Die("too many servers");
}

void Forget(int group) {
  for (std::atomic<int>& slot : groups) {
    int same = group;
    slot.compare_exchange_strong(same, 0);
  }
}

bool Listens(uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool yes = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return yes;
}

}  // namespace

struct Server::Log {
  mutable std::mutex mutex;
  std::string text;
  bool ended = false;
};

Server::Server(os::TempDir data, std::vector<std::string> argv, Environment environment)
    : data_(std::move(data)), log_(std::make_shared<Log>()), runner_(os::MakeProcessRunner()) {
  environment.emplace_back("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
  os::ProcessSpec spec{.argv = std::move(argv),
                       .environment = std::move(environment),
                       .directory = data_.path(),
                       .on_output =
                           [log = log_](os::ProcessSpec::Stream, std::string_view text) {
                             const std::scoped_lock lock(log->mutex);
                             log->text += text;
                             if (log->text.size() > 4000)
                               log->text.erase(0, log->text.size() - 2000);
                           },
                       .on_exit =
                           [log = log_](const os::ProcessExit&) {
                             const std::scoped_lock lock(log->mutex);
                             log->ended = true;
                           }};
  auto process = runner_->Start(std::move(spec));
  if (!process) Die(process.error().message);
  process_ = *std::move(process);
  Remember(process_->pid());
}

Server::~Server() {
  process_->Kill();
  Forget(process_->pid());
}

bool Server::AwaitPort(uint16_t port, double seconds) {
  const Stopwatch watch;
  while (watch.Seconds() < seconds) {
    if (Listens(port)) return true;
    {
      const std::scoped_lock lock(log_->mutex);
      if (log_->ended) return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

double Server::CpuSeconds() const {
  // All processes of its session: a start script waits for the server.
  double ticks = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto stat = os::ReadFile(entry.path().string() + "/stat", 4096);
    if (!stat) continue;
    const size_t name_ends = stat->rfind(')');
    if (name_ends == std::string::npos) continue;
    int session = 0;
    unsigned long user = 0;
    unsigned long system = 0;
    // Fields 6, 14 and 15, proc(5).
    if (std::sscanf(stat->c_str() + name_ends + 1,
                    " %*c %*d %*d %d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &session, &user,
                    &system) == 3 &&
        session == process_->pid()) {
      ticks += static_cast<double>(user + system);
    }
  }
  return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

void Server::Freeze(bool frozen) {
  process_->Kill(frozen ? SIGSTOP : SIGCONT);
}

std::string Server::output() const {
  const std::scoped_lock lock(log_->mutex);
  return log_->text;
}

std::string FindProgram(const std::string& name) {
  for (const char* folder :
       {"/usr/local/bin/", "/usr/sbin/", "/usr/bin/", "/usr/lib/rabbitmq/bin/"}) {
    if (::access((folder + name).c_str(), X_OK) == 0) return folder + name;
  }
  return "";
}

std::string OutputOf(const std::vector<std::string>& argv) {
  const auto runner = os::MakeProcessRunner();
  std::string text;
  std::promise<void> ended;
  auto process = runner->Start(
      {.argv = argv,
       .environment = {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}},
       .on_output = [&](os::ProcessSpec::Stream, std::string_view chunk) { text += chunk; },
       .on_exit = [&](const os::ProcessExit&) { ended.set_value(); }});
  if (!process) return "";
  ended.get_future().wait();
  return text;
}

}  // namespace riposte::bench
