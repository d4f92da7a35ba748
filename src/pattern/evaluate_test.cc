#include "pattern/testing/evaluate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "pattern/matcher.h"

namespace riposte::pattern {
namespace {

struct Case {
  const char* pattern;
  const char* event;
  bool matches;
};

void Check(std::span<const Case> cases) {
  for (const Case& c : cases) {
    const auto pattern = Pattern::Parse(c.pattern);
    ASSERT_TRUE(pattern) << c.pattern << ": " << pattern.error().message;
    const auto event = json::Parse(c.event);
    ASSERT_TRUE(event) << c.event;
    EXPECT_EQ(Matches(*pattern, *event), c.matches) << c.pattern << " on " << c.event;
    if (!event->is_object()) continue;
    // The hot path must say the same, of a detail and of the pattern on it.
    const auto nested = Pattern::Parse(R"({"detail": )" + std::string(c.pattern) + "}");
    Matcher matcher;
    Matcher::Scratch scratch;
    ASSERT_TRUE(matcher.Add(c.pattern, *nested));
    const auto found = matcher.Match(Envelope{}, c.event, scratch);
    ASSERT_TRUE(found) << c.event;
    EXPECT_EQ(found->size(), c.matches ? 1U : 0U) << "hot: " << c.pattern << c.event;
  }
}

TEST(Evaluate, ExactValues) {
  Check(std::to_array<Case>({
      {R"({"a": ["x"]})", R"({"a": "x"})", true},
      {R"({"a": ["x"]})", R"({"a": "X"})", false},
      {R"({"a": ["x", "y"]})", R"({"a": "y", "b": 1})", true},
      {R"({"a": ["x"], "b": ["y"]})", R"({"a": "x"})", false},
      {R"({"a": ["x"], "b": ["y"]})", R"({"a": "x", "b": "y"})", true},
      {R"({"a": ["1"]})", R"({"a": 1})", false},
      {R"({"a": [1]})", R"({"a": "1"})", false},
      {R"({"a": [300]})", R"({"a": 300.0})", true},
      {R"({"a": [3.0e2]})", R"({"a": 300})", true},
      {R"({"a": [-0.0]})", R"({"a": 0})", true},
      {R"({"a": [1]})", R"({"a": 1.0000000001})", false},
      {R"({"a": [true]})", R"({"a": true})", true},
      {R"({"a": [true]})", R"({"a": "true"})", false},
      {R"({"a": [true]})", R"({"a": false})", false},
      {R"({"a": [false]})", R"({"a": false})", true},
      {R"({"a": [false]})", R"({"a": null})", false},
      {R"({"a": [null]})", R"({"a": null})", true},
      {R"({"a": [null]})", R"({"a": ""})", false},
      {R"({"a": [null]})", R"({})", false},
      {R"({"a": [""]})", R"({"a": ""})", true},
      {R"({"a": [""]})", R"({"a": null})", false},
      {R"({"a": {"b": ["x"]}})", R"({"a": {"b": "x"}})", true},
      {R"({"a": {"b": ["x"]}})", R"({"a": "x"})", false},
      {R"({"a": ["x"]})", R"({"a": {"b": "x"}})", false},
      {R"({"a": ["x"], "a": ["y"]})", R"({"a": "x"})", false},  // the last of duplicate keys
      {R"({"a": ["y"]})", R"({"a": "x", "a": "y"})", true},
      {R"({"a": ["{\"b\": 1}"]})", R"({"a": "{\"b\": 1}"})", true},
      {R"({"a": {"b": [1]}})", R"({"a": "{\"b\": 1}"})", false},  // JSON in a string is a string
      {R"({"a": ["x"]})", R"(["a"])", false},
  }));
}

TEST(Evaluate, Strings) {
  Check(std::to_array<Case>({
      {R"({"a": [{"prefix": "ab"}]})", R"({"a": "abc"})", true},
      {R"({"a": [{"prefix": "ab"}]})", R"({"a": "ab"})", true},
      {R"({"a": [{"prefix": "ab"}]})", R"({"a": "a"})", false},
      {R"({"a": [{"prefix": ""}]})", R"({"a": ""})", true},
      {R"({"a": [{"prefix": ""}]})", R"({"a": 1})", false},
      {R"({"a": [{"prefix": ""}]})", R"({})", false},
      {R"({"a": [{"prefix": "1"}]})", R"({"a": 12})", false},
      {R"({"a": [{"suffix": ".png"}]})", R"({"a": "x.png"})", true},
      {R"({"a": [{"suffix": ".png"}]})", R"({"a": "x.PNG"})", false},
      {R"({"a": [{"suffix": ""}]})", R"({"a": "z"})", true},
      {R"({"a": [{"prefix": {"equals-ignore-case": "eVenT"}}]})", R"({"a": "EVENTS"})", true},
      {R"({"a": [{"suffix": {"equals-ignore-case": ".Png"}}]})", R"({"a": "x.pNG"})", true},
      {R"({"a": [{"suffix": {"equals-ignore-case": ".Png"}}]})", R"({"a": "x.jpg"})", false},
      {R"({"a": [{"equals-ignore-case": "alice"}]})", R"({"a": "ALICE"})", true},
      {R"({"a": [{"equals-ignore-case": "alice"}]})", R"({"a": "ALICES"})", false},
      {R"({"a": [{"equals-ignore-case": "ÄRGER Ω ЖУК"}]})", R"({"a": "ärger ω жук"})", true},
      {R"({"a": [{"equals-ignore-case": "a"}]})", R"({"a": "ä"})", false},
      {R"({"a": [{"wildcard": "a*z"}]})", R"({"a": "az"})", true},
      {R"({"a": [{"wildcard": "a*z"}]})", R"({"a": "abcz"})", true},
      {R"({"a": [{"wildcard": "a*z"}]})", R"({"a": "abczy"})", false},
      {R"({"a": [{"wildcard": "a*a"}]})", R"({"a": "a"})", false},
      {R"({"a": [{"wildcard": "*"}]})", R"({"a": ""})", true},
      {R"({"a": [{"wildcard": "a\\*b"}]})", R"({"a": "a*b"})", true},
      {R"({"a": [{"wildcard": "a\\*b"}]})", R"({"a": "axb"})", false},
      {R"({"a": [{"wildcard": "a\\\\*"}]})", R"({"a": "a\\x"})", true},
      {R"({"a": [{"wildcard": "*.x.*.y"}]})", R"({"a": "q.x.x.z.y"})", true},
      {R"({"a": [{"wildcard": "no stars"}]})", R"({"a": "no stars"})", true},
  }));
}

TEST(Evaluate, AnythingBut) {
  Check(std::to_array<Case>({
      {R"({"a": [{"anything-but": "x"}]})", R"({"a": "y"})", true},
      {R"({"a": [{"anything-but": "x"}]})", R"({"a": "x"})", false},
      {R"({"a": [{"anything-but": "x"}]})", R"({})", false},
      {R"({"a": [{"anything-but": "x"}]})", R"({"a": null})", true},
      {R"({"a": [{"anything-but": "x"}]})", R"({"a": 5})", true},
      {R"({"a": [{"anything-but": "x"}]})", R"({"a": []})", false},
      {R"({"a": [{"anything-but": "x"}]})", R"({"a": {"b": 1}})", false},
      {R"({"a": [{"anything-but": "x"}]})", R"({"a": ["x", "y"]})", true},
      {R"({"a": [{"anything-but": "x"}]})", R"({"a": ["x", "x"]})", false},
      {R"({"a": [{"anything-but": 5}]})", R"({"a": 5.0})", false},
      {R"({"a": [{"anything-but": 5}]})", R"({"a": "5"})", true},
      {R"({"a": [{"anything-but": 5}]})", R"({"a": true})", true},
      {R"({"a": [{"anything-but": [1, 2]}]})", R"({"a": 2})", false},
      {R"({"a": [{"anything-but": [1, 2]}]})", R"({"a": 3})", true},
      {R"({"a": [{"anything-but": ["x", "y"]}]})", R"({"a": "y"})", false},
      {R"({"a": [{"anything-but": {"prefix": "in"}}]})", R"({"a": "init"})", false},
      {R"({"a": [{"anything-but": {"prefix": "in"}}]})", R"({"a": "out"})", true},
      {R"({"a": [{"anything-but": {"prefix": ["in", "ou"]}}]})", R"({"a": "out"})", false},
      {R"({"a": [{"anything-but": {"suffix": "1234"}}]})", R"({"a": "1231234"})", false},
      {R"({"a": [{"anything-but": {"suffix": [".a", ".b"]}}]})", R"({"a": "x.c"})", true},
      {R"({"a": [{"anything-but": {"equals-ignore-case": ["Init", "out"]}}]})", R"({"a": "OUT"})",
       false},
      {R"({"a": [{"anything-but": {"wildcard": "*/lib/*"}}]})", R"({"a": "/usr/lib/x"})", false},
      {R"({"a": [{"anything-but": {"wildcard": ["*/lib/*", "*/bin/*"]}}]})", R"({"a": "/usr"})",
       true},
      {R"({"a": [{"anything-but": {"prefix": {"equals-ignore-case": "In"}}}]})", R"({"a": "INIT"})",
       false},
  }));
}

TEST(Evaluate, NumbersAndAddresses) {
  Check(std::to_array<Case>({
      {R"({"a": [{"numeric": [">", 0, "<=", 5]}]})", R"({"a": 5})", true},
      {R"({"a": [{"numeric": [">", 0, "<=", 5]}]})", R"({"a": 0})", false},
      {R"({"a": [{"numeric": [">", 0, "<=", 5]}]})", R"({"a": 5.000001})", false},
      {R"({"a": [{"numeric": [">=", 0, "<", 5]}]})", R"({"a": 0})", true},
      {R"({"a": [{"numeric": [">=", 0, "<", 5]}]})", R"({"a": 5})", false},
      {R"({"a": [{"numeric": ["=", 3.5]}]})", R"({"a": 3.5})", true},
      {R"({"a": [{"numeric": ["=", 3.5]}]})", R"({"a": "3.5"})", false},
      {R"({"a": [{"numeric": ["<", -1e3]}]})", R"({"a": -1001})", true},
      {R"({"a": [{"numeric": ["<=", 3]}]})", R"({"a": null})", false},
      {R"({"a": [{"numeric": [">", 10]}]})", R"({"a": 18446744073709551615})", true},
      {R"({"a": [{"numeric": [">", 10]}]})", R"({"a": [1, [2, 11]]})", true},
      {R"({"a": [{"cidr": "10.0.0.0/24"}]})", R"({"a": "10.0.0.255"})", true},
      {R"({"a": [{"cidr": "10.0.0.0/24"}]})", R"({"a": "10.0.1.0"})", false},
      {R"({"a": [{"cidr": "10.0.0.77/24"}]})", R"({"a": "10.0.0.1"})", true},
      {R"({"a": [{"cidr": "10.0.0.0/31"}]})", R"({"a": "10.0.0.1"})", true},
      {R"({"a": [{"cidr": "10.0.0.0/31"}]})", R"({"a": "10.0.0.2"})", false},
      {R"({"a": [{"cidr": "0.0.0.0/0"}]})", R"({"a": "255.1.2.3"})", true},
      {R"({"a": [{"cidr": "0.0.0.0/0"}]})", R"({"a": "::1"})", false},
      {R"({"a": [{"cidr": "0.0.0.0/0"}]})", R"({"a": "1.2.3"})", false},
      {R"({"a": [{"cidr": "0.0.0.0/0"}]})", R"({"a": 16909060})", false},
      {R"({"a": [{"cidr": "0.0.0.0/0"}]})", R"({"a": "1.2.3.4/8"})", false},
      {R"({"a": [{"cidr": "2001:db8::/33"}]})", R"({"a": "2001:DB8:7fff::1"})", true},
      {R"({"a": [{"cidr": "2001:db8::/33"}]})", R"({"a": "2001:db8:8000::1"})", false},
      {R"({"a": [{"cidr": "10.1.2.3/32"}]})", R"({"a": "10.1.2.3"})", true},
  }));
}

TEST(Evaluate, Existence) {
  Check(std::to_array<Case>({
      {R"({"a": [{"exists": true}]})", R"({"a": null})", true},
      {R"({"a": [{"exists": true}]})", R"({"a": [1]})", true},
      {R"({"a": [{"exists": true}]})", R"({"a": []})", false},
      {R"({"a": [{"exists": true}]})", R"({"a": {}})", false},
      {R"({"a": [{"exists": true}]})", R"({"a": {"b": 1}})", false},  // leaves only
      {R"({"a": [{"exists": true}]})", R"({})", false},
      {R"({"a": [{"exists": false}]})", R"({})", true},
      {R"({"a": [{"exists": false}]})", R"({"a": null})", false},
      {R"({"a": [{"exists": false}]})", R"({"a": []})", true},
      {R"({"a": [{"exists": false}]})", R"({"a": {"b": 1}})", true},
      {R"({"a": {"b": [{"exists": false}]}})", R"({})", true},
      {R"({"a": {"b": [{"exists": false}]}})", R"({"a": 1})", true},
      {R"({"a": {"b": [{"exists": false}]}})", R"({"a": {"b": 0}})", false},
      {R"({"a": {"b": [{"exists": false}]}})", R"({"a": [{"c": 1}, {"b": 2}]})", false},
      {R"({"a": {"b": [{"exists": false}], "c": [1]}})", R"({"a": [{"c": 1}, {"b": 2}]})", false},
      {R"({"a": {"b": [{"exists": false}], "c": [1]}})", R"({"a": [{"c": 1}, {"d": 2}]})", true},
      {R"({"a": [{"exists": false}, "x"]})", R"({"a": "x"})", true},
      {R"({"a": [{"exists": false}, "x"]})", R"({})", true},
      {R"({"a": [{"exists": false}, "x"]})", R"({"a": "y"})", false},
      {R"({"a": [{"exists": false, "prefix": "x"}]})", R"({"a": "xy"})", false},  // first counts
      {R"({"a": [{"prefix": "x", "exists": false}]})", R"({"a": "xy"})", true},
  }));
}

TEST(Evaluate, Or) {
  Check(std::to_array<Case>({
      {R"({"$or": [{"a": ["x"]}, {"b": ["y"]}]})", R"({"b": "y"})", true},
      {R"({"$or": [{"a": ["x"]}, {"b": ["y"]}]})", R"({"a": "y", "b": "x"})", false},
      {R"({"c": [1], "$or": [{"a": ["x"]}, {"b": ["y"]}]})", R"({"b": "y"})", false},
      {R"({"c": [1], "$or": [{"a": ["x"]}, {"b": ["y"]}]})", R"({"b": "y", "c": 1})", true},
      {R"({"$or": [{"a": ["x"], "b": ["y"]}, {"c": [1]}]})", R"({"a": "x", "b": "z"})", false},
      {R"({"d": {"$or": [{"a": [1]}, {"a": [{"numeric": [">", 5]}]}]}})", R"({"d": {"a": 6}})",
       true},
      {R"({"$or": [{"prefix": "x"}, "y"]})", R"({"$or": "xx"})", true},  // a plain field
      {R"({"$or": ["x", "y"]})", R"({"$or": "y"})", true},
      {R"({"d": {"$or": [{"a": [1]}, {"b": [1]}], "c": [1]}})",
       R"({"d": [{"a": 1, "c": 2}, {"b": 1, "c": 1}]})", true},
      {R"({"d": {"$or": [{"a": [1]}, {"b": [1]}], "c": [1]}})",
       R"({"d": [{"a": 1, "b": 1, "c": 2}, {"c": 1}]})", false},
  }));
}

TEST(Evaluate, ArraysAreConsistent) {
  Check(std::to_array<Case>({
      {R"({"a": ["x"]})", R"({"a": ["y", "x"]})", true},
      {R"({"a": ["x"]})", R"({"a": [["y"], [["x"]]]})", true},
      {R"({"a": ["x"]})", R"({"a": [{"b": "x"}]})", false},
      {R"({"a": {"x": [1], "y": [2]}})", R"({"a": {"x": 1, "y": 2}})", true},
      {R"({"a": {"x": [1], "y": [2]}})", R"({"a": [{"x": 1, "y": 9}, {"x": 9, "y": 2}]})", false},
      {R"({"a": {"x": [1], "y": [2]}})", R"({"a": [{"x": 1, "y": 9}, {"x": 1, "y": 2}]})", true},
      {R"({"a": {"x": [1], "y": [2]}})", R"({"a": [[{"x": 1}, {"y": 2}], [{"x": 1, "y": 2}]]})",
       true},
      {R"({"a": {"x": [1], "y": [2]}})", R"({"a": [[{"x": 1}, {"y": 2}], {"x": 1}]})", false},
      {R"({"a": {"b": {"x": [1]}, "c": {"y": [2]}}})",
       R"({"a": [{"b": [{"x": 1}], "c": {"y": 3}}, {"b": {"x": 2}, "c": [{"y": 2}]}]})", false},
      {R"({"a": {"b": {"x": [1]}, "c": {"y": [2]}}})",
       R"({"a": [{"b": [{"x": 0}, {"x": 1}], "c": [{"y": 2}]}]})", true},
      {R"({"a": {"x": [1]}, "b": {"x": [2]}})", R"({"a": [{"x": 1}], "b": [{"x": 1}, {"x": 2}]})",
       true},
      {R"({"a": {"x": [1], "y": [2]}})", R"({"a": [{"x": [0, 1], "y": [1, 2]}]})", true},
  }));
}

TEST(Evaluate, NamesWithDots) {
  Check(std::to_array<Case>({
      {R"({"state": {"status": ["on"]}})", R"({"state.status": "on"})", true},
      {R"({"state.status": ["on"]})", R"({"state": {"status": "on"}})", false},
      {R"({"state.status": ["on"]})", R"({"state.status": "on"})", true},
      {R"({"a": {"b": {"c": [1]}}})", R"({"a.b": {"c": 1}})", true},
      {R"({"a": {"b": {"c": [1]}}})", R"({"a": {"b.c": 1}})", true},
      {R"({"a": {"b": {"c": [1]}}})", R"({"a.b.c": 1})", true},
      {R"({"a.b": {"c": [1]}})", R"({"a": {"b.c": 1}})", false},
      {R"({"a": {"b": [1]}})", R"({"a.b": 2, "a": {"b": 1}})", true},
      {R"({"a": {"b": [{"exists": false}]}})", R"({"a.b": 2})", false},
      // Either field may use either spelling; here only the mixed choice works.
      {R"({"a": {"b": [1], "c": [2]}})", R"({"a": [{"b": 1}, {"c": 2}], "a.c": 2})", true},
      {R"({"a": {"b": [1], "c": [2]}})", R"({"a": [{"b": 1}, {"c": 2}], "a.c": 3})", false},
  }));
}

TEST(Evaluate, ARealFinding) {
  constexpr const char* kPattern = R"({
      "source": ["aws.securityhub"],
      "detail-type": ["Security Hub Findings - Imported"],
      "detail": {"findings": {
          "Severity": {"Label": ["HIGH", "CRITICAL"]},
          "Workflow": {"Status": ["NEW"]}}}})";
  Check(std::to_array<Case>({
      {kPattern, R"({"source": "aws.securityhub", "detail-type": "Security Hub Findings - Imported",
          "detail": {"findings": [{"Severity": {"Label": "HIGH"}, "Workflow": {"Status": "NEW"}}]}})",
       true},
      {kPattern, R"({"source": "aws.securityhub", "detail-type": "Security Hub Findings - Imported",
          "detail": {"findings": [{"Severity": {"Label": "HIGH"}, "Workflow": {"Status": "RESOLVED"}},
                                  {"Severity": {"Label": "LOW"}, "Workflow": {"Status": "NEW"}}]}})",
       false},
  }));
}

// --- A second definition, to check the first: flatten the event, then try every assignment. ---

struct Leaf {
  std::vector<std::string> names;
  std::map<const void*, size_t> elements;  ///< Which element of each array on the way.
  const json::Value* value;
};

void Flatten(const json::Value& value, Leaf at, std::vector<Leaf>& out) {
  if (const auto* object = value.if_object()) {
    for (const auto& [key, child] : *object) {
      Leaf next = at;
      next.names.emplace_back(key);
      Flatten(child, next, out);
    }
  } else if (const auto* array = value.if_array()) {
    for (size_t i = 0; i < array->size(); ++i) {
      Leaf next = at;
      next.elements[array] = i;
      Flatten((*array)[i], next, out);
    }
  } else {
    at.value = &value;
    out.push_back(at);
  }
}

/// Each of the leaf's names is a run of whole names of the field.
bool SamePath(const Field& field, const Leaf& leaf) {
  size_t used = 0;
  for (const std::string& name : leaf.names) {
    size_t last = used + 1;
    while (last <= field.depth() && field.Names(used, last) != name) ++last;
    if (last > field.depth()) return false;
    used = last;
  }
  return used == field.depth();
}

bool Assign(const Pattern& pattern, const std::vector<uint32_t>& combination, size_t next,
            const std::vector<Leaf>& leaves, std::vector<const Leaf*>& chosen) {
  if (next == combination.size()) return true;
  const Field& field = pattern.fields()[combination[next]];
  bool present = false;
  for (const Leaf& leaf : leaves) {
    if (!SamePath(field, leaf)) continue;
    present = true;
    const bool fits = std::ranges::any_of(
        field.alternatives(), [&](const Alternative& a) { return MatchesLeaf(a, *leaf.value); });
    const bool consistent = std::ranges::all_of(chosen, [&](const Leaf* other) {
      return std::ranges::all_of(leaf.elements, [&](const auto& element) {
        const auto it = other->elements.find(element.first);
        return it == other->elements.end() || it->second == element.second;
      });
    });
    if (!fits || !consistent) continue;
    chosen.push_back(&leaf);
    if (Assign(pattern, combination, next + 1, leaves, chosen)) return true;
    chosen.pop_back();
  }
  return !present && field.accepts_absence() &&
         Assign(pattern, combination, next + 1, leaves, chosen);
}

bool MatchesByAssignment(const Pattern& pattern, const json::Value& event) {
  std::vector<Leaf> leaves;
  Flatten(event, {}, leaves);
  return std::ranges::any_of(pattern.combinations(), [&](const auto& combination) {
    std::vector<const Leaf*> chosen;
    return Assign(pattern, combination, 0, leaves, chosen);
  });
}

TEST(Evaluate, AgreesWithTheSecondDefinition) {
  const char* kPatterns[] = {
      R"({"a": {"x": [1], "y": [1]}})",
      R"({"a": {"x": [1], "y": [{"exists": false}]}})",
      R"({"a": {"x": [1, {"exists": false}], "y": [2]}})",
      R"({"a": {"x": [1]}, "b": [1]})",
      R"({"a": {"$or": [{"x": [1]}, {"y": [2]}]}, "b": [{"anything-but": 1}]})",
      R"({"a": {"x": {"y": [1]}, "y": [2]}})",
      R"({"a": {"x": [1], "y": [2]}, "a.x": [1]})",
  };
  // Every event {"a": v, "b": w} and {"a": v, "a.x": w} with v, w from these, arrays of two
  // included.
  std::vector<std::string> values = {"1",
                                     "2",
                                     "null",
                                     "[]",
                                     "{}",
                                     R"({"x": 1})",
                                     R"({"y": 2})",
                                     R"({"x": 1, "y": 1})",
                                     R"({"x": 1, "y": 2})",
                                     R"({"x": [1, 2], "y": [2, 1]})",
                                     R"({"x": {"y": 1}, "y": 2})",
                                     R"({"x.y": 1})",
                                     R"({"x": [{"y": 1}, 1], "y": 2})"};
  const size_t plain = values.size();
  for (size_t i = 0; i < plain; ++i) {
    for (size_t j = 0; j < plain; ++j) {
      std::string pair = "[";
      pair.append(values[i]).append(",").append(values[j]).append("]");
      values.push_back(std::move(pair));
    }
  }
  std::vector<Pattern> patterns;
  std::vector<Matcher::RuleId> details;  // The same, on the detail of an event.
  Matcher matcher;
  Matcher::Scratch scratch;
  for (const char* text : kPatterns) {
    patterns.push_back(*Pattern::Parse(text));
    const auto nested = Pattern::Parse(R"({"detail": )" + std::string(text) + "}");
    details.push_back(*matcher.Add(text, *nested));
  }
  size_t matched = 0;
  size_t tried = 0;
  for (const std::string& a : values) {
    for (const std::string& b : {values[0], values[1], values[3], values[5], values[40]}) {
      for (const char* name : {"b", "a.x"}) {
        std::string text = R"({"a": )";
        text.append(a).append(", \"").append(name).append("\": ").append(b).append("}");
        const auto event = json::Parse(text);
        ASSERT_TRUE(event) << text;
        const auto found = matcher.Match(Envelope{}, text, scratch);
        ASSERT_TRUE(found) << text;
        for (size_t i = 0; i < patterns.size(); ++i) {
          const bool expected = MatchesByAssignment(patterns[i], *event);
          EXPECT_EQ(Matches(patterns[i], *event), expected) << kPatterns[i] << " on " << text;
          EXPECT_EQ(std::ranges::count(*found, details[i]), expected ? 1 : 0)
              << "hot: " << kPatterns[i] << " on " << text;
          matched += expected ? 1 : 0;
          ++tried;
        }
      }
    }
  }
  EXPECT_GT(matched, tried / 50);  // The check would prove little if nothing ever matched.
  EXPECT_LT(matched, tried / 2);
}

bool NaiveGlob(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    return NaiveGlob(pattern.substr(1), text) ||
           (!text.empty() && NaiveGlob(pattern, text.substr(1)));
  }
  return !text.empty() && pattern[0] == text[0] && NaiveGlob(pattern.substr(1), text.substr(1));
}

std::vector<std::string> AllWords(std::string_view alphabet, size_t max_length) {
  std::vector<std::string> words = {""};
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i].size() == max_length) continue;
    for (const char c : alphabet) words.push_back(words[i] + c);
  }
  return words;
}

TEST(Evaluate, EveryShortWildcardOnEveryShortText) {
  const auto texts = AllWords("ab", 6);
  for (const std::string& glob : AllWords("ab*", 5)) {
    const auto test = TextCondition::Make(TextCondition::Kind::kWildcard, glob);
    ASSERT_EQ(test.has_value(), glob.find("**") == std::string::npos) << glob;
    if (!test) continue;
    for (const std::string& text : texts) {
      ASSERT_EQ(test->Test(text), NaiveGlob(glob, text)) << glob << " on " << text;
    }
  }
}

TEST(Evaluate, CollidingSpellingsEnd) {
  // Each of twelve fields can be spelled in two ways at once, and none matches: tried within a
  // bound.
  std::string pattern = R"({"a": {)";
  std::string flat;
  std::string nested;
  for (int i = 0; i < 12; ++i) {
    const std::string name = "f" + std::to_string(i);
    pattern += (i ? "," : "") + ("\"" + name + "\": [1]");
    flat += ", \"a." + name + "\": 2";
    nested += (i ? "," : "") + ("\"" + name + "\": 2");
  }
  pattern += "}}";
  const auto event = json::Parse(R"({"a": {)" + nested + "}" + flat + "}");
  ASSERT_TRUE(event);
  EXPECT_FALSE(Matches(*Pattern::Parse(pattern), *event));
}

}  // namespace
}  // namespace riposte::pattern
