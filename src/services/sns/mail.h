// Mail on its way out, behind an interface: to a folder, to an SMTP server, or nowhere.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "http/smtp.h"

namespace riposte::sns {

struct Mail {
  std::string id;  ///< Unique; a repeated delivery has the same one.
  std::string from;
  std::string to;
  std::string subject;
  std::string body;  ///< Plain text, UTF-8.
  TimePoint time;
};

class MailTransport {
 public:
  using Completion = std::move_only_function<void(Status)>;
  virtual ~MailTransport() = default;
  /// `completion` may run on any thread. Errors: kInvalidArgument (the address will never do),
  /// kUnavailable (try again).
  virtual void Send(Mail mail, Completion completion) = 0;
};

/// The mail as a message file (RFC 5322): header fields cannot be forged by what is in `mail`.
[[nodiscard]] std::string FormatMail(const Mail& mail);

/// Writes each mail as <folder>/<time>-<id>.eml. Blocks for one small synced file a mail.
class SpoolMailTransport final : public MailTransport {
 public:
  explicit SpoolMailTransport(std::string folder) : folder_(std::move(folder)) {}
  void Send(Mail mail, Completion completion) override;

 private:
  std::string folder_;
};

/// Hands each mail to a server.
class SmtpMailTransport final : public MailTransport {
 public:
  /// `url` as http::SmtpClient takes it.
  explicit SmtpMailTransport(const std::string& url) : client_(url) {}
  void Send(Mail mail, Completion completion) override;

 private:
  http::SmtpClient client_;
};

/// For an engine that keeps nothing on disk and knows no mail server: refuses for good.
class NoMailTransport final : public MailTransport {
 public:
  void Send(Mail mail, Completion completion) override;
};

}  // namespace riposte::sns
