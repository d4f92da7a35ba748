#include "os/system.h"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

namespace riposte::os {

namespace {

void Fill(void* data, size_t size) {
  auto* out = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t n = getrandom(out, size, 0);
    if (n < 0) {
      if (errno == EINTR) continue;
      std::abort();
    }
    out += n;
    size -= static_cast<size_t>(n);
  }
}

}  // namespace

TimePoint SystemClock::Now() const {
  return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
}

std::chrono::nanoseconds SystemClock::Monotonic() const {
  return std::chrono::steady_clock::now().time_since_epoch();
}

std::string SystemRandom::Bytes(size_t size) {
  std::string bytes(size, '\0');
  Fill(bytes.data(), size);
  return bytes;
}

uint64_t SystemRandom::Below(uint64_t bound) {
  // Values at the lower end would come up once too often without this.
  const uint64_t skip = -bound % bound;
  uint64_t value = 0;
  do {
    Fill(&value, sizeof value);
  } while (value < skip);
  return value % bound;
}

}  // namespace riposte::os
