#include "http/address.h"

#include <gtest/gtest.h>

namespace riposte::http {
namespace {

IpAddress Address(std::string_view text) {
  const auto parsed = IpAddress::Parse(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(IpAddress());
}

TEST(IpAddress, TellsPublicFromSpecial) {
  for (const char* text : {"8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "223.255.255.255",
                           "2606:4700::1111", "64:ff9b::8.8.8.8", "2002:808:808::1"}) {
    EXPECT_TRUE(Address(text).IsPublic()) << text;
  }
  for (const char* text :
       {"0.0.0.0",          "10.1.2.3",          "100.64.0.1",      "127.0.0.1",   "127.255.0.1",
        "169.254.169.254",  "172.16.0.1",        "172.31.255.255",  "192.168.1.1", "192.0.2.1",
        "198.18.0.1",       "224.0.0.1",         "255.255.255.255", "::",          "::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1",   "fc00::1",         "fd00::1",     "fe80::1",
        "ff02::1",          "64:ff9b::10.0.0.1", "2002:7f00:1::",   "2001:db8::1", "2001::1",
        "::127.0.0.1"}) {
    EXPECT_FALSE(Address(text).IsPublic()) << text;
  }
}

TEST(IpAddress, ReadsSocketAddresses) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_TRUE(IpAddress::From(reinterpret_cast<sockaddr*>(&v4)).InBlock(Address("127.0.0.1"), 128));
  v4.sin_family = AF_UNIX;
  EXPECT_FALSE(IpAddress::From(reinterpret_cast<sockaddr*>(&v4)).IsPublic());
}

TEST(AddressPolicy, AllowsWhatTheOperatorListed) {
  const auto policy = *AddressPolicy::Parse(
      {"10.1.0.0/16", "192.168.0.7", "Hooks.Internal", "dev:8080", "fd00::/8"});
  EXPECT_TRUE(policy.Allows("anything", 443, Address("8.8.8.8")));
  EXPECT_TRUE(policy.Allows("x", 1, Address("10.1.200.3")));
  EXPECT_FALSE(policy.Allows("x", 1, Address("10.2.0.0")));
  EXPECT_TRUE(policy.Allows("x", 1, Address("192.168.0.7")));
  EXPECT_FALSE(policy.Allows("x", 1, Address("192.168.0.8")));
  EXPECT_TRUE(policy.Allows("hooks.internal", 80, Address("127.0.0.1")));
  EXPECT_TRUE(policy.Allows("dev", 8080, Address("127.0.0.1")));
  EXPECT_FALSE(policy.Allows("dev", 8081, Address("127.0.0.1")));
  EXPECT_TRUE(policy.Allows("x", 1, Address("fd12::1")));
  EXPECT_FALSE(policy.Allows("x", 1, Address("::1")));
}

TEST(AddressPolicy, KnowsWhatTheOperatorListedByItself) {
  const auto policy = *AddressPolicy::Parse({"hooks.internal:8443", "127.0.0.1", "10.0.0.0/8"});
  EXPECT_TRUE(policy.Lists("Hooks.Internal", 8443));
  EXPECT_FALSE(policy.Lists("hooks.internal", 443));
  EXPECT_TRUE(policy.Lists("127.0.0.1", 80));
  EXPECT_TRUE(policy.Lists("10.1.2.3", 80));
  EXPECT_FALSE(policy.Lists("127.0.0.2", 80));
  EXPECT_FALSE(policy.Lists("93.184.215.14", 443));  // Public, but nobody listed it.
}

TEST(AddressPolicy, RefusesWhatItCannotRead) {
  for (const char* entry : {"10.0.0.0/33", "10.0.0.0/", "fd00::/129", "host:0", "host:99999",
                            "ho st", "", "http://x"}) {
    EXPECT_FALSE(AddressPolicy::Parse({entry})) << entry;
  }
}

}  // namespace
}  // namespace riposte::http
