// Validate: one walk over the document and the model together.
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "base/encoding.h"
#include "base/time.h"
#include "wire/catalog.h"
#include "wire/check_types.h"
#include "wire/error_style.h"
#include "wire/regex.h"
#include "wire/utf8.h"

namespace riposte::wire {
namespace {

/// A value of the wrong JSON type: nothing further is looked at.
struct TypeMismatch {
  std::string message;
};

std::string_view TokenOf(const json::Value& value) {
  if (value.is_string()) return "STRING_VALUE";
  if (value.is_bool()) return value.get_bool() ? "TRUE_VALUE" : "FALSE_VALUE";
  return "NUMBER_VALUE";
}

[[noreturn]] void Mismatch(const json::Value& value, std::string_view wanted) {
  if (value.is_object()) {
    throw TypeMismatch{"Start of structure or map found where not expected."};
  }
  if (value.is_array()) throw TypeMismatch{"Start of list found where not expected."};
  throw TypeMismatch{fmt::format("{} can not be converted to {}", TokenOf(value), wanted)};
}

void Cut(std::string& text) {
  if (text.size() <= kMaxValueText) return;
  size_t end = kMaxValueText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  text += "...";
}

/// A value as the services print it: [a, b], {k=v}, text without quotes.
void Print(const json::Value& value, std::string& out) {
  if (out.size() > kMaxValueText) return;
  if (value.is_string()) {
    out += json::View(value);
  } else if (const json::Array* array = value.if_array()) {
    out += '[';
    const char* separator = "";
    for (const json::Value& element : *array) {
      if (out.size() > kMaxValueText) break;
      out += separator;
      Print(element, out);
      separator = ", ";
    }
    out += ']';
  } else if (const json::Object* object = value.if_object()) {
    out += '{';
    const char* separator = "";
    for (const auto& [key, element] : *object) {
      if (out.size() > kMaxValueText) break;
      out += separator;
      out += std::string_view(key.data(), key.size());
      out += '=';
      Print(element, out);
      separator = ", ";
    }
    out += '}';
  } else {
    out += json::Serialize(value);
  }
}

std::string Bound(double number) {
  if (number == std::floor(number) && std::abs(number) < 1e15) {
    return std::to_string(static_cast<int64_t>(number));
  }
  return fmt::format("{}", number);
}

std::string LengthText(const char* side, int64_t limit) {
  return fmt::format("Member must have length {} than or equal to {}", side, limit);
}
std::string RangeText(const char* side, double limit) {
  return fmt::format("Member must have value {} than or equal to {}", side, Bound(limit));
}
std::string EnumText(const Shape& shape) {
  return fmt::format("Member must satisfy enum value set: [{}]",
                     fmt::join(shape.enum_values, ", "));
}

/// What a value breaks first; nullopt when it is well.
struct Broken {
  Violation::Kind kind;
  std::string constraint;
};

std::optional<Broken> CheckLength(const Shape& shape, size_t length) {
  const auto size = static_cast<int64_t>(length);
  if (shape.length_max && size > *shape.length_max) {
    return Broken{Violation::Kind::kLength, LengthText("less", *shape.length_max)};
  }
  if (shape.length_min && size < *shape.length_min) {
    return Broken{Violation::Kind::kLength, LengthText("greater", *shape.length_min)};
  }
  return std::nullopt;
}

std::optional<Broken> CheckText(const Shape& shape, bool lenient, std::string_view text) {
  if (shape.length_min || shape.length_max) {
    if (auto broken = CheckLength(shape, CountCodePoints(text))) return broken;
  }
  if (lenient || shape.lenient) return std::nullopt;
  if (shape.type == ShapeType::kEnum) {
    for (const std::string& value : shape.enum_values) {
      if (value == text) return std::nullopt;
    }
    return Broken{Violation::Kind::kEnum, EnumText(shape)};
  }
  if (shape.regex && !shape.regex->Matches(text)) {
    return Broken{Violation::Kind::kPattern,
                  "Member must satisfy regular expression pattern: " + shape.pattern};
  }
  return std::nullopt;
}

std::optional<Broken> CheckNumber(const Shape& shape, double number) {
  if (shape.range_max && number > *shape.range_max) {
    return Broken{Violation::Kind::kRange, RangeText("less", *shape.range_max)};
  }
  if (shape.range_min && number < *shape.range_min) {
    return Broken{Violation::Kind::kRange, RangeText("greater", *shape.range_min)};
  }
  return std::nullopt;
}

/// Every constraint of an element, as lists and maps of simple values report them.
std::string AllConstraints(const Shape& shape) {
  std::vector<std::string> all;
  if (shape.length_max) all.push_back(LengthText("less", *shape.length_max));
  if (shape.length_min) all.push_back(LengthText("greater", *shape.length_min));
  if (shape.range_max) all.push_back(RangeText("less", *shape.range_max));
  if (shape.range_min) all.push_back(RangeText("greater", *shape.range_min));
  if (shape.type == ShapeType::kEnum) all.push_back(EnumText(shape));
  if (!shape.pattern.empty()) {
    all.push_back("Member must satisfy regular expression pattern: " + shape.pattern);
  }
  return fmt::format("[{}]", fmt::join(all, ", "));
}

bool IsSimple(const Shape& shape) {
  return shape.type != ShapeType::kStructure && shape.type != ShapeType::kUnion &&
         shape.type != ShapeType::kList && shape.type != ShapeType::kMap;
}

class Validator {
 public:
  void Structure(json::Object& object, const Shape& shape) {
    DropUnknown(object, shape);
    for (const Member& member : shape.members) {
      const auto it = object.find(member.name);
      if (it == object.end()) {
        if (!member.required) continue;
        path_.push_back({&member, 0, {}});
        Report({Violation::Kind::kMissing, "Member must not be null"}, nullptr, *member.target);
        path_.pop_back();
        continue;
      }
      path_.push_back({&member, 0, {}});
      Walk(it->value(), *member.target, member.lenient);
      path_.pop_back();
    }
  }

