// A ScriptRunner without processes: scripts are functions by their handler's name.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "functions/script_runner.h"

namespace riposte::functions::testing {

class FakeScriptRunner final : public ScriptRunner {
 public:
  /// Handlers without an entry give back their input.
  std::map<std::string, std::function<ScriptResult(const ScriptJob&)>> handlers;
  std::vector<ScriptJob> jobs;

  void Run(ScriptJob job, Completion completion) override {
    const auto found = handlers.find(job.handler);
    ScriptResult result = found != handlers.end() ? found->second(job)
                                                  : ScriptResult{.ok = true, .payload = job.input};
    jobs.push_back(std::move(job));
    completion(std::move(result));
  }
  void Reset() override { jobs.clear(); }
};

}  // namespace riposte::functions::testing
