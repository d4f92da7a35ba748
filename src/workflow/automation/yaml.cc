#include "workflow/automation/yaml.h"

#include <yaml-cpp/emitter.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <optional>
#include <sstream>
#include <vector>

#include "base/number.h"

namespace riposte::automation {
namespace {

struct TooMuch {
  std::string what;
};

bool IsInteger(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return false;
  return text.size() == 1 || text[0] != '0';
}

bool IsFloat(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  bool digit = false, point = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c >= '0' && c <= '9') {
      digit = true;
    } else if (c == '.' && !point) {
      point = true;
    } else if ((c == 'e' || c == 'E') && digit && i + 1 < text.size()) {
      std::string_view exponent = text.substr(i + 1);
      if (exponent[0] == '-' || exponent[0] == '+') exponent.remove_prefix(1);
      return !exponent.empty() &&
             exponent.find_first_not_of("0123456789") == std::string_view::npos;
    } else {
      return false;
    }
  }
  return digit && point;
}

json::Value Plain(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
    return nullptr;
  }
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  const std::string_view digits = text[0] == '+' ? std::string_view(text).substr(1) : text;
  if (IsInteger(text)) {
    if (const auto number = ParseNumber(digits)) return *number;
  } else if (IsFloat(text)) {
    if (const auto number = ParseNumber<double>(digits)) return *number;
  }
  return json::Value(text);
}

struct Size {
  size_t values = 0;
  size_t bytes = 0;
};

void Measure(const json::Value& value, Size& size) {
  ++size.values;
  if (value.is_string()) size.bytes += value.get_string().size();
  if (value.is_array()) {
    for (const json::Value& element : value.get_array()) Measure(element, size);
  }
  if (value.is_object()) {
    for (const auto& [key, member] : value.get_object()) {
      size.bytes += key.size();
      Measure(member, size);
    }
  }
}

int DepthOf(const json::Value& value) {
  int depth = 0;
  if (value.is_array()) {
    for (const json::Value& element : value.get_array()) depth = std::max(depth, DepthOf(element));
    return depth + 1;
  }
  if (value.is_object()) {
    for (const auto& [key, member] : value.get_object()) depth = std::max(depth, DepthOf(member));
    return depth + 1;
  }
  return 0;
}

/// Builds the document from the parser's events, so that aliases are counted as they expand.
class Builder : public YAML::EventHandler {
 public:
  explicit Builder(const YamlLimits& limits) : limits_(limits) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Add(nullptr, anchor, mark);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    // "?" is a plain scalar, "!" a quoted one; any other tag says that it is text.
    Add(tag == "?" ? Plain(text) : json::Value(text), anchor, mark, &text);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    // An alias inside the value that it names would never end.
    if (found == anchors_.end()) throw YAML::ParserException(mark, "alias to an unfinished value");
    if (static_cast<int>(stack_.size()) + found->second.depth > limits_.max_depth) {
      throw TooMuch{"nested too deeply"};
    }
    Count(found->second.size);
    json::Value copy = found->second.value;
    Place(std::move(copy), mark, nullptr);
  }
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Push(json::Array(), anchor);
  }
  void OnSequenceEnd() override { Pop(); }
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Push(json::Object(), anchor);
  }
  void OnMapEnd() override { Pop(); }

  [[nodiscard]] std::optional<json::Value> Take() { return std::move(root_); }

 private:
  struct Level {
    json::Value value;
    YAML::anchor_t anchor = 0;
    std::optional<std::string> key;
  };
  struct Anchored {
    json::Value value;
    Size size;
    int depth = 0;
  };

  void Count(const Size& size) {
    total_.values += size.values;
    total_.bytes += size.bytes;
    if (total_.values > limits_.max_values) throw TooMuch{"too many values"};
    if (total_.bytes > limits_.max_bytes) throw TooMuch{"too much text"};
  }
  void Remember(YAML::anchor_t anchor, const json::Value& value) {
    if (anchor == 0) return;
    Anchored anchored{value, {}, DepthOf(value)};
    Measure(value, anchored.size);
    Count(anchored.size);  // the copy that is kept
    anchors_[anchor] = std::move(anchored);
  }
  void Add(json::Value value, YAML::anchor_t anchor, const YAML::Mark& mark,
           const std::string* text = nullptr) {
    Count({1, text ? text->size() : 0});
    Remember(anchor, value);
    Place(std::move(value), mark, text);
  }
  void Push(json::Value value, YAML::anchor_t anchor) {
    if (static_cast<int>(stack_.size()) >= limits_.max_depth) throw TooMuch{"nested too deeply"};
    Count({1, 0});
    stack_.push_back({std::move(value), anchor, {}});
  }
  void Pop() {
    Level level = std::move(stack_.back());
    stack_.pop_back();
    Remember(level.anchor, level.value);
    Place(std::move(level.value), YAML::Mark::null_mark(), nullptr);
  }
  void Place(json::Value value, const YAML::Mark& mark, const std::string* text) {
    if (stack_.empty()) {
      if (!root_) root_ = std::move(value);
      return;
    }
    Level& level = stack_.back();
    if (level.value.is_array()) {
      level.value.get_array().push_back(std::move(value));
    } else if (level.key) {
      level.value.get_object()[*level.key] = std::move(value);
      level.key.reset();
    } else if (text) {
      level.key = *text;
    } else if (value.is_string()) {
      level.key = std::string(json::View(value));
    } else {
      throw YAML::ParserException(mark, "a key must be text");
    }
  }

  YamlLimits limits_;
  Size total_;
  std::vector<Level> stack_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::optional<json::Value> root_;
};

