#include "workflow/engine.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>

#include "base/testing/fakes.h"
#include "store/testing/fault_vfs.h"
#include "workflow/tables.h"
#include "workflow/testing/fakes.h"

namespace riposte::workflow {
namespace {

using testing::Fails;
using testing::FakeInvoker;
using testing::FakeScripts;
using testing::Ok;

/// A language that does what its definition says: {"on": {"<stimulus>": [effects]}}, where a
/// stimulus is "start", an effect's key, "signal <name>" or "cancel". State: the list of stimuli.
class ScriptedLanguage final : public Language {
 public:
  [[nodiscard]] std::string_view name() const override { return "scripted"; }
  [[nodiscard]] Turn Advance(const Execution& execution, State state,
                             const Stimulus& stimulus) const override {
    Turn turn;
    turn.state = std::move(state);
    turn.status = "Running";
    std::string what = stimulus.key;
    if (stimulus.kind == Stimulus::Kind::kStart) what = "start";
    if (stimulus.kind == Stimulus::Kind::kCancel) what = "cancel";
    if (stimulus.kind == Stimulus::Kind::kSignal) what = "signal " + stimulus.key;
    if (what == "signal bad") {
      turn.refused.emplace("BadSignal", "no");
      return turn;
    }
    if (what == "signal crash") {
      turn.state.Edit("half") = "done";
      throw std::runtime_error("bug");
    }
    turn.state.Append("seen", json::Value(what + " " + json::Serialize(stimulus.payload)));
    const json::Object* on = json::GetObject(execution.definition->content, "on");
    const json::Array* effects = on ? json::GetArray(*on, what) : nullptr;
    for (const json::Value& entry : effects ? *effects : json::Array()) {
      const json::Object& effect = entry.as_object();
      const std::string key(json::GetString(effect, "key"));
      const std::string_view kind = json::GetString(effect, "kind");
      if (kind == "invoke" || kind == "start") {
        Effect::InvokeOptions options;
        options.starts_child = kind == "start";
        turn.effects.push_back(Effect::Invoke(key, "svc", "Op", {{"Key", key}}, options));
      } else if (kind == "script") {
        Effect::ScriptOptions options;
        options.payload = json::Object{{"in", 1}};
        turn.effects.push_back(Effect::Script(key, options));
      } else if (kind == "sleep") {
        turn.effects.push_back(
            Effect::Sleep(key, stimulus.now + Millis(json::GetInt(effect, "ms"))));
      } else if (kind == "await") {
        turn.effects.push_back(Effect::Await(key, json::GetString(effect, "id")));
      } else if (kind == "forget") {
        turn.effects.push_back(Effect::Forget(key));
      } else if (kind == "emit") {
        turn.effects.push_back(Effect::Emit({"src", "type", {"arn:x"}, {{"k", "v"}}}));
      } else {
        turn.finished = true;
        turn.status = kind;
        turn.output = json::Object{{"answer", 42}};
      }
    }
    return turn;
  }
  [[nodiscard]] Turn GiveUp(const Execution&, State state, const std::string& reason,
                            TimePoint) const override {
    Turn turn;
    turn.state = std::move(state);
    turn.state.Edit("reason") = reason;
    turn.status = "Crashed";
    turn.finished = true;
    return turn;
  }
  [[nodiscard]] std::optional<Failure> FailureOf(const Execution& execution) const override {
    if (execution.status != "Crashed") return std::nullopt;
    return Failure{"it crashed", "execution/" + execution.id, "definition/" + execution.name};
  }
};

class Events final : public api::EventSink {
 public:
  void Emit(store::Transaction&, api::Event event) override {
    if (refuse) throw store::Failure("no");
    events.push_back(std::move(event));
  }
  std::vector<api::Event> events;
  bool refuse = false;
};

class EngineTest : public ::testing::Test {
 protected:
  EngineTest() {
    path_ = ::testing::TempDir() + "workflow_engine_" +
            ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".db";
    store::testing::FaultVfs::Register();
    RemoveFiles();
    Open();
  }
  ~EngineTest() override {
    engine_.reset();
    store_.reset();
    RemoveFiles();
  }
  void RemoveFiles() {
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + suffix);
  }
  void Open() {
    auto opened = store::Store::Open(
        {.path = path_, .threaded = false, .vfs = store::testing::FaultVfs::kName},
        Engine::Migrations());
    ASSERT_TRUE(opened.has_value());
    store_ = std::move(*opened);
    invoker_ = std::make_unique<FakeInvoker>(loop_);
    scripts_ = std::make_unique<FakeScripts>();
    Engine::Options options = options_;
    options.fill_token = [](const std::string&, const std::string&, json::Object& input,
                            const std::string& token) { input["Token"] = token; };
    engine_ = std::make_unique<Engine>(options, *store_, *invoker_, loop_, clock_, random_, log_);
    engine_->AddLanguage(language_);
    engine_->SetScriptRunner(*scripts_);
    engine_->SetEventSink(events_);
    engine_->Start();
    loop_.RunUntilIdle();
  }
  /// The process dies: memory is gone, the file stays.
  void Restart() {
    engine_.reset();
    store_.reset();
    Open();
  }
  StartRequest Request(std::string_view on) {
    StartRequest request;
    request.language = "scripted";
    request.scope = scope_;
    request.name = "test";
    request.version = "1";
    request.definition = {{"on", *json::Parse(on)}};
    request.principal = access::Principal::Root(scope_.account);
    request.trace = {"inc-1", 2};
    return request;
  }
  Result<std::string> TryStart(StartRequest request) {
    Result<std::string> id;
    store_->WriteAndWait(
        [&](store::Transaction& tx) { id = engine_->Start(tx, std::move(request)); });
    loop_.RunUntilIdle();
    return id;
  }
  std::string Start(std::string_view on) { return *TryStart(Request(on)); }
  void Signal(const std::string& id, const std::string& name) {
    store_->WriteAndWait([&](store::Transaction& tx) {
      EXPECT_TRUE(engine_->Signal(tx, id, name, {}).has_value());
    });
    loop_.RunUntilIdle();
  }
  Execution Load(const std::string& id) {
    std::optional<Execution> execution;
    store_->Read([&](store::Transaction& tx) { execution = tables::LoadExecution(tx, id); });
    return execution.value();
  }
  std::string Seen(const std::string& id) {
    const Execution execution = Load(id);
    const json::Value* seen = json::Find(execution.state, "seen");
    return seen ? json::Serialize(*seen) : "";
  }
  int64_t OwedEffects() {
    int64_t count = 0;
    store_->Read([&](store::Transaction& tx) {
      count = static_cast<int64_t>(tables::EverythingOwed(tx).size());
    });
    return count;
  }

