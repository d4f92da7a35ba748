// How each service words a refusal of its input: code and text, as its clients know them.
//
// Used by Validate() alone. Source: the services' replies as users report them; where a service's
// own wording is not known, the common one of its protocol.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "wire/catalog.h"

namespace riposte::wire {

/// One step from the input to the offending value.
struct PathStep {
  const Member* member = nullptr;  ///< Of a structure; nullptr for an element.
  size_t index = 0;                ///< Of a list, from 1; 0 for a map's entry.
  std::string key;                 ///< Of a map's entry.
};
using Path = std::vector<PathStep>;

struct Violation {
  enum class Kind { kMissing, kEnum, kLength, kPattern, kRange };
  Kind kind = Kind::kMissing;
  Path path;
  std::string value;        ///< As text, cut to a bound; unused when missing.
  bool hide_value = false;  ///< The value is sensitive.
  std::string constraint;   ///< "Member must not be null"
};

/// At most this many violations are spelled out; `total` counts them all.
inline constexpr size_t kMaxViolations = 10;
/// Bytes of a value repeated in a message.
inline constexpr size_t kMaxValueText = 1000;

/// The error of `service` for these violations: Error::detail is the code, message the text.
/// REQUIRES: `violations` is not empty.
[[nodiscard]] Error DescribeViolations(const ServiceModel& service,
                                       const std::vector<Violation>& violations, size_t total);

/// "entries.1.member.source"
[[nodiscard]] std::string ServicePath(const Path& path);
/// "MetricData.member.1.MetricName"; with `ec2` names and lists as in EC2's query strings.
[[nodiscard]] std::string QueryPath(const Path& path, bool ec2);

/// The name of a member in EC2's query strings.
[[nodiscard]] std::string Ec2QueryName(const Member& member);

}  // namespace riposte::wire