/// True when a plain scalar would be read back as this very text.
bool IsSafePlain(std::string_view text) {
  if (text.empty() || !Plain(std::string(text)).is_string()) return false;
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (!letter(text[0])) return false;
  for (const char c : text) {
    if (!letter(c) && !(c >= '0' && c <= '9') && c != '_' && c != '-' && c != '.' && c != '/') {
      return false;
    }
  }
  return true;
}

void EmitText(YAML::Emitter& out, std::string_view text) {
  // A literal block keeps a script readable, where it can hold the text without loss.
  const bool lines = text.find('\n') != std::string_view::npos;
  const bool control = text.find_first_of("\r\t\x7f") != std::string_view::npos;
  if (lines && !control && text.front() != ' ' && text.front() != '\n' && text.back() == '\n' &&
      (text.size() < 2 || text[text.size() - 2] != '\n')) {
    out << YAML::Literal << std::string(text);
  } else if (IsSafePlain(text)) {
    out << std::string(text);
  } else {
    out << YAML::DoubleQuoted << std::string(text);
  }
}

void Emit(YAML::Emitter& out, const json::Value& value) {
  if (value.is_object()) {
    out << YAML::BeginMap;
    for (const auto& [key, member] : value.get_object()) {
      out << YAML::Key;
      EmitText(out, {key.data(), key.size()});
      out << YAML::Value;
      Emit(out, member);
    }
    out << YAML::EndMap;
  } else if (value.is_array()) {
    out << YAML::BeginSeq;
    for (const json::Value& element : value.get_array()) Emit(out, element);
    out << YAML::EndSeq;
  } else if (value.is_string()) {
    EmitText(out, json::View(value));
  } else if (value.is_null()) {
    out << YAML::Null;
  } else if (value.is_bool()) {
    out << (value.get_bool() ? "true" : "false");
  } else {
    out << json::Serialize(value);
  }
}

}  // namespace

Result<json::Value> ParseYaml(std::string_view text, const YamlLimits& limits) {
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    Builder builder(limits);
    if (!parser.HandleNextDocument(builder)) {
      return Fail(Code::kInvalidArgument, "the document is empty");
    }
    auto root = builder.Take();
    if (!root) return Fail(Code::kInvalidArgument, "the document is empty");
    return std::move(*root);
  } catch (const TooMuch& problem) {
    return Fail(Code::kLimitExceeded, "the document is " + problem.what);
  } catch (const YAML::Exception& problem) {
    return Fail(Code::kInvalidArgument, problem.what());
  }
}

std::string EmitYaml(const json::Value& value) {
  YAML::Emitter out;
  Emit(out, value);
  return std::string(out.c_str()) + "\n";
}

}  // namespace riposte::automation
