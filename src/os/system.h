// The real clock and the real dice. Built in app/wiring.cc and nowhere else.
//
// Thread safety: all methods from any thread. Cost: Now() about 30 ns, Bytes() a system call for
// every 512.
#pragma once

#include "base/time.h"

namespace riposte::os {

class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimePoint Now() const override;
  [[nodiscard]] std::chrono::nanoseconds Monotonic() const override;
};

/// The kernel's generator (getrandom). Aborts when it does not work: keys must not be guessable.
class SystemRandom final : public Random {
 public:
  [[nodiscard]] std::string Bytes(size_t size) override;
  [[nodiscard]] uint64_t Below(uint64_t bound) override;
};

}  // namespace riposte::os
