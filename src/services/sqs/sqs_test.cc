#include "services/sqs/sqs.h"

#include "access/crypto.h"
#include "api/testing/service_fixture.h"
#include "services/sqs/digest.h"

namespace riposte::sqs {
namespace {

using json::Array;
using json::Object;
using std::chrono::seconds;

class SqsTest : public api::testing::ServiceFixture {
 protected:
  SqsTest() : ServiceFixture("sqs", {Migrations()}) {
    service_object_.Register(registry_);
    service_object_.Start();
  }

  std::string NewQueue(const std::string& name, Object attributes = {}) {
    return At(Run("CreateQueue", {{"QueueName", name}, {"Attributes", std::move(attributes)}}),
              "QueueUrl");
  }
  std::string Send(const std::string& url, const std::string& body, Object more = {}) {
    Object input{{"QueueUrl", url}, {"MessageBody", body}};
    for (const auto& [name, value] : more) input[name] = value;
    return At(Run("SendMessage", std::move(input)), "MessageId");
  }
  Object Receive(const std::string& url, Object more = {}) {
    Object input{{"QueueUrl", url}};
    for (const auto& [name, value] : more) input[name] = value;
    return Run("ReceiveMessage", std::move(input));
  }
  /// The bodies that one receive of up to ten yields.
  std::vector<std::string> Bodies(const std::string& url) {
    std::vector<std::string> out;
    const Object reply = Receive(url, {{"MaxNumberOfMessages", 10}});
    if (const Array* messages = json::GetArray(reply, "Messages")) {
      for (const json::Value& message : *messages) out.push_back(At(message, "Body"));
    }
    return out;
  }
  std::string Attribute(const std::string& url, const std::string& name) {
    return At(Run("GetQueueAttributes", {{"QueueUrl", url}, {"AttributeNames", Array{name}}}),
              "Attributes." + name);
  }
  using Strings = std::vector<std::string>;

  /// A queue whose messages move to `dead` after `receives` receives.
  std::string NewSource(const std::string& name, const std::string& dead, int receives = 1,
                        Object attributes = {}) {
    attributes["RedrivePolicy"] = json::Serialize(
        Object{{"deadLetterTargetArn", "arn:aws:sqs:us-east-1:123456789012:" + dead},
               {"maxReceiveCount", receives}});
    return NewQueue(name, std::move(attributes));
  }
  static std::string ArnOf(const std::string& name) {
    return "arn:aws:sqs:us-east-1:123456789012:" + name;
  }

  class LastMetrics final : public api::MetricSink {
   public:
    void Put(const Scope&, std::string_view, std::string_view name, const Dimensions& dimensions,
             double value, std::string_view) override {
      values[dimensions.at(0).second + " " + std::string(name)] = value;
    }
    std::map<std::string, double> values;
  };

  SqsService::Options MakeOptions() {
    SqsService::Options options;
    options.permit = [this](const api::Call&, std::string_view, const std::string&,
                            const std::string&) { return permit_; };
    options.max_in_flight = 5;
    options.metrics = &metrics_;
    return options;
  }

