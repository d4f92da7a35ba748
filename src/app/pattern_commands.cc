// `riposte pattern test|explain`: does this event match this pattern, and why not? Needs no engine.
#include <fmt/format.h>

#include "app/command_output.h"
#include "app/commands.h"
#include "os/files.h"
#include "pattern/explain.h"

namespace riposte::app {
namespace {

constexpr size_t kMaxFileBytes = 1 << 20;

/// JSON as it stands, or the file of that name.
Result<std::string> TextOf(const std::string& argument) {
  const size_t first = argument.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && argument[first] == '{') return argument;
  return os::ReadFile(argument, kMaxFileBytes);
}

}  // namespace

int PatternTest(const std::string& pattern_argument, const std::string& event_argument,
                bool explain) {
  const auto pattern_text = TextOf(pattern_argument);
  if (!pattern_text) return Misuse(pattern_text.error().message);
  const auto event_text = TextOf(event_argument);
  if (!event_text) return Misuse(event_text.error().message);
  const auto pattern = pattern::Pattern::Parse(*pattern_text);
  if (!pattern) return Misuse(pattern.error().message);
  const auto event = json::Parse(*event_text);
  if (!event || !event->is_object()) return Misuse("the event is not a JSON object");
  const auto answer = pattern::Explain(*pattern, event->get_object());
  if (explain) {
    fmt::print("{}", pattern::Describe(answer));
  } else {
    fmt::print("{}\n", answer.matches ? "matches" : "does not match");
  }
  return answer.matches ? 0 : 1;
}

}  // namespace riposte::app
