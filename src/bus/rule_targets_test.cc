#include "bus/rule_targets.h"

#include "base/encoding.h"
#include "bus/testing/bus_fixture.h"

namespace riposte::bus {
namespace {

using testing::BusTest;

class RuleTargetsTest : public BusTest {
 protected:
  /// One rule with one target, one event for it.
  void Send(const std::string& target_json, const std::string& detail = "{}") {
    PutRule("r", R"({"source": ["app"]})", "[" + target_json + "]");
    Emit(MakeEvent("app", detail));
  }
  std::string Input(size_t call, std::string_view name) {
    return std::string(json::GetString(invoker.calls.at(call).input, name));
  }
};

TEST_F(RuleTargetsTest, Function) {
  Send(R"({"Id": "1", "Arn": "arn:aws:lambda:eu-west-1:111122223333:function:f", "Input": "{}"})");
  ASSERT_EQ(invoker.calls.size(), 1U);
  EXPECT_EQ(invoker.calls[0].service, "lambda");
  EXPECT_EQ(invoker.calls[0].operation, "Invoke");
  EXPECT_EQ(Input(0, "InvocationType"), "Event");
  EXPECT_EQ(Input(0, "FunctionName"), "arn:aws:lambda:eu-west-1:111122223333:function:f");
  EXPECT_EQ(*Base64Decode(Input(0, "Payload")), "{}");
  EXPECT_EQ(invoker.calls[0].principal.kind, access::Principal::Kind::kService);
  EXPECT_EQ(invoker.calls[0].principal.service, "events.amazonaws.com");
  EXPECT_EQ(invoker.calls[0].principal.source_arn, "arn:aws:events:eu-west-1:111122223333:rule/r");
}

TEST_F(RuleTargetsTest, AQueueIsServedInTheCommitThatAcceptsTheEvent) {
  invoker.within["SendMessage"] = {json::Object(), std::nullopt};
  Send(R"({"Id": "1", "Arn": "arn:aws:sqs:eu-west-1:111122223333:q"})");
  ASSERT_EQ(invoker.calls_within.size(), 1U);
  EXPECT_EQ(invoker.calls_within[0].principal.source_arn,
            "arn:aws:events:eu-west-1:111122223333:rule/r");
  EXPECT_TRUE(invoker.calls.empty());
  EXPECT_EQ(Owed(), 0);
  EXPECT_EQ(metrics.sums["Invocations r"], 1);
}

TEST_F(RuleTargetsTest, WhatFailsWithinTheCommitIsOwedAsUsual) {
  invoker.within["SendMessage"] = {{}, api::Error("AccessDenied", "no")};
  invoker.FailNext("SendMessage", "AccessDenied");
  Send(R"({"Id": "1", "Arn": "arn:aws:sqs:eu-west-1:111122223333:q",
           "DeadLetterConfig": {"Arn": "arn:aws:sqs:eu-west-1:111122223333:dlq"}})");
  EXPECT_EQ(invoker.calls_within.size(), 1U);
  EXPECT_EQ(invoker.calls.size(), 1U);
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].attributes["ERROR_CODE"], "NO_PERMISSIONS");
  EXPECT_EQ(metrics.sums["FailedInvocations r"], 1);
}

TEST_F(RuleTargetsTest, WhatStartsSomethingIsNotCalledWithinTheCommit) {
  for (const char* operation : {"Publish", "PutEvents", "StartAutomationExecution"}) {
    invoker.within[operation] = {json::Object(), std::nullopt};
  }
  Send(R"({"Id": "1", "Arn": "arn:aws:sns:eu-west-1:111122223333:t"})");
  EXPECT_TRUE(invoker.calls_within.empty());
  EXPECT_EQ(invoker.calls.size(), 1U);
}

TEST_F(RuleTargetsTest, FifoQueue) {
  Send(R"({"Id": "1", "Arn": "arn:aws:sqs:us-west-2:444455556666:q.fifo",
           "SqsParameters": {"MessageGroupId": "g"}})");
  ASSERT_EQ(invoker.calls.size(), 1U);
  EXPECT_TRUE(Input(0, "QueueUrl").ends_with("/444455556666/q.fifo"));
  EXPECT_EQ(Input(0, "MessageGroupId"), "g");
  EXPECT_EQ(Input(0, "MessageDeduplicationId").size(), 36U);
  EXPECT_EQ(invoker.calls[0].scope.account.str(), "444455556666");
  EXPECT_EQ(invoker.calls[0].scope.region.str(), "us-west-2");
}

