// What runbooks need of the rest of the engine, in the forms that workflow/ asks for.
#pragma once

#include <functional>
#include <string>

#include "access/authorizer.h"
#include "access/directory.h"
#include "functions/script_runner.h"
#include "wire/catalog.h"
#include "workflow/automation/action.h"
#include "workflow/script_runner.h"

namespace riposte::app {

/// aws:executeScript over the function runner's processes.
class ScriptSteps final : public workflow::ScriptRunner {
 public:
  explicit ScriptSteps(functions::ScriptRunner& scripts) : scripts_(scripts) {}
  void Run(workflow::ScriptRequest request, Done done) override;

 private:
  functions::ScriptRunner& scripts_;
};

/// Operations by any of their names ("s3", "S3", "StopInstances", "stop_instances").
[[nodiscard]] automation::FindApi FindApiIn(const wire::Catalog& catalog);

/// For workflow::Engine::Options::fill_token.
[[nodiscard]] std::function<void(const std::string&, const std::string&, json::Object&,
                                 const std::string&)>
FillTokenFrom(const wire::Catalog& catalog);

/// For workflow::Engine::Options::assume: what sts:AssumeRole would allow.
[[nodiscard]] std::function<Result<access::Principal>(const access::Principal&, const std::string&,
                                                      const std::string&)>
AssumeFrom(const access::Directory& directory, const access::Authorizer& authorizer);

}  // namespace riposte::app
