// Dead letters, whoever owed them: one list with the reason, and a way back for each.
#include <gtest/gtest.h>

#include <set>

#include "app/testing/harness.h"

namespace riposte::app::testing {
namespace {

using json::Array;
using json::Object;

class DeadLettersFlow : public ::testing::Test {
 protected:
  std::string NewQueue(const std::string& name, Object attributes = {}) {
    if (!attributes.contains("Policy")) {
      attributes["Policy"] = json::Serialize(Object{
          {"Version", "2012-10-17"},
          {"Statement", Array{Object{{"Effect", "Allow"},
                                     {"Principal", Object{{"Service", "events.amazonaws.com"}}},
                                     {"Action", "sqs:SendMessage"},
                                     {"Resource", engine.Arn("sqs", name)}}}}});
    }
    return std::string(json::GetString(
        engine.Call("sqs", "CreateQueue", {{"QueueName", name}, {"Attributes", attributes}}),
        "QueueUrl"));
  }
  /// "jobs", which gives each message once and then puts it aside into "dead".
  std::string NewQueueThatWearsOut() {
    return NewQueue("jobs",
                    {{"VisibilityTimeout", "0"},
                     {"RedrivePolicy",
                      json::Serialize(Object{{"deadLetterTargetArn", engine.Arn("sqs", "dead")},
                                             {"maxReceiveCount", 1}})}});
  }
  /// A rule whose target is a queue that may not be there.
  void NewRule(const std::string& name, const std::string& queue, const std::string& dead = "") {
    Object target{{"Id", "1"}, {"Arn", engine.Arn("sqs", queue)}};
    if (!dead.empty()) target["DeadLetterConfig"] = Object{{"Arn", engine.Arn("sqs", dead)}};
    engine.Call("events", "PutRule",
                {{"Name", name}, {"EventPattern", R"({"source":[")" + name + R"("]})"}});
    engine.Call("events", "PutTargets", {{"Rule", name}, {"Targets", Array{target}}});
  }
  void Put(const std::string& source) {
    engine.Call(
        "events", "PutEvents",
        {{"Entries", Array{Object{{"Source", source}, {"DetailType", "t"}, {"Detail", "{}"}}}}});
  }
  Array List(Object input = {}) {
    return engine.Call("riposte", "ListDeadLetters", std::move(input)).at("DeadLetters").as_array();
  }
  Object Redrive(Object input) {
    return engine.Call("riposte", "RedriveDeadLetters", std::move(input));
  }
  /// Receives one message; "" when there is none. It stays in flight.
  Object Take(const std::string& url) {
    const Object got = engine.Call("sqs", "ReceiveMessage", {{"QueueUrl", url}});
    const Array* messages = json::GetArray(got, "Messages");
    return messages == nullptr ? Object() : messages->at(0).as_object();
  }
  static std::string Text(const json::Value& letter, std::string_view name) {
    return std::string(json::GetString(letter.as_object(), name));
  }

