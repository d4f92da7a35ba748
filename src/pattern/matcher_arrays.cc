// Array consistency: clauses below one array are satisfied by one of its elements.
#include <algorithm>

#include "pattern/matcher_search.h"

namespace riposte::pattern::matcher {

NodeId Search::NodeOf(ClauseRef ref) const {
  const Records& records = index_->records();
  return ref & kIsClause ? records.clauses[ref & ~kIsClause].node : records.atoms[ref].node;
}

bool Search::IsAbsent(ClauseRef ref) const {
  if ((ref & kIsClause) == 0) return false;
  const Clause& clause = index_->records().clauses[ref & ~kIsClause];
  return clause.accepts_absence && !extract_->has_leaf(clause.node);
}

/// The outermost array with several elements that the event has on the way to `node`.
NodeId Search::TopArray(NodeId node) const {
  NodeId top = 0;
  for (; node != 0; node = index_->records().nodes[node].parent) {
    if (extract_->is_array(node)) top = node;
  }
  return top;
}

void Search::AddHit(AtomId atom, ScopeId scope) {
  Hits& hits = hits_of_[atom];
  if (hits.epoch != epoch_) hits = {epoch_, kNoLeaf, false};
  hits_.push_back({scope, hits.first});
  hits.first = static_cast<uint32_t>(hits_.size() - 1);
}

void Search::CollectHits(AtomId atom) {
  const Atom& own = index_->records().atoms[atom];
  // What is looked up has logged its hits already.
  if (IsLookedUp(own.kind)) return;
  Hits& hits = hits_of_[atom];
  if (hits.epoch == epoch_ && hits.all) return;
  // What probing found stops at the first leaf.
  hits = {epoch_, kNoLeaf, true};
  const auto& leaves = extract_->leaves();
  for (uint32_t leaf = extract_->first_leaf(own.node); leaf != kNoLeaf; leaf = leaves[leaf].next) {
    if (!SpendTest(own, leaves[leaf].view)) return;
    if (leaves[leaf].scope == 0) continue;
    if (!TestAtom(own.kind, own.bytes.view(), leaves[leaf].view)) continue;
    hits_.push_back({leaves[leaf].scope, hits.first});
    hits.first = static_cast<uint32_t>(hits_.size() - 1);
  }
}

bool Search::HoldsOutsideArrays(ClauseRef ref) {
  const auto atom_holds = [&](AtomId atom) { return StateOf(atom) == kTrueOutside; };
  bool outside = false;
  if (ref & kIsClause) {
    const Clause& clause = index_->records().clauses[ref & ~kIsClause];
    outside = std::any_of(clause.atoms.get(), clause.atoms.get() + clause.count, atom_holds);
  } else {
    outside = atom_holds(ref);
  }
  return outside || AnyHit(ref, [&](ScopeId scope) { return extract_->Effective(scope) == 0; });
}

bool Search::ArraysAgree(const Combination& combination) {
  groups_.clear();
  if (extract_->has_spellings()) {
    together_.clear();
    for (const ClauseRef ref : combination) {
      if (IsAbsent(ref)) continue;
      if (!HoldsOutsideArrays(ref)) together_.push_back(ref);
    }
    if (together_.size() < 2) return !exhausted();
    chosen_.clear();
    return TryFrom(together_, 0);
  }
  for (const ClauseRef ref : combination) {
    if (IsAbsent(ref)) continue;
    const NodeId top = TopArray(NodeOf(ref));
    if (top != 0) groups_.push_back({top, ref});
  }
#ifdef RIPOSTE_CONTROL_BUG
  return true;  // The bug that the comparison with the oracle must find.
#endif
  if (groups_.size() < 2) return true;
  std::ranges::sort(groups_, {}, &Group::top);  // A stable one would allocate.
  for (size_t i = 0; i < groups_.size();) {
    together_.clear();
    const NodeId top = groups_[i].top;
    for (; i < groups_.size() && groups_[i].top == top; ++i) together_.push_back(groups_[i].ref);
    if (together_.size() > 1 && !GroupAgrees(together_)) return false;
  }
  return true;
}

uint32_t Search::CountIn(ScopeId scope, ScopeId outer, uint32_t clauses) {
  Count& count = counts_[scope];
  if (count.serial != serial_) {
    count.serial = serial_;
    count.clauses = 0;
    if (outer != 0) {
      heap_.push_back(scope);
      std::ranges::push_heap(heap_);
    }
  }
  return count.clauses += clauses;
}

// An element agrees when all clauses below its array are satisfied inside it: by its own leaves, or
// by an inner array, which counts for all clauses below that one as soon as one element of it
// agrees. Inner elements have higher numbers than outer ones, so the highest is always complete;
// below the outermost array stand all clauses of the group, so its elements need not wait.
bool Search::GroupAgrees(std::span<const ClauseRef> refs) {
  if (++serial_ == 0) {
    std::ranges::fill(counts_, Count());
    serial_ = 1;
  }
  heap_.clear();
  needs_.clear();
  const auto& scopes = extract_->scopes();
  const auto agrees = [&](ScopeId element, uint32_t clauses) {
    const ScopeId outer = extract_->Effective(scopes[element].parent);
    return CountIn(element, outer, clauses) == refs.size() && outer == 0;
  };
  for (const ClauseRef ref : refs) {
    ++mark_;
    const bool agreed = AnyHit(ref, [&](ScopeId inner) {
      const ScopeId scope = extract_->Effective(inner);
      if (counts_[scope].mark == mark_) return false;  // Another leaf of the same field in it.
      counts_[scope].mark = mark_;
      return agrees(scope, 1);
    });
    if (agreed) return true;
  }
  if (exhausted()) return false;
  while (!heap_.empty()) {
    std::ranges::pop_heap(heap_);
    const ScopeId element = heap_.back();
    heap_.pop_back();
    const uint32_t need = ClausesBelow(scopes[element].node, refs);
    if (counts_[element].clauses != need) continue;
    uint32_t& agreed = counts_[scopes[element].first].array_serial;
    if (agreed == serial_) continue;
    agreed = serial_;
    if (agrees(extract_->Effective(scopes[element].parent), need)) return true;
  }
  return false;
}

uint32_t Search::ClausesBelow(NodeId array, std::span<const ClauseRef> refs) {
  for (const auto& [node, count] : needs_) {
    if (node == array) return count;
  }
  uint32_t count = 0;
  for (const ClauseRef ref : refs) {
    NodeId node = NodeOf(ref);
    while (node != 0 && node != array) node = index_->records().nodes[node].parent;
    count += node == array ? 1 : 0;
  }
  needs_.emplace_back(array, count);
  return count;
}

bool Search::Compatible(ScopeId a, ScopeId b) const {
  const auto& scopes = extract_->scopes();
  for (ScopeId i = a; i != 0; i = scopes[i].parent) {
    for (ScopeId j = b; j != 0; j = scopes[j].parent) {
      if (scopes[i].array_at == scopes[j].array_at &&
          scopes[i].element_at != scopes[j].element_at) {
        return false;
      }
    }
  }
  return true;
}

bool Search::TryFrom(std::span<const ClauseRef> refs, size_t chosen) {
  if (chosen == refs.size()) return true;
  return AnyHit(refs[chosen], [&](ScopeId scope) {
    for (const ScopeId other : chosen_) {
      if (!Compatible(scope, other)) return false;
    }
    chosen_.push_back(scope);
    const bool found = TryFrom(refs, chosen + 1);
    chosen_.pop_back();
    return found;
  });
}

}  // namespace riposte::pattern::matcher
