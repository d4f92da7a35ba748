#include "wire/idl_lexer.h"

#include <fmt/format.h>

#include "wire/utf8.h"

namespace riposte::wire {
namespace {

bool IsNameStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsNamePart(char c) {
  return IsNameStart(c) || IsDigit(c) || c == '.' || c == '#' || c == '$';
}

}  // namespace

std::unexpected<Error> Lexer::Bad(std::string_view what) const {
  return Fail(Code::kInvalidArgument, fmt::format("{}: {}", line_, what));
}

void Lexer::SkipSpace() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '\n') {
      ++line_;
      ++at_;
    } else if (c == ' ' || c == '\t' || c == '\r' || c == ',') {
      ++at_;
    } else if (text_.substr(at_, 2) == "//") {
      const size_t end = text_.find('\n', at_);
      at_ = end == std::string_view::npos ? text_.size() : end;
    } else {
      return;
    }
  }
}

Result<Token> Lexer::Next() {
  SkipSpace();
  Token token;
  token.line = line_;
  if (at_ >= text_.size()) return token;
  const char c = text_[at_];
  const size_t start = at_;
  if (IsNameStart(c)) {
    while (at_ < text_.size() && IsNamePart(text_[at_])) ++at_;
    token.type = TokenType::kName;
    token.text = text_.substr(start, at_ - start);
    return token;
  }
  if (IsDigit(c) || c == '-') {
    ++at_;
    while (at_ < text_.size() && (IsDigit(text_[at_]) || text_[at_] == '.' || text_[at_] == 'e' ||
                                  text_[at_] == 'E' || text_[at_] == '+' || text_[at_] == '-')) {
      ++at_;
    }
    token.type = TokenType::kNumber;
    token.text = text_.substr(start, at_ - start);
    return token;
  }
  if (c == '"') return text_.substr(at_, 3) == "\"\"\"" ? ReadTextBlock() : ReadString();
  if (std::string_view("@(){}[]:=$").find(c) != std::string_view::npos) {
    ++at_;
    token.type = TokenType::kPunctuation;
    token.text = c;
    return token;
  }
  return Bad(fmt::format("unexpected character '{}'", c));
}

Status Lexer::Unescape(std::string& out) {
  ++at_;  // The backslash.
  if (at_ >= text_.size()) return Bad("unterminated string");
  const char c = text_[at_++];
  switch (c) {
    case '"':
    case '\\':
    case '/':
      out += c;
      return {};
    case 'n':
      out += '\n';
      return {};
    case 'r':
      out += '\r';
      return {};
    case 't':
      out += '\t';
      return {};
    case 'b':
      out += '\b';
      return {};
    case 'f':
      out += '\f';
      return {};
    case 'u': {
      uint32_t value = 0;
      for (int i = 0; i < 4; ++i, ++at_) {
        if (at_ >= text_.size()) return Bad("unterminated string");
        const size_t digit =
            std::string_view("0123456789abcdef").find(static_cast<char>(text_[at_] | 0x20));
        if (digit == std::string_view::npos) return Bad("bad \\u escape");
        value = value * 16 + static_cast<uint32_t>(digit);
      }
      if (value >= 0xD800 && value <= 0xDFFF) return Bad("surrogate in \\u escape");
      AppendUtf8(out, value);
      return {};
    }
    default:
      return Bad(fmt::format("unknown escape \\{}", c));
  }
}

Result<Token> Lexer::ReadString() {
  Token token{TokenType::kString, {}, line_};
  ++at_;
  while (at_ < text_.size() && text_[at_] != '"') {
    if (text_[at_] == '\n') return Bad("unterminated string");
    if (text_[at_] == '\\') {
      if (Status status = Unescape(token.text); !status) return std::unexpected(status.error());
    } else {
      token.text += text_[at_++];
    }
  }
  if (at_ >= text_.size()) return Bad("unterminated string");
  ++at_;
  return token;
}

Result<Token> Lexer::ReadTextBlock() {
  Token token{TokenType::kString, {}, line_};
  at_ += 3;
  const size_t end = text_.find("\"\"\"", at_);
  if (end == std::string_view::npos) return Bad("unterminated text block");
  while (at_ < end) {
    if (text_[at_] == '\n') ++line_;
    token.text += text_[at_++];
  }
  at_ += 3;
  return token;
}

}  // namespace riposte::wire
