// Security Hub: the findings hub. Findings come in (ASFF), automation rules touch them in order,
// each import and update is stored and announced on the default bus in one commit.
//
// Thread safety: handlers run as api/registry.h says; the object itself holds no state.
// Source: Security Hub API reference; spec: Delivery semantics, Findings.
#pragma once

#include <span>

#include "api/registry.h"
#include "api/sinks.h"
#include "services/securityhub/findings.h"

namespace riposte::securityhub {

class SecurityHubService {
 public:
  SecurityHubService(api::EventSink& events, Random& random) : events_(events), random_(random) {}

  void Register(api::Registry& registry);
  [[nodiscard]] static std::span<const store::Migration> Migrations();

 private:
  using Call = api::Call;
  using Tx = store::Transaction;

  json::Value BatchImportFindings(const Call& call, Tx& tx);
  json::Value GetFindings(const Call& call, Tx& tx);
  json::Value BatchUpdateFindings(const Call& call, Tx& tx);
  json::Value CreateAutomationRule(const Call& call, Tx& tx);
  json::Value ListAutomationRules(const Call& call, Tx& tx);
  json::Value BatchGetAutomationRules(const Call& call, Tx& tx);
  json::Value BatchUpdateAutomationRules(const Call& call, Tx& tx);
  json::Value BatchDeleteAutomationRules(const Call& call, Tx& tx);
  json::Value CreateActionTarget(const Call& call, Tx& tx);
  json::Value DescribeActionTargets(const Call& call, Tx& tx);
  json::Value UpdateActionTarget(const Call& call, Tx& tx);
  json::Value DeleteActionTarget(const Call& call, Tx& tx);
  json::Value EnableSecurityHub(const Call& call, Tx& tx);
  json::Value DescribeHub(const Call& call, Tx& tx);
  json::Value DisableSecurityHub(const Call& call, Tx& tx);
  json::Value TagResource(const Call& call, Tx& tx);
  json::Value UntagResource(const Call& call, Tx& tx);
  json::Value ListTagsForResource(const Call& call, Tx& tx);
  /// What choosing a custom action in a console does: announces the findings under it.
  json::Value InvokeActionTarget(const Call& call, Tx& tx);

  void Announce(Tx& tx, const Call& call, const FindingKey& key, json::Object finding);

  api::EventSink& events_;
  Random& random_;
};

}  // namespace riposte::securityhub
