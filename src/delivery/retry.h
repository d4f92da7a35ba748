// How long to wait before the next attempt. Pure but for the randomness passed in.
#pragma once

#include "delivery/delivery.h"

namespace riposte::delivery {

/// `failed_attempts` >= 1: how many tries have failed so far.
[[nodiscard]] Millis BackOff(const RetryPolicy& policy, int failed_attempts, Random& random);

}  // namespace riposte::delivery
