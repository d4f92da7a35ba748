#include "observe/filter_pattern.h"

#include <charconv>
#include <cmath>
#include <functional>

#include "base/number.h"
#include "base/wildcard.h"

namespace riposte::observe {

/// One node of a parsed pattern; which members count depends on the kind.
struct FilterPattern::Node {
  enum class Kind { kAll, kTerms, kJson, kFields };
  enum class Op { kEq, kNe, kLt, kLe, kGt, kGe, kNotExists, kIsNull, kIsTrue, kIsFalse, kExists };
  struct Step {
    std::string name;  ///< Member, when index is -1.
    int64_t index = -1;
    bool every = false;  ///< [*]
  };
  struct Test {
    std::vector<Step> selector;
    Op op = Op::kEq;
    std::string text;
    std::optional<double> number;  ///< The value, when it is an unquoted number.
  };
  struct Bool {
    enum class Kind { kTest, kAnd, kOr };
    Kind kind = Kind::kTest;
    Test test;
    std::vector<Bool> parts;
  };
  struct Field {
    bool rest = false;  ///< "..."
    std::string name;
    std::optional<Bool> condition;
  };

  Kind kind = Kind::kAll;
  std::vector<std::string> required, optional, excluded;
  Bool expression;
  std::vector<Field> fields;
};

namespace {

using Node = FilterPattern::Node;

bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// `pattern` with * for any run of characters.
bool WildcardMatch(std::string_view pattern, std::string_view text) {
  return MatchRuns(
      pattern, text, [](char unit) { return unit == '*'; },
      [](char unit, char c) { return unit == c; });
}

std::optional<double> ToNumber(std::string_view text) {
  const auto value = ParseNumber<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<std::unique_ptr<Node>> Run() {
    auto node = std::make_unique<Node>();
    SkipSpace();
    if (AtEnd()) return node;
    bool good = false;
    if (Peek() == '{') {
      node->kind = Node::Kind::kJson;
      good = Eat("{") && ParseOr(node->expression, 0) && Expect("}");
    } else if (Peek() == '[') {
      node->kind = Node::Kind::kFields;
      good = ParseFields(*node);
    } else {
      node->kind = Node::Kind::kTerms;
      good = ParseTerms(*node);
    }
    SkipSpace();
    if (good && !AtEnd()) good = Wrong("unexpected text");
    if (!good) return Fail(Code::kInvalidArgument, error_);
    return node;
  }

 private:
  static constexpr int kMaxNesting = 32;

  [[nodiscard]] bool AtEnd() const { return at_ >= text_.size(); }
  [[nodiscard]] char Peek() const { return AtEnd() ? '\0' : text_[at_]; }
  void SkipSpace() {
    while (!AtEnd() && IsSpace(Peek())) ++at_;
  }
  bool Wrong(std::string_view what) {
    if (error_.empty()) {
      error_ = "Invalid filter pattern: " + std::string(what) + " at character " +
               std::to_string(at_ + 1);
    }
    return false;
  }
  bool Eat(std::string_view token) {
    SkipSpace();
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }
  bool Expect(std::string_view token) {
    return Eat(token) || Wrong("expected " + std::string(token));
  }
  bool ParseQuoted(std::string& out, char quote = '"') {
    ++at_;
    while (!AtEnd() && Peek() != quote) {
      if (Peek() == '\\' && at_ + 1 < text_.size()) ++at_;
      out += text_[at_++];
    }
    if (AtEnd()) return Wrong("a quotation mark is missing");
    ++at_;
    return true;
  }
  bool ParseTerms(Node& node) {
    for (SkipSpace(); !AtEnd(); SkipSpace()) {
      std::vector<std::string>* list = &node.required;
      if (Peek() == '?') list = &node.optional;
      if (Peek() == '-') list = &node.excluded;
      if (list != &node.required) ++at_;
      std::string term;
      if (Peek() == '"') {
        if (!ParseQuoted(term)) return false;
      } else if (Peek() == '%') {
        return Wrong("regular expressions are not supported");
      } else {
        while (!AtEnd() && !IsSpace(Peek())) {
          const char c = Peek();
          const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                             (c >= 'A' && c <= 'Z') || c == '_' ||
                             static_cast<unsigned char>(c) >= 0x80;
          // The service asks for quotation marks around anything else; dots, slashes and the like
          // inside a word are harmless, so only the marks of the grammar are refused.
          if (!plain && (c == '"' || c == '{' || c == '}' || c == '[' || c == ']')) {
            return Wrong("a term with special characters needs quotation marks");
          }
          term += c;
          ++at_;
        }
      }
      if (term.empty()) return Wrong("a term is empty");
      list->push_back(std::move(term));
    }
    return true;
  }
  bool ParseOr(Node::Bool& out, int depth) {
    if (depth > kMaxNesting) return Wrong("nested too deeply");
    return ParseChain(out, Node::Bool::Kind::kOr, "||",
                      [&](Node::Bool& part) { return ParseAnd(part, depth); });
  }
  bool ParseAnd(Node::Bool& out, int depth) {
    return ParseChain(out, Node::Bool::Kind::kAnd, "&&",
                      [&](Node::Bool& part) { return ParseUnit(part, depth); });
  }
  bool ParseChain(Node::Bool& out, Node::Bool::Kind kind, std::string_view joint,
                  const std::function<bool(Node::Bool&)>& each) {
    Node::Bool first;
    if (!each(first)) return false;
    if (!Eat(joint)) {
      out = std::move(first);
      return true;
    }
    out.kind = kind;
    out.parts.push_back(std::move(first));
    do {
      Node::Bool next;
      if (!each(next)) return false;
      out.parts.push_back(std::move(next));
    } while (Eat(joint));
    return true;
  }
  bool ParseUnit(Node::Bool& out, int depth) {
    if (Eat("(")) return ParseOr(out, depth + 1) && Expect(")");
    SkipSpace();
    return ParseSelector(out.test.selector) && ParseTest(out.test, "&|)}");
  }

 public:
  bool ParseSelector(std::vector<Node::Step>& selector) {
    if (!Eat("$")) return Wrong("expected a selector that starts with $");
    while (Peek() == '.' || Peek() == '[') {
      Node::Step step;
      if (text_[at_++] == '.') {
        while (!AtEnd() && !IsSpace(Peek()) &&
               std::string_view(".[]=!<>()&|}\"").find(Peek()) == std::string_view::npos) {
          step.name += text_[at_++];
        }
        if (step.name.empty()) return Wrong("a name is missing");
        if (step.name == "*") step.every = true;
      } else if (Peek() == '*') {
        ++at_;
        step.every = true;
      } else if (Peek() == '\'' || Peek() == '"') {
        if (!ParseQuoted(step.name, Peek())) return false;
      } else {
        const char* begin = text_.data() + at_;
        const auto [rest, error] = std::from_chars(begin, text_.data() + text_.size(), step.index);
        if (error != std::errc() || step.index < 0) return Wrong("expected an index");
        at_ += static_cast<size_t>(rest - begin);
      }
      const bool bracket =
          step.index >= 0 || (step.every && step.name.empty()) ||
          (!step.name.empty() && (text_[at_ - 1] == '\'' || text_[at_ - 1] == '"'));
      if (bracket && !(Peek() == ']' && ++at_)) return Wrong("expected ]");
      selector.push_back(std::move(step));
    }
    return true;
  }
  [[nodiscard]] bool done() const { return AtEnd(); }

 private:
  /// An operator and its value; `stops` are characters that end an unquoted value.
  bool ParseTest(Node::Test& test, std::string_view stops) {
    if (Eat("NOT EXISTS")) {
      test.op = Node::Op::kNotExists;
    } else if (Eat("EXISTS")) {
      test.op = Node::Op::kExists;
    } else if (Eat("IS NULL")) {
      test.op = Node::Op::kIsNull;
    } else if (Eat("IS TRUE")) {
      test.op = Node::Op::kIsTrue;
    } else if (Eat("IS FALSE")) {
      test.op = Node::Op::kIsFalse;
    } else {
      if (Eat("!=")) {
        test.op = Node::Op::kNe;
      } else if (Eat("<=")) {
        test.op = Node::Op::kLe;
      } else if (Eat(">=")) {
        test.op = Node::Op::kGe;
      } else if (Eat("<")) {
        test.op = Node::Op::kLt;
      } else if (Eat(">")) {
        test.op = Node::Op::kGt;
      } else if (!Eat("=")) {
        return Wrong("expected an operator");
      }
      return ParseValue(test, stops);
    }
    return true;
  }
  bool ParseValue(Node::Test& test, std::string_view stops) {
    SkipSpace();
    if (Peek() == '%') return Wrong("regular expressions are not supported");
    if (Peek() == '"') {
      if (!ParseQuoted(test.text)) return false;
    } else {
      while (!AtEnd() && !IsSpace(Peek()) && stops.find(Peek()) == std::string_view::npos) {
        test.text += text_[at_++];
      }
      if (test.text.empty()) return Wrong("a value is missing");
      test.number = ToNumber(test.text);
    }
    const bool ordered = test.op != Node::Op::kEq && test.op != Node::Op::kNe;
    if (ordered && !test.number) return Wrong("this operator needs a number");
    return true;
  }
  bool ParseFields(Node& node) {
    Eat("[");
    do {
      Node::Field field;
      if (Eat("...")) {
        for (const Node::Field& other : node.fields) {
          if (other.rest) return Wrong("only one ... is allowed");
        }
        field.rest = true;
      } else {
        SkipSpace();
        while (!AtEnd() && !IsSpace(Peek()) &&
               std::string_view(",]=!<>").find(Peek()) == std::string_view::npos) {
          field.name += text_[at_++];
        }
        if (field.name.empty()) return Wrong("a field name is missing");
        SkipSpace();
        if (Peek() != ',' && Peek() != ']' && !ParseCondition(field)) return false;
      }
      node.fields.push_back(std::move(field));
    } while (Eat(","));
    return Expect("]");
  }
  bool ParseCondition(Node::Field& field) {
    bool first = true;
    const auto test = [&](Node::Bool& out) {
      // "status = 4* || status = 5*": the name is repeated in every test but the first.
      if (!first && !Expect(field.name)) return false;
      first = false;
      return ParseTest(out.test, ",]&|");
    };
    const auto conjunction = [&](Node::Bool& out) {
      return ParseChain(out, Node::Bool::Kind::kAnd, "&&", test);
    };
    return ParseChain(field.condition.emplace(), Node::Bool::Kind::kOr, "||", conjunction);
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string error_;
};

bool CompareNumber(Node::Op op, double left, double right) {
  switch (op) {
    case Node::Op::kEq:
      return left == right;
    case Node::Op::kNe:
      return left != right;
    case Node::Op::kLt:
      return left < right;
    case Node::Op::kLe:
      return left <= right;
    case Node::Op::kGt:
      return left > right;
    case Node::Op::kGe:
      return left >= right;
    default:
      return false;
  }
}

bool TestText(const Node::Test& test, std::string_view text) {
  if (test.number) {
    if (const std::optional<double> number = ToNumber(text)) {
      return CompareNumber(test.op, *number, *test.number);
    }
  }
  if (test.op == Node::Op::kEq) return WildcardMatch(test.text, text);
  if (test.op == Node::Op::kNe) return !WildcardMatch(test.text, text);
  return test.op == Node::Op::kExists;
}

bool TestValue(const Node::Test& test, const json::Value& value) {
  switch (test.op) {
    case Node::Op::kNotExists:
      return false;
    case Node::Op::kExists:
      return true;
    case Node::Op::kIsNull:
      return value.is_null();
    case Node::Op::kIsTrue:
      return value.is_bool() && value.get_bool();
    case Node::Op::kIsFalse:
      return value.is_bool() && !value.get_bool();
    default:
      break;
  }
  if (value.is_number()) {
    if (test.number) return CompareNumber(test.op, value.to_number<double>(), *test.number);
    return TestText(test, json::Serialize(value));
  }
  if (value.is_string()) return TestText(test, json::View(value));
  if (value.is_bool()) return TestText(test, value.get_bool() ? "true" : "false");
  return test.op == Node::Op::kNe;
}

/// Calls `each` for every value that the selector finds, until it returns true.
bool Select(const json::Value& value, const std::vector<Node::Step>& steps, size_t at,
            const std::function<bool(const json::Value&)>& each) {
  if (at == steps.size()) return each(value);
  const Node::Step& step = steps[at];
  if (step.every) {
    if (value.is_array()) {
      for (const json::Value& item : value.get_array()) {
        if (Select(item, steps, at + 1, each)) return true;
      }
    } else if (value.is_object()) {
      for (const auto& member : value.get_object()) {
        if (Select(member.value(), steps, at + 1, each)) return true;
      }
    }
    return false;
  }
  if (step.index >= 0) {
    if (!value.is_array() || static_cast<size_t>(step.index) >= value.get_array().size()) {
      return false;
    }
    return Select(value.get_array()[static_cast<size_t>(step.index)], steps, at + 1, each);
  }
  if (!value.is_object()) return false;
  const auto found = value.get_object().find(step.name);
  return found != value.get_object().end() && Select(found->value(), steps, at + 1, each);
}

bool Evaluate(const Node::Bool& node, const std::function<bool(const Node::Test&)>& test) {
  switch (node.kind) {
    case Node::Bool::Kind::kTest:
      return test(node.test);
    case Node::Bool::Kind::kAnd:
      for (const Node::Bool& part : node.parts) {
        if (!Evaluate(part, test)) return false;
      }
      return true;
    case Node::Bool::Kind::kOr:
      for (const Node::Bool& part : node.parts) {
        if (Evaluate(part, test)) return true;
      }
      return false;
  }
  return false;
}

std::optional<json::Value> ParseMessage(std::string_view message) {
  const size_t first = message.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || (message[first] != '{' && message[first] != '[')) {
    return std::nullopt;
  }
  Result<json::Value> parsed = json::Parse(message);
  if (!parsed) return std::nullopt;
  return std::move(*parsed);
}

/// Splits at spaces; [..] and ".." hold together and lose their marks.
std::vector<std::string_view> SplitFields(std::string_view message) {
  std::vector<std::string_view> fields;
  size_t at = 0;
  while (true) {
    while (at < message.size() && IsSpace(message[at])) ++at;
    if (at >= message.size()) return fields;
    const char open = message[at];
    const char close = open == '[' ? ']' : open == '"' ? '"' : '\0';
    const size_t end = close == '\0' ? std::string_view::npos : message.find(close, at + 1);
    if (end != std::string_view::npos) {
      fields.push_back(message.substr(at + 1, end - at - 1));
      at = end + 1;
    } else {
      const size_t stop = std::min(message.find_first_of(" \t\r\n", at), message.size());
      fields.push_back(message.substr(at, stop - at));
      at = stop;
    }
  }
}

/// The field of the message that each field of the pattern means; empty when the counts differ.
std::vector<std::string_view> Align(const std::vector<Node::Field>& pattern,
                                    std::string_view message) {
  std::vector<std::string_view> parts = SplitFields(message);
  size_t rest = pattern.size();
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i].rest) rest = i;
  }
  std::vector<std::string_view> aligned(pattern.size());
  if (rest == pattern.size()) {
    if (parts.size() != pattern.size()) return {};
    return parts;
  }
  if (parts.size() + 1 < pattern.size()) return {};
  for (size_t i = 0; i < rest; ++i) aligned[i] = parts[i];
  for (size_t i = rest + 1; i < pattern.size(); ++i) {
    aligned[i] = parts[parts.size() - (pattern.size() - i)];
  }
  return aligned;
}

