#include "json/append.h"

#include <charconv>
#include <utility>

namespace riposte::json {
namespace {

void AppendAny(std::string& out, const Value& value);

void AppendAny(std::string& out, const Object& object) {
  out += '{';
  bool first = true;
  for (const auto& member : object) {
    if (!std::exchange(first, false)) out += ',';
    AppendString(out, member.key());
    out += ':';
    AppendAny(out, member.value());
  }
  out += '}';
}

void AppendAny(std::string& out, const Array& array) {
  out += '[';
  bool first = true;
  for (const Value& element : array) {
    if (!std::exchange(first, false)) out += ',';
    AppendAny(out, element);
  }
  out += ']';
}

template <class Integer>
void AppendNumber(std::string& out, Integer number) {
  char digits[24];
  const auto [end, error] = std::to_chars(digits, digits + sizeof(digits), number);
  out.append(digits, end);
}

void AppendAny(std::string& out, const Value& value) {
  switch (value.kind()) {
    case boost::json::kind::object:
      AppendAny(out, value.get_object());
      break;
    case boost::json::kind::array:
      AppendAny(out, value.get_array());
      break;
    case boost::json::kind::string:
      AppendString(out, value.get_string());
      break;
    case boost::json::kind::int64:
      AppendNumber(out, value.get_int64());
      break;
    case boost::json::kind::uint64:
      AppendNumber(out, value.get_uint64());
      break;
    case boost::json::kind::double_:
      out += boost::json::serialize(value);
      break;
    case boost::json::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      break;
    case boost::json::kind::null:
      out += "null";
      break;
  }
}

template <class T>
std::string TextOf(const T& document) {
  std::string out;
  AppendAny(out, document);
  return out;
}

}  // namespace

void Append(std::string& out, const Value& value) {
  AppendAny(out, value);
}
void Append(std::string& out, const Object& object) {
  AppendAny(out, object);
}
void Append(std::string& out, const Array& array) {
  AppendAny(out, array);
}

std::string Text(const Value& value) {
  return TextOf(value);
}
std::string Text(const Object& object) {
  return TextOf(object);
}
std::string Text(const Array& array) {
  return TextOf(array);
}

}  // namespace riposte::json
