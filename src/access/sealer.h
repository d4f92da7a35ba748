// Encryption of secret values at rest: AES-256-GCM. For every service that keeps values which its
// API calls encrypted (Secrets Manager, the parameter store).
//
// A sealed value is nonce (12 bytes), ciphertext, tag (16 bytes). The nonce is random: with one
// key, 2^32 values may be sealed before two nonces are likely to meet. Source: NIST SP 800-38D.
// Thread safety: const methods, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace riposte::access {

class Sealer {
 public:
  static constexpr size_t kKeyBytes = 32;
  static constexpr size_t kNonceBytes = 12;

  /// REQUIRES: key.size() == kKeyBytes.
  explicit Sealer(std::string key) : key_(std::move(key)) {}
  /// `context` is bound to the value: it must be the same when opening.
  /// REQUIRES: nonce.size() == kNonceBytes, never used before with this key.
  [[nodiscard]] std::string Seal(std::string_view plain, std::string_view context,
                                 std::string_view nonce) const;
  /// nullopt when key, context or a single bit is another.
  [[nodiscard]] std::optional<std::string> Open(std::string_view sealed,
                                                std::string_view context) const;

 private:
  std::string key_;
};

}  // namespace riposte::access
