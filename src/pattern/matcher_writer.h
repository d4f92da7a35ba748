// Changes to a matcher's records, and the steps that make its two indexes follow.
//
// Internal to this folder. A change is made on the index that nobody reads, step by step; the steps
// are kept and repeated on the other one after the readers have moved (see matcher.cc). Freed
// records wait until then.
//
// A combination hangs on its rarest clause: the one that the fewest combinations name, weighted by
// how well its kind selects. When many hang on one condition, they are asked again whether
// something rarer has come up, at every doubling, so that the order of arrival does not matter.
//
// Thread safety: one thread at a time. Cost: a few microseconds a rule.
#pragma once

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "pattern/matcher.h"
#include "pattern/matcher_index.h"

namespace riposte::pattern::matcher {

struct Step {
  enum class Kind : uint8_t {
    kAddNode,
    kRemoveNode,
    kAddAtom,
    kRemoveAtom,
    kAddAbsence,
    kRemoveAbsence,
    kAddPair,
    kRemovePair,
    kHang,
    kUnhang,
    kHangAlways,
    kUnhangAlways,
  } kind;
  uint32_t a = 0;
  uint32_t b = 0;
};
void Apply(Index& index, const Step& step);

class Writer {
 public:
  Writer(Records& records, const Matcher::Limits& limits) : records_(records), limits_(limits) {}

  /// `back` is the index that nobody reads. On refusal nothing has changed.
  [[nodiscard]] Status Check(const Index& back, std::span<const Matcher::NewRule> rules) const;
  /// REQUIRES: Check said yes, and nothing has changed since.
  RuleId Add(Index& back, const Matcher::NewRule& rule);
  void Remove(Index& back, RuleId id);
  /// The steps since the last Forget.
  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }
  /// Both indexes have followed: nobody can know the freed records any more.
  void Forget();

  [[nodiscard]] size_t estimate() const { return bytes_; }
  [[nodiscard]] size_t bytes() const;

 private:
  /// Nodes by their names joined with dots, where one of the names holds a dot itself: all of them
  /// are walked for one key of an event.
  using Spellings = std::unordered_map<std::string, size_t>;

  [[nodiscard]] Status CheckSpellings(const Index& back, const Matcher::NewRule& rule,
                                      Spellings& more) const;
  [[nodiscard]] Status CheckCollisions(const Index& back, const Matcher::NewRule& rule) const;

  void Do(Index& back, Step step);
  /// Counts one reference.
  NodeId NodeFor(Index& back, const pattern::Field& field);
  AtomId AtomFor(Index& back, NodeId node, const EncodedAtom& encoded);
  ClauseRef ClauseFor(Index& back, const pattern::Field& field);
  void Refer(ClauseRef ref);
  void Release(Index& back, ClauseRef ref);
  void ReleaseAtom(Index& back, AtomId id);
  void ReleaseNode(Index& back, NodeId id);
  /// The node's names joined, or "" when none of them holds a dot.
  [[nodiscard]] std::string SpellingOf(NodeId id) const;

  /// The nodes above several clauses of the combination: where an array would join them.
  void CountPairs(Index& back, const Combination& combination, Step::Kind kind);
  [[nodiscard]] NodeId NodeOf(ClauseRef ref) const;

  [[nodiscard]] double Commonness(ClauseRef ref) const;
  [[nodiscard]] ClauseRef Rarest(const Combination& combination) const;
  void Hang(Index& back, CombinationId id, ClauseRef ref);
  void Unhang(Index& back, CombinationId id);
  void Reconsider(Index& back, AtomId crowded);

  Records& records_;
  const Matcher::Limits& limits_;
  size_t bytes_ = 0;  ///< Of operands and names, and what stands around them.
  Spellings spellings_;
  std::vector<Step> steps_;
  std::vector<NodeId> above_;
  std::vector<NodeId> freed_nodes_;
  std::vector<AtomId> freed_atoms_;
  std::vector<ClauseId> freed_clauses_;
  std::vector<CombinationId> freed_combinations_;
  std::vector<RuleId> freed_rules_;
};

}  // namespace riposte::pattern::matcher
