#include "functions/environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/encoding.h"

namespace riposte::functions {

std::map<std::string, std::string> ProcessEnvironment::Variables() const {
  std::map<std::string, std::string> out = {
      {"LANG", "en_US.UTF-8"},
      {"PATH", "/usr/local/bin:/usr/bin:/bin:/opt/bin"},
      {"TZ", ":UTC"},
  };
  for (const auto& [name, value] : spec.environment) out[name] = value;
  const std::string language = IsNode(spec.runtime) ? "nodejs" : "python";
  const std::map<std::string, std::string> reserved = {
      {"AWS_ACCESS_KEY_ID", credentials.access_key_id},
      {"AWS_SECRET_ACCESS_KEY", credentials.secret},
      {"AWS_SESSION_TOKEN", credentials.session_token},
      {"AWS_REGION", spec.scope.region.str()},
      {"AWS_DEFAULT_REGION", spec.scope.region.str()},
      {"AWS_EXECUTION_ENV", "AWS_Lambda_" + spec.runtime},
      {"AWS_LAMBDA_FUNCTION_NAME", spec.name},
      {"AWS_LAMBDA_FUNCTION_VERSION", spec.version},
      {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", std::to_string(spec.memory_mb)},
      {"AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"},
      {"AWS_LAMBDA_LOG_GROUP_NAME", spec.log_group},
      {"AWS_LAMBDA_LOG_STREAM_NAME", log_stream},
      {"AWS_LAMBDA_RUNTIME_API", "unix:" + runtime_socket},
      {"LAMBDA_RUNTIME_DIR", "/var/runtime"},
      {"LAMBDA_TASK_ROOT", task_root},
      {"RIPOSTE_RUNTIME_PATH", runtime_prefix},
      {"RIPOSTE_RUNTIME_SOCKET", runtime_socket},
      {"_HANDLER", spec.handler},
  };
  for (const auto& [name, value] : reserved) out[name] = value;
  // A function may name another endpoint for all or for one service; else it is the engine.
  out.try_emplace("AWS_ENDPOINT_URL", endpoint);
  return out;
}

bool IsReservedVariable(std::string_view name) {
  static constexpr std::array<std::string_view, 20> kReserved = {
      "_HANDLER",
      "_X_AMZN_TRACE_ID",
      "AWS_ACCESS_KEY",
      "AWS_ACCESS_KEY_ID",
      "AWS_DEFAULT_REGION",
      "AWS_EXECUTION_ENV",
      "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
      "AWS_LAMBDA_FUNCTION_NAME",
      "AWS_LAMBDA_FUNCTION_VERSION",
      "AWS_LAMBDA_INITIALIZATION_TYPE",
      "AWS_LAMBDA_LOG_GROUP_NAME",
      "AWS_LAMBDA_LOG_STREAM_NAME",
      "AWS_LAMBDA_RUNTIME_API",
      "AWS_REGION",
      "AWS_SECRET_ACCESS_KEY",
      "AWS_SECRET_KEY",
      "AWS_SECURITY_TOKEN",
      "AWS_SESSION_TOKEN",
      "LAMBDA_RUNTIME_DIR",
      "LAMBDA_TASK_ROOT",
  };
  return std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end() ||
         name.starts_with("RIPOSTE_RUNTIME_");
}

std::string LogStreamName(TimePoint now, std::string_view version, Random& random) {
  const std::string date = FormatIso8601(now);  // 2026-01-01T…
  return fmt::format("{}/{}/{}/[{}]{}", date.substr(0, 4), date.substr(5, 2), date.substr(8, 2),
                     version, HexEncode(random.Bytes(16)));
}

std::string StartLine(std::string_view request_id, std::string_view version) {
  return fmt::format("START RequestId: {} Version: {}", request_id, version);
}

std::string EndLine(std::string_view request_id) {
  return fmt::format("END RequestId: {}", request_id);
}

std::string ReportLine(const Report& report) {
  std::string line = fmt::format(
      "REPORT RequestId: {}\tDuration: {:.2f} ms\tBilled Duration: {} ms\tMemory Size: {} MB\t"
      "Max Memory Used: {} MB\t",
      report.request_id, report.duration_ms,
      std::max<int64_t>(static_cast<int64_t>(std::ceil(report.duration_ms)), 1), report.memory_mb,
      report.peak_memory_mb);
  if (report.init_ms > 0) line += fmt::format("Init Duration: {:.2f} ms\t", report.init_ms);
  return line;
}

std::string TimeoutLine(TimePoint now, std::string_view request_id, Millis timeout) {
  return fmt::format("{} {} Task timed out after {:.2f} seconds", FormatIso8601(now, true),
                     request_id, static_cast<double>(timeout.count()) / 1000);
}

}  // namespace riposte::functions
