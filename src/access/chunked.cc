#include "access/chunked.h"

#include <charconv>

#include "access/crypto.h"
#include "access/sigv4.h"
#include "base/encoding.h"

namespace riposte::access {
namespace {

constexpr std::string_view kChunkSignature = ";chunk-signature=";
constexpr std::string_view kTrailerSignature = "x-amz-trailer-signature:";

/// Takes one line off the front. Errors: kInvalidArgument when there is no CRLF.
Result<std::string_view> TakeLine(std::string_view& rest) {
  const size_t end = rest.find("\r\n");
  if (end == std::string_view::npos) {
    return Fail(Code::kInvalidArgument, "chunked payload ends within a line");
  }
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return line;
}

std::string Sign(const ChunkSigning& signing, std::string_view kind, std::string_view previous,
                 std::string_view tail) {
  std::string text(kAlgorithm);
  text += kind;
  text += '\n';
  text += signing.timestamp;
  text += '\n';
  text += signing.scope;
  text += '\n';
  text += previous;
  text += '\n';
  text += tail;
  return HexEncode(HmacSha256(signing.signing_key, text));
}

std::unexpected<Error> Mismatch() {
  return Fail(Code::kUnauthenticated, "the signature of a chunk does not match");
}

}  // namespace

bool IsStreamingPayload(std::string_view content_sha256) {
  return content_sha256.starts_with("STREAMING-");
}

Result<std::string> DecodeChunked(std::string_view body, std::string_view content_sha256,
                                  const ChunkSigning& signing) {
  const bool is_signed = content_sha256.starts_with("STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
  const bool has_trailer = content_sha256.ends_with("-TRAILER");
  if (!is_signed && content_sha256 != "STREAMING-UNSIGNED-PAYLOAD-TRAILER") {
    return Fail(Code::kInvalidArgument, "payload encoding is not supported");
  }
  const bool check = is_signed && !signing.signing_key.empty();
  std::string out;
  out.reserve(body.size());
  std::string previous(signing.seed_signature);
  while (true) {
    Result<std::string_view> head = TakeLine(body);
    if (!head) return std::unexpected(head.error());
    const size_t semicolon = head->find(';');
    const std::string_view digits = head->substr(0, semicolon);
    size_t size = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
    if (error != std::errc() || end != digits.data() + digits.size() || digits.empty()) {
      return Fail(Code::kInvalidArgument, "chunk size is not a hexadecimal number");
    }
    if (size > body.size()) {
      return Fail(Code::kInvalidArgument, "chunk is longer than the payload");
    }
    const std::string_view chunk = body.substr(0, size);
    if (check) {
      const size_t at = head->find(kChunkSignature);
      if (at == std::string_view::npos) return Mismatch();
      const std::string expected =
          Sign(signing, "-PAYLOAD", previous, std::string(kEmptySha256) + "\n" + Sha256Hex(chunk));
      if (!ConstantTimeEquals(head->substr(at + kChunkSignature.size()), expected)) {
        return Mismatch();
      }
      previous = expected;
    }
    body.remove_prefix(size);
    if (size == 0) break;
    if (!body.starts_with("\r\n")) {
      return Fail(Code::kInvalidArgument, "chunk does not end with a line break");
    }
    body.remove_prefix(2);
    out += chunk;
  }
  if (!has_trailer) {
    if (body != "\r\n" && !body.empty()) {
      return Fail(Code::kInvalidArgument, "bytes after the last chunk");
    }
    return out;
  }
  std::string trailers;
  std::string trailer_signature;
  while (!body.empty()) {
    Result<std::string_view> line = TakeLine(body);
    if (!line) return std::unexpected(line.error());
    if (line->empty()) break;
    if (line->starts_with(kTrailerSignature)) {
      trailer_signature = line->substr(kTrailerSignature.size());
      continue;
    }
    trailers += *line;
    trailers += '\n';
  }
  if (check && !ConstantTimeEquals(trailer_signature,
                                   Sign(signing, "-TRAILER", previous, Sha256Hex(trailers)))) {
    return Mismatch();
  }
  return out;
}

}  // namespace riposte::access
