// The patterns of service models: Java's dialect of regular expressions, over PCRE2.
//
// A value satisfies a pattern when the whole of it matches, as the services check it. Two things
// are wider than Java: '.' matches line ends too (services accept them in free text), and \u10000
// is the code point it was meant to be.
// Thread safety: immutable; Matches() from any thread. Cost: bounded by kMatchLimit steps, so a
// pattern that backtracks badly refuses the value instead of holding the thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace riposte::wire {

class Regex {
 public:
  /// About 10 ms of backtracking at worst.
  static constexpr uint32_t kMatchLimit = 200'000;

  /// Errors: kInvalidArgument with PCRE2's text and offset.
  [[nodiscard]] static Result<std::shared_ptr<const Regex>> Compile(std::string_view pattern);
  ~Regex();
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;

  /// False also when the match limit was reached or `text` is not UTF-8.
  [[nodiscard]] bool Matches(std::string_view text) const;

 private:
  struct Impl;
  explicit Regex(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// A Java pattern in PCRE2's spelling: \uXXXX (also surrogate pairs), \p{Alnum} and its like, '-'
/// behind a set in a class, and repeat counts that PCRE2 does not have.
[[nodiscard]] std::string TranslatePattern(std::string_view java);

}  // namespace riposte::wire
