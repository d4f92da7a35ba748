// What a matcher knows of its rules: shared records, and the tables that lead to them.
//
// Internal to this folder. Records (Records) are written once, before any reader can know their
// ids, and freed after none can; they exist once. Tables (Index) exist twice, and each of the two
// is changed only while nobody reads it (see matcher.h).
//
//   name path of a field   -> Node         a trie over names; children by hash of (node, name)
//   alternative of a field -> Atom         deduplicated over all rules; by hash of its bytes
//   one field's list       -> Clause       any of its atoms (a list of one is the atom itself)
//   one $or combination    -> Combination  all of its clauses; hung on its rarest clause
//   rule                   -> Rule         any of its combinations
//
// Cost of a change: a few table entries a clause, plus now and then the growth of a table.
#pragma once

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

#include "pattern/matcher_atom.h"
#include "pattern/matcher_hash.h"

namespace riposte::pattern::matcher {

using NodeId = uint32_t;  ///< 1 is the root of every event.
using AtomId = uint32_t;
using ClauseId = uint32_t;
using CombinationId = uint32_t;
using RuleId = uint32_t;

inline constexpr NodeId kRoot = 1;

/// Bytes that belong to one record.
class Blob {
 public:
  Blob() = default;
  explicit Blob(std::string_view bytes)
      : data_(bytes.empty() ? nullptr : std::make_unique<char[]>(bytes.size())),
        size_(static_cast<uint32_t>(bytes.size())) {
    if (size_ > 0) std::memcpy(data_.get(), bytes.data(), size_);
  }
  [[nodiscard]] std::string_view view() const { return {data_.get(), size_}; }

 private:
  std::unique_ptr<char[]> data_;
  uint32_t size_ = 0;
};

struct Node {
  Blob name;
  NodeId parent = 0;
  uint16_t depth = 0;
  uint32_t refs = 0;  ///< The writer's: children and atoms and clauses.
};

struct Atom {
  Blob bytes;
  NodeId node = 0;
  AtomKind kind = AtomKind::kExact;
  uint32_t refs = 0;  ///< The writer's: clauses that name it.
};

/// A clause reference is an atom, or a Clause with kIsClause set.
using ClauseRef = uint32_t;
inline constexpr uint32_t kIsClause = 0x8000'0000U;

struct Clause {
  NodeId node = 0;
  bool accepts_absence = false;
  std::unique_ptr<AtomId[]> atoms;
  uint32_t count = 0;
  uint32_t refs = 0;
};

struct Combination {
  RuleId rule = 0;
  CombinationId next = 0;  ///< Of the same rule.
  uint32_t count = 0;
  ClauseRef hung = 0;  ///< The writer's: where it hangs; 0 when nowhere.
  /// From the rarest on. A single clause stands in `only` and needs no memory of its own.
  std::unique_ptr<ClauseRef[]> clauses;
  ClauseRef only = 0;

  [[nodiscard]] const ClauseRef* begin() const { return count == 1 ? &only : clauses.get(); }
  [[nodiscard]] const ClauseRef* end() const { return begin() + count; }
};

struct Rule {
  std::shared_ptr<const void> payload;
  CombinationId first = 0;
};

struct Records {
  Pool<Node> nodes;
  Pool<Atom> atoms;
  Pool<Clause> clauses;
  Pool<Combination> combinations;
  Pool<Rule> rules;
};

/// What one atom's satisfaction may complete: mostly nothing or one thing. A combination, or at
/// once the rule of a combination without other clauses (with kIsRule).
inline constexpr uint32_t kIsRule = 0x8000'0000U;
class HungList {
 public:
  [[nodiscard]] const CombinationId* begin() const { return many_ ? many_->data() : &one_; }
  [[nodiscard]] const CombinationId* end() const { return begin() + size(); }
  [[nodiscard]] size_t size() const { return many_ ? many_->size() : one_ != 0; }
  void Add(CombinationId id);
  void Remove(CombinationId id);
  [[nodiscard]] size_t bytes() const {
    return many_ ? sizeof(*many_) + many_->capacity() * sizeof(CombinationId) : 0;
  }

 private:
  std::unique_ptr<std::vector<CombinationId>> many_;
  CombinationId one_ = 0;
};

/// Wildcards by a gram (1, 2, 4 or 8 bytes) that a text must contain to match.
class GramIndex {
 public:
  static constexpr size_t kWidths = 4;
  void Add(const Records& records, AtomId atom);
  void Remove(const Records& records, AtomId atom);
  [[nodiscard]] size_t buckets() const { return buckets_.size(); }
  [[nodiscard]] size_t bytes() const;

  /// f(bucket number, atoms) for each gram of `text` that is some wildcard's; buckets may repeat.
  template <class F>
  void EachCandidate(std::string_view text, F f) const {
    if (!anywhere_.empty()) f(buckets_.size(), anywhere_);
    Scan<uint8_t>(0, text, f);
    Scan<uint16_t>(1, text, f);
    Scan<uint32_t>(2, text, f);
    Scan<uint64_t>(3, text, f);
  }

 private:
  struct Width {
    IdTable table;
    std::vector<uint64_t> filter;
    int shift = 64;
  };
  struct Bucket {
    uint64_t gram = 0;
    std::vector<AtomId> atoms;
  };

  static constexpr uint64_t kSpread = 0x9e3779b97f4a7c15U;

