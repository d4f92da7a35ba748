// Compliance items of managed nodes: what somebody found to be in order, or not.
//
// Items are put for one resource and one type at a time and replace those put before.
// Source: spec 2.11. Thread rule: as api/registry.h says.
#pragma once

#include "api/registry.h"

namespace riposte::ssm {

class Compliance {
 public:
  void Register(api::Registry& registry);

 private:
  json::Value PutComplianceItems(const api::Call& call, store::Transaction& tx);
  json::Value ListComplianceItems(const api::Call& call, store::Transaction& tx);
  json::Value ListComplianceSummaries(const api::Call& call, store::Transaction& tx);
  json::Value ListResourceComplianceSummaries(const api::Call& call, store::Transaction& tx);
};

}  // namespace riposte::ssm