  LastMetrics metrics_;
  bool permit_ = true;
  SqsService service_object_{*store_, loop_, clock_, random_, MakeOptions()};
};

TEST(SqsDigestTest, MatchesWhatClientsCompute) {
  EXPECT_EQ(access::Md5Hex("hello"), "5d41402abc4b2a76b9719d911017c592");
  // Computed with Python's hashlib over the documented encoding.
  EXPECT_EQ(Md5OfAttributes({{"b", Object{{"DataType", "Binary"}, {"BinaryValue", "AQID"}}},
                             {"a", Object{{"DataType", "String"}, {"StringValue", "x"}}}}),
            "aff7372f244d3ebae020d15edb230ef6");
  EXPECT_EQ(Md5OfAttributes({}), "");
}

TEST_F(SqsTest, MessagesAreHiddenThenShownAgainUntilDeleted) {
  const std::string url = NewQueue("jobs");
  EXPECT_EQ(url, "http://127.0.0.1:4566/123456789012/jobs");
  const Object sent = Run("SendMessage", {{"QueueUrl", url}, {"MessageBody", "hello"}});
  EXPECT_EQ(At(sent, "MD5OfMessageBody"), access::Md5Hex("hello"));
  Object got = Receive("https://sqs.us-east-1.amazonaws.com/123456789012/jobs",
                       {{"AttributeNames", Array{"All"}}});
  EXPECT_EQ(At(got, "Messages.0.MessageId"), At(sent, "MessageId"));
  EXPECT_EQ(At(got, "Messages.0.Attributes.ApproximateReceiveCount"), "1");
  EXPECT_EQ(At(got, "Messages.0.Attributes.SenderId"), "123456789012");
  EXPECT_EQ(Attribute(url, "ApproximateNumberOfMessagesNotVisible"), "1");
  EXPECT_EQ(Bodies(url), Strings());
  loop_.Advance(seconds(30));
  got = Receive(url);
  EXPECT_EQ(At(got, "Messages.0.Body"), "hello");
  Run("DeleteMessage", {{"QueueUrl", url}, {"ReceiptHandle", At(got, "Messages.0.ReceiptHandle")}});
  loop_.Advance(seconds(31));
  EXPECT_EQ(Bodies(url), Strings());
  EXPECT_EQ(ErrorOf("DeleteMessage", {{"QueueUrl", url}, {"ReceiptHandle", "nonsense"}}),
            "ReceiptHandleIsInvalid: The input receipt handle \"nonsense\" is not a valid receipt "
            "handle.");
}

TEST_F(SqsTest, CreatingAgainMustNotContradict) {
  const std::string url =
      NewQueue("dlq", {{"MessageRetentionPeriod", "1209600"}, {"VisibilityTimeoutSeconds", "300"}});
  EXPECT_EQ(Attribute(url, "VisibilityTimeout"), "300");
  EXPECT_EQ(Attribute(url, "QueueArn"), "arn:aws:sqs:us-east-1:123456789012:dlq");
  EXPECT_EQ(NewQueue("dlq"), url);
  EXPECT_EQ(NewQueue("dlq", {{"VisibilityTimeout", "300"}}), url);
  EXPECT_EQ(ErrorOf("CreateQueue",
                    {{"QueueName", "dlq"}, {"Attributes", Object{{"VisibilityTimeout", "31"}}}}),
            "QueueNameExists: A queue already exists with the same name and a different value for "
            "attribute VisibilityTimeout");
  EXPECT_EQ(
      ErrorOf("CreateQueue", {{"QueueName", "q"}, {"Attributes", Object{{"DelaySeconds", "901"}}}}),
      "InvalidAttributeValue: Invalid value for the parameter DelaySeconds.");
  EXPECT_EQ(ErrorOf("CreateQueue", {{"QueueName", "q"}, {"Attributes", Object{{"Colour", "1"}}}}),
            "InvalidAttributeName: Unknown Attribute Colour.");
  EXPECT_TRUE(ErrorOf("CreateQueue", {{"QueueName", "a b"}}).starts_with("InvalidParameterValue"));
  EXPECT_EQ(ErrorOf("GetQueueUrl", {{"QueueName", "none"}}),
            "QueueDoesNotExist: The specified queue does not exist.");
  Run("DeleteQueue", {{"QueueUrl", url}});
  EXPECT_EQ(At(Run("ListQueues"), "QueueUrls"), "");
}

TEST_F(SqsTest, ALongPollEndsWhenSomethingArrives) {
  const std::string url = NewQueue("jobs");
  const auto poll = Begin("ReceiveMessage", {{"QueueUrl", url}, {"WaitTimeSeconds", 20}});
  const auto other = Begin("ReceiveMessage", {{"QueueUrl", url}, {"WaitTimeSeconds", 20}});
  loop_.Advance(seconds(5));
  EXPECT_FALSE(poll->has_value());
  Send(url, "first");
  loop_.RunUntilIdle();
  ASSERT_TRUE(poll->has_value());
  EXPECT_EQ(At((*poll)->output, "Messages.0.Body"), "first");
  EXPECT_FALSE(other->has_value());
  loop_.Advance(seconds(15));
  ASSERT_TRUE(other->has_value());
  EXPECT_EQ(At((*other)->output, "Messages"), "");
}

TEST_F(SqsTest, ALongPollSeesDelayedAndReturningMessages) {
  const std::string url = NewQueue("jobs");
  Send(url, "late", {{"DelaySeconds", 3}});
  EXPECT_EQ(Attribute(url, "ApproximateNumberOfMessagesDelayed"), "1");
  const auto poll = Begin("ReceiveMessage",
                          {{"QueueUrl", url}, {"WaitTimeSeconds", 10}, {"VisibilityTimeout", 5}});
  loop_.Advance(seconds(2));
  EXPECT_FALSE(poll->has_value());
  loop_.Advance(seconds(1));
  ASSERT_TRUE(poll->has_value());
  const std::string handle = At((*poll)->output, "Messages.0.ReceiptHandle");
  const auto again = Begin("ReceiveMessage", {{"QueueUrl", url}, {"WaitTimeSeconds", 20}});
  Run("ChangeMessageVisibility",
      {{"QueueUrl", url}, {"ReceiptHandle", handle}, {"VisibilityTimeout", 0}});
  loop_.RunUntilIdle();
  EXPECT_TRUE(again->has_value());
}

TEST_F(SqsTest, DeletingAQueueEndsItsPolls) {
  const std::string url = NewQueue("jobs");
  const auto poll = Begin("ReceiveMessage", {{"QueueUrl", url}, {"WaitTimeSeconds", 20}});
  Run("DeleteQueue", {{"QueueUrl", url}});
  loop_.RunUntilIdle();
  ASSERT_TRUE(poll->has_value());
  EXPECT_EQ((*poll)->error->code(), "QueueDoesNotExist");
}

TEST_F(SqsTest, WornOutMessagesMoveToTheDeadLetterQueue) {
  const std::string dead = NewQueue("dead");
  const std::string url =
      NewQueue("jobs", {{"VisibilityTimeout", "1"},
                        {"RedrivePolicy",
                         "{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:123456789012:dead\","
                         "\"maxReceiveCount\":\"2\"}"}});
  const std::string id = Send(url, "poison");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Bodies(url), Strings{"poison"});
    loop_.Advance(seconds(1));
  }
  const auto waiting =
      Begin("ReceiveMessage",
            {{"QueueUrl", dead}, {"WaitTimeSeconds", 20}, {"AttributeNames", Array{"All"}}});
  EXPECT_EQ(Bodies(url), Strings());
  loop_.RunUntilIdle();
  ASSERT_TRUE(waiting->has_value());
  const json::Value& got = (*waiting)->output;
  EXPECT_EQ(At(got, "Messages.0.MessageId"), id);
  EXPECT_EQ(At(got, "Messages.0.Attributes.DeadLetterQueueSourceArn"),
            "arn:aws:sqs:us-east-1:123456789012:jobs");
  EXPECT_EQ(At(Run("ListDeadLetterSourceQueues", {{"QueueUrl", dead}}), "queueUrls.0"), url);
  EXPECT_TRUE(
      ErrorOf("SetQueueAttributes",
              {{"QueueUrl", url},
               {"Attributes",
                Object{{"RedrivePolicy",
                        "{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:123456789012:no\","
                        "\"maxReceiveCount\":2}"}}}})
          .starts_with("InvalidParameterValue"));
}