  Scope scope_{AccountId("111122223333"), Region("eu-west-1")};
  std::string path_;
  Engine::Options options_;
  riposte::testing::FakeClock clock_;
  riposte::testing::FakeExecutor loop_{clock_};
  riposte::testing::FakeRandom random_;
  telemetry::Log log_{{.silent = true}};
  ScriptedLanguage language_;
  Events events_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<FakeInvoker> invoker_;
  std::unique_ptr<FakeScripts> scripts_;
  std::unique_ptr<Engine> engine_;
};

TEST_F(EngineTest, CallsWithTheExecutionsPrincipalTraceAndToken) {
  const std::string id = Start(R"({"start": [{"kind": "invoke", "key": "a"}],
                                   "a": [{"kind": "Done"}]})");
  ASSERT_EQ(invoker_->calls.size(), 1u);
  const api::Invocation& call = invoker_->calls[0];
  EXPECT_EQ(call.service, "svc");
  EXPECT_EQ(call.principal.arn, "arn:aws:iam::111122223333:root");
  EXPECT_EQ(call.scope.region.str(), "eu-west-1");
  EXPECT_EQ(call.trace.correlation, "inc-1");
  EXPECT_EQ(call.trace.hops, 3);  // an execution is one more
  EXPECT_EQ(json::GetString(call.input, "Token").size(), 36u);
  EXPECT_EQ(OwedEffects(), 1);
  EXPECT_FALSE(engine_->Idle());
  invoker_->Reply(Ok({{"x", 1}}));
  loop_.RunUntilIdle();
  const Execution execution = Load(id);
  EXPECT_TRUE(execution.finished);
  EXPECT_EQ(execution.status, "Done");
  EXPECT_EQ(json::Serialize(execution.output), R"({"answer":42})");
  EXPECT_EQ(OwedEffects(), 0);
  EXPECT_TRUE(engine_->Idle());
}

TEST_F(EngineTest, ARestartRepeatsWhatIsOwedUnderTheSameToken) {
  const std::string id = Start(R"({"start": [{"kind": "invoke", "key": "a"},
                                             {"kind": "script", "key": "b"},
                                             {"kind": "sleep", "key": "c", "ms": 5000}],
                                   "c": [{"kind": "Done"}]})");
  ASSERT_EQ(invoker_->calls.size(), 1u);
  const std::string call_token(json::GetString(invoker_->calls[0].input, "Token"));
  const std::string script_token = scripts_->requests.at(0).token;
  Restart();
  ASSERT_EQ(invoker_->calls.size(), 1u);
  EXPECT_EQ(json::GetString(invoker_->calls[0].input, "Token"), call_token);
  EXPECT_EQ(scripts_->requests.at(0).token, script_token);
  invoker_->Reply(Ok({{"x", 1}}));
  scripts_->waiting.front()({json::Value(7), "printed", {}});
  loop_.RunUntilIdle();
  EXPECT_EQ(Seen(id),
            R"(["start {}","a {\"output\":{\"x\":1}}","b {\"log\":\"printed\",\"payload\":7}"])");
  Restart();  // what has its outcome is not repeated
  EXPECT_TRUE(invoker_->calls.empty());
  EXPECT_TRUE(scripts_->requests.empty());
  loop_.Advance(Millis(5000));
  EXPECT_EQ(Load(id).status, "Done");
}

