#include "pattern/input_transformer.h"

#include <algorithm>
#include <map>

namespace riposte::pattern {
namespace {

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

/// The name of a placeholder that begins at `at` (a '<'), or "".
std::string_view PlaceholderAt(std::string_view text, size_t at) {
  size_t end = at + 1;
  while (end < text.size() && IsNameCharacter(text[end])) ++end;
  if (end == text.size() || text[end] != '>' || end == at + 1) return {};
  return text.substr(at + 1, end - at - 1);
}

/// The inside of the JSON string that holds `text`.
std::string Escaped(std::string_view text) {
  const std::string quoted = boost::json::serialize(boost::json::string_view(text));
  return quoted.substr(1, quoted.size() - 2);
}

std::unexpected<Error> Invalid(std::string message) {
  return Fail(Code::kInvalidArgument, std::move(message));
}

}  // namespace

std::optional<InputTransformer::Reserved> InputTransformer::FindReserved(std::string_view name) {
  if (name == "aws.events.rule-arn") return Reserved::kRuleArn;
  if (name == "aws.events.rule-name") return Reserved::kRuleName;
  if (name == "aws.events.event.ingestion-time") return Reserved::kIngestionTime;
  if (name == "aws.events.event") return Reserved::kEvent;
  if (name == "aws.events.event.json") return Reserved::kEventJson;
  return std::nullopt;
}

Result<InputTransformer> InputTransformer::Parse(const json::Object& transformer,
                                                 std::string_view target_id) {
  const std::string target(target_id);
  std::map<std::string, JsonPath, std::less<>> paths;
  if (const auto* map = json::GetObject(transformer, "InputPathsMap")) {
    if (map->size() > kMaxPaths) {
      return Invalid("InputPathsMap for target " + target + " has more than " +
                     std::to_string(kMaxPaths) + " entries.");
    }
    for (const auto& [key, value] : *map) {
      const std::string name(key);
      std::string start = name.substr(0, 3);
      std::ranges::transform(start, start.begin(), [](char c) { return c | 0x20; });
      if (start == "aws") {
        return Invalid("InputPathsMap for target " + target + " contains key " + name +
                       ", which begins with the reserved word AWS.");
      }
      auto path = value.is_string() ? JsonPath::Parse(json::View(value))
                                    : Result<JsonPath>(Invalid("not a string"));
      if (name.empty() || !std::ranges::all_of(name, IsNameCharacter) || !path) {
        return Invalid("Invalid InputPathsMap for target " + target + " : key " + name + ".");
      }
      paths.emplace(name, std::move(*path));
    }
  }

  const std::string_view text = json::GetString(transformer, "InputTemplate");
  if (text.empty()) return Invalid("InputTemplate for target " + target + " is missing.");
  if (text.size() > kMaxTemplateBytes) {
    return Invalid("InputTemplate for target " + target + " is larger than " +
                   std::to_string(kMaxTemplateBytes) + " characters.");
  }
  InputTransformer parsed;
  std::string literal;
  std::string sample;  // The template with a harmless value in each slot.
  bool in_quotes = false;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\\' && at + 1 < text.size()) {
      if (text[at + 1] != '<' && text[at + 1] != '>') literal += c;
      if (text[at + 1] != '<' && text[at + 1] != '>') sample += c;
      literal += text[++at];
      sample += text[at];
      continue;
    }
    const std::string_view name = c == '<' ? PlaceholderAt(text, at) : std::string_view();
    if (name.empty()) {
      if (c == '"') in_quotes = !in_quotes;
      literal += c;
      sample += c;
      continue;
    }
    Slot slot{Reserved::kEvent, in_quotes};
    if (const auto path = paths.find(name); path != paths.end()) {
      slot.source = path->second;
    } else if (const auto reserved = FindReserved(name)) {
      slot.source = *reserved;
    } else {
      return Invalid("InputTemplate for target " + target + " contains invalid placeholder " +
                     std::string(name) + ".");
    }
    if (!literal.empty()) parsed.parts_.emplace_back(std::move(literal));
    literal.clear();
    parsed.parts_.emplace_back(std::move(slot));
    if (!in_quotes) sample += "0";
    at += name.size() + 1;
  }
  if (!literal.empty()) parsed.parts_.emplace_back(std::move(literal));

  const size_t first = sample.find_first_not_of(" \t\r\n");
  const bool is_document =
      first != std::string::npos && (sample[first] == '{' || sample[first] == '[');
  if (is_document && !json::Parse(sample)) {
    return Invalid("Invalid InputTemplate for target " + target + " : it is not valid JSON.");
  }
  return parsed;
}

