// From what an event says to the rules it matches.
//
// Internal to this folder. Each leaf looks up the atoms it satisfies; an atom brings forward the
// combinations that hang on it; of those, the other clauses are judged, each atom once an event.
// Where one array has several elements and one combination has several clauses below it, those
// clauses must meet in one element: counted from the innermost elements outwards.
//
// What cannot be looked up (an anything-but, a wildcard that hangs elsewhere, elements that must
// agree) spends from a budget of steps. No set of rules that people write comes near it; a hostile
// one ends there, and the rules not judged by then do not match: `exhausted` says so.
//
// Thread safety: one Search a thread; it keeps its memory.
#pragma once

#include <span>
#include <vector>

#include "pattern/matcher_walk.h"

namespace riposte::pattern::matcher {

class Search {
 public:
  /// A step takes 20 to 40 ns: with the reading of 256 KB, an event stays below 5 ms
  /// (bench_matcher --only=hostile).
  static constexpr int64_t kBudget = 80'000;

  /// What one event may cost.
  void GrantBudget() { budget_ = kBudget; }
  /// The event from its start, forgetting what came, but not what it has cost.
  void Begin(const Index& index);
  void OnLeaf(NodeId node, const Field& field, ScopeId scope, const LeafView& view);
  /// The same for a number in no array, of a field that asks nothing else of it. REQUIRES: they
  /// are few.
  void OnNumber(const FieldTests& tests, double number) {
    for (const FieldTests::OnNumber& own : tests.numbers) {
      if (own.Contains(number) && !IsSettled(own.atom)) Found(0, own.atom);
    }
  }
  /// After all leaves have come. Each once, in no order; good until the next Begin.
  std::span<const RuleId> Finish(const Extract& extract);

  /// False when the event has used up what it may cost.
  bool Spend(size_t steps) {
    if (budget_ >= 0) budget_ -= static_cast<int64_t>(steps);
    return budget_ >= 0;
  }
  [[nodiscard]] bool exhausted() const { return budget_ < 0; }
  /// Steps of the last Run.
  [[nodiscard]] int64_t steps() const { return kBudget - budget_; }
  [[nodiscard]] size_t bytes() const;

 private:
  /// A leaf inside arrays that satisfies an atom.
  struct Hit {
    ScopeId scope;
    uint32_t next;
  };
  struct Hits {
    uint32_t epoch = 0;
    uint32_t first = kNoLeaf;
    bool all = false;  ///< Of an atom that is tested: every leaf has been.
  };

  void Match(RuleId rule);
  /// What TestAtom may cost.
  [[nodiscard]] bool SpendTest(const Atom& atom, const LeafView& view) {
    const bool reads = atom.kind == AtomKind::kWildcard || atom.kind == AtomKind::kBut;
    return Spend(1 + (reads ? 1 + view.text.size() / 64 : 0));
  }

  /// The leaf at hand.
  struct Probe {
    NodeId node;
    ScopeId scope;
    const LeafView& view;
  };
  void ProbeText(const Probe& probe, const FieldTests& tests);
  void ProbeTables(const Probe& probe, const FieldTests& tests);
  void ProbeLengths(const Probe& probe, AtomKind kind, const FieldTests::Lengths& lengths,
                    std::string_view text);
  void ProbeAddress(const Probe& probe, const FieldTests::Lengths& masks);
  void ProbeNumber(const Probe& probe, const FieldTests& tests);
  void ProbeWildcards(const Probe& probe, const FieldTests& tests);
  void ProbeExact(const Probe& probe, AtomKind kind, std::string_view bytes);
  void ProbeTest(const Probe& probe, AtomId atom);
  void Found(ScopeId scope, AtomId atom);
  void BringForward(uint32_t hung);
  void FoundUnlessSettled(const Probe& probe, AtomId atom);

