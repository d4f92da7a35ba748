#include "pattern/event_matcher.h"

#include <simdjson.h>

#include "pattern/matching.h"

namespace riposte::pattern {
namespace {

using matching::Leaf;
using simdjson::dom::element;
using simdjson::dom::element_type;

/// The event itself, one of its strings, its resources, or a value of its detail.
struct Node {
  enum class Kind { kEvent, kText, kTexts, kJson } kind = Kind::kText;
  const Envelope* envelope = nullptr;
  element json;
  std::string_view text;

  [[nodiscard]] bool IsObject() const {
    return kind == Kind::kEvent || (kind == Kind::kJson && json.is_object());
  }
  [[nodiscard]] bool IsArray() const {
    return kind == Kind::kTexts || (kind == Kind::kJson && json.is_array());
  }

  bool Find(std::string_view name, Node& out) const {
    if (kind == Kind::kEvent) return FindInEnvelope(name, out);
    bool found = false;
    for (const auto& [key, value] : simdjson::dom::object(json)) {
      if (key != name) continue;
      out.kind = Kind::kJson;
      out.json = value;
      found = true;
    }
    return found;
  }

  template <class F>
  bool AnyElement(F f) const {
    if (kind == Kind::kTexts) {
      return std::ranges::any_of(envelope->resources,
                                 [&](const std::string& resource) { return f(Text(resource)); });
    }
    for (const element value : simdjson::dom::array(json)) {
      Node node;
      node.kind = Kind::kJson;
      node.json = value;
      if (f(node)) return true;
    }
    return false;
  }

  [[nodiscard]] Leaf AsLeaf() const {
    if (kind == Kind::kText) return {Leaf::Kind::kText, text, 0};
    switch (json.type()) {
      case element_type::STRING:
        return {Leaf::Kind::kText, std::string_view(json), 0};
      case element_type::INT64:
        return {Leaf::Kind::kNumber, {}, static_cast<double>(int64_t(json))};
      case element_type::UINT64:
        return {Leaf::Kind::kNumber, {}, static_cast<double>(uint64_t(json))};
      case element_type::DOUBLE:
        return {Leaf::Kind::kNumber, {}, double(json)};
      case element_type::BOOL:
        return {bool(json) ? Leaf::Kind::kTrue : Leaf::Kind::kFalse, {}, 0};
      default:
        return {};
    }
  }

 private:
  static Node Text(std::string_view value) {
    Node node;
    node.text = value;
    return node;
  }

  bool FindInEnvelope(std::string_view name, Node& out) const {
    const Envelope& e = *envelope;
    if (name == "detail") {
      out.kind = Kind::kJson;
      out.json = json;
    } else if (name == "resources") {
      out.kind = Kind::kTexts;
      out.envelope = envelope;
    } else if (name == "source") {
      out = Text(e.source);
    } else if (name == "detail-type") {
      out = Text(e.detail_type);
    } else if (name == "account") {
      out = Text(e.account);
    } else if (name == "region") {
      out = Text(e.region);
    } else if (name == "time") {
      out = Text(e.time);
    } else if (name == "id") {
      out = Text(e.id);
    } else if (name == "version") {
      out = Text("0");
    } else {
      return false;
    }
    return true;
  }
};

}  // namespace

struct EventMatcher::Impl {
  simdjson::dom::parser parser;
  element detail;
};

EventMatcher::EventMatcher() : impl_(std::make_unique<Impl>()) {}

EventMatcher::~EventMatcher() = default;

bool EventMatcher::Parse(std::string_view detail) {
  if (detail.starts_with('\xEF')) return false;  // A byte-order mark is no part of a document.
  const size_t capacity = std::max<size_t>(detail.size(), 4096);
  if (impl_->parser.capacity() < capacity &&
      impl_->parser.allocate(capacity, json::kMaxDepth) != simdjson::SUCCESS) {
    return false;
  }
  const auto parsed = impl_->parser.parse(detail.data(), detail.size(), true);
  return parsed.get(impl_->detail) == simdjson::SUCCESS && impl_->detail.is_object();
}

bool EventMatcher::Matches(const Pattern& pattern, const Envelope& envelope) const {
  Node event;
  event.kind = Node::Kind::kEvent;
  event.envelope = &envelope;
  event.json = impl_->detail;
  return matching::MatchesEvent(pattern, event);
}

}  // namespace riposte::pattern
