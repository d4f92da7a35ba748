// TargetLocations that lie in a file of a bucket: TargetLocationsURL.
//
// The file holds a JSON list, what TargetLocations would be in the call. It is read as the caller
// when the execution starts (s3_object.h), checked by the model as if it had come with the call,
// and then laid out like it (targets.h). Source: API reference, StartAutomationExecution.
#pragma once

#include <optional>

#include "services/ssm/s3_object.h"
#include "wire/catalog.h"

namespace riposte::ssm {

/// Room for a hundred locations of fifty accounts and regions each.
inline constexpr size_t kMaxLocationsBytes = 256 * 1024;

/// Where the file is; nullopt when `input` names none. Throws InvalidTarget.
[[nodiscard]] std::optional<S3Address> AddressOfLocations(const json::Object& input);
/// What it holds, or why it cannot be read. Throws InvalidTarget.
[[nodiscard]] json::Array LocationsIn(const Result<std::string>& file,
                                      const wire::Catalog& catalog);

}  // namespace riposte::ssm
