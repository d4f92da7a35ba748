// Filter patterns: which log events does a search or a metric filter mean?
//
// Grammar (source: "Filter pattern syntax", CloudWatch Logs user guide):
//   pattern   = "" | terms | json | fields
//   terms     = { ["?" | "-"] ( word | '"' quoted '"' ) }      all plain terms, any ?term, no -term
//   json      = "{" or "}"
//   or        = and { "||" and }       and = unit { "&&" unit }     unit = "(" or ")" | test
//   test      = selector ( op value | "NOT EXISTS" | "IS" ("NULL" | "TRUE" | "FALSE") )
//   selector  = "$" { "." name | "['" name "']" | "[" number "]" | "[*]" }
//   op        = "=" | "!=" | "<" | "<=" | ">" | ">="
//   value     = number | word | '"' quoted '"'       with * as a wildcard in texts
//   fields    = "[" field { "," field } "]"          field = "..." | name [ test of that name ]
// Terms are found anywhere in the message, with case. Regular expressions (%…%) are refused.
// Thread safety: const methods, any thread. Cost: JSON patterns parse the message.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/json.h"

namespace riposte::observe {

class FilterPattern {
 public:
  static constexpr size_t kMaxLength = 1024;

  /// Errors: kInvalidArgument with what is wrong and where.
  [[nodiscard]] static Result<FilterPattern> Parse(std::string_view text);
  FilterPattern(FilterPattern&&) noexcept;
  FilterPattern& operator=(FilterPattern&&) noexcept;
  ~FilterPattern();

  [[nodiscard]] bool Matches(std::string_view message) const;
  /// The number that a metric filter publishes: `text` is a number, a selector "$.latency" of a
  /// JSON message, or the name "$bytes" of a field. nullopt when it is not there.
  [[nodiscard]] std::optional<double> Extract(std::string_view text,
                                              std::string_view message) const;

  struct Node;  ///< Private to filter_pattern.cc.

 private:
  FilterPattern();
  std::unique_ptr<Node> root_;
};

}  // namespace riposte::observe