  [[nodiscard]] const std::vector<Violation>& violations() const { return violations_; }
  [[nodiscard]] size_t total() const { return total_; }

 private:
  static void DropUnknown(json::Object& object, const Shape& shape) {
    for (auto it = object.begin(); it != object.end();) {
      const std::string_view key(it->key().data(), it->key().size());
      if (it->value().is_null() || !shape.FindMember(key)) {
        // stable_erase keeps the order of what stays, which documents in replies show.
        it = object.stable_erase(it);
      } else {
        ++it;
      }
    }
  }

  void Walk(json::Value& value, const Shape& shape, bool lenient) {
    switch (shape.type) {
      case ShapeType::kStructure:
      case ShapeType::kUnion:
        if (!value.is_object()) {
          if (value.is_array()) Mismatch(value, "");
          throw TypeMismatch{"Expected null"};
        }
        return Structure(value.get_object(), shape);
      case ShapeType::kList:
        if (value.is_object()) Mismatch(value, "");
        if (!value.is_array()) throw TypeMismatch{"Expected list or null"};
        return List(value, shape);
      case ShapeType::kMap:
        if (value.is_array()) Mismatch(value, "");
        if (!value.is_object()) throw TypeMismatch{"Expected map or null"};
        return Map(value, shape);
      default:
        if (const auto broken = Simple(value, shape, lenient)) Report(*broken, &value, shape);
    }
  }

  void List(json::Value& value, const Shape& shape) {
    json::Array& array = value.get_array();
    if (const auto broken = CheckLength(shape, array.size())) Report(*broken, &value, shape);
    const Member& member = shape.members[0];
    const Shape& element = *member.target;
    if (IsSimple(element)) {
      bool bad = false;
      for (json::Value& item : array) {
        bad = item.is_null() || Simple(item, element, member.lenient).has_value() || bad;
      }
      if (bad) {
        Report({Violation::Kind::kPattern,
                "Member must satisfy constraint: " + AllConstraints(element)},
               &value, element);
      }
      return;
    }
    for (size_t i = 0; i < array.size(); ++i) {
      path_.push_back({nullptr, i + 1, {}});
      if (array[i].is_null()) {
        Report({Violation::Kind::kMissing, "Member must not be null"}, nullptr, element);
      } else {
        Walk(array[i], element, member.lenient);
      }
      path_.pop_back();
    }
  }

  void Map(json::Value& value, const Shape& shape) {
    json::Object& object = value.get_object();
    for (auto it = object.begin(); it != object.end();) {
      it = it->value().is_null() ? object.stable_erase(it) : std::next(it);
    }
    if (const auto broken = CheckLength(shape, object.size())) Report(*broken, &value, shape);
    const Member& key_member = shape.members[0];
    const Member& value_member = shape.members[1];
    const Shape& element = *value_member.target;
    bool bad_key = false;
    bool bad_value = false;
    for (auto& [key, item] : object) {
      const std::string_view name(key.data(), key.size());
      bad_key = bad_key || CheckText(*key_member.target, key_member.lenient, name).has_value();
      if (IsSimple(element)) {
        bad_value = Simple(item, element, value_member.lenient).has_value() || bad_value;
      } else {
        path_.push_back({nullptr, 0, std::string(name.substr(0, 256))});
        Walk(item, element, value_member.lenient);
        path_.pop_back();
      }
    }
    if (bad_key) {
      Report({Violation::Kind::kPattern,
              "Map keys must satisfy constraint: " + AllConstraints(*key_member.target)},
             &value, *key_member.target);
    }
    if (bad_value) {
      Report({Violation::Kind::kPattern,
              "Map value must satisfy constraint: " + AllConstraints(element)},
             &value, element);
    }
  }

