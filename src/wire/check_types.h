// What a service replied, against the model: the lesser sister of Validate() in catalog.h.
#pragma once

#include "base/result.h"
#include "json/json.h"
#include "wire/catalog.h"

namespace riposte::wire {

/// Checks the types in `document`, a structure of `shape`, and normalises it as Validate() does.
/// Constraints and missing members are let through, because a service may grow new values.
/// Errors: kInvalidArgument.
[[nodiscard]] Status CheckTypes(const Shape& shape, json::Object& document);

}  // namespace riposte::wire
