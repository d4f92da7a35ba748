#include "json/json.h"

#include <gtest/gtest.h>

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