  template <class Word, class F>
  void Scan(size_t width, std::string_view text, F f) const {
    const Width& own = widths_[width];
    if (own.table.size() == 0 || text.size() < sizeof(Word)) return;
    const char* const last = text.data() + text.size() - sizeof(Word);
    const uint64_t* const filter = own.filter.data();
    for (const char* at = text.data(); at <= last; ++at) {
      Word gram;
      std::memcpy(&gram, at, sizeof(gram));
      const uint64_t bit = (gram * kSpread) >> own.shift;
      if ((filter[bit >> 6] >> (bit & 63) & 1) == 0) continue;
      const uint32_t bucket = FindBucket(width, gram);
      if (bucket != 0) f(bucket - 1, buckets_[bucket - 1].atoms);
    }
  }
  /// f(width, gram) for some grams, as wide as their piece allows, until one says true.
  template <class F>
  static void EachGram(std::string_view wildcard, F f);
  static uint64_t HashGram(uint64_t gram) { return Mix(gram ^ kSpread, 0x8bb84b93962eacc9U); }
  void Place(AtomId atom, std::string_view wildcard);
  void PlaceAllAgain(const Records& records);
  void CountGrams(std::string_view wildcard, int by);
  [[nodiscard]] uint32_t& CountOf(uint64_t gram) {
    return counts_[HashGram(gram) & (counts_.size() - 1)];
  }
  [[nodiscard]] uint32_t FindBucket(size_t width, uint64_t gram) const {
    return widths_[width].table.Find(HashGram(gram),
                                     [&](uint32_t id) { return buckets_[id - 1].gram == gram; });
  }
  void SetFilter(size_t width, uint64_t gram);
  void RebuildFilter(size_t width);

  Width widths_[kWidths];
  std::vector<Bucket> buckets_;
  std::vector<uint32_t> free_;
  std::vector<AtomId> anywhere_;  ///< Wildcards without any literal.
  std::vector<uint32_t> counts_;  ///< How many wildcards have a gram, or another of equal hash.
  size_t atoms_ = 0;
};

/// Ranges in chunks sorted by their low end; a query skips whole chunks.
class RangeIndex {
 public:
  void Add(AtomId atom, const Range& range);
  void Remove(AtomId atom, const Range& range);
  [[nodiscard]] size_t bytes() const;

  /// f(atom) for each range with `number` inside. Returns the entries looked at.
  template <class F>
  size_t EachContaining(double number, F f) const {
    size_t looked = 0;
    for (const Chunk& chunk : chunks_) {
      ++looked;
      if (chunk.entries.front().range.low > number) break;
      if (chunk.high < number) continue;
      looked += chunk.entries.size();
      for (const Entry& entry : chunk.entries) {
        if (entry.range.low > number) break;
        if (entry.range.Contains(number)) f(entry.atom);
      }
    }
    return looked;
  }

 private:
  static constexpr size_t kChunk = 128;
  struct Entry {
    Range range;
    AtomId atom;
  };
  struct Chunk {
    double high = 0;
    std::vector<Entry> entries;
  };
  std::vector<Chunk> chunks_;  ///< None empty.
};

/// What is asked of one field beyond exact values.
struct FieldTests {
  struct Length {
    uint32_t length;
    uint32_t count;
  };
  using Lengths = std::vector<Length>;  ///< Ascending.
  Lengths prefixes, prefixes_fold, suffixes, suffixes_fold;
  Lengths masks;  ///< Of address blocks; IPv6 ones plus 256.
  GramIndex wildcards;
  RangeIndex ranges;
  std::vector<AtomId> hung_wildcards;  ///< Asked one by one while they are few.
  std::vector<AtomId> hung_buts;
  AtomId exists = 0;
  /// All atoms on numbers while they are few: found without a hash.
  struct OnNumber {
    Range range;
    AtomId atom;
  };
  std::vector<OnNumber> numbers;
  size_t number_atoms = 0;
  static constexpr size_t kFewNumbers = 16;
  [[nodiscard]] bool few_numbers() const { return numbers.size() == number_atoms; }

  [[nodiscard]] Lengths* Of(AtomKind kind);
  [[nodiscard]] size_t bytes() const;
};

struct Field {
  uint64_t child_lengths = 0;  ///< Bit n: some child's name has n bytes (63: or more).
  uint64_t child_firsts = 0;   ///< Bit n: some child's name begins with a byte of n modulo 64.
  uint32_t children = 0;
  uint32_t parents = 0;  ///< Children that have children: a key with dots may lead to those.
  uint32_t pairs = 0;    ///< Combinations with several clauses from here on down.
  uint32_t atoms = 0;
  uint32_t clauses = 0;       ///< That accept absence and so want to know of leaves.
  uint32_t kinds = 0;         ///< Bit n: some atom is of that kind; more bits below.
  uint32_t unhung_tests = 0;  ///< Atoms that are tested only when a combination asks.
  std::unique_ptr<FieldTests> tests;
  /// All children while they are few: found by their first bytes, without a hash.
  struct Child {
    uint64_t word;  ///< The first eight bytes, those beyond the name zero.
    uint32_t size;
    NodeId id;
  };
  static constexpr size_t kFewChildren = 8;
  std::vector<Child> few;

  static constexpr uint32_t kTested = 1U << static_cast<unsigned>(AtomKind::kWildcard) |
                                      1U << static_cast<unsigned>(AtomKind::kRange) |
                                      1U << static_cast<unsigned>(AtomKind::kBut);
  static constexpr uint32_t kNeedsNumber = 1U << 16;
  static constexpr uint32_t kNeedsFolding = 1U << 17;
  [[nodiscard]] bool Has(AtomKind kind) const { return kinds >> static_cast<unsigned>(kind) & 1; }
  [[nodiscard]] bool wants_leaves() const { return atoms + clauses > 0; }
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
    const Field& field = fields_[node];
    if (field.children > Field::kFewChildren) {
      return field.child_lengths >> std::min<size_t>(name.size(), 63) & 1 &&
                     field.child_firsts >> (word & 63) & 1
                 ? FindChild(node, name)
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
