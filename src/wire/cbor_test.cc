#include "wire/cbor.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/encoding.h"

namespace riposte::wire {
namespace {

/// The item as JSON, or "error".
std::string Read(std::string_view hex) {
  auto value = ReadCbor(HexDecode(hex).value());
  return value ? json::Serialize(*value) : "error";
}

TEST(CborTest, ReadsTheExamplesOfTheStandard) {
  // RFC 8949, appendix A.
  EXPECT_EQ(Read("00"), "0");
  EXPECT_EQ(Read("1903e8"), "1000");
  EXPECT_EQ(Read("1bffffffffffffffff"), "18446744073709551615");
  EXPECT_EQ(Read("20"), "-1");
  EXPECT_EQ(Read("3b7fffffffffffffff"), "-9223372036854775808");
  EXPECT_EQ(Read("3bffffffffffffffff"), "error");
  EXPECT_EQ(Read("f4"), "false");
  EXPECT_EQ(Read("f6"), "null");
  EXPECT_EQ(Read("f7"), "null");
  EXPECT_EQ(Read("c11a514b67b0"), "1363896240");
  EXPECT_EQ(Read("4401020304"), "\"AQIDBA==\"");
  EXPECT_EQ(Read("6449455446"), "\"IETF\"");
  EXPECT_EQ(Read("62c3bc"), "\"\xc3\xbc\"");
  EXPECT_EQ(Read("8301820203820405"), "[1,[2,3],[4,5]]");
  EXPECT_EQ(Read("a26161016162820203"), R"({"a":1,"b":[2,3]})");
  EXPECT_EQ(Read("5f42010243030405ff"), "\"AQIDBAU=\"");
  EXPECT_EQ(Read("7f657374726561646d696e67ff"), "\"streaming\"");
  EXPECT_EQ(Read("9f018202039f0405ffff"), "[1,[2,3],[4,5]]");
  EXPECT_EQ(Read("bf61610161629f0203ffff"), R"({"a":1,"b":[2,3]})");
}

TEST(CborTest, ReadsFloatsOfEveryWidth) {
  const auto number = [](std::string_view hex) {
    return ReadCbor(HexDecode(hex).value()).value().as_double();
  };
  EXPECT_EQ(number("f93e00"), 1.5);
  EXPECT_EQ(number("f97bff"), 65504.0);
  EXPECT_EQ(number("f90001"), 5.960464477539063e-8);
  EXPECT_EQ(number("f9c400"), -4.0);
  EXPECT_TRUE(std::isinf(number("f97c00")));
  EXPECT_TRUE(std::isnan(number("f97e00")));
  EXPECT_EQ(number("fa47c35000"), 100000.0);
  EXPECT_EQ(number("fb3ff199999999999a"), 1.1);
}

TEST(CborTest, RefusesHostileInput) {
  for (const char* hex : {
           "",                        // Nothing.
           "18",                      // A head cut off.
           "1c",                      // Reserved.
           "5b7fffffffffffffff41",    // A length beyond the end.
           "9b7fffffffffffffff",      // An array of 2^63 items.
           "bb7fffffffffffffff",      // A map of as many.
           "9a00100000",              // A million items, none there.
           "a10102",                  // A key that is a number.
           "a161",                    // A key cut off.
           "61ff",                    // Not UTF-8.
           "7f41ffff",                // Bytes inside text.
           "7f7f61ffffff",            // Chunks in chunks.
           "ff",                      // A break alone.
           "0000",                    // Two items.
           "c163617063",              // A timestamp of text.
           "c249010000000000000000",  // A big number.
           "f8ff",                    // An unknown simple value.
           "1f",                      // An indefinite number.
           "df00",                    // An indefinite tag.
           "bf6161",                  // A map without its end.
       }) {
    EXPECT_EQ(Read(hex), "error") << hex;
  }
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "81";
  EXPECT_EQ(Read(deep + "00"), "error");
  std::string tags;
  for (int i = 0; i < 100'000; ++i) tags += "c6";
  EXPECT_EQ(Read(tags + "00"), "error");
}

TEST(CborTest, WritesHeadsOfEveryWidth) {
  for (const size_t size : {0u, 23u, 24u, 255u, 256u, 65'535u, 65'536u}) {
    std::string out;
    AppendCborText(out, std::string(size, 'x'));
    EXPECT_EQ(ReadCbor(out).value().as_string().size(), size);
  }
}

}  // namespace
}  // namespace riposte::wire
