#include "os/system.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace riposte::os {

namespace {

void FillFromKernel(char* out, size_t size) {
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

/// Bytes fetched ahead, because every event draws an id and a system call costs more than that.
/// Each is used once and wiped; a thread has its own, and children of this process exec at once.
struct Reserve {
  std::array<char, 4096> bytes;
  size_t left = 0;
};

void Fill(char* out, size_t size) {
  static thread_local Reserve reserve;
  if (size > reserve.bytes.size() / 32) {
    FillFromKernel(out, size);
    return;
  }
  if (size > reserve.left) {
    FillFromKernel(reserve.bytes.data(), reserve.bytes.size());
    reserve.left = reserve.bytes.size();
  }
  reserve.left -= size;
  std::memcpy(out, reserve.bytes.data() + reserve.left, size);
  explicit_bzero(reserve.bytes.data() + reserve.left, size);
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
    Fill(reinterpret_cast<char*>(&value), sizeof value);
  } while (value < skip);
  return value % bound;
}

}  // namespace riposte::os
