// A Runner without processes: functions are lambdas by name.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "functions/runner.h"

namespace riposte::functions::testing {

class FakeRunner final : public Runner {
 public:
  using Function = std::function<InvokeOutcome(const Invocation&)>;
  /// Functions without an entry reply "null".
  std::map<std::string, Function> functions;
  std::vector<Invocation> invocations;
  std::vector<std::string> retired;

  void Invoke(Invocation invocation, InvokeCompletion completion) override {
    const auto found = functions.find(invocation.spec->name);
    InvokeOutcome outcome = InvokeResult{.payload = "null"};
    if (found != functions.end()) outcome = found->second(invocation);
    invocations.push_back(std::move(invocation));
    completion(std::move(outcome));
  }
  void Retire(const std::string& function_arn) override { retired.push_back(function_arn); }
  void Reset() override { invocations.clear(); }

  /// What a function that raises looks like from outside.
  static InvokeOutcome Raise(const std::string& type, const std::string& message) {
    return InvokeResult{.payload = ErrorPayload(type, message), .function_error = "Unhandled"};
  }
};

}  // namespace riposte::functions::testing