bool Contains(std::string_view message, const std::string& term) {
  return message.find(term) != std::string_view::npos;
}

bool MatchTerms(const Node& node, std::string_view message) {
  for (const std::string& term : node.required) {
    if (!Contains(message, term)) return false;
  }
  for (const std::string& term : node.excluded) {
    if (Contains(message, term)) return false;
  }
  if (node.optional.empty()) return true;
  for (const std::string& term : node.optional) {
    if (Contains(message, term)) return true;
  }
  return false;
}

bool MatchFields(const Node& node, std::string_view message) {
  const std::vector<std::string_view> parts = Align(node.fields, message);
  if (parts.empty()) return false;
  for (size_t i = 0; i < node.fields.size(); ++i) {
    if (!node.fields[i].condition) continue;
    const auto test = [&](const Node::Test& t) { return TestText(t, parts[i]); };
    if (!Evaluate(*node.fields[i].condition, test)) return false;
  }
  return true;
}

}  // namespace

FilterPattern::FilterPattern() = default;
FilterPattern::FilterPattern(FilterPattern&&) noexcept = default;
FilterPattern& FilterPattern::operator=(FilterPattern&&) noexcept = default;
FilterPattern::~FilterPattern() = default;

Result<FilterPattern> FilterPattern::Parse(std::string_view text) {
  if (text.size() > kMaxLength) {
    return Fail(Code::kInvalidArgument, "Invalid filter pattern: longer than 1024 characters");
  }
  Result<std::unique_ptr<Node>> root = Parser(text).Run();
  if (!root) return std::unexpected(root.error());
  FilterPattern pattern;
  pattern.root_ = std::move(*root);
  return pattern;
}

