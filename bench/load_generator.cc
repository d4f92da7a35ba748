#include "bench/load_generator.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <deque>

#include "bench/engine.h"
#include "bench/stats.h"

namespace riposte::bench {

namespace {

struct Connection {
  int fd = -1;
  const std::string* request = nullptr;
  size_t sent = 0;
  double started = 0;
  std::string reply;
};

int Connect(uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    Die("cannot connect to port " + std::to_string(port));
  }
  const int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

/// The size of the reply once its header is there, else 0.
size_t WholeSize(const std::string& reply) {
  const size_t end = reply.find("\r\n\r\n");
  if (end == std::string::npos) return 0;
  constexpr std::string_view kLength = "Content-Length: ";
  const size_t at = reply.find(kLength);
  if (at == std::string::npos || at > end) Die("a reply without length: " + reply.substr(0, 300));
  size_t length = 0;
  std::from_chars(reply.data() + at + kLength.size(), reply.data() + end, length);
  return end + 4 + length;
}

class Generator {
 public:
  explicit Generator(const LoadOptions& options)
      : options_(options), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    connections_.resize(static_cast<size_t>(options.connections));
    for (size_t i = 0; i < connections_.size(); ++i) {
      connections_[i].fd = Connect(options.port);
      epoll_event event{};
      event.events = EPOLLIN | EPOLLOUT | EPOLLET;
      event.data.u64 = i;
      epoll_ctl(epoll_, EPOLL_CTL_ADD, connections_[i].fd, &event);
      idle_.push_back(i);
    }
  }
  ~Generator() {
    for (const Connection& connection : connections_) close(connection.fd);
    close(epoll_);
  }
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;

  LoadResult Run() {
    const double end = options_.warm_up_seconds + options_.seconds;
    std::array<epoll_event, 256> events{};
    while (watch_.Seconds() < end) {
      StartDue();
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                                   options_.rate > 0 ? 1 : 100);
      for (int i = 0; i < count; ++i) {
        Connection& connection = connections_[events[static_cast<size_t>(i)].data.u64];
        if (connection.request == nullptr) continue;
        Push(connection);
        Pull(connection, events[static_cast<size_t>(i)].data.u64);
      }
    }
    LoadResult result;
    result.requests_per_second =
        static_cast<double>(latencies_.size()) / (watch_.Seconds() - options_.warm_up_seconds);
    result.latencies_ms = std::move(latencies_);
    return result;
  }

 private:
  void StartDue() {
    while (!idle_.empty()) {
      // With a rate, the clock of a request starts when it is due, also when nobody is free.
      const double due =
          options_.rate > 0 ? static_cast<double>(next_) / options_.rate : watch_.Seconds();
      if (due > watch_.Seconds()) return;
      Connection& connection = connections_[idle_.front()];
      idle_.pop_front();
      connection.request = &(*options_.requests)[next_++ % options_.requests->size()];
      connection.sent = 0;
      connection.started = due;
      Push(connection);
    }
  }

  static void Push(Connection& connection) {
    while (connection.sent < connection.request->size()) {
      const ssize_t n = send(connection.fd, connection.request->data() + connection.sent,
                             connection.request->size() - connection.sent, MSG_NOSIGNAL);
      if (n < 0 && errno == EAGAIN) return;
      if (n <= 0) Die("the server closed a connection");
      connection.sent += static_cast<size_t>(n);
    }
  }

  void Pull(Connection& connection, size_t index) {
    std::array<char, 16'384> chunk{};
    while (true) {
      const ssize_t n = recv(connection.fd, chunk.data(), chunk.size(), 0);
      if (n < 0 && errno == EAGAIN) return;
      if (n <= 0) Die("the server closed a connection");
      connection.reply.append(chunk.data(), static_cast<size_t>(n));
      const size_t whole = WholeSize(connection.reply);
      if (whole == 0 || connection.reply.size() < whole) continue;
      if (!connection.reply.starts_with("HTTP/1.1 200") ||
          connection.reply.find(options_.expect) == std::string::npos) {
        Die("an unexpected reply: " + connection.reply.substr(0, 1000));
      }
      connection.reply.clear();
      connection.request = nullptr;
      idle_.push_back(index);
      const double now = watch_.Seconds();
      if (now >= options_.warm_up_seconds) {
        latencies_.push_back(static_cast<float>((now - connection.started) * 1000));
      }
      StartDue();
      return;
    }
  }

  const LoadOptions& options_;
  int epoll_;
  std::vector<Connection> connections_;
  std::deque<size_t> idle_;
  size_t next_ = 0;
  std::vector<float> latencies_;
  Stopwatch watch_;
};

}  // namespace

LoadResult RunLoad(const LoadOptions& options) {
  return Generator(options).Run();
}

}  // namespace riposte::bench
