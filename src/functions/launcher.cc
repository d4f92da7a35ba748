#include "functions/launcher.h"

#include <array>
#include <utility>

namespace riposte::functions {

std::string Exit::Describe() const {
  if (signal == 0) return "exit status " + std::to_string(status);
  static constexpr std::array<std::pair<int, const char*>, 8> kNames = {{
      {4, "illegal instruction"},
      {6, "aborted"},
      {7, "bus error"},
      {9, "killed"},
      {11, "segmentation fault"},
      {15, "terminated"},
      {24, "CPU time limit exceeded"},
      {25, "file size limit exceeded"},
  }};
  for (const auto& [number, name] : kNames) {
    if (number == signal) return std::string("signal: ") + name;
  }
  return "signal: " + std::to_string(signal);
}

}  // namespace riposte::functions
