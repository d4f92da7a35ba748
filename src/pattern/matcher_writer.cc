#include "pattern/matcher_writer.h"

#include <algorithm>
#include <limits>

namespace riposte::pattern::matcher {
namespace {

// Table entries of both indexes and the allocator's own words, about.
constexpr size_t kNodeBytes = 200;
constexpr size_t kAtomBytes = 130;
constexpr size_t kCombinationBytes = 100;

Status Refuse(std::string_view name, std::string_view reason) {
  return Fail(Code::kLimitExceeded,
              "Rule is too complex: " + std::string(name) + ": " + std::string(reason));
}

/// How many of a million values of such a field one would expect to satisfy such an atom.
double Selectivity(const Atom& atom) {
  const size_t length = atom.bytes.view().size();
  switch (atom.kind) {
    case AtomKind::kExact:
    case AtomKind::kExactFold:
    case AtomKind::kNumber:
      return 1;
    case AtomKind::kPrefix:
    case AtomKind::kPrefixFold:
    case AtomKind::kSuffix:
    case AtomKind::kSuffixFold:
      return length >= 4 ? 1.5 : length == 0 ? 1000 : 20;
    case AtomKind::kCidr:
      return 4;
    case AtomKind::kWildcard:
      return length >= 16 ? 4 : 100;
    case AtomKind::kRange:
      return 200;
    case AtomKind::kTrue:
    case AtomKind::kFalse:
    case AtomKind::kNull:
      return 500;
    case AtomKind::kBut:
    case AtomKind::kExists:
      return 1000;
  }
  return 1000;
}

}  // namespace

void Apply(Index& index, const Step& step) {
  switch (step.kind) {
    case Step::Kind::kAddNode:
      return index.AddNode(step.a);
    case Step::Kind::kRemoveNode:
      return index.RemoveNode(step.a);
    case Step::Kind::kAddAtom:
      return index.AddAtom(step.a);
    case Step::Kind::kRemoveAtom:
      return index.RemoveAtom(step.a);
    case Step::Kind::kAddAbsence:
      return index.AddAbsence(step.a);
    case Step::Kind::kRemoveAbsence:
      return index.RemoveAbsence(step.a);
    case Step::Kind::kAddPair:
      return index.AddPair(step.a);
    case Step::Kind::kRemovePair:
      return index.RemovePair(step.a);
    case Step::Kind::kHang:
      return index.Hang(step.a, step.b);
    case Step::Kind::kUnhang:
      return index.Unhang(step.a, step.b);
    case Step::Kind::kHangAlways:
      return index.HangAlways(step.a);
    case Step::Kind::kUnhangAlways:
      return index.UnhangAlways(step.a);
  }
}

Status Writer::Check(const Index& back, std::span<const Matcher::NewRule> rules) const {
  size_t combinations = records_.combinations.size();
  size_t conditions = records_.atoms.size();
  size_t bytes = bytes_;
  Spellings more;
  for (const Matcher::NewRule& rule : rules) {
    combinations += rule.pattern->combinations().size();
    for (const auto& combination : rule.pattern->combinations()) {
      bytes += kCombinationBytes + combination.size() * sizeof(ClauseRef);
    }
    for (const pattern::Field& field : rule.pattern->fields()) {
      conditions += field.alternatives().size();
      bytes += field.depth() * kNodeBytes + field.Names(0, field.depth()).size() +
               field.alternatives().size() * kAtomBytes;
    }
    if (combinations > limits_.max_combinations) return Refuse(rule.name, "too many combinations");
    if (conditions > limits_.max_conditions) return Refuse(rule.name, "too many conditions");
    if (bytes > limits_.max_bytes) return Refuse(rule.name, "the rules take too much memory");
    if (auto status = CheckSpellings(back, rule, more); !status) return status;
    if (auto status = CheckCollisions(back, rule); !status) return status;
  }
  return {};
}

Status Writer::CheckSpellings(const Index& back, const Matcher::NewRule& rule,
                              Spellings& more) const {
  for (const pattern::Field& field : rule.pattern->fields()) {
    bool dotted = false;
    NodeId node = kRoot;
    for (size_t i = 0; i < field.depth(); ++i) {
      const std::string_view name = field.Names(i, i + 1);
      dotted = dotted || name.find('.') != std::string_view::npos;
      if (node != 0) node = back.FindChild(node, name);
      if (!dotted || node != 0) continue;
      const std::string path(field.Names(0, i + 1));
      const auto known = spellings_.find(path);
      const size_t count = ++more[path] + (known == spellings_.end() ? 0 : known->second);
      if (count > limits_.max_same_path) {
        return Refuse(rule.name, "too many rules cut the path \"" + path + "\" differently");
      }
    }
  }
  return {};
}

Status Writer::CheckCollisions(const Index& back, const Matcher::NewRule& rule) const {
  for (const pattern::Field& field : rule.pattern->fields()) {
    NodeId node = kRoot;
    for (size_t i = 0; i < field.depth() && node != 0; ++i) {
      const std::string_view name = field.Names(i, i + 1);
      if (back.child_table().CountSameTag(HashOf(name, node)) > limits_.max_collisions) {
        return Refuse(rule.name, "its names collide with those of other rules");
      }
      node = back.FindChild(node, name);
    }
    if (node == 0) continue;
    for (const Alternative& alternative : field.alternatives()) {
      const auto encoded = Encode(alternative);
      if (!encoded) continue;
      const uint64_t hash = Index::HashAtom(node, encoded->kind, encoded->bytes);
      if (back.atom_table().CountSameTag(hash) > limits_.max_collisions) {
        return Refuse(rule.name, "its values collide with those of other rules");
      }
    }
  }
  return {};
}

void Writer::Do(Index& back, Step step) {
  Apply(back, step);
  steps_.push_back(step);
}

std::string Writer::SpellingOf(NodeId id) const {
  std::string path;
  bool dotted = false;
  for (; id != kRoot; id = records_.nodes[id].parent) {
    const std::string_view name = records_.nodes[id].name.view();
    dotted = dotted || name.find('.') != std::string_view::npos;
    path = path.empty() ? std::string(name) : std::string(name) + "." + path;
  }
  return dotted ? path : std::string();
}

NodeId Writer::NodeFor(Index& back, const pattern::Field& field) {
  NodeId node = kRoot;
  for (size_t i = 0; i < field.depth(); ++i) {
    const std::string_view name = field.Names(i, i + 1);
    NodeId child = back.FindChild(node, name);
    if (child == 0) {
      child = records_.nodes.Add();
      Node& own = records_.nodes[child];
      own.name = Blob(name);
      own.parent = node;
      own.depth = static_cast<uint16_t>(i + 1);
      ++records_.nodes[node].refs;
      bytes_ += kNodeBytes + name.size();
      if (const std::string path = SpellingOf(child); !path.empty()) ++spellings_[path];
      Do(back, {Step::Kind::kAddNode, child});
    }
    node = child;
  }
  ++records_.nodes[node].refs;
  return node;
}

void Writer::ReleaseNode(Index& back, NodeId id) {
  while (--records_.nodes[id].refs == 0 && id != kRoot) {
    if (const std::string path = SpellingOf(id); !path.empty()) {
      if (--spellings_[path] == 0) spellings_.erase(path);
    }
    bytes_ -= kNodeBytes + records_.nodes[id].name.view().size();
    Do(back, {Step::Kind::kRemoveNode, id});
    freed_nodes_.push_back(id);
    id = records_.nodes[id].parent;
  }
}

AtomId Writer::AtomFor(Index& back, NodeId node, const EncodedAtom& encoded) {
  const uint64_t hash = Index::HashAtom(node, encoded.kind, encoded.bytes);
  AtomId id = back.FindAtom(node, encoded.kind, encoded.bytes, hash);
  if (id != 0) return id;
  id = records_.atoms.Add();
  Atom& atom = records_.atoms[id];
  atom.bytes = Blob(encoded.bytes);
  atom.node = node;
  atom.kind = encoded.kind;
  ++records_.nodes[node].refs;
  bytes_ += kAtomBytes + encoded.bytes.size();
  Do(back, {Step::Kind::kAddAtom, id});
  return id;
}

void Writer::ReleaseAtom(Index& back, AtomId id) {
  Atom& atom = records_.atoms[id];
  if (--atom.refs > 0) return;
  bytes_ -= kAtomBytes + atom.bytes.view().size();
  Do(back, {Step::Kind::kRemoveAtom, id});
  freed_atoms_.push_back(id);
  ReleaseNode(back, atom.node);
}

/// The references of what it holds are counted; the clause's own is not yet.
ClauseRef Writer::ClauseFor(Index& back, const pattern::Field& field) {
  const NodeId node = NodeFor(back, field);
  std::vector<AtomId> atoms;
  for (const Alternative& alternative : field.alternatives()) {
    if (const auto encoded = Encode(alternative)) atoms.push_back(AtomFor(back, node, *encoded));
  }
  std::ranges::sort(atoms);
  const auto [first, last] = std::ranges::unique(atoms);
  atoms.erase(first, last);
  if (atoms.size() == 1 && !field.accepts_absence()) {
    --records_.nodes[node].refs;  // The atom has its own.
    return atoms.front();
  }
  const ClauseId id = records_.clauses.Add();
  Clause& clause = records_.clauses[id];
  clause.node = node;
  clause.accepts_absence = field.accepts_absence();
  clause.count = static_cast<uint32_t>(atoms.size());
  clause.atoms = std::make_unique<AtomId[]>(atoms.size());
  std::ranges::copy(atoms, clause.atoms.get());
  for (const AtomId atom : atoms) ++records_.atoms[atom].refs;
  bytes_ += kCombinationBytes;
  Do(back, {Step::Kind::kAddAbsence, node});
  return id | kIsClause;
}

void Writer::Refer(ClauseRef ref) {
  if (ref & kIsClause) {
    ++records_.clauses[ref & ~kIsClause].refs;
  } else {
    ++records_.atoms[ref].refs;
  }
}

void Writer::Release(Index& back, ClauseRef ref) {
  if ((ref & kIsClause) == 0) return ReleaseAtom(back, ref);
  const ClauseId id = ref & ~kIsClause;
  Clause& clause = records_.clauses[id];
  if (--clause.refs > 0) return;
  bytes_ -= kCombinationBytes;
  Do(back, {Step::Kind::kRemoveAbsence, clause.node});
  for (uint32_t i = 0; i < clause.count; ++i) ReleaseAtom(back, clause.atoms[i]);
  freed_clauses_.push_back(id);
  ReleaseNode(back, clause.node);
}

NodeId Writer::NodeOf(ClauseRef ref) const {
  return ref & kIsClause ? records_.clauses[ref & ~kIsClause].node : records_.atoms[ref].node;
}

void Writer::CountPairs(Index& back, const Combination& combination, Step::Kind kind) {
  if (combination.count < 2) return;
  above_.clear();
  for (const ClauseRef ref : combination) {
    for (NodeId node = NodeOf(ref); node != kRoot; node = records_.nodes[node].parent) {
      above_.push_back(node);
    }
  }
  std::ranges::sort(above_);
  for (size_t i = 1; i < above_.size(); ++i) {
    const bool first = i == 1 || above_[i - 2] != above_[i];
    if (above_[i - 1] == above_[i] && first) Do(back, {kind, above_[i]});
  }
}

double Writer::Commonness(ClauseRef ref) const {
  if ((ref & kIsClause) == 0) {
    const Atom& atom = records_.atoms[ref];
    return Selectivity(atom) * atom.refs;
  }
  const Clause& clause = records_.clauses[ref & ~kIsClause];
  if (clause.accepts_absence) return std::numeric_limits<double>::infinity();
  double sum = 0;
  for (uint32_t i = 0; i < clause.count; ++i) sum += Commonness(clause.atoms[i]);
  return sum;
}

ClauseRef Writer::Rarest(const Combination& combination) const {
  ClauseRef best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (const ClauseRef ref : combination) {
    const double common = Commonness(ref);
    if (common < least) {
      best = ref;
      least = common;
    }
  }
  return best;
}

void Writer::Hang(Index& back, CombinationId id, ClauseRef ref) {
  records_.combinations[id].hung = ref;
  if (ref == 0) return Do(back, {Step::Kind::kHangAlways, id});
  if ((ref & kIsClause) == 0) return Do(back, {Step::Kind::kHang, ref, id});
  const Clause& clause = records_.clauses[ref & ~kIsClause];
  for (uint32_t i = 0; i < clause.count; ++i) Do(back, {Step::Kind::kHang, clause.atoms[i], id});
}

void Writer::Unhang(Index& back, CombinationId id) {
  const ClauseRef ref = records_.combinations[id].hung;
  if (ref == 0) return Do(back, {Step::Kind::kUnhangAlways, id});
  if ((ref & kIsClause) == 0) return Do(back, {Step::Kind::kUnhang, ref, id});
  const Clause& clause = records_.clauses[ref & ~kIsClause];
  for (uint32_t i = 0; i < clause.count; ++i) Do(back, {Step::Kind::kUnhang, clause.atoms[i], id});
}

void Writer::Reconsider(Index& back, AtomId crowded) {
  const std::vector<CombinationId> hung(back.hung(crowded).begin(), back.hung(crowded).end());
  for (const CombinationId id : hung) {
    if (id & kIsRule) continue;  // It has but one clause to hang on.
    const Combination& combination = records_.combinations[id];
    const ClauseRef rarest = Rarest(combination);
    if (rarest == combination.hung || Commonness(rarest) * 2 > Commonness(combination.hung)) {
      continue;
    }
    Unhang(back, id);
    Hang(back, id, rarest);
  }
}

RuleId Writer::Add(Index& back, const Matcher::NewRule& rule) {
  const RuleId rule_id = records_.rules.Add();
  records_.rules[rule_id].payload = rule.payload;
  std::vector<ClauseRef> refs;
  for (const pattern::Field& field : rule.pattern->fields()) {
    refs.push_back(ClauseFor(back, field));
    Refer(refs.back());  // Kept alive until the combinations refer to it.
  }
  for (const auto& fields : rule.pattern->combinations()) {
    const CombinationId id = records_.combinations.Add();
    Combination& combination = records_.combinations[id];
    std::vector<ClauseRef> clauses;
    for (const uint32_t field : fields) clauses.push_back(refs[field]);
    std::ranges::sort(clauses);
    // The same condition twice is one: also below one array, where they must meet in one element.
    const auto [first, last] = std::ranges::unique(clauses);
    clauses.erase(first, last);
    for (const ClauseRef ref : clauses) Refer(ref);
    std::ranges::stable_sort(clauses, {}, [&](ClauseRef ref) { return Commonness(ref); });
    combination.rule = rule_id;
    combination.next = records_.rules[rule_id].first;
    combination.count = static_cast<uint32_t>(clauses.size());
    if (clauses.size() == 1) {
      combination.only = clauses.front();
    } else {
      combination.clauses = std::make_unique<ClauseRef[]>(clauses.size());
      std::ranges::copy(clauses, combination.clauses.get());
    }
    bytes_ += kCombinationBytes + clauses.size() * sizeof(ClauseRef);
    records_.rules[rule_id].first = id;
    CountPairs(back, combination, Step::Kind::kAddPair);
    const ClauseRef rarest = Rarest(combination);
    Hang(back, id, rarest);
    if (rarest != 0 && (rarest & kIsClause) == 0) {
      const size_t crowd = back.hung(rarest).size();
      if (crowd >= 32 && std::has_single_bit(crowd)) Reconsider(back, rarest);
    }
  }
  for (const ClauseRef ref : refs) Release(back, ref);
  return rule_id;
}

void Writer::Remove(Index& back, RuleId rule) {
  for (CombinationId id = records_.rules[rule].first; id != 0;
       id = records_.combinations[id].next) {
    const Combination& combination = records_.combinations[id];
    Unhang(back, id);
    CountPairs(back, combination, Step::Kind::kRemovePair);
    for (const ClauseRef ref : combination) Release(back, ref);
    bytes_ -= kCombinationBytes + combination.count * sizeof(ClauseRef);
    freed_combinations_.push_back(id);
  }
  freed_rules_.push_back(rule);
}

void Writer::Forget() {
  steps_.clear();
  for (const CombinationId id : freed_combinations_) records_.combinations.Free(id);
  for (const ClauseId id : freed_clauses_) records_.clauses.Free(id);
  for (const AtomId id : freed_atoms_) records_.atoms.Free(id);
  for (const NodeId id : freed_nodes_) records_.nodes.Free(id);
  for (const RuleId id : freed_rules_) records_.rules.Free(id);
  freed_combinations_.clear();
  freed_clauses_.clear();
  freed_atoms_.clear();
  freed_nodes_.clear();
  freed_rules_.clear();
  if (steps_.capacity() > 4096) steps_ = {};
}

size_t Writer::bytes() const {
  return sizeof(*this) + steps_.capacity() * sizeof(Step) + spellings_.size() * 100;
}

}  // namespace riposte::pattern::matcher
