#include "api/resource.h"

#include <gtest/gtest.h>

namespace riposte::api {
namespace {

using Resources = std::vector<std::string>;

Resources Expand(const std::string& pattern, std::string_view input) {
  const Scope scope{AccountId("111122223333"), Region("eu-west-1")};
  const std::vector<std::string> templates = {pattern};
  return ExpandResources(templates, json::Parse(input)->as_object(), scope);
}

TEST(Resource, Members) {
  const std::string rule = "arn:aws:events:{region}:{account}:rule/{Name}";
  EXPECT_EQ(Expand(rule, R"({"Name": "r"})"),
            Resources{"arn:aws:events:eu-west-1:111122223333:rule/r"});
  EXPECT_EQ(Expand(rule, "{}"), Resources{"arn:aws:events:eu-west-1:111122223333:rule/*"});
  EXPECT_EQ(Expand("arn:aws:x:::{A.B}", R"({"A": {"B": "c"}})"), Resources{"arn:aws:x:::c"});
  EXPECT_EQ(Expand("arn:aws:x:::{L[]}", R"({"L": ["a", "b", "a"]})"),
            (Resources{"arn:aws:x:::a", "arn:aws:x:::b"}));
  EXPECT_EQ(Expand("arn:aws:sqs:::{QueueUrl}", R"({"QueueUrl": "http://h:1/444455556666/q"})"),
            Resources{"arn:aws:sqs:eu-west-1:444455556666:q"});
}

TEST(Resource, FallbacksAndWholeArns) {
  const std::string bus = "arn:aws:events:{region}:{account}:event-bus/{Entries[].Bus|default}";
  EXPECT_EQ(Expand(bus, R"({"Entries": [{}, {"Bus": "b"}, {"Bus": "arn:aws:events:r:a:event-bus/x"},
                                        {}]})"),
            (Resources{"arn:aws:events:eu-west-1:111122223333:event-bus/default",
                       "arn:aws:events:eu-west-1:111122223333:event-bus/b",
                       "arn:aws:events:r:a:event-bus/x"}));
  EXPECT_EQ(Expand("arn:aws:events:::event-bus/{Name|default}", "{}"),
            Resources{"arn:aws:events:::event-bus/default"});
  EXPECT_EQ(Expand("arn:aws:sqs::{Owner|@account}:q", "{}"),
            Resources{"arn:aws:sqs::111122223333:q"});
  const std::string group = "arn:aws:rg:::group/{Group|@Name}";
  EXPECT_EQ(Expand(group, R"({"Group": "g", "Name": "n"})"), Resources{"arn:aws:rg:::group/g"});
  EXPECT_EQ(Expand(group, R"({"Name": "n"})"), Resources{"arn:aws:rg:::group/n"});
  EXPECT_EQ(Expand(group, R"({"Name": 1})"), Resources{"arn:aws:rg:::group/*"});
  EXPECT_EQ(Expand(group, "{}"), Resources{"arn:aws:rg:::group/*"});
  EXPECT_EQ(Expand("arn:aws:sqs::{Owner|@account}:q", R"({"Owner": "@account"})"),
            Resources{"arn:aws:sqs::@account:q"});
}

TEST(Resource, PathSteps) {
  const std::string rule = "arn:aws:events:{region}:{account}:rule/{Bus/}{Name}";
  EXPECT_EQ(Expand(rule, R"({"Name": "r"})"),
            Resources{"arn:aws:events:eu-west-1:111122223333:rule/r"});
  EXPECT_EQ(Expand(rule, R"({"Name": "r", "Bus": "default"})"),
            Resources{"arn:aws:events:eu-west-1:111122223333:rule/r"});
  EXPECT_EQ(Expand(rule, R"({"Name": "r", "Bus": "b"})"),
            Resources{"arn:aws:events:eu-west-1:111122223333:rule/b/r"});
  EXPECT_EQ(Expand(rule, R"({"Name": "r", "Bus": "arn:aws:events:r:111122223333:event-bus/b"})"),
            Resources{"arn:aws:events:eu-west-1:111122223333:rule/b/r"});
}

}  // namespace
}  // namespace riposte::api
