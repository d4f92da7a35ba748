// Events and rules to measure the matcher with, made up here, the same for one seed.
//
// Lots: lines of about 950 bytes, dense in numbers of 17 digits, like the parcels of a city. Each
// rule comes with a plain predicate on the record that the line was made from, so that the matches
// can be counted without any matcher.
// Findings: events of about 3.5 KB as a findings hub sends them, half of them about a resource that
// some rule names.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace riposte::bench {

struct Lot {
  struct Point {
    double x, y;
  };
  std::string map, from, street, street_type;  ///< from: "" is absent; street_type: "" is null.
  bool several = false;                        ///< A MultiPolygon.
  std::vector<Point> points;
  std::string line;
};
[[nodiscard]] std::vector<Lot> MakeLots(size_t count);

struct LotRule {
  std::string pattern;
  std::function<bool(const Lot&)> matches;
};
struct LotRules {
  std::string name;
  std::vector<LotRule> rules;
  double goal;  ///< The ratio to a DOM parse that it should reach.
};
/// Single kinds, complex arrays, a partial and the full combination.
[[nodiscard]] std::vector<LotRules> MakeLotRules();

enum class FindingKind { kExact, kMixed, kTwoWords };
[[nodiscard]] std::vector<std::string> MakeFindingRules(FindingKind kind, size_t count);
/// `rules` as many as above: even events are about one of those.
[[nodiscard]] std::vector<std::string> MakeFindings(size_t rules, size_t count);

}  // namespace riposte::bench
