// Scripts that PowerShell runs. Functions have no such runtime.
//
// The Python bootstrap starts `pwsh` as its child, in the sandbox that both share, with
// runtime/bootstrap.ps1: the script's input is $env:InputPayload, its result the last object that
// it gives. A ScriptJob of such a runtime has no handler. Source: "aws:executeScript" (spec 2.3).
#pragma once

#include <string_view>

namespace riposte::functions {

/// "PowerShell 7.4", "PowerShell Core 6.0".
[[nodiscard]] constexpr bool IsPowerShell(std::string_view runtime) {
  return runtime.starts_with("PowerShell");
}

}  // namespace riposte::functions
