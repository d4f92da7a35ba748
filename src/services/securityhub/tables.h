// The tables of services/securityhub, and all SQL over them.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "base/scope.h"
#include "services/securityhub/findings.h"
#include "store/store.h"

namespace riposte::securityhub::tables {

[[nodiscard]] std::span<const store::Migration> Migrations();

// Findings
[[nodiscard]] std::optional<json::Object> FindFinding(store::Transaction& tx, const Scope& scope,
                                                      const FindingKey& key);
void PutFinding(store::Transaction& tx, const Scope& scope, const FindingKey& key,
                const json::Object& finding, TimePoint now);
/// Newest first. Return false from `each` to stop.
void EachFinding(store::Transaction& tx, const Scope& scope,
                 const std::function<bool(json::Object)>& each);

// Documents by ARN: automation rules and action targets
enum class Kind { kAutomationRule, kActionTarget };
[[nodiscard]] std::optional<json::Object> FindDocument(store::Transaction& tx, Kind kind,
                                                       const Scope& scope, const std::string& arn);
/// `position` orders EachDocument; ties by age.
void PutDocument(store::Transaction& tx, Kind kind, const Scope& scope, const std::string& arn,
                 int64_t position, const json::Object& document);
bool DeleteDocument(store::Transaction& tx, Kind kind, const Scope& scope, const std::string& arn);
void EachDocument(store::Transaction& tx, Kind kind, const Scope& scope,
                  const std::function<bool(json::Object)>& each);
[[nodiscard]] int64_t CountDocuments(store::Transaction& tx, Kind kind, const Scope& scope);

// The hub: on until it is disabled
struct Hub {
  bool enabled = true;
  TimePoint since;
};
[[nodiscard]] Hub GetHub(store::Transaction& tx, const Scope& scope);
void PutHub(store::Transaction& tx, const Scope& scope, const Hub& hub);

// Tags by ARN
[[nodiscard]] json::Object GetTags(store::Transaction& tx, const std::string& arn);
void PutTags(store::Transaction& tx, const std::string& arn, const json::Object& tags);

}  // namespace riposte::securityhub::tables
