// What a process of a function gets to see and what its log shows, in the service's words.
//
// Pure functions. Source: "Defined runtime environment variables" and "Working with Lambda function
// logs", developer guide.
#pragma once

#include <map>
#include <string>

#include "functions/spec.h"

namespace riposte::functions {

/// Temporary credentials of a role.
struct Credentials {
  std::string access_key_id;
  std::string secret;
  std::string session_token;
  TimePoint expires;
};

/// The whole environment of a process: nothing of the engine's own gets in.
struct ProcessEnvironment {
  const FunctionSpec& spec;
  const Credentials& credentials;
  std::string endpoint;  ///< AWS_ENDPOINT_URL
  std::string log_stream;
  std::string task_root;  ///< As the process sees it.
  std::string runtime_socket;
  std::string runtime_prefix;
  [[nodiscard]] std::map<std::string, std::string> Variables() const;
};

/// Names that a function's own variables may not take.
[[nodiscard]] bool IsReservedVariable(std::string_view name);

/// "2026/01/01/[$LATEST]<32 hex digits>".
[[nodiscard]] std::string LogStreamName(TimePoint now, std::string_view version, Random& random);

[[nodiscard]] std::string StartLine(std::string_view request_id, std::string_view version);
[[nodiscard]] std::string EndLine(std::string_view request_id);
struct Report {
  std::string request_id;
  double duration_ms = 0;
  double init_ms = 0;  ///< Shown when not 0: this invocation met a cold start.
  int memory_mb = 0;
  int peak_memory_mb = 0;
};
[[nodiscard]] std::string ReportLine(const Report& report);
/// "2026-01-01T00:00:03.000Z <id> Task timed out after 3.00 seconds"
[[nodiscard]] std::string TimeoutLine(TimePoint now, std::string_view request_id, Millis timeout);

}  // namespace riposte::functions
