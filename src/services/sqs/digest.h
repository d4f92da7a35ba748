// The MD5 sum of message attributes, which clients compute themselves and compare.
//
// Source: "Calculating the MD5 message digest for message attributes", Amazon SQS developer guide.
// Pure functions. MD5 is a checksum here, not a protection.
#pragma once

#include <string>
#include <string_view>

#include "json/json.h"

namespace riposte::sqs {

/// "" when there are no attributes. `attributes` is {"name": {"DataType", "StringValue" or
/// "BinaryValue" (base64)}}.
[[nodiscard]] std::string Md5OfAttributes(const json::Object& attributes);

}  // namespace riposte::sqs
