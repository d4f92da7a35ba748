#include "http/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <new>
#include <utility>

#include "http/reply.h"
#include "telemetry/log.h"

namespace riposte::http {

namespace beast_http = boost::beast::http;
using ErrorCode = boost::system::error_code;

namespace {

constexpr size_t kReadBytes = 8 * 1024;
constexpr size_t kReadBodyBytes = 128 * 1024;
// A connection that rests gives back a buffer larger than this.
constexpr size_t kKeepBufferBytes = 16 * 1024;
// Replies up to this size leave in one piece with their header.
constexpr size_t kJoinBytes = 64 * 1024;
// How long a refused client may go on sending before the connection is cut.
constexpr int kLingerMs = 2'000;

int StatusOf(const ErrorCode& error) {
  if (error == beast_http::error::body_limit) return 413;
  if (error == beast_http::error::header_limit) return 431;
  if (error == beast_http::error::bad_version) return 505;
  return 400;
}

}  // namespace

template <class Protocol>
Connection<Protocol>::Connection(std::shared_ptr<Worker> worker, Socket socket, std::string peer)
    : worker_(std::move(worker)),
      socket_(std::move(socket)),
      peer_(std::move(peer)),
      buffer_(options().max_header_bytes + kReadBodyBytes) {}

template <class Protocol>
Connection<Protocol>::~Connection() {
  worker_->shared().buffered_bytes -= reserved_;
}

template <class Protocol>
void Connection<Protocol>::Start() {
  ErrorCode ignored;
  socket_.non_blocking(true, ignored);
  NextRequest();
  Process();
}

template <class Protocol>
void Connection<Protocol>::StartRefusing(int status) {
  ErrorCode ignored;
  socket_.non_blocking(true, ignored);
  Refuse(status, "too many connections");
}

template <class Protocol>
void Connection<Protocol>::SetDeadline(int ms) {
  deadline_ = std::chrono::steady_clock::now() + Millis(ms);
}

template <class Protocol>
void Connection<Protocol>::Check(SteadyTime now) {
  if (state_ == State::kHandling || now < deadline_) return;
  if (state_ == State::kReading) {
    Refuse(408, "the request took too long");
  } else {
    Close();
  }
}

template <class Protocol>
void Connection<Protocol>::Drain() {
  if (state_ == State::kIdle || state_ == State::kLingering) Close();
}

template <class Protocol>
void Connection<Protocol>::Close() {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  closed_ = true;
  // The descriptor itself closes with the last reference: IsOpen may be looking at it.
  ErrorCode ignored;
  socket_.shutdown(Socket::shutdown_both, ignored);
  socket_.cancel(ignored);
  worker_->Remove(this->shared_from_this());
}

template <class Protocol>
bool Connection<Protocol>::IsOpen() const {
  if (closed_) return false;
  char byte = 0;
  // NOLINTNEXTLINE: the descriptor is not changed.
  const int descriptor = const_cast<Socket&>(socket_).native_handle();
  const ssize_t n = recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (n != 0) return n > 0 || errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
  return false;
}

template <class Protocol>
void Connection<Protocol>::NextRequest() {
  state_ = State::kIdle;
  worker_->shared().buffered_bytes -= std::exchange(reserved_, 0);
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(options().max_header_bytes));
  parser_->body_limit(options().max_body_bytes);
  header_seen_ = false;
  if (buffer_.size() == 0 && buffer_.capacity() > kKeepBufferBytes) buffer_.shrink_to_fit();
  SetDeadline(options().idle_timeout_ms);
}

/// A loop rather than recursion, because a client may pipeline thousands of requests.
template <class Protocol>
void Connection<Protocol>::Process() {
  while (state_ == State::kIdle || state_ == State::kReading) {
    if (state_ == State::kIdle && worker_->shared().stopping) {
      Close();
      return;
    }
    switch (Parse()) {
      case Parsed::kNeedMore:
        ReadMore();
        return;
      case Parsed::kRefused:
        return;
      case Parsed::kWhole:
        Dispatch();
        break;
    }
  }
}

