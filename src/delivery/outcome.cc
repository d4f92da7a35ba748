#include "delivery/outcome.h"

#include <initializer_list>
#include <string_view>

namespace riposte::delivery {
namespace {

bool Contains(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (text.find(word) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

Result ResultOf(const api::Outcome& outcome) {
  if (outcome.ok()) return Result::Done();
  const std::string& code = outcome.error->code();
  const std::string& message = outcome.error->message();
  if (Contains(code, {"AlreadyExists", "IdempotentParameterMismatch"})) {
    return Result::Dead("RESOURCE_ALREADY_EXISTS", message);
  }
  if (Contains(code, {"AccessDenied", "Unauthorized", "NotAuthorized", "AuthorizationError"})) {
    return Result::Dead("NO_PERMISSIONS", message);
  }
  if (Contains(code, {"NotFound", "NonExistentQueue", "QueueDoesNotExist", "DoesNotExist",
                      "InvalidDocument"})) {
    return Result::Dead("NO_RESOURCE", message);
  }
  if (Contains(code, {"Throttl", "TooManyRequests", "RequestLimitExceeded", "LimitExceeded"})) {
    return Result::Retry("THROTTLING", message);
  }
  const bool refused = code.starts_with("Invalid") || code.starts_with("Validation") ||
                       code.starts_with("Missing") || code.starts_with("UnknownOperation") ||
                       code.starts_with("Serialization") || code.starts_with("Unsupported") ||
                       code.starts_with("AutomationDefinitionVersion");
  if (refused) return Result::Dead("SDK_CLIENT_ERROR", code + ": " + message);
  return Result::Retry("INTERNAL_ERROR", code + ": " + message);
}

std::optional<api::Error> RefusedEntry(const json::Value& output) {
  const json::Object& reply = output.as_object();
  if (json::GetInt(reply, "FailedEntryCount") == 0) return std::nullopt;
  const json::Object& entry = output.at("Entries").at(0).as_object();
  return api::Error(std::string(json::GetString(entry, "ErrorCode")),
                    std::string(json::GetString(entry, "ErrorMessage")));
}

}  // namespace riposte::delivery
