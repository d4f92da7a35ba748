#include "services/ssm/secure_strings.h"

#include <vector>

#include "api/error.h"
#include "base/encoding.h"

namespace riposte::ssm {
namespace {

/// Names hold no line ends, so no two places have the same context.
std::string Context(const Scope& scope, const StoredParameter& parameter) {
  return "ssm\n" + scope.account.str() + "\n" + scope.region.str() + "\n" + parameter.name + "\n" +
         std::to_string(parameter.version);
}

}  // namespace

void SecureStrings::Seal(const Scope& scope, StoredParameter& parameter) const {
  parameter.value = Base64Encode(sealer_.Seal(parameter.value, Context(scope, parameter),
                                              random_.Bytes(access::Sealer::kNonceBytes)));
  parameter.sealed = true;
}

std::string SecureStrings::Open(const Scope& scope, const StoredParameter& parameter) const {
  if (!parameter.sealed) return parameter.value;
  if (const auto bytes = Base64Decode(parameter.value)) {
    if (auto plain = sealer_.Open(*bytes, Context(scope, parameter))) return std::move(*plain);
  }
  throw api::Error("InvalidKeyId", "The value of parameter " + parameter.name +
                                       " cannot be decrypted with the key of this engine.");
}

void SecureStrings::SealStored(store::Store& store) const {
  struct Found {
    Scope scope;
    StoredParameter parameter;
  };
  std::vector<Found> found;
  const auto look = [&found](store::Transaction& tx) {
    tables::EachUnsealed(tx, [&found](const Scope& scope, const StoredParameter& parameter) {
      found.push_back({scope, parameter});
    });
  };
  store.Read(look);
  if (found.empty()) return;
  store.WriteAndWait([&](store::Transaction& tx) {
    found.clear();
    look(tx);
    for (auto& [scope, parameter] : found) {
      Seal(scope, parameter);
      tables::SealValue(tx, scope, parameter.name, parameter.version, parameter.value);
    }
  });
}

}  // namespace riposte::ssm
