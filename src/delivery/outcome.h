// What the failure of a call means for the delivery that it was.
//
// Pure; any thread. The codes are those of dead letters: NO_PERMISSIONS, NO_RESOURCE,
// RESOURCE_ALREADY_EXISTS and SDK_CLIENT_ERROR are dead at once, THROTTLING and INTERNAL_ERROR are
// tried again.
#pragma once

#include "api/call.h"
#include "delivery/delivery.h"

namespace riposte::delivery {

[[nodiscard]] Result ResultOf(const api::Outcome& outcome);

/// PutEvents succeeds although it refuses entries: why it refused the first of them.
/// `output` is PutEvents' reply to one entry.
[[nodiscard]] std::optional<api::Error> RefusedEntry(const json::Value& output);

}  // namespace riposte::delivery