template <class Protocol>
auto Connection<Protocol>::Parse() -> Parsed {
  // An empty line before a request is to be ignored (RFC 9112, section 2.2).
  while (state_ == State::kIdle && buffer_.size() > 0) {
    const char first = *static_cast<const char*>(buffer_.data().data());
    if (first != '\r' && first != '\n') break;
    buffer_.consume(1);
  }
  if (buffer_.size() == 0) return Parsed::kNeedMore;
  if (state_ == State::kIdle) {
    state_ = State::kReading;
    SetDeadline(options().read_timeout_ms);
  }
  while (true) {
    ErrorCode error;
    const size_t used = parser_->put(buffer_.data(), error);
    buffer_.consume(used);
    if (error == beast_http::error::need_more) {
      if (buffer_.size() < options().max_header_bytes) return Parsed::kNeedMore;
      error = beast_http::error::header_limit;
    }
    if (error) {
      Refuse(StatusOf(error), error.message());
      return Parsed::kRefused;
    }
    if (!header_seen_ && parser_->is_header_done()) {
      header_seen_ = true;
      if (!CheckHeader()) return Parsed::kRefused;
      parser_->eager(true);
    }
    if (!Reserve(parser_->get().body().size())) return Parsed::kRefused;
    if (parser_->is_done()) return Parsed::kWhole;
    if (buffer_.size() == 0) return Parsed::kNeedMore;
  }
}

/// Refuses what can be refused before the body is read, and says 100 if the client waits for it.
template <class Protocol>
bool Connection<Protocol>::CheckHeader() {
  const auto& message = parser_->get();
  http_1_0_ = message.version() < 11;
  keep_alive_ = parser_->keep_alive();
  to_head_ = message.method() == beast_http::verb::head;
  const auto codings = message.find(beast_http::field::transfer_encoding);
  if (codings != message.end() &&
      !boost::beast::iequals(codings->value(), boost::beast::string_view("chunked"))) {
    // Its length would be unknown, and what follows could pass for a request of its own.
    Refuse(501, "transfer coding not supported");
    return false;
  }
  if (!http_1_0_ && message.count(beast_http::field::host) != 1) {
    Refuse(400, "one Host header is required");
    return false;
  }
  if (const auto length = parser_->content_length()) {
    if (!Reserve(*length)) return false;
  }
  const auto expect = message.find(beast_http::field::expect);
  if (expect == message.end() || http_1_0_) return true;
  if (!boost::beast::iequals(expect->value(), boost::beast::string_view("100-continue"))) {
    Refuse(417, "expectation not supported");
    return false;
  }
  if (!parser_->is_done() && buffer_.size() == 0) {
    // 25 bytes into the empty send buffer of a client that waits for them.
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    ErrorCode error;
    socket_.write_some(net::buffer(kContinue.data(), kContinue.size()), error);
  }
  return true;
}

template <class Protocol>
bool Connection<Protocol>::Reserve(size_t bytes) {
  if (bytes <= reserved_) return true;
  const size_t more = bytes - reserved_;
  if (worker_->shared().buffered_bytes.fetch_add(more) + more > options().max_buffered_bytes) {
    worker_->shared().buffered_bytes -= more;
    Refuse(503, "too many bytes are being received");
    return false;
  }
  reserved_ = bytes;
  return true;
}

template <class Protocol>
void Connection<Protocol>::ReadMore() {
  // One at a time: a second prepare could move the buffer under the first read. That one may still
  // be under way when a deadline has ended the request.
  if (std::exchange(reading_, true)) return;
  const size_t want =
      std::min(header_seen_ ? kReadBodyBytes : kReadBytes, buffer_.max_size() - buffer_.size());
  socket_.async_read_some(buffer_.prepare(want),
                          [self = this->shared_from_this()](ErrorCode error, size_t size) {
                            self->reading_ = false;
                            self->HaveRead(error, size);
                          });
}

template <class Protocol>
void Connection<Protocol>::HaveRead(ErrorCode error, size_t size) {
  switch (state_) {
    case State::kIdle:
    case State::kReading:
      if (error) {
        Close();
      } else {
        buffer_.commit(size);
        Process();
      }
      return;
    case State::kLingering:
      if (error) {
        Close();
      } else {
        ReadMore();  // Over the same bytes: nobody wants them.
      }
      return;
    case State::kHandling:
    case State::kWriting:
    case State::kClosed:
      return;
  }
}

