#include "os/system.h"

#include <openssl/rand.h>

#include <stdexcept>

namespace riposte::os {

TimePoint SystemClock::Now() const {
  return std::chrono::floor<Millis>(std::chrono::system_clock::now());
}

std::chrono::nanoseconds SystemClock::Monotonic() const {
  return std::chrono::steady_clock::now().time_since_epoch();
}

std::string SystemRandom::Bytes(size_t size) {
  std::string out(size, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(size)) != 1) {
    throw std::runtime_error("no randomness");
  }
  return out;
}

uint64_t SystemRandom::Below(uint64_t bound) {
  // Draws again in the part of the range that would favour small results.
  const uint64_t fair = UINT64_MAX - UINT64_MAX % bound;
  for (;;) {
    uint64_t value = 0;
    if (RAND_bytes(reinterpret_cast<unsigned char*>(&value), sizeof value) != 1) {
      throw std::runtime_error("no randomness");
    }
    if (value < fair) return value % bound;
  }
}

}  // namespace riposte::os
