// Readers against a storm of rule changes, for ThreadSanitizer (tests/pattern/soak builds it so).
//
//   pattern_storm CHANGES [READERS]
//
// Some rules never change: every match of every reader must find exactly those, and of those that
// come and go never half of a pair that is always changed together. Exit code 1 otherwise.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "pattern/matcher.h"

namespace riposte::pattern {
namespace {

constexpr int kSteady = 20;

Pattern Make(const std::string& text) {
  return *Pattern::Parse(text);
}

struct Seen {
  int steady = 0;
  int left = 0;
  int right = 0;
};

int Run(int changes, int readers) {
  Matcher matcher;
  // Payloads tell what a rule is: 1 steady, 2 and 3 the halves of a pair.
  const auto kind = [](int value) { return std::make_shared<const int>(value); };
  for (int i = 0; i < kSteady; ++i) {
    const Pattern pattern = Make(R"({"detail": {"kind": ["storm"], "n": [{"numeric": [">=", )" +
                                 std::to_string(-i) + "]}]}}");
    (void)matcher.Add("steady", pattern, kind(1));
  }
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  std::atomic<long> matches = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < readers; ++i) {
    threads.emplace_back([&] {
      Matcher::Scratch scratch;
      std::vector<std::shared_ptr<const void>> found;
      const std::string detail = R"({"kind": "storm", "n": 7, "text": "lorem ipsum dolor"})";
      while (!stop) {
        found.clear();
        if (!matcher.Match(Envelope{}, detail, scratch, found)) ++wrong;
        Seen seen;
        for (const auto& payload : found) {
          const int value = *static_cast<const int*>(payload.get());
          seen.steady += value == 1;
          seen.left += value == 2;
          seen.right += value == 3;
        }
        if (seen.steady != kSteady || seen.left != seen.right) ++wrong;
        ++matches;
      }
    });
  }
  std::vector<Matcher::RuleId> pairs;
  for (int i = 0; i < changes; ++i) {
    const std::string n = std::to_string(i % 97);
    const Pattern left = Make(R"({"detail": {"text": [{"wildcard": "*ipsum*"}, ")" + n + R"("]}})");
    const Pattern right =
        Make(R"({"detail": {"kind": [{"prefix": "st"}], "k)" + n + R"(": [{"exists": false}]}})");
    const Matcher::NewRule added[] = {{"left", &left, kind(2)}, {"right", &right, kind(3)}};
    std::vector<Matcher::RuleId> removed;
    if (pairs.size() > 40) {
      removed.assign(pairs.begin(), pairs.begin() + 2);
      pairs.erase(pairs.begin(), pairs.begin() + 2);
    }
    const auto ids = matcher.Change(removed, added);
    pairs.insert(pairs.end(), ids->begin(), ids->end());
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  std::printf("%d changes against %ld matches, %d wrong\n", changes, matches.load(), wrong.load());
  return wrong == 0 && matches > 0 ? 0 : 1;
}

}  // namespace
}  // namespace riposte::pattern

int main(int argc, char** argv) {
  return riposte::pattern::Run(argc > 1 ? std::atoi(argv[1]) : 5000,
                               argc > 2 ? std::atoi(argv[2]) : 3);
}
