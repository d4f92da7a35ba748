#include "pattern/evaluate.h"

#include <algorithm>
#include <boost/container/small_vector.hpp>

namespace riposte::pattern {
namespace {

std::optional<double> Number(const json::Value& value) {
  if (value.is_double()) return value.get_double();
  if (value.is_int64()) return static_cast<double>(value.get_int64());
  if (value.is_uint64()) return static_cast<double>(value.get_uint64());
  return std::nullopt;
}

struct LeafTest {
  const json::Value& leaf;

  bool operator()(const TextCondition& test) const {
    return leaf.is_string() && test.Test(json::View(leaf));
  }
  bool operator()(const Literal& literal) const {
    switch (literal.kind) {
      case Literal::Kind::kTrue:
        return leaf.is_bool() && leaf.get_bool();
      case Literal::Kind::kFalse:
        return leaf.is_bool() && !leaf.get_bool();
      case Literal::Kind::kNull:
        return leaf.is_null();
    }
    return false;
  }
  bool operator()(const NumberEquals& test) const {
    const auto number = Number(leaf);
    return number && *number == test.value;
  }
  bool operator()(const NumberRange& range) const {
    const auto number = Number(leaf);
    if (!number) return false;
    if (range.low && !(range.low_open ? *number > *range.low : *number >= *range.low)) return false;
    return !range.high || (range.high_open ? *number < *range.high : *number <= *range.high);
  }
  bool operator()(const AnythingBut& but) const {
    if (leaf.is_string()) {
      return std::ranges::none_of(
          but.texts, [&](const TextCondition& test) { return test.Test(json::View(leaf)); });
    }
    const auto number = Number(leaf);
    return !number || std::ranges::find(but.numbers, *number) == but.numbers.end();
  }
  bool operator()(const Cidr& cidr) const {
    return leaf.is_string() && cidr.Contains(json::View(leaf));
  }
  bool operator()(const Exists& exists) const { return exists.present; }
};

bool MatchesAny(const Field& field, const json::Value& leaf) {
  return std::ranges::any_of(field.alternatives(), [&](const Alternative& alternative) {
    return MatchesLeaf(alternative, leaf);
  });
}

/// A field, of whose names the first `used` have been followed.
struct Goal {
  const Field* field;
  size_t used;
  [[nodiscard]] bool at_leaf() const { return used == field->depth(); }
};
using Goals = boost::container::small_vector<Goal, 8>;

/// Where a goal can go from an object: a child, and the names used up on the way.
struct Step {
  const json::Value* child;
  size_t used;
};
using Steps = boost::container::small_vector<Step, 2>;

Steps StepsFrom(const json::Object& object, const Goal& goal) {
  Steps steps;
  for (size_t last = goal.used + 1; last <= goal.field->depth(); ++last) {
    const auto it = object.find(goal.field->Names(goal.used, last));
    if (it != object.end()) steps.push_back({&it->value(), last});
  }
  return steps;
}

bool HasLeaf(const json::Value& value, const Goal& goal) {
  if (const auto* array = value.if_array()) {
    return std::ranges::any_of(*array, [&](const json::Value& e) { return HasLeaf(e, goal); });
  }
  if (const auto* object = value.if_object()) {
    return !goal.at_leaf() && std::ranges::any_of(StepsFrom(*object, goal), [&](const Step& step) {
      return HasLeaf(*step.child, {goal.field, step.used});
    });
  }
  return goal.at_leaf();
}

/// One event against one combination; counts the spellings tried.
class Search {
 public:
  bool SatisfyObject(const json::Object& object, const Goals& goals) {
    boost::container::small_vector<Steps, 8> choices;
    size_t spellings = 1;
    for (const Goal& goal : goals) {
      if (goal.at_leaf()) return false;
      choices.push_back(StepsFrom(object, goal));
      if (choices.back().empty()) return false;
      spellings = std::min(spellings * choices.back().size(), kMaxSpellings);
    }
    for (size_t spelling = 0; spelling < spellings; ++spelling) {
      if (spelling > 0 && spellings_left_-- == 0) return Exhausted();
      boost::container::small_vector<Step, 8> steps;
      size_t rest = spelling;
      for (const Steps& choice : choices) {
        steps.push_back(choice[rest % choice.size()]);
        rest /= choice.size();
      }
      if (SatisfySteps(goals, {steps.data(), steps.size()})) return true;
    }
    return false;
  }

 private:
  /// All goals, by this one value.
  bool Satisfy(const json::Value& value, const Goals& goals) {
    if (const auto* array = value.if_array()) {
      return std::ranges::any_of(
          *array, [&](const json::Value& element) { return Satisfy(element, goals); });
    }
    if (const auto* object = value.if_object()) return SatisfyObject(*object, goals);
    return std::ranges::all_of(
        goals, [&](const Goal& goal) { return goal.at_leaf() && MatchesAny(*goal.field, value); });
  }

  /// Every goal has its step: those that lead to the same child must be satisfied there together.
  bool SatisfySteps(const Goals& goals, std::span<const Step> steps) {
    boost::container::small_vector<bool, 8> done(goals.size(), false);
    for (size_t i = 0; i < goals.size(); ++i) {
      if (done[i]) continue;
      Goals together;
      for (size_t j = i; j < goals.size(); ++j) {
        if (steps[j].child != steps[i].child) continue;
        together.push_back({goals[j].field, steps[j].used});
        done[j] = true;
      }
      if (!Satisfy(*steps[i].child, together)) return false;
    }
    return true;
  }

  bool Exhausted() {
    spellings_left_ = 0;
    return false;
  }

  size_t spellings_left_ = kMaxSpellings;
};

bool MatchesCombination(const Pattern& pattern, const std::vector<uint32_t>& combination,
                        const json::Object& event) {
  Goals goals;
  for (const uint32_t index : combination) {
    const Goal goal{&pattern.fields()[index], 0};
    if (goal.field->accepts_absence()) {
      const bool present = std::ranges::any_of(StepsFrom(event, goal), [&](const Step& step) {
        return HasLeaf(*step.child, {goal.field, step.used});
      });
      if (!present) continue;
    }
    goals.push_back(goal);
  }
  return Search().SatisfyObject(event, goals);
}

}  // namespace

bool MatchesLeaf(const Alternative& alternative, const json::Value& leaf) {
  return std::visit(LeafTest{leaf}, alternative);
}

bool Matches(const Pattern& pattern, const json::Object& event) {
  return std::ranges::any_of(pattern.combinations(), [&](const std::vector<uint32_t>& combination) {
    return MatchesCombination(pattern, combination, event);
  });
}

bool Matches(const Pattern& pattern, const json::Value& event) {
  return event.is_object() && Matches(pattern, event.get_object());
}

}  // namespace riposte::pattern