  Harness engine{{.durable = true}};
};

TEST_F(DeadLettersFlow, WhatHadNoQueueIsListedAndRedriven) {
  NewRule("app", "inbox");
  Put("app");
  Array letters = List();
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(Text(letters[0], "Kind"), "rule-target");
  EXPECT_EQ(Text(letters[0], "SourceArn"), engine.Arn("events", "rule/app"));
  EXPECT_EQ(Text(letters[0], "TargetArn"), engine.Arn("sqs", "inbox"));
  EXPECT_EQ(Text(letters[0], "QueueArn"), "");
  EXPECT_NE(Text(letters[0], "ErrorCode"), "");
  const Object shown = engine.Call("riposte", "DescribeDeadLetter", {{"Id", letters[0].at("Id")}});
  EXPECT_EQ(shown.at("DeadLetter"), letters[0]);
  EXPECT_NE(json::GetString(shown, "Body").find("app"), std::string::npos);
  EXPECT_EQ(engine.CallError("riposte", "DescribeDeadLetter", {{"Id", "d-99"}}),
            "ResourceNotFoundException");
  // While the target is missing it dies again, once: not in circles.
  const Object again = Redrive({{"All", true}});
  EXPECT_EQ(again.at("Redriven"), 1);
  EXPECT_FALSE(again.contains("NextToken"));
  letters = List();
  ASSERT_EQ(letters.size(), 1u);
  engine.Restart();
  const std::string url = NewQueue("inbox");
  EXPECT_EQ(Redrive({{"Ids", Array{letters[0].at("Id")}}}).at("Redriven"), 1);
  EXPECT_NE(json::GetString(Take(url), "Body"), "");
  EXPECT_TRUE(Take(url).empty());
  EXPECT_TRUE(List().empty());
  const Object gone = Redrive({{"Ids", Array{letters[0].at("Id")}}});
  EXPECT_EQ(gone.at("Redriven"), 0);
  EXPECT_EQ(gone.at("Failed").at(0).at("Reason"), "There is no such dead letter.");
}

TEST_F(DeadLettersFlow, ARunbookThatARuleStartedAndThatFailedIsOneOfThem) {
  engine.Call("ssm", "CreateDocument",
              {{"Name", "Answer"},
               {"DocumentType", "Automation"},
               {"Content", R"({"schemaVersion": "0.3", "parameters": {"Source": {"type": "String"}},
                  "mainSteps": [{"name": "read", "action": "aws:executeAwsApi", "inputs": {
                      "Service": "ssm", "Api": "GetParameter", "Name": "{{ Source }}"}}]})"}});
  const std::string runbook = engine.Arn("ssm", "automation-definition/Answer");
  Object target{{"Id", "1"}, {"Arn", runbook}, {"Input", R"({"Source":["wanted"]})"}};
  engine.Call("iam", "CreateRole",
              {{"RoleName", "answer"},
               {"AssumeRolePolicyDocument",
                R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
                    "Principal":{"Service":"events.amazonaws.com"}}]})"}});
  engine.Call("iam", "PutRolePolicy",
              {{"RoleName", "answer"},
               {"PolicyName", "p"},
               {"PolicyDocument", R"({"Version":"2012-10-17","Statement":[
                    {"Effect":"Allow","Action":"ssm:*","Resource":"*"}]})"}});
  target["RoleArn"] = "arn:aws:iam::123456789012:role/answer";
  engine.Call("events", "PutRule", {{"Name", "answer"}, {"EventPattern", R"({"source":["app"]})"}});
  engine.Call("events", "PutTargets", {{"Rule", "answer"}, {"Targets", Array{target}}});

  // A person sees what comes of a call: that is no dead letter.
  engine.Call("ssm", "StartAutomationExecution",
              {{"DocumentName", "Answer"}, {"Parameters", Object{{"Source", Array{"wanted"}}}}});
  EXPECT_TRUE(List().empty());
  engine.AdvanceTime(std::chrono::seconds(1));
  Put("app");
  Array letters = List();
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(Text(letters[0], "Kind"), "execution");
  EXPECT_EQ(Text(letters[0], "TargetArn"), runbook + ":1");
  EXPECT_NE(Text(letters[0], "SourceArn").find("automation-execution/"), std::string::npos);
  EXPECT_EQ(Text(letters[0], "ErrorCode"), "EXECUTION_FAILED");
  EXPECT_NE(Text(letters[0], "ErrorMessage").find("ParameterNotFound"), std::string::npos)
      << Text(letters[0], "ErrorMessage");

  // Redriven, it runs again as it did: it fails again, or it does not.
  EXPECT_EQ(Redrive({{"All", true}}).at("Redriven"), 1);
  letters = List();
  ASSERT_EQ(letters.size(), 1u);
  engine.Restart();
  engine.AdvanceTime(std::chrono::seconds(1));
  engine.Call("ssm", "PutParameter", {{"Name", "wanted"}, {"Value", "v"}, {"Type", "String"}});
  EXPECT_EQ(Redrive({{"Ids", Array{letters[0].at("Id")}}}).at("Redriven"), 1);
  EXPECT_TRUE(List().empty());
  const Object runs = engine.Call("ssm", "DescribeAutomationExecutions");
  const Array& list = runs.at("AutomationExecutionMetadataList").as_array();
  ASSERT_EQ(list.size(), 4u);
  EXPECT_EQ(Text(list[0], "AutomationExecutionStatus"), "Success");
  EXPECT_EQ(Text(list[0], "ExecutedBy"), Text(list[1], "ExecutedBy"));
}

TEST_F(DeadLettersFlow, ALetterLeavesItsQueueWhenItIsRedriven) {
  const std::string dead = NewQueue("dead");
  NewRule("app", "inbox", "dead");
  Put("app");
  Put("app");
  Array letters = List();
  ASSERT_EQ(letters.size(), 2u);
  EXPECT_EQ(Text(letters[0], "QueueArn"), engine.Arn("sqs", "dead"));
  const Object taken = Take(dead);
  EXPECT_EQ(json::GetString(taken, "MessageId"), Text(letters[0], "MessageId"));
  // Who deletes a letter has dealt with it.
  engine.Call("sqs", "DeleteMessage",
              {{"QueueUrl", dead}, {"ReceiptHandle", taken.at("ReceiptHandle")}});
  EXPECT_EQ(List().size(), 1u);
  EXPECT_TRUE(List({{"QueueArn", engine.Arn("sqs", "other")}}).empty());
  EXPECT_TRUE(List({{"Kind", "function"}}).empty());
  engine.Restart();
  const std::string url = NewQueue("inbox");
  EXPECT_EQ(Redrive({{"All", true}, {"QueueArn", engine.Arn("sqs", "dead")}}).at("Redriven"), 1);
  EXPECT_NE(json::GetString(Take(url), "Body"), "");
  EXPECT_TRUE(Take(url).empty());
  EXPECT_TRUE(Take(dead).empty());
  EXPECT_TRUE(List().empty());
}

TEST_F(DeadLettersFlow, WornOutMessagesGoBackToTheirQueue) {
  const std::string dead = NewQueue("dead");
  const std::string url = NewQueueThatWearsOut();
  engine.Call("sqs", "SendMessage", {{"QueueUrl", url}, {"MessageBody", "poison"}});
  EXPECT_FALSE(Take(url).empty());
  EXPECT_TRUE(Take(url).empty());
  const Array letters = List();
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(Text(letters[0], "Kind"), "queue-message");
  EXPECT_EQ(Text(letters[0], "ErrorCode"), "MAX_RECEIVES");
  EXPECT_EQ(Text(letters[0], "SourceArn"), engine.Arn("sqs", "jobs"));
  EXPECT_EQ(Text(letters[0], "QueueArn"), engine.Arn("sqs", "dead"));
  const Object shown = engine.Call("riposte", "DescribeDeadLetter", {{"Id", letters[0].at("Id")}});
  EXPECT_EQ(shown.at("DeadLetter"), letters[0]);
  EXPECT_EQ(shown.at("Body"), "poison");
  EXPECT_FALSE(Take(dead).empty());
  EXPECT_EQ(Redrive({{"All", true}}).at("Failed").at(0).at("Reason"),
            "Somebody holds the message: it is in flight.");
  engine.AdvanceTime(std::chrono::seconds(31));
  EXPECT_EQ(Redrive({{"All", true}}).at("Redriven"), 1);
  EXPECT_EQ(json::GetString(Take(url), "Body"), "poison");
  EXPECT_TRUE(List().empty());
}

TEST_F(DeadLettersFlow, AWornOutMessageThatNobodyHoldsGoesBackThoughTheClockWasSetBack) {
  NewQueue("dead");
  const std::string url = NewQueueThatWearsOut();
  engine.Call("sqs", "SendMessage", {{"QueueUrl", url}, {"MessageBody", "poison"}});
  EXPECT_FALSE(Take(url).empty());
  EXPECT_TRUE(Take(url).empty());
  const std::string other = NewQueue("other");
  engine.Call("sqs", "SendMessage", {{"QueueUrl", other}, {"MessageBody", "waits"}});
  engine.clock.Set(engine.clock.Now() - std::chrono::hours(1));
  EXPECT_EQ(Redrive({{"All", true}}).at("Redriven"), 1);
  EXPECT_TRUE(List().empty());
  // That the clock was set back is not forgotten over what was moved since.
  engine.Restart();
  EXPECT_EQ(json::GetString(Take(other), "Body"), "waits");
}

TEST_F(DeadLettersFlow, ALetterThatSomebodyHoldsIsTheirs) {
  const std::string dead = NewQueue("dead");
  NewRule("app", "inbox", "dead");
  Put("app");
  const std::string url = NewQueue("inbox");
  const Object taken = Take(dead);
  ASSERT_FALSE(taken.empty());
  const Object held = Redrive({{"All", true}});
  EXPECT_EQ(held.at("Redriven"), 0);
  EXPECT_EQ(held.at("Failed").at(0).at("Reason"), "Somebody holds the message: it is in flight.");
  EXPECT_TRUE(Take(url).empty());
  EXPECT_EQ(List().size(), 1u) << "it is a dead letter still";
  engine.AdvanceTime(std::chrono::seconds(31));
  EXPECT_EQ(Redrive({{"All", true}}).at("Redriven"), 1);
  EXPECT_FALSE(Take(url).empty());
  EXPECT_TRUE(Take(dead).empty());
}

TEST_F(DeadLettersFlow, AllAreRedrivenWhenTheClockWasSetBack) {
  NewRule("app", "inbox");
  Put("app");
  ASSERT_EQ(List().size(), 1u);
  const std::string url = NewQueue("inbox");
  engine.loop.JumpTo(engine.clock.Now() - std::chrono::hours(48));
  EXPECT_EQ(Redrive({{"All", true}}).at("Redriven"), 1);
  EXPECT_FALSE(Take(url).empty());
}

TEST_F(DeadLettersFlow, AMoveSeesWhatIsFreeWhenTheClockWasSetBack) {
  const std::string dead = NewQueue("dead");
  const std::string url = NewQueueThatWearsOut();
  engine.Call("sqs", "SendMessage", {{"QueueUrl", url}, {"MessageBody", "poison"}});
  EXPECT_FALSE(Take(url).empty());
  EXPECT_TRUE(Take(url).empty());
  engine.loop.JumpTo(engine.clock.Now() - std::chrono::hours(48));
  engine.Call("sqs", "StartMessageMoveTask", {{"SourceArn", engine.Arn("sqs", "dead")}});
  engine.RunUntilIdle();
  EXPECT_EQ(json::GetString(Take(url), "Body"), "poison");
}

TEST_F(DeadLettersFlow, PagesCoverBothKinds) {
  NewQueue("dead");
  const std::string url = NewQueueThatWearsOut();
  NewRule("app", "inbox");
  for (int i = 0; i < 3; ++i) Put("app");
  for (int i = 0; i < 3; ++i) {
    engine.Call("sqs", "SendMessage", {{"QueueUrl", url}, {"MessageBody", "m"}});
    EXPECT_FALSE(Take(url).empty());
    EXPECT_TRUE(Take(url).empty());
  }
  for (const int size : {1, 2, 3, 4, 6, 7}) {
    std::set<std::string> seen;
    int pages = 0;
    std::string token;
    do {
      Object input{{"MaxResults", size}};
      json::SetIfNotEmpty(input, "NextToken", token);
      const Object page = engine.Call("riposte", "ListDeadLetters", input);
      for (const json::Value& letter : page.at("DeadLetters").as_array()) {
        EXPECT_TRUE(seen.insert(Text(letter, "Id")).second);
      }
      token = std::string(json::GetString(page, "NextToken"));
    } while (!token.empty() && ++pages < 10);
    EXPECT_EQ(seen.size(), 6u) << size;
  }
  EXPECT_EQ(engine.CallError("riposte", "RedriveDeadLetters"), "ValidationException");
  EXPECT_EQ(engine.CallError("riposte", "RedriveDeadLetters", {{"All", true}, {"NextToken", "x"}}),
            "ValidationException");
  EXPECT_EQ(Redrive({{"Ids", Array{"d-0", "x", "q-99"}}}).at("Failed").as_array().size(), 3u);
}

TEST_F(DeadLettersFlow, MoveTasksAndFifoTopicsWorkThroughTheWholeEngine) {
  const std::string dead = NewQueue("dead");
  const std::string url = NewQueueThatWearsOut();
  engine.Call("sqs", "SendMessage", {{"QueueUrl", url}, {"MessageBody", "poison"}});
  EXPECT_FALSE(Take(url).empty());
  EXPECT_TRUE(Take(url).empty());
  // A user who may start moves, but not send to the destination.
  engine.Call("iam", "CreateUser", {{"UserName", "mover"}});
  const auto allow = [&](Array actions) {
    engine.Call("iam", "PutUserPolicy",
                {{"UserName", "mover"},
                 {"PolicyName", "p"},
                 {"PolicyDocument",
                  json::Serialize(Object{{"Version", "2012-10-17"},
                                         {"Statement", Array{Object{{"Effect", "Allow"},
                                                                    {"Action", std::move(actions)},
                                                                    {"Resource", "*"}}}}})}});
  };
  access::Principal mover;
  mover.kind = access::Principal::Kind::kUser;
  mover.account = engine.scope().account;
  mover.arn = "arn:aws:iam::" + mover.account.str() + ":user/mover";
  const Object move{{"SourceArn", engine.Arn("sqs", "dead")},
                    {"DestinationArn", engine.Arn("sqs", "jobs")}};
  allow({"sqs:StartMessageMoveTask", "sqs:ReceiveMessage", "sqs:DeleteMessage"});
  const auto refused = engine.TryCallAs(mover, "sqs", "StartMessageMoveTask", move);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error->code(), "AccessDeniedException");
  allow({"sqs:*"});
  const auto started = engine.TryCallAs(mover, "sqs", "StartMessageMoveTask", move);
  ASSERT_TRUE(started.ok()) << started.error->message();
  engine.RunUntilIdle();
  EXPECT_EQ(json::GetString(Take(url), "Body"), "poison");
}

}  // namespace
}  // namespace riposte::app::testing
