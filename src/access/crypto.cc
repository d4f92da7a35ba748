#include "access/crypto.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "base/encoding.h"

namespace riposte::access {
namespace {

constexpr size_t kDigestBytes = 32;
constexpr size_t kMd5Bytes = 16;
constexpr size_t kSha1Bytes = 20;

struct MdDeleter {
  void operator()(EVP_MD* md) const { EVP_MD_free(md); }
};
struct DigestContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct MacContextDeleter {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

/// Fetched once: looking an algorithm up by name costs more than hashing a short text.
const EVP_MD* Sha256Algorithm() {
  static const std::unique_ptr<EVP_MD, MdDeleter> kAlgorithm(
      EVP_MD_fetch(nullptr, "SHA256", nullptr));
  return kAlgorithm.get();
}

const EVP_MD* Md5Algorithm() {
  static const std::unique_ptr<EVP_MD, MdDeleter> kAlgorithm(EVP_MD_fetch(nullptr, "MD5", nullptr));
  return kAlgorithm.get();
}

std::unique_ptr<EVP_MAC_CTX, MacContextDeleter> MakeMacContext(std::string digest) {
  EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  std::unique_ptr<EVP_MAC_CTX, MacContextDeleter> context(EVP_MAC_CTX_new(mac));
  EVP_MAC_free(mac);  // The context holds a reference of its own.
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_end(),
  };
  if (!context || EVP_MAC_CTX_set_params(context.get(), params) != 1) {
    throw std::runtime_error("HMAC with " + digest + " is not available");
  }
  return context;
}

std::string Mac(EVP_MAC_CTX* context, std::string_view key, std::string_view data, size_t bytes) {
  // A null key would mean "the key set before".
  const auto* key_bytes = reinterpret_cast<const unsigned char*>(key.empty() ? "" : key.data());
  std::string out(bytes, '\0');
  size_t size = 0;
  if (EVP_MAC_init(context, key_bytes, key.size(), nullptr) != 1 ||
      EVP_MAC_update(context, reinterpret_cast<const unsigned char*>(data.data()), data.size()) !=
          1 ||
      EVP_MAC_final(context, reinterpret_cast<unsigned char*>(out.data()), &size, out.size()) !=
          1) {
    throw std::runtime_error("HMAC failed");
  }
  return out;
}

}  // namespace

std::string Sha256(std::string_view bytes) {
  // One context a thread: making one costs as much as hashing 200 bytes.
  thread_local const std::unique_ptr<EVP_MD_CTX, DigestContextDeleter> kContext(EVP_MD_CTX_new());
  std::string out(kDigestBytes, '\0');
  if (EVP_DigestInit_ex2(kContext.get(), Sha256Algorithm(), nullptr) != 1 ||
      EVP_DigestUpdate(kContext.get(), bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(kContext.get(), reinterpret_cast<unsigned char*>(out.data()), nullptr) !=
          1) {
    throw std::runtime_error("SHA-256 failed");
  }
  return out;
}

std::string Sha256Hex(std::string_view bytes) {
  return HexEncode(Sha256(bytes));
}

std::string Md5Hex(std::string_view bytes) {
  thread_local const std::unique_ptr<EVP_MD_CTX, DigestContextDeleter> kContext(EVP_MD_CTX_new());
  std::string out(kMd5Bytes, '\0');
  if (EVP_DigestInit_ex2(kContext.get(), Md5Algorithm(), nullptr) != 1 ||
      EVP_DigestUpdate(kContext.get(), bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(kContext.get(), reinterpret_cast<unsigned char*>(out.data()), nullptr) !=
          1) {
    throw std::runtime_error("MD5 failed");
  }
  return HexEncode(out);
}

std::string HmacSha256(std::string_view key, std::string_view data) {
  thread_local const auto kContext = MakeMacContext("SHA256");
  return Mac(kContext.get(), key, data, kDigestBytes);
}

std::string HmacSha1(std::string_view key, std::string_view data) {
  return Mac(MakeMacContext("SHA1").get(), key, data, kSha1Bytes);
}

bool ConstantTimeEquals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace riposte::access