  /// Checks and normalises a value that has no parts.
  std::optional<Broken> Simple(json::Value& value, const Shape& shape, bool lenient) {
    switch (shape.type) {
      case ShapeType::kString:
      case ShapeType::kEnum:
        if (!value.is_string()) Mismatch(value, "a String");
        return CheckText(shape, lenient, json::View(value));
      case ShapeType::kBoolean:
        if (!value.is_bool()) Mismatch(value, "a Boolean");
        return std::nullopt;
      case ShapeType::kInteger:
        Whole(value, "an Integer");
        if (value.is_uint64() || value.get_int64() > std::numeric_limits<int32_t>::max() ||
            value.get_int64() < std::numeric_limits<int32_t>::min()) {
          Mismatch(value, "an Integer");
        }
        return CheckNumber(shape, static_cast<double>(value.get_int64()));
      case ShapeType::kLong:
        Whole(value, "a Long");
        if (value.is_uint64()) Mismatch(value, "a Long");
        return CheckNumber(shape, static_cast<double>(value.get_int64()));
      case ShapeType::kFloat:
      case ShapeType::kDouble:
        if (!value.is_number()) Real(value);
        return CheckNumber(shape, value.to_number<double>());
      case ShapeType::kTimestamp:
        Timestamp(value);
        return std::nullopt;
      case ShapeType::kBlob:
        return Blob(value, shape);
      default:
        return std::nullopt;
    }
  }

  static void Whole(json::Value& value, std::string_view wanted) {
    if (value.is_double()) {
      const double number = value.get_double();
      if (number != std::floor(number) || std::abs(number) > 9e15) Mismatch(value, wanted);
      value = static_cast<int64_t>(number);
    } else if (!value.is_number()) {
      Mismatch(value, wanted);
    } else if (value.is_uint64() &&
               value.get_uint64() <= uint64_t{std::numeric_limits<int64_t>::max()}) {
      value = static_cast<int64_t>(value.get_uint64());
    }
  }

  /// JSON has no other way to write these three.
  static void Real(json::Value& value) {
    const std::string_view text = value.is_string() ? json::View(value) : std::string_view();
    if (text == "NaN") {
      value = std::numeric_limits<double>::quiet_NaN();
    } else if (text == "Infinity") {
      value = std::numeric_limits<double>::infinity();
    } else if (text == "-Infinity") {
      value = -std::numeric_limits<double>::infinity();
    } else {
      Mismatch(value, "a Double");
    }
  }

  static void Timestamp(json::Value& value) {
    if (value.is_number()) {
      // Beyond the year 9999 nothing can print it.
      if (!(std::abs(value.to_number<double>()) < 253402300800.0)) {
        Mismatch(value, "a Timestamp");
      }
      return;
    }
    if (!value.is_string()) Mismatch(value, "a Timestamp");
    const auto time = ParseIso8601(json::View(value));
    if (!time) throw TypeMismatch{"STRING_VALUE can not be converted to milliseconds since epoch"};
    const int64_t millis = ToMillis(*time);
    if (millis % 1000 == 0) {
      value = millis / 1000;
    } else {
      value = ToSeconds(*time);
    }
  }

  static std::optional<Broken> Blob(json::Value& value, const Shape& shape) {
    if (!value.is_string()) Mismatch(value, "a Blob");
    const auto bytes = Base64Decode(json::View(value));
    if (!bytes) throw TypeMismatch{"Invalid base64 encoding"};
    return CheckLength(shape, bytes->size());
  }

  void Report(const Broken& broken, const json::Value* value, const Shape& shape) {
    ++total_;
    if (violations_.size() >= kMaxViolations) return;
    Violation violation;
    violation.kind = broken.kind;
    violation.path = path_;
    violation.constraint = broken.constraint;
    violation.hide_value = Hides(shape);
    if (value && !violation.hide_value) {
      Print(*value, violation.value);
      Cut(violation.value);
    }
    violations_.push_back(std::move(violation));
  }

  /// Sensitive or unreadable itself, or made of parts that may be.
  static bool Hides(const Shape& shape) {
    if (shape.sensitive || shape.type == ShapeType::kBlob) return true;
    if (shape.type != ShapeType::kList && shape.type != ShapeType::kMap) return false;
    const Shape& element = *shape.members.back().target;
    return element.sensitive || !IsSimple(element) || element.type == ShapeType::kBlob;
  }

  Path path_;
  std::vector<Violation> violations_;
  size_t total_ = 0;
};

}  // namespace

Status Validate(const ServiceModel& service, const OperationModel& operation, json::Object& input) {
  Validator validator;
  try {
    validator.Structure(input, *operation.input);
  } catch (const TypeMismatch& mismatch) {
    return Fail(Code::kInvalidArgument, mismatch.message, "SerializationException");
  }
  if (validator.total() == 0) return {};
  return std::unexpected(DescribeViolations(service, validator.violations(), validator.total()));
}

Status CheckTypes(const Shape& shape, json::Object& document) {
  Validator validator;
  try {
    validator.Structure(document, shape);
  } catch (const TypeMismatch& mismatch) {
    return Fail(Code::kInvalidArgument, mismatch.message);
  }
  return {};
}

}  // namespace riposte::wire
