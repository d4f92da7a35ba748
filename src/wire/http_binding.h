// The HTTP bindings of REST protocols: labels, query parameters, headers, status.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"
#include "json/json.h"
#include "wire/catalog.h"
#include "wire/codec.h"

namespace riposte::wire {

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// "a=1&b=2" with percent-escapes and '+' decoded, in order; keys without '=' have "".
[[nodiscard]] Parameters ParseParameters(std::string_view text);

/// The labels of `operation`, when method, path and query fit its @http. `score` grows with how
/// exactly they fit: of two operations that match, the higher one is meant.
struct UriMatch {
  Parameters labels;
  int score = 0;
};
[[nodiscard]] std::optional<UriMatch> MatchUri(const OperationModel& operation,
                                               const http::Request& request);

/// Reads every bound member but the payload into `input`.
[[nodiscard]] std::optional<WireError> ReadBindings(const Route& route,
                                                    const http::Request& request,
                                                    json::Object& input);
/// Reads what a reply's headers and status hold of `shape`, an operation's output.
[[nodiscard]] std::optional<WireError> ReadReplyBindings(const Shape& shape,
                                                         const http::Response& reply,
                                                         json::Object& output);
/// Writes headers and status of bound output members.
void WriteBindings(const OperationModel& operation, const json::Object& output,
                   http::Response& response);
/// Writes method, target and headers of bound input members. Errors: SerializationException when
/// a label has no value, or one that would make another path of it.
[[nodiscard]] std::optional<WireError> WriteRequestBindings(const OperationModel& operation,
                                                            const json::Object& input,
                                                            http::Request& request);
/// The @httpPayload member, or nullptr.
[[nodiscard]] const Member* FindPayload(const Shape& shape);
/// True when some member travels in the body (no payload member).
[[nodiscard]] bool HasBodyMembers(const Shape& shape);

}  // namespace riposte::wire
