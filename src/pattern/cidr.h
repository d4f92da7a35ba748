// An address block, IPv4 or IPv6, in CIDR notation. Plain value; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
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

  /// Family (4 or 6), bits, and the address with all further bits zero: equal for equal blocks, so
  /// that a table can be asked for the block of each mask that an address is in.
  using Bytes = std::array<char, 18>;
  [[nodiscard]] Bytes Key() const;
  /// REQUIRES: made by Key().
  [[nodiscard]] static Cidr FromKey(std::string_view key);
  /// The address as a block of its own; nothing when it is none.
  [[nodiscard]] static std::optional<Cidr> Address(std::string_view text);
  /// The larger block of `bits` around this. REQUIRES: bits <= bits().
  [[nodiscard]] Cidr Widened(unsigned bits) const;
  [[nodiscard]] std::string ToString() const;
  [[nodiscard]] bool v6() const { return v6_; }
  [[nodiscard]] unsigned bits() const { return bits_; }

 private:
  bool v6_ = false;
  unsigned bits_ = 0;
  std::array<uint8_t, 16> base_{};
};

}  // namespace riposte::pattern
