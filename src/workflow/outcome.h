// Outcomes of effects, and the words in which the engine speaks of effects and stimuli. Pure.
#pragma once

#include <string_view>

#include "json/json.h"
#include "workflow/language.h"

namespace riposte::workflow {

/// {"error": {"code", "message"}}, fit to be stored.
[[nodiscard]] json::Object ErrorOutcome(std::string_view code, std::string_view message);
/// Nested so deeply that a state with it in it would not parse again (json::kMaxDepth).
[[nodiscard]] bool IsTooDeep(const json::Value& value);
/// The service wants the call again, later.
[[nodiscard]] bool IsThrottling(std::string_view code);
/// Where an effect acts: the execution's own scope, unless it names another.
[[nodiscard]] Scope ScopeOf(const json::Object& detail, const Scope& own);

/// As the history has them.
[[nodiscard]] std::string_view NameOf(Effect::Kind kind);
[[nodiscard]] std::string_view NameOf(Stimulus::Kind kind);

inline constexpr size_t kMaxErrorBytes = 16 * 1024;

}  // namespace riposte::workflow
