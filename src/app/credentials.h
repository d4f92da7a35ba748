// Which key the command line signs with, found as AWS clients find theirs.
//
// In this order: --profile; the keys of the environment; AWS_PROFILE, or the default profile where
// AWS_SHARED_CREDENTIALS_FILE names a file; the data folder's root key; the default profile of
// ~/.aws/credentials. That last place comes after the data folder because what most people keep
// there is for AWS, not for this engine.
// Source: "Configuration and credential precedence", AWS CLI user guide; "Shared config and
// credentials files", AWS SDKs and tools reference guide. Any thread; reads files.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "access/authenticator.h"
#include "base/result.h"

namespace riposte::app {

struct ClientOptions;

/// The value of a variable, "" when it is not set.
using Environment = std::function<std::string(const char* name)>;
[[nodiscard]] std::string SystemEnvironment(const char* name);

/// Errors: kNotFound with what to do, when there are no keys or a profile that was named lacks
/// them; kInvalidArgument (half a key in the environment); kCorrupt (the data folder's file).
[[nodiscard]] Result<access::SigningKey> FindKey(const ClientOptions& options,
                                                 const Environment& environment);

/// The key of one section of a shared credentials file: lines `[profile]`, `name = value`, comments
/// with # or ;. The last value of a name counts. nullopt when it is not all there.
[[nodiscard]] std::optional<access::SigningKey> ReadProfile(std::string_view text,
                                                            std::string_view profile);

}  // namespace riposte::app
