// Buses as targets of rules: in other accounts and regions, as whom, and round in circles.
#include <gtest/gtest.h>

#include "app/testing/harness.h"

namespace riposte::app::testing {
namespace {

using json::Array;
using json::Object;

class BusToBus : public ::testing::Test {
 protected:
  BusToBus() {
    NewQueue(engine.scope(), "dead");
    NewQueue(other, "inbox");
    NewQueue(far, "inbox");
  }
  /// A call of the root of that scope's account.
  Object CallIn(const Scope& scope, const std::string& service, const std::string& operation,
                Object input) {
    auto result = std::make_shared<api::Outcome>();
    api::Invocation call;
    call.service = service;
    call.operation = operation;
    call.input = std::move(input);
    call.principal = access::Principal::Root(scope.account);
    call.scope = scope;
    engine.engine().pipeline().Invoke(
        std::move(call), [result](api::Outcome outcome) { *result = std::move(outcome); });
    engine.RunUntilIdle();
    if (!result->ok()) ADD_FAILURE() << operation << ": " << result->error->message();
    return result->output.is_object() ? result->output.as_object() : Object();
  }
  void NewQueue(const Scope& scope, const std::string& name) {
    const Object policy{
        {"Version", "2012-10-17"},
        {"Statement", Array{Object{{"Effect", "Allow"},
                                   {"Principal", Object{{"Service", "events.amazonaws.com"}}},
                                   {"Action", "sqs:SendMessage"},
                                   {"Resource", "*"}}}}};
    CallIn(scope, "sqs", "CreateQueue",
           {{"QueueName", name}, {"Attributes", Object{{"Policy", json::Serialize(policy)}}}});
  }
  static std::string BusOf(const Scope& scope, const std::string& name = "default") {
    return MakeArn("events", scope, "event-bus/" + name);
  }
  void NewRule(const Scope& scope, const std::string& name, const std::string& target_arn,
               const std::string& role_arn = "", const std::string& bus = "default") {
    CallIn(scope, "events", "PutRule",
           {{"Name", name}, {"EventBusName", bus}, {"EventPattern", R"({"source": ["app"]})"}});
    Object target{{"Id", "1"}, {"Arn", target_arn}};
    if (!role_arn.empty()) target["RoleArn"] = role_arn;
    if (target_arn.find(":event-bus/") != std::string::npos) {
      target["DeadLetterConfig"] = Object{{"Arn", engine.Arn("sqs", "dead")}};
    }
    CallIn(scope, "events", "PutTargets",
           {{"Rule", name}, {"EventBusName", bus}, {"Targets", Array{target}}});
  }
  /// A role of ours that the service may take on, with that policy.
  std::string NewRole(const std::string& name, const std::string& allowed_bus) {
    const Object trust{
        {"Version", "2012-10-17"},
        {"Statement", Array{Object{{"Effect", "Allow"},
                                   {"Principal", Object{{"Service", "events.amazonaws.com"}}},
                                   {"Action", "sts:AssumeRole"}}}}};
    const Object made =
        CallIn(engine.scope(), "iam", "CreateRole",
               {{"RoleName", name}, {"AssumeRolePolicyDocument", json::Serialize(trust)}});
    const Object policy{{"Version", "2012-10-17"},
                        {"Statement", Array{Object{{"Effect", "Allow"},
                                                   {"Action", "events:PutEvents"},
                                                   {"Resource", allowed_bus}}}}};
    CallIn(engine.scope(), "iam", "PutRolePolicy",
           {{"RoleName", name}, {"PolicyName", "p"}, {"PolicyDocument", json::Serialize(policy)}});
    return "arn:aws:iam::" + engine.scope().account.str() + ":role/" + name;
  }
  void Grant(const std::string& principal) {
    CallIn(other, "events", "PutPermission",
           {{"StatementId", "s"}, {"Principal", principal}, {"Action", "events:PutEvents"}});
  }
  void Put() {
    engine.Call(
        "events", "PutEvents",
        {{"Entries", Array{Object{{"Source", "app"}, {"DetailType", "t"}, {"Detail", "{}"}}}}});
  }
  /// All messages of the queue, each once.
  std::vector<Object> Receive(const Scope& scope, const std::string& name) {
    std::vector<Object> out;
    const std::string url = "http://localhost/" + scope.account.str() + "/" + name;
    for (;;) {
      const Object got = CallIn(scope, "sqs", "ReceiveMessage",
                                {{"QueueUrl", url},
                                 {"MaxNumberOfMessages", 10},
                                 {"MessageAttributeNames", Array{"All"}}});
      const Array* messages = json::GetArray(got, "Messages");
      if (messages == nullptr || messages->empty()) return out;
      for (const json::Value& message : *messages) out.push_back(message.as_object());
    }
  }
  static std::string Attribute(const Object& message, const std::string& name) {
    const Object& attributes = message.at("MessageAttributes").as_object();
    if (!attributes.contains(name)) return "";
    return std::string(json::GetString(attributes.at(name).as_object(), "StringValue"));
  }
  static Object Event(const Object& message) {
    return json::Parse(json::GetString(message, "Body"))->as_object();
  }

