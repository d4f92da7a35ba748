#include "wire/body.h"

#include <zlib.h>

#include <charconv>

namespace riposte::wire {
namespace {

std::unexpected<Error> Bad(std::string what) {
  return Fail(Code::kInvalidArgument, std::move(what));
}

/// "<hex size>;chunk-signature=…\r\n<bytes>\r\n" … "0;…\r\n", then trailers, which are ignored.
Result<std::string> Unchunk(std::string_view body) {
  std::string out;
  while (true) {
    const size_t line = body.find("\r\n");
    if (line == std::string_view::npos) return Bad("a chunk's size is cut off");
    size_t size = 0;
    const auto [rest, error] = std::from_chars(body.data(), body.data() + line, size, 16);
    if (error != std::errc() || rest == body.data() ||
        (rest != body.data() + line && *rest != ';')) {
      return Bad("a chunk's size is not a number");
    }
    body.remove_prefix(line + 2);
    if (size == 0) return out;
    if (size > body.size() || body.substr(size, 2) != "\r\n") return Bad("a chunk is cut off");
    out += body.substr(0, size);
    body.remove_prefix(size + 2);
  }
}

Result<std::string> Inflate(std::string_view body) {
  z_stream stream{};
  constexpr int kGzipOnly = 16;
  if (inflateInit2(&stream, MAX_WBITS + kGzipOnly) != Z_OK) return Bad("gzip cannot start");
  const struct End {
    z_stream* stream;
    ~End() { inflateEnd(stream); }
  } end{&stream};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  std::string out;
  int status = Z_OK;
  while (status == Z_OK) {
    char buffer[16384];
    stream.next_out = reinterpret_cast<Bytef*>(buffer);
    stream.avail_out = sizeof buffer;
    status = inflate(&stream, Z_NO_FLUSH);
    out.append(buffer, sizeof buffer - stream.avail_out);
    if (out.size() > kMaxInflated) return Bad("the body is too large when inflated");
  }
  if (status != Z_STREAM_END) return Bad("the body is not gzip");
  return out;
}

}  // namespace

Result<std::string_view> ReadBody(const http::Request& request, std::string& storage) {
  const auto keep = [&storage](Result<std::string> body) -> Result<std::string_view> {
    if (!body) return std::unexpected(body.error());
    storage = std::move(*body);
    return storage;
  };
  const std::string_view encoding = request.headers.Get("Content-Encoding");
  // S3 keeps a gzip encoding as a property of the object, so only the framing is undone there.
  if (encoding.find("aws-chunked") != std::string_view::npos ||
      request.headers.Get("X-Amz-Content-Sha256").starts_with("STREAMING-")) {
    return keep(Unchunk(request.body));
  }
  const std::string_view type = request.headers.Get("Content-Type");
  const bool protocol_body = type.starts_with("application/x-www-form-urlencoded") ||
                             type.starts_with("application/x-amz-json") ||
                             type.starts_with("application/cbor");
  if (protocol_body && http::EqualsIgnoreCase(encoding, "gzip")) {
    return keep(Inflate(request.body));
  }
  return request.body;
}

}  // namespace riposte::wire
