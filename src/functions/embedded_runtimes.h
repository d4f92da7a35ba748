// What lies in src/functions/runtime, in the binary: the bootstraps as text, and the program that
// raises a sandbox from within.
#pragma once

#include <span>
#include <string_view>

namespace riposte::functions {

struct EmbeddedRuntime {
  std::string_view name;  ///< "bootstrap.py"
  std::string_view text;
};
[[nodiscard]] std::span<const EmbeddedRuntime> EmbeddedRuntimes();
/// sandbox_init, ready to be run.
[[nodiscard]] std::string_view EmbeddedSandbox();

}  // namespace riposte::functions
