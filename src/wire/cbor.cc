#include "wire/cbor.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <limits>

#include "base/encoding.h"
#include "wire/text_value.h"

namespace riposte::wire {
namespace {

enum Major : uint8_t {
  kUnsigned = 0,
  kNegative = 1,
  kBytes = 2,
  kText = 3,
  kArray = 4,
  kMap = 5,
  kTag = 6,
  kSimple = 7,
};

constexpr uint64_t kEpochTag = 1;
constexpr uint8_t kIndefinite = 31;
constexpr uint8_t kBreak = 0xFF;

struct Failure {
  std::string what;
};

double FromHalf(uint16_t half) {
  const int exponent = (half >> 10) & 0x1F;
  const int mantissa = half & 0x3FF;
  double value = 0;
  if (exponent == 0) {
    value = std::ldexp(mantissa, -24);
  } else if (exponent != 31) {
    value = std::ldexp(mantissa + 1024, exponent - 25);
  } else {
    value = mantissa == 0 ? std::numeric_limits<double>::infinity()
                          : std::numeric_limits<double>::quiet_NaN();
  }
  return (half & 0x8000) ? -value : value;
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  json::Value ReadAll() {
    json::Value value = Item(0);
    if (at_ != bytes_.size()) throw Failure{"extra bytes after the item"};
    return value;
  }
  [[nodiscard]] size_t at() const { return at_; }

 private:
  struct Head {
    Major major;
    uint8_t info;
    uint64_t argument;
  };

  uint8_t Byte() {
    if (at_ >= bytes_.size()) throw Failure{"unexpected end"};
    return static_cast<uint8_t>(bytes_[at_++]);
  }
  uint64_t Number(int size) {
    uint64_t number = 0;
    for (int i = 0; i < size; ++i) number = (number << 8) | Byte();
    return number;
  }

  Head ReadHead() {
    const uint8_t first = Byte();
    Head head{static_cast<Major>(first >> 5), static_cast<uint8_t>(first & 31), 0};
    if (head.info < 24) {
      head.argument = head.info;
    } else if (head.info <= 27) {
      head.argument = Number(1 << (head.info - 24));
    } else if (head.info != kIndefinite) {
      throw Failure{"reserved length"};
    }
    return head;
  }

  bool TakeBreak() {
    if (at_ >= bytes_.size()) throw Failure{"unexpected end"};
    if (static_cast<uint8_t>(bytes_[at_]) != kBreak) return false;
    ++at_;
    return true;
  }

  std::string_view Take(uint64_t size) {
    if (size > bytes_.size() - at_) throw Failure{"length beyond the end"};
    const std::string_view taken = bytes_.substr(at_, size);
    at_ += size;
    return taken;
  }

  /// A byte or text string, also in chunks.
  std::string String(const Head& head) {
    if (head.info != kIndefinite) return std::string(Take(head.argument));
    std::string out;
    while (!TakeBreak()) {
      const Head chunk = ReadHead();
      if (chunk.major != head.major || chunk.info == kIndefinite) throw Failure{"bad chunk"};
      out += Take(chunk.argument);
    }
    return out;
  }

  std::string Text(const Head& head) {
    std::string text = String(head);
    if (!IsUtf8(text)) throw Failure{"text is not UTF-8"};
    return text;
  }

  json::Value Item(size_t depth) {
    if (depth > json::kMaxDepth) throw Failure{"nested too deeply"};
    const Head head = ReadHead();
    if (head.info == kIndefinite && (head.major < kBytes || head.major == kTag)) {
      throw Failure{"reserved length"};
    }
    switch (head.major) {
      case kUnsigned:
        if (head.argument > uint64_t{std::numeric_limits<int64_t>::max()}) {
          return json::Value(head.argument);
        }
        return json::Value(static_cast<int64_t>(head.argument));
      case kNegative:
        if (head.argument > uint64_t{std::numeric_limits<int64_t>::max()}) {
          throw Failure{"number out of range"};
        }
        return json::Value(-1 - static_cast<int64_t>(head.argument));
      case kBytes:
        return json::Value(Base64Encode(String(head)));
      case kText:
        return json::Value(Text(head));
      case kArray:
        return Array(head, depth);
      case kMap:
        return Map(head, depth);
      case kTag:
        return Tagged(head.argument, depth);
      case kSimple:
        return Simple(head);
    }
    throw Failure{"unknown item"};
  }

  json::Value Tagged(uint64_t tag, size_t depth) {
    json::Value value = Item(depth + 1);
    if (tag == kEpochTag && !value.is_number()) throw Failure{"a timestamp must be a number"};
    if (tag == 2 || tag == 3) throw Failure{"big numbers are not supported"};
    return value;
  }

  json::Value Array(const Head& head, size_t depth) {
    json::Array array;
    if (head.info == kIndefinite) {
      while (!TakeBreak()) array.push_back(Item(depth + 1));
    } else {
      // Each item takes a byte at least: no allocation beyond what the input can hold.
      if (head.argument > bytes_.size() - at_) throw Failure{"length beyond the end"};
      for (uint64_t i = 0; i < head.argument; ++i) array.push_back(Item(depth + 1));
    }
    return array;
  }

  json::Value Map(const Head& head, size_t depth) {
    json::Object object;
    const auto pair = [&] {
      const Head key = ReadHead();
      if (key.major != kText) throw Failure{"a map key must be text"};
      const std::string name = Text(key);
      object[name] = Item(depth + 1);
    };
    if (head.info == kIndefinite) {
      while (!TakeBreak()) pair();
    } else {
      if (head.argument > (bytes_.size() - at_) / 2) throw Failure{"length beyond the end"};
      for (uint64_t i = 0; i < head.argument; ++i) pair();
    }
    return object;
  }

  json::Value Simple(const Head& head) {
    switch (head.info) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
      case 23:
        return nullptr;
      case 25:
        return FromHalf(static_cast<uint16_t>(head.argument));
      case 26:
        return static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(head.argument)));
      case 27:
        return std::bit_cast<double>(head.argument);
      default:
        throw Failure{"unknown simple value"};
    }
  }

  std::string_view bytes_;
  size_t at_ = 0;
};

