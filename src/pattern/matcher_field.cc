#include "pattern/matcher_field.h"

namespace riposte::pattern::matcher {

std::optional<TextTest> TextTest::Make(AtomKind kind, std::string_view operand) {
  if (kind > AtomKind::kSuffixFold) return std::nullopt;
  TextTest test;
  test.operand = operand;
  test.whole = kind == AtomKind::kExact || kind == AtomKind::kExactFold;
  test.at_end = kind == AtomKind::kSuffix || kind == AtomKind::kSuffixFold;
  test.fold = kind == AtomKind::kExactFold || kind == AtomKind::kPrefixFold ||
              kind == AtomKind::kSuffixFold;
  const TextWords words(operand);
  test.word = test.at_end ? words.last : words.first;
  const size_t spare = 8 * (8 - std::min<size_t>(operand.size(), 8));
  if (!operand.empty()) test.mask = test.at_end ? ~uint64_t{0} << spare : ~uint64_t{0} >> spare;
  return test;
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
  size_t bytes = sizeof(*this) + (wildcards ? sizeof(*wildcards) + wildcards->bytes() : 0) +
                 (ranges ? ranges->bytes() : 0);
  for (const Lengths* lengths : {&prefixes, &prefixes_fold, &suffixes, &suffixes_fold, &masks}) {
    bytes += lengths->capacity() * sizeof(Length);
  }
  return bytes + (hung_wildcards.capacity() + hung_buts.capacity()) * sizeof(AtomId) +
         numbers.capacity() * sizeof(OnNumber) +
         (texts.capacity() + simple_buts.capacity()) * sizeof(TextTest);
}

}  // namespace riposte::pattern::matcher
