// The records of a matcher's rules, each once, named by ids.
//
// Internal to this folder. A record is written before any reader can know its id and freed after
// none can; in between only the writer's counts change.
//
//   name path of a field   -> Node         a trie over names
//   alternative of a field -> Atom         deduplicated over all rules
//   one field's list       -> Clause       any of its atoms (a list of one is the atom itself)
//   one $or combination    -> Combination  all of its clauses; hung on its rarest clause
//   rule                   -> Rule         any of its combinations
#pragma once

#include <memory>
#include <string_view>

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

}  // namespace riposte::pattern::matcher
