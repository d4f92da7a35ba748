#include "http/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "base/number.h"
#include "http/message.h"

namespace riposte::http {

namespace {

struct Special {
  const char* address;
  int prefix;
};

constexpr Special kSpecialV4[] = {
    {"0.0.0.0", 8},        // "this network"
    {"10.0.0.0", 8},       // private
    {"100.64.0.0", 10},    // shared address space of providers
    {"127.0.0.0", 8},      // loopback
    {"169.254.0.0", 16},   // link-local, and the metadata service of clouds
    {"172.16.0.0", 12},    // private
    {"192.0.0.0", 24},     // protocol assignments
    {"192.0.2.0", 24},     // documentation
    {"192.88.99.0", 24},   // 6to4 relays, deprecated
    {"192.168.0.0", 16},   // private
    {"198.18.0.0", 15},    // benchmarks
    {"198.51.100.0", 24},  // documentation
    {"203.0.113.0", 24},   // documentation
    {"224.0.0.0", 3},      // multicast, reserved, broadcast
};

// IPv6 unicast that is routed on the internet is 2000::/3; these are the exceptions inside it.
constexpr Special kSpecialV6[] = {
    {"2001::", 23},      // protocol assignments, Teredo, ORCHID
    {"2001:db8::", 32},  // documentation
    {"3fff::", 20},      // documentation
};

bool ParsePort(std::string_view text, int& port) {
  port = ParseNumber<int>(text).value_or(0);
  return port > 0 && port < 65'536;
}

bool IsHostName(std::string_view text) {
  return !text.empty() && text.size() <= 253 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  });
}

}  // namespace

Result<IpAddress> IpAddress::Parse(std::string_view text) {
  const std::string terminated(text);
  IpAddress address;
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes_.data()) == 1) return address;
  address.bytes_ = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (inet_pton(AF_INET, terminated.c_str(), address.bytes_.data() + 12) == 1) return address;
  return Fail(Code::kInvalidArgument, terminated + " is no IP address");
}

IpAddress IpAddress::From(const sockaddr* address) {
  IpAddress result;
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof v6);
    std::memcpy(result.bytes_.data(), &v6.sin6_addr, 16);
  } else if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    result.bytes_ = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    std::memcpy(result.bytes_.data() + 12, &v4.sin_addr, 4);
  }
  return result;
}

bool IpAddress::IsV4() const {
  static constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return std::ranges::equal(kMapped, std::span(bytes_).first(12));
}

bool IpAddress::InBlock(const IpAddress& block, int prefix) const {
  for (size_t i = 0; i < 16 && prefix > 0; ++i, prefix -= 8) {
    const auto mask = static_cast<uint8_t>(prefix >= 8 ? 0xff : 0xff << (8 - prefix));
    if ((bytes_[i] & mask) != (block.bytes_[i] & mask)) return false;
  }
  return true;
}

IpAddress IpAddress::Embedded(size_t offset) const {
  IpAddress v4;
  v4.bytes_ = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), 4, v4.bytes_.begin() + 12);
  return v4;
}

bool IpAddress::IsPublic() const {
  const auto in = [this](const Special& special, int extra) {
    return InBlock(*Parse(special.address), special.prefix + extra);
  };
  if (IsV4()) {
    return std::ranges::none_of(kSpecialV4, [&](const Special& s) { return in(s, 96); });
  }
  if (in({"64:ff9b::", 96}, 0)) return Embedded(12).IsPublic();  // NAT64
  if (in({"2002::", 16}, 0)) return Embedded(2).IsPublic();      // 6to4
  return in({"2000::", 3}, 0) &&
         std::ranges::none_of(kSpecialV6, [&](const Special& s) { return in(s, 0); });
}

Result<AddressPolicy> AddressPolicy::Parse(const std::vector<std::string>& allowed) {
  AddressPolicy policy;
  for (const std::string& entry : allowed) {
    const size_t slash = entry.find('/');
    if (const auto address = IpAddress::Parse(entry.substr(0, slash))) {
      const int longest = address->IsV4() ? 32 : 128;
      int prefix = longest;
      if (slash != std::string::npos) {
        prefix = ParseNumber<int>(std::string_view(entry).substr(slash + 1)).value_or(-1);
        if (prefix < 0 || prefix > longest) {
          return Fail(Code::kInvalidArgument, entry + " has no valid prefix length");
        }
      }
      policy.blocks_.push_back({*address, prefix + (address->IsV4() ? 96 : 0)});
      continue;
    }
    const size_t colon = entry.find(':');
    int port = 0;
    if ((colon != std::string::npos &&
         !ParsePort(std::string_view(entry).substr(colon + 1), port)) ||
        !IsHostName(entry.substr(0, colon))) {
      return Fail(Code::kInvalidArgument, entry + " is no host, host:port or CIDR block");
    }
    policy.hosts_.push_back({entry.substr(0, colon), port});
  }
  return policy;
}

bool AddressPolicy::Allows(std::string_view host, int port, const IpAddress& address) const {
  return address.IsPublic() || ListsName(host, port) || ListsAddress(address);
}

bool AddressPolicy::Lists(std::string_view host, int port) const {
  if (ListsName(host, port)) return true;
  const auto address = IpAddress::Parse(host);
  return address && ListsAddress(*address);
}

bool AddressPolicy::ListsName(std::string_view host, int port) const {
  return std::ranges::any_of(hosts_, [&](const Host& entry) {
    return EqualsIgnoreCase(entry.name, host) && (entry.port == 0 || entry.port == port);
  });
}

bool AddressPolicy::ListsAddress(const IpAddress& address) const {
  return std::ranges::any_of(
      blocks_, [&](const Block& block) { return address.InBlock(block.address, block.prefix); });
}

}  // namespace riposte::http