bool FilterPattern::Matches(std::string_view message) const {
  switch (root_->kind) {
    case Node::Kind::kAll:
      return true;
    case Node::Kind::kTerms:
      return MatchTerms(*root_, message);
    case Node::Kind::kFields:
      return MatchFields(*root_, message);
    case Node::Kind::kJson:
      break;
  }
  const std::optional<json::Value> document = ParseMessage(message);
  if (!document) return false;
  return Evaluate(root_->expression, [&](const Node::Test& test) {
    bool exists = false;
    const bool hit = Select(*document, test.selector, 0, [&](const json::Value& value) {
      exists = true;
      return TestValue(test, value);
    });
    return test.op == Node::Op::kNotExists ? !exists : hit;
  });
}

std::optional<double> FilterPattern::Extract(std::string_view text,
                                             std::string_view message) const {
  if (!text.starts_with('$')) return ToNumber(text);
  if (root_->kind == Node::Kind::kFields) {
    const std::vector<std::string_view> parts = Align(root_->fields, message);
    for (size_t i = 0; i < parts.size(); ++i) {
      if (root_->fields[i].name == text.substr(1)) return ToNumber(parts[i]);
    }
    return std::nullopt;
  }
  std::vector<Node::Step> selector;
  Parser parser(text);
  const std::optional<json::Value> document = ParseMessage(message);
  if (!document || !parser.ParseSelector(selector) || !parser.done()) return std::nullopt;
  std::optional<double> number;
  Select(*document, selector, 0, [&](const json::Value& value) {
    if (value.is_number()) number = value.to_number<double>();
    if (value.is_string()) number = ToNumber(json::View(value));
    return number.has_value();
  });
  return number;
}

}  // namespace riposte::observe