TEST_F(SqsTest, ADeadLetterQueueMayRefuseItsSources) {
  const std::string dead = NewQueue("dead");
  const std::string url = NewSource("jobs", "dead", 1, {{"VisibilityTimeout", "0"}});
  Run("SetQueueAttributes",
      {{"QueueUrl", dead},
       {"Attributes", Object{{"RedriveAllowPolicy", R"({"redrivePermission":"denyAll"})"}}}});
  Send(url, "m");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Bodies(url), Strings{"m"});
  EXPECT_EQ(Bodies(dead), Strings());
  const Object policy{
      {"RedrivePolicy",
       json::Serialize(Object{{"deadLetterTargetArn", ArnOf("dead")}, {"maxReceiveCount", 1}})}};
  EXPECT_TRUE(ErrorOf("CreateQueue", {{"QueueName", "other"}, {"Attributes", policy}})
                  .ends_with("does not permit this source queue."));
  Run("SetQueueAttributes",
      {{"QueueUrl", dead},
       {"Attributes",
        Object{{"RedriveAllowPolicy",
                json::Serialize(Object{{"redrivePermission", "byQueue"},
                                       {"sourceQueueArns", Array{ArnOf("other")}}})}}}});
  EXPECT_EQ(ErrorOf("CreateQueue", {{"QueueName", "other"}, {"Attributes", policy}}), "");
}

TEST_F(SqsTest, FifoKeepsOrderInAGroupAndDropsRepeats) {
  const std::string url = NewQueue("q.fifo", {{"FifoQueue", "true"}, {"VisibilityTimeout", "10"}});
  const auto send = [&](const std::string& group, const std::string& body) {
    return Run("SendMessage", {{"QueueUrl", url},
                               {"MessageBody", body},
                               {"MessageGroupId", group},
                               {"MessageDeduplicationId", body}});
  };
  const Object first = send("a", "a1");
  send("a", "a2");
  send("b", "b1");
  EXPECT_EQ(At(send("a", "a1"), "MessageId"), At(first, "MessageId"));
  EXPECT_EQ(At(first, "SequenceNumber").size(), 20u);
  const Object got = Receive(url, {{"AttributeNames", Array{"MessageGroupId"}}});
  EXPECT_EQ(At(got, "Messages.0.Body"), "a1");
  EXPECT_EQ(At(got, "Messages.0.Attributes.MessageGroupId"), "a");
  EXPECT_EQ(Bodies(url), Strings{"b1"});  // a2 waits for a1.
  Run("DeleteMessage", {{"QueueUrl", url}, {"ReceiptHandle", At(got, "Messages.0.ReceiptHandle")}});
  EXPECT_EQ(Bodies(url), Strings{"a2"});
  loop_.Advance(std::chrono::minutes(5));
  EXPECT_NE(At(send("a", "a1"), "MessageId"), At(first, "MessageId"));
  EXPECT_EQ(ErrorOf("SendMessage", {{"QueueUrl", url}, {"MessageBody", "x"}}),
            "MissingParameter: The request must contain the parameter MessageGroupId.");
  EXPECT_TRUE(
      ErrorOf("SendMessage", {{"QueueUrl", url}, {"MessageBody", "x"}, {"MessageGroupId", "g"}})
          .starts_with("InvalidParameterValue: The queue should either have"));
}

