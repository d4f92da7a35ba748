// Which network addresses may the engine call out to?
//
// Pure functions over addresses. Source: IANA's special-purpose address registries for IPv4 and
// IPv6 (RFC 6890 and its updates).
#pragma once

#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace riposte::http {

/// An IPv4 or IPv6 address; IPv4 is held as ::ffff:a.b.c.d, so the two never differ by form.
class IpAddress {
 public:
  /// Errors: kInvalidArgument. No brackets, no zone.
  [[nodiscard]] static Result<IpAddress> Parse(std::string_view text);
  /// Of AF_INET or AF_INET6; anything else becomes the unspecified address, which is not public.
  [[nodiscard]] static IpAddress From(const sockaddr* address);

  /// True for a unicast address of the public internet: not loopback, private, link-local, shared,
  /// documentation, benchmark, multicast or reserved; for translated and tunnelled addresses
  /// (NAT64, 6to4) the IPv4 address inside decides.
  [[nodiscard]] bool IsPublic() const;
  [[nodiscard]] bool IsV4() const;
  /// True when the first `prefix` bits of the 128 agree.
  [[nodiscard]] bool InBlock(const IpAddress& block, int prefix) const;

 private:
  [[nodiscard]] IpAddress Embedded(size_t offset) const;
  std::array<uint8_t, 16> bytes_{};
};

/// Public addresses, and what the operator listed.
class AddressPolicy {
 public:
  /// Entries: "host", "host:port", an address, or a CIDR block. Errors: kInvalidArgument.
  [[nodiscard]] static Result<AddressPolicy> Parse(const std::vector<std::string>& allowed);
  /// `host` as it stood in the URL (any case, an IPv6 literal without brackets).
  [[nodiscard]] bool Allows(std::string_view host, int port, const IpAddress& address) const;
  /// True when the operator listed this destination itself: its name, or the address it is.
  [[nodiscard]] bool Lists(std::string_view host, int port) const;

 private:
  struct Block {
    IpAddress address;
    int prefix;
  };
  struct Host {
    std::string name;
    int port;  ///< 0: any.
  };
  [[nodiscard]] bool ListsName(std::string_view host, int port) const;
  [[nodiscard]] bool ListsAddress(const IpAddress& address) const;
  std::vector<Block> blocks_;
  std::vector<Host> hosts_;
};

}  // namespace riposte::http
