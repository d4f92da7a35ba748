// Topics and queues through the whole engine: policies decide, deliveries are durable, rules and
// alarms reach topics, mail lands in the spool.
#include <gtest/gtest.h>

#include <filesystem>

#include "app/testing/harness.h"

namespace riposte::app::testing {
namespace {

using json::Array;
using json::Object;

class Notifications : public ::testing::Test {
 protected:
  std::string NewTopic(const std::string& name) {
    return std::string(
        json::GetString(engine.Call("sns", "CreateTopic", {{"Name", name}}), "TopicArn"));
  }
  std::string NewQueue(const std::string& name) {
    return std::string(
        json::GetString(engine.Call("sqs", "CreateQueue", {{"QueueName", name}}), "QueueUrl"));
  }
  /// Lets `service` send to the queue, as an operator would.
  void Allow(const std::string& queue, const std::string& service) {
    const std::string policy = json::Serialize(
        Object{{"Version", "2012-10-17"},
               {"Statement", Array{Object{{"Effect", "Allow"},
                                          {"Principal", Object{{"Service", service}}},
                                          {"Action", "sqs:SendMessage"},
                                          {"Resource", engine.Arn("sqs", queue)}}}}});
    engine.Call("sqs", "SetQueueAttributes",
                {{"QueueUrl", "http://localhost/123456789012/" + queue},
                 {"Attributes", Object{{"Policy", policy}}}});
  }
  void Subscribe(const std::string& topic, const std::string& queue, Object attributes = {}) {
    engine.Call("sns", "Subscribe",
                {{"TopicArn", topic},
                 {"Protocol", "sqs"},
                 {"Endpoint", engine.Arn("sqs", queue)},
                 {"Attributes", std::move(attributes)}});
  }
  /// The bodies of up to ten messages, which stay in the queue, hidden.
  std::vector<std::string> Receive(const std::string& url) {
    const Object reply =
        engine.Call("sqs", "ReceiveMessage", {{"QueueUrl", url}, {"MaxNumberOfMessages", 10}});
    std::vector<std::string> out;
    if (const Array* messages = json::GetArray(reply, "Messages")) {
      for (const json::Value& message : *messages) {
        out.emplace_back(json::GetString(message.as_object(), "Body"));
      }
    }
    return out;
  }
  const Object raw{{"RawMessageDelivery", "true"}};
  using Strings = std::vector<std::string>;

