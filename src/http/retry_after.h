// When does the other end want to be asked again? The Retry-After header (RFC 9110, 10.2.3).
#pragma once

#include <optional>

#include "base/time.h"
#include "http/message.h"

namespace riposte::http {

/// The wait that the header asks for: seconds, or an HTTP date in any of its three forms; a date
/// that is past is no wait. Negative when a negative number stands there. nullopt when there is no
/// header, or nothing of the kind in it. Not bounded but by what fits: that is the caller's part.
[[nodiscard]] std::optional<Millis> RetryAfter(const Headers& headers, TimePoint now);

}  // namespace riposte::http
