// YAML to JSON documents and back, for runbooks. Pure functions.
//
// Hostile input is bounded while it is read: nesting, and the number of values after aliases are
// expanded, so that a "billion laughs" document ends early. Plain scalars follow the YAML 1.2 core
// schema, except that a number with leading zeros stays text (account ids).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "json/json.h"

namespace riposte::automation {

struct YamlLimits {
  int max_depth = 32;
  size_t max_values = 50'000;
  size_t max_bytes = 4 * 1024 * 1024;  ///< Of scalars after expansion.
};

/// The first document in `text`. Errors: kInvalidArgument with the line; kLimitExceeded.
[[nodiscard]] Result<json::Value> ParseYaml(std::string_view text, const YamlLimits& limits = {});

/// A block-style document that ParseYaml reads back as the same value.
[[nodiscard]] std::string EmitYaml(const json::Value& value);

}  // namespace riposte::automation
