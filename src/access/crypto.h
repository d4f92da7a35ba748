// The few primitives that signatures need, over OpenSSL, and the one home of digests for all that
// lies above: names made of content, deduplication ids, the audit chain. Any thread; contexts are
// kept per thread. Cost: SHA-256 0.7 µs a KB; HMAC of a short text 0.4 µs.
#pragma once

#include <string>
#include <string_view>

namespace riposte::access {

[[nodiscard]] std::string Sha256(std::string_view bytes);     ///< 32 bytes.
[[nodiscard]] std::string Sha256Hex(std::string_view bytes);  ///< 64 characters, lower case.
/// 32 characters, lower case. A checksum that protocols ask for (ETags, SQS), not a protection.
[[nodiscard]] std::string Md5Hex(std::string_view bytes);
/// 32 bytes. An empty key is allowed.
[[nodiscard]] std::string HmacSha256(std::string_view key, std::string_view data);
/// 20 bytes. For one-time codes alone (RFC 6238), which ask for it.
[[nodiscard]] std::string HmacSha1(std::string_view key, std::string_view data);
/// Takes as long for a near miss as for a far one. Lengths are no secret.
[[nodiscard]] bool ConstantTimeEquals(std::string_view a, std::string_view b);

}  // namespace riposte::access
