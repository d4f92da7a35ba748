// What keeps the work list within bounds: chains that end, and callers that are asked to wait.
#include <gtest/gtest.h>

#include "app/testing/harness.h"
#include "base/encoding.h"
#include "functions/testing/zip_writer.h"

namespace riposte::app::testing {
namespace {

using json::Array;
using json::Object;
using std::chrono::minutes;

class DeliveryBounds : public ::testing::Test {
 protected:
  static Harness::Options Small() {
    Harness::Options options;
    options.config.max_owed = 2;
    return options;
  }
  static void CreateFunction(Harness& engine) {
    engine.Call("iam", "CreateRole",
                {{"RoleName", "role"},
                 {"AssumeRolePolicyDocument",
                  R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",
                      "Principal":{"Service":"lambda.amazonaws.com"},
                      "Action":"sts:AssumeRole"}]})"}});
    engine.Call("iam", "PutRolePolicy",
                {{"RoleName", "role"},
                 {"PolicyName", "all"},
                 {"PolicyDocument",
                  R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*",
                      "Resource":"*"}]})"}});
    engine.Call("lambda", "CreateFunction",
                {{"FunctionName", "echo"},
                 {"Runtime", "python3.12"},
                 {"Role", MakeGlobalArn("iam", engine.scope().account, "role/role")},
                 {"Handler", "app.handler"},
                 {"Code", Object{{"ZipFile", Base64Encode(functions::testing::MakeZip(
                                                 {{"app.py", "def handler(e, c): pass\n"}}))}}}});
    for (const char* service : {"events", "sns"}) {
      engine.Call("lambda", "AddPermission",
                  {{"FunctionName", "echo"},
                   {"StatementId", service},
                   {"Action", "lambda:InvokeFunction"},
                   {"Principal", std::string(service) + ".amazonaws.com"}});
    }
  }
  /// Whatever the function is given, it makes this call, with the trace it was started with.
  static void Echo(Harness& engine, const std::string& service, const std::string& operation,
                   const Object& input) {
    engine.functions.functions["echo"] =
        [&engine, service, operation,
         input](const functions::Invocation& invocation) -> functions::InvokeOutcome {
      engine.engine().pipeline().Invoke(
          {service, operation, input, access::Principal::Root(engine.scope().account),
           engine.scope(), invocation.trace, "function"},
          [](const api::Outcome& outcome) { EXPECT_TRUE(outcome.ok()); });
      return functions::InvokeResult{.payload = "null"};
    };
  }
  static Object Event() {
    return {{"Entries",
             Array{Object{{"Source", "app"}, {"DetailType", "t"}, {"Detail", R"({"n":1})"}}}}};
  }
};

TEST_F(DeliveryBounds, AChainOverABusEnds) {
  Harness engine;
  CreateFunction(engine);
  engine.Call("events", "PutRule", {{"Name", "r"}, {"EventPattern", R"({"source":["app"]})"}});
  engine.Call(
      "events", "PutTargets",
      {{"Rule", "r"},
       {"Targets", Array{Object{{"Id", "1"}, {"Arn", engine.Arn("lambda", "function:echo")}}}}});
  Echo(engine, "events", "PutEvents", Event());
  engine.Call("events", "PutEvents", Event());
  engine.AdvanceTime(minutes(5));
  EXPECT_EQ(engine.functions.invocations.size(), 16u);
  const auto dead = engine.Call("riposte", "ListDeadLetters").at("DeadLetters").as_array();
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_EQ(dead.at(0).at("ErrorCode"), "LOOP_DETECTED");
}

TEST_F(DeliveryBounds, AChainOverATopicEnds) {
  Harness engine;
  CreateFunction(engine);
  const auto topic = engine.Call("sns", "CreateTopic", {{"Name", "t"}}).at("TopicArn");
  engine.Call("sns", "Subscribe",
              {{"TopicArn", topic},
               {"Protocol", "lambda"},
               {"Endpoint", engine.Arn("lambda", "function:echo")}});
  const Object publish{{"TopicArn", topic}, {"Message", "again"}};
  Echo(engine, "sns", "Publish", publish);
  engine.Call("sns", "Publish", publish);
  engine.AdvanceTime(minutes(5));
  EXPECT_EQ(engine.functions.invocations.size(), 16u);
}

TEST_F(DeliveryBounds, AChainOverAQueueEnds) {
  Harness engine;
  CreateFunction(engine);
  const auto url = engine.Call("sqs", "CreateQueue", {{"QueueName", "q"}}).at("QueueUrl");
  engine.Call("lambda", "CreateEventSourceMapping",
              {{"FunctionName", "echo"}, {"EventSourceArn", engine.Arn("sqs", "q")}});
  const Object send{{"QueueUrl", url}, {"MessageBody", "again"}};
  Echo(engine, "sqs", "SendMessage", send);
  engine.Call("sqs", "SendMessage", send);
  engine.AdvanceTime(minutes(5));
  EXPECT_EQ(engine.functions.invocations.size(), 16u);
}

TEST_F(DeliveryBounds, CallersAreThrottledUntilItHasDrained) {
  Harness engine(Small());
  CreateFunction(engine);
  const auto topic = engine.Call("sns", "CreateTopic", {{"Name", "t"}}).at("TopicArn");
  engine.Call("sns", "Subscribe",
              {{"TopicArn", topic}, {"Protocol", "https"}, {"Endpoint", "https://hook.example/"}});
  const auto asked = json::Parse(engine.http.sent.at(0).body).value();
  engine.Call("sns", "ConfirmSubscription",
              {{"TopicArn", topic}, {"Token", asked.at("Token").as_string()}});
  engine.Call("events", "PutRule", {{"Name", "r"}, {"EventPattern", R"({"source":["app"]})"}});
  engine.Call("events", "PutTargets",
              {{"Rule", "r"}, {"Targets", Array{Object{{"Id", "1"}, {"Arn", topic}}}}});
  engine.http.answer = [](const http::OutgoingRequest&) { return http::Response{500, {}, ""}; };
  const Object publish{{"TopicArn", topic}, {"Message", "m"}};
  const Object invoke{{"FunctionName", "echo"}, {"InvocationType", "Event"}};
  engine.Call("sns", "Publish", publish);
  engine.Call("sns", "Publish", publish);
  EXPECT_EQ(engine.CallError("sns", "Publish", publish), "");  // The engine's own calls go on.

  const auto outside = [&](const std::string& service, const std::string& operation,
                           const Object& input) {
    return engine.CallFromOutside(service, operation, input);
  };
  EXPECT_EQ(outside("sns", "Publish", publish), "Throttling");
  EXPECT_EQ(outside("events", "PutEvents", Event()), "ThrottlingException");
  EXPECT_EQ(outside("lambda", "Invoke", invoke), "TooManyRequestsException");
  engine.http.answer = nullptr;
  engine.AdvanceTime(minutes(2));
  EXPECT_EQ(outside("sns", "Publish", publish), "");
  EXPECT_EQ(outside("events", "PutEvents", Event()), "");
  EXPECT_EQ(outside("lambda", "Invoke", invoke), "");
}

}  // namespace
}  // namespace riposte::app::testing
