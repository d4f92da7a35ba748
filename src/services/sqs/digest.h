// The MD5 sums that clients compute themselves and compare, and the FIFO content hash.
//
// Source: "Calculating the MD5 message digest for message attributes", Amazon SQS developer guide.
// Pure functions. MD5 is a checksum here, not a protection.
#pragma once

#include <string>
#include <string_view>

#include "json/json.h"

namespace riposte::sqs {

[[nodiscard]] std::string Md5Hex(std::string_view bytes);
[[nodiscard]] std::string Sha256Hex(std::string_view bytes);
/// "" when there are no attributes. `attributes` is {"name": {"DataType", "StringValue" or
/// "BinaryValue" (base64)}}.
[[nodiscard]] std::string Md5OfAttributes(const json::Object& attributes);

}  // namespace riposte::sqs
