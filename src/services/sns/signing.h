// The signature that subscribers check, and the certificate they check it with.
//
// One RSA key for the installation, made when the first message needs it (about 100 ms) and kept
// in the store, so that the certificate stays the same over restarts.
// Thread safety: any thread.
// Cost:          about 1 ms a signature; what all subscribers get is signed once.
// Source:        "Verifying the signatures of Amazon SNS messages", SNS developer guide.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"
#include "store/store.h"

namespace riposte::sns {

class MessageSigner {
 public:
  MessageSigner(store::Store& store, const Clock& clock);
  ~MessageSigner();

  /// Base64 of the signature of `text`: RSA over SHA-1 (version "1") or SHA-256 (version "2").
  /// REQUIRES: not called on the store's writer thread.
  [[nodiscard]] std::string Sign(std::string_view text, std::string_view version);
  /// PEM, for /_riposte/sns/cert.pem. REQUIRES: as above.
  [[nodiscard]] std::string CertificatePem();

 private:
  struct Key;
  Key& Load();

  store::Store& store_;
  const Clock& clock_;
  std::mutex mutex_;
  std::unique_ptr<Key> key_;
  /// The last signatures, by the hash of what was signed: the subscribers of one topic get the same
  /// text one after another.
  std::unordered_map<std::string, std::string> recent_;
  std::deque<std::string> order_;  ///< The keys of recent_, the oldest first.
};

}  // namespace riposte::sns
