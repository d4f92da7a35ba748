// --name=value, for programs too small for more.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

namespace riposte::bench {

class CommandLine {
 public:
  CommandLine(int argc, char** argv) : argc_(argc), argv_(argv) {}
  /// The value of `name` ("--rows="), or `otherwise`.
  [[nodiscard]] std::string Text(std::string_view name, std::string_view otherwise) const {
    for (int i = 1; i < argc_; ++i) {
      const std::string_view argument = argv_[i];
      if (argument.starts_with(name)) return std::string(argument.substr(name.size()));
    }
    return std::string(otherwise);
  }
  [[nodiscard]] int Number(std::string_view name, int otherwise) const {
    return std::atoi(Text(name, std::to_string(otherwise)).c_str());
  }

 private:
  int argc_;
  char** argv_;
};

}  // namespace riposte::bench
