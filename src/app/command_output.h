// How commands end, and what they may print. Used by the commands only.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace riposte::app {

// Exit codes.
inline constexpr int kDone = 0;
inline constexpr int kRefused = 1;
inline constexpr int kUsage = 2;
inline constexpr int kNoEngine = 3;

/// Says what went wrong on standard error; the exit code for it.
int Complain(const Error& error);
/// The same for wrong usage.
int Misuse(const std::string& message);
/// What came from outside, without control characters, so that it cannot drive the terminal.
[[nodiscard]] std::string Plain(std::string_view text);

}  // namespace riposte::app
