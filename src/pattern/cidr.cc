#include "pattern/cidr.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

#include "base/number.h"

namespace riposte::pattern {
namespace {

struct Address {
  bool v6 = false;
  std::array<uint8_t, 16> bytes{};
};

std::optional<Address> ParseAddress(std::string_view text) {
  char buffer[INET6_ADDRSTRLEN] = {};
  if (text.empty() || text.size() >= sizeof(buffer)) return std::nullopt;
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  std::memcpy(buffer, text.data(), text.size());
  Address address;
  address.v6 = text.find(':') != std::string_view::npos;
  if (inet_pton(address.v6 ? AF_INET6 : AF_INET, buffer, address.bytes.data()) != 1) {
    return std::nullopt;
  }
  return address;
}

bool SamePrefix(const std::array<uint8_t, 16>& a, const std::array<uint8_t, 16>& b, unsigned bits) {
  const unsigned whole = bits / 8;
  if (std::memcmp(a.data(), b.data(), whole) != 0) return false;
  const unsigned rest = bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<uint8_t>(0xFF << (8 - rest));
  return (a[whole] & mask) == (b[whole] & mask);
}

}  // namespace

Result<Cidr> Cidr::Parse(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) {
    return Fail(Code::kInvalidArgument, "Malformed CIDR, one '/' required");
  }
  const auto address = ParseAddress(text.substr(0, slash));
  if (!address) {
    return Fail(Code::kInvalidArgument,
                "Malformed CIDR, invalid IP address: " + std::string(text.substr(0, slash)));
  }
  const auto mask = ParseNumber<unsigned>(text.substr(slash + 1));
  if (!mask) return Fail(Code::kInvalidArgument, "Malformed CIDR, mask bits must be an integer");
  const unsigned bits = *mask;
  if (bits > (address->v6 ? 128U : 32U)) {
    return Fail(Code::kInvalidArgument, address->v6
                                            ? "IPv6 mask bits must be between 0 and 128, inclusive"
                                            : "IPv4 mask bits must be between 0 and 32, inclusive");
  }
  Cidr cidr;
  cidr.v6_ = address->v6;
  cidr.bits_ = bits;
  cidr.base_ = address->bytes;
  return cidr;
}

Cidr::Bytes Cidr::Key() const {
  Bytes key{};
  key[0] = v6_ ? 6 : 4;
  key[1] = static_cast<char>(bits_);
  for (unsigned i = 0; i * 8 < bits_; ++i) {
    const unsigned used = std::min(8U, bits_ - i * 8);
    key[2 + i] = static_cast<char>(base_[i] & static_cast<uint8_t>(0xFF00U >> used));
  }
  return key;
}

Cidr Cidr::FromKey(std::string_view key) {
  Cidr cidr;
  cidr.v6_ = key[0] == 6;
  cidr.bits_ = static_cast<unsigned char>(key[1]);
  std::memcpy(cidr.base_.data(), key.data() + 2, cidr.base_.size());
  return cidr;
}

std::optional<Cidr> Cidr::Address(std::string_view text) {
  const auto address = ParseAddress(text);
  if (!address) return std::nullopt;
  Cidr cidr;
  cidr.v6_ = address->v6;
  cidr.bits_ = address->v6 ? 128 : 32;
  cidr.base_ = address->bytes;
  return cidr;
}

Cidr Cidr::Widened(unsigned bits) const {
  Cidr cidr = *this;
  cidr.bits_ = bits;
  return cidr;
}

std::string Cidr::ToString() const {
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(v6_ ? AF_INET6 : AF_INET, base_.data(), text, sizeof(text));
  return std::string(text) + "/" + std::to_string(bits_);
}

bool Cidr::Contains(std::string_view text) const {
  const auto address = ParseAddress(text);
  return address && address->v6 == v6_ && SamePrefix(address->bytes, base_, bits_);
}

}  // namespace riposte::pattern
