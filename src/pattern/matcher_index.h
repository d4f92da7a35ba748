// The tables that lead to a matcher's records.
//
// Internal to this folder. There are two of these, and each is changed only while nobody reads it
// (see matcher.h).
//
// Cost of a change: a few table entries a clause, plus now and then the growth of a table.
#pragma once

#include <string_view>
#include <vector>

#include "pattern/matcher_field.h"

namespace riposte::pattern::matcher {

/// What one atom's satisfaction may complete: mostly nothing or one thing. A combination, or at
/// once the rule of a combination without other clauses (with kIsRule).
inline constexpr uint32_t kIsRule = 0x8000'0000U;
class HungList {
 public:
  [[nodiscard]] const CombinationId* begin() const { return many_ ? many_->data() : &one_; }
  [[nodiscard]] const CombinationId* end() const { return begin() + size(); }
  [[nodiscard]] size_t size() const { return many_ ? many_->size() : one_ != 0; }
  /// 0 for none or several.
  [[nodiscard]] CombinationId only() const { return many_ ? 0 : one_; }
  void Add(CombinationId id);
  void Remove(CombinationId id);
  [[nodiscard]] size_t bytes() const {
    return many_ ? sizeof(*many_) + many_->capacity() * sizeof(CombinationId) : 0;
  }

 private:
  std::unique_ptr<std::vector<CombinationId>> many_;
  CombinationId one_ = 0;
};

class Index {
 public:
  explicit Index(const Records& records) : records_(records) {}

  [[nodiscard]] NodeId FindChild(NodeId node, std::string_view name) const {
    return children_.Find(HashOf(name, node), [&](uint32_t id) {
      const Node& child = records_.nodes[id];
      return child.parent == node && child.name.view() == name;
    });
  }
  /// The same; `word` are the first bytes of the name, those beyond it zero.
  [[nodiscard]] NodeId FindChild(NodeId node, std::string_view name, uint64_t word) const {
    return FindChild(fields_[node], node, name, word);
  }
  /// The same; `field` is that of the node. Inline, for it is asked of each member.
  [[nodiscard, gnu::always_inline]] NodeId FindChild(const Field& field, NodeId node,
                                                     std::string_view name, uint64_t word) const {
    if (field.children > Field::kFewChildren) {
      return field.child_lengths >> std::min<size_t>(name.size(), 63) & 1 ? FindChild(node, name)
                                                                          : 0;
    }
    for (const Field::Child& child : field.few) {
      if (child.word != word || child.size != name.size()) continue;
      if (name.size() <= 8 || records_.nodes[child.id].name.view() == name) return child.id;
    }
    return 0;
  }
  /// Some name of a field holds a dot.
  [[nodiscard]] bool has_dotted_names() const { return dotted_names_ > 0; }
  [[nodiscard]] AtomId FindAtom(NodeId node, AtomKind kind, std::string_view bytes,
                                uint64_t hash) const {
    return atoms_.Find(hash, [&](uint32_t id) {
      const Atom& atom = records_.atoms[id];
      return atom.node == node && atom.kind == kind && SameBytes(atom.bytes.view(), bytes);
    });
  }
  [[nodiscard]] static uint64_t AtomSeed(NodeId node, AtomKind kind) {
    return (static_cast<uint64_t>(kind) + 1) << 32 | node;
  }
  /// Suffixes are hashed from the back, so that one pass over a value makes all their hashes.
  [[nodiscard]] static uint64_t HashAtom(NodeId node, AtomKind kind, std::string_view bytes) {
    return HashOf(bytes, AtomSeed(node, kind),
                  kind == AtomKind::kSuffix || kind == AtomKind::kSuffixFold);
  }

  [[nodiscard]] const Field& field(NodeId node) const { return fields_[node]; }
  [[nodiscard]] const HungList& hung(AtomId atom) const { return hung_[atom]; }
  [[nodiscard]] const std::vector<CombinationId>& always() const { return always_; }
  [[nodiscard]] const Records& records() const { return records_; }
  // Every id in these tables is below: the records may already have more.
  [[nodiscard]] size_t node_end() const { return fields_.size(); }
  [[nodiscard]] size_t atom_end() const { return hung_.size(); }
  [[nodiscard]] size_t combination_end() const { return combination_end_; }
  [[nodiscard]] size_t rule_end() const { return rule_end_; }
  [[nodiscard]] const IdTable& atom_table() const { return atoms_; }
  [[nodiscard]] const IdTable& child_table() const { return children_; }
  [[nodiscard]] size_t bytes() const;

  // Changes; the records exist before they are added and until they are removed.
  void AddNode(NodeId id);
  void RemoveNode(NodeId id);
  void AddAtom(AtomId id);
  void RemoveAtom(AtomId id);
  void AddAbsence(NodeId id);
  void RemoveAbsence(NodeId id);
  void AddPair(NodeId id) { ++fields_[id].pairs; }
  void RemovePair(NodeId id) { --fields_[id].pairs; }
  void Hang(AtomId atom, CombinationId combination);
  void Unhang(AtomId atom, CombinationId combination);
  void HangAlways(CombinationId combination);
  void UnhangAlways(CombinationId combination);

 private:
  FieldTests& TestsOf(NodeId node);
  void NoteCombination(CombinationId id);
  void SetHungTest(const Atom& atom, AtomId id, bool hung);
  void AddText(const Atom& atom, AtomId id);
  void AddNumber(const Atom& atom, AtomId id);
  void RemoveNumber(const Atom& atom, AtomId id);
  [[nodiscard]] uint32_t HungFor(CombinationId combination) const {
    const Combination& own = records_.combinations[combination];
    return own.count == 1 ? own.rule | kIsRule : combination;
  }

  const Records& records_;
  IdTable children_;
  IdTable atoms_;
  std::vector<Field> fields_;
  std::vector<HungList> hung_;
  std::vector<CombinationId> always_;
  size_t dotted_names_ = 0;
  size_t combination_end_ = 0;
  size_t rule_end_ = 0;
};

}  // namespace riposte::pattern::matcher
