#include "http/url.h"

#include <gtest/gtest.h>

namespace riposte::http {
namespace {

TEST(ParseUrl, TellsWhereARequestGoes) {
  const auto url = ParseUrl("https://hooks.example.com/a?b=c");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->host, "hooks.example.com");
  EXPECT_EQ(url->port, 443);
  EXPECT_FALSE(url->has_user);
  EXPECT_FALSE(url->has_fragment);
  EXPECT_EQ(ParseUrl("http://[::1]:8080/")->host, "::1");
  EXPECT_EQ(ParseUrl("http://[::1]:8080/")->port, 8080);
  EXPECT_TRUE(ParseUrl("https://good.example@127.0.0.1/")->has_user);
  EXPECT_EQ(ParseUrl("https://good.example@127.0.0.1/")->host, "127.0.0.1");
  EXPECT_TRUE(ParseUrl("https://a.example/#b")->has_fragment);
  // Other spellings of an address are that address, before anybody checks it.
  EXPECT_EQ(ParseUrl("http://2130706433/")->host, "127.0.0.1");
}

TEST(ParseUrl, RefusesOthers) {
  for (const char* text : {"", "hooks.example.com", "ftp://x/", "file:///etc/passwd", "https://"}) {
    EXPECT_FALSE(ParseUrl(text)) << text;
  }
  EXPECT_FALSE(ParseUrl(std::string("https://a.example\0.b.example/", 28)));
}

}  // namespace
}  // namespace riposte::http