TEST_F(RuleTargetsTest, Topic) {
  Send(R"({"Id": "1", "Arn": "arn:aws:sns:eu-west-1:111122223333:t", "InputPath": "$.detail"})",
       R"({"a": 1})");
  ASSERT_EQ(invoker.calls.size(), 1U);
  EXPECT_EQ(invoker.calls[0].operation, "Publish");
  EXPECT_EQ(Input(0, "TopicArn"), "arn:aws:sns:eu-west-1:111122223333:t");
  EXPECT_EQ(Input(0, "Message"), R"({"a":1})");
}

TEST_F(RuleTargetsTest, LogGroupMakesItsStream) {
  invoker.FailNext("PutLogEvents", "ResourceNotFoundException");
  Send(R"({"Id": "1", "Arn": "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/events/x:*"})");
  ASSERT_EQ(invoker.calls.size(), 3U);
  EXPECT_EQ(invoker.calls[0].operation, "PutLogEvents");
  EXPECT_EQ(invoker.calls[1].operation, "CreateLogStream");
  EXPECT_EQ(invoker.calls[2].operation, "PutLogEvents");
  EXPECT_EQ(Input(2, "logGroupName"), "/aws/events/x");
  EXPECT_EQ(Input(2, "logStreamName"), "r");
  EXPECT_EQ(metrics.sums["FailedInvocations r"], 0);
}

TEST_F(RuleTargetsTest, LogGroupThatIsNotThere) {
  invoker.FailNext("PutLogEvents", "ResourceNotFoundException");
  invoker.FailNext("CreateLogStream", "ResourceNotFoundException");
  Send(R"({"Id": "1", "Arn": "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/events/x",
           "DeadLetterConfig": {"Arn": "arn:aws:sqs:eu-west-1:111122223333:dlq"}})");
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].attributes["ERROR_CODE"], "NO_RESOURCE");
}

TEST_F(RuleTargetsTest, RunbookWithParametersAndOneToken) {
  invoker.FailNext("StartAutomationExecution", "InternalServerError");
  PutRule("r", R"({"source": ["app"]})", R"([{"Id": "1",
      "Arn": "arn:aws:ssm:eu-west-1:111122223333:automation-definition/Isolate:$DEFAULT",
      "RoleArn": "arn:aws:iam::111122223333:role/run",
      "InputTransformer": {"InputPathsMap": {"i": "$.detail.i"},
          "InputTemplate": "{\"InstanceId\": [<i>], \"Mode\": \"fast\", \"N\": 3}"}}])");
  Emit(MakeEvent("app", R"({"i": "i-1"})"));
  loop.Advance(std::chrono::minutes(1));
  ASSERT_EQ(invoker.calls.size(), 2U);
  EXPECT_EQ(Input(0, "DocumentName"), "Isolate");
  EXPECT_EQ(Input(0, "DocumentVersion"), "$DEFAULT");
  EXPECT_EQ(json::Serialize(invoker.calls[0].input.at("Parameters")),
            R"({"InstanceId":["i-1"],"Mode":["fast"],"N":["3"]})");
  EXPECT_EQ(Input(0, "ClientToken").size(), 36U);
  EXPECT_EQ(Input(0, "ClientToken"), Input(1, "ClientToken"));  // the same over its attempts
  EXPECT_EQ(invoker.calls[0].principal.role_arn, "arn:aws:iam::111122223333:role/run");
  EXPECT_FALSE(IsForwarding(invoker.calls[0].principal));
  EXPECT_EQ(metrics.sums["RetryInvocationAttempts r"], 1);
}

TEST_F(RuleTargetsTest, StateMachineThatAnEarlierAttemptStarted) {
  invoker.FailNext("StartExecution", "ExecutionAlreadyExists");
  Send(R"({"Id": "1", "Arn": "arn:aws:states:eu-west-1:111122223333:stateMachine:m",
           "RoleArn": "arn:aws:iam::111122223333:role/run"})");
  EXPECT_EQ(invoker.calls.size(), 1U);
  EXPECT_EQ(metrics.sums["FailedInvocations r"], 0);
  EXPECT_EQ(Owed(), 0);
}

