#include <gtest/gtest.h>

#include "wire/catalog.h"
#include "wire/error_style.h"

namespace riposte::wire {
namespace {

constexpr std::string_view kShapes = R"smithy(
operation Put { input: PutRequest }
structure PutRequest {
    @required Name: Name
    Entries: Entries
    State: State
    @lenient Status: State
    Count: Count
    Size: Long
    Ratio: Double
    Flag: Boolean
    At: Timestamp
    Zip: Zip
    Ids: Ids
    Tags: Tags
    Secret: Secret
    Any: Document
    Nested: PutRequest
    runtime: State
}
@length(min: 1, max: 8) @pattern("[a-z]+") string Name
@length(min: 1, max: 2) list Entries { member: Entry }
structure Entry { @required Source: Name }
enum State { ENABLED, DISABLED }
@range(min: 1, max: 100) integer Count
@length(max: 4) blob Zip
list Ids { member: Name }
map Tags { key: Name, value: Name }
@sensitive @length(min: 8) string Secret
)smithy";

std::unique_ptr<ServiceModel> Model(const std::string& name, const std::string& protocol) {
  auto parsed = ParseModel(
      name, "@service(sdkId: \"X\", arnNamespace: \"x\") @sigv4(name: \"x\") @" + protocol +
                " service X { version: \"1\" operations: [Put] }" + std::string(kShapes));
  if (!parsed) throw std::logic_error(parsed.error().message);
  return std::move(*parsed);
}

/// "" when valid, else "code: message". The document after validation goes to `out`.
std::string Check(std::string_view text, const ServiceModel& model, json::Object* out = nullptr) {
  json::Object input = json::Parse(text).value().as_object();
  const Status status = Validate(model, model.operations.at("Put"), input);
  if (out) *out = input;
  return status ? "" : status.error().detail + ": " + status.error().message;
}

std::string Check(std::string_view text) {
  static const auto model = Model("demo", "awsJson1_1");
  return Check(text, *model);
}

constexpr std::string_view kOne = "ValidationException: 1 validation error detected: ";

TEST(ValidateTest, AcceptsGoodInput) {
  EXPECT_EQ(Check(R"({"Name":"abc","Entries":[{"Source":"a"}],"State":"ENABLED","Count":1,
      "Size":9007199254740993,"Ratio":0.5,"Flag":true,"At":1.5,"Zip":"AAAA","Ids":["a"],
      "Tags":{"k":"v"},"Secret":"12345678","Any":{"x":[1]},"Nested":{"Name":"x"}})"),
            "");
}

TEST(ValidateTest, WordsOfTheServices) {
  EXPECT_EQ(Check("{}"), std::string(kOne) +
                             "Value null at 'name' failed to satisfy constraint: Member must not "
                             "be null");
  EXPECT_EQ(Check(R"({"Name":"ABC"})"),
            std::string(kOne) +
                "Value 'ABC' at 'name' failed to satisfy constraint: Member must satisfy regular "
                "expression pattern: [a-z]+");
  EXPECT_EQ(Check(R"({"Name":""})"),
            std::string(kOne) +
                "Value '' at 'name' failed to satisfy constraint: Member must have length greater "
                "than or equal to 1");
  EXPECT_EQ(Check(R"({"Name":"a","State":"ON"})"),
            std::string(kOne) +
                "Value 'ON' at 'state' failed to satisfy constraint: Member must satisfy enum "
                "value set: [ENABLED, DISABLED]");
  EXPECT_EQ(Check(R"({"Name":"a","Count":101})"),
            std::string(kOne) +
                "Value '101' at 'count' failed to satisfy constraint: Member must have value less "
                "than or equal to 100");
  EXPECT_EQ(Check(R"({"Name":"a","Entries":[{"Source":"a"},{"Source":"B"}]})"),
            std::string(kOne) +
                "Value 'B' at 'entries.2.member.source' failed to satisfy constraint: Member must "
                "satisfy regular expression pattern: [a-z]+");
  EXPECT_EQ(Check(R"({"Name":"a","Ids":["a","B"]})"),
            std::string(kOne) +
                "Value '[a, B]' at 'ids' failed to satisfy constraint: Member must satisfy "
                "constraint: [Member must have length less than or equal to 8, Member must have "
                "length greater than or equal to 1, Member must satisfy regular expression "
                "pattern: [a-z]+]");
  EXPECT_EQ(Check(R"({"Name":"a","Tags":{"K":"v"}})").substr(0, 121),
            std::string(kOne) +
                "Value '{K=v}' at 'tags' failed to satisfy constraint: Map keys must sat");
}

