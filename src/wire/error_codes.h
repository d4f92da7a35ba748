// The generic errors of AWS under the names that each protocol gives them.
#pragma once

#include <string_view>

#include "wire/catalog.h"

namespace riposte::wire {

/// "AccessDeniedException" is "AccessDenied" in query protocols, "UnauthorizedOperation" at EC2.
/// A code that is not generic comes back as it is. Static storage or `code` itself.
[[nodiscard]] std::string_view GenericCode(std::string_view code, Protocol protocol);
/// The status REST services give a generic code, or 0: 403 for the refusals of callers.
[[nodiscard]] int GenericRestStatus(std::string_view code);

}  // namespace riposte::wire
