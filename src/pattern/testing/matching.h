// The meaning of a pattern, written once over any representation of an event.
//
// A Node is a cheap handle on one JSON value:
//
//   bool IsObject(), IsArray();
//   bool Find(std::string_view name, Node& out)   the last member of that name. REQUIRES: object
//   bool AnyElement(f)                            whether f(Node) holds for any. REQUIRES: array
//   Leaf AsLeaf()                                 REQUIRES: neither
#pragma once

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <span>
#include <string_view>

#include "pattern/testing/evaluate.h"

namespace riposte::pattern::matching {

struct Leaf {
  enum class Kind { kText, kNumber, kTrue, kFalse, kNull } kind = Kind::kNull;
  std::string_view text;
  double number = 0;
};

[[nodiscard]] bool MatchesLeaf(const Alternative& alternative, const Leaf& leaf);

[[nodiscard]] inline bool MatchesAny(const Field& field, const Leaf& leaf) {
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

/// Where a goal can go from an object: the child of that name.
template <class Node>
struct Step {
  Node child;
  size_t used;
  std::string_view name;
};
template <class Node>
using Steps = boost::container::small_vector<Step<Node>, 2>;

template <class Node>
Steps<Node> StepsFrom(const Node& object, const Goal& goal) {
  Steps<Node> steps;
  for (size_t last = goal.used + 1; last <= goal.field->depth(); ++last) {
    const std::string_view name = goal.field->Names(goal.used, last);
    Node child;
    if (object.Find(name, child)) steps.push_back({child, last, name});
  }
  return steps;
}

template <class Node>
bool HasLeaf(const Node& value, const Goal& goal) {
  if (value.IsArray()) {
    return value.AnyElement([&](const Node& element) { return HasLeaf(element, goal); });
  }
  if (value.IsObject()) {
    if (goal.at_leaf()) return false;
    const auto steps = StepsFrom(value, goal);
    return std::ranges::any_of(steps, [&](const Step<Node>& step) {
      return HasLeaf(step.child, {goal.field, step.used});
    });
  }
  return goal.at_leaf();
}

/// One event against one combination; counts the spellings tried.
template <class Node>
class Search {
 public:
  /// All goals, from this object on.
  bool SatisfyObject(const Node& object, const Goals& goals) {
    boost::container::small_vector<Steps<Node>, 8> choices;
    size_t spellings = 1;
    for (const Goal& goal : goals) {
      if (goal.at_leaf()) return false;
      choices.push_back(StepsFrom(object, goal));
      if (choices.back().empty()) return false;
      spellings = std::min(spellings * choices.back().size(), kMaxSpellings);
    }
    for (size_t spelling = 0; spelling < spellings; ++spelling) {
      if (spelling > 0 && spellings_left_-- == 0) return Exhausted();
      boost::container::small_vector<Step<Node>, 8> steps;
      size_t rest = spelling;
      for (const Steps<Node>& choice : choices) {
        steps.push_back(choice[rest % choice.size()]);
        rest /= choice.size();
      }
      if (SatisfySteps(goals, {steps.data(), steps.size()})) return true;
    }
    return false;
  }

 private:
  /// All goals, by this one value.
  bool Satisfy(const Node& value, const Goals& goals) {
    if (value.IsArray()) {
      return value.AnyElement([&](const Node& element) { return Satisfy(element, goals); });
    }
    if (value.IsObject()) return SatisfyObject(value, goals);
    const Leaf leaf = value.AsLeaf();
    return std::ranges::all_of(
        goals, [&](const Goal& goal) { return goal.at_leaf() && MatchesAny(*goal.field, leaf); });
  }

  /// Every goal has its step: those that lead to the same child must be satisfied there together.
  bool SatisfySteps(const Goals& goals, std::span<const Step<Node>> steps) {
    boost::container::small_vector<bool, 8> done(goals.size(), false);
    for (size_t i = 0; i < goals.size(); ++i) {
      if (done[i]) continue;
      Goals together;
      for (size_t j = i; j < goals.size(); ++j) {
        if (steps[j].name != steps[i].name) continue;
        together.push_back({goals[j].field, steps[j].used});
        done[j] = true;
      }
      if (!Satisfy(steps[i].child, together)) return false;
    }
    return true;
  }

  bool Exhausted() {
    spellings_left_ = 0;
    return false;
  }

  size_t spellings_left_ = kMaxSpellings;
};

template <class Node>
bool MatchesCombination(const Pattern& pattern, const std::vector<uint32_t>& combination,
                        const Node& event) {
  Goals goals;
  for (const uint32_t index : combination) {
    const Goal goal{&pattern.fields()[index], 0};
    if (goal.field->accepts_absence() && !HasLeaf(event, goal)) continue;
    goals.push_back(goal);
  }
  return Search<Node>().SatisfyObject(event, goals);
}

template <class Node>
bool MatchesEvent(const Pattern& pattern, const Node& event) {
  return event.IsObject() &&
         std::ranges::any_of(pattern.combinations(), [&](const auto& combination) {
           return MatchesCombination(pattern, combination, event);
         });
}

}  // namespace riposte::pattern::matching
