// Time zones: what the clocks on the wall show, and when.
//
// Names and rules are IANA's ("Europe/Paris"); the real ones are in os/time_zones.h. The C++20 time
// zones of the standard library would do as well, were they in g++ 12.
// Thread safety: const methods from any thread.
#pragma once

#include <chrono>
#include <string_view>

#include "base/time.h"

namespace riposte {

/// What a clock on the wall of some zone shows: cannot be mixed with UTC.
using LocalTime = std::chrono::local_time<Millis>;

class TimeZone {
 public:
  /// What a local time means in UTC.
  struct Moment {
    enum class Kind {
      kUnique,
      kSkipped,   ///< The clocks were put forward over it: it never comes.
      kRepeated,  ///< The clocks were put back over it: it comes twice.
    };
    Kind kind = Kind::kUnique;
    /// The first time it comes. For a skipped one, when it would come had the clocks not changed.
    TimePoint first;
  };

  virtual ~TimeZone() = default;
  [[nodiscard]] virtual LocalTime ToLocal(TimePoint time) const = 0;
  [[nodiscard]] virtual Moment ToUtc(LocalTime time) const = 0;
};

class TimeZones {
 public:
  virtual ~TimeZones() = default;
  /// nullptr when there is no such zone. Good for this object's life.
  [[nodiscard]] virtual const TimeZone* Find(std::string_view name) = 0;
};

}  // namespace riposte
