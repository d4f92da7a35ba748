#include "access/sealer.h"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

namespace riposte::access {
namespace {

constexpr size_t kTagBytes = 16;

struct ContextDeleter {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, ContextDeleter>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string Sealer::Seal(std::string_view plain, std::string_view context,
                         std::string_view nonce) const {
  const CipherContext cipher(EVP_CIPHER_CTX_new());
  std::string out(nonce);
  out.resize(kNonceBytes + plain.size() + kTagBytes);
  auto* body = reinterpret_cast<unsigned char*>(out.data()) + kNonceBytes;
  int size = 0;
  int last = 0;
  if (key_.size() != kKeyBytes || nonce.size() != kNonceBytes || !cipher ||
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, Bytes(key_), Bytes(nonce)) !=
          1 ||
      EVP_EncryptUpdate(cipher.get(), nullptr, &size, Bytes(context),
                        static_cast<int>(context.size())) != 1 ||
      EVP_EncryptUpdate(cipher.get(), body, &size, Bytes(plain), static_cast<int>(plain.size())) !=
          1 ||
      EVP_EncryptFinal_ex(cipher.get(), body + size, &last) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, body + plain.size()) !=
          1) {
    throw std::runtime_error("sealing a secret failed");
  }
  return out;
}

std::optional<std::string> Sealer::Open(std::string_view sealed, std::string_view context) const {
  if (sealed.size() < kNonceBytes + kTagBytes || key_.size() != kKeyBytes) return std::nullopt;
  const std::string_view body = sealed.substr(kNonceBytes, sealed.size() - kNonceBytes - kTagBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  std::string plain(body.size() + 1, '\0');  // Never empty: the cipher wants a place to write.
  auto* out = reinterpret_cast<unsigned char*>(plain.data());
  const CipherContext cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  int last = 0;
  if (!cipher ||
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, Bytes(key_), Bytes(sealed)) !=
          1 ||
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, Bytes(context),
                        static_cast<int>(context.size())) != 1 ||
      EVP_DecryptUpdate(cipher.get(), out, &size, Bytes(body), static_cast<int>(body.size())) !=
          1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) != 1 ||
      EVP_DecryptFinal_ex(cipher.get(), out + size, &last) != 1) {
    return std::nullopt;
  }
  plain.resize(body.size());
  return plain;
}

}  // namespace riposte::access