std::string InputTransformer::Apply(const json::Value& event, const InputContext& context) const {
  std::string out;
  const auto put = [&out](bool in_quotes, const json::Value* value) {
    if (!value) {
      if (!in_quotes) out += "\"\"";
    } else if (!in_quotes) {
      out += json::Serialize(*value);
    } else if (value->is_string()) {
      out += Escaped(json::View(*value));
    } else {
      out += Escaped(json::Serialize(*value));
    }
  };
  const auto put_reserved = [&](bool in_quotes, Reserved reserved) {
    json::Value value;
    switch (reserved) {
      case Reserved::kRuleArn:
        value = context.rule_arn;
        break;
      case Reserved::kRuleName:
        value = context.rule_name;
        break;
      case Reserved::kIngestionTime:
        value = context.ingestion_time;
        break;
      case Reserved::kEvent:
        value = event;
        if (auto* object = value.if_object()) object->erase("detail");
        break;
      case Reserved::kEventJson:
        put(in_quotes, &event);
        return;
    }
    put(in_quotes, &value);
  };
  for (const auto& part : parts_) {
    if (const auto* literal = std::get_if<std::string>(&part)) {
      out += *literal;
      continue;
    }
    const Slot& slot = std::get<Slot>(part);
    if (const auto* path = std::get_if<JsonPath>(&slot.source)) {
      put(slot.in_quotes, path->Find(event));
    } else {
      put_reserved(slot.in_quotes, std::get<Reserved>(slot.source));
    }
  }
  return out;
}

Result<TargetInput> TargetInput::Parse(const json::Object& target) {
  const std::string id(json::GetString(target, "Id"));
  const json::Value* input = json::Find(target, "Input");
  const json::Value* path = json::Find(target, "InputPath");
  const json::Object* transformer = json::GetObject(target, "InputTransformer");
  if ((input != nullptr) + (path != nullptr) + (transformer != nullptr) > 1) {
    return Invalid(
        "Only one of Input, InputPath, or InputTransformer must be provided for target " + id +
        ".");
  }
  TargetInput parsed;
  if (input) {
    const std::string_view text = json::GetString(target, "Input");
    if (!json::Parse(text)) return Invalid("Input for target " + id + " is not a valid JSON text.");
    parsed.how_ = Constant{std::string(text)};
  } else if (path) {
    auto compiled = JsonPath::Parse(json::GetString(target, "InputPath"));
    if (!compiled) return Invalid("Invalid InputPath for target " + id + ".");
    parsed.how_ = std::move(*compiled);
  } else if (transformer) {
    auto compiled = InputTransformer::Parse(*transformer, id);
    if (!compiled) return std::unexpected(compiled.error());
    parsed.how_ = std::move(*compiled);
  }
  return parsed;
}

std::string TargetInput::Apply(const json::Value& event, std::string_view event_text,
                               const InputContext& context) const {
  if (const auto* constant = std::get_if<Constant>(&how_)) return constant->text;
  if (const auto* path = std::get_if<JsonPath>(&how_)) {
    const json::Value* value = path->Find(event);
    return value ? json::Serialize(*value) : "null";
  }
  if (const auto* transformer = std::get_if<InputTransformer>(&how_)) {
    return transformer->Apply(event, context);
  }
  return event_text.empty() ? json::Serialize(event) : std::string(event_text);
}

}  // namespace riposte::pattern
