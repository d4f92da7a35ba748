// Documents to and from XML, by the model: awsQuery, ec2Query and restXml.
//
// Reading is expat with bounds: no document type, depth 64, at most kMaxXmlNodes elements; so no
// entity can expand and no external thing is fetched.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/json.h"
#include "wire/catalog.h"

namespace riposte::wire {

inline constexpr size_t kMaxXmlNodes = 200'000;

inline constexpr std::string_view kXmlHead = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
/// ' xmlns="…"', or "" for a service without one.
[[nodiscard]] std::string XmlNamespaceAttribute(const ServiceModel& service);

/// Escapes & < > " and \r; what XML 1.0 cannot hold becomes U+FFFD.
void AppendXmlText(std::string& out, std::string_view text);
/// <name>text</name>
void AppendXmlElement(std::string& out, std::string_view name, std::string_view text);
/// The members of a structure, in the model's order; absent and null ones are left out.
void AppendXmlMembers(std::string& out, const json::Value& value, const Shape& shape);
/// One member with its element (or elements, when flattened) under its own name.
void AppendXmlMember(std::string& out, const json::Value& value, const Member& member);

/// The member's @xmlName, else `fallback`.
[[nodiscard]] inline std::string_view XmlName(const Member& member, std::string_view fallback) {
  return member.xml_name.empty() ? fallback : std::string_view(member.xml_name);
}
/// The root element of a REST body: of `payload`, which is a structure, or, when that is nullptr,
/// of the members of `shape` that travel in the body.
[[nodiscard]] const std::string& XmlRoot(const Shape& shape, const Member* payload);

/// The name of a body's root element without a prefix; "" when there is none. Reads no further
/// than that element's start.
[[nodiscard]] std::string ReadXmlRoot(std::string_view text);
/// Reads a body whose root element stands for `shape`, a structure. Values keep the text's type of
/// the model. Errors: kInvalidArgument.
[[nodiscard]] Result<json::Object> ReadXml(std::string_view text, const Shape& shape);
/// Reads a body whose root element is `member` itself, of any type.
[[nodiscard]] Result<json::Value> ReadXmlValue(std::string_view text, const Member& member);

}  // namespace riposte::wire
