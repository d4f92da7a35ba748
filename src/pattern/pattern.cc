#include "pattern/pattern.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace riposte::pattern {
namespace {

/// Inside the parser a refusal is thrown, and becomes a Result in ParseBare.
struct Refusal {
  Code code;
  std::string reason;
};
/// A reason may quote the pattern: not at any length.
constexpr size_t kLongestReason = 400;

[[noreturn]] void Refuse(std::string reason) {
  if (reason.size() > kLongestReason) {
    size_t end = kLongestReason;
    while (end > 0 && (static_cast<unsigned char>(reason[end]) & 0xC0) == 0x80) --end;
    reason = reason.substr(0, end) + "…";
  }
  throw Refusal{Code::kInvalidArgument, std::move(reason)};
}
[[noreturn]] void RefuseSize(std::string reason) {
  throw Refusal{Code::kLimitExceeded, std::move(reason)};
}
template <class T>
T OrRefuse(Result<T> result) {
  if (!result) Refuse(result.error().message);
  return std::move(*result);
}

constexpr std::array<std::string_view, 8> kOperators = {
    "prefix", "suffix", "equals-ignore-case", "wildcard", "anything-but", "numeric",
    "cidr",   "exists"};

bool IsOperator(std::string_view name) {
  return name == "exact" || std::ranges::find(kOperators, name) != kOperators.end();
}

std::optional<double> Number(const json::Value& value) {
  if (value.is_double()) return value.get_double();
  if (value.is_int64()) return static_cast<double>(value.get_int64());
  if (value.is_uint64()) return static_cast<double>(value.get_uint64());
  return std::nullopt;
}

std::optional<TextCondition::Kind> TextKind(std::string_view op) {
  if (op == "prefix") return TextCondition::Kind::kPrefix;
  if (op == "suffix") return TextCondition::Kind::kSuffix;
  if (op == "wildcard") return TextCondition::Kind::kWildcard;
  if (op == "equals-ignore-case") return TextCondition::Kind::kEqual;
  return std::nullopt;
}

TextCondition MakeText(std::string_view op, const json::Value& operand, bool in_anything_but) {
  const auto kind = *TextKind(op);
  const bool nests = kind == TextCondition::Kind::kPrefix || kind == TextCondition::Kind::kSuffix;
  bool ignore_case = op == "equals-ignore-case";
  const json::Value* text = &operand;
  if (nests && operand.is_object()) {
    const auto& object = operand.get_object();
    if (object.size() != 1 || !object.contains("equals-ignore-case")) {
      Refuse("Unsupported " + std::string(op) +
             " pattern: " + (object.empty() ? "{}" : std::string(object.begin()->key())));
    }
    text = &object.begin()->value();
    ignore_case = true;
  }
  if (!text->is_string()) Refuse(std::string(op) + " match pattern must be a string");
  if (in_anything_but && nests && text->get_string().empty()) {
    Refuse("Null " + std::string(op) + " not allowed in anything-but");
  }
  return OrRefuse(TextCondition::Make(kind, json::View(*text), ignore_case));
}

AnythingBut MakeAnythingBut(const json::Value& operand) {
  AnythingBut but;
  const auto add = [&](const json::Value& value) {
    if (value.is_string()) {
      but.texts.push_back(
          OrRefuse(TextCondition::Make(TextCondition::Kind::kEqual, json::View(value))));
    } else if (const auto number = Number(value)) {
      but.numbers.push_back(*number);
    } else {
      Refuse("Inside anything-but list, start|null|boolean is not supported.");
    }
  };
  if (const auto* list = operand.if_array()) {
    if (list->empty()) Refuse("Empty arrays are not allowed");
    for (const json::Value& value : *list) add(value);
    if (!but.texts.empty() && !but.numbers.empty()) {
      Refuse(
          "Inside anything-but list, either all values are number or string, "
          "mixed type is not supported");
    }
  } else if (const auto* object = operand.if_object()) {
    if (object->empty()) Refuse("Empty objects are not allowed");
    const std::string_view op = object->begin()->key();
    const json::Value& value = object->begin()->value();
    if (object->size() != 1) Refuse("Only one key allowed in match expression");
    if (!TextKind(op)) Refuse("Unsupported anything-but pattern: " + std::string(op));
    if (const auto* texts = value.if_array()) {
      if (texts->empty()) Refuse("Empty arrays are not allowed");
      for (const json::Value& text : *texts) but.texts.push_back(MakeText(op, text, true));
    } else {
      but.texts.push_back(MakeText(op, value, true));
    }
  } else if (operand.is_string() || Number(operand)) {
    add(operand);
  } else {
    Refuse("Value of anything-but must be an array or single string/number value.");
  }
  return but;
}

Alternative MakeNumeric(const json::Value& operand) {
  const auto* list = operand.if_array();
  if (!list) Refuse("Value of numeric must be an array.");
  if (list->empty()) Refuse("Invalid member in numeric match: ]");
  const auto op_at = [&](size_t i) -> std::string_view {
    if (!(*list)[i].is_string()) {
      Refuse("Invalid member in numeric match: " + json::Serialize((*list)[i]));
    }
    return json::View((*list)[i]);
  };
  const auto bound_at = [&](size_t i) {
    const auto number = i < list->size() ? Number((*list)[i]) : std::nullopt;
    if (!number) Refuse("Value of " + std::string(op_at(i - 1)) + " must be numeric");
    return *number;
  };
  const std::string_view op = op_at(0);
  NumberRange range;
  size_t used = 2;
  if (op == "=") {
    range.low = range.high = bound_at(1);
  } else if (op == "<" || op == "<=") {
    range.high = bound_at(1);
    range.high_open = op == "<";
  } else if (op == ">" || op == ">=") {
    range.low = bound_at(1);
    range.low_open = op == ">";
    if (list->size() > 2) {
      const std::string_view second = op_at(2);
      if (second != "<" && second != "<=")
        Refuse("Bad numeric range operator: " + std::string(second));
      range.high = bound_at(3);
      range.high_open = second == "<";
      if (*range.low >= *range.high) Refuse("Bottom must be less than top");
      used = 4;
    }
  } else {
    Refuse("Unrecognized numeric range operator: " + std::string(op));
  }
  if (list->size() > used) {
    Refuse(op == "=" ? "Too many elements in numeric expression"
                     : "Too many terms in numeric range expression");
  }
  return range;
}

Alternative MakeAlternative(const json::Value& value) {
  if (value.is_string()) {
    return OrRefuse(TextCondition::Make(TextCondition::Kind::kEqual, json::View(value)));
  }
  if (const auto number = Number(value)) return NumberEquals{*number};
  if (value.is_null()) return Literal{Literal::Kind::kNull};
  if (value.is_bool())
    return Literal{value.get_bool() ? Literal::Kind::kTrue : Literal::Kind::kFalse};
  const auto* object = value.if_object();
  if (!object) Refuse("Match value must be String, number, true, false, or null");
  if (object->empty()) Refuse("Empty objects are not allowed");
  const std::string_view op = object->begin()->key();
  const json::Value& operand = object->begin()->value();
  if (TextKind(op)) return MakeText(op, operand, false);
  if (op == "anything-but") return MakeAnythingBut(operand);
  if (op == "numeric") return MakeNumeric(operand);
  if (op == "cidr") {
    if (!operand.is_string()) Refuse("prefix match pattern must be a string");
    return OrRefuse(Cidr::Parse(json::View(operand)));
  }
  if (op == "exists") {
    if (!operand.is_bool()) Refuse("exists match pattern must be either true or false.");
    return Exists{operand.get_bool()};
  }
  Refuse("Unrecognized match type " + std::string(op));
}

size_t Stars(const Alternative& alternative) {
  if (const auto* test = std::get_if<TextCondition>(&alternative)) return test->stars();
  size_t stars = 0;
  if (const auto* but = std::get_if<AnythingBut>(&alternative)) {
    for (const TextCondition& test : but->texts) stars += test.stars();
  }
  return stars;
}

/// Two or more objects, none using an operator's name as a field.
bool IsOr(std::string_view name, const json::Value& value) {
  if (name != "$or" || !value.is_array() || value.get_array().size() < 2) return false;
  return std::ranges::all_of(value.get_array(), [](const json::Value& branch) {
    return branch.is_object() && std::ranges::none_of(branch.get_object(), [](const auto& member) {
             return IsOperator(member.key());
           });
  });
}

class Parser {
 public:
  explicit Parser(const Pattern::Limits& limits) : limits_(limits) {}

