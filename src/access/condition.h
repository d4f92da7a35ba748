// The Condition block of a policy statement.
//
// Source: "IAM JSON policy elements: Condition operators" and "Conditions with multiple context
// keys or values", IAM user guide. Immutable after Parse; any thread.
//
//   { operator: { key: value | [value …] … } … }
//   operator = [ForAllValues: | ForAnyValue:] name [IfExists]
//   name     = String(Not)Equals(IgnoreCase) String(Not)Like Numeric… Date… Bool BinaryEquals
//              (Not)IpAddress Arn(Not)Equals Arn(Not)Like Null
// All operators and keys must hold; of a key's values one is enough (of a negated one: none).
#pragma once

#include <string>
#include <vector>

#include "access/policy_pattern.h"
#include "base/result.h"
#include "json/json.h"

namespace riposte::access {

class Conditions {
 public:
  /// Errors: kInvalidArgument, in the words of MalformedPolicyDocument.
  [[nodiscard]] static Result<Conditions> Parse(const json::Value& block, bool variables);
  /// A value that cannot be compared (a number that is none) does not hold.
  [[nodiscard]] bool Hold(const Context& context) const;
  [[nodiscard]] bool empty() const { return tests_.empty(); }

 private:
  enum class Type { kString, kNumeric, kDate, kBool, kBinary, kIp, kArn, kNull };
  enum class Compare {
    kEquals,
    kLike,
    kEqualsIgnoreCase,
    kLess,
    kLessEquals,
    kGreater,
    kGreaterEquals
  };
  enum class Set { kNone, kForAll, kForAny };
  struct Test {
    Type type = Type::kString;
    Compare compare = Compare::kEquals;
    bool negated = false;
    bool if_exists = false;
    Set set = Set::kNone;
    std::string key;  // Lower case.
    std::vector<PolicyPattern> values;
  };
  [[nodiscard]] static bool ParseOperator(std::string_view name, Test& test);
  [[nodiscard]] static bool Holds(const Test& test, const Context& context);
  [[nodiscard]] static bool AnyMatches(const Test& test, std::string_view actual,
                                       const Context& context);
  [[nodiscard]] static bool Matches(const Test& test, const PolicyPattern& wanted,
                                    std::string_view actual, const Context& context);

  std::vector<Test> tests_;
};

}  // namespace riposte::access
