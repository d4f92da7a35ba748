// The parts of a URL that decide where a request goes. One parser, the client's own: what a check
// sees is what is called.
#pragma once

#include <string>

#include "base/result.h"

namespace riposte::http {

struct Url {
  std::string scheme;  ///< "http" or "https".
  std::string host;    ///< An IPv6 literal without brackets.
  int port = 0;
  bool has_user = false;      ///< "user@" or "user:password@" stands before the host.
  bool has_fragment = false;  ///< "#…" at its end, which is never sent.
};

/// Errors: kInvalidArgument when it is no URL, or one that is neither http nor https.
[[nodiscard]] Result<Url> ParseUrl(const std::string& text);

}  // namespace riposte::http
