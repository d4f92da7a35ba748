#include "pattern/text_condition.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace riposte::pattern {
namespace {

char32_t FoldCodePoint(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 32;
  if ((c >= 0x100 && c <= 0x137 && c != 0x130 && c != 0x131) || (c >= 0x14A && c <= 0x177)) {
    return c | 1;
  }
  if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) return (c & 1) ? c + 1 : c;
  if (c == 0x178) return 0xFF;
  if (c == 0x386) return 0x3AC;
  if (c >= 0x388 && c <= 0x38A) return c + 37;
  if (c == 0x38C) return 0x3CC;
  if (c == 0x38E || c == 0x38F) return c + 63;
  if (c >= 0x391 && c <= 0x3AB && c != 0x3A2) return c + 32;
  if (c >= 0x400 && c <= 0x40F) return c + 80;
  if (c >= 0x410 && c <= 0x42F) return c + 32;
  if (c >= 0x460 && c <= 0x481) return c | 1;
  if (c >= 0x48A && c <= 0x4BF) return c | 1;
  if (c >= 0x531 && c <= 0x556) return c + 48;
  if (c >= 0x1E00 && c <= 0x1E95) return c | 1;
  if (c >= 0x1EA0 && c <= 0x1EFF) return c | 1;
  return c;
}

/// Decodes the two- and three-byte form at `text[i]`; every letter folded above has one of these.
std::optional<std::pair<char32_t, size_t>> Decode(std::string_view text, size_t i) {
  const auto byte = [&](size_t at) { return static_cast<unsigned char>(text[at]); };
  const auto continues = [&](size_t at) { return at < text.size() && (byte(at) & 0xC0) == 0x80; };
  if ((byte(i) & 0xE0) == 0xC0 && continues(i + 1)) {
    return std::pair{static_cast<char32_t>((byte(i) & 0x1F) << 6 | (byte(i + 1) & 0x3F)),
                     size_t{2}};
  }
  if ((byte(i) & 0xF0) == 0xE0 && continues(i + 1) && continues(i + 2)) {
    return std::pair{static_cast<char32_t>((byte(i) & 0x0F) << 12 | (byte(i + 1) & 0x3F) << 6 |
                                           (byte(i + 2) & 0x3F)),
                     size_t{3}};
  }
  return std::nullopt;
}

/// The two- or three-byte form, as long as what was decoded: no letter folds across that border.
char* Encode(char32_t c, char* out) {
  if (c < 0x800) {
    *out++ = static_cast<char>(0xC0 | (c >> 6));
  } else {
    *out++ = static_cast<char>(0xE0 | (c >> 12));
    *out++ = static_cast<char>(0x80 | ((c >> 6) & 0x3F));
  }
  *out++ = static_cast<char>(0x80 | (c & 0x3F));
  return out;
}

}  // namespace

void FoldCaseInto(std::string_view text, char* out) {
  for (size_t i = 0; i < text.size();) {
    if (static_cast<unsigned char>(text[i]) < 0x80) {
      const char c = text[i++];
      *out++ = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    } else if (const auto decoded = Decode(text, i)) {
      const char32_t folded = FoldCodePoint(decoded->first);
      // An overlong form, which no JSON text holds, stays as it is.
      if ((folded < 0x800 ? 2U : 3U) != decoded->second || folded < 0x80) {
        std::memcpy(out, text.data() + i, decoded->second);
        out += decoded->second;
      } else {
        out = Encode(folded, out);
      }
      i += decoded->second;
    } else {
      *out++ = text[i++];
    }
  }
}

std::string FoldCase(std::string_view text) {
  std::string out(text.size(), '\0');
  FoldCaseInto(text, out.data());
  return out;
}

Result<TextCondition> TextCondition::Make(Kind kind, std::string_view operand, bool ignore_case) {
  TextCondition test;
  test.kind_ = kind;
  test.ignore_case_ = ignore_case;
  test.operand_ = ignore_case ? FoldCase(operand) : std::string(operand);
  if (kind != Kind::kWildcard) return test;

  test.pieces_.emplace_back();
  bool last_was_star = false;
  for (size_t i = 0; i < test.operand_.size(); ++i) {
    char c = test.operand_[i];
    if (c == '*') {
      if (last_was_star) {
        return Fail(Code::kInvalidArgument,
                    "Consecutive wildcard characters at pos " + std::to_string(i - 1));
      }
      last_was_star = true;
      test.pieces_.emplace_back();
      continue;
    }
    last_was_star = false;
    if (c == '\\') {
      const char next = i + 1 < test.operand_.size() ? test.operand_[i + 1] : '\0';
      if (next != '*' && next != '\\') {
        return Fail(Code::kInvalidArgument, "Invalid escape character at pos " + std::to_string(i));
      }
      c = next;
      ++i;
    }
    test.pieces_.back() += c;
  }
  return test;
}

bool TextCondition::Test(std::string_view text) const {
  std::string folded;
  if (ignore_case_) {
    folded = FoldCase(text);
    text = folded;
  }
  switch (kind_) {
    case Kind::kEqual:
      return text == operand_;
    case Kind::kPrefix:
      return text.starts_with(operand_);
    case Kind::kSuffix:
      return text.ends_with(operand_);
    case Kind::kWildcard:
      return TestWildcard(text);
  }
  return false;
}

// The first and the last piece are anchored; taking the leftmost occurrence of each piece between
// leaves the most room for the rest, so nothing is ever tried twice.
bool TextCondition::TestWildcard(std::string_view text) const {
  if (pieces_.size() == 1) return text == pieces_.front();
  const std::string& first = pieces_.front();
  const std::string& last = pieces_.back();
  if (text.size() < first.size() + last.size() || !text.starts_with(first) ||
      !text.ends_with(last)) {
    return false;
  }
  text.remove_prefix(first.size());
  text.remove_suffix(last.size());
  for (size_t i = 1; i + 1 < pieces_.size(); ++i) {
    if (pieces_[i].empty()) continue;
    const void* found = memmem(text.data(), text.size(), pieces_[i].data(), pieces_[i].size());
    if (!found) return false;
    const auto at = static_cast<size_t>(static_cast<const char*>(found) - text.data());
    text.remove_prefix(at + pieces_[i].size());
  }
  return true;
}

}  // namespace riposte::pattern