template <class Protocol>
void Connection<Protocol>::Dispatch() {
  state_ = State::kHandling;
  auto message = parser_->release();
  Request request;
  request.method.assign(message.method_string().data(), message.method_string().size());
  std::ranges::transform(request.method, request.method.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  request.target.assign(message.target().data(), message.target().size());
  for (const auto& field : message) {
    request.headers.Add({field.name_string().data(), field.name_string().size()},
                        {field.value().data(), field.value().size()});
  }
  request.body = std::move(message.body());
  request.peer = peer_;
  dispatching_ = true;
  try {
    worker_->shared().handler(std::move(request), Responder(this->shared_from_this()));
  } catch (const std::exception& error) {
    // The Responder has gone with the exception, so the reply is on its way.
    if (const auto* log = options().log) {
      log->Error("an HTTP handler threw", {{"error", error.what()}});
    }
  } catch (...) {
    if (const auto* log = options().log) log->Error("an HTTP handler threw");
  }
  dispatching_ = false;
  if (replied_at_once_) Write(*std::exchange(replied_at_once_, std::nullopt));
}

template <class Protocol>
void Connection<Protocol>::Send(Response response) {
  if (worker_->IsHere()) {
    Reply(std::move(response));
    return;
  }
  worker_->Post([self = this->shared_from_this(), response = std::move(response)]() mutable {
    self->Reply(std::move(response));
  });
}

template <class Protocol>
void Connection<Protocol>::Reply(Response response) {
  if (state_ != State::kHandling) return;  // The client has gone.
  if (dispatching_) {
    replied_at_once_ = std::move(response);
    return;
  }
  Write(response);
  Process();
}

template <class Protocol>
void Connection<Protocol>::Write(const Response& response) {
  state_ = State::kWriting;
  SetDeadline(options().read_timeout_ms);
  keep_alive_ = keep_alive_ && !refused_ && !worker_->shared().stopping;
  const ReplyContext context{.to_head = to_head_,
                             .http_1_0 = http_1_0_,
                             .keep_alive = keep_alive_,
                             .date = worker_->Date()};
  head_ = WriteHead(response, context);
  body_.clear();
  written_ = 0;
  if (HasBody(response.status, context)) {
    if (response.body.size() <= kJoinBytes) {
      head_ += response.body;
    } else {
      body_ = response.body;
    }
  }
  // Nearly every reply fits into the socket's buffer, without a turn through the loop.
  const std::array<net::const_buffer, 2> parts{net::buffer(head_), net::buffer(body_)};
  ErrorCode error;
  written_ = socket_.write_some(parts, error);
  if (error && error != net::error::would_block) {
    Close();
  } else if (written_ == head_.size() + body_.size()) {
    Written();
  } else {
    WriteRest();
  }
}

template <class Protocol>
void Connection<Protocol>::WriteRest() {
  const size_t in_head = std::min(written_, head_.size());
  const std::array<net::const_buffer, 2> parts{net::buffer(head_) + in_head,
                                               net::buffer(body_) + (written_ - in_head)};
  net::async_write(socket_, parts, [self = this->shared_from_this()](ErrorCode error, size_t) {
    if (self->state_ != State::kWriting) return;
    if (error) {
      self->Close();
      return;
    }
    self->Written();
    self->Process();
  });
}

template <class Protocol>
void Connection<Protocol>::Written() {
  body_ = {};
  if (keep_alive_) {
    NextRequest();
  } else {
    Linger();
  }
}

template <class Protocol>
void Connection<Protocol>::Refuse(int status, std::string_view why) {
  refused_ = true;
  Response response;
  response.status = status;
  response.headers.Add("Content-Type", "text/plain");
  response.body = std::string(ReasonPhrase(status)) + ": " + std::string(why) + "\n";
  Write(response);
}

/// Closing while the client still sends would reset the connection, and the reply could be lost.
template <class Protocol>
void Connection<Protocol>::Linger() {
  ErrorCode ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  state_ = State::kLingering;
  SetDeadline(kLingerMs);
  if (!reading_) buffer_.consume(buffer_.size());
  ReadMore();
}

template class Connection<net::ip::tcp>;
template class Connection<net::local::stream_protocol>;

}  // namespace riposte::http