TEST_F(EngineTest, AnOutcomeThatIsNotCommittedIsNotLost) {
  const std::string id = Start(R"({"start": [{"kind": "invoke", "key": "a"}]})");
  api::Reply late = std::move(invoker_->waiting.front());
  invoker_->waiting.clear();
  Restart();                   // died between the reply and its commit
  late(Ok({{"lost", true}}));  // the old process's reply reaches nobody
  invoker_->Reply(Ok({{"again", true}}));
  loop_.RunUntilIdle();
  EXPECT_EQ(Seen(id), R"(["start {}","a {\"output\":{\"again\":true}}"])");
}

TEST_F(EngineTest, ThrottledCallsAreRepeatedWithBackOffAndTheSameToken) {
  const std::string id = Start(R"({"start": [{"kind": "invoke", "key": "a"}]})");
  invoker_->Reply(Fails("ThrottlingException"));
  loop_.RunUntilIdle();
  EXPECT_EQ(invoker_->calls.size(), 1u);
  loop_.Advance(Millis(1000));
  ASSERT_EQ(invoker_->calls.size(), 2u);
  EXPECT_EQ(invoker_->calls[0].input, invoker_->calls[1].input);
  EXPECT_EQ(Seen(id), R"(["start {}"])");
  clock_.Set(clock_.Now() + Millis(60'000));
  invoker_->Reply(Fails("ThrottlingException", "still"));
  loop_.RunUntilIdle();
  EXPECT_EQ(
      Seen(id),
      R"(["start {}","a {\"error\":{\"code\":\"ThrottlingException\",\"message\":\"still\"}}"])");
}

// A full disk must not end executions: the call is made again for longer than throttling lasts.
TEST_F(EngineTest, CallsThatCouldNotBeStoredAreRepeated) {
  const std::string id = Start(R"({"start": [{"kind": "invoke", "key": "a"}]})");
  clock_.Set(clock_.Now() + Millis(600'000));
  invoker_->Reply(Fails("ServiceUnavailable"));
  loop_.RunUntilIdle();
  EXPECT_EQ(Seen(id), R"(["start {}"])");
  loop_.Advance(Millis(1000));
  ASSERT_EQ(invoker_->calls.size(), 2u);
  invoker_->Reply(Ok({}));
  loop_.RunUntilIdle();
  EXPECT_EQ(Seen(id), R"(["start {}","a {\"output\":{}}"])");
}

TEST_F(EngineTest, ACallWithoutAnswerTimesOut) {
  const std::string id = Start(R"({"start": [{"kind": "invoke", "key": "a"}]})");
  loop_.Advance(Millis(25'000));
  EXPECT_NE(Seen(id).find("Timeout"), std::string::npos);
  invoker_->Reply(Ok({}));  // too late
  loop_.RunUntilIdle();
  EXPECT_EQ(json::GetArray(Load(id).state, "seen")->size(), 2u);
  EXPECT_TRUE(engine_->Idle());
}

TEST_F(EngineTest, SlotsAreSharedAndComeBack) {
  options_.max_in_flight = 2;
  Restart();
  for (int i = 0; i < 5; ++i) {
    Start(R"({"start": [{"kind": "invoke", "key": "a"}], "a": [{"kind": "Done"}]})");
  }
  EXPECT_EQ(invoker_->calls.size(), 2u);
  invoker_->Reply(Fails("Throttling"));  // keeps its slot while it backs off
  invoker_->Reply(Ok({}));
  loop_.RunUntilIdle();
  EXPECT_EQ(invoker_->calls.size(), 3u);
  while (!invoker_->waiting.empty() || loop_.pending() > 1) {
    if (invoker_->waiting.empty()) {
      loop_.Advance(Millis(1000));
    } else {
      invoker_->Reply(Ok({}));
      loop_.RunUntilIdle();
    }
  }
  EXPECT_EQ(invoker_->calls.size(), 6u);
  EXPECT_EQ(OwedEffects(), 0);
}

TEST_F(EngineTest, ForgottenEffectsCountForNothing) {
  const std::string id = Start(R"({"start": [{"kind": "invoke", "key": "a"},
                                             {"kind": "sleep", "key": "t", "ms": 1000}],
                                   "t": [{"kind": "forget", "key": "a"},
                                         {"kind": "sleep", "key": "u", "ms": 1000}],
                                   "u": [{"kind": "Done"}]})");
  loop_.Advance(Millis(1000));
  invoker_->Reply(Ok({}));
  loop_.RunUntilIdle();
  loop_.Advance(Millis(1000));
  EXPECT_EQ(Seen(id), R"(["start {}","t {}","u {}"])");
  EXPECT_TRUE(engine_->Idle());
}

TEST_F(EngineTest, SignalsAreDeliveredOrRefusedInTheCallersTransaction) {
  const std::string id = Start(R"({"signal go": [{"kind": "Done"}]})");
  store_->WriteAndWait([&](store::Transaction& tx) {
    EXPECT_THROW((void)engine_->Signal(tx, id, "bad", {}), api::Error);
    EXPECT_EQ(engine_->Signal(tx, "nobody", "go", {}).error().code, Code::kNotFound);
  });
  EXPECT_EQ(Seen(id), R"(["start {}"])");
  Signal(id, "go");
  EXPECT_EQ(Seen(id), R"(["start {}","signal go {}"])");
  EXPECT_EQ(Load(id).status, "Done");
  store_->WriteAndWait([&](store::Transaction& tx) {
    EXPECT_EQ(engine_->Signal(tx, id, "go", {}).error().code, Code::kConflict);
  });
}

TEST_F(EngineTest, AClientTokenStartsOnce) {
  StartRequest request = Request("{}");
  request.client_token = "t";
  request.request_hash = "h";
  const auto first = TryStart(request);
  EXPECT_EQ(*TryStart(request), *first);
  request.request_hash = "other";
  EXPECT_EQ(TryStart(request).error().code, Code::kConflict);
  request.scope.region = Region("us-east-1");
  EXPECT_NE(*TryStart(request), *first);
}

TEST_F(EngineTest, RunningExecutionsAreBounded) {
  options_.max_running = 2;
  Restart();
  const std::string id = Start(R"({"signal go": [{"kind": "Done"}]})");
  Start("{}");
  EXPECT_EQ(TryStart(Request("{}")).error().code, Code::kLimitExceeded);
  Signal(id, "go");
  EXPECT_TRUE(TryStart(Request("{}")).has_value());
}

TEST_F(EngineTest, ExecutionsThatStartOneAnotherComeToAnEnd) {
  StartRequest request = Request("{}");
  request.trace.hops = Trace::kMaxHops;
  EXPECT_EQ(TryStart(request).error().code, Code::kLimitExceeded);
  request.trace.hops = Trace::kMaxHops - 1;
  EXPECT_TRUE(TryStart(request).has_value());
}

TEST_F(EngineTest, AParentGetsItsChildsEnd) {
  const std::string child = Start(R"({"signal go": [{"kind": "Done"}]})");
  const std::string parent =
      Start(R"({"start": [{"kind": "await", "key": "kid", "id": ")" + child + R"("}]})");
  EXPECT_EQ(Load(child).parent_id, parent);
  Signal(child, "go");
  EXPECT_EQ(Seen(parent), R"(["start {}","kid {\"status\":\"Done\",\"output\":{\"answer\":42}}"])");
}

TEST_F(EngineTest, AChildThatEndedBeforeOrDuringARestartIsNoticed) {
  const std::string ended = Start(R"({"start": [{"kind": "Done"}]})");
  const std::string late =
      Start(R"({"start": [{"kind": "await", "key": "kid", "id": ")" + ended + R"("}]})");
  EXPECT_NE(Seen(late).find("Done"), std::string::npos);

  const std::string child = Start(R"({"signal go": [{"kind": "Done"}]})");
  const std::string parent =
      Start(R"({"start": [{"kind": "await", "key": "kid", "id": ")" + child + R"("}]})");
  store_->WriteAndWait([&](store::Transaction& tx) {
    EXPECT_TRUE(engine_->Signal(tx, child, "go", {}).has_value());
  });
  Restart();  // before the loop could tell the parent
  EXPECT_NE(Seen(parent).find("kid"), std::string::npos);

  const std::string orphan = Start(R"({"start": [{"kind": "await", "key": "kid", "id": "no"}]})");
  EXPECT_NE(Seen(orphan).find("ExecutionNotFound"), std::string::npos);
}

TEST_F(EngineTest, AnotherAccountsExecutionIsNoChild) {
  const std::string child = Start(R"({"signal go": [{"kind": "Done"}]})");
  StartRequest request =
      Request(R"({"start": [{"kind": "await", "key": "kid", "id": ")" + child + R"("}]})");
  request.scope.account = AccountId("999999999999");
  const std::string parent = *TryStart(request);
  EXPECT_NE(Seen(parent).find("ExecutionNotFound"), std::string::npos);
  EXPECT_EQ(Load(child).parent_id, "");
}

TEST_F(EngineTest, AFinishedParentCancelsItsChildAlsoAcrossARestart) {
  const std::string child = Start(R"({"cancel": [{"kind": "Stopped"}]})");
  const std::string parent = Start(R"({"start": [{"kind": "await", "key": "kid", "id": ")" + child +
                                   R"("}], "cancel": [{"kind": "Stopped"}]})");
  store_->WriteAndWait(
      [&](store::Transaction& tx) { EXPECT_TRUE(engine_->Cancel(tx, parent).has_value()); });
  EXPECT_EQ(Load(child).status, "Running");
  Restart();
  EXPECT_EQ(Load(child).status, "Stopped");
  EXPECT_EQ(OwedEffects(), 0);
}

