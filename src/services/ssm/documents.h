// A document version as the API describes it.
#pragma once

#include "services/ssm/tables.h"

namespace riposte::ssm {

/// DocumentDescription.
[[nodiscard]] json::Object DescribeVersion(const StoredDocument& document, const Tags& tags);

}  // namespace riposte::ssm
