#include "workflow/automation/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <memory>
#include <string>

namespace riposte::automation {
namespace {

/// Enough for any honest pattern, and about 10 ms at most.
constexpr uint32_t kMatchLimit = 100'000;
constexpr size_t kMaxPatternBytes = 8192;

struct CodeDeleter {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct MatchDeleter {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};
struct ContextDeleter {
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};
using CodePtr = std::unique_ptr<pcre2_code, CodeDeleter>;

Result<CodePtr> Compile(std::string_view pattern) {
  if (pattern.size() > kMaxPatternBytes) {
    return Fail(Code::kInvalidArgument, "the pattern is too long");
  }
  int error = 0;
  PCRE2_SIZE offset = 0;
  CodePtr code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                             PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY, &error,
                             &offset, nullptr));
  if (code) return code;
  unsigned char text[256] = {};
  pcre2_get_error_message(error, text, sizeof text);
  return Fail(Code::kInvalidArgument, std::string(reinterpret_cast<const char*>(text)) +
                                          " at offset " + std::to_string(offset));
}

bool Match(std::string_view pattern, std::string_view text, uint32_t options) {
  const auto code = Compile(pattern);
  if (!code) return false;
  const std::unique_ptr<pcre2_match_data, MatchDeleter> data(
      pcre2_match_data_create_from_pattern(code->get(), nullptr));
  const std::unique_ptr<pcre2_match_context, ContextDeleter> context(
      pcre2_match_context_create(nullptr));
  pcre2_set_match_limit(context.get(), kMatchLimit);
  pcre2_set_depth_limit(context.get(), kMatchLimit);
  pcre2_set_heap_limit(context.get(), 16 * 1024);
  return pcre2_match(code->get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0,
                     options, data.get(), context.get()) >= 0;
}

}  // namespace

Status CheckPattern(std::string_view pattern) {
  auto code = Compile(pattern);
  if (!code) return std::unexpected(code.error());
  return {};
}

bool PatternFinds(std::string_view pattern, std::string_view text) {
  return Match(pattern, text, 0);
}

bool PatternMatches(std::string_view pattern, std::string_view text) {
  return Match(pattern, text, PCRE2_ANCHORED | PCRE2_ENDANCHORED);
}

}  // namespace riposte::automation
