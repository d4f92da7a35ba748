#include "bench/publishers.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <deque>

#include "bench/engine.h"
#include "bench/stats.h"

namespace riposte::bench {

namespace {

void Await(int fd, short what) {
  pollfd waiting{.fd = fd, .events = what, .revents = 0};
  if (poll(&waiting, 1, 10'000) <= 0) Die("a server does not answer");
}

struct Line {
  int fd = -1;
  std::string out;
  size_t sent = 0;
  std::string in;
  int outstanding = 0;
  std::deque<double> started;  ///< Of each message that is outstanding.
};

class Publishers {
 public:
  Publishers(Candidate& candidate, const PublishOptions& options)
      : candidate_(candidate), options_(options), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    lines_.resize(static_cast<size_t>(options.connections));
    for (size_t i = 0; i < lines_.size(); ++i) {
      lines_[i].fd = candidate.Open(i);
      epoll_event event{};
      event.events = EPOLLIN | EPOLLOUT | EPOLLET;
      event.data.u64 = i;
      epoll_ctl(epoll_, EPOLL_CTL_ADD, lines_[i].fd, &event);
    }
  }
  ~Publishers() {
    for (const Line& line : lines_) close(line.fd);
    close(epoll_);
  }
  Publishers(const Publishers&) = delete;
  Publishers& operator=(const Publishers&) = delete;

  PublishResult Run() {
    const Stopwatch watch;
    const auto now = [&] { return watch.Seconds(); };
    const double end = options_.warm_up_seconds + options_.seconds;
    for (size_t i = 0; i < lines_.size(); ++i) Publish(i, now());
    std::array<epoll_event, 256> events{};
    while (now() < end) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 100);
      for (int i = 0; i < count; ++i) {
        const size_t index = events[static_cast<size_t>(i)].data.u64;
        Push(lines_[index]);
        if (Pull(index, now())) Publish(index, now());
      }
    }
    PublishResult result;
    result.messages_per_second =
        static_cast<double>(latencies_.size()) / (now() - options_.warm_up_seconds);
    result.latencies_ms = std::move(latencies_);
    return result;
  }

 private:
  void Publish(size_t index, double now) {
    Line& line = lines_[index];
    while (line.outstanding < options_.outstanding) {
      const int messages = candidate_.Append(index, line.out);
      line.outstanding += messages;
      line.started.insert(line.started.end(), static_cast<size_t>(messages), now);
    }
    Push(line);
  }

  void Push(Line& line) const {
    while (line.sent < line.out.size()) {
      const ssize_t n =
          send(line.fd, line.out.data() + line.sent, line.out.size() - line.sent, MSG_NOSIGNAL);
      if (n < 0 && errno == EAGAIN) return;
      if (n <= 0) Die(candidate_.name() + " closed a connection: " + std::strerror(errno));
      line.sent += static_cast<size_t>(n);
    }
    line.out.clear();
    line.sent = 0;
  }

  /// True when something was confirmed.
  bool Pull(size_t index, double now) {
    Line& line = lines_[index];
    std::array<char, 16'384> chunk{};
    int confirmed = 0;
    while (true) {
      const ssize_t n = recv(line.fd, chunk.data(), chunk.size(), 0);
      if (n < 0 && errno == EAGAIN) break;
      if (n <= 0) Die(candidate_.name() + " closed a connection");
      line.in.append(chunk.data(), static_cast<size_t>(n));
      confirmed += candidate_.Take(index, line.in, line.out);
    }
    if (confirmed > line.outstanding) Die(candidate_.name() + " confirmed what was not sent");
    for (int i = 0; i < confirmed; ++i) {
      if (now >= options_.warm_up_seconds) {
        latencies_.push_back(static_cast<float>((now - line.started.front()) * 1000));
      }
      line.started.pop_front();
    }
    line.outstanding -= confirmed;
    return confirmed > 0 || !line.out.empty();
  }

  Candidate& candidate_;
  const PublishOptions& options_;
  int epoll_;
  std::vector<Line> lines_;
  std::vector<float> latencies_;
};

}  // namespace

void SendNow(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) {
      Await(fd, POLLOUT);
      continue;
    }
    if (n <= 0) Die("a server closed a connection");
    bytes.remove_prefix(static_cast<size_t>(n));
  }
}

void ReadMore(int fd, std::string& in) {
  Await(fd, POLLIN);
  std::array<char, 16'384> chunk{};
  const ssize_t n = recv(fd, chunk.data(), chunk.size(), 0);
  if (n <= 0) Die("a server closed a connection");
  in.append(chunk.data(), static_cast<size_t>(n));
}

PublishResult RunPublishers(Candidate& candidate, const PublishOptions& options) {
  return Publishers(candidate, options).Run();
}

}  // namespace riposte::bench
