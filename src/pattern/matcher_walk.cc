#include "pattern/matcher_walk.h"

#include <algorithm>

#include "json/json.h"
#include "pattern/matcher_search.h"

namespace riposte::pattern::matcher {
namespace {

bool HasDot(std::string_view name) {
  const char* at = name.data();
  for (size_t left = name.size(); left > 0;) {
    const size_t part = std::min<size_t>(left, 8);
    const uint64_t dots = LoadPart(at, part) ^ 0x2E2E2E2E2E2E2E2EU;
    if (((dots - 0x0101010101010101U) & ~dots & 0x8080808080808080U) != 0) return true;
    at += part;
    left -= part;
  }
  return false;
}

}  // namespace

char* Arena::Take(size_t bytes) {
  while (block_ < blocks_.size() && blocks_[block_].size - used_ < bytes) {
    ++block_;
    used_ = 0;
  }
  if (block_ == blocks_.size()) {
    const size_t size = std::max<size_t>(bytes, 4096);
    blocks_.push_back({std::make_unique<char[]>(size), size});
  }
  char* out = blocks_[block_].data.get() + used_;
  used_ += bytes;
  return out;
}

size_t Arena::bytes() const {
  size_t bytes = 0;
  for (const Block& block : blocks_) bytes += block.size;
  return bytes;
}

void Extract::Begin(const Index& index) {
  index_ = &index;
  const size_t nodes = index.node_end();
  if (nodes_.size() < nodes) nodes_.resize(nodes);
  if (++epoch_ == 0 || frames_ > 0xF000'0000U) {  // Once in 2^32 events.
    std::ranges::fill(nodes_, NodeState());
    epoch_ = 1;
    frames_ = 0;
  }
  leaves_.clear();
  scopes_.assign(1, {});
  arena_.Reset();
  spellings_.clear();
  has_arrays_ = has_spellings_ = false;
  search_.Begin(index);
}

bool Extract::Read(const Index& index, std::string_view text) {
  index_ = &index;
  return json_.Index(text) && ReadTwiceIfNeeded(nullptr);
}

bool Extract::Read(const Index& index, const Envelope& envelope, std::string_view detail) {
  index_ = &index;
  return json_.Index(detail) && ReadTwiceIfNeeded(&envelope);
}

bool Extract::ReadTwiceIfNeeded(const Envelope* envelope) {
  ignored_.clear();
  search_.GrantBudget();
  if (!ReadOnce(envelope)) return false;
  // Keys that were spelled over a dot: here too the last of the same spelling counts.
  std::ranges::sort(spellings_);
  for (size_t i = 1; i < spellings_.size(); ++i) {
    const Spelling& earlier = spellings_[i - 1];
    if (earlier.frame == spellings_[i].frame && earlier.node == spellings_[i].node) {
      ignored_.push_back(earlier.at);
    }
  }
  if (!ignored_.empty()) {
    std::ranges::sort(ignored_);
    if (!ReadOnce(envelope)) return false;
  }
  Finish();
  return true;
}

[[gnu::always_inline]] inline const uint32_t* Extract::Walk(const uint32_t* at, NodeId node,
                                                            ScopeId scope, size_t depth) {
  if (search_.exhausted()) return Skip(at, depth);
  const Field& field = index_->field(node);
  const char first = json_.text()[*at];
  if (first == '{') {
    return field.children > 0 ? WalkObject(at, node, scope, depth + 1) : Skip(at, depth);
  }
  if (first == '[') return WalkArray(at, node, scope, depth + 1);
  if (!field.wants_leaves()) return Skip(at, depth);
  const bool good = first == '"'   ? AddString(at, node, field, scope)
                    : first <= '9' ? AddNumber(at, node, field, scope)
                                   : AddLiteral(at, node, field, scope);
  return good ? at + 1 : nullptr;
}

bool Extract::ReadOnce(const Envelope* envelope) {
  Begin(*index_);
  NodeId node = kRoot;
  if (envelope) {
    AddEnvelope(*envelope);
    node = index_->FindChild(kRoot, "detail");
  }
  const uint32_t* at = json_.structure();
  at = node == 0 ? Skip(at, 0) : Walk(at, node, 0, 0);
  return at == json_.structure() + json_.count();
}

void Extract::AddEnvelope(const Envelope& envelope) {
  const auto add = [&](std::string_view name, std::string_view text) {
    const NodeId node =
        index_->FindChild(kRoot, name, LoadPart(name.data(), std::min<size_t>(name.size(), 8)));
    if (node == 0) return;
    const Field& field = index_->field(node);
    if (field.wants_leaves()) AddText(node, field, 0, text);
  };
  add("version", "0");
  add("id", envelope.id);
  add("detail-type", envelope.detail_type);
  add("source", envelope.source);
  add("account", envelope.account);
  add("time", envelope.time);
  add("region", envelope.region);
  if (!envelope.replay_name.empty()) add("replay-name", envelope.replay_name);
  const NodeId node = index_->FindChild(kRoot, "resources");
  if (node == 0) return;
  const Field& field = index_->field(node);
  if (!field.wants_leaves()) return;
  if (field.pairs == 0) {
    for (const std::string& resource : envelope.resources) AddText(node, field, 0, resource);
    return;
  }
  const auto first = static_cast<ScopeId>(scopes_.size());
  // Offsets that no array in the text has.
  constexpr uint32_t kBeyond = 0xFFFF'0000U;
  for (const std::string& resource : envelope.resources) {
    const auto scope = static_cast<ScopeId>(scopes_.size());
    scopes_.push_back({0, first, node, kBeyond, scope, envelope.resources.size() == 1});
    AddText(node, field, scope, resource);
  }
  if (envelope.resources.size() > 1) {
    has_arrays_ = true;
    nodes_[node].array_epoch = epoch_;
  }
}

void Extract::AddText(NodeId node, const Field& field, ScopeId scope, std::string_view text) {
  LeafView view;
  view.kind = LeafKind::kText;
  view.text = text;
  if (field.kinds & Field::kNeedsFolding) {
    char* folded = arena_.Take(text.size());
    FoldCaseInto(text, folded);
    view.folded = {folded, text.size()};
  }
  Add(node, field, scope, view);
}

/// The event has a leaf of this field.
inline Extract::NodeState& Extract::Touch(NodeId node) {
  NodeState& state = nodes_[node];
  if (state.epoch != epoch_) {
    state.epoch = epoch_;
    state.first = kNoLeaf;
  }
  return state;
}

void Extract::Add(NodeId node, const Field& field, ScopeId scope, const LeafView& view) {
  NodeState& state = Touch(node);
  // What every leaf is asked as it comes need not be asked again, but for its place in an array.
  if (field.unhung_tests > 0 || (scope != 0 && (field.kinds & Field::kTested))) {
    leaves_.push_back({view, scope, state.first});
    state.first = static_cast<uint32_t>(leaves_.size() - 1);
  }
  search_.OnLeaf(node, field, scope, view);
}

void Extract::Finish() {
  effective_.resize(scopes_.size());
  effective_[0] = 0;
  for (size_t i = 1; i < scopes_.size(); ++i) {
    const ScopeOf& scope = scopes_[i];
    effective_[i] = scope.alone ? effective_[scope.parent] : static_cast<ScopeId>(i);
  }
}

const uint32_t* Extract::Skip(const uint32_t* at, size_t depth) {
  const char* const text = json_.text();
  const bool escapes = json_.has_escapes();
  const auto string_is_good = [&](const uint32_t* quote) {
    return !escapes || CheckEscapes(json_.StringAt(quote[0], quote[1]));
  };
  uint64_t objects = 0;  // Bit n: the container n levels out is an object.
  size_t open = 0;
  static_assert(json::kMaxDepth <= 64);

value:
  switch (text[*at]) {
    case '"':
      if (!string_is_good(at)) return nullptr;
      ++at;
      break;
    case '{':
      if (depth + ++open > json::kMaxDepth) return nullptr;
      objects = objects << 1 | 1;
      ++at;
      if (text[*at] == '"') goto key;
      if (text[*at] != '}') return nullptr;
      ++at;
      goto close;
    case '[':
      if (depth + ++open > json::kMaxDepth) return nullptr;
      objects <<= 1;
      ++at;
      if (text[*at] != ']') goto value;
      ++at;
      goto close;
    default:
      if (!json_.CheckScalar(at[0], at[1])) return nullptr;
      ++at;
  }
next:
  if (open == 0) return at;
  if (objects & 1) {
    if (text[*at] == ',') {
      ++at;
      if (text[*at] != '"') return nullptr;
      goto key;
    }
    if (text[*at] != '}') return nullptr;
    ++at;
    goto close;
  }
  if (text[*at] == ',') {
    ++at;
    goto value;
  }
  if (text[*at] != ']') return nullptr;
  ++at;
close:
  objects >>= 1;
  --open;
  goto next;
key:
  if (!string_is_good(at)) return nullptr;
  ++at;
  if (text[*at] != ':') return nullptr;
  ++at;
  goto value;
}

bool Extract::AddLiteral(const uint32_t* at, NodeId node, const Field& field, ScopeId scope) {
  if (!json_.CheckScalar(at[0], at[1])) return false;
  LeafView view;
  switch (json_.text()[*at]) {
    case 't':
      view.kind = LeafKind::kTrue;
      break;
    case 'f':
      view.kind = LeafKind::kFalse;
      break;
    default:
      view.kind = LeafKind::kNull;
  }
  Add(node, field, scope, view);
  return true;
}

bool Extract::AddString(const uint32_t* at, NodeId node, const Field& field, ScopeId scope) {
  std::string_view content = json_.StringAt(at[0], at[1]);
  if (json_.has_escapes() && content.find('\\') != std::string_view::npos) {
    char* plain = arena_.Take(content.size());
    const char* end = Unescape(content, plain);
    if (!end) return false;
    content = {plain, static_cast<size_t>(end - plain)};
  }
  AddText(node, field, scope, content);
  return true;
}

bool Extract::AddNumber(const uint32_t* at, NodeId node, const Field& field, ScopeId scope) {
  double number = 0;
  if ((field.kinds & Field::kNeedsNumber) == 0) {
    if (!json_.CheckScalar(at[0], at[1])) return false;
  } else if (!json_.ReadNumber(at[0], at[1], number)) {
    return false;
  }
  if (scope == 0 && field.asks_numbers_alone()) {
    Touch(node);
    search_.OnNumber(*field.tests, number);
  } else {
    LeafView view;
    view.kind = LeafKind::kNumber;
    view.number = number;
    Add(node, field, scope, view);
  }
  return true;
}

const uint32_t* Extract::WalkArray(const uint32_t* at, NodeId node, ScopeId scope, size_t depth) {
  if (depth > json::kMaxDepth) return nullptr;
  const char* const text = json_.text();
  const uint32_t array_at = *at++;
  if (text[*at] == ']') return at + 1;
  // Where no two clauses of one combination can meet, the elements need not be told apart.
  if (index_->field(node).pairs == 0 && !index_->has_dotted_names()) {
    while (true) {
      at = Walk(at, node, scope, depth);
      if (!at) return nullptr;
      const char after = text[*at++];
      if (after == ']') return at;
      if (after != ',') return nullptr;
    }
  }
  const auto first = static_cast<ScopeId>(scopes_.size());
  for (bool alone = true;; alone = false) {
    const auto element = static_cast<ScopeId>(scopes_.size());
    scopes_.push_back({scope, first, node, array_at, *at, false});
    at = Walk(at, node, element, depth);
    if (!at) return nullptr;
    const char after = text[*at++];
    if (after == ',') continue;
    if (after != ']') return nullptr;
    if (alone) {
      scopes_[first].alone = true;
    } else {
      has_arrays_ = true;
      nodes_[node].array_epoch = epoch_;
    }
    return at;
  }
}

[[gnu::always_inline]] inline const uint32_t* Extract::WalkNamed(const uint32_t* key, NodeId child,
                                                                 ScopeId scope, uint32_t frame,
                                                                 size_t depth) {
  if (!ignored_.empty() && std::ranges::binary_search(ignored_, *key)) return Skip(key + 2, depth);
  NodeState& state = nodes_[child];
  if (state.frame == frame) ignored_.push_back(state.frame_at);
  state.frame = frame;
  state.frame_at = *key;
  return Walk(key + 2, child, scope, depth);
}

inline uint64_t Extract::FirstWord(std::string_view name) const {
  if (name.data() + 8 > json_.text() + json_.size()) {
    return LoadPart(name.data(), std::min<size_t>(name.size(), 8));
  }
  uint64_t word = 0;
  std::memcpy(&word, name.data(), 8);
  return name.size() >= 8 ? word : word & ((uint64_t{1} << (8 * name.size())) - 1);
}

[[gnu::always_inline]] inline const uint32_t* Extract::WalkMember(const uint32_t* key, NodeId node,
                                                                  const Field& field, ScopeId scope,
                                                                  uint32_t frame, size_t depth) {
  const std::string_view name = json_.StringAt(key[0], key[1]);
  // A dot matters only where it may stand between two names.
  if (json_.has_escapes() || (field.parents > 0 && HasDot(name))) {
    return WalkOddMember(key, node, scope, frame, depth);
  }
  const NodeId child = index_->FindChild(field, node, name, FirstWord(name));
  return child != 0 ? WalkNamed(key, child, scope, frame, depth) : Skip(key + 2, depth);
}

const uint32_t* Extract::WalkObject(const uint32_t* at, NodeId node, ScopeId scope, size_t depth) {
  if (depth > json::kMaxDepth) return nullptr;
  const char* const text = json_.text();
  const Field& field = index_->field(node);
  const bool escapes = json_.has_escapes();
  const uint32_t frame = ++frames_;
  ++at;
  if (text[*at] == '}') return at + 1;
  while (true) {
    if (text[*at] != '"' || text[at[1]] != ':') return nullptr;
    // Most names are nobody's, as their first byte says; spelled over dots they begin no other way.
    if (escapes || field.MayHaveChild(text[*at + 1])) {
      at = WalkMember(at, node, field, scope, frame, depth);
    } else {
      at = text[at[2]] == '"' ? at + 3 : Skip(at + 2, depth);
    }
    if (!at) return nullptr;
    const char after = text[*at++];
    if (after == '}') return at;
    if (after != ',') return nullptr;
  }
}

/// A key with escapes, or with dots, which may spell a path of several names, and more than one.
const uint32_t* Extract::WalkOddMember(const uint32_t* key, NodeId node, ScopeId scope,
                                       uint32_t frame, size_t depth) {
  std::string_view name = json_.StringAt(key[0], key[1]);
  if (json_.has_escapes() && name.find('\\') != std::string_view::npos) {
    char* plain = arena_.Take(name.size());
    const char* end = Unescape(name, plain);
    if (!end) return nullptr;
    name = {plain, static_cast<size_t>(end - plain)};
  }
  if (!ignored_.empty() && std::ranges::binary_search(ignored_, *key)) return Skip(key + 2, depth);
  const uint32_t* after = nullptr;
  const uint64_t word = LoadPart(name.data(), std::min<size_t>(name.size(), 8));
  if (const NodeId child = index_->FindChild(node, name, word); child != 0) {
    after = WalkNamed(key, child, scope, frame, depth);
    if (!after) return nullptr;
  }
  // A key that may spell paths costs as much as some tests.
  constexpr size_t kSteps = 24;
  const size_t mine = spelled_.size();
  if (index_->field(node).parents > 0 && HasDot(name) && search_.Spend(kSteps)) {
    FindSpelled(node, name, 0);
  }
  const size_t found = spelled_.size();
  for (size_t i = mine; i < found; ++i) {
    has_spellings_ = true;
    spellings_.push_back({frame, spelled_[i], *key});
    after = Walk(key + 2, spelled_[i], scope, depth);
    if (!after) break;
  }
  spelled_.resize(mine);
  return after || found > mine ? after : Skip(key + 2, depth);
}

void Extract::FindSpelled(NodeId node, std::string_view key, size_t depth) {
  const Field& field = index_->field(node);
  if (field.children == 0 || !field.MayHaveChild(key.empty() ? '"' : key[0])) return;
  const auto find = [&](std::string_view name) {
    const uint64_t word = LoadPart(name.data(), std::min<size_t>(name.size(), 8));
    return index_->FindChild(field, node, name, word);
  };
  if (depth > 0) {
    const NodeId whole = find(key);
    if (whole != 0) spelled_.push_back(whole);
  }
  if (field.parents == 0) return;  // No child has children that the rest could name.
  for (size_t dot = key.find('.'); dot != std::string_view::npos; dot = key.find('.', dot + 1)) {
    if (!(field.child_lengths >> std::min<size_t>(dot, 63) & 1)) continue;
    const NodeId child = find(key.substr(0, dot));
    if (child != 0) FindSpelled(child, key.substr(dot + 1), depth + 1);
  }
}

size_t Extract::bytes() const {
  return json_.bytes() + leaves_.capacity() * sizeof(Leaf) +
         (spelled_.capacity() + ignored_.capacity() + effective_.capacity()) * 4 +
         nodes_.capacity() * sizeof(NodeState) + scopes_.capacity() * sizeof(ScopeOf) +
         spellings_.capacity() * sizeof(Spelling) + arena_.bytes();
}

}  // namespace riposte::pattern::matcher
