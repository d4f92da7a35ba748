#include "wire/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace riposte::wire {
namespace {

struct FreeCode {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct FreeContext {
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};
struct FreeCompileContext {
  void operator()(pcre2_compile_context* context) const { pcre2_compile_context_free(context); }
};
struct FreeMatchData {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};

/// The number in four hex digits at `at`, or nothing.
std::optional<uint32_t> Hex4(std::string_view text, size_t at) {
  if (at + 4 > text.size()) return std::nullopt;
  uint32_t value = 0;
  for (const char c : text.substr(at, 4)) {
    value <<= 4;
    if (c >= '0' && c <= '9') {
      value += static_cast<uint32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      value += static_cast<uint32_t>(c - 'a' + 10);
    } else if (c >= 'A' && c <= 'F') {
      value += static_cast<uint32_t>(c - 'A' + 10);
    } else {
      return std::nullopt;
    }
  }
  return value;
}

/// Reads \uXXXX at the backslash `i`; moves `i` behind it. Nothing when it is not one.
std::optional<uint32_t> ReadUnicodeEscape(std::string_view java, size_t& i) {
  if (java.substr(i, 7) == "\\u10000") {
    i += 7;
    return 0x10000;
  }
  if (java.substr(i, 8) == "\\u10FFFF") {
    i += 8;
    return 0x10FFFF;
  }
  if (java.substr(i, 2) != "\\u") return std::nullopt;
  const auto first = Hex4(java, i + 2);
  if (!first) return std::nullopt;
  i += 6;
  if (*first < 0xD800 || *first > 0xDBFF || java.substr(i, 2) != "\\u") return first;
  const auto second = Hex4(java, i + 2);
  if (!second || *second < 0xDC00 || *second > 0xDFFF) return first;
  i += 6;
  return 0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00);
}

/// Java's own names of ASCII sets, at the backslash `i`: \p{Alnum} is [:alnum:]. Moves `i` behind.
bool AppendJavaProperty(std::string_view java, size_t& i, bool in_class, std::string& out) {
  struct Name {
    std::string_view java, inside;
  };
  constexpr std::array<Name, 16> kNames = {{
      {"ASCII", "\\x00-\\x7F"},
      {"Alnum", "[:alnum:]"},
      {"Alpha", "[:alpha:]"},
      {"Blank", "[:blank:]"},
      {"Cntrl", "[:cntrl:]"},
      {"Digit", "[:digit:]"},
      {"Graph", "[:graph:]"},
      {"Lower", "[:lower:]"},
      {"Print", "[:print:]"},
      {"Punct", "[:punct:]"},
      {"Space", "[:space:]"},
      {"Upper", "[:upper:]"},
      {"XDigit", "[:xdigit:]"},
      {"IsAlphabetic", "\\p{L}"},
      {"IsDigit", "\\p{Nd}"},
      {"IsWhitespace", "\\s"},
  }};
  if (java.substr(i, 3) != "\\p{") return false;
  const size_t end = java.find('}', i);
  if (end == std::string_view::npos) return false;
  for (const Name& name : kNames) {
    if (java.substr(i + 3, end - i - 3) != name.java) continue;
    out += in_class ? std::string(name.inside) : "[" + std::string(name.inside) + "]";
    i = end + 1;
    return true;
  }
  return false;
}

/// {n,m} with an m that PCRE2 cannot count to, at `i`: {n,}. What bounds such a value is @length.
bool AppendWideQuantifier(std::string_view java, size_t& i, std::string& out) {
  constexpr unsigned kMaxRepeat = 65535;
  const size_t end = java.find('}', i);
  const size_t comma = java.find(',', i);
  if (end == std::string_view::npos || comma >= end) return false;
  unsigned upper = 0;
  const auto [rest, error] = std::from_chars(java.data() + comma + 1, java.data() + end, upper);
  if (rest != java.data() + end) return false;
  if (error == std::errc() && upper <= kMaxRepeat) return false;
  out += java.substr(i, comma + 1 - i);
  out += '}';
  i = end + 1;
  return true;
}

}  // namespace

std::string TranslatePattern(std::string_view java) {
  std::string out;
  out.reserve(java.size() + 16);
  bool in_class = false;
  bool after_set = false;  // In a class, right behind \w, \d, \p{L} …
  for (size_t i = 0; i < java.size();) {
    const bool was_after_set = std::exchange(after_set, false);
    if (java[i] == '\\') {
      if (const auto code_point = ReadUnicodeEscape(java, i)) {
        out += fmt::format("\\x{{{:X}}}", *code_point);
        continue;
      }
      const char kind = i + 1 < java.size() ? java[i + 1] : '\0';
      after_set = in_class && std::string_view("wWdDsSpP").find(kind) != std::string_view::npos;
      if (AppendJavaProperty(java, i, in_class, out)) continue;
      if ((kind == 'p' || kind == 'P') && java.substr(i + 2, 1) == "{") {
        const size_t end = std::min(java.find('}', i), java.size() - 1);
        out += java.substr(i, end + 1 - i);
        i = end + 1;
        continue;
      }
      out += java.substr(i, 2);
      i += 2;
      continue;
    }
    if (java[i] == '[') {
      // Java nests classes; PCRE2 takes an inner '[' as a character, which is what the services'
      // patterns mean where they have one.
      in_class = true;
    } else if (java[i] == ']') {
      in_class = false;
    } else if (java[i] == '-' && was_after_set) {
      out += '\\';  // A set cannot begin a range: the '-' is itself.
    } else if (java[i] == '{' && !in_class && AppendWideQuantifier(java, i, out)) {
      continue;
    }
    out += java[i++];
  }
  return out;
}

struct Regex::Impl {
  std::unique_ptr<pcre2_code, FreeCode> code;
  std::unique_ptr<pcre2_match_context, FreeContext> context;
};

Regex::Regex(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Regex::~Regex() = default;

Result<std::shared_ptr<const Regex>> Regex::Compile(std::string_view pattern) {
  const std::string translated = TranslatePattern(pattern);
  const std::unique_ptr<pcre2_compile_context, FreeCompileContext> compile(
      pcre2_compile_context_create(nullptr));
  pcre2_set_compile_extra_options(compile.get(), PCRE2_EXTRA_ALLOW_SURROGATE_ESCAPES);
  int error = 0;
  PCRE2_SIZE offset = 0;
  auto impl = std::make_unique<Impl>();
  impl->code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()), translated.size(),
                                 PCRE2_UTF | PCRE2_DOTALL | PCRE2_DOLLAR_ENDONLY | PCRE2_ANCHORED |
                                     PCRE2_ENDANCHORED | PCRE2_NEVER_BACKSLASH_C,
                                 &error, &offset, compile.get()));
  if (!impl->code) {
    PCRE2_UCHAR text[200] = {};
    pcre2_get_error_message(error, text, sizeof text);
    return Fail(Code::kInvalidArgument, fmt::format("bad pattern at offset {}: {}", offset,
                                                    reinterpret_cast<const char*>(text)));
  }
  impl->context.reset(pcre2_match_context_create(nullptr));
  pcre2_set_match_limit(impl->context.get(), kMatchLimit);
  return std::shared_ptr<const Regex>(new Regex(std::move(impl)));
}

bool Regex::Matches(std::string_view text) const {
  // Captures are of no interest: one pair serves every pattern, and each thread keeps its own.
  thread_local const std::unique_ptr<pcre2_match_data, FreeMatchData> data(
      pcre2_match_data_create(1, nullptr));
  return pcre2_match(impl_->code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0,
                     0, data.get(), impl_->context.get()) >= 0;
}

}  // namespace riposte::wire
