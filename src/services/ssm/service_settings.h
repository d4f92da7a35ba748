// Settings of an account and region, and what they say about its executions.
//
// Beside the service's own settings there are two of this engine: whether who starts an execution
// may approve it, and the topic that is told when nobody approves in time.
// Source: spec 2.12. Thread rule: as api/registry.h says.
#pragma once

#include "api/registry.h"
#include "workflow/automation/action.h"

namespace riposte::ssm {

class ServiceSettings {
 public:
  void Register(api::Registry& registry);
  /// For an execution that starts now.
  [[nodiscard]] static automation::Settings ForExecution(store::Transaction& tx,
                                                         const Scope& scope);
  /// Whether documents may be shared with everybody.
  [[nodiscard]] static bool AllowsPublicSharing(store::Transaction& tx, const Scope& scope);

 private:
  json::Value GetServiceSetting(const api::Call& call, store::Transaction& tx);
  json::Value UpdateServiceSetting(const api::Call& call, store::Transaction& tx);
  json::Value ResetServiceSetting(const api::Call& call, store::Transaction& tx);
};

}  // namespace riposte::ssm
