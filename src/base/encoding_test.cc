#include "base/encoding.h"

#include <gtest/gtest.h>

#include "base/time.h"

namespace riposte {
namespace {

TEST(Base64, Rfc4648Vectors) {
  const std::pair<std::string, std::string> cases[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : cases) {
    EXPECT_EQ(Base64Encode(plain), coded);
    EXPECT_EQ(Base64Decode(coded).value(), plain);
  }
  EXPECT_FALSE(Base64Decode("Zg==x").has_value());
  EXPECT_FALSE(Base64Decode("Z").has_value());
  EXPECT_FALSE(Base64Decode("Zm9*").has_value());
}

TEST(Percent, RoundTrip) {
  EXPECT_EQ(PercentEncode("a b/c~é"), "a%20b%2Fc~%C3%A9");
  EXPECT_EQ(PercentEncode("a/b", true), "a/b");
  EXPECT_EQ(PercentDecode("a%20b%2fc%"), "a b/c%");
  EXPECT_EQ(PercentDecode("a+b", true), "a b");
}

TEST(Utf8, RefusesMalformed) {
  EXPECT_TRUE(IsUtf8("aé€😀"));
  for (const char* text : {"\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\x80"}) {
    EXPECT_FALSE(IsUtf8(text));
  }
}

TEST(Crc32c, KnownValue) {
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283u);
}

TEST(Time, ParsesAndFormats) {
  const TimePoint t = ParseIso8601("2026-11-21T09:08:07.123Z").value();
  EXPECT_EQ(FormatIso8601(t, true), "2026-11-21T09:08:07.123Z");
  EXPECT_EQ(FormatIso8601(t), "2026-11-21T09:08:07Z");
  EXPECT_EQ(FormatBasic(t), "20261121T090807Z");
  EXPECT_EQ(FormatHttpDate(t), "Sat, 21 Nov 2026 09:08:07 GMT");
  EXPECT_EQ(ParseIso8601("2026-11-21T10:08:07.123+01:00").value(), t);
  EXPECT_EQ(ParseIso8601("20261121T090807Z").value(), t - Millis(123));
  EXPECT_EQ(FormatIso8601(ParseIso8601("2026-11-21").value()), "2026-11-21T00:00:00Z");
  for (const char* bad : {"", "2026", "2026-13-01", "2026-11-21T25:00:00Z", "2026-11-21T09:08:07ZZ",
                          "2026-02-30", "2026-11-21T09:08:07."}) {
    EXPECT_FALSE(ParseIso8601(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace riposte
