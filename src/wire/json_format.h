// Documents to and from the JSON of the wire, by the model: member names, timestamps, numbers.
#pragma once

#include <string>
#include <string_view>

#include "json/json.h"
#include "wire/catalog.h"

namespace riposte::wire {

/// Writes what the model knows of `value`; members it lacks and nulls are left out.
/// `use_json_names` for restJson1. Cost: one pass, no copy of the document.
[[nodiscard]] std::string WriteJson(const json::Value& value, const Shape& shape,
                                    bool use_json_names);
/// The same for one member: its timestamp format counts.
void AppendJson(std::string& out, const json::Value& value, const Member& member,
                bool use_json_names);
/// A JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.
void AppendJsonString(std::string& out, std::string_view text);

/// Turns @jsonName names of a restJson1 body into member names, all the way down. Members that the
/// model lacks are left out; values of the wrong type stay for Validate() to refuse.
[[nodiscard]] json::Object FromJsonNames(json::Object object, const Shape& shape);

/// The name in restJson1 bodies.
[[nodiscard]] inline const std::string& JsonName(const Member& member) {
  return member.json_name.empty() ? member.name : member.json_name;
}
/// Bound to the URI, a header or the status: not in the body.
[[nodiscard]] inline bool IsHttpBound(const Member& member) {
  return member.http_label || !member.http_header.empty() || !member.http_prefix_headers.empty() ||
         !member.http_query.empty() || member.http_query_params || member.http_payload ||
         member.http_response_code;
}

}  // namespace riposte::wire
