// The time zones of this machine: its tzdata, read through CCTZ.
//
// Data path:     a zone's name in a request -> Find -> base/time_zone.h
// Thread safety: any thread. Cost: a file of some kilobytes, once a zone.
// A zone stays as it was first read until the process ends; a new tzdata counts from the next
// start. What the files do not list (years from 2038 on) follows the rule at their end.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/time_zone.h"

namespace riposte::os {

class SystemTimeZones final : public TimeZones {
 public:
  [[nodiscard]] const TimeZone* Find(std::string_view name) override;

 private:
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<const TimeZone>, std::less<>> zones_;
};

}  // namespace riposte::os
