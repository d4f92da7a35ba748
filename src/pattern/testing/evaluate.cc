#include "pattern/testing/evaluate.h"

#include "pattern/testing/matching.h"

namespace riposte::pattern {
namespace {

using matching::Leaf;

Leaf LeafOf(const json::Value& value) {
  switch (value.kind()) {
    case boost::json::kind::string:
      return {Leaf::Kind::kText, json::View(value), 0};
    case boost::json::kind::double_:
      return {Leaf::Kind::kNumber, {}, value.get_double()};
    case boost::json::kind::int64:
      return {Leaf::Kind::kNumber, {}, static_cast<double>(value.get_int64())};
    case boost::json::kind::uint64:
      return {Leaf::Kind::kNumber, {}, static_cast<double>(value.get_uint64())};
    case boost::json::kind::bool_:
      return {value.get_bool() ? Leaf::Kind::kTrue : Leaf::Kind::kFalse, {}, 0};
    default:
      return {};
  }
}

/// A document, or (without one) an object that is no value of its own.
struct Node {
  const json::Value* value = nullptr;
  const json::Object* object = nullptr;

  static Node Of(const json::Value& v) { return {&v, v.if_object()}; }
  [[nodiscard]] bool IsObject() const { return object != nullptr; }
  [[nodiscard]] bool IsArray() const { return value && value->is_array(); }
  bool Find(std::string_view name, Node& out) const {
    const json::Value* child = object->if_contains(name);
    if (child) out = Of(*child);
    return child != nullptr;
  }
  template <class F>
  bool AnyElement(F f) const {
    return std::ranges::any_of(value->get_array(),
                               [&](const json::Value& element) { return f(Of(element)); });
  }
  [[nodiscard]] Leaf AsLeaf() const { return LeafOf(*value); }
};

struct LeafTest {
  const Leaf& leaf;

  bool operator()(const TextCondition& condition) const {
    return leaf.kind == Leaf::Kind::kText && condition.Test(leaf.text);
  }
  bool operator()(const Literal& literal) const {
    switch (literal.kind) {
      case Literal::Kind::kTrue:
        return leaf.kind == Leaf::Kind::kTrue;
      case Literal::Kind::kFalse:
        return leaf.kind == Leaf::Kind::kFalse;
      case Literal::Kind::kNull:
        return leaf.kind == Leaf::Kind::kNull;
    }
    return false;
  }
  bool operator()(const NumberEquals& test) const {
    return leaf.kind == Leaf::Kind::kNumber && leaf.number == test.value;
  }
  bool operator()(const NumberRange& range) const {
    if (leaf.kind != Leaf::Kind::kNumber) return false;
    const double number = leaf.number;
    if (range.low && !(range.low_open ? number > *range.low : number >= *range.low)) return false;
    return !range.high || (range.high_open ? number < *range.high : number <= *range.high);
  }
  bool operator()(const AnythingBut& but) const {
    if (leaf.kind == Leaf::Kind::kText) {
      return std::ranges::none_of(but.texts,
                                  [&](const TextCondition& c) { return c.Test(leaf.text); });
    }
    return leaf.kind != Leaf::Kind::kNumber ||
           std::ranges::find(but.numbers, leaf.number) == but.numbers.end();
  }
  bool operator()(const Cidr& cidr) const {
    return leaf.kind == Leaf::Kind::kText && cidr.Contains(leaf.text);
  }
  bool operator()(const Exists& exists) const { return exists.present; }
};

}  // namespace

bool matching::MatchesLeaf(const Alternative& alternative, const Leaf& leaf) {
  return std::visit(LeafTest{leaf}, alternative);
}

bool MatchesLeaf(const Alternative& alternative, const json::Value& leaf) {
  return matching::MatchesLeaf(alternative, LeafOf(leaf));
}

bool Matches(const Pattern& pattern, const json::Object& event) {
  return matching::MatchesEvent(pattern, Node{nullptr, &event});
}

bool Matches(const Pattern& pattern, const json::Value& event) {
  return event.is_object() && Matches(pattern, event.get_object());
}

}  // namespace riposte::pattern
