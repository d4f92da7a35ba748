// Leaves to atoms, and candidates to rules.
#include <algorithm>

#include "pattern/matcher_search.h"

namespace riposte::pattern::matcher {

void Search::Begin(const Index& index) {
  index_ = &index;
  const auto grow = [](auto& list, size_t size) {
    if (list.size() < size) list.resize(size);
  };
  grow(states_, index.atom_end());
  grow(hits_of_, index.atom_end());
  grow(combinations_, index.combination_end());
  grow(rules_, index.rule_end());
  grow(matched_, index.rule_end());
  if (++epoch_ == 1U << 30) {
    std::ranges::fill(states_, 0);
    std::ranges::fill(combinations_, 0);
    std::ranges::fill(rules_, 0);
    std::ranges::fill(hits_of_, Hits());
    epoch_ = 1;
  }
  candidates_.clear();
  matched_count_ = 0;
  hits_.clear();
}

inline void Search::Match(RuleId rule) {
  rules_[rule] = epoch_;
  matched_[matched_count_++] = rule;
}

std::span<const RuleId> Search::Finish(const Extract& extract) {
  extract_ = &extract;
  if (extract.has_arrays() && counts_.size() < extract.scopes().size()) {
    counts_.resize(extract.scopes().size());
  }
  const auto judge = [&](CombinationId id) {
    const Combination& combination = index_->records().combinations[id];
    if (rules_[combination.rule] != epoch_ && Holds(combination)) Match(combination.rule);
  };
  for (const CombinationId id : candidates_) judge(id);
  for (const CombinationId id : index_->always()) judge(id);
  return {matched_.data(), matched_count_};
}

/// A combination, or the rule of one without other clauses.
inline void Search::BringForward(uint32_t hung) {
  if (hung & kIsRule) {
    if (rules_[hung & ~kIsRule] != epoch_) Match(hung & ~kIsRule);
  } else if (combinations_[hung] != epoch_) {
    combinations_[hung] = epoch_;
    candidates_.push_back(hung);
  }
}

void Search::Found(ScopeId scope, AtomId atom) {
  if (scope != 0) AddHit(atom, scope);
  const uint32_t state = StateOf(atom);
  if (scope == 0) {
    SetState(atom, kTrueOutside);
  } else if (state == 0) {
    SetState(atom, kTrue);
  }
  if (state != 0) return;
  const HungList& hung = index_->hung(atom);
  if (hung.only() != 0) return BringForward(hung.only());
  for (const uint32_t id : hung) BringForward(id);
}

void Search::OnLeaf(NodeId node, const Field& field, ScopeId scope, const LeafView& view) {
  const Probe probe{node, scope, view};
  const FieldTests* tests = field.tests.get();
  switch (view.kind) {
    case LeafKind::kText:
      if (tests) ProbeText(probe, *tests);
      break;
    case LeafKind::kNumber:
      if (tests && tests->number_atoms > 0) ProbeNumber(probe, *tests);
      break;
    case LeafKind::kTrue:
      if (field.Has(AtomKind::kTrue)) ProbeExact(probe, AtomKind::kTrue, {});
      break;
    case LeafKind::kFalse:
      if (field.Has(AtomKind::kFalse)) ProbeExact(probe, AtomKind::kFalse, {});
      break;
    case LeafKind::kNull:
      if (field.Has(AtomKind::kNull)) ProbeExact(probe, AtomKind::kNull, {});
      break;
  }
  if (!tests) return;
  if (view.kind != LeafKind::kText && Spend(tests->simple_buts.size() / 16)) {
    for (const TextTest& but : tests->simple_buts) FoundUnlessSettled(probe, but.atom);
  }
  for (const AtomId atom : tests->hung_buts) {
    if (exhausted()) break;
    ProbeTest(probe, atom);
  }
  if (tests->exists != 0) FoundUnlessSettled(probe, tests->exists);
}

void Search::FoundUnlessSettled(const Probe& probe, AtomId atom) {
  if (StateOf(atom) != kTrueOutside) Found(probe.scope, atom);
}

void Search::ProbeText(const Probe& probe, const FieldTests& tests) {
  const TextWords plain(probe.view.text);
  const TextWords folded(probe.view.folded);
  if (tests.few_texts()) {
    for (const TextTest& test : tests.texts) {
      if (test.Passes(plain, folded)) FoundUnlessSettled(probe, test.atom);
    }
  } else {
    ProbeTables(probe, tests);
  }
  if (Spend(tests.simple_buts.size() / 16)) {
    for (const TextTest& but : tests.simple_buts) {
      if (!but.Passes(plain, folded)) FoundUnlessSettled(probe, but.atom);
    }
  }
  if (!tests.masks.empty()) ProbeAddress(probe, tests.masks);
  if (!tests.hung_wildcards.empty()) ProbeWildcards(probe, tests);
}

void Search::ProbeTables(const Probe& probe, const FieldTests& tests) {
  const LeafView& view = probe.view;
  const Field& field = index_->field(probe.node);
  if (field.Has(AtomKind::kExact)) ProbeExact(probe, AtomKind::kExact, view.text);
  if (field.Has(AtomKind::kExactFold)) ProbeExact(probe, AtomKind::kExactFold, view.folded);
  ProbeLengths(probe, AtomKind::kPrefix, tests.prefixes, view.text);
  ProbeLengths(probe, AtomKind::kPrefixFold, tests.prefixes_fold, view.folded);
  ProbeLengths(probe, AtomKind::kSuffix, tests.suffixes, view.text);
  ProbeLengths(probe, AtomKind::kSuffixFold, tests.suffixes_fold, view.folded);
}

void Search::ProbeExact(const Probe& probe, AtomKind kind, std::string_view bytes) {
  const AtomId atom =
      index_->FindAtom(probe.node, kind, bytes, Index::HashAtom(probe.node, kind, bytes));
  if (atom != 0) Found(probe.scope, atom);
}

void Search::ProbeLengths(const Probe& probe, AtomKind kind, const FieldTests::Lengths& lengths,
                          std::string_view text) {
  if (lengths.empty() || !Spend(lengths.size() / 2)) return;
  const bool from_back = kind == AtomKind::kSuffix || kind == AtomKind::kSuffixFold;
  GrowingHash hash(text, Index::AtomSeed(probe.node, kind), from_back);
  for (const FieldTests::Length& own : lengths) {
    if (own.length > text.size()) return;
    const std::string_view part =
        from_back ? text.substr(text.size() - own.length) : text.substr(0, own.length);
    const AtomId atom = index_->atom_table().Find(hash.Of(own.length), [&](uint32_t id) {
      const Atom& known = index_->records().atoms[id];
      if (known.node != probe.node || known.kind != kind) return false;
      // What is known to hold need not be compared again.
      if (IsSettled(id) && known.bytes.view().size() == part.size()) return false;
      return SameBytes(known.bytes.view(), part);
    });
    if (atom != 0) Found(probe.scope, atom);
  }
}

void Search::ProbeAddress(const Probe& probe, const FieldTests::Lengths& masks) {
  const auto address = Cidr::Address(probe.view.text);
  if (!address) return;
  const uint32_t family = address->v6() ? 256 : 0;
  for (const FieldTests::Length& mask : masks) {
    if ((mask.length & 256) != family) continue;
    const Cidr::Bytes key = address->Widened(mask.length - family).Key();
    ProbeExact(probe, AtomKind::kCidr, {key.data(), key.size()});
  }
}

void Search::ProbeNumber(const Probe& probe, const FieldTests& tests) {
  double number = probe.view.number;
  if (tests.few_numbers()) {
    for (const FieldTests::OnNumber& own : tests.numbers) {
      if (own.Contains(number) && !IsSettled(own.atom)) Found(probe.scope, own.atom);
    }
    return;
  }
  if (number == 0) number = 0;  // -0 too.
  ProbeExact(probe, AtomKind::kNumber, {reinterpret_cast<const char*>(&number), sizeof(number)});
  if (!tests.ranges || exhausted()) return;
  const size_t looked = tests.ranges->EachContaining(number, [&](AtomId atom) {
    if (!IsSettled(atom)) Found(probe.scope, atom);
  });
  (void)Spend(looked / 4);
}

void Search::ProbeWildcards(const Probe& probe, const FieldTests& tests) {
  constexpr size_t kFew = 8;
  if (tests.hung_wildcards.size() <= kFew) {
    for (const AtomId atom : tests.hung_wildcards) ProbeTest(probe, atom);
    return;
  }
  if (buckets_.size() <= tests.wildcards->buckets())
    buckets_.resize(tests.wildcards->buckets() + 1);
  if (++bucket_serial_ == 0) {
    std::ranges::fill(buckets_, 0);
    bucket_serial_ = 1;
  }
  tests.wildcards->EachCandidate(probe.view.text,
                                 [&](size_t bucket, const std::vector<AtomId>& atoms) {
                                   if (buckets_[bucket] == bucket_serial_ || exhausted()) return;
                                   buckets_[bucket] = bucket_serial_;
                                   for (const AtomId atom : atoms) ProbeTest(probe, atom);
                                 });
}

// Of what is true already, the leaves in arrays are collected when they are asked for.
void Search::ProbeTest(const Probe& probe, AtomId atom) {
  const uint32_t state = StateOf(atom);
  if (state == kTrueOutside || (state == kTrue && probe.scope != 0)) return;
  const Atom& own = index_->records().atoms[atom];
  if (!SpendTest(own, probe.view)) return;
  if (TestAtom(own.kind, own.bytes.view(), probe.view)) Found(probe.scope, atom);
}

bool Search::AtomSatisfied(AtomId atom) {
  const uint32_t state = StateOf(atom);
  if (state != 0) return state != kFalse;
  const Atom& own = index_->records().atoms[atom];
  // What is looked up, or hung on, has been asked of every leaf.
  if (IsLookedUp(own.kind) || index_->hung(atom).size() > 0) return false;
  const auto& leaves = extract_->leaves();
  for (uint32_t leaf = extract_->first_leaf(own.node); leaf != kNoLeaf; leaf = leaves[leaf].next) {
    if (!SpendTest(own, leaves[leaf].view)) return false;
    if (!TestAtom(own.kind, own.bytes.view(), leaves[leaf].view)) continue;
    const bool outside = leaves[leaf].scope == 0;
    SetState(atom, outside ? kTrueOutside : kTrue);
    if (outside || !extract_->has_spellings()) return true;
  }
  if (StateOf(atom) == 0) SetState(atom, kFalse);
  return StateOf(atom) != kFalse;
}

bool Search::Satisfied(ClauseRef ref) {
  if ((ref & kIsClause) == 0) return AtomSatisfied(ref);
  const Clause& clause = index_->records().clauses[ref & ~kIsClause];
  if (clause.accepts_absence && !extract_->has_leaf(clause.node)) return true;
  for (uint32_t i = 0; i < clause.count; ++i) {
    if (AtomSatisfied(clause.atoms[i])) return true;
  }
  return false;
}

bool Search::Holds(const Combination& combination) {
  if (!Spend(1)) return false;
  for (const ClauseRef ref : combination) {
    if (!Satisfied(ref)) return false;
  }
  return !extract_->has_arrays() || combination.count == 1 || ArraysAgree(combination);
}

size_t Search::bytes() const {
  return (states_.capacity() + combinations_.capacity() + rules_.capacity() +
          candidates_.capacity() + matched_.capacity() + buckets_.capacity() + heap_.capacity() +
          together_.capacity() + chosen_.capacity()) *
             4 +
         hits_of_.capacity() * sizeof(Hits) + hits_.capacity() * sizeof(Hit) +
         counts_.capacity() * sizeof(Count) + groups_.capacity() * sizeof(Group) +
         needs_.capacity() * 8;
}

}  // namespace riposte::pattern::matcher
