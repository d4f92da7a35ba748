#include "base/encoding.h"
#include "wire/error_style.h"
#include "wire/query_format.h"
#include "wire/text_value.h"
#include "wire/xml_format.h"

namespace riposte::wire {
namespace {

class Writer {
 public:
  Writer(std::string& out, bool ec2) : out_(out), ec2_(ec2) {}

  /// `prefix` is "" or ends in a dot.
  void Structure(const std::string& prefix, const json::Object& object, const Shape& shape) {
    for (const Member& member : shape.members) {
      const json::Value* value = json::Find(object, member.name);
      if (!value) continue;
      const std::string name = prefix + QueryName(member, ec2_);
      if (value->is_array() && member.target->type == ShapeType::kList) {
        List(name, value->get_array(), *member.target, ec2_ || member.xml_flattened);
      } else if (value->is_object() && member.target->type == ShapeType::kMap) {
        Map(name, value->get_object(), *member.target, member.xml_flattened);
      } else {
        Value(name, *value, member);
      }
    }
  }

 private:
  void Value(const std::string& name, const json::Value& value, const Member& member) {
    const Shape& shape = *member.target;
    if (value.is_object() &&
        (shape.type == ShapeType::kStructure || shape.type == ShapeType::kUnion)) {
      Structure(name + ".", value.get_object(), shape);
    } else if (value.is_array() && shape.type == ShapeType::kList) {
      List(name, value.get_array(), shape, ec2_);
    } else if (value.is_object() && shape.type == ShapeType::kMap) {
      Map(name, value.get_object(), shape, false);
    } else {
      Pair(name, FormatText(value, member, TimestampFormat::kDateTime));
    }
  }

  void List(const std::string& name, const json::Array& array, const Shape& shape, bool flat) {
    const Member& element = shape.members[0];
    if (array.empty() && !ec2_) return Pair(name, "");
    const std::string prefix =
        flat ? name + "." : name + "." + std::string(XmlName(element, "member")) + ".";
    size_t index = 0;
    for (const json::Value& item : array) Value(prefix + std::to_string(++index), item, element);
  }

  void Map(const std::string& name, const json::Object& object, const Shape& shape, bool flat) {
    const Member& key_member = shape.members[0];
    const Member& value_member = shape.members[1];
    size_t index = 0;
    for (const auto& [key, item] : object) {
      const std::string entry = name + (flat ? "." : ".entry.") + std::to_string(++index) + ".";
      Pair(entry + std::string(XmlName(key_member, "key")), {key.data(), key.size()});
      Value(entry + std::string(XmlName(value_member, "value")), item, value_member);
    }
  }

  void Pair(std::string_view name, std::string_view value) {
    out_ += '&';
    out_ += PercentEncode(name);
    out_ += '=';
    out_ += PercentEncode(value);
  }

  std::string& out_;
  const bool ec2_;
};

}  // namespace

std::string QueryName(const Member& member, bool ec2) {
  return ec2 ? Ec2QueryName(member) : std::string(XmlName(member, member.name));
}

void AppendQuery(std::string& out, const json::Object& object, const Shape& shape, bool ec2) {
  Writer(out, ec2).Structure("", object, shape);
}

}  // namespace riposte::wire
