// Time as the engine tells it, and the interfaces through which it arrives.
//
// Nothing outside os/ and app/ reads a clock, sets a timer or draws a random number: they come
// through constructors as Clock, Executor and Random, so that the whole engine runs under a
// virtual clock in tests (base/testing/fakes.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace riposte {

using Millis = std::chrono::milliseconds;
using TimePoint = std::chrono::sys_time<Millis>;  ///< UTC, millisecond resolution.

/// Milliseconds since the epoch, the form in which times are stored (columns `*_ms`).
[[nodiscard]] inline int64_t ToMillis(TimePoint t) {
  return t.time_since_epoch().count();
}
[[nodiscard]] inline TimePoint FromMillis(int64_t ms) {
  return TimePoint(Millis(ms));
}
/// Seconds since the epoch with a fraction: how documents (json::Value) hold timestamps.
[[nodiscard]] inline double ToSeconds(TimePoint t) {
  return static_cast<double>(ToMillis(t)) / 1000.0;
}

/// "2026-11-21T09:08:07Z", or with ".123" before the Z.
[[nodiscard]] std::string FormatIso8601(TimePoint t, bool with_millis = false);
/// "20261121T090807Z", the form in signatures.
[[nodiscard]] std::string FormatBasic(TimePoint t);
/// "Sat, 21 Nov 2026 09:08:07 GMT", the form in HTTP headers.
[[nodiscard]] std::string FormatHttpDate(TimePoint t);
/// RFC 3339 date-time, with any offset, up to nine fraction digits, or a bare date.
/// Also the basic form 20261121T090807Z. Errors: kInvalidArgument.
[[nodiscard]] Result<TimePoint> ParseIso8601(std::string_view text);

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual TimePoint Now() const = 0;
  /// For measuring durations only; never goes back, unrelated to Now().
  [[nodiscard]] virtual std::chrono::nanoseconds Monotonic() const = 0;
};

class Random {
 public:
  virtual ~Random() = default;
  /// `size` bytes fit for keys and tokens. Thread safe.
  [[nodiscard]] virtual std::string Bytes(size_t size) = 0;
  /// Uniform in [0, bound). REQUIRES: bound > 0.
  [[nodiscard]] virtual uint64_t Below(uint64_t bound) = 0;
  /// A version 4 UUID in lower case.
  [[nodiscard]] std::string Uuid();
  /// `length` characters drawn from `alphabet`.
  [[nodiscard]] std::string Pick(size_t length, std::string_view alphabet);
};

using Task = std::move_only_function<void()>;

/// The engine's loop: one thread that runs tasks one after another, in order, and timers when the
/// injected clock says so. Domain cores that keep memory (dispatcher, workflow timers, alarm
/// evaluation) live on it and need no locks. Tasks must not block.
class Executor {
 public:
  using TimerId = uint64_t;
  virtual ~Executor() = default;
  virtual void Post(Task task) = 0;  ///< Any thread.
  /// Runs `task` once Now() >= `when`; at once if that is past. Any thread.
  virtual TimerId PostAt(TimePoint when, Task task) = 0;
  /// No effect when it already ran. Any thread; when called on the loop, it will not run after.
  virtual void Cancel(TimerId timer) = 0;
};

}  // namespace riposte
