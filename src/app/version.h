#pragma once

namespace riposte::app {

inline constexpr const char* kVersion = RIPOSTE_VERSION;

}  // namespace riposte::app