TEST_F(SqsTest, BatchesReportEachEntry) {
  const std::string url = NewQueue("jobs");
  const Object sent =
      Run("SendMessageBatch", {{"QueueUrl", url},
                               {"Entries", Array{Object{{"Id", "a"}, {"MessageBody", "one"}},
                                                 Object{{"Id", "b"}, {"MessageBody", "two\x01"}},
                                                 Object{{"Id", "c"}, {"MessageBody", "three"}}}}});
  EXPECT_EQ(json::GetArray(sent, "Successful")->size(), 2u);
  EXPECT_EQ(At(sent, "Failed.0.Code"), "InvalidMessageContents");
  const Object got = Receive(url, {{"MaxNumberOfMessages", 10}});
  Array entries;
  int n = 0;
  for (const json::Value& message : *json::GetArray(got, "Messages")) {
    entries.push_back(
        Object{{"Id", std::to_string(n++)}, {"ReceiptHandle", At(message, "ReceiptHandle")}});
  }
  const Object deleted = Run("DeleteMessageBatch", {{"QueueUrl", url}, {"Entries", entries}});
  EXPECT_EQ(json::GetArray(deleted, "Successful")->size(), 2u);
  EXPECT_EQ(json::Find(deleted, "Failed"), nullptr);
  EXPECT_EQ(Attribute(url, "ApproximateNumberOfMessagesNotVisible"), "0");
  EXPECT_EQ(ErrorOf("SendMessageBatch", {{"QueueUrl", url}, {"Entries", Array()}}),
            "EmptyBatchRequest: There should be at least one entry in the request.");
  EXPECT_EQ(
      ErrorOf("SendMessageBatch", {{"QueueUrl", url},
                                   {"Entries", Array{Object{{"Id", "a"}, {"MessageBody", "1"}},
                                                     Object{{"Id", "a"}, {"MessageBody", "2"}}}}}),
      "BatchEntryIdsNotDistinct: Id a repeated.");
}

TEST_F(SqsTest, AttributesTravelAndAreSelected) {
  const std::string url = NewQueue("jobs");
  const Object attributes{{"rule.name", Object{{"DataType", "String"}, {"StringValue", "r"}}},
                          {"n", Object{{"DataType", "Number"}, {"StringValue", "7"}}}};
  const Object sent = Run(
      "SendMessage", {{"QueueUrl", url}, {"MessageBody", "x"}, {"MessageAttributes", attributes}});
  EXPECT_EQ(At(sent, "MD5OfMessageAttributes"), Md5OfAttributes(attributes));
  const Object got =
      Receive(url, {{"MessageAttributeNames", Array{"rule.*"}}, {"VisibilityTimeout", 0}});
  EXPECT_EQ(json::Serialize(got.at("Messages").at(0).at("MessageAttributes")),
            R"({"rule.name":{"DataType":"String","StringValue":"r"}})");
  EXPECT_EQ(At(Receive(url), "Messages.0.MessageAttributes"), "");
  EXPECT_TRUE(ErrorOf("SendMessage",
                      {{"QueueUrl", url},
                       {"MessageBody", "x"},
                       {"MessageAttributes",
                        Object{{"a..b", Object{{"DataType", "String"}, {"StringValue", "r"}}}}}})
                  .starts_with("InvalidParameterValue"));
}

TEST_F(SqsTest, OldMessagesAndPurgedOnesAreGone) {
  const std::string url = NewQueue("jobs", {{"MessageRetentionPeriod", "60"}});
  Send(url, "old");
  loop_.Advance(seconds(61));
  Send(url, "new");
  EXPECT_EQ(Attribute(url, "ApproximateNumberOfMessages"), "1");
  EXPECT_EQ(Bodies(url), Strings{"new"});
  Run("PurgeQueue", {{"QueueUrl", url}});
  loop_.Advance(seconds(31));
  EXPECT_EQ(Bodies(url), Strings());
}

TEST_F(SqsTest, PurgingWaitsAMinute) {
  const std::string url = NewQueue("jobs");
  Run("PurgeQueue", {{"QueueUrl", url}});
  Send(url, "after");
  EXPECT_EQ(ErrorOf("PurgeQueue", {{"QueueUrl", url}}),
            "PurgeQueueInProgress: Only one PurgeQueue operation on jobs is allowed every 60 "
            "seconds.");
  loop_.Advance(seconds(60));
  EXPECT_EQ(Attribute(url, "ApproximateNumberOfMessages"), "1");
  Run("PurgeQueue", {{"QueueUrl", url}});
  EXPECT_EQ(Attribute(url, "ApproximateNumberOfMessages"), "0");
}

TEST_F(SqsTest, ExpiredMessagesGoThoughNobodyLooks) {
  const std::string url = NewQueue("jobs", {{"MessageRetentionPeriod", "60"}});
  for (int i = 0; i < 3; ++i) Send(url, "old");
  loop_.Advance(std::chrono::minutes(11));
  int64_t rows = -1;
  store_->Read([&](store::Transaction& tx) {
    rows = tx.QueryInt("SELECT count(*) FROM sqs_messages").value_or(-1);
  });
  EXPECT_EQ(rows, 0);
}

TEST_F(SqsTest, OnlySoManyMessagesAreInFlight) {
  const std::string url = NewQueue("jobs");
  for (int i = 0; i < 7; ++i) Send(url, "m");
  const Object got = Receive(url, {{"MaxNumberOfMessages", 10}});
  EXPECT_EQ(json::GetArray(got, "Messages")->size(), 5u);
  EXPECT_TRUE(ErrorOf("ReceiveMessage", {{"QueueUrl", url}}).starts_with("OverLimit"));
  const auto patient = Begin("ReceiveMessage", {{"QueueUrl", url}, {"WaitTimeSeconds", 20}});
  loop_.RunUntilIdle();
  EXPECT_FALSE(patient->has_value());
  Run("DeleteMessage", {{"QueueUrl", url}, {"ReceiptHandle", At(got, "Messages.0.ReceiptHandle")}});
  EXPECT_EQ(Bodies(url), Strings{"m"});
}

