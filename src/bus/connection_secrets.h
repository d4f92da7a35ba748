// What connections authorise with, encrypted in the store with the engine's sealing key.
//
// The credentials of a connection are its AuthParameters as the caller gave them, one document,
// bound to the connection's scope, name, id and version: nothing sealed for another place, or
// before a change, opens.
// Thread safety: const methods, any thread.
#pragma once

#include <optional>
#include <string>

#include "access/sealer.h"
#include "bus/connection_tables.h"

namespace riposte::bus {

class ConnectionSecrets {
 public:
  /// REQUIRES: key.size() == access::Sealer::kKeyBytes.
  ConnectionSecrets(std::string key, Random& random) : sealer_(std::move(key)), random_(random) {}

  /// Sets `row.sealed`. Scope, name, id and version are set.
  void Seal(ConnectionRow& row, const json::Object& auth_parameters) const;
  /// nullopt when there are none (any more), or another key sealed them.
  [[nodiscard]] std::optional<json::Object> Open(const ConnectionRow& row) const;

 private:
  access::Sealer sealer_;
  Random& random_;
};

}  // namespace riposte::bus
