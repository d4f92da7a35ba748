// Form parameters to documents and back, by the model: awsQuery and ec2Query.
//
//   awsQuery:  Name=x  Tags.member.1.Key=k  (flattened: Attribute.1.Name=a)  Map.entry.1.key=k
//   ec2Query:  InstanceId.1=i-1  Filter.1.Value.2=v
#pragma once

#include "base/result.h"
#include "wire/catalog.h"
#include "wire/http_binding.h"

namespace riposte::wire {

/// More parts of names than this in one request are refused.
inline constexpr size_t kMaxQueryNodes = 200'000;

/// Reads `shape`, a structure, from the parameters. Names that the model lacks are ignored.
/// Errors: kInvalidArgument, with the parameter's name in Error::detail.
[[nodiscard]] Result<json::Object> ReadQuery(const Parameters& parameters, const Shape& shape,
                                             bool ec2);

/// Appends the members of a structure as "&name=value", percent-encoded. Lists without elements are
/// said to be empty in awsQuery; ec2Query cannot say so.
void AppendQuery(std::string& out, const json::Object& object, const Shape& shape, bool ec2);

/// The member's part of a parameter's name.
[[nodiscard]] std::string QueryName(const Member& member, bool ec2);

}  // namespace riposte::wire
