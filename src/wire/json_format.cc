#include "wire/json_format.h"

#include <fmt/format.h>

#include <cmath>

#include "wire/text_value.h"

namespace riposte::wire {
namespace {

void AppendNumber(std::string& out, const json::Value& value, const Member& member) {
  switch (member.target->type) {
    case ShapeType::kTimestamp: {
      const TimestampFormat format = FormatOf(member, TimestampFormat::kEpochSeconds);
      const std::string text = FormatTimestamp(value.to_number<double>(), format);
      if (format == TimestampFormat::kEpochSeconds) {
        out += text;
      } else {
        AppendJsonString(out, text);
      }
      return;
    }
    case ShapeType::kFloat:
    case ShapeType::kDouble: {
      const double number = value.to_number<double>();
      if (std::isfinite(number)) {
        fmt::format_to(std::back_inserter(out), "{}", number);
      } else {
        AppendJsonString(out, std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
      }
      return;
    }
    default:
      if (const auto whole = AsWhole(value)) {
        out += std::to_string(*whole);
      } else {
        out += json::Serialize(value);
      }
  }
}

void AppendStructure(std::string& out, const json::Object& object, const Shape& shape,
                     bool use_json_names) {
  out += '{';
  bool first = true;
  for (const Member& member : shape.members) {
    const json::Value* value = json::Find(object, member.name);
    if (!value || (use_json_names && IsHttpBound(member))) continue;
    if (!first) out += ',';
    first = false;
    AppendJsonString(out, use_json_names ? JsonName(member) : member.name);
    out += ':';
    AppendJson(out, *value, member, use_json_names);
  }
  out += '}';
}

json::Value RenameValue(json::Value value, const Shape& shape) {
  switch (shape.type) {
    case ShapeType::kStructure:
    case ShapeType::kUnion:
      if (value.is_object()) return FromJsonNames(std::move(value.get_object()), shape);
      return value;
    case ShapeType::kList:
      if (json::Array* array = value.if_array()) {
        for (json::Value& item : *array) {
          item = RenameValue(std::move(item), *shape.members[0].target);
        }
      }
      return value;
    case ShapeType::kMap:
      if (json::Object* object = value.if_object()) {
        for (auto& [key, item] : *object) {
          item = RenameValue(std::move(item), *shape.members[1].target);
        }
      }
      return value;
    default:
      return value;
  }
}

}  // namespace

void AppendJsonString(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const std::string clean = ToUtf8(text);
  out += '"';
  size_t plain = 0;  // Start of what needs no escape.
  for (size_t i = 0; i < clean.size(); ++i) {
    const auto byte = static_cast<unsigned char>(clean[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    out.append(clean, plain, i - plain);
    plain = i + 1;
    switch (byte) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += "\\u00";
        out += kHex[byte >> 4];
        out += kHex[byte & 15];
    }
  }
  out.append(clean, plain);
  out += '"';
}

void AppendJson(std::string& out, const json::Value& value, const Member& member,
                bool use_json_names) {
  const Shape& shape = *member.target;
  if (value.is_object() &&
      (shape.type == ShapeType::kStructure || shape.type == ShapeType::kUnion)) {
    AppendStructure(out, value.get_object(), shape, use_json_names);
  } else if (value.is_array() && shape.type == ShapeType::kList) {
    out += '[';
    const char* separator = "";
    for (const json::Value& item : value.get_array()) {
      out += separator;
      AppendJson(out, item, shape.members[0], use_json_names);
      separator = ",";
    }
    out += ']';
  } else if (value.is_object() && shape.type == ShapeType::kMap) {
    out += '{';
    const char* separator = "";
    for (const auto& [key, item] : value.get_object()) {
      out += separator;
      AppendJsonString(out, {key.data(), key.size()});
      out += ':';
      AppendJson(out, item, shape.members[1], use_json_names);
      separator = ",";
    }
    out += '}';
  } else if (value.is_string()) {
    AppendJsonString(out, json::View(value));
  } else if (value.is_number() && shape.type != ShapeType::kDocument) {
    AppendNumber(out, value, member);
  } else {
    out += json::Serialize(value);
  }
}

std::string WriteJson(const json::Value& value, const Shape& shape, bool use_json_names) {
  std::string out;
  if (value.is_object()) {
    AppendStructure(out, value.get_object(), shape, use_json_names);
  } else {
    out = "{}";
  }
  return out;
}

json::Object FromJsonNames(json::Object object, const Shape& shape) {
  json::Object out;
  out.reserve(object.size());
  for (const Member& member : shape.members) {
    const auto it = object.find(JsonName(member));
    if (it == object.end()) continue;
    out[member.name] = RenameValue(std::move(it->value()), *member.target);
  }
  return out;
}

}  // namespace riposte::wire
