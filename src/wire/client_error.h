// The error that a reply holds, or that it is in place of one. Used by DecodeReply() alone.
#pragma once

#include <string_view>

#include "http/message.h"
#include "wire/catalog.h"
#include "wire/codec.h"

namespace riposte::wire {

/// What an unsuccessful reply says, in the forms of each protocol: a JSON object or the header
/// x-amzn-ErrorType; <ErrorResponse><Error>; <Response><Errors><Error>; <Error>.
[[nodiscard]] WireError ReadErrorReply(const ServiceModel& service, const OperationModel& operation,
                                       Protocol protocol, const http::Response& reply);

/// A reply that is no such document: ServiceUnavailable or UnknownError. `why` ends the message.
[[nodiscard]] WireError UnreadableReply(const http::Response& reply, std::string_view why);

}  // namespace riposte::wire
