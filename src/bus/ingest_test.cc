#include "bus/ingest.h"

#include "bus/testing/bus_fixture.h"

namespace riposte::bus {
namespace {

using testing::BusTest;

constexpr const char* kQueue = R"([{"Id": "q", "Arn": "arn:aws:sqs:eu-west-1:111122223333:work"}])";

class IngestTest : public BusTest {
 protected:
  std::string Body(size_t call) {
    return std::string(json::GetString(invoker.calls.at(call).input, "MessageBody"));
  }
};

TEST_F(IngestTest, TheTargetGetsTheEnvelope) {
  PutRule("r", R"({"source": ["app"], "detail": {"n": [1]}})", kQueue);
  api::Event event = MakeEvent("app", R"({"n": 1})", "Made");
  event.resources = {"arn:x"};
  Emit(std::move(event));
  ASSERT_EQ(invoker.calls.size(), 1U);
  const auto body = json::Parse(Body(0))->as_object();
  EXPECT_EQ(json::GetString(body, "version"), "0");
  EXPECT_EQ(json::GetString(body, "id").size(), 36U);
  EXPECT_EQ(json::GetString(body, "detail-type"), "Made");
  EXPECT_EQ(json::GetString(body, "source"), "app");
  EXPECT_EQ(json::GetString(body, "account"), "111122223333");
  EXPECT_EQ(json::GetString(body, "region"), "eu-west-1");
  EXPECT_EQ(json::GetString(body, "time"), "2026-01-01T00:00:00Z");
  EXPECT_EQ(json::GetStrings(body, "resources"), std::vector<std::string>{"arn:x"});
  EXPECT_EQ(json::Serialize(body.at("detail")), R"({"n":1})");
  EXPECT_EQ(metrics.sums["MatchedEvents r"], 1);
  EXPECT_EQ(metrics.sums["TriggeredRules r"], 1);
  EXPECT_EQ(metrics.sums["Invocations r"], 1);
  EXPECT_EQ(Owed(), 0);
}

TEST_F(IngestTest, EachMatchingRuleAndTargetOnce) {
  PutRule("both", R"({"source": ["app"], "detail-type": ["Test"]})", kQueue);
  PutRule("source", R"({"source": ["app", "other"]})", kQueue);
  PutRule("type", R"({"detail-type": ["Test"]})", kQueue);
  PutRule("rest", R"({"account": ["111122223333"]})", kQueue);
  PutRule("no", R"({"source": ["other"], "detail-type": ["Test"]})", kQueue);
  PutRule("no-detail", R"({"source": ["app"], "detail": {"x": [1]}})", kQueue);
  PutRule("two", R"({"source": [{"prefix": "a"}]})",
          R"([{"Id": "1", "Arn": "arn:aws:sqs:eu-west-1:111122223333:a"},
              {"Id": "2", "Arn": "arn:aws:sqs:eu-west-1:111122223333:b"}])");
  api::Event event = MakeEvent("app");
  std::vector<delivery::Work> owed;
  ingest.Match(event, owed);
  std::multiset<std::string> names;
  for (const auto& work : owed) names.insert(RuleDelivery::FromJson(work.detail).rule);
  EXPECT_EQ(names, (std::multiset<std::string>{"both", "source", "type", "rest", "two", "two"}));
  EXPECT_FALSE(event.id.empty());
  EXPECT_EQ(Owed(), 0);  // Nothing is owed before Owe.
}

TEST_F(IngestTest, TextAndDocumentOweTheSame) {
  PutRule("n", R"({"source": ["app"], "detail": {"n": [1]}})", kQueue);
  PutRule("type", R"({"detail-type": ["Test"], "account": ["999999999999"]})", kQueue);
  PutRule("none", R"({"source": ["app"], "detail": {"n": [2]}})", kQueue);
  for (const char* detail :
       {R"({"n": 1, "s": "x\u00e9"})", R"({"n": 1, "big": 123456789012345678901234567890})"}) {
    api::Event document = MakeEvent("app", detail);
    document.id = "e-1";
    document.scope = scope;
    std::vector<delivery::Work> expected;
    ingest.Match(document, expected);
    api::Event text = MakeEvent("app");
    text.id = "e-1";
    std::vector<delivery::Work> owed;
    EXPECT_TRUE(ingest.MatchText(text, detail, {"111122223333", "eu-west-1"}, owed));
    ASSERT_EQ(owed.size(), 1U);
    ASSERT_EQ(expected.size(), 1U);
    // The text keeps its own escapes and numbers; the documents are equal.
    const auto document_of = [](const delivery::Work& work) {
      json::Object parsed = work.detail;
      parsed["event"] = *json::Parse(json::GetString(work.detail, "event"));
      return parsed;
    };
    EXPECT_EQ(document_of(owed[0]), document_of(expected[0]));
    // A forwarded event keeps its account: another rule matches too.
    owed.clear();
    EXPECT_TRUE(ingest.MatchText(text, detail, {"999999999999", "eu-west-1"}, owed));
    EXPECT_EQ(owed.size(), 2U);
  }
  std::vector<delivery::Work> owed;
  for (const char* bad : {"", "[1]", "{", "{\"n\": 1"}) {
    api::Event event = MakeEvent("app");
    EXPECT_FALSE(ingest.MatchText(event, bad, {"111122223333", "eu-west-1"}, owed)) << bad;
  }
  EXPECT_TRUE(owed.empty());
}

TEST_F(IngestTest, NothingMatchesNothingIsWritten) {
  PutRule("r", R"({"source": ["app"]})", kQueue);
  const auto before = store->counts();
  api::Event event = MakeEvent("else");
  std::vector<delivery::Work> owed;
  ingest.Match(event, owed);
  EXPECT_TRUE(owed.empty());
  EXPECT_EQ(event.detail, *json::Parse("{}"));  // Untouched: no envelope was made.
  EXPECT_EQ(store->counts().closures, before.closures);
}

TEST_F(IngestTest, ChangesArePublishedWithTheirCommit) {
  PutRule("r", R"({"source": ["app"]})", kQueue);
  EXPECT_THROW(store->WriteAndWait([&](store::Transaction& tx) {
    tables::DeleteRule(tx, {scope, "default", "r"});
    rules.Refresh(tx, scope, "default");
    throw std::runtime_error("rolled back");
  }),
               std::runtime_error);
  Emit(MakeEvent("app"));
  EXPECT_EQ(invoker.calls.size(), 1U);
  store->WriteAndWait([&](store::Transaction& tx) {
    tables::SetRuleState(tx, {scope, "default", "r"}, "DISABLED");
    rules.Refresh(tx, scope, "default");
  });
  Emit(MakeEvent("app"));
  EXPECT_EQ(invoker.calls.size(), 1U);
}

TEST_F(IngestTest, ScopesAndBusesAreApart) {
  PutRule("here", R"({"source": ["app"]})", kQueue);
  PutRule("there", R"({"source": ["app"]})", kQueue, "orders");
  api::Event foreign = MakeEvent("app");
  foreign.scope.account = AccountId("999999999999");
  Emit(std::move(foreign));
  EXPECT_TRUE(invoker.calls.empty());
  api::Event other = MakeEvent("app");
  other.bus = "orders";
  Emit(std::move(other));
  ASSERT_EQ(invoker.calls.size(), 1U);
  EXPECT_EQ(invoker.calls[0].principal.source_arn,
            "arn:aws:events:eu-west-1:111122223333:rule/orders/there");
}

TEST_F(IngestTest, LoadedAfterRestart) {
  PutRule("r", R"({"source": ["app"]})", kQueue);
  RuleBook fresh(log);
  EXPECT_TRUE(fresh.Find(scope, "default")->empty());
  fresh.Load(*store);
  ASSERT_EQ(fresh.Find(scope, "default")->size(), 1U);
  EXPECT_EQ(fresh.Find(scope, "default")->Find("r")->targets.size(), 1U);
}

TEST_F(IngestTest, InputIsTransformedWhenAccepted) {
  PutRule("r", R"({"source": ["app"]})", R"([
      {"Id": "a", "Arn": "arn:aws:sqs:eu-west-1:111122223333:a", "InputPath": "$.detail.n"},
      {"Id": "b", "Arn": "arn:aws:sqs:eu-west-1:111122223333:b", "Input": "{\"k\": 1}"},
      {"Id": "c", "Arn": "arn:aws:sqs:eu-west-1:111122223333:c", "InputTransformer": {
          "InputPathsMap": {"n": "$.detail.n"},
          "InputTemplate": "{\"rule\": <aws.events.rule-name>, \"n\": <n>}"}}])");
  Emit(MakeEvent("app", R"({"n": 7})"));
  ASSERT_EQ(invoker.calls.size(), 3U);
  std::multiset<std::string> bodies = {Body(0), Body(1), Body(2)};
  EXPECT_EQ(bodies, (std::multiset<std::string>{"7", R"({"k": 1})", R"({"rule": "r", "n": 7})"}));
}

TEST_F(IngestTest, TheTraceGoesOn) {
  PutRule("r", R"({"source": ["app"]})", kQueue);
  api::Event event = MakeEvent("app");
  event.trace = {"inc-0123456789abcdef", 3};
  Emit(std::move(event));
  Emit(MakeEvent("app"));
  ASSERT_EQ(invoker.calls.size(), 2U);
  EXPECT_EQ(invoker.calls[0].trace.correlation, "inc-0123456789abcdef");
  EXPECT_EQ(invoker.calls[0].trace.hops, 4);
  EXPECT_EQ(invoker.calls[1].trace.correlation,
            json::GetString(json::Parse(Body(1))->as_object(), "id"));
}

}  // namespace
}  // namespace riposte::bus