constexpr const char* kStartsAChild =
    R"({"start": [{"kind": "start", "key": "kid"}], "cancel": [{"kind": "Stopped"}]})";
constexpr const char* kChild = R"({"cancel": [{"kind": "Stopped"}]})";

// Between the call that starts a child and its outcome nobody has adopted the child yet.
TEST_F(EngineTest, AParentThatEndsWhileItsChildIsStartedStopsIt) {
  const std::string parent = Start(kStartsAChild);
  const std::string token(json::GetString(invoker_->calls.at(0).input, "Token"));
  store_->WriteAndWait(
      [&](store::Transaction& tx) { EXPECT_TRUE(engine_->Cancel(tx, parent).has_value()); });
  loop_.RunUntilIdle();
  EXPECT_EQ(OwedEffects(), 1);  // the start is under way: what it made can be stopped after it
  StartRequest request = Request(kChild);
  request.client_token = token;
  const std::string child = *TryStart(request);
  EXPECT_EQ(Load(child).status, "Running");
  invoker_->Reply(Ok({{"Id", child}}));
  loop_.RunUntilIdle();
  EXPECT_EQ(Load(child).status, "Stopped");
  EXPECT_EQ(OwedEffects(), 0);
  EXPECT_TRUE(engine_->Idle());
}