void AppendHead(std::string& out, Major major, uint64_t argument) {
  const auto first = [&](uint8_t info) {
    out += static_cast<char>(static_cast<uint8_t>(major << 5) | info);
  };
  int size = 0;
  if (argument < 24) {
    first(static_cast<uint8_t>(argument));
  } else if (argument <= 0xFF) {
    first(24);
    size = 1;
  } else if (argument <= 0xFFFF) {
    first(25);
    size = 2;
  } else if (argument <= 0xFFFFFFFF) {
    first(26);
    size = 4;
  } else {
    first(27);
    size = 8;
  }
  for (int i = size - 1; i >= 0; --i) out += static_cast<char>((argument >> (8 * i)) & 0xFF);
}

void AppendWhole(std::string& out, int64_t number) {
  if (number >= 0) {
    AppendHead(out, kUnsigned, static_cast<uint64_t>(number));
  } else {
    AppendHead(out, kNegative, static_cast<uint64_t>(-1 - number));
  }
}

void AppendDouble(std::string& out, double number) {
  out += static_cast<char>((kSimple << 5) | 27);
  const auto bits = std::bit_cast<uint64_t>(number);
  for (int i = 7; i >= 0; --i) out += static_cast<char>((bits >> (8 * i)) & 0xFF);
}