TEST(ValidateTest, CountsSeveralErrors) {
  EXPECT_EQ(Check(R"({"State":"ON","Count":0})"),
            "ValidationException: 3 validation errors detected: "
            "Value null at 'name' failed to satisfy constraint: Member must not be null; "
            "Value 'ON' at 'state' failed to satisfy constraint: Member must satisfy enum value "
            "set: [ENABLED, DISABLED]; "
            "Value '0' at 'count' failed to satisfy constraint: Member must have value greater "
            "than or equal to 1");
}

TEST(ValidateTest, WrongTypesAreSerializationErrors) {
  const std::string prefix = "SerializationException: ";
  EXPECT_EQ(Check(R"({"Name":1})"), prefix + "NUMBER_VALUE can not be converted to a String");
  EXPECT_EQ(Check(R"({"Name":"a","Count":"1"})"),
            prefix + "STRING_VALUE can not be converted to an Integer");
  EXPECT_EQ(Check(R"({"Name":"a","Count":1.5})"),
            prefix + "NUMBER_VALUE can not be converted to an Integer");
  EXPECT_EQ(Check(R"({"Name":"a","Count":3000000000})"),
            prefix + "NUMBER_VALUE can not be converted to an Integer");
  EXPECT_EQ(Check(R"({"Name":"a","Size":18446744073709551615})"),
            prefix + "NUMBER_VALUE can not be converted to a Long");
  EXPECT_EQ(Check(R"({"Name":"a","Entries":"x"})"), prefix + "Expected list or null");
  EXPECT_EQ(Check(R"({"Name":"a","Tags":"x"})"), prefix + "Expected map or null");
  EXPECT_EQ(Check(R"({"Name":"a","Nested":"x"})"), prefix + "Expected null");
  EXPECT_EQ(Check(R"({"Name":{}})"),
            prefix + "Start of structure or map found where not expected.");
  EXPECT_EQ(Check(R"({"Name":[]})"), prefix + "Start of list found where not expected.");
  EXPECT_EQ(Check(R"({"Name":"a","Zip":"*"})"), prefix + "Invalid base64 encoding");
  EXPECT_EQ(Check(R"({"Name":"a","At":"soon"})"),
            prefix + "STRING_VALUE can not be converted to milliseconds since epoch");
  EXPECT_EQ(Check(R"({"Name":"a","At":1e300})"),
            prefix + "NUMBER_VALUE can not be converted to a Timestamp");
}

TEST(ValidateTest, Normalises) {
  const auto model = Model("demo", "awsJson1_1");
  json::Object out;
  EXPECT_EQ(Check(R"({"Name":"a","Unknown":1,"State":null,"Count":5.0,
      "At":"2026-11-21T09:08:07Z","Nested":{"Name":"b","Other":{}},"Tags":{"a":null}})",
                  *model, &out),
            "");
  EXPECT_EQ(json::Serialize(out),
            R"({"Name":"a","Count":5,"At":1795252087,"Nested":{"Name":"b"},"Tags":{}})");
  EXPECT_EQ(Check(R"({"Name":"a","At":"2026-11-21T09:08:07.250Z"})", *model, &out), "");
  EXPECT_DOUBLE_EQ(json::GetDouble(out, "At"), 1795252087.25);
}