TEST_F(EngineTest, AParentThatEndedBeforeTheOutcomeOfAStartWasStoredStopsTheChild) {
  for (const bool restart : {false, true}) {
    const std::string parent = Start(kStartsAChild);
    StartRequest request = Request(kChild);
    request.client_token = json::GetString(invoker_->calls.back().input, "Token");
    const std::string child = *TryStart(request);
    store_->WriteAndWait([&](store::Transaction& tx) {
      if (!restart) invoker_->Reply(Ok({{"Id", child}}));  // its outcome is queued behind this
      EXPECT_TRUE(engine_->Cancel(tx, parent).has_value());
    });
    if (restart) Restart();
    loop_.RunUntilIdle();
    EXPECT_EQ(Load(child).status, "Stopped") << restart;
    EXPECT_EQ(OwedEffects(), 0) << restart;
  }
}

TEST_F(EngineTest, AChildThatWasNeverStartedNeedsNoStopping) {
  const std::string parent = Start(kStartsAChild);
  store_->WriteAndWait(
      [&](store::Transaction& tx) { EXPECT_TRUE(engine_->Cancel(tx, parent).has_value()); });
  loop_.RunUntilIdle();
  loop_.Advance(Millis(25'000));  // the call's time is over, and it may still be at work
  EXPECT_EQ(OwedEffects(), 1);
  invoker_->Reply(Fails("LimitExceeded"));
  loop_.RunUntilIdle();
  EXPECT_EQ(OwedEffects(), 0);
  EXPECT_TRUE(engine_->Idle());
}

TEST_F(EngineTest, ALanguageThatThrowsEndsItsExecutionOnly) {
  const std::string id = Start("{}");
  Signal(id, "crash");
  EXPECT_EQ(Load(id).status, "Crashed");
  EXPECT_EQ(json::GetString(Load(id).state, "reason"), "bug");
  EXPECT_EQ(json::Find(Load(id).state, "half"), nullptr);  // the turn that failed left nothing
  EXPECT_EQ(Seen(id), R"(["start {}"])");
}

TEST_F(EngineTest, EventsCarryTheTraceAndHistoryTellsWhatHappened) {
  const std::string id = Start(R"({"start": [{"kind": "emit"}, {"kind": "invoke", "key": "a"}],
                                   "a": [{"kind": "Done"}]})");
  invoker_->Reply(Ok({}));
  loop_.RunUntilIdle();
  ASSERT_EQ(events_.events.size(), 1u);
  EXPECT_EQ(events_.events[0].trace.correlation, "inc-1");
  EXPECT_EQ(events_.events[0].source, "src");
  std::string kinds;
  store_->Read([&](store::Transaction& tx) {
    tables::EachHistory(tx, Load(id).number, [&](const tables::HistoryRow& row) {
      kinds += row.kind + ":" + row.key + " ";
      return true;
    });
  });
  EXPECT_EQ(kinds, "started: invoke:a outcome:a finished:Done ");
}

TEST_F(EngineTest, OutcomesThatCouldNotBeReadBackAreErrors) {
  const std::string id = Start(R"({"start": [{"kind": "invoke", "key": "a"}]})");
  json::Value deep = 1;
  for (int i = 0; i < 60; ++i) deep = json::Array{deep};
  invoker_->Reply(Ok({{"deep", deep}}));
  loop_.RunUntilIdle();
  EXPECT_NE(Seen(id).find("ResponseTooDeep"), std::string::npos);
  const std::string other = Start(R"({"start": [{"kind": "script", "key": "s"}]})");
  scripts_->waiting.front()({json::Value(1), "bad \xff byte", {}});
  loop_.RunUntilIdle();
  EXPECT_NE(Seen(other).find("bad ? byte"), std::string::npos);
}

TEST_F(EngineTest, OldExecutionsAreRemoved) {
  const std::string id = Start(R"({"start": [{"kind": "Done"}]})");
  const std::string running = Start("{}");
  loop_.Advance(std::chrono::hours(24 * 30 + 2));
  store_->Read([&](store::Transaction& tx) {
    EXPECT_FALSE(tables::LoadExecution(tx, id).has_value());
    EXPECT_TRUE(tables::LoadExecution(tx, running).has_value());
  });
}

// Outcomes that wait for the writer together go to it together.
TEST_F(EngineTest, OutcomesThatGatherAreTakenInOneClosure) {
  const std::string id = Start(R"({"start": [{"kind": "invoke", "key": "a"},
                                             {"kind": "invoke", "key": "b"},
                                             {"kind": "invoke", "key": "c"}],
                                   "b": [{"kind": "Done"}]})");
  const std::string other = Start(R"({"start": [{"kind": "invoke", "key": "a"}]})");
  const uint64_t before = store_->counts().closures;
  store_->WriteAndWait([&](store::Transaction&) {
    for (int i = 0; i < 4; ++i) invoker_->Reply(Ok({{"n", i}}));
  });
  EXPECT_EQ(store_->counts().closures, before + 2);
  loop_.RunUntilIdle();
  EXPECT_EQ(Seen(id), R"(["start {}","a {\"output\":{\"n\":0}}","b {\"output\":{\"n\":1}}"])");
  EXPECT_EQ(Seen(other), R"(["start {}","a {\"output\":{\"n\":3}}"])");
  EXPECT_TRUE(engine_->Idle());
}

