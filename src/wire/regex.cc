#include "wire/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <optional>

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

}  // namespace

std::string TranslatePattern(std::string_view java) {
  constexpr std::string_view kAscii = "\\p{ASCII}";
  std::string out;
  out.reserve(java.size() + 16);
  bool in_class = false;
  for (size_t i = 0; i < java.size();) {
    if (java[i] == '\\') {
      if (const auto code_point = ReadUnicodeEscape(java, i)) {
        out += fmt::format("\\x{{{:X}}}", *code_point);
      } else if (java.substr(i, kAscii.size()) == kAscii) {
        out += in_class ? "\\x00-\\x7F" : "[\\x00-\\x7F]";
        i += kAscii.size();
      } else {
        out += java.substr(i, 2);
        i += 2;
      }
      continue;
    }
    if (java[i] == '[') {
      // Java nests classes; PCRE2 takes an inner '[' as a character, which is what the services'
      // patterns mean where they have one.
      in_class = true;
    } else if (java[i] == ']') {
      in_class = false;
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
