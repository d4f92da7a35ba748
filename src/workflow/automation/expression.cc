#include "workflow/automation/expression.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/number.h"

namespace riposte::automation {
namespace {

bool IsReferenceCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == ':' || c == '-' || c == '/';
}

std::string_view Trim(std::string_view text) {
  const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

struct Found {
  size_t begin = 0;
  size_t end = 0;
  std::string_view reference;
};

/// The next "{{ … }}" whose inside can be a reference; anything else is text.
std::optional<Found> FindReference(std::string_view text, size_t from) {
  while (true) {
    const size_t open = text.find("{{", from);
    if (open == std::string_view::npos) return std::nullopt;
    const size_t close = text.find("}}", open + 2);
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view inside = Trim(text.substr(open + 2, close - open - 2));
    if (!inside.empty() && inside.size() <= 512 &&
        std::ranges::all_of(inside, IsReferenceCharacter)) {
      return Found{open, close + 2, inside};
    }
    from = open + 1;
  }
}

Result<json::Value> SubstituteText(std::string_view text, const Resolver& resolver,
                                   size_t& budget) {
  const auto resolve = [&](std::string_view reference) -> Result<json::Value> {
    auto value = resolver(reference);
    if (value) return std::move(*value);
    return Fail(Code::kNotFound,
                "The value of {{ " + std::string(reference) + " }} is not available.");
  };
  if (text.find("{{") == std::string_view::npos) return json::Value(text);
  std::string out;
  size_t at = 0;
  while (const auto found = FindReference(text, at)) {
    auto value = resolve(found->reference);
    if (!value) return value;
    if (at == 0 && Trim(text.substr(0, found->begin)).empty() &&
        Trim(text.substr(found->end)).empty()) {
      const size_t size = json::Serialize(*value).size();
      if (size > budget) return Fail(Code::kLimitExceeded, "the inputs are too large");
      budget -= size;
      return value;
    }
    out += text.substr(at, found->begin - at);
    const std::string inserted = ToText(*value);
    if (inserted.size() > budget) return Fail(Code::kLimitExceeded, "the inputs are too large");
    budget -= inserted.size();
    out += inserted;
    at = found->end;
  }
  out += text.substr(at);
  return json::Value(out);
}

Result<json::Value> SubstituteValue(const json::Value& value, const Resolver& resolver,
                                    size_t& budget) {
  if (value.is_string()) return SubstituteText(json::View(value), resolver, budget);
  if (value.is_array()) {
    json::Array out;
    for (const json::Value& element : value.get_array()) {
      auto result = SubstituteValue(element, resolver, budget);
      if (!result) return result;
      // ["{{ Ids }}"] with a list stands for the list itself.
      if (element.is_string() && result->is_array() && value.get_array().size() == 1) {
        return result;
      }
      out.push_back(std::move(*result));
    }
    return out;
  }
  if (value.is_object()) {
    json::Object out;
    out.reserve(value.get_object().size());
    for (const auto& [key, member] : value.get_object()) {
      auto result = SubstituteValue(member, resolver, budget);
      if (!result) return result;
      out[key] = std::move(*result);
    }
    return out;
  }
  return value;
}

void Collect(const json::Value& value, std::vector<std::string>& references) {
  if (value.is_string()) {
    size_t at = 0;
    while (const auto found = FindReference(json::View(value), at)) {
      references.emplace_back(found->reference);
      at = found->end;
    }
  } else if (value.is_array()) {
    for (const json::Value& element : value.get_array()) Collect(element, references);
  } else if (value.is_object()) {
    for (const auto& member : value.get_object()) Collect(member.value(), references);
  }
}

bool EqualsNoCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(x) == lower(y);
  });
}

}  // namespace

Result<json::Value> Substitute(const json::Value& value, const Resolver& resolver) {
  size_t budget = kMaxSubstitutedBytes;
  return SubstituteValue(value, resolver, budget);
}

Result<json::Object> SubstituteInputs(const json::Object& inputs, const Resolver& resolver) {
  size_t budget = kMaxSubstitutedBytes;
  json::Object out;
  out.reserve(inputs.size());
  for (const auto& [key, member] : inputs) {
    if (key == "Script" && !member.is_null()) {
      out.emplace(key, member);
      continue;
    }
    auto result = SubstituteValue(member, resolver, budget);
    if (!result) return std::unexpected(result.error());
    out.emplace(key, std::move(*result));
  }
  return out;
}

