#include "pattern/filter_policy.h"

#include <memory>
#include <set>

namespace riposte::pattern {
namespace {

std::unexpected<Error> Refuse(std::string reason) {
  return Fail(Code::kInvalidArgument, "Invalid parameter: FilterPolicy: " + std::move(reason));
}

/// The top-level names, those inside $or included.
void CollectKeys(const json::Object& policy, std::set<std::string_view>& keys) {
  for (const auto& [key, value] : policy) {
    const auto* branches = std::string_view(key) == "$or" ? value.if_array() : nullptr;
    if (!branches) {
      keys.insert(key);
      continue;
    }
    for (const json::Value& branch : *branches) {
      if (branch.is_object()) CollectKeys(branch.get_object(), keys);
    }
  }
}

/// Combinations of alternatives; an array counts its length times its nesting level, the branches
/// of $or add up. Saturates just above the limit.
size_t Complexity(const json::Object& policy, size_t level) {
  constexpr size_t kTooMany = FilterPolicy::kMaxCombinations + 1;
  size_t product = 1;
  for (const auto& [key, value] : policy) {
    size_t own = 1;
    if (const auto* object = value.if_object()) {
      own = Complexity(*object, level + 1);
    } else if (const auto* list = value.if_array()) {
      own = list->size() * level;
      if (std::string_view(key) == "$or") {
        own = 0;
        for (const json::Value& branch : *list) {
          own += branch.is_object() ? Complexity(branch.get_object(), level) : 1;
          if (own >= kTooMany) break;
        }
      }
    }
    product = std::min(product * std::min(own, kTooMany), kTooMany);
  }
  return product;
}

json::Value AttributeValue(const MessageAttribute& attribute) {
  const std::string_view type = attribute.type;
  if (type.starts_with("Number")) {
    // JSON's own number syntax, so that "1e400", "nan" or "0x10" stay text.
    if (auto number = json::Parse(attribute.value); number && number->is_number()) return *number;
  } else if (type == "String.Array") {
    if (auto list = json::Parse(attribute.value); list && list->is_array()) return *list;
  }
  return json::Value(attribute.value);
}

}  // namespace

Result<FilterPolicy> FilterPolicy::Parse(std::string_view text, Scope scope) {
  if (text.size() > kMaxBytes) return Refuse("Filter policy is larger than 256 KB");
  const auto document = json::Parse(text);
  if (!document) return Refuse("failed to parse JSON. " + document.error().message);
  if (!document->is_object()) return Refuse("Filter is not an object");
  const json::Object& policy = document->get_object();
  if (policy.empty()) return FilterPolicy(scope, nullptr);

  std::set<std::string_view> keys;
  CollectKeys(policy, keys);
  if (keys.size() > kMaxKeys) {
    return Refuse("Filter policy can not have more than " + std::to_string(kMaxKeys) + " keys");
  }
  Pattern::Limits limits;
  limits.max_combinations = kMaxCombinations;
  auto pattern = Pattern::ParseBare(*document, limits);
  if (!pattern) {
    return Refuse(pattern.error().code == Code::kLimitExceeded ? "Filter policy is too complex"
                                                               : pattern.error().message);
  }
  if (Complexity(policy, 1) > kMaxCombinations) return Refuse("Filter policy is too complex");
  if (scope == Scope::kMessageAttributes) {
    for (const Field& field : pattern->fields()) {
      if (field.depth() > 1) {
        return Refuse(
            "Filter policy scope MessageAttributes does not support nested filter policy");
      }
    }
  }
  const auto matcher = std::make_shared<Matcher>();
  if (const auto id = matcher->Add("FilterPolicy", *pattern); !id) {
    return Refuse("Filter policy is too complex");
  }
  return FilterPolicy(scope, matcher);
}

bool FilterPolicy::Matches(const MessageAttributes& attributes, std::string_view body) const {
  if (!matcher_) return true;
  thread_local Matcher::Scratch scratch;
  if (scope_ == Scope::kMessageBody) {
    const auto matched = matcher_->Match(body, scratch);
    return matched && !matched->empty();
  }
  json::Object root;
  for (const auto& [name, attribute] : attributes) {
    if (!std::string_view(attribute.type).starts_with("Binary")) {
      root[name] = AttributeValue(attribute);
    }
  }
  const std::string text = json::Serialize(root);
  const auto matched = matcher_->Match(text, scratch);
  return matched && !matched->empty();
}

}  // namespace riposte::pattern
