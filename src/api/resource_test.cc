#include "api/resource.h"

#include <gtest/gtest.h>

namespace riposte::api {
namespace {

const Scope kScope{AccountId("123456789012"), Region("eu-west-1")};

std::vector<std::string> Expand(const std::string& pattern, const char* input) {
  const std::vector<std::string> templates = {pattern};
  return ExpandResources(templates, json::Parse(input)->as_object(), kScope);
}

TEST(Resource, FillsScopeAndMembers) {
  EXPECT_EQ(Expand("arn:aws:events:{region}:{account}:rule/{Name}", R"({"Name":"r"})"),
            std::vector<std::string>{"arn:aws:events:eu-west-1:123456789012:rule/r"});
  EXPECT_EQ(Expand("arn:aws:events:{region}:{account}:rule/{Name}", "{}"),
            std::vector<std::string>{"arn:aws:events:eu-west-1:123456789012:rule/*"});
}

TEST(Resource, AnArnStandsForItself) {
  EXPECT_EQ(Expand("arn:aws:lambda:{region}:{account}:function:{F}",
                   R"({"F":"arn:aws:lambda:us-east-1:210987654321:function:g"})"),
            std::vector<std::string>{"arn:aws:lambda:us-east-1:210987654321:function:g"});
}

TEST(Resource, QueueUrls) {
  EXPECT_EQ(Expand("{QueueUrl}", R"({"QueueUrl":"http://localhost:4566/210987654321/q"})"),
            std::vector<std::string>{"arn:aws:sqs:eu-west-1:210987654321:q"});
}

TEST(Resource, OneForEachElement) {
  EXPECT_EQ(Expand("i/{Ids[]}", R"({"Ids":["a","b"]})"), (std::vector<std::string>{"i/a", "i/b"}));
  EXPECT_EQ(Expand("b/{E[].Bus}", R"({"E":[{"Bus":"x"},{},{"Bus":"x"}]})"),
            std::vector<std::string>{"b/x"});
}

TEST(Resource, ManyBecomeAny) {
  std::string ids = "{\"Ids\":[";
  for (int i = 0; i < 300; ++i) ids += (i ? ",\"" : "\"") + std::to_string(i) + "\"";
  EXPECT_EQ(Expand("i/{Ids[]}", (ids + "]}").c_str()), std::vector<std::string>{"*"});
}

}  // namespace
}  // namespace riposte::api
