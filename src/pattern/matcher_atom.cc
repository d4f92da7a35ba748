#include "pattern/matcher_atom.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "pattern/matcher_hash.h"

namespace riposte::pattern::matcher {
namespace {

// Encodings, all lengths in 32 bits of this machine:
//   kNumber    8 bytes of the double
//   kCidr      Cidr::Key(): family, bits, masked address
//   kRange     low, high, low_open, high_open
//   kWildcard  length of first, length of last, first, last, then (length, piece) of each between;
//              what is but a literal, a prefix or a suffix is encoded as that
//   kBut       (kind, length, bytes) of each excluded thing

void PutLength(std::string& out, size_t length) {
  const auto narrow = static_cast<uint32_t>(length);
  out.append(reinterpret_cast<const char*>(&narrow), sizeof(narrow));
}

uint32_t LengthAt(const char* at) {
  uint32_t length = 0;
  std::memcpy(&length, at, sizeof(length));
  return length;
}

std::string EncodeWildcard(const std::vector<std::string>& pieces) {
  std::string out;
  PutLength(out, pieces.front().size());
  PutLength(out, pieces.back().size());
  out += pieces.front();
  out += pieces.back();
  for (size_t i = 1; i + 1 < pieces.size(); ++i) {
    if (pieces[i].empty()) continue;
    PutLength(out, pieces[i].size());
    out += pieces[i];
  }
  return out;
}

EncodedAtom EncodeText(const TextCondition& text) {
  const bool fold = text.ignore_case();
  switch (text.kind()) {
    case TextCondition::Kind::kEqual:
      return {fold ? AtomKind::kExactFold : AtomKind::kExact, text.operand()};
    case TextCondition::Kind::kPrefix:
      return {fold ? AtomKind::kPrefixFold : AtomKind::kPrefix, text.operand()};
    case TextCondition::Kind::kSuffix:
      return {fold ? AtomKind::kSuffixFold : AtomKind::kSuffix, text.operand()};
    case TextCondition::Kind::kWildcard:
      break;
  }
  // One literal before or after one star, or alone, can be looked up.
  const std::vector<std::string>& pieces = text.pieces();
  if (pieces.size() == 1) return {AtomKind::kExact, pieces.front()};
  if (pieces.size() == 2 && pieces.front().empty() != pieces.back().empty()) {
    if (pieces.back().empty()) return {AtomKind::kPrefix, pieces.front()};
    return {AtomKind::kSuffix, pieces.back()};
  }
  return {AtomKind::kWildcard, EncodeWildcard(pieces)};
}

struct Encoder {
  std::optional<EncodedAtom> operator()(const TextCondition& text) const {
    return EncodeText(text);
  }
  std::optional<EncodedAtom> operator()(const Literal& literal) const {
    switch (literal.kind) {
      case Literal::Kind::kTrue:
        return EncodedAtom{AtomKind::kTrue, {}};
      case Literal::Kind::kFalse:
        return EncodedAtom{AtomKind::kFalse, {}};
      case Literal::Kind::kNull:
        break;
    }
    return EncodedAtom{AtomKind::kNull, {}};
  }
  std::optional<EncodedAtom> operator()(const NumberEquals& number) const {
    return EncodedAtom{AtomKind::kNumber, EncodeNumber(number.value)};
  }
  std::optional<EncodedAtom> operator()(const NumberRange& range) const {
    // One number: {"numeric": ["=", 5]} is 5.
    if (range.low && range.high && *range.low == *range.high) {
      return EncodedAtom{AtomKind::kNumber, EncodeNumber(*range.low)};
    }
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    std::string out = EncodeNumber(range.low.value_or(-kInfinity));
    out += EncodeNumber(range.high.value_or(kInfinity));
    out += range.low_open && range.low ? '\1' : '\0';
    out += range.high_open && range.high ? '\1' : '\0';
    return EncodedAtom{AtomKind::kRange, std::move(out)};
  }
  std::optional<EncodedAtom> operator()(const AnythingBut& but) const {
    std::string out;
    const auto add = [&](const EncodedAtom& excluded) {
      out += static_cast<char>(excluded.kind);
      PutLength(out, excluded.bytes.size());
      out += excluded.bytes;
    };
    for (const TextCondition& text : but.texts) add(EncodeText(text));
    for (const double number : but.numbers) add({AtomKind::kNumber, EncodeNumber(number)});
    return EncodedAtom{AtomKind::kBut, std::move(out)};
  }
  std::optional<EncodedAtom> operator()(const Cidr& cidr) const {
    const Cidr::Bytes key = cidr.Key();
    return EncodedAtom{AtomKind::kCidr, std::string(key.begin(), key.end())};
  }
  std::optional<EncodedAtom> operator()(const Exists& exists) const {
    if (!exists.present) return std::nullopt;
    return EncodedAtom{AtomKind::kExists, {}};
  }
};

/// f(kind, bytes) for each thing that an anything-but excludes, until one says true.
template <class F>
bool AnyExcluded(std::string_view bytes, F f) {
  while (!bytes.empty()) {
    const auto kind = static_cast<AtomKind>(bytes[0]);
    const uint32_t length = LengthAt(bytes.data() + 1);
    if (f(kind, bytes.substr(5, length))) return true;
    bytes.remove_prefix(5 + length);
  }
  return false;
}

}  // namespace

std::string EncodeNumber(double number) {
  if (number == 0) number = 0;  // -0 too.
  return {reinterpret_cast<const char*>(&number), sizeof(number)};
}

double DecodeNumber(std::string_view bytes) {
  double number = 0;
  std::memcpy(&number, bytes.data(), sizeof(number));
  return number;
}

Range DecodeRange(std::string_view bytes) {
  Range range{};
  std::memcpy(&range.low, bytes.data(), 8);
  std::memcpy(&range.high, bytes.data() + 8, 8);
  range.low_open = bytes[16] != 0;
  range.high_open = bytes[17] != 0;
  return range;
}

std::optional<EncodedAtom> Encode(const Alternative& alternative) {
  return std::visit(Encoder{}, alternative);
}

std::optional<std::pair<AtomKind, std::string_view>> OnlyExcluded(std::string_view bytes) {
  const auto kind = static_cast<AtomKind>(bytes[0]);
  if (kind > AtomKind::kSuffixFold || LengthAt(bytes.data() + 1) + 5 != bytes.size()) {
    return std::nullopt;
  }
  return std::pair{kind, bytes.substr(5)};
}

Range Range::Closed() const {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  // Beyond infinity there is nothing, which a comparison with no number says.
  constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
  const auto inner = [](double end, double towards) {
    return end == towards ? kNothing : std::nextafter(end, towards);
  };
  return {low_open ? inner(low, kInfinity) : low, high_open ? inner(high, -kInfinity) : high, false,
          false};
}

bool NeedsFolding(AtomKind kind, std::string_view bytes) {
  if (kind == AtomKind::kBut) {
    return AnyExcluded(bytes, [](AtomKind inner, std::string_view operand) {
      return NeedsFolding(inner, operand);
    });
  }
  return kind == AtomKind::kExactFold || kind == AtomKind::kPrefixFold ||
         kind == AtomKind::kSuffixFold;
}

bool NeedsNumber(AtomKind kind, std::string_view bytes) {
  if (kind == AtomKind::kBut) {
    return AnyExcluded(bytes,
                       [](AtomKind inner, std::string_view) { return inner == AtomKind::kNumber; });
  }
  return kind == AtomKind::kNumber || kind == AtomKind::kRange;
}

std::vector<std::string_view> WildcardPieces(std::string_view bytes) {
  const uint32_t first = LengthAt(bytes.data());
  const uint32_t last = LengthAt(bytes.data() + 4);
  std::vector<std::string_view> pieces = {bytes.substr(8, first)};
  const std::string_view end = bytes.substr(8 + first, last);
  bytes.remove_prefix(8 + first + last);
  while (!bytes.empty()) {
    const uint32_t length = LengthAt(bytes.data());
    pieces.push_back(bytes.substr(4, length));
    bytes.remove_prefix(4 + length);
  }
  pieces.push_back(end);
  return pieces;
}

// The first and the last piece are anchored; taking the leftmost occurrence of each piece between
// leaves the most room for the rest, so nothing is ever tried twice.
bool TestWildcard(std::string_view bytes, std::string_view text) {
  const uint32_t first = LengthAt(bytes.data());
  const uint32_t last = LengthAt(bytes.data() + 4);
  if (text.size() < size_t{first} + last) return false;
  const char* operand = bytes.data() + 8;
  if (!BeginsWith(text, {operand, first}) || !EndsWith(text, {operand + first, last})) {
    return false;
  }
  const char* at = text.data() + first;
  const char* const end = text.data() + text.size() - last;
  const char* piece = operand + first + last;
  const char* const pieces_end = bytes.data() + bytes.size();
  while (piece != pieces_end) {
    const uint32_t length = LengthAt(piece);
    piece += 4;
    if (static_cast<size_t>(end - at) < length) return false;
    const void* found = memmem(at, static_cast<size_t>(end - at), piece, length);
    if (!found) return false;
    at = static_cast<const char*>(found) + length;
    piece += length;
  }
  return true;
}

bool TestAtom(AtomKind kind, std::string_view bytes, const LeafView& leaf) {
  const bool text = leaf.kind == LeafKind::kText;
  switch (kind) {
    case AtomKind::kExact:
      return text && SameBytes(leaf.text, bytes);
    case AtomKind::kExactFold:
      return text && SameBytes(leaf.folded, bytes);
    case AtomKind::kPrefix:
      return text && BeginsWith(leaf.text, bytes);
    case AtomKind::kPrefixFold:
      return text && BeginsWith(leaf.folded, bytes);
    case AtomKind::kSuffix:
      return text && EndsWith(leaf.text, bytes);
    case AtomKind::kSuffixFold:
      return text && EndsWith(leaf.folded, bytes);
    case AtomKind::kNumber:
      return leaf.kind == LeafKind::kNumber && leaf.number == DecodeNumber(bytes);
    case AtomKind::kTrue:
      return leaf.kind == LeafKind::kTrue;
    case AtomKind::kFalse:
      return leaf.kind == LeafKind::kFalse;
    case AtomKind::kNull:
      return leaf.kind == LeafKind::kNull;
    case AtomKind::kCidr:
      return text && Cidr::FromKey(bytes).Contains(leaf.text);
    case AtomKind::kWildcard:
      return text && TestWildcard(bytes, leaf.text);
    case AtomKind::kRange:
      return leaf.kind == LeafKind::kNumber && DecodeRange(bytes).Contains(leaf.number);
    case AtomKind::kBut:
      return !AnyExcluded(bytes, [&](AtomKind inner, std::string_view operand) {
        return TestAtom(inner, operand, leaf);
      });
    case AtomKind::kExists:
      return true;
  }
  return false;
}

}  // namespace riposte::pattern::matcher
