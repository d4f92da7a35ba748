#include "pattern/matcher_text.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cfloat>
#include <charconv>
#include <cstring>
#include <limits>

#include "json/json.h"

namespace riposte::pattern::matcher {
namespace {

constexpr std::array<bool, 256> MakeEnds() {
  std::array<bool, 256> ends{};
  for (const char c : {',', '}', ']', ' ', '\t', '\n', '\r'}) {
    ends[static_cast<unsigned char>(c)] = true;
  }
  return ends;
}
constexpr std::array<bool, 256> kEndsScalar = MakeEnds();

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

#if defined(__SSE2__) && LDBL_MANT_DIG == 64
/// One to eight digits at `at`, where eight bytes can be read.
uint64_t EightDigits(const char* at, unsigned count) {
  uint64_t word = 0;
  std::memcpy(&word, at, 8);
  word <<= 8 * (8 - count);
  word = (word & 0x0F0F0F0F0F0F0F0FU) * 2561 >> 8;
  word = (word & 0x00FF00FF00FF00FFU) * 6553601 >> 16;
  return (word & 0x0000FFFF0000FFFFU) * 42949672960001U >> 32;
}

/// Up to sixteen digits at `at`, where sixteen bytes can be read, as if zeros followed them.
uint64_t SixteenDigits(const char* at, unsigned count) {
  static constexpr auto kFirst = [] {
    std::array<char, 32> mask{};
    for (size_t i = 0; i < 16; ++i) mask[i] = static_cast<char>(0xFF);
    return mask;
  }();
  const auto load = [](const char* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  };
  const __m128i digits =
      _mm_and_si128(_mm_sub_epi8(load(at), _mm_set1_epi8('0')), load(kFirst.data() + 16 - count));
  const __m128i tens =
      _mm_mullo_epi16(_mm_and_si128(digits, _mm_set1_epi16(0xFF)), _mm_set1_epi16(10));
  const __m128i twos = _mm_add_epi16(tens, _mm_srli_epi16(digits, 8));
  const __m128i fours = _mm_madd_epi16(twos, _mm_set1_epi32(1 << 16 | 100));
  const __m128i eights =
      _mm_madd_epi16(_mm_packs_epi32(fours, fours), _mm_set1_epi32(1 << 16 | 10'000));
  const auto both = static_cast<uint64_t>(_mm_cvtsi128_si64(eights));
  return (both & 0xFFFF'FFFFU) * 100'000'000 + (both >> 32);
}

constexpr uint64_t kTenTo16 = 10'000'000'000'000'000U;

/// mantissa / 10^16, correctly rounded, or false where that takes more care.
/// Both are exact in 64 bits, so their quotient is off by half a unit of those at most; narrowing
/// it to 53 bits is right unless the 11 bits dropped are that close to a half.
bool DivideByTenTo16(uint64_t mantissa, double& value) {
  const long double quotient =
      static_cast<long double>(mantissa) / static_cast<long double>(kTenTo16);
  uint64_t bits = 0;
  std::memcpy(&bits, &quotient, sizeof(bits));
  const uint64_t dropped = bits & 0x7FF;
  if (dropped >= 0x3FF && dropped <= 0x401) return false;
  value = static_cast<double>(quotient);
  return true;
}
#endif

int HexDigit(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Four hex digits at `at`, or -1.
int32_t HexAt(std::string_view text, size_t at) {
  if (at + 4 > text.size()) return -1;
  int32_t value = 0;
  for (size_t i = at; i < at + 4; ++i) {
    const int digit = HexDigit(text[i]);
    if (digit < 0) return -1;
    value = value << 4 | digit;
  }
  return value;
}

struct Escape {
  uint32_t code_point;
  size_t length;  ///< 0 for a bad one.
};

/// The escape whose backslash is at text[at].
Escape EscapeAt(std::string_view text, size_t at) {
  if (at + 1 >= text.size()) return {0, 0};
  switch (text[at + 1]) {
    case '"':
    case '\\':
    case '/':
      return {static_cast<unsigned char>(text[at + 1]), 2};
    case 'b':
      return {'\b', 2};
    case 'f':
      return {'\f', 2};
    case 'n':
      return {'\n', 2};
    case 'r':
      return {'\r', 2};
    case 't':
      return {'\t', 2};
    case 'u':
      break;
    default:
      return {0, 0};
  }
  const int32_t high = HexAt(text, at + 2);
  if (high < 0 || (high >= 0xDC00 && high <= 0xDFFF)) return {0, 0};
  if (high < 0xD800 || high > 0xDBFF) return {static_cast<uint32_t>(high), 6};
  if (at + 8 > text.size() || text[at + 6] != '\\' || text[at + 7] != 'u') return {0, 0};
  const int32_t low = HexAt(text, at + 8);
  if (low < 0xDC00 || low > 0xDFFF) return {0, 0};
  return {static_cast<uint32_t>(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)), 12};
}

char* EncodeUtf8(uint32_t c, char* out) {
  if (c < 0x80) {
    *out++ = static_cast<char>(c);
    return out;
  }
  if (c < 0x800) {
    *out++ = static_cast<char>(0xC0 | c >> 6);
  } else {
    if (c < 0x10000) {
      *out++ = static_cast<char>(0xE0 | c >> 12);
    } else {
      *out++ = static_cast<char>(0xF0 | c >> 18);
      *out++ = static_cast<char>(0x80 | (c >> 12 & 0x3F));
    }
    *out++ = static_cast<char>(0x80 | (c >> 6 & 0x3F));
  }
  *out++ = static_cast<char>(0x80 | (c & 0x3F));
  return out;
}

}  // namespace

struct JsonText::Parser {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> implementation;
};

JsonText::JsonText() : parser_(std::make_unique<Parser>()) {}

JsonText::~JsonText() = default;

bool JsonText::Index(std::string_view text) {
  text_ = text;
  count_ = 0;
  if (text.size() < 2 || text.size() > std::numeric_limits<uint32_t>::max() / 2) return false;
  const size_t tail = std::min(text.size(), kReach);
  tail_at_ = static_cast<uint32_t>(text.size() - tail);
  std::memcpy(tail_, text.data() + tail_at_, tail);
  std::memset(tail_ + tail, 0, kReach);
  auto& implementation = parser_->implementation;
  if (text.size() > capacity_) {
    const size_t capacity = std::bit_ceil(std::max<size_t>(text.size(), 4096));
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(
            capacity, json::kMaxDepth, implementation) != simdjson::SUCCESS) {
      capacity_ = 0;
      return false;
    }
    capacity_ = capacity;
  }
  if (implementation->stage1(reinterpret_cast<const uint8_t*>(text.data()), text.size(),
                             simdjson::stage1_mode::regular) != simdjson::SUCCESS) {
    return false;
  }
  uint32_t* structure = implementation->structural_indexes.get();
  const size_t count = implementation->n_structural_indexes;
  if (count < 2 || text[structure[0]] != '{' || text[structure[count - 1]] != '}') return false;
  structure[count] = structure[0];
  structure_ = structure;
  count_ = count;
  has_escapes_ = std::memchr(text.data(), '\\', text.size()) != nullptr;
  return true;
}

bool JsonText::EndsScalar(size_t at) const {
  return at < text_.size() && kEndsScalar[static_cast<unsigned char>(text_[at])];
}

bool JsonText::CheckScalarSlowly(uint32_t at) const {
  switch (text_[at]) {
    case 't':
      return text_.substr(at, 4) == "true" && EndsScalar(at + 4);
    case 'f':
      return text_.substr(at, 5) == "false" && EndsScalar(at + 5);
    case 'n':
      return text_.substr(at, 4) == "null" && EndsScalar(at + 4);
    default:
      return CheckNumberSlowly(at);
  }
}

bool JsonText::CheckNumberSlowly(uint32_t at) const {
  size_t i = at;
  const auto digit = [&] { return i < text_.size() && IsDigit(text_[i]); };
  const auto digits = [&] {
    if (!digit()) return false;
    while (digit()) ++i;
    return true;
  };
  if (text_[i] == '-') ++i;
  if (!digit()) return false;
  if (text_[i] == '0') {
    ++i;
  } else {
    (void)digits();
  }
  if (i < text_.size() && text_[i] == '.') {
    ++i;
    if (!digits()) return false;
  }
  if (i < text_.size() && (text_[i] == 'e' || text_[i] == 'E')) {
    ++i;
    if (i < text_.size() && (text_[i] == '+' || text_[i] == '-')) ++i;
    // json::Parse keeps the exponent in an int, and has the last word on what is delivered.
    const size_t first = i;
    if (!digits()) return false;
    int64_t exponent = 0;
    for (size_t j = first; j < i; ++j) {
      exponent = exponent * 10 + (text_[j] - '0');
      if (exponent > std::numeric_limits<int>::max()) return false;
    }
  }
  return EndsScalar(i);
}

bool JsonText::ReadNumber(uint32_t at, uint32_t next, double& value) const {
#if defined(__SSE2__) && LDBL_MANT_DIG == 64
  Shape shape;
  if (ShapeOf(at, next, shape) && shape.whole <= 8 && shape.fraction <= 16) {
    const char* const from = ReachFrom(at) + shape.sign;
    const uint64_t whole = EightDigits(from, shape.whole);
    bool done = true;
    if (shape.fraction == 0) {
      value = static_cast<double>(whole);
    } else if (whole < std::numeric_limits<uint64_t>::max() / kTenTo16) {
      const uint64_t fraction = SixteenDigits(from + shape.whole + 1, shape.fraction);
      done = DivideByTenTo16(whole * kTenTo16 + fraction, value);
    } else {
      done = false;
    }
    if (done) {
      if (shape.sign != 0) value = -value;
      return true;
    }
  }
#endif
  return ReadNumberSlowly(at, next, value);
}

bool JsonText::ReadNumberSlowly(uint32_t at, uint32_t next, double& value) const {
  if (text_[at] != '-' && !IsDigit(text_[at])) return false;
  if (!CheckScalar(at, next)) return false;
  value = NumberAt(at);
  return true;
}

double JsonText::NumberAt(uint32_t at) const {
  const char* const begin = text_.data() + at;
  double value = 0;
  const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
  if (error == std::errc::result_out_of_range) {
    // Too large or too small: which of the two, the C library says.
    return std::strtod(std::string(begin, end).c_str(), nullptr);
  }
  return value;
}

bool CheckEscapes(std::string_view content) {
  for (size_t at = content.find('\\'); at != std::string_view::npos; at = content.find('\\', at)) {
    const Escape escape = EscapeAt(content, at);
    if (escape.length == 0) return false;
    at += escape.length;
  }
  return true;
}

char* Unescape(std::string_view content, char* out) {
  for (size_t i = 0; i < content.size();) {
    if (content[i] != '\\') {
      *out++ = content[i++];
      continue;
    }
    const Escape escape = EscapeAt(content, i);
    if (escape.length == 0) return nullptr;
    out = EncodeUtf8(escape.code_point, out);
    i += escape.length;
  }
  return out;
}

}  // namespace riposte::pattern::matcher
