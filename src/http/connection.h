// One client connection of the server, over TCP or a Unix socket. Private to this folder.
//
// Thread safety: on its worker's thread, but for Send and IsOpen.
//
// A connection is in one of five states; the deadline means something else in each:
//   kIdle      between requests         close
//   kReading   a request has begun      408, close
//   kHandling  the handler has it       none: long polls and functions take their time
//   kWriting   the reply is going out   close
//   kLingering refused, reading on so that the client gets to see the reply: close
#pragma once

#include <atomic>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>
#include <optional>
#include <string>

#include "http/server.h"
#include "http/worker.h"

namespace riposte::http {

template <class Protocol>
class Connection final : public Served,
                         public Responder::Channel,
                         public std::enable_shared_from_this<Connection<Protocol>> {
 public:
  using Socket = net::basic_stream_socket<Protocol, IoExecutor>;

  Connection(std::shared_ptr<Worker> worker, Socket socket, std::string peer);
  ~Connection() override;

  void Start();  ///< On the worker's thread.
  void StartRefusing(int status);

  void Check(SteadyTime now) override;
  void Drain() override;
  void Close() override;

  void Send(Response response) override;
  [[nodiscard]] bool IsOpen() const override;

 private:
  enum class State { kIdle, kReading, kHandling, kWriting, kLingering, kClosed };
  enum class Parsed { kWhole, kNeedMore, kRefused };
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  void Process();
  Parsed Parse();
  bool CheckHeader();
  bool Reserve(size_t bytes);
  void ReadMore();
  void HaveRead(boost::system::error_code error, size_t size);
  void Dispatch();
  void Reply(Response response);
  void Write(const Response& response);
  void WriteRest();
  void Written();
  void Refuse(int status, std::string_view why);
  void Linger();
  void NextRequest();
  void SetDeadline(int ms);
  [[nodiscard]] const Server::Options& options() const { return worker_->shared().options; }

  // First, so that it goes last: the socket needs the worker's loop to close.
  std::shared_ptr<Worker> worker_;
  Socket socket_;
  const std::string peer_;
  std::atomic<bool> closed_ = false;
  State state_ = State::kIdle;
  SteadyTime deadline_;

  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  bool reading_ = false;  ///< A read is under way.
  bool header_seen_ = false;
  size_t reserved_ = 0;

  bool keep_alive_ = true;
  bool http_1_0_ = false;
  bool to_head_ = false;
  bool refused_ = false;
  bool dispatching_ = false;
  std::optional<Response> replied_at_once_;

  std::string head_;
  std::string body_;
  size_t written_ = 0;
};

}  // namespace riposte::http
