// An address block, IPv4 or IPv6, in CIDR notation. Plain value; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace riposte::pattern {

class Cidr {
 public:
  /// "10.0.0.0/24", "2001:db8::/32"; bits beyond the mask are ignored.
  /// Errors: kInvalidArgument; its message is the service's reason.
  [[nodiscard]] static Result<Cidr> Parse(std::string_view text);
  /// False for what is not an address, or is one of the other family.
  [[nodiscard]] bool Contains(std::string_view address) const;

 private:
  bool v6_ = false;
  unsigned bits_ = 0;
  std::array<uint8_t, 16> base_{};
};

}  // namespace riposte::pattern
