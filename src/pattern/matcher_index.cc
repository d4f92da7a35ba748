#include "pattern/matcher_index.h"

#include <algorithm>

namespace riposte::pattern::matcher {
namespace {

void Count(FieldTests::Lengths& lengths, size_t length) {
  const auto narrow = static_cast<uint32_t>(length);
  const auto it = std::ranges::lower_bound(lengths, narrow, {}, &FieldTests::Length::length);
  if (it != lengths.end() && it->length == narrow) {
    ++it->count;
  } else {
    lengths.insert(it, {narrow, 1});
  }
}

void Uncount(FieldTests::Lengths& lengths, size_t length) {
  const auto it = std::ranges::lower_bound(lengths, static_cast<uint32_t>(length), {},
                                           &FieldTests::Length::length);
  if (--it->count == 0) lengths.erase(it);
}

size_t MaskOf(const Atom& atom) {
  const Cidr block = Cidr::FromKey(atom.bytes.view());
  return block.bits() + (block.v6() ? 256 : 0);
}

template <class T>
void SwapOut(std::vector<T>& list, T value) {
  const auto it = std::ranges::find(list, value);
  *it = list.back();
  list.pop_back();
}

}  // namespace

void HungList::Add(CombinationId id) {
  if (many_) {
    many_->push_back(id);
  } else if (one_ == 0) {
    one_ = id;
  } else {
    many_ = std::make_unique<std::vector<CombinationId>>(std::initializer_list{one_, id});
    one_ = 0;
  }
}

void HungList::Remove(CombinationId id) {
  if (!many_) {
    one_ = 0;
    return;
  }
  // The youngest are the likeliest to go again.
  const auto it = std::find(many_->rbegin(), many_->rend(), id);
  *it = many_->back();
  many_->pop_back();
  if (many_->empty()) many_.reset();
}

template <class F>
void GramIndex::EachGram(std::string_view wildcard, F f) {
  constexpr size_t kEnough = 64;
  size_t seen = 0;
  for (const std::string_view piece : WildcardPieces(wildcard)) {
    if (piece.empty()) continue;
    const size_t width = std::min<size_t>(std::bit_width(piece.size()) - 1, kWidths - 1);
    const size_t bytes = size_t{1} << width;
    for (size_t at = 0; at + bytes <= piece.size() && seen < kEnough; ++at, ++seen) {
      if (f(width, LoadPart(piece.data() + at, bytes))) return;
    }
  }
}

void GramIndex::CountGrams(std::string_view wildcard, int by) {
  EachGram(wildcard, [&](size_t, uint64_t gram) {
    CountOf(gram) += static_cast<uint32_t>(by);
    return false;
  });
}

void GramIndex::Add(const Records& records, AtomId atom) {
  const std::string_view wildcard = records.atoms[atom].bytes.view();
  ++atoms_;
  if (atoms_ >= 16 && std::has_single_bit(atoms_)) {
    Place(atom, wildcard);
    return PlaceAllAgain(records);
  }
  if (counts_.empty()) counts_.resize(256);
  CountGrams(wildcard, 1);
  Place(atom, wildcard);
}

// What is rare is known better now than when the first ones came.
void GramIndex::PlaceAllAgain(const Records& records) {
  std::vector<AtomId> atoms = std::move(anywhere_);
  for (const Bucket& bucket : buckets_) {
    atoms.insert(atoms.end(), bucket.atoms.begin(), bucket.atoms.end());
  }
  anywhere_.clear();
  buckets_.clear();
  free_.clear();
  for (Width& own : widths_) own = {};
  counts_.assign(std::max<size_t>(256, std::bit_ceil(atoms_) * 8), 0);
  for (const AtomId atom : atoms) CountGrams(records.atoms[atom].bytes.view(), 1);
  for (const AtomId atom : atoms) Place(atom, records.atoms[atom].bytes.view());
}

void GramIndex::Place(AtomId atom, std::string_view wildcard) {
  // Of a short gram a text has more: the wider the better.
  constexpr size_t kPenalty[kWidths] = {4096, 256, 2, 0};
  size_t best_cost = SIZE_MAX;
  size_t best_width = 0;
  uint64_t best_gram = 0;
  EachGram(wildcard, [&](size_t width, uint64_t gram) {
    const size_t cost = kPenalty[width] + CountOf(gram);
    if (cost < best_cost) {
      best_width = width;
      best_gram = gram;
      best_cost = cost;
    }
    return false;
  });
  if (best_cost == SIZE_MAX) {
    anywhere_.push_back(atom);
    return;
  }
  uint32_t bucket = FindBucket(best_width, best_gram);
  if (bucket == 0) {
    if (free_.empty()) {
      buckets_.emplace_back();
      bucket = static_cast<uint32_t>(buckets_.size());
    } else {
      bucket = free_.back();
      free_.pop_back();
    }
    buckets_[bucket - 1].gram = best_gram;
    widths_[best_width].table.Insert(HashGram(best_gram), bucket);
    SetFilter(best_width, best_gram);
  }
  buckets_[bucket - 1].atoms.push_back(atom);
}

void GramIndex::Remove(const Records& records, AtomId atom) {
  const std::string_view wildcard = records.atoms[atom].bytes.view();
  --atoms_;
  CountGrams(wildcard, -1);
  bool removed = false;
  EachGram(wildcard, [&](size_t width, uint64_t gram) {
    const uint32_t bucket = FindBucket(width, gram);
    if (bucket == 0) return false;
    std::vector<AtomId>& atoms = buckets_[bucket - 1].atoms;
    if (std::ranges::find(atoms, atom) == atoms.end()) return false;
    SwapOut(atoms, atom);
    if (atoms.empty()) {
      widths_[width].table.Erase(HashGram(gram), bucket);
      buckets_[bucket - 1] = {};
      free_.push_back(bucket);
    }
    return removed = true;
  });
  if (!removed) SwapOut(anywhere_, atom);
}

void GramIndex::SetFilter(size_t width, uint64_t gram) {
  Width& own = widths_[width];
  // Sixteen bits a gram: one false alarm in sixteen bytes.
  if (own.table.size() * 16 > own.filter.size() * 64) return RebuildFilter(width);
  const uint64_t bit = (gram * kSpread) >> own.shift;
  own.filter[bit >> 6] |= uint64_t{1} << (bit & 63);
}

void GramIndex::RebuildFilter(size_t width) {
  Width& own = widths_[width];
  const size_t bits = std::bit_ceil(std::max<size_t>(own.table.size() * 32, 512));
  own.filter.assign(bits / 64, 0);
  own.shift = 64 - std::countr_zero(bits);
  own.table.Each([&](uint32_t id) {
    const uint64_t bit = (buckets_[id - 1].gram * kSpread) >> own.shift;
    own.filter[bit >> 6] |= uint64_t{1} << (bit & 63);
  });
}

size_t GramIndex::bytes() const {
  size_t bytes = buckets_.capacity() * sizeof(Bucket) + counts_.capacity() * 4 +
                 free_.capacity() * sizeof(uint32_t) + anywhere_.capacity() * sizeof(AtomId);
  for (const Bucket& bucket : buckets_) bytes += bucket.atoms.capacity() * sizeof(AtomId);
  for (const Width& own : widths_) bytes += own.table.bytes() + own.filter.capacity() * 8;
  return bytes;
}

void RangeIndex::Add(AtomId atom, const Range& range) {
  // The last chunk that begins at or below, or the first.
  auto chunk = std::ranges::upper_bound(chunks_, range.low, {},
                                        [](const Chunk& c) { return c.entries.front().range.low; });
  if (chunk != chunks_.begin()) --chunk;
  if (chunk == chunks_.end()) chunk = chunks_.insert(chunk, {range.high, {}});
  auto& entries = chunk->entries;
  entries.insert(
      std::ranges::upper_bound(entries, range.low, {}, [](const Entry& e) { return e.range.low; }),
      {range, atom});
  chunk->high = std::max(chunk->high, range.high);
  if (entries.size() <= kChunk) return;
  Chunk second;
  second.entries.assign(entries.begin() + kChunk / 2, entries.end());
  entries.resize(kChunk / 2);
  for (Chunk* half : {&*chunk, &second}) {
    half->high = half->entries.front().range.high;
    for (const Entry& entry : half->entries) half->high = std::max(half->high, entry.range.high);
  }
  chunks_.insert(chunk + 1, std::move(second));
}

void RangeIndex::Remove(AtomId atom, const Range& range) {
  // Equal low ends may stand in several chunks; all but the last of those end in that low end.
  auto chunk = std::ranges::lower_bound(chunks_, range.low, {},
                                        [](const Chunk& c) { return c.entries.back().range.low; });
  for (; chunk != chunks_.end(); ++chunk) {
    const auto it = std::ranges::find(chunk->entries, atom, &Entry::atom);
    if (it == chunk->entries.end()) continue;
    chunk->entries.erase(it);
    if (chunk->entries.empty()) chunks_.erase(chunk);
    return;
  }
}

size_t RangeIndex::bytes() const {
  size_t bytes = chunks_.capacity() * sizeof(Chunk);
  for (const Chunk& chunk : chunks_) bytes += chunk.entries.capacity() * sizeof(Entry);
  return bytes;
}

FieldTests::Lengths* FieldTests::Of(AtomKind kind) {
  switch (kind) {
    case AtomKind::kPrefix:
      return &prefixes;
    case AtomKind::kPrefixFold:
      return &prefixes_fold;
    case AtomKind::kSuffix:
      return &suffixes;
    case AtomKind::kSuffixFold:
      return &suffixes_fold;
    case AtomKind::kCidr:
      return &masks;
    default:
      return nullptr;
  }
}

size_t FieldTests::bytes() const {
  size_t bytes = sizeof(*this) + wildcards.bytes() + ranges.bytes();
  for (const Lengths* lengths : {&prefixes, &prefixes_fold, &suffixes, &suffixes_fold, &masks}) {
    bytes += lengths->capacity() * sizeof(Length);
  }
  return bytes + (hung_wildcards.capacity() + hung_buts.capacity()) * sizeof(AtomId) +
         numbers.capacity() * sizeof(OnNumber);
}

FieldTests& Index::TestsOf(NodeId node) {
  if (!fields_[node].tests) fields_[node].tests = std::make_unique<FieldTests>();
  return *fields_[node].tests;
}

void Index::AddNode(NodeId id) {
  if (fields_.size() <= id) fields_.resize(id + 1);
  const Node& node = records_.nodes[id];
  if (node.parent == 0) return;
  const std::string_view name = node.name.view();
  Field& parent = fields_[node.parent];
  if (++parent.children == 1 && node.parent != kRoot) {
    ++fields_[records_.nodes[node.parent].parent].parents;
  }
  parent.child_lengths |= uint64_t{1} << std::min<size_t>(name.size(), 63);
  const uint64_t word = LoadPart(name.data(), std::min<size_t>(name.size(), 8));
  parent.child_firsts |= uint64_t{1} << (word & 63);
  if (name.find('.') != std::string_view::npos) ++dotted_names_;
  if (parent.children <= Field::kFewChildren) {
    parent.few.push_back({word, static_cast<uint32_t>(name.size()), id});
  }
  children_.Insert(HashOf(name, node.parent), id);
}

void Index::RemoveNode(NodeId id) {
  const Node& node = records_.nodes[id];
  Field& parent = fields_[node.parent];
  if (--parent.children == 0) {
    parent.child_lengths = parent.child_firsts = 0;
    if (node.parent != kRoot) --fields_[records_.nodes[node.parent].parent].parents;
  }
  if (node.name.view().find('.') != std::string_view::npos) --dotted_names_;
  children_.Erase(HashOf(node.name.view(), node.parent), id);
  fields_[id] = {};
  if (parent.children > Field::kFewChildren) return;
  // Few again, or fewer: those that are left.
  std::erase_if(parent.few, [&](const Field::Child& child) { return child.id == id; });
  if (parent.few.size() == parent.children) return;
  parent.few.clear();
  children_.Each([&](uint32_t other) {
    const Node& child = records_.nodes[other];
    if (child.parent != node.parent) return;
    const std::string_view name = child.name.view();
    parent.few.push_back({LoadPart(name.data(), std::min<size_t>(name.size(), 8)),
                          static_cast<uint32_t>(name.size()), other});
  });
}

void Index::AddAtom(AtomId id) {
  const Atom& atom = records_.atoms[id];
  Field& field = fields_[atom.node];
  ++field.atoms;
  field.kinds |= 1U << static_cast<unsigned>(atom.kind);
  if (NeedsNumber(atom.kind, atom.bytes.view())) field.kinds |= Field::kNeedsNumber;
  if (NeedsFolding(atom.kind, atom.bytes.view())) field.kinds |= Field::kNeedsFolding;
  atoms_.Insert(HashAtom(atom.node, atom.kind, atom.bytes.view()), id);
  if (hung_.size() <= id) hung_.resize(id + 1);
  if (1U << static_cast<unsigned>(atom.kind) & Field::kTested) ++field.unhung_tests;
  if (atom.kind == AtomKind::kExists) TestsOf(atom.node).exists = id;
  if (atom.kind == AtomKind::kNumber || atom.kind == AtomKind::kRange) AddNumber(atom, id);
  if (atom.kind == AtomKind::kCidr) {
    Count(TestsOf(atom.node).masks, MaskOf(atom));
  } else if (atom.kind >= AtomKind::kPrefix && atom.kind <= AtomKind::kSuffixFold) {
    Count(*TestsOf(atom.node).Of(atom.kind), atom.bytes.view().size());
  }
}

void Index::RemoveAtom(AtomId id) {
  const Atom& atom = records_.atoms[id];
  Field& field = fields_[atom.node];
  atoms_.Erase(HashAtom(atom.node, atom.kind, atom.bytes.view()), id);
  if (1U << static_cast<unsigned>(atom.kind) & Field::kTested) --field.unhung_tests;
  if (field.tests) {
    if (atom.kind == AtomKind::kExists) field.tests->exists = 0;
    if (atom.kind == AtomKind::kNumber || atom.kind == AtomKind::kRange) RemoveNumber(atom, id);
    if (atom.kind == AtomKind::kCidr) {
      Uncount(field.tests->masks, MaskOf(atom));
    } else if (FieldTests::Lengths* lengths = field.tests->Of(atom.kind)) {
      Uncount(*lengths, atom.bytes.view().size());
    }
  }
  if (--field.atoms == 0) {
    field.kinds = 0;
    field.tests.reset();
  }
}

void Index::AddNumber(const Atom& atom, AtomId id) {
  FieldTests& tests = TestsOf(atom.node);
  const bool few = tests.few_numbers();
  if (++tests.number_atoms > FieldTests::kFewNumbers) {
    tests.numbers = {};
  } else if (few) {
    const std::string_view bytes = atom.bytes.view();
    const double number = DecodeNumber(bytes);
    tests.numbers.push_back(
        {atom.kind == AtomKind::kRange ? DecodeRange(bytes) : Range{number, number, false, false},
         id});
  }
}

void Index::RemoveNumber(const Atom& atom, AtomId id) {
  FieldTests& tests = *fields_[atom.node].tests;
  --tests.number_atoms;
  std::erase_if(tests.numbers, [&](const FieldTests::OnNumber& own) { return own.atom == id; });
}

void Index::AddAbsence(NodeId id) {
  ++fields_[id].clauses;
}

void Index::RemoveAbsence(NodeId id) {
  --fields_[id].clauses;
}

void Index::SetHungTest(const Atom& atom, AtomId id, bool hung) {
  if (1U << static_cast<unsigned>(atom.kind) & Field::kTested) {
    hung ? --fields_[atom.node].unhung_tests : ++fields_[atom.node].unhung_tests;
  }
  const std::string_view bytes = atom.bytes.view();
  switch (atom.kind) {
    case AtomKind::kWildcard: {
      FieldTests& tests = TestsOf(atom.node);
      if (hung) {
        tests.hung_wildcards.push_back(id);
        tests.wildcards.Add(records_, id);
      } else {
        SwapOut(tests.hung_wildcards, id);
        tests.wildcards.Remove(records_, id);
      }
      return;
    }
    case AtomKind::kRange: {
      RangeIndex& ranges = TestsOf(atom.node).ranges;
      hung ? ranges.Add(id, DecodeRange(bytes)) : ranges.Remove(id, DecodeRange(bytes));
      return;
    }
    case AtomKind::kBut: {
      auto& buts = TestsOf(atom.node).hung_buts;
      hung ? buts.push_back(id) : SwapOut(buts, id);
      return;
    }
    default:
      return;
  }
}

void Index::NoteCombination(CombinationId id) {
  combination_end_ = std::max<size_t>(combination_end_, id + 1);
  rule_end_ = std::max<size_t>(rule_end_, records_.combinations[id].rule + 1);
}

void Index::Hang(AtomId atom, CombinationId combination) {
  NoteCombination(combination);
  if (hung_[atom].size() == 0) SetHungTest(records_.atoms[atom], atom, true);
  hung_[atom].Add(HungFor(combination));
}

void Index::Unhang(AtomId atom, CombinationId combination) {
  hung_[atom].Remove(HungFor(combination));
  if (hung_[atom].size() == 0) SetHungTest(records_.atoms[atom], atom, false);
}

void Index::HangAlways(CombinationId combination) {
  NoteCombination(combination);
  always_.push_back(combination);
}

void Index::UnhangAlways(CombinationId combination) {
  SwapOut(always_, combination);
}

size_t Index::bytes() const {
  size_t bytes = children_.bytes() + atoms_.bytes() + fields_.capacity() * sizeof(Field) +
                 hung_.capacity() * sizeof(HungList) + always_.capacity() * sizeof(CombinationId);
  for (const Field& field : fields_) {
    bytes += field.few.capacity() * sizeof(Field::Child);
    bytes += field.tests ? field.tests->bytes() : 0;
  }
  for (const HungList& list : hung_) bytes += list.bytes();
  return bytes;
}

}  // namespace riposte::pattern::matcher