std::vector<std::string> ReferencesIn(const json::Value& value) {
  std::vector<std::string> references;
  Collect(value, references);
  return references;
}

std::optional<std::string> WholeReference(std::string_view text) {
  text = Trim(text);
  const auto found = FindReference(text, 0);
  if (!found || found->begin != 0 || found->end != text.size()) return std::nullopt;
  return std::string(found->reference);
}

std::string ToText(const json::Value& value) {
  if (value.is_string()) return std::string(json::View(value));
  if (value.is_null()) return "";
  if (value.is_double()) {
    const double number = value.get_double();
    if (number == std::floor(number) && std::abs(number) < 1e15) {
      return std::to_string(static_cast<int64_t>(number));
    }
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, number);
    return std::string(buffer, end.ptr);
  }
  return json::Serialize(value);
}

const json::Value& Unwrap(const json::Value& value) {
  const json::Array* array = value.if_array();
  return array && array->size() == 1 ? array->front() : value;
}

std::optional<int64_t> ToInteger(const json::Value& outer) {
  const json::Value& value = Unwrap(outer);
  if (value.is_int64()) return value.get_int64();
  if (value.is_double() && value.get_double() == std::floor(value.get_double()) &&
      std::abs(value.get_double()) < 9e15) {
    return static_cast<int64_t>(value.get_double());
  }
  if (!value.is_string()) return std::nullopt;
  return ParseNumber(Trim(json::View(value)));
}

std::optional<double> ToNumber(const json::Value& outer) {
  const json::Value& value = Unwrap(outer);
  if (value.is_int64() || value.is_uint64() || value.is_double()) return value.to_number<double>();
  if (!value.is_string()) return std::nullopt;
  return ParseNumber<double>(Trim(json::View(value)));
}

std::optional<bool> ToBoolean(const json::Value& outer) {
  const json::Value& value = Unwrap(outer);
  if (value.is_bool()) return value.get_bool();
  if (!value.is_string()) return std::nullopt;
  const std::string_view text = Trim(json::View(value));
  if (EqualsNoCase(text, "true")) return true;
  if (EqualsNoCase(text, "false")) return false;
  return std::nullopt;
}

json::Array ToList(const json::Value& value) {
  if (value.is_array()) return value.get_array();
  if (value.is_null()) return {};
  if (value.is_string()) {
    const std::string_view text = Trim(json::View(value));
    if (text.starts_with('[')) {
      if (auto parsed = json::Parse(text, 32); parsed && parsed->is_array()) {
        return std::move(parsed->get_array());
      }
    }
  }
  json::Array list;
  list.push_back(value);
  return list;
}

std::vector<std::string> ToTexts(const json::Value& value) {
  std::vector<std::string> texts;
  for (const json::Value& element : ToList(value)) texts.push_back(ToText(element));
  return texts;
}

std::optional<json::Object> ToMap(const json::Value& outer) {
  const json::Value& value = Unwrap(outer);
  if (value.is_object()) return value.get_object();
  if (!value.is_string()) return std::nullopt;
  auto parsed = json::Parse(json::View(value), 32);
  if (!parsed || !parsed->is_object()) return std::nullopt;
  return std::move(parsed->get_object());
}

std::optional<json::Value> Coerce(const json::Value& value, std::string_view type) {
  if (type == "String") return json::Value(ToText(Unwrap(value)));
  if (type == "Integer") {
    if (const auto number = ToInteger(value)) return json::Value(*number);
    return std::nullopt;
  }
  if (type == "Boolean") {
    if (const auto flag = ToBoolean(value)) return json::Value(*flag);
    return std::nullopt;
  }
  if (type == "StringList") {
    if (value.is_object()) return std::nullopt;
    json::Array list;
    for (const std::string& text : ToTexts(value)) list.emplace_back(text);
    return list;
  }
  if (type == "StringMap") {
    if (auto map = ToMap(value)) return json::Value(std::move(*map));
    return std::nullopt;
  }
  if (type == "MapList") {
    json::Array list;
    for (const json::Value& element : ToList(value)) {
      auto map = ToMap(element);
      if (!map) return std::nullopt;
      list.emplace_back(std::move(*map));
    }
    return list;
  }
  return std::nullopt;
}

}  // namespace riposte::automation
