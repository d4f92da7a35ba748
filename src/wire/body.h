// A request's body as the protocol meant it, without what transport put around it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace riposte::wire {

/// Most bytes that a compressed body may become.
inline constexpr size_t kMaxInflated = size_t{64} << 20;

/// Removes aws-chunked framing (streaming uploads to S3) and gzip (request compression of
/// CloudWatch clients). The chunks' own signatures are not checked: the request's is.
/// The view is into the request or, when something was removed, into `storage`.
/// Errors: kInvalidArgument.
[[nodiscard]] Result<std::string_view> ReadBody(const http::Request& request, std::string& storage);

}  // namespace riposte::wire
