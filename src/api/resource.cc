#include "api/resource.h"

#include <algorithm>
#include <optional>

#include "base/arn.h"

namespace riposte::api {
namespace {

constexpr size_t kMaxResources = 100;

using Fallback = std::optional<std::string_view>;

void CollectIn(const json::Object* object, std::string_view path, const Fallback& fallback,
               std::vector<std::string>& out);

/// Every text that `path` ("A.B", "A[].B", "A[]") reaches in `value`; where it leads nowhere, the
/// fallback.
void Collect(const json::Value& value, std::string_view path, const Fallback& fallback,
             std::vector<std::string>& out) {
  if (out.size() > kMaxResources) return;
  if (!path.empty()) return CollectIn(value.if_object(), path, fallback, out);
  if (value.is_string()) out.emplace_back(json::View(value));
}

void CollectIn(const json::Object* object, std::string_view path, const Fallback& fallback,
               std::vector<std::string>& out) {
  const size_t cut = std::min(path.find('.'), path.size());
  std::string_view step = path.substr(0, cut);
  const std::string_view rest = cut < path.size() ? path.substr(cut + 1) : std::string_view();
  const bool each = step.ends_with("[]");
  if (each) step.remove_suffix(2);
  const json::Value* member = object ? json::Find(*object, step) : nullptr;
  if (!member) {
    if (fallback) out.emplace_back(*fallback);
    return;
  }
  if (!each) return Collect(*member, rest, fallback, out);
  if (const json::Array* array = member->if_array()) {
    for (const json::Value& element : *array) Collect(element, rest, fallback, out);
  }
}

/// "https://host/123456789012/name" -> "arn:aws:sqs:<region>:123456789012:name", else "".
std::string QueueUrlToArn(std::string_view text, const Scope& scope) {
  if (!text.starts_with("http://") && !text.starts_with("https://")) return "";
  const size_t name = text.rfind('/');
  if (name == std::string_view::npos || name < 13) return "";
  const std::string_view account = text.substr(name - 12, 12);
  if (!IsAccountId(account)) return "";
  return "arn:aws:sqs:" + scope.region.str() + ":" + std::string(account) + ":" +
         std::string(text.substr(name + 1));
}

/// What the call's scope says for `name`; nullptr when it is a member of the input.
const std::string* ScopeValue(std::string_view name, const Scope& scope) {
  static const std::string kPartition = "aws";
  if (name == "region") return &scope.region.str();
  if (name == "account") return &scope.account.str();
  return name == "partition" ? &kPartition : nullptr;
}

/// What `placeholder` (between the braces) stands for.
std::vector<std::string> ValuesOf(std::string_view placeholder, const json::Object& input,
                                  const Scope& scope) {
  std::vector<std::string> values;
  if (placeholder.ends_with('/')) {
    CollectIn(&input, placeholder.substr(0, placeholder.size() - 1), "default", values);
    for (std::string& value : values) {
      if (const auto arn = Arn::Parse(value)) value = std::string(arn->ResourceName());
      value = value == "default" ? "" : value + "/";
    }
    return values;
  }
  if (placeholder.starts_with('/')) {
    CollectIn(&input, placeholder.substr(1), "*", values);
    for (std::string& value : values) {
      if (!value.starts_with('/') && !value.starts_with("arn:")) value.insert(0, "/");
    }
    return values;
  }
  const size_t bar = placeholder.find('|');
  Fallback fallback;
  if (bar != std::string_view::npos) fallback = placeholder.substr(bar + 1);
  // Only the template says "@account": a caller's text of that name stays what it is.
  if (fallback == "@account") {
    fallback = scope.account.str();
  } else if (fallback && fallback->starts_with('@')) {
    const json::Value* other = json::Find(input, fallback->substr(1));
    fallback = other && other->is_string() ? json::View(*other) : "*";
  }
  CollectIn(&input, placeholder.substr(0, bar), fallback, values);
  if (values.empty()) values = {"*"};
  // One batch mostly names one resource over and over.
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

std::vector<std::string> ExpandOne(std::string_view pattern, const json::Object& input,
                                   const Scope& scope) {
  std::vector<std::string> results = {""};
  std::vector<std::string> whole;  // Members that are whole ARNs.
  results.front().reserve(128);
  while (!pattern.empty()) {
    const size_t open = pattern.find('{');
    const size_t close = open == std::string_view::npos ? open : pattern.find('}', open);
    if (close == std::string_view::npos) {
      for (std::string& result : results) result += pattern;
      break;
    }
    for (std::string& result : results) result += pattern.substr(0, open);
    const std::string_view placeholder = pattern.substr(open + 1, close - open - 1);
    pattern.remove_prefix(close + 1);
    if (const std::string* of_scope = ScopeValue(placeholder, scope)) {
      for (std::string& result : results) result += *of_scope;
      continue;
    }
    std::vector<std::string> next;
    std::vector<std::string> values = ValuesOf(placeholder, input, scope);
    const bool alone = values.size() == 1 && results.size() == 1;
    for (const std::string& value : values) {
      std::string queue = QueueUrlToArn(value, scope);
      if (value.starts_with("arn:") || !queue.empty()) {
        whole.push_back(queue.empty() ? value : std::move(queue));
      } else if (alone) {
        next.push_back(std::move(results.front()) + value);
      } else {
        for (const std::string& result : results) next.push_back(result + value);
      }
      if (next.size() + whole.size() > kMaxResources) return {"*"};
    }
    results = std::move(next);
    if (results.empty()) break;
  }
  results.insert(results.end(), std::make_move_iterator(whole.begin()),
                 std::make_move_iterator(whole.end()));
  return results;
}

}  // namespace

std::vector<std::string> ExpandResources(std::span<const std::string> templates,
                                         const json::Object& input, const Scope& scope) {
  std::vector<std::string> out;
  for (const std::string& pattern : templates) {
    for (std::string& resource : ExpandOne(pattern, input, scope)) {
      if (std::find(out.begin(), out.end(), resource) == out.end()) {
        out.push_back(std::move(resource));
      }
    }
  }
  if (out.empty() || out.size() > kMaxResources) return {"*"};
  return out;
}

}  // namespace riposte::api
