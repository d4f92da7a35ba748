// allowedPattern, in the dialect of Java as far as PCRE2 has it (look-around, inline flags).
//
// Pure. Bounded: a pattern and a text that would backtrack for long end as "does not match".
#pragma once

#include <string_view>

#include "base/result.h"

namespace riposte::automation {

/// Errors: kInvalidArgument when the pattern does not compile.
[[nodiscard]] Status CheckPattern(std::string_view pattern);
/// True when `pattern` is found in `text`; false also when the match limit is reached.
[[nodiscard]] bool PatternFinds(std::string_view pattern, std::string_view text);
/// True when the whole of `text` matches, from its first character to its last; else as above.
[[nodiscard]] bool PatternMatches(std::string_view pattern, std::string_view text);

}  // namespace riposte::automation
