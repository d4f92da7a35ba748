// From an event to a function and on, over the whole engine: permissions, retries, dead letters,
// and the trace that ties them together. Functions are lambdas of the test.
#include <gtest/gtest.h>

#include "app/testing/harness.h"
#include "base/encoding.h"
#include "functions/testing/zip_writer.h"

namespace riposte::app::testing {
namespace {

using functions::testing::FakeRunner;
using json::Array;
using json::Object;
using std::chrono::minutes;

class FunctionsFlow : public ::testing::Test {
 protected:
  FunctionsFlow() {
    engine.Call("iam", "CreateRole",
                {{"RoleName", "lambda-role"},
                 {"AssumeRolePolicyDocument",
                  R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",
                      "Principal":{"Service":"lambda.amazonaws.com"},
                      "Action":"sts:AssumeRole"}]})"}});
  }
  void CreateFunction(const std::string& name, Object more = {}) {
    Object input{{"FunctionName", name},
                 {"Runtime", "python3.12"},
                 {"Role", MakeGlobalArn("iam", engine.scope().account, "role/lambda-role")},
                 {"Handler", "app.handler"},
                 {"Code", Object{{"ZipFile", Base64Encode(functions::testing::MakeZip(
                                                 {{"app.py", "def handler(e, c): pass\n"}}))}}}};
    for (const auto& [key, value] : more) input[key] = value;
    engine.Call("lambda", "CreateFunction", std::move(input));
  }
  void RuleToFunction(const std::string& rule, const std::string& function) {
    engine.Call("events", "PutRule", {{"Name", rule}, {"EventPattern", R"({"source":["app"]})"}});
    engine.Call(
        "events", "PutTargets",
        {{"Rule", rule},
         {"Targets",
          Array{Object{{"Id", "1"}, {"Arn", engine.Arn("lambda", "function:" + function)}}}}});
  }
  void Allow(const std::string& rule, const std::string& function) {
    engine.Call("lambda", "AddPermission",
                {{"FunctionName", function},
                 {"StatementId", rule},
                 {"Action", "lambda:InvokeFunction"},
                 {"Principal", "events.amazonaws.com"},
                 {"SourceArn", engine.Arn("events", "rule/" + rule)}});
  }
  void PutEvent() {
    engine.Call(
        "events", "PutEvents",
        {{"Entries",
          Array{Object{{"Source", "app"}, {"DetailType", "t"}, {"Detail", R"({"n":1})"}}}}});
  }

  Harness engine{{.durable = true}};
};

TEST_F(FunctionsFlow, ARuleInvokesAFunctionThatAllowsIt) {
  CreateFunction("triage");
  RuleToFunction("r", "triage");
  PutEvent();
  EXPECT_TRUE(engine.functions.invocations.empty()) << "nothing permits the rule to invoke it";
  Allow("r", "triage");
  PutEvent();
  ASSERT_EQ(engine.functions.invocations.size(), 1u);
  const auto& invocation = engine.functions.invocations[0];
  const auto event = json::Parse(invocation.payload);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->at("source"), "app");
  EXPECT_EQ(event->at("detail"), (Object{{"n", 1}}));
  EXPECT_FALSE(invocation.trace.correlation.empty());
}

TEST_F(FunctionsFlow, APermissionIsForItsRuleAlone) {
  CreateFunction("triage");
  RuleToFunction("r", "triage");
  RuleToFunction("other", "triage");
  Allow("other", "triage");
  PutEvent();
  EXPECT_EQ(engine.functions.invocations.size(), 1u);
}

TEST_F(FunctionsFlow, AnOwedInvocationSurvivesARestart) {
  CreateFunction("triage");
  RuleToFunction("r", "triage");
  Allow("r", "triage");
  engine.functions.functions["triage"] = [](const functions::Invocation&) {
    return FakeRunner::Raise("ValueError", "boom");
  };
  PutEvent();
  ASSERT_EQ(engine.functions.invocations.size(), 1u);
  const std::string id = engine.functions.invocations[0].request_id;
  engine.Restart();
  engine.functions.functions.clear();
  engine.functions.invocations.clear();
  engine.AdvanceTime(minutes(2));
  ASSERT_EQ(engine.functions.invocations.size(), 1u);
  EXPECT_EQ(engine.functions.invocations[0].request_id, id);
  engine.AdvanceTime(minutes(10));
  EXPECT_EQ(engine.functions.invocations.size(), 1u) << "done is done";
}

