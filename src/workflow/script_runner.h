// How the core runs a script: an interface, because the sandbox lives in another folder.
//
// Implemented over functions::ScriptRunner in app/wiring.cc. Values reach the script as JSON on its
// input, never as text inside its source.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "access/principal.h"
#include "base/scope.h"
#include "base/time.h"
#include "base/trace.h"
#include "json/json.h"

namespace riposte::workflow {

struct ScriptRequest {
  std::string runtime;  ///< "python3.11", "PowerShell 7.4", as the definition says.
  std::string handler;  ///< Called as handler(payload, context).
  std::string script;
  std::string package;  ///< A zip of files in base64, in the place of `script`; "" for none.
  json::Value payload;
  Millis timeout{600'000};
  access::Principal principal;  ///< Whose temporary credentials the script gets.
  Scope scope;
  Trace trace;
  std::string execution_id;
  std::string token;  ///< The same when the run is repeated after a restart.
};

struct ScriptResult {
  json::Value payload;  ///< What the handler returned.
  std::string log;      ///< What the script printed.
  struct Failure {
    std::string type;     ///< "KeyError", "SystemExit", "Timeout", "Unavailable", …
    std::string message;  ///< With the traceback, where there is one.
  };
  std::optional<Failure> failure;
};

class ScriptRunner {
 public:
  using Done = std::move_only_function<void(ScriptResult)>;
  virtual ~ScriptRunner() = default;
  /// On the loop; must not block. `done` is called once, from any thread.
  virtual void Run(ScriptRequest request, Done done) = 0;
};

}  // namespace riposte::workflow
