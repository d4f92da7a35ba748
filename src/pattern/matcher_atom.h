// One alternative of one field, as the matcher keeps it: a kind and some bytes.
//
// Internal to this folder. Two alternatives of the same field with the same kind and bytes are the
// same atom, however many rules name it. The bytes are the operand alone for what is found by
// looking a value up, and a small encoding (see matcher_atom.cc) for what must be tested.
//
// Thread safety: pure functions. Cost: TestAtom is linear in the value (wildcards: memmem), plus
// the length of an anything-but list.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pattern/pattern.h"

namespace riposte::pattern::matcher {

enum class AtomKind : uint8_t {
  // A value finds these by its hash.
  kExact,
  kExactFold,
  kPrefix,
  kPrefixFold,
  kSuffix,
  kSuffixFold,
  kNumber,
  kTrue,
  kFalse,
  kNull,
  kCidr,
  // These are asked one by one.
  kWildcard,
  kRange,
  kBut,
  // Every leaf.
  kExists,
};
inline constexpr size_t kAtomKinds = 15;

/// Every leaf that satisfies such an atom finds it; others may have to be asked.
[[nodiscard]] constexpr bool IsLookedUp(AtomKind kind) {
  return kind < AtomKind::kWildcard || kind == AtomKind::kExists;
}

enum class LeafKind : uint8_t { kText, kNumber, kTrue, kFalse, kNull };

/// What a test may look at. `folded` and `number` are set when some atom of the field needs them.
struct LeafView {
  LeafKind kind = LeafKind::kNull;
  std::string_view text;
  std::string_view folded;
  double number = 0;
};

struct EncodedAtom {
  AtomKind kind;
  std::string bytes;
};
/// Nothing for {"exists": false}, which is a property of its clause.
[[nodiscard]] std::optional<EncodedAtom> Encode(const Alternative& alternative);

/// What the atom wants of a leaf beyond its text.
[[nodiscard]] bool NeedsFolding(AtomKind kind, std::string_view bytes);
[[nodiscard]] bool NeedsNumber(AtomKind kind, std::string_view bytes);

[[nodiscard]] bool TestAtom(AtomKind kind, std::string_view bytes, const LeafView& leaf);
[[nodiscard]] bool TestWildcard(std::string_view bytes, std::string_view text);

/// The literals of a wildcard, first to last; at least one.
[[nodiscard]] std::vector<std::string_view> WildcardPieces(std::string_view bytes);

struct Range {
  double low, high;  ///< Infinite where the pattern sets no bound.
  bool low_open, high_open;

  [[nodiscard]] bool Contains(double number) const {
    return (low_open ? number > low : number >= low) &&
           (high_open ? number < high : number <= high);
  }
  /// The same numbers between closed ends; an end that is no number admits none.
  [[nodiscard]] Range Closed() const;
};
[[nodiscard]] Range DecodeRange(std::string_view bytes);

/// The only thing that an anything-but excludes, when it is one text.
[[nodiscard]] std::optional<std::pair<AtomKind, std::string_view>> OnlyExcluded(
    std::string_view bytes);

[[nodiscard]] double DecodeNumber(std::string_view bytes);
/// The bytes under which equal numbers are equal: -0 is 0.
[[nodiscard]] std::string EncodeNumber(double number);

}  // namespace riposte::pattern::matcher
