// Queues in both of their protocols, in one conversation: what one writes the other reads. The AWS
// CLI of Debian 12 and older SDKs speak query, current ones JSON.
#include <gtest/gtest.h>

#include "app/testing/harness.h"
#include "base/encoding.h"

namespace riposte::app::testing {
namespace {

struct Kept final : http::Responder::Channel {
  explicit Kept(http::Response& response) : out(response) {}
  void Send(http::Response response) override { out = std::move(response); }
  [[nodiscard]] bool IsOpen() const override { return true; }
  http::Response& out;
};

class QueueProtocols : public ::testing::Test {
 protected:
  http::Response Send(std::string body,
                      std::initializer_list<std::pair<const char*, std::string>> headers) {
    http::Request request;
    request.method = "POST";
    request.target = "/";
    request.peer = "127.0.0.1";
    request.body = std::move(body);
    request.headers.Add("Host", "127.0.0.1:4566");
    for (const auto& [name, value] : headers) request.headers.Add(name, value);
    http::Response response;
    engine.engine().pipeline().Handle(std::move(request),
                                      http::Responder(std::make_shared<Kept>(response)));
    engine.RunUntilIdle();
    return response;
  }
  std::string Query(const std::string& parameters) {
    const http::Response response = Send("Version=2012-11-05&" + parameters,
                                         {{"Content-Type", "application/x-www-form-urlencoded"}});
    status = response.status;
    return response.body;
  }
  json::Value Json(const std::string& operation, json::Object input) {
    const http::Response response =
        Send(json::Serialize(input), {{"Content-Type", "application/x-amz-json-1.0"},
                                      {"X-Amz-Target", "AmazonSQS." + operation}});
    status = response.status;
    return json::Parse(response.body).value_or(json::Value());
  }
  /// The text of the first element of that name; "" when there is none.
  static std::string Element(const std::string& xml, const std::string& name) {
    const size_t begin = xml.find("<" + name + ">");
    if (begin == std::string::npos) return "";
    const size_t start = begin + name.size() + 2;
    return xml.substr(start, xml.find("</" + name + ">", start) - start);
  }

  Harness engine{{.authorize = false}};
  int status = 0;
};

TEST_F(QueueProtocols, WhatOneWritesTheOtherReads) {
  const std::string dead = engine.Arn("sqs", "dead");
  EXPECT_NE(Element(Query("Action=CreateQueue&QueueName=dead"), "QueueUrl"), "");
  const std::string policy =
      json::Serialize(json::Object{{"deadLetterTargetArn", dead}, {"maxReceiveCount", 1}});
  const std::string url = Element(
      Query("Action=CreateQueue&QueueName=jobs&Attribute.1.Name=RedrivePolicy&Attribute.1.Value=" +
            PercentEncode(policy) + "&Attribute.2.Name=VisibilityTimeout&Attribute.2.Value=0"),
      "QueueUrl");
  ASSERT_NE(url, "");
  const std::string queue = "&QueueUrl=" + PercentEncode(url);
  const std::string sent =
      Query("Action=SendMessage" + queue +
            "&MessageBody=a%26b&MessageAttribute.1.Name=k&MessageAttribute.1.Value.DataType=String"
            "&MessageAttribute.1.Value.StringValue=v");
  EXPECT_NE(Element(sent, "MD5OfMessageAttributes"), "") << sent;
  const json::Value got =
      Json("ReceiveMessage", {{"QueueUrl", url}, {"MessageAttributeNames", json::Array{"All"}}});
  EXPECT_EQ(got.at("Messages").at(0).at("Body").as_string(), "a&b");
  EXPECT_EQ(got.at("Messages").at(0).at("MessageAttributes").at("k").at("StringValue").as_string(),
            "v");
  Query("Action=ReceiveMessage" + queue);  // Moves it to the dead letters.
  EXPECT_NE(
      Element(Query("Action=StartMessageMoveTask&SourceArn=" + PercentEncode(dead)), "TaskHandle"),
      "");
  const std::string tasks =
      Query("Action=ListMessageMoveTasks&MaxResults=10&SourceArn=" + PercentEncode(dead));
  EXPECT_EQ(Element(tasks, "Status"), "COMPLETED") << tasks;
  EXPECT_EQ(Element(tasks, "ApproximateNumberOfMessagesMoved"), "1") << tasks;
  const json::Value listed = Json("ListMessageMoveTasks", {{"SourceArn", dead}});
  EXPECT_EQ(listed.at("Results").at(0).at("Status").as_string(), "COMPLETED");
  const std::string batch =
      Query("Action=SendMessageBatch" + queue +
            "&SendMessageBatchRequestEntry.1.Id=x&SendMessageBatchRequestEntry.1.MessageBody=1"
            "&SendMessageBatchRequestEntry.2.Id=y&SendMessageBatchRequestEntry.2.MessageBody=2"
            "&SendMessageBatchRequestEntry.2.DelaySeconds=901");
  EXPECT_NE(batch.find("<SendMessageBatchResultEntry>"), std::string::npos) << batch;
  EXPECT_EQ(Element(Element(batch, "BatchResultErrorEntry"), "Id"), "y") << batch;
}

TEST_F(QueueProtocols, ErrorsHaveTheNamesThatEachExpects) {
  const std::string none = "http://localhost/123456789012/none";
  const std::string xml = Query("Action=PurgeQueue&QueueUrl=" + PercentEncode(none));
  EXPECT_EQ(status, 400);
  EXPECT_EQ(Element(xml, "Code"), "AWS.SimpleQueueService.NonExistentQueue") << xml;
  const json::Value document = Json("PurgeQueue", {{"QueueUrl", none}});
  EXPECT_EQ(status, 400);
  EXPECT_EQ(document.at("__type").as_string(), "QueueDoesNotExist");
  Query("Action=CreateQueue&QueueName=jobs");
  const std::string url = "http://localhost/123456789012/jobs";
  Query("Action=PurgeQueue&QueueUrl=" + PercentEncode(url));
  const std::string again = Query("Action=PurgeQueue&QueueUrl=" + PercentEncode(url));
  EXPECT_EQ(status, 403);
  EXPECT_EQ(Element(again, "Code"), "AWS.SimpleQueueService.PurgeQueueInProgress") << again;
}

}  // namespace
}  // namespace riposte::app::testing
