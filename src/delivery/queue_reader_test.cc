#include "delivery/queue_reader.h"

#include <gtest/gtest.h>

#include <deque>

#include "base/testing/fakes.h"

namespace riposte::delivery {
namespace {

using json::Array;
using json::Object;

/// A queue that gives out what the test says, and keeps what it was asked.
class FakeQueue final : public api::Invoker {
 public:
  void Invoke(api::Invocation invocation, api::Reply reply) override {
    if (invocation.operation == "ReceiveMessage") {
      poll = std::move(reply);
      return;
    }
    const auto& entries = invocation.input.at("Entries").as_array();
    for (const json::Value& entry : entries) {
      calls.push_back(invocation.operation + " " +
                      std::string(json::GetString(entry.as_object(), "ReceiptHandle")));
    }
    reply({Object(), {}});
  }
  /// The poll under way ends with these.
  void Answer(Array messages) {
    api::Reply reply = std::move(poll);
    poll = {};
    reply({Object{{"Messages", std::move(messages)}}, {}});
  }
  void Refuse(const std::string& code) {
    api::Reply reply = std::move(poll);
    poll = {};
    reply({{}, api::Error(code, "no")});
  }
  api::Reply poll;
  std::vector<std::string> calls;
};

Object Message(const std::string& id, const std::string& body = "b", int hops = 0) {
  Object system;
  if (hops > 0) system["AWSTraceHeader"] = FormatTrace({"evt", hops});
  return {{"MessageId", id},
          {"ReceiptHandle", "r-" + id},
          {"Body", body},
          {"Attributes", std::move(system)}};
}

class QueueReaderTest : public ::testing::Test {
 protected:
  std::shared_ptr<QueueReader> Make(QueueReader::Options options) {
    options.queue_arn = "arn:aws:sqs:eu-west-1:123456789012:q";
    QueueReader::Work work;
    work.act_as = []() -> riposte::Result<access::Principal> {
      return access::Principal::Root(AccountId("123456789012"));
    };
    work.handle = [this](QueueReader::BatchPtr batch, QueueReader::Done done) {
      batches.push_back(std::move(batch));
      dones.push_back(std::move(done));
    };
    work.wants = [](const Object& message) { return json::GetString(message, "Body") != "noise"; };
    work.on_looped = [this](size_t messages) { looped += messages; };
    auto reader = std::make_shared<QueueReader>(
        std::move(options), QueueReader::Parts{queue, loop, clock, log}, std::move(work));
    reader->Start();
    loop.RunUntilIdle();
    return reader;
  }
  void Arrive(Array messages) {
    queue.Answer(std::move(messages));
    loop.RunUntilIdle();
  }

  testing::FakeClock clock;
  testing::FakeExecutor loop{clock};
  telemetry::Log log{{.silent = true}};
  FakeQueue queue;
  std::vector<QueueReader::BatchPtr> batches;
  std::deque<QueueReader::Done> dones;
  size_t looped = 0;
};

using Calls = std::vector<std::string>;

TEST_F(QueueReaderTest, DeletesWhatWasDealtWithAndWhatNobodyWants) {
  const auto reader = Make({});
  Arrive({Message("1"), Message("2", "noise"), Message("3")});
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(batches[0]->MessageIds(), (std::vector<std::string>{"1", "3"}));
  EXPECT_EQ(queue.calls, Calls{"DeleteMessageBatch r-2"});
  dones[0]({"1"});
  loop.RunUntilIdle();
  EXPECT_EQ(queue.calls, (Calls{"DeleteMessageBatch r-2", "DeleteMessageBatch r-3"}));
}

TEST_F(QueueReaderTest, GathersForItsWindowButNeverBeyondItsBounds) {
  const auto reader =
      Make({.name = "", .batch_size = 3, .window = std::chrono::seconds(5), .max_in_flight = 5});
  Arrive({Message("1")});
  Arrive({Message("2")});
  EXPECT_TRUE(batches.empty());
  Arrive({Message("3")});
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(batches[0]->messages.size(), 3U);
  Arrive({Message("4")});
  loop.Advance(std::chrono::seconds(5));
  Arrive({});
  ASSERT_EQ(batches.size(), 2U);
  const std::string large(QueueReader::kMaxBatchBytes / 2 + 1, 'x');
  Arrive({Message("5", large), Message("6", large)});
  ASSERT_EQ(batches.size(), 3U);
  EXPECT_EQ(batches[2]->MessageIds(), std::vector<std::string>{"5"});
}

TEST_F(QueueReaderTest, BatchesAtWorkAreBounded) {
  const auto reader = Make({.max_in_flight = 2});
  Arrive({Message("1")});
  Arrive({Message("2")});
  EXPECT_FALSE(queue.poll) << "two are at work";
  dones[0]({});
  loop.RunUntilIdle();
  EXPECT_TRUE(queue.poll);
}

TEST_F(QueueReaderTest, TheLastOfAChainIsHandedToNobody) {
  const auto reader = Make({});
  Arrive({Message("1", "b", Trace::kMaxHops), Message("2", "b", 3)});
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(batches[0]->MessageIds(), std::vector<std::string>{"2"});
  EXPECT_EQ(batches[0]->trace.hops, 4);
  EXPECT_EQ(batches[0]->trace.correlation, "evt");
  EXPECT_EQ(looped, 1U);
  EXPECT_TRUE(queue.calls.empty()) << "it stays in the queue";
}

TEST_F(QueueReaderTest, GivesBackWhatItHoldsWhenItRetires) {
  const auto reader = Make({.window = std::chrono::seconds(30)});
  Arrive({Message("1")});
  reader->Retire();
  EXPECT_EQ(queue.calls, Calls{"ChangeMessageVisibilityBatch r-1"});
  Arrive({Message("2")});
  EXPECT_EQ(queue.calls.back(), "ChangeMessageVisibilityBatch r-2");
  EXPECT_TRUE(batches.empty());
  EXPECT_FALSE(queue.poll);
}

TEST_F(QueueReaderTest, AnUnreadableQueueIsTriedAgainLaterAndLater) {
  const auto reader = Make({});
  queue.Refuse("QueueDoesNotExist");
  loop.Advance(Millis(999));
  EXPECT_FALSE(queue.poll);
  loop.Advance(Millis(1));
  ASSERT_TRUE(queue.poll);
  queue.Refuse("QueueDoesNotExist");
  loop.Advance(Millis(1'999));
  EXPECT_FALSE(queue.poll);
  loop.Advance(Millis(1));
  EXPECT_TRUE(queue.poll);
}

TEST(ReportedFailures, MalformedOnesCountForAll) {
  QueueReader::Batch batch;
  batch.messages = {Message("1"), Message("2")};
  const std::vector<std::string> all = {"1", "2"};
  const std::vector<std::string> none;
  EXPECT_EQ(ReportedFailures(batch, R"({"batchItemFailures":[{"itemIdentifier":"2"}]})"),
            std::vector<std::string>{"2"});
  for (const char* good :
       {"null", "{}", R"({"batchItemFailures":[]})", R"({"batchItemFailures":null})"}) {
    EXPECT_EQ(ReportedFailures(batch, good), none) << good;
  }
  for (const char* bad : {"", "[]", R"({"batchItemFailures":7})", R"({"batchItemFailures":["1"]})",
                          R"({"batchItemFailures":[{"itemIdentifier":""}]})",
                          R"({"batchItemFailures":[{"itemIdentifier":"other"}]})"}) {
    EXPECT_EQ(ReportedFailures(batch, bad), all) << bad;
  }
}

}  // namespace
}  // namespace riposte::delivery
