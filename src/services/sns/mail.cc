#include "services/sns/mail.h"

#include <algorithm>

#include "base/encoding.h"
#include "os/files.h"

namespace riposte::sns {
namespace {

constexpr char kSender[] = "no-reply@riposte.internal";

bool IsPlain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

/// A header field's text: as it is when plain ASCII, else as an encoded word (RFC 2047).
std::string FieldText(std::string_view text) {
  if (IsPlain(text)) return std::string(text);
  return "=?UTF-8?B?" + Base64Encode(text) + "?=";
}

}  // namespace

std::string FormatMail(const Mail& mail) {
  std::string out;
  const auto field = [&](std::string_view name, const std::string& text) {
    out.append(name).append(": ").append(text).append("\r\n");
  };
  field("From", FieldText(mail.from) + " <" + kSender + ">");
  field("To", FieldText(mail.to));
  field("Subject", FieldText(mail.subject));
  field("Date", FormatHttpDate(mail.time));
  field("Message-ID", "<" + FieldText(mail.id) + "@riposte.internal>");
  field("MIME-Version", "1.0");
  field("Content-Type", "text/plain; charset=UTF-8");
  field("Content-Transfer-Encoding", "8bit");
  out += "\r\n";
  out += mail.body;
  if (!out.ends_with('\n')) out += "\r\n";
  return out;
}

void SpoolMailTransport::Send(Mail mail, Completion completion) {
  if (auto made = os::MakePrivateFolder(folder_); !made) return completion(std::move(made));
  std::string id = mail.id;
  std::ranges::replace_if(id, [](unsigned char c) { return !std::isalnum(c) && c != '-'; }, '_');
  completion(os::WriteFileAtomically(folder_ + "/" + FormatBasic(mail.time) + "-" + id + ".eml",
                                     FormatMail(mail)));
}

void SmtpMailTransport::Send(Mail mail, Completion completion) {
  http::SmtpMessage message;
  message.from = kSender;
  message.to = mail.to;
  message.text = FormatMail(mail);
  client_.Send(std::move(message), std::move(completion));
}

void NoMailTransport::Send(Mail /*mail*/, Completion completion) {
  completion(Fail(Code::kInvalidArgument, "no mail folder or server is configured"));
}

}  // namespace riposte::sns