TEST(ValidateTest, LenientMembersTakeAnyText) {
  EXPECT_EQ(Check(R"({"Name":"a","Status":"IN_PROGRESS"})"), "");
  EXPECT_NE(Check(R"({"Name":"a","State":"IN_PROGRESS"})"), "");
}

TEST(ValidateTest, CountsCodePointsAndBytes) {
  // Eight characters of three bytes fit max 8; the pattern is what refuses them.
  EXPECT_NE(Check(R"({"Name":"€€€€€€€€"})").find("pattern"), std::string::npos);
  EXPECT_NE(Check(R"({"Name":"€€€€€€€€€"})").find("less than or equal to 8"), std::string::npos);
  EXPECT_EQ(Check(R"({"Name":"a","Zip":"AAAAAA=="})"), "");
  EXPECT_NE(Check(R"({"Name":"a","Zip":"AAAAAAA="})"), "");
}

TEST(ValidateTest, KeepsSecretsOutOfMessages) {
  const std::string text = Check(R"({"Name":"a","Secret":"hunter2"})");
  EXPECT_EQ(text, std::string(kOne) +
                      "Value at 'secret' failed to satisfy constraint: Member must have length "
                      "greater than or equal to 8");
}

TEST(ValidateTest, BoundsItsMessages) {
  EXPECT_LT(Check("{\"Name\":\"" + std::string(1'000'000, 'A') + "\"}").size(), 1400u);
  std::string many = R"({"Name":"a","Entries":[)";
  for (int i = 0; i < 10'000; ++i) many += "{},";
  many.back() = ']';
  const std::string text = Check(many + "}");
  EXPECT_EQ(text.substr(0, 56), "ValidationException: 10001 validation errors detected: V");
  EXPECT_LT(text.size(), 2000u);
}

TEST(ValidateTest, EachServiceInItsOwnWords) {
  const std::string missing = "{}";
  EXPECT_EQ(Check(missing, *Model("iam", "awsQuery")).substr(0, 48),
            "ValidationError: 1 validation error detected: Va");
  EXPECT_EQ(Check(missing, *Model("ec2", "ec2Query")),
            "MissingParameter: The request must contain the parameter Name");
  EXPECT_EQ(Check(R"({"Name":"a","Count":500})", *Model("ec2", "ec2Query")),
            "InvalidParameterValue: Value (500) for parameter Count is invalid. Member must have "
            "value less than or equal to 100");
  EXPECT_EQ(Check(R"({"Name":"a","Entries":[{}]})", *Model("ec2", "ec2Query")),
            "MissingParameter: The request must contain the parameter Entries.1.Source");
  EXPECT_EQ(Check(missing, *Model("sqs", "awsJson1_0")),
            "MissingParameter: The request must contain the parameter Name.");
  EXPECT_EQ(Check(R"({"Name":"a","Entries":[{}]})", *Model("monitoring", "awsQuery")),
            "MissingRequiredParameterException: The parameter Entries.member.1.Source is "
            "required.");
  EXPECT_EQ(Check(missing, *Model("securityhub", "awsJson1_1")).substr(0, 24),
            "InvalidInputException: 1");
  EXPECT_EQ(Check(missing, *Model("logs", "awsJson1_1")).substr(0, 28),
            "InvalidParameterException: 1");
  EXPECT_EQ(Check(R"({"Name":"a","runtime":"x"})", *Model("lambda", "awsJson1_1")),
            "InvalidParameterValueException: Value x at 'runtime' failed to satisfy constraint: "
            "Member must satisfy enum value set: [ENABLED, DISABLED] or be a valid ARN");
  EXPECT_EQ(Check(R"({"Name":"a","Entries":[{}]})", *Model("s3", "awsJson1_1")).substr(0, 13),
            "MalformedXML:");
}

}  // namespace
}  // namespace riposte::wire
