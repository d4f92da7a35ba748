// Leaves to atoms, and candidates to rules.
#include <algorithm>

#include "pattern/matcher_search.h"

namespace riposte::pattern::matcher {

void Search::Begin() {
  const auto grow = [](auto& list, size_t size) {
    if (list.size() < size) list.resize(size);
  };
  grow(states_, index_->atom_end());
  grow(combinations_, index_->combination_end());
  grow(rules_, index_->rule_end());
  if (++epoch_ == 1U << 30) {
    std::ranges::fill(states_, 0);
    std::ranges::fill(combinations_, 0);
    std::ranges::fill(rules_, 0);
    std::ranges::fill(hits_of_, Hits());
    epoch_ = 1;
  }
  candidates_.clear();
  matched_.clear();
  hits_.clear();
  budget_ = kBudget;
  log_hits_ = extract_->has_arrays();
  if (!log_hits_) return;
  grow(hits_of_, index_->atom_end());
  grow(counts_, extract_->scopes().size());
  grow(leaf_marks_, extract_->leaves().size());
}

std::span<const RuleId> Search::Run(const Index& index, const Extract& extract) {
  index_ = &index;
  extract_ = &extract;
  Begin();
  const auto leaves = static_cast<uint32_t>(extract.leaves().size());
  for (uint32_t leaf = 0; leaf < leaves; ++leaf) Probe(leaf);
  candidates_.insert(candidates_.end(), index.always().begin(), index.always().end());
  for (const CombinationId id : candidates_) {
    const Combination& combination = index.records().combinations[id];
    if (rules_[combination.rule] == epoch_ || !Holds(combination)) continue;
    rules_[combination.rule] = epoch_;
    matched_.push_back(combination.rule);
  }
  return matched_;
}

void Search::Found(AtomId atom, uint32_t leaf) {
  if (log_hits_) AddHit(atom, leaf);
  if (IsTrue(atom)) return;
  states_[atom] = epoch_ << 2 | 1;
  for (const CombinationId id : index_->hung(atom)) {
    if (combinations_[id] == epoch_) continue;
    combinations_[id] = epoch_;
    candidates_.push_back(id);
  }
}

void Search::Probe(uint32_t leaf) {
  const Leaf& own = extract_->leaves()[leaf];
  const Field& field = index_->field(own.node);
  switch (own.view.kind) {
    case LeafKind::kText:
      ProbeText(leaf, field);
      break;
    case LeafKind::kNumber:
      ProbeNumber(leaf, field);
      break;
    case LeafKind::kTrue:
      if (field.Has(AtomKind::kTrue)) ProbeExact(leaf, AtomKind::kTrue, {});
      break;
    case LeafKind::kFalse:
      if (field.Has(AtomKind::kFalse)) ProbeExact(leaf, AtomKind::kFalse, {});
      break;
    case LeafKind::kNull:
      if (field.Has(AtomKind::kNull)) ProbeExact(leaf, AtomKind::kNull, {});
      break;
  }
  if (!field.tests) return;
  for (const AtomId atom : field.tests->hung_buts) ProbeTest(leaf, atom);
  if (field.tests->hung_exists != 0 && !IsTrue(field.tests->hung_exists)) {
    Found(field.tests->hung_exists, leaf);
  }
}

void Search::ProbeText(uint32_t leaf, const Field& field) {
  const LeafView& view = extract_->leaves()[leaf].view;
  if (field.Has(AtomKind::kExact)) ProbeExact(leaf, AtomKind::kExact, view.text);
  if (field.Has(AtomKind::kExactFold)) ProbeExact(leaf, AtomKind::kExactFold, view.folded);
  if (!field.tests) return;
  const FieldTests& tests = *field.tests;
  ProbeLengths(leaf, AtomKind::kPrefix, tests.prefixes, view.text);
  ProbeLengths(leaf, AtomKind::kPrefixFold, tests.prefixes_fold, view.folded);
  ProbeLengths(leaf, AtomKind::kSuffix, tests.suffixes, view.text);
  ProbeLengths(leaf, AtomKind::kSuffixFold, tests.suffixes_fold, view.folded);
  if (!tests.masks.empty()) ProbeAddress(leaf, tests.masks);
  if (!tests.hung_wildcards.empty()) ProbeWildcards(leaf, tests);
}

void Search::ProbeExact(uint32_t leaf, AtomKind kind, std::string_view bytes) {
  const NodeId node = extract_->leaves()[leaf].node;
  const AtomId atom = index_->FindAtom(node, kind, bytes, Index::HashAtom(node, kind, bytes));
  if (atom != 0) Found(atom, leaf);
}

void Search::ProbeLengths(uint32_t leaf, AtomKind kind, const FieldTests::Lengths& lengths,
                          std::string_view text) {
  if (lengths.empty()) return;
  const NodeId node = extract_->leaves()[leaf].node;
  const bool from_back = kind == AtomKind::kSuffix || kind == AtomKind::kSuffixFold;
  GrowingHash hash(text, Index::AtomSeed(node, kind), from_back);
  for (const FieldTests::Length& own : lengths) {
    if (own.length > text.size()) return;
    const std::string_view part =
        from_back ? text.substr(text.size() - own.length) : text.substr(0, own.length);
    const AtomId atom = index_->atom_table().Find(hash.Of(own.length), [&](uint32_t id) {
      const Atom& known = index_->records().atoms[id];
      if (known.node != node || known.kind != kind) return false;
      // What is known to hold need not be compared again.
      if (!log_hits_ && IsTrue(id) && known.bytes.view().size() == part.size()) return false;
      return known.bytes.view() == part;
    });
    if (atom != 0) Found(atom, leaf);
  }
}

void Search::ProbeAddress(uint32_t leaf, const FieldTests::Lengths& masks) {
  const auto address = Cidr::Address(extract_->leaves()[leaf].view.text);
  if (!address) return;
  const uint32_t family = address->v6() ? 256 : 0;
  for (const FieldTests::Length& mask : masks) {
    if ((mask.length & 256) != family) continue;
    const Cidr::Bytes key = address->Widened(mask.length - family).Key();
    ProbeExact(leaf, AtomKind::kCidr, {key.data(), key.size()});
  }
}

void Search::ProbeNumber(uint32_t leaf, const Field& field) {
  double number = extract_->leaves()[leaf].view.number;
  if (number == 0) number = 0;  // -0 too.
  if (field.Has(AtomKind::kNumber)) {
    ProbeExact(leaf, AtomKind::kNumber, {reinterpret_cast<const char*>(&number), sizeof(number)});
  }
  if (!field.tests || !field.Has(AtomKind::kRange)) return;
  const size_t looked = field.tests->ranges.EachContaining(number, [&](AtomId atom) {
    if (!IsTrue(atom)) Found(atom, leaf);
  });
  (void)Spend(looked / 8);
}

void Search::ProbeWildcards(uint32_t leaf, const FieldTests& tests) {
  constexpr size_t kFew = 8;
  if (tests.hung_wildcards.size() <= kFew) {
    for (const AtomId atom : tests.hung_wildcards) ProbeTest(leaf, atom);
    return;
  }
  const std::string_view text = extract_->leaves()[leaf].view.text;
  if (buckets_.size() <= tests.wildcards.buckets()) buckets_.resize(tests.wildcards.buckets() + 1);
  if (++bucket_serial_ == 0) {
    std::ranges::fill(buckets_, 0);
    bucket_serial_ = 1;
  }
  tests.wildcards.EachCandidate(text, [&](size_t bucket, const std::vector<AtomId>& atoms) {
    if (buckets_[bucket] == bucket_serial_) return;
    buckets_[bucket] = bucket_serial_;
    for (const AtomId atom : atoms) ProbeTest(leaf, atom);
  });
}

void Search::ProbeTest(uint32_t leaf, AtomId atom) {
  if (IsTrue(atom)) return;
  const LeafView& view = extract_->leaves()[leaf].view;
  const Atom& own = index_->records().atoms[atom];
  if (!Spend(1 + (own.kind == AtomKind::kWildcard ? view.text.size() / 64 : 0))) return;
  if (TestAtom(own.kind, own.bytes.view(), view)) Found(atom, leaf);
}

bool Search::AtomSatisfied(AtomId atom) {
  if (IsTrue(atom)) return true;
  const Atom& own = index_->records().atoms[atom];
  if (IsLookedUp(own.kind) || states_[atom] == (epoch_ << 2 | 2)) return false;
  bool satisfied = false;
  const auto& leaves = extract_->leaves();
  for (uint32_t leaf = extract_->first_leaf(own.node); leaf != kNoLeaf; leaf = leaves[leaf].next) {
    if (own.kind == AtomKind::kExists) {
      satisfied = true;
      break;
    }
    if (!Spend(1 + leaves[leaf].view.text.size() / 64)) return false;
    if (TestAtom(own.kind, own.bytes.view(), leaves[leaf].view)) {
      satisfied = true;
      break;
    }
  }
  states_[atom] = epoch_ << 2 | (satisfied ? 1 : 2);
  return satisfied;
}

bool Search::Satisfied(ClauseRef ref) {
  if ((ref & kIsClause) == 0) return AtomSatisfied(ref);
  const Clause& clause = index_->records().clauses[ref & ~kIsClause];
  if (clause.accepts_absence && extract_->first_leaf(clause.node) == kNoLeaf) return true;
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
  return !log_hits_ || combination.count == 1 || ArraysAgree(combination);
}

size_t Search::bytes() const {
  return (states_.capacity() + combinations_.capacity() + rules_.capacity() +
          candidates_.capacity() + matched_.capacity() + buckets_.capacity() +
          2 * leaf_marks_.capacity() + heap_.capacity() + together_.capacity() +
          chosen_.capacity()) *
             4 +
         hits_of_.capacity() * sizeof(Hits) + hits_.capacity() * sizeof(Hit) +
         counts_.capacity() * sizeof(Count) + groups_.capacity() * sizeof(Group) +
         needs_.capacity() * 8;
}

}  // namespace riposte::pattern::matcher