TEST_F(RuleTargetsTest, AnotherBusKeepsTheEvent) {
  Send(R"({"Id": "1", "Arn": "arn:aws:events:eu-west-1:444455556666:event-bus/central"})",
       R"({"a": 1})");
  ASSERT_EQ(invoker.calls.size(), 1U);
  const api::Invocation& call = invoker.calls[0];
  EXPECT_EQ(call.operation, "PutEvents");
  const json::Object& entry = call.input.at("Entries").at(0).as_object();
  EXPECT_EQ(json::GetString(entry, "EventBusName"),
            "arn:aws:events:eu-west-1:444455556666:event-bus/central");
  EXPECT_EQ(json::GetString(entry, "Source"), "app");
  EXPECT_EQ(json::GetString(entry, "Detail"), R"({"a":1})");
  EXPECT_NE(json::GetString(entry, "TraceHeader").find(";Account=111122223333;"),
            std::string_view::npos);
  EXPECT_TRUE(IsForwarding(call.principal));
  EXPECT_EQ(call.principal.account.str(), "111122223333");
}

TEST_F(RuleTargetsTest, AnEntryThatTheOtherBusRefuses) {
  invoker.scripts["PutEvents"].push_back({*json::Parse(R"({"FailedEntryCount": 1, "Entries": [
            {"ErrorCode": "AccessDeniedException", "ErrorMessage": "no"}]})"),
                                          std::nullopt});
  Send(R"({"Id": "1", "Arn": "arn:aws:events:eu-west-1:444455556666:event-bus/central",
           "DeadLetterConfig": {"Arn": "arn:aws:sqs:eu-west-1:111122223333:dlq"}})");
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].attributes["ERROR_CODE"], "NO_PERMISSIONS");
}

TEST_F(RuleTargetsTest, NobodyElseLooksLikeForwarding) {
  access::Principal outside = access::Principal::Root(scope.account);
  EXPECT_FALSE(IsForwarding(outside));
  outside.source_arn = "arn:aws:events:eu-west-1:111122223333:rule/r";
  outside.access_key_id = "AKIA";
  EXPECT_FALSE(IsForwarding(outside));
}

TEST_F(RuleTargetsTest, RefusedRoleIsDeadAtOnceWithTheSixAttributes) {
  refuse_role = "arn:aws:iam::111122223333:role/no";
  Send(R"({"Id": "1", "Arn": "arn:aws:lambda:eu-west-1:111122223333:function:f",
           "RoleArn": "arn:aws:iam::111122223333:role/no", "Input": "{}",
           "DeadLetterConfig": {"Arn": "arn:aws:sqs:eu-west-1:111122223333:dlq"}})");
  EXPECT_TRUE(invoker.calls.empty());
  ASSERT_EQ(letters.size(), 1U);
  auto& attributes = letters[0].attributes;
  EXPECT_EQ(attributes["RULE_ARN"], "arn:aws:events:eu-west-1:111122223333:rule/r");
  EXPECT_EQ(attributes["TARGET_ARN"], "arn:aws:lambda:eu-west-1:111122223333:function:f");
  EXPECT_EQ(attributes["ERROR_CODE"], "NO_PERMISSIONS");
  EXPECT_EQ(attributes["ERROR_MESSAGE"], "trust policy says no");
  EXPECT_EQ(attributes["RETRY_ATTEMPTS"], "0");
  EXPECT_FALSE(attributes.contains("EXHAUSTED_RETRY_CONDITION"));
  // The dead letter is the event, not what the target would have got.
  EXPECT_EQ(json::GetString(json::Parse(letters[0].body)->as_object(), "source"), "app");
  EXPECT_EQ(metrics.sums["FailedInvocations r"], 1);
  EXPECT_EQ(metrics.sums["InvocationsSentToDlq r"], 1);
}

TEST_F(RuleTargetsTest, RetriesAreExhausted) {
  invoker.FailNext("Publish", "InternalError", 10);
  Send(R"({"Id": "1", "Arn": "arn:aws:sns:eu-west-1:111122223333:t",
           "RetryPolicy": {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 3600},
           "DeadLetterConfig": {"Arn": "arn:aws:sqs:eu-west-1:111122223333:dlq"}})");
  loop.Advance(std::chrono::minutes(5));
  EXPECT_EQ(invoker.calls.size(), 3U);
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].attributes["EXHAUSTED_RETRY_CONDITION"], "MaximumRetryAttempts");
  EXPECT_EQ(letters[0].attributes["RETRY_ATTEMPTS"], "2");
  EXPECT_EQ(letters[0].attributes["ERROR_CODE"], "INTERNAL_ERROR");
  EXPECT_EQ(metrics.sums["RetryInvocationAttempts r"], 2);
  EXPECT_EQ(metrics.sums["Invocations r"], 1);
}

