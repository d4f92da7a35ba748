// What an event says about the fields that rules name: its leaves, and the arrays around them.
//
// Internal to this folder. One pass over the structure of the text, guided by the trie of names:
// what no rule names is only checked against the grammar. Everything stays in memory that the next
// event uses again.
//
// Facts kept here (pattern/README.md): of duplicate keys the last counts; a key with dots reaches
// what whole names spell between the dots; elements of an array are told apart, because several
// fields of one pattern under one array must be satisfied by one element.
#pragma once

#include <memory>
#include <vector>

#include "pattern/envelope.h"
#include "pattern/matcher_index.h"
#include "pattern/matcher_text.h"

namespace riposte::pattern::matcher {

/// Memory by blocks that never move, all given back at once.
class Arena {
 public:
  char* Take(size_t bytes);
  void Reset() { block_ = used_ = 0; }
  [[nodiscard]] size_t bytes() const;

 private:
  struct Block {
    std::unique_ptr<char[]> data;
    size_t size = 0;
  };
  std::vector<Block> blocks_;
  size_t block_ = 0;
  size_t used_ = 0;
};

using ScopeId = uint32_t;  ///< 0 is the event itself.
inline constexpr uint32_t kNoLeaf = 0xFFFF'FFFFU;

struct Leaf {
  LeafView view;
  ScopeId scope = 0;
  uint32_t next = kNoLeaf;  ///< Of the same node.
};

/// One element of an array below which several clauses of a combination stand. Arrays and elements
/// are known by where they begin.
struct ScopeOf {
  ScopeId parent = 0;
  ScopeId first = 0;  ///< The scope of the array's first element: one number for the array.
  NodeId node = 0;    ///< Where in the trie the array stands.
  uint32_t array_at = 0;
  uint32_t element_at = 0;
  bool alone = false;  ///< The only element: as if there were no array.
};

class Search;  // matcher_search.h; takes the leaves of named fields as they come.

class Extract {
 public:
  explicit Extract(Search& search) : search_(search) {}

  /// False when the text is not a JSON object, whole and well-formed.
  [[nodiscard]] bool Read(const Index& index, std::string_view text);
  /// The same for the detail of an event whose other members are given.
  [[nodiscard]] bool Read(const Index& index, const Envelope& envelope, std::string_view detail);

  /// Some leaf is there, kept or not.
  [[nodiscard]] bool has_leaf(NodeId node) const { return nodes_[node].epoch == epoch_; }
  /// Leaves are kept for fields with conditions that may have to be tested later.
  [[nodiscard]] const std::vector<Leaf>& leaves() const { return leaves_; }
  [[nodiscard]] uint32_t first_leaf(NodeId node) const {
    const NodeState& state = nodes_[node];
    return state.epoch == epoch_ ? state.first : kNoLeaf;
  }
  [[nodiscard]] const std::vector<ScopeOf>& scopes() const { return scopes_; }
  /// The innermost array element around it that has siblings, itself included; 0 for none.
  [[nodiscard]] ScopeId Effective(ScopeId scope) const { return effective_[scope]; }
  /// Some array on a named path has several elements.
  [[nodiscard]] bool has_arrays() const { return has_arrays_; }
  [[nodiscard]] bool is_array(NodeId node) const { return nodes_[node].array_epoch == epoch_; }
  /// Some key reached a field over a dot: a field may have several places in one element.
  [[nodiscard]] bool has_spellings() const { return has_spellings_; }
  [[nodiscard]] size_t bytes() const;

 private:
  struct NodeState {
    uint32_t epoch = 0;
    uint32_t first = 0;
    uint32_t array_epoch = 0;
    uint32_t frame = 0;  ///< The object that was last seen to name it, and where.
    uint32_t frame_at = 0;
  };
  struct Spelling {
    uint32_t frame;
    NodeId node;
    uint32_t at;
    auto operator<=>(const Spelling&) const = default;
  };

  void Begin(const Index& index);
  [[nodiscard]] bool ReadTwiceIfNeeded(const Envelope* envelope);
  [[nodiscard]] bool ReadOnce(const Envelope* envelope);
  void AddEnvelope(const Envelope& envelope);
  void AddText(NodeId node, const Field& field, ScopeId scope, std::string_view text);
  void Add(NodeId node, const Field& field, ScopeId scope, const LeafView& view);
  NodeState& Touch(NodeId node);
  void Finish();

  // All take the position of their first structure index, and return that after their last, or
  // nullptr for what breaks the grammar.
  const uint32_t* Skip(const uint32_t* at, size_t depth);
  const uint32_t* Walk(const uint32_t* at, NodeId node, ScopeId scope, size_t depth);
  const uint32_t* WalkObject(const uint32_t* at, NodeId node, ScopeId scope, size_t depth);
  const uint32_t* WalkArray(const uint32_t* at, NodeId node, ScopeId scope, size_t depth);
  // These take the position of the key.
  const uint32_t* WalkMember(const uint32_t* key, NodeId node, const Field& field, ScopeId scope,
                             uint32_t frame, size_t depth);
  const uint32_t* WalkNamed(const uint32_t* key, NodeId child, ScopeId scope, uint32_t frame,
                            size_t depth);
  const uint32_t* WalkOddMember(const uint32_t* key, NodeId node, ScopeId scope, uint32_t frame,
                                size_t depth);
  [[nodiscard]] uint64_t FirstWord(std::string_view name) const;
  [[nodiscard]] bool AddLiteral(const uint32_t* at, NodeId node, const Field& field, ScopeId scope);
  [[nodiscard]] bool AddString(const uint32_t* at, NodeId node, const Field& field, ScopeId scope);
  [[nodiscard]] bool AddNumber(const uint32_t* at, NodeId node, const Field& field, ScopeId scope);
  void FindSpelled(NodeId node, std::string_view key, size_t depth);

  Search& search_;
  JsonText json_;
  const Index* index_ = nullptr;
  uint32_t epoch_ = 0;
  uint32_t frames_ = 0;
  std::vector<Leaf> leaves_;
  std::vector<NodeState> nodes_;
  std::vector<ScopeOf> scopes_;
  std::vector<ScopeId> effective_;
  std::vector<Spelling> spellings_;
  std::vector<NodeId> spelled_;    ///< A stack of what FindSpelled found.
  std::vector<uint32_t> ignored_;  ///< Keys that a later duplicate overrules, ascending.
  Arena arena_;
  bool has_arrays_ = false;
  bool has_spellings_ = false;
};

}  // namespace riposte::pattern::matcher
