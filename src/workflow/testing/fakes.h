// Stand-ins for what executions act on. Single-threaded; tests only.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/invoker.h"
#include "base/time.h"
#include "workflow/script_runner.h"

namespace riposte::workflow::testing {

/// Answers each call by `answer`, on the loop; without one it keeps the reply until Reply().
class FakeInvoker final : public api::Invoker {
 public:
  explicit FakeInvoker(Executor& loop) : loop_(loop) {}
  void Invoke(api::Invocation invocation, api::Reply reply) override {
    calls.push_back(invocation);
    if (answer) {
      if (auto outcome = answer(calls.back())) {
        loop_.Post([reply = std::move(reply), outcome = std::move(*outcome)]() mutable {
          reply(std::move(outcome));
        });
        return;
      }
    }
    waiting.push_back(std::move(reply));
  }
  std::optional<api::Outcome> InvokeWithin(store::Transaction& /*tx*/,
                                           api::Invocation invocation) override {
    if (!within) return std::nullopt;
    calls.push_back(std::move(invocation));
    return within(calls.back());
  }
  /// Answers the call that has waited longest.
  void Reply(api::Outcome outcome) {
    api::Reply reply = std::move(waiting.front());
    waiting.pop_front();
    reply(std::move(outcome));
  }

  std::function<std::optional<api::Outcome>(const api::Invocation&)> answer;
  /// For calls from inside a transaction; without one they are not taken.
  std::function<std::optional<api::Outcome>(const api::Invocation&)> within;
  std::vector<api::Invocation> calls;
  std::deque<api::Reply> waiting;

 private:
  Executor& loop_;
};

class FakeScripts final : public ScriptRunner {
 public:
  void Run(ScriptRequest request, Done done) override {
    requests.push_back(std::move(request));
    if (answer) {
      done(answer(requests.back()));
    } else {
      waiting.push_back(std::move(done));
    }
  }
  std::function<ScriptResult(const ScriptRequest&)> answer;
  std::vector<ScriptRequest> requests;
  std::deque<Done> waiting;
};

inline api::Outcome Ok(json::Object output) {
  return {std::move(output), {}};
}
inline api::Outcome Fails(std::string code, std::string message = "no") {
  return {{}, api::Error(std::move(code), std::move(message))};
}

}  // namespace riposte::workflow::testing
