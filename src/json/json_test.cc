#include "json/json.h"

#include <gtest/gtest.h>

#include <cmath>

namespace riposte::json {
namespace {

TEST(Json, ParsesWithinBounds) {
  EXPECT_EQ(Parse(R"({"a":1,"a":2})").value().at("a").as_int64(), 2);
  EXPECT_TRUE(Parse(" [1] \n").has_value());
  for (const char* bad : {"", "{", "{}x", "[1,]", "nul", "\"\xff\"", "{\"a\":1}{"}) {
    EXPECT_FALSE(Parse(bad).has_value()) << bad;
  }
  EXPECT_FALSE(Parse(std::string(100'000, '[')).has_value());
  const std::string deep = std::string(65, '[') + std::string(65, ']');
  EXPECT_FALSE(Parse(deep).has_value());
  EXPECT_TRUE(Parse(deep, 65).has_value());
}

TEST(Json, NumbersAreExact) {
  const auto number = [](const char* text) {
    return Parse(text)->as_array()[0].to_number<double>();
  };
  EXPECT_EQ(number("[-122.42916360922355]"), -122.42916360922355);
  EXPECT_EQ(number("[37.729900216217324]"), 37.729900216217324);
  EXPECT_EQ(number("[12345678901234567890123]"), 12345678901234567890123.0);
  EXPECT_EQ(number("[0.1e1]"), 1.0);
  EXPECT_EQ(number("[5e-324]"), 5e-324);
  EXPECT_TRUE(std::isinf(number("[1e999]")));
  EXPECT_EQ(Parse("2.5")->as_double(), 2.5);
}

TEST(Json, Accessors) {
  const Value document =
      Parse(R"({"s":"x","i":3,"d":1.5,"b":true,"l":["a",1,"b"],"n":null})").value();
  const Object& o = document.as_object();
  EXPECT_EQ(GetString(o, "s"), "x");
  EXPECT_EQ(GetString(o, "i", "none"), "none");
  EXPECT_EQ(GetInt(o, "i"), 3);
  EXPECT_EQ(GetInt(o, "d"), 1);
  EXPECT_EQ(GetDouble(o, "i"), 3.0);
  EXPECT_TRUE(GetBool(o, "b"));
  EXPECT_EQ(GetStrings(o, "l"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(Find(o, "n"), nullptr);
}

TEST(Json, Pretty) {
  EXPECT_EQ(SerializePretty(Parse(R"({"a":[1,{}],"b":[]})").value()),
            "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
}

}  // namespace
}  // namespace riposte::json
