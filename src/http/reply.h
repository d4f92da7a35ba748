// Replies as bytes. Private to this folder.
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"

namespace riposte::http {

/// "Not Found" for 404; "Unknown" for what has no registered phrase (RFC 9110, section 15).
[[nodiscard]] std::string_view ReasonPhrase(int status);

struct ReplyContext {
  bool to_head = false;   ///< The request was HEAD: headers alone.
  bool http_1_0 = false;  ///< Says keep-alive aloud when it keeps.
  bool keep_alive = true;
  std::string_view date;  ///< "" leaves the header out.
};

/// Whether a reply of this status to such a request carries a body.
[[nodiscard]] bool HasBody(int status, const ReplyContext& context);

/// The status line and the header section with its empty line. Framing headers of `response` are
/// replaced by what is true; line breaks in values become spaces, so that no value can forge a
/// header.
[[nodiscard]] std::string WriteHead(const Response& response, const ReplyContext& context);

}  // namespace riposte::http
