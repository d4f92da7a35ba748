// What the operations of CloudWatch Logs share: finding groups, errors, page tokens.
#pragma once

#include <string>

#include "api/call.h"
#include "observe/log_tables.h"
#include "observe/page_token.h"

namespace riposte::logs {

[[nodiscard]] inline api::Error Invalid(std::string message) {
  return api::Error("InvalidParameterException", std::move(message));
}

[[nodiscard]] inline observe::LogGroup RequireGroup(const api::Call& call, store::Transaction& tx,
                                                    const std::string& name) {
  auto group = observe::log_tables::FindGroup(tx, call.scope, name);
  if (!group) {
    throw api::Error("ResourceNotFoundException", "The specified log group does not exist.");
  }
  return std::move(*group);
}

/// "name" of "arn:aws:logs:region:account:log-group:name[:*]", or the text itself.
[[nodiscard]] inline std::string GroupNameOf(std::string_view identifier) {
  constexpr std::string_view kType = ":log-group:";
  if (identifier.starts_with("arn:")) {
    const size_t at = identifier.find(kType);
    if (at == std::string_view::npos) throw Invalid("Invalid log group identifier.");
    identifier.remove_prefix(at + kType.size());
    if (identifier.ends_with(":*")) identifier.remove_suffix(2);
  }
  return std::string(identifier);
}

/// From logGroupName or logGroupIdentifier.
[[nodiscard]] inline observe::LogGroup InputGroup(const api::Call& call, store::Transaction& tx) {
  const std::string_view name = json::GetString(call.input, "logGroupName");
  const std::string_view identifier = json::GetString(call.input, "logGroupIdentifier");
  if (!name.empty() && !identifier.empty()) {
    throw Invalid("LogGroup name and LogGroup ARN are mutually exclusive parameters.");
  }
  if (name.empty() && identifier.empty()) {
    throw Invalid("Either logGroupName or logGroupIdentifier is required.");
  }
  return RequireGroup(call, tx, name.empty() ? GroupNameOf(identifier) : std::string(name));
}

[[nodiscard]] inline observe::LogStream RequireStream(store::Transaction& tx, int64_t group,
                                                      std::string_view name) {
  auto stream = observe::log_tables::FindStream(tx, group, std::string(name));
  if (!stream) {
    throw api::Error("ResourceNotFoundException", "The specified log stream does not exist.");
  }
  return std::move(*stream);
}

[[nodiscard]] inline std::string Position(const json::Object& input) {
  auto position = observe::ReadToken(json::GetString(input, "nextToken"));
  if (!position) throw Invalid("The specified nextToken is invalid.");
  return std::move(*position);
}

}  // namespace riposte::logs
