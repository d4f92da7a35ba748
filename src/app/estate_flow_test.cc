// Remediation through the whole engine: a rule sees what an action did to the estate, and the
// chain keeps its correlation; what was under way goes on after a restart.
#include <gtest/gtest.h>

#include "app/testing/harness.h"

namespace riposte::app::testing {
namespace {

using json::Array;
using json::Object;

class EstateFlow : public ::testing::Test {
 protected:
  std::string Launch() {
    const Object reply = engine.Call(
        "ec2", "RunInstances", {{"ImageId", "ami-12345678"}, {"MinCount", 1}, {"MaxCount", 1}});
    engine.AdvanceTime(std::chrono::seconds(2));
    return std::string(reply.at("Instances").at(0).at("InstanceId").as_string());
  }
  std::string State(const std::string& id) {
    const Object reply = engine.Call("ec2", "DescribeInstances", {{"InstanceIds", Array{id}}});
    return std::string(
        reply.at("Reservations").at(0).at("Instances").at(0).at("State").at("Name").as_string());
  }
  /// Makes a queue that gets the events of instances.
  std::string Watch() {
    const Object made = engine.Call("sqs", "CreateQueue", {{"QueueName", "seen"}});
    const std::string policy = json::Serialize(Object{
        {"Statement", Array{Object{{"Effect", "Allow"},
                                   {"Principal", Object{{"Service", "events.amazonaws.com"}}},
                                   {"Action", "sqs:SendMessage"},
                                   {"Resource", engine.Arn("sqs", "seen")}}}}});
    engine.Call("sqs", "SetQueueAttributes",
                {{"QueueUrl", made.at("QueueUrl")}, {"Attributes", Object{{"Policy", policy}}}});
    engine.Call(
        "events", "PutRule",
        {{"Name", "watch"},
         {"EventPattern",
          R"({"source":["aws.ec2"],"detail-type":["EC2 Instance State-change Notification"],)"
          R"("detail":{"state":["stopped"]}})"}});
    engine.Call("events", "PutTargets",
                {{"Rule", "watch"},
                 {"Targets", Array{Object{{"Id", "1"}, {"Arn", engine.Arn("sqs", "seen")}}}}});
    return std::string(made.at("QueueUrl").as_string());
  }
  Harness engine{{.durable = true}};
};

TEST_F(EstateFlow, ARuleSeesAnInstanceStop) {
  const std::string url = Watch();
  const std::string id = Launch();
  engine.Call("ec2", "StopInstances", {{"InstanceIds", Array{id}}});
  EXPECT_EQ(State(id), "stopping");
  engine.AdvanceTime(std::chrono::seconds(2));
  EXPECT_EQ(State(id), "stopped");
  const Object got = engine.Call("sqs", "ReceiveMessage", {{"QueueUrl", url}});
  const auto event =
      json::Parse(got.at("Messages").at(0).at("Body").as_string()).value().as_object();
  EXPECT_EQ(event.at("detail").at("instance-id").as_string(), id);
  EXPECT_EQ(event.at("region").as_string(), "eu-west-1");
}

TEST_F(EstateFlow, WhatWasUnderWayGoesOnAfterARestart) {
  const std::string url = Watch();
  const std::string id = Launch();
  engine.Call("ec2", "StopInstances", {{"InstanceIds", Array{id}}});
  engine.Restart();
  EXPECT_EQ(State(id), "stopping");
  engine.AdvanceTime(std::chrono::seconds(2));
  EXPECT_EQ(State(id), "stopped");
  EXPECT_TRUE(engine.Call("sqs", "ReceiveMessage", {{"QueueUrl", url}}).contains("Messages"));
}

TEST_F(EstateFlow, RulesOfAGroupAreRevokedAsTheyWereDescribed) {
  Object groups = engine.Call("ec2", "DescribeSecurityGroups");
  const json::Value group = groups.at("SecurityGroups").at(0).at("GroupId");
  engine.Call(
      "ec2", "AuthorizeSecurityGroupIngress",
      {{"GroupId", group},
       {"IpPermissions", Array{Object{{"IpProtocol", "tcp"},
                                      {"FromPort", 22},
                                      {"ToPort", 22},
                                      {"IpRanges", Array{Object{{"CidrIp", "0.0.0.0/0"}},
                                                         Object{{"CidrIp", "10.0.0.0/8"}}}}}}}});
  groups = engine.Call("ec2", "DescribeSecurityGroups", {{"GroupIds", Array{group}}});
  const json::Value rule = groups.at("SecurityGroups").at(0).at("IpPermissions").at(1);
  engine.Call("ec2", "RevokeSecurityGroupIngress",
              {{"GroupId", group}, {"IpPermissions", Array{rule}}});
  groups = engine.Call("ec2", "DescribeSecurityGroups", {{"GroupIds", Array{group}}});
  EXPECT_EQ(groups.at("SecurityGroups").at(0).at("IpPermissions").as_array().size(), 1U);
}

TEST_F(EstateFlow, ErrorsAreTheServicesOwn) {
  EXPECT_EQ(
      engine.CallError("ec2", "StopInstances", {{"InstanceIds", Array{"i-0123456789abcdef0"}}}),
      "InvalidInstanceID.NotFound");
  EXPECT_EQ(engine.CallError("s3", "GetBucketPolicy", {{"Bucket", "no-such-bucket"}}),
            "NoSuchBucket");
}

}  // namespace
}  // namespace riposte::app::testing
