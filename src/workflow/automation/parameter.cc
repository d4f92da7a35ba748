#include "workflow/automation/parameter.h"

#include <algorithm>
#include <array>

#include "workflow/automation/expression.h"
#include "workflow/automation/regex.h"

namespace riposte::automation {
namespace {

constexpr std::array<std::string_view, 6> kTypes = {"String",  "StringList", "Integer",
                                                    "Boolean", "StringMap",  "MapList"};
struct AwsType {
  std::string_view name;
  std::string_view pattern;
};
constexpr std::array<AwsType, 3> kAwsTypes = {{
    {"AWS::EC2::Instance::Id", R"(^m?i-[a-z0-9]{8,17}$)"},
    {"AWS::S3::Bucket::Name", R"(^[0-9a-z][a-z0-9\-\.]{3,63}$)"},
    {"AWS::IAM::Role::Arn",
     R"(^arn:(aws|aws-cn|aws-us-gov|aws-iso|aws-iso-b):iam::[0-9]{12}:role/.*$)"},
}};

std::unexpected<Error> Bad(std::string message) {
  return Fail(Code::kInvalidArgument, std::move(message));
}

bool SetType(Parameter& parameter, std::string_view declared) {
  parameter.declared_type = declared;
  if (std::ranges::find(kTypes, declared) != kTypes.end()) {
    parameter.type = declared;
    return true;
  }
  std::string_view element = declared;
  const bool list = declared.starts_with("List<") && declared.ends_with(">");
  if (list) element = declared.substr(5, declared.size() - 6);
  const auto found = std::ranges::find(kAwsTypes, element, &AwsType::name);
  if (found == kAwsTypes.end()) return false;
  parameter.type = list ? "StringList" : "String";
  parameter.implied_pattern = found->pattern;
  return true;
}

/// How many characters, not bytes, UTF-8 text has.
int64_t Characters(std::string_view text) {
  return std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
}

}  // namespace

Result<Parameter> Parameter::Load(std::string_view name, const json::Value& spec) {
  const json::Object* object = spec.if_object();
  const std::string label(name);
  if (!object) return Bad("Parameter " + label + " must be a map.");
  Parameter parameter;
  parameter.name = name;
  const std::string_view type = json::GetString(*object, "type");
  if (type.empty()) return Bad("Parameter " + label + " has no type.");
  if (!SetType(parameter, type)) {
    return Bad("Parameter " + label + " has an unsupported type: " + std::string(type) + ".");
  }
  parameter.description = json::GetString(*object, "description");
  const auto bound = [&](std::string_view key, std::optional<int64_t>& target) -> Status {
    const json::Value* value = json::Find(*object, key);
    if (!value) return {};
    target = ToInteger(*value);
    if (target && *target >= 0) return {};
    return Bad("Parameter " + label + ": " + std::string(key) + " must be a whole number.");
  };
  for (const auto& status :
       {bound("minItems", parameter.min_items), bound("maxItems", parameter.max_items),
        bound("minChars", parameter.min_chars), bound("maxChars", parameter.max_chars)}) {
    if (!status) return std::unexpected(status.error());
  }
  if (parameter.min_items && parameter.max_items && *parameter.min_items > *parameter.max_items) {
    return Bad("Parameter " + label + ": minItems is more than maxItems.");
  }
  if (parameter.min_chars && parameter.max_chars && *parameter.min_chars > *parameter.max_chars) {
    return Bad("Parameter " + label + ": minChars is more than maxChars.");
  }
  if (const json::Value* display = json::Find(*object, "displayType")) {
    const std::string text = ToText(*display);
    if (text != "textfield" && text != "textarea") {
      return Bad("Parameter " + label + ": displayType must be textfield or textarea.");
    }
  }
  if (const json::Value* pattern = json::Find(*object, "allowedPattern")) {
    parameter.allowed_pattern = ToText(*pattern);
    if (const auto ok = CheckPattern(parameter.allowed_pattern); !ok) {
      return Bad("Parameter " + label + ": invalid allowedPattern: " + ok.error().message);
    }
  }
  if (const json::Value* values = json::Find(*object, "allowedValues")) {
    if (!values->is_array()) return Bad("Parameter " + label + ": allowedValues must be a list.");
    for (const json::Value& value : values->get_array()) parameter.allowed_values.push_back(value);
  }
  if (const json::Value* value = json::Find(*object, "default")) {
    // A default that refers to {{ssm:…}} or {{automation:…}} gets its value at start.
    if (ReferencesIn(*value).empty()) {
      auto typed = Coerce(*value, parameter.type);
      if (!typed)
        return Bad("Parameter " + label + ": the default is not a " + parameter.type + ".");
      if (typed->is_string() && typed->get_string().empty()) {
        parameter.default_value = std::move(*typed);  // "" is how optional text is declared
      } else {
        if (const auto ok = parameter.Check(*typed); !ok) return std::unexpected(ok.error());
        parameter.default_value = std::move(*typed);
      }
    } else {
      parameter.default_value = *value;
    }
  }
  return parameter;
}

Result<json::Value> Parameter::FromApi(const std::vector<std::string>& texts) const {
  const auto wrong = [this] { return Bad("Parameter " + name + " is not a valid " + type + "."); };
  json::Value value;
  if (type == "StringList" || type == "MapList") {
    if (texts.size() == 1) {
      value = ToList(json::Value(texts[0]));
    } else {
      json::Array list;
      for (const std::string& text : texts) list.emplace_back(text);
      value = std::move(list);
    }
  } else {
    if (texts.size() != 1) {
      return Bad("Parameter " + name + " must have exactly one value.");
    }
    value = json::Value(texts[0]);
  }
  auto typed = Coerce(value, type);
  if (!typed) return wrong();
  return std::move(*typed);
}

Status Parameter::Check(const json::Value& value) const {
  const std::string label = "Parameter " + name;
  // Constraints on text are tested on each element of a list; a map counts as a whole.
  std::vector<std::string> texts;
  if (type == "StringList") {
    texts = ToTexts(value);
  } else if (type == "String" || type == "Integer" || type == "Boolean") {
    texts.push_back(ToText(value));
  }
  for (const std::string& text : texts) {
    if (!allowed_pattern.empty() && !PatternFinds(allowed_pattern, text)) {
      return Bad(label + ": the value does not match the allowed pattern " + allowed_pattern + ".");
    }
    if (!implied_pattern.empty() && !PatternFinds(implied_pattern, text)) {
      return Bad(label + ": the value is not a valid " + declared_type + ".");
    }
  }
  if (!allowed_values.empty()) {
    const auto allowed = [this](const std::string& text) {
      return std::ranges::any_of(allowed_values,
                                 [&](const json::Value& v) { return ToText(v) == text; });
    };
    const bool whole =
        std::ranges::any_of(allowed_values, [&](const json::Value& v) { return v == value; });
    if (!whole && (texts.empty() || !std::ranges::all_of(texts, allowed))) {
      return Bad(label + ": the value is not one of the allowed values.");
    }
  }
  int64_t items = -1;
  if (value.is_array()) items = static_cast<int64_t>(value.get_array().size());
  if (value.is_object()) items = static_cast<int64_t>(value.get_object().size());
  if (items >= 0) {
    if (min_items && items < *min_items) return Bad(label + ": too few items.");
    if (max_items && items > *max_items) return Bad(label + ": too many items.");
  }
  for (const std::string& text : texts) {
    const int64_t length = Characters(text);
    if (min_chars && length < *min_chars) return Bad(label + ": the value is too short.");
    if (max_chars && length > *max_chars) return Bad(label + ": the value is too long.");
  }
  return {};
}

Status CheckVariableSize(const Parameter& variable, const json::Value& value) {
  const auto bad = [&](std::string_view what) {
    return Bad("Variable " + variable.name + ": " + std::string(what));
  };
  if (variable.type == "String") {
    const int64_t length = Characters(json::View(value));
    if (length < 1 || length > 512) return bad("the value must have 1 to 512 characters.");
  } else if (variable.type == "StringList") {
    if (value.get_array().size() > 50) return bad("the list has more than 50 items.");
  } else if (variable.type == "MapList") {
    if (value.get_array().size() > 200) return bad("the list has more than 200 items.");
  } else if (variable.type == "StringMap") {
    for (const auto& member : value.get_object()) {
      const std::string_view key(member.key().data(), member.key().size());
      if (const int64_t length = Characters(key); length < 1 || length > 50) {
        return bad("a key of the map must have 1 to 50 characters.");
      }
    }
  }
  return {};
}

json::Array ToApi(const json::Value& value) {
  json::Array out;
  const json::Array* list = value.if_array();
  const bool maps =
      list && std::ranges::any_of(*list, [](const json::Value& v) { return v.is_object(); });
  if (list && !maps) {
    for (const json::Value& element : *list) out.emplace_back(ToText(element));
  } else {
    out.emplace_back(ToText(value));
  }
  return out;
}

}  // namespace riposte::automation
