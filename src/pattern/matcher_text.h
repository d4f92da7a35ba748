// JSON text under the matcher: where its structure lies, and the grammar of its scalars.
//
// Internal to this folder. simdjson's first stage finds every bracket, comma, colon, string and
// scalar start, and refuses bad UTF-8, control characters in strings and open strings; what it
// leaves to check (numbers, literals, escapes, the order of things) is here and in matcher_walk.cc.
//
// Thread safety: one JsonText a thread; it keeps its memory. Cost: Index about 2.5 GB/s.
#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace riposte::pattern::matcher {

class JsonText {
 public:
  JsonText();
  ~JsonText();

  /// False when it is surely not a JSON object. `text` must stay until the next Index.
  [[nodiscard]] bool Index(std::string_view text);

  [[nodiscard]] const char* text() const { return text_.data(); }
  [[nodiscard]] size_t size() const { return text_.size(); }
  /// Offsets of the structure, from the first '{'; one more offset, of that '{' again, stands at
  /// the end, where no grammar allows it: a reader that checks each step cannot run past it.
  [[nodiscard]] const uint32_t* structure() const { return structure_; }
  [[nodiscard]] size_t count() const { return count_; }
  /// Some string may hold an escape.
  [[nodiscard]] bool has_escapes() const { return has_escapes_; }
  [[nodiscard]] size_t bytes() const { return capacity_ * 5; }

  // Below, `next` is the offset after `at` in structure().
  /// Checks the number, true, false or null at `at`.
  [[nodiscard, gnu::always_inline]] bool CheckScalar(uint32_t at, uint32_t next) const {
    Shape shape;
    return ShapeOf(at, next, shape) || CheckScalarSlowly(at);
  }
  /// The content of the string whose quote is at `at`.
  [[nodiscard]] std::string_view StringAt(uint32_t at, uint32_t next) const {
    // Between a string and the next thing there is nothing but white space.
    uint32_t end = next - 1;
    while (text_[end] != '"') --end;
    return {text_.data() + at + 1, end - at - 1};
  }
  /// Checks the number at `at` and reads it, correctly rounded.
  [[nodiscard]] bool ReadNumber(uint32_t at, uint32_t next, double& value) const;

 private:
  struct Parser;

  /// Digits with an optional sign and fraction, as most numbers are.
  struct Shape {
    unsigned sign = 0;
    unsigned whole = 0;
    unsigned fraction = 0;
  };
  /// False for what is not such a number, or takes more care to tell.
  [[nodiscard]] bool ShapeOf(uint32_t at, uint32_t next, Shape& shape) const;
  [[nodiscard]] bool CheckScalarSlowly(uint32_t at) const;
  [[nodiscard]] bool CheckNumberSlowly(uint32_t at) const;
  [[nodiscard, gnu::noinline]] bool ReadNumberSlowly(uint32_t at, uint32_t next,
                                                     double& value) const;
  /// REQUIRES: it is a number.
  [[nodiscard]] double NumberAt(uint32_t at) const;
  [[nodiscard]] bool EndsScalar(size_t at) const;
  /// The bytes from `at`, kReach of them readable: beyond the text there are zeros.
  [[nodiscard]] const char* ReachFrom(uint32_t at) const {
    return at + kReach <= text_.size() ? text_.data() + at : tail_ + (at - tail_at_);
  }

  static constexpr size_t kReach = 48;

  std::string_view text_;
  char tail_[2 * kReach] = {};  ///< The last bytes of the text once more, and zeros.
  uint32_t tail_at_ = 0;        ///< Where in the text they begin.
  std::unique_ptr<Parser> parser_;
  size_t capacity_ = 0;
  const uint32_t* structure_ = nullptr;
  size_t count_ = 0;
  bool has_escapes_ = false;
};

#ifdef __SSE2__
/// A bit for each of 16 bytes that is a digit.
inline uint32_t DigitMask(const char* at) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i shifted = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
  return static_cast<uint32_t>(
      _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(shifted, _mm_set1_epi8(9)), shifted)));
}
#endif

[[gnu::always_inline]] inline bool JsonText::ShapeOf([[maybe_unused]] uint32_t at,
                                                     [[maybe_unused]] uint32_t next,
                                                     [[maybe_unused]] Shape& shape) const {
#ifdef __SSE2__
  const uint32_t size = next - at;
  if (size > 31) return false;
  const char* const from = ReachFrom(at);
  uint32_t digits = DigitMask(from);
  if (size > 16) digits |= DigitMask(from + 16) << 16;
  const uint32_t others = ~digits & ((uint32_t{1} << size) - 1);
  const uint32_t sign = *from == '-' ? 1 : 0;
  const uint32_t point = others ^ sign;  // The bit of the point alone, if all is well.
  if ((point & (point - 1)) != 0) return false;
  shape.sign = sign;
  if (point == 0) {
    shape.whole = size - sign;
    shape.fraction = 0;
    if (shape.whole == 0) return false;
  } else {
    const auto place = static_cast<unsigned>(std::countr_zero(point));
    if (from[place] != '.' || place == sign || place == size - 1) return false;
    shape.whole = place - sign;
    shape.fraction = size - 1 - place;
  }
  return shape.whole == 1 || from[sign] != '0';
#else
  return false;
#endif
}

/// Checks the escapes of a string's content.
[[nodiscard]] bool CheckEscapes(std::string_view content);
/// Writes the content unescaped, never longer than it was; returns its end, or nullptr for a bad
/// escape or half of a surrogate pair.
[[nodiscard]] char* Unescape(std::string_view content, char* out);

}  // namespace riposte::pattern::matcher