TEST_F(EngineTest, AnOutcomeThatCannotBeStoredSpoilsNoOther) {
  const std::string bad = Start(R"({"start": [{"kind": "invoke", "key": "a"}],
                                    "a": [{"kind": "emit"}, {"kind": "Done"}]})");
  const std::string good = Start(R"({"start": [{"kind": "invoke", "key": "a"}],
                                     "a": [{"kind": "invoke", "key": "b"}]})");
  events_.refuse = true;
  store_->WriteAndWait([&](store::Transaction&) {
    for (int i = 0; i < 2; ++i) invoker_->Reply(Ok({{"n", i}}));
  });
  loop_.RunUntilIdle();
  EXPECT_EQ(Seen(bad), R"(["start {}"])");
  EXPECT_EQ(Seen(good), R"(["start {}","a {\"output\":{\"n\":1}}"])");
  EXPECT_EQ(invoker_->calls.size(), 3u);
  events_.refuse = false;
  loop_.Advance(Millis(1000));
  EXPECT_EQ(Load(bad).status, "Done");
  EXPECT_EQ(Seen(bad), R"(["start {}","a {\"output\":{\"n\":0}}"])");
}

// What a turn changed in memory must go with a transaction that fails.
TEST_F(EngineTest, ATurnThatIsRolledBackNeverHappened) {
  const std::string id = Start(R"({"start": [{"kind": "invoke", "key": "a"}],
                                   "a": [{"kind": "invoke", "key": "b"}]})");
  invoker_->Reply(Ok({}));
  loop_.RunUntilIdle();
  EXPECT_THROW(store_->WriteAndWait([&](store::Transaction& tx) {
    EXPECT_TRUE(engine_->Signal(tx, id, "go", {}).has_value());
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  invoker_->Reply(Ok({}));
  loop_.RunUntilIdle();
  EXPECT_EQ(Seen(id), R"(["start {}","a {\"output\":{}}","b {\"output\":{}}"])");
}

TEST_F(EngineTest, ADefinitionIsStoredOnceAsLongAsItIsUsed) {
  const auto stored = [&] {
    int64_t count = 0;
    store_->Read([&](store::Transaction& tx) {
      count = tx.QueryInt("SELECT COUNT(*) FROM workflow_definitions").value();
    });
    return count;
  };
  Start(R"({"start": [{"kind": "Done"}]})");
  loop_.Advance(std::chrono::hours(24 * 20));
  Start(R"({"start": [{"kind": "Done"}]})");
  Start(R"({"start": [{"kind": "Stopped"}]})");
  EXPECT_EQ(stored(), 2);
  loop_.Advance(std::chrono::hours(24 * 11));  // the first is removed
  EXPECT_EQ(stored(), 2);
  loop_.Advance(std::chrono::hours(24 * 20));
  EXPECT_EQ(stored(), 0);
}

// Executions that an earlier release stored go on.
TEST_F(EngineTest, RowsOfTheFirstReleaseAreTakenOver) {
  engine_.reset();
  store_.reset();
  RemoveFiles();
  store_ = *store::Store::Open({.path = path_, .threaded = false}, Engine::Migrations().first(1));
  store_->WriteAndWait([](store::Transaction& tx) {
    tx.Execute(R"(INSERT INTO workflow_executions VALUES ('old', 'scripted', '111122223333',
      'eu-west-1', 'n', '1', '{"on": {"t": [{"kind": "Done"}]}}', '{"seen": ["start"]}', 'Running',
      0, 'null', '{}', 'inc-1', 2, '', '', 'token', 'hash', 5, 0))");
    tx.Execute(R"(INSERT INTO workflow_effects VALUES ('old', 't', 2, '{"until_ms": 0}', 'k', 5))");
    tx.Execute("INSERT INTO workflow_history VALUES ('old', 1, 5, 'started', '', '{}')");
  });
  store_.reset();
  Open();
  EXPECT_EQ(Load("old").status, "Done");
  EXPECT_EQ(Load("old").turns, 2);
  EXPECT_EQ(Seen("old"), R"(["start","t {}"])");
  EXPECT_EQ(OwedEffects(), 0);
}

TEST_F(EngineTest, RowsOfTheSecondReleaseAreTakenOver) {
  engine_.reset();
  store_.reset();
  RemoveFiles();
  store_ = *store::Store::Open({.path = path_, .threaded = false}, Engine::Migrations().first(2));
  store_->WriteAndWait([](store::Transaction& tx) {
    tx.Execute(R"(INSERT INTO workflow_definitions VALUES ('d',
      '{"on": {"b": [{"kind": "Done"}], "cancel": [{"kind": "Stopped"}]}}'))");
    const auto insert = [&tx](int number, const char* id, bool finished) {
      tx.Execute(
          R"(INSERT INTO workflow_executions VALUES (?, ?, 'scripted', '111122223333', 'eu-west-1',
          'n', '1', 'd', '{}', 'inc-1', 2, '', '', ?, 'hash', 5, ?, 2, 'Running', ?, 'null',
          '{"seen": ["start", "a"]}'))",
          {number, id, id, finished ? 6 : 0, finished});
    };
    insert(1, "running", false);
    insert(2, "parent", true);
    insert(3, "forgotten child", false);
    tx.Execute(
        R"(INSERT INTO workflow_effects VALUES
        (1, 'b', 0, '{"service": "svc", "operation": "Op", "input": {"n": 1}, "timeout_ms": 9000}',
         'token b', 5),
        (1, 'it''s', 2, '{"until_ms": 4102444800000}', 'token s', 6),
        (2, 'stop-child/kid', 100, '{"execution_id": "forgotten child"}', 'token k', 7))");
    tx.Execute("INSERT INTO workflow_history VALUES (1, 1, 5, 'started', '', '{}', '[]')");
    tx.Execute(
        R"(INSERT INTO workflow_history VALUES (1, 2, 5, 'outcome', 'a', '{}', '["invoke","b"]'))");
  });
  store_.reset();
  Open();
  EXPECT_EQ(Load("forgotten child").status, "Stopped");
  ASSERT_EQ(invoker_->calls.size(), 1u);
  EXPECT_EQ(json::Serialize(invoker_->calls[0].input), R"({"n":1,"Token":"token b"})");
  EXPECT_EQ(OwedEffects(), 2);
  Restart();
  invoker_->Reply(Ok({}));
  loop_.RunUntilIdle();
  EXPECT_EQ(Load("running").status, "Done");
  EXPECT_EQ(Load("running").turns, 3);
  EXPECT_EQ(Seen("running"), R"(["start","a","b {\"output\":{}}"])");
  EXPECT_EQ(OwedEffects(), 0);
  int64_t rows = 0;
  store_->Read([&](store::Transaction& tx) {
    tables::EachHistory(tx, 1, [&](const tables::HistoryRow&) { return ++rows > 0; });
  });
  EXPECT_EQ(rows, 5);  // three turns and their two consequences
}

