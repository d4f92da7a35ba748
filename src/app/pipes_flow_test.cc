// Pipes over the whole engine: from a queue through filter, enrichment and template to targets,
// and what becomes of messages that do not arrive.
#include <gtest/gtest.h>

#include <algorithm>

#include "app/testing/harness.h"
#include "base/encoding.h"
#include "functions/testing/zip_writer.h"

namespace riposte::app::testing {
namespace {

using functions::testing::FakeRunner;
using json::Array;
using json::Object;
using std::chrono::minutes;
using std::chrono::seconds;

class PipesFlow : public ::testing::Test {
 protected:
  PipesFlow() {
    engine.Call("iam", "CreateRole",
                {{"RoleName", "pipe"},
                 {"AssumeRolePolicyDocument",
                  R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",
                      "Principal":{"Service":["pipes.amazonaws.com","lambda.amazonaws.com"]},
                      "Action":"sts:AssumeRole"}]})"}});
    engine.Call("iam", "PutRolePolicy",
                {{"RoleName", "pipe"},
                 {"PolicyName", "p"},
                 {"PolicyDocument", R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",
                     "Resource":"*","Action":["sqs:*","events:*","lambda:*","logs:*","sns:*"]}]})"}});
    CreateQueue("dead");
    CreateQueue("in", {{"RedrivePolicy",
                        json::Serialize(Object{{"deadLetterTargetArn", engine.Arn("sqs", "dead")},
                                               {"maxReceiveCount", 3}})}});
    CreateQueue("out");
  }
  void CreateQueue(const std::string& name, Object attributes = {}) {
    engine.Call("sqs", "CreateQueue", {{"QueueName", name}, {"Attributes", std::move(attributes)}});
  }
  void Allow(const std::string& queue, const std::string& service) {
    engine.Call("sqs", "SetQueueAttributes",
                {{"QueueUrl", QueueUrl(queue)},
                 {"Attributes", Object{{"Policy",
                                        R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",
                              "Action":"sqs:SendMessage","Resource":"*",
                              "Principal":{"Service":")" +
                                            service + R"("}}]})"}}}});
  }
  void RuleTo(const std::string& queue, const std::string& pattern, const std::string& path) {
    Allow(queue, "events.amazonaws.com");
    engine.Call("events", "PutRule", {{"Name", "r"}, {"EventPattern", pattern}});
    engine.Call(
        "events", "PutTargets",
        {{"Rule", "r"},
         {"Targets",
          Array{Object{{"Id", "1"}, {"Arn", engine.Arn("sqs", queue)}, {"InputPath", path}}}}});
  }
  std::string QueueUrl(const std::string& queue) {
    return "http://localhost/" + engine.scope().account.str() + "/" + queue;
  }
  std::string Role() { return MakeGlobalArn("iam", engine.scope().account, "role/pipe"); }
  Object Pipe(Object more = {}) {
    Object input{{"Name", "p"},
                 {"Source", engine.Arn("sqs", "in")},
                 {"Target", engine.Arn("sqs", "out")},
                 {"RoleArn", Role()}};
    for (const auto& [key, value] : more) input[key] = value;
    return input;
  }
  Object Create(Object more = {}) {
    return engine.Call("pipes", "CreatePipe", Pipe(std::move(more)));
  }
  void CreateFunction(const std::string& name, FakeRunner::Function code) {
    engine.Call("lambda", "CreateFunction",
                {{"FunctionName", name},
                 {"Runtime", "python3.12"},
                 {"Role", Role()},
                 {"Handler", "app.handler"},
                 {"Code", Object{{"ZipFile", Base64Encode(functions::testing::MakeZip(
                                                 {{"app.py", "def handler(e, c): pass\n"}}))}}}});
    engine.functions.functions[name] = std::move(code);
  }
  void Send(const std::string& body, Object more = {}, const std::string& queue = "in") {
    Object input{{"QueueUrl", QueueUrl(queue)}, {"MessageBody", body}};
    for (const auto& [key, value] : more) input[key] = value;
    engine.Call("sqs", "SendMessage", std::move(input));
    engine.RunUntilIdle();
  }
  /// Bodies, in order of arrival; they are taken out.
  std::vector<std::string> Receive(const std::string& queue) {
    std::vector<std::string> out;
    while (true) {
      const Object page = engine.Call("sqs", "ReceiveMessage",
                                      {{"QueueUrl", QueueUrl(queue)}, {"MaxNumberOfMessages", 10}});
      const Array* messages = json::GetArray(page, "Messages");
      if (!messages || messages->empty()) return out;
      for (const json::Value& message : *messages) {
        out.emplace_back(json::GetString(message.as_object(), "Body"));
        engine.Call("sqs", "DeleteMessage",
                    {{"QueueUrl", QueueUrl(queue)},
                     {"ReceiptHandle", json::GetString(message.as_object(), "ReceiptHandle")}});
      }
    }
  }
  std::string State() {
    return std::string(
        json::GetString(engine.Call("pipes", "DescribePipe", {{"Name", "p"}}), "CurrentState"));
  }
  /// Messages in the source queue, seen or not.
  int64_t Waiting() {
    const Object reply =
        engine.Call("sqs", "GetQueueAttributes",
                    {{"QueueUrl", QueueUrl("in")}, {"AttributeNames", Array{"All"}}});
    const Object& all = *json::GetObject(reply, "Attributes");
    return std::stoll(std::string(json::GetString(all, "ApproximateNumberOfMessages"))) +
           std::stoll(std::string(json::GetString(all, "ApproximateNumberOfMessagesNotVisible")));
  }

  Harness engine{{.durable = true}};
};

using Bodies = std::vector<std::string>;

TEST_F(PipesFlow, FromQueueToQueueThroughFilterAndTemplate) {
  const Object created = Create(
      {{"SourceParameters",
        Object{{"FilterCriteria",
                Object{{"Filters", Array{Object{{"Pattern", R"({"body": {"kind": ["order"]}})"}},
                                         Object{{"Pattern", R"({"body": ["plain"]})"}}}}}}}},
       {"TargetParameters",
        Object{{"InputTemplate", R"("<$.body.id> of <aws.pipes.pipe-name>")"}}}});
  EXPECT_EQ(json::GetString(created, "CurrentState"), "CREATING");
  EXPECT_EQ(State(), "RUNNING");
  Send(R"({"kind": "order", "id": "o-1"})");
  Send(R"({"kind": "other", "id": "o-2"})");
  Send("noise");
  Send("plain");
  EXPECT_EQ(Receive("out"), (Bodies{"o-1 of p", " of p"}));
  EXPECT_EQ(Waiting(), 0) << "what the filter leaves out is deleted";
}

TEST_F(PipesFlow, EnrichmentsReplyTakesTheEventsPlace) {
  CreateFunction("enrich", [](const functions::Invocation& invocation) {
    Array out;
    const Array events = json::Parse(invocation.payload)->as_array();
    for (const json::Value& event : events) {
      if (json::View(event) == "skip") continue;
      out.push_back(Object{{"seen", event}});
      out.push_back(Object{{"again", event}});
    }
    return functions::InvokeResult{.payload = json::Serialize(out)};
  });
  Create({{"Enrichment", engine.Arn("lambda", "function:enrich")},
          {"EnrichmentParameters", Object{{"InputTemplate", "\"<$.body>\""}}}});
  Send("a");
  Send("skip");
  EXPECT_EQ(Receive("out"), (Bodies{R"({"seen":"a"})", R"({"again":"a"})"}));
  EXPECT_EQ(Waiting(), 0);
}

TEST_F(PipesFlow, WhatDoesNotArriveComesAgainAndThenIsADeadLetter) {
  int calls = 0;
  CreateFunction("handler", [&calls](const functions::Invocation&) {
    ++calls;
    return FakeRunner::Raise("Error", "no");
  });
  Create({{"Target", engine.Arn("lambda", "function:handler")}});
  Send("a");
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(Waiting(), 1);
  engine.AdvanceTime(minutes(3));
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(Receive("dead"), Bodies{"a"});
}

TEST_F(PipesFlow, AFunctionMayNameTheMessagesThatFailed) {
  std::vector<size_t> sizes;
  CreateFunction("handler", [&sizes](const functions::Invocation& invocation) {
    const Array events = json::Parse(invocation.payload)->as_array();
    sizes.push_back(events.size());
    Array failed;
    for (const json::Value& event : events) {
      if (json::GetString(event.as_object(), "body") != "bad") continue;
      failed.push_back(Object{{"itemIdentifier", json::GetString(event.as_object(), "messageId")}});
    }
    return functions::InvokeResult{
        .payload = json::Serialize(Object{{"batchItemFailures", std::move(failed)}})};
  });
  Create({{"Target", engine.Arn("lambda", "function:handler")},
          {"SourceParameters",
           Object{{"SqsQueueParameters",
                   Object{{"BatchSize", 10}, {"MaximumBatchingWindowInSeconds", 5}}}}}});
  Send("good");
  Send("bad");
  Send("good");
  EXPECT_TRUE(sizes.empty()) << "the window gathers";
  engine.AdvanceTime(seconds(6));
  EXPECT_EQ(sizes, std::vector<size_t>{3});
  EXPECT_EQ(Waiting(), 1);
}

TEST_F(PipesFlow, FifoQueuesStayInOrder) {
  CreateQueue("in.fifo", {{"FifoQueue", "true"}, {"ContentBasedDeduplication", "true"}});
  CreateQueue("out.fifo", {{"FifoQueue", "true"}});
  Create(
      {{"Source", engine.Arn("sqs", "in.fifo")},
       {"Target", engine.Arn("sqs", "out.fifo")},
       {"TargetParameters", Object{{"InputTemplate", "\"<$.body>\""},
                                   {"SqsQueueParameters", Object{{"MessageGroupId", "only"}}}}}});
  Bodies sent;
  for (int i = 0; i < 12; ++i) {
    sent.push_back("m" + std::to_string(i));
    Send(sent.back(), {{"MessageGroupId", "g"}}, "in.fifo");
  }
  engine.AdvanceTime(minutes(1));
  EXPECT_EQ(Receive("out.fifo"), sent);
}

TEST_F(PipesFlow, ToABusAndALogGroup) {
  RuleTo("out", R"({"source":["shop"],"detail":{"id":[7]}})", "$.detail-type");
  Create(
      {{"Target", engine.Arn("events", "event-bus/default")},
       {"TargetParameters", Object{{"InputTemplate", R"({"id": <$.body.id>})"},
                                   {"EventBridgeEventBusParameters",
                                    Object{{"Source", "shop"}, {"DetailType", "$.body.type"}}}}}});
  Send(R"({"id": 7, "type": "sold"})");
  EXPECT_EQ(Receive("out"), Bodies{"\"sold\""});

  engine.Call("logs", "CreateLogGroup", {{"logGroupName", "/pipes/in"}});
  engine.Call("pipes", "UpdatePipe",
              {{"Name", "p"},
               {"RoleArn", Role()},
               {"Target", engine.Arn("logs", "log-group:/pipes/in")},
               {"TargetParameters", Object{{"InputTemplate", "\"<$.body>\""}}}});
  EXPECT_EQ(State(), "RUNNING");
  Send("one");
  Send("two");
  engine.AdvanceTime(minutes(1));
  const Object events = engine.Call("logs", "FilterLogEvents", {{"logGroupName", "/pipes/in"}});
  EXPECT_EQ(events.at("events").as_array().size(), 2U);
  EXPECT_EQ(Waiting(), 0);
}

TEST_F(PipesFlow, StatesAreReachedAndKept) {
  Create({{"DesiredState", "STOPPED"}});
  EXPECT_EQ(State(), "STOPPED");
  Send("a");
  EXPECT_TRUE(Receive("out").empty());
  EXPECT_EQ(json::GetString(engine.Call("pipes", "StartPipe", {{"Name", "p"}}), "CurrentState"),
            "STARTING");
  EXPECT_EQ(State(), "RUNNING");
  EXPECT_EQ(Receive("out").size(), 1U);
  engine.Restart();
  EXPECT_EQ(State(), "RUNNING");
  Send("b");
  EXPECT_EQ(Receive("out").size(), 1U);
  engine.Call("pipes", "StopPipe", {{"Name", "p"}});
  EXPECT_EQ(State(), "STOPPED");
  const Object gone = engine.Call("pipes", "DeletePipe", {{"Name", "p"}});
  EXPECT_EQ(json::GetString(gone, "CurrentState"), "DELETING");
  EXPECT_EQ(engine.CallError("pipes", "DescribePipe", {{"Name", "p"}}), "NotFoundException");
}

TEST_F(PipesFlow, OneThatCannotBeSentHoldsUpNoOther) {
  Create({{"Target", engine.Arn("events", "event-bus/default")},
          {"SourceParameters",
           Object{{"SqsQueueParameters",
                   Object{{"BatchSize", 10}, {"MaximumBatchingWindowInSeconds", 5}}}}},
          {"TargetParameters", Object{{"InputTemplate", "<$.body>"},
                                      {"EventBridgeEventBusParameters",
                                       Object{{"Source", "shop"}, {"DetailType", "t"}}}}}});
  RuleTo("out", R"({"source":["shop"]})", "$.detail.n");
  Send(R"({"n": "1"})");
  Send("no document");
  Send(R"({"n": "3"})");
  engine.AdvanceTime(seconds(6));
  EXPECT_EQ(Receive("out"), (Bodies{"\"1\"", "\"3\""}));
  EXPECT_EQ(Waiting(), 1);
  engine.AdvanceTime(minutes(3));
  EXPECT_EQ(Receive("dead"), Bodies{"no document"});
  EXPECT_TRUE(Receive("out").empty());
}

TEST_F(PipesFlow, AValueThatNoCallTakesHoldsUpNoOther) {
  CreateQueue("out.fifo", {{"FifoQueue", "true"}});
  Create({{"Target", engine.Arn("sqs", "out.fifo")},
          {"SourceParameters",
           Object{{"SqsQueueParameters",
                   Object{{"BatchSize", 10}, {"MaximumBatchingWindowInSeconds", 5}}}}},
          {"TargetParameters",
           Object{{"InputTemplate", "<$.body.n>"},
                  {"SqsQueueParameters", Object{{"MessageGroupId", "$.body.group"}}}}}});
  Send(R"({"n": 1, "group": "g"})");
  Send(R"({"n": 2, "group": "no group may have such a name"})");
  Send(R"({"n": 3})");
  Send(R"({"n": 4, "group": "g"})");
  engine.AdvanceTime(seconds(6));
  EXPECT_EQ(Receive("out.fifo"), (Bodies{"1", "4"}));
  EXPECT_EQ(Waiting(), 2);
}

TEST_F(PipesFlow, AFailureHoldsUpItsGroupOnly) {
  CreateQueue("in.fifo", {{"FifoQueue", "true"}, {"ContentBasedDeduplication", "true"}});
  Create({{"Source", engine.Arn("sqs", "in.fifo")},
          {"SourceParameters",
           Object{{"SqsQueueParameters",
                   Object{{"BatchSize", 10}, {"MaximumBatchingWindowInSeconds", 5}}}}},
          {"TargetParameters", Object{{"InputTemplate", "\"<$.body>\""},
                                      {"SqsQueueParameters", Object{{"MessageGroupId", "x"}}}}}});
  engine.Call(
      "sqs", "SetQueueAttributes",
      {{"QueueUrl", QueueUrl("out")}, {"Attributes", Object{{"MaximumMessageSize", "1024"}}}});
  Send("a1", {{"MessageGroupId", "a"}}, "in.fifo");
  Send(std::string(2000, 'a'), {{"MessageGroupId", "a"}}, "in.fifo");
  Send("a3", {{"MessageGroupId", "a"}}, "in.fifo");
  Send("b1", {{"MessageGroupId", "b"}}, "in.fifo");
  engine.AdvanceTime(seconds(12));
  EXPECT_EQ(Receive("out"), (Bodies{"a1", "b1"}));
  engine.Call(
      "sqs", "SetQueueAttributes",
      {{"QueueUrl", QueueUrl("out")}, {"Attributes", Object{{"MaximumMessageSize", "262144"}}}});
  engine.AdvanceTime(minutes(1));
  EXPECT_EQ(Receive("out"), (Bodies{std::string(2000, 'a'), "a3"}));
}

TEST_F(PipesFlow, ThroughAnApiDestinationToAnother) {
  const std::string connection(json::GetString(
      engine.Call("events", "CreateConnection",
                  {{"Name", "c"},
                   {"AuthorizationType", "API_KEY"},
                   {"AuthParameters",
                    Object{{"ApiKeyAuthParameters",
                            Object{{"ApiKeyName", "X-Key"}, {"ApiKeyValue", "sesame"}}}}}}),
      "ConnectionArn"));
  const auto destination = [&](const std::string& name, const std::string& url) {
    return std::string(json::GetString(engine.Call("events", "CreateApiDestination",
                                                   {{"Name", name},
                                                    {"ConnectionArn", connection},
                                                    {"InvocationEndpoint", url},
                                                    {"HttpMethod", "POST"}}),
                                       "ApiDestinationArn"));
  };
  const std::string enrich = destination("enrich", "https://facts.example.com/of/*");
  const std::string target = destination("target", "https://hooks.example.com/in");
  int status = 503;
  engine.http.answer = [&](const http::OutgoingRequest& request) {
    http::Response response;
    if (request.url.starts_with("https://facts")) {
      response.body = R"({"fact": "known"})";
    } else {
      response.status = status;
    }
    return response;
  };
  Create(
      {{"Enrichment", enrich},
       {"EnrichmentParameters",
        Object{{"InputTemplate", R"({"about": <$.body.id>})"},
               {"HttpParameters", Object{{"PathParameterValues", Array{"$.body.id"}}}}}},
       {"Target", target},
       {"TargetParameters",
        Object{{"InputTemplate", R"({"text": "<$.fact>"})"},
               {"HttpParameters", Object{{"HeaderParameters", Object{{"X-Fact", "$.fact"}}}}}}}});
  Send(R"({"id": "i/1"})");
  ASSERT_EQ(engine.http.sent.size(), 2U);
  EXPECT_EQ(engine.http.sent[0].url, "https://facts.example.com/of/i%2F1");
  EXPECT_EQ(engine.http.sent[0].body, R"({"about":"i/1"})");
  EXPECT_EQ(engine.http.sent[1].body, R"({"text":"known"})");
  EXPECT_EQ(engine.http.sent[1].headers.Get("X-Fact"), "known");
  EXPECT_EQ(engine.http.sent[1].headers.Get("X-Key"), "sesame");
  EXPECT_EQ(Waiting(), 1);
  status = 200;
  engine.AdvanceTime(minutes(1));
  EXPECT_EQ(engine.http.sent.size(), 4U) << "the whole pipe again";
  EXPECT_EQ(Waiting(), 0);
}

TEST_F(PipesFlow, ToATopic) {
  const std::string topic(
      json::GetString(engine.Call("sns", "CreateTopic", {{"Name", "t"}}), "TopicArn"));
  engine.Call("sns", "Subscribe",
              {{"TopicArn", topic},
               {"Protocol", "sqs"},
               {"Endpoint", engine.Arn("sqs", "out")},
               {"Attributes", Object{{"RawMessageDelivery", "true"}}}});
  Allow("out", "sns.amazonaws.com");
  Create({{"Target", topic}, {"TargetParameters", Object{{"InputTemplate", "\"<$.body>!\""}}}});
  Send("a");
  EXPECT_EQ(Receive("out"), Bodies{"a!"});
}

TEST_F(PipesFlow, TheRoleDecidesWhatThePipeMayDo) {
  engine.Call("iam", "PutRolePolicy",
              {{"RoleName", "pipe"},
               {"PolicyName", "p"},
               {"PolicyDocument", R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",
                   "Resource":"*","Action":["sqs:ReceiveMessage","sqs:DeleteMessage"]}]})"}});
  Create();
  Send("a");
  EXPECT_TRUE(Receive("out").empty());
  EXPECT_EQ(Waiting(), 1);
  engine.AdvanceTime(minutes(3));
  EXPECT_EQ(Receive("dead").size(), 1U);
}

