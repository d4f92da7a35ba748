#include "os/time_zones.h"

#include <cctz/time_zone.h>

#include <algorithm>
#include <filesystem>

namespace riposte::os {
namespace {

namespace chrono = std::chrono;

/// Where Debian's tzdata lies, and where CCTZ looks.
constexpr std::string_view kFolder = "/usr/share/zoneinfo/";

class Zone final : public TimeZone {
 public:
  explicit Zone(const cctz::time_zone& zone) : zone_(zone) {}

  [[nodiscard]] LocalTime ToLocal(TimePoint time) const override {
    const auto whole = chrono::floor<chrono::seconds>(time);
    const cctz::civil_second civil = zone_.lookup(whole).cs;
    const auto seconds = civil - cctz::civil_second();  // Since 1970 as the clocks count.
    return LocalTime(chrono::seconds(seconds)) + (time - whole);
  }

  [[nodiscard]] Moment ToUtc(LocalTime time) const override {
    const auto whole = chrono::floor<chrono::seconds>(time);
    const auto civil = cctz::civil_second() + whole.time_since_epoch().count();
    const cctz::time_zone::civil_lookup found = zone_.lookup(civil);
    Moment moment;
    if (found.kind == cctz::time_zone::civil_lookup::SKIPPED) moment.kind = Moment::Kind::kSkipped;
    if (found.kind == cctz::time_zone::civil_lookup::REPEATED) {
      moment.kind = Moment::Kind::kRepeated;
    }
    moment.first = chrono::time_point_cast<Millis>(found.pre) + (time - whole);
    return moment;
  }

 private:
  cctz::time_zone zone_;
};

/// A name of the database, and no way out of its folder: CCTZ would open what it is told to, and
/// remembers every name it is asked for.
bool IsZoneName(std::string_view name) {
  const auto plain = [](unsigned char c) {
    return std::isalnum(c) || c == '_' || c == '+' || c == '-' || c == '/';
  };
  if (name.empty() || name.size() > 64 || !std::isupper(static_cast<unsigned char>(name[0])) ||
      !std::ranges::all_of(name, plain) || name == "Factory") {
    return false;
  }
  std::error_code error;
  return std::filesystem::is_regular_file(std::string(kFolder).append(name), error);
}

}  // namespace

const TimeZone* SystemTimeZones::Find(std::string_view name) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = zones_.find(name); found != zones_.end()) return found->second.get();
  cctz::time_zone zone;
  if (name == "UTC") {  // Also on a machine without tzdata.
    zone = cctz::utc_time_zone();
  } else if (!IsZoneName(name) || !cctz::load_time_zone(std::string(kFolder).append(name), &zone)) {
    return nullptr;
  }
  return zones_.emplace(std::string(name), std::make_unique<Zone>(zone)).first->second.get();
}

}  // namespace riposte::os