// An execution is its row with the changes since; the row is written again now and then.
TEST_F(EngineTest, ALongExecutionIsReadAsItWasWritten) {
  const std::string id = Start(R"({"start": [{"kind": "invoke", "key": "a"},
                                             {"kind": "sleep", "key": "s", "ms": 1000000}],
                                   "a": [{"kind": "invoke", "key": "a"}],
                                   "signal end": [{"kind": "Done"}]})");
  const auto row_turns = [&] {
    int64_t turns = 0;
    store_->Read([&](store::Transaction& tx) {
      turns = tx.QueryInt("SELECT turns FROM workflow_executions WHERE id = ?", {id}).value();
    });
    return turns;
  };
  json::Array expected{"start {}"};
  int64_t writes = 0;
  for (int i = 0; i < 60; ++i) {
    const int64_t before = row_turns();
    const json::Object output{{"n", i}, {"text", std::string(3000, 'x')}};
    invoker_->Reply(Ok(output));
    loop_.RunUntilIdle();
    expected.emplace_back("a " + json::Serialize(json::Object{{"output", output}}));
    if (row_turns() != before) ++writes;
    ASSERT_EQ(Seen(id), json::Serialize(expected)) << i;
    ASSERT_EQ(Load(id).turns, i + 2);
    ASSERT_EQ(OwedEffects(), 2) << i;
    const std::string token(json::GetString(invoker_->calls.back().input, "Token"));
    if (i % 7 == 3) Restart();
    ASSERT_EQ(json::GetString(invoker_->calls.back().input, "Token"), token);
  }
  EXPECT_GT(writes, 3);
  EXPECT_LT(writes, 15);
  Signal(id, "end");
  EXPECT_EQ(Seen(id).substr(0, json::Serialize(expected).size() - 1),
            json::Serialize(expected).substr(0, json::Serialize(expected).size() - 1));
  EXPECT_EQ(Load(id).turns, 62);
  EXPECT_EQ(OwedEffects(), 0);
}

