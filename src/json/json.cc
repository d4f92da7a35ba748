#include "json/json.h"

#include <simdjson.h>

#include <algorithm>
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

using simdjson::dom::element;
using simdjson::dom::element_type;

/// What the fast parser read, as values.
struct Converter {
  const boost::json::storage_ptr& storage;
  bool saw_zero = false;  ///< A number that is not an integer, but zero.

  Value operator()(element from) {
    switch (from.type()) {
      case element_type::STRING: {
        const std::string_view text(from);
        return Value(boost::json::string_view(text.data(), text.size()), storage);
      }
      case element_type::OBJECT: {
        Object object(storage);
        const simdjson::dom::object members(from);
        object.reserve(members.size());
        for (const auto& [key, value] : members) {
          const auto [at, inserted] = object.emplace(key, nullptr);
          at->value() = (*this)(value);  // Of duplicates the last one counts.
        }
        return Value(std::move(object));
      }
      case element_type::ARRAY: {
        Array array(storage);
        const simdjson::dom::array elements(from);
        array.reserve(elements.size());
        for (const element value : elements) array.push_back((*this)(value));
        return Value(std::move(array));
      }
      case element_type::INT64:
        return Value(int64_t(from), storage);
      case element_type::UINT64:
        return Value(uint64_t(from), storage);
      case element_type::DOUBLE: {
        const double number(from);
        saw_zero |= number == 0;
        return Value(number, storage);
      }
      case element_type::BOOL:
        return Value(bool(from), storage);
      case element_type::NULL_VALUE:
        break;
    }
    return Value(nullptr, storage);
  }
};

/// Somewhere ten digits follow an "e", as in exponents that the slow way refuses.
bool MayHaveLongExponent(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  size_t digits = 0;
  bool exponent = false;
  for (const char c : text) {
    if (is_digit(c)) {
      if (exponent && ++digits == 10) return true;
      continue;
    }
    exponent = c == 'e' || c == 'E' || (exponent && digits == 0 && (c == '+' || c == '-'));
    digits = 0;
  }
  return false;
}

/// A parser keeps its memory from document to document, unless one was unusually large.
constexpr size_t kKeptBytes = 64 * 1024;
/// Shorter ones cost less than the start of the fast parser.
constexpr size_t kFastFromBytes = 64;

/// The fast way for documents without fault; nullopt leaves the verdict to the slow one.
std::optional<Value> ParseFast(std::string_view text, const boost::json::storage_ptr& storage,
                               size_t max_depth) {
  thread_local simdjson::dom::parser kept;
  thread_local size_t kept_depth = 0;
  simdjson::dom::parser large;
  simdjson::dom::parser& parser = text.size() <= kKeptBytes ? kept : large;
  // It counts an empty container as a scalar: at the very bound the slow way decides.
  const size_t depth = max_depth;
  if (parser.capacity() < text.size() || (&parser == &kept && kept_depth != depth)) {
    const size_t capacity = std::max<size_t>(std::max(text.size(), parser.capacity()), 8192);
    if (parser.allocate(capacity, depth) != simdjson::SUCCESS) return std::nullopt;
    if (&parser == &kept) kept_depth = depth;
  }
  element root;
  if (parser.parse(text.data(), text.size(), true).get(root) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  Converter convert{storage};
  Value value = convert(root);
  // It takes 0e99999999999 and 1e-99999999999 for zero, whatever the exponent.
  if (convert.saw_zero && MayHaveLongExponent(text)) return std::nullopt;
  return value;
}

}  // namespace

Result<Value> Parse(std::string_view text, size_t max_depth) {
  return Parse(text, boost::json::storage_ptr(), max_depth);
}

Result<Value> Parse(std::string_view text, boost::json::storage_ptr storage, size_t max_depth) {
  if (text.size() >= kFastFromBytes) {
    if (auto value = ParseFast(text, storage, max_depth)) return *std::move(value);
  }
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

void AppendString(std::string& out, std::string_view text) {
  const auto plain = [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
  };
  if (std::ranges::all_of(text, plain)) {
    out += '"';
    out += text;
    out += '"';
  } else {
    out += boost::json::serialize(boost::json::string_view(text.data(), text.size()));
  }
}

void AppendMinified(std::string& out, std::string_view text) {
  const size_t start = out.size();
  out.resize(start + text.size());
  size_t size = 0;
  // It writes in blocks, which end within the input's own size.
  if (simdjson::minify(text.data(), text.size(), out.data() + start, size) != simdjson::SUCCESS) {
    size = text.copy(out.data() + start, text.size());
  }
  out.resize(start + size);
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