  using Combinations = std::vector<std::vector<uint32_t>>;

  Combinations ParseObject(const json::Object& object, size_t depth) {
    if (object.empty()) Refuse("Empty objects are not allowed");
    if (depth > limits_.max_depth) RefuseSize("Event pattern is nested too deeply");
    Combinations all(1);
    for (const auto& [key, value] : object) {
      Combinations own;
      if (IsOr(key, value)) {
        for (const json::Value& branch : value.get_array()) {
          Append(own, ParseObject(branch.get_object(), depth + 1));
        }
      } else {
        path_.emplace_back(key);
        own = ParseValue(key, value, depth);
        path_.pop_back();
      }
      all = Multiply(all, own);
    }
    return all;
  }

  std::vector<Field> TakeFields() { return std::move(fields_); }

 private:
  Combinations ParseValue(std::string_view name, const json::Value& value, size_t depth) {
    if (const auto* object = value.if_object()) return ParseObject(*object, depth + 1);
    const auto* list = value.if_array();
    if (!list) Refuse("\"" + std::string(name) + "\" must be an object or an array");
    if (list->empty()) Refuse("Empty arrays are not allowed");
    std::vector<Alternative> alternatives;
    size_t stars = 0;
    for (const json::Value& alternative : *list) {
      alternatives.push_back(MakeAlternative(alternative));
      stars += Stars(alternatives.back());
    }
    if (stars > limits_.max_wildcard_stars) {
      RefuseSize(
          "Rule is too complex - try using fewer wildcard characters or fewer repeating "
          "character sequences after a wildcard character");
    }
    fields_.emplace_back(path_, std::move(alternatives));
    return {{static_cast<uint32_t>(fields_.size() - 1)}};
  }

