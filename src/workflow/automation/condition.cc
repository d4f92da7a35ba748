#include "workflow/automation/condition.h"

#include <algorithm>
#include <array>

namespace riposte::automation {
namespace {

constexpr std::array<std::string_view, 11> kOperators = {"StringEquals",
                                                         "EqualsIgnoreCase",
                                                         "StartsWith",
                                                         "EndsWith",
                                                         "Contains",
                                                         "NumericEquals",
                                                         "NumericGreater",
                                                         "NumericLesser",
                                                         "NumericGreaterOrEquals",
                                                         "BooleanEquals",
                                                         "NumericLesserOrEquals"};

std::unexpected<Error> Bad(std::string message) {
  return Fail(Code::kInvalidArgument, std::move(message));
}

std::string Lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return text;
}

bool Test(std::string_view op, const json::Value& left, const json::Value& right) {
  if (op == "BooleanEquals") {
    const auto a = ToBoolean(left), b = ToBoolean(right);
    return a && b && *a == *b;
  }
  if (op.starts_with("Numeric")) {
    const auto a = ToNumber(left), b = ToNumber(right);
    if (!a || !b) return false;
    if (op == "NumericEquals") return *a == *b;
    if (op == "NumericGreater") return *a > *b;
    if (op == "NumericLesser") return *a < *b;
    if (op == "NumericGreaterOrEquals") return *a >= *b;
    return *a <= *b;
  }
  const std::string a = ToText(Unwrap(left)), b = ToText(Unwrap(right));
  if (op == "StringEquals") return a == b;
  if (op == "EqualsIgnoreCase") return Lower(a) == Lower(b);
  if (op == "StartsWith") return a.starts_with(b);
  if (op == "EndsWith") return a.ends_with(b);
  if (left.is_array() && left.get_array().size() != 1) {
    return std::ranges::any_of(left.get_array(),
                               [&b](const json::Value& v) { return ToText(v) == b; });
  }
  return a.find(b) != std::string::npos;
}

}  // namespace

namespace {

/// Conditions inside And, Or and Not steer nothing themselves.
Status CheckPart(const json::Value& part, std::string_view of) {
  if (!part.is_object()) return Bad(std::string(of) + " must hold conditions");
  if (json::Find(part.get_object(), "NextStep")) {
    return Bad("NextStep is allowed only at the outer level of a choice");
  }
  return CheckCondition(part.get_object());
}

}  // namespace

Status CheckCondition(const json::Object& condition) {
  size_t compositions = 0;
  for (const std::string_view name : {"And", "Or", "Not", "Variable"}) {
    if (json::Find(condition, name)) ++compositions;
  }
  if (compositions > 1) return Bad("a condition has only one of Variable, And, Or and Not");
  for (const std::string_view name : {"And", "Or"}) {
    const json::Value* parts = json::Find(condition, name);
    if (!parts) continue;
    if (!parts->is_array() || parts->get_array().empty()) {
      return Bad(std::string(name) + " must be a list of conditions");
    }
    for (const json::Value& part : parts->get_array()) {
      if (auto ok = CheckPart(part, name); !ok) return ok;
    }
    return {};
  }
  if (const json::Value* part = json::Find(condition, "Not")) {
    return CheckPart(*part, "Not");
  }
  if (!json::Find(condition, "Variable")) return Bad("a condition has no Variable");
  int operators = 0;
  for (const auto& member : condition) {
    const std::string_view key(member.key().data(), member.key().size());
    if (key == "Variable" || key == "NextStep") continue;
    if (std::ranges::find(kOperators, key) == kOperators.end()) {
      return Bad("unsupported operation " + std::string(key));
    }
    ++operators;
  }
  if (operators != 1) return Bad("a condition must have exactly one operation");
  return {};
}

Result<bool> Evaluate(const json::Object& condition, const Resolver& resolver) {
  for (const std::string_view name : {"And", "Or"}) {
    const json::Array* parts = json::GetArray(condition, name);
    if (!parts) continue;
    const bool stop_at = name == "Or";
    for (const json::Value& part : *parts) {
      auto result = Evaluate(part.as_object(), resolver);
      if (!result || *result == stop_at) return result;
    }
    return !stop_at;
  }
  if (const json::Object* part = json::GetObject(condition, "Not")) {
    auto result = Evaluate(*part, resolver);
    if (!result) return result;
    return !*result;
  }
  const json::Value* variable = json::Find(condition, "Variable");
  if (!variable) return Bad("a condition has no Variable");
  auto left = Substitute(*variable, resolver);
  if (!left) return std::unexpected(left.error());
  for (const auto& member : condition) {
    const std::string_view key(member.key().data(), member.key().size());
    if (key == "Variable" || key == "NextStep") continue;
    auto right = Substitute(member.value(), resolver);
    if (!right) return std::unexpected(right.error());
    return Test(key, *left, *right);
  }
  return false;
}

}  // namespace riposte::automation
