#include "workflow/outcome.h"

#include <algorithm>
#include <array>
#include <string>

#include "workflow/text.h"

namespace riposte::workflow {
namespace {

/// States nest outcomes a few levels deep.
constexpr int kMaxOutcomeDepth = 40;

bool IsDeeperThan(const json::Value& value, int limit) {
  if (value.is_object()) {
    if (limit == 0) return true;
    return std::ranges::any_of(value.get_object(), [limit](const auto& member) {
      return IsDeeperThan(member.value(), limit - 1);
    });
  }
  if (value.is_array()) {
    if (limit == 0) return true;
    return std::ranges::any_of(value.get_array(), [limit](const auto& element) {
      return IsDeeperThan(element, limit - 1);
    });
  }
  return false;
}

}  // namespace

json::Object ErrorOutcome(std::string_view code, std::string_view message) {
  return {
      {"error", {{"code", CleanText(code, 256)}, {"message", CleanText(message, kMaxErrorBytes)}}}};
}

bool IsTooDeep(const json::Value& value) {
  return IsDeeperThan(value, kMaxOutcomeDepth);
}

bool IsThrottling(std::string_view code) {
  static constexpr std::array<std::string_view, 8> kCodes = {
      "Throttling",           "ThrottlingException",
      "ThrottledException",   "TooManyRequestsException",
      "RequestLimitExceeded", "ProvisionedThroughputExceededException",
      "RequestThrottled",     "SlowDown"};
  return std::ranges::find(kCodes, code) != kCodes.end();
}

std::string_view NameOf(Effect::Kind kind) {
  switch (kind) {
    case Effect::Kind::kInvoke:
      return "invoke";
    case Effect::Kind::kScript:
      return "script";
    case Effect::Kind::kSleep:
      return "sleep";
    case Effect::Kind::kAwait:
      return "await";
    case Effect::Kind::kEmit:
      return "emit";
    case Effect::Kind::kForget:
      return "forget";
  }
  return "effect";
}

std::string_view NameOf(Stimulus::Kind kind) {
  switch (kind) {
    case Stimulus::Kind::kStart:
      return "started";
    case Stimulus::Kind::kEffect:
      return "outcome";
    case Stimulus::Kind::kSignal:
      return "signal";
    case Stimulus::Kind::kCancel:
      return "cancel";
  }
  return "stimulus";
}

Scope ScopeOf(const json::Object& detail, const Scope& own) {
  if (!json::Find(detail, "account")) return own;
  return {AccountId(std::string(json::GetString(detail, "account"))),
          Region(std::string(json::GetString(detail, "region")))};
}

}  // namespace riposte::workflow