TEST_F(RuleTargetsTest, AFailureIsAnnouncedOnce) {
  PutRule("watch", R"({"source": ["aws.events"],
                       "detail-type": ["EventBridge Rule Execution Failed"]})",
          R"([{"Id": "w", "Arn": "arn:aws:lambda:eu-west-1:111122223333:function:watch"}])");
  PutRule("all", R"({"source": [{"prefix": ""}]})",
          R"([{"Id": "a", "Arn": "arn:aws:sqs:eu-west-1:111122223333:gone"}])");
  invoker.FailNext("SendMessage", "QueueDoesNotExist", 10);
  invoker.FailNext("Invoke", "AccessDeniedException", 10);
  Emit(MakeEvent("app", R"({"a": 1})"));
  // app -> "all" fails -> announced -> "watch" and "all" fail too -> silence.
  ASSERT_EQ(invoker.calls.size(), 3U);
  std::string announced;
  for (const auto& call : invoker.calls) {
    if (call.operation == "Invoke") {
      announced = *Base64Decode(json::GetString(call.input, "Payload"));
    }
  }
  const auto detail = json::Parse(announced)->at("detail").as_object();
  EXPECT_EQ(json::GetString(detail, "ruleArn"), "arn:aws:events:eu-west-1:111122223333:rule/all");
  EXPECT_EQ(json::GetString(detail, "errorCode"), "NO_RESOURCE");
  EXPECT_EQ(json::GetString(detail, "targetArn"), "arn:aws:sqs:eu-west-1:111122223333:gone");
  EXPECT_EQ(json::Serialize(detail.at("event").at("detail")), R"({"a":1})");
  EXPECT_EQ(Owed(), 0);
}

TEST_F(RuleTargetsTest, DeliveriesOfAnIncidentAreInItsTimeline) {
  PutRule("r", R"({"source": ["app"]})",
          R"([{"Id": "1", "Arn": "arn:aws:sns:eu-west-1:111122223333:t"},
              {"Id": "2", "Arn": "arn:aws:sqs:eu-west-1:111122223333:q"}])");
  invoker.FailNext("SendMessage", "QueueDoesNotExist");
  api::Event event = MakeEvent("app");
  event.trace.correlation = "inc-0123456789abcdef";
  Emit(std::move(event));
  Emit(MakeEvent("app"));  // Of no incident.
  std::multiset<std::string> lines;
  store->Read([&](store::Transaction& tx) {
    for (const auto& entry : observe::Timeline::List(tx, "inc-0123456789abcdef")) {
      lines.insert(entry.kind + ": " + entry.text);
    }
  });
  EXPECT_EQ(lines, (std::multiset<std::string>{
                       "delivery: rule r to arn:aws:sns:eu-west-1:111122223333:t: delivered",
                       "delivery: rule r to arn:aws:sqs:eu-west-1:111122223333:q: failed, "
                       "NO_RESOURCE: scripted QueueDoesNotExist"}));
}

TEST_F(RuleTargetsTest, AChainIsCut) {
  PutRule("r", R"({"source": ["app"]})",
          R"([{"Id": "1", "Arn": "arn:aws:sqs:eu-west-1:111122223333:q",
               "DeadLetterConfig": {"Arn": "arn:aws:sqs:eu-west-1:111122223333:dlq"}}])");
  api::Event last = MakeEvent("app");
  last.trace = {"c", Trace::kMaxHops - 1};
  Emit(std::move(last));
  EXPECT_EQ(invoker.calls.size(), 1U);
  api::Event beyond = MakeEvent("app");
  beyond.trace = {"c", Trace::kMaxHops};
  Emit(std::move(beyond));
  EXPECT_EQ(invoker.calls.size(), 1U);
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].attributes["ERROR_CODE"], "LOOP_DETECTED");
  EXPECT_EQ(metrics.sums["DeadLetterInvocations r"], 1);
}

}  // namespace
}  // namespace riposte::bus
