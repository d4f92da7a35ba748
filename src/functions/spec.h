// A function version as the runner sees it, one invocation of it, and what came of it.
//
// Plain values. A FunctionSpec is immutable once shared: a change of code or configuration makes a
// new one with another `revision`, and the runner drains the processes of the old.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/scope.h"
#include "base/time.h"
#include "base/trace.h"

namespace riposte::functions {

struct FunctionSpec {
  Scope scope;
  std::string name;     ///< "triage"
  std::string version;  ///< "$LATEST" or "7"
  std::string arn;      ///< Without version.
  std::string runtime;  ///< "python3.12"
  std::string handler;  ///< "module.function"
  std::string role_arn;
  int memory_mb = 128;
  Millis timeout{3000};
  int ephemeral_storage_mb = 512;
  std::vector<std::pair<std::string, std::string>> environment;
  std::string code_sha256;                  ///< Base64, names the package.
  std::string revision;                     ///< Changes with anything above.
  std::string log_group;                    ///< "/aws/lambda/triage"
  std::optional<int> reserved_concurrency;  ///< Of the function, over all its versions.

  /// What keeps a pool apart from others: function and version.
  [[nodiscard]] std::string PoolKey() const { return arn + ":" + version; }
};

struct Invocation {
  std::shared_ptr<const FunctionSpec> spec;
  std::string payload;     ///< JSON text.
  std::string request_id;  ///< UUID; the same over the retries of an asynchronous invocation.
  std::string invoked_arn;
  std::string client_context;  ///< JSON text, or "".
  Trace trace;
  bool want_log_tail = false;
};

struct InvokeResult {
  std::string payload;         ///< JSON text: the reply, or the error document.
  std::string function_error;  ///< "" or "Unhandled".
  std::string log_tail;        ///< The last 4 KB of its log, when wanted. Not encoded.
  double duration_ms = 0;
};

/// Why nothing ran: kThrottled (concurrency), kNotFound (no package), kPermissionDenied (role),
/// kUnavailable (no process could be started), kInvalidArgument (runtime not available here).
using InvokeOutcome = Result<InvokeResult>;
using InvokeCompletion = std::move_only_function<void(InvokeOutcome)>;

/// The error document that clients parse.
[[nodiscard]] std::string ErrorPayload(std::string_view error_type, std::string_view message,
                                       std::string_view request_id = {});

/// Runtimes a function may be created with: those whose bootstrap is shipped.
[[nodiscard]] const std::vector<std::string>& SupportedRuntimes();
[[nodiscard]] bool IsPython(std::string_view runtime);
[[nodiscard]] bool IsNode(std::string_view runtime);

}  // namespace riposte::functions
