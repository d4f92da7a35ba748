// Conditions of aws:branch and aws:loop.
//
// { Variable: "{{ … }}", <one operator>: <literal or {{ … }}> }, or And / Or / Not over such.
// Source: spec 2.6. Pure; nesting is bounded by the document's depth.
#pragma once

#include <string>

#include "base/result.h"
#include "json/json.h"
#include "workflow/automation/expression.h"

namespace riposte::automation {

/// Errors: kInvalidArgument naming the operator that is not known, or what is missing.
[[nodiscard]] Status CheckCondition(const json::Object& condition);

/// REQUIRES: CheckCondition(condition). Errors: kNotFound for a reference without value.
[[nodiscard]] Result<bool> Evaluate(const json::Object& condition, const Resolver& resolver);

}  // namespace riposte::automation