  // An atom is true by some leaf; when that lies in no array, nothing can contradict it.
  static constexpr uint32_t kTrue = 1, kFalse = 2, kTrueOutside = 3;
  [[nodiscard]] uint32_t StateOf(AtomId atom) const {
    return states_[atom] >> 2 == epoch_ ? states_[atom] & 3 : 0;
  }
  void SetState(AtomId atom, uint32_t state) { states_[atom] = epoch_ << 2 | state; }
  /// Another leaf there could add nothing.
  [[nodiscard]] bool IsSettled(AtomId atom) const { return StateOf(atom) == kTrueOutside; }
  [[nodiscard]] bool Satisfied(ClauseRef ref);
  [[nodiscard]] bool AtomSatisfied(AtomId atom);
  [[nodiscard]] bool Holds(const Combination& combination);

  // Arrays, matcher_arrays.cc.
  [[nodiscard]] bool ArraysAgree(const Combination& combination);
  [[nodiscard]] NodeId TopArray(NodeId node) const;
  [[nodiscard]] NodeId NodeOf(ClauseRef ref) const;
  [[nodiscard]] bool IsAbsent(ClauseRef ref) const;
  [[nodiscard]] bool GroupAgrees(std::span<const ClauseRef> refs);
  [[nodiscard]] uint32_t ClausesBelow(NodeId array, std::span<const ClauseRef> refs);
  /// Clauses counted in `scope` with these; `outer` is the element around it.
  uint32_t CountIn(ScopeId scope, ScopeId outer, uint32_t clauses);
  [[nodiscard]] bool TryFrom(std::span<const ClauseRef> refs, size_t chosen);
  [[nodiscard]] bool Compatible(ScopeId a, ScopeId b) const;
  void CollectHits(AtomId atom);
  void AddHit(AtomId atom, ScopeId scope);
  [[nodiscard]] bool HoldsOutsideArrays(ClauseRef ref);
  /// f(scope) for each leaf in an array that satisfies the clause, perhaps again, until one says
  /// true.
  template <class F>
  bool AnyHit(ClauseRef ref, F f);

  const Index* index_ = nullptr;
  const Extract* extract_ = nullptr;
  uint32_t epoch_ = 0;
  int64_t budget_ = kBudget;
  std::vector<uint32_t> states_;        ///< By atom: epoch and 1 for true, 2 for false.
  std::vector<uint32_t> combinations_;  ///< By id: the epoch that brought it forward.
  std::vector<uint32_t> rules_;         ///< By id: the epoch it matched in.
  std::vector<CombinationId> candidates_;
  std::vector<RuleId> matched_;  ///< Each rule once: the first matched_count_.
  size_t matched_count_ = 0;
  std::vector<uint32_t> buckets_;  ///< By bucket of wildcards: the leaf that saw it.
  uint32_t bucket_serial_ = 0;
  std::vector<Hits> hits_of_;
  std::vector<Hit> hits_;

  struct Count {
    uint32_t serial = 0;
    uint32_t clauses = 0;
    uint64_t mark = 0;          ///< The clause that counted here last.
    uint32_t array_serial = 0;  ///< Of the array whose first element this is: it has agreed.
  };
  uint32_t serial_ = 0;
  uint64_t mark_ = 0;
  std::vector<Count> counts_;  ///< By scope.
  std::vector<ScopeId> heap_;
  struct Group {
    NodeId top;
    ClauseRef ref;
  };
  std::vector<Group> groups_;
  std::vector<ClauseRef> together_;
  std::vector<ScopeId> chosen_;
  std::vector<std::pair<NodeId, uint32_t>> needs_;
};

template <class F>
bool Search::AnyHit(ClauseRef ref, F f) {
  const auto any_of_atom = [&](AtomId atom) {
    CollectHits(atom);
    if (hits_of_[atom].epoch != epoch_) return false;
    for (uint32_t at = hits_of_[atom].first; at != kNoLeaf; at = hits_[at].next) {
      if (!Spend(2)) return false;
      if (f(hits_[at].scope)) return true;
    }
    return false;
  };
  if ((ref & kIsClause) == 0) return any_of_atom(ref);
  const Clause& clause = index_->records().clauses[ref & ~kIsClause];
  for (uint32_t i = 0; i < clause.count; ++i) {
    if (any_of_atom(clause.atoms[i])) return true;
  }
  return false;
}

}  // namespace riposte::pattern::matcher