// What memory has of an execution must go with a commit that fails, too.
TEST_F(EngineTest, ATurnWhoseCommitFailsNeverHappened) {
  const std::string id = Start(R"({"start": [{"kind": "invoke", "key": "a"}],
                                   "a": [{"kind": "invoke", "key": "b"}],
                                   "b": [{"kind": "Done"}]})");
  store::testing::FaultVfs::FillDisk(true);
  invoker_->Reply(Ok({{"n", 1}}));
  loop_.RunUntilIdle();
  EXPECT_THROW(store_->WriteAndWait([&](store::Transaction& tx) {
    EXPECT_TRUE(engine_->Signal(tx, id, "go", {}).has_value());
  }),
               store::Failure);
  loop_.RunUntilIdle();
  EXPECT_EQ(Seen(id), R"(["start {}"])");
  EXPECT_EQ(invoker_->calls.size(), 1u);  // what is not committed does not run
  store::testing::FaultVfs::FillDisk(false);
  loop_.Advance(Millis(1000));
  EXPECT_EQ(Seen(id), R"(["start {}","a {\"output\":{\"n\":1}}"])");
  EXPECT_EQ(invoker_->calls.size(), 2u);
  invoker_->Reply(Ok({}));
  loop_.RunUntilIdle();
  EXPECT_EQ(Load(id).status, "Done");
  EXPECT_EQ(Load(id).turns, 3);
}

// Taken back in the turn that asked for it: it neither runs nor is owed.
TEST_F(EngineTest, AnEffectMayBeTakenBackAtOnce) {
  const std::string id = Start(R"({"start": [{"kind": "invoke", "key": "a"},
                                             {"kind": "forget", "key": "a"},
                                             {"kind": "invoke", "key": "b"}],
                                   "b": [{"kind": "forget", "key": "b"},
                                         {"kind": "invoke", "key": "b"}]})");
  EXPECT_EQ(invoker_->calls.size(), 1u);
  EXPECT_EQ(OwedEffects(), 1);
  invoker_->Reply(Ok({}));
  loop_.RunUntilIdle();
  EXPECT_EQ(OwedEffects(), 1);
  Restart();
  ASSERT_EQ(invoker_->calls.size(), 1u);
  EXPECT_EQ(json::GetString(invoker_->calls[0].input, "Key"), "b");
}

// Executions of the same number begin anew, and what the old ones had under way is nobody's.
TEST_F(EngineTest, AResetForgetsWhatHasNoRowsAnyMore) {
  Start(R"({"start": [{"kind": "invoke", "key": "a"}, {"kind": "invoke", "key": "b"}],
            "a": [{"kind": "invoke", "key": "c"}]})");
  engine_->Reset();
  invoker_->Reply(Ok({}));  // between the reset and the end of the rows
  store_->DeleteAllRows();
  loop_.RunUntilIdle();
  const std::string id = Start(R"({"start": [{"kind": "invoke", "key": "b"}],
                                   "b": [{"kind": "Done"}]})");
  EXPECT_EQ(Load(id).number, 1);
  invoker_->Reply(Ok({{"old", true}}));  // the first execution's b
  loop_.RunUntilIdle();
  EXPECT_EQ(Seen(id), R"(["start {}"])");
  while (!invoker_->waiting.empty()) invoker_->Reply(Ok({}));
  loop_.RunUntilIdle();
  EXPECT_EQ(Load(id).status, "Done");
  EXPECT_EQ(Seen(id), R"(["start {}","b {\"output\":{}}"])");
}

TEST_F(EngineTest, StopLeavesWhatIsOwed) {
  Start(R"({"start": [{"kind": "sleep", "key": "a", "ms": 1000}], "a": [{"kind": "Done"}]})");
  engine_->Stop();
  loop_.Advance(Millis(5000));
  EXPECT_EQ(OwedEffects(), 1);
}

}  // namespace
}  // namespace riposte::workflow
