// How fast are rules matched, against a plain parse of the same bytes?
//
// Each row gives the events a second of the matcher and of simdjson's DOM parse, one thread, CPU
// time, the better of several alternating rounds, and their ratio beside its goal. All matches are
// counted and compared with what they should be. Then: memory and time to load, to add one rule to
// 100 000, and what a second thread gains.
//   bench_matcher [--rounds=7] [--lots=20000] [--only=NAME]   rows whose name contains NAME
#include <simdjson.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>
#include <memory>
#include <thread>

#include "bench/matcher_data.h"
#include "bench/options.h"
#include "bench/stats.h"
#include "pattern/matcher.h"

namespace riposte::bench {
namespace {

using pattern::Matcher;
using pattern::Pattern;

double CpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

int failures = 0;
std::string only;  ///< Of the rows.

bool IsWanted(std::string_view name) {
  return name.find(only) != std::string_view::npos;
}

std::vector<Matcher::RuleId> Load(Matcher& matcher, const std::vector<std::string>& rules) {
  std::vector<Matcher::RuleId> ids;
  for (const std::string& rule : rules) {
    const auto pattern = Pattern::Parse(rule);
    if (pattern) {
      if (const auto id = matcher.Add(rule, *pattern)) ids.push_back(*id);
    }
  }
  if (ids.size() != rules.size()) ++failures;
  return ids;
}

/// Events a second of `pass`, which goes over `count` of them.
template <class F>
double Rate(size_t count, F pass) {
  const double start = CpuSeconds();
  pass();
  return static_cast<double>(count) / (CpuSeconds() - start);
}

void Row(const std::string& name, const Matcher& matcher, const std::vector<std::string>& events,
         double goal, int rounds) {
  double best = 0;
  double best_dom = 0;
  Matcher::Scratch scratch;
  simdjson::dom::parser parser;
  size_t bad = 0;
  for (int i = 0; i < rounds; ++i) {
    best = std::max(best, Rate(events.size(), [&] {
                      for (const std::string& event : events) {
                        bad += matcher.Match(event, scratch) ? 0 : 1;
                      }
                    }));
    best_dom = std::max(best_dom, Rate(events.size(), [&] {
                          for (const std::string& event : events) {
                            simdjson::dom::element document;
                            const auto error = parser.parse(event.data(), event.size(), true);
                            bad += error.get(document) == simdjson::SUCCESS ? 0 : 1;
                          }
                        }));
  }
  if (bad > 0) ++failures;
  std::printf("%-34s %8.0f %8.0f %7.2f %6.2f\n", name.c_str(), best / 1e3, best_dom / 1e3,
              best / best_dom, goal);
  std::fflush(stdout);
}

void Lots(size_t count, int rounds) {
  const std::vector<Lot> lots = MakeLots(count);
  std::vector<std::string> events;
  for (const Lot& lot : lots) events.push_back(lot.line);
  for (const LotRules& set : MakeLotRules()) {
    const std::string name = "lots, " + set.name + ", " + std::to_string(set.rules.size());
    if (!IsWanted(name)) continue;
    Matcher matcher;
    std::vector<std::string> patterns;
    for (const LotRule& rule : set.rules) patterns.push_back(rule.pattern);
    const auto ids = Load(matcher, patterns);
    // Count first: a fast wrong answer is worth nothing.
    Matcher::Scratch scratch;
    std::vector<size_t> found(*std::ranges::max_element(ids) + 1);
    for (const std::string& event : events) {
      const auto matched = matcher.Match(event, scratch);
      for (const auto id : *matched) ++found[id];
    }
    for (size_t i = 0; i < ids.size(); ++i) {
      const auto expected = std::ranges::count_if(lots, set.rules[i].matches);
      if (found[ids[i]] == static_cast<size_t>(expected)) continue;
      std::printf("%s: %zu matches instead of %zu\n", patterns[i].c_str(), found[ids[i]],
                  static_cast<size_t>(expected));
      ++failures;
    }
    Row(name, matcher, events, set.goal, rounds);
  }
}

void Findings(FindingKind kind, const std::string& kind_name, size_t count, double goal,
              int rounds) {
  const std::string name = "findings, " + kind_name + ", " + std::to_string(count);
  if (!IsWanted(name)) return;
  Matcher matcher;
  (void)Load(matcher, MakeFindingRules(kind, count));
  Row(name, matcher, MakeFindings(count, 2000), goal, rounds);
}

void Changes() {
  constexpr size_t kRules = 100'000;
  const std::vector<std::string> texts = MakeFindingRules(FindingKind::kMixed, kRules + 1000);
  std::vector<Pattern> patterns;
  const double parsing = CpuSeconds();
  for (const std::string& text : texts) patterns.push_back(*Pattern::Parse(text));
  const double parsed = CpuSeconds() - parsing;
  Matcher matcher;
  const double start = CpuSeconds();
  for (size_t i = 0; i < kRules; ++i) (void)matcher.Add("rule", patterns[i]);
  const double loaded = CpuSeconds() - start;
  std::vector<double> adds, removes;
  std::vector<Matcher::RuleId> ids;
  for (size_t i = kRules; i < patterns.size(); ++i) {
    const double before = CpuSeconds();
    ids.push_back(*matcher.Add("rule", patterns[i]));
    adds.push_back(CpuSeconds() - before);
  }
  for (const auto id : ids) {
    const double before = CpuSeconds();
    matcher.Remove(id);
    removes.push_back(CpuSeconds() - before);
  }
  std::printf("\n100 000 mixed rules: parsed in %.2f s, loaded in %.2f s (goal: together 2)\n",
              parsed, loaded);
  std::printf("bytes a rule %.0f (goal 400)\n", static_cast<double>(matcher.bytes()) / kRules);
  std::printf("one more: median %.1f us, 99%% %.1f us (goal 20); one less: median %.1f us\n",
              Median(adds) * 1e6, Percentile(adds, 0.99) * 1e6, Median(removes) * 1e6);
}

/// `text` again and again, between commas, up to the longest event that is accepted.
std::string UpToTheLimit(const std::string& before, const std::function<std::string(size_t)>& part,
                         const std::string& after) {
  constexpr size_t kLimit = 256 * 1024;
  std::string event = before + part(0);
  for (size_t i = 1;; ++i) {
    const std::string next = "," + part(i);
    if (event.size() + next.size() + after.size() > kLimit) return event + after;
    event += next;
  }
}

/// Sets and events made to cost as much as they can: the slowest event of each family.
void Hostile(int rounds) {
  struct Family {
    std::string name;
    std::vector<std::string> rules;
    std::string event;
  };
  const auto number = [](size_t n) { return std::to_string(n); };
  std::vector<Family> families;
  {
    Family& own = families.emplace_back("wildcards of 200 stars that nearly match");
    for (size_t i = 0; i < 20; ++i) {
      std::string wildcard;
      for (int j = 0; j < 200; ++j) wildcard += "a*";
      own.rules.push_back(R"({"a":[{"wildcard":")" + wildcard + "b" + number(i) + R"("}]})");
    }
    own.event = R"({"a":")" + std::string(260'000, 'a') + R"("})";
  }
  {
    Family& own = families.emplace_back("exclusions over a long list");
    for (size_t i = 0; i < 3000; ++i) {
      own.rules.push_back(R"({"a":[{"anything-but":["u","v)" + number(i) + R"("]}],"b":["x"]})");
    }
    own.event = UpToTheLimit(R"({"b":"x","a":[)", [](size_t) { return R"("u")"; }, "]}");
  }
  {
    Family& own = families.emplace_back("ranges that overlap");
    for (size_t i = 0; i < 3000; ++i) {
      own.rules.push_back(R"({"a":[{"numeric":[">",-)" + number(i) + R"(,"<",)" + number(i + 1) +
                          "]}]}");
    }
    own.event = UpToTheLimit(R"({"a":[)", [](size_t) { return "4000"; }, "]}");
  }
  {
    Family& own = families.emplace_back("elements that never agree");
    for (size_t i = 0; i < 900; ++i) {
      own.rules.push_back(R"({"a":{"x":[)" + number(i / 30) + R"(],"y":[)" + number(i % 30) +
                          "]}}");
    }
    own.event = UpToTheLimit(
        R"({"a":[)",
        [&](size_t i) {
          return R"({"x":)" + number(i % 30) + R"(,"y":99},{"x":99,"y":)" + number(i % 30) + "}";
        },
        "]}");
  }
  {
    Family& own = families.emplace_back("a thousand prefixes that all match");
    for (size_t i = 1; i < 1000; ++i) {
      own.rules.push_back(R"({"a":[{"prefix":")" + std::string(i, 'a') + R"("}]})");
    }
    own.event =
        UpToTheLimit(R"({"a":[)", [](size_t) { return '"' + std::string(1000, 'a') + '"'; }, "]}");
  }
  {
    Family& own = families.emplace_back("keys spelled over dots");
    own.rules.push_back(R"({"a":{"b":{"c":{"d":{"e":[1]}}}}})");
    own.event = UpToTheLimit(
        "{", [](size_t i) { return R"("a.b.c.d.)" + std::string(i % 2 ? "e" : "f") + R"(":2)"; },
        "}");
  }
  {
    Family& own = families.emplace_back("nothing but brackets");
    own.rules.push_back(R"({"a":{"b":["x"]}})");
    own.event = UpToTheLimit(R"({"a":[)", [](size_t) { return "[[[[]]]]"; }, "]}");
  }
  std::printf("\n%-42s %8s %6s %8s\n", "hostile sets, events of 256 KB", "ms", "goal", "steps");
  for (const Family& family : families) {
    Matcher matcher;
    if (Load(matcher, family.rules).size() != family.rules.size()) continue;
    Matcher::Scratch scratch;
    double best = 1e9;
    for (int i = 0; i < rounds; ++i) {
      const double start = CpuSeconds();
      if (!matcher.Match(family.event, scratch)) ++failures;
      best = std::min(best, CpuSeconds() - start);
    }
    std::printf("%-42s %8.2f %6.1f %8ld\n", family.name.c_str(), best * 1e3, 5.0,
                static_cast<long>(scratch.steps()));
  }
}

void Threads() {
  const std::vector<std::string> events = MakeFindings(1000, 2000);
  Matcher matcher;
  (void)Load(matcher, MakeFindingRules(FindingKind::kMixed, 1000));
  const auto rate = [&](int threads) {
    const Stopwatch watch;
    std::vector<std::thread> running;
    for (int i = 0; i < threads; ++i) {
      running.emplace_back([&] {
        const auto scratch = std::make_unique<Matcher::Scratch>();
        for (int round = 0; round < 100; ++round) {
          for (const std::string& event : events) (void)matcher.Match(event, *scratch);
        }
      });
    }
    for (std::thread& thread : running) thread.join();
    return static_cast<double>(threads) * 100 * static_cast<double>(events.size()) /
           watch.Seconds();
  };
  double one = 0;
  double two = 0;
  for (int i = 0; i < 5; ++i) {
    one = std::max(one, rate(1));
    two = std::max(two, rate(2));
  }
  std::printf("two threads: %.2f times one (goal 1.8; wall clock, needs two idle cores)\n",
              two / one);
}

}  // namespace
}  // namespace riposte::bench

int main(int argc, char** argv) {
  using namespace riposte::bench;  // NOLINT: a main.
  const CommandLine options(argc, argv);
  const int rounds = options.Number("--rounds=", 7);
  only = options.Text("--only=", "");
  std::printf("%-34s %8s %8s %7s %6s\n", "thousand events a second", "matcher", "DOM", "ratio",
              "goal");
  Lots(static_cast<size_t>(options.Number("--lots=", 20'000)), rounds);
  Findings(FindingKind::kExact, "exact", 1000, 0.8, rounds);
  Findings(FindingKind::kExact, "exact", 100'000, 0.6, rounds);
  Findings(FindingKind::kMixed, "mixed", 1000, 0.8, rounds);
  Findings(FindingKind::kMixed, "mixed", 100'000, 0.6, rounds);
  Findings(FindingKind::kTwoWords, "*word1*word2*", 1000, 0.4, rounds);
  Findings(FindingKind::kTwoWords, "*word1*word2*", 10'000, 0.2, rounds);
  if (IsWanted("hostile")) Hostile(rounds);
  if (IsWanted("changes")) Changes();
  if (IsWanted("threads")) Threads();
  return failures == 0 ? 0 : 1;
}
