// What is asked of one field, arranged so that a value finds what it satisfies.
//
// Internal to this folder. Few conditions are compared one by one, without hashes; of many, those
// on whole values, prefixes, suffixes, numbers and address blocks are in the atom table (see
// matcher_index.h), and this says which lengths and masks to ask it for; ranges and wildcards have
// tables of their own here. Changed only while nobody reads.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "pattern/matcher_records.h"

namespace riposte::pattern::matcher {

/// Takes one out of a list whose order does not matter. REQUIRES: it is there.
template <class T>
void SwapOut(std::vector<T>& list, T value) {
  const auto it = std::ranges::find(list, value);
  *it = list.back();
  list.pop_back();
}

/// A text's first and last bytes, for comparing without calls. The last ones fill the word from its
/// high end.
struct TextWords {
  explicit TextWords(std::string_view own)
      : text(own),
        first(LoadPart(own.data(), std::min<size_t>(own.size(), 8))),
        last(own.size() >= 8 ? LoadPart(own.data() + own.size() - 8, 8)
             : own.empty()   ? 0
                             : first << (8 * (8 - own.size()))) {}
  std::string_view text;
  uint64_t first, last;
};

/// One comparison with a text: whole, its beginning or its end, plain or folded.
struct TextTest {
  /// Nothing for atoms of other kinds.
  [[nodiscard]] static std::optional<TextTest> Make(AtomKind kind, std::string_view operand);

  [[nodiscard]] bool Passes(const TextWords& plain, const TextWords& folded) const {
    const TextWords& words = fold ? folded : plain;
    const size_t size = operand.size();
    if (whole ? words.text.size() != size : words.text.size() < size) return false;
    if ((((at_end ? words.last : words.first) ^ word) & mask) != 0) return false;
    return size <= 8 || std::memcmp(words.text.data() + (at_end ? words.text.size() - size : 0),
                                    operand.data(), size) == 0;
  }

  uint64_t word = 0, mask = 0;
  std::string_view operand;  ///< In the atom's record.
  AtomId atom = 0;
  bool whole = false, at_end = false, fold = false;
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
  Lengths masks;                         ///< Of address blocks; IPv6 ones plus 256.
  std::unique_ptr<GramIndex> wildcards;  ///< Null until there is one.
  std::unique_ptr<RangeIndex> ranges;    ///< Likewise.
  std::vector<AtomId> hung_wildcards;    ///< Asked one by one while they are few.
  std::vector<AtomId> hung_buts;         ///< But for those in simple_buts.
  std::vector<TextTest> simple_buts;     ///< Hung, and excluding one text: all that does not pass.
  AtomId exists = 0;
  /// All atoms on numbers while they are few: found without a hash.
  struct OnNumber {
    double low, high;  ///< Both included.
    AtomId atom;
    [[nodiscard]] bool Contains(double number) const { return number >= low && number <= high; }
  };
  std::vector<OnNumber> numbers;
  size_t number_atoms = 0;
  /// All atoms on texts that TextTest can compare, likewise.
  std::vector<TextTest> texts;
  size_t text_atoms = 0;
  static constexpr size_t kFew = 16;
  [[nodiscard]] bool few_numbers() const { return numbers.size() == number_atoms; }
  [[nodiscard]] bool few_texts() const { return texts.size() == text_atoms; }

  [[nodiscard]] Lengths* Of(AtomKind kind);
  [[nodiscard]] size_t bytes() const;
};

struct Field {
  uint64_t child_lengths = 0;  ///< Bit n: some child's name has n bytes (63: or more).
  uint64_t child_firsts = 0;   ///< Bit n: some child's name begins with a byte of n modulo 64;
                               ///< the empty name with the quote after it.
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
  /// Such atoms are asked of leaves of every kind.
  static constexpr uint32_t kAskedOfAll =
      1U << static_cast<unsigned>(AtomKind::kBut) | 1U << static_cast<unsigned>(AtomKind::kExists);
  static constexpr uint32_t kNeedsNumber = 1U << 16;
  static constexpr uint32_t kNeedsFolding = 1U << 17;
  [[nodiscard]] bool Has(AtomKind kind) const { return kinds >> static_cast<unsigned>(kind) & 1; }
  [[nodiscard]] bool wants_leaves() const { return atoms + clauses > 0; }
  /// Of the byte after the quote: that of an empty name is the other quote.
  [[nodiscard]] bool MayHaveChild(char first) const {
    return child_firsts >> (static_cast<unsigned char>(first) & 63) & 1;
  }
  /// Of a number outside arrays it asks for a few values and ranges, and nothing later.
  [[nodiscard]] bool asks_numbers_alone() const {
    return (kinds & kAskedOfAll) == 0 && unhung_tests == 0 && tests && tests->few_numbers();
  }
};

}  // namespace riposte::pattern::matcher
