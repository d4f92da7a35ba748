#include "functions/pool_runner.h"

#include <gtest/gtest.h>

#include "base/testing/fakes.h"
#include "functions/testing/fake_processes.h"
#include "json/json.h"

namespace riposte::functions {
namespace {

using riposte::testing::FakeClock;
using riposte::testing::FakeExecutor;
using riposte::testing::FakeRandom;
using testing::FakeProcess;

class PoolRunnerTest : public ::testing::Test {
 protected:
  PoolRunnerTest() { MakeRunner({}); }

  void MakeRunner(PoolRunner::Options options) {
    runner_ = std::make_unique<PoolRunner>(
        options,
        PoolRunner::Parts{launcher_, runtime_, loop_, loop_, clock_, random_, logs_, metrics_, log_,
                          [this](const FunctionSpec&) -> Result<Credentials> {
                            return Credentials{"AKIA", "secret", "token",
                                               clock_.Now() + credentials_live_};
                          },
                          [this](const std::string& sha) -> Result<std::string> {
                            if (sha == "gone") return Fail(Code::kNotFound, "no package");
                            return "/packages/" + sha;
                          }});
  }

  static std::shared_ptr<FunctionSpec> Spec() {
    auto spec = std::make_shared<FunctionSpec>();
    spec->scope = {AccountId("111122223333"), Region("eu-west-1")};
    spec->name = "triage";
    spec->version = "$LATEST";
    spec->arn = "arn:aws:lambda:eu-west-1:111122223333:function:triage";
    spec->runtime = "python3.12";
    spec->handler = "triage.handler";
    spec->code_sha256 = "abc";
    spec->revision = "r1";
    spec->log_group = "/aws/lambda/triage";
    spec->environment = {{"TOPIC", "t"}, {"AWS_REGION", "elsewhere"}};
    return spec;
  }

  struct Call {
    std::optional<InvokeOutcome> outcome;
  };
  std::shared_ptr<Call> Invoke(const std::string& id, std::shared_ptr<const FunctionSpec> spec,
                               bool tail = false) {
    auto call = std::make_shared<Call>();
    Invocation invocation;
    invocation.spec = std::move(spec);
    invocation.payload = "{\"id\":\"" + id + "\"}";
    invocation.request_id = id;
    invocation.invoked_arn = invocation.spec->arn;
    invocation.trace = {"inc-1", 2};
    invocation.want_log_tail = tail;
    runner_->Invoke(std::move(invocation),
                    [call](InvokeOutcome outcome) { call->outcome = std::move(outcome); });
    loop_.RunUntilIdle();
    return call;
  }
  FakeProcess& Process(size_t index) { return *launcher_.processes.at(index); }

