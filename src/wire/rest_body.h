// The bodies of REST requests and replies, restJson1 and restXml, in both directions: the payload
// member alone, or every member that is bound to nothing else. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"
#include "json/json.h"
#include "wire/catalog.h"
#include "wire/codec.h"

namespace riposte::wire {

/// A JSON body that must be an object; a blank one is {}. Errors: kInvalidArgument.
[[nodiscard]] Result<json::Object> ReadJsonBody(std::string_view body);

/// Reads the body of a message of `shape` into `object`; an empty one says nothing.
/// Errors: MalformedXML, SerializationException.
[[nodiscard]] std::optional<WireError> ReadRestBody(Protocol protocol, const Shape& shape,
                                                    std::string_view body, json::Object& object);

/// Writes it, with a Content-Type where the message has none. An absent payload leaves the body
/// empty. REQUIRES: `document` is an object; some member travels in the body, or a JSON message may
/// be "{}".
void WriteRestBody(const ServiceModel& service, Protocol protocol, const Shape& shape,
                   const json::Value& document, http::Headers& headers, std::string& body);

}  // namespace riposte::wire
