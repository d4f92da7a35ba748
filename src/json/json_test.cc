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

TEST(Json, LongDocumentsAreReadAsShortOnesAre) {
  // Long documents take the fast way, the same in pieces the slow one.
  const std::string filler(80, 'x');
  for (const char* piece :
       {R"("a\u00e9\ud83d\ude00\n\"\\\/")", "18446744073709551615", "-9223372036854775808", "-0",
        "1e2", "-1.5E-3", "12345678901234567890123", "[]", "{}", "[[],{}]", "null", "true",
        R"({"k":1,"k":[2],"":0})", " [ 1 , 2 ] ", R"("\u0000")", "0.1"}) {
    const auto alone = Parse(piece);
    ASSERT_TRUE(alone) << piece;
    const auto within = Parse("{\"f\": \"" + filler + "\", \"v\":" + piece + "\n}\n");
    ASSERT_TRUE(within) << piece;
    EXPECT_EQ(within->at("v"), *alone) << piece;
    EXPECT_EQ(within->at("f"), Value(filler));
  }
  for (const char* piece :
       {"01", "1.", ".5", "+1", "NaN", "'a'", "[1,]", "{\"a\":1,}", "{\"a\"}", "\"\\ud800\"",
        "\"\\x\"", "\"\t\"", "\"\xc3\"", "\"\xed\xa0\x80\"", "tru", "1 2",
        "\xef\xbb\xbf"
        "1",
        "\"a", "/*c*/1"}) {
    EXPECT_FALSE(Parse(piece)) << piece;
    EXPECT_FALSE(Parse("{\"f\": \"" + filler + "\", \"v\":" + piece + "}")) << piece;
  }
  EXPECT_FALSE(Parse("\xef\xbb\xbf{\"f\": \"" + filler + "\"}")) << "a byte-order mark";
  EXPECT_FALSE(Parse("{\"f\": \"" + filler + "\"} x"));
  // At the bound of depth and beyond, empty innermost or not.
  for (const std::string& inner : {std::string(), std::string("1"), "\"" + filler + "\""}) {
    const auto deep = [&](size_t n) { return std::string(n, '[') + inner + std::string(n, ']'); };
    EXPECT_TRUE(Parse(deep(kMaxDepth))) << inner;
    EXPECT_FALSE(Parse(deep(kMaxDepth + 1))) << inner;
  }
}

TEST(Json, MinifiesAndQuotes) {
  std::string out = "[";
  AppendMinified(out, " { \"a b\" : [ 1 , \"\\u00e9 \" ] }\n");
  out += ',';
  AppendString(out, "plain");
  out += ',';
  AppendString(out, "q\"\\\n\x01");
  EXPECT_EQ(out, R"([{"a b":[1,"\u00e9 "]},"plain","q\"\\\n\u0001")");
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

TEST(JsonParse, WhichExponentsItTakesDoesNotDependOnTheLength) {
  for (const char* number : {"0e2147483648", "0e-99999999999", "1e-99999999999", "1e99999999999",
                             "-0.0E+99999999999", "0.0e00000000005", "1e-400", "0e5"}) {
    const std::string text = std::string(R"({"a": )") + number + "}";
    const std::string longer = R"({"b": ")" + std::string(100, 'e') + R"(", "a": )" + number + "}";
    EXPECT_EQ(Parse(text).has_value(), Parse(longer).has_value()) << number;
  }
}

}  // namespace
}  // namespace riposte::json
