// Runs the Python of aws:executeScript for real, without sandbox, network or boto3: what a script
// asks of `boto3.client(…)` is called in the test's engine, as the script's principal.
//
//   PythonScripts python;
//   Harness engine{python.In({})};
//   python.Bind(engine);
//
// One process for each script, about 30 ms. Its boto3 knows clients, ClientError,
// client.exceptions, paginators, times ("…Date") and policy documents; not waiters or resources.
#pragma once

#include <memory>

#include "app/testing/harness.h"
#include "functions/script_runner.h"

namespace riposte::app::testing {

class PythonScripts final : public functions::ScriptRunner {
 public:
  /// `options` with this as the script runner.
  [[nodiscard]] Harness::Options In(Harness::Options options) {
    options.script_runner = this;
    return options;
  }
  /// The engine that scripts call. Before the first of them.
  void Bind(Harness& engine) { engine_ = &engine; }

  void Run(functions::ScriptJob job, Completion completion) override;
  void Reset() override {}

 private:
  Harness* engine_ = nullptr;
};

}  // namespace riposte::app::testing
