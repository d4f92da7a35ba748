// An event pattern, parsed: immutable, shared freely between threads.
//
// Data path:  PutRule, Subscribe, … -> Pattern::Parse() -> stored in a snapshot -> Matches()
// Grammar (facts: "Amazon EventBridge event patterns", EventBridge user guide):
//
//   pattern     = { field: value, … }                 all named fields must match
//   value       = pattern | [ alternative, … ]        any alternative suffices; never empty
//   "$or"       = [ pattern, pattern, … ]             at least one; else "$or" is a plain field
//   alternative = string | number | true | false | null
//               | {"prefix": text | {"equals-ignore-case": string}}   likewise "suffix"
//               | {"equals-ignore-case": string} | {"wildcard": string}
//               | {"anything-but": string | number | [one kind]
//                                | {"prefix"|"suffix"|"equals-ignore-case"|"wildcard": s | [s]}}
//               | {"numeric": [op, number] or [">" | ">=", number, "<" | "<=", number]}
//               | {"cidr": "10.0.0.0/8"} | {"exists": true | false}
//
// The first operator of an alternative counts, further ones are ignored. Of duplicate keys the
// last counts. $or is expanded here into combinations, each a plain conjunction of fields, because
// that is its definition under array consistency; their number is bounded.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "json/json.h"
#include "pattern/cidr.h"
#include "pattern/text_condition.h"

namespace riposte::pattern {

struct Literal {
  enum class Kind { kTrue, kFalse, kNull } kind;
};
struct NumberEquals {
  double value;
};
struct NumberRange {  ///< An absent bound is infinite.
  std::optional<double> low, high;
  bool low_open = false, high_open = false;
};
struct AnythingBut {  ///< Present, and none of these.
  std::vector<TextCondition> texts;
  std::vector<double> numbers;
};
struct Exists {
  bool present;
};
using Alternative =
    std::variant<TextCondition, Literal, NumberEquals, NumberRange, AnythingBut, Cidr, Exists>;

/// One leaf of the pattern.
class Field {
 public:
  Field(const std::vector<std::string>& path, std::vector<Alternative> alternatives);
  [[nodiscard]] size_t depth() const { return ends_.size(); }
  /// The names from `first` to `last` (exclusive), joined by dots. REQUIRES: first < last <= depth.
  [[nodiscard]] std::string_view Names(size_t first, size_t last) const {
    const size_t begin = first == 0 ? 0 : ends_[first - 1] + 1;
    return std::string_view(joined_).substr(begin, ends_[last - 1] - begin);
  }
  [[nodiscard]] const std::vector<Alternative>& alternatives() const { return alternatives_; }
  /// One alternative is {"exists": false}.
  [[nodiscard]] bool accepts_absence() const { return accepts_absence_; }

 private:
  std::string joined_;
  std::vector<size_t> ends_;  ///< Where each name ends in joined_.
  std::vector<Alternative> alternatives_;
  bool accepts_absence_ = false;
};

class Pattern {
 public:
  struct Limits {
    size_t max_bytes = 16'384;       ///< Of the text; operations have smaller limits of their own.
    size_t max_depth = 32;           ///< Nested objects.
    size_t max_combinations = 1000;  ///< What $or multiplies to (the service's limit).
    /// Stars in one field: bounds the states that any automaton needs at once.
    size_t max_wildcard_stars = 256;
  };

  /// Errors: kInvalidArgument or kLimitExceeded; the message is the service's, complete:
  /// "Event pattern is not valid. Reason: …".
  [[nodiscard]] static Result<Pattern> Parse(std::string_view text);
  [[nodiscard]] static Result<Pattern> Parse(std::string_view text, const Limits& limits);
  [[nodiscard]] static Result<Pattern> FromDocument(const json::Value& document);
  [[nodiscard]] static Result<Pattern> FromDocument(const json::Value& document,
                                                    const Limits& limits);
  /// The reason alone, for services with other words around it (filter policies).
  [[nodiscard]] static Result<Pattern> ParseBare(const json::Value& document, const Limits& limits);

  [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }
  /// The event matches when all fields (indexes) of at least one combination do.
  [[nodiscard]] const std::vector<std::vector<uint32_t>>& combinations() const {
    return combinations_;
  }

  /// The strings of which top-level field `name` must hold one, when the pattern says so by
  /// equality alone in each of its combinations; nullopt when other values could match too.
  /// For indexes over many patterns.
  [[nodiscard]] std::optional<std::vector<std::string>> RequiredStrings(
      std::string_view name) const;

 private:
  std::vector<Field> fields_;
  std::vector<std::vector<uint32_t>> combinations_;
};

}  // namespace riposte::pattern
