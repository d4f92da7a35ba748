#include "workflow/language.h"

namespace riposte::workflow {

Effect Effect::Invoke(std::string key, std::string_view service, std::string_view operation,
                      json::Object input, const InvokeOptions& options) {
  json::Object detail{{"service", service},
                      {"operation", operation},
                      {"input", std::move(input)},
                      {"timeout_ms", options.timeout.count()},
                      {"throttled_for_ms", options.throttled_for.count()}};
  if (options.scope) {
    detail["account"] = options.scope->account.str();
    detail["region"] = options.scope->region.str();
  }
  json::SetIfNotEmpty(detail, "role_arn", options.role_arn);
  if (options.starts_child) detail["starts_child"] = true;
  return {Kind::kInvoke, std::move(key), std::move(detail)};
}

Effect Effect::Script(std::string key, const ScriptOptions& options) {
  json::Object detail{{"runtime", options.runtime},
                      {"handler", options.handler},
                      {"script", options.script},
                      {"payload", options.payload},
                      {"timeout_ms", options.timeout.count()}};
  json::SetIfNotEmpty(detail, "package", options.package);
  json::SetIfNotEmpty(detail, "log_group", options.log_group);
  json::SetIfNotEmpty(detail, "log_stream", options.log_stream);
  return {Kind::kScript, std::move(key), std::move(detail)};
}

Effect Effect::Sleep(std::string key, TimePoint until) {
  return {Kind::kSleep, std::move(key), {{"until_ms", ToMillis(until)}}};
}

Effect Effect::Await(std::string key, std::string_view execution_id,
                     const std::optional<Scope>& scope) {
  json::Object detail{{"execution_id", execution_id}};
  if (scope) {
    detail["account"] = scope->account.str();
    detail["region"] = scope->region.str();
  }
  return {Kind::kAwait, std::move(key), std::move(detail)};
}

Effect Effect::Emit(Announcement announcement) {
  return {Kind::kEmit, {}, {}, std::move(announcement)};
}

Effect Effect::Forget(std::string key) {
  return {Kind::kForget, std::move(key), {}};
}

}  // namespace riposte::workflow
