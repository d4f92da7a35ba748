// Filter policies of topic subscriptions: the pattern language with another root.
//
// Data path:  sns Publish -> FilterPolicy::Matches() for each subscription -> delivery
// Immutable; any thread. Facts: "Amazon SNS message filtering", SNS developer guide:
//   MessageAttributes  one level; String attributes are strings, Number ones are numbers,
//                      String.Array ones are arrays; Binary ones are as good as absent.
//   MessageBody        the body is a JSON object; a body that is none matches nothing.
//   At most 5 top-level keys; the product of (alternatives × nesting level) at most 150.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "pattern/matcher.h"

namespace riposte::pattern {

/// A message attribute as published.
struct MessageAttribute {
  std::string type;   ///< "String", "Number", "String.Array", "Binary", "Number.int" …
  std::string value;  ///< StringValue; unused for Binary.
};
using MessageAttributes = std::map<std::string, MessageAttribute, std::less<>>;

class FilterPolicy {
 public:
  enum class Scope { kMessageAttributes, kMessageBody };
  static constexpr size_t kMaxKeys = 5;
  static constexpr size_t kMaxCombinations = 150;
  static constexpr size_t kMaxBytes = 256 * 1024;

  /// `{}` matches everything. Errors: kInvalidArgument; the message is the service's, complete:
  /// "Invalid parameter: FilterPolicy: …", for an InvalidParameter error.
  [[nodiscard]] static Result<FilterPolicy> Parse(std::string_view text, Scope scope);

  [[nodiscard]] Scope scope() const { return scope_; }
  /// Judges the part of the message that the scope names.
  [[nodiscard]] bool Matches(const MessageAttributes& attributes, std::string_view body) const;

 private:
  FilterPolicy(Scope scope, std::shared_ptr<const Matcher> matcher)
      : scope_(scope), matcher_(std::move(matcher)) {}
  Scope scope_;
  std::shared_ptr<const Matcher> matcher_;  ///< Null: everything matches.
};

}  // namespace riposte::pattern