TEST_F(SqsTest, AReceiptHoldsForTwelveHoursAndNotForOthers) {
  const std::string url = NewQueue("jobs", {{"VisibilityTimeout", "30"}});
  Send(url, "m");
  const auto change = [&](const std::string& handle, int timeout) {
    return ErrorOf("ChangeMessageVisibility",
                   {{"QueueUrl", url}, {"ReceiptHandle", handle}, {"VisibilityTimeout", timeout}});
  };
  const std::string first = At(Receive(url), "Messages.0.ReceiptHandle");
  EXPECT_EQ(change(first, 43'200), "");
  loop_.Advance(seconds(10));
  EXPECT_TRUE(change(first, 43'195).ends_with("beyond the limit [43200 seconds]"));
  EXPECT_EQ(change(first, 0), "");
  const std::string second = At(Receive(url), "Messages.0.ReceiptHandle");
  EXPECT_TRUE(change(first, 0).ends_with("The receipt handle has expired."));
  EXPECT_EQ(Bodies(url), Strings());  // Still the second receiver's.
  EXPECT_EQ(change(second, 0), "");
}

TEST_F(SqsTest, AnAttemptThatIsRepeatedGetsTheSameMessages) {
  const std::string url = NewQueue("q.fifo", {{"FifoQueue", "true"}, {"VisibilityTimeout", "30"}});
  for (const char* body : {"1", "2", "3"}) {
    Send(url, body, {{"MessageGroupId", "g"}, {"MessageDeduplicationId", body}});
  }
  const Object attempt{{"ReceiveRequestAttemptId", "a"}, {"MaxNumberOfMessages", 2}};
  const Object first = Receive(url, attempt);
  loop_.Advance(seconds(20));
  const Object again = Receive(url, attempt);
  EXPECT_EQ(At(again, "Messages"), At(first, "Messages"));
  loop_.Advance(seconds(20));  // The repetition hid them anew.
  EXPECT_EQ(Bodies(url), Strings());
  Run("DeleteMessage",
      {{"QueueUrl", url}, {"ReceiptHandle", At(first, "Messages.0.ReceiptHandle")}});
  EXPECT_EQ(At(Receive(url, attempt), "Messages"), "");  // Changed: a new attempt, and 2 is held.
  loop_.Advance(seconds(10));
  EXPECT_EQ(Bodies(url), (Strings{"2", "3"}));
  const std::string standard = NewQueue("jobs");
  EXPECT_TRUE(ErrorOf("ReceiveMessage", {{"QueueUrl", standard}, {"ReceiveRequestAttemptId", "a"}})
                  .starts_with("InvalidParameterValue"));
}

TEST_F(SqsTest, AFifoQueuesDelayHoldsForWhatIsInIt) {
  const std::string url = NewQueue("q.fifo", {{"FifoQueue", "true"}, {"DelaySeconds", "60"}});
  Send(url, "m", {{"MessageGroupId", "g"}, {"MessageDeduplicationId", "m"}});
  EXPECT_EQ(Bodies(url), Strings());
  Run("SetQueueAttributes", {{"QueueUrl", url}, {"Attributes", Object{{"DelaySeconds", "5"}}}});
  loop_.Advance(seconds(5));
  EXPECT_EQ(Bodies(url), Strings{"m"});
  EXPECT_TRUE(ErrorOf("SendMessage", {{"QueueUrl", url},
                                      {"MessageBody", "x"},
                                      {"MessageGroupId", "g"},
                                      {"MessageDeduplicationId", "x"},
                                      {"DelaySeconds", 1}})
                  .starts_with("InvalidParameterValue"));
}

TEST_F(SqsTest, FifoDeadLettersKeepTheirIdsAndOrder) {
  const std::string dead = NewQueue("dead.fifo", {{"FifoQueue", "true"}});
  const std::string url =
      NewSource("q.fifo", "dead.fifo", 1, {{"FifoQueue", "true"}, {"VisibilityTimeout", "0"}});
  Strings ids;
  for (const char* body : {"1", "2"}) {
    ids.push_back(Send(url, body, {{"MessageGroupId", "g"}, {"MessageDeduplicationId", body}}));
  }
  EXPECT_EQ(Bodies(url), (Strings{"1", "2"}));
  EXPECT_EQ(Bodies(url), Strings());
  const Object got =
      Receive(dead, {{"MaxNumberOfMessages", 10}, {"MessageSystemAttributeNames", Array{"All"}}});
  EXPECT_EQ(At(got, "Messages.0.Body"), "1");
  EXPECT_EQ(At(got, "Messages.1.Body"), "2");
  EXPECT_EQ(At(got, "Messages.0.MessageId"), ids[0]);
  EXPECT_EQ(At(got, "Messages.0.Attributes.MessageDeduplicationId"), ids[0]);
  EXPECT_EQ(At(got, "Messages.0.Attributes.DeadLetterQueueSourceArn"), ArnOf("q.fifo"));
}

TEST_F(SqsTest, DeduplicationMayBePerGroup) {
  const std::string url = NewQueue("q.fifo", {{"FifoQueue", "true"},
                                              {"ContentBasedDeduplication", "true"},
                                              {"DeduplicationScope", "messageGroup"},
                                              {"FifoThroughputLimit", "perMessageGroupId"}});
  const std::string first = Send(url, "same", {{"MessageGroupId", "a"}});
  EXPECT_EQ(Send(url, "same", {{"MessageGroupId", "a"}}), first);
  EXPECT_NE(Send(url, "same", {{"MessageGroupId", "b"}}), first);
  EXPECT_TRUE(
      ErrorOf("CreateQueue", {{"QueueName", "r.fifo"},
                              {"Attributes", Object{{"FifoQueue", "true"},
                                                    {"FifoThroughputLimit", "perMessageGroupId"}}}})
          .starts_with("InvalidAttributeValue"));
}

TEST_F(SqsTest, AMoveTaskBringsDeadLettersBackAtItsRate) {
  const std::string dead = NewQueue("dead");
  const std::string url = NewSource("jobs", "dead", 1, {{"VisibilityTimeout", "0"}});
  Strings ids;
  for (int i = 0; i < 6; ++i) ids.push_back(Send(url, std::to_string(i)));
  EXPECT_EQ(json::GetArray(Receive(url, {{"MaxNumberOfMessages", 10}}), "Messages")->size(), 5u);
  EXPECT_EQ(json::GetArray(Receive(url, {{"MaxNumberOfMessages", 10}}), "Messages")->size(), 1u);
  EXPECT_EQ(Bodies(url), Strings());
  ASSERT_EQ(Attribute(dead, "ApproximateNumberOfMessages"), "6");
  const auto count = [&] { return Attribute(url, "ApproximateNumberOfMessages"); };
  const std::string handle = At(Run("StartMessageMoveTask", {{"SourceArn", ArnOf("dead")},
                                                             {"MaxNumberOfMessagesPerSecond", 2}}),
                                "TaskHandle");
  EXPECT_EQ(count(), "1");
  loop_.Advance(seconds(1));
  EXPECT_EQ(count(), "3");
  EXPECT_TRUE(ErrorOf("StartMessageMoveTask", {{"SourceArn", ArnOf("dead")}})
                  .starts_with("UnsupportedOperation: There is already a task running."));
  Object listed = Run("ListMessageMoveTasks", {{"SourceArn", ArnOf("dead")}});
  EXPECT_EQ(At(listed, "Results.0.Status"), "RUNNING");
  EXPECT_EQ(At(listed, "Results.0.TaskHandle"), handle);
  EXPECT_EQ(At(listed, "Results.0.ApproximateNumberOfMessagesMoved"), "3");
  EXPECT_EQ(At(listed, "Results.0.ApproximateNumberOfMessagesToMove"), "6");
  EXPECT_EQ(At(Run("CancelMessageMoveTask", {{"TaskHandle", handle}}),
               "ApproximateNumberOfMessagesMoved"),
            "3");
  loop_.Advance(seconds(5));
  EXPECT_EQ(count(), "3");
  EXPECT_TRUE(ErrorOf("CancelMessageMoveTask", {{"TaskHandle", handle}})
                  .starts_with("UnsupportedOperation"));
  Send(dead, "not from a queue");
  Run("StartMessageMoveTask", {{"SourceArn", ArnOf("dead")}});
  EXPECT_EQ(count(), "6");
  listed = Run("ListMessageMoveTasks", {{"SourceArn", ArnOf("dead")}, {"MaxResults", 10}});
  EXPECT_EQ(At(listed, "Results.0.Status"), "FAILED");
  EXPECT_EQ(At(listed, "Results.0.FailureReason"), "CouldNotDetermineMessageSource");
  EXPECT_EQ(At(listed, "Results.0.TaskHandle"), "");
  EXPECT_EQ(At(listed, "Results.1.Status"), "CANCELLED");
  const Object got = Receive(url, {{"AttributeNames", Array{"All"}}});
  EXPECT_EQ(std::ranges::find(ids, At(got, "Messages.0.MessageId")), ids.end());
  EXPECT_EQ(At(got, "Messages.0.Attributes.ApproximateReceiveCount"), "1");
  EXPECT_EQ(At(got, "Messages.0.Attributes.DeadLetterQueueSourceArn"), "");
}

TEST_F(SqsTest, AMoveTaskGoesOnAfterARestartAndMayGoElsewhere) {
  const std::string dead = NewQueue("dead");
  NewSource("jobs", "dead");
  const std::string other = NewQueue("other");
  for (int i = 0; i < 4; ++i) Send(dead, std::to_string(i));
  Run("StartMessageMoveTask", {{"SourceArn", ArnOf("dead")},
                               {"DestinationArn", ArnOf("other")},
                               {"MaxNumberOfMessagesPerSecond", 1}});
  Send(dead, "later");
  service_object_.Stop();
  loop_.Advance(seconds(60));
  EXPECT_EQ(Attribute(other, "ApproximateNumberOfMessages"), "1");
  SqsService revived(*store_, loop_, clock_, random_);
  revived.Start();
  loop_.Advance(seconds(60));
  EXPECT_EQ(Attribute(other, "ApproximateNumberOfMessages"), "4");
  EXPECT_EQ(Attribute(dead, "ApproximateNumberOfMessages"), "1");
  EXPECT_EQ(At(Run("ListMessageMoveTasks", {{"SourceArn", ArnOf("dead")}}), "Results.0.Status"),
            "COMPLETED");
  revived.Stop();
}

TEST_F(SqsTest, MoveTasksAreRefusedWhereTheyMakeNoSense) {
  NewQueue("dead");
  NewQueue("other");
  NewQueue("other.fifo", {{"FifoQueue", "true"}});
  const auto refused = [&](Object input) {
    input["SourceArn"] = ArnOf("dead");
    return ErrorOf("StartMessageMoveTask", std::move(input));
  };
  EXPECT_EQ(refused({}),
            "InvalidParameterValue: Source queue must be configured as a Dead Letter Queue.");
  NewSource("jobs", "dead");
  EXPECT_TRUE(refused({{"DestinationArn", ArnOf("no")}}).starts_with("ResourceNotFoundException"));
  EXPECT_TRUE(refused({{"DestinationArn", ArnOf("dead")}}).starts_with("InvalidParameterValue"));
  EXPECT_TRUE(
      refused({{"DestinationArn", ArnOf("other.fifo")}}).starts_with("InvalidParameterValue"));
  EXPECT_TRUE(
      refused({{"MaxNumberOfMessagesPerSecond", 501}}).starts_with("InvalidParameterValue"));
  EXPECT_TRUE(ErrorOf("StartMessageMoveTask", {{"SourceArn", ArnOf("none")}})
                  .starts_with("ResourceNotFoundException"));
  EXPECT_TRUE(ErrorOf("CancelMessageMoveTask", {{"TaskHandle", "guess"}})
                  .starts_with("InvalidParameterValue"));
  permit_ = false;
  EXPECT_TRUE(refused({{"DestinationArn", ArnOf("other")}}).starts_with("AccessDeniedException"));
  permit_ = true;
  EXPECT_EQ(refused({{"DestinationArn", ArnOf("other")}}), "");
}

TEST_F(SqsTest, RefusesWhatTheServiceRefuses) {
  const std::string url = NewQueue("jobs");
  const auto refused = [&](Object more) {
    Object input{{"QueueUrl", url}, {"MessageBody", "x"}};
    for (const auto& [name, value] : more) input[name] = value;
    return ErrorOf("SendMessage", std::move(input));
  };
  const auto attribute = [&](const std::string& name, const std::string& type,
                             const std::string& value) {
    return refused({{"MessageAttributes",
                     Object{{name, Object{{"DataType", type}, {"StringValue", value}}}}}});
  };
  EXPECT_TRUE(attribute("AWS.x", "String", "v").starts_with("InvalidParameterValue"));
  EXPECT_TRUE(attribute("n", "Number", "seven").starts_with("InvalidParameterValue"));
  EXPECT_TRUE(attribute("n", "String", "\x01").starts_with("InvalidMessageContents"));
  EXPECT_EQ(attribute("n", "Number.int", "-12.5e3"), "");
  EXPECT_TRUE(refused({{"MessageGroupId", "two words"}}).starts_with("InvalidParameterValue"));
  EXPECT_TRUE(refused({{"MessageSystemAttributes",
                        Object{{"Other", Object{{"DataType", "String"}, {"StringValue", "v"}}}}}})
                  .starts_with("InvalidParameterValue"));
  EXPECT_TRUE(
      refused({{"MessageBody", std::string(1'048'577, 'x')}}).starts_with("InvalidParameterValue"));
  Array entries;
  for (const char* id : {"a", "b"}) {
    entries.push_back(Object{{"Id", id}, {"MessageBody", std::string(524'289, 'x')}});
  }
  EXPECT_TRUE(ErrorOf("SendMessageBatch", {{"QueueUrl", url}, {"Entries", entries}})
                  .starts_with("BatchRequestTooLong"));
  EXPECT_TRUE(ErrorOf("AddPermission", {{"QueueUrl", url},
                                        {"Label", "l"},
                                        {"AWSAccountIds", Array{"210987654321"}},
                                        {"Actions", Array{"DeleteQueue"}}})
                  .starts_with("InvalidParameterValue"));
}

TEST_F(SqsTest, EachMinuteTellsHowDeepAQueueIs) {
  const std::string url = NewQueue("jobs");
  NewQueue("idle");
  for (int i = 0; i < 3; ++i) Send(url, "m");
  Send(url, "later", {{"DelaySeconds", 900}});
  const Object got = Receive(url, {{"MaxNumberOfMessages", 2}, {"VisibilityTimeout", 300}});
  Run("DeleteMessage", {{"QueueUrl", url}, {"ReceiptHandle", At(got, "Messages.0.ReceiptHandle")}});
  loop_.Advance(seconds(60));
  const auto is = [&](const std::string& name) { return metrics_.values["jobs " + name]; };
  EXPECT_EQ(is("NumberOfMessagesSent"), 4);
  EXPECT_EQ(is("NumberOfMessagesReceived"), 2);
  EXPECT_EQ(is("NumberOfMessagesDeleted"), 1);
  EXPECT_EQ(is("ApproximateNumberOfMessagesVisible"), 1);
  EXPECT_EQ(is("ApproximateNumberOfMessagesNotVisible"), 1);
  EXPECT_EQ(is("ApproximateNumberOfMessagesDelayed"), 1);
  EXPECT_EQ(is("ApproximateAgeOfOldestMessage"), 60);
  EXPECT_FALSE(metrics_.values.contains("idle NumberOfMessagesSent"));
  Run("PurgeQueue", {{"QueueUrl", url}});
  loop_.Advance(seconds(60));
  EXPECT_EQ(is("NumberOfMessagesSent"), 0);
  EXPECT_EQ(is("ApproximateNumberOfMessagesVisible"), 0);
  loop_.Advance(std::chrono::hours(7));
  metrics_.values.clear();
  loop_.Advance(seconds(60));
  EXPECT_TRUE(metrics_.values.empty());
}

TEST_F(SqsTest, PolicyIsTheResourcePolicy) {
  const std::string url = NewQueue("jobs");
  const std::string arn = "arn:aws:sqs:us-east-1:123456789012:jobs";
  const auto policy = [&] {
    std::string text;
    store_->Read(
        [&](store::Transaction& tx) { text = (*registry_.FindResourcePolicy("sqs"))(arn, tx); });
    return text;
  };
  EXPECT_EQ(policy(), "");
  Run("AddPermission", {{"QueueUrl", url},
                        {"Label", "send"},
                        {"AWSAccountIds", Array{"210987654321"}},
                        {"Actions", Array{"SendMessage"}}});
  EXPECT_NE(policy().find("arn:aws:iam::210987654321:root"), std::string::npos);
  EXPECT_NE(policy().find("SQS:SendMessage"), std::string::npos);
  Run("RemovePermission", {{"QueueUrl", url}, {"Label", "send"}});
  EXPECT_EQ(policy(), "");
  Run("SetQueueAttributes",
      {{"QueueUrl", url}, {"Attributes", Object{{"Policy", "{\"Statement\":[]}"}}}});
  EXPECT_EQ(policy(), "{\"Statement\":[]}");
}

TEST_F(SqsTest, AUrlNamesTheAccountThatWasAuthorised) {
  const std::string url = NewQueue("jobs");
  scope_.account = AccountId("210987654321");
  EXPECT_EQ(
      At(Run("GetQueueUrl", {{"QueueName", "jobs"}, {"QueueOwnerAWSAccountId", "123456789012"}}),
         "QueueUrl"),
      url);
  EXPECT_TRUE(ErrorOf("GetQueueUrl", {{"QueueName", "jobs"}}).starts_with("QueueDoesNotExist"));
  // The pipeline has let the caller through to that account's queue.
  EXPECT_FALSE(Send("https://any.host/123456789012/jobs", "x").empty());
  // These are not read as URLs of that account there, so they must not be here.
  for (const char* odd : {"host/123456789012/jobs", "http://host/123456789012/jobs/",
                          "http://host/jobs", "jobs", ""}) {
    const std::string error = ErrorOf("SendMessage", {{"QueueUrl", odd}, {"MessageBody", "x"}});
    EXPECT_TRUE(error.starts_with("InvalidAddress") || error.starts_with("QueueDoesNotExist"))
        << odd << ": " << error;
  }
}

TEST_F(SqsTest, TagsPagesAndScopes) {
  const std::string url = NewQueue("jobs-1");
  NewQueue("jobs-2");
  NewQueue("other");
  Run("TagQueue", {{"QueueUrl", url}, {"Tags", Object{{"team", "sec"}, {"x", "y"}}}});
  Run("UntagQueue", {{"QueueUrl", url}, {"TagKeys", Array{"x"}}});
  EXPECT_EQ(At(Run("ListQueueTags", {{"QueueUrl", url}}), "Tags"), "{\"team\":\"sec\"}");
  const Object page = Run("ListQueues", {{"QueueNamePrefix", "jobs"}, {"MaxResults", 1}});
  EXPECT_EQ(At(page, "QueueUrls.0"), url);
  EXPECT_TRUE(At(Run("ListQueues", {{"QueueNamePrefix", "jobs"},
                                    {"MaxResults", 1},
                                    {"NextToken", At(page, "NextToken")}}),
                 "QueueUrls.0")
                  .ends_with("jobs-2"));
  scope_.account = AccountId("210987654321");
  EXPECT_TRUE(
      ErrorOf("SendMessage", {{"QueueUrl", "http://x/210987654321/jobs-1"}, {"MessageBody", "x"}})
          .starts_with("QueueDoesNotExist"));
}

}  // namespace
}  // namespace riposte::sqs
