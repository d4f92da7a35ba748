// A blocking socket for tests that send what a proper client refuses to.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "http/message.h"

namespace riposte::http::testing {

class RawClient {
 public:
  explicit RawClient(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    Patience();
  }
  explicit RawClient(const std::string& path)
      : fd_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    Patience();
  }
  ~RawClient() { Close(); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }
  /// False once the other end has gone.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }
  /// One reply with its headers and body; status 0 when the connection ended before it.
  Response Receive(bool to_head = false) {
    Response response;
    response.status = 0;
    size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!Fill()) return response;
    }
    const std::string head = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    const int status = std::stoi(head.substr(9, 3));
    size_t line = head.find("\r\n") + 2;
    while (line < head.size()) {
      const size_t stop = head.find("\r\n", line);
      const size_t colon = head.find(": ", line);
      response.headers.Add(head.substr(line, colon - line),
                           head.substr(colon + 2, stop - colon - 2));
      line = stop + 2;
    }
    const std::string length(response.headers.Get("content-length"));
    const size_t size = to_head || length.empty() ? 0 : std::stoul(length);
    while (buffer_.size() < size) {
      if (!Fill()) return response;
    }
    response.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    response.status = status;
    return response;
  }
  /// True when the other end has closed and everything was read.
  bool AtEnd() { return buffer_.empty() && !Fill(); }

 private:
  /// A test that would hang fails instead.
  void Patience() const {
    const timeval limit{20, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  bool Fill() {
    char chunk[16'384];
    const ssize_t n = recv(fd_, chunk, sizeof chunk, 0);
    if (n <= 0) return false;
    buffer_.append(chunk, static_cast<size_t>(n));
    return true;
  }

  int fd_;
  bool connected_ = false;
  std::string buffer_;
};

}  // namespace riposte::http::testing
