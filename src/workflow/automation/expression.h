// {{ references }} in inputs, and the one table of coercions between the types of values.
//
// A value that is one whole reference keeps the type of what it names; a reference inside text
// becomes text (lists and maps as compact JSON, booleans as true/false). Values that come in are
// never looked at again for references: expansion is one level, so data cannot inject any.
// Source: "Automation parameters and substitution" (spec 2.4). Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/json.h"

namespace riposte::automation {

/// The value of "Param", "Step.Output", "variable:x", "global:REGION" …, or nullopt.
using Resolver = std::function<std::optional<json::Value>(std::string_view reference)>;

/// The bound on what one substitution may produce.
inline constexpr size_t kMaxSubstitutedBytes = 4 * 1024 * 1024;

/// Replaces every reference in `value`, at any depth; keys of maps stay as they are.
/// Errors: kNotFound naming the reference that has no value; kLimitExceeded.
[[nodiscard]] Result<json::Value> Substitute(const json::Value& value, const Resolver& resolver);
/// The same for the inputs of a step, except for its Script: data never becomes code.
[[nodiscard]] Result<json::Object> SubstituteInputs(const json::Object& inputs,
                                                    const Resolver& resolver);

/// The references in `value`, in order, with repeats.
[[nodiscard]] std::vector<std::string> ReferencesIn(const json::Value& value);

/// The reference that the whole of `text` is, or nullopt.
[[nodiscard]] std::optional<std::string> WholeReference(std::string_view text);

// Coercions. Each takes what documents really hold: "600", "True", ["one"].

/// As it appears inside text and in the API's Outputs.
[[nodiscard]] std::string ToText(const json::Value& value);
/// A whole number, its text, or a list of just one such.
[[nodiscard]] std::optional<int64_t> ToInteger(const json::Value& value);
[[nodiscard]] std::optional<double> ToNumber(const json::Value& value);
[[nodiscard]] std::optional<bool> ToBoolean(const json::Value& value);
/// A list; a scalar becomes a list of one; text that is a JSON list becomes that list.
[[nodiscard]] json::Array ToList(const json::Value& value);
/// The texts of ToList.
[[nodiscard]] std::vector<std::string> ToTexts(const json::Value& value);
/// A map, or text that is a JSON map.
[[nodiscard]] std::optional<json::Object> ToMap(const json::Value& value);
/// The only element of a list of one; else the value itself.
[[nodiscard]] const json::Value& Unwrap(const json::Value& value);

/// Makes `value` one of String, StringList, Integer, Boolean, StringMap, MapList.
/// nullopt when it cannot be that.
[[nodiscard]] std::optional<json::Value> Coerce(const json::Value& value, std::string_view type);

}  // namespace riposte::automation
