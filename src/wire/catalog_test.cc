#include "wire/catalog.h"

#include <gtest/gtest.h>

#include "wire/embedded_models.h"
#include "wire/regex.h"

namespace riposte::wire {
namespace {

constexpr std::string_view kModel = R"smithy($version: "2.0"

namespace riposte.demo

use aws.api#service

// A comment.
@aws.api#service(sdkId: "Demo Service", arnNamespace: "demo", endpointPrefix: "demo-end")
@sigv4(name: "demosign")
@restJson1
@awsQuery
@awsQueryCompatible
@xmlNamespace(uri: "http://demo/")
@iamPrefix("dm")
@aliases(["dimo", "de-mo"])
@targetPrefix("a.b.Demo_1")
service Demo {
    version: "2020-01-02"
    operations: [GetThing, PutThing]
}

@readonly
@http(method: "GET", uri: "/v1/things/{Name}/parts/{Part+}?list&type=2", code: 202)
@iamAction("dm:Read")
@iamResource(["arn:aws:dm:{region}:{account}:thing/{Name}"])
@dataPlane
operation GetThing {
    input: GetThingRequest
    output: Thing
    errors: [NotThere]
}

@http(method: "POST", uri: "/v1/things")
operation PutThing { }

structure GetThingRequest {
    @required @httpLabel Name: ThingName,
    @required @httpLabel Part: String
    @httpQuery("max") Max: Max
}

structure Thing {
    @jsonName("colour")
    Colour: Colour = "RED"
    @xmlFlattened
    @xmlName("Tag")
    Tags: Tags
    Names: Names
    Self: Thing
    @timestampFormat("http-date")
    At: Timestamp
}

@length(min: 1, max: 64)
@pattern("[\\w\"-]+")
@sensitive
string ThingName

@range(min: 1, max: 1.5)
double Max

@lenient
enum Colour { RED, dark_blue = "dark-blue" }

map Tags {
    @xmlName("Name") key: String
    value: String
}

list Names { member: ThingName }

@error("client")
@awsQueryError(code: "Demo.NotThere", httpResponseCode: 404)
structure NotThere { message: String }
)smithy";

std::string ErrorOf(std::string_view text) {
  auto parsed = ParseModel("x", text);
  return parsed ? "parsed" : parsed.error().message;
}

/// A service statement, then `rest`, which begins on line 5.
std::string WithService(std::string_view rest, std::string_view operations = "") {
  return "@service(sdkId: \"X\", arnNamespace: \"x\")\n@sigv4(name: \"x\") @awsJson1_1\n"
         "service X { version: \"1\"\n operations: [" +
         std::string(operations) + "] }\n" + std::string(rest);
}

TEST(ParseModelTest, ReadsTheService) {
  auto parsed = ParseModel("demo", kModel);
  ASSERT_TRUE(parsed) << parsed.error().message;
  const ServiceModel& service = **parsed;
  EXPECT_EQ(service.name, "demo");
  EXPECT_EQ(service.sdk_id, "Demo Service");
  EXPECT_EQ(service.signing_name, "demosign");
  EXPECT_EQ(service.endpoint_prefix, "demo-end");
  EXPECT_EQ(service.iam_prefix, "dm");
  EXPECT_EQ(service.api_version, "2020-01-02");
  EXPECT_EQ(service.target_prefix, "a.b.Demo_1");
  EXPECT_EQ(service.xml_namespace, "http://demo/");
  EXPECT_TRUE(service.query_compatible);
  EXPECT_EQ(service.aliases, (std::vector<std::string>{"dimo", "de-mo"}));
  EXPECT_EQ(service.protocols, (std::vector{Protocol::kRestJson1, Protocol::kAwsQuery}));
}

TEST(ParseModelTest, ReadsOperations) {
  auto parsed = ParseModel("demo", kModel);
  ASSERT_TRUE(parsed) << parsed.error().message;
  const OperationModel& get = (*parsed)->operations.at("GetThing");
  EXPECT_TRUE(get.readonly);
  EXPECT_TRUE(get.data_plane);
  EXPECT_EQ(get.iam_action, "dm:Read");
  EXPECT_EQ(get.iam_resources,
            std::vector<std::string>{"arn:aws:dm:{region}:{account}:thing/{Name}"});
  EXPECT_EQ(get.http_code, 202);
  ASSERT_EQ(get.uri_segments.size(), 5u);
  EXPECT_EQ(get.uri_segments[2].text, "Name");
  EXPECT_TRUE(get.uri_segments[2].label);
  EXPECT_FALSE(get.uri_segments[2].greedy);
  EXPECT_TRUE(get.uri_segments[4].greedy);
  EXPECT_EQ(get.uri_query,
            (std::vector<std::pair<std::string, std::string>>{{"list", ""}, {"type", "2"}}));
  ASSERT_EQ(get.errors.size(), 1u);
  EXPECT_EQ(get.errors[0]->query_error_code, "Demo.NotThere");
  EXPECT_EQ(get.errors[0]->http_status, 404);
  const OperationModel& put = (*parsed)->operations.at("PutThing");
  EXPECT_EQ(put.iam_action, "dm:PutThing");
  EXPECT_TRUE(put.input->members.empty());
  EXPECT_EQ(put.input->type, ShapeType::kStructure);
}

TEST(ParseModelTest, ReadsShapes) {
  auto parsed = ParseModel("demo", kModel);
  ASSERT_TRUE(parsed) << parsed.error().message;
  const Shape& thing = *(*parsed)->shapes.at("Thing");
  EXPECT_EQ(thing.FindMember("Colour")->json_name, "colour");
  EXPECT_EQ(thing.FindMember("Self")->target, &thing);
  EXPECT_TRUE(thing.FindMember("Tags")->xml_flattened);
  EXPECT_EQ(thing.FindMember("At")->timestamp_format, TimestampFormat::kHttpDate);
  EXPECT_EQ(thing.FindMember("nothing"), nullptr);
  const Shape& name = *(*parsed)->shapes.at("ThingName");
  EXPECT_EQ(name.length_min, 1);
  EXPECT_EQ(name.length_max, 64);
  EXPECT_EQ(name.pattern, "[\\w\"-]+");
  EXPECT_TRUE(name.sensitive);
  ASSERT_TRUE(name.regex);
  EXPECT_TRUE(name.regex->Matches("a-\""));
  const Shape& colour = *(*parsed)->shapes.at("Colour");
  EXPECT_EQ(colour.enum_values, (std::vector<std::string>{"RED", "dark-blue"}));
  EXPECT_TRUE(colour.lenient);
  EXPECT_EQ((*parsed)->shapes.at("Max")->range_max, 1.5);
  EXPECT_EQ((*parsed)->shapes.at("Tags")->members[0].xml_name, "Name");
}

TEST(ParseModelTest, NamesTheLineOfAnError) {
  EXPECT_EQ(ErrorOf(WithService("string A\nstring A\n")), "x.smithy:6: second shape A");
  EXPECT_EQ(ErrorOf(WithService("structure A {\n  a: Missing\n}")),
            "x.smithy:6: no shape named Missing");
  EXPECT_EQ(ErrorOf(WithService("\n@foo string A")), "x.smithy:6: unknown trait @foo on a shape");
  EXPECT_EQ(ErrorOf(WithService("@pattern(\"[a\") string A")).substr(0, 25),
            "x.smithy:5: bad pattern a");
  EXPECT_EQ(ErrorOf(WithService("structure A { a: String")),
            "x.smithy:5: expected a member, found the end of the file");
  EXPECT_EQ(ErrorOf(WithService("list A { a: String }")),
            "x.smithy:5: list A needs exactly: member");
  EXPECT_EQ(ErrorOf(WithService("", "Get")), "x.smithy:4: no operation named Get");
  EXPECT_EQ(ErrorOf(WithService("operation Put {}")),
            "x.smithy:5: operation Put is not in the service");
  EXPECT_EQ(ErrorOf(WithService("operation Get { input: String }", "Get")),
            "x.smithy:5: String is not a structure");
  EXPECT_EQ(ErrorOf("string A"), "x.smithy:1: no service statement");
  EXPECT_EQ(ErrorOf("\n\n@x(\"abc"), "x.smithy:3: unterminated string");
  EXPECT_EQ(ErrorOf("resource A {}"), "x.smithy:1: unknown statement 'resource'");
  EXPECT_EQ(ErrorOf("~"), "x.smithy:1: unexpected character '~'");
}

TEST(ParseModelTest, RefusesDeepValues) {
  EXPECT_EQ(ErrorOf("@x(" + std::string(10000, '[')), "x.smithy:1: value nested too deeply");
}

TEST(ParseModelTest, EveryPrefixOfAFileIsRefusedOrParsed) {
  // Truncation at any byte: no crash, and an error that names the file.
  for (size_t size = 0; size < kModel.size(); size += 3) {
    auto parsed = ParseModel("x", kModel.substr(0, size));
    if (!parsed) {
      EXPECT_EQ(parsed.error().message.substr(0, 9), "x.smithy:") << size;
    }
  }
}

TEST(ParseModelHeaderTest, StopsAfterTheService) {
  auto header = ParseModelHeader("demo", std::string(kModel) + "this is ~ not parsed");
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ((*header)->operations.size(), 2u);
  EXPECT_TRUE((*header)->shapes.empty());
}

TEST(EmbeddedModelsTest, AllParse) {
  ASSERT_FALSE(EmbeddedModels().empty());
  for (const EmbeddedModel& model : EmbeddedModels()) {
    auto parsed = ParseModel(model.name, model.text);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_FALSE((*parsed)->operations.empty()) << model.name;
  }
}

TEST(CatalogTest, FindsByAnyName) {
  const Catalog catalog;
  const ServiceModel* events = catalog.Find("events");
  ASSERT_NE(events, nullptr);
  EXPECT_EQ(catalog.Find("Events"), nullptr);
  for (const char* name : {"events", "EventBridge", "eventbridge", "event-bridge",
                           "events.amazonaws.com", "CloudWatchEvents"}) {
    EXPECT_EQ(catalog.FindByAnyName(name), events) << name;
  }
  EXPECT_EQ(catalog.FindByAnyName("nonsense"), nullptr);
  EXPECT_EQ(catalog.FindByAnyName(""), nullptr);
  EXPECT_EQ(catalog.FindBySigningName("sts"), catalog.Find("sts"));
  EXPECT_EQ(catalog.FindByTargetPrefix("AWSEvents"), events);
  EXPECT_EQ(catalog.FindByTargetPrefix(""), nullptr);
  EXPECT_EQ(catalog.FindByOperation("AssumeRole", Protocol::kAwsQuery),
            std::vector<const ServiceModel*>{catalog.Find("sts")});
  EXPECT_TRUE(catalog.FindByOperation("AssumeRole", Protocol::kAwsJson11).empty());
}

TEST(CatalogTest, FindsOperationsInThreeSpellings) {
  const Catalog catalog;
  const ServiceModel& events = *catalog.Find("events");
  for (const char* name : {"PutRule", "putRule", "put_rule"}) {
    const OperationModel* operation = Catalog::FindOperation(events, name);
    ASSERT_NE(operation, nullptr) << name;
    EXPECT_EQ(operation->name, "PutRule");
  }
  EXPECT_EQ(Catalog::FindOperation(events, "put_rules"), nullptr);
}

}  // namespace
}  // namespace riposte::wire
