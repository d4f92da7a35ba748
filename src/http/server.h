// The HTTP/1.1 server: bounded reads, keep-alive, pipelined replies in order.
//
// Data path:     socket -> Server -> Handler (wire decodes next)
// Thread safety: the Handler is called on any of the server's io threads, so it must be thread
//                safe; a Responder may be used from any thread, once, also after the server
//                stopped.
// Cost:          about 25 µs of CPU a request with keep-alive.
// Limits before work: header bytes (431), body bytes (413), bytes of all bodies (503), time to send
// a request (408), connections (503). A request that breaks the grammar gets 400 and the connection
// closes, as after every refusal.
//
// A connection belongs to one thread and carries one request at a time: what a client pipelines
// waits in its buffer, so replies keep the order of requests.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "http/message.h"

namespace riposte::telemetry {
class Log;
}

namespace riposte::http {

/// Sends the one reply of one request. Dropping it unused sends 500.
class Responder {
 public:
  struct Channel {
    virtual ~Channel() = default;
    virtual void Send(Response response) = 0;  ///< Any thread, at most once.
    /// False once the client has gone; long polls use it to stop early. Any thread; one system
    /// call.
    [[nodiscard]] virtual bool IsOpen() const = 0;
  };
  explicit Responder(std::shared_ptr<Channel> channel) : channel_(std::move(channel)) {}
  Responder(Responder&&) = default;
  Responder& operator=(Responder&& other) noexcept {
    std::swap(channel_, other.channel_);
    return *this;
  }
  ~Responder();
  /// Adds Content-Length, Connection and Date; a reply to HEAD may bring its own Content-Length.
  void Send(Response response);
  [[nodiscard]] bool IsOpen() const { return channel_ && channel_->IsOpen(); }

 private:
  std::shared_ptr<Channel> channel_;
};

/// May throw: the client then gets 500.
using Handler = std::function<void(Request, Responder)>;

class Server {
 public:
  struct Options {
    std::string address = "127.0.0.1";  ///< "" with no unix_path: nothing yet, see Listen().
    uint16_t port = 4566;               ///< 0: any free port, see port().
    std::string
        unix_path;  ///< When set, listens there instead (mode 0600), replacing what is there.
    int threads = 2;
    size_t max_header_bytes = 64 * 1024;
    size_t max_body_bytes = 80u << 20;     ///< The largest: a function package, base64.
    size_t max_buffered_bytes = 1u << 30;  ///< Bodies of all requests that are being read.
    int idle_timeout_ms = 120'000;         ///< Between requests.
    int read_timeout_ms = 60'000;  ///< From a request's first byte to its last; same for replies.
    size_t max_connections = 10'000;
    const Clock* clock = nullptr;         ///< For the Date header; null sends none.
    const telemetry::Log* log = nullptr;  ///< Told of handlers that throw; may be null.
  };

  /// Binds and starts its threads. Errors: kUnavailable with the address that could not be bound;
  /// kInvalidArgument when it is no address.
  [[nodiscard]] static Result<std::unique_ptr<Server>> Start(const Options& options,
                                                             Handler handler);
  ~Server();  ///< Stop().
  /// Also listens on a Unix socket (mode 0600); requests that come there have `peer` as theirs.
  /// For whom one server thread serves many processes, each known by its own socket. Any thread.
  /// Errors: kUnavailable.
  [[nodiscard]] Status Listen(const std::string& unix_path, const std::string& peer);
  /// Stops accepting there and removes the socket; connections that came in stay.
  void Unlisten(const std::string& unix_path);
  [[nodiscard]] uint16_t port() const;  ///< The bound port; 0 for a Unix socket.
  [[nodiscard]] size_t connections() const;
  /// Stops accepting, lets replies under way finish for `grace_ms`, closes, joins its threads.
  void Stop(int grace_ms = 1000);

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace riposte::http
