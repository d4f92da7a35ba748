#include "access/policy_pattern.h"

#include <algorithm>

#include "base/wildcard.h"

namespace riposte::access {
namespace {

char16_t LowerUnit(char16_t c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char16_t>(c - 'A' + 'a') : c;
}

char16_t UnitOf(char c) {
  return static_cast<unsigned char>(c);
}

}  // namespace

std::string ToLower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

PolicyPattern PolicyPattern::Compile(std::string_view text, bool variables, bool wildcards) {
  PolicyPattern pattern;
  std::u16string units;
  const auto flush = [&] {
    if (!units.empty()) pattern.pieces_.push_back({std::move(units), {}, {}});
    units.clear();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const size_t close =
        variables && text.substr(i).starts_with("${") ? text.find('}', i) : std::string_view::npos;
    if (close == std::string_view::npos) {
      const char c = text[i];
      units += wildcards && c == '*' ? kAny : wildcards && c == '?' ? kOne : UnitOf(c);
      continue;
    }
    std::string_view name = text.substr(i + 2, close - i - 2);
    i = close;
    if (name == "*" || name == "?" || name == "$") {  // The escapes of the three special ones.
      units += UnitOf(name[0]);
      continue;
    }
    flush();
    Piece piece;
    if (const size_t comma = name.find(','); comma != std::string_view::npos) {
      const size_t open = name.find('\'', comma);
      const size_t end = name.rfind('\'');
      if (open != std::string_view::npos && end > open) {
        piece.fallback = std::string(name.substr(open + 1, end - open - 1));
      }
      name = name.substr(0, comma);
    }
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    piece.variable = ToLower(name);
    pattern.pieces_.push_back(std::move(piece));
  }
  flush();
  return pattern;
}

std::optional<std::u16string> PolicyPattern::Resolve(const Context& context) const {
  std::u16string out;
  for (const Piece& piece : pieces_) {
    if (piece.variable.empty()) {
      out += piece.units;
      continue;
    }
    const auto it = context.find(piece.variable);
    const bool found = it != context.end() && it->second.size() == 1;
    if (!found && !piece.fallback) return std::nullopt;
    for (const char c : found ? it->second[0] : *piece.fallback) out += UnitOf(c);
  }
  return out;
}

std::optional<std::string> PolicyPattern::Expand(const Context& context) const {
  const std::optional<std::u16string> units = Resolve(context);
  if (!units) return std::nullopt;
  std::string out;
  for (const Unit unit : *units) {
    out += unit == kAny ? '*' : unit == kOne ? '?' : static_cast<char>(unit);
  }
  return out;
}

bool PolicyPattern::Glob(std::u16string_view pattern, std::string_view text, bool ignore_case) {
  return MatchRuns(
      pattern, text, [](Unit unit) { return unit == kAny; },
      [ignore_case](Unit unit, char c) {
        if (unit == kOne) return true;
        return ignore_case ? LowerUnit(unit) == LowerUnit(UnitOf(c)) : unit == UnitOf(c);
      });
}

bool PolicyPattern::Matches(std::string_view text, const Context& context, bool ignore_case) const {
  if (pieces_.empty()) return text.empty();
  if (pieces_.size() == 1 && pieces_[0].variable.empty()) {
    return Glob(pieces_[0].units, text, ignore_case);
  }
  const std::optional<std::u16string> pattern = Resolve(context);
  return pattern && Glob(*pattern, text, ignore_case);
}

bool PolicyPattern::has_variables() const {
  return std::ranges::any_of(pieces_, [](const Piece& piece) { return !piece.variable.empty(); });
}

bool PolicyPattern::MatchesArn(std::string_view text, const Context& context) const {
  const std::optional<std::u16string> resolved = Resolve(context);
  if (!resolved) return false;
  std::u16string_view pattern = *resolved;
  for (int part = 0; part < 5; ++part) {
    const size_t pattern_end = pattern.find(u':');
    const size_t text_end = text.find(':');
    if (pattern_end == std::u16string_view::npos) {
      // "*" alone, or "arn:aws:sns:*": the rest is one wildcard part.
      return Glob(pattern, text, false);
    }
    if (text_end == std::string_view::npos) return false;
    if (!Glob(pattern.substr(0, pattern_end), text.substr(0, text_end), false)) return false;
    pattern.remove_prefix(pattern_end + 1);
    text.remove_prefix(text_end + 1);
  }
  return Glob(pattern, text, false);
}

}  // namespace riposte::access
