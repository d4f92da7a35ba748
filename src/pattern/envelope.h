// All of an event but its detail, as patterns see it. A view: good while its owner is.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace riposte::pattern {

struct Envelope {
  std::string_view id, detail_type, source, account, time, region;
  std::span<const std::string> resources;
  std::string_view replay_name = {};  ///< "": the event has no such member.
};

}  // namespace riposte::pattern