/// What has no model: documents, and values of another type than the model's.
void AppendPlain(std::string& out, const json::Value& value) {
  if (value.is_string()) {
    AppendCborText(out, json::View(value));
  } else if (value.is_bool()) {
    out += static_cast<char>((kSimple << 5) | (value.get_bool() ? 21 : 20));
  } else if (value.is_null()) {
    out += static_cast<char>((kSimple << 5) | 22);
  } else if (const auto whole = value.is_double() ? std::nullopt : AsWhole(value)) {
    AppendWhole(out, *whole);
  } else if (value.is_number()) {
    AppendDouble(out, value.to_number<double>());
  } else if (const json::Array* array = value.if_array()) {
    AppendHead(out, kArray, array->size());
    for (const json::Value& item : *array) AppendPlain(out, item);
  } else if (const json::Object* object = value.if_object()) {
    AppendHead(out, kMap, object->size());
    for (const auto& [key, item] : *object) {
      AppendCborText(out, {key.data(), key.size()});
      AppendPlain(out, item);
    }
  }
}

void AppendValue(std::string& out, const json::Value& value, const Shape& shape);

void AppendStructure(std::string& out, const json::Object& object, const Shape& shape) {
  size_t present = 0;
  for (const Member& member : shape.members) present += json::Find(object, member.name) != nullptr;
  AppendHead(out, kMap, present);
  for (const Member& member : shape.members) {
    const json::Value* value = json::Find(object, member.name);
    if (!value) continue;
    AppendCborText(out, member.name);
    AppendValue(out, *value, *member.target);
  }
}

void AppendValue(std::string& out, const json::Value& value, const Shape& shape) {
  switch (shape.type) {
    case ShapeType::kStructure:
    case ShapeType::kUnion:
      if (value.is_object()) return AppendStructure(out, value.get_object(), shape);
      break;
    case ShapeType::kList:
      if (const json::Array* array = value.if_array()) {
        AppendHead(out, kArray, array->size());
        for (const json::Value& item : *array) AppendValue(out, item, *shape.members[0].target);
        return;
      }
      break;
    case ShapeType::kMap:
      if (const json::Object* object = value.if_object()) {
        AppendHead(out, kMap, object->size());
        for (const auto& [key, item] : *object) {
          AppendCborText(out, {key.data(), key.size()});
          AppendValue(out, item, *shape.members[1].target);
        }
        return;
      }
      break;
    case ShapeType::kTimestamp:
      if (value.is_number()) {
        AppendHead(out, kTag, kEpochTag);
        return AppendDouble(out, value.to_number<double>());
      }
      break;
    case ShapeType::kFloat:
    case ShapeType::kDouble:
      if (value.is_number()) return AppendDouble(out, value.to_number<double>());
      break;
    case ShapeType::kInteger:
    case ShapeType::kLong:
      if (const auto whole = AsWhole(value)) return AppendWhole(out, *whole);
      break;
    case ShapeType::kBlob:
      if (value.is_string()) {
        const auto bytes = Base64Decode(json::View(value));
        if (bytes) {
          AppendHead(out, kBytes, bytes->size());
          out += *bytes;
          return;
        }
      }
      break;
    default:
      break;
  }
  AppendPlain(out, value);
}

}  // namespace

Result<json::Value> ReadCbor(std::string_view bytes) {
  Reader reader(bytes);
  try {
    return reader.ReadAll();
  } catch (const Failure& failure) {
    return Fail(Code::kInvalidArgument,
                fmt::format("invalid CBOR at byte {}: {}", reader.at(), failure.what));
  }
}

std::string WriteCbor(const json::Value& value, const Shape& shape) {
  std::string out;
  if (value.is_object()) {
    AppendStructure(out, value.get_object(), shape);
  } else {
    AppendHead(out, kMap, 0);
  }
  return out;
}

void AppendCborText(std::string& out, std::string_view text) {
  const std::string clean = ToUtf8(text);
  AppendHead(out, kText, clean.size());
  out += clean;
}

void AppendCborMapHead(std::string& out, size_t pairs) {
  AppendHead(out, kMap, pairs);
}

}  // namespace riposte::wire
