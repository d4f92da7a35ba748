#include "json/json.h"

#include <cmath>

namespace riposte::json {

Result<Value> Parse(std::string_view text, size_t max_depth) {
  return Parse(text, boost::json::storage_ptr(), max_depth);
}

Result<Value> Parse(std::string_view text, boost::json::storage_ptr storage, size_t max_depth) {
  boost::json::parse_options options;
  options.max_depth = max_depth;
  boost::json::error_code error;
  unsigned char scratch[2048];  // Small documents then need no memory but their own.
  boost::json::parser parser({}, options, scratch);
  parser.reset(std::move(storage));
  const size_t read = parser.write_some(text.data(), text.size(), error);
  if (!error && read < text.size()) {
    const size_t rest = text.find_first_not_of(" \t\r\n", read);
    if (rest != std::string_view::npos) error = boost::json::error::extra_data;
  }
  if (error) {
    return Fail(Code::kInvalidArgument,
                "invalid JSON at byte " + std::to_string(read) + ": " + error.message());
  }
  return parser.release();
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