  Harness engine{{.durable = true}};
};

TEST_F(Notifications, AQueueGetsWhatItsPolicyAllows) {
  const std::string topic = NewTopic("alerts");
  const std::string url = NewQueue("inbox");
  const std::string dead = NewQueue("dead");
  Subscribe(topic, "inbox",
            {{"RawMessageDelivery", "true"},
             {"RedrivePolicy",
              json::Serialize(Object{{"deadLetterTargetArn", engine.Arn("sqs", "dead")}})}});
  engine.Call("sns", "Publish", {{"TopicArn", topic}, {"Message", "refused"}});
  EXPECT_EQ(Receive(url), Strings());
  EXPECT_EQ(Receive(dead), Strings{"refused"});
  Allow("inbox", "sns.amazonaws.com");
  engine.Call("sns", "Publish", {{"TopicArn", topic}, {"Message", "taken"}});
  EXPECT_EQ(Receive(url), Strings{"taken"});
}

TEST_F(Notifications, WhatWasPublishedSurvivesARestart) {
  const std::string topic = NewTopic("alerts");
  engine.Call(
      "sns", "Subscribe",
      {{"TopicArn", topic}, {"Protocol", "http"}, {"Endpoint", "http://hooks.example.com/x"}});
  const auto asked = json::Parse(engine.http.sent.at(0).body).value();
  engine.Call("sns", "ConfirmSubscription",
              {{"TopicArn", topic}, {"Token", asked.at("Token").as_string()}});
  engine.http.answer = [](const http::OutgoingRequest&) { return http::Response{500, {}, ""}; };
  engine.Call("sns", "Publish", {{"TopicArn", topic}, {"Message", "important"}});
  engine.http.sent.clear();
  engine.http.answer = nullptr;
  engine.Restart();
  engine.AdvanceTime(std::chrono::seconds(20));
  ASSERT_EQ(engine.http.sent.size(), 1U);
  EXPECT_NE(engine.http.sent[0].body.find("important"), std::string::npos);
}

TEST_F(Notifications, ARuleReachesATopicThatLetsIt) {
  const std::string topic = NewTopic("alerts");
  const std::string url = NewQueue("inbox");
  Allow("inbox", "sns.amazonaws.com");
  Subscribe(topic, "inbox", raw);
  engine.Call("events", "PutRule", {{"Name", "r"}, {"EventPattern", R"({"source":["app"]})"}});
  engine.Call("events", "PutTargets",
              {{"Rule", "r"},
               {"Targets", Array{Object{{"Id", "1"}, {"Arn", topic}, {"InputPath", "$.detail"}}}}});
  const auto put = [&](const std::string& detail) {
    engine.Call(
        "events", "PutEvents",
        {{"Entries", Array{Object{{"Source", "app"}, {"DetailType", "t"}, {"Detail", detail}}}}});
  };
  put(R"({"n":1})");
  EXPECT_EQ(Receive(url), Strings());
  const std::string policy = json::Serialize(
      Object{{"Statement", Array{Object{{"Effect", "Allow"},
                                        {"Principal", Object{{"Service", "events.amazonaws.com"}}},
                                        {"Action", "sns:Publish"},
                                        {"Resource", topic}}}}});
  engine.Call("sns", "SetTopicAttributes",
              {{"TopicArn", topic}, {"AttributeName", "Policy"}, {"AttributeValue", policy}});
  put(R"({"n":2})");
  EXPECT_EQ(Receive(url), Strings{R"({"n":2})"});
}

TEST_F(Notifications, AnybodyWithTheTokenConfirmsAndNobodyElsePublishes) {
  const std::string topic = NewTopic("alerts");
  engine.Call(
      "sns", "Subscribe",
      {{"TopicArn", topic}, {"Protocol", "https"}, {"Endpoint", "https://hooks.example.com/x"}});
  const auto asked = json::Parse(engine.http.sent.at(0).body).value();
  access::Principal nobody;
  const auto confirmed =
      engine.TryCallAs(nobody, "sns", "ConfirmSubscription",
                       {{"TopicArn", topic}, {"Token", asked.at("Token").as_string()}});
  ASSERT_TRUE(confirmed.ok()) << confirmed.error->message();
  const auto published =
      engine.TryCallAs(nobody, "sns", "Publish", {{"TopicArn", topic}, {"Message", "spam"}});
  EXPECT_FALSE(published.ok());
  const auto left =
      engine.TryCallAs(nobody, "sns", "Unsubscribe",
                       {{"SubscriptionArn", confirmed.output.at("SubscriptionArn").as_string()}});
  EXPECT_TRUE(left.ok());
  const auto listed = engine.Call("sns", "ListSubscriptions");
  EXPECT_EQ(listed.at("Subscriptions").at(0).at("SubscriptionArn").as_string(), "Deleted");
}

TEST_F(Notifications, ALongPollEndsWithTheNextMessage) {
  const std::string url = NewQueue("inbox");
  const TimePoint before = engine.clock.Now();
  engine.loop.PostAt(before + std::chrono::seconds(3), [&] {
    (void)engine.TryCall("sqs", "SendMessage", {{"QueueUrl", url}, {"MessageBody", "late"}});
  });
  const auto got =
      engine.TryCall("sqs", "ReceiveMessage", {{"QueueUrl", url}, {"WaitTimeSeconds", 20}});
  ASSERT_TRUE(got.ok());
  EXPECT_EQ(got.output.at("Messages").at(0).at("Body").as_string(), "late");
  EXPECT_LT(engine.clock.Now() - before, std::chrono::seconds(5));
}

}  // namespace
}  // namespace riposte::app::testing