TEST_F(FunctionsFlow, TheCountOfFailuresSurvivesARestart) {
  CreateFunction("triage");
  RuleToFunction("r", "triage");
  Allow("r", "triage");
  int calls = 0;
  engine.functions.functions["triage"] = [&calls](const functions::Invocation&) {
    ++calls;
    return FakeRunner::Raise("ValueError", "boom");
  };
  PutEvent();
  engine.AdvanceTime(minutes(1) + std::chrono::seconds(1));
  EXPECT_EQ(calls, 2);
  engine.Restart();
  engine.AdvanceTime(minutes(30));
  EXPECT_EQ(calls, 3) << "two retries in all, before and after the restart";
}

TEST_F(FunctionsFlow, MessagesOfAQueueBecomeInvocations) {
  CreateFunction("worker");
  const auto made = engine.Call("sqs", "CreateQueue", {{"QueueName", "jobs"}});
  const std::string url(json::View(made.at("QueueUrl")));
  const auto send = [&](const std::string& body) {
    engine.Call("sqs", "SendMessage", {{"QueueUrl", url}, {"MessageBody", body}});
  };
  const auto left = [&] {
    const auto attributes = engine.Call("sqs", "GetQueueAttributes",
                                        {{"QueueUrl", url}, {"AttributeNames", Array{"All"}}});
    const auto& values = attributes.at("Attributes").as_object();
    return std::string(json::GetString(values, "ApproximateNumberOfMessages")) + "+" +
           std::string(json::GetString(values, "ApproximateNumberOfMessagesNotVisible"));
  };
  engine.Call("lambda", "CreateEventSourceMapping",
              {{"FunctionName", "worker"},
               {"EventSourceArn", engine.Arn("sqs", "jobs")},
               {"FunctionResponseTypes", Array{"ReportBatchItemFailures"}}});
  send("one");
  engine.AdvanceTime(std::chrono::seconds(5));
  EXPECT_TRUE(engine.functions.invocations.empty()) << "the role may not read the queue yet";
  EXPECT_EQ(left(), "1+0");
  engine.Call("iam", "PutRolePolicy",
              {{"RoleName", "lambda-role"},
               {"PolicyName", "queue"},
               {"PolicyDocument",
                R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:*",
                    "Resource":"*"}]})"}});
  engine.AdvanceTime(minutes(1));
  ASSERT_EQ(engine.functions.invocations.size(), 1u);
  const auto event = json::Parse(engine.functions.invocations[0].payload);
  EXPECT_EQ(event->at("Records").at(0).at("body"), "one");
  EXPECT_EQ(event->at("Records").at(0).at("eventSource"), "aws:sqs");
  EXPECT_EQ(left(), "0+0") << "dealt with and deleted";

  // What the function reports as failed is seen again after its visibility timeout.
  engine.functions.functions["worker"] =
      [](const functions::Invocation& invocation) -> functions::InvokeOutcome {
    const auto records = json::Parse(invocation.payload)->at("Records");
    const auto id = records.at(0).at("messageId");
    return functions::InvokeResult{
        .payload =
            json::Serialize(Object{{"batchItemFailures", Array{Object{{"itemIdentifier", id}}}}})};
  };
  send("two");
  engine.RunUntilIdle();
  EXPECT_EQ(engine.functions.invocations.size(), 2u) << "a long poll is waiting";
  EXPECT_EQ(left(), "0+1");
  engine.functions.functions.clear();
  engine.AdvanceTime(std::chrono::seconds(60));
  EXPECT_EQ(engine.functions.invocations.size(), 3u);
  EXPECT_EQ(left(), "0+0");
}

TEST_F(FunctionsFlow, TheRoleMustExist) {
  EXPECT_EQ(engine.CallError("lambda", "CreateFunction",
                             {{"FunctionName", "f"},
                              {"Runtime", "python3.12"},
                              {"Role", MakeGlobalArn("iam", engine.scope().account, "role/none")},
                              {"Handler", "app.handler"},
                              {"Code", Object{{"ZipFile", "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="}}}}),
            "InvalidParameterValueException");
}

}  // namespace
}  // namespace riposte::app::testing
