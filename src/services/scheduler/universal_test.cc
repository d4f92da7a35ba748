#include "services/scheduler/universal.h"

#include <gtest/gtest.h>

namespace riposte::scheduler {
namespace {

TEST(Universal, FindsOperationsByTheSdksNames) {
  const wire::Catalog catalog;
  const auto find = [&](const char* api) {
    const auto found = FindUniversal(catalog, std::string("arn:aws:scheduler:::aws-sdk:") + api);
    return found ? found->service->name + ":" + found->operation->name : found.error().message;
  };
  EXPECT_EQ(find("sqs:sendMessage"), "sqs:SendMessage");
  EXPECT_EQ(find("eventbridge:putEvents"), "events:PutEvents");
  EXPECT_EQ(find("cloudwatch:putMetricData"), "monitoring:PutMetricData");
  EXPECT_EQ(find("ec2:stopInstances"), "ec2:StopInstances");
  EXPECT_NE(find("ec2:describeInstances").find("only reads"), std::string::npos);
  EXPECT_NE(find("sqs:receiveMessage").find("only reads"), std::string::npos);
  EXPECT_NE(find("sqs").find("not a supported"), std::string::npos);
  EXPECT_NE(find("").find("not a supported"), std::string::npos);
  EXPECT_FALSE(IsUniversal("arn:aws:sqs:eu-west-1:111122223333:q"));
}

TEST(Universal, MembersAreFoundWhateverTheirFirstLetterAndBlobsAreText) {
  const wire::Catalog catalog;
  const auto request = [&](const char* api, const char* input) {
    const auto found = FindUniversal(catalog, std::string("arn:aws:scheduler:::aws-sdk:") + api);
    return json::Serialize(RequestOf(*found->operation, json::Parse(input)->as_object()));
  };
  EXPECT_EQ(request("cloudwatchlogs:putLogEvents",
                    R"({"LogGroupName": "g", "LogEvents": [{"Timestamp": 1, "Message": "m"}]})"),
            R"({"logGroupName":"g","logEvents":[{"timestamp":1,"message":"m"}]})");
  EXPECT_EQ(request("lambda:invoke", R"({"FunctionName": "f", "Payload": "{}"})"),
            R"({"FunctionName":"f","Payload":"e30="})");
  EXPECT_EQ(request("lambda:invoke", R"({"Payload": {}})"), R"({"Payload":"e30="})");
  EXPECT_EQ(request("sqs:sendMessage", R"({"Nonsense": {"a": [1]}})"), R"({"Nonsense":{"a":[1]}})");
}

}  // namespace
}  // namespace riposte::scheduler
