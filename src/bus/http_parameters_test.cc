#include "bus/http_parameters.h"

#include <gtest/gtest.h>

namespace riposte::bus {
namespace {

json::Object Document(const char* text) {
  return json::Parse(text)->as_object();
}

Result<std::string> Fill(std::string_view endpoint, std::initializer_list<json::Value> values) {
  return FillPath(endpoint, json::Array(values.begin(), values.end()));
}

TEST(HttpParameters, TakesValuesFromTheEvent) {
  const auto parameters = HttpParameters::Parse(Document(R"({
      "PathParameterValues": ["fixed", "$.detail.id", "$.detail.none"],
      "HeaderParameters": {"A": "$.detail.object", "B": "$.detail.none", "C": "$5", "D": "x"},
      "QueryStringParameters": {"n": "$.detail.number", "b": "$.detail.flag", "z": "$.detail.null"}
    })"),
                                                "1");
  ASSERT_TRUE(parameters);
  EXPECT_TRUE(parameters->needs_document());
  const auto event = json::Parse(
      R"({"detail": {"id": "i-1", "object": {"k": [1]}, "number": 7, "flag": true, "null": null}})");
  EXPECT_EQ(json::Serialize(parameters->Resolve(*event)),
            R"({"PathParameterValues":["fixed","i-1",null],)"
            R"("HeaderParameters":{"A":"{\"k\":[1]}","C":"$5","D":"x"},)"
            R"("QueryStringParameters":{"n":"7","b":"true"}})");
}

TEST(HttpParameters, NeedsNoDocumentForWhatIsFixed) {
  const auto parameters =
      HttpParameters::Parse(Document(R"({"HeaderParameters": {"A": "b"}})"), "1");
  ASSERT_TRUE(parameters);
  EXPECT_FALSE(parameters->needs_document());
  EXPECT_FALSE(parameters->empty());
  EXPECT_TRUE(HttpParameters::Parse({}, "1")->empty());
}

TEST(HttpParameters, RefusesWhatNoRequestMayCarry) {
  for (const char* text :
       {R"({"HeaderParameters": {"Host": "a"}})",
        R"({"HeaderParameters": {"content-LENGTH": "1"}})",
        R"({"HeaderParameters": {"User-Agent": "a"}})", R"({"HeaderParameters": {"Range": "a"}})",
        R"({"HeaderParameters": {"Transfer-Encoding": "chunked"}})",
        R"({"HeaderParameters": {"A": "b\r\nC: d"}})", R"({"HeaderParameters": {"A B": "c"}})",
        R"({"HeaderParameters": {"": "c"}})", R"({"PathParameterValues": ["$.a["]})"}) {
    const auto parsed = HttpParameters::Parse(Document(text), "t");
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, Code::kInvalidArgument) << text;
  }
}

TEST(HttpParameters, BoundsWhatOneEventCanAdd) {
  json::Object names;
  for (int i = 0; i <= 100; ++i) names["X-" + std::to_string(i)] = "$.detail";
  EXPECT_FALSE(HttpParameters::Parse({{"HeaderParameters", names}}, "1"));
  names.erase("X-100");
  const auto parameters = HttpParameters::Parse(
      {{"HeaderParameters", names}, {"PathParameterValues", json::Array{"$.detail"}}}, "1");
  ASSERT_TRUE(parameters);
  std::string text = "x";
  while (text.size() < 1'000'000) text += "ü";
  const json::Object resolved = parameters->Resolve(json::Object{{"detail", text}});
  const std::string serialised = json::Serialize(resolved);
  EXPECT_LT(serialised.size(), 1'000'000U);
  EXPECT_TRUE(json::Parse(serialised));  // Nothing is cut in the middle of a character.
  const auto value = json::View(resolved.at("HeaderParameters").at("X-0"));
  EXPECT_FALSE(CheckValue("X-0", value));
  EXPECT_TRUE(CheckValue("X-0", value.substr(0, HttpParameters::kMaxValueBytes)));
  EXPECT_FALSE(FillPath("https://a.example/*", *json::GetArray(resolved, "PathParameterValues")));
}

TEST(FillPath, PutsEachValueIntoItsSegment) {
  EXPECT_EQ(Fill("https://a.example/v1/*/x/*?q=*", {"b", "c d"}).value(),
            "https://a.example/v1/b/x/c%20d?q=*");
  EXPECT_EQ(Fill("https://a.example/item-*.json", {"7"}).value(), "https://a.example/item-7.json");
  EXPECT_EQ(Fill("https://a.example", {}).value(), "https://a.example");
  EXPECT_EQ(Fill("https://a.example?x=1", {"unused"}).value(), "https://a.example?x=1");
}

TEST(FillPath, LetsNoValueLeaveItsSegment) {
  EXPECT_EQ(Fill("https://a.example/u/*/x", {"../../admin?a#b"}).value(),
            "https://a.example/u/..%2F..%2Fadmin%3Fa%23b/x");
  EXPECT_EQ(Fill("https://a.example/u/*", {"a\r\nb\\%2e"}).value(),
            "https://a.example/u/a%0D%0Ab%5C%252e");
  for (const char* value : {"..", "."}) {
    EXPECT_FALSE(Fill("https://a.example/u/*/x", {value})) << value;
    EXPECT_FALSE(Fill("https://a.example/u/*", {value})) << value;
  }
  EXPECT_FALSE(Fill("https://a.example/u/.*", {"."}));
  EXPECT_FALSE(Fill("https://a.example/u/%2e*", {"."}));
  EXPECT_TRUE(Fill("https://a.example/u/*", {"..."}));
  EXPECT_FALSE(Fill("https://a.example/u/*", {""}));
  EXPECT_FALSE(Fill("https://a.example/u/*", {nullptr}));
  EXPECT_FALSE(Fill("https://a.example/u/*/*", {"one"}));
}

TEST(AddQuery, EncodesNamesAndValues) {
  std::string url = "https://a.example/x";
  AddQuery(url, {});
  EXPECT_EQ(url, "https://a.example/x");
  AddQuery(url, {{"a b", "c&d=e"}});
  EXPECT_EQ(url, "https://a.example/x?a%20b=c%26d%3De");
  AddQuery(url, {{"n", "#\r\n"}});
  EXPECT_EQ(url, "https://a.example/x?a%20b=c%26d%3De&n=%23%0D%0A");
  std::string open = "https://a.example/x?";
  AddQuery(open, {{"a", "b"}});
  EXPECT_EQ(open, "https://a.example/x?a=b");
}

TEST(CheckEndpoint, TellsEndpointsFromTricks) {
  EXPECT_TRUE(CheckEndpoint("https://a.example/x/*?y=1"));
  EXPECT_TRUE(CheckEndpoint("http://127.0.0.1:8080/"));
  for (const char* text :
       {"https://*.example/", "https://user@a.example/", "https://a.example/#x", "ftp://a.example/",
        "a.example/x", "https://", "https:///a.example/x", "HTTPS:a.example"}) {
    EXPECT_FALSE(CheckEndpoint(text)) << text;
  }
}

}  // namespace
}  // namespace riposte::bus
