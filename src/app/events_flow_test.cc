// An event's whole way through the engine, over what services are joined: rule to rule, bus to
// bus, account to account.
#include <gtest/gtest.h>

#include "app/testing/harness.h"

namespace riposte::app::testing {
namespace {

using json::Array;
using json::Object;

class EventsFlow : public ::testing::Test {
 protected:
  void PutRule(const std::string& name, const std::string& pattern, Array targets,
               const std::string& bus = "default") {
    engine.Call("events", "PutRule",
                {{"Name", name}, {"EventPattern", pattern}, {"EventBusName", bus}});
    engine.Call("events", "PutTargets",
                {{"Rule", name}, {"EventBusName", bus}, {"Targets", std::move(targets)}});
  }
  Object Put(const std::string& source, const std::string& detail = "{}") {
    return engine.Call(
        "events", "PutEvents",
        {{"Entries", Array{Object{{"Source", source}, {"DetailType", "t"}, {"Detail", detail}}}}});
  }
  /// The error codes of the deliveries that were given up, by rule.
  std::map<std::string, std::string> GivenUp() {
    std::map<std::string, std::string> out;
    engine.engine().store().Read([&](store::Transaction& tx) {
      tx.Query("SELECT source_arn, error_code FROM delivery_dead", {}, [&](const store::Row& row) {
        out[row.Str(0)] = row.Str(1);
        return true;
      });
    });
    return out;
  }
  std::string RuleArn(const std::string& name) { return engine.Arn("events", "rule/" + name); }

  Harness engine{{.durable = true}};
  /// A function that is not there: what reaches it is found among the dead.
  const Array nowhere{
      Object{{"Id", "1"}, {"Arn", engine.Arn("lambda", "function:no-such-function")}}};
};

TEST_F(EventsFlow, RulesSurviveARestart) {
  PutRule("r", R"({"source": ["app"]})", nowhere);
  engine.Restart();
  Put("other");
  EXPECT_TRUE(GivenUp().empty());
  Put("app");
  EXPECT_EQ(GivenUp().size(), 1U);
  EXPECT_TRUE(GivenUp().contains(RuleArn("r")));
}

TEST_F(EventsFlow, FromBusToBus) {
  engine.Call("events", "CreateEventBus", {{"Name", "central"}});
  PutRule("forward", R"({"source": ["app"]})",
          {Object{{"Id", "1"}, {"Arn", engine.Arn("events", "event-bus/central")}}});
  PutRule("there", R"({"source": ["app"], "detail": {"n": [1]}})", nowhere, "central");
  Put("app", R"({"n": 1})");
  EXPECT_FALSE(GivenUp().contains(RuleArn("forward")));
  EXPECT_TRUE(GivenUp().contains(RuleArn("central/there")));
}

TEST_F(EventsFlow, AnEventOfTheEngineItselfIsForwardedToo) {
  engine.Call("events", "CreateEventBus", {{"Name", "central"}});
  PutRule("failures", R"({"detail-type": ["EventBridge Rule Execution Failed"],
                          "source": [{"prefix": "aws."}]})",
          {Object{{"Id", "1"}, {"Arn", engine.Arn("events", "event-bus/central")}}});
  PutRule("there", R"({"source": ["aws.events"]})", nowhere, "central");
  PutRule("fails", R"({"source": ["app"]})", nowhere);
  Put("app");
  EXPECT_TRUE(GivenUp().contains(RuleArn("fails")));
  EXPECT_TRUE(GivenUp().contains(RuleArn("central/there")));
}

TEST_F(EventsFlow, AnotherAccountsBusWithoutAndWithItsPermission) {
  const AccountId other("999999999999");
  const std::string their_bus =
      "arn:aws:events:" + engine.scope().region.str() + ":" + other.str() + ":event-bus/default";
  PutRule("forward", R"({"source": ["app"]})", {Object{{"Id", "1"}, {"Arn", their_bus}}});
  Put("app");
  EXPECT_EQ(GivenUp()[RuleArn("forward")], "NO_PERMISSIONS");

  api::Invocation grant;
  grant.service = "events";
  grant.operation = "PutPermission";
  grant.input = {{"StatementId", "s"},
                 {"Principal", engine.scope().account.str()},
                 {"Action", "events:PutEvents"}};
  grant.principal = access::Principal::Root(other);
  grant.scope = {other, engine.scope().region};
  bool granted = false;
  engine.engine().pipeline().Invoke(std::move(grant),
                                    [&](const api::Outcome& outcome) { granted = outcome.ok(); });
  engine.RunUntilIdle();
  ASSERT_TRUE(granted);
  engine.engine().store().WriteAndWait(
      [](store::Transaction& tx) { tx.Execute("DELETE FROM delivery_dead"); });
  Put("app");
  EXPECT_FALSE(GivenUp().contains(RuleArn("forward")));
}

TEST_F(EventsFlow, IntoALogGroup) {
  engine.Call("logs", "CreateLogGroup", {{"logGroupName", "/aws/events/all"}});
  PutRule("log", R"({"source": ["app"]})",
          {Object{{"Id", "1"}, {"Arn", engine.Arn("logs", "log-group:/aws/events/all:*")}}});
  Put("app");
  EXPECT_EQ(GivenUp()[RuleArn("log")], "NO_PERMISSIONS");
  const Object policy{
      {"Version", "2012-10-17"},
      {"Statement", Array{Object{{"Effect", "Allow"},
                                 {"Principal", Object{{"Service", "events.amazonaws.com"}}},
                                 {"Action", Array{"logs:CreateLogStream", "logs:PutLogEvents"}},
                                 {"Resource", engine.Arn("logs", "log-group:/aws/events/*:*")}}}}};
  engine.Call("logs", "PutResourcePolicy",
              {{"policyName", "p"}, {"policyDocument", json::Serialize(policy)}});
  Put("app", R"({"n": 7})");
  engine.AdvanceTime(std::chrono::seconds(2));
  const Object found =
      engine.Call("logs", "FilterLogEvents", {{"logGroupName", "/aws/events/all"}});
  const auto& events = found.at("events").as_array();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(json::Parse(json::GetString(events[0].as_object(), "message"))->at("detail").at("n"),
            7);
}

TEST_F(EventsFlow, RulesOfACustomBusNeedTheirOwnPermission) {
  // The resource of such a rule is rule/<bus>/<name>; a policy on rule/<name> does not reach it.
  access::Principal nobody;
  nobody.kind = access::Principal::Kind::kUser;
  nobody.account = engine.scope().account;
  nobody.arn = "arn:aws:iam::" + nobody.account.str() + ":user/nobody";
  const auto outcome = engine.TryCallAs(nobody, "events", "DescribeRule",
                                        {{"Name", "r"}, {"EventBusName", "central"}});
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error->code(), "AccessDeniedException");
  EXPECT_NE(outcome.error->message().find("rule/central/r"), std::string::npos);
}

}  // namespace
}  // namespace riposte::app::testing