  Harness engine;
  const Scope other{AccountId("999999999999"), engine.scope().region};
  const Scope far{engine.scope().account, Region("us-west-2")};
};

TEST_F(BusToBus, InAnotherAccountOnlyWithItsPermission) {
  NewRule(engine.scope(), "out", BusOf(other));
  NewRule(other, "in", MakeArn("sqs", other, "inbox"));
  Put();
  EXPECT_TRUE(Receive(other, "inbox").empty());
  const auto dead = Receive(engine.scope(), "dead");
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(Attribute(dead[0], "ERROR_CODE"), "NO_PERMISSIONS");
  EXPECT_EQ(Attribute(dead[0], "RULE_ARN"), engine.Arn("events", "rule/out"));
  EXPECT_EQ(Attribute(dead[0], "TARGET_ARN"), BusOf(other));
  EXPECT_EQ(Attribute(dead[0], "RETRY_ATTEMPTS"), "0");

  Grant(engine.scope().account.str());
  Put();
  const auto arrived = Receive(other, "inbox");
  ASSERT_EQ(arrived.size(), 1U);
  // It stays the event of the account where it happened.
  EXPECT_EQ(json::GetString(Event(arrived[0]), "account"), engine.scope().account.str());
  EXPECT_TRUE(Receive(engine.scope(), "dead").empty());
}

TEST_F(BusToBus, TheRoleOfTheTargetNeedsBothSides) {
  const std::string may = NewRole("may", BusOf(other));
  const std::string may_not = NewRole("may-not", BusOf(far));
  NewRule(other, "in", MakeArn("sqs", other, "inbox"));
  Grant(engine.scope().account.str());
  NewRule(engine.scope(), "out", BusOf(other), may_not);
  Put();
  EXPECT_TRUE(Receive(other, "inbox").empty());
  ASSERT_EQ(Receive(engine.scope(), "dead").size(), 1U);
  NewRule(engine.scope(), "out", BusOf(other), may);
  Put();
  EXPECT_EQ(Receive(other, "inbox").size(), 1U);
  CallIn(other, "events", "RemovePermission", {{"StatementId", "s"}});
  Put();
  EXPECT_TRUE(Receive(other, "inbox").empty());
}

TEST_F(BusToBus, InAnotherRegion) {
  NewRule(engine.scope(), "out", BusOf(far), NewRole("may", BusOf(far)));
  NewRule(far, "in", MakeArn("sqs", far, "inbox"));
  Put();
  const auto arrived = Receive(far, "inbox");
  ASSERT_EQ(arrived.size(), 1U);
  EXPECT_EQ(json::GetString(Event(arrived[0]), "region"), engine.scope().region.str());
  EXPECT_TRUE(Receive(engine.scope(), "dead").empty());
}

TEST_F(BusToBus, NoSuchBus) {
  NewRule(engine.scope(), "out", BusOf(far, "no-such"));
  Put();
  const auto dead = Receive(engine.scope(), "dead");
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(Attribute(dead[0], "ERROR_CODE"), "NO_RESOURCE");
}

TEST_F(BusToBus, RoundInCirclesItEndsAfterSixteenHops) {
  CallIn(engine.scope(), "events", "CreateEventBus", {{"Name", "ping"}});
  NewRule(engine.scope(), "there", BusOf(engine.scope(), "ping"));
  NewRule(engine.scope(), "back", BusOf(engine.scope()), "", "ping");
  Put();
  const auto dead = Receive(engine.scope(), "dead");
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(Attribute(dead[0], "ERROR_CODE"), "LOOP_DETECTED");
  EXPECT_EQ(json::GetString(Event(dead[0]), "source"), "app");
  engine.AdvanceTime(std::chrono::minutes(1));
  const auto sum = [&](const std::string& metric, Array dimensions) {
    const Object got =
        engine.Call("monitoring", "GetMetricStatistics",
                    {{"Namespace", "AWS/Events"},
                     {"MetricName", metric},
                     {"Dimensions", std::move(dimensions)},
                     {"StartTime", ToSeconds(engine.clock.Now() - std::chrono::minutes(5))},
                     {"EndTime", ToSeconds(engine.clock.Now())},
                     {"Period", 300},
                     {"Statistics", Array{"Sum"}}});
    const Array* points = json::GetArray(got, "Datapoints");
    return points == nullptr || points->empty() ? 0.0
                                                : json::GetDouble(points->at(0).as_object(), "Sum");
  };
  const auto rule = [](const char* name) { return Object{{"Name", "RuleName"}, {"Value", name}}; };
  const Array back{Object{{"Name", "EventBusName"}, {"Value", "ping"}}, rule("back")};
  EXPECT_EQ(sum("Invocations", Array{rule("there")}), 8);
  EXPECT_EQ(sum("Invocations", back), 8);
  EXPECT_EQ(sum("DeadLetterInvocations", Array{rule("there")}) + sum("DeadLetterInvocations", back),
            1);
}

}  // namespace
}  // namespace riposte::app::testing
