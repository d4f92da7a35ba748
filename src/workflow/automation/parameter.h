// Parameters and variables of a runbook: their types, constraints, and the API's form of values.
//
// The API hands every parameter over as a list of texts; inside the engine it is a JSON value of
// the declared type. Source: spec 2.4. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/json.h"

namespace riposte::automation {

struct Parameter {
  std::string name;
  std::string declared_type;    ///< "List<AWS::EC2::Instance::Id>", as written.
  std::string type;             ///< String, StringList, Integer, Boolean, StringMap or MapList.
  std::string implied_pattern;  ///< Of the AWS:: types, else "".
  std::string description;
  std::optional<json::Value> default_value;
  std::vector<json::Value> allowed_values;
  std::string allowed_pattern;
  std::optional<int64_t> min_items, max_items, min_chars, max_chars;

  [[nodiscard]] bool required() const { return !default_value.has_value(); }

  /// Reads `spec`, one entry of `parameters` or `variables`.
  /// Errors: kInvalidArgument with what is wrong with it.
  [[nodiscard]] static Result<Parameter> Load(std::string_view name, const json::Value& spec);

  /// The API's list of texts as a value of this type, not yet checked.
  /// Errors: kInvalidArgument when it cannot be one.
  [[nodiscard]] Result<json::Value> FromApi(const std::vector<std::string>& texts) const;

  /// Whether `value`, of this type, keeps every constraint. Errors: kInvalidArgument.
  [[nodiscard]] Status Check(const json::Value& value) const;
};

/// What aws:updateVariable may set, beyond the variable's own constraints. Errors:
/// kInvalidArgument.
[[nodiscard]] Status CheckVariableSize(const Parameter& variable, const json::Value& value);

/// The other way: how the API shows a value (Parameters, Outputs). Lists give one text for each
/// element; a map, and a list of maps as a whole, is one JSON text.
[[nodiscard]] json::Array ToApi(const json::Value& value);

}  // namespace riposte::automation
