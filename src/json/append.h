// Documents as text without a copy on the way: json::Serialize takes a Value, and the value of an
// object or list is a copy of it.
//
// The text is the same as json::Serialize's. Made for the small documents of rows, where what the
// general serialiser keeps to be able to stop and go on costs as much as the text.
// Thread safety: pure. REQUIRES: no deeper than what json::Parse lets in.
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
