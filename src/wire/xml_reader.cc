#include <expat.h>

#include <algorithm>
#include <memory>

#include "wire/text_value.h"
#include "wire/xml_format.h"

namespace riposte::wire {
namespace {

struct Node {
  std::string name;  ///< Without a namespace prefix.
  std::vector<std::pair<std::string, std::string>> attributes;
  std::string text;
  std::vector<Node> children;
};

/// What expat's callbacks build; `error` stops the parser.
struct Builder {
  XML_Parser parser = nullptr;
  Node document;
  std::vector<Node*> open = {&document};
  size_t nodes = 0;
  const char* error = nullptr;

  void Stop(const char* why) {
    error = why;
    XML_StopParser(parser, XML_FALSE);
  }
};

std::string_view WithoutPrefix(std::string_view qualified) {
  const size_t colon = qualified.find(':');
  return colon == std::string_view::npos ? qualified : qualified.substr(colon + 1);
}

void OnStart(void* user, const XML_Char* name, const XML_Char** attributes) {
  auto& builder = *static_cast<Builder*>(user);
  if (builder.error) return;
  if (builder.open.size() > json::kMaxDepth) return builder.Stop("XML nested too deeply");
  if (++builder.nodes > kMaxXmlNodes) return builder.Stop("too many XML elements");
  Node node;
  node.name = WithoutPrefix(name);
  for (size_t i = 0; attributes[i]; i += 2)
    node.attributes.emplace_back(attributes[i], attributes[i + 1]);
  Node& parent = *builder.open.back();
  // Pointers into `children` of open elements stay good: only the last child is ever open.
  parent.children.push_back(std::move(node));
  builder.open.push_back(&parent.children.back());
}

void OnEnd(void* user, const XML_Char*) {
  auto& builder = *static_cast<Builder*>(user);
  if (!builder.error) builder.open.pop_back();
}

void OnText(void* user, const XML_Char* text, int size) {
  auto& builder = *static_cast<Builder*>(user);
  if (!builder.error) builder.open.back()->text.append(text, static_cast<size_t>(size));
}

void OnDoctype(void* user, const XML_Char*, const XML_Char*, const XML_Char*, int) {
  static_cast<Builder*>(user)->Stop("a document type is not allowed");
}

std::string_view Trimmed(std::string_view text) {
  const size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(" \t\r\n") - start + 1);
}

struct Failure {
  std::string message;
};

json::Value ReadValue(const Node& node, const Member& member);

void AddEntry(const Node& entry, const Shape& map, json::Object& object) {
  const Node* key = nullptr;
  const Node* value = nullptr;
  for (const Node& child : entry.children) {
    if (child.name == XmlName(map.members[0], "key")) key = &child;
    if (child.name == XmlName(map.members[1], "value")) value = &child;
  }
  if (key && value) object[key->text] = ReadValue(*value, map.members[1]);
}

json::Object ReadStructure(const Node& node, const Shape& shape) {
  json::Object object;
  for (const Member& member : shape.members) {
    const std::string_view name = XmlName(member, member.name);
    if (member.xml_attribute) {
      for (const auto& [key, text] : node.attributes) {
        if (key == name) object[member.name] = text;
      }
      continue;
    }
    for (const Node& child : node.children) {
      if (child.name != name) continue;
      if (!member.xml_flattened) {
        object[member.name] = ReadValue(child, member);
      } else if (member.target->type == ShapeType::kList) {
        json::Value& list = object[member.name];
        if (!list.is_array()) list = json::Array();
        list.get_array().push_back(ReadValue(child, member.target->members[0]));
      } else {
        json::Value& map = object[member.name];
        if (!map.is_object()) map = json::Object();
        AddEntry(child, *member.target, map.get_object());
      }
    }
  }
  return object;
}

json::Value ReadValue(const Node& node, const Member& member) {
  const Shape& shape = *member.target;
  switch (shape.type) {
    case ShapeType::kStructure:
    case ShapeType::kUnion:
      return ReadStructure(node, shape);
    case ShapeType::kList: {
      json::Array array;
      for (const Node& child : node.children) array.push_back(ReadValue(child, shape.members[0]));
      return array;
    }
    case ShapeType::kMap: {
      json::Object object;
      for (const Node& child : node.children) AddEntry(child, shape, object);
      return object;
    }
    case ShapeType::kString:
    case ShapeType::kEnum:
      return json::Value(node.text);
    default: {
      auto value = ParseText(shape, Trimmed(node.text));
      if (!value) throw Failure{value.error().message};
      return std::move(*value);
    }
  }
}

}  // namespace

std::string ReadXmlRoot(std::string_view text) {
  struct Root {
    XML_Parser parser;
    std::string name;
  };
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(
      XML_ParserCreate("UTF-8"), &XML_ParserFree);
  Root root{parser.get(), {}};
  XML_SetUserData(parser.get(), &root);
  XML_SetStartElementHandler(parser.get(), [](void* user, const XML_Char* name, const XML_Char**) {
    auto& found = *static_cast<Root*>(user);
    if (!found.name.empty()) return;
    found.name = WithoutPrefix(name);
    XML_StopParser(found.parser, XML_FALSE);
  });
  // A prolog longer than this is none of a service's.
  const size_t size = std::min(text.size(), size_t{64} << 10);
  (void)XML_Parse(parser.get(), text.data(), static_cast<int>(size), XML_FALSE);
  return root.name;
}

Result<json::Object> ReadXml(std::string_view text, const Shape& shape) {
  Member root;
  root.target = &shape;
  auto value = ReadXmlValue(text, root);
  if (!value) return std::unexpected(std::move(value.error()));
  return std::move(value->get_object());
}

Result<json::Value> ReadXmlValue(std::string_view text, const Member& member) {
  constexpr size_t kMaxBytes = size_t{1} << 30;  // expat counts in int.
  if (text.size() > kMaxBytes) return Fail(Code::kInvalidArgument, "XML too large");
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(
      XML_ParserCreate("UTF-8"), &XML_ParserFree);
  Builder builder;
  builder.parser = parser.get();
  XML_SetUserData(parser.get(), &builder);
  XML_SetElementHandler(parser.get(), OnStart, OnEnd);
  XML_SetCharacterDataHandler(parser.get(), OnText);
  XML_SetStartDoctypeDeclHandler(parser.get(), OnDoctype);
  const XML_Status status =
      XML_Parse(parser.get(), text.data(), static_cast<int>(text.size()), XML_TRUE);
  if (status != XML_STATUS_OK) {
    return Fail(Code::kInvalidArgument,
                builder.error ? builder.error : XML_ErrorString(XML_GetErrorCode(parser.get())));
  }
  try {
    return ReadValue(builder.document.children.front(), member);
  } catch (const Failure& failure) {
    return Fail(Code::kInvalidArgument, failure.message);
  }
}

}  // namespace riposte::wire
