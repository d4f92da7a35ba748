// The subset of JSONPath that inputs use: dots, brackets and indexes, always one value.
//
//   path = "$" { "." name | "[" "'" name "'" "]" | "[" index "]" }     also with double quotes
//   name after a dot: any characters but . [ ] and blanks; in brackets: \' \" \\ escape.
// "$." alone means "$". No wildcards, slices, filters or negative indexes.
// Immutable; any thread. Cost of Find: one look-up a step.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "json/json.h"

namespace riposte::pattern {

class JsonPath {
 public:
  /// Errors: kInvalidArgument.
  [[nodiscard]] static Result<JsonPath> Parse(std::string_view text);
  /// The value in `root`, or nullptr when a step leads nowhere. A null found is a value.
  [[nodiscard]] const json::Value* Find(const json::Value& root) const;

 private:
  std::vector<std::variant<std::string, size_t>> steps_;
};

}  // namespace riposte::pattern
