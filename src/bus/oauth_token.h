// The request for an OAuth token by client credentials, and what its reply means. Pure functions.
//
// Facts: RFC 6749, 4.4 and 5.1; OAuthParameters, EventBridge API reference.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "http/client.h"
#include "json/json.h"

namespace riposte::bus {

struct OAuthToken {
  std::string value;
  Millis good_for;  ///< With a margin, so that a token does not expire on its way.
};

/// `auth` = AuthParameters with OAuthParameters. Errors: kInvalidArgument.
[[nodiscard]] Result<http::OutgoingRequest> MakeTokenRequest(const json::Object& auth);
/// Errors: kUnauthenticated when the endpoint refuses or its reply has no token in it,
/// kUnavailable or kThrottled when it may do better later. Messages have its status only.
[[nodiscard]] Result<OAuthToken> ReadTokenReply(const http::Response& reply);

/// Whether a Content-Type is that of a form.
[[nodiscard]] bool IsForm(std::string_view content_type);

}  // namespace riposte::bus