  FakeClock clock_;
  FakeExecutor loop_{clock_};
  FakeRandom random_;
  RuntimeServer runtime_{random_};
  testing::FakeLauncher launcher_{runtime_};
  testing::RecordingLogs logs_;
  testing::RecordingMetrics metrics_;
  telemetry::Log log_{{.silent = true}};
  Millis credentials_live_{6 * 3600 * 1000};
  std::unique_ptr<PoolRunner> runner_;
};

TEST_F(PoolRunnerTest, StartsAProcessThenReusesIt) {
  auto first = Invoke("i1", Spec());
  ASSERT_EQ(launcher_.processes.size(), 1u);
  const auto next = Process(0).Next();
  ASSERT_TRUE(next->response);
  EXPECT_EQ(next->response->body, R"({"id":"i1"})");
  EXPECT_EQ(next->response->headers.Get("Lambda-Runtime-Aws-Request-Id"), "i1");
  EXPECT_EQ(next->response->headers.Get("Lambda-Runtime-Deadline-Ms"),
            std::to_string(ToMillis(clock_.Now()) + 3000));
  EXPECT_EQ(next->response->headers.Get("Lambda-Runtime-Trace-Id"), "Root=inc-1;Hops=2");
  EXPECT_EQ(Process(0).Respond("i1", R"({"ok":true})"), 202);
  ASSERT_TRUE(first->outcome && *first->outcome);
  EXPECT_EQ((*first->outcome)->payload, R"({"ok":true})");
  EXPECT_EQ((*first->outcome)->function_error, "");

  const auto parked = Process(0).Next();
  EXPECT_FALSE(parked->response);
  Invoke("i2", Spec());
  ASSERT_TRUE(parked->response);
  EXPECT_EQ(parked->response->headers.Get("Lambda-Runtime-Aws-Request-Id"), "i2");
  EXPECT_EQ(launcher_.processes.size(), 1u);
  EXPECT_EQ(metrics_.Sum("AWS/Lambda/Invocations/triage"), 1);
}

TEST_F(PoolRunnerTest, TheProcessSeesOnlyItsOwnVariables) {
  Invoke("i1", Spec());
  const auto& variables = Process(0).launch.variables;
  EXPECT_EQ(variables.at("TOPIC"), "t");
  EXPECT_EQ(variables.at("AWS_REGION"), "eu-west-1") << "reserved names are not the function's";
  EXPECT_EQ(variables.at("AWS_ACCESS_KEY_ID"), "AKIA");
  EXPECT_EQ(variables.at("_HANDLER"), "triage.handler");
  EXPECT_EQ(variables.at("AWS_ENDPOINT_URL"), "http://127.0.0.1:4566");
  EXPECT_EQ(variables.count("HOME"), 0u);
  EXPECT_EQ(Process(0).launch.task_root, "/packages/abc");
}

TEST_F(PoolRunnerTest, OneProcessCannotAnswerForAnother) {
  Invoke("i1", Spec());
  auto other = Spec();
  other->name = "other";
  other->arn += "2";
  Invoke("i2", other);
  ASSERT_EQ(launcher_.processes.size(), 2u);
  Process(0).Next();
  Process(1).Next();
  EXPECT_EQ(Process(1).Respond("i1", "{}"), 400);
  EXPECT_EQ(Process(0).Respond("i1", "{}"), 202);
  EXPECT_EQ(Process(0).Respond("i1", "{}"), 400) << "answered once";
}

TEST_F(PoolRunnerTest, LogsStartLinesAndReportInOrder) {
  auto call = Invoke("i1", Spec(), true);
  Process(0).Next();
  Process(0).Output("hello\n[ERROR] x\rTraceback\npart");
  Process(0).Respond("i1", "null");
  EXPECT_FALSE(call->outcome) << "waits for the tail";
  Process(0).Output(
      "ial\x1e"
      "END i1\n");
  ASSERT_TRUE(call->outcome && *call->outcome);
  ASSERT_EQ(logs_.lines.size(), 6u);
  const std::string at = "/aws/lambda/triage 2026/01/01/[$LATEST]: ";
  EXPECT_EQ(logs_.lines[0], at + "START RequestId: i1 Version: $LATEST");
  EXPECT_EQ(logs_.lines[1], at + "hello");
  EXPECT_EQ(logs_.lines[2], at + "[ERROR] x\nTraceback");
  EXPECT_EQ(logs_.lines[3], at + "partial");
  EXPECT_EQ(logs_.lines[4], at + "END RequestId: i1");
  EXPECT_TRUE(logs_.lines[5].starts_with(at + "REPORT RequestId: i1\tDuration: "))
      << logs_.lines[5];
  EXPECT_NE((*call->outcome)->log_tail.find("hello\n[ERROR] x\nTraceback\npartial\nEND"),
            std::string::npos);
}

TEST_F(PoolRunnerTest, ATailIsNotWaitedForForever) {
  auto call = Invoke("i1", Spec(), true);
  Process(0).Next();
  Process(0).Respond("i1", "null");
  loop_.Advance(Millis(200));
  EXPECT_TRUE(call->outcome);
}

TEST_F(PoolRunnerTest, ATimeoutEndsTheProcess) {
  auto call = Invoke("i1", Spec());
  Process(0).Next();
  loop_.Advance(Millis(2999));
  EXPECT_FALSE(call->outcome);
  loop_.Advance(Millis(1));
  ASSERT_TRUE(call->outcome && *call->outcome);
  EXPECT_EQ((*call->outcome)->function_error, "Unhandled");
  EXPECT_EQ((*call->outcome)->payload,
            R"({"errorMessage":"2026-01-01T00:00:03.000Z i1 Task timed out after 3.00 seconds"})");
  EXPECT_TRUE(Process(0).killed);
  EXPECT_EQ(Process(0).Respond("i1", "{}"), 403) << "it is no longer known";
  EXPECT_EQ(runner_->counts().processes, 0);
  EXPECT_EQ(metrics_.Sum("AWS/Lambda/Errors/triage"), 1);
}

TEST_F(PoolRunnerTest, ACrashIsTheAnswerOfTheInvocationUnderWay) {
  auto call = Invoke("i1", Spec());
  Process(0).Next();
  Process(0).Exited({.signal = 9});
  ASSERT_TRUE(call->outcome && *call->outcome);
  auto payload = json::Parse((*call->outcome)->payload);
  EXPECT_EQ(json::GetString(payload->as_object(), "errorType"), "Runtime.ExitError");
  EXPECT_EQ(json::GetString(payload->as_object(), "errorMessage"),
            "RequestId: i1 Error: Runtime exited with error: signal: killed");
  Invoke("i2", Spec());
  EXPECT_EQ(launcher_.processes.size(), 2u);
}

TEST_F(PoolRunnerTest, AnInitErrorIsTheAnswerOfAllThatWait) {
  auto first = Invoke("i1", Spec());
  auto second = Invoke("i2", Spec());
  Process(0).InitError("Runtime.ImportModuleError",
                       R"({"errorMessage":"m","errorType":"Runtime.ImportModuleError"})");
  for (const auto& [call, id] : {std::pair{first, "i1"}, std::pair{second, "i2"}}) {
    ASSERT_TRUE(call->outcome && *call->outcome);
    EXPECT_EQ((*call->outcome)->function_error, "Unhandled");
    auto payload = json::Parse((*call->outcome)->payload);
    EXPECT_EQ(json::GetString(payload->as_object(), "requestId"), id);
  }
  EXPECT_TRUE(Process(0).killed);
}

TEST_F(PoolRunnerTest, FailingToStartIsAnErrorOfTheRunner) {
  auto spec = Spec();
  spec->code_sha256 = "gone";
  auto call = Invoke("i1", spec);
  ASSERT_TRUE(call->outcome);
  EXPECT_EQ(call->outcome->error().code, Code::kNotFound);
  launcher_.error = Error{Code::kUnavailable, "no more processes"};
  auto other = Invoke("i2", Spec());
  ASSERT_TRUE(other->outcome);
  EXPECT_EQ(other->outcome->error().code, Code::kUnavailable);
  EXPECT_EQ(runner_->counts().processes, 0);
}

TEST_F(PoolRunnerTest, GrowsOnlyWhenWaitingGetsLong) {
  Invoke("i1", Spec());
  Process(0).Next();
  Invoke("i2", Spec());
  EXPECT_EQ(launcher_.processes.size(), 1u);
  loop_.Advance(Millis(10));
  EXPECT_EQ(launcher_.processes.size(), 2u);
  EXPECT_TRUE(Process(1).Next()->response);
}

TEST_F(PoolRunnerTest, TheQueueIsBoundedAndThrottles) {
  MakeRunner({.max_per_function = 1, .max_queue = 1});
  Invoke("i1", Spec());
  auto refused = Invoke("i2", Spec());
  ASSERT_TRUE(refused->outcome);
  EXPECT_EQ(refused->outcome->error().code, Code::kThrottled);
  EXPECT_EQ(metrics_.Sum("AWS/Lambda/Throttles/triage"), 1);
}

TEST_F(PoolRunnerTest, ReservedConcurrencyIsABound) {
  auto spec = Spec();
  spec->reserved_concurrency = 0;
  EXPECT_EQ(Invoke("i1", spec)->outcome->error().code, Code::kThrottled);
  spec = Spec();
  spec->reserved_concurrency = 1;
  EXPECT_FALSE(Invoke("i2", spec)->outcome);
  EXPECT_EQ(Invoke("i3", spec)->outcome->error().code, Code::kThrottled);
}

TEST_F(PoolRunnerTest, NewCodeRetiresTheOldProcesses) {
  Invoke("i1", Spec());
  Process(0).Next();
  auto changed = Spec();
  changed->revision = "r2";
  changed->code_sha256 = "def";
  auto second = Invoke("i2", changed);
  EXPECT_FALSE(Process(0).killed) << "it may finish";
  Process(0).Respond("i1", "1");
  EXPECT_EQ(Process(0).Next()->response->status, 410);
  EXPECT_TRUE(Process(0).killed);
  loop_.RunUntilIdle();
  ASSERT_EQ(launcher_.processes.size(), 2u);
  EXPECT_EQ(Process(1).launch.task_root, "/packages/def");
  Process(1).Next();
  Process(1).Respond("i2", "2");
  ASSERT_TRUE(second->outcome && *second->outcome);
  EXPECT_EQ((*second->outcome)->payload, "2");
}

TEST_F(PoolRunnerTest, IdleProcessesEndAfterAWhile) {
  Invoke("i1", Spec());
  Process(0).Next();
  Process(0).Respond("i1", "1");
  Process(0).Next();
  loop_.Advance(Millis(590'000));
  EXPECT_FALSE(Process(0).killed);
  loop_.Advance(Millis(60'000));
  EXPECT_TRUE(Process(0).killed);
  EXPECT_EQ(runner_->counts().processes, 0);
  EXPECT_EQ(loop_.pending(), 0u) << "no timer is left behind";
}

TEST_F(PoolRunnerTest, AProcessEndsBeforeItsCredentials) {
  credentials_live_ = Millis(900'000);
  Invoke("i1", Spec());
  Process(0).Next();
  clock_.Set(clock_.Now() + Millis(2000));
  Process(0).Respond("i1", "1");
  EXPECT_FALSE(Process(0).Next()->response);
  loop_.Advance(Millis(330'000));
  EXPECT_TRUE(Process(0).killed);
}

TEST_F(PoolRunnerTest, RoomIsMadeByEndingAnotherFunctionsIdleProcess) {
  MakeRunner({.max_processes = 1});
  Invoke("i1", Spec());
  Process(0).Next();
  Process(0).Respond("i1", "1");
  auto other = Spec();
  other->arn += "2";
  Invoke("i2", other);
  EXPECT_EQ(launcher_.processes.size(), 1u) << "the only process has not come back yet";
  Process(0).Next();
  loop_.RunUntilIdle();
  EXPECT_TRUE(Process(0).killed);
  ASSERT_EQ(launcher_.processes.size(), 2u);
  EXPECT_TRUE(Process(1).Next()->response);
}

TEST_F(PoolRunnerTest, ResetFailsWhatIsUnderWay) {
  auto running = Invoke("i1", Spec());
  Process(0).Next();
  auto waiting = Invoke("i2", Spec());
  runner_->Reset();
  EXPECT_EQ(running->outcome->error().code, Code::kUnavailable);
  EXPECT_EQ(waiting->outcome->error().code, Code::kUnavailable);
  EXPECT_TRUE(Process(0).killed);
}

TEST_F(PoolRunnerTest, AReplyBeyondTheLimitIsAnError) {
  MakeRunner({.max_reply_bytes = 10});
  auto call = Invoke("i1", Spec());
  Process(0).Next();
  Process(0).Respond("i1", "\"0123456789\"");
  EXPECT_EQ((*call->outcome)->function_error, "Unhandled");
  EXPECT_NE((*call->outcome)->payload.find("Function.ResponseSizeTooLarge"), std::string::npos);
}

}  // namespace
}  // namespace riposte::functions
