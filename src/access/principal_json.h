// A principal as it is stored beside the work that it owns: temporary keys, deliveries, executions.
#pragma once

#include "access/principal.h"
#include "json/json.h"

namespace riposte::access {

[[nodiscard]] json::Object PrincipalToJson(const Principal& principal);
/// What is not there or not known becomes the least: an anonymous principal without account.
[[nodiscard]] Principal PrincipalFromJson(const json::Object& object);

}  // namespace riposte::access