  void Append(Combinations& to, Combinations from) const {
    CheckCount(to.size() + from.size());
    for (auto& combination : from) to.push_back(std::move(combination));
  }

  Combinations Multiply(const Combinations& left, const Combinations& right) const {
    CheckCount(left.size() * right.size());
    Combinations out;
    out.reserve(left.size() * right.size());
    for (const auto& a : left) {
      for (const auto& b : right) {
        out.push_back(a);
        out.back().insert(out.back().end(), b.begin(), b.end());
      }
    }
    return out;
  }

  void CheckCount(size_t count) const {
    if (count > limits_.max_combinations) {
      RefuseSize("Rule is too complex - $or gives more than " +
                 std::to_string(limits_.max_combinations) + " combinations");
    }
  }

  const Pattern::Limits& limits_;
  std::vector<std::string> path_;
  std::vector<Field> fields_;
};

}  // namespace

Field::Field(const std::vector<std::string>& path, std::vector<Alternative> alternatives)
    : alternatives_(std::move(alternatives)) {
  for (const std::string& name : path) {
    if (!ends_.empty()) joined_ += '.';
    joined_ += name;
    ends_.push_back(joined_.size());
  }
  accepts_absence_ = std::ranges::any_of(alternatives_, [](const Alternative& alternative) {
    const auto* exists = std::get_if<Exists>(&alternative);
    return exists && !exists->present;
  });
}

Result<Pattern> Pattern::ParseBare(const json::Value& document, const Limits& limits) {
  if (!document.is_object()) return Fail(Code::kInvalidArgument, "Filter is not an object");
  try {
    Parser parser(limits);
    Pattern pattern;
    pattern.combinations_ = parser.ParseObject(document.get_object(), 1);
    pattern.fields_ = parser.TakeFields();
    return pattern;
  } catch (const Refusal& refusal) {
    return Fail(refusal.code, refusal.reason);
  }
}

namespace {

Result<Pattern> WithPrefix(Result<Pattern> result) {
  if (!result)
    result.error().message = "Event pattern is not valid. Reason: " + result.error().message;
  return result;
}

}  // namespace

Result<Pattern> Pattern::FromDocument(const json::Value& document, const Limits& limits) {
  return WithPrefix(ParseBare(document, limits));
}

Result<Pattern> Pattern::FromDocument(const json::Value& document) {
  return FromDocument(document, Limits{});
}

Result<Pattern> Pattern::Parse(std::string_view text, const Limits& limits) {
  if (text.size() > limits.max_bytes) {
    return WithPrefix(Fail(Code::kLimitExceeded, "Event pattern is larger than " +
                                                     std::to_string(limits.max_bytes) + " bytes"));
  }
  const auto document = json::Parse(text);
  if (!document) return WithPrefix(std::unexpected(document.error()));
  return FromDocument(*document, limits);
}

Result<Pattern> Pattern::Parse(std::string_view text) {
  return Parse(text, Limits{});
}

std::optional<std::vector<std::string>> Pattern::RequiredStrings(std::string_view name) const {
  std::vector<std::string> required;
  for (const auto& combination : combinations_) {
    const auto index = std::ranges::find_if(combination, [&](uint32_t i) {
      const Field& field = fields_[i];
      return field.depth() == 1 && field.Names(0, 1) == name &&
             std::ranges::all_of(field.alternatives(), [](const Alternative& alternative) {
               const auto* test = std::get_if<TextCondition>(&alternative);
               return test && test->kind() == TextCondition::Kind::kEqual && !test->ignore_case();
             });
    });
    if (index == combination.end()) return std::nullopt;
    for (const Alternative& alternative : fields_[*index].alternatives()) {
      required.push_back(std::get<TextCondition>(alternative).operand());
    }
  }
  std::ranges::sort(required);
  const auto [first, last] = std::ranges::unique(required);
  required.erase(first, last);
  return required;
}

}  // namespace riposte::pattern
