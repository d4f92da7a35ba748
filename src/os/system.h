// The machine's clock and randomness.
#pragma once

#include "base/time.h"

namespace riposte::os {

/// Thread safe.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimePoint Now() const override;
  [[nodiscard]] std::chrono::nanoseconds Monotonic() const override;
};

/// From the kernel's generator through OpenSSL. Thread safe. Throws std::runtime_error when the
/// machine has no randomness to give: nothing may go on without.
class SystemRandom final : public Random {
 public:
  [[nodiscard]] std::string Bytes(size_t size) override;
  [[nodiscard]] uint64_t Below(uint64_t bound) override;
};

}  // namespace riposte::os
