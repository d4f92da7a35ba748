// The pattern parser, and the matcher against the oracle, under libFuzzer.
//
// Input: lines; the first is an event, the others are patterns. Beyond crashes it checks that both
// say the same, before and after every second pattern is removed. tests/pattern/soak runs it over
// its corpus (testing/corpus).
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "pattern/testing/compare.h"

namespace {

void Check(riposte::pattern::testing::Comparison& comparison, std::string_view event) {
  const std::string difference = comparison.Difference(event);
  // A budget is a bound, not an answer; and the oracle has one of its own.
  if (difference.empty() || comparison.scratch().exhausted()) return;
  std::fprintf(stderr, "%s\n", difference.c_str());
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t line = text.find('\n');
  const std::string_view event = text.substr(0, line);
  riposte::pattern::testing::Comparison comparison;
  for (size_t count = 0; text.find('\n') != std::string_view::npos && count < 32; ++count) {
    text.remove_prefix(text.find('\n') + 1);
    (void)comparison.Add(std::string(text.substr(0, text.find('\n'))));
  }
  Check(comparison, event);
  comparison.RemoveEvery(2);
  Check(comparison, event);
  return 0;
}
