// Random patterns and events of a small world, so that they meet: few names, few values, all
// operators, arrays in arrays, names with dots, duplicate keys, escapes, white space.
//
// Deterministic by seed. Thread safety: none.
#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace riposte::pattern::testing {

class RandomLanguage {
 public:
  explicit RandomLanguage(uint64_t seed) : random_(seed) {}

  /// Mostly valid patterns; Pattern::Parse has the last word.
  std::string Pattern();
  /// A JSON object.
  std::string Event();
  /// The text with a byte or two changed, dropped or doubled: mostly no JSON any more.
  std::string Damage(std::string text);
  size_t Below(size_t end) { return static_cast<size_t>(random_() % end); }

 private:
  bool OneIn(size_t n) { return Below(n) == 0; }
  std::string Key();
  std::string PatternObject(size_t depth);
  std::string Alternative();
  std::string But();
  std::string Range();
  std::string Text();
  std::string QuotedText();
  std::string Number();
  std::string EventValue(size_t depth);
  std::string EventObject(size_t depth);
  std::string Space();

  std::mt19937_64 random_;
};

}  // namespace riposte::pattern::testing
