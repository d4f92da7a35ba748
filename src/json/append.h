// Documents as text without a copy on the way: json::Serialize takes a Value, and the value of an
// object or list is a copy of it.
//
// Thread safety: pure. Cost: about 800 MB/s.
#pragma once

#include <string>

#include "json/json.h"

namespace riposte::json {

/// Appends the text of `value`.
void Append(std::string& out, const Value& value);
void Append(std::string& out, const Object& object);
void Append(std::string& out, const Array& array);

[[nodiscard]] std::string Text(const Value& value);
[[nodiscard]] std::string Text(const Object& object);
[[nodiscard]] std::string Text(const Array& array);

}  // namespace riposte::json
