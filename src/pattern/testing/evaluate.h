// Does this event match this pattern? The reference evaluator.
//
// Written to be obviously right: it is the definition that a faster matcher is tested against.
// Pure; any thread. Cost: the fields of the pattern times the elements of the arrays on their way,
// times the combinations of $or.
//
// - A leaf is a scalar; arrays count by their elements, however nested; an empty array or object
//   has no leaf.
// - Array consistency: all fields that lead through one array are satisfied by one of its elements.
// - {"exists": false} asks about the whole event, not about one element.
// - Where an event spells one path in two ways ({"a.b": 1, "a": {"b": 2}}), each field may use
//   either. At most kMaxSpellings such choices are tried; an event beyond that does not match.
#pragma once

#include "json/json.h"
#include "pattern/pattern.h"

namespace riposte::pattern {

inline constexpr size_t kMaxSpellings = 1024;

/// False when `event` is not an object.
[[nodiscard]] bool Matches(const Pattern& pattern, const json::Value& event);
[[nodiscard]] bool Matches(const Pattern& pattern, const json::Object& event);

/// One alternative against one scalar. REQUIRES: `leaf` is neither object nor array.
[[nodiscard]] bool MatchesLeaf(const Alternative& alternative, const json::Value& leaf);

}  // namespace riposte::pattern
