// From a pack to the calls that make it real: roles, topic, runbooks, rules.
//
// Every step is an operation that any client could call, and every step may be repeated: applying
// a pack again brings its resources up to date. Pure function, any thread.
#pragma once

#include <string>
#include <vector>

#include "base/scope.h"
#include "json/json.h"
#include "response/pack.h"

namespace riposte::response {

/// One call. When it fails with `if_error`, `otherwise` is called instead (nothing: that is fine).
struct Step {
  std::string service;
  std::string operation;
  json::Object input;
  std::string if_error = {};
  std::vector<Step> otherwise = {};
};

[[nodiscard]] std::vector<Step> Compile(const Pack& pack, const Scope& scope);

/// The runbook that decides: a branch over the responses in order, then act, tell, resolve.
[[nodiscard]] json::Object TriageDocument(const Pack& pack, const Scope& scope);
/// The events that are triaged: new findings that this engine has not touched yet.
[[nodiscard]] json::Object TriagePattern();

[[nodiscard]] std::string TriageDocumentName(const Pack& pack);

}  // namespace riposte::response
