// JSON text under the matcher: where its structure lies, and the grammar of its scalars.
//
// Internal to this folder. simdjson's first stage finds every bracket, comma, colon, string and
// scalar start, and refuses bad UTF-8, control characters in strings and open strings; what it
// leaves to check (numbers, literals, escapes, the order of things) is here and in matcher_walk.cc.
//
// Thread safety: one JsonText a thread; it keeps its memory. Cost: Index about 2.5 GB/s.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

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

  /// Checks the number, true, false or null at `at`.
  [[nodiscard]] bool CheckScalar(uint32_t at) const;
  /// The content of the string whose quote is at `at`; `next` is the offset after it in
  /// structure().
  [[nodiscard]] std::string_view StringAt(uint32_t at, uint32_t next) const;
  /// Checks the number at `at` and reads it, correctly rounded.
  [[nodiscard]] bool ReadNumber(uint32_t at, double& value) const;

 private:
  struct Parser;

  [[nodiscard]] bool CheckNumber(uint32_t at) const;
  [[nodiscard]] bool CheckNumberSlowly(uint32_t at) const;
  /// REQUIRES: it is a number.
  [[nodiscard]] double NumberAt(uint32_t at) const;
  [[nodiscard]] bool EndsScalar(size_t at) const;

  std::string_view text_;
  std::unique_ptr<Parser> parser_;
  size_t capacity_ = 0;
  const uint32_t* structure_ = nullptr;
  size_t count_ = 0;
  bool has_escapes_ = false;
};

/// Checks the escapes of a string's content.
[[nodiscard]] bool CheckEscapes(std::string_view content);
/// Writes the content unescaped, never longer than it was; returns its end, or nullptr for a bad
/// escape or half of a surrogate pair.
[[nodiscard]] char* Unescape(std::string_view content, char* out);

}  // namespace riposte::pattern::matcher
