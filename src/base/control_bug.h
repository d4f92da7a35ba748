// Bugs put in on purpose, so that a test can show that it would find them.
//
// Only a control build (RIPOSTE_CONTROL_BUG) has any; everywhere else the question is a constant
// and what hangs on it is not compiled in. The program of the control says which one is on.
#pragma once

#include <string_view>

namespace riposte {

#ifdef RIPOSTE_CONTROL_BUG
[[nodiscard]] bool HasControlBug(std::string_view name);
#else
[[nodiscard]] constexpr bool HasControlBug(std::string_view /*name*/) {
  return false;
}
#endif

}  // namespace riposte
