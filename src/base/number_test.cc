#include "base/number.h"

#include <gtest/gtest.h>

#include <cmath>

namespace riposte {
namespace {

TEST(ParseNumberTest, TakesAllOfTheTextOrNothing) {
  EXPECT_EQ(ParseNumber("42"), 42);
  EXPECT_EQ(ParseNumber("-7"), -7);
  EXPECT_EQ(ParseNumber("007"), 7);
  EXPECT_EQ(ParseNumber("9223372036854775807"), INT64_MAX);
  for (const char* text : {"", "-", "+1", " 1", "1 ", "1x", "0x1", "1.0", "9223372036854775808"}) {
    EXPECT_EQ(ParseNumber(text), std::nullopt) << text;
  }
}

TEST(ParseNumberTest, KnowsTheBoundsOfTheType) {
  EXPECT_EQ(ParseNumber<uint8_t>("255"), 255);
  EXPECT_EQ(ParseNumber<uint8_t>("256"), std::nullopt);
  EXPECT_EQ(ParseNumber<unsigned>("-1"), std::nullopt);
  EXPECT_EQ(ParseNumber<double>("1.5e3"), 1500);
  EXPECT_EQ(ParseNumber<double>("1e999"), std::nullopt);
  EXPECT_EQ(ParseNumber<double>("1.5.2"), std::nullopt);
  EXPECT_TRUE(std::isinf(ParseNumber<double>("inf").value_or(0)));
}

}  // namespace
}  // namespace riposte
