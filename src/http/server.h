// The HTTP/1.1 server: bounded reads, keep-alive, pipelined replies in order.
//
// Data path:     socket -> Server -> Handler (wire decodes next)
// Thread safety: the Handler is called on any of the server's io threads, so it must be thread
// safe;
//                a Responder may be used from any thread, once.
// Cost:          about 25 µs of CPU a request with keep-alive.
// Limits before work: header bytes, body bytes (413), time to send a request, connections (503).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "http/message.h"

namespace riposte::http {

/// Sends the one reply of one request. Dropping it unused sends 500.
class Responder {
 public:
  struct Channel {
    virtual ~Channel() = default;
    virtual void Send(Response response) = 0;  ///< Any thread, at most once.
    /// False once the client has gone; long polls use it to stop early.
    [[nodiscard]] virtual bool IsOpen() const = 0;
  };
  explicit Responder(std::shared_ptr<Channel> channel) : channel_(std::move(channel)) {}
  Responder(Responder&&) = default;
  Responder& operator=(Responder&&) = default;
  ~Responder();
  void Send(Response response);
  [[nodiscard]] bool IsOpen() const { return channel_ && channel_->IsOpen(); }

 private:
  std::shared_ptr<Channel> channel_;
};

using Handler = std::function<void(Request, Responder)>;

class Server {
 public:
  struct Options {
    std::string address = "127.0.0.1";
    uint16_t port = 4566;   ///< 0: any free port, see port().
    std::string unix_path;  ///< When set, listens there instead (mode 0600).
    int threads = 2;
    size_t max_header_bytes = 64 * 1024;
    size_t max_body_bytes = 80u << 20;  ///< The largest: a function package, base64.
    int idle_timeout_s = 120;
    int read_timeout_s = 60;
    size_t max_connections = 10'000;
  };

  /// Binds and starts its threads. Errors: kUnavailable with the address that could not be bound.
  [[nodiscard]] static Result<std::unique_ptr<Server>> Start(const Options& options,
                                                             Handler handler);
  ~Server();  ///< Stop().
  [[nodiscard]] uint16_t port() const;
  /// Stops accepting, lets replies under way finish for `grace_ms`, closes, joins its threads.
  void Stop(int grace_ms = 1000);

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace riposte::http
