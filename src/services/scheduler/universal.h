// Universal targets: arn:aws:scheduler:::aws-sdk:SERVICE:apiAction as an operation of the engine,
// and the target's Input as that operation's request.
//
// The Input is written as the SDKs for Java have it: members begin with a capital letter whatever
// the service's own spelling, and blobs are plain text. Here members are found by their name but
// for its first letter, and text for a blob becomes the base64 that documents hold.
// Source: "Using universal targets in EventBridge Scheduler", user guide. Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "wire/catalog.h"

namespace riposte::scheduler {

struct UniversalTarget {
  const wire::ServiceModel* service = nullptr;
  const wire::OperationModel* operation = nullptr;
};

[[nodiscard]] bool IsUniversal(std::string_view arn);
/// Errors: kInvalidArgument when no such operation is served here, or it only reads.
[[nodiscard]] Result<UniversalTarget> FindUniversal(const wire::Catalog& catalog,
                                                    std::string_view arn);
/// What the operation's request is when the target's Input is `input`.
[[nodiscard]] json::Object RequestOf(const wire::OperationModel& operation,
                                     const json::Object& input);

}  // namespace riposte::scheduler
