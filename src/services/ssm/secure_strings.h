// Values of type SecureString, encrypted in the store with the engine's sealing key.
//
// A sealed value is base64 of what access::Sealer makes, bound to the parameter's scope, name and
// version. That text is also what a caller sees who does not ask for decryption.
// Thread safety: const methods, any thread.
#pragma once

#include <string>

#include "access/sealer.h"
#include "base/time.h"
#include "services/ssm/tables.h"

namespace riposte::ssm {

class SecureStrings {
 public:
  /// REQUIRES: key.size() == access::Sealer::kKeyBytes.
  SecureStrings(std::string key, Random& random) : sealer_(std::move(key)), random_(random) {}

  /// Replaces the plain value of `parameter`, whose name and version are set.
  void Seal(const Scope& scope, StoredParameter& parameter) const;
  /// The plain value, sealed or not. Throws InvalidKeyId when another key sealed it, or when it is
  /// not the value that was stored in this place.
  [[nodiscard]] std::string Open(const Scope& scope, const StoredParameter& parameter) const;
  /// Seals what releases before sealing left in the store, all in one transaction. Blocks.
  void SealStored(store::Store& store) const;

 private:
  access::Sealer sealer_;
  Random& random_;
};

}  // namespace riposte::ssm
