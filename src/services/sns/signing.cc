#include "services/sns/signing.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <stdexcept>

#include "access/crypto.h"
#include "base/encoding.h"
#include "services/sns/tables.h"

namespace riposte::sns {
namespace {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using KeyPointer = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using CertificatePointer = std::unique_ptr<X509, Freer<X509_free>>;
using BioPointer = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using DigestPointer = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;

void Require(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("cannot ") + what);
}

template <class Write>
std::string ToPem(const Write& write) {
  const BioPointer bio(BIO_new(BIO_s_mem()));
  Require(bio != nullptr && write(bio.get()) == 1, "write PEM");
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<size_t>(size)};
}

/// A new key with a certificate that it signed itself, good for ten years.
KeyPair MakeKeyPair(TimePoint now) {
  const KeyPointer key(EVP_RSA_gen(2048));
  Require(key != nullptr, "make an RSA key");
  const CertificatePointer certificate(X509_new());
  Require(certificate != nullptr, "make a certificate");
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  const time_t start = ToMillis(now) / 1000;
  constexpr long kTenYears = 10L * 365 * 24 * 3600;
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), start);
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), start + kTenYears);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("sns.riposte.internal"), -1, -1,
                             0);
  X509_set_issuer_name(certificate.get(), name);
  Require(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0, "sign a certificate");
  return {ToPem([&](BIO* bio) {
            return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          }),
          ToPem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate.get()); })};
}

}  // namespace

struct MessageSigner::Key {
  KeyPointer key;
  std::string certificate;
};

MessageSigner::MessageSigner(store::Store& store, const Clock& clock)
    : store_(store), clock_(clock) {}
MessageSigner::~MessageSigner() = default;

MessageSigner::Key& MessageSigner::Load() {
  if (key_) return *key_;
  std::optional<KeyPair> pair;
  const auto read = [&] { store_.Read([&](store::Transaction& tx) { pair = LoadKeyPair(tx); }); };
  read();
  if (!pair) {
    const KeyPair made = MakeKeyPair(clock_.Now());
    store_.WriteAndWait([&](store::Transaction& tx) { StoreKeyPair(tx, made); });
    read();
  }
  const BioPointer bio(
      BIO_new_mem_buf(pair->private_key.data(), static_cast<int>(pair->private_key.size())));
  KeyPointer key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  Require(key != nullptr, "read the signing key");
  key_ = std::make_unique<Key>(Key{std::move(key), std::move(pair->certificate)});
  return *key_;
}

std::string MessageSigner::Sign(std::string_view text, std::string_view version) {
  std::string name = access::Sha256(std::string(version) + "\n" + std::string(text));
  const std::lock_guard lock(mutex_);
  if (const auto found = recent_.find(name); found != recent_.end()) return found->second;
  const Key& key = Load();
  const DigestPointer context(EVP_MD_CTX_new());
  const EVP_MD* method = version == "2" ? EVP_sha256() : EVP_sha1();
  Require(EVP_DigestSignInit(context.get(), nullptr, method, nullptr, key.key.get()) == 1,
          "begin a signature");
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  size_t size = 0;
  Require(EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) == 1,
          "size a signature");
  std::string signature(size, '\0');
  Require(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                         bytes, text.size()) == 1,
          "sign");
  signature.resize(size);
  constexpr size_t kMostRecent = 256;  // Some 150 KB.
  if (order_.size() == kMostRecent) {
    recent_.erase(order_.front());
    order_.pop_front();
  }
  order_.push_back(name);
  return recent_[std::move(name)] = Base64Encode(signature);
}

std::string MessageSigner::CertificatePem() {
  const std::lock_guard lock(mutex_);
  return Load().certificate;
}

}  // namespace riposte::sns
