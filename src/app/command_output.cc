#include "app/command_output.h"

#include <fmt/format.h>

namespace riposte::app {

int Complain(const Error& error) {
  fmt::print(stderr, "riposte: {}\n", error.message);
  return error.code == Code::kUnavailable || error.code == Code::kNotFound ? kNoEngine : kRefused;
}

int Misuse(const std::string& message) {
  fmt::print(stderr, "riposte: {}\n", message);
  return kUsage;
}

std::string Plain(std::string_view text) {
  std::string out;
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  return out;
}

}  // namespace riposte::app