TEST_F(PipesFlow, AChainThatFeedsItselfEnds) {
  CreateQueue("again", {{"RedrivePolicy",
                         json::Serialize(Object{{"deadLetterTargetArn", engine.Arn("sqs", "dead")},
                                                {"maxReceiveCount", 1}})}});
  Create({{"Source", engine.Arn("sqs", "again")},
          {"Target", engine.Arn("sqs", "again")},
          {"TargetParameters", Object{{"InputTemplate", "\"<$.body>.\""}}}});
  Send("a", {}, "again");
  engine.AdvanceTime(minutes(5));
  EXPECT_EQ(Receive("dead"), Bodies{"a" + std::string(Trace::kMaxHops, '.')});
}

TEST_F(PipesFlow, AnUpdatedPipeLosesNothingOnItsWay) {
  Create({{"SourceParameters",
           Object{{"SqsQueueParameters",
                   Object{{"BatchSize", 10}, {"MaximumBatchingWindowInSeconds", 60}}}}}});
  Send("a");
  engine.Call("pipes", "UpdatePipe",
              {{"Name", "p"},
               {"RoleArn", Role()},
               {"SourceParameters", Object{{"SqsQueueParameters", Object{{"BatchSize", 1}}}}},
               {"TargetParameters", Object{{"InputTemplate", "\"<$.body>\""}}}});
  engine.RunUntilIdle();
  EXPECT_EQ(Receive("out"), Bodies{"a"}) << "given back, and read anew at once";
  Send("b");
  EXPECT_EQ(Receive("out"), Bodies{"b"}) << "no poll of before takes it";
}

TEST_F(PipesFlow, ARestartInTheMiddleRepeatsButLosesNothing) {
  Create({{"TargetParameters", Object{{"InputTemplate", "\"<$.body>\""}}}});
  for (int steps = 1; steps < 12; ++steps) {
    const std::string body = "m" + std::to_string(steps);
    engine.engine().pipeline().Invoke(
        {"sqs",
         "SendMessage",
         {{"QueueUrl", QueueUrl("in")}, {"MessageBody", body}},
         access::Principal::Root(engine.scope().account),
         engine.scope(),
         {},
         "test"},
        [](const api::Outcome& outcome) { ASSERT_TRUE(outcome.ok()); });
    engine.loop.RunSome(steps);
    engine.Restart();
    engine.AdvanceTime(minutes(1));
    const Bodies got = Receive("out");
    EXPECT_GE(got.size(), 1U) << steps;
    EXPECT_EQ(std::ranges::count(got, body), static_cast<int64_t>(got.size())) << steps;
    EXPECT_EQ(Waiting(), 0) << steps;
  }
}

}  // namespace
}  // namespace riposte::app::testing
