// Mail out, by SMTP. Here because libcurl is: the same library speaks both.
//
// Thread safety: Send may be called from any thread; completions run on the client's own thread
// and must not block. One mail at a time, in order; at most kMaxWaiting wait.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"

namespace riposte::http {

struct SmtpMessage {
  std::string from;  ///< "no-reply@example.com", for the envelope.
  std::string to;
  std::string text;  ///< Header fields, an empty line, the body (RFC 5322).
};

class SmtpClient {
 public:
  static constexpr size_t kMaxWaiting = 10'000;
  static constexpr long kTimeoutMs = 30'000;
  using Completion = std::move_only_function<void(Status)>;

  /// `url` is "smtp://host:port", or smtps, with user and password where the server wants them.
  /// TLS is used when the server offers it.
  explicit SmtpClient(std::string url);
  /// What still waits is completed with kCancelled.
  ~SmtpClient();

  /// Errors: kInvalidArgument (a malformed address, or one that the server refuses for good),
  /// kThrottled (too many wait), kUnavailable (anything that may pass), kCancelled.
  void Send(SmtpMessage message, Completion completion);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace riposte::http
