// The matcher against the oracle, longer than a unit test may take.
//
//   pattern_soak PAIRS [SEED]    random (pattern, event) pairs, with changes to the set between
//
// Exit code 1 with the first difference. Built a second time with a bug put in on purpose
// (RIPOSTE_CONTROL_BUG in matcher_arrays.cc), it must find one: tests/pattern/soak sees to that.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "pattern/testing/compare.h"
#include "pattern/testing/random_language.h"

int main(int argc, char** argv) {
  using namespace riposte::pattern::testing;  // NOLINT: a main.
  const uint64_t wanted = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000'000;
  RandomLanguage random(argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1);
  uint64_t pairs = 0;
  uint64_t exhausted = 0;
  const auto check = [&](Comparison& comparison, const std::string& event) {
    const std::string difference = comparison.Difference(event);
    if (comparison.scratch().exhausted()) ++exhausted;
    pairs += comparison.size();
    if (difference.empty()) return true;
    std::printf("after %llu pairs: %s\n", static_cast<unsigned long long>(pairs),
                difference.c_str());
    return false;
  };
  while (pairs < wanted) {
    Comparison comparison;
    // Small sets are compared value by value, large ones go through tables.
    const size_t size = random.Below(2) == 0 ? 24 : 240;
    while (comparison.size() < size) (void)comparison.Add(random.Pattern());
    for (int round = 0; round < 3; ++round) {
      for (int i = 0; i < 40; ++i) {
        const std::string event = random.Event();
        if (!check(comparison, event)) return 1;
        if (i % 8 == 0 && !check(comparison, random.Damage(event))) return 1;
      }
      comparison.RemoveEvery(2 + random.Below(3));
      while (comparison.size() < size * 2 / 3) (void)comparison.Add(random.Pattern());
    }
  }
  std::printf("%llu pairs, no difference; %llu events at their budget\n",
              static_cast<unsigned long long>(pairs), static_cast<unsigned long long>(exhausted));
  return 0;
}
