// Bodies that are signed piece by piece: content-encoding aws-chunked, as SDKs send to S3.
//
//   size-hex [;chunk-signature=hex] CRLF bytes CRLF … 0 [;chunk-signature=hex] CRLF
//   [trailer: value CRLF … [x-amz-trailer-signature:hex CRLF]] CRLF
//
// Source: "Signature calculations for the Authorization header: transferring payload in multiple
// chunks", Amazon S3 API reference. Pure; any thread. Cost: one copy of the body, one SHA-256.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace riposte::access {

/// How each piece is signed. An empty `signing_key` decodes without checking.
struct ChunkSigning {
  std::string_view signing_key;
  std::string_view timestamp;
  std::string_view scope;
  std::string_view seed_signature;  ///< Of the headers.
};

/// True for x-amz-content-sha256 values that announce this encoding.
[[nodiscard]] bool IsStreamingPayload(std::string_view content_sha256);

/// The body without its framing. Errors: kInvalidArgument when the framing is broken,
/// kUnauthenticated when a piece's signature is not the one it should be.
[[nodiscard]] Result<std::string> DecodeChunked(std::string_view body,
                                                std::string_view content_sha256,
                                                const ChunkSigning& signing);

}  // namespace riposte::access
