#include "os/signals.h"

#include <pthread.h>

#include <csignal>
#include <utility>

namespace riposte::os {

namespace {

// Wakes the thread for its end; nobody outside sends it.
constexpr int kStop = SIGUSR2;

sigset_t Watched() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, kStop}) sigaddset(&set, signal);
  return set;
}

}  // namespace

Signals::Signals(std::function<void(int)> on_signal) : on_signal_(std::move(on_signal)) {
  const sigset_t set = Watched();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // Writing to a closed socket or pipe is an error to handle where it happens.
  std::signal(SIGPIPE, SIG_IGN);
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "signals");
    const sigset_t watched = Watched();
    int signal = 0;
    while (sigwait(&watched, &signal) == 0 && signal != kStop) on_signal_(signal);
  });
}

Signals::~Signals() {
  pthread_kill(thread_.native_handle(), kStop);
  thread_.join();
}

}  // namespace riposte::os
