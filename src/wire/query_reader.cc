#include <algorithm>
#include <map>

#include "base/number.h"
#include "wire/query_format.h"
#include "wire/text_value.h"
#include "wire/xml_format.h"

namespace riposte::wire {
namespace {

/// The parameters as a tree: "A.1.B=x" is A → 1 → B with the value x.
struct Node {
  const std::string* value = nullptr;
  std::map<std::string_view, Node, std::less<>> children;

  [[nodiscard]] const Node* Find(std::string_view name) const {
    const auto it = children.find(name);
    return it == children.end() ? nullptr : &it->second;
  }
};

struct Failure {
  std::string message;
  std::string parameter;
};

Node BuildTree(const Parameters& parameters) {
  Node root;
  size_t nodes = 0;
  for (const auto& [key, value] : parameters) {
    Node* node = &root;
    std::string_view rest = key;
    size_t depth = 0;
    while (true) {
      const size_t dot = rest.find('.');
      if (++depth > json::kMaxDepth) throw Failure{"A parameter is nested too deeply.", ""};
      auto [it, added] = node->children.try_emplace(rest.substr(0, dot));
      if (added && ++nodes > kMaxQueryNodes) throw Failure{"Too many parameters.", ""};
      node = &it->second;
      if (dot == std::string_view::npos) break;
      rest.remove_prefix(dot + 1);
    }
    node->value = &value;
  }
  return root;
}

/// The children whose names are numbers, in their order.
std::vector<const Node*> Numbered(const Node& node) {
  std::vector<std::pair<uint32_t, const Node*>> found;
  for (const auto& [name, child] : node.children) {
    if (const auto number = ParseNumber<uint32_t>(name)) found.emplace_back(*number, &child);
  }
  std::sort(found.begin(), found.end());
  std::vector<const Node*> children;
  for (const auto& [number, child] : found) children.push_back(child);
  return children;
}

class Reader {
 public:
  explicit Reader(bool ec2) : ec2_(ec2) {}

  json::Object Structure(const Node& node, const Shape& shape) {
    json::Object object;
    for (const Member& member : shape.members) {
      if (const Node* child = node.Find(QueryName(member, ec2_))) {
        object[member.name] = Value(*child, member);
      }
    }
    return object;
  }

 private:
  json::Value Value(const Node& node, const Member& member) {
    switch (member.target->type) {
      case ShapeType::kStructure:
      case ShapeType::kUnion:
        return Structure(node, *member.target);
      case ShapeType::kList:
        return List(node, *member.target);
      case ShapeType::kMap:
        return Map(node, *member.target);
      default:
        return Simple(node, member);
    }
  }

  /// Both spellings are taken, Name.1 and Name.member.1, as clients mix them up.
  json::Array List(const Node& node, const Shape& shape) {
    const Member& element = shape.members[0];
    const Node* items = &node;
    if (!ec2_) {
      const Node* inner = node.Find(XmlName(element, "member"));
      if (!inner) inner = node.Find("member");
      if (inner) items = inner;
    }
    json::Array array;
    for (const Node* item : Numbered(*items)) array.push_back(Value(*item, element));
    return array;
  }

  json::Object Map(const Node& node, const Shape& shape) {
    const Member& key_member = shape.members[0];
    const Member& value_member = shape.members[1];
    const Node* entry = node.Find("entry");
    json::Object object;
    for (const Node* item : Numbered(entry ? *entry : node)) {
      const Node* key = item->Find(XmlName(key_member, "key"));
      const Node* value = item->Find(XmlName(value_member, "value"));
      if (!key || !key->value || !value) continue;
      const json::Value name = Simple(*key, key_member);
      if (name.is_string()) object[json::View(name)] = Value(*value, value_member);
    }
    return object;
  }

  static json::Value Simple(const Node& node, const Member& member) {
    if (!node.value) return nullptr;
    auto value = ParseText(*member.target, *node.value);
    if (!value) throw Failure{value.error().message, member.name};
    return std::move(*value);
  }

  const bool ec2_;
};

}  // namespace

Result<json::Object> ReadQuery(const Parameters& parameters, const Shape& shape, bool ec2) {
  try {
    return Reader(ec2).Structure(BuildTree(parameters), shape);
  } catch (const Failure& failure) {
    return Fail(Code::kInvalidArgument, failure.message, failure.parameter);
  }
}

}  // namespace riposte::wire
