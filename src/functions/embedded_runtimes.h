// The bootstraps in src/functions/runtime, as text in the binary.
#pragma once

#include <span>
#include <string_view>

namespace riposte::functions {

struct EmbeddedRuntime {
  std::string_view name;  ///< "bootstrap.py"
  std::string_view text;
};
[[nodiscard]] std::span<const EmbeddedRuntime> EmbeddedRuntimes();

}  // namespace riposte::functions
