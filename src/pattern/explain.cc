#include "pattern/explain.h"

#include <algorithm>
#include <cmath>

#include "pattern/matcher.h"
#include "pattern/matcher_atom.h"

namespace riposte::pattern {
namespace {

json::Value Written(const TextCondition& text) {
  const json::Value operand =
      text.ignore_case() && text.kind() != TextCondition::Kind::kEqual
          ? json::Value(json::Object{{"equals-ignore-case", text.operand()}})
          : json::Value(text.operand());
  switch (text.kind()) {
    case TextCondition::Kind::kEqual:
      if (text.ignore_case()) return json::Object{{"equals-ignore-case", text.operand()}};
      return json::Value(text.operand());
    case TextCondition::Kind::kPrefix:
      return json::Object{{"prefix", operand}};
    case TextCondition::Kind::kSuffix:
      return json::Object{{"suffix", operand}};
    case TextCondition::Kind::kWildcard:
      return json::Object{{"wildcard", text.operand()}};
  }
  return nullptr;
}

/// 7, not 7E0.
json::Value Written(double number) {
  if (number == std::trunc(number) && std::abs(number) < 1e15) return static_cast<int64_t>(number);
  return number;
}

/// The alternative as one would write it.
struct Writer {
  json::Value operator()(const TextCondition& text) const { return Written(text); }
  json::Value operator()(const Literal& literal) const {
    if (literal.kind == Literal::Kind::kNull) return nullptr;
    return literal.kind == Literal::Kind::kTrue;
  }
  json::Value operator()(const NumberEquals& number) const { return Written(number.value); }
  json::Value operator()(const NumberRange& range) const {
    json::Array terms;
    if (range.low && range.high && *range.low == *range.high) {
      terms = {"=", Written(*range.low)};
    } else {
      if (range.low) terms.insert(terms.end(), {range.low_open ? ">" : ">=", Written(*range.low)});
      if (range.high)
        terms.insert(terms.end(), {range.high_open ? "<" : "<=", Written(*range.high)});
    }
    return json::Object{{"numeric", std::move(terms)}};
  }
  json::Value operator()(const AnythingBut& but) const {
    json::Array excluded;
    for (const TextCondition& text : but.texts) excluded.push_back(Written(text));
    for (const double number : but.numbers) excluded.push_back(Written(number));
    return json::Object{{"anything-but", std::move(excluded)}};
  }
  json::Value operator()(const Cidr& cidr) const { return json::Object{{"cidr", cidr.ToString()}}; }
  json::Value operator()(const Exists& exists) const {
    return json::Object{{"exists", exists.present}};
  }
};

bool Satisfies(const Alternative& alternative, const json::Value& leaf) {
  const auto encoded = matcher::Encode(alternative);
  if (!encoded) return false;  // {"exists": false}: no leaf can.
  matcher::LeafView view;
  std::string folded;
  if (leaf.is_string()) {
    view.kind = matcher::LeafKind::kText;
    view.text = json::View(leaf);
    folded = FoldCase(view.text);
    view.folded = folded;
  } else if (leaf.is_number()) {
    view.kind = matcher::LeafKind::kNumber;
    view.number = leaf.to_number<double>();
  } else if (leaf.is_bool()) {
    view.kind = leaf.get_bool() ? matcher::LeafKind::kTrue : matcher::LeafKind::kFalse;
  }
  return matcher::TestAtom(encoded->kind, encoded->bytes, view);
}

/// f(leaf) for each scalar that the field's names reach, over arrays and keys with dots.
template <class F>
void EachLeaf(const json::Value& value, const Field& field, size_t used, F& f) {
  if (const auto* list = value.if_array()) {
    for (const json::Value& element : *list) EachLeaf(element, field, used, f);
  } else if (const auto* object = value.if_object()) {
    for (size_t last = used + 1; last <= field.depth(); ++last) {
      const json::Value* child = object->if_contains(field.Names(used, last));
      if (child) EachLeaf(*child, field, last, f);
    }
  } else if (used == field.depth()) {
    f(value);
  }
}

FieldVerdict Judge(const Field& field, const json::Value& event) {
  FieldVerdict verdict;
  verdict.path = field.Names(0, field.depth());
  json::Array wanted;
  for (const Alternative& alternative : field.alternatives()) {
    wanted.push_back(std::visit(Writer{}, alternative));
  }
  verdict.wanted = json::Serialize(wanted);
  bool any = false;
  const auto look = [&](const json::Value& leaf) {
    any = true;
    verdict.satisfied = verdict.satisfied ||
                        std::ranges::any_of(field.alternatives(), [&](const Alternative& each) {
                          return Satisfies(each, leaf);
                        });
    if (verdict.found.size() < kMaxFound) {
      verdict.found.push_back(json::Serialize(leaf));
    } else {
      ++verdict.more;
    }
  };
  EachLeaf(event, field, 0, look);
  if (!any) verdict.satisfied = field.accepts_absence();
  return verdict;
}

bool MatchesEvent(const Pattern& pattern, const json::Value& event) {
  Matcher matcher;
  Matcher::Scratch scratch;
  const auto id = matcher.Add("pattern", pattern);
  const std::string text = json::Serialize(event);
  const auto matched = matcher.Match(text, scratch);
  return id && matched && !matched->empty();
}

}  // namespace

Explanation Explain(const Pattern& pattern, const json::Object& event) {
  const json::Value value(event);
  Explanation best;
  best.matches = MatchesEvent(pattern, value);
  size_t best_failed = SIZE_MAX;
  for (const auto& combination : pattern.combinations()) {
    Explanation own;
    own.matches = best.matches;
    size_t failed = 0;
    for (const uint32_t field : combination) {
      own.fields.push_back(Judge(pattern.fields()[field], value));
      failed += own.fields.back().satisfied ? 0 : 1;
    }
    if (failed >= best_failed) continue;
    best_failed = failed;
    best = std::move(own);
  }
  best.split_over_elements = !best.matches && best_failed == 0;
  return best;
}

std::string Describe(const Explanation& explanation) {
  std::string out = explanation.matches ? "matches\n" : "does not match\n";
  for (const FieldVerdict& field : explanation.fields) {
    out += field.satisfied ? "  yes  " : "  NO   ";
    out += field.path + ": wanted " + field.wanted + ", found ";
    if (field.found.empty()) out += "nothing";
    for (size_t i = 0; i < field.found.size(); ++i) out += (i > 0 ? ", " : "") + field.found[i];
    if (field.more > 0) out += " and " + std::to_string(field.more) + " more";
    out += "\n";
  }
  if (explanation.split_over_elements) {
    out += "  Each field is satisfied, but under an array not by one and the same element.\n";
  }
  return out;
}

}  // namespace riposte::pattern
