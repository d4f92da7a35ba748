// Tokens of a model file. Used by the model parser alone (idl_parser.cc).
//
// Whitespace, commas and `//` comments separate tokens and mean nothing else.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace riposte::wire {

enum class TokenType {
  kEnd,
  kName,    ///< Identifier or shape id: PutRule, aws.api#service, $version without the '$'.
  kString,  ///< "…" or """…""", unescaped.
  kNumber,
  kPunctuation,  ///< One of @ ( ) { } [ ] : = $
};

struct Token {
  TokenType type = TokenType::kEnd;
  std::string text;
  int line = 1;
  [[nodiscard]] bool Is(char c) const {
    return type == TokenType::kPunctuation && text.size() == 1 && text[0] == c;
  }
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}
  /// The next token; kEnd at the end, again and again.
  /// Errors: kInvalidArgument "12: unterminated string".
  [[nodiscard]] Result<Token> Next();

 private:
  void SkipSpace();
  [[nodiscard]] Result<Token> ReadString();
  [[nodiscard]] Result<Token> ReadTextBlock();
  [[nodiscard]] Status Unescape(std::string& out);
  [[nodiscard]] std::unexpected<Error> Bad(std::string_view what) const;

  std::string_view text_;
  size_t at_ = 0;
  int line_ = 1;
};

}  // namespace riposte::wire
