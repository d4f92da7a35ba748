#include "access/condition.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/number.h"
#include "base/time.h"

namespace riposte::access {
namespace {

template <class T>
bool CompareNumbers(T actual, T wanted, bool less, bool greater, bool equal) {
  return (less && actual < wanted) || (greater && actual > wanted) || (equal && actual == wanted);
}

std::optional<double> ToNumber(std::string_view text) {
  return ParseNumber<double>(text);
}

std::optional<int64_t> ToInstant(std::string_view text) {
  if (!text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos) {
    const std::optional<double> seconds = ToNumber(text);
    if (!seconds || *seconds > 9e15) return std::nullopt;
    return static_cast<int64_t>(*seconds * 1000);
  }
  const Result<TimePoint> time = ParseIso8601(text);
  if (!time) return std::nullopt;
  return ToMillis(*time);
}

struct Address {
  bool v6 = false;
  std::array<unsigned char, 16> bytes{};
  int prefix = 0;
};

std::optional<Address> ToAddress(std::string_view text) {
  Address address;
  const size_t slash = text.find('/');
  const std::string host(text.substr(0, slash));
  address.v6 = host.find(':') != std::string::npos;
  if (inet_pton(address.v6 ? AF_INET6 : AF_INET, host.c_str(), address.bytes.data()) != 1) {
    return std::nullopt;
  }
  const int width = address.v6 ? 128 : 32;
  address.prefix = width;
  if (slash != std::string_view::npos) {
    address.prefix = ParseNumber<int>(text.substr(slash + 1)).value_or(-1);
    if (address.prefix < 0 || address.prefix > width) return std::nullopt;
  }
  return address;
}

bool InRange(const Address& range, const Address& address) {
  if (range.v6 != address.v6) return false;
  const auto whole = static_cast<size_t>(range.prefix / 8);
  if (std::memcmp(range.bytes.data(), address.bytes.data(), whole) != 0) return false;
  const int rest = range.prefix % 8;
  if (rest == 0) return true;
  const int mask = 0xff << (8 - rest) & 0xff;
  return (range.bytes[whole] & mask) == (address.bytes[whole] & mask);
}

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (ToLower(text.substr(0, prefix.size())) != ToLower(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool TakeSuffix(std::string_view& text, std::string_view suffix) {
  if (text.size() < suffix.size() ||
      ToLower(text.substr(text.size() - suffix.size())) != ToLower(suffix)) {
    return false;
  }
  text.remove_suffix(suffix.size());
  return true;
}

}  // namespace

bool Conditions::ParseOperator(std::string_view name, Test& test) {
  if (TakePrefix(name, "ForAllValues:"))
    test.set = Set::kForAll;
  else if (TakePrefix(name, "ForAnyValue:"))
    test.set = Set::kForAny;
  test.if_exists = TakeSuffix(name, "IfExists");
  struct Known {
    std::string_view name;
    Type type;
    Compare compare;
    bool negated;
  };
  static constexpr Known kKnown[] = {
      {"stringequals", Type::kString, Compare::kEquals, false},
      {"stringnotequals", Type::kString, Compare::kEquals, true},
      {"stringequalsignorecase", Type::kString, Compare::kEqualsIgnoreCase, false},
      {"stringnotequalsignorecase", Type::kString, Compare::kEqualsIgnoreCase, true},
      {"stringlike", Type::kString, Compare::kLike, false},
      {"stringnotlike", Type::kString, Compare::kLike, true},
      {"numericequals", Type::kNumeric, Compare::kEquals, false},
      {"numericnotequals", Type::kNumeric, Compare::kEquals, true},
      {"numericlessthan", Type::kNumeric, Compare::kLess, false},
      {"numericlessthanequals", Type::kNumeric, Compare::kLessEquals, false},
      {"numericgreaterthan", Type::kNumeric, Compare::kGreater, false},
      {"numericgreaterthanequals", Type::kNumeric, Compare::kGreaterEquals, false},
      {"dateequals", Type::kDate, Compare::kEquals, false},
      {"datenotequals", Type::kDate, Compare::kEquals, true},
      {"datelessthan", Type::kDate, Compare::kLess, false},
      {"datelessthanequals", Type::kDate, Compare::kLessEquals, false},
      {"dategreaterthan", Type::kDate, Compare::kGreater, false},
      {"dategreaterthanequals", Type::kDate, Compare::kGreaterEquals, false},
      {"bool", Type::kBool, Compare::kEqualsIgnoreCase, false},
      {"binaryequals", Type::kBinary, Compare::kEquals, false},
      {"ipaddress", Type::kIp, Compare::kEquals, false},
      {"notipaddress", Type::kIp, Compare::kEquals, true},
      // ArnEquals and ArnLike behave the same.
      {"arnequals", Type::kArn, Compare::kLike, false},
      {"arnlike", Type::kArn, Compare::kLike, false},
      {"arnnotequals", Type::kArn, Compare::kLike, true},
      {"arnnotlike", Type::kArn, Compare::kLike, true},
      {"null", Type::kNull, Compare::kEquals, false},
  };
  const std::string lower = ToLower(name);
  const auto* it = std::find_if(std::begin(kKnown), std::end(kKnown),
                                [&](const Known& known) { return known.name == lower; });
  if (it == std::end(kKnown)) return false;
  test.type = it->type;
  test.compare = it->compare;
  test.negated = it->negated;
  return true;
}

Result<Conditions> Conditions::Parse(const json::Value& block, bool variables) {
  Conditions conditions;
  if (!block.is_object()) return Fail(Code::kInvalidArgument, "Syntax errors in policy.");
  for (const auto& [operator_name, keys] : block.get_object()) {
    Test prototype;
    if (!ParseOperator(operator_name, prototype)) {
      return Fail(Code::kInvalidArgument,
                  "Invalid Condition type : " + std::string(operator_name) + ".");
    }
    if (!keys.is_object()) return Fail(Code::kInvalidArgument, "Syntax errors in policy.");
    for (const auto& [key, values] : keys.get_object()) {
      Test test = prototype;
      test.key = ToLower(key);
      if (test.key.find(':') == std::string::npos) {
        return Fail(Code::kInvalidArgument,
                    "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
      }
      const bool wildcards = test.compare == Compare::kLike;
      const auto add = [&](const json::Value& value) {
        std::string text;
        if (value.is_string())
          text = json::View(value);
        else if (value.is_bool() || value.is_number())
          text = json::Serialize(value);
        else
          return false;
        test.values.push_back(PolicyPattern::Compile(text, variables, wildcards));
        return true;
      };
      bool ok = true;
      if (values.is_array()) {
        for (const json::Value& value : values.get_array()) ok = ok && add(value);
      } else {
        ok = add(values);
      }
      if (!ok) return Fail(Code::kInvalidArgument, "Syntax errors in policy.");
      conditions.tests_.push_back(std::move(test));
    }
  }
  return conditions;
}

bool Conditions::Matches(const Test& test, const PolicyPattern& wanted, std::string_view actual,
                         const Context& context) {
  switch (test.type) {
    case Type::kString:
    case Type::kBool:
    case Type::kBinary:
      return wanted.Matches(actual, context, test.compare == Compare::kEqualsIgnoreCase);
    case Type::kArn:
      return wanted.MatchesArn(actual, context);
    case Type::kNumeric:
    case Type::kDate: {
      const std::optional<std::string> text = wanted.Expand(context);
      if (!text) return false;
      const bool less = test.compare == Compare::kLess || test.compare == Compare::kLessEquals;
      const bool greater =
          test.compare == Compare::kGreater || test.compare == Compare::kGreaterEquals;
      const bool equal = test.compare == Compare::kEquals || test.compare == Compare::kLessEquals ||
                         test.compare == Compare::kGreaterEquals;
      if (test.type == Type::kNumeric) {
        const auto a = ToNumber(actual);
        const auto b = ToNumber(*text);
        return a && b && CompareNumbers(*a, *b, less, greater, equal);
      }
      const auto a = ToInstant(actual);
      const auto b = ToInstant(*text);
      return a && b && CompareNumbers(*a, *b, less, greater, equal);
    }
    case Type::kIp: {
      const std::optional<std::string> text = wanted.Expand(context);
      if (!text) return false;
      const auto range = ToAddress(*text);
      const auto address = ToAddress(actual);
      return range && address && InRange(*range, *address);
    }
    case Type::kNull:
      return false;  // Decided in Holds().
  }
  return false;
}

bool Conditions::AnyMatches(const Test& test, std::string_view actual, const Context& context) {
  return std::any_of(test.values.begin(), test.values.end(), [&](const PolicyPattern& wanted) {
    return Matches(test, wanted, actual, context);
  });
}

bool Conditions::Holds(const Test& test, const Context& context) {
  const auto it = context.find(test.key);
  const bool present = it != context.end() && !it->second.empty();
  if (test.type == Type::kNull) {
    return std::any_of(test.values.begin(), test.values.end(), [&](const PolicyPattern& value) {
      return value.Matches(present ? "false" : "true", context, true);
    });
  }
  if (!present) {
    if (test.set == Set::kForAll || test.if_exists) return true;
    return test.negated && test.set == Set::kNone;
  }
  // For one actual value: does the operator, negation included, hold?
  const auto holds_for = [&](const std::string& actual) {
    return AnyMatches(test, actual, context) != test.negated;
  };
  switch (test.set) {
    case Set::kForAll:
      return std::all_of(it->second.begin(), it->second.end(), holds_for);
    case Set::kForAny:
      return std::any_of(it->second.begin(), it->second.end(), holds_for);
    case Set::kNone:
      return test.negated ? std::all_of(it->second.begin(), it->second.end(), holds_for)
                          : std::any_of(it->second.begin(), it->second.end(), holds_for);
  }
  return false;
}

bool Conditions::Hold(const Context& context) const {
  return std::all_of(tests_.begin(), tests_.end(),
                     [&](const Test& test) { return Holds(test, context); });
}

}  // namespace riposte::access
