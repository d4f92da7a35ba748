#include "json/json.h"

#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cmath>

namespace riposte::json {
namespace {

/// Builds a value. As the library's own handler, but numbers are exact: the library's doubles may
/// be off in the last place, so that two spellings of one number, or the same text read by another
/// parser, would not be equal.
struct Handler {
  using Text = boost::json::string_view;
  using ErrorCode = boost::json::error_code;
  static constexpr size_t max_object_size = Object::max_size();
  static constexpr size_t max_array_size = Array::max_size();
  static constexpr size_t max_key_size = string::max_size();
  static constexpr size_t max_string_size = string::max_size();

  Handler(boost::json::storage_ptr storage, unsigned char* buffer, size_t size)
      : stack(std::move(storage), buffer, size) {}

  bool on_document_begin(ErrorCode&) { return true; }
  bool on_document_end(ErrorCode&) { return true; }
  bool on_object_begin(ErrorCode&) { return true; }
  bool on_object_end(size_t count, ErrorCode&) {
    stack.push_object(count);
    return true;
  }
  bool on_array_begin(ErrorCode&) { return true; }
  bool on_array_end(size_t count, ErrorCode&) {
    stack.push_array(count);
    return true;
  }
  bool on_key_part(Text text, size_t, ErrorCode&) {
    stack.push_chars(text);
    return true;
  }
  bool on_key(Text text, size_t, ErrorCode&) {
    stack.push_key(text);
    return true;
  }
  bool on_string_part(Text text, size_t, ErrorCode&) {
    stack.push_chars(text);
    return true;
  }
  bool on_string(Text text, size_t, ErrorCode&) {
    stack.push_string(text);
    return true;
  }
  bool on_number_part(Text text, ErrorCode&) {
    number_part.append(text.data(), text.size());
    return true;
  }
  bool on_int64(int64_t value, Text, ErrorCode&) {
    number_part.clear();
    stack.push_int64(value);
    return true;
  }
  bool on_uint64(uint64_t value, Text, ErrorCode&) {
    number_part.clear();
    stack.push_uint64(value);
    return true;
  }
  bool on_double(double nearly, Text text, ErrorCode&) {
    number_part.append(text.data(), text.size());
    double value = 0;
    const auto [end, error] =
        std::from_chars(number_part.data(), number_part.data() + number_part.size(), value);
    // Too large or too small: infinity or zero, as the library has it.
    stack.push_double(error == std::errc() ? value : nearly);
    number_part.clear();
    return true;
  }
  bool on_bool(bool value, ErrorCode&) {
    stack.push_bool(value);
    return true;
  }
  bool on_null(ErrorCode&) {
    stack.push_null();
    return true;
  }
  bool on_comment_part(Text, ErrorCode&) { return true; }
  bool on_comment(Text, ErrorCode&) { return true; }

  boost::json::value_stack stack;
  std::string number_part;
};

}  // namespace

Result<Value> Parse(std::string_view text, size_t max_depth) {
  return Parse(text, boost::json::storage_ptr(), max_depth);
}

Result<Value> Parse(std::string_view text, boost::json::storage_ptr storage, size_t max_depth) {
  boost::json::parse_options options;
  options.max_depth = max_depth;
  boost::json::error_code error;
  unsigned char scratch[2048];  // Small documents then need no memory but their own.
  boost::json::basic_parser<Handler> parser(options, boost::json::storage_ptr(), scratch,
                                            sizeof(scratch));
  parser.handler().stack.reset(std::move(storage));
  const size_t read = parser.write_some(false, text.data(), text.size(), error);
  if (!error && read < text.size()) {
    const size_t rest = text.find_first_not_of(" \t\r\n", read);
    if (rest != std::string_view::npos) error = boost::json::error::extra_data;
  }
  if (error) {
    return Fail(Code::kInvalidArgument,
                "invalid JSON at byte " + std::to_string(read) + ": " + error.message());
  }
  return parser.handler().stack.release();
}

std::string Serialize(const Value& value) {
  return boost::json::serialize(value);
}

namespace {

void Pretty(const Value& value, std::string& out, size_t indent) {
  const auto line = [&](size_t depth) {
    out += '\n';
    out.append(depth * 2, ' ');
  };
  if (value.is_object() && !value.get_object().empty()) {
    out += '{';
    const char* separator = "";
    for (const auto& [key, member] : value.get_object()) {
      out += separator;
      line(indent + 1);
      out += boost::json::serialize(key);
      out += ": ";
      Pretty(member, out, indent + 1);
      separator = ",";
    }
    line(indent);
    out += '}';
  } else if (value.is_array() && !value.get_array().empty()) {
    out += '[';
    const char* separator = "";
    for (const Value& member : value.get_array()) {
      out += separator;
      line(indent + 1);
      Pretty(member, out, indent + 1);
      separator = ",";
    }
    line(indent);
    out += ']';
  } else {
    out += boost::json::serialize(value);
  }
}

}  // namespace

std::string SerializePretty(const Value& value) {
  std::string out;
  Pretty(value, out, 0);
  return out;
}

const Value* Find(const Object& object, std::string_view name) {
  const auto it = object.find(name);
  return it == object.end() || it->value().is_null() ? nullptr : &it->value();
}

std::string_view GetString(const Object& object, std::string_view name, std::string_view fallback) {
  const Value* value = Find(object, name);
  return value && value->is_string() ? View(*value) : fallback;
}

int64_t GetInt(const Object& object, std::string_view name, int64_t fallback) {
  const Value* value = Find(object, name);
  if (!value) return fallback;
  if (value->is_int64()) return value->get_int64();
  if (value->is_uint64()) return static_cast<int64_t>(value->get_uint64());
  if (value->is_double() && std::abs(value->get_double()) < 9e18) {
    return static_cast<int64_t>(value->get_double());
  }
  return fallback;
}

double GetDouble(const Object& object, std::string_view name, double fallback) {
  const Value* value = Find(object, name);
  if (!value) return fallback;
  if (value->is_double()) return value->get_double();
  if (value->is_int64()) return static_cast<double>(value->get_int64());
  if (value->is_uint64()) return static_cast<double>(value->get_uint64());
  return fallback;
}

bool GetBool(const Object& object, std::string_view name, bool fallback) {
  const Value* value = Find(object, name);
  return value && value->is_bool() ? value->get_bool() : fallback;
}

const Object* GetObject(const Object& object, std::string_view name) {
  const Value* value = Find(object, name);
  return value ? value->if_object() : nullptr;
}

const Array* GetArray(const Object& object, std::string_view name) {
  const Value* value = Find(object, name);
  return value ? value->if_array() : nullptr;
}

std::vector<std::string> GetStrings(const Object& object, std::string_view name) {
  std::vector<std::string> out;
  if (const Array* array = GetArray(object, name)) {
    for (const Value& value : *array) {
      if (value.is_string()) out.emplace_back(View(value));
    }
  }
  return out;
}

void SetIfNotEmpty(Object& object, std::string_view name, std::string_view value) {
  if (!value.empty()) object[name] = value;
}

}  // namespace riposte::json
