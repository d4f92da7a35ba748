// Runs one script in one process of its own: aws:executeScript.
//
// Data path:     workflow/automation -> ScriptRunner::Run -> process -> completion
// Thread safety: any thread. The completion comes from any thread, once, and must not block.
// Cost:          a cold start, about 40 ms of CPU, 200 ms more when the script imports boto3.
//
// The script's text and its input travel as JSON over the runtime API; nothing is rendered into
// code or into an argument list. The process has the same bounds as a function's, an environment
// of its own, the credentials it is given and the engine's endpoint. At most `max_parallel` at a
// time; others wait in order.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "access/principal.h"
#include "base/trace.h"
#include "functions/environment.h"
#include "functions/launcher.h"
#include "functions/runtime_server.h"
#include "json/json.h"
#include "telemetry/log.h"

namespace riposte::functions {

struct ScriptJob {
  Scope scope;
  std::string runtime = "python3.11";  ///< "python3.x".
  std::string script;                  ///< The text of the script.
  /// A zip of Python files in base64, in the place of `script`; `handler` is then "file.function".
  /// It is unpacked in the process, by its bounds; "" for none.
  std::string package;
  std::string handler;          ///< "script_handler": a function of (events, context).
  json::Value input;            ///< InputPayload; becomes `events`.
  json::Value context;          ///< An object or null; becomes `context`.
  access::Principal principal;  ///< Whose credentials the script gets.
  std::map<std::string, std::string> variables;  ///< Further environment variables.
  Millis timeout{600'000};
  Trace trace;
  std::string execution_id;  ///< For the log: which execution runs it.
};

struct ScriptResult {
  bool ok = false;
  json::Value payload;       ///< What the handler returned, when ok. At most 100 KB of text.
  std::string log;           ///< What it printed; the first 64 KB.
  std::string failure;       ///< When not ok: traceback, exit message, or what went wrong.
  std::string failure_type;  ///< "KeyError", "SystemExit", "Timeout", "Unsupported", …
};

class ScriptRunner {
 public:
  using Completion = std::move_only_function<void(ScriptResult)>;
  virtual ~ScriptRunner() = default;
  /// Never fails itself: whatever happens is in the result.
  virtual void Run(ScriptJob job, Completion completion) = 0;
  /// Kills what runs and drops what waits; their completions say so.
  virtual void Reset() = 0;
};

/// The runner of the product.
struct ScriptRunnerOptions {
  std::string endpoint = "http://127.0.0.1:4566";
  int max_parallel = 16;
  size_t max_queue = 10'000;
  size_t max_payload_bytes = 100 * 1024;
  size_t max_log_bytes = 64 * 1024;
  int memory_mb = 512;
};
struct ScriptRunnerParts {
  Launcher& launcher;
  RuntimeServer& runtime;
  Executor& loop;        ///< Timers.
  Executor& background;  ///< Starts; may block there.
  const Clock& clock;
  Random& random;
  const telemetry::Log& log;
  /// Temporary credentials for a principal, good for at least `lifetime`. May block.
  std::function<Result<Credentials>(const access::Principal&, Millis lifetime)> credentials;
  /// An empty directory that scripts start in; shown read-only. May block.
  std::function<Result<std::string>()> directory;
};
[[nodiscard]] std::unique_ptr<ScriptRunner> MakeScriptRunner(ScriptRunnerOptions options,
                                                             ScriptRunnerParts parts);

}  // namespace riposte::functions
