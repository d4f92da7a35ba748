#include "workflow/automation/selector.h"

#include <algorithm>

#include "base/number.h"

namespace riposte::automation {
namespace {

std::unexpected<Error> Bad(std::string_view text) {
  return Fail(Code::kInvalidArgument, "invalid selector: " + std::string(text.substr(0, 200)));
}

bool ParseIndex(std::string_view text, int64_t& number) {
  const auto parsed = ParseNumber(text);
  number = parsed.value_or(number);
  return parsed.has_value();
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// The position of the bracket that closes the one at `open`, outside quotes.
size_t FindClose(std::string_view text, size_t open) {
  char quote = 0;
  int depth = 0;
  for (size_t i = open; i < text.size(); ++i) {
    const char c = text[i];
    if (quote) {
      if (c == '\\') {
        ++i;
      } else if (c == quote) {
        quote = 0;
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '[') {
      ++depth;
    } else if (c == ']' && --depth == 0) {
      return i;
    }
  }
  return std::string_view::npos;
}

/// The position of the next "&&" outside quotes.
size_t FindAnd(std::string_view text) {
  char quote = 0;
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    const char c = text[i];
    if (quote) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '&' && text[i + 1] == '&') {
      return i;
    }
  }
  return std::string_view::npos;
}

bool IsQuoted(std::string_view text) {
  return text.size() >= 2 && (text.front() == '\'' || text.front() == '"') &&
         text.back() == text.front();
}

int64_t Clamp(int64_t index, size_t size) {
  const auto length = static_cast<int64_t>(size);
  return std::clamp<int64_t>(index < 0 ? index + length : index, 0, length);
}

bool IsNumber(const json::Value& value) {
  return value.is_int64() || value.is_uint64() || value.is_double();
}

bool Compare(const json::Value& left, std::string_view op, const json::Value& right) {
  int order = 0;
  if (IsNumber(left) && IsNumber(right)) {
    const double a = left.to_number<double>(), b = right.to_number<double>();
    order = a < b ? -1 : a > b ? 1 : 0;
  } else if (left.is_string() && right.is_string()) {
    order = json::View(left).compare(json::View(right));
  } else {
    return op == "==" ? left == right : op == "!=" ? left != right : false;
  }
  if (op == "==") return order == 0;
  if (op == "!=") return order != 0;
  if (op == "<") return order < 0;
  if (op == ">") return order > 0;
  if (op == "<=") return order <= 0;
  return order >= 0;
}

}  // namespace

Result<Selector> Selector::Parse(std::string_view text) {
  text = Trim(text);
  std::string path(text);
  if (path.empty()) return Bad(text);
  if (path[0] != '$') path = (path[0] == '.' || path[0] == '[' ? "$" : "$.") + path;
  auto parts = ParseParts(std::string_view(path).substr(1), false);
  if (!parts) return std::unexpected(parts.error());
  Selector selector;
  selector.parts_ = std::move(*parts);
  selector.definite_ = std::ranges::all_of(selector.parts_, [](const Part& part) {
    return !part.descend && (part.kind == Part::Kind::kName || part.kind == Part::Kind::kIndex);
  });
  return selector;
}

Result<Selector::Part> Selector::ParseTest(std::string_view text) {
  const std::string_view test = Trim(text);
  if (!test.starts_with("@")) return Bad(text);
  Part part;
  size_t op_at = std::string_view::npos;
  for (const std::string_view op : {"==", "!=", "<=", ">=", "<", ">"}) {
    op_at = test.find(op);
    if (op_at != std::string_view::npos) {
      part.op = op;
      break;
    }
  }
  auto path = ParseParts(Trim(test.substr(0, op_at)).substr(1), true);
  if (!path) return std::unexpected(path.error());
  part.path = std::move(*path);
  if (part.op.empty()) return part;
  const std::string_view right = Trim(test.substr(op_at + part.op.size()));
  if (IsQuoted(right)) {
    part.literal = json::Value(right.substr(1, right.size() - 2));
    return part;
  }
  auto literal = json::Parse(right, 4);
  if (!literal) return Bad(text);
  part.literal = std::move(*literal);
  return part;
}

Result<std::vector<Selector::Part>> Selector::ParseParts(std::string_view text, bool in_filter) {
  std::vector<Part> parts;
  size_t at = 0;
  while (at < text.size()) {
    if (parts.size() >= kMaxParts) return Bad(text);
    Part part;
    if (text[at] == '.') {
      ++at;
      if (at < text.size() && text[at] == '.') {
        part.descend = true;
        ++at;
      }
      if (at >= text.size()) return Bad(text);
      if (text[at] != '[') {
        const size_t end = std::min(text.find_first_of(".[", at), text.size());
        const std::string_view name = Trim(text.substr(at, end - at));
        if (name.empty()) return Bad(text);
        part.kind = name == "*" ? Part::Kind::kWildcard : Part::Kind::kName;
        part.name = name;
        at = end;
        parts.push_back(std::move(part));
        continue;
      }
      if (!part.descend) return Bad(text);
    }
    if (text[at] != '[') return Bad(text);
    const size_t close = FindClose(text, at);
    if (close == std::string_view::npos) return Bad(text);
    const std::string_view inside = Trim(text.substr(at + 1, close - at - 1));
    at = close + 1;
    if (inside == "*") {
      part.kind = Part::Kind::kWildcard;
    } else if (IsQuoted(inside)) {
      part.name = inside.substr(1, inside.size() - 2);
    } else if (inside.starts_with("?(") && inside.ends_with(")") && !in_filter) {
      part.kind = Part::Kind::kFilter;
      std::string_view rest = inside.substr(2, inside.size() - 3);
      while (true) {
        const size_t end = FindAnd(rest);
        auto test = ParseTest(rest.substr(0, end));
        if (!test) return std::unexpected(test.error());
        part.tests.push_back(std::move(*test));
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + 2);
      }
    } else if (const size_t colon = inside.find(':'); colon != std::string_view::npos) {
      part.kind = Part::Kind::kSlice;
      const std::string_view from = Trim(inside.substr(0, colon));
      const std::string_view to = Trim(inside.substr(colon + 1));
      if (!from.empty() && !ParseIndex(from, part.from)) return Bad(text);
      if (!to.empty()) {
        int64_t end = 0;
        if (!ParseIndex(to, end)) return Bad(text);
        part.to = end;
      }
    } else {
      part.kind = Part::Kind::kIndex;
      if (!ParseIndex(inside, part.from)) return Bad(text);
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

bool Selector::Keeps(const Part& filter, const json::Value& element, size_t& visits) {
  return std::ranges::all_of(filter.tests, [&](const Part& test) {
    std::vector<const json::Value*> found;
    Apply(test.path, 0, element, found, visits);
    if (test.op.empty()) return !found.empty();
    return std::ranges::any_of(found, [&test](const json::Value* value) {
      return Compare(*value, test.op, test.literal);
    });
  });
}

void Selector::ApplyOne(const Part& part, const std::vector<Part>& parts, size_t at,
                        const json::Value& value, std::vector<const json::Value*>& found,
                        size_t& visits) {
  const auto next = [&](const json::Value& child) { Apply(parts, at + 1, child, found, visits); };
  const json::Array* array = value.if_array();
  const json::Object* object = value.if_object();
  switch (part.kind) {
    case Part::Kind::kName:
      if (object) {
        if (const auto member = object->find(part.name); member != object->end()) {
          next(member->value());
        }
      }
      break;
    case Part::Kind::kIndex:
      if (array) {
        const int64_t index =
            part.from < 0 ? part.from + static_cast<int64_t>(array->size()) : part.from;
        if (index >= 0 && index < static_cast<int64_t>(array->size())) {
          next((*array)[static_cast<size_t>(index)]);
        }
      }
      break;
    case Part::Kind::kSlice:
      if (array) {
        const int64_t end =
            part.to ? Clamp(*part.to, array->size()) : static_cast<int64_t>(array->size());
        for (int64_t i = Clamp(part.from, array->size()); i < end; ++i) {
          next((*array)[static_cast<size_t>(i)]);
        }
      }
      break;
    case Part::Kind::kWildcard:
    case Part::Kind::kFilter: {
      const auto visit = [&](const json::Value& child) {
        if (part.kind == Part::Kind::kWildcard || Keeps(part, child, visits)) next(child);
      };
      if (array) {
        for (const json::Value& element : *array) visit(element);
      } else if (object) {
        for (const auto& member : *object) visit(member.value());
      }
      break;
    }
  }
}

void Selector::Apply(const std::vector<Part>& parts, size_t at, const json::Value& value,
                     std::vector<const json::Value*>& found, size_t& visits) {
  if (++visits > kMaxVisits) return;
  if (at == parts.size()) {
    found.push_back(&value);
    return;
  }
  const Part& part = parts[at];
  ApplyOne(part, parts, at, value, found, visits);
  if (!part.descend) return;
  if (const json::Array* array = value.if_array()) {
    for (const json::Value& element : *array) Apply(parts, at, element, found, visits);
  } else if (const json::Object* object = value.if_object()) {
    for (const auto& member : *object) Apply(parts, at, member.value(), found, visits);
  }
}

std::optional<json::Value> Selector::Select(const json::Value& root) const {
  std::vector<const json::Value*> found;
  size_t visits = 0;
  Apply(parts_, 0, root, found, visits);
  if (visits > kMaxVisits) return std::nullopt;
  if (definite_) {
    if (found.empty()) return std::nullopt;
    return *found.front();
  }
  json::Array list;
  for (const json::Value* value : found) list.push_back(*value);
  return list;
}

}  // namespace riposte::automation
