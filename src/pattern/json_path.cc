#include "pattern/json_path.h"

#include <charconv>

namespace riposte::pattern {
namespace {

constexpr size_t kMaxSteps = 64;

}  // namespace

Result<JsonPath> JsonPath::Parse(std::string_view text) {
  const auto refuse = [&] {
    return Fail(Code::kInvalidArgument, "invalid JSONPath: " + std::string(text));
  };
  if (text.empty() || text.front() != '$') return refuse();
  JsonPath path;
  if (text == "$.") return path;
  size_t at = 1;
  while (at < text.size()) {
    if (path.steps_.size() == kMaxSteps) return refuse();
    if (text[at] == '.') {
      const size_t end = std::min(text.find_first_of(".[]'\"* \t\r\n", at + 1), text.size());
      if (end == at + 1) return refuse();
      path.steps_.emplace_back(std::string(text.substr(at + 1, end - at - 1)));
      at = end;
      continue;
    }
    if (text[at] != '[' || ++at == text.size()) return refuse();
    if (const char quote = text[at]; quote == '\'' || quote == '"') {
      std::string name;
      for (++at; at < text.size() && text[at] != quote; ++at) {
        if (text[at] == '\\' && ++at == text.size()) return refuse();
        name += text[at];
      }
      if (at == text.size()) return refuse();
      ++at;
      path.steps_.emplace_back(std::move(name));
    } else {
      size_t index = 0;
      const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), index);
      if (error != std::errc()) return refuse();
      at = static_cast<size_t>(end - text.data());
      path.steps_.emplace_back(index);
    }
    if (at == text.size() || text[at] != ']') return refuse();
    ++at;
  }
  return path;
}

const json::Value* JsonPath::Find(const json::Value& root) const {
  const json::Value* value = &root;
  for (const auto& step : steps_) {
    if (const auto* name = std::get_if<std::string>(&step)) {
      const auto* object = value->if_object();
      value = object ? object->if_contains(*name) : nullptr;
    } else {
      const auto* array = value->if_array();
      value = array ? array->if_contains(std::get<size_t>(step)) : nullptr;
    }
    if (!value) return nullptr;
  }
  return value;
}

}  // namespace riposte::pattern
