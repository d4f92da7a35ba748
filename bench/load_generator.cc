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
  std::string own;  ///< The request, when it was made for this connection.
  size_t sent = 0;
  double started = 0;
  std::string reply;
  std::string body;  ///< Of the last reply, for `next`.
};

class Generator {
 public:
  explicit Generator(const LoadOptions& options)
      : options_(options), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    connections_.resize(static_cast<size_t>(options.connections));
    for (size_t i = 0; i < connections_.size(); ++i) {
      connections_[i].fd = ConnectTo(options.port);
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
    while (watch_.Seconds() < end && (options_.replies == 0 || answered_ < options_.replies) &&
           (options_.stop == nullptr || !*options_.stop)) {
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
    result.began = SteadySeconds() - watch_.Seconds();
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
      if (due > watch_.Seconds() || (options_.replies > 0 && next_ == options_.replies)) return;
      Connection& connection = connections_[idle_.front()];
      if (options_.next) {
        connection.own = options_.next(idle_.front(), connection.body);
        connection.request = &connection.own;
        ++next_;
      } else {
        connection.request = &(*options_.requests)[next_++ % options_.requests->size()];
      }
      idle_.pop_front();
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
      const size_t whole = WholeReply(connection.reply);
      if (whole == 0) continue;
      if (!connection.reply.starts_with("HTTP/1.1 200") ||
          connection.reply.find(options_.expect) == std::string::npos) {
        Die("an unexpected reply: " + connection.reply.substr(0, 1000));
      }
      if (options_.next) {
        connection.body = connection.reply.substr(connection.reply.find("\r\n\r\n") + 4);
      }
      connection.reply.clear();
      connection.request = nullptr;
      ++answered_;
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
  size_t answered_ = 0;
  std::vector<float> latencies_;
  Stopwatch watch_;
};

}  // namespace

double SteadySeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string AsBytes(const http::Request& request) {
  std::string bytes = request.method + " " + request.target + " HTTP/1.1\r\n";
  for (const auto& [name, value] : request.headers.list()) {
    bytes.append(name).append(": ").append(value).append("\r\n");
  }
  bytes += "Content-Length: " + std::to_string(request.body.size()) + "\r\n\r\n" + request.body;
  return bytes;
}

size_t WholeReply(std::string_view received) {
  const size_t end = received.find("\r\n\r\n");
  if (end == std::string::npos) return 0;
  constexpr std::string_view kLength = "Content-Length: ";
  const size_t at = received.find(kLength);
  if (at == std::string::npos || at > end) {
    Die("a reply without length: " + std::string(received.substr(0, 300)));
  }
  size_t length = 0;
  std::from_chars(received.data() + at + kLength.size(), received.data() + end, length);
  return received.size() >= end + 4 + length ? end + 4 + length : 0;
}

int ConnectTo(uint16_t port) {
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

LoadResult RunLoad(const LoadOptions& options) {
  return Generator(options).Run();
}

}  // namespace riposte::bench
