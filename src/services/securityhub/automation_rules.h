// Automation rules: which of them touch a finding on import, and what they make of it.
#pragma once

#include <string>
#include <vector>

#include "api/call.h"
#include "json/json.h"
#include "store/store.h"

namespace riposte::securityhub {

/// Applies every enabled rule of the scope, in RuleOrder; a later rule overrides an earlier one,
/// IsTerminal stops.
void ApplyAutomationRules(store::Transaction& tx, const api::Call& call, json::Object& finding);

/// The ARNs in a list, read leniently: `["a","b"]` that a shell split into words arrives as the
/// elements `[`, `"a",`, `"b"`, `]` (docs/compatibility.md).
[[nodiscard]] std::vector<std::string> ArnList(const json::Object& input, std::string_view name);

}  // namespace riposte::securityhub
