#include "wire/json_format.h"
#include "wire/text_value.h"
#include "wire/xml_format.h"

namespace riposte::wire {
namespace {

void AppendStructure(std::string& out, std::string_view name, const json::Value& value,
                     const Shape& shape);

/// One element named `name` with the value in it.
void AppendValue(std::string& out, std::string_view name, const json::Value& value,
                 const Member& member) {
  const Shape& shape = *member.target;
  if (value.is_object() &&
      (shape.type == ShapeType::kStructure || shape.type == ShapeType::kUnion)) {
    return AppendStructure(out, name, value, shape);
  }
  if (value.is_array() && shape.type == ShapeType::kList) {
    const Member& element = shape.members[0];
    out += '<';
    out += name;
    out += '>';
    for (const json::Value& item : value.get_array()) {
      AppendValue(out, XmlName(element, "member"), item, element);
    }
    out += "</";
    out += name;
    out += '>';
    return;
  }
  AppendXmlElement(out, name, FormatText(value, member, TimestampFormat::kDateTime));
}

void AppendEntry(std::string& out, std::string_view name, std::string_view key,
                 const json::Value& value, const Shape& map) {
  out += '<';
  out += name;
  out += '>';
  AppendXmlElement(out, XmlName(map.members[0], "key"), key);
  AppendValue(out, XmlName(map.members[1], "value"), value, map.members[1]);
  out += "</";
  out += name;
  out += '>';
}

void AppendStructure(std::string& out, std::string_view name, const json::Value& value,
                     const Shape& shape) {
  out += '<';
  out += name;
  for (const Member& member : shape.members) {
    if (!member.xml_attribute) continue;
    const json::Value* attribute = json::Find(value.get_object(), member.name);
    if (!attribute || !attribute->is_string()) continue;
    if (XmlName(member, member.name).starts_with("xsi:")) {
      out += " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
    }
    out += ' ';
    out += XmlName(member, member.name);
    out += "=\"";
    AppendXmlText(out, json::View(*attribute));
    out += '"';
  }
  out += '>';
  AppendXmlMembers(out, value, shape);
  out += "</";
  out += name;
  out += '>';
}

}  // namespace

void AppendXmlText(std::string& out, std::string_view text) {
  for (const char c : ToUtf8(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\r':
        out += "&#xD;";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') {
          out += "\xEF\xBF\xBD";
        } else {
          out += c;
        }
    }
  }
}

void AppendXmlElement(std::string& out, std::string_view name, std::string_view text) {
  out += '<';
  out += name;
  out += '>';
  AppendXmlText(out, text);
  out += "</";
  out += name;
  out += '>';
}

void AppendXmlMember(std::string& out, const json::Value& value, const Member& member) {
  const Shape& shape = *member.target;
  const std::string name(XmlName(member, member.name));
  if (value.is_array() && shape.type == ShapeType::kList && member.xml_flattened) {
    for (const json::Value& item : value.get_array()) {
      AppendValue(out, name, item, shape.members[0]);
    }
  } else if (value.is_object() && shape.type == ShapeType::kMap) {
    if (!member.xml_flattened) out += "<" + name + ">";
    for (const auto& [key, item] : value.get_object()) {
      AppendEntry(out, member.xml_flattened ? name : "entry", {key.data(), key.size()}, item,
                  shape);
    }
    if (!member.xml_flattened) out += "</" + name + ">";
  } else {
    AppendValue(out, name, value, member);
  }
}

void AppendXmlMembers(std::string& out, const json::Value& value, const Shape& shape) {
  const json::Object* object = value.if_object();
  if (!object) return;
  for (const Member& member : shape.members) {
    if (member.xml_attribute || IsHttpBound(member)) continue;
    if (const json::Value* item = json::Find(*object, member.name)) {
      AppendXmlMember(out, *item, member);
    }
  }
}

std::string XmlNamespaceAttribute(const ServiceModel& service) {
  return service.xml_namespace.empty() ? "" : " xmlns=\"" + service.xml_namespace + "\"";
}

const std::string& XmlRoot(const Shape& shape, const Member* payload) {
  if (payload && !payload->xml_name.empty()) return payload->xml_name;
  const Shape& root = payload ? *payload->target : shape;
  return root.xml_name.empty() ? root.name : root.xml_name;
}

}  // namespace riposte::wire
