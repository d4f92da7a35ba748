// The test language: the whole engine in this process, under a virtual clock, one call a line.
//
//   Harness engine;
//   engine.Call("events", "PutRule", {{"Name", "r"}, {"EventPattern", "{\"source\":[\"a\"]}"}});
//   engine.AdvanceTime(std::chrono::minutes(5));
//   engine.Restart();                       // what was not committed is gone
//   EXPECT_EQ(engine.CallError("events", "DescribeRule", {{"Name", "x"}}),
//             "ResourceNotFoundException");
//
// Single-threaded and deterministic: the store commits on the caller, the loop runs when asked,
// the network answers from `http`. Calls are made as the account's root unless told otherwise.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "app/engine.h"
#include "base/testing/fakes.h"
#include "functions/testing/fake_runner.h"
#include "functions/testing/fake_script_runner.h"

namespace riposte::app::testing {

/// Answers instead of the network: keeps what was sent, replies what the test says.
class FakeHttpClient final : public http::Client {
 public:
  using Answer = std::function<Result<http::Response>(const http::OutgoingRequest&)>;
  void Send(http::OutgoingRequest request, Completion completion) override;
  std::vector<http::OutgoingRequest> sent;
  Answer answer;  ///< Empty: every request gets 200 and no body.
};

class Harness {
 public:
  struct Options {
    Config config;
    bool authorize = true;
    /// Keeps the store on disk, in a fresh folder that goes with the harness: Restart() needs it.
    bool durable = false;
    bool start = true;
    /// Keeps the store in this folder, which stays; instead of `durable`.
    std::string folder = {};
    std::string store_vfs = {};
    /// Instead of the harness's own.
    http::Client* network = nullptr;
    functions::Runner* runner = nullptr;
    functions::ScriptRunner* script_runner = nullptr;
  };
  Harness();  ///< Default options.
  explicit Harness(const Options& options);
  ~Harness();

  /// Runs one operation and everything it makes due now. Throws std::runtime_error with code and
  /// message when it fails, so that a test stops there.
  json::Object Call(const std::string& service, const std::string& operation,
                    json::Object input = {});
  /// The error code of a call that must fail; "" when it succeeded.
  std::string CallError(const std::string& service, const std::string& operation,
                        json::Object input = {});
  /// The error code of a call that a client makes; Call and CallError count as the engine's own. ""
  /// when it succeeded.
  std::string CallFromOutside(const std::string& service, const std::string& operation,
                              json::Object input = {});
  /// The outcome, whatever it is. Advances the clock up to `patience` for it to come (long polls).
  api::Outcome TryCall(const std::string& service, const std::string& operation,
                       json::Object input = {}, Millis patience = std::chrono::minutes(20));
  /// The same as another principal.
  api::Outcome TryCallAs(const access::Principal& who, const std::string& service,
                         const std::string& operation, json::Object input = {});

  void AdvanceTime(Millis by);
  void RunUntilIdle();
  /// Tears the engine down and builds it again over what was committed. REQUIRES: durable.
  /// `between`: after the end of the one engine, before the beginning of the next.
  void Restart(const std::function<void()>& between = {});

  [[nodiscard]] Engine& engine() { return *engine_; }
  [[nodiscard]] const Scope& scope() const { return scope_; }
  /// "arn:aws:<service>:<region>:<account>:<resource>" of the harness's scope.
  [[nodiscard]] std::string Arn(std::string_view service, std::string_view resource) const {
    return MakeArn(service, scope_, resource);
  }

  riposte::testing::FakeClock clock;
  riposte::testing::FakeRandom random;
  riposte::testing::FakeExecutor loop{clock};
  FakeHttpClient http;
  /// Functions and scripts run as lambdas by name: no processes here.
  functions::testing::FakeRunner functions;
  functions::testing::FakeScriptRunner scripts;

 private:
  void Build();

  Options options_;
  telemetry::Log log_;
  Scope scope_;
  std::string folder_;  ///< To be removed.
  std::unique_ptr<Engine> engine_;
};

}  // namespace riposte::app::testing
