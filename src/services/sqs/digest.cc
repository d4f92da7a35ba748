#include "services/sqs/digest.h"

#include <algorithm>
#include <vector>

#include "access/crypto.h"
#include "base/encoding.h"

namespace riposte::sqs {
namespace {

/// Length as four bytes, the highest first, then the bytes.
void Append(std::string& out, std::string_view bytes) {
  const auto size = static_cast<uint32_t>(bytes.size());
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((size >> shift) & 255);
  out += bytes;
}

}  // namespace

std::string Md5OfAttributes(const json::Object& attributes) {
  if (attributes.empty()) return {};
  std::vector<std::string> names;
  for (const auto& [name, value] : attributes) names.emplace_back(name);
  std::ranges::sort(names);
  std::string text;
  for (const std::string& name : names) {
    const json::Object& attribute = attributes.at(name).as_object();
    const std::string_view type = json::GetString(attribute, "DataType");
    Append(text, name);
    Append(text, type);
    if (type.starts_with("Binary")) {
      text += '\x02';
      Append(text, Base64Decode(json::GetString(attribute, "BinaryValue")).value_or(std::string()));
    } else {
      text += '\x01';
      Append(text, json::GetString(attribute, "StringValue"));
    }
  }
  return access::Md5Hex(text);
}

}  // namespace riposte::sqs
